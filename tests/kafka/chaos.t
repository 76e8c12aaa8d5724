#!/bin/bash
# Whatever is killed, stopped, interrupted or restarted, and when, the risk topic holds every event once and nothing else,
# each with the version of its customer that counts.
#
#   FAULTS  how many (default 25; `make chaos FAULTS=1000` as long as one likes)
#   SEED    of their order and their victims (printed; the same one strikes the same blows)
#   EVENTS  how many events there are (default 30000)
set -uo pipefail

# Its disk is its own, not this machine's, and goes with it.
if [[ ! ${OWN_MOUNTS-} ]]; then
	as_root=()
	((EUID == 0)) || as_root=(--map-root-user)
	OWN_MOUNTS=1 exec unshare "${as_root[@]}" --mount "$0"
fi
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"
export BROKER=kafka
disk=/mnt
faults=${FAULTS:-25} seed=${SEED:-$RANDOM} events=${EVENTS:-30000}
echo "# SEED=$seed FAULTS=$faults EVENTS=$events"
RANDOM=$seed

start_broker
fresh_topics
# Segments are closed after a second, and closed ones compacted at once.
rolled=segment.ms=1000,segment.index.bytes=65536
compacted=$rolled,cleanup.policy=compact,min.cleanable.dirty.ratio=0.001,delete.retention.ms=0
create-topics "$KAFKA_BROKER" "$REDIS_TOPIC:1:$compacted" "$EVENTS_TOPIC:3:$compacted" "$KAFKA_RISK_TOPIC:1:$rolled" ||
	give_up "no topics"

# The disk under the log, and under the rejects of events-decode
mount -t tmpfs -o "size=$((events * 400 + 33554432))" none "$disk" || give_up "can't mount a disk of its own"
LOG_DIR=$disk/logs
mkdir programs
ln -s "$(program redis-decode)" "$(program join)" programs
cat >programs/events-decode <<END
#!/bin/bash
[[ \$1 != -J ]] || set -- -r "$disk/rejects" "\$@"
exec "$(program events-decode)" "\$@"
END
chmod +x programs/events-decode

# Customers 1 to 900 have three versions, all there before the first event, of which the last counts (compaction leaves only
# that); 901 to 1000 come only while events wait for them, and 1001 to 1010 get versions while events are joined.
customers() { # FROM TO YEAR
	perl -e 'my ($from, $to, $year) = @ARGV;
		printf qq({"customerName":"n","email":"c%d\@test.com","phone":"1","birthDay":"%d-01-01"}\n), $_, $year + $_ % 10
			for $from .. $to' "$@" | change | awk -v "from=$1" '{ print "c" from++ "\t" $0 }'
}
{ customers 1 900 1930 && customers 1 900 1940 && customers 1 900 1950; } | produce "$REDIS_TOPIC" -K '\t'
perl -e 'printf qq({"customer":"c%d\@test.com","score":"%d","email":"c%1\$d\@test.com","birthYear":"%d"}\n),
	1 + $_ * 7 % 1000, $_, 1950 + (1 + $_ * 7 % 1000) % 10 for 1 .. shift' "$events" >all
for version in 1960 1970 1980; do
	perl -e 'my ($version, $marker) = @ARGV;
		printf qq({"customer":"c%d\@test.com","score":"%d","email":"c%1\$d\@test.com","birthYear":"%d"}\n), $_, $version, $version + $_ % 10
			for $marker, 1001 .. 1010' "$version" "$version" >>all
done
sort all >expected
joined=$(wc -l <expected)

# events_of PART: the events of one of 40 parts, pretty-printed, each with a key of its own that is no UTF-8; among them bad
# ones, all of one key
events_of() {
	perl -e 'my ($of, $n) = @ARGV; for (grep { $_ % 40 == $n } 1 .. $of) {
		printf qq(\xe9\xff%d\t{\n  "customer": "c%d\@test.com",\n  "score": %d\n}\x1e), $_, 1 + $_ * 7 % 1000, $_;
		printf qq(\xe9\xffbad\t{"bad":\n%d}}\x1e), $_ if $_ % 1000 < 40;
	}' "$events" "$1"
}

