#!/usr/bin/env bash
# The demo ends by itself, and leaves nothing behind however it ends.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"
export DEMO_RECORDS=5 DEMO_SECONDS=1000000 TMPDIR=$work/tmp
mkdir "$TMPDIR"

start demo demo.sh
end
ok "the demo ends with status 0" is 0 "$status"
ok "... without a word on standard error" is "" "$(<demo.err)"
ok "... shows joined records" is 5 "$(grep -cE \
	'^\{"customer":"([^"]*)","score":"-?[0-9.]+","email":"\1","birthYear":"19[0-9][0-9]","position":"stedi-events:0:[0-9]+"\}$' demo.out)"
ok "... and sums up" grep -qE '^30 customers took [0-9]+ tests; 5 risk scores were joined .* after [0-9]+ s\.$' demo.out
ok "... and leaves nothing behind" clean

# A record comes in two pieces, the second when the demo has looked in vain for the rest.
cat >pieces.sh <<'END'
eval "$(sed -n '/^show_record() {/,/^}/p' "$1/scripts/demo.sh")"
count=0 wanted=10 record='' first='' live=''
exec {records}<> <(:)
echo -n '{"customer":' >&"$records"
show_record
echo "$count"
echo '"sam@test.com"}' >&"$records"
show_record
echo "$count"
END
ok "a record that comes piece by piece is shown whole" is '0 {"customer":"sam@test.com"} 1' "$(bash pieces.sh "$root" | paste -sd ' ')"

# lines_of FILE: what a terminal showed, what took the place of a line as one of its own.
lines_of() {
	tr '\r' '\n' <"$1" | sed 's/\x1b\[K//' | grep .
}

# shows FILE PATTERN: a line matches as a whole.
shows() {
	lines_of "$1" | grep -xE -e "$2" || { lines_of "$1" | tail -n 20 && return 1; }
}

# on_terminal COLUMNS PATTERN: the demo until a line matches, and then Ctrl-C.
on_terminal() {
	: >terminal
	env --default-signal=INT,QUIT,TERM,HUP STARTED_BY="$TEST_RUN" script -qec \
		"stty cols $1 && exec env TERM=vt100 $root/scripts/demo.sh" /dev/null <keys >terminal &
	pid=$!
	wait_for shows terminal "$2"
	printf '\003' >&"$keys"
	end
}

mkfifo keys
exec {keys}<>keys
url='http://127\.0\.0\.1:[0-9]+/'
line="risk graph: $url \| [1-9][0-9]+ records \| [1-9][0-9]*/s \| Ctrl-C ends(\^C)?" # ten records or more
on_terminal 100 "$line"
ok "on a terminal, Ctrl-C ends it" is 0 "$status"
ok "... which shows the first records" is "$DEMO_RECORDS" "$(lines_of terminal | grep -c '^{"customer":.*}$')"
ok "... and in one line, after them, the graph, how many have come, and how many a second" \
	shows terminal "$line"
# after the last record that is shown stands this line, and the sum
ok "... drawn in place" is 2 "$(awk -v last="$DEMO_RECORDS" 'n == last { lines++ } /{"customer":/ { n++ } END { print lines }' terminal)"
ok "... and sums up" shows terminal '30 customers took [0-9]+ tests; [1-9][0-9]+ risk scores were joined .* after [0-9]+ s\.'
wait_for clean # what writes its messages on the terminal ends when it does
ok "... and leaves nothing behind" clean
line="$url \| [1-9][0-9]+ records(\^C)?"
on_terminal 40 "$line"
ok "where the terminal is narrow, the line has what fits" shows terminal "$line"
ok "... and no more" test "$(lines_of terminal | grep '^http' | wc -L)" -lt 40

# broken SIGNAL STATUS [PART]: stops the demo, or kills a part of it.
broken() {
	DEMO_RECORDS=1000000 start demo demo.sh
	wait_for has_part "${3:-^kcat -C}"
	if [[ ${3-} ]]; then wait_for kill_part "$1" "$3"; else kill "-$1" "$pid"; fi
	end
	ok "${3:-the demo} stopped by SIG$1: status $2" is "$2" "$status"
	[[ $1 != KILL || ${3-} ]] || wait_for clean # which goes on after the demo's own end
	ok "... and nothing is left behind" clean
}

broken INT 130
broken TERM 143
broken HUP 129
broken KILL 137
broken KILL 1 '/embedded-broker '
broken KILL 1 '^bash .*/submit-event-kafkajoin.sh'
broken KILL 1 '^bash .*/submit-stedi-simulator.sh'
broken KILL 1 '/redis-source --pad'
perl -MIO::Socket::INET -e '$| = 1; my $socket = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1") or die;
	print $socket->sockport; sleep' >port &
listener=$!
wait_for test -s port
script -qec "TERM=vt100 RISK_GRAPH_PORT=$(<port) $root/scripts/demo.sh" /dev/null >taken.out </dev/null
ended=$?
ok "on a terminal, a port for the graph that is taken is refused before anything is started" \
	is "1 demo.sh: port $(<port) is taken: set RISK_GRAPH_PORT to a free one, or leave it unset" "$ended $(lines_of taken.out)"
kill "$listener"
DEMO_SECONDS=0 start demo demo.sh
end
ok "a demo without a record ends with status 1" is "1 demo.sh: no record has reached the topic" "$status $(tail -n 1 demo.err)"
ok "... and leaves nothing behind" clean
done_testing
