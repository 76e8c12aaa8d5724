#!/usr/bin/perl
# Promises of memory and of time: how much the filters hold, and that none holds back what it has.
# The programs are those of the directory $PROGRAMS, else those beside their sources; memory counts for normal builds only.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use lib dirname(abs_path(__FILE__));
use Common;
use IO::Handle;
use IPC::Open2 qw(open2);
use MIME::Base64 qw(encode_base64);
use POSIX qw(mkfifo);

# Runs `$input | PROGRAM $arguments | $output`. Returns the program's status, its peak memory in MiB, what $output
# wrote and what the program said.
sub measured {
	my ($input, $name, $arguments, $output) = @_;
	my $program = program($name);
	my $script = "$input | { /usr/bin/time -q -f %M -o $scratch/peak '$program' $arguments 2>$scratch/said;"
		. " echo \$? >$scratch/status; } | $output";
	open my $pipe, '-|', 'bash', '-c', $script or fail("bash: $!");
	my $written = do { local $/; <$pipe> } // '';
	close $pipe;
	my ($peak) = slurp("$scratch/peak") =~ /^(\d+)$/m or fail("no peak memory: is GNU time installed?");
	return (slurp("$scratch/status") + 0, $peak / 1024, $written, slurp("$scratch/said"));
}

sub within {
	my ($peak, $most, $what) = @_;
	ok($peak < $most, sprintf('%s: %.1f of %d MiB', $what, $peak, $most));
}

# ---- memory ----

my $customer = '{"customerName":"Sam Test","email":"sam.test@test.com","phone":"8015551212","birthDay":"2001-01-03"}';
my $change = sprintf '{"key":"Q3VzdG9tZXI=","zSetEntries":[{"element":"%s","score":0.0}]}', encode_base64($customer, '');
my $event = '{"customer":"sam.test@test.com","score":7.0,"riskDate":"2020-09-14T07:54:06.417Z"}';
my %record = ('redis-decode' => $change, 'events-decode' => $event);

sub check_long_line {
	my ($name) = @_;
	my ($status, $peak, $written, $said) =
		measured("{ head -c 256M /dev/zero | tr '\\0' x; echo; echo '$record{$name}'; }", $name, '', 'wc -l');
	ok($status == 1 && $written == 1, "$name passes over a line of 256 MiB and goes on");
	ok($said eq "$name: stdin:1: expected at most 8388608 bytes (--max-record), found more\n", 'and says so, once');
	within($peak, 16, "$name: a line of 256 MiB");
}

sub check_endless_line {
	my ($name) = @_;
	my ($status, $peak, $written) = measured("head -c 256M /dev/zero | tr '\\0' '['", $name, '-z -r /dev/stdout', 'cksum');
	ok($status == 1 && $written =~ / 268435457$/, "$name keeps a record of 256 MiB whole, in --rejects");
	within($peak, 16, "$name: a record of 256 MiB that does not end");
}

sub check_million {
	my ($name) = @_;
	my ($status, $peak, $written) = measured("yes '$record{$name}' | head -n 1000000", $name, '', 'wc -l');
	ok($status == 0 && $written == 1000000, "$name passes a million records");
	within($peak, 16, "$name: a million records");
}

# Nearly as long as is allowed. In redis-decode's, base64 stands for a record that is three quarters of it.
sub check_long_record {
	my ($name) = @_;
	my $long = 7_900_000;
	my $text = $event;
	if ($name eq 'redis-decode') {
		my $element = $customer =~ s/8015551212/'8' x ($long * 3 \/ 4 - length $customer)/er;
		$text = sprintf '{"key":"Q3VzdG9tZXI=","value":"%s"}', encode_base64($element, '');
	} else {
		$text =~ s/sam/'s' x ($long - length $text)/e;
	}
	spew("$scratch/long", "$text\n");
	my ($status, $peak, $written) = measured("cat $scratch/long", $name, '', 'wc -c');
	ok($status == 0 && $written > $long * 3 / 4 - 1000, "$name passes a record of " . length($text) . ' bytes');
	within($peak, 16, "$name: a long record");
}

# In an envelope the payload is a string, of which a second copy is held while it is decoded.
sub check_long_envelope {
	my ($name) = @_;
	my $payload = slurp("$scratch/long") =~ s/\n//r =~ s/"/\\"/gr;
	spew("$scratch/envelope", qq({"topic":"t","partition":0,"offset":1,"payload":"$payload"}\n));
	my ($status, $peak, $written) = measured("cat $scratch/envelope", $name, '-J', 'wc -c');
	ok($status == 0 && $written > 7_900_000 * 3 / 4 - 1000, "$name -J passes a long record");
	within($peak, 24, "$name -J: a long record");
}

