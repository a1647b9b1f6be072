# SPDX-License-Identifier: Apache-2.0
# Clerks at the counter of a hall whose time is moved by hand.  What they are told is held against
# the contract.  Moving the clock
# answers when nothing is left that cases have to say to one another, so nobody
# waits for anything.
package Clerks;
use strict;
use warnings;
use utf8;
use Contract;
use Door;

# new(URL): the hall's clock stands at 2026-03-02 09:00.
sub new {
    my ($class, $url) = @_;
    binmode STDOUT, ':utf8';
    my $door = Door->new($url);
    my $contract = Contract->new($door->request(method => 'GET', target => '/openapi.json')->{body});
    return bless {door => $door, contract => $contract, token => {}, minute => 0, passed => 0, failed => 0}, $class;
}

sub is {
    my ($self, $what, $is, $wanted) = @_;
    if (($is // 'nothing') eq $wanted) {
        $self->{passed}++;
        return;
    }
    $self->{failed}++;
    print "$what\n  is     ", $is // 'nothing', "\n  wanted $wanted\n";
}

# A request without an account: {status, json}.
sub plain {
    my ($self, $method, $target, $body, %headers) = @_;
    my $r = $self->{door}->request(method => $method, target => $target, ($body ? (body => $body) : ()),
        headers => {($method eq 'POST' ? ('Idempotency-Key' => Door::key()) : ()), %headers});
    my $o = $self->{contract}->answering($method, $target) // die "$method $target is not in the contract\n";
    my @wrong = $self->{contract}->complaints($o, $r);
    $self->is("$method $target", "@wrong", '') if @wrong;
    return {status => $r->{status}, json => length $r->{body} ? Contract::decode($r->{body}) : {}};
}

sub ask {
    my ($self, $who, $method, $target, $body, %headers) = @_;
    $self->{token}{$who} //= $self->plain('POST', '/v1/sessions', {account => $who, password => 'sample-password'})->{json}{token} // die "$who cannot sign in\n";
    return $self->plain($method, $target, $body, Authorization => "Bearer $self->{token}{$who}", %headers);
}

# Time goes on by a minute, or so many, and cases have heard what was said.
sub settle {
    my ($self, $minutes) = @_;
    $self->{minute} += $minutes // 1;
    my $at = sprintf '2026-03-02T%02d:%02d:00+08:00', 9 + int($self->{minute} / 60), $self->{minute} % 60;
    my $r = $self->{door}->request(method => 'POST', target => '/v1/test-clock', body => {to => $at});
    die "test-clock: $r->{status} $r->{body}\n" if $r->{status} != 200;
}

sub case { my ($self, $number) = @_; return $self->ask('supervisor', 'GET', "/v1/cases/$number")->{json} }

# A command on a case, with the tag it takes: of its first open step, or its own.
sub act {
    my ($self, $who, $number, $body) = @_;
    my $is  = $self->ask($who, 'GET', "/v1/cases/$number")->{json};
    my $tag = ($body->{command} // 'act') =~ /^(act|stop|resume)$/ ? $is->{steps}[0]{etag} : $is->{etag};
    return $self->ask($who, 'POST', "/v1/cases/$number/actions", $body, 'If-Match' => $tag);
}

sub end {
    my ($self) = @_;
    print "$self->{passed} passed, $self->{failed} failed\n";
    exit($self->{failed} != 0);
}

1;
