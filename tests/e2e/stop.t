#!/usr/bin/env bash
# How the scripts end: on signals, with everything they read written out, and when a part of the pipe fails.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"

start_broker {redis,events,risk}-{2..5} # all but the first three topics: a pipeline then has less than half as many processes

# Filters that keep a copy of what they write
mkdir copying
for name in redis-decode events-decode join; do
	# shellcheck disable=SC2016 # for the copying one
	printf '#!/bin/bash\n%q "$@" | tee -a %q\nexit "${PIPESTATUS[0]}"\n' "$(program $name)" "$work/$name.copy" \
		>copying/$name
	chmod +x copying/$name
done
start_copying() {
	rm -f ./*.copy
	PROGRAMS=$work/copying start "$@"
}

fill() {
	create_topics
	stedi_messages 10 5000
	produce "$REDIS_TOPIC" <redis.ndjson
	produce "$EVENTS_TOPIC" <events.ndjson
}

# Ctrl-C as a terminal sends it, to the whole process group. Events whose customer is not read by then would not be joined.
all_customers_read() {
	(($(wc -l <redis-decode.copy) == 10))
}
fill
start_copying join submit-event-kafkajoin.sh
wait_for test -s join.out
wait_for all_customers_read
kill -INT "$pid" # and again with its group, as timeout(1) does
stop INT "-$pid"
ok "Ctrl-C ends the join with status 130" is 130 "$status"
ok "... and leaves no process" none_left
grep . join.copy | sort >expected
ok "... every decoded event is joined" is "$(grep -c . events-decode.copy)" "$(wc -l <expected)"
consume "$KAFKA_RISK_TOPIC" | sort >topic
same "... and on the topic" expected topic
sort logs/kafkajoin.log >logged
same "... and in the log" expected logged
sort join.out >printed
same "... and printed" expected printed

start_copying events submit-event-kafkastreaming.sh
wait_for test -s events.out
stop TERM "$pid"
ok "SIGTERM ends a decoder with status 143" is 143 "$status"
same "... and everything decoded is logged" events-decode.copy logs/eventstream.log
same "... and printed" events-decode.copy events.out

# a real terminal, and a record that would steer it
steering=steering-$TEST_RUN
printf '{"customer":"c\302\233","score":1,"riskDate":"\177[2J"}\n' | produce "$steering"
mkfifo keys
(cd "$work" && EVENTS_TOPIC=$steering env --default-signal=INT,QUIT,TERM,HUP STARTED_BY="$TEST_RUN" script -qec "$root/scripts/submit-event-kafkastreaming.sh" /dev/null <keys >terminal) &
script=$!
exec {keys}>keys
wait_for grep -q score terminal
ok "a record can't steer a terminal" grep -qF '{"customer":"c\u009b","score":1,"riskDate":"\u007f[2J"}' terminal
printf '\003' >&"$keys"
end "$script"
exec {keys}>&-
ok "Ctrl-C on a terminal ends it with status 130" is 130 "$status"
ok "... and leaves no process" none_left

# Ctrl-C while it waits
REDIS_TOPIC=nowhere-$TEST_RUN KAFKA_BROKER=127.0.0.1:1 start waiting submit-redis-kafka-streaming.sh
wait_for says waiting.err "waiting for the broker"
stop INT "-$pid"
ok "Ctrl-C ends the wait for a broker with status 130" is 130 "$status"
wait_for none_left
ok "... and leaves no process" none_left

# Stopped while a part has only just been started, and does not heed a signal yet
create_topics
mkdir slow
printf '%s\n' '#!/bin/bash' "[[ \$* != *\"\$SLOW\"* ]] || until [[ -e go ]]; do sleep 0.05; done" "exec $(type -P setsid) \"\$@\"" >slow/setsid
chmod +x slow/setsid
for part in "-P -E" "delivery/read $REDIS_TOPIC" --lines "delivery/follow $EVENTS_TOPIC" "delivery/follow $REDIS_TOPIC" events-decode; do
	rm -f go
	PATH=$work/slow:$PATH SLOW=$part start early submit-event-kafkajoin.sh
	wait_for has_part "slow/setsid .*$part"
	kill -TERM "$pid"
	: >go
	end
	ok "stopped while $part is being started, it ends with status 143, and no word" is "143 " "$status $(<early.err)"
	wait_for none_left
done
ok "... and leaves no process" none_left

# With the broker away, what was joined waits for it, unless told twice. The events' decoder finds one more event then.
create_topics
rm copying/*
ln -s "$(program redis-decode)" "$(program join)" copying
# shellcheck disable=SC2016 # for the copying one
printf '#!/bin/bash\n%q "$@" <&0 &\nuntil [[ -e %q ]]; do sleep 0.1; done\necho %q\ntouch "$LOG_DIR/more"\nwait\n' \
	"$(program events-decode)" "$work/more" '{"customer":"sam@test.com","score":2.5,"position":"more:0:0"}' >copying/events-decode
chmod +x copying/events-decode
customer sam@test.com 2001-01-03 | change | produce "$REDIS_TOPIC"
event sam@test.com 1.5 | produce "$EVENTS_TOPIC"
start_copying patient submit-event-kafkajoin.sh
wait_for topic_is_there hasty
LOG_DIR=$work/hasty KAFKA_RISK_TOPIC=hasty start_copying hasty submit-event-kafkajoin.sh
wait_for holds "$KAFKA_RISK_TOPIC" 1
wait_for holds hasty 1
broker_down
touch more
wait_for test -e logs/more -a -e hasty/more
for name in patient hasty; do
	kill -TERM "${pids[$name]}"
done
for name in patient hasty; do
	wait_for says $name.err "waiting until the last records are written"
	ok "with the broker away, a stopped script says what it waits for" says $name.err "Ctrl-C drops them"
done
stop TERM "${pids[hasty]}"
ok "a second signal ends it" is 143 "$status"
ok "... and it says that records are dropped" says hasty.err "records on their way are dropped"
broker_up
end "${pids[patient]}"
ok "the broker back, it ends with status 143" is 143 "$status"
records "$KAFKA_RISK_TOPIC" | sort >topic
printf '%s\n' "$(joined sam@test.com 1.5 2001)" "$(joined sam@test.com 2.5 2001)" >expected
same "... and its records are on the topic, no other" expected topic
ok "... and no process is left" none_left

# Parts that fail
create_topics
customer sam@test.com 2001-01-03 | change | produce "$REDIS_TOPIC"
score=0
next_start() {
	score=$((score + 1))
	event sam@test.com $score | produce "$EVENTS_TOPIC"
	start join submit-event-kafkajoin.sh
	wait_for says join.out "\"score\":\"$score\""
}
fails() {
	local victim
	next_start
	victim=$(pgrep -P "$pid" -f -- "$2")
	kill -KILL "$victim" || give_up "no process $2"
	end
	ok "without its $1, the script ends with status 1" is 1 "$status"
	ok "... and names it" grep -q "^submit-event-kafkajoin.sh: $1 ended .*status 137$" join.err
	wait_for none_left
}
fails "consumer of $REDIS_TOPIC" "^(kcat|.*/follow) .*$REDIS_TOPIC"
fails "consumer of $EVENTS_TOPIC" "^(kcat|.*/follow) .*$EVENTS_TOPIC"
fails redis-decode /redis-decode
fails events-decode /events-decode
fails join '/join --pad'
fails "producer to $KAFKA_RISK_TOPIC" '^kcat.* -P '
fails "reader of what is sent" /follow.--lines
fails log '^tee .* -a '
fails terminal '^cat$'
next_start
reader=$(pgrep -P "$(pgrep -P "$pid" -f /follow.--lines)" | head -n 1)
kill -KILL "$reader"
end
ok "without one of the kcat of a reader, the script ends with status 1" is 1 "$status"
ok "... and it is named" says join.err "follow: kcat of $KAFKA_RISK_TOPIC, partition "
records "$KAFKA_RISK_TOPIC" | sort -V >topic
for ((n = 1; n <= score; n++)); do joined sam@test.com $n 2001; done >expected
same "after all of that, each event was joined once" expected topic