sub check_million_customers {
	my $make = 'my ($kind) = @ARGV; for my $i (0 .. 999_999) { printf $kind eq "table"'
		. ' ? qq({"customerName":"Customer %07d","email":"customer.%07d@test.com","phone":"8015551212",)'
		. ' . qq("birthDay":"1963-01-01","birthYear":"1963"}\n)'
		. ' : qq({"customer":"customer.%07d@test.com","score":7.0,"riskDate":"2020-09-14T07:54:06.417Z"}\n), $i, $i }';
	spew("$scratch/make.pl", $make);
	# events that wait are not what is measured here, so they come when all of the table has been written
	my ($status, $peak, $written) = measured("{ perl $scratch/make.pl table; touch $scratch/table-is-written; }", 'join',
		"- <(until [[ -e $scratch/table-is-written ]]; do sleep 0.05; done; perl $scratch/make.pl events)", 'wc -l');
	ok($status == 0 && $written == 1000000, 'join joins a million events with a million customers');
	within($peak, 1_000_000 * 100 / 1024 ** 2, 'join: a million customers, of 100 bytes each');
}

# ---- time ----

# The next line, or undef where the output ends before.
sub next_line {
	my ($pipe) = @_;
	my $line = '';
	while ($line !~ /\n/ && sysread $pipe, my $byte, 1) { $line .= $byte }
	return $line =~ /\n\z/ ? $line : undef;
}

sub status_of {
	my ($pid) = @_;
	waitpid $pid, 0;
	return $?;
}

sub check_flow {
	my ($name) = @_;
	my $pid = open2(my $from, my $to, program($name));
	for my $round (1 .. 3) {
		syswrite $to, "$record{$name}\n";
		my $line = next_line($from);
		ok(defined $line && $line =~ /^\{"customer.*\}\n\z/, "$name: record $round comes out while its input stays open");
	}
	syswrite $to, substr $record{$name}, 0, 20;
	syswrite $to, substr($record{$name}, 20) . "\n";
	ok(defined next_line($from), "$name: so does one that was written in two pieces");
	close $to;
	ok(status_of($pid) == 0, "$name ends with its input");
}

# Starts a join of two FIFOs; opening one end for both directions never blocks.
sub start_join {
	my (@names) = ("$scratch/table", "$scratch/events");
	my @ends;
	for my $name (@names) {
		unlink $name;
		mkfifo($name, 0600) or fail("$name: $!");
		open my $end, '+<', $name or fail("$name: $!");
		push @ends, $end;
	}
	my $pid = open2(my $from, my $none, program('join'), @names);
	close $none;
	return ($pid, $from, @ends);
}

# The writers' ends are all that keeps the FIFOs open, so join ends when they close.
sub end_join {
	my ($pid, $from, @ends) = @_;
	close $_ for @ends;
	my $status = status_of($pid);
	local $/;
	return ($status, <$from> // '');
}

sub check_join {
	my $row = '{"email":"sam.test@test.com","birthYear":"2001"}' . "\n";
	my $joined = '{"customer":"sam.test@test.com","score":"7.0","email":"sam.test@test.com","birthYear":"2001"}' . "\n";

	my ($pid, $from, $table, $events) = start_join();
	syswrite $table, $row;
	syswrite $events, "$event\n";
	ok((next_line($from) // '') eq $joined, 'join: an event comes out while both inputs stay open');
	syswrite $events, "$event\n";
	ok((next_line($from) // '') eq $joined, 'join: so does a second one, though TABLE says nothing more');
	my ($status, $rest) = end_join($pid, $from, $table, $events);
	ok($status == 0 && $rest eq '', 'join ends with its inputs, and has written each event once');

	($pid, $from, $table, $events) = start_join();
	syswrite $events, "$event\n$event\n";
	syswrite $table, $row =~ s/sam/other/r;
	syswrite $table, $row;
	ok((next_line($from) // '') eq $joined, 'join: an event that came first comes out with its key');
	ok((next_line($from) // '') eq $joined, 'join: so does a second one, though EVENTS says nothing more');
	($status, $rest) = end_join($pid, $from, $table, $events);
	ok($status == 0 && $rest eq '', 'join ends with its inputs, and has written each event once');
}

# EVENTS says nothing at all, and TABLE is more than pipes and buffers hold; then the other way round.
sub check_silent_side {
	my $fill = 20_000;
	my ($pid, $from, $table, $events) = start_join();
	print $table qq({"email":"customer.$_\@test.com","birthYear":"2001"}\n) for 1 .. $fill;
	$table->flush;
	syswrite $events, qq({"customer":"customer.$fill\@test.com","score":1}\n);
	ok((next_line($from) // '') =~ /"customer\.$fill@/, "join reads $fill records of TABLE while EVENTS is silent");
	end_join($pid, $from, $table, $events);

	($pid, $from, $table, $events) = start_join();
	print $events qq({"customer":"customer.$_\@test.com","score":1}\n) for 1 .. $fill;
	$events->flush;
	syswrite $table, qq({"email":"customer.1\@test.com","birthYear":"2001"}\n);
	ok((next_line($from) // '') =~ /"customer\.1@/, "join reads $fill events while TABLE is silent");
	kill TERM => $pid;
	my ($status, $rest) = end_join($pid, $from, $table, $events);
	ok($status >> 8 == 143 && $rest eq '', 'join stops on SIGTERM, with nothing more to write');
}

$SIG{PIPE} = sub { }; # not ignored, which the programs would inherit
for my $name ('redis-decode', 'events-decode') {
	check_flow($name);
	check_long_line($name);
	check_million($name);
	check_long_record($name);
	check_long_envelope($name);
}
check_endless_line('events-decode');
check_join();
check_silent_side();
check_million_customers();
done_testing();
