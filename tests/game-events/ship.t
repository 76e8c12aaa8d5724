#!/bin/bash
# Events come to Kafka as they are logged, whatever stands still, ends or is killed.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"

# Before there is a broker, a topic or a log
port=$(free-port)
KAFKA_BROKER=127.0.0.1:$port
start ship game-events/ship
wait_for says ship.err "waiting for the broker at $KAFKA_BROKER"
start_kafka "$port"
wait_for says ship.err "topic events is there"
start_server
play purchase_a_sword >reply
wait_for holds "$GAME_TOPIC" 1
ok "a lone event comes, though nothing follows it" kill -0 "${pids[ship]}"
play purchase_a_potion >reply
wait_for holds "$GAME_TOPIC" 2
ok "... and so does the next one" kill -0 "${pids[ship]}"
all_shipped "the topic holds them as they are in the log"
start second game-events/ship
end
ok "a second one is refused" is 1 "$status"
ok "... and says why" says second.err "another one runs in $GAME_DIR"
stop TERM "${pids[ship]}"
ok "SIGTERM ends it with status 143" is 143 "$status"
ok "... and leaves no process" no_ship_left

# Half a line
read_to_end() { # the log, by tail
	local tail
	tail=$(pgrep -f "^tail .* --pid=$(pgrep -f "^bash .*/follow $GAME_DIR/access.log" | tail -n 1)") &&
		grep -qsx "pos:[[:space:]]*$(stat -c %s "$GAME_DIR/access.log")" "/proc/$tail"/fdinfo/*
}
begin='{"event_type":"default","request_id":"0123456789abcdef'
end='"}'
start ship game-events/ship
printf %s "$begin" >>"$GAME_DIR/access.log"
wait_for read_to_end
printf '%s\n' "0000000000000000$end" >>"$GAME_DIR/access.log"
wait_for holds "$GAME_TOPIC" 3
printf %s "$begin" >>"$GAME_DIR/access.log"
wait_for read_to_end
stop TERM "$pid"
ok "stopped in the middle of a line, it ends with status 143" is 143 "$status"
start ship game-events/ship
printf '%s\n' "1111111111111111$end" >>"$GAME_DIR/access.log"
all_shipped "no half line is sent"

# Lines that are no events
printf '%s\n' 'no JSON' 'no JSON' '{"Host":"'$'\xff\xfe''"}' "$(printf '%0100000d' 0)" >>"$GAME_DIR/access.log"
all_shipped "what is no event is sent as it is"

# Lines that Kafka doesn't take (kcat ends at the first of them, and each time it is started again)
cp "$GAME_DIR/access.log" before
for n in {1..21}; do printf '{"n":%d,"agent":"%01000000d"}\n' "$n" 0; done >>"$GAME_DIR/access.log"
play purchase_a_sword >reply
ends_so() { # the topic, as the log does
	consume "$GAME_TOPIC" | tail -n 1 | cmp - <(tail -n 1 "$GAME_DIR/access.log")
}
wait_for ends_so
ok "what is behind lines that are too long comes" kill -0 "$pid"
ok "they are said, the first twenty" is "20 {\"n\":20,\"agent\":" \
	"$(grep -c 'left out: a line of 10000[0-9]* bytes, the producer takes 997952: ' ship.err) $(grep -o '{"n":20,"agent":' ship.err)"
stop TERM "$pid"
ok "... and all counted" says ship.err 'ship: 21 lines left out: they are longer than the producer takes'
ok "... and it ends as ever" is 143 "$status"
{ cat before && tail -n 1 "$GAME_DIR/access.log"; } >after
cat after >"$GAME_DIR/access.log"
start ship game-events/ship
all_shipped "what is there is not sent again"

# Rotations
stop TERM "$pid"
for path in purchase_a_sword join_guild purchase_a_spear; do
	"$game/rotate"
	play $path >reply
done
start ship game-events/ship
all_shipped "what was rotated before it starts is sent, and nothing twice"
play purchase_a_shield >reply
"$game/rotate"
play purchase_a_sword >reply
wait_for has_logged 1
"$game/rotate"
play purchase_a_spear >reply
all_shipped "of two rotations at once, no event is lost"
"$game/ship" --help | sed -n "s|/srv/game|$GAME_DIR|; /access.log {/,/^  }/p" >logrotate.conf
for n in 1 2 3; do
	logrotate -f -s "$work/logrotate.state" logrotate.conf
	play purchase_a_sword -H "Host: logrotate-$n" >reply
	all_shipped "logrotate, time $n"
done
ok "... with logs compressed" test -s "$GAME_DIR/access.log.3.gz"

# Parts that are killed
has_part() {
	[[ $(pgrep -P "$pid" -f -- "$1") ]]
}
fails() { # TITLE COMMAND
	wait_for has_part "$2"
	kill -KILL "$(pgrep -P "$pid" -f -- "$2")"
	play purchase_a_sword -H "Host: $1" >reply
	end
	ok "without $1 it ends with status 1" is 1 "$status"
	ok "... and says so" grep -q "^ship: $1 ended .*status" ship.err
	wait_for no_ship_left
	start ship game-events/ship
	all_shipped "... and started again it loses nothing and repeats nothing"
}
fails "the log's follower" '/follow .*/access\.log'
fails "the filter of sent events" '^gawk .*padding'
fails "producer to events" '^kcat.* -P '

# ship itself, and all at once, while the broker doesn't answer: a request is on its way to it
{ kill -KILL "$pid" && wait "$pid"; } 2>/dev/null
wait_for no_ship_left
ok "kill -9 of it leaves no process" no_ship_left
play join_guild >reply
start ship game-events/ship
all_shipped "... and started again it loses nothing and repeats nothing"
has_request() { # the broker: bytes it has not read
	grep -q "^ *[0-9]*: [0-9A-F]*:$(printf %04X "$port") [0-9A-F:]* 01 [0-9A-F]*:0*[1-9A-F]" /proc/net/tcp /proc/net/tcp6
}
asks_again() { # ship, of the broker
	ship_left | grep '^[0-9]* kcat '
}
kill -STOP "$broker"
play purchase_a_potion >reply
wait_for has_request
{ ship_left | cut -d' ' -f1 | xargs kill -KILL && wait "$pid"; } 2>/dev/null
play join_guild >reply
start ship game-events/ship
wait_for asks_again
kill -CONT "$broker"
all_shipped "killed with a request on its way, nothing is lost or repeated"
stop TERM "$pid"

# Several partitions, others that send to the topic all the while
GAME_TOPIC=many
create-topics "$KAFKA_BROKER" many:3 || give_up "no topic"
rm "$GAME_DIR"/*.gz
logged | LC_ALL=C sort >expected
for run in first second; do
	(until [[ -e enough ]]; do seq -f 'other %g' 200 && sleep 0.01; done | produce many -q -X linger.ms=1) &
	others=$!
	wait_for holds many 900
	start ship game-events/ship
	wait_for test -s "$GAME_DIR/ship.lock" # it has read the topic
	touch enough
	ok "while others send, it starts a $run time" wait "$others"
	rm enough
	wait_for holds "$GAME_TOPIC" "$(($(consume many | grep -c ^other) + $(wc -l <expected)))"
	consume many | LC_ALL=C grep -av ^other | LC_ALL=C sort >actual
	same "... and loses nothing and repeats nothing" expected actual
	stop TERM "$pid"
done
stop TERM "${pids[server]}"
ok "no process is left" none_left
done_testing
