# Sourced by the tests here: a broker, a Redis, and the submit scripts run on them. The broker is the embedded one, or an
# Apache Kafka where BROKER is kafka.
# shellcheck shell=bash disable=SC2034,SC2086 # what the tests use; one word or none
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/kafka/tap.sh
. "$root/tests/kafka/tap.sh"

export LOG_DIR=$work/logs KCAT_CONFIG=$work/kcat.conf KAFKA_BROKER
export REDIS_HOST=127.0.0.1 REDIS_PORT=
export KAFKA_RISK_TOPIC REDIS_TOPIC EVENTS_TOPIC
unset REDIS_DB REDIS_USER REDIS_PASSWORD
[[ -z ${PROGRAMS-} ]] || PROGRAMS=$(cd "$PROGRAMS" && pwd) || bail_out "$PROGRAMS is not there"
mark=$$-$RANDOM
declare -A pids=()
broker=
redis=

# As in tap.sh, and shows what the scripts said.
bail_out() {
	tail -n 3 "$work"/*.err | sed 's/^/# /'
	echo "Bail out! $*"
	exit 1
}

leave() {
	local status=$?
	local -a processes
	mapfile -t processes < <(left | cut -d' ' -f1)
	kill -KILL "${processes[@]}" 2>/dev/null
	[[ -z $redis ]] || stop_redis
	stop_broker
	cd / && rm -rf "$work"
	exit "$status"
}
trap leave EXIT
trap 'exit 143' TERM INT HUP

# left: the processes that what start() started has left, id and command.
left() {
	local file
	grep -lszxF "E2E_RUN=$mark" /proc/[0-9]*/environ | while read -r file; do
		file=${file%/environ}
		echo "${file#/proc/} $(tr '\0' ' ' 2>/dev/null <"$file/cmdline")"
	done
}

nothing_left() {
	[[ -z $(left) ]]
}

none_left() {
	left
	nothing_left
}

# part PATTERN: the process id of the one among them whose command matches.
part() {
	local id command
	while read -r id command; do
		[[ ! $command =~ $1 ]] || { echo "$id" && return; }
	done < <(left)
	return 1
}

has_part() {
	part "$1" >/dev/null
}

# The program NAME in FOLDER, or its sanitized build.
program() {
	echo "${PROGRAMS:-$root/$2}/$1"
}

# The broker

start_broker() {
	# the embedded broker delivers after fetch.wait.max.ms only
	printf '%s\n' log_level=3 fetch.wait.max.ms=10 >"$KCAT_CONFIG"
	if [[ ${BROKER-} == kafka ]]; then
		port=$("$root/tests/kafka/free-port")
		start_kafka
	else
		"$(program embedded-broker scripts/embedded-broker)" unused >"$work/address" &
		broker=$!
		wait_for 60 test -s "$work/address"
	fi
	KAFKA_BROKER=$(<"$work/address")
}

start_kafka() {
	: >"$work/address"
	"$root/tests/kafka/start-kafka" "$work/kafka" "$port" >"$work/address" 2>"$work/kafka.err" &
	broker=$!
	wait_for 120 test -s "$work/address"
}

stop_broker() {
	[[ -n $broker ]] || return 0
	kill "$broker" 2>/dev/null
	wait "$broker" 2>/dev/null
	broker=
}

broker_down() {
	if [[ ${BROKER-} == kafka ]]; then stop_broker; else kill -USR1 "$broker"; fi
	wait_for 60 no_broker
}

broker_up() {
	if [[ ${BROKER-} == kafka ]]; then start_kafka; else kill -USR2 "$broker"; fi
	wait_for 60 broker_answers
}

broker_answers() {
	kcat -q -b "$KAFKA_BROKER" -L -m 2 >/dev/null 2>&1
}

no_broker() {
	! (: <"/dev/tcp/${KAFKA_BROKER%:*}/${KAFKA_BROKER#*:}")
} 2>/dev/null

# fresh_topics: three new names; create_topics: and the topics themselves.
fresh_topics() {
	topics=$((${topics-0} + 1))
	REDIS_TOPIC=redis-$topics EVENTS_TOPIC=events-$topics KAFKA_RISK_TOPIC=risk-$topics
}