to_events() { # PART [OPTION ...]
	produce "$EVENTS_TOPIC" -D '\x1e' -K '\t' -p $(($1 % 3)) "${@:2}"
}

# new_version YEAR: what comes after one whose customer came after it has it. That customer has the year as its number.
new_version() {
	{ customers 1001 1010 "$1" && customers "$1" "$1" "$1"; } | produce "$REDIS_TOPIC" -K '\t'
	events_of_version "$1" "$1" | to_events 0
	wait_for has_joined "$1"
	events_of_version "$1" {1001..1010} | to_events "$1"
}

events_of_version() { # YEAR CUSTOMER ...
	perl -e 'my $year = shift; printf qq(%d of %d\t{"customer":"c%2\$d\@test.com","score":%1\$d}\x1e), $year, $_ for @ARGV' "$@"
}

has_joined() { # CUSTOMER
	consume "$KAFKA_RISK_TOPIC" | grep -qF "\"c$1@test.com\""
}

# note_end PARTITION: sets $end to that of its events, with those that nobody may see.
note_end() {
	end=$(kcat -Q -b "$KAFKA_BROKER" -X isolation.level=read_uncommitted -t "$EVENTS_TOPIC:$1:-1") && end=${end##* }
}

# begun PARTITION END: there are more by now; or the producer has ended, for Kafka was struck first.
begun() {
	! kill -0 "$producer" || { note_end "$1" && ((end > $2)); }
}

# begin_transaction PART: of events that nobody may see, for it is never committed.
begin_transaction() {
	local producer pipe end partition=$(($1 % 3))
	wait_for note_end "$partition"
	mkfifo aborted
	exec {pipe}<>aborted # which never ends
	kcat -q -P -b "$KAFKA_BROKER" -t "$EVENTS_TOPIC" -D '\x1e' -K '\t' -p "$partition" \
		-X transactional.id=chaos -X transaction.timeout.ms=5000 <&"$pipe" 2>/dev/null &
	producer=$!
	perl -e 'printf qq(aborted%d\t{"customer":"c1\@test.com","score":-1}\x1e), $_ for 1 .. 300' >&"$pipe"
	wait_for begun "$partition" "$end"
	{ kill -KILL "$producer"; wait "$producer"; } 2>/dev/null
	exec {pipe}>&-
	rm aborted
}

# end_transactions: a Kafka that is killed may forget one that it has to abort; then nobody sees what comes after it, for ever.
end_transactions() {
	local partition begin transactions=(kafka-class org.apache.kafka.tools.TransactionsCommand --bootstrap-server "$KAFKA_BROKER")
	for partition in 0 1 2; do
		"${transactions[@]}" describe-producers --topic "$EVENTS_TOPIC" --partition "$partition" | awk '$6 ~ /^[0-9]+$/ { print $6 }' |
			while read -r begin; do
				"${transactions[@]}" abort --topic "$EVENTS_TOPIC" --partition "$partition" --start-offset "$begin"
			done
	done
}

# have_joined COUNT: looked at again and again. Once a minute transactions are got out of the way.
have_joined() {
	holds "$KAFKA_RISK_TOPIC" "$1" || { ((SECONDS % 60)) || end_transactions; return 1; }
}

# forget: takes a third of the first parts' events away, once they have been joined.
forget() {
	wait_for have_joined "$(perl -e 'print scalar grep { $_ % 40 <= 20 } 1 .. shift' "$events")"
	for n in {0..5}; do
		perl -e 'my ($of, $n) = @ARGV; printf qq(\xe9\xff%d\t\x1e), $_ for grep { $_ % 40 == $n && $_ % 3 == 0 } 1 .. $of' \
			"$events" "$n" | to_events "$n" -Z
	done
}

# feed: all of it, bit by bit, while faults happen
feed() {
	local n
	for n in {0..39}; do
		events_of "$n" | to_events "$n"
		[[ -e struck ]] || sleep "$(awk "BEGIN { print $faults / 40 }")"
		((n != 9)) || customers 901 1000 1950 | produce "$REDIS_TOPIC" -K '\t'
		((n % 13)) || begin_transaction "$n"
		((n != 20)) || forget
		((n != 24)) || new_version 1960
		((n != 32)) || new_version 1970
	done
}

# keep_joining: starts the pipeline again whenever it ends, until the file "enough" is there.
keep_joining() {
	until [[ -e enough ]]; do
		PROGRAMS=$work/programs start join submit-event-kafkajoin.sh
		echo "$pid" >running
		end
		cat join.err >>said
	done
}

# victim: the process id of any part of the pipeline, if one runs
victim() {
	local all
	mapfile -t all < <(left | grep -v setsid | cut -d' ' -f1)
	((${#all[@]})) && echo "${all[RANDOM % ${#all[@]}]}"
}

fill_disk() {
	! cat /dev/zero >"$disk/filler"
}

free_disk() {
	rm -f "$disk/filler"
	truncate --size 0 "$disk/rejects" "$LOG_DIR/kafkajoin.log"
}

strike() {
	local one
	case $((RANDOM % 12)) in
	0 | 1 | 2) kill -KILL "$(victim)" ;;
	3) left | cut -d' ' -f1 | xargs kill -KILL ;;
	4) kill -TERM "$(<running)" ;;
	5) kill -INT -- "-$(<running)" ;; # Ctrl-C
	6 | 7) one=$(victim) && kill -STOP "$one" && sleep $((1 + RANDOM % 3)) && kill -CONT "$one" ;;
	8) stop_broker KILL && sleep 1 && start_kafka "${KAFKA_BROKER#*:}" ;;
	9) stop_broker && sleep 1 && start_kafka "${KAFKA_BROKER#*:}" ;;
	10 | 11) fill_disk && sleep $((1 + RANDOM % 3)) && free_disk ;;
	esac 2>/dev/null
	return 0
}

