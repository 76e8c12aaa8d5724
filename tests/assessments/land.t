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

(cd "$LAKE" && find . -path '*/day=*' -type f | sort) >actual
for table in assessments options questions; do
	for day in 23 24; do echo "./$table/day=2018-01-$day/assessments-0-0-5.parquet"; done
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
	attempt note '' "${question/\"options\"/\"note\":\"new\",\"options\"}"
	attempt long "\"exam_name\":\"$(printf '%0900000d' 0)\","
	attempt last
} >messages
produce hostile <messages 2>producer.err
printf '\t\n' | produce hostile -K '\t' -Z 2>>producer.err
ok "21 messages and a tombstone are on Kafka" test "$(kcat -Q -b "$KAFKA_BROKER" -t hostile:0:-1)" = 'hostile [0] offset 22'
step land
ok "what is good lands, what is not is counted" ends 0 "$(landed 4 9 9 17 10 10)"
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
	jq -r 'if has("offset") then .offset else .keen_id end' "$LAKE/$table"/_rejects/hostile-0-0-21.ndjson | paste -sd ' '
done >actual
cat >answer <<'END'
1 2 3 10 14 15 16 17 never flat single yes three yesterday maybe half seven
1 2 3 13 14 15 16 17 never yes
1 2 3 13 14 15 16 17 never three
END
same "the rejected messages and records are kept" answer actual
grep '^land:' err >actual
cat >answer <<'END'
land: assessments: not in COLUMNS, left out: sequences.questions[].note
land: assessments: record 2 of hostile-0-0-21: has no day
land: assessments: record 3 of hostile-0-0-21: sequences: doesn't fit: 5
land: assessments: record 4 of hostile-0-0-21: sequences.questions: doesn't fit: an object
land: assessments: record 5 of hostile-0-0-21: sequences.questions[0].user_correct: doesn't fit: "yes"
land: assessments: record 6 of hostile-0-0-21: sequences.questions[0].options[0].checked: doesn't fit: 3
land: assessments: record 7 of hostile-0-0-21: started_at: doesn't fit: "yesterday"
land: assessments: record 8 of hostile-0-0-21: certification: doesn't fit: "maybe"
land: assessments: record 9 of hostile-0-0-21: sequences.attempt: doesn't fit: 1.5
land: assessments: record 10 of hostile-0-0-21: sequences.questions[0]: doesn't fit: 7
land: questions: record 2 of hostile-0-0-21: has no day
land: questions: record 3 of hostile-0-0-21: user_correct: doesn't fit: "yes"
land: options: record 2 of hostile-0-0-21: has no day
land: options: record 4 of hostile-0-0-21: checked: doesn't fit: 3
END
same "and why is said" answer actual
done_testing
