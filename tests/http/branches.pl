#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# A batch of 50 branch registrations over HTTP.  Started by test_branches.sh.
use strict;
use warnings;
use utf8;
use Clerks;

my $hall = Clerks->new($ARGV[0]);
sub is     { $hall->is(@_) }
sub ask    { $hall->ask(@_) }
sub act    { $hall->act(@_) }
sub settle { $hall->settle }

my $number;
sub case_now { $hall->case($number) }

my @outlets = map { {name => sprintf('聊城示例连锁有限公司第%02d店', $_), address => "聊城市东昌府区示例路${_}号"} } 1 .. 50;
$outlets[9]{name} = '店';    # too short for a branch: that case cannot be opened
my $form = {name => '聊城示例连锁有限公司', manager => '示例甲', outlets => \@outlets};
my $opened = ask('window', 'POST', '/v1/cases', {workflow => 'branch-batch', district => '371502',
        applicant => {kind => 'enterprise', name => '聊城示例连锁有限公司'}, form => $form});
is('a batch is opened', $opened->{status}, 201);
$number = $opened->{json}{number} or die "no batch\n";
is('and accepted', act('window', $number, {action => 'accept'})->{status}, 200);
settle();

my @child = @{case_now()->{children}};
is('there is a child for each branch', scalar @child, 50);
is('each with a case number of its own', scalar(keys %{{map { ($_->{case} => 1) } grep { $_->{case} } @child}}), 49);
my ($bad) = grep { $_->{outcome} } @child;
is('one could not be opened', join(' ', map { $_->{index} } grep { ($_->{outcome} // '') eq 'failed' } @child), 9);
is('and says why', $bad->{why} =~ m{^form_invalid: /name} ? 'form_invalid' : $bad->{why}, 'form_invalid');
is('nothing is doubled', join(' ', map { scalar @{ask('supervisor', 'GET', "/v1/cases?workflow=branch-registration&limit=$_")->{json}{items}} } 200), 49);
my $one = ask('registrar', 'GET', "/v1/cases/$child[0]{case}")->{json};
is('a child knows its parent', $one->{parent}{case}, $number);
is('and has the form of its element', "$one->{form}{name} $one->{form}{company}", "$outlets[0]{name} $form->{name}");

# A reply that was lost: the same request gets the same task, another key another one.
my $wish = {workflow => 'branch-registration'};
my @next = map { ask('registrar', 'POST', '/v1/tasks/next', $wish, 'Idempotency-Key' => $_) } 'lost-1', 'lost-1', 'lost-2', 'lost-1';
is('a task is claimed', $next[0]{status}, 200);
is('and sent again it is the same', $next[1]{json}{number}, $next[0]{json}{number});
is('another request claims another', $next[2]{json}{number} eq $next[0]{json}{number} ? 'the same' : 'another', 'another');
is('and the first stays what it was', $next[3]{json}{number}, $next[0]{json}{number});
is('the same key with other words is refused', ask('registrar', 'POST', '/v1/tasks/next', {}, 'Idempotency-Key' => 'lost-1')->{json}{code}, 'idempotency_key_reused');

# Two are refused, the others registered.
my @good = grep { $_->{case} } @child;
for my $i (0 .. $#good) {
    my $refuse = $i == 3 || $i == 30;
    my $r = act('registrar', $good[$i]{case}, $refuse ? {action => 'refuse', input => {reason => '经营场所不符'}} : {action => 'register'});
    is("branch $i", $r->{status}, 200) if $r->{status} != 200 || $i == 0;
    is('before all have ended the batch cannot be closed', act('registrar', $number, {action => 'close'})->{json}{code}, 'guard_failed') if $i == 20;
}
settle();
my %outcome;
$outcome{$_->{outcome} // 'runs'}++ for @{case_now()->{children}};
is('what became of them', join(' ', map { "$outcome{$_} $_" } sort keys %outcome), '1 failed 2 refused 47 registered');
is('the batch waits for somebody', case_now()->{steps}[0]{step}, 'each-outlet');

# The one that could not be opened is mended and tried again; it is withdrawn by its applicant later.
my @mended = map { {%$_} } @outlets;
$mended[9]{name} = '聊城示例连锁有限公司第10店';
is('the form is mended', act('window', $number, {command => 'amend', reason => '名称有误', input => {%$form, outlets => \@mended}})->{status}, 200);
is('a window may not try again', ask('window', 'POST', "/v1/cases/$number/actions", {command => 'retry', number => $bad->{number}, reason => '已更正'})->{json}{code}, 'forbidden');
is('the registrar may', ask('registrar', 'POST', "/v1/cases/$number/actions", {command => 'retry', number => $bad->{number}, reason => '已更正'})->{status}, 200);
settle();
my ($again) = grep { $_->{index} == 9 } @{case_now()->{children}};
is('now it is there', $again->{case} ? 'yes' : 'no', 'yes');
is('and runs', $again->{outcome} // 'runs', 'runs');
is('what ended well is not tried again', ask('registrar', 'POST', "/v1/cases/$number/actions", {command => 'retry', number => $child[0]{number}, reason => '误操作'})->{json}{code}, 'action_not_allowed');
is('but it is refused, too', act('registrar', $again->{case}, {action => 'refuse', input => {reason => '名称重复'}})->{status}, 200);
settle();
is('the batch is closed', act('registrar', $number, {action => 'close'})->{status}, 200);
my $closed = case_now();
is('the outcome', $closed->{outcome}, 'partly-granted');
is('says how many', "$closed->{form}{registered} of $closed->{form}{asked}", '47 of 50');
is('what is registered stays so', scalar(grep { ($_->{outcome} // '') eq 'registered' } @{$closed->{children}}), 47);

# A batch that is withdrawn withdraws what still runs.
my $second = ask('window', 'POST', '/v1/cases', {workflow => 'branch-batch', district => '371502',
        applicant => {kind => 'enterprise', name => '聊城示例连锁有限公司'}, form => {%$form, outlets => [@outlets[0 .. 2]]}});
$number = $second->{json}{number};
act('window', $number, {action => 'accept'});
settle();
@child = @{case_now()->{children}};
act('registrar', $child[0]{case}, {action => 'register'});
is('the batch is withdrawn', act('window', $number, {command => 'withdraw'})->{status}, 200);
settle();
is('and what still ran with it', join(' ', map { ask('supervisor', 'GET', "/v1/cases/$_->{case}")->{json}{outcome} // 'runs' } @child), 'registered withdrawn withdrawn');

$hall->end;
