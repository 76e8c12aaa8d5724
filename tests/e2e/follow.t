#!/usr/bin/env bash
# scripts/delivery/follow: what is there and what comes are read without a gap or a repeat; it ends when it is told to, at
# whatever instant that comes, and so do the readers it has started.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"

# A kcat for which the messages of a partition are there that the file there-PARTITION counts; with -e it reads up to there, else
# those that come, too, until there are seven. It says in "calls" how it was called.
cat >kcat <<'END_OF_KCAT'
#!/bin/bash
while (($#)); do
	case $1 in
	-Q) echo "topic [0] offset 5"; exit ;;
	-p) partition=$2 ;;
	-o) offset=$2 ;;
	-e) ends=1 ;;
	-f) lines=1 ;;
	esac
	shift
done
echo "$partition from $offset${ends:+, to its end}${_STDBUF_O:+, -o$_STDBUF_O}" >>calls
write() {
	if [[ ${lines-} ]]; then echo "$offset a line"; else
		printf '{"topic":"topic","partition":%d,"offset":%d,"payload":"{\\"offset\\":%d}"}\n' "$partition" "$offset" 5000
	fi
	offset=$((offset + 1))
}
[[ $offset != beginning ]] || offset=2 # older ones are deleted
read -r there <"there-$partition"
while ((offset < there)); do write; done
[[ ! ${ends-} ]] || exit "$(<"status-$partition")"
while ((offset < 7)); do write; done
exec sleep 1000
END_OF_KCAT
chmod +x kcat
echo 0 | tee status-0 status-1 >status-2

# follow_to COUNT PLACE ...: until so many lines are written; sets $status.
follow_to() {
	: >calls
	: >out
	STARTED_BY=$TEST_RUN "$root/scripts/delivery/follow" topic "${@:2}" -- ./kcat >out 2>err &
	pid=$!
	wait_for has_lines out "$1"
	kill -TERM "$pid"
	end
}

offsets_of() { # PARTITION
	jq -r "select(.partition == $1) | .offset" out | paste -sd ' '
}

echo 5 >there-0
echo 3 >there-1
follow_to 11 0:1 1:beginning
ok "what is there is written, and what comes then: each once" is "1 2 3 4 5 6" "$(offsets_of 0)"
ok "... in each partition" is "2 3 4 5 6" "$(offsets_of 1)"
printf '%s\n' "0 from 1, to its end, -o65536" "0 from 5, -oL" "1 from 3, -oL" "1 from beginning, to its end, -o65536" >expected
same "... the one in large blocks, the other line by line" expected <(sort calls)
ok "... and nothing else is said" is "0 " "$status $(<err)"
echo 0 >there-0
follow_to 5 0:beginning
ok "where nothing is there, it waits for what comes" is "2 3 4 5 6" "$(offsets_of 0)"
echo 5 >there-0
echo 1 >status-0
STARTED_BY=$TEST_RUN "$root/scripts/delivery/follow" topic 0:1 1:1 -- ./kcat >out 2>err
ok "where a kcat fails, it does" is "follow: kcat of topic, partition 0, ended by itself" "$(sort err | tail -n 1)"
wait_for none_left
ok "... and leaves no other" none_left

# Told to end at its system calls, one after the other: as it starts readers, waits for them, passes on what they have read, and
# closes them. The first read and the first close come before it heeds the signal.
echo 0 >status-0
echo 5 >there-2
: >said

# trace OPTION FILTER ...: runs it until all that comes is there, unless it has ended before, and sets $status.
trace() {
	: >out
	STARTED_BY=$TEST_RUN strace -o trace "${@:2}" "$root/scripts/delivery/follow" ${1:+"$1"} topic 0:1 1:1 2:1 -- ./kcat >out 2>>said &
	pid=$!
	wait_for all_or_end
	kill -TERM "$(pgrep -P "$pid")" 2>/dev/null
	end
}

all_or_end() {
	has_lines out 18 || ! kill -0 "$pid"
}

# numbers_of CALL: those of its calls that are traced, as strace counts them: the first, and up to six of those with the handler
numbers_of() {
	awk -v call="$1(" '/^rt_sigaction\(SIGTERM, \{sa_handler=0x/ { heeds = 1 }
		index($0, call) == 1 { n++ } index($0, call) == 1 && (n == 1 || (heeds && times++ < 6)) { print n }' calls-of-follow
}

