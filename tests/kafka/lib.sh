# Sourced by the tests here: TAP, and an Apache Kafka that is gone when the test ends.
# shellcheck shell=bash disable=SC2034,SC2119,SC2120
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source-path=SCRIPTDIR
source "$here/tap.sh"
PATH=$root/redis-decode:$root/events-decode:$root/join:$PATH
kafka=
pipeline=

leave() {
	local status=$?
	stop_pipeline
	stop_kafka
	rm -rf "$work"
	exit "$status"
}
trap leave EXIT
trap 'exit 143' TERM INT

for program in redis-decode events-decode join; do
	[[ -x $root/$program/$program ]] || bail_out "$program is not built"
done

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

# stedi_messages CUSTOMERS EVENTS: writes redis.ndjson, events.ndjson, as STEDI's topics hold them, and joined.ndjson,
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

# holds TOPIC COUNT: there are at least so many messages. (To read a topic while it grows would not come to an end.)
holds() {
	local end
	end=$(kcat -Q -b "$address" -t "$1:0:-1" 2>/dev/null) && ((${end##* } >= $2))
}