: >said
feed &
feeder=$!
keep_joining &
keeper=$!
for ((n = 0; n < faults; n++)); do
	sleep "0.$((RANDOM % 10))"
	strike
	sleep $((RANDOM % 3))
done
: >struck
wait "$feeder"
new_version 1980 # which no restart brings
wait_for have_joined "$joined"

# bad NAME: an event that is rejected, longer than what a full disk has left in a file's last page
bad() {
	perl -e 'printf qq(\xe9\xffbad\t{"%s":"%s"}}\x1e), shift, "x" x 9000' "$1" | to_events 0
}
no_space() { # COUNT: it has been said so often, or more
	(($(grep -cF "$disk/rejects: No space left on device" join.err) >= $1))
}
bad first # so that no full disk of before is on its mind
wait_for says "$disk/rejects" first
said=$(grep -cF "$disk/rejects: No space left on device" join.err)
fill_disk 2>/dev/null
bad lost
wait_for no_space $((said + 1))
rm "$disk/filler"
bad kept
wait_for says "$disk/rejects" kept
ok "what is rejected is kept again once the disk has room, and what it had none for is not there in part" \
	is 0 "$(grep -c lost "$disk/rejects")"
: >enough
kill -TERM "$(<running)"
wait "$keeper"
consume "$KAFKA_RISK_TOPIC" >graph
sed 's/,"position":.*/}/' graph | sort >actual
same "after $faults faults each of $joined events is there once, with the right version of its customer" expected actual
ok "... and nothing is left behind" none_left
holes=$(consume "$EVENTS_TOPIC" -f '%p %o\n' | sort -nk1,1 -nk2,2 | awk '$1 == p { sum += $2 - o - 1 } { p = $1; o = $2 } END { print sum }')
ok "... though compaction has taken events away, and transactions were never committed ($holes holes)" \
	test "$holes" -gt "$((events / 40))"
ok "... and customers" test "$(consume "$REDIS_TOPIC" -f '\n' | wc -l)" -lt 2800
done_testing
