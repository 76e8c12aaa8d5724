#!/usr/bin/env bash
# What all programs in C have in common, the filters, too: how they stop, whatever their standard descriptors are.
# shellcheck disable=SC2119 # functions with options
# shellcheck source=tests/sources/lib.sh
. "$(dirname "$0")/lib.sh"

put_in_path redis-decode events-decode join
filters='redis-decode events-decode join'
programs="$filters redis-source stedi-simulator embedded-broker"
mkfifo silent
exec 9<>silent

# idle PROGRAM: runs it with nothing to do, until it is told to end
idle() {
	case $1 in
	join) exec join silent silent ;;
	*-decode) exec "$1" silent ;;
	stedi-simulator) exec stedi-simulator --quick 1 --pace 1000 ;;
	embedded-broker) exec embedded-broker topic ;;
	*) exec "$1" ;;
	esac
}

# catches PROGRAM SIGNAL, awaits PROGRAM SIGNAL, sleeps PROGRAM: the process started last, which has been the shell before
catches() {
	look "$1" && ((16#$caught >> ($(kill -l "$2") - 1) & 1))
}
awaits() { # it was sent, and is still to be handled
	look "$1" && ((16#$pending >> ($(kill -l "$2") - 1) & 1))
}
sleeps() { # and does not just rest on its way
	local before
	look "$1" && [[ $state == S* ]] && before=$switches && sleep 0.1 && look "$1" && [[ $state == S* && $switches == "$before" ]]
}
look() {
	local key value name
	while read -r key value; do
		case $key in
		Name:) name=$value ;;
		State:) state=$value ;;
		SigCgt:) caught=$value ;;
		ShdPnd:) pending=$value ;;
		voluntary_ctxt_switches:) switches=$value ;;
		esac
	done <"/proc/$!/status"
	[[ $state != Z* ]] || give_up "$1 has ended"
	[ "$name" = "$1" ]
}

# nonblocking FD COMMAND...
nonblocking() {
	exec perl -MFcntl -e 'open my $file, ">&=", shift or die "$!\n";
		fcntl $file, F_SETFL, O_WRONLY | O_NONBLOCK or die "$!\n"; exec @ARGV' "$@"
}

start_redis

for program in $programs; do
	expected=143
	[ "$program" != embedded-broker ] || expected=0
	statuses=
	for _ in {1..10}; do
		idle "$program" >out 2>err &
		until catches "$program" TERM; do :; done
		stop TERM "$!"
		statuses+="$status "
	done
	ok "$program: SIGTERM ends it, also one that comes before it waits" is \
		"$(yes $expected | head -n 10 | paste -sd ' ') " "$statuses"
done

for program in $filters; do
	idle "$program" 2>err &
	until catches "$program" USR1; do :; done
	kill -USR1 "$!"
	wait_for says err ' in/s'
	stop TERM "$!"
	ok "$program: SIGUSR1 prints the counts, also one that comes before it waits" is \
		"$program: 0 in, 0 out, 0 skipped, 0 rejected" "$(sed 's/, 0 waiting//; s/;.*//' err)"
done

# ---- how they are used ----

for program in $programs; do
	page=$(find "$root" -path "$root/build" -prune -o -name "$program.1" -print)
	for option in h V; do
		long=$([ $option = h ] && echo help || echo version)
		status=0
		"$program" "-$option" >short 2>err || status=$?
		"$program" "--$long" >spelled 2>>err || status=$?
		ok "$program: -$option and --$long: status 0, and nothing on standard error" is '0 ' "$status $(cat err)"
		ok '... and both write the same' cmp short spelled
	done
	ok '... the version' is "$program (stedi-pipes) $(sed -n 's/^VERSION = //p' "$root/Makefile")" "$(cat spelled)"
	"$program" -h >help
	ok '... the usage first' grep -q "^usage: $program " help
	# -x, -x , -long, -x Ns Oo Ar N Oc , Fl -long
	ok '... every option of its page' is "$(sed -n 's/^\.It Fl /-/p' "$page" | sed 's/, Fl -/, -/' |
		grep -oE '^-[^ ]+|, -[^ ]+' | sed 's/, /-/' | sort)" \
		"$(grep -oE '^ +-[A-Za-z0-9](, --[a-z-]+)?|^ +--[a-z-]+' help | tr -d ' ' | tr , '\n' | sort)"
done

# ---- output and standard error that are full ----

seq 20000 | sed 's/.*/{"a":"a record that has the number &"}/' >records
jq -c '{key: ("Customer" | @base64), value: (tojson | @base64)}' records >changes
sed 's/$/ and more/' records >bad
redis flushall >/dev/null
seq 20000 | sed 's/.*/set key& 0/' | redis >/dev/null

# More than a pipe holds, and how many lines that is.
declare -A much=(
	[redis-decode]='redis-decode --fields a changes'
	[events-decode]='events-decode --fields a records'
	[join]='join -j a --fields a records records'
	[redis-source]='redis-source'
	[stedi-simulator]='stedi-simulator --pace 0 --tests 3000'
)
declare -A lines=([redis-decode]=20000 [events-decode]=20000 [join]=20000 [redis-source]=20000 [stedi-simulator]=2910)

