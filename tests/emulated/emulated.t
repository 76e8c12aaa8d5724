#!/usr/bin/env bash
# The filters on other processors: the cases on arm64, and on s390x, whose bytes stand in the other order. They have no
# SSSE3, so that this is also the test of what takes its place. qemu emulates them, one program at a time.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$root/tests/tap.sh"
trap 'rm -rf "$work"' EXIT
filters=(redis-decode events-decode join)

declare -a tests # processors by process id

# build_for PROCESSOR: the filters, in $work/PROCESSOR, each behind a script that has it emulated.
build_for() {
	local name folder=$work/$1
	mkdir -p "$folder/source" "$folder/programs"
	cp -r "$root"/{Makefile,common,scripts} "${filters[@]/#/$root/}" "$folder/source"
	for name in "${filters[@]}"; do
		rm -f "$folder/source/$name/$name"
		make -s -C "$folder/source" CC="$1-linux-gnu-gcc" LDFLAGS=-static "$name/$name" || return 1
		printf '#!/bin/sh\nexec qemu-%s -0 %s %q "$@"\n' "$1" "$name" "$folder/source/$name/$name" >"$folder/programs/$name"
		chmod +x "$folder/programs/$name"
	done
}

# test_on PROCESSOR: shows, where it fails, what the cases say that failed.
test_on() {
	PROGRAMS=$work/$1/programs "$root/tests/cases.t" >"$work/$1.out" 2>&1 && return
	grep -A 20 '^not ok\|^Bail out' "$work/$1.out" || tail -n 20 "$work/$1.out"
	return 1
}

processors=(aarch64 s390x)
for processor in "${processors[@]}"; do
	ok "the filters are built for $processor" build_for "$processor"
	test_on "$processor" >"$work/$processor.failed" &
	tests[$!]=$processor
done
for id in "${!tests[@]}"; do
	status=0
	wait "$id" || status=$?
	ok "each case passes on ${tests[id]}" is "0 " "$status $(<"$work/${tests[id]}.failed")"
done
done_testing
