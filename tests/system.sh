# Sourced by tests: brokers, Redis, pipelines and whatever else a test starts, all of which ends with it.
# shellcheck shell=bash disable=SC2034 # what the tests use
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=tests/tap.sh
. "$root/tests/tap.sh"
PATH=$root/tests/kafka:$PATH
[[ -z ${PROGRAMS-} ]] || PROGRAMS=$(cd "$PROGRAMS" && pwd) || give_up "$PROGRAMS is not there"
unset KAFKA_BROKER KCAT_CONFIG REDIS_HOST REDIS_PORT REDIS_DB REDIS_USER REDIS_PASSWORD
export KAFKA_BROKER REDIS_HOST REDIS_PORT LOG_DIR=$work/logs XDG_STATE_HOME=$work/state
export MAKEFLAGS='w -j2 --jobserver-auth=98,99' MAKELEVEL=1 # whatever make a script is called by, none of it is to be seen
export TEST_RUN=$$-$RANDOM # marks all that the test runs, and STARTED_BY what start() has started
declare -A pids=()
broker=
redis_pid=

leave() {
	local status=$?
	set +e
	exec 2>/dev/null # bash would tell of what is killed
	export -n TEST_RUN
	# shellcheck disable=SC2046 # a word each
	kill -KILL $(jobs -p) $(left TEST_RUN | cut -d' ' -f1)
	wait
	cd / && rm -rf "$work"
	exit "$status"
}
trap leave EXIT
trap 'exit 143' TERM INT HUP

# program NAME: its path, or that of its build in PROGRAMS.
program() {
	local folder=$root/$1
	[[ -d $folder ]] || folder=$root/scripts/$1
	echo "${PROGRAMS:-$folder}/$1"
}

