#!/usr/bin/env bash
# The broker without Java, as kcat sees it.
# shellcheck source=tests/sources/lib.sh
. "$(dirname "$0")/lib.sh"

topics() {
	kcat -b "$KAFKA_BROKER" -L -J | jq -c '[.topics[] | [.topic, (.partitions | length)]] | sort'
}

down() {
	! broker_answers
}

start_embedded redis-server stedi-events:3 a.b_c-d
ok 'the address is the only line of output' grep -qxE '127\.0\.0\.1:[0-9]+' address
ok 'the topics are there, with their partitions' is \
	'[["a.b_c-d",1],["redis-server",1],["stedi-events",3]]' "$(topics)"

printf 'one\ntwo\n' | kcat -b "$KAFKA_BROKER" -P -t redis-server
ok 'what is produced is consumed' is $'one\ntwo' "$(consume redis-server)"

printf 'k\tv\n' | kcat -b "$KAFKA_BROKER" -P -t stedi-events -p 2 -K '\t'
ok 'keys and partitions are kept' is '2 k v' "$(consume stedi-events -f '%p %k %s')"

seq 100000 >numbers
kcat -b "$KAFKA_BROKER" -P -t a.b_c-d <numbers
consume a.b_c-d >consumed
ok '100,000 records come back the same' cmp numbers consumed

kill -USR1 "$broker"
wait_for down
ok 'SIGUSR1: nobody is served' down
kill -USR2 "$broker"
wait_for broker_answers
ok 'SIGUSR2: the same port serves again, with its records' is $'one\ntwo' "$(consume redis-server)"

stop TERM "$broker"
ok 'SIGTERM: status 0' is 0 "$status"
ok 'nothing on standard error' is '' "$(cat broker.err)"
start_embedded x
stop INT "$broker"
# A shell without job control has its background commands ignore SIGINT; the broker waits for it all the same.
ok 'SIGINT: status 0' is 0 "$status"

status=0
embedded-broker >out 2>err || status=$?
ok 'no topic: status 2' is 2 "$status"
ok '... said on standard error' is "embedded-broker: operands: expected TOPIC[:PARTITIONS] ...
Try 'embedded-broker --help'." "$(cat err)"
ok 'nothing on standard output' is '' "$(cat out)"
for wrong in '' : . .. 'a b' a: a:0 a:-1 a:1x a:10001 a:99999999999999999999 "$(printf 'a%.0s' {1..250})"; do
	status=0
	embedded-broker ok "$wrong" >out 2>err || status=$?
	ok "status 2 for topic '${wrong:0:30}'" is 2 "$status"
	ok '... and it is named' says err "embedded-broker: topic '$wrong': expected "
done
status=0
embedded-broker a a >out 2>err || status=$?
ok 'a topic twice: status 2' is 2 "$status"
status=0
embedded-broker a >/dev/full 2>err || status=$?
ok 'output that fails: status 2' is 2 "$status"
ok '... with a message' is 'embedded-broker: stdout: No space left on device' "$(cat err)"
done_testing