create_topics() {
	local topic
	fresh_topics
	for topic in "$REDIS_TOPIC" "$EVENTS_TOPIC" "$KAFKA_RISK_TOPIC"; do
		wait_for 60 topic_is_there "$topic"
	done
}

topic_is_there() {
	kcat -q -b "$KAFKA_BROKER" -L -t "$1" | grep -q "topic \"$1\" with [1-9][0-9]* partitions:$"
} 2>/dev/null

# produce TOPIC: sends each line of standard input, and returns once Kafka has them.
produce() {
	kcat -q -P -E -b "$KAFKA_BROKER" -t "$1" -X message.timeout.ms=0 -X linger.ms=0 -X enable.idempotence=true
}

# records TOPIC: what the topic holds.
records() {
	kcat -q -C -e -b "$KAFKA_BROKER" -t "$1" -o beginning
}

# holds TOPIC COUNT: at least so many records.
holds() {
	(($(records "$1" 2>/dev/null | wc -l) >= $2))
}

has_record() {
	records "$1" 2>/dev/null | grep -qxF -e "$2"
}

# Redis

# On REDIS_PORT, or a free port where that is empty.
start_redis() {
	REDIS_PORT=${REDIS_PORT:-$("$root/tests/kafka/free-port")}
	redis-server --bind 127.0.0.1 --port "$REDIS_PORT" --dir "$work" --dbfilename dump.rdb --save '' --appendonly no \
		--repl-diskless-sync-delay 0 --shutdown-on-sigterm save >"$work/redis.log" &
	redis=$!
	wait_for 30 own_redis
}

own_redis() {
	redis-cli -p "$REDIS_PORT" info server 2>/dev/null | grep -q "^process_id:$redis"$'\r'
}

stop_redis() {
	kill "$redis"
	wait "$redis"
	redis=
}

# customer EMAIL BIRTHDAY [NAME]: STEDI's JSON of a customer.
customer() {
	printf '{"customerName":"%s","email":"%s","phone":"8015551212","birthDay":"%s"}\n' "${3:-${1%@*}}" "$1" "$2"
}

add_customer() {
	redis-cli -p "$REDIS_PORT" zadd Customer 0 "$(customer "$@")" >/dev/null
}

# event EMAIL SCORE
event() {
	printf '{"customer":"%s","score":%s,"riskDate":"2020-09-14T07:54:06.417Z"}\n' "$1" "$2"
}

# joined EMAIL SCORE YEAR: what the pipeline makes of them.
joined() {
	printf '{"customer":"%s","score":"%s","email":"%s","birthYear":"%s"}\n' "$1" "$2" "$1" "$3"
}

# change: the message by which a customer on standard input comes from Redis.
change() {
	perl -MMIME::Base64 -ne 'chomp; printf qq({"key":"Q3VzdG9tZXI=","existType":"NONE","ch":false,"incr":false,) .
		qq("zSetEntries":[{"element":"%s","score":0.0}]}\n), encode_base64($_, "")'
}

# The scripts

# start NAME SCRIPT [ARG ...]: runs it as a terminal's foreground job is run, in a process group of its own; its output is
# in NAME.out and NAME.err, its process id in $pid and ${pids[NAME]}.
start() {
	: >"$work/$1.out" 2>"$work/$1.err" # the earlier run's are not to be taken for this one's
	env --default-signal=INT,QUIT,TERM,HUP E2E_RUN="$mark" setsid "$root/scripts/$2" "${@:3}" \
		>>"$work/$1.out" 2>>"$work/$1.err" </dev/null &
	pid=$!
	pids[$1]=$pid
}

# end: waits for what start() started last, and sets $status to what it ends with.
end() {
	status=0
	wait "$pid" 2>/dev/null || status=$?
}

# stop SIGNAL PID: sends it, and sets $status to what the script ends with.
stop() {
	status=0
	kill "-$1" -- "$2"
	wait "${2#-}" 2>/dev/null || status=$?
}

is() {
	[[ $1 == "$2" ]] || { echo "expected $1, found $2" && return 1; }
}

says() {
	grep -qF -e "$2" "$work/$1"
}

lines() {
	wc -l <"$1"
}

cd "$work" || bail_out "no working directory"