for option in "" --lines; do
	trace "$option"
	mv trace calls-of-follow
	ok "follow $option ends by SIGTERM while it waits for what comes" is 0 "$status"
	for call in clone pselect6 read write close wait4; do numbers_of $call | sed "s/^/$call /"; done >instants
	while read -r call number; do
		trace "$option" -e "trace=$call" -e "inject=$call:signal=TERM:when=$number"
		echo "$status"
	done <instants | sort | uniq -c >ends
	ok "... and in whatever it is doing" is "" "$(grep -vxE ' +[0-9]+ (0|143)' ends)"
	ok "... $(wc -l <instants) times" test "$(wc -l <instants)" -gt 20
	wait_for none_left
	ok "... with the readers that it has started" none_left
done
ok "... and without a word" is "" "$(<said)"

# Killed while one of its readers is being started, which is before that can be told of it
mkdir slow
cat >slow/setpriv <<END
#!/bin/bash
[[ "\$*" != *"\$HELD"* ]] || { : >held && until [[ -e go ]]; do sleep 0.05; done; }
exec $(type -P setpriv) "\$@"
END
chmod +x slow/setpriv
killed_at() { # PATTERN: of the command that is being started
	rm -f held go
	PATH=$PWD/slow:$PATH HELD=$1 STARTED_BY=$TEST_RUN "$root/scripts/delivery/follow" topic 0:5 1:5 2:5 -- ./kcat >out 2>err &
	pid=$!
	wait_for test -e held
	stop KILL "$pid"
	: >go
}
for partition in 0 1 2; do
	killed_at "-J -e -m 1000000 -t topic -p $partition" # what is there
	killed_at "-J -m 1000000 -t topic -p $partition"    # what comes
	wait_for none_left
	ok "kill -9 as a reader of partition $partition is being started leaves none, nor one that was there before" none_left
done

# Told to end while it waits for its reader, again and again: all that it has read by then is written, up to a line's end.
waits_to_write() {
	grep pipe_write "/proc/$pid/wchan" && grep pipe_write "/proc/$(pgrep -P "$pid")/wchan"
}
echo 20000 >there-0
mkfifo fifo
STARTED_BY=$TEST_RUN "$root/scripts/delivery/follow" topic 0:0 -- ./kcat >fifo 2>err &
pid=$!
exec {fifo}<fifo
for _ in {1..5}; do
	wait_for waits_to_write
	kill -TERM "$pid"
done
cat <&"$fifo" >out
exec {fifo}<&-
end
ok "told to end while nobody reads what it writes, it ends well" is "0 " "$status $(<err)"
seq 0 $(($(wc -l <out) - 1)) >expected
same "... once it has written what it has read, without a gap or half a line" expected <(jq .offset out)
ok "... that is, what two pipes hold" test "$(wc -c <out)" -gt 100000

# A line's end that comes by itself
cat >halves <<'END_OF_KCAT'
#!/bin/bash
[[ " $* " != *" -Q "* ]] || exit
printf '0 a line'
touch half
until [[ -e whole ]]; do sleep 0.05; done
echo
exec sleep 1000
END_OF_KCAT
chmod +x halves
waits_to_read() {
	grep -E 'poll|select' "/proc/$pid/wchan"
}
STARTED_BY=$TEST_RUN "$root/scripts/delivery/follow" --lines topic 0:0 -- ./halves >out 2>err &
pid=$!
wait_for test -e half
wait_for waits_to_read
touch whole
wait_for has_lines out 1
stop TERM "$pid"
ok "a line whose end comes later is written then" is "0 a line" "$status $(<out)"

for arguments in "" 0:beginning "0:beginning --" "-- ./kcat"; do
	status=0
	# shellcheck disable=SC2086
	"$root/scripts/delivery/follow" topic $arguments 2>err >out || status=$?
	ok "wrong usage: topic $arguments" test "$status" -ne 0
	ok "... which is said" says err "usage: follow [--lines] TOPIC"
done
done_testing
