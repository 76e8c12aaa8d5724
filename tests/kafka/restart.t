#!/bin/bash
# The broker goes away in mid-stream, and comes back: the running join loses nothing and repeats nothing.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"

cd "$work" || bail_out "no folder to work in"
stedi_messages 100 3000
start_kafka
port=${address#*:}

start_pipeline
produce redis-server <redis.ndjson
n=0
while IFS= read -r event; do
	printf '%s\n' "$event"
	((++n % 20)) || sleep 0.1
done <events.ndjson | produce stedi-events -E -X message.timeout.ms=0 2>producer.err &
producer=$!

wait_for 120 holds stedi-graph 200
stop_kafka
start_kafka "$port"
ok "Kafka was stopped in mid-stream" kill -0 "$producer"

wait_for 120 holds stedi-graph 1200
stop_kafka KILL
start_kafka "$port"
ok "and killed in mid-stream" kill -0 "$producer"

ok "every event reached Kafka" wait "$producer"
wait_for 120 holds stedi-graph 3000
ok "the pipeline ran through" kill -0 "$pipeline"
stop_pipeline
ok "and ends when it is told to" test "$pipeline_status" = 143

consume stedi-events >actual
same "the events are on Kafka once, in their order" events.ndjson actual
consume stedi-graph | sort >actual
sort joined.ndjson >expected
same "and so is the joined record of each" expected actual
sort logs/kafkajoin.log >actual
same "and in the log" expected actual
done_testing
