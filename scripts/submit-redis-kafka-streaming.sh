#!/usr/bin/env bash
# Shows the customers that Redis puts on Kafka.
set -euo pipefail
# shellcheck source=kafka-pipe.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/kafka-pipe.sh"

usage() {
	echo "usage: $script [--help]"
	cat <<'END'

Decodes the customers on the Redis topic, from its beginning and then as they come, to the terminal and to
logs/redis-kafka.log. Waits for a broker or a topic that is not there yet. Ctrl-C or SIGTERM ends it.

environment:
END
	usage_of_kafka
	cat <<'END'
  REDIS_TOPIC       topic with the changes of Redis (redis-server)
  LOG_DIR           folder of the log (logs)

exit status: 128+signal when stopped, 1 when a part of the pipe failed, 2 wrong usage
END
}

no_arguments "$@"
decode=$(program redis-decode ../redis-decode)
open_log redis-kafka.log
wait_for_topic "$REDIS_TOPIC"

open_pipes messages customers
start_consumer "$REDIS_TOPIC" >&"${to[messages]}"
start_filter redis-decode "$decode" -J -f 'customerName,email!,phone,birthDay!,birthYear=birthDay!:year' <&"${from[messages]}" >&"${to[customers]}"
start_log redis-kafka.log <&"${from[customers]}"
finish
