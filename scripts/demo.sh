#!/usr/bin/env bash
# Shows the whole pipeline at work, with a Kafka broker and a Redis of its own.
set -euo pipefail
# shellcheck source=scripts/kafka-pipe.sh
. "$(dirname "${BASH_SOURCE[0]}")/kafka-pipe.sh"

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
broker=$(program embedded-broker embedded-broker)
wanted=${DEMO_RECORDS:-60}
seconds=${DEMO_SECONDS:-60}

# Whatever the caller's settings are, the demo talks to its own Kafka and Redis.
unset REDIS_DB REDIS_USER REDIS_PASSWORD
export KAFKA_RISK_TOPIC=stedi-graph REDIS_TOPIC=redis-server EVENTS_TOPIC=stedi-events
export KAFKA_BROKER KCAT_CONFIG LOG_DIR REDIS_HOST=127.0.0.1 REDIS_PORT
export STEDI_DEMO=$$-$RANDOM # all processes of the demo are known by it
folder=$(mktemp -d)
export TMPDIR=$folder

# Cleaning up

# wait_until CONDITION ...: up to 5 seconds.
wait_until() {
	local tries
	for ((tries = 50; tries; tries--)); do
		! "$@" || return 0
		pause 0.1
	done
	return 1
}

gone() {
	! kill -0 "$@" 2>/dev/null # is true as long as one of them is there
}

left() {
	grep -lszxF "STEDI_DEMO=$1" /proc/[0-9]*/environ | cut -d/ -f3
}

none_left() {
	[[ -z $(left "$1") ]]
}

# Runs beside the demo, is told its parts, and takes them down once the demo has ended, be it by kill -9: first the
# scripts, which write out what they hold, and only then what they write to.
clean_up() {
	local kind pid mark=$STEDI_DEMO
	local -a services=() scripts=()
	trap '' INT TERM HUP
	unset STEDI_DEMO # not to count what it calls itself
	set +e
	while read -r kind pid; do
		case $kind in
		service) services+=("$pid") ;;
		script) scripts+=("$pid") ;;
		esac
	done
	kill -TERM "${scripts[@]}" 2>/dev/null
	wait_until gone "${scripts[@]}" || kill -TERM "${scripts[@]}" 2>/dev/null # the second drops what can't be written
	wait_until gone "${scripts[@]}"
	kill -TERM "${services[@]}" 2>/dev/null
	wait_until gone "${services[@]}" || kill -KILL "${services[@]}" 2>/dev/null
	# shellcheck disable=SC2046 # one word each
	none_left "$mark" || wait_until none_left "$mark" || kill -KILL $(left "$mark") 2>/dev/null
	rm -rf -- "$folder"
}

mkfifo "$folder/parts" "$folder/records"
clean_up <"$folder/parts" &
cleaner=$!
exec {told}>"$folder/parts"
trap 'exec {told}>&-; wait "$cleaner"' EXIT

# The parts

declare -A running=() # names by process id

# run script|service NAME COMMAND ...: in a session of its own, so that a Ctrl-C reaches the demo only.
run() {
	(
		exec {told}>&-
		exec setsid -- "${@:3}"
	) </dev/null &
	running[$!]=$2
	echo "$1 $!" >&"$told"
}

check_parts() {
	local pid
	for pid in "${!running[@]}"; do
		kill -0 "$pid" 2>/dev/null && continue
		wait "$pid" 2>/dev/null || true # without bash's own words on it
		die "${running[$pid]} has ended"
	done
}

start_broker() {
	run service "the Kafka broker" "$broker" "$REDIS_TOPIC" "$EVENTS_TOPIC" "$KAFKA_RISK_TOPIC" >"$folder/address"
	until [[ -s $folder/address ]]; do
		check_parts
		pause 0.1
	done
	KAFKA_BROKER=$(<"$folder/address")
	KCAT_CONFIG=$folder/kcat.conf
	printf '%s\n' log_level=3 fetch.wait.max.ms=10 >"$KCAT_CONFIG" # this broker takes 500 ms otherwise
}

redis() {
	redis-cli -h "$REDIS_HOST" -p "$REDIS_PORT" "$@"
}

# Redis can't be asked for a free port: it ends where the one it is given is taken.
start_redis() {
	local pid
	while true; do
		REDIS_PORT=$((RANDOM % 12000 + 20000))
		run service "Redis" redis-server --bind "$REDIS_HOST" --port "$REDIS_PORT" --dir "$folder" \
			--save '' --appendonly no --repl-diskless-sync-delay 0 >"$folder/redis.log"
		pid=$!
		until redis info server 2>/dev/null | grep -q "^process_id:$pid"$'\r'; do
			kill -0 "$pid" 2>/dev/null || break
			pause 0.1
		done
		! kill -0 "$pid" 2>/dev/null || return 0
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
start_broker
start_redis
exec {records}<>"$folder/records"
start_pipeline
live=
if [[ -t 0 && -t 1 ]] && type -P websocketd >/dev/null; then
	live=yes
	: "${RISK_GRAPH_PORT:=$((RANDOM % 12000 + 20000))}"
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
