#!/bin/bash
# What players get from the game's server, and what it logs of them.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"
reader=(setpriv --reuid=65534 --regid=65534 --clear-groups)

start_server
ok "it says where it is" is "http://127.0.0.1:$GAME_PORT/" "$(<server.out)"
listening=$(printf '%04X' "$GAME_PORT")
ok "... and is there alone" is " 0100007F:$listening" "$(grep -hoi " [0-9A-F]*:$listening [0-9A-F]*:0000 0A" \
	/proc/net/tcp /proc/net/tcp6 | cut -d' ' -f-2)"

# Replies
for path in '' purchase_a_sword purchase_a_shield purchase_a_spear purchase_a_potion join_guild purchase_a_dragon; do
	play "$path" -w '%{http_code} %{content_type}\n'
done >actual
cat >expected <<'END'
Welcome to the game!
200 text/plain
Sword Purchased!
200 text/plain
Shield Purchased!
200 text/plain
Spear Purchased!
200 text/plain
Potion Purchased!
200 text/plain
Joined Guild!
200 text/plain
Not Found
404 text/plain
END
same "each path has its reply" expected actual
wait_for has_logged 7
masked <"$GAME_DIR/access.log" >actual
event() {
	printf '{"event_type":"%s","event_ts":TIME,"Host":"%s","User-Agent":"%s","Accept":"%s",%s"request_id":ID}\n' "$@"
}
agent=$(curl --version | sed -E 's/^curl ([^ ]*).*/curl\/\1/;q')
for type in default purchase_{sword,shield,spear} potion join_guild default; do
	case $type in
	potion) event purchase_potion "127.0.0.1:$GAME_PORT" "$agent" '*/*' '"description":"heals you for 50 hp",' ;;
	*) event "$type" "127.0.0.1:$GAME_PORT" "$agent" '*/*' '' ;;
	esac
done >expected
same "... and is logged as an event" expected actual

# One request
begin=$(date +%s%3N)
play purchase_a_sword -D headers >/dev/null
wait_for has_logged 8
end=$(date +%s%3N)
tail -n 1 "$GAME_DIR/access.log" >event
time=$(jq '.event_ts * 1000 | round' event)
ok "event_ts is the time of the request, a number" test "$begin" -le "$((time + 1))" -a "$time" -le "$end"
ok "request_id is what the player got" grep -q "^X-Request-ID: $(jq -r .request_id event)" headers

# Odd requests
: >"$GAME_DIR/access.log"
request() { # BYTES, as printf has them: the reply
	exec {connection}<>"/dev/tcp/127.0.0.1/$GAME_PORT"
	# shellcheck disable=SC2059
	printf "$1" >&"$connection"
	timeout 60 cat <&"$connection"
	exec {connection}>&-
}
play purchase_a_sword -X POST -d money -H 'User-Agent: phone' -H 'Accept: text/plain' -H 'Host: a' >post
play '/purchase_a_shield?how=many#all' -H 'User-Agent:' -H 'Accept:' -H 'Host: b' >query
play purchase_a_potion -H 'Range: bytes=0-1' -H 'User-Agent: c' -H 'Host: c' >range
play purchase_a_potion -H 'If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT' -H 'Accept:' -H 'User-Agent:' \
	-H 'Host: c' -I >condition
