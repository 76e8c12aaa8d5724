# Sourced by the tests here: TAP, and an Apache Kafka that is gone when the test ends.
# shellcheck shell=bash disable=SC2034,SC2119,SC2120
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
PATH=$root/redis-decode:$root/events-decode:$root/join:$PATH
work=$(mktemp -d)
count=0
kafka=
pipeline=
failed=0

leave() {
	local status=$?
	stop_pipeline
	stop_kafka
	rm -rf "$work"
	exit $((status || failed))
}
trap leave EXIT
trap 'exit 143' TERM INT

bail_out() {
	echo "Bail out! $*"
	exit 1
}

for program in redis-decode events-decode join; do
	[[ -x $root/$program/$program ]] || bail_out "$program is not built"
done

# ok TITLE COMMAND [ARG ...]: passes where COMMAND does; what it printed is shown where it doesn't.
ok() {
	local title=$1 status=0
	shift
	count=$((count + 1))
	"$@" >"$work/ok.out" 2>&1 || status=$?
	if ((status == 0)); then
		echo "ok $count - $title"
		return
	fi
	failed=1
	echo "not ok $count - $title"
	{ echo "status $status: $*" && head -c 4000 "$work/ok.out"; } | sed 's/^/# /'
}

# same TITLE EXPECTED ACTUAL: passes where the two files hold the same bytes, and more than none.
same() {
	ok "$1" filled_and_same "$2" "$3"
}

filled_and_same() {
	[[ -s $1 ]] || { echo "nothing is expected" && return 1; }
	cmp "$1" "$2" || { diff "$1" "$2" | cut -c1-300 | head -n 10 && return 1; }
}

# wait_for SECONDS COMMAND [ARG ...]: until COMMAND succeeds; the test ends where it never does.
wait_for() {
	local end=$((SECONDS + $1)) limit=$1
	shift
	until "$@"; do
		((SECONDS < end)) || bail_out "still not so after $limit s: $*"
		sleep 0.1
	done
}

# start_kafka [--sasl] [PORT]: sets $address; the data stays in $work/kafka over a restart.
start_kafka() {
	local option=()
	[[ ${1-} != --sasl ]] || { option=(--sasl) && shift; }
	: >"$work/address"
	"$here/start-kafka" "${option[@]}" "$work/kafka" "$@" >"$work/address" &
	kafka=$!
	wait_for 120 address_or_end
	address=$(<"$work/address")
	[[ $address ]] || bail_out "Kafka did not start"
}

address_or_end() { [[ -s $work/address ]] || ! kill -0 "$kafka" 2>/dev/null; }

# stop_kafka [SIGNAL]
stop_kafka() {
	[[ $kafka ]] || return 0
	kill "-${1-TERM}" "$kafka" 2>/dev/null
	wait "$kafka" 2>/dev/null
	kafka=
}

produce() { kcat -P -b "$address" -X enable.idempotence=true -t "$@"; }
consume() { kcat -C -b "$address" -o beginning -e -q -t "$@"; }

# stedi_messages CUSTOMERS EVENTS: writes redis.ndjson and events.ndjson, as STEDI's topics hold them, and joined.ndjson,
# what the join makes of them, in the order of the events.
stedi_messages() {
	perl -MMIME::Base64 - "$@" <<-'END'
		my ($customers, $events) = @ARGV;
		open my $redis, ">", "redis.ndjson" or die;
		open my $event, ">", "events.ndjson" or die;
		open my $joined, ">", "joined.ndjson" or die;
		for my $n (0 .. $customers - 1) {
			my $birthday = (1930 + $n % 70) . "-08-16";
			my $record = encode_base64(qq({"customerName":"Customer $n","email":"customer-$n\@test.com",) .
				qq("phone":"8015551212","birthDay":"$birthday"}), "");
			my $entries = qq([{"element":"$record","score":0.0}]);
			print $redis qq({"key":"Q3VzdG9tZXI=","existType":"NONE","ch":false,"incr":false,) .
				qq("zSetEntries":$entries,"zsetEntries":$entries}\n);
		}
		for my $n (0 .. $events - 1) {
			my $customer = $n * 7919 % $customers;
			my $year = 1930 + $customer % 70;
			my $score = sprintf "%.2f", $n / 100 - 500;
			my $who = "customer-$customer\@test.com";
			print $event qq({"customer":"$who","score":$score,"riskDate":"2020-09-14T07:54:06.417Z"}\n);
			print $joined qq({"customer":"$who","score":"$score","email":"$who","birthYear":"$year"}\n);
		}
	END
}

# start_pipeline: the join, as users run it.
start_pipeline() {
	KAFKA_BROKER=$address LOG_DIR=$work/logs "$root/scripts/submit-event-kafkajoin.sh" \
		>"$work/pipeline.out" 2>"$work/pipeline.err" &
	pipeline=$!
}

# stop_pipeline: sets $pipeline_status.
stop_pipeline() {
	pipeline_status=0
	[[ $pipeline ]] || return 0
	kill "$pipeline" 2>/dev/null
	wait "$pipeline" || pipeline_status=$?
	pipeline=
}

# holds TOPIC COUNT: there are at least so many messages.
holds() {
	(($(consume "$1" 2>/dev/null | wc -l) >= $2))
}

done_testing() {
	echo "1..$count"
}
