#!/usr/bin/env bash
# Joins the risk events with the customers' birth years, and puts the joined records on Kafka.
set -euo pipefail
# shellcheck source=scripts/kafka-pipe.sh
. "$(dirname "${BASH_SOURCE[0]}")/kafka-pipe.sh"

usage() {
	cat <<'END'
usage: submit-event-kafkajoin.sh [--help]

Joins the risk events with the customers that Redis puts on Kafka, both topics from their beginning and then as they
come, and sends the joined records to the risk topic, to the terminal and to logs/kafkajoin.log. Waits for a broker or
a topic that is not there yet. Ctrl-C or SIGTERM ends it, once everything that was read is written.

environment:
END
	usage_of_kafka
	cat <<'END'
  REDIS_TOPIC       topic with the changes of Redis (redis-server)
  EVENTS_TOPIC      topic with the risk events (stedi-events)
  KAFKA_RISK_TOPIC  topic for the joined records (stedi-graph)
  LOG_DIR           folder of the log (logs)

exit status: 128+signal when stopped, 1 when a part of the pipe failed, 2 wrong usage
END
}

no_arguments "$@"
redis_decode=$(program redis-decode ../redis-decode)
events_decode=$(program events-decode ../events-decode)
join=$(program join ../join stedi-join)
open_log kafkajoin.log
exec {lock}>>"$LOG_DIR/kafkajoin.log"
flock -n "$lock" || die "the join runs already (it holds $LOG_DIR/kafkajoin.log); a second one would write every record twice"
wait_for_topic "$REDIS_TOPIC"
wait_for_topic "$EVENTS_TOPIC"
wait_for_topic "$KAFKA_RISK_TOPIC" create

open_pipes redis customers messages events joined padded copy lines
start_consumer "$REDIS_TOPIC" >&"${to[redis]}"
start_filter redis-decode "$redis_decode" <&"${from[redis]}" >&"${to[customers]}"
start_consumer "$EVENTS_TOPIC" >&"${to[messages]}"
start_filter events-decode "$events_decode" <&"${from[messages]}" >&"${to[events]}"
start_filter join "$join" --pad /dev/fd/3 - 3<&"${from[customers]}" <&"${from[events]}" >&"${to[joined]}"
start copy tee -p /dev/fd/3 <&"${from[joined]}" >&"${to[padded]}" 3>&"${to[copy]}"
start_producer "$KAFKA_RISK_TOPIC" <&"${from[padded]}"
start "removal of padding" stdbuf -oL tr -s '\n' <&"${from[copy]}" >&"${to[lines]}"
start_log kafkajoin.log <&"${from[lines]}"
finish
