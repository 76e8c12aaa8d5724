# Sourced by the tests here that run the game's server: the scripts, on a folder of their own, and on Apache Kafka.
# shellcheck shell=bash disable=SC2034,SC2317 # what the tests use, functions called by name
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/../kafka/lib.sh"
game=$root/scripts/game-events
export GAME_DIR=$work/game GAME_PORT GAME_TOPIC=events KAFKA_BROKER KCAT_CONFIG=$work/kcat.conf
mark=$$-$RANDOM
: >"$KCAT_CONFIG"
declare -A pids=()
PATH=$PATH:/usr/sbin
for command in nginx ab gawk curl; do
	type "$command" >/dev/null || bail_out "$command is missing: run scripts/need-packages.sh game"
done

leave() {
	local status=$?
	exec 2>/dev/null # bash would tell of what is killed
	kill $(jobs -p)
	left | cut -d' ' -f1 | xargs -r kill -KILL
	stop_kafka
	cd / && rm -rf "$work"
	exit "$status"
}

# As in tap.sh, and shows what the scripts said.
bail_out() {
	tail -n 3 "$work"/*.err 2>/dev/null | sed 's/^/# /'
	echo "Bail out! $*"
	exit 1
}

# left: the processes that what start() started has left, id and command. nginx clears its environment, but not its files.
left() {
	local process
	{
		grep -lszxF "GAME_TEST=$mark" /proc/[0-9]*/environ
		find /proc/[0-9]*/fd -lname "$work/*.log" ! -lname "$work/kafka/*" 2>/dev/null
	} | cut -d/ -f3 | sort -u | while read -r process; do
		echo "$process $(tr '\0\n' ' ' 2>/dev/null <"/proc/$process/cmdline")"
	done
}

nothing_left() {
	[[ -z $(left) ]]
}

none_left() {
	left
	nothing_left
}

# start NAME SCRIPT [ARG ...]: runs it as a terminal's foreground job is run, in a process group of its own; its output is
# in NAME.out and NAME.err, its process id in $pid and ${pids[NAME]}.
start() {
	: >"$work/$1.out" 2>"$work/$1.err"
	GAME_TEST=$mark env --default-signal=INT,QUIT,TERM,HUP setsid "$game/$2" "${@:3}" \
		>>"$work/$1.out" 2>>"$work/$1.err" </dev/null &
	pid=$!
	pids[$1]=$pid
}

# stop SIGNAL PID: sends it, and sets $status to what the script ends with.
stop() {
	status=0
	kill "-$1" -- "$2" 2>/dev/null
	wait "${2#-}" 2>/dev/null || status=$?
}

# start_server: on a free port, or GAME_PORT where that is set.
start_server() {
	GAME_PORT=${GAME_PORT:-$("$here/free-port")}
	start server serve
	wait_for 30 server_answers_or_ended
	[[ -s $work/server.out ]] || bail_out "the server did not start"
}

server_answers_or_ended() {
	[[ -s $work/server.out ]] || ! kill -0 "${pids[server]}" 2>/dev/null
}

refuses() { # the server, connections
	! (: <"/dev/tcp/127.0.0.1/$GAME_PORT")
} 2>/dev/null

# play PATH [CURL-OPTION ...]: one request; prints the reply.
play() {
	curl -sS --max-time 60 "http://127.0.0.1:$GAME_PORT/$1" "${@:2}"
}

is() {
	[[ $1 == "$2" ]] || { echo "expected $1, found $2" && return 1; }
}

says() { # FILE TEXT
	grep -qF -e "$2" "$work/$1"
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

# on_topic COUNT: at least so many events.
on_topic() {
	(($(kcat -q -C -e -b "$KAFKA_BROKER" -t "$GAME_TOPIC" -o beginning 2>/dev/null | wc -l) >= $1))
}

# all_shipped TITLE: the topic holds the lines of the logs, each once.
all_shipped() {
	logged | LC_ALL=C sort >expected
	wait_for 60 on_topic "$(wc -l <expected)"
	consume "$GAME_TOPIC" | LC_ALL=C sort >actual
	same "$1" expected actual
}

# ended: waits for $pid, sets $status.
ended() {
	status=0
	wait "$pid" 2>/dev/null || status=$?
}

has_lines() { # COUNT
	(($(wc -l <"$GAME_DIR/access.log") >= $1))
}

# masked: events without what differs from run to run.
masked() {
	sed -E 's/"event_ts":[0-9]{10}\.[0-9]{3},/"event_ts":TIME,/; s/"request_id":"[0-9a-f]{32}"\}$/"request_id":ID}/'
}

cd "$work" || bail_out "no folder to work in"
