#!/usr/bin/env bash
# Shows the whole pipeline at work, with a Kafka broker and a Redis of its own.
set -euo pipefail
# shellcheck source=scripts/run-alone.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/run-alone.sh"

usage() {
	cat <<'END'
usage: demo.sh [--help]

Starts a small Kafka broker and a Redis on free ports, simulated STEDI customers, and the pipeline, and prints the joined
records as they reach the topic stedi-graph. Ends after DEMO_RECORDS records or DEMO_SECONDS seconds, whichever comes
first. On a terminal it serves the live risk graph too, and runs until Ctrl-C: below the first records one line, drawn
anew in place, says where the graph is, how many records have come, and how many come a second. Leaves nothing behind.

environment:
  DEMO_RECORDS     how many records to show (60, on a terminal 10)
  DEMO_SECONDS     how long to wait for them at most (60)
  RISK_GRAPH_PORT  port of the live risk graph (a free one)

exit status: 0; 1 when a part failed or no record arrived; 128+signal when stopped early; 2 wrong usage
END
}

no_arguments "$@"
for program in kcat redis-server redis-cli setsid; do
	type -P "$program" >/dev/null || die "$program not found (Debian: apt-get install kcat redis-server)"
done
live=
[[ ! -t 0 || ! -t 1 || ${TERM:-dumb} == dumb ]] || ! type -P websocketd >/dev/null || live=yes
wanted=${DEMO_RECORDS:-$([[ $live ]] && echo 10 || echo 60)}
seconds=${DEMO_SECONDS:-60}
[[ $wanted =~ ^[0-9]{1,9}$ ]] || wrong_usage "DEMO_RECORDS: expected a number, found ${wanted@Q}"
[[ $seconds =~ ^[0-9]{1,9}$ ]] || wrong_usage "DEMO_SECONDS: expected a number, found ${seconds@Q}"
: "${RISK_GRAPH_PORT:=$(free_port)}"
check_port RISK_GRAPH_PORT
if [[ $live ]] && is_taken "$RISK_GRAPH_PORT"; then
	die "port $RISK_GRAPH_PORT is taken: set RISK_GRAPH_PORT to a free one, or leave it unset"
fi

# Whatever the caller's settings are, the demo talks to its own Kafka and Redis.
unset REDIS_DB REDIS_USER REDIS_PASSWORD
export KAFKA_RISK_TOPIC=stedi-graph REDIS_TOPIC=redis-server EVENTS_TOPIC=stedi-events
export LOG_DIR REDIS_HOST=127.0.0.1 REDIS_PORT RISK_GRAPH_PORT
# What is said takes the place of the status line.
[[ ! $live || ! -t 2 ]] || exec 2> >(trap '' INT && exec sed -u $'s/^/\r\e[K/' >&2)
stand_alone

# The parts

redis() {
	redis-cli -h "$REDIS_HOST" -p "$REDIS_PORT" "$@"
}

# Redis can't be asked for a free port: it ends where the one it is given is taken.
start_redis() {
	local pid ended=()
	while true; do
		REDIS_PORT=$((RANDOM % 12000 + 20000))
		run service "Redis" redis-server --bind "$REDIS_HOST" --port "$REDIS_PORT" --dir "$folder" \
			--save '' --appendonly no --repl-diskless-sync-delay 0 >"$folder/redis.log"
		pid=$!
		until redis info server 2>/dev/null | grep -q "^process_id:$pid"$'\r'; do
			find_ended "$pid"
			((${#ended[@]} == 0)) || break
			pause 0.1
		done
		((${#ended[@]})) || return 0
		unset "running[$pid]"
		grep -q 'Address already in use' "$folder/redis.log" || die "Redis did not start: $(tail -n 1 "$folder/redis.log")"
	done
}

start_pipeline() {
	LOG_DIR=$folder/logs
	run script "the Redis source" "$here/submit-redis-source.sh"
	run script "the pipeline" "$here/submit-event-kafkajoin.sh" >/dev/null
	run script "the simulator" "$here/submit-stedi-simulator.sh" --quick 90 --pace 0.05 # from the 91st test on there are scores
	run script "kcat" kcat -C -q -u -E -b "$KAFKA_BROKER" -t "$KAFKA_RISK_TOPIC" -o beginning >"$folder/records"
}

start_graph() {
	run script "the risk graph" "$here/submit-risk-graph.sh" >"$folder/graph"
	until [[ -s $folder/graph ]]; do
		check_parts
		pause 0.1
	done
	graph=$(<"$folder/graph")
}

# The records

count=0
record= # as far as it has been read
first=
measured_at= # microseconds
measured=0
rate=

# Shows the next record, unless there is none for half a second; that may pass in the middle of one.
show_record() {
	local part=
	IFS= read -rt 0.5 -u "$records" part || { record+=$part && return; }
	record+=$part
	count=$((count + 1))
	first=${first:-$SECONDS}
	((count > wanted)) || printf '%s%s\n' "${live:+$'\r\e[K'}" "$record"
	record=
}

# With each record that is shown, then once a second. The address stands first, and whole; the rest where there is room for
# it, and for the ^C that the terminal writes.
draw_status() {
	local now=${EPOCHREALTIME/[^0-9]/} columns line=$graph part
	if ((now - measured_at >= 1000000)); then
		rate=$((((count - measured) * 1000000 + 500000) / (now - measured_at)))/s
		measured_at=$now
		measured=$count
	elif ((count > wanted)); then
		return
	fi
	read -r _ columns < <(stty size) && ((columns)) || columns=80 # nobody has told the terminal, or it was Ctrl-C
	((columns >= 80)) || line=${line#*: }
	for part in "$count records" $rate "Ctrl-C ends"; do
		((${#line} + 3 + ${#part} + 3 <= columns)) || break
		line+=" | $part"
	done
	printf '\r\e[K%s' "$line"
}

summary() {
	local customers tests
	customers=$(redis zcard Customer)
	tests=$(redis zcard RapidStepTest)
	echo
	echo "$customers customers took $tests tests; $count risk scores were joined with birth years, the first after $first s."
}

# On a terminal only Ctrl-C is enough.
enough() {
	case $live in
	yes) return 1 ;;
	stopped) return 0 ;;
	*) ((count >= wanted || SECONDS >= seconds)) ;;
	esac
}

cat <<'END'
STEDI's seniors take balance tests (simulated here, 20 a second). Their names and birth dates go from Redis, their risk
scores straight to Kafka, and the pipeline joins the two:

  Redis -> [redis-server] -> redis-decode --+
                                            +--> join -> [stedi-graph]
  STEDI -> [stedi-events] -> events-decode -+

A score takes four tests. Here are the first joined records that reach the topic stedi-graph:

END
start_broker "$REDIS_TOPIC" "$EVENTS_TOPIC" "$KAFKA_RISK_TOPIC"
start_redis
mkfifo "$folder/records"
exec {records}<>"$folder/records"
start_pipeline
if [[ $live ]]; then
	start_graph
	trap 'live=stopped' INT
fi
measured_at=${EPOCHREALTIME/[^0-9]/}
until enough; do
	check_parts
	show_record
	[[ ! $live ]] || draw_status
done
((count)) || die "no record has reached the topic"
summary
