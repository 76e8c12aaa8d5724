#!/bin/bash
# Every answered request is one event on the topic, through restarts of the server, rotations, outages of the broker and
# kill -9 of ship and of each of its parts, all while players play at full speed. REQUESTS is how many they send at least.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"
requests=${REQUESTS:-40000}

# play_on: Apache Bench, again and again (it gives up when it is refused), until the file "enough" is there. Each reply
# brings the request's id, so what ab prints tells which requests were answered.
play_on() {
	local n=0 paths=(purchase_a_{sword,shield,spear,potion} join_guild '')
	until [[ -e enough ]]; do
		ab -q -r -k -v 2 -n 2000 -c 8 -H "Host: user$((n % 4)).comcast.com" \
			"http://127.0.0.1:$GAME_PORT/${paths[n++ % 6]}"
		sleep 0.6
	done >replies 2>ab.err
}

answered() { # COUNT: at least so many requests
	(($(grep -ac '^X-Request-ID: ' replies) >= $1))
}

# more NUMBER: the count of log lines that is reached after so many more.
more() {
	echo $(($(logged | wc -l) + $1))
}

logs_have() { # COUNT
	(($(logged | wc -l) >= $1))
}

# keep_shipping: starts ship again whenever it ends, until the file "shipped" is there.
keep_shipping() {
	until [[ -e shipped ]]; do
		start ship game-events/ship
		end
		# one that is refused for what a killed one still sends has not been killed
		grep -q 'what a killed one left still sends$' ship.err || echo "$status" >>statuses
		cat ship.err >>said
		sleep 0.2
	done
}

# part PATTERN: the process of ship whose command it is.
part() {
	ship_left | grep -e "$1" | tail -n 1 | cut -d' ' -f1
}

# kill_part PATTERN: in the middle of the stream, and waits until ship has ended by it and the stream goes on.
kill_part() {
	wait_for killed_part "$1"
	killed=$((killed + 1))
	wait_for has_lines statuses "$killed"
	wait_for holds events "$(more 1)"
}

killed_part() {
	[[ $(part "$1") && $(part "^[0-9]* kcat .* -P ") ]] && kill -KILL "$(part "$1")"
} 2>/dev/null

port=$(free-port)
start_kafka "$port"
start_server
keep_shipping &
keeper=$!
play_on &
players=$!
wait_for holds events 5000

"$game/rotate"
wait_for logs_have "$(more 2000)"
kill -HUP "$(<"$GAME_DIR/nginx.pid")" # reload
wait_for logs_have "$(more 2000)"
"$game/rotate"
wait_for test -s "$GAME_DIR/access.log"
"$game/rotate"
for pass in 1 2; do
	wait_for logs_have "$(more 2000)"
	stop TERM "${pids[server]}"
	ok "the server stops in the middle of the game, time $pass" is 143 "$status"
	start_server
done
wait_for holds events "$(more 2000)"

stop_broker
wait_for logs_have "$(more 10000)"
"$game/rotate"
wait_for logs_have "$(more 2000)"
start_kafka "$port"
wait_for holds events "$(more 2000)"
stop_broker KILL
start_kafka "$port"
wait_for holds events "$(more 2000)"

killed=0
for command in 'follow .*access' 'tail ' 'gawk .*padding' 'kcat .* -P ' 'bash .*/ship $'; do
	kill_part "^[0-9]* .*$command"
done
stop_broker # all at once, with the queue full of events
wait_for logs_have "$(more 5000)"
ship_left | cut -d' ' -f1 | xargs kill -KILL
killed=$((killed + 1))
start_kafka "$port"
wait_for holds events "$(more 2000)"

wait_for answered "$requests"
touch enough
wait "$players"
wait_for holds events "$(logged | wc -l)"
touch shipped
kill -TERM "$(part 'bash .*/ship $')"
wait "$keeper"
ok "ship was killed $killed times, and ended well at last" is "$killed 143" \
	"$(grep -vc 143 statuses) $(tail -n 1 statuses)"
stop TERM "${pids[server]}"

grep -aoE '^X-Request-ID: [0-9a-f]{32}' replies | cut -d' ' -f2 | sort >answered
logged | sort >expected
consume events | sort >actual
grep -oE '[0-9a-f]{32}"}$' actual | cut -c-32 | sort >ids
ok "more than $requests requests were answered" test "$(sort -u answered | wc -l)" -ge "$requests"
ok "every answered request is an event, once" test -z "$(comm -23 answered ids | head -n 5)"
ok "... and no event is there twice" test -z "$(uniq -d ids | head -n 5)"
same "the topic holds what is logged, each line once, to the byte" expected actual
echo "# $(wc -l <answered) answers reached the players, $(wc -l <actual) events the topic, over $SECONDS s"
ok "no process is left" none_left
done_testing
