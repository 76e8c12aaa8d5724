#!/usr/bin/env bash
# Many messages, a broker that goes away and comes back, a simulator that ends by itself: nothing is lost.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"

all_there() {
	records "$KAFKA_RISK_TOPIC" 2>/dev/null | sort -u | cmp -s - <(sort -u expected)
}

start_follow() {
	STARTED_BY=$TEST_RUN "$root/scripts/delivery/follow" "$EVENTS_TOPIC" 0:0 -- "${kcat[@]}" >followed 2>follow.err &
	follow=$!
}

gone() {
	! kill -0 "$1" 2>/dev/null
}

asks() { # kcat, which may not say so: its threads look for the broker
	local id threads
	id=$(part '^kcat ') && threads=("/proc/$id/task/"*) && ((${#threads[@]} > 2))
}

two_kcats() {
	(($(left | grep -cE '^[0-9]+ kcat ') == 2))
}

start_broker

# 20,000 messages
stedi_messages 100 20000
create_topics
produce "$REDIS_TOPIC" <redis.ndjson
start join submit-event-kafkajoin.sh
produce "$EVENTS_TOPIC" <events.ndjson
sort joined.ndjson >expected
wait_for holds "$KAFKA_RISK_TOPIC" 20000
stop TERM "$pid"
records "$KAFKA_RISK_TOPIC" | sort >topic
same "of 20,000 messages none is lost or doubled" expected topic
without_positions logs/kafkajoin.log | sort >logged
same "... nor in the log" expected logged

# A broker that goes away, while messages flow
create_topics
produce "$REDIS_TOPIC" <redis.ndjson
start join submit-event-kafkajoin.sh
head -n 5000 events.ndjson | produce "$EVENTS_TOPIC"
wait_for test -s join.out
broker_down
(sed -n 5001,10000p events.ndjson | produce "$EVENTS_TOPIC" 2>producer.err) &
producer=$!
wait_for says join.err "broker connections are down"
ok "the script outlives the broker" kill -0 "$pid"
broker_up
wait_for gone "$producer"
head -n 10000 joined.ndjson | sort >expected
wait_for holds "$KAFKA_RISK_TOPIC" 10000
wait_for all_there
stop TERM "$pid"
ok "the broker back, it goes on" is 143 "$status"
if [[ ${BROKER-} == kafka ]]; then
	records "$KAFKA_RISK_TOPIC" | sort >topic
	same "no message is lost or doubled by the outage" expected topic
else # which doesn't know what a producer repeats
	records "$KAFKA_RISK_TOPIC" | sort -u >topic
	sort -u expected >once
	same "no message is lost by the outage" once topic
fi

# Readers that start while the broker is away, for longer than kcat by itself would wait
create_topics
printf '{"n":%d}\n' 1 2 3 | produce "$EVENTS_TOPIC" -p 0
kcat=(kcat -q -C -E -b "$KAFKA_BROKER")
broker_down
start_follow
STARTED_BY=$TEST_RUN "$root/scripts/delivery/read" "$EVENTS_TOPIC" 0:0:3 -- "${kcat[@]}" 3>reached >read.out 2>read.err &
read=$!
wait_for two_kcats
kcat -q -C -b "$KAFKA_BROKER" -t "$EVENTS_TOPIC" -p 0 2>alone.err
ok "a kcat by itself gives up" is 1 "$?"
ok "a reader that has started before waits" kill -0 "$follow"
ok "... one of what is there, too" kill -0 "$read"
broker_up
end "$read"
printf '{"n":%d}\n' 1 2 3 >expected
same "... and reads it" expected read.out
echo 0:3 >expected
same "... to the end" expected reached
printf '{"n":4}\n' | produce "$EVENTS_TOPIC" -p 0
wait_for has_lines followed 4
stop TERM "$follow"
printf '%d\n' 1 2 3 4 >expected
same "... and what comes" expected <(jq -r '.payload | fromjson.n' followed)
broker_down
start_follow
wait_for asks
stop KILL "$follow"
wait_for none_left
ok "and one that is killed while it waits leaves nothing" none_left
broker_up

# The simulator ends by itself
start_redis
create_topics
start join submit-event-kafkajoin.sh
start source submit-redis-source.sh
start simulator submit-stedi-simulator.sh --customers 3 --pace 0 --seed 1 --tests 30
end
ok "the simulator ends with status 0 after its tests" is 0 "$status"
ok "... with all its events on the topic" is 21 "$(consume "$EVENTS_TOPIC" | wc -l)"
wait_for holds "$KAFKA_RISK_TOPIC" 21
ok "... and joined" is 21 "$(consume "$KAFKA_RISK_TOPIC" | wc -l)"
ok "... and its tests in Redis" is 30 "$(redis zcard RapidStepTest)"
stop TERM "${pids[join]}"
stop TERM "${pids[source]}"
ok "no process is left" none_left
done_testing
