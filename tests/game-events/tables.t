#!/bin/bash
# What players send, hostile or not, comes from the server by Kafka into the tables, or is rejected and counted.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"
export LAKE=$work/lake
cases=$root/tests/game-events/tables

start_kafka
start_server
start ship game-events/ship

# send PATH STATUS HEADER ...: a request as it is, which must be answered by STATUS; Accept numbers the requests.
requests=0
send() {
	local connection answer path=$1 status=$2
	exec {connection}<>"/dev/tcp/127.0.0.1/$GAME_PORT"
	printf '%s\r\n' "GET /$path HTTP/1.1" "$(printf 'Accept: %02d' "$requests")" 'Connection: close' "${@:3}" '' >request
	cat request >&"$connection" # in one write: the server may answer before the end, and close
	read -r _ answer _ <&"$connection"
	cat <&"$connection" >/dev/null
	exec {connection}>&-
	requests=$((requests + 1))
	echo "$path $status" >>wanted
	echo "$path $answer" >>answered
}

host='Host: user1.comcast.com'
send purchase_a_sword 200 "$host" 'User-Agent: a neighbour'
send purchase_a_sword 200 "$host" 'User-Agent: "quoted\" \\ \u0041 {[('
send purchase_a_potion 200 "$host" 'User-Agent: ","event_type":"join_guild","x":"' # may not be another event
send join_guild 200 "$host" $'User-Agent: tab \t bell \a escape \e[2J delete \x7f'
send purchase_a_shield 200 "$host" 'User-Agent: Jörg, 剣 🗡'
send purchase_a_shield 200 "$host" $'User-Agent: no UTF-8: \xff\xfe\xc3('
send purchase_a_spear 200 "$host" 'User-Agent: a neighbour'
send purchase_a_spear 200 "$host" "User-Agent: $(printf '%08000d' 0)"
send purchase_a_spear 400 "$host" "User-Agent: $(printf '%09000d' 0)"
send purchase_a_potion 200 "Host: \"';drop-table-consumables;--" 'User-Agent: a host of its own'
send purchase_a_potion 400 'Host: a b' 'User-Agent: a host that is none'
send purchase_a_sword 400 'User-Agent: no host'
send purchase_a_sword 200 "$host" # no User-Agent
send 'join_guild?as=%00"' 200 "$host" 'User-Agent: a query'
send purchase_a_bow 404 "$host" 'User-Agent: what is not sold'
send $'\xff"\\' 404 "$host" 'User-Agent: a path of bytes'
send purchase_a_sword 200 "$host" 'User-Agent: a neighbour'
same "the server answers" wanted answered

all_shipped "each request is an event on the topic"
"$game/land" >landed 2>said
same "records are landed, and rejects counted" "$cases/landed" landed
ok "... and said" grep -q 'UTF-8, found' said
for table in equipment consumables guilds others; do
	description=null
	[[ $table != consumables ]] || description=description
	"$root/scripts/lake/query" -jsonlines "select accept, '$table' as \"table\", event_type, host, $description as description,
		if(length(user_agent) > 1000, length(user_agent)::varchar, user_agent) as user_agent from $table"
done | LC_ALL=C sort >tables
same "the tables hold what was sent" "$cases/tables" tables
ok "no request is lost: each is in a table, or rejected" is "$requests" $(($(wc -l <tables) + 1))
done_testing
