#!/bin/bash
# Whatever is killed, stopped, interrupted or restarted, and when, the risk topic holds every event once and nothing else,
# each with the version of its customer that counts.
#
#   FAULTS  how many (default 25; `make chaos FAULTS=1000` as long as one likes)
#   SEED    of their order and their victims (printed; the same one strikes the same blows)
#   EVENTS  how many events there are (default 30000)
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"
export BROKER=kafka
faults=${FAULTS:-25} seed=${SEED:-$RANDOM} events=${EVENTS:-30000}
echo "# SEED=$seed FAULTS=$faults EVENTS=$events"
RANDOM=$seed

start_broker
fresh_topics
create-topics "$KAFKA_BROKER" "$REDIS_TOPIC" "$EVENTS_TOPIC:3" "$KAFKA_RISK_TOPIC" || bail_out "no topics"

# Customers 1 to 900 have three versions, all there before the first event, of which the last counts; 901 to 1000 come
# only while events wait for them.
perl -e 'for my $year (1930, 1940, 1950) {
	printf qq({"customerName":"n","email":"c%d\@test.com","phone":"1","birthDay":"%d-01-01"}\n), $_, $year + $_ % 10 for 1 .. 900
}' | change | produce "$REDIS_TOPIC"
perl -e 'printf qq({"customerName":"n","email":"c%d\@test.com","phone":"1","birthDay":"%d-01-01"}\n), $_, 1950 + $_ % 10
	for 901 .. 1000' | change >late
perl -e 'printf qq({"customer":"c%d\@test.com","score":"%d","email":"c%1\$d\@test.com","birthYear":"%d"}\n),
	1 + $_ * 7 % 1000, $_, 1950 + (1 + $_ * 7 % 1000) % 10 for 1 .. shift' "$events" | sort >expected

# feed: all of it, bit by bit, while faults happen; pretty-printed events, with keys that are no UTF-8
feed() {
	local n
	for n in {0..39}; do
		perl -e 'my ($of, $n) = @ARGV; for (grep { $_ % 40 == $n } 1 .. $of) {
			printf qq(\xe9\xff\t{\n  "customer": "c%d\@test.com",\n  "score": %d\n}\x1e), 1 + $_ * 7 % 1000, $_
		}' "$events" "$n" | produce "$EVENTS_TOPIC" -D '\x1e' -K '\t' -p $((n % 3))
		[[ -e struck ]] || sleep "$(awk "BEGIN { print $faults / 40 }")"
		((n != 9)) || produce "$REDIS_TOPIC" <late
	done
}

# keep_joining: starts the pipeline again whenever it ends, until the file "enough" is there.
keep_joining() {
	until [[ -e enough ]]; do
		start join submit-event-kafkajoin.sh
		echo "$pid" >running
		end
		cat join.err >>said
	done
}

# victim: the process id of any part of the pipeline, if one runs
victim() {
	local all
	mapfile -t all < <(left | grep -v setsid | cut -d' ' -f1)
	((${#all[@]})) && echo "${all[RANDOM % ${#all[@]}]}"
}

strike() {
	local one
	case $((RANDOM % 10)) in
	0 | 1 | 2) kill -KILL "$(victim)" ;;
	3) left | cut -d' ' -f1 | xargs kill -KILL ;;
	4) kill -TERM "$(<running)" ;;
	5) kill -INT -- "-$(<running)" ;; # Ctrl-C
	6 | 7) one=$(victim) && kill -STOP "$one" && sleep $((1 + RANDOM % 3)) && kill -CONT "$one" ;;
	8) stop_broker KILL && sleep 1 && start_kafka "${KAFKA_BROKER#*:}" ;;
	9) stop_broker && sleep 1 && start_kafka "${KAFKA_BROKER#*:}" ;;
	esac 2>/dev/null
	return 0
}

: >said
feed &
feeder=$!
keep_joining &
keeper=$!
for ((n = 0; n < faults; n++)); do
	sleep "0.$((RANDOM % 10))"
	strike
	sleep $((RANDOM % 3))
done
: >struck
wait "$feeder"
wait_for 300 holds "$KAFKA_RISK_TOPIC" "$events"
: >enough
kill -TERM "$(<running)"
wait "$keeper"
consume "$KAFKA_RISK_TOPIC" >graph
sed 's/,"position":.*/}/' graph | sort >actual
same "after $faults faults each of $events events is there once, with the right version of its customer" expected actual
ok "... and nothing is left behind" none_left
done_testing
