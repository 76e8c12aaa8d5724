#!/bin/bash
# Spark reads the lake's files as DuckDB does: the partition by day, nested columns, null where nothing is.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"

python=$root/build/spark/bin/python
[[ -x $python ]] || bail_out "pyspark is missing: run scripts/need-packages.sh spark"
start_kafka

cat >messages <<-'END'
	{"keen_id":"a","keen_timestamp":1516717442.7,"max_attempts":"1.0","started_at":"2018-01-23T14:23:19.082Z","sequences":{"questions":[{"id":"q1","user_correct":true},{"id":"q2","user_correct":false}]}}
	{"keen_id":"b","keen_timestamp":1516751999.9,"max_attempts":"3.0","started_at":"2018-01-23T23:59:00Z","sequences":{"questions":[{"id":"q1"}]}}
	{"keen_id":"c","keen_timestamp":1516752000.0,"max_attempts":null,"started_at":"2018-01-23T23:59:30Z","sequences":{"questions":[]}}
	{"keen_id":"d é","keen_timestamp":1516800000,"sequences":null}
END
produce exams <messages
land exams attempts 'keen_id varchar, keen_timestamp double, max_attempts double, started_at timestamp,
	sequences struct(questions struct(id varchar, user_correct boolean)[])' 'to_timestamp(keen_timestamp)::date' \
	events-decode -J -f keen_id!,keen_timestamp,max_attempts,started_at,sequences
land exams questions 'keen_id varchar, id varchar, keen_timestamp double' 'to_timestamp(keen_timestamp)::date' \
	events-decode -J -e sequences.questions -f keen_id!,id=sequences.questions.id,keen_timestamp
touch "$LAKE/attempts/_staged.tmp" # as while a batch is being written

cat >expected <<-'END'
	keen_id string
	keen_timestamp double
	max_attempts double
	started_at timestamp_ntz
	sequences struct<questions:array<struct<id:string,user_correct:boolean>>>
	day date

	4

	2018-01-23|2
	2018-01-24|2

	a|2018-01-23 14:23:19.082000|True|2
	b|2018-01-23 23:59:00|None|1
	c|2018-01-23 23:59:30|None|0
	d é|None|None|None

	a|1.0|q1
	a|1.0|q2
	b|3.0|q1
END
ok "Spark reads the lake" \
	eval "SPARK_LOCAL_IP=127.0.0.1 '$python' '$root/tests/lake/spark.py' >actual 2>err || { cat err && false; }"
same "and finds what is there" expected actual
done_testing
