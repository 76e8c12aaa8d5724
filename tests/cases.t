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
# TESTDATA is the directory of sample messages. As many run at once as there are processors. A case is over once no process
# of it is left; the signal that ends the test has those named that are not.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(basename dirname);
use POSIX qw(WNOHANG);
use Time::HiRes qw(sleep);
use lib dirname(abs_path(__FILE__));
use Common;

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

# Whether processes of the group are left; those that have ended, and nobody has waited for, are not.
sub has_left {
	my ($group) = @_;
	return kill(0 => -$group) && grep { (eval { slurp($_) } // '') =~ /\) [^ZX] \d+ $group / } glob '/proc/[0-9]*/stat';
}

# Starts the case in the new directory. Returns its process group.
sub start {
	my ($case, $folder) = @_;
	mkdir $_ or fail("$_: $!") for $folder, "$folder/work";
	spew("$folder/in", $case->{'<'}) if defined $case->{'<'};
	my $pid = fork // fail("fork: $!");
	setpgrp $pid, $pid;
	return $pid if $pid;
	chdir "$folder/work" or fail("$folder/work: $!");
	open STDIN, '<', defined $case->{'<'} ? '../in' : '/dev/null' or fail("stdin: $!");
	open STDOUT, '>', '../out' or fail("stdout: $!");
	open STDERR, '>', '../err' or fail("stderr: $!");
	exec 'bash', '-o', 'pipefail', '-c', $case->{'$'} or fail("bash: $!");
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

sub failed {
	my ($case, $what) = @_;
	ok(0, "$case->{file}: $case->{'#'}");
	print "# $what\n" if $what;
	print map { "# $_\n" } split /\n/, "\$ $case->{'$'}" =~ s/\n(?=.)/\n\$ /gr;
}

sub compare {
	my ($case, $folder, $status) = @_;
	my $got = { '>' => slurp("$folder/out"), '!' => slurp("$folder/err"), '?' => $status & 127 ? 128 + ($status & 127) : $status >> 8 };
	my $same = ($got->{'>'} eq ($case->{'>'} // '')) && ($got->{'!'} eq ($case->{'!'} // ''))
		&& $got->{'?'} == ($case->{'?'} // 0);
	return ok(1, "$case->{file}: $case->{'#'}") if $same;
	failed($case);
	differ(expected => lines_of($case), actual => lines_of($got));
}

# By process group: the case, its directory, and its status once it has ended
my %running;
for my $signal (qw(INT TERM HUP)) {
	$SIG{$signal} = sub {
		for my $group (sort { $a <=> $b } keys %running) {
			failed($running{$group}{case}, defined $running{$group}{status} ? 'has left a process behind' : 'is still running');
			kill KILL => -$group;
		}
		done_testing();
	};
}

# Takes what has ended, one or more, and waits for it. A case has ended once it has left no process behind.
sub take_ended {
	my $waits = grep { defined $_->{status} } values %running;
	while ((my $pid = waitpid -1, $waits ? WNOHANG : 0) > 0) { $running{$pid}{status} = $? if $running{$pid} }
}

my @cases = map { cases_of($_) } @ARGV ? @ARGV : sort glob "$top/tests/cases/*.txt";
my ($jobs, $number) = (`nproc`, 0);
while (@cases || %running) {
	while (@cases && keys %running < $jobs) {
		my ($case, $folder) = (shift @cases, "$scratch/" . ++$number);
		$running{start($case, $folder)} = { case => $case, folder => $folder };
	}
	take_ended();
	my @ended = grep { defined $running{$_}{status} } keys %running;
	my @over = grep { !has_left($_) } @ended;
	for (map { delete $running{$_} } @over) { compare(@$_{qw(case folder status)}) }
	sleep 0.02 if @ended > @over;
}
done_testing();
