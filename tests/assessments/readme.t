#!/bin/bash
# What README.md tells to do does what it says.
# shellcheck source-path=SCRIPTDIR disable=SC2016
source "$(dirname "$0")/lib.sh"

start_kafka
ln -s "$root"/{scripts,join} .
create-topics "$KAFKA_BROKER" assessments || give_up "no topic"
# all of its blocks of shell, but for the packages, which are there
sed -n '/^```sh$/,/^```$/{/^```/d;s/localhost:9092/'"$KAFKA_BROKER"'/;/need-packages/d;p}' "$steps/README.md" >commands
ok "the commands can be found" test "$(grep -c '^scripts/' commands)" = 8
ended=0
unset ASSESSMENTS_TOPIC LAKE
bash -e commands >out 2>err || ended=$?
ok "they all succeed" test "$ended" = 0
ok "... without a word on standard error" test ! -s err

"$steps/generate" --attempts 1000 >file
cmp file attempts.json || give_up "another file"
{
	echo "Produced 1000 messages."
	jq '.[0]' file
	landed_from file
} >answer
head -n "$(wc -l <answer)" out >actual
same "they publish, show and land the attempts" answer actual

grep '^{"exam_name":' out | sort >actual
jq -c '.[] | .exam_name as $e | .sequences.questions // [] | .[] |
	{exam_name: $e, question_id: .id, user_correct}' file | sort >answer
same "join every question with its exam" answer actual

awk '/^-[- ]*$/ { if (seen++) print n - 1 " rows"; n = 0; next } /^\{/ { exit } { n++ } END { print n " rows" }' \
	<(sed '1,/^options: /d' out) >actual
jq -r '10, 10, 10, (map(.exam_name) | unique | length), ([.[].sequences.questions // [] | .[].id] | unique | length) |
	"\(.) rows"' file >answer
same "and answer five questions" answer actual
done_testing
