#!/bin/bash
# Each part of the pipeline is killed in turn, then all of them, then it is interrupted: the risk topic holds every event
# once, with the latest version of its customer.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"
export BROKER=kafka

start_broker
fresh_topics
create-topics "$KAFKA_BROKER" "$REDIS_TOPIC:2" "$EVENTS_TOPIC:3" "$KAFKA_RISK_TOPIC:3" || give_up "no topics"

# Customers 1 to 500 have two versions, of which the second counts; 501 to 520 come when all their events have waited. The
# messages are of several lines, and a tombstone stands between them.
customers() { # FROM TO YEAR
	perl -e 'my ($from, $to, $year) = @ARGV; printf qq({\n"email":"c%d\@test.com",\n"birthDay":"%d-01-01"\n}\n), $_, $year + $_ % 10
		for $from .. $to' "$@" | jq -c . | change | perl -pe 's/,"/,\n"/g; s/\n\z/\x1e/; s/^/key\t/'
}
send_customers() { # PARTITION
	produce "$REDIS_TOPIC" -D '\x1e' -K '\t' -Z -p "$1"
}
{ customers 1 500 1930 && printf 'key\t\x1e' && customers 1 500 1940; } | send_customers 1

# A program that takes its time, until the file "go" is there: what is there is still being read when a part is killed.
mkdir slow
ln -s "$(program events-decode)" "$(program join)" slow
printf '#!/bin/bash\nuntil [[ -e %q ]]; do sleep 0.1; done\nexec %q "$@"\n' "$work/go" "$(program redis-decode)" >slow/redis-decode
chmod +x slow/redis-decode

sent=0
: >expected
# send_events: the next 600, over all partitions, pretty-printed and with a key that is no UTF-8
send_events() {
	local n
	for n in 0 1 2; do
		perl -e 'my ($sent, $n) = @ARGV; printf qq(\xff\xe9\t{\n  "customer": "c%d\@test.com",\n  "score": %d\n}\x1e), 1 + $_ * 7 % 520, $_
			for grep { $_ % 3 == $n } $sent + 1 .. $sent + 600' "$sent" "$n" |
			produce "$EVENTS_TOPIC" -p "$n" -D '\x1e' -K '\t'
	done
	perl -e 'my ($sent) = @ARGV; for ($sent + 1 .. $sent + 600) {
		my $customer = 1 + $_ * 7 % 520;
		printf qq({"customer":"c%d\@test.com","score":"%d","email":"c%1\$d\@test.com","birthYear":"%d"}\n), $customer, $_,
			1940 + $customer % 10 }' "$sent" >>expected
	sent=$((sent + 600))
}

grown() {
	holds "$KAFKA_RISK_TOPIC" $((before + 1))
}

# kill_part NAME PATTERN [FOLDER]: amid new events, or before the first one with the programs of FOLDER.
kill_part() {
	before=$(consume "$KAFKA_RISK_TOPIC" | wc -l)
	rm -f go
	PROGRAMS=${3-${PROGRAMS-}} start join submit-event-kafkajoin.sh
	[[ ${3-} ]] || wait_for has_part '/events-decode -J'
	send_events
	if [[ ${3-} ]]; then wait_for has_part "$2"; else wait_for grown; fi
	kill -KILL "$(part "$2")" || give_up "no part $2"
	: >go
	end
	ok "without its $1, the pipeline ends with status 1" is 1 "$status"
	ok "... and names it" grep -q "^submit-event-kafkajoin.sh: $1 ended .*status 137$" join.err
	wait_for none_left
}

kill_part "producer to $KAFKA_RISK_TOPIC" '^kcat .* -P '
kill_part join '/join --pad'
kill_part events-decode '/events-decode -J'
kill_part redis-decode '/redis-decode'
kill_part "consumer of $EVENTS_TOPIC" "/follow $EVENTS_TOPIC"
kill_part "consumer of $REDIS_TOPIC" "/follow $REDIS_TOPIC"
kill_part "reader of what is sent" '/follow --lines'
kill_part log '^tee '
kill_part "reader of $REDIS_TOPIC" "/read $REDIS_TOPIC" "$work/slow"
kill_part "redis-decode of what is there" slow/redis-decode "$work/slow"
kill_part join 'slow/join' "$work/slow"

# All at once
before=$(consume "$KAFKA_RISK_TOPIC" | wc -l)
start join submit-event-kafkajoin.sh
send_events
wait_for grown
{ left | cut -d' ' -f1 | xargs kill -KILL; end; } 2>/dev/null
wait_for none_left

# The script alone, its producer stopped: that keeps a second pipeline out, wherever it is started
before=$(consume "$KAFKA_RISK_TOPIC" | wc -l)
start join submit-event-kafkajoin.sh
wait_for has_part '^kcat .* -P '
producer=$(part '^kcat .* -P ')
send_events
wait_for grown
kill -STOP "$producer"
{ kill -KILL "$pid"; end; } 2>/dev/null
start second submit-event-kafkajoin.sh
end
ok "a stopped producer that was left behind keeps a second pipeline out" is 1 "$status"
ok "... which says why" says second.err "what a killed one left still sends to it"
kill -CONT "$producer"
wait_for none_left

# Starting again by itself
start join submit-event-kafkajoin.sh --supervise
wait_for has_part '/events-decode -J'
kill -KILL "$(part '/join --pad')"
wait_for says join.err "it starts again in 1 s"
wait_for has_part '/events-decode -J'
kill -KILL "$(part '^kcat .* -P ')"
wait_for says join.err "it starts again in 2 s"
send_events
customers 501 520 1940 | send_customers 0
wait_for holds "$KAFKA_RISK_TOPIC" "$sent"
stop INT "-$pid"
ok "Ctrl-C ends it where it starts again by itself" is 143 "$status"
ok "... and leaves no process" none_left

start join submit-event-kafkajoin.sh
send_events
wait_for holds "$KAFKA_RISK_TOPIC" "$sent"
stop TERM "$pid"
ok "with nothing left to do, only what is new is written" is "143 600 600" \
	"$status $(wc -l <join.out) $(grep -cFf <(tail -n 600 expected | sed 's/}$/,/') join.out)"
ok "... and after a good end there is no wait" is "" "$(<join.err)"

# Shares
two_producers() {
	(($(left | grep -cE '^[0-9]+ kcat .* -P ') == 2))
}
start one submit-event-kafkajoin.sh --partitions 0
start two submit-event-kafkajoin.sh --partitions 1,2
wait_for two_producers
start join submit-event-kafkajoin.sh --partitions 2
end
ok "a share that another pipeline has is refused" is 1 "$status"
send_events
wait_for holds "$KAFKA_RISK_TOPIC" "$sent"
for name in one two; do stop TERM "${pids[$name]}"; done
ok "each share shows its own records" is "200 400" "$(wc -l <one.out) $(wc -l <two.out)"
ok "... with the positions of its partitions" is "$EVENTS_TOPIC:0 $EVENTS_TOPIC:1 $EVENTS_TOPIC:2" \
	"$(cat one.out two.out | grep -oE "$EVENTS_TOPIC:[0-9]" | uniq | sort -u | paste -sd ' ')"

records "$KAFKA_RISK_TOPIC" | sort >actual
sort expected >sorted
same "after all of that each of $sent events is on the topic once, with the latest version of its customer" sorted actual
done_testing
