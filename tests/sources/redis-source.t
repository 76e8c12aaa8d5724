#!/usr/bin/env bash
# What a real Redis does, and the messages that tell of it, to the byte.
# shellcheck disable=SC2016 # $ of the protocol
# shellcheck source=tests/sources/lib.sh
. "$(dirname "$0")/lib.sh"

snapshot() { # KEY VALUE DBSIZE [TYPE]
	printf '{"db":{"dbNumber":0,"dbsize":%s,"expires":0},"valueRdbType":%s,' "$3" "${4:-0}"
	printf '"expiredType":"NONE","expiredValue":null,'
	printf '"evictType":"NONE","evictValue":null,"key":"%s","value":%s,"expiredMs":null,"expiredSeconds":null}\n' \
		"$1" "$2"
}

zadd() { # KEY EXIST CH INCR ENTRIES
	printf '{"key":"%s","existType":"%s","ch":%s,"incr":%s,"zSetEntries":%s,"zsetEntries":%s}\n' \
		"$1" "$2" "$3" "$4" "$5" "$5"
}

start_redis
redis zadd Customer 0 'José' >/dev/null
start_source
ok 'what is there comes as a snapshot' is "$(snapshot Q3VzdG9tZXI= '[{"element":"Sm9zw6k=","score":0.0}]' N 5)" \
	"$(published | sed 's/"dbsize":[0-9]*/"dbsize":N/')"

sam='{"customerName":"Sam Test","email":"sam.test@test.com","phone":"8015551212","birthDay":"2001-01-03"}'
redis zadd Customer 0 "$sam" >/dev/null
ok 'a ZADD is as Kafka knows it' is "$(head -n 1 "$root/tests/data/redis-server.ndjson")" "$(published)"
redis set session:1 '{"userName":"sam","token":"t"}' >/dev/null
ok 'a SET is as Kafka knows it' is "$(grep '"key":"c2Vzc2lvbjox"' "$root/tests/data/redis-server.ndjson")" "$(published)"

redis zadd z 0 a 1.5 b 1e3 c -0.1 d +inf e -inf f 123456789012345680000 g 0.30000000000000004 h >/dev/null
ok 'scores keep every digit, infinite ones are strings' is "$(zadd eg== NONE false false \
	"[$(printf '{"element":"%s","score":%s},' YQ== 0.0 Yg== 1.5 Yw== 1000.0 ZA== -0.1 ZQ== '"Infinity"' \
		Zg== '"-Infinity"' Zw== 1.2345678901234568e+20 aA== 0.30000000000000004 | sed 's/,$//')]")" "$(published)"

# held TITLE EXIST CH ENTRIES COMMAND...: what Redis has after the command is published, and of what it has not, nothing
held() {
	redis "${@:5}" >/dev/null
	ok "$1" is "${4:+$(zadd aGVsZA== "$2" "$3" false "[$4]")}" "$(published)"
}
held 'ZADD NX of a new member' NX true '{"element":"aQ==","score":1.0}' zadd held nx ch 1 i
held '... of two, one of which is there and stays as it was' NX false '{"element":"aQ==","score":1.0},{"element":"ag==","score":5.0}' \
	zadd held nx 5 i 5 j
held 'ZADD XX of two, one of which is not there' XX false '{"element":"aQ==","score":2.0}' zadd held xx 2 i 2 absent
held '... of one that is not there' XX false '' zadd held xx 2 absent
held 'ZADD GT of one that becomes greater, one that does not, and a new one' NONE false \
	'{"element":"aQ==","score":3.0},{"element":"ag==","score":5.0},{"element":"aw==","score":1.0}' zadd held gt 3 i 3 j 1 k
held 'ZADD XX LT CH' XX true '{"element":"aQ==","score":3.0},{"element":"ag==","score":4.0}' zadd held xx lt ch 4 i 4 j 4 absent
held 'ZADD INCR: the sum' NONE false '{"element":"aQ==","score":5.5}' zadd held incr 2.5 i
held 'ZADD XX INCR of what is not there' NONE false '' zadd held xx incr 2 absent
held 'ZINCRBY' NONE false '{"element":"aQ==","score":"-Infinity"}' zincrby held -inf i
printf 'MULTI\nZADD held XX 9 j\nZREM held j\nEXEC\n' | redis >/dev/null
ok 'a member that has gone by then is not published' is '' "$(published)"
printf 'MULTI\nZADD held XX 9 k\nDEL held\nSET held 1\nEXEC\n' | redis >/dev/null
ok '... nor is one of a key that has become of another type' is '{"key":"aGVsZA==","value":"MQ==","ex":null,"px":null,"existType":"NONE"}' \
	"$(published)"
redis del held >/dev/null
echo zadd held ch lt "$(seq -f "1 member%.0f" 1000 | paste -sd ' ')" | redis >/dev/null
ok 'of many members, each' is 1000 "$(published | jq -r '.zSetEntries[].element' | sort -u | wc -l)"

