#!/bin/bash
# Spark reads the lake's tables as DuckDB does: by day, nested columns, those that came later, null where nothing is,
# and what query has saved.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"

python=$root/build/spark/bin/python
[[ -x $python ]] || give_up "pyspark is missing: run scripts/need-packages.sh spark"
JARS=$(fetch-jars delta) || give_up "no connector of Delta's"
export JARS
start_embedded exams:1

land_exams() { # MORE-COLUMNS MEMBERS
	land exams attempts "keen_id varchar, keen_timestamp double, max_attempts double, started_at timestamptz,
		sequences struct(questions struct(id varchar, user_correct boolean$2)[])$1" 'to_timestamp(keen_timestamp)::date' \
		events-decode -q -J -f keen_id!,keen_timestamp,max_attempts:number,started_at,sequences,stars
	land exams questions 'keen_id varchar, id varchar, keen_timestamp double' 'to_timestamp(keen_timestamp)::date' \
		events-decode -q -J -e sequences.questions -f keen_id!,id=sequences.questions.id,keen_timestamp
}
produce exams <<-'END'
	{"keen_id":"a","keen_timestamp":1516717442.7,"max_attempts":"1.0","started_at":"2018-01-23T14:23:19.082Z","sequences":{"questions":[{"id":"q1","user_correct":true},{"id":"q2","user_correct":false}]}}
	{"keen_id":"b","keen_timestamp":1516751999.9,"max_attempts":"3.0","started_at":"2018-01-23T23:59:00Z","sequences":{"questions":[{"id":"q1"}]}}
	{"keen_id":"c","keen_timestamp":1516752000.0,"max_attempts":null,"started_at":"2018-01-23T23:59:30Z","sequences":{"questions":[]}}
END
land_exams '' ''
produce exams <<-'END'
	{"keen_id":"d é","keen_timestamp":1516800000,"sequences":null,"stars":[1.5]}
	{"keen_id":"e","keen_timestamp":1516800000,"sequences":{"questions":[{"id":"q1","asked":2}]}}
END
land_exams ', stars double[]' ', asked bigint'
query --save per_day 'select day, count(*) as attempts, sum(max_attempts) as "most" from attempts group by day'
query "copy attempts to 'copy' (format parquet, partition_by (day))"

cat >expected <<-'END'
	keen_id string
	keen_timestamp double
	max_attempts double
	started_at timestamp
	sequences struct<questions:array<struct<id:string,user_correct:boolean,asked:bigint>>>
	day date
	stars array<double>

	5

	2018-01-23|2
	2018-01-24|3

	a|2018-01-23 14:23:19.082000|True|None|2|None
	b|2018-01-23 23:59:00|None|None|1|None
	c|2018-01-23 23:59:30|None|None|0|None
	d é|None|None|None|None|[1.5]
	e|None|None|2|1|None

	a|1.0|q1
	a|1.0|q2
	b|3.0|q1
	e|None|q1

	2018-01-23|2|4.0
	2018-01-24|3|None

	2018-01-23|2
	2018-01-24|3
END
spark() {
	TZ=UTC SPARK_LOCAL_IP=127.0.0.1 COPY=$work/copy "$python" "$root/tests/lake/spark.py" >actual 2>spark.err ||
		{ cat spark.err && false; }
}
ok "Spark reads the lake" spark
same "and finds what is there" expected actual
compact >out
ok "and after a compaction" spark
same "the same" expected actual
done_testing
