#!/usr/bin/env bash
# scripts/delivery/positions: the first event of each partition that was not joined, and those beyond it that were.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"

# positions "POSITION ..." PARTITION:FIRST:END ...: sets $status; POSITION is a line's value.
positions() {
	status=0
	tr ' ' '\n' <<<"$1" | sed 's/.*/{"position":"&"}/' |
		"$root/scripts/delivery/positions" a.b "${@:2}" >out 2>err 3>answers || status=$?
	found="$status $(paste -sd ' ' answers); $(sed 's/.*:"\(.*\)"}/\1/' out | paste -sd ' ')"
}

positions "end" 0:0:5 2:3:3
ok "where nothing was joined, the first event is the first there is" is "0 0:0 2:3; " "$found"
positions "a.b:0:1 a.b:0:0 a.b:2:7 end" 0:0:5 2:7:9
ok "where all was joined up to some event, it is the next" is "0 0:2 2:8; " "$found"
positions "a.b:0:0 a.b:0:3 a.b:0:2 a.b:2:9 end" 0:0:5 2:8:10
ok "what was joined beyond is told" is "0 0:1 2:8; a.b:0:2 a.b:0:3 a.b:2:9" "$found"
positions "$(printf 'a.b:0:%d ' {10..40} 45) end" 0:10:50
ok "... however many are before" is "0 0:41; a.b:0:45" "$found"
positions "a.b:0:4 a.b:0:5 a.b:0:6 end" 0:5:7
ok "one that is not there any more is none that counts" is "0 0:7; " "$found"
positions "a.b:1:0 axb:0:0 a.b:0:0 count a.b:0:0 count end" 0:0:5
ok "those of other partitions and topics are none either; a count tells how many so far" is "0 1 2 0:1; " "$found"
positions "a.b:0:4 a.b:0:5 end" 0:0:5
ok "one that is not there yet is of another topic" is "3 ; " "$found"
ok "... which is said" is "positions: the risk topic has a.b:0:5, and a.b ends before that" "$(<err)"
positions "a.b:0:0 count" 0:0:5
ok "without the end, nothing is told" is "1 1; " "$found"
done_testing
