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
land_exams questions 'q struct(ok boolean)[]' q
printf '%s\n' '{"id":"c","ts":1516752000,"q":[{"ok":null}],"name":"x"}' | send
land_exams attempts 'q struct(ok boolean)[], name varchar' q,name

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
printf 'id  day\n--  ----------\na   2018-01-23\n' >expected
query "select id, day from attempts where id = 'a'" | sed 's/ *$//' >actual
same "as plain text, where it is no terminal" expected actual

# A result as a table.
ok "a result is saved" query --save per_day 'select day, count(*) as n from attempts group by day'
printf '%s\n' day,n 2018-01-23,1 2018-01-24,2 >expected
answer "and is a table" -csv 'from per_day order by day'
ok "again, with other columns" query --save per_day 'select id, q as answers from attempts'
printf '%s\n' id,first a,true b,NULL c,NULL >expected
answer "it is another" -csv 'select id, answers[1].ok as first from per_day order by id'
ok "not in the place of a table that was landed" eval '! query --save attempts "select 1 as n" 2>err'
ok "which it says" says err 'attempts is a table that --save did not make'
ok "nor without names that all can read" eval '! query --save per_day "select count(*) from attempts" 2>err'
ok "which it says" says err "'count_star()' can't be a column's name: give it one with as"
tables | sed -E 's/ +[0-9]+  (20..-)/ BYTES \1/; s/ +[0-9]+  -/ BYTES -/; s/[0-9T:-]+Z$/TIME/; s/ +/ /g' >actual
cat >expected <<-'END'
	table records files bytes from to written
	attempts 3 3 BYTES 2018-01-23 2018-01-24 TIME
	per_day 3 1 BYTES - - TIME
	questions 2 2 BYTES 2018-01-23 2018-01-24 TIME
END
same "tables are listed" expected actual

ok "SQL that is wrong fails" eval '! query "select nothing" 2>err'
ok "with DuckDB's reason" says err 'Binder Error'
for file in "$LAKE"/attempts/day=2018-01-24/*; do echo nonsense >"$file"; done
ok "a damaged file fails" eval '! query -csv "select count(*) from attempts" >actual 2>err'
ok "is named" says err 'attempts/day=2018-01-24/'
ok "and gives no answer" test ! -s actual
ok "a table that is not named is not opened" eval 'query -csv "select count(*) from questions" >actual'
ok "--help" eval 'query --help >actual && says actual usage:'
find "$LAKE" -name .tmp >actual
ok "nothing is left behind" test ! -s actual -a ! -e .tmp
mkdir path
mkdir -p elsewhere/scripts
cp -r "$root/scripts/lake" elsewhere/scripts
PATH=$work/path elsewhere/scripts/lake/query 'select 1' 2>err
ok "without the library it fails" test $? = 1
ok "and says what to do" says err 'deltalake is missing: run scripts/need-packages.sh lake'
done_testing
