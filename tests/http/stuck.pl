#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# What is due and cannot be done: it is shown, holds up nothing else, and goes on when it is mended.
# Started by test_stuck.sh.
use strict;
use warnings;
use utf8;
use Clerks;

my $hall = Clerks->new($ARGV[0]);
sub is     { $hall->is(@_) }
sub ask    { $hall->ask(@_) }
sub act    { $hall->act(@_) }
sub settle { $hall->settle(@_) }

sub opened {
    my ($workflow, $form) = @_;
    my $r = ask('window', 'POST', '/v1/cases', {workflow => $workflow, district => '371502', form => $form,
            applicant => {kind => 'enterprise', name => '聊城示例有限公司'}});
    $r->{status} == 201 or die "$workflow: $r->{status} $r->{json}{detail}\n";
    return $r->{json}{number};
}

sub steps { return join ' ', map { $_->{step} } @{$hall->case($_[0])->{steps}} }
sub stuck { return join ' ', map { "$_->{what} $_->{step} $_->{code}" } @{$hall->case($_[0])->{stuck} // []} }
sub cards { return join ' ', map { "$_->{step} $_->{state}" } @{ask('supervisor', 'GET', "/v1/cards?kind=stuck&case=$_[0]")->{json}{items}} }

# The effects `stuck` among the events of a case.
sub told {
    my ($number) = @_;
    my @effects = map { @{$_->{effects}} } @{ask('supervisor', 'GET', "/v1/cases/$number/events")->{json}{items}};
    return join ' ', map { $_->{over} ? 'over' : "$_->{what} $_->{code}" } grep { $_->{effect} eq 'stuck' } @effects;
}

# --- what time moves

my @twice = map { opened('meeting', {roll => [{name => '甲'}, {name => '甲', note => '又'}]}) } 1 .. 3;
my $good = opened('meeting', {roll => [{name => '甲'}]});
settle(30);
is('who is not stuck goes on', steps($good), 'vote');
is('the others wait where they were', join(' ', map { steps($_) } @twice), 'notice notice notice');
my $case = $hall->case($twice[0]);
is('and say why', stuck($twice[0]), 'wait notice guard_failed');
is('in words', $case->{stuck}[0]{detail} =~ /stands on the roll twice/ ? 'told' : $case->{stuck}[0]{detail}, 'told');
is('it is among the events', told($twice[0]), 'wait guard_failed');
is('and a card of who leads', cards($twice[0]), 'notice issued');
my ($figures) = grep { $_->{kind} eq 'stuck' } @{ask('supervisor', 'GET', '/v1/stats/cards')->{json}{items}};
is('which is counted', $figures->{issued}, 3);
my $still = act('head', $twice[0], {command => 'amend', reason => '更正', input => {roll => [{name => '甲'}, {name => '甲', note => '三'}]}});
is('what changes nothing of it is accepted', $still->{status}, 200);
is('and is not told twice', told($twice[0]), 'wait guard_failed');
my $mended = act('head', $twice[0], {command => 'amend', reason => '更正', input => {roll => [{name => '甲'}, {name => '乙'}]}});
is('what mends it', $mended->{status}, 200);
is('lets the case go on at once', $mended->{json}{steps}[0]{step}, 'vote');
is('nothing is stuck any more', stuck($twice[0]), '');
is('which is told', told($twice[0]), 'wait guard_failed over');
is('and the card is withdrawn', cards($twice[0]), 'notice withdrawn');

# --- what another case says

my $whole = opened('whole', {area => 7 + 9223372036854775800});
settle();
my $part = $hall->case($whole)->{children}[0]{case};
act('window', $part, {action => 'done'});
settle();
is('how the child ended is known', $hall->case($whole)->{children}[0]{outcome}, 'granted');
is('what follows waits', stuck($whole), 'children parts guard_error');
is('with a card', cards($whole), 'parts issued');
is('and is mended', act('head', $whole, {command => 'amend', reason => '更正', input => {area => 7}})->{status}, 200);
is('then it is over', $hall->case($whole)->{outcome}, 'granted');
is('and the card is withdrawn too', cards($whole), 'parts withdrawn');

# --- silence that has had its effect

my $silent = opened('silence', {area => 7 + 9223372036854775800});
settle(90);
is('silence could not be carried out', stuck($silent), 'timer ask guard_error');
my $late = act('window', $silent, {action => 'object'});
is('and who was silent acts no more', "$late->{status} $late->{json}{code}", '409 silence_stuck');
is('which says why', $late->{json}{detail} =~ /环节 ask：沉默自 .* 起已依法生效，尚未能落实：.* does not fit into 64 bits）$/ ? 'told' : $late->{json}{detail}, 'told');
is('what mends it', act('head', $silent, {command => 'amend', reason => '更正', input => {area => 7}})->{status}, 200);
is('lets it have its effect', $hall->case($silent)->{outcome}, 'granted');

$hall->end;