for bytes in 'a"b' $'\\' "$(printf 'a\nb\r\tc')" '👵🏽' "$(printf '\377\376\001')"; do
	redis zadd "$bytes" 0 "$bytes" >/dev/null
	encoded=$(printf %s "$bytes" | base64)
	ok "bytes that are special: $encoded" is \
		"$(zadd "$encoded" NONE false false "[{\"element\":\"$encoded\",\"score\":0.0}]")" "$(published)"
done
printf '*4\r\n$4\r\nZADD\r\n$3\r\nk\0k\r\n$1\r\n0\r\n$3\r\n\0m\0\r\n' | redis --pipe >/dev/null
ok 'NUL bytes in key and member' is "$(zadd awBr NONE false false '[{"element":"AG0A","score":0.0}]')" "$(published)"
redis set empty '' >/dev/null
ok 'an empty value' is '{"key":"ZW1wdHk=","value":"","ex":null,"px":null,"existType":"NONE"}' "$(published)"

printf 'set s %s\n' '1 ex 100000' '2 px 100000000' '5 xx' '6 px 100000000' '3 keepttl' | redis >/dev/null
redis set new 4 nx >/dev/null
ok 'options of SET: Redis passes every time to live on in milliseconds' is \
	'[1,true,"NONE"] [2,true,"NONE"] [5,false,"XX"] [6,true,"NONE"] [3,false,"NONE"] [4,false,"NX"]' \
	"$(published | jq -c '[(.value | @base64d | tonumber), (.px // 0) > 90000000 and .px <= 100000000, .existType]' |
		paste -sd ' ')"

printf 'MULTI\nSET q 1\nZADD z2 1 a\nEXEC\n' | redis >/dev/null
ok 'MULTI and EXEC pass through' is "$(echo '{"key":"cQ==","value":"MQ==","ex":null,"px":null,"existType":"NONE"}'
	zadd ejI= NONE false false '[{"element":"YQ==","score":1.0}]')" "$(published)"
redis eval 'redis.call("zadd", KEYS[1], 7, "lua") return redis.call("set", KEYS[2], "x")' 2 lz ls >/dev/null
ok 'what a script writes' is "$(zadd bHo= NONE false false '[{"element":"bHVh","score":7.0}]'
	echo '{"key":"bHM=","value":"eA==","ex":null,"px":null,"existType":"NONE"}')" "$(published)"

value() { # KEY: its value in the latest message of it, to the byte: what jq makes of 14.0 depends on its version
	published | sed -n "s#.*\"key\":\"$(printf %s "$1" | base64)\",\"value\":\(\"[^\"]*\"\|\[[^]]*\]\),.*#\1#p" | tail -n 1
}
redis append s5 ab >/dev/null
redis append s5 cd >/dev/null
ok 'APPEND: the key as it stands' is '"YWJjZA=="' "$(value s5)"
redis incrby n 41 >/dev/null
redis incr n >/dev/null
ok 'INCR' is '"NDI="' "$(value n)"
redis mset m1 1 m2 2 >/dev/null
ok 'MSET' is '["bTE=","MQ=="] ["bTI=","Mg=="]' "$(published | jq -c '[.key, .value]' | sort | paste -sd ' ')"
redis setex e 100000 v >/dev/null
ok 'SETEX' is '"dg=="' "$(value e)"
redis setrange s5 1 XX >/dev/null
ok 'SETRANGE' is '"YVhYZA=="' "$(value s5)"
redis rename s5 s6 >/dev/null
ok 'RENAME' is '"YVhYZA=="' "$(value s6)"
redis copy s6 s7 >/dev/null
ok 'COPY' is '"YVhYZA=="' "$(value s7)"
redis zunionstore union 1 lz weights 2 >/dev/null
ok 'ZUNIONSTORE' is '[{"element":"bHVh","score":14.0}]' "$(value union)"
redis zrangestore range union 0 -1 >/dev/null
ok 'ZRANGESTORE' is '[{"element":"bHVh","score":14.0}]' "$(value range)"
redis -n 1 set moved 1 >/dev/null
redis -n 1 move moved 0 >/dev/null
ok 'MOVE into the database' is '"MQ=="' "$(value moved)"
redis -n 1 set copied 2 >/dev/null
redis -n 1 copy copied copied db 0 >/dev/null
ok 'COPY into the database' is '"Mg=="' "$(value copied)"
redis -n 2 set elsewhere 1 >/dev/null
redis -n 2 zadd elsewhere2 1 1 >/dev/null
redis -n 2 append elsewhere 1 >/dev/null
ok 'other databases are not published' is '' "$(published)"
redis hset h a b >/dev/null
redis rpush l a >/dev/null
redis sadd set a >/dev/null
redis xadd x '*' a b >/dev/null
redis del n >/dev/null
redis zrem z a >/dev/null
redis publish channel message >/dev/null
ok 'what carries no value is not published' is '' "$(published)"
redis flushall >/dev/null
ok 'neither is FLUSHALL' is '' "$(published)"

