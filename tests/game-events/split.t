#!/bin/bash
# Every event on the topic is in one table, or rejected by name; what stands beside a bad one is not touched.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"
folder=$root/scripts/game-events
cases=$root/tests/game-events/split
tables=(equipment consumables guilds others)

start_kafka
produce events <"$cases/events"
printf 'a tombstone\t\n' | produce events -K '\t' -Z
consume events -J >envelopes
ok "Kafka holds every event, and a tombstone" test "$(wc -l <envelopes)" = $(($(wc -l <"$cases/events") + 1))

# When Kafka received an event differs from run to run.
undated() {
	sed -E 's/"received_ms":[0-9]{13}([,}])/"received_ms":0\1/'
}

for table in "${tables[@]}"; do
	"$folder/split" "$table" --rejects bad --stats <envelopes 2>err >actual
	status=$?
	undated <actual >"$table"
	sed 's/;.*//' err >said
	same "$table: the table's events, and no others" "$cases/$table" "$table"
	same "$table: each reject is said, with its place, and all are counted" "$cases/$table.said" said
	ok "... with status 1" test "$status" = 1
done

# What no JSON is belongs to no table: the filter of each table rejects it.
sort -u bad >rejects
ok "the rejects are whole messages" test "$(grep -cxFf rejects envelopes)" = "$(wc -l <rejects)"
ok "no event is lost: each is in one table, or rejected" test \
	$(($(cat "${tables[@]}" | wc -l) + $(wc -l <rejects) + 1)) = "$(wc -l <envelopes)"

# live: the README's pipe, which reads the topic once

live() {
	sed -n '/^stdbuf /,/^```$/p' "$folder/README.md" | sed "\$d;s/localhost:9092/$KAFKA_BROKER/"
}

lines_are() {
	(($(cat live/*.ndjson | wc -l) == $1))
}

mkdir live && ln -s "$root/scripts" live/scripts
live >live.sh
ok "the README has the pipe" grep -q 'tee >(.*split ' live.sh
(cd live && exec env --default-signal=INT STARTED_BY="$TEST_RUN" setsid bash ../live.sh >others.ndjson 2>err) &
wait_for lines_are "$(cat "${tables[@]}" | wc -l)"
for table in "${tables[@]}"; do
	undated <"live/$table.ndjson" >live/actual
	same "live: the same $table" "$cases/$table" live/actual
done
echo '{"event_type":"join_guild","event_ts":1516717466.000}' | produce events
wait_for lines_are $(($(cat "${tables[@]}" | wc -l) + 1))
echo '{"event_type":"join_guild","event_ts":1516717466.000,"host":null,"user_agent":null,"accept":null,"request_id":null,"raw_event":"{\"event_type\":\"join_guild\",\"event_ts\":1516717466.000}","received_ms":0}' >expected
tail -n 1 live/guilds.ndjson | undated >actual
same "live: an event alone comes out at once" expected actual

# usage

"$folder/split" --help >out
ok "--help says what the tables are" grep -q '^  consumables  potions' out
for wrong in "" potions --quiet; do
	"$folder/split" ${wrong:+"$wrong"} <envelopes >out 2>err
	ok "'split $wrong' is wrong usage" test "$?" = 2 -a ! -s out -a -s err
done
done_testing
