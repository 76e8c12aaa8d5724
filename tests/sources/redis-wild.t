#!/usr/bin/env bash
# Redis as people have it: values that nothing can take, keys that nobody asked for, users with few rights, no replicas
# allowed, TLS. Behind each kind stands where it was seen.
# shellcheck source=tests/sources/lib.sh
. "$(dirname "$0")/lib.sh"

# ends STATUS REASON COMMAND...: with that status, having said this and nothing else
ends() {
	local status=0
	"${@:3}" >ended.out 2>ended.err || status=$?
	is "$1 $2" "$status $(<ended.err)"
}

x() { # COUNT: so many bytes
	head -c "$1" /dev/zero | tr '\0' x
}

keys() { # of what was printed since the last time
	published | jq -r '.key | @base64d' | paste -sd ' '
}

first() { # OPTION...: the first message
	{ redis-source "$@" || :; } | head -n 1
}

left_out() { # KEY LENGTH COUNT, of those longer than $limit
	echo "redis-source: key $1: left out: a message of $2 bytes is longer than --max-output $limit ($3 so far)"
}

# ---- values that are too large (kcat: "Input is too large" ends the producer, and every later one) ----

start_redis
x 997 | redis -x set large >/dev/null
length=$(first -k large | awk '{ print length }')
ok 'a snapshot as long as --max-output allows goes through' is "$length" \
	"$(first -k large --max-output "$length" | awk '{ print length }')"
limit=$((length - 1))
start_source -k large --max-output "$limit"
wait_for test -s err
stop TERM "$source_pid"
ok 'a longer one does not' is "$(left_out large "$length" 1)"$'\n'"redis-source: 1 left out: longer than --max-output $limit" \
	"$(cat out err)"

redis del large >/dev/null
# exactly TITLE COMMAND...: what a command makes goes through where it is as long as it may be
exactly() {
	local title=$1 limit length=1000000000
	shift
	for limit in length length length-1; do
		limit=$((limit))
		forget
		start_source --max-output "$limit"
		mark
		"$@" >/dev/null
		published | awk '/"existType"/ { print length }' >lengths
		stop TERM "$source_pid"
		redis del exact >/dev/null
		[ "$limit" -lt "$length" ] || length=$(<lengths)
	done
	ok "$title" is "$limit $(left_out exact "$length" 1)" "$((length - 1))$(<lengths) $(head -n 1 err)"
}
exactly 'so it is with a SET' redis set exact "$(x 998)"
exactly 'and a ZADD' redis zadd exact 1.5 "$(x 999)"

limit=1000
x 900 | redis -x zadd z 0 >/dev/null
redis zadd z 1 small >/dev/null
forget
start_source --max-output 1000
ok 'the small member of a set with a large one is in the snapshot' is '["c21hbGw="]' \
	"$(published | jq -c 'select(.key == "eg==") | [.value[].element]')"
: >err
x 1000000 | redis -x set much-larger >/dev/null
redis set behind 1 >/dev/null
x 300 | redis -x zadd twice 0 >/dev/null
redis zadd twice 0 behind 1 "$(x 360)" >/dev/null
x 2000 | redis -x setnx snapshot >/dev/null
redis set "$(x 2000)" 1 >/dev/null
redis append "$(x 1500)" 1 >/dev/null
redis mset a "$(x 3000)" b small >/dev/null
ok 'what comes behind is printed' is 'behind twice twice b' "$(keys)"
ok 'each that is not is said, with its key, its length and the limit' is "$(
	left_out much-larger 1333412 2
	left_out twice 1107 3
	left_out snapshot N 4
	left_out xxx... 2732 5
	left_out xxx... N 6
	left_out a N 7)" "$(sed -E 's/xx+/xxx/; /snapshot|[67] so far/s/of [0-9]+/of N/' err)"
stop TERM "$source_pid"
ok '... and how many, at the end' is "redis-source: 7 left out: longer than --max-output $limit" "$(tail -n 1 err)"
seq 100 | sed "s/.*/set many& $(x 900)/" | redis >/dev/null
forget
start_source --max-output "$limit" -k 'many*' -k 'mark*'
published >/dev/null
stop TERM "$source_pid"
ok 'of many, twenty lines a minute are enough' within_minutes 20 err 'key many'
ok '... and how many, at the end' is "redis-source: 100 left out: longer than --max-output $limit" "$(tail -n 1 err)"
ok '... the last of which says so' grep -q '(20 so far); any more in this minute are only counted$' err

# ---- memory (a large value is no reason to need it) ----

