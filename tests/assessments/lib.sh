# Sourced by the tests here: the steps, beside what tests/system.sh brings.
# shellcheck shell=bash disable=SC2034
# shellcheck source=tests/system.sh
. "$(dirname "${BASH_SOURCE[0]}")/../system.sh"
steps=$root/scripts/assessments
data=$root/tests/assessments/data
expected=$root/tests/assessments/expected
export ASSESSMENTS_TOPIC LAKE

# step NAME ARG ...: runs a step; sets $ended; what it says is in out and err.
step() {
	ended=0
	"$steps/$1" "${@:2}" >out 2>err || ended=$?
}

# ends STATUS LINES: the step ended so, with these lines on standard output and no other.
ends() {
	[[ $ended == "$1" && $(<out) == "$2" ]] || { echo "ended with $ended" && cat out err && return 1; }
}

# query ARG ...: rows as CSV without a header.
query() {
	"$root/scripts/lake/query" -csv -noheader "$@"
}

# landed ASSESSMENTS QUESTIONS OPTIONS [REJECTED ...]: what land prints.
landed() {
	local name
	for name in assessments questions options; do
		echo "$name: $1 records landed, ${4-0} rejected"
		shift
	done
}

# landed_from FILE [FROM TO]: what land prints when it has landed these attempts of FILE.
landed_from() {
	local rows
	read -r -a rows < <(jq -r --argjson from "${2-0}" --argjson to "${3-null}" '.[$from:$to] |
		map(.sequences.questions // []) | [length, (map(.[]) | length), (map(.[].options[]) | length)] | @tsv' "$1")
	landed "${rows[@]}"
}
