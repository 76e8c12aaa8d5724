#!/bin/bash
# Whenever land is killed, readers see whole files, and in the end each message is in the lake once.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"

start_kafka
create-topics "$KAFKA_BROKER" events:2

# Programs that land calls, as ones that count the calls and kill land after a given one.
mkdir shims
for program in awk cp duckdb events-decode find kcat mkdir mv rm split sync; do
	real=$(type -P "$program") || real=$(compgen -G "$root/build/lake/lib/*/site-packages/duckdb_cli/$program")
	cat >"shims/$program" <<-END
		#!/bin/bash
		calls=\$((\$(<$work/calls) + 1))
		echo \$calls >$work/calls
		$real "\$@"
		status=\$?
		((\$(<$work/target) != calls)) || kill -KILL \$(<$work/pid)
		exit \$status
	END
done
chmod +x shims/*

send() { # TOPIC PARTITION: twelve good messages over two days, a tombstone and two that are bad
	{
		seq $((sent + 1)) $((sent + 12)) | awk '{ print "k\t{\"ts\":" 1516700000 + $1 % 12 * 9000 ".5,\"n\":" $1 "}" }'
		printf 'k\t{"ts":1516700000.5,"n":1.5}\nk\t{"ts":1516700000.5}\nk\t\n'
	} | kcat -P -b "$KAFKA_BROKER" -t "$1" -p "$2" -K '\t' -Z
	sent=$((sent + 12))
}
sent=0

# land_killed CALL: as land_events, by the shims.
land_killed() {
	echo 0 >calls
	echo "$1" >target
	PATH=$work/shims:$PATH bash -c 'echo $$ >"$1" && shift && exec land "$@"' - "$work/pid" steps killed \
		"$columns" 'to_timestamp(ts)::date' -- events-decode -q -J -f "$fields" >out 2>err
}

# What a reader finds: no record twice, and each batch that is there without a gap.
readable() {
	[[ -d $LAKE/killed/day=2018-01-23 ]] || return 0
	query -csv -noheader "select count(*) from killed having count(*) <> count(distinct position)" >readable 2>&1 &&
		[[ ! -s readable ]]
}

# After each call of any of them. What one landing leaves behind, the next one finds, and is killed on in turn.
points=0
unread=0
for ((call = 1; ; call++)); do
	send steps 0
	land_killed $call 2>/dev/null # where bash would say that it was killed
	status=$?
	((status == 137)) || break
	points=$((points + 1))
	readable || unread=$((unread + 1))
done
ok "a landing that is not killed any more ends well" test "$status" = 0
ok "killed after each of $points steps" test "$points" -ge 40
ok "readers were never in trouble" test $unread = 0
topic=steps
ok "what was left is landed" land_events killed -q
all_landed() { # TABLE
	on_topic "$topic" | jq -c 'select(.n | . and . == floor)' >expected
	records "$1" >actual
	same "each message is in the lake once, $(wc -l <expected) of them" expected actual
	jq -r '.position // "\(.topic):\(.partition):\(.offset)"' "$LAKE/$1"/_rejects/* | sort >actual
	consume "$topic" -J | jq -r 'select(.payload and (.payload | fromjson | .n | . and . == floor | not)) |
		"\(.topic):\(.partition):\(.offset)"' | sort >expected
	same "each bad one is in the rejects once, $(wc -l <expected) of them" expected actual
	find "$LAKE/$1" -name '*.parquet' -o -name '*.ndjson' | sed -E 's/.*-([01])-([0-9]+)-([0-9]+)\.[a-z]+$/\1 \2 \3/' |
		sort -u | sort -n -k 1,1 -k 2,2 | awk '$1 != partition { partition = $1; due = 0 }
			$2 != due { print "partition " $1 ": " $2 " after " due } { due = $3 + 1 }' >gaps
	ok "the batches follow on each other" test ! -s gaps
	ok "nothing is left of the landing" test -z "$(find "$LAKE/$1" -name '_staged*' -o -name _work)"
}
all_landed killed

# A part that outlives land: the next landing waits for it, so that the two don't write over each other.
printf '#!/bin/bash\ntouch started\nuntil [[ -e go ]]; do sleep 0.1; done\ntouch ended\n' >slow
chmod +x slow
topic=events
send events 0
land events random "$columns" 'to_timestamp(ts)::date' ./slow 2>err &
pid=$!
wait_for 60 test -e started
kill -KILL $pid
wait $pid 2>/dev/null
land_events random -q &
pid=$!
wait_for 60 says err 'waiting for another land to end'
ok "land waits while a part of one that was killed still runs" test ! -e ended
touch go
ok "and then lands" wait $pid
ok "what is new" says out 'random: 12 records landed, 2 rejected'

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
end=$((SECONDS + 15))
while ((SECONDS < end)); do
	setsid land events random "$columns" 'to_timestamp(ts)::date' events-decode -q -J -f "$fields" >>out 2>>err &
	pid=$!
	sleep "0.$((RANDOM % 90 + 10))"
	if ((RANDOM % 2)); then kill -KILL $pid; else kill -KILL -- -$pid; fi 2>/dev/null && killed=$((killed + 1))
	wait $pid 2>/dev/null
done
rm running
wait $sender $reader
ok "killed at $killed random times" test $killed -ge 10
ok "what was left is landed" land_events random -q
all_landed random
awk -F, '$1 !~ /^[0-9]+$/ || $1 != $2 || $1 < last { print NR ": " $0 } { last = $1 }' reads >actual
ok "each of $(wc -l <reads) reads meanwhile saw no less than the one before, and nothing twice" \
	test ! -s actual -a -s reads
done_testing
