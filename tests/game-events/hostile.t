#!/bin/bash
# Whatever headers a player sends, the event is valid JSON or a counted reject, and its neighbours are as they should be.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"
put_in_path events-decode
cases=$root/tests/game-events/hostile

# shown: bytes that can be read. What stands more than 99 times in a row is counted.
shown() {
	masked | perl -pe 's/((\\u0001|.)\2{99,})/length($1) \/ length($2) . " times $2"/ge' | cat -v
}

start_kafka
start_server
start ship game-events/ship
"$cases/send" "$GAME_PORT" "$GAME_DIR/access.log" >replies
same "all are answered" "$cases/replies" replies
events=$(wc -l <"$cases/events")
wait_for holds "$GAME_TOPIC" "$events"
consume events >actual
shown <actual >readable
same "... and each is an event, a purchase where one was made" "$cases/events" readable
ok "... with the bytes that were logged" cmp actual "$GAME_DIR/access.log"

LC_ALL=C.UTF-8 grep -avx '.*' actual >expected
events-decode -f event_type,event_ts:number,Host,User-Agent,Accept,request_id --rejects rejects --stats \
	<actual >good 2>stats
same "what is no UTF-8 is rejected" expected rejects
ok "... and counted" is "events-decode: $events in, $((events - 5)) out, 0 skipped, 5 rejected" \
	"$(sed -n 's/;.*//; $p' stats)"
LC_ALL=C.UTF-8 grep -ax '.*' actual >expected
same "... and all else goes through, to the byte" expected good
ok "... valid for others too" jq -es 'all(.event_type | type == "string")' good
stop TERM "${pids[ship]}"
stop TERM "${pids[server]}"
ok "no process is left" none_left
done_testing
