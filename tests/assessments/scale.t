#!/bin/bash
# Of many questions none is lost between the file and the lake. ATTEMPTS is how many have them, four each.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"

start_kafka
LAKE=$work/lake
ASSESSMENTS_TOPIC=many
attempts=${ATTEMPTS:-5000}
"$steps/generate" --attempts "$attempts" --seed 5 >file
step publish file
ok "$attempts attempts are published" ends 0 "Produced $attempts messages."
landed_from file >landing
questions() { sed -n 's/^questions: \([0-9]*\) .*/\1/p' landing; }
ok "they have four times as many questions, or about" test "$(questions)" -gt $((7 * attempts / 2))
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
