#!/bin/bash
# The game's events on Apache Kafka come into the tables of the lake, by day; the bad ones are counted, and kept.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"
folder=$root/scripts/game-events
cases=$root/tests/game-events/land
export LAKE=$work/the\ lake
unset GAME_TOPIC

start_kafka
create-topics "$KAFKA_BROKER" events:2 || give_up "no topic"
produce events -p 0 <"$root/tests/game-events/split/events"
produce events -p 1 <"$cases/odd-times"

query() {
	"$root/scripts/lake/query" -jsonlines "$1"
}

# tables NAME: what is in the tables, as the file NAME. When Kafka received an event differs from run to run.
tables() {
	local event='event_type, event_ts, host, user_agent, accept, request_id'
	for table in equipment guilds; do
		query "select day, $event from $table order by event_ts"
	done
	query "select day, $event, description from consumables order by event_ts"
	query "select if(event_ts is null, null, day) as day, $event, position from others order by event_ts, position"
} >"$1"

"$folder/land" >landed 2>said
status=$?
ok "land ends with status 0" test "$status" = 0
same "... and says how many records were landed, how many rejected" "$cases/landed-first" landed
tables first
same "the tables hold the events of their types, by day" "$cases/tables-first" first
for reason in 'events\[0\]@19: column 51: expected' 'events\[0\]@23: event_ts: expected a number, found "soon"' \
	'events\[0\]@25: description: expected' 'guilds: _rejects/events-1' 'others: _rejects/events-1'; do
	ok "a reject is said: $reason" grep -q "$reason" said
done
for table in equipment consumables guilds others; do query "select raw_event from $table"; done |
	jq -r .raw_event | sort >actual
consume events | grep -vxFf <(jq -r '.payload // .raw_event' "$LAKE"/*/_rejects/*) | sort >expected
same "each as it came" expected actual
query "select position from others where day = to_timestamp(received_ms / 1000)::date" >actual
echo '{"position":"events:0:10"}' >expected
same "an event without a time is in the day that Kafka received it" expected actual

cat "$LAKE"/*/_rejects/* | LC_ALL=C grep -aoE '"offset":[0-9]+' | sort -u >actual
printf '"offset":%s\n' {19..30} >expected
same "the rejected messages are kept" expected actual
cat "$LAKE"/*/_rejects/* | grep '^{"event_type"' | jq -r .user_agent | sort >actual
printf '%s\n' 'a number beyond all numbers' 'a time before all calendars' 'a time beyond all calendars' >expected
same "... and so are those of no day" expected actual

# twice, and more

"$folder/land" >landed 2>&1
same "a second time lands nothing" "$cases/landed-second" landed
tables second
same "... and changes nothing" "$cases/tables-first" second
produce events -p 1 <"$cases/more"
"$folder/land" >landed 2>&1
same "what has come since is landed, and nothing else" "$cases/landed-more" landed
tables more
same "... beside what was there" "$cases/tables-more" more

# usage and failure

"$folder/land" --help >out
ok "--help says what the tables are" grep -q 'equipment, consumables, guilds and others' out
GAME_TOPIC=no-such-topic "$folder/land" >out 2>err
ok "a topic that is not there is an error" test "$?" = 1 -a ! -s out -a -s err
done_testing
