#!/usr/bin/perl
# Runs the examples of the documents, or of those given as arguments, and compares what they print to the byte.
#
# An example is a line that starts with "$ " (more lines while they end in a backslash) in a fenced block of type
# "console" in Markdown or in a block .Bd -literal in mdoc; the lines up to the next one are what it prints on standard
# output and standard error. The examples of a document run one after the other in a directory which holds the
# files of tests/data, next to a broker whose topics hold the same, and an empty Redis; localhost:9092 in an example is
# that broker.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(basename dirname);
use IO::Socket::INET;
use POSIX qw(:sys_wait_h);
use lib dirname(abs_path(__FILE__));
use Common;

my %sample = map { $_ => "$_.ndjson" } qw(redis-server stedi-events events);
$sample{assessments} = 'assessment.ndjson';
$sample{$_} = undef for qw(stedi-graph events-by-customer purchases guilds questions);
my @others = qw(redis-source stedi-simulator embedded-broker);
my @documents = @ARGV ? @ARGV : map { "$top/$_" } 'README.md', 'redis-decode/redis-decode.1',
	'events-decode/events-decode.1', 'join/join.1', 'scripts/stedi-pipes.7', map { "scripts/$_/$_.1" } @others;

put_in_path(qw(redis-decode events-decode join), @others);
mkdir "$scratch/bin" and symlink program('join'), "$scratch/bin/stedi-join" or fail("stedi-join: $!");
$ENV{PATH} = "$scratch/bin:$ENV{PATH}"; # as it is installed, which the pages tell of

# A line of mdoc as it is shown.
sub shown {
	my ($line, $place) = @_;
	my %glyph = ('e' => '\\', '&' => '', '-' => '-', '(aq' => "'", '(dq' => '"', '(ga' => '`', '(ha' => '^', '(ti' => '~');
	$line =~ s{\\(\(..|.?)}{$glyph{$1} // fail("$place: an escape that is not known: \\$1")}ge;
	return $line;
}

# The lines of the blocks that may hold examples: [block, number, line].
sub lines_of {
	my ($name) = @_;
	my $mdoc = $name =~ /\.[1-9]$/;
	my ($begin, $end) = $mdoc ? (qr/^\.Bd -literal/, qr/^\.Ed/) : (qr/^```console$/, qr/^```$/);
	my ($block, $number, @lines) = (0, 0);
	for (split /\n/, slurp($name)) {
		$number++;
		if (/$begin/) { $block = $number }
		elsif (/$end/) { $block = 0 }
		elsif ($block) { push @lines, [$block, $number, $mdoc ? shown($_, "$name:$number") : $_] }
	}
	fail("$name:$block: this block has no end") if $block;
	return @lines;
}

sub examples_of {
	my ($name) = @_;
	my ($last, @examples) = (0);
	for (lines_of($name)) {
		my ($block, $number, $line) = @$_;
		my $example = $block == $last ? $examples[-1] : undef;
		if ($example && $example->{command} =~ /\\\z/) {
			$example->{command} .= "\n$line";
		} elsif ($line =~ /^\$ (.*)/) {
			push @examples, { name => basename($name) . ":$number", command => $1, prints => '' };
			$last = $block;
		} elsif ($example) {
			$example->{prints} .= "$line\n";
		}
	}
	return \@examples;
}

my ($broker, $redis);

sub stop_servers {
	for my $server (grep { defined } $broker, $redis) {
		kill TERM => $server;
		waitpid $server, 0;
	}
	undef $broker;
	undef $redis;
}

# Returns the port of a Redis that keeps what it has in the directory, which is nothing. Another program may be quicker to take
# the port.
sub start_redis {
	unlink "$scratch/redis.log";
	my $port = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1')->sockport;
	my @options = qw(--bind 127.0.0.1 --appendonly no --repl-diskless-sync-delay 0 --logfile redis.log --save);
	$redis = fork // die "docs.t: fork: $!\n";
	if (!$redis) {
		exec 'setpriv', '--pdeathsig', 'TERM', 'redis-server', '--port', $port, '--dir', $scratch, @options, ''
			or fail("setpriv: $!");
	}
	until (`redis-cli -p $port info server 2>&1` =~ /^process_id:$redis\r$/m) {
		if (waitpid($redis, WNOHANG) == $redis) {
			my $said = slurp("$scratch/redis.log");
			return start_redis() if $said =~ /Address already in use/;
			fail("redis-server: it has ended: $said");
		}
		select undef, undef, undef, 0.05;
	}
	return $port;
}

# Returns the address of a broker whose topics hold what is in tests/data.
sub start_broker {
	my $program = program('embedded-broker');
	pipe my $says, my $tells or fail("pipe: $!");
	$broker = fork // fail("fork: $!");
	if (!$broker) {
		open STDOUT, '>&', $tells or fail("stdout: $!");
		exec 'setpriv', '--pdeathsig', 'TERM', $program, sort keys %sample or fail("setpriv: $!");
	}
	close $tells;
	my ($address) = (<$says> // '') =~ /^(\S+:\d+)$/ or fail("$program printed no address");
	for my $topic (grep { $sample{$_} } keys %sample) {
		my @command = ('kcat', '-P', '-b', $address, '-t', $topic, '-p', 0, '-l', "$top/tests/data/$sample{$topic}");
		system(@command) == 0 or fail("failed: @command");
	}
	return $address;
}

# Returns what the command prints in the directory.
sub run {
	my ($command, $folder) = @_;
	my $pid = fork // fail("fork: $!");
	if (!$pid) {
		chdir $folder or fail("$folder: $!");
		open STDIN, '<', '/dev/null' or fail("stdin: $!");
		open STDOUT, '>', "$scratch/out" or fail("stdout: $!");
		open STDERR, '>&', \*STDOUT or fail("stderr: $!");
		exec 'bash', '-c', $command or fail("bash: $!");
	}
	waitpid $pid, 0;
	return slurp("$scratch/out");
}

sub check {
	my ($example, $address, $folder) = @_;
	my $command = $example->{command} =~ s/localhost:9092/$address/gr;
	my $printed = run($command, $folder) =~ s/\Q$address\E/localhost:9092/gr;
	ok($printed eq $example->{prints}, "$example->{name}: " . $example->{command} =~ s/\\\n\s*|#/ /gr)
		or differ(document => $example->{prints}, program => $printed);
}

END { my $status = $?; stop_servers(); $? = $status }
$SIG{$_} = sub { exit 1 } for qw(INT TERM HUP);

my $number = 0;
my %examples = map { $_ => examples_of($_) } @documents;
@{$examples{$_}} or fail("$_: holds no example") for @documents;
for my $document (@documents) {
	my $folder = "$scratch/" . ++$number;
	mkdir $folder or fail("$folder: $!");
	spew("$folder/" . basename($_), slurp($_)) for glob "$top/tests/data/*.ndjson";
	my $address = start_broker();
	$ENV{KAFKA_BROKER} = $address;
	$ENV{REDIS_PORT} = start_redis();
	check($_, $address, $folder) for @{$examples{$document}};
	stop_servers();
}
done_testing();