play purchase_a_potion -H 'If-None-Match: *' -H 'Accept:' -H 'User-Agent:' -H 'Host: c' -I >another-condition
request 'GET /purchase_a_spear HTTP/1.0\r\n\r\n' >no-host
request 'GET /join_guild\r\n' >simple
request 'GET /purchase_a_sword HTTP/1.1\r\n\r\n' >bad-request
request 'TRACE /purchase_a_potion HTTP/1.1\r\nHost: d\r\n\r\n' >bad-method
request 'POST /purchase_a_potion HTTP/1.1\r\nHost: e\r\nContent-Length: 99999999\r\n\r\n' >bad-length
request '\026\003\001\002\000\001\000\001\374\003\003' >tls
request "GET /join_guild?$(printf '%09000d' 0) HTTP/1.1\\r\\nHost: f\\r\\n\\r\\n" >long-path
wait_for has_logged 12
head -qn 1 post query range condition another-condition no-host simple bad-request bad-method bad-length tls long-path | tr -d '\r' >actual
cat >expected <<'END'
Sword Purchased!
Shield Purchased!
Potion Purchased!
HTTP/1.1 412 Precondition Failed
HTTP/1.1 304 Not Modified
HTTP/1.1 200 OK
Joined Guild!
HTTP/1.1 400 Bad Request
HTTP/1.1 405 Not Allowed
HTTP/1.1 413 Request Entity Too Large
HTTP/1.1 400 Bad Request
HTTP/1.1 414 Request-URI Too Large
END
same "requests of all kinds are answered" expected actual
{
	event purchase_sword a phone text/plain ''
	event purchase_shield b '' '' ''
	event purchase_potion c c '*/*' '"description":"heals you for 50 hp",'
	event default c '' '' ''
	event default c '' '' ''
	event purchase_spear '' '' '' ''
	event join_guild '' '' '' ''
	event default '' '' '' ''
	event default d '' '' ''
	event default e '' '' ''
	event default '' '' '' ''
	event default '' '' '' ''
} | sort >expected
masked <"$GAME_DIR/access.log" | sort >actual # what was not read to its end is logged late
same "... and each is an event, a purchase only where one was made" expected actual

# One server for a folder, and for a port
start second game-events/serve
end
ok "a second server in the folder is refused" is "1 serve: a server runs already in $GAME_DIR" "$status $(<second.err)"
GAME_DIR=$work/other start second game-events/serve
end
ok "a port that is taken ends the server with status 1" is 1 "$status"
ok "... and it says so" says second.err "bind() to 127.0.0.1:$GAME_PORT failed"

# The end
: >"$GAME_DIR/access.log"
has_read() { # the server, what was sent to it
	grep -q "^ *[0-9]*: 0100007F:$listening [0-9A-F:]* 01 [0-9A-F]*:00000000 " /proc/net/tcp
}
exec {connection}<>"/dev/tcp/127.0.0.1/$GAME_PORT"
printf 'GET /join_guild HTTP/1.1\r\n' >&"$connection"
wait_for has_read
kill "${pids[server]}"
wait_for refuses
printf 'Host: late\r\n\r\n' >&"$connection"
timeout 60 cat <&"$connection" >reply
exec {connection}>&-
stop TERM "${pids[server]}"
ok "told to stop, it answers what has begun" grep -q 'Joined Guild!' reply
ok "... and logs it" is "$(event join_guild late '' '' '')" "$(masked <"$GAME_DIR/access.log")"
ok "... and ends with status 143" is 143 "$status"
ok "... quietly" is "" "$(<server.err)"
ok "... and leaves no process" none_left
start_server
stop INT "-$pid"
ok "Ctrl-C ends it with status 130" is 130 "$status"
ok "... and leaves no process" none_left
start_server
{ kill -KILL "$pid" && wait "$pid"; } 2>/dev/null
wait_for none_left
ok "kill -9 of it ends nginx too" none_left
start_server
play join_guild >reply
ok "... and it starts again" is "Joined Guild!" "$(<reply)"
kill -KILL "$(<"$GAME_DIR/nginx.pid")"
end
ok "when nginx is killed it ends with status 1" is 1 "$status"
ok "... and says so" says server.err "serve: nginx ended with status 137"
wait_for none_left

