#!/bin/bash
# Simulated attempts on several partitions: what the lake answers is what jq finds in the file.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"

start_kafka
LAKE=$work/lake
ASSESSMENTS_TOPIC=spread
create-topics "$KAFKA_BROKER" spread:3 || give_up "no topics"
"$steps/generate" --attempts 1200 --seed 7 >file

# Three batches. A producer that knows no keys stays with one partition for a while: so each goes to one by hand.
for batch in 0 1 2; do
	from=$((batch * 400))
	jq -c ".[$from:$((from + 400))][]" file | produce spread -p $batch 2>producer.err
	step land
	ok "batch $batch lands, and nothing else" ends 0 "$(landed_from file $from $((from + 400)))"
done
query 'select count(*), count(distinct keen_id) from assessments' >actual
echo 1200,1200 >answer
same "1200 attempts are there once" answer actual
ok "in a commit for each batch" test "$(find "$LAKE/assessments/_delta_log" -name '*.json' | wc -l)" = 3

# What README.md asks, of all rows

json() { # ARG ...: of query; an object a line
	"$root/scripts/lake/query" -json "$@" | jq -c '.[]'
}

jq -r '.[].keen_id' file | sort >answer
query 'select keen_id from assessments order by keen_id' >actual
same "keen_id of each attempt" answer actual
ok "... and of any 10" test "$(query -f "$steps/queries/1-attempts.sql" | sort | comm -12 - answer | uniq | wc -l)" = 10

# + 0 makes jq 1.7 write a number as DuckDB does, without the zeros that it ended with
jq -c 'sort_by(.keen_id)[] | [(.keen_timestamp | tonumber + 0), .sequences.questions[0].user_incomplete]' file >answer
json 'select keen_timestamp, sequences.questions[1].user_incomplete as u from assessments order by keen_id' |
	jq -c '[.keen_timestamp, .u]' >actual
same "user_incomplete of the first question of each attempt" answer actual
ok "... of any 10" test "$(query -f "$steps/queries/2-first-question.sql" | wc -l)" = 10

jq -c '[.[] | .keen_id as $a | (.keen_timestamp | tonumber + 0) as $at | .sequences.questions // [] | .[] |
	[$a, $at, .id]] | sort[]' file >answer
json "$(sed '/^--/d; s/ limit 10//' "$steps/queries/3-questions.sql")" | jq -cs 'map([.[]]) | sort[]' >actual
same "every question with the time of its attempt" answer actual
ok "... and any 10" test "$(query -f "$steps/queries/3-questions.sql" | wc -l)" = 10

jq -c 'group_by(.exam_name) | map({exam_name: .[0].exam_name, attempts: length}) |
	sort_by(-.attempts, (.exam_name | explode))[]' file >answer
json -f "$steps/queries/4-attempts-per-exam.sql" >actual
same "attempts per exam name" answer actual

jq -c '[.[] | .exam_name as $exam | .sequences.questions // [] | .[] | {$exam, id, right: .user_correct}] |
	group_by(.id) | map(map(select(.right != null)) as $told |
	{exam_name: .[0].exam, id: .[0].id, answers: ($told | length),
	correct: (($told | map(select(.right)) | length) / ($told | length) * 1000 | round / 1000)}) |
	sort_by(.correct, .id)[]' file >answer
json -f "$steps/queries/5-correct-per-question.sql" >actual
same "share of correct answers per question" answer actual

# All that was landed

jq -c '[.[] | .keen_timestamp | tonumber | floor | todate[:10]] | group_by(.) |
	map({day: .[0], n: length})[]' file >answer
json 'select day, count(*) as n from assessments group by day order by day' >actual
same "the days are those of keen_timestamp, in UTC" answer actual

jq -c 'sort_by(.keen_id)[] | [.keen_id, .exam_name, .base_exam_id, .user_exam_id, .started_at,
	(.certification == "true"), (.max_attempts | tonumber)] +
	(.sequences.counts | [.total, .submitted, .unanswered, .incomplete, .incorrect, .correct, .all_correct])' file >answer
time="'%Y-%m-%dT%H:%M:%S.%gZ'"
json "select keen_id, exam_name, base_exam_id, user_exam_id, strftime(started_at, $time) as started_at, certification,
	max_attempts, total, submitted, unanswered, incomplete, incorrect, correct, all_correct
	from assessments order by keen_id" | jq -c '[.[]]' >actual
same "every value of the attempts" answer actual

jq -c '[.[] | .keen_id as $a | .sequences.questions // [] | .[] | . as $q |
	[$a, .id, .id, .user_incomplete, .user_correct, .user_result, .user_submitted]] | sort[]' file >answer
json 'select keen_id, question_id, id, user_incomplete, user_correct, user_result, user_submitted
	from questions order by keen_id, id' | jq -c '[.[]]' >actual
same "every value of the questions" answer actual

jq -c '[.[] | .keen_id as $a | .sequences.questions // [] | .[] | .id as $q | .options[] |
	[$a, $q, .id, .checked, .correct, .at, .submitted]] | sort[]' file >answer
json "select keen_id, question_id, id, checked, correct, strftime(\"at\", $time) as at, submitted
	from options order by keen_id, question_id, id" | jq -c '[.[]]' >actual
same "every value of the options" answer actual

filled='walk(if type == "object" then with_entries(select(.value != null)) else . end)'
jq -cS "sort_by(.keen_id)[] | .sequences | $filled" file >answer
query -list 'select to_json(sequences) from assessments order by keen_id' | sed 's/^NULL$/null/' |
	jq -cS "$filled"' | (.questions[]?.options[]?.at | strings) |= (sub(" "; "T") | sub("[+]00$"; "") |
		(if test("[.]") then . else . + "." end) + "000" | .[:23] + "Z")' >actual
same "every value of the nested column" answer actual
done_testing
