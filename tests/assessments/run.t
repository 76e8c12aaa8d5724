#!/bin/bash
# The run shows what it promises, and leaves nothing behind however it ends.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"
export TMPDIR=$work/tmp
mkdir "$TMPDIR"
run=assessments/run

start run "$run"
end
ok "the run ends with status 0" is 0 "$status"
ok "... without a word on standard error" is "" "$(<run.err)"
printf '%s\n' 'Produced 1 messages.' 'Produced 400 messages.' >expected
grep '^Produced' run.out >actual
same "it publishes the real attempt and 400 more" expected actual
"$root/scripts/assessments/generate" -n 400 | jq -r --slurpfile real "$root/tests/data/assessment.ndjson" '. + $real |
	map(.sequences.questions // []) |
	[length, (map(length) | add), (map(map(.options | length) | add // 0) | add)] |
	"assessments: \(.[0]) records landed, 0 rejected", "questions: \(.[1]) records landed, 0 rejected",
	"options: \(.[2]) records landed, 0 rejected"' >expected
grep 'landed' run.out >actual
same "lands them all" expected actual
ok "shows the real one's questions with their exam" \
	is 4 "$(grep -c '^{"exam_name":"Normal Forms and .*","keen_id":"5a6745820eb8ab00016be1f1","question_id":' run.out)"
grep -oE '[0-9]+ rows' run.out >actual
"$root/scripts/assessments/generate" -n 400 | jq -r --slurpfile real "$root/tests/data/assessment.ndjson" '. + $real |
	10, 10, 10, (map(.exam_name) | unique | length), ([.[].sequences.questions // [] | .[].id] | unique | length) |
	"\(.) rows"' >expected
same "and the answers to five questions in SQL" expected actual
ok "... and leaves nothing behind" clean

# broken SIGNAL STATUS LINE: stops the run once it has printed LINE.
broken() {
	start run "$run"
	wait_for grep -qF "$3" run.out
	kill "-$1" "$pid"
	end
	ok "the run stopped by SIG$1 at '$3': status $2" is "$2" "$status"
	wait_for clean
	ok "... and nothing is left behind" clean
}

# the broker is gone for good: publish would wait for it
start run "$run"
wait_for grep -qF '$ publish real.json' run.out
kill -KILL "$(part '/embedded-broker ')"
end
ok "the run ends with status 1 where its broker has ended" is 1 "$status"
ok "... says so" grep -xF "run: the Kafka broker has ended" run.err
wait_for clean
ok "... and leaves nothing behind" clean

broken INT 130 '$ publish real.json'
broken HUP 129 '$ query -f 1'
broken KILL 137 '$ land'
done_testing
