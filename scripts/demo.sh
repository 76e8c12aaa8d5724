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
first; on a terminal it serves the live risk graph too, prints its address, and runs until Ctrl-C. Leaves nothing behind.

environment:
  DEMO_RECORDS     how many records to show (60)
  DEMO_SECONDS     how long to wait for them at most (60)
  RISK_GRAPH_PORT  port of the live risk graph (a free one)

exit status: 0; 1 when a part failed or no record arrived; 128+signal when stopped early; 2 wrong usage
END
}

no_arguments "$@"
for program in kcat redis-server redis-cli setsid; do
	type -P "$program" >/dev/null || die "$program not found (Debian: apt-get install kcat redis-server)"
done
wanted=${DEMO_RECORDS:-60}
seconds=${DEMO_SECONDS:-60}
[[ $wanted =~ ^[0-9]{1,9}$ ]] || wrong_usage "DEMO_RECORDS: expected a number, found ${wanted@Q}"
[[ $seconds =~ ^[0-9]{1,9}$ ]] || wrong_usage "DEMO_SECONDS: expected a number, found ${seconds@Q}"
: "${RISK_GRAPH_PORT:=$(free_port)}"
check_port RISK_GRAPH_PORT
live=
if [[ -t 0 && -t 1 ]] && type -P websocketd >/dev/null; then
	! is_taken "$RISK_GRAPH_PORT" || die "port $RISK_GRAPH_PORT is taken: set RISK_GRAPH_PORT to a free one, or leave it unset"
	live=yes
fi

# Whatever the caller's settings are, the demo talks to its own Kafka and Redis.
unset REDIS_DB REDIS_USER REDIS_PASSWORD
export KAFKA_RISK_TOPIC=stedi-graph REDIS_TOPIC=redis-server EVENTS_TOPIC=stedi-events
export LOG_DIR REDIS_HOST=127.0.0.1 REDIS_PORT
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
	run script "the simulator" "$here/submit-stedi-simulator.sh" --pace 0.05
	run script "kcat" kcat -C -q -u -E -b "$KAFKA_BROKER" -t "$KAFKA_RISK_TOPIC" -o beginning >"$folder/records"
}

count=0
first=

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

A score takes four tests. Here is each joined record as it reaches the topic stedi-graph:

END
start_broker "$REDIS_TOPIC" "$EVENTS_TOPIC" "$KAFKA_RISK_TOPIC"
start_redis
mkfifo "$folder/records"
exec {records}<>"$folder/records"
start_pipeline
if [[ $live ]]; then
	export RISK_GRAPH_PORT
	run script "the risk graph" "$here/submit-risk-graph.sh"
	trap 'live=stopped' INT
fi
until enough; do
	check_parts
	IFS= read -rt 0.5 -u "$records" record || continue
	printf '%s\n' "$record"
	count=$((count + 1))
	first=${first:-$SECONDS}
done
((count)) || die "no record has reached the topic"
summary
