#!/usr/bin/env bash
# The demo ends by itself, and leaves nothing behind however it ends.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"
export DEMO_RECORDS=5 TMPDIR=$work/tmp
mkdir "$TMPDIR"

start demo demo.sh
end
ok "the demo ends with status 0" is 0 "$status"
ok "... without a word on standard error" is "" "$(<demo.err)"
ok "... shows joined records" is 5 "$(grep -cE \
	'^\{"customer":"([^"]*)","score":"-?[0-9.]+","email":"\1","birthYear":"19[0-9][0-9]","position":"stedi-events:0:[0-9]+"\}$' demo.out)"
ok "... and sums up" grep -qE '^30 customers took [0-9]+ tests; 5 risk scores were joined .* after [0-9]+ s\.$' demo.out
ok "... and leaves nothing behind" clean

# broken SIGNAL STATUS [PART]: stops the demo, or kills a part of it.
broken() {
	local victim
	start demo demo.sh
	wait_for 60 has_part "${3:-^kcat -C}"
	victim=${3:+$(part "$3")}
	kill "-$1" "${victim:-$pid}"
	end
	ok "${3:-the demo} stopped by SIG$1: status $2" is "$2" "$status"
	[[ $1 != KILL || -n $victim ]] || wait_for 60 clean # which goes on after the demo's own end
	ok "... and nothing is left behind" clean
}

broken INT 130
broken TERM 143
broken HUP 129
broken KILL 137
broken KILL 1 '/embedded-broker '
broken KILL 1 '^bash .*/submit-event-kafkajoin.sh'
broken KILL 1 '^bash .*/submit-stedi-simulator.sh'
broken KILL 1 '/join --pad'
broken KILL 1 '/redis-source --pad'
perl -MIO::Socket::INET -e '$| = 1; my $socket = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1") or die;
	print $socket->sockport; sleep' >port &
listener=$!
wait_for 60 test -s port
script -qec "RISK_GRAPH_PORT=$(<port) $root/scripts/demo.sh" /dev/null >taken.out </dev/null
ended=$?
ok "on a terminal, a port for the graph that is taken is refused before anything is started" \
	is "1 demo.sh: port $(<port) is taken: set RISK_GRAPH_PORT to a free one, or leave it unset" "$ended $(tr -d '\r' <taken.out)"
kill "$listener"
DEMO_SECONDS=0 start demo demo.sh
end
ok "a demo without a record ends with status 1" is "1 demo.sh: no record has reached the topic" "$status $(tail -n 1 demo.err)"
ok "... and leaves nothing behind" clean
done_testing
