#!/bin/bash
# The attempts of a file are on Kafka, each once, or it is said that they are not.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"
port=$(free-port)
KAFKA_BROKER=127.0.0.1:$port

publish() {
	step publish "$@"
}

# A broker that is not there yet

"$steps/generate" -n 500 >file
jq -c '.[]' file >elements
ASSESSMENTS_TOPIC=early
"$steps/publish" file >out 2>err &
publisher=$!
wait_for grep -qs "waiting for the broker at $KAFKA_BROKER" err
start_kafka "$port"
wait "$publisher"
ended=$?
ok "publish waits for a broker that is not there yet" ends 0 "Produced 500 messages."
consume early >actual
same "each element is a message, in the order of the file" elements actual

# Files

ASSESSMENTS_TOPIC=spread
create-topics "$KAFKA_BROKER" spread:3 bad outage || give_up "no topics"
for part in 0 1 2; do jq ".[$part * 100:][:100]" file | publish -; done
jq '.[300:]' file | publish
ok "a file may come on standard input" ends 0 "Produced 200 messages."
consume spread | sort >actual
sort elements >expected
same "the messages are on the topic once, whatever its partitions" expected actual

ASSESSMENTS_TOPIC=real
jq -s . "$root/tests/data/assessment.ndjson" | publish
ok "the real attempt" ends 0 "Produced 1 messages."
consume real >actual
same "... is on Kafka as it came" "$root/tests/data/assessment.ndjson" actual

ASSESSMENTS_TOPIC=verbatim
printf '[\n  {"id": 9007199254740993, "rate": 1.10, "far": 1e400, "name": "Jos\\u00e9"}\n]\n' | publish
ok "numbers that no program can hold" ends 0 "Produced 1 messages."
consume verbatim >actual
echo '{"id":9007199254740993,"rate":1.10,"far":1e400,"name":"Jos\u00e9"}' >expected
same "... and escapes are on Kafka to the letter" expected actual

ASSESSMENTS_TOPIC=bad
echo '[]' | publish
ok "an empty array is nothing to send" ends 0 "Produced 0 messages."

# refused TITLE REASON, of the file bad-file
refused() {
	publish bad-file
	ok "refused: $1" ends 1 ''
	ok "... and why" grep -qF -e "$2" err
	ok "... and that it was not published" grep -qxF 'publish: bad-file: not published, or not all of it' err
}
head -c 100000 file >bad-file
refused "a file that was cut off" 'events-decode: bad-file:1: column 100001: expected'
: >bad-file
refused "an empty file" 'publish: expected an array, found nothing'
head -n 1 elements >bad-file
refused "an attempt that is in no array" "events-decode: bad-file:1: column 1: expected '[', found '{'"
cat file file >bad-file
refused "two arrays" 'expected the end of the record, found'
sed 's/"keen_id"/keen_id/' file >bad-file
refused "an array with a fault in an element" "expected a key in double quotes, found 'k'"
jq -c '.[7] = "seven"' file >bad-file
refused "an element that is no object" 'events-decode: bad-file:1: .[7]: expected an object, found "seven"'
sed 's/Git/\xffGit/' file >bad-file
refused "bytes that are no UTF-8" 'expected UTF-8'
ok "of none of them a message is on Kafka" test "$(kcat -Q -b "$KAFKA_BROKER" -t bad:0:-1)" = 'bad [0] offset 0'
publish nowhere
ok "refused: a file that is not there" ends 1 ''

# Size

large() { # BYTES: three attempts, the second of which holds a string of so many bytes
	perl -e 'print qq([{"keen_id":"a"},{"keen_id":"b","note":"), "x" x $ARGV[0], qq("},{"keen_id":"c"}])' "$1" >bad-file
}
ASSESSMENTS_TOPIC=large
large 990000
publish bad-file
ok "a message of nearly 1 MB" ends 0 "Produced 3 messages."
jq -c '.[]' bad-file >expected
consume large >actual
same "... is on Kafka" expected actual
large 1100000
refused "a message of more than 1 MB" 'expected an output record of at most 997952 bytes (--max-output), found 1100'

# A broker that goes away

"$steps/generate" -n 20000 >file
jq -c '.[]' file >elements
# outage_begins: has a file on its way stopped half way to Kafka, which is gone by then.
outage_begins() {
	mkfifo half
	"$steps/publish" half >out 2>err &
	publisher=$!
	cat file >half
	wait_for holds "$ASSESSMENTS_TOPIC" 1000
	stop_broker KILL
	rm half
}
ASSESSMENTS_TOPIC=outage
outage_begins
ok "publish is in the middle of it" kill -0 "$publisher"
start_kafka "$port"
wait "$publisher"
ended=$?
ok "publish sees an outage of the broker through" ends 0 "Produced 20000 messages."
consume outage >actual
same "and each of 20,000 messages is there once" elements actual

ASSESSMENTS_TOPIC=broken-off
outage_begins
producer=$(pgrep -f -- "kcat .*-b $KAFKA_BROKER .*-t broken-off")
ok "the producer waits" test -n "$producer"
kill -KILL "$producer"
wait "$publisher"
ended=$?
ok "nothing is said to be produced where the producer is killed" ends 1 ''
ok "... but that it was" grep -qx 'publish: producer to broken-off ended with status 137' err
done_testing
