#!/usr/bin/env bash
# The source outlives Redis: nothing is missed.
# shellcheck disable=SC2119 # functions with options
# shellcheck source=tests/sources/lib.sh
. "$(dirname "$0")/lib.sh"

elements() {
	jq -r 'select(.key == "Q3VzdG9tZXI=") | (.value // .zSetEntries)[].element | @base64d' "${1:-out}" |
		sort -u | paste -sd ' '
}

start_redis --appendonly yes
redis zadd Customer 0 one >/dev/null
start_source
published >/dev/null

kill -9 "$redis_pid"
wait "$redis_pid" 2>/dev/null || :
wait_for has err 'trying again'
start_redis --appendonly yes
redis zadd Customer 0 two >/dev/null
wait_for has err 'connected'
redis zadd Customer 0 three >/dev/null
published >/dev/null
is 'killed and started again: all is there' 'one three two' "$(elements)"

: >err
redis shutdown nosave || :
wait "$redis_pid" || :
# A Redis of another way of sending its dump.
start_redis --appendonly yes --repl-diskless-sync no
redis zadd Customer 0 four >/dev/null
wait_for has err 'connected'
published >messages
is 'what was there is repeated' 'four one three two' \
	"$(elements messages)"

: >err
redis client kill type replica >/dev/null
wait_for has err 'connected'
redis zadd Customer 0 five >/dev/null
published >/dev/null
is 'a connection that is cut' 'five four one three two' "$(elements)"

# Writers while the connection is cut again and again.
for i in $(seq 1000); do
	echo "zadd Customer 0 number$i"
	[ $((i % 200)) -ne 0 ] || echo 'client kill type replica'
done | redis >/dev/null
redis zadd Customer 0 last >/dev/null
wait_for has out "$(printf last | base64)"
published >/dev/null
is 'nothing is missed while the connection is cut' 1000 \
	"$(elements | tr ' ' '\n' | grep -c ^number)"

stop "$source_pid" TERM
is 'SIGTERM: 128 + 15' 143 "$status"

redis config set requirepass secret >/dev/null
forget
REDISCLI_AUTH=secret REDIS_PASSWORD=secret start_source
export REDISCLI_AUTH=secret
published >/dev/null
is 'with a password' '' "$(cat err)"
stop "$source_pid" TERM
done_testing
