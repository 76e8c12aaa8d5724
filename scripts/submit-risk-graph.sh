#!/usr/bin/env bash
# Serves the live risk graph: websocketd hands out the page, and runs one kcat on the risk topic for each viewer.
set -euo pipefail
# shellcheck source=scripts/kafka-pipe.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/kafka-pipe.sh"

usage() {
	cat <<'END'
usage: submit-risk-graph.sh [--help]

Serves the live risk graph, prints its address, and runs until Ctrl-C or SIGTERM.

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
port=${RISK_GRAPH_PORT:-8080}
chart=/usr/share/javascript/chart.js/chart.min.js

[[ $port =~ ^[1-9][0-9]{0,4}$ && $port -le 65535 ]] || {
	say "RISK_GRAPH_PORT: expected a port, found '$port'"
	exit 2
}
for program in websocketd kcat; do
	type -P "$program" >/dev/null || die "$program not found (Debian: apt-get install websocketd kcat)"
done
[[ -r $chart ]] || die "$chart not found (Debian: apt-get install libjs-chart.js)"

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
site=$(mktemp -d)
# shellcheck disable=SC2317 # the traps call it
stop() {
	# The group, not only the server: an idle kcat would not notice that its reader is gone.
	if [[ -n $server ]] && kill -TERM -- "-$server" 2>/dev/null; then
		for _ in {1..50}; do
			kill -0 -- "-$server" 2>/dev/null || break
			pause 0.1
		done
		kill -KILL -- "-$server" 2>/dev/null || true
	fi
	rm -rf -- "$site"
}
trap stop EXIT

ln -s -- "$here"/risk-graph/{index.html,style.css,risk-graph.js} "$chart" "$site/"

# A page from elsewhere whose name was made to point here passes --sameorigin, so on loopback the names are fixed too.
origin=()
case ${address//[][]/} in
127.* | localhost | ::1) origin=(--origin="127.0.0.1,localhost,$host") ;;
esac

# -J frames any payload; --binary, since bytes that are no UTF-8 would end a text WebSocket; stdbuf, since kcat holds
# back up to 4 KiB when idle. From the beginning: asked for the newest N of a partition that holds fewer, and whose
# first are gone, librdkafka 2.0 tries for ever. earliest: records may expire while they are being read.
setsid websocketd --address="$address" --port="$port" --sameorigin "${origin[@]}" --maxforks=20 --binary \
	--loglevel=error --passenv=PATH,HOME,KCAT_CONFIG --staticdir="$site" \
	stdbuf -oL "${kafka[@]}" -C -J -t "$KAFKA_RISK_TOPIC" -o beginning \
	-X fetch.wait.max.ms=100 -X auto.offset.reset=earliest </dev/null &
server=$!

until answers; do
	find_ended "$server"
	((${#ended[@]} == 0)) || die "websocketd could not start on $address port $port"
	pause 0.05
done
echo "risk graph: $url"
wait_for_end "$server"
die "websocketd ended with status $status"
