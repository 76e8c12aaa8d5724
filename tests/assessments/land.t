#!/bin/bash
# A few attempts, written by hand, on their way to the lake: every value that comes out is known.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"

start_kafka
LAKE=$work/lake
ASSESSMENTS_TOPIC=assessments
step publish "$data/attempts.json"
ok "six attempts are published" ends 0 "Produced 6 messages."
step land
ok "and land in three tables" ends 0 "$(landed 6 5 5)"
ok "... without a word on standard error" test ! -s err
"$root/scripts/lake/land" assessments raw_assessments 'attempt varchar, received_ms bigint' \
	'to_timestamp(received_ms / 1000)::date' events-decode -J -f attempt=@payload,received_ms=@timestamp >out 2>err
ok "as they came they land in one more" test "$(<out)" = 'raw_assessments: 6 records landed, 0 rejected'
consume assessments | sort >answer
"$root/scripts/lake/query" -list -noheader 'select attempt from raw_assessments' | sort >actual
same "... to the byte" answer actual

for table in assessments questions options; do
	columns='*'
	[[ $table != assessments ]] || columns='* exclude sequences'
	"$root/scripts/lake/query" -csv "select $columns from $table order by all" >actual
	same "every row and column of $table" "$expected/$table.csv" actual
done
query -list "select to_json(sequences) from assessments order by keen_id" | sed 's/^NULL$/null/' >actual
same "the nested column holds all that was nested" "$expected/sequences.json" actual

for file in "$steps"/queries/*.sql; do
	name=$(basename "$file" .sql)
	case $name in
	[45]*) query -f "$file" >actual ;; # these are ordered
	*) query -f "$file" | sort >actual ;;
	esac
	same "the answer to $name" "$expected/$name.csv" actual
done

(cd "$LAKE" && find [!r]* -path "*/day=*" -type f | cut -d/ -f 1-2 | sort) >actual
for table in assessments options questions; do
	for day in 23 24; do echo "$table/day=2018-01-$day"; done
done >files
same "one file for each day of each table" files actual

step land
ok "a second run lands nothing" ends 0 "$(landed 0 0 0)"
jq '[.[0] | .keen_id = "g"]' "$data/attempts.json" | step publish
step land
ok "and a third one what was published since" ends 0 "$(landed 1 2 4)"
query "select keen_id from questions order by all" | uniq -c | awk '{ print $2, $1 }' >actual
printf '%s\n' 'a 2' 'b 2' 'c 1' 'g 2' >answer
same "... beside what was there" answer actual

# What can't be landed

ASSESSMENTS_TOPIC=hostile
LAKE=$work/hostile
question='{"id":"q","user_correct":true,"options":[{"id":"o","checked":true}]}'
attempt() { # ID [MORE [QUESTION]]
	echo "{\"keen_id\":\"$1\",\"keen_timestamp\":1516717442,${2-}\"sequences\":{\"questions\":[${3-$question}]}}"
}
{
	attempt good
	attempt '' | sed 's/"keen_id":"",//'                              # 1
	attempt early | head -c 40 && echo                                # 2
	attempt soon | sed 's/1516717442/"soon"/'                         # 3
	attempt never | sed 's/1516717442/1e300/'                         # 4
	attempt flat | sed 's/"sequences":.*/"sequences":5}/'             # 5
	attempt single | sed 's/"questions":.*/"questions":{"id":"q"}}}/' # 6
	attempt yes '' "${question/true/\"yes\"}"                         # 7
	attempt three | sed 's/"checked":true/"checked":3/'               # 8
	attempt yesterday '"started_at":"yesterday",'                     # 9
	attempt many '"max_attempts":"many",'                             # 10
	attempt maybe '"certification":"maybe",'                          # 11
	attempt half | sed 's/"questions"/"attempt":1.5,&/'               # 12
	attempt seven '' 7                                                # 13
	printf '%s\n' 'no JSON' 7 '[]'                                    # 14 to 16
	attempt $'\xff'                                                   # 17
	attempt digits | sed 's/1516717442/9007199254740993/'             # 18
	attempt note '' "${question/\"options\"/\"note\":\"new\",\"options\"}"
	attempt long "\"exam_name\":\"$(printf '%0900000d' 0)\","
	attempt last
} >messages
produce hostile <messages 2>producer.err
printf '\t\n' | produce hostile -K '\t' -Z 2>>producer.err
ok "22 messages and a tombstone are on Kafka" test "$(kcat -Q -b "$KAFKA_BROKER" -t hostile:0:-1)" = 'hostile [0] offset 23'
step land
ok "what is good lands, what is not is counted" ends 0 "$(landed 4 9 9 18 11 11)"
query 'select keen_id, length(exam_name) from assessments order by all' >actual
printf '%s\n' good,NULL last,NULL long,900000 note,NULL >answer
same "the good attempts are in the lake" answer actual
query 'select keen_id, id, user_correct from questions order by all' >actual
printf '%s,q,true\n' good half last long many maybe note three yesterday >answer
same "... and the good questions" answer actual
query 'select keen_id, question_id, id, checked from options order by all' >actual
printf '%s,q,o,true\n' good half last long many maybe note yes yesterday >answer
same "... and the good options" answer actual

for table in assessments questions options; do
	jq -r 'if has("offset") then .offset else .keen_id end' "$LAKE/$table"/_rejects/hostile-1.ndjson | paste -sd ' '
done >actual
cat >answer <<'END'
1 2 3 10 11 14 15 16 17 never flat single yes three yesterday half seven digits
1 2 3 13 14 15 16 17 never yes digits
1 2 3 13 14 15 16 17 never three digits
END
same "the rejected messages and records are kept" answer actual
sed -n 's/^land: //p' err >actual
cat >answer <<'END'
assessments: _rejects/hostile-1.ndjson:10: has no day
assessments: _rejects/hostile-1.ndjson:11: sequences: a struct can't hold 5
assessments: _rejects/hostile-1.ndjson:12: sequences.questions: a list can't hold an object
assessments: _rejects/hostile-1.ndjson:13: sequences.questions[0].user_correct: bool can't hold "yes"
assessments: _rejects/hostile-1.ndjson:14: sequences.questions[0].options[0].checked: bool can't hold 3
assessments: _rejects/hostile-1.ndjson:15: started_at: timestamp[us, tz=UTC] can't hold "yesterday"
assessments: _rejects/hostile-1.ndjson:16: sequences.attempt: int64 can't hold 1.5
assessments: _rejects/hostile-1.ndjson:17: sequences.questions[0]: a struct can't hold 7
assessments: _rejects/hostile-1.ndjson:18: keen_timestamp: double can't hold 9007199254740993
assessments: not in COLUMNS, left out: sequences.questions[].note (1)
questions: _rejects/hostile-1.ndjson:9: has no day
questions: _rejects/hostile-1.ndjson:10: user_correct: bool can't hold "yes"
questions: _rejects/hostile-1.ndjson:11: keen_timestamp: double can't hold 9007199254740993
options: _rejects/hostile-1.ndjson:9: has no day
options: _rejects/hostile-1.ndjson:10: checked: bool can't hold 3
options: _rejects/hostile-1.ndjson:11: keen_timestamp: double can't hold 9007199254740993
END
same "and why is said" answer actual
done_testing