# a signal between the last look at the parts and the wait for them
cat >signal.sh <<'END'
. "$1/scripts/kafka-pipe.sh"
eval "looks_for_$(declare -f find_ended)"
find_ended() {
	looks_for_find_ended "$@"
	kill -TERM $$
}
open_pipes none
start_source loader sleep 1000
run_until "$!"
END
status=0
bash signal.sh "$root" 2>signal.err || status=$?
ok "a signal ends it while it waits for what is read first" is "143 " "$status $(<signal.err)"

cat >early.sh <<'END'
. "$1/scripts/kafka-pipe.sh"
trap 'echo its own trap' EXIT
metadata
open_pipes none
start_source first sleep 1000
start second sleep 1000
kill -KILL "${!parts[@]}"
for pid in "${!parts[@]}"; do while is_child "$pid"; do sleep 0.05; done; done # until bash has noted their ends
start_source third sleep 1000
finish
END
status=0
bash early.sh "$root" >early.out 2>early.err || status=$?
ok "parts that are killed before the last is started end the script" is 1 "$status"
printf 'early.sh: %s ended with status 137\n' first second >expected
grep ' ended ' early.err >said # bash has words of its own
same "... and are named" expected said
ok "... which keeps its trap" is "its own trap" "$(<early.out)"

# bash's wait misses the end of a child that ends just when a signal comes
cat >twice.sh <<'END'
. "$1/scripts/kafka-pipe.sh"
open_pipes records
start_source source sleep 1000 >&"${to[records]}"
start sink cat <&"${from[records]}"
echo started
finish
END
for microseconds in {100..1900..200}; do
	exec {twice}< <(exec bash twice.sh "$root" 2>&1)
	read -r line <&"$twice"
	wait_for grep -q do_wait "/proc/$!/wchan"
	kill -TERM "$!"
	read -rt "0.$(printf %06d "$microseconds")" -u "$twice" # nothing comes
	kill -TERM "$!" 2>/dev/null
	end "$!"
	echo "$line, status $status $(cat <&"$twice")"
	exec {twice}<&-
done >ends
ok "a signal that comes twice at once ends it, each time" is "     10 started, status 143 " "$(sort ends | uniq -c)"

next_start
{ kill -KILL "$pid" && wait "$pid"; } 2>/dev/null
wait_for none_left
ok "kill -9 of the script leaves no process" none_left

# Rejected records
echo 'no JSON' | produce "$EVENTS_TOPIC"
next_start
wait_for says join.err "events-decode: stdin:"
stop TERM "$pid"
ok "a rejected record doesn't end the pipe" is 143 "$status"
ok "... and is told at the end" says join.err "events-decode ended with status 1: not every record went through"

# A reader that goes
fill
: >logs/kafkajoin.log
env STARTED_BY="$TEST_RUN" "$root/scripts/submit-event-kafkajoin.sh" 2>head.err | head -n 1 >head.out
status=${PIPESTATUS[0]}
ok "with its reader gone it ends as cat does" is 141 "$status"
ok "... quietly" is "" "$(grep -v 'waiting until the last records are written' head.err)"
ok "... with the log and the topic the same" cmp <(sort logs/kafkajoin.log) <(consume "$KAFKA_RISK_TOPIC" | sort)
ok "... and no process left" none_left
done_testing
