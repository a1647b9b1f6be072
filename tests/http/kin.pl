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
my $agent = $hall->plain('POST', "/v1/progress/$parent/actions", {command => 'mandate', mandate => {agent => {name => '张样本', kind => 'person', credential => '样本证件0001'}}},
    %code, 'If-Match' => $progress->{etag})->{json}{queryCode};
is('who acts for him there', $hall->plain('GET', "/v1/progress/$parent", undef, 'Query-Code' => $agent)->{status}, 200);
is('does not here', join(' ', map { $hall->plain('GET', "/v1/progress/$_", undef, 'Query-Code' => $agent)->{json}{code} } @shop, @shop), join ' ', ('mandate_scope') x 6);
is('and has guessed nothing', $hall->plain('GET', "/v1/progress/$parent", undef, %code)->{status}, 200);
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

# --- who asks is known in the whole family, or in none of it

my $unknown = $hall->plain('POST', '/v1/progress', {workflow => 'chain', district => '371502', form => {name => '聊城示例冒名有限公司', shops => ['一店', '二店']},
    applicant => {kind => 'enterprise', code => '91371500MA3EXA010E'}}, 'Idempotency-Key' => 'stranger')->{json};
settle();
my @claimed = ($unknown->{number}, map { $_->{case} } @{$hall->case($unknown->{number})->{children}});
sub identities { return join ' ', map { my $i = $hall->case($_)->{identity}; join '/', grep { $_ } @$i{qw(state by document)} } @claimed }
is('what a stranger opens is opened by a stranger', identities(), 'claimed claimed claimed');
sub listed { return scalar @{ask('window', 'GET', '/v1/cases?applicantCode=91371500MA3EXA010E')->{json}{items}} }
is('and not the enterprise\'s', listed(), 0);
is('somebody looks', act('window', $unknown->{number}, {command => 'identify', document => '营业执照'})->{status}, 200);
settle();
is('and it is known in all', identities(), join ' ', ('verified/window/营业执照') x 3);
is('which are the enterprise\'s', listed(), 3);

# --- a case of its own, opened by an effect

my %named = (name => '聊城示例连锁有限公司', shops => []);
my $good = opened('chain', {%named, code => 'A-123456'});
is('a chain without shops is through at once', $good->{phase}, 'closed');
settle();
my ($account) = @{$hall->case($good->{number})->{children}};
is('and has opened an account, apart', join(' ', $account->{workflow}, $account->{apart} ? 'apart' : 'awaited', $account->{case} ? 'there' : 'nowhere'), 'account apart there');
my $opened = $hall->case($account->{case});
is('with the form it was given', "$opened->{form}{code} $opened->{parent}{case}", "A-123456 $good->{number}");
is('which its applicant follows', $hall->plain('GET', "/v1/progress/$account->{case}", undef, 'Query-Code' => $good->{queryCode})->{status}, 200);
act('window', $account->{case}, {action => 'done'});
settle();
is('how it ended is shown', $hall->case($good->{number})->{children}[0]{outcome}, 'opened');

my $bad = opened('chain', \%named);
settle();
($account) = @{$hall->case($bad->{number})->{children}};
is('one that could not be opened says why', join(' ', $account->{outcome}, $account->{why} =~ m{^form_invalid: /code} ? 'form_invalid' : $account->{why}), 'failed form_invalid');
sub cards { return join ' ', map { "$_->{case} $_->{state}" } @{ask('supervisor', 'GET', '/v1/cards?kind=unopened')->{json}{items}} }
is('and is a card of who leads', cards(), "$bad->{number} issued");
is('a window does not try again', ask('window', 'POST', "/v1/cases/$bad->{number}/actions", {command => 'retry', number => $account->{number}, reason => '已更正'})->{json}{code}, 'forbidden');
is('a supervisor does, with what was missing', ask('supervisor', 'POST', "/v1/cases/$bad->{number}/actions",
    {command => 'retry', number => $account->{number}, reason => '已更正', input => {name => $named{name}, code => 'B-654321'}})->{status}, 200);
settle();
($account) = @{$hall->case($bad->{number})->{children}};
is('then it is there', $account->{case} ? $hall->case($account->{case})->{form}{code} : 'nowhere', 'B-654321');
is('and the card is withdrawn', cards(), "$bad->{number} withdrawn");

# Of two that could not be opened the one that is tried again has its card withdrawn, and only that.
my $two = opened('accounts', {name => $named{name}, basic => '?', special => '?'});
settle();
sub issued { my ($state) = @_; return scalar grep { $_->{case} eq $two->{number} && $_->{state} eq $state } @{ask('supervisor', 'GET', '/v1/cards?kind=unopened')->{json}{items}} }
my ($basic, $special) = @{$hall->case($two->{number})->{children}};
is('two could not be opened', join(' ', $basic->{outcome}, $special->{outcome}, issued('issued')), 'failed failed 2');
my $again = sub { my ($child, $code) = @_; ask('supervisor', 'POST', "/v1/cases/$two->{number}/actions", {command => 'retry', number => $child->{number}, reason => '已更正', input => {name => $named{name}, code => $code}})->{status} };
is('the second is tried again', $again->($special, 'B-222222'), 200);
settle();
is('its card is withdrawn, that of the other holds', issued('issued') . ' ' . issued('withdrawn'), '1 1');
is('and one that fails again', $again->($basic, '?'), 200);
settle();
is('has a card of its own', issued('issued') . ' ' . issued('withdrawn'), '1 2');

$hall->end;
