#!/usr/bin/env bash
# The source outlives Redis: nothing is missed.
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

stop_redis KILL
wait_for says err 'trying again'
start_redis --appendonly yes
redis zadd Customer 0 two >/dev/null
wait_for says err 'connected'
redis zadd Customer 0 three >/dev/null
published >/dev/null
ok 'killed and started again: all is there' is 'one three two' "$(elements)"

redis shutdown nosave || :
wait "$redis_pid" || :
# A Redis of another way of sending its dump.
start_redis --appendonly yes --repl-diskless-sync no
redis zadd Customer 0 four >/dev/null
published >messages
ok 'what was there is repeated' is 'four one three two' \
	"$(elements messages)"

redis client kill type replica >/dev/null
redis zadd Customer 0 five >/dev/null
published >/dev/null
ok 'a connection that is cut' is 'five four one three two' "$(elements)"

# Writers while the connection is cut again and again.
for i in $(seq 1000); do
	echo "zadd Customer 0 number$i"
	[ $((i % 200)) -ne 0 ] || echo 'client kill type replica'
done | redis >/dev/null
redis zadd Customer 0 last >/dev/null
wait_for says out "$(printf last | base64)"
published >/dev/null
ok 'nothing is missed while the connection is cut' is 1000 \
	"$(elements | tr ' ' '\n' | grep -c ^number)"

stop TERM "$source_pid"
ok 'SIGTERM: 128 + 15' is 143 "$status"
ok 'of all that trouble one line a minute tells' within_minutes 1 err 'trying again$'
ok '... and one that it is over' is "$(grep -c 'trying again$' err)" "$(grep -c ': connected$' err)"

redis config set requirepass secret >/dev/null
forget
REDISCLI_AUTH=secret REDIS_PASSWORD=secret start_source
export REDISCLI_AUTH=secret
published >/dev/null
ok 'with a password' is '' "$(cat err)"
stop TERM "$source_pid"
done_testing
