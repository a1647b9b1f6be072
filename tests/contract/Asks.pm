# SPDX-License-Identifier: Apache-2.0
# Asks a hall as one of its accounts, and holds each reply against the contract.
package Asks;
use strict;
use warnings;
use Contract;
use Door;
use Exporter 'import';
our @EXPORT = qw($door $contract %token sign_in is ask act run_tests);

our $door = Door->new($ENV{ONESTOP_URL});
our $contract = Contract->new($door->request(method => 'GET', target => '/openapi.json')->{body});
our %token;

# Accounts of tests/contract/hall.
sub sign_in { $token{$_} = $door->sign_in($_) for @_ }

sub is {
    my ($got, $expected, $what) = @_;
    return 1 if ($got // 'nothing') eq $expected;
    die "$what: " . ($got // 'nothing') . ", not $expected\n";
}

# The reply, its body decoded in `v`.
sub ask {
    my ($who, $method, $target, $body, %headers) = @_;
    my $reply = $door->request(method => $method, target => $target, body => $body,
        headers => {$who ? (Authorization => "Bearer $token{$who}") : (), %headers});
    my $o = $contract->answering($method, $target);
    my @wrong = $contract->complaints($o, $reply);
    die "$method $target: @wrong\n" if @wrong;
    $reply->{v} = Contract::decode($reply->{body}) if length $reply->{body};
    return $reply;
}

sub act {
    my ($who, $case, $etag, $command) = @_;
    return ask($who, 'POST', "/v1/cases/$case->{number}/actions", $command, 'Idempotency-Key' => Door::key(), 'If-Match' => $etag);
}

# Those named on the command line, or all, of (name, code, ...); says how they went and exits.
sub run_tests {
    my @tests = @_;
    my ($passed, $failed) = (0, 0);
    my %only = map { ($_ => 1) } @ARGV;
    binmode STDOUT, ':encoding(UTF-8)';
    while (my ($name, $test) = splice @tests, 0, 2) {
        next if %only && !$only{$name};
        if (eval { $test->(); 1 }) { $passed++ }
        else { $failed++; print "$name: $@" }
    }
    print "$passed passed, $failed failed\n";
    exit($failed ? 1 : 0);
}

1;
