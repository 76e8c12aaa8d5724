#!/usr/bin/env bash
# Joins the risk events with the customers' birth years, and puts the joined records on Kafka, each once.
set -euo pipefail
# shellcheck source=kafka-pipe.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/kafka-pipe.sh"

usage() {
	echo "usage: $script [--supervise] [--partitions LIST] [--help]"
	cat <<'END'

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

again=()
share=()
supervised=
reader=
search=
read_to=()
while (($#)); do
	case $1 in
	-h | --help) usage; exit ;;
	--supervise) supervised=1 ;;
	--partitions)
		(($# > 1)) || wrong_usage "--partitions: expected a LIST"
		[[ $2 =~ ^[0-9]{1,9}(,[0-9]{1,9})*$ ]] ||
			wrong_usage "--partitions: expected numbers with commas between them, such as 0,2, found ${2@Q}"
		again=("$1" "$2")
		mapfile -t share < <(tr , '\n' <<<"$2" | sort -nu)
		shift
		;;
	*) refuse "$1" ;;
	esac
	shift
done
for topic in "$REDIS_TOPIC" "$EVENTS_TOPIC" "$KAFKA_RISK_TOPIC"; do check_topic "$topic"; done
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
	[[ $states != ended ]] && { [[ $states == *sending* ]] || is_filled "$KAFKA_RISK_TOPIC"; }
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
	if [[ $reader && ${parts[$reader]-} ]]; then # if so, it counts as told, even where it has only just been started
		sources[$reader]=1
		kill -TERM "$reader" 2>/dev/null || true
	fi
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

# list_places TOPIC: sets $places to PARTITION:OFFSET of what comes next in its partitions, and $ranges to
# PARTITION:FIRST:NEXT of what is there.
list_places() {
	local partition
	places=() ranges=()
	for ((partition = 0; partition < partition_count[$1]; partition++)); do
		places+=("$partition:${highs[$1:$partition]}")
		ranges+=("$partition:${lows[$1:$partition]}:${highs[$1:$partition]}")
	done
}

is_filled() {
	list_places "$1"
	[[ ${places[*]} =~ :[1-9] ]]
}

# start_loading starts to read the customers to their end. Without envelopes that takes a third of the time: the positions of
# their ends are enough. Between messages, which may be of several lines, stands the byte 036, which no JSON holds as it is;
# kcat can't write a NUL.
start_loading() {
	local part
	list_places "$REDIS_TOPIC"
	start_reader "reader of $REDIS_TOPIC" "$REDIS_TOPIC" "${ranges[@]}" -- -D '\x1e' >&"${to[loading]}" 3>&"${to[loaded_up_to]}"
	loading=("$!")
	start "separator of customers" tr '\036' '\0' <&"${from[loading]}" >&"${to[separated]}"
	loading+=("$!")
	start_filter "redis-decode of what is there" "$redis_decode" -z <&"${from[separated]}" >&"${to[loaded]}"
	loading+=("$!")
	for part in "${loading[@]}"; do passing[$part]=1; done
	close_end loading
	close_end separated
	close_end loaded
	close_end loaded_up_to
}

# start_search starts to read the risk topic, and to search for the first message of each partition of the events that is not
# there; join is given the positions that are beyond. The records are ours, of one line each, and need no envelopes either.
start_search() {
	local partition known=()
	list_places "$EVENTS_TOPIC"
	for partition in "${share[@]}"; do known+=("${ranges[partition]}"); done
	start_filter "filter of positions" "$events_decode" -q -f position <&"${from[records]}" >&"${to[positions]}"
	passing[$!]=1
	start "search for the first event" "$here/delivery/positions" "$EVENTS_TOPIC" "${known[@]}" \
		<&"${from[positions]}" >&"${to[resumed]}" 3>&"${to[answers]}"
	passing[$!]=1
	search=$!
	close_end positions
	close_end answers
	list_places "$KAFKA_RISK_TOPIC"
	read_risk_topic "${ranges[@]}"
}

# read_risk_topic PARTITION:OFFSET:END ...
read_risk_topic() {
	start_reader "reader of $KAFKA_RISK_TOPIC" "$KAFKA_RISK_TOPIC" "$@" >&"${to[records]}" 3>&"${to[read_up_to]}"
	reading=$! reading_count=$#
}

# end_reading waits until that is read, and sets $read_to to where it ended, by partition.
end_reading() {
	local place
	run_until "$reading"
	for ((; reading_count; reading_count--)); do
		read -ru "${from[read_up_to]}" place
		read_to[${place%:*}]=${place#*:}
	done
}

# ask_search QUESTION: of the search, once it has all that was read; sets $answer.
ask_search() {
	echo "{\"position\":\"$1\"}" >&"${to[records]}"
	read -ru "${from[answers]}" answer || run_until "$search" || finish # it has ended, and why is said
}

# search_on reads on to where the risk topic ends by now. Whether what it reads is of our events.
search_on() {
	local partition place before rest=()
	end_reading
	for partition in "${!read_to[@]}"; do
		place=$KAFKA_RISK_TOPIC:$partition
		((highs[$place] <= read_to[partition])) || rest+=("$partition:${read_to[partition]}:${highs[$place]}")
	done
	((${#rest[@]})) || return 1
	ask_search count
	before=$answer
	read_risk_topic "${rest[@]}"
	end_reading
	ask_search count
	((answer > before))
}

# end_search sets $starts.
end_search() {
	search_on || true
	ask_search end
	starts=("$answer")
	close_end records
	mapfile -tO 1 starts <&"${from[answers]}"
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

open_pipes locked joined records positions answers read_up_to resumed loading separated loaded loaded_up_to changes customers messages \
	events sent lines
start_locked_producer
ask_offsets "$REDIS_TOPIC" "$EVENTS_TOPIC" "$KAFKA_RISK_TOPIC"

# The events are let through to join only once all that it reads before them is whole: where a part fails before that,
# nothing is written.
start_filter "${join##*/}" "$join" --pad --max-output "$(message_limit)" --resume /dev/fd/3 --load /dev/fd/4 /dev/fd/5 - \
	3<&"${from[resumed]}" 4<&"${from[loaded]}" 5<&"${from[customers]}" <&"${from[events]}" >&"${to[joined]}"
start_loading
starts=()
if may_be_late; then
	start_search
	settle "$KAFKA_RISK_TOPIC" search_on
	end_search
elif is_filled "$KAFKA_RISK_TOPIC"; then
	start_search
	end_search
elif ((${#again[@]})); then
	for partition in "${share[@]}"; do starts+=("$partition:${lows[$EVENTS_TOPIC:$partition]}"); done
fi
close_end resumed
note_state sending
start_consumer "$EVENTS_TOPIC" "${starts[@]}" >&"${to[messages]}"
list_places "$KAFKA_RISK_TOPIC"
# A request 20 times a second rather than one for each record, which would hold up the broker, and so the records themselves.
start_source "reader of what is sent" "$here/delivery/follow" --lines "$KAFKA_RISK_TOPIC" "${places[@]}" -- \
	"${kafka[@]}" "${consume[@]}" -X fetch.min.bytes=65536 -X fetch.wait.max.ms=50 \
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
run_until "${loading[@]}"
mapfile -t places <&"${from[loaded_up_to]}"
start_consumer "$REDIS_TOPIC" "${places[@]}" >&"${to[changes]}"
start_filter redis-decode "$redis_decode" -J <&"${from[changes]}" >&"${to[customers]}"
[[ ! $search ]] || run_until "$search"
start_filter events-decode "$events_decode" -J <&"${from[messages]}" >&"${to[events]}"
finish
