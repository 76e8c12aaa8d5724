#!/usr/bin/env bash
# Joins the risk events with the customers' birth years, and puts the joined records on Kafka, each once.
set -euo pipefail
# shellcheck source=scripts/kafka-pipe.sh
. "$(dirname "${BASH_SOURCE[0]}")/kafka-pipe.sh"

usage() {
	cat <<'END'
usage: submit-event-kafkajoin.sh [--supervise] [--partitions LIST] [--help]

Joins the risk events with the customers that Redis puts on Kafka, and sends the joined records to the risk topic: what
is on both topics, then what comes. Shows what has reached the risk topic, and appends it to logs/kafkajoin.log. Waits
for a broker or a topic that is not there yet. Ctrl-C or SIGTERM ends it, once everything that was read is written.

Each event gives one record, however often this is killed and started again: a record names the position of its event,
and at the start the risk topic is read to see which are there. Only one of these may write to a risk topic: a second
one on this machine is refused, also while the producer of a killed one still sends. After a kill it waits until that
has arrived, 2 seconds or more. The customers are read to their end before the first event.

  --supervise        start again when a part fails, after pauses that grow from 1 to 60 seconds
  --partitions LIST  this pipeline's share of the events: partitions such as 0,2 (all of them)

environment:
END
	usage_of_kafka
	cat <<'END'
  REDIS_TOPIC       topic with the changes of Redis (redis-server)
  EVENTS_TOPIC      topic with the risk events (stedi-events)
  KAFKA_RISK_TOPIC  topic for the joined records (stedi-graph)
  LOG_DIR           folder of the log (logs)

exit status: 128+signal when stopped, 1 when a part of the pipe failed, 2 wrong usage
END
}

wrong_usage() {
	usage >&2
	exit 2
}

again=()
share=()
supervised=
reader=
while (($#)); do
	case $1 in
	-h | --help) usage; exit ;;
	--supervise) supervised=1 ;;
	--partitions)
		[[ ${2-} =~ ^[0-9]{1,9}(,[0-9]{1,9})*$ ]] || wrong_usage
		again=("$1" "$2")
		mapfile -t share < <(tr , '\n' <<<"$2" | sort -nu)
		shift
		;;
	*) wrong_usage ;;
	esac
	shift
done
[[ -z $supervised ]] || supervise "${BASH_SOURCE[0]}" "${again[@]}"

# The locks: one for each partition of the events that a pipeline reads, held by its producer and by nothing else, so that
# they last as long as something may be sent. Each says in what state its last producer was: empty is not known.

# lock_folder prints the one place of this user's locks. A session's own folder would be another one for cron, and go with
# the session while its pipeline stays; /tmp is another one for a service, and may be cleaned.
lock_folder() {
	local folder=${XDG_STATE_HOME:-${HOME-}/.local/state}/stedi-pipes
	{ mkdir -p -- "$folder" && [[ -w $folder ]]; } || die "can't write the locks in $folder"
	printf '%s\n' "$folder"
}

name_locks() {
	local folder id partition
	folder=$(lock_folder)
	id=$(printf '%s\n' "$broker" "$KAFKA_RISK_TOPIC" | sha256sum)
	locks=()
	for partition in "${share[@]}"; do locks+=("$folder/join-${id:0:16}-$partition"); done
}

note_state() {
	local lock
	for lock in "${locks[@]}"; do echo "$1" >"$lock"; done
}

# may_be_late: whether something may be on its way to the risk topic.
may_be_late() {
	local states
	states=$(cat -- "${locks[@]}" | sort -u)
	[[ $states != ended ]] && [[ $states == *sending* || ${ends[*]} =~ :[1-9] ]]
}

# When the producer has ended well, all is on the topic, and what shows it reads up to there. By now the next pipeline may
# have the lock.
producer_ended() {
	local lock held
	for lock in "${locks[@]}"; do
		exec {held}>>"$lock"
		if (($1 == 0)) && flock -n "$held"; then echo ended >"$lock"; fi
		exec {held}>&-
	done
	if [[ $reader && ${parts[$reader]-} ]]; then kill -TERM "$reader" 2>/dev/null || true; fi # it may have been killed
}

# start_locked_producer starts the producer once it has the locks.
start_locked_producer() {
	local lock chain=()
	name_locks
	for lock in "${locks[@]}"; do chain+=(flock --no-fork -w 2 "$lock"); done
	# shellcheck disable=SC2016 # for sh
	start_producer "$KAFKA_RISK_TOPIC" "${chain[@]}" sh -c 'echo >&3 && exec "$@" 3>&-' sh \
		<&"${from[joined]}" >/dev/null 3>&"${to[locked]}"
	producer=$!
	close_end locked
	if ! read -ru "${from[locked]}"; then
		((signals == 0)) || finish
		die "another one joins to $KAFKA_RISK_TOPIC, or what a killed one left still sends to it; a second one would write records twice"
	fi
	endless[$producer]=1
	heirs[$producer]=producer_ended
}

# What is there already