# rotate
ok "rotate works without a server" "$game/rotate"
ok "... and has renamed the log" test ! -e "$GAME_DIR/access.log" -a -s "$(echo "$GAME_DIR"/access.log.2*)"
"$game/rotate" 2>err
ok "... and says when there is none" is "1 rotate: there is no $GAME_DIR/access.log" "$? $(<err)"
start_server
ok "rotate leaves an empty log" "$game/rotate"
play purchase_a_sword >reply
play purchase_a_sword >reply
wait_for has_logged 2
ok "rotate has the server begin a new log" "$game/rotate"
ok "... at once" test -e "$GAME_DIR/access.log"
play join_guild >reply
wait_for has_logged 1
ok "... for what comes then" is "$(event join_guild "127.0.0.1:$GAME_PORT" "$agent" '*/*' '')" \
	"$(masked <"$GAME_DIR/access.log")"
ok "... the old ones kept" is "2 logs" "$(find "$GAME_DIR" -regextype posix-extended \
	-regex '.*/access\.log\.[0-9]{8}T[0-9]{6}\.[0-9]{9}' | wc -l) logs"

# load
rm "$GAME_DIR"/access.log.*
kill -USR1 "$(<"$GAME_DIR/nginx.pid")"
: >"$GAME_DIR/access.log"
ok "load says how many requests were answered" is "50 requests answered" "$("$game/load" -n 50)"
wait_for has_logged 50
jq -r '.event_type + " " + .Host' "$GAME_DIR/access.log" | sort | uniq -c | awk '{ print $1, $2, $3 }' >actual
for type in default join_guild purchase_potion purchase_shield purchase_spear purchase_sword; do
	for host in user1.comcast.com user2.att.com user3.verizon.com user4.charter.com; do
		echo "2 $type $host"
	done
done | sed -e 's/2 purchase_sword user1/3 purchase_sword user1/' -e 's/2 purchase_shield user1/3 purchase_shield user1/' \
	>expected
same "... which are of all kinds and players" expected actual
stop TERM "$pid"
"$game/load" -n 1 >out 2>err
ok "without a server it fails with status 1" is 1 $?
ok "... and says why" grep -q 'Connection refused' err

# Any user, and root for one
if ((EUID == 0)); then
	chmod 711 "$work" ${TEST_FOLDER:+"$TEST_FOLDER"} # where another user has to come by
	mkdir scripts his
	cp -r "$root/scripts/kafka-pipe.sh" "$game" scripts
	chown -R 65534:65534 his
	play_and_rotate() {
		GAME_DIR=$work/his wait_for server_answers_or_ended
		[[ -s server.out ]] || give_up "the server did not start"
		play purchase_a_sword >reply
		GAME_DIR=$work/his wait_for has_logged 1
		GAME_DIR=$work/his "$@" scripts/game-events/rotate
		play join_guild >>reply
		GAME_DIR=$work/his wait_for has_logged 1
		stop TERM "${pids[server]}"
		cat his/access.log.* his/access.log | masked >>reply
		rm his/access.log*
	}
	{
		printf 'Sword Purchased!\nJoined Guild!\n'
		event purchase_sword "127.0.0.1:$GAME_PORT" "$agent" '*/*' ''
		event join_guild "127.0.0.1:$GAME_PORT" "$agent" '*/*' ''
	} >expected
	: >server.out
	GAME_DIR=$work/his STARTED_BY=$TEST_RUN "${reader[@]}" scripts/game-events/serve >server.out 2>server.err &
	pids[server]=$!
	play_and_rotate "${reader[@]}"
	same "any user can run it" expected reply
	ok "... with status 143" is 143 "$status"
	: >server.out
	GAME_DIR=$work/his STARTED_BY=$TEST_RUN scripts/game-events/serve >server.out 2>server.err &
	pids[server]=$!
	play_and_rotate env
	same "root can run it in another user's folder" expected reply
	ok "... as that user" is 65534 "$(stat -c %u his/temp)"
	"${reader[@]}" scripts/game-events/follow "$GAME_DIR/access.log" >out 2>err
	ok "another user's log is not followed" is "1 follow: $GAME_DIR/access.log is another user's" "$? $(sed 's/, whose.*//' err)"
	ok "... and no process is left" none_left
else
	ok "to test both kinds of users takes root" false
fi
done_testing
