#!/usr/bin/env bash
# Shows the risk events that STEDI puts on Kafka.
set -euo pipefail
# shellcheck source=kafka-pipe.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/kafka-pipe.sh"

usage() {
	echo "usage: $script [--help]"
	cat <<'END'

Decodes the risk events on the events topic, from its beginning and then as they come, to the terminal and to
logs/eventstream.log. Waits for a broker or a topic that is not there yet. Ctrl-C or SIGTERM ends it.

environment:
END
	usage_of_kafka
	cat <<'END'
  EVENTS_TOPIC      topic with the risk events (stedi-events)
  LOG_DIR           folder of the log (logs)

exit status: 128+signal when stopped, 1 when a part of the pipe failed, 2 wrong usage
END
}

no_arguments "$@"
decode=$(program events-decode ../events-decode)
open_log eventstream.log
wait_for_topic "$EVENTS_TOPIC"

open_pipes messages events
start_consumer "$EVENTS_TOPIC" >&"${to[messages]}"
start_filter events-decode "$decode" -J -f 'customer!,score!:number,riskDate' <&"${from[messages]}" >&"${to[events]}"
start_log eventstream.log <&"${from[events]}"
finish
