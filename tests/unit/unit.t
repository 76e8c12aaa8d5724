#!/bin/bash
# Compiles each tests/unit/*.c with the parts that its first line names (a bare name is one of common/), and runs it.
#
#   SAN=1        with AddressSanitizer and UndefinedBehaviorSanitizer, for which leaks are errors, too
#   UNIT_ROUNDS  how many random texts the scanner and jansson have to agree on (default 200000)
#   BUILD        where the programs go (default build/unit, or build/san/unit)
#   RUN          a command that is to run them
set -euo pipefail
cd "$(dirname "$0")/../.."

sanitize=()
if [[ ${SAN:-} == 1 ]]; then
	sanitize=(-O1 "-fsanitize=address,undefined" -fno-sanitize-recover=all -fno-omit-frame-pointer)
	BUILD=${BUILD:-build/san/unit}
	export ASAN_OPTIONS=detect_leaks=1
fi
BUILD=${BUILD:-build/unit}
read -ra run <<<"${RUN:-}"
mkdir -p "$BUILD"

includes=(common common/*/)
includes=("${includes[@]/#/-I}")

compile() {
	local name=$1 parts i
	read -ra parts < <(sed -n '1s,^/\* Parts: \(.*\) \*/$,\1,p' "tests/unit/$name.c")
	for i in "${!parts[@]}"; do
		if [[ ${parts[i]} == */* ]]; then parts[i]+=.c; else parts[i]=$(echo common/*/"${parts[i]}.c"); fi
	done
	"${CC:-cc}" -std=c11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Wpedantic -Wshadow -Wconversion "${sanitize[@]}" \
		"${includes[@]}" -Iredis-decode -Ijoin -Itests/unit -o "$BUILD/$name" "tests/unit/$name.c" "${parts[@]}" -ljansson
}

# The test's own lines become a subtest; its status decides.
tests=0 failed=0
for source in tests/unit/*.c; do
	name=$(basename "$source" .c)
	result=ok
	{ compile "$name" 2>&1 && "${run[@]}" "$BUILD/$name" tests/data/*.ndjson 2>&1; } | sed 's/^/    /' || result='not ok'
	[[ $result == ok ]] || failed=$((failed + 1))
	tests=$((tests + 1))
	echo "$result $tests - $name"
done
echo "1..$tests"
[[ $tests -gt 0 && $failed -eq 0 ]]
