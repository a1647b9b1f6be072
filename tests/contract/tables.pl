#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# The tables of api/README.md and api/bad-input.md against what they speak of.
#
#   tests/contract/tables.pl           checks
#   tests/contract/tables.pl --write   writes the table of codes anew
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Contract;

chdir "$FindBin::Bin/../..";
my ($passed, $failed) = (0, 0);

sub check {
    my ($ok, $what) = @_;
    $ok ? $passed++ : $failed++;
    print "$what\n" if !$ok;
    return $ok;
}

sub slurp {
    my ($file) = @_;
    open my $f, '<', $file or die "$file: $!\n";
    local $/;
    return scalar <$f>;
}

# [code, status, may be sent again, title, what to do] of the errors a caller of the REST interface meets.
sub codes {
    my $rest = slurp('engine/base/errors.def');
    $rest =~ s{/\* The command line\. \*/.*?/\* clang-format on \*/}{}s;
    my @code;
    while ($rest =~ /^ERROR_KIND\(\w+, "(\w+)", (\d+), (true|false), +"[^"]*", "([^"]*)", "[^"]*", "([^"]*)"\)/mg) {
        push @code, [$1, $2, $3 eq 'true' ? 'yes' : '', $4, $5] if $2 >= 400;
    }
    return @code;
}

sub table {
    my @rows = map { "| `$_->[0]` | $_->[1] | $_->[2] | $_->[3] | $_->[4] |\n" } sort { $a->[1] <=> $b->[1] || $a->[0] cmp $b->[0] } codes();
    return join '', "| code | status | again | what is wrong | what to do |\n|---|---|---|---|---|\n", @rows;
}

my $readme = slurp('api/README.md');
my ($begin, $end) = ("<!-- codes: tests/contract/tables.pl --write -->\n", "<!-- end of codes -->\n");
if (@ARGV) {
    $readme =~ s/\Q$begin\E.*?\Q$end\E/$begin . table() . $end/se or die "api/README.md has no table of codes\n";
    open my $f, '>', 'api/README.md' or die "api/README.md: $!\n";
    print $f $readme;
    exit;
}
check(index($readme, $begin . table() . $end) >= 0, 'api/README.md: the table of codes is old; tests/contract/tables.pl --write');

# The closed list: every status that can be sent, and no other.
my $contract = Contract->new(slurp('build/gen/openapi.json'));
my %sent = (100 => 1, map { ($_ => 1) } (map { keys %{$_->{responses}} } $contract->operations), map { $_->[1] } codes());
my %listed = map { ($_ => 1) } $readme =~ /^\| (\d{3}) \|/mg;
check($listed{$_}, "api/README.md does not list status $_") for sort keys %sent;
check($sent{$_}, "api/README.md lists status $_, which is never sent") for sort keys %listed;

# What goes wrong is a problem document, but for the report of readiness.
for my $o ($contract->operations) {
    for my $status (grep { $_ >= 400 } sort keys %{$o->{responses}}) {
        my @types = sort keys %{$o->{responses}{$status}{content} // {}};
        check("@types" eq ($o->{id} eq 'ready' && $status == 503 ? 'application/json' : 'application/problem+json'), "$o->{id} $status comes as @types");
    }
}

# Each row of the bad input names tests that exist: `FILE: NAME` or `FILE`.
# The tests that @named says there are.
sub stand {
    my ($where, @named) = @_;
    for (@named) {
        my ($file, $name) = /^([^:]+?)(?:: (.+))?$/;
        my $text = -f "tests/$file" ? slurp("tests/$file") : undef;
        check(defined $text, "$where: there is no tests/$file") or next;
        check(!defined $name || index($text, $name) >= 0, "$where: tests/$file has no " . ($name // ''));
    }
}

# Each of the eighteen traps has a test.
my %trap = map { /^\| T(\d+): .*?\| (`.*?`) \|[^|]*\|$/ ? ($1 => $2) : () } split /\n/, slurp('tests/traps.md');
for my $n (1 .. 18) {
    check($trap{$n}, "tests/traps.md: T$n has no test") and stand('tests/traps.md', $trap{$n} =~ /`([^`]+)`/g);
}

my $bad = slurp('api/bad-input.md');
my $rows = 0;
for my $row (grep { /^\|/ && !/^\|(---|\s*what\b|\s*file\b|\s*route\b)/ } split /\n/, $bad) {
    my ($last) = $row =~ /\|([^|]*)\|$/;
    my @named = $last =~ /`([^`]+)`/g;
    $rows++;
    check(scalar @named, "api/bad-input.md: a row without a test: $row");
    stand('api/bad-input.md', @named);
}
check($rows > 40, 'api/bad-input.md has no rows');

# Every route stands in it, with the statuses its contract has.
my %row = map { my @cell = map { s/^\s+|\s+$//gr } split /\|/; ($cell[1] => \@cell) } grep { m{^\| `(GET|POST|PUT|PATCH|DELETE) /} } split /\n/, $bad;
for my $o ($contract->operations) {
    my $cells = $row{"`$o->{method} $o->{path}`"};
    check(defined $cells, "api/bad-input.md has no row for $o->{method} $o->{path}") or next;
    for my $status (map { /\b(\d{3})\b/g } @$cells[2 .. $#$cells - 1]) {
        check($o->{responses}{$status}, "api/bad-input.md: $o->{method} $o->{path} never answers $status");
    }
}
print "$passed passed, $failed failed\n";
exit($failed != 0);
