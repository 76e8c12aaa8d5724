# Sourced by tests: what a test in TAP says, and waiting for what has to come.
# shellcheck shell=bash
count=0
failed=0
work=$(mktemp -d)

bail_out() {
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
	{ echo "status $status: $*" && head -c 4000 "$work/ok.out"; } | sed 's/^/# /'
}

# same TITLE EXPECTED ACTUAL: passes where the two files hold the same bytes, and more than none.
same() {
	ok "$1" filled_and_same "$2" "$3"
}

filled_and_same() {
	[[ -s $1 ]] || { echo "nothing is expected" && return 1; }
	cmp "$1" "$2" || { diff "$1" "$2" | cut -c1-300 | head -n 10 && return 1; }
}

# wait_for SECONDS COMMAND [ARG ...]: until COMMAND succeeds; the test ends where it never does.
wait_for() {
	local end=$((SECONDS + $1)) limit=$1
	shift
	until "$@"; do
		((SECONDS < end)) || bail_out "still not so after $limit s: $*"
		sleep 0.1
	done
}

done_testing() {
	echo "1..$count"
	exit "$failed"
}
