#!/usr/bin/env perl
# Writes lib/text/word_break_table.c from the Unicode Character Database.
#
#	mk/word-break-table.pl /usr/share/unicode > lib/text/word_break_table.c
#
# The folder is that of Debian's package unicode-data, or an unpacked UCD.zip with the
# folder emoji.  Characters that were assigned after version 14.0 are left out, so that
# the table is the same whatever later version it is made from.
use strict;
use warnings;

my $newest = 14.0;
my $ucd = shift // die "usage: $0 folder\n";
my @age;	# of a character, the version that assigned it

# rows FILE: [from, to, value] of each line
sub rows {
	my @rows;
	open my $f, '<', "$ucd/$_[0]" or die "$ucd/$_[0]: $!\n";
	while (<$f>) {
		push @rows, [hex $1, hex($2 // $1), $3]
		    if /^([0-9A-F]+)(?:\.\.([0-9A-F]+))?\s*;\s*(\w+(?:\.\d+)?)/;
	}
	return @rows;
}

# table NAME, VALUES, ROW...: a C array of the ranges of these rows; characters are
# joined where they have the same value
sub table {
	my ($name, $values, @rows) = @_;
	my (%value, @ranges, $line);
	for my $r (@rows) {
		for my $c ($r->[0] .. $r->[1]) {
			$value{$c} = $r->[2] if defined $age[$c] && $age[$c] <= $newest;
		}
	}
	for my $c (sort { $a <=> $b } keys %value) {
		if (@ranges && $ranges[-1][1] == $c - 1 && $ranges[-1][2] eq $value{$c}) {
			$ranges[-1][1] = $c;
		} else {
			push @ranges, [$c, $c, $value{$c}];
		}
	}
	print "\nconst struct word_break_range $name\[] = {\n";
	$line = "\t";
	for my $r (@ranges) {
		my $cell = sprintf "{ 0x%04X, 0x%04X, %s },", $r->[0], $r->[1],
		    $values->{$r->[2]} // die "unknown value $r->[2]\n";
		if (length($line) + length($cell) > 90) {
			print "$line\n";
			$line = "\t";
		}
		$line .= ($line eq "\t" ? '' : ' ') . $cell;
	}
	print "$line\n};\nconst size_t n_$name = ", scalar @ranges, ";\n";
}

for my $r (rows('DerivedAge.txt')) {
	@age[$r->[0] .. $r->[1]] = ($r->[2]) x ($r->[1] - $r->[0] + 1);
}
print <<'END';
/*
 * word_break_table.c - properties of the characters of Unicode 14.0 that utf8proc does
 * not have.  Made by mk/word-break-table.pl; not to be edited.
 *
 * From the Unicode Character Database, Copyright (c) 1991-2022 Unicode, Inc.; see
 * LICENSE-UNICODE.
 */
#include "word_break.h"
END
table('word_break_ranges', { CR => 'CR', LF => 'LF', Newline => 'NL', Extend => 'EX', ZWJ => 'ZJ',
	Format => 'FO', WSegSpace => 'SP', ALetter => 'LE', Hebrew_Letter => 'HL', Katakana => 'KA',
	Numeric => 'NU', MidLetter => 'ML', MidNum => 'MN', MidNumLet => 'MB', Single_Quote => 'SQ',
	Double_Quote => 'DQ', ExtendNumLet => 'XL', Regional_Indicator => 'RI' },
    rows('auxiliary/WordBreakProperty.txt'));
table('pictographic_ranges', { Extended_Pictographic => 0 },
    grep { $_->[2] eq 'Extended_Pictographic' } rows('emoji/emoji-data.txt'));
table('sentence_end_ranges', { Sentence_Terminal => 0 },
    grep { $_->[2] eq 'Sentence_Terminal' && $_->[0] >= 0x80 } rows('PropList.txt'));
