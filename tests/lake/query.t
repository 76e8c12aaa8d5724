#!/bin/bash
# SQL over the lake.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"

start_embedded exams:1
export LAKE="$work/a lake's"

land_exams() { # TABLE COLUMNS FIELDS
	land exams "$1" "id varchar, ts double, $2" 'to_timestamp(ts)::date' events-decode -J -f "id,ts,$3" >>out
}
send() { kcat -P -b "$KAFKA_BROKER" -t exams; }
answer() { # TITLE QUERY-ARGUMENT ...: the answer has to be what is in the file expected
	query "${@:2}" >actual 2>err || cat err >>actual
	same "$1" expected actual
}

query 'select 1' >actual 2>err
ok "without a lake it fails" test $? = 1
ok "and says so" says err "query: there is no lake at $LAKE"

printf '%s\n' '{"id":"a","ts":1516751999.9,"q":[{"ok":true},{"ok":false}]}' '{"id":"b","ts":1516752000,"q":[]}' | send
land_exams attempts 'q struct(ok boolean)[]' q
land_exams questions 'q json' q
printf '%s\n' '{"id":"c","ts":1516752000,"q":[{"ok":null}],"name":"x"}' | send
land_exams attempts 'q struct(ok boolean)[], name varchar' q,name
mkdir -p "$LAKE/nothing_yet/_landed"

printf '%s\n' id,day,first,name a,2018-01-23,true,NULL b,2018-01-24,NULL,NULL c,2018-01-24,NULL,x >expected
answer "a table by its name, its days, nested columns, and a column that came later" \
	-csv 'select id, day, q[1].ok as first, name from attempts order by id'
answer "SQL in an option of DuckDB's" -csv -c 'select id, day, q[1].ok as first, name from attempts order by id'
query -csv >actual <<<'select id, day, q[1].ok as first, name from attempts order by id'
same "SQL from standard input" expected actual
printf '%s\n' 'n' 2 >expected
answer "a day is a date" -csv "select count(*) as n from attempts where day = date '2018-01-24'"
answer "tables are joined" -csv 'select count(*) as n from attempts join questions using (id, day)'
echo '[{"id":"a","day":"2018-01-23"}]' >expected
answer "as JSON" -json "select id, day from attempts where id = 'a'"
printf '| id |    day     |\n|----|------------|\n| a  | 2018-01-23 |\n' >expected
answer "as a table in Markdown" -markdown "select id, day from attempts where id = 'a'"
printf '2018-01-23 23:59:59.9+00\n' >expected
TZ=Pacific/Auckland answer "time is UTC, wherever it runs" \
	-csv -noheader "select to_timestamp(ts) from attempts where id = 'a'"
printf 'attempts\nquestions\n' >expected
answer "a table without a file is not there yet" -csv -noheader \
	"select view_name from duckdb_views() where not internal order by view_name"

ok "SQL that is wrong fails" eval '! query "select nothing" 2>err'
ok "with DuckDB's reason" says err 'Binder Error'
echo nonsense >"$LAKE/attempts/day=2018-01-24/damaged.parquet"
ok "a damaged file fails" eval '! query -csv "select count(*) from attempts" >actual 2>err'
ok "is named" says err damaged.parquet
ok "and gives no answer" test ! -s actual
ok "--help" eval 'query --help >actual && says actual usage:'
find "$LAKE" -name .tmp >actual
ok "nothing is left behind" test ! -s actual -a ! -e .tmp
mkdir path
for program in bash dirname sed readlink cat id kcat; do ln -s "$(type -P $program)" path; done
mkdir -p elsewhere/scripts
cp -r "$root/scripts/lake" "$root/scripts/kafka-pipe.sh" elsewhere/scripts
PATH=$work/path elsewhere/scripts/lake/query 'select 1' 2>err
ok "without DuckDB it fails" test $? = 1
ok "and says what to do" says err 'duckdb is missing: run scripts/need-packages.sh lake'
done_testing
