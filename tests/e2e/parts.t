#!/usr/bin/env bash
# Parts of a pipe that end, by what seems a good end or at a bad instant: it is noticed, and nothing is lost or repeated.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"

start_broker
create_topics
customer sam@test.com 2001-01-03 | change | produce "$REDIS_TOPIC"

# kcat ends well by SIGTERM, whoever sends it. The last event has come since it was started.
start join submit-event-kafkajoin.sh
wait_for has_part "^kcat .* -J -m 1000000 -t $EVENTS_TOPIC -p 0"
for n in 1 2; do
	event sam@test.com $n | produce "$EVENTS_TOPIC" -p 0
	wait_for holds "$KAFKA_RISK_TOPIC" $n
done
kill_part TERM "^kcat .* -J -m 1000000 -t $EVENTS_TOPIC -p 0" || give_up "no kcat"
end
ok "where the kcat of a reader ends, though well, the script ends with status 1" is 1 "$status"
ok "... and it is named" says join.err "follow: kcat of $EVENTS_TOPIC, partition 0, ended by itself"
event sam@test.com 3 | produce "$EVENTS_TOPIC" -p 0
start join submit-event-kafkajoin.sh
wait_for has_record "$KAFKA_RISK_TOPIC" "$(joined sam@test.com 3 2001)"
stop TERM "$pid"
records "$KAFKA_RISK_TOPIC" | sort >topic
for n in 1 2 3; do joined sam@test.com $n 2001; done >expected
same "... and each event is joined once" expected topic

# The only source of a pipe, which ends well by SIGTERM, too
start events submit-event-kafkastreaming.sh
wait_for has_lines events.out 3
kill_part TERM "/follow $EVENTS_TOPIC" || give_up "no consumer"
end
ok "without its consumer, a decoder ends with status 1" is 1 "$status"
ok "... which it names" says events.err "consumer of $EVENTS_TOPIC ended by itself with status 0"
same "... once all that it read is logged" events.out logs/eventstream.log
wait_for none_left
ok "... and no process is left" none_left

# What shows the records is behind: it reads only once it has been told to end, and asks where the topic ends.
mkdir slow
cat >slow/kcat <<END
#!/bin/bash
case " \$* " in
*" -Q "*) [[ ! -e told ]] || touch asked ;;
*" -f "*) until [[ -e asked ]]; do sleep 0.05; done ;;
esac
exec $(type -P kcat) "\$@"
END
chmod +x slow/kcat
: >logs/kafkajoin.log
PATH=$work/slow:$PATH start join submit-event-kafkajoin.sh
for n in 4 5 6; do event sam@test.com $n; done | produce "$EVENTS_TOPIC"
wait_for holds "$KAFKA_RISK_TOPIC" 6
touch told
stop TERM "$pid"
for n in 4 5 6; do joined sam@test.com $n 2001; done >expected
same "what is on the topic is logged before the end, however late" expected <(without_positions logs/kafkajoin.log | sort)
same "... and shown" expected <(without_positions join.out | sort)

# Two at once, of which one would be told by the other's end
start join submit-event-kafkajoin.sh
wait_for has_part '/events-decode -J'
kill -STOP "$pid"
kill_part KILL '^kcat .* -P ' || give_up "no producer"
kill_part KILL '/follow --lines' || give_up "no reader"
kill -CONT "$pid"
end
ok "without its producer and what reads from there, the script ends with status 1" is 1 "$status"
ok "... and names the one" says join.err "producer to $KAFKA_RISK_TOPIC ended "
ok "... and the other" says join.err "reader of what is sent ended "
wait_for none_left
ok "... and leaves no process" none_left

# A message that is rejected while what is there is read
echo 'no JSON' | produce "$REDIS_TOPIC"
event sam@test.com 7 | produce "$EVENTS_TOPIC"
start join submit-event-kafkajoin.sh
wait_for has_record "$KAFKA_RISK_TOPIC" "$(joined sam@test.com 7 2001)"
ok "a customer that is rejected is named" says join.err "redis-decode: stdin:"
stop TERM "$pid"
ok "... and ends nothing" is 143 "$status"

# A further signal is one with the first until the sources have been told for some time.
cat >told.sh <<'END'
. "$1/scripts/kafka-pipe.sh"
signals=$2
heed_signals
tell_sources() { trap -p INT TERM HUP; }
stop_sources
END
env --default-signal=INT,HUP,TERM bash told.sh "$root" 1 | sort >told.out
printf "trap -- '' %s\n" SIGHUP SIGINT SIGTERM | sort >expected
same "a signal that comes soon after the first is one with it" expected told.out
env --default-signal=INT,HUP,TERM bash told.sh "$root" 0 | sort >told.out
printf "trap -- 'signalled %s' %s\n" '1 SIGHUP' SIGHUP '2 SIGINT' SIGINT '15 SIGTERM' SIGTERM | sort >expected
same "... where there was none, one is heeded at once" expected told.out

# One that ends between the two looks at it
cat >between.sh <<'END'
. "$1/scripts/kafka-pipe.sh"
eval "looks_for_$(declare -f is_child)"
is_child() {
	local status=0
	looks_for_is_child "$1" || status=$?
	[[ ${parts[$1]-} != first ]] || { kill -KILL "$1" && while [[ -e /proc/$1 ]]; do :; done; } || true
	return "$status"
}
open_pipes none
start_source first sleep 1000
start_source second sleep 1000
finish
END
status=0
bash between.sh "$root" 2>between.err || status=$?
ok "a part that ends while it is looked at is noticed" is 1 "$status"
ok "... with what it ended with" says between.err "between.sh: first ended with status 137"
done_testing
