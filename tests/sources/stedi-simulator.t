#!/usr/bin/env bash
# The simulated customers, their tests in a real Redis, and the scores, calculated once more from those tests.
# shellcheck source=tests/sources/lib.sh
. "$(dirname "$0")/lib.sh"

# recalculated: from a file of tests, each customer's scores in hundredths, in their order, rounded half away from zero
recalculated() {
	jq -s -r 'group_by(.customer.email)[] | sort_by(.startTime) | .[0].customer.email as $email | map(.testTime) as $t |
		range(3; $t | length) | (($t[. - 3] + $t[. - 2] - $t[. - 1] - $t[.]) / 20) as $score |
		"\($email) \(if $score < 0 then -(0.5 - $score | floor) else $score + 0.5 | floor end)"' "$1" |
		sed 's/ -0$/ 0/'
}

# scores: the same from a file of events
scores() {
	jq -r '"\(.customer) \(.score * 100 | round)"' "$1" | sed 's/ -0$/ 0/' | sort -s -k 1,1
}

customer_form='\{"customerName":"[A-Za-z ]+","email":"[A-Za-z.]+@test\.com",'
customer_form+='"phone":"8015551212","birthDay":"19[0-9]{2}-01-01"\}'
times_form='"startTime":[0-9]{13},"stopTime":[0-9]{13},"testTime":[0-9]+,"totalSteps":30'
test_form="^\{\"customer\":$customer_form,$times_form\}\$"
date_form='[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z'
event_form="^\{\"customer\":\"[A-Za-z.]+@test\.com\",\"score\":-?[0-9]+\.[0-9]{2},\"riskDate\":\"$date_form\"\}\$"

start_redis
begin=$(date +%s%3N)
stedi-simulator --seed 7 --pace 0 --tests 300 >events
end=$(date +%s%3N)
ok '30 customers' is 30 "$(redis zcard Customer)"
ok 'born in 1965 and before, year by year' is "$(seq 1936 1965)" \
	"$(redis zrange Customer 0 -1 | jq -r '.birthDay[0:4]' | sort)"
ok '30 names' is 30 "$(redis zrange Customer 0 -1 | jq -r .email | sort -u | wc -l)"
santosh='{"customerName":"Santosh Fibonnaci","email":"Santosh.Fibonnaci@test.com",'
santosh+='"phone":"8015551212","birthDay":"1963-01-01"}'
ok 'a customer, to the byte' is "$santosh" \
	"$(redis zrange Customer 0 -1 | grep Santosh)"
ok 'their scores in Redis are 0' is 0 "$(redis zcount Customer '(0' inf)"
redis zrange RapidStepTest 0 -1 >tests
ok '300 tests' is 300 "$(wc -l <tests)"
ok 'the form of a test' is '' "$(grep -vE "$test_form" tests || :)"
ok 'a test takes its time' is 0 "$(jq -s '[.[] | select(.stopTime - .startTime != .testTime)] | length' tests)"
ok 'a first test takes 61 to 120 seconds' is '[30,true,true]' \
	"$(jq -sc 'group_by(.customer.email) | map(min_by(.startTime).testTime) |
		[length, min >= 61000, max <= 120000]' tests)"
ok 'tests start at the real clock' is true "$(jq -s "map(.startTime) | min | . >= $begin and . <= $end" tests)"
ok 'who was born from 1950 to 1960 gets 0 to 3 seconds slower each time' is '[11,true,true]' \
	"$(jq -sc '[group_by(.customer.email)[] | select(.[0].customer.birthDay[0:4] | tonumber | . >= 1950 and . <= 1960) |
		sort_by(.startTime) | map(.testTime) as $t | [range(1; $t | length) | $t[.] - $t[. - 1]]] |
		[length, (flatten | min >= 0), (flatten | max <= 3000)]' tests)"
ok 'the others also get faster' is 19 \
	"$(jq -sc '[group_by(.customer.email)[] | select(.[0].customer.birthDay[0:4] | tonumber | . < 1950 or . > 1960) |
		sort_by(.startTime) | map(.testTime) as $t |
		[range(1; $t | length) | $t[.] - $t[. - 1]] | select(min < 0)] | length' tests)"
ok 'from the fourth test on, each has a score' is "$((300 - 3 * 30))" "$(wc -l <events)"
ok 'the scores are right' is "$(recalculated tests)" "$(scores events)"
ok 'the form of an event' is '' "$(grep -vE "$event_form" events || :)"
ok 'riskDate is the real clock' is true \
	"$(jq -s "map((.riskDate[0:19] + \"Z\" | fromdate) * 1000 + (.riskDate[20:23] | tonumber)) | min >= $begin and max <= $end" events)"

redis flushall >/dev/null
stedi-simulator -s 7 -P 0 -t 300 >again
ok 'the same seed: the same scores' is "$(scores events)" "$(scores again)"
redis flushall >/dev/null
stedi-simulator -s 7 -P 1000 -q 300 -t 300 >quick
ok '--quick: as many tests without a pause' is "$(scores events)" "$(scores quick)"
stedi-simulator -s 8 -P 0 -t 300 >other
ok 'another seed: others' test "$(scores events)" != "$(scores other)"
redis flushall >/dev/null
stedi-simulator -s 1 -P 0 -t 9 -c 3 >events
ok 'no score before the fourth test' is '' "$(cat events)"
ok 'as many customers as wanted' is 3 "$(redis zcard Customer)"
redis flushall >/dev/null
stedi-simulator -s 1 -P 0 -t 1 -c 900
ok '900 different customers' is 900 "$(redis zrange Customer 0 -1 | jq -r .email | sort -u | wc -l)"

redis flushall >/dev/null
stedi-simulator -s 3 -P 0.01 -c 1 --pad=64 >events 2>err &
pid=$!
wait_for test -s events
ok '--pad fills the block' is 0 "$(($(head -c 64 events | wc -c) % 64))"
stop_redis KILL
wait_for says err 'trying again'
start_redis
redis_has_tests() { [ "$(redis zcard RapidStepTest)" -gt 5 ]; }
wait_for redis_has_tests
ok 'Redis was away: that is said' says err 'connected'
ok 'the customers are there again' is 1 "$(redis zcard Customer)"
stop TERM "$pid"
ok 'SIGTERM: 128 + 15' is 143 "$status"
ok 'every event is a whole line' is 0 "$(($(wc -c <events) % 64))"
ok 'no test is left out: one event each' test "$(grep -c . events)" -ge "$(redis zcard RapidStepTest)"

for arguments in -z '-P -1' '-P x' '-P 1e3' '-c 0' '-c 901' '-s -1' '-s 4294967296' '-t 0' '--pad=0' operand; do
	status=0
	# shellcheck disable=SC2086
	stedi-simulator $arguments >out 2>err || status=$?
	ok "wrong usage: $arguments" is 2 "$status"
	ok '... said on standard error' says err "Try 'stedi-simulator --help'."
done
status=0
stedi-simulator -P 0 -c 1 >/dev/full 2>err || status=$?
ok 'output that fails: status 2' is 2 "$status"
status=0
REDIS_PASSWORD=wrong stedi-simulator >out 2>err || status=$?
ok 'a wrong password: status 2' is 2 "$status"
done_testing
