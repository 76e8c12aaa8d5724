#!/usr/bin/env bash
# Puts the changes of a Redis on Kafka.
set -euo pipefail
# shellcheck source=scripts/kafka-pipe.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/kafka-pipe.sh"

usage() {
	cat <<'END'
usage: submit-redis-source.sh [--help]

Sends what is in Redis, and then every change as it happens, to the Redis topic. Waits for a Redis, a broker or a
topic that is not there yet. Ctrl-C or SIGTERM ends it, once everything that was read is sent.

environment:
END
	usage_of_kafka
	cat <<'END'
  REDIS_TOPIC       topic for the changes of Redis (redis-server)
  REDIS_HOST        Redis to follow (localhost)
  REDIS_PORT        its port (6379)
  REDIS_DB          its database (0)
  REDIS_USER        user to log in as (Redis's default user)
  REDIS_PASSWORD    password to log in with (none)

exit status: 128+signal when stopped, 1 when a part of the pipe failed, 2 wrong usage
END
}

no_arguments "$@"
redis_source=$(program redis-source redis-source)
wait_for_topic "$REDIS_TOPIC" create

open_pipes messages
start_source redis-source "$redis_source" --pad >&"${to[messages]}"
start_producer "$REDIS_TOPIC" <&"${from[messages]}"
finish
