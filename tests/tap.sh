# Sourced by tests: what a test in TAP says, and waiting for what has to come. $work is a folder of the test's own. What is
# wrong goes to standard error, which prove shows whether it shows the rest or not.
# shellcheck shell=bash
count=0
failed=0
work=$(mktemp -d)

# show_errors: the last that was said on standard error
show_errors() {
	tail -n 10 "$work"/{,*.}err 2>/dev/null | sed 's/^/# /' >&2 || true
}

# give_up REASON: what the test needs is not there. The others go on, which they would not where a test bails out.
give_up() {
	count=$((count + 1))
	echo "not ok $count - $*"
	echo "# $0: $*" >&2
	show_errors
	echo "1..$count"
	exit 1
}

# ok TITLE COMMAND [ARG ...]: passes where COMMAND does; what it printed is shown where it doesn't.
ok() {
	local title=$1 status=0
	shift
	count=$((count + 1))
	"$@" >"$work/ok.out" 2>&1 || status=$?
	if ((status == 0)); then
		echo "ok $count - $title"
		return
	fi
	failed=1
	echo "not ok $count - $title"
	{ printf '%s\n' "$0: not ok $count - $title" "status $status: $*" && cat "$work/ok.out"; } | head -c 4000 | sed 's/^/# /' >&2
	show_errors
}

# For ok, as COMMAND

is() { # EXPECTED FOUND: the same text
	[[ $1 == "$2" ]] || { printf 'expected: %s\nfound:    %s\n' "$1" "$2" && return 1; }
}

says() { # FILE TEXT: the text is in the file
	grep -qF -e "$2" "$1" || { tail -c 2000 "$1" && return 1; }
}

filled_and_same() { # EXPECTED ACTUAL: two files
	[[ -s $1 ]] || { echo "nothing is expected" && return 1; }
	cmp "$1" "$2" || { diff "$1" "$2" | cut -c1-300 | head -n 10 && return 1; }
}

# same TITLE EXPECTED ACTUAL: passes where the two files hold the same bytes, and more than none.
same() {
	ok "$1" filled_and_same "$2" "$3"
}

# has_lines FILE COUNT: or more
has_lines() {
	(($(wc -l <"$1") >= $2))
}

# wait_for COMMAND [ARG ...]: until COMMAND succeeds. For how long is for tests/limited to say, which shows what "waits" and
# "wait.out" hold where that takes too long.
wait_for() {
	echo "$*" >"$work/waits"
	until "$@" >"$work/wait.out" 2>&1; do sleep 0.05; done
	: >"$work/waits"
}

done_testing() {
	echo "1..$count"
	exit "$failed"
}
