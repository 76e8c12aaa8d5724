#!/usr/bin/perl
# Runs the cases in tests/cases/*.txt, or those in the files given as arguments: bytes in, bytes out.
#
# Cases are separated by blank lines. The lines of a case:
#   # title
#   $ shell command (several are one script), run by bash with pipefail in a fresh directory
#   < a line of standard input (without any, standard input is /dev/null)
#   > an expected line of standard output
#   ! an expected line of standard error
#   ? the expected exit status (without it, 0)
# The programs stand first in PATH: those of the directory $PROGRAMS, else those beside their sources.
# TESTDATA is the directory of sample messages. A case that leaves a process behind fails.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(basename dirname);
use File::Temp qw(tempdir);

my $seconds = 120; # then a case hangs, and fails
my $tests = abs_path(dirname(__FILE__));
my $top = dirname($tests);

my @programs = qw(redis-decode events-decode join);
my @path = map { $ENV{PROGRAMS} || "$top/$_" } @programs;
for (0 .. $#programs) {
	-x "$path[$_]/$programs[$_]" && -f _ or die "cases.t: $path[$_]/$programs[$_] is not there: build it first\n";
	$path[$_] = abs_path($path[$_]);
}
$ENV{PATH} = join ':', @path, $ENV{PATH};
$ENV{TESTDATA} = "$tests/data";
$ENV{LC_ALL} = 'C.UTF-8';
$SIG{PIPE} = 'DEFAULT';

sub slurp {
	open my $file, '<:raw', $_[0] or die "cases.t: $_[0]: $!\n";
	local $/;
	return <$file> // '';
}

sub spew {
	open my $file, '>:raw', $_[0] or die "cases.t: $_[0]: $!\n";
	print $file $_[1] and close $file or die "cases.t: $_[0]: $!\n";
}

sub cases_of {
	my ($name) = @_;
	my ($line, @cases, $case) = (0);
	my $finish = sub {
		return unless $case;
		defined $case->{$_} or die "cases.t: $name:$line: the case above has no '$_' line\n" for '#', '$';
		push @cases, $case;
		undef $case;
	};
	for (split /\n/, slurp($name)) {
		$line++;
		if ($_ eq '') { $finish->(); next }
		my ($sign, $text) = /^([#\$<>!?])(?: (.*))?$/ or die "cases.t: $name:$line: no line of a case: $_\n";
		my $single = $sign =~ /[#?]/;
		die "cases.t: $name:$line: a second '$sign' line in one case\n" if $single && defined $case->{$sign};
		die "cases.t: $name:$line: an empty '$sign' line\n" if $single && ($text // '') eq '';
		$case->{$sign} .= $single ? $text : ($text // '') . "\n";
	}
	$line++;
	$finish->();
	die "cases.t: $name: holds no case\n" unless @cases;
	return map { { %$_, file => basename($name, '.txt') } } @cases;
}

# Ends what of a process group does not end by itself, and says whether there was any.
sub killed {
	my ($group) = @_;
	for (1 .. 50) {
		return 0 unless grep { (eval { slurp($_) } // '') =~ /\) [^ZX] \d+ $group / } glob '/proc/[0-9]*/stat';
		select undef, undef, undef, 0.1;
	}
	kill KILL => -$group;
	return 1;
}

# Runs the case in a directory of its own. Returns what it wrote, its status, and what else went wrong.
sub run {
	my ($case, $scratch) = @_;
	mkdir "$scratch/work" or die "cases.t: $scratch/work: $!\n";
	spew("$scratch/in", $case->{'<'} // '');
	my $pid = fork // die "cases.t: fork: $!\n";
	if (!$pid) {
		setpgrp;
		chdir "$scratch/work" or die "cases.t: $scratch/work: $!\n";
		open STDIN, '<', defined $case->{'<'} ? '../in' : '/dev/null' or die "cases.t: stdin: $!\n";
		open STDOUT, '>', '../out' or die "cases.t: stdout: $!\n";
		open STDERR, '>', '../err' or die "cases.t: stderr: $!\n";
		exec 'bash', '-o', 'pipefail', '-c', $case->{'$'} or die "cases.t: bash: $!\n";
	}
	my $fault;
	local @SIG{qw(INT TERM HUP)} = (sub { kill KILL => -$pid; die "cases.t: stopped\n" }) x 3;
	local $SIG{ALRM} = sub { $fault = "still running after $seconds seconds"; kill KILL => -$pid };
	alarm $seconds;
	waitpid $pid, 0;
	my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
	alarm 0;
	$fault //= 'left a process behind' if killed($pid);
	return ({ '>' => slurp("$scratch/out"), '!' => slurp("$scratch/err"), '?' => $status }, $fault);
}

# What a case shows or should show, in the lines of a case file.
sub lines_of {
	my ($case) = @_;
	my $text = '';
	for my $sign ('>', '!') {
		my $bytes = $case->{$sign} // '';
		$bytes =~ s/([^\n -~\x80-\xff])/sprintf '\\x%02x', ord $1/ge;
		$text .= "$sign $_" for $bytes =~ /[^\n]*\n|[^\n]+$/g;
		$text .= "(no LF at the end)\n" if $bytes =~ /[^\n]\z/;
	}
	return $text . '? ' . ($case->{'?'} // 0) . "\n";
}

my @cases = map { cases_of($_) } @ARGV ? @ARGV : sort glob "$tests/cases/*.txt" or die "cases.t: no cases\n";
print '1..' . @cases . "\n";
my ($number, $failed) = (0, 0);
for my $case (@cases) {
	my $scratch = tempdir('cases.XXXXXX', TMPDIR => 1, CLEANUP => 1);
	my ($got, $fault) = run($case, $scratch);
	my $same = ($got->{'>'} eq ($case->{'>'} // '')) && ($got->{'!'} eq ($case->{'!'} // ''))
		&& $got->{'?'} == ($case->{'?'} // 0);
	$number++;
	print $same && !$fault ? '' : 'not ', "ok $number - $case->{file}: $case->{'#'}\n";
	next if $same && !$fault;
	$failed++;
	print "# $fault\n" if $fault;
	print map { "# $_\n" } split /\n/, "\$ $case->{'$'}" =~ s/\n(?=.)/\n\$ /gr;
	spew("$scratch/expected", lines_of($case));
	spew("$scratch/actual", lines_of($got));
	open my $diff, '-|', 'diff', '-u', '--label', 'expected', "$scratch/expected", '--label', 'actual', "$scratch/actual"
		or die "cases.t: diff: $!\n";
	print map { "# $_" } <$diff>;
}
exit($failed ? 1 : 0);