for program in $filters redis-source stedi-simulator; do
	pipe
	# shellcheck disable=SC2086 # the words of a command
	nonblocking 1 ${much[$program]} >pipe 2>err &
	pid=$!
	wait_for full
	: >drained # which the one before has left
	drain drained &
	exec 8>&-
	status=0
	if [ "$program" = redis-source ]; then
		wait_for has_lines drained "${lines[$program]}"
		kill "$pid"
	fi
	wait "$pid" || status=$?
	wait "$!"
	ok "$program: a non-blocking output is waited for" is "$([ "$program" = redis-source ] && echo 143 || echo 0)" "$status"
	ok '... and nothing is lost' is "${lines[$program]} whole lines of ${lines[$program]}" \
		"$(grep -cx '{.*}' drained) whole lines of $(wc -l <drained)"
	ok '... or said' is '' "$(cat err)"
done

for program in $filters; do
	pipe
	# shellcheck disable=SC2086
	nonblocking 1 ${much[$program]} >pipe 2>err &
	wait_for full
	kill -TERM "$!"
	while catches "$program" TERM; do :; done
	stop TERM "$!"
	ok "$program: a second SIGTERM ends it while output is waited for" is 143 "$status"
done

# fill: the pipe with empty lines
fill() {
	perl -MFcntl -e 'sysopen my $pipe, "pipe", O_WRONLY | O_NONBLOCK or die "$!\n"; 1 while syswrite $pipe, "\n" x 4096'
}

declare -A bad=(
	[redis-decode]='redis-decode bad'
	[events-decode]='events-decode bad'
	[join]='join bad /dev/null'
)
for program in $filters; do
	# shellcheck disable=SC2086
	${bad[$program]} 2>expected || :
	for way in env 'nonblocking 2'; do
		pipe
		fill
		# shellcheck disable=SC2086
		$way ${bad[$program]} 2>pipe &
		pid=$!
		until catches "$program" USR1 && sleeps "$program"; do :; done
		for _ in {1..20}; do
			kill -USR1 "$pid"
			while awaits "$program" USR1; do :; done
		done
		drain drained &
		exec 8>&-
		status=0
		wait "$pid" || status=$?
		wait "$!"
		ok "$program: rejects, and standard error is full (${way/env/blocking}): status 1" is 1 "$status"
		ok '... and SIGUSR1 loses none' cmp expected <(grep . drained | grep -v ' in/s$')
	done
done

# A port that nobody serves, and nobody else can take
perl -MSocket -e '$| = 1; socket my $socket, PF_INET, SOCK_STREAM, 0 or die "$!\n";
	bind $socket, pack_sockaddr_in(0, INADDR_LOOPBACK) or die "$!\n";
	print +(unpack_sockaddr_in(getsockname $socket))[0], "\n"; sleep' >port &
wait_for test -s port
nowhere=$(<port)
declare -A troubled=(
	[redis-source]="env REDIS_PORT=$nowhere redis-source"
	[stedi-simulator]="env REDIS_PORT=$nowhere stedi-simulator"
	[embedded-broker]='embedded-broker topic'
)
unreachable="Redis at 127.0.0.1:$nowhere: Connection refused; trying again"
for program in redis-source stedi-simulator embedded-broker; do
	expected="143 $program: $unreachable"
	[ "$program" != embedded-broker ] || expected='2 embedded-broker: stdout: No space left on device'
	for way in env 'nonblocking 2'; do
		pipe
		fill
		# shellcheck disable=SC2086
		$way ${troubled[$program]} >/dev/full 2>pipe &
		pid=$!
		until catches "$program" TERM && sleeps "$program"; do :; done
		kill -TERM "$pid"
		while catches "$program" TERM; do :; done
		drain drained &
		exec 8>&-
		status=0
		wait "$pid" || status=$?
		wait "$!"
		ok "$program: no line is lost to SIGTERM while standard error is full (${way/env/blocking})" is "$expected" \
			"$status $(grep . drained)"
	done
done

# ---- standard descriptors that are closed ----

redis flushall >/dev/null
redis zadd Customer 0 '{"a":1}' >/dev/null
echo '{"key":"Q3VzdG9tZXI=","value":[{"element":"eyJhIjoxfQ=="}]}' >changes
echo '{"a":1}' >records

# Each writes a line, and then those of `ends` have to be stopped, with that status.
declare -A little=(
	[redis-decode]='redis-decode --fields a changes'
	[events-decode]='events-decode --fields a records'
	[join]='join -j a --fields a records records'
	[redis-source]='redis-source'
	[stedi-simulator]='stedi-simulator --pace 0 --tests 4 --customers 1'
	[embedded-broker]='embedded-broker topic'
)
declare -A ends=([redis-source]=143 [embedded-broker]=0)

for program in $programs; do
	for closed in '<&-' '2>&-' '<&- 2>&-'; do
		rm -f out
		eval "exec ${little[$program]} >out $closed" &
		pid=$!
		wait_for test -s out
		[ -z "${ends[$program]:-}" ] || kill "$pid"
		status=0
		wait "$pid" || status=$?
		ok "$program $closed: as ever" is "${ends[$program]:-0}" "$status"
	done
	for closed in '>&-' '<&- >&-'; do
		status=0
		eval "${little[$program]} $closed 2>err" || status=$?
		ok "$program $closed: status 2, and that is said" is "2 $program: stdout: Bad file descriptor" "$status $(cat err)"
	done
	status=0
	eval "${little[$program]} >&- 2>&-" || status=$?
	ok "$program >&- 2>&-: status 2" is 2 "$status"
	for option in --help --version; do
		status=0
		"$program" "$option" 2>err >&- || status=$?
		ok "$program $option >&-: status 2, and that is said" is "2 $program: stdout: Bad file descriptor" \
			"$status $(cat err)"
	done
done
ok 'nothing else was written to Redis' is 'Customer RapidStepTest' "$(redis keys '*' | sort | paste -sd ' ')"

done_testing
