#!/bin/bash
# What is new on a topic comes into the lake, whole and once; and what doesn't fit is said.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"

start_kafka
create-topics "$KAFKA_BROKER" events:3
kafka_tool() { kafka-class "org.apache.kafka.tools.$1" --bootstrap-server "$KAFKA_BROKER" "${@:2}"; }

events() { # FIRST LAST: 10 hours apart
	local n
	for ((n = $1; n <= $2; n++)); do echo "{\"ts\":$((1516660000 + n * 36000)).5,\"n\":$n}"; done
}

# Three partitions, twice.
for partition in 0 1 2; do events $((partition * 10)) $((partition * 10 + 9)) | produce events -p $partition; done
ok "land ends well" land_events every
ok "and says how many" says out 'every: 30 records landed, 0 rejected'
on_topic events >expected
records every >actual
same "each record is there once" expected actual
query -csv 'select distinct day from every order by day' >actual
jq -r '.ts | floor | todate[:10]' expected | sort -u | sed '1i day' >days
same "by the day of each" days actual
ok "in one commit" test "$(find "$LAKE/every/_delta_log" -type f | wc -l)" = 1
before=$(lake_files)
ok "a second time there is nothing new" land_events every
ok "which it says" says out 'every: 0 records landed, 0 rejected'
ok "and the lake is as it was" test "$before" = "$(lake_files)"

events 100 104 | produce events -p 1
ok "what came since is landed" land_events every
ok "only that" says out 'every: 5 records landed, 0 rejected'
on_topic events >expected
records every >actual
same "each record is there once still" expected actual

TZ=Pacific/Auckland land_events elsewhere
query -csv 'select distinct day from elsewhere order by day' >actual
query -csv 'select distinct day from every order by day' >expected
same "days are those of UTC, wherever it runs" expected actual

# Batches that make no records.
printf 'key:\n' | kcat -P -b "$KAFKA_BROKER" -t tombstones -K : -Z
ok "tombstones make no records" \
	eval "land tombstones tombstones 'n integer' \"date '2018-01-01'\" events-decode -J -f n >out"
