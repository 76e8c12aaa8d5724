#!/bin/bash
# Whenever land is killed, readers see whole files, and in the end each message is in the lake once.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"

start_kafka
create-topics "$KAFKA_BROKER" events:2

# killed_at N COMMAND ...: it, killed at the N-th of its changes to the files of the table killed.
cc -shared -fPIC -o kill-at.so "$root/tests/lake/kill-at.c" || give_up "no compiler"
killed_at() {
	LD_PRELOAD=$work/kill-at.so KILL_IN=/killed/ KILL_AT=$1 "${@:2}"
}

send() { # TOPIC PARTITION: twelve good messages over two days, a tombstone and two that are bad
	{
		seq $((sent + 1)) $((sent + 12)) | awk '{ print "k\t{\"ts\":" 1516700000 + $1 % 12 * 9000 ".5,\"n\":" $1 "}" }'
		printf 'k\t{"ts":1516700000.5,"n":1.5}\nk\t{"ts":1516700000.5}\nk\t\n'
	} | kcat -P -b "$KAFKA_BROKER" -t "$1" -p "$2" -K '\t' -Z
	sent=$((sent + 12))
}
sent=0

# What a reader finds: no record twice, and each batch that is there without a gap.
readable() {
	[[ -e $LAKE/killed/_delta_log/00000000000000000000.json ]] || return 0
	query -csv -noheader "select count(*) from killed having count(*) <> count(distinct position)" >readable 2>&1 &&
		[[ ! -s readable ]]
}

# At each change. What one landing leaves behind, the next one finds, and is killed on in turn.
topic=steps
points=0
unread=0
for ((call = 1; ; call++)); do
	send steps 0
	killed_at $call land_events killed -q 2>/dev/null # where bash would say that it was killed
	status=$?
	((status == 137)) || break
	points=$((points + 1))
	readable || unread=$((unread + 1))
done
ok "a landing that is not killed any more ends well" test "$status" = 0
ok "killed after each of $points steps" test "$points" -ge 12
ok "readers were never in trouble" test $unread = 0
ok "what was left is landed" land_events killed -q
all_landed() { # TABLE
	on_topic "$topic" | jq -c 'select(.n | . and . == floor)' >expected
	records "$1" >actual
	same "each message is in the lake once, $(wc -l <expected) of them" expected actual
	jq -r '.position // "\(.topic):\(.partition):\(.offset)"' "$LAKE/$1"/_rejects/* | sort >actual
	consume "$topic" -J | jq -r 'select(.payload and (.payload | fromjson | .n | . and . == floor | not)) |
		"\(.topic):\(.partition):\(.offset)"' | sort >expected
	same "each bad one is in the rejects once, $(wc -l <expected) of them" expected actual
	ok "nothing is left of the landing" test -z "$(find "$LAKE/$1/_rejects" -name '.*')"
}
all_landed killed

points=0
for ((call = 1; ; call++)); do
	killed_at $call compact killed >out 2>err
	status=$?
	((status == 137)) || break
	points=$((points + 1))
	send steps 0
	land_events killed -q
	readable || unread=$((unread + 1))
done 2>/dev/null
ok "a compaction that is not killed any more ends well" test "$status" = 0
ok "killed at each of $points steps" test "$points" -ge 4
ok "readers were never in trouble" test $unread = 0
ok "there is a file a day" test "$(query -csv -noheader "select count(distinct day) from killed")" = \
	"$(tables | sed -nE 's/^killed +[0-9]+ +([0-9]+) .*/\1/p')"
all_landed killed

topic=events
# Two at once.
send events 1
land_events random -q &
pid=$!
land events random "$columns" 'to_timestamp(ts)::date' events-decode -q -J -f "$fields" >out2 2>err2
wait $pid
ok "of two at once" test $? = 0
grep -h random: out out2 | sort >actual
printf 'random: %s records landed, %s rejected\n' 0 0 12 2 >expected
same "one lands what is new" expected actual

# At random times, while messages come and readers read.
touch running
while [[ -e running ]]; do
	sent=$((sent + 1))
	for partition in 0 1; do
		echo "{\"ts\":$((1516700000 + sent % 12 * 9000)).5,\"n\":$sent}" | produce events -p $partition 2>>send.log
	done
	sleep 0.05
done &
sender=$!
: >reads
while [[ -e running ]]; do
	query -csv -noheader 'select count(*), count(distinct position) from random' >>reads 2>&1 || echo "status $?" >>reads
done &
reader=$!
killed=0
while ((killed < 6)); do
	setsid land events random "$columns" 'to_timestamp(ts)::date' events-decode -q -J -f "$fields" >>out 2>>err &
	pid=$!
	sleep "$((RANDOM % 2)).$((RANDOM % 90 + 10))"
	if ((RANDOM % 2)); then kill -KILL $pid; else kill -KILL -- -$pid; fi 2>/dev/null && killed=$((killed + 1))
	wait $pid 2>/dev/null
done
rm running
wait $sender $reader
ok "killed at $killed random times, what was left is landed" land_events random -q
all_landed random
awk -F, '$1 !~ /^[0-9]+$/ || $1 != $2 || $1 < last { print NR ": " $0 } { last = $1 }' reads >actual
ok "each of $(wc -l <reads) reads meanwhile saw no less than the one before, and nothing twice" \
	test ! -s actual -a -s reads
done_testing
