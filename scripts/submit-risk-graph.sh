#!/usr/bin/env bash
# Serves the live risk graph: websocketd hands out the page, and runs a feed, kcat on the risk topic, for each viewer.
set -euo pipefail
# shellcheck source=kafka-pipe.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/kafka-pipe.sh"

usage() {
	echo "usage: $script [--help]"
	cat <<'END'

Serves the live risk graph, prints its address, and runs until Ctrl-C or SIGTERM. The page
is there at once; a broker or a topic that is not there yet is waited for, and the page says so.

environment:
END
	usage_of_kafka
	cat <<'END'
  KAFKA_RISK_TOPIC  topic of the risk records (stedi-graph)
  RISK_GRAPH_ADDRESS
                    address to listen on, [::1] for IPv6 (127.0.0.1)
  RISK_GRAPH_PORT   port to listen on (8080)

The page may be read by whoever reaches that address: it has no login. By default
only this machine does, and only pages of this machine may open the feed.
At most 20 viewers are served at a time. Each reads the topic from its beginning, and
keeps the newest million records.

exit status: 128+signal when stopped; 1 when it can't start or the server ends; 2 wrong usage
END
}

no_arguments "$@"
check_topic "$KAFKA_RISK_TOPIC"
address=${RISK_GRAPH_ADDRESS:-127.0.0.1}
: "${RISK_GRAPH_PORT:=8080}"
check_port RISK_GRAPH_PORT
port=$RISK_GRAPH_PORT
for program in websocketd kcat; do
	type -P "$program" >/dev/null || die "$program not found (Debian: apt-get install websocketd kcat)"
done

# Where the server answers from this machine: a wildcard address is reached over loopback.
case $address in
0.0.0.0) host=127.0.0.1 ;;
'[::]' | ::) host=::1 ;;
*) host=${address//[][]/} ;;
esac
url="http://$host:$port/"
[[ $host == *:* ]] && url="http://[$host]:$port/"
answers() { (: <"/dev/tcp/$host/$port") 2>/dev/null; }

answers && die "$url is taken by another program: set RISK_GRAPH_PORT to a free port"

server=
waiter=
folder=$(mktemp -d)

# serves: whether a process of the server's group is left. Those that have only to be asked for their status, which bash does
# not do within a trap, are not.
serves() {
	grep -qsE "\) [^ZX] [0-9]+ $server " /proc/[0-9]*/stat
}

# shellcheck disable=SC2317 # the traps call it
stop() {
	# The group, not only the server: an idle kcat would not notice that its reader is gone.
	if [[ -n $server ]] && kill -TERM -- "-$server" 2>/dev/null; then
		for _ in {1..50}; do
			serves || break
			pause 0.1
		done
		kill -KILL -- "-$server" 2>/dev/null || true
	fi
	[[ -z $waiter ]] || kill -TERM "$waiter" 2>/dev/null || true
	rm -rf -- "$folder"
}
trap stop EXIT

mkdir "$folder"/{site,places}
touch "$folder"/places/{01..20}
ln -s -- "$here"/risk-graph/{index.html,style.css,risk-graph.js} "$folder/site/"

# A page from elsewhere whose name was made to point here passes --sameorigin, so on loopback the names are fixed too.
origin=()
case ${address//[][]/} in
127.* | localhost | ::1) origin=(--origin="127.0.0.1,localhost,$host") ;;
esac

# --binary, since bytes that are no UTF-8 would end a text WebSocket; --maxforks leaves room for feeds that tell why there
# is none.
export RISK_GRAPH_PLACES=$folder/places KAFKA_RISK_TOPIC
setsid websocketd --address="$address" --port="$port" --sameorigin "${origin[@]}" --maxforks=40 --binary \
	--loglevel=error --passenv=PATH,HOME,KCAT_CONFIG,KAFKA_BROKER,KAFKA_RISK_TOPIC,RISK_GRAPH_PLACES \
	--staticdir="$folder/site" "$here/risk-graph/feed" </dev/null &
server=$!

until answers; do
	find_ended "$server"
	((${#ended[@]} == 0)) || die "websocketd could not start on $address port $port"
	pause 0.05
done
echo "risk graph: $url"

# The page says the same by itself; this is for the terminal.
wait_for_topic "$KAFKA_RISK_TOPIC" &
waiter=$!
while find_ended "$server" "$waiter" && ((${#ended[@]} == 0)); do pause 0.5; done
if [[ " ${ended[*]} " == *" $waiter "* ]]; then
	wait_for_end "$waiter"
	waiter=
	((status == 0)) || exit "$status"
fi
wait_for_end "$server"
die "websocketd ended with status $status"
