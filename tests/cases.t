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
use lib dirname(abs_path(__FILE__));
use Common;

my $seconds = 120; # then a case hangs, and fails
my $number = 0;
put_in_path(qw(redis-decode events-decode join));
$ENV{TESTDATA} = "$top/tests/data";

sub cases_of {
	my ($name) = @_;
	my ($line, @cases, $case) = (0);
	my $finish = sub {
		return unless $case;
		defined $case->{$_} or fail("$name:$line: the case above has no '$_' line") for '#', '$';
		push @cases, $case;
		undef $case;
	};
	for (split /\n/, slurp($name)) {
		$line++;
		if ($_ eq '') { $finish->(); next }
		my ($sign, $text) = /^([#\$<>!?])(?: (.*))?$/ or fail("$name:$line: no line of a case: $_");
		my $single = $sign =~ /[#?]/;
		fail("$name:$line: a second '$sign' line in one case") if $single && defined $case->{$sign};
		fail("$name:$line: an empty '$sign' line") if $single && ($text // '') eq '';
		$case->{$sign} .= $single ? $text : ($text // '') . "\n";
	}
	$line++;
	$finish->();
	fail("$name: holds no case") unless @cases;
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

# Runs the case in the new directory. Returns what it wrote, its status, and what else went wrong.
sub run {
	my ($case, $folder) = @_;
	mkdir $_ or fail("$_: $!") for $folder, "$folder/work";
	spew("$folder/in", $case->{'<'} // '');
	my $pid = fork // fail("fork: $!");
	if (!$pid) {
		setpgrp;
		chdir "$folder/work" or fail("$folder/work: $!");
		open STDIN, '<', defined $case->{'<'} ? '../in' : '/dev/null' or fail("stdin: $!");
		open STDOUT, '>', '../out' or fail("stdout: $!");
		open STDERR, '>', '../err' or fail("stderr: $!");
		exec 'bash', '-o', 'pipefail', '-c', $case->{'$'} or fail("bash: $!");
	}
	my $fault;
	local @SIG{qw(INT TERM HUP)} = (sub { kill KILL => -$pid; fail("stopped") }) x 3;
	local $SIG{ALRM} = sub { $fault = "still running after $seconds seconds"; kill KILL => -$pid };
	alarm $seconds;
	waitpid $pid, 0;
	my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
	alarm 0;
	$fault //= 'left a process behind' if killed($pid);
	return ({ '>' => slurp("$folder/out"), '!' => slurp("$folder/err"), '?' => $status }, $fault);
}

# What a case shows or should show, in the lines of a case file.
sub lines_of {
	my ($case) = @_;
	my $text = '';
	for my $sign ('>', '!') {
		my $bytes = $case->{$sign} // '';
		$text .= "$sign $_" for $bytes =~ /[^\n]*\n|[^\n]+$/g;
		$text .= "(no LF at the end)\n" if $bytes =~ /[^\n]\z/;
	}
	return $text . '? ' . ($case->{'?'} // 0) . "\n";
}

for my $case (map { cases_of($_) } @ARGV ? @ARGV : sort glob "$top/tests/cases/*.txt") {
	my ($got, $fault) = run($case, $scratch . '/' . ++$number);
	my $same = ($got->{'>'} eq ($case->{'>'} // '')) && ($got->{'!'} eq ($case->{'!'} // ''))
		&& $got->{'?'} == ($case->{'?'} // 0);
	next if ok($same && !$fault, "$case->{file}: $case->{'#'}");
	print "# $fault\n" if $fault;
	print map { "# $_\n" } split /\n/, "\$ $case->{'$'}" =~ s/\n(?=.)/\n\$ /gr;
	differ(expected => lines_of($case), actual => lines_of($got));
}
done_testing();
