#!/usr/bin/env bash
# A Redis that hangs, floods, or sends what no Redis sends. Each kind stands with the reason to expect it.
# shellcheck source=tests/sources/lib.sh
. "$(dirname "$0")/lib.sh"

export REDIS_HOST=127.0.0.1

serve() { # CASE: has tests/sources/odd-redis do so
	[ -z "${server-}" ] || { kill "$server" && wait "$server"; } 2>/dev/null || :
	: >served
	: >err
	"$root/tests/sources/odd-redis" "$1" >served &
	server=$!
	wait_for test -s served
	REDIS_PORT=$(head -n 1 served)
}

milliseconds() {
	echo $((${EPOCHREALTIME//[!0-9]/} / 1000))
}

# obeys TITLE CASE PROGRAM...: SIGTERM ends it while it waits for that, long before the wait would end: 5 or 10 seconds. A
# busy machine may take as long; then it is tried again.
obeys() {
	until ends_soon "${@:2}"; do echo "# $1: after $took ms; again" >&2; done
	ok "$1" is '143 ' "$status $(<err)"
}

ends_soon() { # CASE PROGRAM...
	local begin
	serve "$1"
	"${@:2}" >out 2>err &
	pid=$!
	wait_for grep -qE '^(waits|sends)' served
	wait_for has_socket
	begin=$(milliseconds)
	stop TERM "$pid"
	took=$(($(milliseconds) - begin))
	((took < 4000))
}

has_socket() {
	find "/proc/$pid/fd" -lname 'socket:*' | grep -q .
}

# ---- a Redis that hangs (a stopped process, a frozen machine, a firewall that forgot the connection) ----

for case in 'hangs at REPLCONF' 'hangs at PSYNC' 'hangs amid the answer to PSYNC' 'hangs before the dump' 'hangs amid the dump' \
	'hangs amid a command' 'hangs at SCAN' 'hangs amid the answer to SCAN' 'drips the answer to SCAN' 'never reads' \
	'accepts nobody'; do
	obeys "redis-source obeys SIGTERM while Redis $case" "$case" redis-source
done
obeys 'redis-source --poll, too' 'hangs at SCAN' redis-source --poll 1
obeys 'while a password is checked' 'hangs at AUTH' env REDIS_PASSWORD=secret redis-source
obeys 'amid the handshake of TLS' 'never reads' env REDIS_TLS=yes redis-source
obeys 'stedi-simulator obeys SIGTERM while it adds a customer' 'hangs at ZADD' stedi-simulator
obeys '... while a password is checked' 'hangs at AUTH' env REDIS_PASSWORD=secret stedi-simulator
obeys '... while it connects' 'accepts nobody' stedi-simulator
obeys '... amid the handshake of TLS' 'never reads' env REDIS_TLS=yes stedi-simulator

# ---- a Redis that floods ----

for case in 'a string' 'an array' 'a line' 'the answer to PSYNC' 'a dump' 'commands'; do
	obeys "redis-source obeys SIGTERM while Redis sends for ever $case" "sends for ever $case" redis-source --max-output 1M
done

# bounded TITLE CASE OPTION...: when all has come, or 300 MB, it holds next to nothing
bounded() {
	serve "$2"
	redis-source "${@:3}" >out 2>err &
	pid=$!
	wait_for grep -qE '^(waits|has sent 300 MB)' served
	held=$(peak "$pid")
	stop TERM "$pid"
	ok "$1 takes $held MiB" test "$held" -lt "$little"
}
# ---- lengths that are not true (a fuzzer's favourites: memory for them would be more than there is) ----

for case in 'a string of a billion' 'an array of a billion' 'commands of a billion' 'billions in each other'; do
	bounded "$case that never comes" "announces $case"
done
bounded 'a string of 300 MB that comes, longer than --max-output,' 'sends for ever a string' --max-output 1M
bounded 'an error of 300 MB' 'sends for ever a line'

# ---- what no Redis sends (proxies, other servers, terminals in danger) ----

says_at_last() { # TITLE CASE STATUS REASON
	local status=0
	serve "$2"
	redis-source >out 2>err &
	pid=$!
	wait_for test -s err
	[ "$3" != 143 ] || kill "$pid"
	wait "$pid" || status=$?
	ok "$1" is "$3 redis-source: Redis at 127.0.0.1:$REDIS_PORT: $4" "$status $(<err)"
}
says_at_last 'what Redis says is escaped' 'says what upsets terminals' 2 \
	"REPLCONF: NOPERM \\x1B]0;title\\x07 \\x9B31m; it can't be followed as by a replica, but perhaps be read at intervals: see --poll"
says_at_last '... of any trouble' 'says what upsets terminals, and goes' 143 'PSYNC: \x1B[2J\x7F; trying again'
says_at_last 'nil and an integer where keys are expected' 'answers with nils and integers' 143 'an unexpected reply; trying again'
says_at_last 'nil and an integer among keys' 'has nils among its keys' 143 'an unexpected reply; trying again'
says_at_last 'another protocol' 'speaks another protocol' 143 'expected a reply, found HTTP/1.1 400 Bad Request; trying again'

serve 'closes at once'
redis-source >out 2>err &
pid=$!
tries() {
	(($(grep -c REPLCONF served) >= 4))
}
wait_for tries
stop TERM "$pid"
ok 'tried again and again, said once a minute' within_minutes 1 err trying
ok '... and nothing else' is 'redis-source: it closed the connection; trying again' "$(sed 's/Redis at [^ ]* //' err | sort -u)"
done_testing
