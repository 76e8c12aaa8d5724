# What the tests of the sources share: TAP, a private Redis, and the end of all that they started.
# shellcheck shell=bash

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if [ -n "${PROGRAMS:-}" ]; then
	PATH=$(cd "$PROGRAMS" && pwd):$PATH
else
	PATH=$root/scripts/redis-source:$root/scripts/stedi-simulator:$root/scripts/embedded-broker:$PATH
fi
export PATH
unset REDIS_HOST REDIS_PORT REDIS_DB REDIS_USER REDIS_PASSWORD
export LC_ALL=C

work=$(mktemp -d)
cd "$work"
started=()
redis_pid=

finish() {
	local pid
	for pid in "${started[@]}"; do
		kill -9 "$pid" 2>/dev/null || :
	done
	wait 2>/dev/null || :
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

count=0
failures=0

# ok TITLE COMMAND...: the command must succeed
ok() {
	local title=$1
	shift
	count=$((count + 1))
	if "$@"; then
		echo "ok $count - $title"
	else
		echo "not ok $count - $title"
		failures=$((failures + 1))
	fi
}

# is TITLE EXPECTED FOUND: they must be the same text
is() {
	count=$((count + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $count - $1"
	else
		echo "not ok $count - $1"
		failures=$((failures + 1))
		printf '%s\n' "$2" | sed 's/^/# expected: /' | cut -c1-2000
		printf '%s\n' "$3" | sed 's/^/# found:    /' | cut -c1-2000
	fi
}

done_testing() {
	echo "1..$count"
	[ "$failures" -eq 0 ]
}

# wait_for COMMAND...: until it succeeds; a minute without success ends the test, which is a failure
wait_for() {
	local i
	for ((i = 0; i < 1200; i++)); do
		if "$@"; then
			return 0
		fi
		sleep 0.05
	done
	echo "Bail out! waited in vain for: $*"
	exit 1
}

free_port() {
	perl -MIO::Socket::INET -e '
		print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'
}

redis() {
	redis-cli -e -h 127.0.0.1 -p "$REDIS_PORT" "$@"
}

redis_answers() {
	[ "$(redis ping 2>/dev/null)" = PONG ]
}

# start_redis OPTION...: on the port there was before, if any
start_redis() {
	REDIS_HOST=127.0.0.1
	REDIS_PORT=${REDIS_PORT:-$(free_port)}
	export REDIS_HOST REDIS_PORT
	redis-server --port "$REDIS_PORT" --bind 127.0.0.1 --dir "$work" --save '' --appendonly no \
		--repl-diskless-sync-delay 0 "$@" >>redis.log 2>&1 &
	redis_pid=$!
	started+=("$redis_pid")
	wait_for redis_answers
	[ "$(redis info server | tr -d '\r' | sed -n 's/^process_id://p')" = "$redis_pid" ] ||
		{ echo "Bail out! another Redis answers on port $REDIS_PORT"; exit 1; }
}

# start_source OPTION...: prints into the file `out`, complains into `err`
start_source() {
	redis-source "$@" >>out 2>>err &
	source_pid=$!
	started+=("$source_pid")
}

# stop PID SIGNAL: sets status
stop() {
	kill "-$2" "$1"
	status=0
	# shellcheck disable=SC2034 # for the caller
	wait "$1" || status=$?
}

has() {
	grep -qF -- "$2" "$1" 2>/dev/null
}

echo 0 >marks
echo 0 >seen

# mark: writes a key to Redis, and waits until it is published
mark() {
	local number
	number=$(($(cat marks) + 1))
	echo "$number" >marks
	redis set "mark $number" 0 >/dev/null
	# What is to be read comes in its order, and so after all that was written before.
	redis append "mark $number" . >/dev/null
	wait_for has out "\"key\":\"$(printf 'mark %d' "$number" | base64)\",\"value\":\"MC4=\",\"expiredMs\""
}

# published: the messages since the last time, complete, without the marks
published() {
	mark
	# The first may have been part of a snapshot, ahead of other keys; the second comes after it.
	mark
	tail -n "+$(($(cat seen) + 1))" out | grep -v "\"key\":\"$(printf mar | base64)" || :
	wc -l <out >seen
}

# forget: what was published until now
forget() {
	: >out
	: >err
	echo 0 >seen
}
