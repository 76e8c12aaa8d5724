#!/bin/bash
# Compiles each tests/unit/*.c with the parts that its first line names (a bare name is one of common/), and runs it; once more
# under valgrind, in fewer rounds: no byte is read before it is written, or beyond its end, and none leaks. As many at once as
# there are processors.
#
#   SAN=1        instead of valgrind, with AddressSanitizer and UndefinedBehaviorSanitizer, for which leaks are errors, too
#   UNIT_ROUNDS  how many random texts the scanner and jansson have to agree on (default 200000, with sanitizers 50000)
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

sanitize=() ways=(plain valgrind)
if [[ ${SAN:-} == 1 ]]; then
	sanitize=(-O1 "-fsanitize=address,undefined" -fno-sanitize-recover=all -fno-omit-frame-pointer)
	ways=(sanitized)
	export ASAN_OPTIONS=detect_leaks=1
fi
includes=(common common/*/)
includes=("${includes[@]/#/-I}")

compile() {
	local name=$1 parts i
	read -ra parts < <(sed -n '1s,^/\* Parts: \(.*\) \*/$,\1,p' "tests/unit/$name.c")
	for i in "${!parts[@]}"; do
		if [[ ${parts[i]} == */* ]]; then parts[i]+=.c; else parts[i]=$(echo common/*/"${parts[i]}.c"); fi
	done
	"${CC:-cc}" -std=c11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Wpedantic -Wshadow -Wconversion "${sanitize[@]}" \
		"${includes[@]}" -Iredis-decode -Ijoin -Itests/unit -o "$work/$name" "tests/unit/$name.c" "${parts[@]}" -ljansson
}

run_plain() {
	"$1" tests/data/*.ndjson
}

run_valgrind() {
	UNIT_ROUNDS=1000 valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=all --errors-for-leak-kinds=all \
		"$1" tests/data/*.ndjson
}

run_sanitized() {
	UNIT_ROUNDS=${UNIT_ROUNDS:-50000} "$1" tests/data/*.ndjson
}

# test_one NAME: leaves what it said in each way in a file, and "ok" in another where it went well.
test_one() {
	local way
	compile "$1" >"$work/$1.said" 2>&1 || return 0
	for way in "${ways[@]}"; do
		! "run_$way" "$work/$1" >"$work/$1.$way.said" 2>&1 || echo ok >"$work/$1.$way.ok"
	done
}

names=(tests/unit/*.c)
names=("${names[@]##*/}")
names=("${names[@]%.c}")
for name in "${names[@]}"; do
	while (($(jobs -pr | wc -l) >= $(nproc))); do wait -n; done
	test_one "$name" &
done
wait

# What a test said becomes a subtest; its status decides.
tests=0 failed=0
for name in "${names[@]}"; do
	for way in "${ways[@]}"; do
		tests=$((tests + 1))
		cat "$work/$name.said" "$work/$name.$way.said" 2>/dev/null | sed 's/^/    /'
		result=ok
		[[ -e $work/$name.$way.ok ]] || result='not ok' failed=$((failed + 1))
		echo "$result $tests - $name, $way"
	done
done
echo "1..$tests"
((failed == 0))
