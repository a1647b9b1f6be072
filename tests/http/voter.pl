#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# A voter looks at his ballot with the code he votes with: before it closes, after it, when the roll
# has changed since, when the count was annulled, in secret ballots and in one that was called off.
# Started by test_voter.sh.
use strict;
use warnings;
use utf8;
use Clerks;
use JSON::PP ();

my $hall = Clerks->new($ARGV[0]);
sub is     { $hall->is(@_) }
sub ask    { $hall->ask(@_) }
sub act    { $hall->act(@_) }
sub settle { $hall->settle(@_) }

my $json = JSON::PP->new->canonical;
my @owners = (['甲', 60, 'east'], ['乙', 40, 'east'], ['丙', 50, 'west'], ['丁', 30, 'west']);
sub roll { return [map { {name => $_->[0], area => $_->[1], house => $_->[2]} } @_] }

# A case whose ballot is open: its number and the codes.
sub opened {
    my ($action, @roll) = @_;
    my $r = ask('window', 'POST', '/v1/cases', {workflow => 'council', district => '371502', form => {roll => roll(@roll)},
            applicant => {kind => 'enterprise', name => '聊城示例有限公司'}});
    $r->{status} == 201 or die "council: $r->{status} $r->{json}{detail}\n";
    my $number = $r->{json}{number};
    act('window', $number, {action => $action})->{status} == 200 or die "no vote\n";
    my ($ballot) = @{ask('window', 'GET', "/v1/cases/$number/ballots")->{json}{items}};
    return ($number, map { ($_->{voter} => $_->{code}) } @{$ballot->{roll}});
}

sub look { my ($number, $code) = @_; return $hall->plain('GET', "/v1/progress/$number/ballot", undef, defined $code ? ('Voting-Code' => $code) : ()) }

sub votes {
    my ($number, $voter, $code, $choice) = @_;
    my $r = $hall->plain('POST', "/v1/progress/$number/actions", {command => 'vote', action => $choice, voter => $voter, code => $code});
    $r->{status} == 200 or die "$voter votes $choice: $r->{status} $r->{json}{detail}\n";
}

