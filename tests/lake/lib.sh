# Sourced by the tests here: a lake, beside what tests/system.sh brings.
# shellcheck shell=bash
# shellcheck source=tests/system.sh
. "$(dirname "${BASH_SOURCE[0]}")/../system.sh"
put_in_path events-decode
PATH=$root/scripts/lake:$root/tests/lake:$PATH
export LAKE=$work/lake

# land_events TABLE [OPTION ...]: the topic $topic, whose messages are {"ts":SECONDS,"n":N}; what it says is in the
# files out and err.
topic=events
columns='ts double, n integer, position varchar'
fields='ts:number,n!:number,position=@position'
land_events() {
	land "$topic" "$1" "$columns" 'to_timestamp(ts)::date' -- events-decode -J -f "$fields" "${@:2}" >out 2>err
}

refuses() { # TEXT COMMAND [ARG ...]: it fails, with this text, and lands nothing
	local before
	before=$(lake_files)
	if "${@:2}"; then return 1; fi
	says err "$1" && [[ $(lake_files) == "$before" ]]
}

# What is in the lake, by checksum.
lake_files() {
	find "$LAKE" -type f ! -name _lock -exec cksum {} + 2>/dev/null | sort
}

# records TABLE: the records in it, a line each, in the order of their positions.
records() {
	query -jsonlines "select * exclude day from $1
		order by split_part(position, ':', 2)::int, split_part(position, ':', 3)::int"
}

# on_topic TOPIC: what land_events has to make of what is there, by kcat and jq.
on_topic() {
	consume "$1" -J |
		jq -c '. as $m | .payload // empty | fromjson | {ts, n, position: "\($m.topic):\($m.partition):\($m.offset)"}' |
		sort -t : -k 5,5n -k 6,6n
}