ok "which it says" says out 'tombstones: 0 records landed, 0 rejected'
ok "and are not read again" grep -q '"appId":"tombstones/0","version":1' "$LAKE/tombstones/_delta_log"/*0.json
query -csv 'from tombstones' >actual
ok "a table without records is empty" test "$(<actual)" = n,day

printf '%s\n' '{"n":1' '{"m":2}' 'hello "world"' | produce bad
ok "a batch of rejects only" \
	eval "land bad bad 'n integer' \"date '2018-01-01'\" events-decode -J -f 'n!' >out 2>err"
ok "is counted" says out 'bad: 0 records landed, 3 rejected'
ok "is said" says err 'bad[0]@1: n: expected'
consume bad -J >expected
same "is kept to the byte" expected "$LAKE/bad/_rejects/bad-1.ndjson"
land bad bad 'n integer' "date '2018-01-01'" events-decode -J -f 'n!' >out 2>err
ok "and not read again" says out 'bad: 0 records landed, 0 rejected'

# Records that COLUMNS can't hold as they are, also deep within: none of them may be landed with something else.
cat >messages <<-'END'
	{"s":"good","i":1,"d":1.5,"b":true,"t":"2018-01-23T14:23:19.082Z","q":{"list":[{"ok":true,"n":1},{"ok":null},{}],"e":[]}}
	{"s":"nothing at all"}
	{"s":"word","i":"two"}
	{"s":"number in a string","i":"2"}
	{"s":"fraction","i":1.5}
	{"s":"out of range","i":9999999999}
	{"s":"no boolean","b":"true"}
	{"s":"a number","b":1}
	{"s":"no number","d":"1.5"}
	{"s":"no time","t":"2018-02-30T00:00:00Z"}
	{"s":"time of nowhere","t":"2018-01-23T14:23:19"}
	{"s":"nanoseconds","t":"2018-01-23T14:23:19.123456789Z"}
	{"s":"deep word","q":{"list":[{"ok":true},{"ok":"maybe"}]}}
	{"s":"deep fraction","q":{"list":[{"n":1},{"n":2},{"n":2.5}]}}
	{"s":"deep number","q":{"e":["x",1.10]}}
	{"s":"no list","q":{"list":"none"}}
	{"s":"no object","q":[1]}
	{"s":"no object in a list","q":{"list":[5]}}
	{"s":"more than a date","day_of":"2018-01-23T14:23:19Z"}
	{"s":"too exact","price":1.999}
	{"s":"too long","price":12345678901.5}
	{"s":"too many digits","d":9007199254740993}
	{"s":"too large","d":1e400}
	{"s":"too small","d":1e-400}
	{"s":"beyond all bounds","d":1e99999999999999999999}
	{"s":"twice","q":{"e":[],"e":["x"]}}
	{"s":"good again","i":-3,"d":-1e3,"b":false,"day_of":"2018-01-23","price":1.90,"q":{"list":[{"ok":false,"n":0}],"e":["é \" \\ \u0000 \n"]}}
	{"s":"a double","d":0.10000000000000001,"t":"2018-01-23T23:30:00.5-05:00","price":"1.99","h":90071992547409930000000000000000000001}
END
produce shapes <messages
types='s varchar, i integer, d double, b boolean, t timestamptz, day_of date, price decimal(9,2), h hugeint,
	q struct(list struct(ok boolean, n integer)[], e varchar[])'
land_shapes() { # TABLE COLUMNS
	land shapes "$1" "$2" "date '2018-01-23'" events-decode -J -f s,i,d,b,t,day_of,price,h,q >out 2>err
}
ok "records that COLUMNS can't hold" land_shapes shapes "$types"
ok "are counted" says out 'shapes: 4 records landed, 24 rejected'
cat >expected <<-'END'
	i: int32 can't hold "two"
	i: int32 can't hold "2"
	i: int32 can't hold 1.5
	i: int32 can't hold 9999999999
	b: bool can't hold "true"
	b: bool can't hold 1
	d: double can't hold "1.5"
	t: timestamp[us, tz=UTC] can't hold "2018-02-30T00:00:00Z"
	t: timestamp[us, tz=UTC] can't hold "2018-01-23T14:23:19"
	t: timestamp[us, tz=UTC] can't hold "2018-01-23T14:23:19.123456789Z"
	q.list[1].ok: bool can't hold "maybe"
	q.list[2].n: int32 can't hold 2.5
	q.e[1]: string can't hold 1.10
	q.list: a list can't hold "none"
	q: a struct can't hold an array
	q.list[0]: a struct can't hold 5
	day_of: date32[day] can't hold "2018-01-23T14:23:19Z"
	price: decimal128(9, 2) can't hold 1.999
	price: decimal128(9, 2) can't hold 12345678901.5
	d: double can't hold 9007199254740993
END
sed -n 's|^land: shapes: _rejects/shapes-1.ndjson:[0-9]*: ||p' err >actual
same "the first 20 each with what doesn't fit, and where" expected actual
ok "the others are counted" says err 'land: shapes: and 4 more'
consume shapes | events-decode -f s,i,d,b,t,day_of,price,h,q | sed -n '3,26p' >expected
same "and kept to the byte" expected "$LAKE/shapes/_rejects/shapes-1.ndjson"
query -jsonlines >actual <<<'
	select s, i, d, b, t::varchar as t, day_of::varchar as f, price::varchar as p, h::varchar as h, to_json(q) as q
	from shapes'
cat >expected <<-'END'
	{"s":"good","i":1,"d":1.5,"b":true,"t":"2018-01-23 14:23:19.082+00","f":null,"p":null,"h":null,"q":{"list":[{"ok":true,"n":1},{"ok":null,"n":null},{"ok":null,"n":null}],"e":[]}}
	{"s":"nothing at all","i":null,"d":null,"b":null,"t":null,"f":null,"p":null,"h":null,"q":null}
	{"s":"good again","i":-3,"d":-1000.0,"b":false,"t":null,"f":"2018-01-23","p":"1.90","h":null,"q":{"list":[{"ok":false,"n":0}],"e":["é \" \\ \u0000 \n"]}}
	{"s":"a double","i":null,"d":0.1,"b":null,"t":"2018-01-24 04:30:00.5+00","f":null,"p":"1.99","h":"90071992547409930000000000000000000001","q":null}
END
same "the others are landed as they are" expected actual

# A flood of bad records.
seq -f '{"n":"%.0f"}' 30000 | produce flood
ok "a flood of bad records" eval "land flood flood 'n integer' \"date '2018-01-01'\" events-decode -J -f n >out 2>err"
ok "is rejected, and its reasons are not" test "$(<out)" = 'flood: 0 records landed, 30000 rejected' -a "$(wc -l <err)" = 21

printf '%s\n' '{"ts":1516717442,"n":1}' '{"n":2}' '{"ts":1e300,"n":3}' | produce days
ok "a record without a day" \
	eval "land days days 'ts double, n integer' 'to_timestamp(ts)::date' events-decode -J -f ts,n >out 2>err"
ok "is rejected" says out 'days: 1 records landed, 2 rejected'
ok "and said" says err 'land: days: _rejects/days-1.ndjson:1: has no day'

# What COLUMNS leaves out.
cat >messages <<-'END'
	{"q":{"ok":true,"n":1,"list":[{"x":1,"y":{"a\nb\u0000":2}},{"y":3}]},"more":1}
	{"q":{"ok":false,"list":[]},"more":2}
	{"q":{"ok":false,"n\nm":{"\u0000":1}}}
END
produce less <messages
land_less() {
	land less less 'q struct(ok boolean, list struct(x integer)[])' "date '2018-01-01'" \
		events-decode -J -f q,more >out 2>err
}
ok "keys can be left out" land_less
ok "of any name" says out 'less: 3 records landed, 0 rejected'
printf '%s\n' 'land: less: not in COLUMNS, left out: more (3), q.list[].y (2), q.n (1), q."n\nm" (1)' >expected
same "which are named once, and counted" expected err

# Other columns than the table has.
printf '{"a":1,"q":{"x":1,"l":[{"z":1}]},"N":1}\n' | produce grown
land_grown() { land grown grown "$1" "date '2018-01-01'" events-decode -J -f a,q,N,b >out 2>err; }
land_grown 'a integer, q struct(x integer, l struct(z bigint)[])'
printf '{"a":2,"q":{"y":"new","x":2,"l":[{"z":2,"w":[1.5]}]},"b":true}\n' | produce grown
ok "new columns, and new members of structs" \
	land_grown 'b boolean, a integer, q struct(x integer, y varchar, l struct(w double[], z bigint)[])'
cat >expected <<-'END'
	{"a":1,"q":{"x":1,"l":[{"z":1,"w":null}],"y":null},"b":null}
	{"a":2,"q":{"x":2,"l":[{"z":2,"w":[1.5]}],"y":"new"},"b":true}
END
query -jsonlines 'select * exclude day from grown order by a' >actual
same "are added" expected actual
printf '{"a":3}\n' | produce grown
for other in 'a bigint:a is int32 in the table, int64 in COLUMNS' 'a varchar:a is int32' 'A integer:A is a in the table' \
	'q struct(x struct(y integer)):q.x is int32 in the table' 'q struct(l struct(z integer)[]):q.l[].z is int64' \
	'q varchar:q is struct' 'a integer[]:a is int32'; do
	ok "other columns are refused: ${other%%:*}" \
		refuses "land: grown can't have other columns: ${other#*:}" land_grown "${other%%:*}"
done
ok "fewer are not" land_grown 'a integer'
query -csv -noheader 'select a, b from grown order by a' >actual
printf '%s\n' 1,NULL 2,true 3,NULL >expected
same "and are null" expected actual

# What is wrong from the start.
wrong() { # TEXT COLUMNS DAY
	refuses "$1" eval "land events wrong '$2' \"$3\" events-decode -J -f n 2>err >out"
}
ok "COLUMNS that is no SQL" wrong 'COLUMNS or DAY is wrong' 'n integer,,' "date '2018-01-01'"
ok "a type that doesn't exist" wrong 'COLUMNS or DAY is wrong' 'n interger' "date '2018-01-01'"
ok "a constraint" wrong 'COLUMNS has a constraint: NOT NULL' 'n integer not null' "date '2018-01-01'"
ok "a type that rounds" wrong "COLUMNS: n[].x is of a type that a table can't hold exactly: float" \
	'n struct(x real)[]' "date '2018-01-01'"
ok "a type of DuckDB's only" wrong "COLUMNS: n is of a type that a table can't hold exactly: time64" 'n time' \
	"date '2018-01-01'"
ok "a name that Spark can't read" wrong "COLUMNS: a name may not have a blank" 'n struct("a b" integer)' \
	"date '2018-01-01'"
ok "a column day" wrong 'COLUMNS has a column day' 'n integer, "Day" date' "date '2018-01-01'"
ok "DAY of a column that doesn't exist" wrong 'COLUMNS or DAY is wrong' 'n integer' 'm::date'
ok "DAY that is no date" wrong 'DAY is no date: INTEGER' 'n integer' n
ok "a topic that doesn't exist" refuses "there is no topic nothing at $KAFKA_BROKER" \
	eval "land nothing wrong 'n integer' \"date '2018-01-01'\" events-decode -J -f n 2>err"
ok "a broker that doesn't answer" refuses "the broker at 127.0.0.1:1 doesn't answer" \
	eval "KAFKA_BROKER=127.0.0.1:1 land events wrong 'n integer' \"date '2018-01-01'\" events-decode -J -f n 2>err"
for arguments in '' 'events' 'events t "n int" day' 'events t "n int" day --' 'events _t "n int" day cat' \
	'events ../t "n int" day cat'; do
	eval "land $arguments 2>err"
	ok "wrong usage: land $arguments" test $? = 2 -a -s err
done
ok "--help" eval 'land --help >out && says out usage:'

# Parts that fail: nothing is landed, and the next time all is.
for decoder in 'exit 2' 'exit 1' 'kill -9 $$' 'head -n 1; exit 3' 'echo "{"' 'echo "{} {}"' \
	'echo; echo "{\"n\":1}"'; do
	printf '#!/bin/bash\n%s\n' "$decoder" >decoder
	chmod +x decoder
	ok "a decoder that does: $decoder" \
		refuses land eval "land events failing 'n integer' \"date '2018-01-01'\" ./decoder 2>err"
done
mkdir cut
cat >cut/kcat <<-END
	#!/bin/bash
	[[ " \$* " != *" -C "* ]] || { $(type -P kcat) "\$@" 2>/dev/null | head -n 3 && exit; }
	exec $(type -P kcat) "\$@"
END
chmod +x cut/kcat
PATH=$work/cut:$PATH refuses 'land: kcat ended before events[0]@10' land_events failing
ok "a kcat that ends early, as on SIGTERM with status 0" test $? = 0
ok "all is landed then" land_events failing
ok "each record" says out 'failing: 35 records landed, 0 rejected'

# Offsets with gaps: the ends of transactions.
printf '{"ts":1516717442,"n":1}\n' >payload
transactions() {
	kafka_tool ProducerPerformance --topic gaps --num-records "$1" --payload-file payload --throughput 1000 \
		--transactional-id test --transaction-duration-ms 20 >transactions.log 2>&1
}
land_gaps() { land gaps gaps 'n integer, o bigint' "date '2018-01-23'" events-decode -J -f n,o=@offset >out 2>err; }
transactions 200
land_gaps
ok "of a topic with gaps" says out 'gaps: 200 records landed, 0 rejected'
transactions 100
land_gaps
ok "all is landed once" says out 'gaps: 100 records landed, 0 rejected'
consume gaps -f '%o\n' >expected
query -csv -noheader 'select o from gaps order by o' >actual
same "at its offsets" expected actual
ok "which have gaps" test "$(tail -n 1 expected)" -gt 299

# A transaction that is still open.
mkfifo pipe
kcat -P -b "$KAFKA_BROKER" -t gaps -X transactional.id=open <pipe 2>open.log &
producer=$!
exec {pipe}>pipe
seq -f '{"n":%.0f}' 1000 >&$pipe
end_of_gaps() { # beyond what can be read
	local end
	end=$(kcat -Q -b "$KAFKA_BROKER" -X isolation.level=read_uncommitted -t gaps:0:-1) &&
		((${end##* } > $(tail -n 1 expected) + 300))
}
wait_for end_of_gaps
ok "with a transaction that is still open, land comes to an end" land_gaps
ok "without it" says out 'gaps: 0 records landed, 0 rejected'
exec {pipe}>&-
wait $producer
ok "when it is closed" land_gaps
ok "all of it is landed" says out 'gaps: 1000 records landed, 0 rejected'

# A topic that grows all the while.
touch growing
while [[ -e growing ]]; do events 0 99; done | produce grows &
until kcat -Q -b "$KAFKA_BROKER" -t grows:0:-1 2>/dev/null | grep -q 'offset [1-9]...'; do sleep 0.1; done
land_grows() { land grows grows 'n integer, o bigint' "date '2018-01-23'" events-decode -J -f n,o=@offset >out 2>err; }
ok "while a topic grows, land comes to an end" land_grows
ok "and again" land_grows
rm growing
wait $!
ok "and again" land_grows
consume grows -f '%o\n' >expected
query -csv -noheader 'select o from grows order by o' >actual
same "each record is there once" expected actual

# More messages than one batch takes.
seq -f '{"n":%.0f}' 250000 | produce many
land many many 'n integer' "date '2018-01-23'" events-decode -J -f n >out 2>err
ok "many messages" says out 'many: 250000 records landed, 0 rejected'
ok "come in batches, each a commit" test "$(find "$LAKE/many/_delta_log" -type f | wc -l)" = 3
query -csv -noheader 'select count(distinct n), min(n), max(n) from many' >actual
echo 250000,1,250000 >expected
same "and are all there" expected actual

# Messages that expire, and topics made anew.
expire() { # OFFSET: what partition 1 of events holds before
	printf '{"partitions":[{"topic":"events","partition":1,"offset":%s}],"version":1}' "$1" >expire.json
	kafka_tool DeleteRecordsCommand --offset-json-file expire.json >expire.log 2>&1
}
expire 12
ok "expired after it was landed" land_events every
ok "is no matter" eval "says out 'every: 0 records landed' && ! test -s err"
ok "expired before it was landed" land_events late
ok "is landed without that" says out 'late: 23 records landed, 0 rejected'
land_events stale
events 105 107 | produce events -p 1
expire 17
ok "expired since the last time" land_events stale
ok "is said" says err 'land: stale: events[1]@15-16 expired before it was landed'

anew() { # MESSAGES: the topic again becoming one in an empty Kafka
	kafka_tool TopicCommand --delete --topic days
	wait_for eval "! kafka_tool TopicCommand --list | grep -qx days"
	seq -f '{"ts":1516717442,"n":%.0f}' "$1" | produce days
}
land_days() { land days days 'ts double, n integer' 'to_timestamp(ts)::date' events-decode -J -f ts,n >out 2>err; }
anew 2
ok "a topic made anew that is shorter" refuses 'days[0] was made anew since it was landed up to 3' land_days
anew 5
ok "or longer" refuses 'days[0] was made anew since it was landed up to 3' land_days

# A broker that goes away while land reads.
cat >cut/kcat <<-END
	#!/bin/bash
	[[ " \$* " != *" -C "* ]] || kill -KILL $broker
	exec $(type -P kcat) "\$@"
END
PATH=$work/cut:$PATH refuses 'land: kcat ended with status 1' land_events outage
ok "an outage of Kafka ends it, and nothing is landed" test $? = 0
wait "$broker" 2>/dev/null
start_kafka "${KAFKA_BROKER#*:}"
ok "afterwards all is landed" land_events outage
ok "each record" says out 'outage: 21 records landed, 0 rejected'
done_testing
