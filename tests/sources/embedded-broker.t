#!/usr/bin/env bash
# The broker without Java, as kcat sees it.
# shellcheck source=tests/sources/lib.sh
. "$(dirname "$0")/lib.sh"

run() {
	rm -f address
	embedded-broker "$@" >address 2>err &
	broker_pid=$!
	started+=("$broker_pid")
	wait_for test -s address
	address=$(cat address)
}

consume() {
	kcat -b "$address" -C -t "$1" -o beginning -e -q -X fetch.wait.max.ms=10 "${@:2}"
}

topics() {
	kcat -b "$address" -L -J | jq -c '[.topics[] | [.topic, (.partitions | length)]] | sort'
}

down() {
	! kcat -b "$address" -L -m 1 >/dev/null 2>&1
}

up() {
	kcat -b "$address" -L -m 1 >/dev/null 2>&1
}

run redis-server stedi-events:3 a.b_c-d
ok 'the address is the only line of output' grep -qxE '127\.0\.0\.1:[0-9]+' address
is 'the topics are there, with their partitions' \
	'[["a.b_c-d",1],["redis-server",1],["stedi-events",3]]' "$(topics)"

printf 'one\ntwo\n' | kcat -b "$address" -P -t redis-server
is 'what is produced is consumed' $'one\ntwo' "$(consume redis-server)"

printf 'k\tv\n' | kcat -b "$address" -P -t stedi-events -p 2 -K '\t'
is 'keys and partitions are kept' '2 k v' "$(consume stedi-events -f '%p %k %s')"

seq 100000 >numbers
kcat -b "$address" -P -t a.b_c-d <numbers
consume a.b_c-d >consumed
ok '100,000 records come back the same' cmp numbers consumed

kill -USR1 "$broker_pid"
wait_for down
ok 'SIGUSR1: nobody is served' down
kill -USR2 "$broker_pid"
wait_for up
is 'SIGUSR2: the same port serves again, with its records' $'one\ntwo' "$(consume redis-server)"

stop "$broker_pid" TERM
is 'SIGTERM: status 0' 0 "$status"
is 'nothing on standard error' '' "$(cat err)"
run x
stop "$broker_pid" INT
# A shell without job control has its background commands ignore SIGINT; the broker waits for it all the same.
is 'SIGINT: status 0' 0 "$status"

status=0
embedded-broker >out 2>err || status=$?
is 'no topic: status 2' 2 "$status"
is '... said on standard error' "embedded-broker: operands: expected TOPIC[:PARTITIONS] ...
Try 'embedded-broker --help'." "$(cat err)"
is 'nothing on standard output' '' "$(cat out)"
for wrong in '' : . .. 'a b' a: a:0 a:-1 a:1x a:10001 a:99999999999999999999 "$(printf 'a%.0s' {1..250})"; do
	status=0
	embedded-broker ok "$wrong" >out 2>err || status=$?
	is "status 2 for topic '${wrong:0:30}'" 2 "$status"
	ok '... and it is named' has err "embedded-broker: topic '$wrong': expected "
done
status=0
embedded-broker a a >out 2>err || status=$?
is 'a topic twice: status 2' 2 "$status"
status=0
embedded-broker a >/dev/full 2>err || status=$?
is 'output that fails: status 2' 2 "$status"
is '... with a message' 'embedded-broker: stdout: No space left on device' "$(cat err)"
done_testing
