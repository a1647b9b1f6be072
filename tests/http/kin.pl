#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Cases that have to do with others, over HTTP: a chain and its shops stand
# with one another, and one code opens them all.  Started by test_kin.sh.
use strict;
use warnings;
use utf8;
use Clerks;

my $hall = Clerks->new($ARGV[0]);
sub is     { $hall->is(@_) }
sub ask    { $hall->ask(@_) }
sub act    { $hall->act(@_) }
sub settle { $hall->settle }

sub opened {
    my ($workflow, $form) = @_;
    my $r = ask('window', 'POST', '/v1/cases', {workflow => $workflow, district => '371502', form => $form,
            applicant => {kind => 'enterprise', name => '聊城示例连锁有限公司'}});
    $r->{status} == 201 or die "$workflow: $r->{status} $r->{json}{detail}\n";
    return $r->{json};
}

sub clock {
    my ($number) = @_;
    my ($clock) = grep { $_->{name} eq 'promised' } @{$hall->case($number)->{clocks}};
    return $clock->{stands} ? $clock->{ground} : 'runs';
}

my $chain  = opened('chain', {name => '聊城示例连锁有限公司', shops => ['一店', '二店', '三店']});
my $parent = $chain->{number};
settle();
my @shop = map { $_->{case} } @{$hall->case($parent)->{children}};
is('there is a case for each shop', scalar(grep { $_ } @shop), 3);

# --- the parent's clock looks at its children's stops

is('a shop has to correct', act('window', $shop[1], {action => 'correct'})->{status}, 200);
settle();
is('and the chain stands with it', clock($parent), 'shops');
is('which child that is', join(' ', map { $_->{stands} ? 'stands' : 'runs' } @{$hall->case($parent)->{children}}), 'runs stands runs');
is('nobody resumes it by hand', act('window', $parent, {command => 'resume', number => 1})->{json}{code}, 'not_stopped');

# --- one code for the family

my %code = ('Query-Code' => $chain->{queryCode});
my $progress = $hall->plain('GET', "/v1/progress/$parent", undef, %code)->{json};
is('its applicant sees the cases it opened', join(' ', map { $_->{case} } @{$progress->{children}}), "@shop");
my $seen = $hall->plain('GET', "/v1/progress/$shop[1]", undef, %code);
is('and follows each with the code he has', "$seen->{status} $seen->{json}{yourSteps}[0]{step}", '200 correction');
is('another code opens none', $hall->plain('GET', "/v1/progress/$shop[1]", undef, 'Query-Code' => '0000000000')->{json}{code}, 'not_found');
is('he corrects', $hall->plain('POST', "/v1/progress/$shop[1]/actions", {action => 'submit'}, %code, 'If-Match' => $seen->{json}{yourSteps}[0]{etag})->{status}, 200);
settle();
is('and the chain goes on', clock($parent), 'runs');
# Guesses at a child are guesses at the code.
$hall->plain('GET', "/v1/progress/$shop[$_ % 3]", undef, 'Query-Code' => '0000000001') for 0 .. 5;
is('who guesses at one of them waits at all', $hall->plain('GET', "/v1/progress/$parent", undef, %code)->{status}, 429);

# --- a stop of the parent's step is told to its children

is('the chain is stopped', act('window', $parent, {command => 'stop', ground => 'rebuilding'})->{status}, 200);
settle();
is('and its shops with it', join(' ', map { clock($_) } @shop), 'rebuilding rebuilding rebuilding');
is('by their parent', $hall->case($shop[0])->{parent}{stops}, 'rebuilding');
is('a shop that is worked on', act('window', $shop[0], {action => 'correct'})->{status}, 200);
is('stands by its own ground', clock($shop[0]), 'correction');
my ($stop) = grep { !$_->{declared} } @{$hall->case($parent)->{steps}[0]{stops}};
is('the chain is resumed', act('window', $parent, {command => 'resume', number => $stop->{number}})->{status}, 200);
settle();
is('and its shops, but for the one that corrects', join(' ', map { clock($_) } @shop), 'correction runs runs');
is('for which the chain stands', clock($parent), 'shops');
act('window', $_, {action => 'approve'}) for @shop[1, 2];
settle();
is('a chain that is withdrawn', act('window', $parent, {command => 'withdraw'})->{status}, 200);
settle();
is('withdraws what still runs', join(' ', map { $hall->case($_)->{outcome} } @shop), 'withdrawn granted granted');

$hall->end;
