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
use File::Temp qw(tempdir);
use IO::Socket::INET;
use POSIX qw(:sys_wait_h);

my $seconds = 60; # then an example hangs, and fails
my $top = dirname(dirname(abs_path(__FILE__)));
my %sample = map { $_ => "$_.ndjson" } qw(redis-server stedi-events events);
$sample{assessments} = 'assessment.ndjson';
$sample{$_} = undef for qw(stedi-graph events-by-customer purchases guilds questions);
my @others = qw(redis-source stedi-simulator embedded-broker);
my @documents = @ARGV ? @ARGV : map { "$top/$_" } 'README.md', 'redis-decode/redis-decode.1',
	'events-decode/events-decode.1', 'join/join.1', 'scripts/stedi-pipes.7', map { "scripts/$_/$_.1" } @others;

sub program {
	my ($name, $folder) = @_;
	my $path = $ENV{PROGRAMS} ? "$ENV{PROGRAMS}/$name" : "$top/$folder/$name";
	-x $path && -f _ or die "docs.t: $path is not there: build it first\n";
	return abs_path($path);
}

my %programs = map { $_ => program($_, $_) } qw(redis-decode events-decode join);
$programs{$_} = program($_, "scripts/$_") for @others;
my $broker_program = $programs{'embedded-broker'};
$ENV{PATH} = join ':', (map { dirname($_) } values %programs), $ENV{PATH};
$ENV{LC_ALL} = 'C.UTF-8';
$SIG{PIPE} = 'DEFAULT';

sub slurp {
	open my $file, '<:raw', $_[0] or die "docs.t: $_[0]: $!\n";
	local $/;
	return <$file> // '';
}

sub spew {
	open my $file, '>:raw', $_[0] or die "docs.t: $_[0]: $!\n";
	print $file $_[1] and close $file or die "docs.t: $_[0]: $!\n";
}

# A line of mdoc as it is shown.
sub shown {
	my ($line, $place) = @_;
	my %glyph = ('e' => '\\', '&' => '', '-' => '-', '(aq' => "'", '(dq' => '"', '(ga' => '`', '(ha' => '^', '(ti' => '~');
	$line =~ s{\\(\(..|.?)}{$glyph{$1} // die "docs.t: $place: an escape that is not known: \\$1\n"}ge;
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
	die "docs.t: $name:$block: this block has no end\n" if $block;
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

# Returns the port of a Redis that keeps what it has in the directory, which is nothing.
sub start_redis {
	my ($directory) = @_;
	my $port = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1')->sockport;
	my @options = qw(--bind 127.0.0.1 --appendonly no --repl-diskless-sync-delay 0 --logfile redis.log --save);
	$redis = fork // die "docs.t: fork: $!\n";
	if (!$redis) {
		exec 'setpriv', '--pdeathsig', 'TERM', 'redis-server', '--port', $port, '--dir', $directory, @options, ''
			or die "docs.t: setpriv: $!\n";
	}
	until (`redis-cli -p $port ping 2>&1` =~ /^PONG/) {
		waitpid($redis, WNOHANG) == 0 or die "docs.t: redis-server: it has ended: see redis.log\n";
		select undef, undef, undef, 0.05;
	}
	return $port;
}

# Returns the address of a broker whose topics hold what is in tests/data.
sub start_broker {
	pipe my $says, my $tells or die "docs.t: pipe: $!\n";
	$broker = fork // die "docs.t: fork: $!\n";
	if (!$broker) {
		open STDOUT, '>&', $tells or die "docs.t: stdout: $!\n";
		exec 'setpriv', '--pdeathsig', 'TERM', $broker_program, sort keys %sample or die "docs.t: setpriv: $!\n";
	}
	close $tells;
	my ($address) = (<$says> // '') =~ /^(\S+:\d+)$/ or die "docs.t: $broker_program printed no address\n";
	for my $topic (grep { $sample{$_} } keys %sample) {
		my @command = ('kcat', '-P', '-b', $address, '-t', $topic, '-p', 0, '-l', "$top/tests/data/$sample{$topic}");
		system(@command) == 0 or die "docs.t: failed: @command\n";
	}
	return $address;
}

# Returns what the command prints.
sub run {
	my ($command, $scratch) = @_;
	my $pid = fork // die "docs.t: fork: $!\n";
	if (!$pid) {
		chdir "$scratch/work" or die "docs.t: $scratch/work: $!\n";
		open STDIN, '<', '/dev/null' or die "docs.t: stdin: $!\n";
		open STDOUT, '>', "$scratch/out" or die "docs.t: stdout: $!\n";
		open STDERR, '>&', \*STDOUT or die "docs.t: stderr: $!\n";
		exec 'timeout', '--kill-after', 5, $seconds, 'bash', '-c', $command or die "docs.t: timeout: $!\n";
	}
	waitpid $pid, 0;
	return slurp("$scratch/out") . (($? >> 8) =~ /^(124|137)$/ ? "(still running after $seconds seconds)\n" : '');
}

sub check {
	my ($number, $example, $address, $scratch) = @_;
	my $command = $example->{command} =~ s/localhost:9092/$address/gr;
	my $printed = run($command, $scratch) =~ s/\Q$address\E/localhost:9092/gr;
	my $same = $printed eq $example->{prints};
	print $same ? '' : 'not ', "ok $number - $example->{name}: ", $example->{command} =~ s/\\\n\s*|#/ /gr, "\n";
	return 1 if $same;
	spew("$scratch/expected", $example->{prints});
	spew("$scratch/actual", $printed);
	open my $diff, '-|', 'diff', '-u', '--label', 'document', "$scratch/expected", '--label', 'program', "$scratch/actual"
		or die "docs.t: diff: $!\n";
	print map { s/([^\n -~\x80-\xff])/sprintf '\\x%02x', ord $1/ger } map { "# $_" } <$diff>;
	return 0;
}

END { my $status = $?; stop_servers(); $? = $status }
$SIG{$_} = sub { exit 1 } for qw(INT TERM HUP);

my %examples = map { $_ => examples_of($_) } @documents;
my ($number, $failed, $count) = (0, 0, 0);
@{$examples{$_}} or die "docs.t: $_: holds no example\n" for @documents;
$count += @{$examples{$_}} for @documents;
print "1..$count\n";
for my $document (@documents) {
	my $scratch = tempdir('docs.XXXXXX', TMPDIR => 1, CLEANUP => 1);
	mkdir "$scratch/work" or die "docs.t: $scratch/work: $!\n";
	spew("$scratch/work/" . basename($_), slurp($_)) for glob "$top/tests/data/*.ndjson";
	my $address = start_broker();
	$ENV{KAFKA_BROKER} = $address;
	$ENV{REDIS_PORT} = start_redis($scratch);
	check(++$number, $_, $address, $scratch) or $failed++ for @{$examples{$document}};
	stop_servers();
}
exit($failed ? 1 : 0);