# put_in_path NAME ...: programs that the test calls by their names.
put_in_path() {
	local path
	while (($#)); do
		path=$(program "$1")
		[[ -x $path ]] || give_up "$path is not built"
		PATH=${path%/*}:$PATH
		shift
	done
}

# Processes

# start NAME SCRIPT [ARG ...]: runs it as a terminal's foreground job is run, in a process group of its own; its output is
# in NAME.out and NAME.err, its process id in $pid and ${pids[NAME]}.
start() {
	: >"$work/$1.out" 2>"$work/$1.err" # the earlier run's are not to be taken for this one's
	env --default-signal=INT,QUIT,TERM,HUP STARTED_BY="$TEST_RUN" setsid "$root/scripts/$2" "${@:3}" \
		>>"$work/$1.out" 2>>"$work/$1.err" </dev/null &
	pid=$!
	pids[$1]=$pid
}

# end [PID]: waits for it, or what start() started last, and sets $status to what it ends with.
end() {
	status=0
	wait "${1-$pid}" 2>/dev/null || status=$?
}

# stop SIGNAL PID: sends it, to the group where PID is negative, and sets $status to what PID ends with.
stop() {
	kill "-$1" -- "$2" 2>/dev/null || true # it may have ended
	end "${2#-}"
}

# left [MARK]: the processes that start() has left, id and command. nginx clears its environment, but not its files.
left() {
	perl -e '
		my ($mark, $work) = @ARGV;
		sub slurp { local $/; open my $file, "<", shift or return ""; return <$file> // "" }
		sub has_log { return grep { (readlink // "") =~ m{^\Q$work\E/.*\.log$}s && !m{^\Q$work\E/kafka/} } glob "$_[0]/fd/*" }
		for my $process (glob "/proc/[0-9]*") {
			my $environment = "\0" . slurp("$process/environ") . "\0";
			next unless index($environment, "\0$mark\0") >= 0 || ($environment !~ /\0\w+=/ && has_log($process));
			print $process =~ s{.*/}{}r, " ", slurp("$process/cmdline") =~ tr/\0\n/ /r, "\n";
		}' "${1-STARTED_BY}=$TEST_RUN" "$work"
}

none_left() {
	local found
	found=$(left)
	echo "$found"
	[[ -z $found ]]
}

# clean: nor is anything left in TMPDIR, or any process there (Redis and nginx write their titles over their environment).
clean() {
	local found
	found=$(left; find "$TMPDIR" -mindepth 1; find /proc/[0-9]*/{cwd,fd} -lname "$TMPDIR/*" 2>/dev/null)
	echo "$found"
	[[ -z $found ]]
}

# start_graph NAME COMMAND [ARG ...]: by COMMAND, which sets $pid, the service of the risk graph, whose output is in NAME.out and
# NAME.err, on a port of its own. Another program may be quicker to take that.
start_graph() {
	export RISK_GRAPH_PORT
	while true; do
		RISK_GRAPH_PORT=$(free-port)
		"${@:2}"
		wait_for graph_or_end "$1"
		! grep -q '^risk graph: ' "$1.out" || return 0
		grep -qE 'is taken by another program|could not start on' "$1.err" || give_up "the risk graph is not served"
	done
}

graph_or_end() {
	grep -q '^risk graph: ' "$1.out" || ! kill -0 "$pid"
}

# part PATTERN: the process id of the one among those left whose command matches.
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

# kill_part SIGNAL PATTERN: whether there was one. It may end at any time, and another come.
kill_part() {
	local id
	id=$(part "$2") && kill "-$1" "$id"
}

# The broker

# start_broker [TOPIC ...]: the embedded one, or an Apache Kafka where BROKER is kafka. These topics have one partition, as all
# have on Apache Kafka; others have four on the embedded one.
start_broker() {
	if [[ ${BROKER-} == kafka ]]; then start_kafka; else start_embedded unused "$@"; fi
}

# start_embedded TOPIC[:PARTITIONS] ...
start_embedded() {
	run_broker "$(program embedded-broker)" "$@"
}

# start_kafka [--sasl] [PORT]: the data stays in $work/kafka over a restart.
start_kafka() {
	local option=()
	[[ ${1-} != --sasl ]] || { option=(--sasl) && shift; }
	run_broker start-kafka "${option[@]}" "$work/kafka" "$@"
}

run_broker() {
	: >"$work/address"
	"$@" >"$work/address" 2>"$work/broker.err" &
	broker=$!
	wait_for address_or_end
	KAFKA_BROKER=$(<"$work/address")
	[[ $KAFKA_BROKER ]] || give_up "the broker did not start"
}

address_or_end() {
	[[ -s $work/address ]] || ! kill -0 "$broker"
}

# stop_broker [SIGNAL]
stop_broker() {
	kill "-${1-TERM}" "$broker"
	wait "$broker" 2>/dev/null
	broker=
}

broker_down() {
	if [[ ${BROKER-} == kafka ]]; then stop_broker; else kill -USR1 "$broker"; fi
	wait_for no_broker
}

broker_up() {
	if [[ ${BROKER-} == kafka ]]; then start_kafka "${KAFKA_BROKER#*:}"; else kill -USR2 "$broker"; fi
	wait_for broker_answers
}

broker_answers() {
	kcat -q -b "$KAFKA_BROKER" -L -m 2 >/dev/null 2>&1
}

no_broker() {
	! (: <"/dev/tcp/${KAFKA_BROKER%:*}/${KAFKA_BROKER#*:}")
} 2>/dev/null

# Topics

# fresh_topics: three new names; create_topics: and the topics themselves.
fresh_topics() {
	topics=$((${topics-0} + 1))
	export REDIS_TOPIC=redis-$topics EVENTS_TOPIC=events-$topics KAFKA_RISK_TOPIC=risk-$topics
}

create_topics() {
	local topic
	fresh_topics
	for topic in "$REDIS_TOPIC" "$EVENTS_TOPIC" "$KAFKA_RISK_TOPIC"; do
		wait_for topic_is_there "$topic"
	done
}

topic_is_there() {
	kcat -q -b "$KAFKA_BROKER" -L -t "$1" | grep -q "topic \"$1\" with [1-9][0-9]* partitions:$"
}

# produce TOPIC [OPTION ...]: sends each line of standard input, and returns once Kafka has them.
produce() {
	kcat -q -P -E -b "$KAFKA_BROKER" -X message.timeout.ms=0 -X enable.idempotence=true -t "$@"
}

# consume TOPIC [OPTION ...]: what the topic holds. This reader is the tests' own, and it need not wait for the end of a
# topic as long as others do: half a second on the embedded broker.
consume() {
	kcat -q -C -e -b "$KAFKA_BROKER" -X fetch.wait.max.ms=10 -o beginning -t "$@"
}

declare -A partitions_of=() # by topic, what kcat -Q is asked for

# holds TOPIC COUNT: at least so many messages. (To read a topic while it grows would not come to an end.)
holds() {
	local ends
	[[ ${partitions_of[$1]-} ]] || partitions_of[$1]=$(kcat -q -b "$KAFKA_BROKER" -L -t "$1" |
		sed -nE "s/^ +partition ([0-9]+), .*/-t $1:\1:-1/p")
	# shellcheck disable=SC2086 # several words
	ends=$(kcat -Q -b "$KAFKA_BROKER" ${partitions_of[$1]}) && (($(awk '{ sum += $NF } END { print sum }' <<<"$ends") >= $2))
}

# records TOPIC: the joined records that it holds, without the position of their event.
records() {
	consume "$1" | without_positions
}

without_positions() {
	sed -E 's/,"position":"[^"]*"\}$/}/' "$@"
}

has_record() { # TOPIC RECORD
	records "$1" | grep -xF -e "$2"
}

# Redis

# start_redis [OPTION ...]: on the port that there was before, if any. Another program may be quicker to take it.
start_redis() {
	local port=${REDIS_PORT-}
	REDIS_HOST=127.0.0.1
	mkdir -p "$work/redis"
	until try_redis "${port:-$(free-port)}" "$@"; do
		grep -q 'Address already in use' "$work/redis/said" || give_up "Redis did not start: $(tail -n 1 "$work/redis/said")"
	done
}

try_redis() { # PORT [OPTION ...]
	REDIS_PORT=$1
	redis-server --bind 127.0.0.1 --port "$REDIS_PORT" --dir "$work/redis" --save '' --appendonly no \
		--repl-diskless-sync-delay 0 --shutdown-on-sigterm save "${@:2}" >"$work/redis/said" &
	redis_pid=$!
	wait_for redis_or_end
	kill -0 "$redis_pid" 2>/dev/null
}

redis_or_end() {
	own_redis || ! kill -0 "$redis_pid"
}

own_redis() {
	[[ $(redis ping) == PONG ]] && redis info server | grep "^process_id:$redis_pid"$'\r'
}

# stop_redis [SIGNAL]
stop_redis() {
	stop "${1-TERM}" "$redis_pid"
}

redis() {
	redis-cli -e -p "$REDIS_PORT" "$@"
}

# What STEDI sends

# customer EMAIL BIRTHDAY [NAME]: STEDI's JSON of a customer.
customer() {
	printf '{"customerName":"%s","email":"%s","phone":"8015551212","birthDay":"%s"}\n' "${3:-${1%@*}}" "$1" "$2"
}

add_customer() {
	redis zadd Customer 0 "$(customer "$@")" >/dev/null
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

# stedi_messages CUSTOMERS EVENTS: writes redis.ndjson, events.ndjson, as STEDI's topics hold them, and joined.ndjson,
# what the join makes of them, in the order of the events.
stedi_messages() {
	perl -MMIME::Base64 - "$@" <<-'END'
		my ($customers, $events) = @ARGV;
		open my $redis, ">", "redis.ndjson" or die;
		open my $event, ">", "events.ndjson" or die;
		open my $joined, ">", "joined.ndjson" or die;
		for my $n (0 .. $customers - 1) {
			my $birthday = (1930 + $n % 70) . "-08-16";
			my $record = encode_base64(qq({"customerName":"Customer $n","email":"customer-$n\@test.com",) .
				qq("phone":"8015551212","birthDay":"$birthday"}), "");
			my $entries = qq([{"element":"$record","score":0.0}]);
			print $redis qq({"key":"Q3VzdG9tZXI=","existType":"NONE","ch":false,"incr":false,) .
				qq("zSetEntries":$entries,"zsetEntries":$entries}\n);
		}
		for my $n (0 .. $events - 1) {
			my $customer = $n * 7919 % $customers;
			my $year = 1930 + $customer % 70;
			my $score = sprintf "%.2f", $n / 100 - 500;
			my $who = "customer-$customer\@test.com";
			print $event qq({"customer":"$who","score":$score,"riskDate":"2020-09-14T07:54:06.417Z"}\n);
			print $joined qq({"customer":"$who","score":"$score","email":"$who","birthYear":"$year"}\n);
		}
	END
}

cd "$work" || give_up "no folder to work in"
