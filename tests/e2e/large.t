#!/usr/bin/env bash
# One value that Kafka doesn't take stops nothing: what is behind it comes, and it comes itself where it may be so long.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"

keys() { # on the topic, each once
	consume "$REDIS_TOPIC" | jq -r '.key | @base64d' | sort -u | paste -sd ' '
}

has_keys() {
	is "$1" "$(keys)"
}

has_key() {
	[[ " $(keys) " == *" $1 "* ]]
}

bytes() {
	head -c "$1" /dev/zero | tr '\0' x
}

start_broker
start_redis
create_topics
bytes 770000 | redis -x set large >/dev/null # 1,026,668 in base64
add_customer sam@test.com 2001-01-03
start source submit-redis-source.sh
wait_for has_keys Customer
bytes 380000 | redis -x zadd large-zset 0 >/dev/null # twice
redis set behind 1 >/dev/null
wait_for has_keys 'Customer behind'
ok "what is behind a large value, and a large member, comes" kill -0 "$pid"
wait_for says source.err 'key large-zset: left out'
ok "what does not is said" is 'key large: left out: a message of 1026 key large-zset: left out: a message of 1013' \
	"$(grep -o 'key .* of [0-9]\{4\}' source.err | paste -sd ' ')"
ok "... with the limit" is 2 "$(grep -c 'longer than --max-output 997952' source.err)"
# in any place of the blocks that kcat reads, and in base64 a little shorter than it may be, and than it may not
for shift in 100 300 500 700 900; do
	for size in 748380 748390 748400 748410 748420; do
		bytes $size | redis -x set "edge $size" >/dev/null
	done
	redis set "shift $shift" "$(bytes $shift)" >/dev/null
done
redis set last 1 >/dev/null
wait_for has_key last
ok "the longest messages go through" is 'edge 748380 edge 748390 edge 748400' \
	"$(keys | grep -o 'edge [0-9]*' | paste -sd ' ')"
ok "... longer ones are said" is '10' "$(grep -c 'key edge' source.err)"
stop TERM "$pid"
ok "... and how many, at the end" says source.err 'redis-source: 12 left out: longer than --max-output 997952'
ok "SIGTERM ends it as ever" is 143 "$status"

redis keys '*' | grep -E 'edge|shift|last' | sed 's/.*/del "&"/' | redis >/dev/null
create_topics
start source submit-redis-source.sh --max-output 1020K
wait_for has_keys 'Customer behind large large-zset'
stop TERM "$pid"
ok "with --max-output, the producer takes it, too" is '143 ' "$status $(<source.err)"

create_topics
echo message.max.bytes=4000 >short.conf
export KCAT_CONFIG=$work/short.conf
start source submit-redis-source.sh --key=Customer -k behind
wait_for has_keys 'Customer behind'
stop TERM "$pid"
ok "with --key, others are no concern of it" is '143 ' "$status $(<source.err)"
start source submit-redis-source.sh
wait_for says source.err 'key large: left out'
stop TERM "$pid"
ok "without, the limit is the one of KCAT_CONFIG" says source.err 'left out: longer than --max-output 1952'

for arguments in -k '--max-output x' '--poll 0' --pad; do
	status=0
	# shellcheck disable=SC2086
	"$root/scripts/submit-redis-source.sh" $arguments >out 2>err || status=$?
	ok "wrong usage, before it waits: $arguments" is "2 " "$status $(<out)"
	ok "... is said" grep -q . err
done
done_testing
