#!/bin/bash
# Random customers, versions of them, and events: our pipeline and Kafka Streams write the same records; Spark writes those
# too, and an event again for each other version of its customer, as its joins of streams do.
#
#   SEED  which random numbers
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"
put_in_path events-decode
kafka=$root/tests/bench/kafka
seed=${SEED:-$RANDOM}
rounds=4
echo "# SEED=$seed"

start_kafka
create_topics
wait_for topic_is_there streams
wait_for topic_is_there spark

# For each round: changes-N, some of new customers and some of earlier ones, and last one of a customer who marks the end;
# mark-N, an event of that one; events-N; and count-N, how many events have been joined after them. In the end expected, all
# that is joined, and versions, how many records there are when each event meets all versions of its customer.
perl -MMIME::Base64 -MList::Util=shuffle - "$seed" "$rounds" "$EVENTS_TOPIC" <<'END_OF_PERL'
my ($seed, $rounds, $topic) = @ARGV;
my (%year, %versions, %events, %waits, @joined);
my $offset = 0;
srand $seed;
sub put { open my $file, '>>', shift or die; print $file @_ }
sub joined {
	my ($email, $score, $year, $offset) = @_;
	push @joined, qq({"customer":"$email","score":"$score","email":"$email","birthYear":"$year","position":"$topic:0:$offset"}\n);
}
sub change {
	my ($round, $email) = @_;
	$year{$email} = 1930 + int rand 80;
	$versions{$email}++;
	my $record = qq({"customerName":"José $email","email":"$email","phone":"8015551212","birthDay":"$year{$email}-08-16"});
	my $element = encode_base64($record, '');
	put("changes-$round", qq({"key":"Q3VzdG9tZXI=","zSetEntries":[{"element":"$element","score":0.0}]}\n));
	joined($email, $_->[0], $year{$email}, $_->[1]) for @{ delete $waits{$email} || [] };
}
sub event {
	my ($file, $email) = @_;
	my $score = (int rand(60) - 30, sprintf('%.1f', 1 + rand 9), sprintf('-%.2f', 1 + rand 9))[rand 3];
	put($file, qq({"customer":"$email","score":$score,"riskDate":"2020-09-14T07:54:06.417Z"}\n));
	if ($year{$email}) { joined($email, $score, $year{$email}, $offset) } else { push @{ $waits{$email} }, [$score, $offset] }
	$events{$email}++;
	$offset++;
}
my %comes = map { ($_ % 3 ? "c$_\@test.com" : "zoë.$_\@test.com") => 1 + int rand($rounds + 1) } 1 .. 200;
my @emails = sort keys %comes;
for my $round (1 .. $rounds) {
	my @known = grep { $comes{$_} < $round } @emails;
	change($round, $_) for shuffle((grep { $comes{$_} == $round } @emails), map { $known[rand @known] } @known ? 1 .. 80 : ());
	change($round, "mark-$round");
	event("mark-$round", "mark-$round");
	event("events-$round", $emails[rand @emails]) for 1 .. 500;
	put("count-$round", scalar @joined);
}
my $all = 0;
$all += $events{$_} * ($versions{$_} // 0) for keys %events;
put('versions', $all);
put('expected', sort @joined);
END_OF_PERL

start join submit-event-kafkajoin.sh
"$kafka/streams-join" "$KAFKA_BROKER" "$REDIS_TOPIC" "$EVENTS_TOPIC" streams "$work/state" >streams.out 2>streams.err &

# both_have COUNT: records
both_have() {
	holds "$KAFKA_RISK_TOPIC" "$1" && holds streams "$1"
}
both_joined() { # EMAIL
	consume "$KAFKA_RISK_TOPIC" | grep -F "\"$1\"" && consume streams | grep -F "\"$1\""
}
for ((round = 1; round <= rounds; round++)); do
	produce "$REDIS_TOPIC" -k Customer <"changes-$round"
	produce "$EVENTS_TOPIC" <"mark-$round"
	wait_for both_joined "mark-$round"
	produce "$EVENTS_TOPIC" <"events-$round"
	wait_for both_have "$(<"count-$round")"
done

consume "$KAFKA_RISK_TOPIC" | LC_ALL=C sort >ours
consume streams | LC_ALL=C sort >theirs
LC_ALL=C sort -o expected expected
same "our pipeline writes each event once, with its customer as it was" expected ours
same "Kafka Streams writes the same $(wc -l <theirs) records" ours theirs

SPARK_LOCAL_IP=127.0.0.1 SPARK_JARS=$(printf '%s,' "$root"/build/spark-kafka/jars/*.jar | sed 's/,$//') \
	"$root/build/spark/bin/python" "$kafka/spark_join.py" "$KAFKA_BROKER" "$REDIS_TOPIC" "$EVENTS_TOPIC" spark "$work/spark" \
	>spark.out 2>spark.err &
wait_for holds spark "$(<versions)"
consume spark | LC_ALL=C sort >spark.all
ok "Spark writes $(<versions) for the same $(wc -l <ours) events" is "$(<versions)" "$(wc -l <spark.all)"
# without the scores: Spark writes 2.30 as 2.3
with_birth_years() {
	events-decode -f position,birthYear "$1" | LC_ALL=C sort -u
}
positions() {
	events-decode -f position "$1" | LC_ALL=C sort -u
}
ok "... all of ours among them" is '' "$(LC_ALL=C comm -23 <(with_birth_years ours) <(with_birth_years spark.all))"
ok "... and the others are the same events with other versions of their customers" \
	is "$(positions ours)" "$(positions spark.all)"
done_testing
