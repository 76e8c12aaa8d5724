#!/usr/bin/env bash
# scripts/delivery/read: partitions are read to the ends that are asked for, also where kcat sees the end of one too early.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"

# A kcat for which a partition ends where the next line of "ends" says; its messages are their offsets.
cat >kcat <<'END_OF_KCAT'
#!/bin/bash
while (($#)); do
	case $1 in
	-t) topic=$2 ;;
	-p) partition=$2 ;;
	-o) offset=$2 ;;
	esac
	shift
done
read -r end <ends
sed -i 1d ends
echo "% Reading configuration from file kcat.conf" >&2
[[ $end != dies ]] || { echo "% ERROR: Local: something" >&2; exit 1; }
((offset == end)) || seq "$offset" $((end - 1)) | sed "s/^/$partition:/"
echo "% Reached end of topic $topic [$partition] at offset $end: exiting" >&2
END_OF_KCAT
chmod +x kcat

# read_from ENDS PLACE ...: sets $status.
read_from() {
	tr ' ' '\n' <<<"$1" >ends
	status=0
	"$root/scripts/delivery/read" topic "${@:2}" -- ./kcat -C >out 2>err 3>reached || status=$?
}

read_from "5 3" 0:2:4 1:0:3
ok "each partition is read, from its offset to where it ends" is "0 0:2 0:3 0:4 1:0 1:1 1:2" "$status $(paste -sd ' ' out)"
ok "... and what comes next is told" is "0:5 1:3" "$(paste -sd ' ' reached)"
ok "... and nothing else" is "" "$(<err)"
read_from "4 4 7" 0:2:6
ok "one that seems to end too early is read on, without a gap or a repeat" is "0 0:2 0:3 0:4 0:5 0:6" "$status $(paste -sd ' ' out)"
ok "... to where it ends then" is "0:7" "$(<reached)"
ok "... which is said once" is "read: topic, partition 0, ends at 4, and 6 was there: reading on" "$(<err)"
read_from "" 0:6:6
ok "where nothing is to be read, kcat is not asked" is "0  0:6" "$status $(<out) $(<reached)"
read_from "4 dies" 0:2:6
ok "where kcat ends before the partition does, so does it" is 1 "$status"
ok "... and says why" says err "% ERROR: Local: something"
ok "... and of which partition" says err "read: kcat of topic, partition 0, ended before the partition's end"
ok "... and no end is told" is "" "$(<reached)"
read_from ""
ok "without a partition it is wrong usage" is 2 "$status"
status=0
"$root/scripts/delivery/read" topic 0:0:1 -- 3>reached 2>err || status=$?
ok "... and without a kcat" is 2 "$status"
done_testing
