# shellcheck shell=bash
# What demo.sh and the runs share, to be sourced: parts of their own, a Kafka broker first, in a temporary folder. However
# the script that sources this ends, Ctrl-C and kill -9 included, its parts and the folder go with it.

# shellcheck source=scripts/kafka-pipe.sh
. "$(dirname "${BASH_SOURCE[0]}")/kafka-pipe.sh"

# provide PURPOSE ...: installs what is missing for these and for building (see need-packages.sh), and builds. The make
# that a script may have been called by would have this one speak of folders and of its job server.
provide() {
	"$here/need-packages.sh" build "$@"
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$here/.." all
}

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
	grep -lszxF "RUN_ALONE=$1" /proc/[0-9]*/environ | cut -d/ -f3
}

none_left() {
	[[ -z $(left "$1") ]]
}

# Runs beside the script, is told its parts, and takes them down once the script has ended, be it by kill -9: first the
# scripts among them, which write out what they hold, and only then what they write to.
clean_up() {
	local kind pid mark=$RUN_ALONE
	local -A services=() scripts=() # by process id
	trap '' INT TERM HUP
	unset RUN_ALONE # not to count what it calls itself
	set +e
	while read -r kind pid; do
		case $kind in
		service) services[$pid]=1 ;;
		script) scripts[$pid]=1 ;;
		ended) unset "services[$pid]" "scripts[$pid]" ;;
		esac
	done
	kill -TERM "${!scripts[@]}" 2>/dev/null
	wait_until gone "${!scripts[@]}" || kill -TERM "${!scripts[@]}" 2>/dev/null # the second drops what can't be written
	wait_until gone "${!scripts[@]}"
	kill -TERM "${!services[@]}" 2>/dev/null
	wait_until gone "${!services[@]}" || kill -KILL "${!services[@]}" 2>/dev/null
	# shellcheck disable=SC2046 # one word each
	none_left "$mark" || wait_until none_left "$mark" || kill -KILL $(left "$mark") 2>/dev/null
	rm -rf -- "$folder"
}

# Makes $folder, which is for temporary files too.
stand_alone() {
	folder=$(mktemp -d)
	export TMPDIR=$folder XDG_STATE_HOME=$folder RUN_ALONE=$$-$RANDOM # all processes are known by it
	mkfifo "$folder/parts"
	clean_up <"$folder/parts" &
	cleaner=$!
	exec {told}>"$folder/parts"
	trap 'exec {told}>&-; wait "$cleaner"' EXIT
}

# The parts

declare -A running=() # names by process id

# run script|service NAME COMMAND ...: in a session of its own, so that a Ctrl-C reaches the caller only.
run() {
	(
		exec {told}>&-
		exec setsid -- "${@:3}"
	) </dev/null &
	running[$!]=$2
	echo "$1 $!" >&"$told"
}

check_parts() {
	local ended
	find_ended "${!running[@]}"
	((${#ended[@]} == 0)) || die "${running[${ended[0]}]} has ended"
}

# step NAME COMMAND ...: a part that has to come to a good end before it goes on. If another one ends, it may never do so.
step() {
	local pid ended status=0
	check_parts
	run script "$@"
	pid=$!
	# unlike a command in the foreground, a signal ends the wait at once; bash has words of its own for a killed part
	wait -n -p ended "${!running[@]}" 2>/dev/null || status=$?
	((ended == pid)) || die "${running[$ended]} has ended"
	unset "running[$pid]"
	echo "ended $pid" >&"$told"
	((status == 0)) || die "$1 failed, with status $status"
}

# start_broker TOPIC[:PARTITIONS] ...
start_broker() {
	local program
	program=$(program embedded-broker embedded-broker)
	run service "the Kafka broker" "$program" "$@" >"$folder/address"
	until [[ -s $folder/address ]]; do
		check_parts
		pause 0.1
	done
	export KAFKA_BROKER KCAT_CONFIG=$folder/kcat.conf
	KAFKA_BROKER=$(<"$folder/address")
	printf '%s\n' log_level=3 fetch.wait.max.ms=10 >"$KCAT_CONFIG" # this broker takes 500 ms otherwise
}

# is_taken PORT: whether somebody listens there on 127.0.0.1.
is_taken() {
	(: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# free_port prints one on which nobody does.
free_port() {
	local port
	while port=$((RANDOM % 12000 + 20000)) && is_taken "$port"; do :; done
	echo "$port"
}
