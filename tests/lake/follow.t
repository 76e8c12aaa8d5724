#!/bin/bash
# As a service, land goes on for ever, says what it has landed, and keeps the files few.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"

start_embedded events:1
send() { produce events <<<"{\"ts\":1516717442.5,\"n\":$1}"; }
send 1
env --default-signal=TERM,INT land --follow 0 events followed "$columns" 'to_timestamp(ts)::date' \
	events-decode -J -f "$fields" >landed 2>err &
pid=$!
wait_for has_lines landed 1
for n in {2..25}; do
	send "$n"
	wait_for has_lines landed "$n"
done
ok "each message is landed as it comes" test "$(sort -u landed)" = 'followed: 1 records landed, 0 rejected'
tables | awk 'NR == 2 { print $2, $3 }' >actual
echo '25 25' >expected
same "in a file of its own" expected actual
send 26
compacted() { [[ $(tables | awk 'NR == 2 { print $2, $3 }') == '26 1' ]]; }
ok "until it pays to make one of them" wait_for compacted

broker_down
wait_for says err "land: the broker at $KAFKA_BROKER doesn't answer"
broker_up
send 27
wait_for has_lines landed 27
query -csv -noheader 'select count(*), count(distinct n) from followed' >actual
ok "after an outage it goes on" test "$(<actual)" = 27,27
stop TERM $pid
ok "SIGTERM ends it" test "$status" = 143
land --follow soon events t 'n int' day cat 2>err
ok "with wrong arguments it does not begin" test $? = 2
done_testing
