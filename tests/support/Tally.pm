# SPDX-License-Identifier: Apache-2.0
# What a script that asks a hall holds against what it wants, and how it ends.
package Tally;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT = qw(is tally);

my ($passed, $failed) = (0, 0);

# is(what, what it is, the text or the pattern that is wanted); nothing for undef.
sub is {
    my ($what, $is, $wanted) = @_;
    print STDERR time, " $what\n" if $ENV{V};
    if (ref $wanted ? ($is // '') =~ $wanted : ($is // 'nothing') eq $wanted) {
        $passed++;
    } else {
        $failed++;
        print "$what\n  is     ", $is // 'nothing', "\n  wanted $wanted\n";
    }
}

# Prints the sum and ends the script.
sub tally {
    print "$passed passed, $failed failed\n";
    exit($failed != 0);
}

1;
