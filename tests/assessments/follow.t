#!/bin/bash
# Each question comes out with its exam as soon as its attempt is published.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"

questions() { # FILE: of its attempts, by jq
	jq -c '.[] | .keen_id as $a | .exam_name as $e | .sequences.questions // [] | .[] |
		{exam_name: $e, keen_id: $a, question_id: .id, user_result, user_correct}' "$1"
}

port=$(free-port)
KAFKA_BROKER=127.0.0.1:$port
ASSESSMENTS_TOPIC=assessments
start follow assessments/follow
wait_for grep -q "waiting for the broker at $KAFKA_BROKER" follow.err
start_kafka "$port"
wait_for grep -q 'waiting for topic assessments' follow.err
ok "follow waits for the broker and the topic" kill -0 "$pid"

jq -s . "$root/tests/data/assessment.ndjson" >real
step publish real
ok "one attempt is published" ends 0 "Produced 1 messages."
wait_for has_lines follow.out 4
questions real >answer
same "and its questions come out at once, though nothing follows" answer follow.out

produce assessments <<'END' 2>producer.err
{"keen_id":"bad","keen_timestamp":"soon","sequences":{"questions":[{"id":"q"}]}}
END
"$steps/generate" --attempts 300 --seed 3 >file
step publish file
questions file >>answer
wait_for has_lines follow.out "$(wc -l <answer)"
same "so do those of 300 more, in their order" answer follow.out
ok "a bad attempt is said, once for each side of the join" \
	test "$(grep -c 'assessments\[0]@1: .*keen_timestamp: expected a number, found "soon"' follow.err)" = 2

"$steps/generate" --attempts 600 --seed 4 >file
step publish file
stop TERM "$pid"
ok "SIGTERM ends it" test "$status" = 143
questions file >>answer
head -n "$(wc -l <follow.out)" answer >begun
same "... with all that it had read written" begun follow.out
ok "... and its parts with it" test -z "$(pgrep -f "kcat .*-C .*-b $KAFKA_BROKER")"
done_testing
