#!/usr/bin/env bash
# The blocks of shell in README.md that need Kafka and Redis do what it says of them.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"

# block NAME: the commands of the block of that name, one a line, for the broker and the Redis of this test.
block() {
	awk -v marker="<!-- $1, run by tests/e2e/readme.t -->" '$0 == marker { getline; inside = 1; next }
		/^```$/ { inside = 0 } inside' "$root/README.md" |
		sed "s/localhost:9092/$KAFKA_BROKER/; s/redis-cli/redis-cli -p $REDIS_PORT/; s/ *# .*//"
}

# run_line LINE FILE: what it prints comes to the file while it runs.
run_line() {
	env STARTED_BY="$TEST_RUN" setsid bash -c "$1" >"$2" 2>"$2.err" </dev/null &
}

put_in_path events-decode
start_broker
start_redis
export REDIS_TOPIC=redis-server EVENTS_TOPIC=stedi-events KAFKA_RISK_TOPIC=stedi-graph
for topic in "$REDIS_TOPIC" "$EVENTS_TOPIC" "$KAFKA_RISK_TOPIC"; do
	wait_for topic_is_there "$topic"
done

services=()
while read -r script arguments; do
	name=${script##*/} command=()
	[[ $name != submit-risk-graph.sh ]] || command=(start_graph "$name")
	# shellcheck disable=SC2086 # several words
	"${command[@]}" start "$name" "${script#scripts/}" $arguments
	services+=("$pid")
done < <(block services)
ok "there are six services" is 6 "${#services[@]}"
wait_for holds "$KAFKA_RISK_TOPIC" 60
ok "they fill the graph at once" true
wait_for says submit-risk-graph.sh.out "http://127.0.0.1:$RISK_GRAPH_PORT/"
ok "... which is served" grep -q '<html' <(exec 3<>"/dev/tcp/127.0.0.1/$RISK_GRAPH_PORT" &&
	printf 'GET / HTTP/1.0\r\nHost: 127.0.0.1:%s\r\n\r\n' "$RISK_GRAPH_PORT" >&3 && cat <&3)
wait_for says submit-redis-kafka-streaming.sh.out '"birthYear":"1965"'
ok "... and the customers shown" true
wait_for says submit-event-kafkastreaming.sh.out '"riskDate":'
ok "... and the events" true

mapfile -t look < <(block look)
expected=('"birthYear":"1965"' "topic \"$KAFKA_RISK_TOPIC\"" '"customerName":')
ok "there are three ways to look around" is 3 "${#look[@]}"
for n in "${!look[@]}"; do
	run_line "${look[n]}" "look-$n"
	wait_for says "look-$n" "${expected[n]}"
	ok "it can be looked at: ${look[n]%% *}" true
done

mapfile -t by_hand < <(block by-hand)
ok "by hand are three commands" is 3 "${#by_hand[@]}"
ok "a customer is sent" bash -ec "${by_hand[0]}"
ok "... and an event" bash -ec "${by_hand[1]}"
wait_for bash -o pipefail -c "${by_hand[2]} >by-hand"
# shellcheck disable=SC2016 # Markdown's own
shown=$(sed -n 's/^The last prints `\(.*\),"position":…}`\.$/\1/p' "$root/README.md")
ok "... and come out joined" is "$shown}" "$(without_positions by-hand)"

run_line "$(block live)" live
wait_for says live '"score":-'
ok "the first live pipe shows low scores" true
ok "... and no others" is "" "$(grep -v '"score":-' live)"

kill -TERM "${services[@]}"
statuses=()
for service in "${services[@]}"; do end "$service" && statuses+=("$status"); done
ok "SIGTERM ends all of them" is "143 143 143 143 143 143" "${statuses[*]}"
done_testing
