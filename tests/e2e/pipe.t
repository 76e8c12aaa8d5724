#!/usr/bin/env bash
# From a customer in Redis and a risk event to the joined record on the topic.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"

santosh=$(joined Santosh.Fibonnaci@test.com 28.5 1963)
start_broker
start_redis
fresh_topics

# in any order: the pipeline first, then the broker, then what makes the topics
broker_down
start join submit-event-kafkajoin.sh
start customers submit-redis-kafka-streaming.sh
start events submit-event-kafkastreaming.sh
for name in join customers events; do
	wait_for says $name.err "waiting for the broker at $KAFKA_BROKER"
	ok "$name waits for the broker, and says so" says $name.err "waiting for the broker at $KAFKA_BROKER"
done
broker_up
for name in join customers events; do
	wait_for says $name.err "waiting for topic"
	ok "$name waits for its topic, and says so" grep -q "waiting for topic [a-z]*-1 at $KAFKA_BROKER" $name.err
done
add_customer Santosh.Fibonnaci@test.com 1963-08-16 "Santosh Fibonnaci"
start source submit-redis-source.sh
event Santosh.Fibonnaci@test.com 28.5 | produce "$EVENTS_TOPIC"
wait_for has_record "$KAFKA_RISK_TOPIC" "$santosh"
records "$KAFKA_RISK_TOPIC" >topic
echo "$santosh" >expected
same "a customer of the snapshot and an event are joined on the topic" expected topic
ok "each wait is said once" is "" "$(sort join.err | uniq -d)$(sort customers.err | uniq -d)$(sort events.err | uniq -d)"

# as they come, one by one, while every pipe stays open
for n in 1 2 3 4 5; do
	add_customer "senior$n@test.com" "195$n-01-01"
	event "senior$n@test.com" "$n.50" | produce "$EVENTS_TOPIC"
	joined "senior$n@test.com" "$n.50" "195$n" >>expected
	wait_for has_record "$KAFKA_RISK_TOPIC" "$(tail -n 1 expected)"
	ok "record $n comes through by itself" has_record "$KAFKA_RISK_TOPIC" "$(tail -n 1 expected)"
done
event late@test.com -4.0 | produce "$EVENTS_TOPIC"
wait_for says events.out late@test.com
add_customer late@test.com 1955-02-28
joined late@test.com -4.0 1955 >>expected
wait_for has_record "$KAFKA_RISK_TOPIC" "$(tail -n 1 expected)"
records "$KAFKA_RISK_TOPIC" | sort >topic
sort expected >sorted
same "an event waits for its customer" sorted topic
wait_for says join.out late@test.com
consume "$KAFKA_RISK_TOPIC" | sort >topic
ok "each record names the position of its event" is "$(wc -l <topic)" \
	"$(grep -oE ",\"position\":\"$EVENTS_TOPIC:[0-9]+:[0-9]+\"}$" topic | sort -u | wc -l)"

# names that are more than letters
add_customer jose@test.com 1950-12-31 'José \"Pepe\" Núñez 👵\nJr.'
wait_for says customers.out jose@test.com
cat >name <<'END'
{"customerName":"José \"Pepe\" Núñez 👵\nJr.","email":"jose@test.com","phone":"8015551212","birthDay":"1950-12-31","birthYear":"1950"}
END
grep -F jose@test.com customers.out >found
same "accents, quotes, emoji and newlines pass" name found

# what is printed comes from all partitions at once, and tee prints before it logs
printed() { # NAME LOG COUNT
	has_lines "$1.out" "$3" && cmp "$1.out" "logs/$2.log"
}
wait_for printed join kafkajoin 7
wait_for printed customers redis-kafka 8
wait_for printed events eventstream 7
ok "the join prints what it sends" cmp <(sort join.out) topic
ok "... and logs the same" cmp join.out logs/kafkajoin.log
ok "the customers are logged as printed" cmp customers.out logs/redis-kafka.log
ok "the events are logged as printed" cmp events.out logs/eventstream.log
ok "the events are those of the topic" cmp <(sort events.out) <(consume "$EVENTS_TOPIC" | sort)

status=0
(mkdir elsewhere && cd elsewhere && LOG_DIR=logs exec env STARTED_BY="$TEST_RUN" XDG_RUNTIME_DIR="$work/elsewhere" \
	"$root/scripts/submit-event-kafkajoin.sh") >second.out 2>second.err </dev/null || status=$?
ok "a second join is refused, wherever it is started" is "1 " "$status $(<second.out)"
ok "... and says why" says second.err "another one joins to $KAFKA_RISK_TOPIC"

for name in source join customers events; do
	stop TERM "${pids[$name]}"
	ok "$name ends on SIGTERM with status 143" is 143 "$status"
done
wait_for none_left
ok "no process is left" none_left

start join2 submit-event-kafkajoin.sh
event late@test.com 8.5 | produce "$EVENTS_TOPIC"
wait_for test -s join2.out
stop TERM "$pid"
ok "a log is appended to" cmp logs/kafkajoin.log <(cat join.out join2.out)
ok "... by what is new" is "$(joined late@test.com 8.5 1955)" "$(without_positions join2.out)"
done_testing
