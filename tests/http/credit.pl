#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# A promise that an enterprise broke in one case closes the gate before the next
# promise in another, until a head says it is made good; who only says that he is
# that enterprise neither harms it nor learns of it, and nothing is issued to him.
# Started by test_credit.sh.
use strict;
use warnings;
use utf8;
use Clerks;
use Contract;
use JSON::PP;

my $hall = Clerks->new($ARGV[0]);
sub is  { $hall->is(@_) }
sub ask { $hall->ask(@_) }
sub act { $hall->act(@_) }

my ($code, $other) = ('91371500MA3C00003Q', '91371500MA3EXA010E');

sub opening { return {workflow => 'stall-licence', district => '371502', form => {name => '示例摊位'},
    applicant => {kind => 'enterprise', name => '聊城示例甲科技有限公司', code => $_[0]}} }

sub opened {
    my $r = ask('window', 'POST', '/v1/cases', opening(@_));
    $r->{status} == 201 or die "stall-licence: $r->{status} $r->{json}{detail}\n";
    return $r->{json}{number};
}

sub stranger {
    my $r = $hall->plain('POST', '/v1/progress', opening(@_));
    $r->{status} == 201 or die "a stranger: $r->{status} $r->{json}{detail}\n";
    return @{$r->{json}}{qw(number queryCode)};
}

sub does { my ($who, $case, $what, %c) = @_; return act($who, $case, {command => 'material', action => $what, material => 'lease', %c})->{json} }
sub promises { my ($case) = @_; return does('window', $case, 'promise', document => '承诺书（样例）') }
sub breaks   { my ($case) = @_; return does('head', $case, 'break', reason => '核查不实') }
sub restores { my ($case) = @_; return does('head', $case, 'restore', reason => '信用修复（样例）') }
sub lease { my ($case) = @_; return $hall->case($case)->{materials}[0] }
sub facts { my ($case) = @_; return @{ask('supervisor', 'GET', "/v1/cases/$case/facts")->{json}{items}} }
sub possible { return $_[0]{promise}{possible} ? 'possible' : "not possible: $_[0]{promise}{code}" }

my ($first, $second, $foreign) = (opened($code), opened($code), opened($other));
is('nobody has broken a promise', possible(lease($second)), 'possible');
is('one is taken', promises($first)->{status}, 'in-review');
is('and found false', breaks($first)->{status}, 'in-review');
is('which its case says', lease($first)->{broken} ? 'broken' : 'nothing', 'broken');

my $refused = promises($second);
is('the next is refused in another case of the enterprise', $refused->{code}, 'promise_refused');
is('the clerk is told why', $refused->{detail} =~ /曾作出不实承诺且尚未修复.*其他办件 1 件/ ? 'told' : $refused->{detail}, 'told');
is('and what instead', $refused->{detail} =~ /提交该材料/ ? 'told' : $refused->{detail}, 'told');
is('he could have seen it before', possible(lease($second)), 'not possible: promise_refused');
is('with the reason', lease($second)->{promise}{why}{en}, 'an earlier promise was broken and is not made good: hand in the lease');
is('one of another enterprise is not refused', promises($foreign)->{status}, 'in-review');

my ($mine, $query) = stranger($code);
my $progress = $hall->plain('GET', "/v1/progress/$mine", undef, 'Query-Code' => $query);
is('who only says he is that enterprise may not promise', possible($progress->{json}{materials}[0]), 'not possible: not_identified');
is('of which he is told, and not accused', "$progress->{json}{materials}[0]{promise}{why}{zh} " . lease($mine)->{promise}{why}{en}, '尚未核验申请人身份 Nobody has looked yet who asks');
is('and is told so', promises($mine)->{code}, 'not_identified');
is('nothing is issued to him', act('window', $mine, {command => 'material', action => 'receive', material => 'lease'})->{status}, 200);
my $withheld = act('window', $mine, {action => 'grant'});
is('the clerk is told to look first', $withheld->{json}{code}, 'not_identified');
is('and how', $withheld->{json}{detail} =~ /identify/ ? 'told' : $withheld->{json}{detail}, 'told');
is('the case is as it was', $hall->case($mine)->{steps}[0]{step}, 'look');
is('when he looks he gives it', act('window', $mine, {action => 'grant', identified => '营业执照'})->{status}, 200);
is('to whom it is', scalar @{$hall->case($mine)->{certificates}}, 1);

# --- a stranger's promise is none of the enterprise's

my ($false) = stranger($other);
ask('head', 'POST', "/v1/cases/$false/actions", {command => 'identify', document => '营业执照'}, 'If-Match' => $hall->case($false)->{etag});
is('of one who was looked at it is', promises($false)->{status}, 'in-review');
breaks($false);
my $third = opened($other);
is('it counts against him', promises($third)->{code}, 'promise_refused');

# --- made good

is('that the lease comes', does('window', $second, 'receive')->{status}, 'in-review');
is('mends the one case', lease($second)->{owed} ? 'owed' : 'there', 'there');
my $fourth = opened($code);
is('not the credit', promises($fourth)->{code}, 'promise_refused');
is('a window does not say it is made good', act('window', $first, {command => 'material', action => 'restore', material => 'lease', reason => '样例'})->{status}, 403);
is('a head does', restores($first)->{status}, 'in-review');
is('once', restores($first)->{code}, 'action_not_allowed');
is('which is a fact', (grep { $_->{fact} eq 'restored' } map { @{$_->{facts}} } facts($first))[0]{material}, 'lease');
is('then he may promise again', promises($fourth)->{status}, 'in-review');
is('its record knows of none', (facts($fourth))[-1]{brokenElsewhere}, 'nothing');
is('that of its opening did', (facts($fourth))[0]{brokenElsewhere}, 1);

# --- what an accepted command knew of other cases stands in its record

breaks($fourth);
my $fifth = opened($code);
does('window', $fifth, 'receive');
is('the record says how many', (facts($fifth))[-1]{brokenElsewhere}, 1);
is('three years later it counts no more', to('2029-03-03T09:00:00+08:00') && promises(opened($code))->{status}, 'in-review');

sub to { return $hall->plain('POST', '/v1/test-clock', {to => $_[0]})->{status} == 200 }
$hall->end;
