#!/usr/bin/env bash
# What a killed pipeline had on its way to the risk topic may come while the next one starts: it is not written a second time.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"

# A kcat that is slow to tell where the risk topic ends: the Nth time it does so once the file "go-N" is there, up to the 6th.
# Before all that Kafka once doesn't answer at all.
mkdir slow
cat >slow/kcat <<END
#!/bin/bash
case " \$* " in
*" -Q "*"\$EVENTS_TOPIC:"*) [[ -e unanswered ]] || { touch unanswered; exit 1; } ;;
*" -Q "*:-1*)
	echo >>asked
	asked=\$(wc -l <asked)
	until ((asked > 6)) || [[ -e go-\$asked ]]; do sleep 0.05; done
	;;
esac
exec $(type -P kcat) "\$@"
END
chmod +x slow/kcat

# comes_late SCORE: the record of that event, as the killed one wrote it
comes_late() {
	joined sam@test.com "$1" 2001 | sed "s/}\$/,\"position\":\"$EVENTS_TOPIC:0:$(($1 - 1))\"}/" | produce "$KAFKA_RISK_TOPIC" -p 0
}

no_producer() {
	! has_part '^kcat .* -P '
}

start_broker
create_topics
customer sam@test.com 2001-01-03 | change | produce "$REDIS_TOPIC"
start join submit-event-kafkajoin.sh
wait_for has_part '/events-decode -J'
kill_part KILL '^kcat .* -P ' || give_up "no producer"
end
wait_for none_left
for score in 1 2 3; do event sam@test.com $score; done | produce "$EVENTS_TOPIC" -p 0

# Each of its records comes while Kafka is asked for the end of the topic: the first time, the second, and the last before there
# are 2 seconds without one. Of a slow answer half a second counts, so that is the sixth.
: >asked
PATH=$work/slow:$PATH start join submit-event-kafkajoin.sh
for n in {1..6}; do
	wait_for has_lines asked "$n"
	case $n in
	1 | 2) comes_late "$n" ;;
	6) comes_late 3 ;;
	esac
	sleep 0.7 # is how slow it is
	touch "go-$n"
done
event sam@test.com 4 | produce "$EVENTS_TOPIC" -p 0
wait_for has_record "$KAFKA_RISK_TOPIC" "$(joined sam@test.com 4 2001)"
cp join.err said
stop TERM "$pid"
ok "Kafka not answering at first, it asks again" test -e unanswered
waits="submit-event-kafkajoin.sh: the last one was killed, or nobody knows how it ended: waiting until what it sent has arrived"
ok "what a killed one has sent is waited for, which is said" is "$waits" "$(<said)"
records "$KAFKA_RISK_TOPIC" | sort >topic
for score in 1 2 3 4; do joined sam@test.com $score 2001; done >expected
same "each event is on the topic once, those that came late, too" expected topic

# One that has ended well, of which the next one hears only once that next one has started
start first submit-event-kafkajoin.sh
wait_for has_part '/events-decode -J'
kill -STOP "$pid"
for topic in "$REDIS_TOPIC" "$EVENTS_TOPIC"; do kill_part TERM "/follow $topic" || give_up "no consumer of $topic"; done
wait_for no_producer
start join submit-event-kafkajoin.sh
wait_for has_part '/events-decode -J'
kill -CONT "${pids[first]}"
end "${pids[first]}"
{ kill -KILL "$pid" && wait "$pid"; } 2>/dev/null
wait_for none_left
start join submit-event-kafkajoin.sh
wait_for has_part '/events-decode -J'
ok "the end of one that has ended well is not taken for that of the next, which was killed" is "$waits" "$(<join.err)"
stop TERM "$pid"

# One of which nothing is known, while another one, which has another share, goes on writing
rm -r state
while [[ ! -e enough ]]; do echo "{\"position\":\"$EVENTS_TOPIC:1:0\"}" | produce "$KAFKA_RISK_TOPIC" -p 0; done &
other=$!
start join submit-event-kafkajoin.sh --partitions 0
wait_for has_part '/events-decode -J'
ok "where nobody knows how the last one ended, it may have been killed" is "$waits" "$(<join.err)"
touch enough
wait "$other"
stop TERM "$pid"
ok "... and what another one writes is not waited for, nor shown" is "143 " "$status $(<join.out)"

# One whose search for what is there is killed before it has told all: the sixth event is there, the fifth has no customer.
event ann@test.com 5 | produce "$EVENTS_TOPIC" -p 0
event sam@test.com 6 | produce "$EVENTS_TOPIC" -p 0
start join submit-event-kafkajoin.sh --partitions 0
wait_for has_record "$KAFKA_RISK_TOPIC" "$(joined sam@test.com 6 2001)"
stop TERM "$pid"
consume "$KAFKA_RISK_TOPIC" | sort >expected
mkdir -p programs other/scripts
for name in redis-decode events-decode join; do ln -s "$(program $name)" programs; done
cp -r "$root"/scripts/{*.sh,delivery} other/scripts
mv other/scripts/delivery/positions programs
cat >other/scripts/delivery/positions <<END
#!/bin/bash
$work/programs/positions "\$@" >positions && touch searched && exec sleep 1000 3>&-
END
chmod +x other/scripts/delivery/positions
root=$work/other PROGRAMS=$work/programs start join submit-event-kafkajoin.sh --partitions 0
wait_for test -e searched
wait_for has_part '/redis-decode -J'
wait_for has_part "^kcat .* -J -m 1000000 -t $EVENTS_TOPIC -p 0" # what is there has been read
kill_part KILL '^sleep 1000' || give_up "no search"
end
ok "where the search is killed, it ends with status 1" is 1 "$status"
consume "$KAFKA_RISK_TOPIC" | sort >topic
same "... and nothing is written" expected topic

# A topic that was made anew
comes_late 9
start join submit-event-kafkajoin.sh --partitions 0
end
ok "where there is a record of an event that is not there, it ends with status 1" is 1 "$status"
ok "... and says so" says join.err "the risk topic has $EVENTS_TOPIC:0:8, and $EVENTS_TOPIC ends before that"
done_testing
