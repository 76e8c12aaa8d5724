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
	local key
	key="mark $(($(<marks) + 1))"
	echo "${key#mark }" >marks
	# What is to be read comes in its order, and so after all that was written before.
	printf 'set "%s" 0\nappend "%s" .\n' "$key" "$key" | redis >/dev/null
	wait_for says out "\"key\":\"$(printf %s "$key" | base64)\",\"value\":\"MC4=\",\"expiredMs\""
}

# published: the messages since the last time, complete, without the marks, whose keys begin with "mar"
published() {
	mark
	# The first may have been part of a snapshot, ahead of other keys; the second comes after it.
	mark
	tail -n "+$(($(<seen) + 1))" out | grep -vF '"key":"bWFy' || :
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

# within_minutes LINES FILE PATTERN: the file has that many such lines, or that many for each minute that the test has taken
within_minutes() {
	local found
	found=$(grep -c -e "$3" "$2")
	echo "$found lines"
	((found >= $1 && found <= $1 * (1 + (SECONDS + 1) / 60)))
}

# full: the pipe that descriptor 8 is open for takes no more
full() {
	perl -e 'vec(my $bits, 8, 1) = 1; exit select(undef, $bits, undef, 0) > 0'
}

# pipe: a new one, which this shell keeps open
pipe() {
	rm -f pipe
	mkfifo pipe
	exec 8<>pipe
}

# drain FILE: what the pipe holds and what is still written, until all writers have closed it
drain() {
	exec 7<pipe 8>&-
	cat <&7 >"$1"
	exec 7<&-
}
