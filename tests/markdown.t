#!/usr/bin/perl
# Links of the documents in Markdown lead somewhere, and each block of shell of the first ones tells, in a comment on the
# line before it, how it is tested:
#
#   <!-- NAME, run by FILE -->      FILE takes it from the document: it holds "block NAME"
#   <!-- run by FILE: TEXT, ... --> FILE runs the same: it holds each TEXT, and each command of the block holds one
#   <!-- not run: REASON -->
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use lib dirname(abs_path(__FILE__));
use Common;

chdir $top or fail("$top: $!");
my @first = qw(README.md CONTRIBUTING.md CHANGELOG.md);

sub holds {
	my ($file, $text) = @_;
	return "$file is not there" unless -f $file;
	return index(slurp($file), $text) < 0 ? "$file does not hold '$text'" : ();
}

# Its commands, each on one line.
sub commands_of {
	my ($block) = @_;
	return grep { /\S/ } map { s/(^|\s+)#.*//r } split /\n/, $block =~ s/\\\n\s*//gr;
}

# What is wrong with the line before a block.
sub faults {
	my ($before, $block) = @_;
	return if $before =~ /^<!-- not run: \S.* -->$/;
	return holds($2, "block $1") if $before =~ /^<!-- ([\w-]+), run by (\S+) -->$/;
	my ($file, $texts) = $before =~ /^<!-- run by (\S+): (.+) -->$/ or return "the line before it does not say how it is tested";
	my @texts = split /, /, $texts;
	my @others = grep { my $command = $_; !grep { index($command, $_) >= 0 } @texts } commands_of($block);
	return ((map { holds($file, $_) } @texts), map { "not in $texts: $_" } @others);
}

sub check_blocks {
	my ($name) = @_;
	my $text = slurp($name);
	while ($text =~ /^([^\n]*)\n```(?:sh|bash|shell)\n(.*?)^```$/msg) {
		my ($before, $block) = ($1, $2);
		my $line = 1 + (substr($text, 0, $-[2]) =~ tr/\n//);
		my @faults = faults($before, $block);
		ok(!@faults, "$name:$line: a block of shell is tested") or print map { "# $_\n" } @faults;
	}
}

# The anchors of a document, as GitHub makes them of its headings.
sub anchors {
	my $text = slurp($_[0]) =~ s/^```.*?^```$//msgr;
	return map { lc() =~ s/[^\w\s-]//gr =~ s/ /-/gr } $text =~ /^#+ (.*)$/mg;
}

sub check_links {
	my ($name) = @_;
	for (slurp($name) =~ /\]\(([^()\s]+(?:\(\w\))?)\)/g) {
		next if /^https?:/;
		my ($path, $anchor) = /^([^#]*)#?(.*)/;
		my $file = $path eq '' ? $name : dirname($name) . "/$path";
		my $there = -f $file && ($anchor eq '' || grep { $_ eq $anchor } anchors($file));
		ok($there, "$name: the link to $_ leads somewhere");
	}
}

my $rules = join '', map { slurp($_) } 'Makefile', glob('tests/*/*.mk'), glob('scripts/*/*.mk');

sub targets_in {
	my %targets = map { $_ => 1 } slurp($_[0]) =~ /(?:`|^(?:sudo )?)make\s([a-z][a-z-]*)/mg;
	return sort keys %targets;
}

# What is written as a target of make is one.
sub check_targets {
	my ($name) = @_;
	ok(scalar($rules =~ /^$_:/m), "$name: make $_ is there") for targets_in($name);
}

# The part between two comments.
sub part {
	my ($text, $name) = @_;
	return $text =~ /<!-- $name -->(.*)<!-- \/$name -->/s ? $1 : fail("README.md has no part $name");
}

for my $document (@first) {
	check_blocks($document);
	check_targets($document);
}
check_links($_) for @first, glob 'scripts/*/README.md';
my @tests = $rules =~ /^(check[a-z-]*|lint|fuzz):/mg;
my %named = map { $_ => 1 } targets_in('CONTRIBUTING.md');
ok(@tests && !grep({ !$named{$_} } @tests), 'CONTRIBUTING.md names each target that tests');
my $readme = slurp('README.md');
my $table = part($readme, 'bench');
my @figures = part($readme, 'speed') =~ /\d[\d,.]*\d/g;
ok(@figures && !grep({ index($table, $_) < 0 } @figures), 'the first figures of README.md are those of its table');
done_testing();
