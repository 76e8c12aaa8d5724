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

bail_out() { # REASON
	show_errors
	echo "Bail out! $*"
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

# wait_for SECONDS COMMAND [ARG ...]: until COMMAND succeeds; the test ends where it never does.
wait_for() {
	local end=$((SECONDS + $1)) limit=$1
	shift
	until "$@" >"$work/wait.out" 2>&1; do
		if ((SECONDS >= end)); then
			head -c 4000 "$work/wait.out" | sed 's/^/# /' >&2
			bail_out "still not so after $limit s: $*"
		fi
		sleep 0.1
	done
}

done_testing() {
	echo "1..$count"
	exit "$failed"
}
