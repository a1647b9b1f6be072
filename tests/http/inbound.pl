#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# A message that fits several cases waits until a person assigns or rejects it:
# once, whoever else tries at the same time, and told to its sender for ever.
# Started by test_inbound.sh.
use strict;
use warnings;
use Tally;
use World;

$| = 1;

my $world = World->new;
$world->secret;
my @daemon = map { $world->start($_) } qw(first second);
my %of = (city => ['*', undef, 'supervisor'], here => ['371502', undef, 'head'], there => ['371503', undef, 'head'],
    tax => ['371502', '市税务局', 'head'], police => ['371502', '市公安局', 'head'], looks => ['*', undef, 'auditor']);
for my $who (sort keys %of) {
    my ($district, $department, $role) = @{$of{$who}};
    $world->{token}{$who} = $world->{hall}->clerk($who, $role);
    $world->sql("update accounts set district = '$district'" . ($department ? ", department = '$department'" : '') . " where name = '$who'");
}

my $n = 0;

# A case of that name that waits for the tax system's answer: its number.
sub waiting {
    my ($name, $district) = @_;
    my $opened = $world->must('POST', '/v1/cases', who => 'clerk', head => {'Idempotency-Key' => 'o' . ++$n},
        body => {workflow => 'kept', district => $district // '371502', applicant => {kind => 'enterprise'}, form => {name => $name}})->{json};
    $world->must('POST', "/v1/cases/$opened->{number}/actions", who => 'clerk', body => {action => 'ask'}, head => {'Idempotency-Key' => 'a' . ++$n, 'If-Match' => $opened->{steps}[0]{etag}});
    return $opened->{number};
}

sub stands { my ($case) = @_; return $world->must('GET', "/v1/cases/$case", who => 'clerk')->{json}{steps}[0]{step} }

# Told by the name alone; @return its id in the list, and what is needed to tell it again.
sub told {
    my ($name, %more) = @_;
    my %letter = (id => 'in-' . ++$n, data => {businessKey => $name, name => 'done', %more});
    my $r = $world->tell(%letter);
    is("the message about $name waits", "$r->{status} $r->{json}{state}", '202 waiting');
    return (scalar $world->sql("select id from inbox where message = '$letter{id}'"), \%letter);
}

sub settle { my ($who, $id, $body, $to) = @_;
    my $r = $world->ask('POST', "/v1/messages/$id/actions", who => $who, body => $body, to => $to // $daemon[rand @daemon]);
    $r->{told} = join ' ', $r->{status}, $r->{json}{code} // ($r->{json}{state} . ' ' . ($r->{json}{case} // '-'));
    return $r }
sub listed { my ($who, $state) = @_; return @{$world->must('GET', '/v1/messages' . ($state ? "?state=$state" : ''), who => $who, to => $daemon[rand @daemon])->{json}{items}} }
sub item { my ($who, $id, $state) = @_; my ($i) = grep { $_->{id} eq $id } listed($who, $state); return $i }

# --- who sees it

my ($mine, $yours) = (waiting('twofold'), waiting('twofold', '371503'));
my ($id, $letter) = told('twofold');
my $seen = item('city', $id);
is('a supervisor sees what it says and whom it may be for', join(' ', $seen->{from}, $seen->{name}, $seen->{data}{businessKey}, (sort map { $_->{case} } @{$seen->{candidates}}), $seen->{elsewhere}),
    join ' ', 'tax', 'done', 'twofold', (sort $mine, $yours), 0);
is('an auditor looks', item('looks', $id)->{state}, 'waiting');
is('a head sees the case of his district', join(' ', map { $_->{case} } @{item('here', $id)->{candidates}}) . ' ' . item('here', $id)->{elsewhere}, "$mine 1");
is('and of his department', item('tax', $id)->{elsewhere}, 1);
is('another department sees nothing', item('police', $id) ? 'something' : 'nothing', 'nothing');
is('nor does a window', $world->ask('GET', '/v1/messages', who => 'clerk')->{status}, 403);
is('an auditor decides nothing', settle('looks', $id, {action => 'reject', reason => 'x'})->{status}, 403);

# --- what is refused

is('without a reason', settle('city', $id, {action => 'assign', case => $mine})->{told}, '422 form_invalid');
is('with an empty one', settle('city', $id, {action => 'assign', case => $mine, reason => ''})->{told}, '422 reason_missing');
is('without a case', settle('city', $id, {action => 'assign', reason => 'x'})->{told}, '422 form_invalid');
is('rejected to a case', settle('city', $id, {action => 'reject', case => $mine, reason => 'x'})->{told}, '422 form_invalid');
is('another word', settle('city', $id, {action => 'keep', reason => 'x'})->{told}, '422 form_invalid');
is('a case it does not fit', settle('city', $id, {action => 'assign', case => waiting('single'), reason => 'x'})->{told}, '422 form_invalid');
is('no case number', settle('city', $id, {action => 'assign', case => 'nonsense', reason => 'x'})->{told}, '422 form_invalid');
is('a case of another district', settle('here', $id, {action => 'assign', case => $yours, reason => 'x'})->{told}, '422 form_invalid');
is('a message that may be another district\'s', settle('here', $id, {action => 'reject', reason => 'x'})->{told}, '403 forbidden');
is('a message of others', settle('police', $id, {action => 'assign', case => $mine, reason => 'x'})->{told}, '403 forbidden');
is('no such message', settle('city', 999999, {action => 'reject', reason => 'x'})->{told}, '404 not_found');
is('no id', settle('city', 'x', {action => 'reject', reason => 'x'})->{told}, '404 not_found');
is('and it waits still', item('city', $id)->{state} . ' ' . stands($mine) . ' ' . stands($yours), 'waiting answer answer');

# --- assigned

is('a head assigns it to the case of his district', settle('here', $id, {action => 'assign', case => $mine, reason => 'found out'})->{told}, "200 settled $mine");
is('which takes it', stands($mine) . ' ' . stands($yours), 'work answer');
is('said twice it is done once', settle('here', $id, {action => 'assign', case => $mine, reason => 'found out'})->{told}, "200 settled $mine");
is('to another it goes no more', settle('city', $id, {action => 'assign', case => $yours, reason => 'x'})->{told}, '409 message_settled');
is('nor is it rejected', settle('city', $id, {action => 'reject', reason => 'x'})->{told}, '409 message_settled');
is('it waits no more', item('city', $id) ? 'waits' : 'no', 'no');
my $kept = item('city', $id, 'settled');
is('who and why is kept', "$kept->{by} $kept->{case} $kept->{reason}", "here $mine found out");
is('its sender is told', join(' ', @{$world->tell(%$letter)}{qw(status)}) . ' ' . $world->tell(%$letter)->{json}{state}, '200 accepted');
is('and it was applied once', $world->sql("select count(*) from facts f join cases c on c.id = f.case_id where c.number = '$mine' and f.kind = 13"), 1);

# --- rejected

my @twins = map { waiting('twins') } 1 .. 2;
($id, $letter) = told('twins');
is('who sees all rejects it', settle('here', $id, {action => 'reject', reason => 'nobody knows it'})->{told}, '200 rejected -');
is('said again it stays so', settle('city', $id, {action => 'reject', reason => 'nobody knows it'})->{told}, '200 rejected -');
is('then nobody has it', settle('city', $id, {action => 'assign', case => $twins[0], reason => 'x'})->{told}, '409 message_settled');
my $answer = $world->tell(%$letter);
is('its sender is told why', "$answer->{status} $answer->{json}{code} " . ($answer->{json}{detail} =~ /nobody knows it/ ? 'why' : $answer->{json}{detail}), '422 message_unknown why');
is('no case has moved', join(' ', map { stands($_) } @twins), 'answer answer');

# --- it is for the case whose step is open

my @pair = map { waiting('one of two') } 1 .. 2;
is('one of them has its answer', $world->tell(id => 'in-' . ++$n, data => {case => $pair[0], name => 'done'})->{json}{state}, 'accepted');
is('the next is the other\'s, which nobody need say', $world->tell(id => 'in-' . ++$n, data => {businessKey => 'one of two', name => 'done'})->{json}{state}, 'accepted');
is('and has it', join(' ', map { stands($_) } @pair), 'work work');

# --- what the case refuses waits on

my %stray = (id => 'in-' . ++$n, data => {businessKey => 'twins', name => 'done', input => {nobody => 'asked'}});
$answer = $world->tell(%stray);
is('what none of them takes is told at once, and why', "$answer->{status} $answer->{json}{code} $answer->{json}{detail}", qr/^422 form_invalid .*this message takes no data/);
($id, $letter) = told('twins');
$world->sql("update inbox set body = replace(body, '\"done\"', '\"done\",\"input\":{\"nobody\":\"asked\"}') where id = $id");
is('what the case does not take any more', settle('city', $id, {action => 'assign', case => $twins[0], reason => 'x'})->{status}, 422);
is('waits on', item('city', $id)->{state}, 'waiting');
is('and is rejected', settle('city', $id, {action => 'reject', reason => 'x'})->{told}, '200 rejected -');

# --- several at once

for my $round (1 .. 5) {
    my @two = map { waiting("contested $round") } 1 .. 2;
    ($id) = told("contested $round");
    my @way = ((map { {action => 'assign', case => $two[0], reason => 'x'} } 1 .. 3), (map { {action => 'assign', case => $two[1], reason => 'x'} } 1 .. 3), map { {action => 'reject', reason => 'x'} } 1 .. 2);
    my @said;
    for my $i (0 .. $#way) {
        my $pid = open(my $said, '-|') // die "fork: $!\n";
        if ($pid == 0) {
            print settle('city', $id, $way[$i], $daemon[$i % 2])->{told};
            close STDOUT;
            POSIX::_exit(0);
        }
        push @said, $said;
    }
    my @told = map { my $s = $_; scalar <$s> } @said;
    my %won = map { ($_ => 1) } grep { /^200/ } @told;
    my ($won) = keys %won;
    is('one decision wins', join(', ', sort keys %won), qr/^200 (settled \S+|rejected -)$/);
    is('the others are told so', scalar(grep { $_ ne $won && $_ ne '409 message_settled' } @told), 0);
    is('the case it names has it, and no other', join(' ', map { stands($_) eq 'work' ? $_ : '-' } @two), join ' ', map { $won =~ /$_/ ? $_ : '-' } @two);
    is('it is recorded once', $world->sql("select count(*) from inbox where id = $id and state <> 0"), 1);
}

tally;
