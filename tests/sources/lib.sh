# What the tests of redis-source and stedi-simulator share, beside what tests/system.sh brings; a command that fails ends
# them.
# shellcheck shell=bash
# shellcheck source=tests/system.sh
. "$(dirname "${BASH_SOURCE[0]}")/../system.sh"
set -e
export LC_ALL=C
put_in_path redis-source stedi-simulator embedded-broker

# start_source OPTION...: prints into the file `out`, complains into `err`
start_source() {
	redis-source "$@" >>out 2>>err &
	source_pid=$!
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
	wait_for says out "\"key\":\"$(printf 'mark %d' "$number" | base64)\",\"value\":\"MC4=\",\"expiredMs\""
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

# peak PID: the most memory that it has held, in MiB; $little is less than a large value, with what the sanitizers need
peak() {
	awk '/^VmHWM:/ { print int($2 / 1024) }' "/proc/$1/status"
}
# shellcheck disable=SC2034 # the tests use it
little=$([ -n "${SAN-}" ] && echo 216 || echo 16)