# read_positions sets $starts to the first message of each partition that is not on the risk topic, and gives join the
# positions there that are beyond. The records are ours, of one line each: they need no envelopes, which would take three
# times as long.
read_positions() {
	local low known=() i
	ask_offsets -2 "$EVENTS_TOPIC" "${share[@]}"
	low=("${offsets[@]}")
	ask_offsets -1 "$EVENTS_TOPIC" "${share[@]}"
	for i in "${!low[@]}"; do known+=("${low[i]}:${offsets[i]#*:}"); done
	start_reader "reader of $KAFKA_RISK_TOPIC" "$KAFKA_RISK_TOPIC" >&"${to[records]}"
	local first=$!
	start_filter "filter of positions" "$events_decode" -q -f position <&"${from[records]}" >&"${to[positions]}"
	passing[$!]=1
	local second=$!
	start "search for the first event" "$here/delivery/positions" "$EVENTS_TOPIC" "${known[@]}" \
		<&"${from[positions]}" >&"${to[resumed]}" 3>&"${to[starts]}"
	passing[$!]=1
	local third=$!
	close_end records
	run_until "$first" "$second"
	echo end >&"${to[positions]}"
	close_end positions
	run_until "$third"
	close_end starts
	mapfile -t starts <&"${from[starts]}"
}

redis_decode=$(program redis-decode ../redis-decode)
events_decode=$(program events-decode ../events-decode)
join=$(program join ../join stedi-join)
open_log kafkajoin.log
wait_for_topic "$REDIS_TOPIC"
wait_for_topic "$EVENTS_TOPIC"
wait_for_topic "$KAFKA_RISK_TOPIC" create
all=$(seq -s ' ' 0 $((partition_count[$EVENTS_TOPIC] - 1)))
((${#share[@]})) || read -ra share <<<"$all"
((share[-1] < partition_count[$EVENTS_TOPIC])) ||
	die "$EVENTS_TOPIC has no partition ${share[-1]}, but ${partition_count[$EVENTS_TOPIC]} from 0 on"
mapfile -t risk_partitions < <(seq 0 $((partition_count[$KAFKA_RISK_TOPIC] - 1)))
mapfile -t redis_partitions < <(seq 0 $((partition_count[$REDIS_TOPIC] - 1)))

open_pipes locked joined records positions starts resumed loading loaded changes customers messages events sent lines
start_locked_producer
ask_offsets -1 "$KAFKA_RISK_TOPIC" "${risk_partitions[@]}"
ends=("${offsets[@]}")
if may_be_late; then
	settle "$KAFKA_RISK_TOPIC" "${risk_partitions[@]}"
	ends=("${offsets[@]}")
fi
note_state sending

# The events are let through to join only once all that it reads before them is whole: where a part fails before that,
# nothing is written.
start_filter join "$join" --pad --max-output "$(message_limit)" --resume /dev/fd/3 --load /dev/fd/4 /dev/fd/5 - \
	3<&"${from[resumed]}" 4<&"${from[loaded]}" 5<&"${from[customers]}" <&"${from[events]}" >&"${to[joined]}"
if [[ ${ends[*]} =~ :[1-9] ]]; then
	read_positions
elif ((${#again[@]})); then
	ask_offsets -2 "$EVENTS_TOPIC" "${share[@]}"
	starts=("${offsets[@]}")
else
	starts=()
fi
close_end resumed
start_consumer "$EVENTS_TOPIC" "${starts[@]}" >&"${to[messages]}"
ask_offsets -1 "$REDIS_TOPIC" "${redis_partitions[@]}"
start_reader "reader of $REDIS_TOPIC" "$REDIS_TOPIC" -J >&"${to[loading]}"
loader=$!
start_filter "redis-decode of what is there" "$redis_decode" -J <&"${from[loading]}" >&"${to[loaded]}"
passing[$!]=1
load_decoder=$!
close_end loading
close_end loaded
start_consumer "$REDIS_TOPIC" "${offsets[@]}" >&"${to[changes]}"
start_filter redis-decode "$redis_decode" -J <&"${from[changes]}" >&"${to[customers]}"
start_source "reader of what is sent" "$here/delivery/follow" --lines "$KAFKA_RISK_TOPIC" "${ends[@]}" -- \
	"${kafka[@]}" "${consume[@]}" \
	>&"${to[sent]}"
reader=$!
unset "sources[$reader]" # it is told at the producer's end
endless[$reader]=1
shown=sent
if ((${#again[@]})); then # others may write to the same topic
	shown=lines
	start "filter of what is sent" sed -unE "/\"position\":\"${EVENTS_TOPIC//./[.]}:($(IFS='|' && echo "${share[*]}")):[0-9]+\"}\$/p" \
		<&"${from[sent]}" >&"${to[lines]}"
fi
start_log kafkajoin.log <&"${from[$shown]}"
run_until "$loader" "$load_decoder"
start_filter events-decode "$events_decode" -J <&"${from[messages]}" >&"${to[events]}"
finish
