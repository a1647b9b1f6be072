#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Who may call what: every cell of matrix.tsv, asked of a running daemon.
#
#   tests/contract/hall tests/contract/matrix.pl
#
# A row is a route, a column a role, a cell the statuses its request gets: of an
# account of the case's own district and of the hall or the department that leads, of
# one of another district, and of one of the own district, but of a department that has
# no step in the case.  A route of the contract or a role of the hall without a cell is a failure.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Contract;
use Desk;
use Door;

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

my $door = Door->new($ENV{ONESTOP_URL});
my $contract = Contract->new($door->request(method => 'GET', target => '/openapi.json')->{body});
my @roles = map { $_->{id} } @{Contract::decode(slurp("$FindBin::Bin/../../workflows/organisation.json"))->{roles}};
my ($head, @rows) = map { [split /\t/] } grep { !/^#/ && length } split /\n/, slurp("$FindBin::Bin/matrix.tsv");
my %column = map { ($head->[$_] => $_) } 2 .. $#$head;
my %row = map { ("$_->[0] $_->[1]" => $_) } @rows;

check(defined $column{$_}, "matrix.tsv has no column $_") for 'nobody', @roles;
check(scalar(grep { $column{$_} } 'nobody', @roles) == keys %column, 'matrix.tsv has a column of no role');
my %known = map { ("$_->{method} $_->{path}" => 1) } $contract->operations;
check($known{$_}, "matrix.tsv has a row of no route: $_") for sort keys %row;
check(keys %row == @rows, 'matrix.tsv has a row twice');

my %token = map { my $role = $_; map { ("$role-$_" => $door->sign_in("$role-$_")) } qw(own other foreign) } @roles;
my $desk = Desk->new($door, $token{'window-own'});

# One cell: who asks (nobody, or an account), and what he is to get.
sub ask {
    my ($o, $who, $expected) = @_;
    my $r = $desk->sound($o, 1);
    my $token = $o->{id} eq 'signOut' && $token{$who} ? $door->sign_in($who) : $token{$who};
    $r->{headers}{Authorization} = "Bearer $token" if $token;
    my $reply = $door->request(Desk::assembled($r));
    check($reply->{status} eq $expected, "$o->{method} $o->{path} as $who: $reply->{status}, not $expected: " . substr $reply->{body}, 0, 300);
    # What is wrong with every item of a list is said once.
    my %said;
    my @wrong = grep { my $what = $_; $what =~ s{/\d+}{/*}g; !$said{$what}++ } $contract->complaints($o, $reply);
    check(!@wrong, "$o->{method} $o->{path} as $who: " . join '; ', @wrong);
}

for my $o ($contract->operations) {
    my $route = "$o->{method} $o->{path}";
    my $row = $row{$route};
    check(defined $row, "matrix.tsv has no row $route") or next;
    for my $role ('nobody', @roles) {
        my $cell = defined $column{$role} ? $row->[$column{$role}] : undef;
        check(defined $cell && $cell =~ ($role eq 'nobody' ? qr/^\d{3}$/ : qr{^\d{3}/\d{3}/\d{3}$}), "matrix.tsv: $route has no cell for $role");
        my ($own, $other, $foreign) = split m{/}, $cell // '';
        ask($o, $role eq 'nobody' ? 'nobody' : "$role-own", $own) if $own;
        ask($o, "$role-other", $other) if $other;
        ask($o, "$role-foreign", $foreign) if $foreign;
    }
}
print "$passed passed, $failed failed\n";
exit($failed != 0);