echo zadd many "$(seq -f "0 'member %.0f'" 20000 | paste -sd ' ')" | redis >/dev/null
published >messages
ok 'a ZADD of many members: each once' is 20000 "$(jq -r '.zSetEntries[].element' messages | sort -u | wc -l)"
ok 'its messages stay below 200 KB' test "$(wc -L <messages)" -lt 200000
head -c 1500000 /dev/urandom >big
redis -x set huge <big >/dev/null
published | jq -r .value | base64 -d >found
ok 'a value of 1.5 MB' cmp big found
redis -x zadd bigz 0 <big >/dev/null
published | jq -r '.zsetEntries[0].element' | base64 -d >found
ok 'a member of 1.5 MB' cmp big found

stop TERM "$source_pid"
ok 'SIGTERM: 128 + 15' is 143 "$status"
ok 'nothing on standard error' is '' "$(cat err)"
ok 'the last line is whole' test "$(tail -c 1 out | od -An -c | tr -d ' ')" = '\n'
ok 'every line is JSON' is "$(wc -l <out)" "$(jq -c . out | wc -l)"

redis flushall >/dev/null
record='{"customerName":"Customer &","email":"customer.&@test.com","birthDay":"1950-01-01"}'
seq 10000 | sed "s/.*/zadd Customer 0 '$record'/" | redis >/dev/null
redis set text 'a"b' px 100000000 >/dev/null
forget
begin=$(date +%s%3N)
start_source
published >messages
ok 'a snapshot of 10,000 members: each once' is 10000 \
	"$(jq -r 'select(.key == "Q3VzdG9tZXI=").value[].element' messages | sort | uniq | wc -l)"
ok 'its messages stay below 1 MB' test "$(wc -L <messages)" -lt 1000000
# Redis tells how long it still has, and from then on the clock goes on until that is printed.
ok 'a string with a time to live' is '["YSJi","MS",true,true]' \
	"$(jq -c --argjson at "$(redis pexpiretime text)" --argjson took "$(($(date +%s%3N) - begin))" \
		'select(.key == "dGV4dA==") | [.value, .expiredType, .expiredMs == .expiredValue,
		(.expiredMs - $at | . >= 0 and . <= $took)]' messages)"
stop TERM "$source_pid"

ok 'nothing was written to Redis' is 'Customer text' "$(redis keys '*' | grep -v '^mark' | sort | paste -sd ' ')"

redis flushall >/dev/null
forget
start_source
published >/dev/null
mset() { # COUNT: of so many keys, in one command
	seq "$1" | awk -v count="$1" 'BEGIN { printf "*%d\r\n$4\r\nMSET\r\n", 2 * count + 1 }
		{ printf "$%d\r\nkey%s\r\n$1\r\n0\r\n", length($1) + 3, $1 }' | redis --pipe >/dev/null
}
heard() { # how often Redis has heard of its replica
	redis info commandstats | sed -n 's/^cmdstat_replconf:calls=\([0-9]*\).*/\1/p'
}
all() { # COUNT: each of so many keys has come
	has_lines out "$1" && [ "$(grep -o '"key":"a2V5[^"]*' out | sort -u | wc -l)" -eq "$1" ]
}
for keys in 50000 200000 800000; do # few are read within a second, after which Redis is to hear of its replica
	forget
	mset $keys
	wait_for says out '"key":"a2V5'
	before=$(heard)
	amid=$before
	while now=$(heard) && ! all $keys; do amid=$now && sleep 0.1; done
	((amid == before)) || break
done
ok 'one MSET of many keys: each comes, and Redis hears of its replica amid them' test "$amid" -gt "$before"
stop TERM "$source_pid"

redis flushall >/dev/null
pipe
redis-source >pipe 2>err &
source_pid=$!
follows() { redis info replication | grep 'state=online'; }
wait_for follows
mset 20000
wait_for full
kill "$source_pid"
drain out &
exec 8>&-
end "$source_pid"
wait "$!"
ok 'SIGTERM ends it amid them' is 143 "$status"
ok '... before all have come' test "$(wc -l <out)" -lt 20000
ok '... said by nothing' is '' "$(cat err)"

redis flushall >/dev/null
forget
start_source --pad=64
mark
mark
stop TERM "$source_pid"
ok '--pad fills the block' is 0 "$(($(wc -c <out) % 64))"

forget
valgrind -q --tool=helgrind --error-exitcode=99 redis-source >out 2>err &
wait_for test -s out
stop TERM "$!"
ok 'the thread that looks the host up shares nothing unguarded' is 143 "$status"

for arguments in -z --pad=0 --pad=x operand; do
	status=0
	redis-source "$arguments" >out 2>err || status=$?
	ok "wrong usage: $arguments" is 2 "$status"
	ok '... said on standard error' says err "Try 'redis-source --help'."
done
for setting in REDIS_PORT=x REDIS_PORT=0 REDIS_DB=-1 REDIS_DB=99 REDIS_PASSWORD=wrong; do
	status=0
	env "$setting" redis-source >out 2>err || status=$?
	ok "a setting that never works: $setting" is 2 "$status"
	ok '... said on standard error' test -s err
done
status=0
redis-source >/dev/full 2>err || status=$?
ok 'output that fails: status 2' is 2 "$status"
ok '... with a message' is 'redis-source: stdout: No space left on device' "$(cat err)"
done_testing