redis flushall >/dev/null
redis setrange huge 60000000 x >/dev/null
forget
start_source --max-output 1M
published >/dev/null
redis setrange huge 60000001 x >/dev/null
perl -e 'print "*3\r\n\$3\r\nSET\r\n\$5\r\nhuge2\r\n\$60000000\r\n"; print "x" x 1000000 for 1 .. 60; print "\r\n"' |
	redis --pipe >/dev/null
published >/dev/null
ok "60 MB in one value, in a snapshot and in the stream, take $(peak "$source_pid") MiB" \
	test "$(peak "$source_pid")" -lt "$little"
ok '... and are said' is 'huge huge2' \
	"$(sed -n 's/.*: key \(.*\): left out: a message of 80000.*/\1/p' err | sort -u | paste -sd ' ')"
stop TERM "$source_pid"

# ---- keys that nobody asked for ----

redis flushall >/dev/null
redis mset Customer-name 1 session:1 1 other 1 >/dev/null
redis zadd Customer 0 a >/dev/null
forget
start_source -k 'Customer' --key 'session:*' -k 'mark*' -k 'Custmer*'
ok 'of a snapshot, those keys that are asked for' is 'Customer session:1' "$(keys | tr ' ' '\n' | sort | paste -sd ' ')"
redis zadd Customer 0 b >/dev/null
redis zadd Customers 0 b >/dev/null
redis zadd Customer xx 1 a >/dev/null
redis zincrby Other 1 a >/dev/null
redis zincrby Customer 1 a >/dev/null
redis set session:2 1 >/dev/null
redis set session 1 >/dev/null
redis append session:1 1 >/dev/null
redis append other 1 >/dev/null
redis mset session:4 1 other:4 1 >/dev/null
redis rename other session:5 >/dev/null
redis rename session:5 other >/dev/null
ok 'of the changes, too' is 'Customer Customer Customer session:2 session:1 session:4 session:5' \
	"$(keys | sed 's/session:4$/& session:5/')"
stop TERM "$source_pid"
ok 'a pattern that matched nothing is named, and no other' is "redis-source: --key 'Custmer*': matched none of the keys read" \
	"$(grep -F -e --key err)"

# ---- users with few rights (Redis 6: NOPERM) ----

rights='+psync +replconf +scan +zscan +zscore +get +type +pttl +info +command|getkeys'
grep -qF -e "+psync +replconf +scan +zscan +zscore +get +type +pttl +info '+command|getkeys' +select" \
	"$root/scripts/redis-source/redis-source.1" || give_up 'the page names other rights'
export REDIS_USER=source REDIS_PASSWORD=secret
# shellcheck disable=SC2086
redis acl setuser source on '>secret' resetkeys '%R~Customer' '%R~mark*' '%R~copy' $rights >/dev/null
forget
start_source -k Customer -k 'mark*' -k copy
published >/dev/null
redis zadd Customer xx 3 a >/dev/null
redis zunionstore Customer 1 Customer weights 2 >/dev/null
redis eval 'redis.call("zadd", KEYS[1], 1, "lua")' 1 Customer >/dev/null
redis copy Customer copy >/dev/null
ok 'the smallest rights are enough' is 'Customer copy' "$(keys | tr ' ' '\n' | sort -u | paste -sd ' ')"
stop TERM "$source_pid"
ok '... without a word' is '' "$(<err)"
redis set mark-string 1 >/dev/null
for right in psync replconf scan zscan get type pttl; do
	redis acl setuser source "-$right" >/dev/null
	hint=
	[[ $right == get || $right != ps* && $right != repl* ]] ||
		hint="; it can't be followed as by a replica, but perhaps be read at intervals: see --poll"
	status=0
	redis-source -k Customer -k mark-string >out 2>err || status=$?
	ok "without the right to $right it ends, and says so" is \
		"2 redis-source: Redis at $REDIS_HOST:$REDIS_PORT: NOPERM$hint" \
		"$status $(sed -E 's/: (PSYNC|REPLCONF): NOPERM/: NOPERM/; s/NOPERM [^;]*/NOPERM/' err)"
	redis acl setuser source "+$right" >/dev/null
done
redis acl setuser source -psync -replconf -zscore -command '+command|getkeys' >/dev/null
unset REDIS_USER REDIS_PASSWORD

# ---- no replicas (rented Redis: PSYNC is no command, or forbidden) ----

stop_redis
rm -f redis/dump.rdb
start_redis --rename-command PSYNC ''
redis zadd Customer 0 a >/dev/null
ok 'where PSYNC is no command it ends, and says so' ends 2 "redis-source: Redis at $REDIS_HOST:$REDIS_PORT: PSYNC: ERR unknown command 'PSYNC', with args beginning with: '?' '-1' ; it can't be followed as by a replica, but perhaps be read at intervals: see --poll" \
	redis-source
