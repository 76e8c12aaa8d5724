#!/bin/bash
# Several pipelines share the work on Apache Kafka: each its partitions of the events, or each its share of both streams.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"
put_in_path redis-decode events-decode join

start_kafka
create-topics "$KAFKA_BROKER" customers:3 events:4 graph:4 customers-by-email:4 events-by-email:4 graph-by-email:4 ||
	give_up "no topics"

# Two versions of each of 2,000 customers, the later of which counts, and 20,000 events over four partitions.
perl -e 'for my $year (1930, 1940) {
	printf qq({"email":"c%d\@test.com","birthDay":"%d-01-01"}\n), $_, $year + $_ % 10 for 1 .. 2000
}' | change >changes
perl -e 'printf qq({"customer":"c%d\@test.com","score":%d}\n), 1 + $_ * 7 % 2000, $_ for 1 .. 20000' >events
# the versions of a customer have to stay in order: one partition, as the source has it
produce customers -p 0 <changes
for n in 0 1 2 3; do awk -v n=$n 'NR % 4 == n' events | produce events -p $n; done
perl -e 'printf qq({"customer":"c%d\@test.com","score":"%d","birthYear":"%d"}\n),
	$_ * 7 % 2000 + 1, $_, 1940 + ($_ * 7 % 2000 + 1) % 10 for 1 .. 20000' | sort >expected

fields=customer,score:string,birthYear,position=2.position

# pipeline NAME TABLE-READER EVENTS-READER GRAPH: resumes what the graph's topic holds, and ends with the events.
pipeline() {
	join --pad --max-output 1000000 -f "$fields" --resume <(consume "$4") --load <($2) <($3) 2>"$work/$1.join.err" |
		produce "$4" -X linger.ms=0
}

# runs the pipelines 0 to 3 beside each other, the last of them killed amid its work, which then resumes alone
run_four() { # TABLE-READER EVENTS-READER GRAPH
	local n running=()
	for n in 0 1 2; do
		pipeline "$n" "$1 $n" "$2 $n" "$3" &
		running+=($!)
	done
	join --pad -f "$fields" --resume <(consume "$3") --load <($1 3) <($2 3 | slowly) 2>killed.err >killed.pipe &
	killed=$!
	{ head -c 60000 && kill -KILL "$killed" && cat; } <killed.pipe | produce "$3" -X linger.ms=0
	wait "${running[@]}" "$killed"
	consume "$3" | grep -cF "$4:3:" >"$work/before"
	pipeline 3 "$1 3" "$2 3" "$3"
}
mkfifo killed.pipe

slowly() {
	while IFS= read -rn 32768 -d '' part || [[ $part ]]; do printf %s "$part" && sleep 0.05; done
}

all_customers() {
	consume customers -J | redis-decode -J -f 'email!,birthDay!,birthYear=birthDay:year,position=@position'
}
events_of() {
	consume events -p "$1" -J | events-decode -J
}

run_four all_customers events_of graph events
consume graph | sed 's/,"position".*/}/' | sort >actual
same "four pipelines, a partition of the events each: every event once, with the right customer" expected actual
ok "... though one was killed amid its work ($(<before) of 5000 were written)" \
	test "$(<before)" -gt 0 -a "$(<before)" -lt 5000
ok "... and resumed alone: nothing is twice" is '' "$(consume graph | events-decode -f position | sort | uniq -d)"

# Both streams keyed anew by email, into topics of four partitions each, whose partition i is joined with partition i.

rekey=(-K '\t' -X topic.partitioner=murmur2_random)
consume customers -J | redis-decode -J -K email -f 'email!,birthYear=birthDay!:year' | produce customers-by-email "${rekey[@]}"
consume events -J | events-decode -J -K customer -f 'customer!,score!' | produce events-by-email "${rekey[@]}"

customers_by_email() {
	consume customers-by-email -p "$1" -J | events-decode -J -f 'email,birthYear,position=@position'
}
events_by_email() {
	consume events-by-email -p "$1" -J | events-decode -J -f 'customer,score,position=@position'
}
for n in 0 1 2 3; do customers_by_email $n | wc -l; done >shares
ok "keyed by email, each partition has a share of the customers ($(paste -sd ' ' shares))" test "$(sort -n shares | head -n 1)" -gt 500
ok "... and no customer is in two" is 2000 "$(for n in 0 1 2 3; do customers_by_email $n | events-decode -f email | sort -u; done | wc -l)"
run_four customers_by_email events_by_email graph-by-email events-by-email
consume graph-by-email | sed 's/,"position".*/}/' | sort >actual
same "four pipelines, a partition of both streams each: every event once, with the right customer" expected actual
ok "... though one was killed amid its work ($(<before) were written)" test "$(<before)" -gt 0
ok "... and resumed alone: nothing is twice" is '' "$(consume graph-by-email | events-decode -f position | sort | uniq -d)"

done_testing
