#!/usr/bin/perl
# How much memory the filters hold, whatever comes. That none holds back what it has is in cases/realtime.txt.
# The programs are those of the directory $PROGRAMS, else those beside their sources.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use lib dirname(abs_path(__FILE__));
use Common;
use MIME::Base64 qw(encode_base64);

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

for my $name ('redis-decode', 'events-decode') {
	check_long_line($name);
	check_million($name);
	check_long_record($name);
	check_long_envelope($name);
}
check_endless_line('events-decode');
check_million_customers();
done_testing();
