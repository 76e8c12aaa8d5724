# Sourced by the tests here that run the game's server: the scripts, on a folder of their own, beside what tests/system.sh
# brings.
# shellcheck shell=bash disable=SC2034 # what the tests use
# shellcheck source=tests/system.sh
. "$(dirname "${BASH_SOURCE[0]}")/../system.sh"
game=$root/scripts/game-events
export GAME_DIR=$work/game GAME_PORT GAME_TOPIC=events
PATH=$PATH:/usr/sbin
for command in nginx ab gawk curl; do
	type "$command" >/dev/null || give_up "$command is missing: run scripts/need-packages.sh game"
done

# start_server: on a free port, or GAME_PORT where that is set.
start_server() {
	GAME_PORT=${GAME_PORT:-$(free-port)}
	start server game-events/serve
	wait_for server_answers_or_ended
	[[ -s $work/server.out ]] || give_up "the server did not start"
}

server_answers_or_ended() {
	[[ -s $work/server.out ]] || ! kill -0 "${pids[server]}" 2>/dev/null
}

refuses() { # the server, connections
	! (: <"/dev/tcp/127.0.0.1/$GAME_PORT")
} 2>/dev/null

# play PATH [CURL-OPTION ...]: one request; prints the reply.
play() {
	curl -sS "http://127.0.0.1:$GAME_PORT/$1" "${@:2}"
}

# logged: every line of the logs.
logged() {
	zcat -f "$GAME_DIR"/access.log* 2>/dev/null
}

# ship_left: the processes of ship that are left, not those of the server.
ship_left() {
	left | grep -v -e ' nginx: ' -e '/game-events/serve '
}

no_ship_left() {
	! ship_left
}

# all_shipped TITLE: the topic holds the lines of the logs, each once.
all_shipped() {
	logged | LC_ALL=C sort >expected
	wait_for holds "$GAME_TOPIC" "$(wc -l <expected)"
	consume "$GAME_TOPIC" | LC_ALL=C sort >actual
	same "$1" expected actual
}

has_logged() { # COUNT
	has_lines "$GAME_DIR/access.log" "$1"
}

# masked: events without what differs from run to run.
masked() {
	sed -E 's/"event_ts":[0-9]{10}\.[0-9]{3},/"event_ts":TIME,/; s/"request_id":"[0-9a-f]{32}"\}$/"request_id":ID}/'
}
