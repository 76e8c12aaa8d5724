# What the tests in Perl share: files, programs, and TAP.
package Common;
use strict;
use warnings;
use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(basename dirname);
use File::Temp qw(tempdir);

our @EXPORT = qw($top $scratch fail slurp spew program put_in_path ok differ done_testing);
our $top = dirname(dirname(abs_path(__FILE__)));
our $scratch = tempdir(basename($0) . '.XXXXXX', TMPDIR => 1, CLEANUP => 1);
my ($tests, $failures) = (0, 0);
$| = 1;

sub fail {
	die basename($0) . ": @_\n";
}

sub slurp {
	open my $file, '<:raw', $_[0] or fail("$_[0]: $!");
	local $/;
	return <$file> // '';
}

sub spew {
	open my $file, '>:raw', $_[0] or fail("$_[0]: $!");
	print $file $_[1] and close $file or fail("$_[0]: $!");
}

# A program of ours: that of the directory $PROGRAMS, else the one beside its source.
sub program {
	my ($name) = @_;
	my $path = ($ENV{PROGRAMS} || (-d "$top/$name" ? "$top/$name" : "$top/scripts/$name")) . "/$name";
	-x $path && -f _ or fail("$path is not there: build it first");
	return abs_path($path);
}

# The programs stand first in PATH for what the test runs.
sub put_in_path {
	$ENV{PATH} = join ':', (map { dirname(program($_)) } @_), $ENV{PATH};
	$ENV{LC_ALL} = 'C.UTF-8';
	$SIG{PIPE} = 'DEFAULT';
}

sub ok {
	my ($holds, $title) = @_;
	$tests++;
	$failures++ unless $holds;
	print $holds ? '' : 'not ', "ok $tests - $title\n";
	return $holds;
}

# Prints, below a test that has failed, how two texts differ.
sub differ {
	my ($expected_name, $expected, $actual_name, $actual) = @_;
	spew("$scratch/expected", $expected);
	spew("$scratch/actual", $actual);
	open my $diff, '-|', 'diff', '-u', '--label', $expected_name, "$scratch/expected", '--label', $actual_name,
		"$scratch/actual" or fail("diff: $!");
	print map { s/([^\n -~\x80-\xff])/sprintf '\\x%02x', ord $1/ger } map { "# $_" } <$diff>;
}

sub done_testing {
	print "1..$tests\n";
	exit($failures || !$tests ? 1 : 0);
}

1;