forget
start_source --poll 1
mark
redis zadd Customer 0 b >/dev/null
mark
ok 'it can be read at intervals' is '["YQ==","Yg=="]' \
	"$(jq -c 'select(.key == "Q3VzdG9tZXI=") | [.value[].element] | sort' out | tail -n 1)"
stop TERM "$source_pid"
ok '... until SIGTERM' is 143 "$status"
ok '... without a word' is '' "$(<err)"
redis-source --poll 1 | head -n 1 >/dev/null || status=$?
ok '... or until nobody reads it' is 141 "$status"
stop_redis
rm -f redis/dump.rdb
start_redis
redis zadd Customer 0 a >/dev/null
start_source
wait_for test -s out
ok 'it counts as a replica for WAIT, as the page says' is 1 "$(printf 'set a 1\nwait 1 0\n' | redis | tail -n 1)"
stop TERM "$source_pid"
stop_redis

# ---- TLS (rented Redis has nothing else) ----

authority() { # NAME: makes NAME.key and the certificate NAME.crt, for 127.0.0.1
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$1.key" -out "$1.crt" \
		-subj "/CN=$1" -addext "subjectAltName=IP:127.0.0.1" -days 2 2>openssl.err || give_up "openssl failed"
}
authority own
authority other
rm -f redis/dump.rdb
start_redis --tls-cert-file "$work/own.crt" --tls-key-file "$work/own.key" --tls-ca-cert-file "$work/own.crt"
plain=$REDIS_PORT
listens() { # by TLS, on another port, if that is free
	tls=$(free-port)
	redis config set tls-port "$tls"
}
wait_for listens
redis zadd Customer 0 a >/dev/null
over_tls() { # COMMAND...: with those $settings
	local setting
	for setting in "${settings[@]}"; do local -x "${setting?}"; done
	"$@"
}
settings=(REDIS_PORT="$tls" REDIS_TLS=yes REDIS_TLS_CA="$work/own.crt" REDIS_TLS_CERT="$work/own.crt" REDIS_TLS_KEY="$work/own.key")
forget
over_tls start_source
published >/dev/null
head -c 1000000 /dev/urandom >big
redis -x set huge <big >/dev/null
published | jq -r .value | base64 -d >found
ok 'by TLS, a value of 1 MB' cmp big found
redis append huge x >/dev/null
published | jq -r .value | base64 -d | head -c 1000000 >found
ok '... and a snapshot of it' cmp big found
over_tls stedi-simulator --pace 0 --tests 10 --customers 2 >events
ok 'the simulator, too' is '10 4' "$(redis zcard RapidStepTest) $(wc -l <events)"
stop TERM "$source_pid"
ok '... without a word' is '' "$(<err)"
said() { # PORT REASON: what both programs say of it, and try again
	local status
	forget
	over_tls start_source
	over_tls stedi-simulator 2>simulator.err &
	wait_for test -s err
	wait_for test -s simulator.err
	stop TERM "$!"
	stop TERM "$source_pid"
	is "$(printf '%s: Redis at %s: %s; trying again\n' redis-source "$REDIS_HOST:$1" "$2" stedi-simulator "$REDIS_HOST:$1" "$2")" \
		"$(sed 's/Connection reset by peer/it closed the connection/' err simulator.err)"
}
settings=(REDIS_PORT="$tls" REDIS_TLS=yes REDIS_TLS_CA="$work/other.crt")
ok 'a certificate that is not trusted is refused' said "$tls" 'TLS: self-signed certificate'
settings=(REDIS_PORT="$tls" REDIS_TLS=yes REDIS_TLS_CA="$work/own.crt")
REDIS_HOST=localhost
ok 'one of another host, too' said "$tls" 'TLS: hostname mismatch'
REDIS_HOST=127.0.0.1
settings=(REDIS_PORT="$plain" REDIS_TLS=yes)
ok 'a Redis without TLS, which waits for a line' said "$plain" 'no answer'
settings=(REDIS_PORT="$tls")
ok 'a Redis with TLS that is spoken to without' said "$tls" 'it closed the connection'
for setting in REDIS_TLS=maybe REDIS_TLS_CA=/nowhere REDIS_TLS_CERT=/nowhere 'REDIS_TLS_CERT=/dev/null REDIS_TLS_KEY=/nowhere' \
	"REDIS_TLS_CERT=$work/own.crt REDIS_TLS_KEY=$work/other.key"; do
	for program in redis-source stedi-simulator; do
		status=0
		# shellcheck disable=SC2086
		env REDIS_TLS=yes $setting $program >out 2>err || status=$?
		ok "$program: a setting that never works: ${setting//$work\//}" is "2 $program: REDIS_TLS" \
			"$status $(grep -o "^$program: REDIS_TLS" err)"
	done
done
done_testing
