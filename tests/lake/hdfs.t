#!/bin/bash
# The lake's files come to an HDFS of one name node and one data node, each whole and once.
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
wait_for 120 answers
start_node data
wait_for 120 data_nodes 1
WEBHDFS=http://$(<hdfs/address)/webhdfs/v1/some/lake
export WEBHDFS

start_embedded events:2
grow() { # another 20 messages, over two days, to both tables
	local partition
	for partition in 0 1; do
		for n in {1..10}; do echo "{\"ts\":$((1516717442 + n % 2 * 86400)),\"n\":$n}"; done |
			kcat -P -b "$KAFKA_BROKER" -t events -p $partition
	done
	land_events first && land_events second
}
grow || bail_out "nothing landed"

# in_hdfs [FOLDER]: the files there, by path
in_hdfs() {
	curl -s "$WEBHDFS/${1-}?op=LISTSTATUS" | jq -r '.FileStatuses.FileStatus[]? | "\(.type) \(.pathSuffix)"' |
		while read -r type name; do
			if [[ $type == FILE ]]; then echo "${1+$1/}$name"; else in_hdfs "${1+$1/}$name"; fi
		done
}
in_lake() { (cd "$LAKE" && find . -name '*.parquet' | sed 's|^\./||' | sort); }
put() { put-hdfs >out 2>err; }

# All that readers find in HDFS has to be the same as in the lake.
no_half_file() {
	local file
	in_hdfs | { grep -v '/_[^/]*$' || true; } >found
	while read -r file; do
		curl -sfL "$WEBHDFS/$file?op=OPEN" | cmp -s - "$LAKE/$file" || return 1
	done <found
}

ok "put-hdfs" put
ok "says how many files" says out '8 files copied'
in_lake >expected
in_hdfs | sort >actual
same "all of them are there" expected actual
ok "each as in the lake" no_half_file
ok "a second time" put
ok "there is nothing to do" says out '0 files copied'
grow
ok "when the lake has grown" put
ok "only what is new is copied" says out '8 files copied'

# Killed after each of its requests.
grow
mkdir shims
cat >shims/curl <<-END
	#!/bin/bash
	calls=\$((\$(<$work/calls) + 1))
	echo \$calls >$work/calls
	$(type -P curl) "\$@"
	status=\$?
	((calls != \$(<$work/target))) || kill -KILL \$(<$work/pid)
	exit \$status
END
chmod +x shims/curl
killed=0
for target in {1..9}; do
	echo 0 >calls
	echo "$target" >target
	PATH=$work/shims:$PATH bash -c 'echo $$ >"$1" && exec put-hdfs' - "$work/pid" >out 2>err
	(($? == 137)) && killed=$((killed + 1))
	no_half_file || killed=-100
done 2>/dev/null
ok "killed at each of $killed steps, there is never half a file" test $killed = 9
ok "then all the rest" put
in_lake >expected
in_hdfs | sort >actual
same "is copied" expected actual
ok "each as in the lake" no_half_file

# Nodes that are away.
grow
stop_node data
ok "without a data node it fails" eval '! put && test -s err'
start_node data
wait_for 120 no_half_file
ok "and leaves no half file" no_half_file
ok "with it" put
in_lake >expected
in_hdfs | sort >actual
same "all is copied" expected actual
ok "each as in the lake" no_half_file

some=$(head -n 1 expected)
echo more >>"$LAKE/$some"
ok "a file that is another one in HDFS" eval "! put"
ok "is said" says err "$some is another one in HDFS"
WEBHDFS=http://127.0.0.1:1/webhdfs/v1/lake put
ok "without HDFS it fails" test $? = 1
ok "and says so" says err 'no answer of http://127.0.0.1:1/webhdfs/v1/lake'
done_testing
