#!/bin/bash
# What Apache Kafka holds comes out of the filters, whatever form the messages take there.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"
put_in_path events-decode

start_kafka
create-topics "$KAFKA_BROKER" spread:3 keyed:3 || give_up "no topics"

# keys

{ printf 'ann\t' && event Ann@test.com 1.5 && printf 'bob\t' && event Bob@test.com -2; } | produce keys -K '\t'
consume keys -J | events-decode -J -f 'key=@key,customer,position=@position' >actual
cat >expected <<'END'
{"key":"ann","customer":"Ann@test.com","position":"keys:0:0"}
{"key":"bob","customer":"Bob@test.com","position":"keys:0:1"}
END
same "the key of a message can be a field" expected actual

for score in {1..60}; do event "customer-$((score % 7))@test.com" "$score"; done >events
events-decode -K customer events | produce keyed -K '\t'
consume keyed -f '%k %p\n' | sort -u >keys
cut -d ' ' -f 1 keys | uniq >expected
for n in {0..6}; do echo "customer-$n@test.com"; done >actual
same "--key-by gives every message its key" expected actual
ok "and every key one partition" test "$(wc -l <keys)" = 7
ok "of several" test "$(cut -d ' ' -f 2 keys | sort -u | wc -l)" -gt 1

# partitions

for score in {1..300}; do event "customer-$score@test.com" "$score"; done >events
# an unkeyed producer stays with one partition for a batch
split -n r/3 events part.
n=0
for part in part.a?; do produce spread -p $((n++)) <"$part"; done
consume spread -J | events-decode -J -f 'score,@partition,@offset' | sort >actual
for n in {0..299}; do echo "{\"score\":$((n + 1)),\"partition\":$((n % 3)),\"offset\":$((n / 3))}"; done | sort >expected
same "all partitions are read, with partition and offset of each message" expected actual
consume spread -p 1 -J | events-decode -J -f '@position' >actual
for n in {0..99}; do echo "{\"position\":\"spread:1:$n\"}"; done >expected
same "the messages of a partition come in order" expected actual

# headers

event Ann@test.com 1 | produce headers -H type=walk -H source=phone
event Bob@test.com 2 | produce headers -H type=run -H type=walk
event Cid@test.com 3 | produce headers -H type=run
event Dot@test.com 4 | produce headers
consume headers -J | events-decode -J -w '@headers.type=walk' -f 'customer,@headers.type,from=@headers.source' >actual
cat >expected <<'END'
{"customer":"Ann@test.com","type":"walk","from":"phone"}
{"customer":"Bob@test.com","type":"walk","from":null}
END
same "messages are picked by header" expected actual

# compression

head -n 200 events | events-decode >expected
codecs=(gzip lz4 snappy zstd)
segments=
for codec in "${codecs[@]}"; do
	head -n 200 events | produce "$codec" -z "$codec"
	consume "$codec" | events-decode >actual
	same "messages compressed by $codec come out as they went in" expected actual
	segments+=,$work/kafka/data/$codec-0/00000000000000000000.log
done
kafka-class org.apache.kafka.tools.DumpLogSegments --files "${segments#,}" 2>&1 |
	grep -o 'compresscodec: [a-z0-9]*' | grep -v none | uniq >actual # kcat may send the first message alone, and plain
printf 'compresscodec: %s\n' "${codecs[@]}" >expected
same "and Kafka holds them compressed" expected actual

# tombstones

{ printf 'ann\t' && event Ann@test.com 1 && printf 'ann\t\n' && printf 'bob\t' && event Bob@test.com 2; } |
	produce tombstones -K '\t' -Z
ok "Kafka holds a tombstone" test "$(consume tombstones -f '%S ' | cut -d ' ' -f 2)" = -1
consume tombstones -J | events-decode -J >actual 2>errors
status=$?
cat >expected <<'END'
{"customer":"Ann@test.com","score":1,"riskDate":"2020-09-14T07:54:06.417Z","position":"tombstones:0:0"}
{"customer":"Bob@test.com","score":2,"riskDate":"2020-09-14T07:54:06.417Z","position":"tombstones:0:2"}
END
same "a tombstone is skipped" expected actual
ok "without a word" test "$status-$(cat errors)" = 0-

# size

perl -e 'print qq({"customer":"Ann\@test.com","score":1,"walk":"), "step \\\"and\\\" " x 70_000, qq("}\n)' >large
ok "the large message is one of 900 KB" test "$(wc -c <large)" -gt 900000 -a "$(wc -c <large)" -lt 1000000
produce 900-kb <large
consume 900-kb -J | events-decode -J -f 'customer,score,walk' | produce 900-kb-again
consume 900-kb-again >actual
same "a message of 900 KB goes through the filter and back to Kafka" large actual

done_testing
