#!/usr/bin/env bash
# The filters on other processors: the cases on arm64, and on s390x, whose bytes stand in the other order. They have no
# SSSE3, so that this is also the test of what takes its place. qemu emulates them, one program at a time.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$root/tests/tap.sh"
trap 'rm -rf "$work"' EXIT
declare -a tests # processors by process id

# emulate PROCESSOR: $work/PROCESSOR holds a script for each of its programs, which has that emulated.
emulate() {
	local program name
	mkdir "$work/$1"
	for program in "$root/build/$1"/*; do
		[[ -x $program ]] || give_up "the filters are not built for $1: make check-emulated"
		name=${program##*/}
		printf '#!/bin/sh\nexec qemu-%s -0 %s %q "$@"\n' "$1" "$name" "$program" >"$work/$1/$name"
		chmod +x "$work/$1/$name"
	done
}

# test_on PROCESSOR: shows, where it fails, what the cases say that failed.
test_on() {
	PROGRAMS=$work/$1 "$root/tests/cases.t" >"$work/$1.out" 2>&1 && return
	grep -A 20 '^not ok\|^Bail out' "$work/$1.out" || tail -n 20 "$work/$1.out"
	return 1
}

processors=(aarch64 s390x)
for processor in "${processors[@]}"; do
	emulate "$processor"
	test_on "$processor" >"$work/$processor.failed" &
	tests[$!]=$processor
done
for id in "${!tests[@]}"; do
	status=0
	wait "$id" || status=$?
	ok "each case passes on ${tests[id]}" is "0 " "$status $(<"$work/${tests[id]}.failed")"
done
done_testing
