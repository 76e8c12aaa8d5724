#!/bin/bash
# A lake on an HDFS of one name node and one data node is as one here: each message is in it once, whatever happens.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"

declare -A nodes=()
start_node() { # name|data
	"$root/tests/lake/hdfs-node" "$1" "$work/hdfs" 2>"node.err" &
	nodes[$1]=$!
}
stop_node() { # name|data
	kill -KILL "${nodes[$1]}" && wait "${nodes[$1]}" 2>/dev/null
	unset "nodes[$1]"
}
state() { curl -s "http://$(<hdfs/address)/jmx?qry=Hadoop:service=NameNode,name=FSNamesystemState"; }
answers() { [[ -s hdfs/address ]] && state | jq -e '.beans[0]' >/dev/null 2>&1; }
data_nodes() { state | jq -e ".beans[0].NumLiveDataNodes == $1" >/dev/null; }
start_node name
wait_for answers
start_node data
wait_for data_nodes 1
LAKE=$(grep -om 1 'hdfs://[0-9.:]*' hdfs/core-site.xml)/some/lake

start_embedded events:2
topic=events
grow() { # another 20 good messages, over two days, and a bad one
	local partition
	for partition in 0 1; do
		for n in {1..10}; do echo "{\"ts\":$((1516717442 + n % 2 * 86400)).5,\"n\":$n}"; done |
			kcat -P -b "$KAFKA_BROKER" -t events -p $partition
	done
	echo '{"ts":1516717442.5,"n":1.5}' | kcat -P -b "$KAFKA_BROKER" -t events -p 0
}
all_landed() { # TITLE
	on_topic events | jq -c 'select(.n == (.n | floor))' >expected
	records first >actual
	same "$1" expected actual
}
http() { curl -sL "http://$(<hdfs/address)/webhdfs/v1/some/lake/$1"; }
files() { http "$1?op=LISTSTATUS" | jq -r '.FileStatuses.FileStatus[].pathSuffix'; }

grow
ok "land" eval "land_events first || { cat err && false; }"
ok "says how many" says out 'first: 20 records landed, 1 rejected'
all_landed "each record is there"
ok "the bad one is kept" test "$(http 'first/_rejects/events-1.ndjson?op=OPEN' | jq .n)" = 1.5
grow
ok "when the topic has grown" land_events first
ok "only what is new is landed" says out 'first: 20 records landed, 1 rejected'
all_landed "each record is there once"
land_events second
query -csv -noheader 'select count(*) from first join second using (position, day)' >actual
echo 40 >expected
same "tables are joined" expected actual
ok "tables are listed" eval 'tables | grep -E "^second +40 +2 "'
ok "a result can be saved" query --save days 'select day, count(*) as records from first group by day'
query -csv 'from days order by day' >actual
printf '%s\n' day,records 2018-01-23,20 2018-01-24,20 >expected
same "and is there" expected actual

# Two at once, which know nothing of each other.
grow
XDG_STATE_HOME=$work/elsewhere land_events first &
pid=$!
land events first "$columns" 'to_timestamp(ts)::date' events-decode -q -J -f "$fields" >out2 2>err2
wait $pid
ok "two at once" land_events first
all_landed "land each record once"

# Compaction, while somebody reads.
touch running
while [[ -e running ]]; do
	query -csv -noheader 'select count(*) from first' 2>&1
done >reads &
reader=$!
ok "a compaction" eval 'compact first >out'
ok "makes a file a day" grep -qE '^first: [0-9]+ files became 2$' out
rm running
wait $reader
query -csv -noheader 'select count(*) from first' >>reads
echo 60 >expected
sort -u reads >actual
same "each of $(wc -l <reads) reads meanwhile saw each record once" expected actual

# Nodes that are away.
grow
stop_node data
ok "without a data node landing fails" eval '! land_events first'
start_node data
ok "with it" wait_for land_events first
all_landed "all is landed, once"
ok "nothing half is left" test -z "$(files first/_rejects | grep '^\.')"
LAKE=hdfs://127.0.0.1:1/lake land_events first
ok "without HDFS it fails" test $? = 1
done_testing
