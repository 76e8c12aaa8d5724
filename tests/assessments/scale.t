#!/bin/bash
# 100,000 questions: none is lost between the file and the lake.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"

start_kafka
LAKE=$work/lake
ASSESSMENTS_TOPIC=many
"$steps/generate" --attempts 25000 --seed 5 >file
step publish file
ok "25,000 attempts are published" ends 0 "Produced 25000 messages."
landed_from file >landing
ok "they have 100,000 questions" grep -qE '^questions: 1[0-9]{5} ' landing
step land
ok "every attempt, question and option lands" ends 0 "$(<landing)"
query 'select count(*), count(distinct keen_id) from assessments;
	select count(*), count(user_correct), count(*) filter (user_correct) from questions;
	select count(*), count("at"), count(*) filter (correct) from options' >actual
jq -r 'map(.sequences.questions // [] | .[]) as $q | ($q | map(.options[])) as $o |
	"\(length),\(length)",
	"\($q | length),\($q | map(select(has("user_correct"))) | length),\($q | map(select(.user_correct)) | length)",
	"\($o | length),\($o | map(select(.at)) | length),\($o | map(select(.correct)) | length)"' file >answer
same "... and can be counted as in the file" answer actual
done_testing
