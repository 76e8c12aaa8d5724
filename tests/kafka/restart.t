#!/bin/bash
# The broker goes away in mid-stream, and comes back: the running join loses nothing and repeats nothing.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"

stedi_messages 100 100000
start_kafka
port=${KAFKA_BROKER#*:}

feed() { # until the file "enough" is there
	local n=0
	while [[ ! -e enough ]] && IFS= read -r event; do
		printf '%s\n' "$event"
		((++n % 20)) || sleep 0.1
	done <events.ndjson
	echo $n >sent
}

start pipeline submit-event-kafkajoin.sh
produce redis-server <redis.ndjson
feed | produce stedi-events 2>producer.err &
producer=$!

wait_for holds stedi-graph 200
stop_broker
start_kafka "$port"
wait_for holds stedi-graph 1200
stop_broker KILL
start_kafka "$port"
wait_for holds stedi-graph 2200
ok "events came all the while" kill -0 "$producer"
touch enough
ok "every one reached Kafka" wait "$producer"
sent=$(<sent)
wait_for holds stedi-graph "$sent"
ok "the pipeline ran through" kill -0 "$pid"
stop TERM "$pid"
ok "and ends when it is told to" is 143 "$status"

head -n "$sent" events.ndjson >expected
consume stedi-events >actual
same "the events are on Kafka once, in their order" expected actual
records stedi-graph | sort >actual
head -n "$sent" joined.ndjson | sort >expected
same "and so is the joined record of each" expected actual
without_positions logs/kafkajoin.log | sort >actual
same "and in the log" expected actual
done_testing
