#!/usr/bin/env bash
# The feed of the risk graph, and what its service says: before there is a broker or a topic, and when they go.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"

# start_feed NAME: as websocketd does for a viewer.
start_feed() {
	RISK_GRAPH_PLACES=$work/places start "$1" risk-graph/feed
}

# gave NAME: what the feed has written, without the envelopes' other members.
gave() {
	jq -rc 'if .feed then "\(.feed) \(.why)" else .payload end' "$work/$1.out"
}

gave_all() { # NAME LINE ...
	has_lines "$1.out" $(($# - 1)) && is "$(printf '%s\n' "${@:2}")" "$(gave "$1")"
}

serve() {
	RISK_GRAPH_ADDRESS=127.0.0.1 start_graph graph start graph submit-risk-graph.sh
}

mkdir places
touch places/{1,2}
start_broker
fresh_topics

# What is waited for
KAFKA_BROKER=127.0.0.1:1 start_feed early
KAFKA_BROKER=127.0.0.1:1 serve
ok "the page is served before there is a broker" says graph.out "risk graph: http://127.0.0.1:"
wait_for says graph.err "submit-risk-graph.sh: waiting for the broker at 127.0.0.1:1"
stop TERM "$pid"
ok "... until it is stopped" is 143 "$status"
wait_for gave_all early "waiting waiting for the broker at 127.0.0.1:1"
stop TERM "${pids[early]}"
ok "a feed without a broker waits until it is stopped" is 143 "$status"
wait_for flock -n places/1 true # what asked the broker for it, and ends with it, had its place, too

serve
wait_for says graph.err "submit-risk-graph.sh: waiting for topic $KAFKA_RISK_TOPIC at $KAFKA_BROKER"
start_feed first
first=$pid
wait_for gave_all first "waiting waiting for topic $KAFKA_RISK_TOPIC at $KAFKA_BROKER"
record=$(joined sam@test.com 1.50 2001)
echo "$record" | produce "$KAFKA_RISK_TOPIC"
wait_for gave_all first "waiting waiting for topic $KAFKA_RISK_TOPIC at $KAFKA_BROKER" \
	"waiting topic $KAFKA_RISK_TOPIC is there" "open " "$record"
ok "the feed begins once the topic is there" true
wait_for says graph.err "submit-risk-graph.sh: topic $KAFKA_RISK_TOPIC is there"
ok "... and the service says so" true

# How many viewers
start_feed second
wait_for gave_all second "open " "$record"
start_feed third
end
ok "who finds no place is refused" is 1 "$status"
ok "... and told" gave_all third "refused 2 viewers are served already, which is the most"
stop TERM "$pid"
stop TERM "${pids[second]}"
start_feed third
wait_for gave_all third "open " "$record"
ok "... and served once a viewer has left, or was killed" true
stop KILL "$pid"
start_feed fourth
wait_for gave_all fourth "open " "$record"
stop TERM "$pid"

# A broker that goes
broker_down
end "$first"
ok "a feed ends when its broker goes, for the page to ask anew" is 1 "$status"
start_feed again
wait_for gave_all again "waiting waiting for the broker at $KAFKA_BROKER"
broker_up
wait_for gave_all again "waiting waiting for the broker at $KAFKA_BROKER" "waiting topic $KAFKA_RISK_TOPIC is there" \
	"open " "$record"
ok "... and has all records once the broker is back" true
stop TERM "$pid"
stop TERM "${pids[graph]}"
ok "no process is left" none_left
done_testing