# Each of his votes: what, by whom, whether it counts.
sub his { return join ' ', map { join ':', $_->{choice} // 'untold', $_->{byYourself} ? 'himself' : 'house', $_->{counts} ? 'counts' : 'not' } @{$_[0]{you}{votes}} }
sub refusal { my ($r) = @_; return "$r->{status} " . ($r->{json}{code} // '') }

# --- while it is open

my ($number, %code) = opened('tell', @owners);
my ($other, %elsewhere) = opened('tell', @owners);
is('without a code', refusal(look($number)), '401 unauthenticated');
is('with a code that is none', refusal(look($number, '0000000000')), '404 not_found');
is('with that of another case', refusal(look($number, $elsewhere{甲})), '404 not_found');
my $seen = look($number, $code{甲})->{json};
is('he sees whose vote it is', join(' ', map { $seen->{you}{$_} } qw(voter weight group)), '甲 60 east');
is('what he may vote for', join(' ', map { "$_->{choice} $_->{title}{zh}" } @{$seen->{choices}}), 'agree 同意 oppose 反对');
is('until when', $seen->{closes}, '2026-03-02T09:20:00+08:00');
is('of which case', "$seen->{case}{number} $seen->{case}{workflow}{title}{zh} $seen->{title}{zh} $seen->{state}", "$number 业主表决 公开表决 open");
is('that he has not voted', his($seen), '');
settle(2);
votes($number, '甲', $code{甲}, 'oppose');
votes($number, '甲', $code{甲}, 'agree');
my $paper = ask('window', 'POST', "/v1/cases/$number/actions", {command => 'vote', action => 'oppose', voter => '乙'});
is('another votes on paper', $paper->{status}, 200);
votes($number, '丁', $code{丁}, 'oppose');
$seen = look($number, $code{甲});
is('of his votes the last counts', his($seen->{json}), 'oppose:himself:not agree:himself:counts');
is('and when it came is told', $seen->{json}{you}{votes}[1]{at}, '2026-03-02T09:02:00+08:00');
is('nothing of the others is, nor any count', $json->encode($seen->{json}) =~ /乙|丁|tally|result|voted/ ? 'told' : 'not told', 'not told');
is('one whose vote was written down sees it', his(look($number, $code{乙})->{json}), 'oppose:house:counts');
is('nobody may object yet', scalar @{look($number, $code{丙})->{json}{objections}}, 0);

# --- when it has been counted

settle(20);
$seen = look($number, $code{甲})->{json};
is('it has been counted', "$seen->{state} $seen->{closed}", 'counted 2026-03-02T09:20:00+08:00');
is('his vote with it', his($seen), 'oppose:himself:not agree:himself:counts');
my $group = $seen->{result}{tally}{group};
is('of each class it is told who was for it', join(' ', map { "$_ $group->{$_}{agree}{weight}/$group->{$_}{weight} $group->{$_}{oppose}{count}/$group->{$_}{voters}" } sort keys %$group),
    'east 60/100 1/2 west 0/80 1/2');
is('by which rule that was enough', join(' | ', map { ($_->{rule}{zh} // '其他') . ($_->{taken} ? ' taken' : '') } @{$seen->{result}{rules}}),
    '2 × east组“同意”权重大于 east组全部权重 taken | 其他');
is('of which law, and what follows', "$seen->{result}{rules}[0]{basis} $seen->{result}{rules}[0]{leadsTo}{zh}", '民法典 278 业主可请求撤销');
my ($may) = @{$seen->{objections}};
is('until when he may object', "$may->{step} $may->{until} $may->{by}{kind} $may->{actions}[0]{action}", 'challenge 2026-03-04T00:00:00+08:00 public challenge');
is('and with what', join(' ', @{$may->{actions}[0]{input}{required}}), 'reason');
is('which is taken so', $hall->plain('POST', "/v1/progress/$number/actions", {action => $may->{actions}[0]{action}, step => $may->{step}, input => {reason => '通知不全'}})->{status}, 200);
is('who has not voted is shown it too', his(look($number, $code{丙})->{json}) . look($number, $code{丙})->{json}{state}, 'counted');

# The roll is another now: it was held over the one of then.
is('the roll is amended', act('head', $number, {command => 'amend', reason => '过户', input => {roll => roll(['戊', 60, 'east'], @owners[1 .. 3])}})->{status}, 200);
is('his vote was his', join(' ', map { look($number, $code{甲})->{json}{you}{$_} } qw(voter weight)), '甲 60');
is('and that of nobody else', his(look($number, $code{丁})->{json}), 'oppose:himself:counts');

# --- a vote that came in time and was recorded later

my ($late, %late) = opened('tell', @owners);
settle(2);
votes($late, '甲', $late{甲}, 'agree');
settle(20);
my $post = ask('window', 'POST', "/v1/cases/$late/actions", {command => 'vote', action => 'agree', voter => '乙', happened => '2026-03-02T09:30:00+08:00', reason => '邮寄件漏录'});
is('a paper that came in time is recorded', $post->{status}, 200);
is('it was not counted', his(look($late, $late{乙})->{json}), 'agree:house:not');
my ($count) = grep { grep { $_->{fact} eq 'tallied' } @{$_->{facts}} } @{ask('head', 'GET', "/v1/cases/$late/facts?limit=200")->{json}{items}};
is('the count is annulled', act('supervisor', $late, {command => 'annul', number => $count->{number}, reason => '漏计一票'})->{status}, 200);
settle(1);
$seen = look($late, $late{乙})->{json};
is('and now it is', his($seen) . " $seen->{result}{tally}{voted}", 'agree:house:counts 2');

# --- a secret ballot

my ($secret, %sealed) = opened('seal', @owners, ['己', 20, 'east']);
settle(2);
votes($secret, $_, $sealed{$_}, $_ eq '甲' ? 'oppose' : 'agree') for qw(甲 乙 丙 己);
is('that he has voted', his(look($secret, $sealed{甲})->{json}), 'untold:himself:counts');
settle(20);
$seen = look($secret, $sealed{甲})->{json};
is('the result is told', "$seen->{result}{tally}{agree}{count} $seen->{result}{tally}{oppose}{count} $seen->{case}{outcome}", '3 1 granted');
is('but of no class how it voted, where that would tell on one', join(' ', map { join ',', $_, sort keys %{$seen->{result}{tally}{group}{$_}} } sort keys %{$seen->{result}{tally}{group}}),
    'east,voted,votedWeight,voters,weight west,voted,votedWeight,voters,weight');

# --- one that was called off

my ($off, %off) = opened('tell', @owners);
votes($off, '甲', $off{甲}, 'agree');
is('it is called off', act('window', $off, {action => 'call-off'})->{status}, 200);
$seen = look($off, $off{甲})->{json};
is('nothing was counted', "$seen->{state} " . (exists $seen->{result} ? 'result ' : '') . his($seen), 'broken-off agree:himself:not');
act('window', $off, {action => 'tell'});
my ($again) = grep { $_->{voter} eq '甲' } @{ask('window', 'GET', "/v1/cases/$off/ballots")->{json}{items}[0]{roll}};
is('of the next he has another code', look($off, $again->{code})->{json}{state} . ' ' . look($off, $off{甲})->{json}{state}, 'open broken-off');

# --- who guesses

my ($guessed, %known) = opened('tell', @owners);
my $wait;
for (1 .. 8) {
    my $r = look($guessed, sprintf 'GUESS%05d', $_);
    $wait //= $_ if $r->{status} == 429;
}
is('who guesses waits, after five', $wait // 'never', 7);
is('whoever he is', refusal(look($guessed, $known{甲})), '429 too_many_requests');
is('nobody waits in another case', look($number, $code{甲})->{status}, 200);
votes($guessed, '甲', $known{甲}, 'agree'); # who votes does not wait
is('of a case without ballots there is none', refusal(look(plain_case(), '0000000000')), '404 not_found');

sub plain_case {
    return ask('window', 'POST', '/v1/cases', {workflow => 'company-opening', district => '371502', applicant => {kind => 'enterprise', name => '聊城示例甲科技有限公司'},
        form => {name => '聊城示例甲科技有限公司', legalRepresentative => {name => '示例甲', id => '371502199003070019'}, registeredCapital => 100000000,
            domicile => '聊城市东昌府区示例路1号', bankAccount => JSON::PP::true}})->{json}{number};
}

$hall->end;
