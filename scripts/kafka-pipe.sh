# shellcheck shell=bash
# What the submit scripts share, to be sourced: settings, waiting for Kafka, and pipes whose parts are watched.
#
# Every part of a pipe runs in a session of its own, where the terminal's Ctrl-C doesn't reach it. On Ctrl-C, SIGTERM or
# SIGHUP, and as soon as any part has ended, only the sources of the pipe are told to stop. What they wrote then flows
# down the pipe, and each further part ends at the end of its input: nothing that was read is lost. kcat -P in particular
# drops what it holds when a signal reaches it.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
script=${0##*/}
: "${KAFKA_RISK_TOPIC:=stedi-graph}" "${REDIS_TOPIC:=redis-server}" "${EVENTS_TOPIC:=stedi-events}" "${LOG_DIR:=logs}"

say() {
	printf '%s: %s\n' "$script" "$*" >&2 || true # the terminal may be gone
}

die() {
	say "$*"
	exit 1
}

# A broker named in kcat's own configuration counts unless KAFKA_BROKER names one.
kcat_config=${KCAT_CONFIG:-${HOME-}/.config/kcat.conf}
kafka=(kcat -q)
broker=${KAFKA_BROKER-}
if [[ -z $broker && -r $kcat_config ]]; then
	broker=$(sed -nE 's/^[[:space:]]*(bootstrap\.servers|metadata\.broker\.list)[[:space:]]*=[[:space:]]*//p' "$kcat_config")
fi
if [[ -n ${KAFKA_BROKER-} || -z $broker ]]; then
	broker=${KAFKA_BROKER:-localhost:9092}
	kafka+=(-b "$broker")
fi

# After an error, such as a fetch before the connection is there, librdkafka would wait for 500 ms.
consume=(-C -E -X auto.offset.reset=earliest -X fetch.error.backoff.ms=50)

# The environment as --help shows it.
usage_of_kafka() {
	cat <<'END'
  KAFKA_BROKER      Kafka bootstrap servers (what KCAT_CONFIG says, or localhost:9092)
  KCAT_CONFIG       kcat's configuration file, for secured clusters (~/.config/kcat.conf)
END
}

# wrong_usage REASON
wrong_usage() {
	say "$*"
	echo "Try '$script --help'." >&2
	exit 2
}

# refuse ARGUMENT: one that is not known, or one too many.
refuse() {
	[[ $1 != -?* ]] || wrong_usage "unknown option ${1@Q}"
	wrong_usage "one operand too many: ${1@Q}"
}

# For scripts without arguments: answers --help with usage(), refuses everything else.
no_arguments() {
	case ${1-} in
	-h | --help) usage; exit ;;
	esac
	(($# == 0)) || refuse "$1"
}

# check_topic NAME: one that Kafka would refuse would be waited for for ever.
check_topic() {
	local LC_ALL=C
	[[ $1 =~ ^[A-Za-z0-9._-]{1,249}$ && ! $1 =~ ^\.\.?$ ]] ||
		wrong_usage "topic ${1@Q}: expected 1 to 249 letters, digits, dots, hyphens and underscores, and not . or .."
}

# check_port VARIABLE
check_port() {
	[[ ${!1} =~ ^[1-9][0-9]{0,4}$ && ${!1} -le 65535 ]] || wrong_usage "$1: expected a port, found ${!1@Q}"
}

# program NAME FOLDER [INSTALLED-NAME] prints how to call one of our programs: the one in the folder PROGRAMS where that
# is set, else the one beside its source, else the one installed with this script, else any in PATH.
program() {
	local path=${PROGRAMS:-$here/$2}/$1
	[[ -n ${PROGRAMS-} || -x $path ]] || path=$here/../../bin/${3:-$1}
	[[ -n ${PROGRAMS-} || -x $path ]] || path=$(type -P "${3:-$1}") || die "$1 is not built: run make"
	[[ -x $path ]] || die "$path is not there"
	printf '%s\n' "$path"
}

# Waiting for Kafka

trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

exec {never}<> <(:) # never readable
exec {table}<> <(:) # for find_ended

# A signal ends read at once, unlike sleep.
pause() {
	read -rt "$1" -u "$never" || true
}

declare -A lost=() # children whose end bash has missed, by process id

# find_ended PID ... sets $ended to those of the script's children that have ended. They are looked up in bash's own table:
# to kill -0, another process with the same id would look like them. And wait -n knows only the newest ends: a child that
# a signal has killed is forgotten once another command has run (wait PID still tells its status). But a signal that comes
# while bash waits, just when a child ends, makes it miss that end: to bash, that child runs for ever.
find_ended() {
	local pid
	local -A gone=() runs=()
	for pid; do is_child "$pid" || gone[$pid]=1; done
	jobs -pr >&"$table"
	echo >&"$table"
	while read -r pid <&"$table" && [[ $pid ]]; do runs[$pid]=1; done
	ended=()
	for pid; do
		if [[ ${runs[$pid]-} && ${gone[$pid]-} ]]; then lost[$pid]=1; fi
		[[ ${runs[$pid]-} && -z ${gone[$pid]-} ]] || ended+=("$pid")
	done
}

# is_child PID: whether this shell has it, be it running or only to be asked for its status.
is_child() {
	local stat
	{ read -r stat <"/proc/$1/stat"; } 2>/dev/null && [[ ${stat##*) } == ?" $BASHPID "* ]]
}

# status_of PID sets $status to what a child that find_ended has found ended with, whatever signals come.
status_of() {
	local found=
	status=143 # of a lost one, most likely: the signal was for all
	until [[ ${found-} || ${lost[$1]-} ]] || ((status == 127)); do
		status=0
		wait -p found "$1" 2>/dev/null || status=$? # bash would say that it was killed
	done
}

# wait_for_end PID sets $status to what the child ends with.
wait_for_end() {
	local ended=()
	while find_ended "$1" && ((${#ended[@]} == 0)); do wait "$1" 2>/dev/null || true; done # a signal ends it too
	status_of "$1"
}

# metadata [TOPIC] sets $answer to what the broker says of its topics. Naming one has Kafka create it, where it creates
# topics by itself. With -q alone, kcat would keep to itself why a connection fails. It ends with the script, for it has the
# script's locks: by SIGKILL, since SIGTERM would let it wait for the broker.
metadata() {
	local out
	exec {out}< <(exec setpriv --pdeathsig KILL -- "${kafka[@]}" -v -L -m 5 ${1:+-t "$1"} 2>&1)
	IFS= read -rd '' answer <&"$out" || true
	exec {out}<&-
}

declare -A partition_count=() # of the topics that were looked for

# look_for TOPIC [create]: asks for the partitions of all topics, or has the one created that is not there; that says what
# the broker answers.
look_for() {
	local topic count
	metadata "${2:+$1}"
	while read -r topic count; do
		partition_count[$topic]=$count
	done < <(sed -nE 's/^  topic "(.*)" with ([1-9][0-9]*) partitions:$/\1 \2/p' <<<"$answer") # behind the colon is an error
}

# wait_for_topic TOPIC [create]
wait_for_topic() {
	local answer reason message=
	local -A said=()
	check_topic "$1"
	[[ -z ${partition_count[$1]-} ]] || return 0
	while true; do
		look_for "$@"
		[[ -z ${partition_count[$1]-} ]] || break
		case $answer in
		*"Metadata for "*) message="waiting for topic $1 at $broker" ;;
		*"Failed to acquire metadata"*)
			message="waiting for the broker at $broker"
			if [[ $answer == *"|FAIL|"* && $answer != *"Connection refused"* ]]; then # such as a failed login
				reason=${answer#*|FAIL|*]: *: }
				message+=": ${reason%% (after *}"
			fi
			;;
		*) die "kcat: ${answer#"% Reading configuration "*$'\n'}" ;;
		esac
		[[ -n ${said[$message]-} ]] || say "$message"
		said[$message]=1
		pause 1
	done
	[[ -z $message ]] || say "topic $1 is there"
}

# offsets -2|-1 TOPIC PARTITION ... prints "PARTITION OFFSET" for the first messages of the partitions, or the next ones to
# come. Both are not asked for at once: of a partition that is named twice, kcat -Q tells wrong offsets.
offsets() {
	local partition asked=()
	for partition in "${@:3}"; do asked+=("$2:$partition"); done
	offsets_of "$1" "${asked[@]}" | sed 's/^.*://'
}

# offsets_of -2|-1 TOPIC:PARTITION ... prints "TOPIC:PARTITION OFFSET".
offsets_of() {
	local place asked=()
	for place in "${@:2}"; do asked+=(-t "$place:$1"); done
	"${kafka[@]}" -Q "${asked[@]}" | sed -nE 's/^(.*) \[([0-9]+)\] offset ([0-9]+)$/\1:\2 \3/p'
}

declare -A lows=() highs=() # offsets of the first messages, and of the next ones to come, by TOPIC:PARTITION

# ask_offsets TOPIC ...: sets $lows and $highs of all their partitions; it asks until Kafka has answered for all of them.
ask_offsets() {
	local topic place offset partition places=() low high left
	for topic; do
		for ((partition = 0; partition < partition_count[$topic]; partition++)); do places+=("$topic:$partition"); done
	done
	while true; do
		left=$((2 * ${#places[@]}))
		exec {low}< <(offsets_of -2 "${places[@]}") {high}< <(offsets_of -1 "${places[@]}") # side by side
		while read -r place offset <&"$low"; do lows[$place]=$offset left=$((left - 1)); done
		while read -r place offset <&"$high"; do highs[$place]=$offset left=$((left - 1)); done
		exec {low}<&- {high}<&-
		((left > 0)) || return 0
		((signals == 0)) || finish
		pause 1
	done
}

# settle TOPIC [IS_OURS]: waits until what a killed producer had on its way has arrived: until the topic has not grown for
# 2 seconds in which Kafka answered. Of a slow answer half a second counts; one that took long begins anew, for what was on
# its way waited, too. Where it has grown, the command IS_OURS tells whether that was of that producer.
settle() {
	local now before answered took quiet=0
	say "the last one was killed, or nobody knows how it ended: waiting until what it sent has arrived"
	ask_offsets "$1"
	set_now
	before=${highs[*]}
	while ((quiet < 2000000)); do
		((signals == 0)) || finish
		answered=$now
		pause 0.2
		ask_offsets "$1"
		set_now
		took=$((now - answered))
		quiet=$((took > 5000000 ? 0 : quiet + (took > 500000 ? 500000 : took)))
		[[ ${highs[*]} != "$before" ]] || continue
		before=${highs[*]}
		! "${2-true}" || { set_now && quiet=0; }
	done
}

# set_now: to microseconds.
set_now() {
	now=${EPOCHREALTIME//[!0-9]/}
}

# Pipes

declare -A from=() to=() # ends of the pipes, by name
declare -a parts=()      # names of the running parts, by process id
declare -A sources=()    # process ids of those that are told to stop
declare -A endless=()    # process ids of those that must not end by themselves
declare -A filters=()    # process ids of those whose status 1 says that records were rejected
declare -A passing=()    # process ids of those whose good end is not the end of the pipe
declare -A heirs=()      # what is called with the status of a part at its end, by process id
failed=0                 # status of the script
signals=0                # how many have told it to stop
signalled_at=            # when the last did, in seconds
watched=                 # whether all parts are started
stopped=                 # whether the sources were told to stop
patient=${RUN_ALONE-}    # set where the last records may take long without a word: within a run, or once it is said
timer=                   # process id of what ends when they take long

# open_pipes NAME ...: from[NAME] and to[NAME] become the ends of a new pipe each.
open_pipes() {
	local name both reader writer
	heed_signals
	for name; do
		exec {both}<> <(:) # a pipe, whose name serves to open its ends
		exec {reader}<"/dev/fd/$both" {writer}>"/dev/fd/$both" {both}>&-
		from[$name]=$reader
		to[$name]=$writer
	done
}

close_pipes() {
	local end
	for end in "${from[@]}" "${to[@]}"; do
		exec {end}>&-
	done
}

# close_end NAME: closes the end for writing, so that the reader sees the end of it.
close_end() {
	local end=${to[$1]}
	exec {end}>&-
	unset "to[$1]"
}

# start NAME COMMAND ...: starts a part of the pipe on the caller's standard input and output.
start() {
	local name=$1
	shift
	(
		close_pipes
		exec setsid -- "$@"
	) <&0 &
	parts[$!]=$name
}

# One that ends with the script, even if that ends by kill -9.
start_source() {
	start "$1" "$here/delivery/bound" $$ TERM "${@:2}"
	sources[$!]=1
}

start_filter() {
	start "$@"
	filters[$!]=1
}

# start_consumer TOPIC [PARTITION:OFFSET ...]: follows partitions of a topic from there on, or all from the beginning, for
# ever, each message in an envelope: that keeps line ends, NULs and tombstones apart.
start_consumer() {
	local topic=$1 partition places=("${@:2}")
	((${#places[@]})) || for ((partition = 0; partition < partition_count[$topic]; partition++)); do
		places+=("$partition:beginning")
	done
	start_source "consumer of $topic" "$here/delivery/follow" "$topic" "${places[@]}" -- "${kafka[@]}" "${consume[@]}"
	endless[$!]=1
}

# start_reader NAME TOPIC PARTITION:OFFSET:END ... [-- OPTION ...] 3>REACHED: reads partitions of a topic to their ends.
start_reader() {
	local places=()
	while (($# > 2)) && [[ $3 != -- ]]; do places+=("$3") && set -- "$1" "$2" "${@:4}"; done
	start_source "$1" "$here/delivery/read" "$2" "${places[@]}" -- "${kafka[@]}" "${consume[@]}" -X fetch.wait.max.ms=10 "${@:4}"
	passing[$!]=1
}

# kcat -P ends where its buffer, which must have room for 1024 bytes to be read and grows by as many or more, would become
# larger than message.max.bytes.
kcat_margin=2048

# message_limit prints the longest message that the producer takes for sure.
message_limit() {
	local limit=
	[[ ! -r $kcat_config ]] ||
		limit=$(sed -nE 's/^[[:space:]]*message\.max\.bytes[[:space:]]*=[[:space:]]*([0-9]+).*/\1/p' "$kcat_config" | tail -n 1)
	limit=$((${limit:-1000000} - kcat_margin))
	echo $((limit > 0 ? limit : 1))
}

# start_producer TOPIC [COMMAND ...]: sends each line of standard input to a topic, empty ones left out, and waits for a
# broker that is away. COMMAND is what runs kcat, if anything. A record waits 2 ms for others, which costs one that is alone
# that much, and at a thousand a second leaves the broker so much more time that all are quicker.
start_producer() {
	start "producer to $1" "${@:2}" "${kafka[@]}" -P -E -t "$1" \
		-X linger.ms=2 -X message.timeout.ms=0 -X enable.idempotence=true
}

# start_log FILE: appends records of standard input to FILE in the log folder, and shows them on standard output while
# somebody reads that; on a terminal, which they must not steer, as a filter writes them there.
start_log() {
	local show=(cat)
	[[ ! -t 1 ]] || show=("$(program events-decode ../events-decode)" -q -f .)
	open_pipes terminal
	start log tee --output-error=exit-nopipe -a -- "$LOG_DIR/$1" >&"${to[terminal]}"
	start terminal "${show[@]}" <&"${from[terminal]}"
}

# open_log FILE: that the log can be written is better known before records flow.
open_log() {
	{ mkdir -p -- "$LOG_DIR" && : >>"$LOG_DIR/$1"; } || die "can't write the log $LOG_DIR/$1"
}

heed_signals() {
	trap 'signalled 2 SIGINT' INT
	trap 'signalled 15 SIGTERM' TERM
	trap 'signalled 1 SIGHUP' HUP
}

# A signal may come twice at once, to the script and to its process group, as from timeout(1): that is one.
signalled() {
	((signals == 0 || SECONDS - signalled_at >= 2)) || return 0
	signals=$((signals + 1))
	signalled_at=$SECONDS
	failed=$((failed ? failed : 128 + $1))
	((signals < 2)) || give_up "$2"
	[[ -z $watched ]] || stop_sources
}

give_up() {
	say "second signal ($1): records on their way are dropped"
	kill -KILL "${!parts[@]}" 2>/dev/null || true
}

# Until the timer ends, a further signal is one with the first, and would only make bash miss the ends of parts.
stop_sources() {
	[[ -z $stopped ]] || return 0
	stopped=1
	((signals == 0)) || trap '' INT TERM HUP
	tell_sources
}

# is_started PID: whether it is what it is to be: before, it is a copy of this script, on which a signal is lost.
is_started() {
	local own its
	{ mapfile -d '' -t own <"/proc/$$/cmdline" && mapfile -d '' -t its <"/proc/$1/cmdline"; } 2>/dev/null || return 0
	[[ ${own[*]} != "${its[*]}" ]]
}

# tell_sources: again after a while, for some must be told twice.
tell_sources() {
	local pid
	for pid in "${!sources[@]}"; do until is_started "$pid"; do pause 0.01; done; done
	kill -TERM "${!sources[@]}" 2>/dev/null || true
	(
		close_pipes # whose readers would wait for it
		exec setpriv --pdeathsig KILL -- sleep 3
	) &
	timer=$!
}

fail() {
	say "$1"
	failed=$2
}

# part_ended PID: says what has to be said about a part's end, and stops the pipe.
part_ended() {
	local status name=${parts[$1]} told= source=${sources[$1]-}${endless[$1]-}
	status_of "$1"
	[[ -z $stopped ]] || told=${sources[$1]-${lost[$1]-}}
	unset "parts[$1]" "sources[$1]"
	[[ -z ${heirs[$1]-} ]] || "${heirs[$1]}" "$status"
	if [[ ${passing[$1]-} ]] && ((status == 0 || (status == 1 && ${filters[$1]-0}))); then return; fi
	((signals < 2)) || return 0
	if [[ -n ${endless[$1]-} && -z $stopped ]]; then
		fail "$name ended by itself with status $status" 1
	elif ((status == 1)) && [[ -n ${filters[$1]-} ]]; then
		say "$name ended with status 1: not every record went through"
		failed=$((failed ? failed : 1))
	elif ((status == 141)); then
		failed=$((failed ? failed : 141)) # its reader has gone: quietly, as cat does
	elif ((status != 0)) && ! [[ $told && $status == 143 ]]; then
		fail "$name ended with status $status" 1
	fi
	# One that has read its input to the end stops nothing: what ended that may be seen only later, and is to be told of.
	[[ $source ]] || ((status > ${filters[$1]-0})) || return 0
	stop_sources
}

timer_ended() {
	timer=
	heed_signals
	((${#sources[@]} == 0)) || tell_sources
	[[ $patient ]] || ((signals > 1)) || say "waiting until the last records are written; Ctrl-C drops them"
	patient=1 # said once
}

all_run() {
	local pid
	for pid; do is_child "$pid" || return; done
}

# Waits until some parts or the timer have ended, or a signal comes, and does what is due then.
watch_parts() {
	local pid ended
	find_ended "${!parts[@]}" ${timer:+"$timer"}
	for pid in "${ended[@]}"; do
		if [[ $pid == "$timer" ]]; then timer_ended; else part_ended "$pid"; fi
	done
	# One that ends just while jobs lists it is told of by that, and no more by wait -n. A signal ends the wait, too.
	((${#ended[@]})) || ! all_run "${!parts[@]}" ${timer:+"$timer"} ||
		wait -n "${!parts[@]}" ${timer:+"$timer"} 2>/dev/null || true
}

# run_until PID ...: waits for the good end of these parts, before others are started. If it doesn't come to that, the pipe
# is stopped here.
run_until() {
	local pid watched=1 # so that a signal stops what has been started, even one that comes just before the wait
	for pid; do
		while [[ ${parts[$pid]-} ]]; do
			((signals == 0)) && [[ -z $stopped ]] || finish
			watch_parts
		done
	done
	((signals == 0)) && [[ -z $stopped ]] || finish
}

# Watches the parts until all have ended, and exits with the status that tells how.
finish() {
	close_pipes
	watched=1
	((signals == 0)) || stop_sources
	while ((${#parts[@]})); do watch_parts; done
	[[ -z $timer ]] || { kill -KILL "$timer" && wait "$timer"; } 2>/dev/null || true
	exit "$failed"
}

# Starting again

# pass_on: tells the child of supervise() to end.
pass_on() {
	told=1
	[[ -z $child ]] || kill -TERM "$child" 2>/dev/null || true
}

# supervise COMMAND ...: runs it again while it fails, after pauses that grow from 1 to 60 seconds. Told to stop, it tells the
# command so, and ends as that does.
supervise() {
	local status delay=1 begun told= child=
	trap pass_on INT TERM HUP
	while true; do
		begun=$SECONDS
		(exec setsid "$here/delivery/bound" $$ TERM "$@") &
		child=$!
		[[ -z $told ]] || pass_on
		wait_for_end "$child"
		child=
		[[ -z $told ]] || exit "$status"
		case $status in
		1 | 134 | 137 | 139) ;; # a part failed, or it crashed or was killed
		*) exit "$status" ;;
		esac
		((SECONDS - begun < 60)) || delay=1
		say "it ended with status $status; it starts again in $delay s"
		pause "$delay"
		[[ -z $told ]] || exit "$status"
		delay=$((delay < 30 ? delay * 2 : 60))
	done
}
