#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# What is recorded later than it happened: by whom, with which tag, and what is
# shown where it contradicts what silence has done.  Started by test_late.sh.
use strict;
use warnings;
use utf8;
use FindBin;
use lib $FindBin::Bin;
use Asks;
use Door;

my ($passed, $failed) = (0, 0);
sign_in(qw(window-own reviewer-own head-own head-other head-foreign head-step supervisor-own));

sub opened {
    my $r = ask('window-own', 'POST', '/v1/cases', {workflow => 'late', district => '371502', form => {name => '样本'}, applicant => {kind => 'enterprise', name => '样本'}},
        'Idempotency-Key' => Door::key());
    is($r->{status}, 201, 'opened');
    return $r->{v};
}

sub seen { my ($case, $who) = @_; return ask($who // 'supervisor-own', 'GET', "/v1/cases/$case->{number}")->{v} }
sub step { my ($case, $path) = @_; return (grep { $_->{step} eq $path } @{seen($case)->{steps}})[0] }
sub to { is($door->request(method => 'POST', target => '/v1/test-clock', body => {to => "$_[0]+08:00"})->{status}, 200, 'the clock moves') }

# What a list finds, of @who.
sub found { my ($who, $list) = @_; return join ' ', map { $_->{number} // $_->{case} } @{ask($who, 'GET', "/v1/$list")->{v}{items}} }

# The code, or the status where there is none.
sub said { my ($r) = @_; return $r->{v}{code} // $r->{status} }

my @tests = (
    what_was_done_in_a_step_that_silence_left_is_shown_until_it_is_dealt_with => sub {
        my ($case, $other) = map { opened() } 1 .. 2;
        my $held = $case->{steps}[0]{etag};
        to('2026-03-11T09:00:00');
        my $now = seen($case);
        is(join(' ', map { $_->{step} } @{$now->{steps}}), 'review', 'silence has accepted it');
        is($now->{contradicted} ? 'told' : 'not told', 'not told', 'which nothing contradicts');
        my $late = {action => 'refuse', step => 'receive', reason => '纸质件漏录', happened => '2026-03-04T10:00:00+08:00'};
        for ($held, $now->{steps}[0]{etag}, '"s99"', '"c99"') {
            my $r = act('head-own', $case, $_, $late);
            is(said($r), 'stale', "with $_");
            is($r->{v}{etag}, $now->{etag}, 'and which tag it takes is told');
        }
        is(said(act('reviewer-own', $case, $now->{etag}, {action => 'grant', step => 'review'})), 'stale', 'that tag is for no more than what is late');
        is(said(act('head-own', $case, $now->{etag}, $late)), '200', 'with the tag of the case');
        my $told = seen($case)->{contradicted};
        is(join(' ', @$told{qw(visit step action by happened recorded left)}),
            '1 receive refuse head-own 2026-03-04T10:00:00+08:00 2026-03-11T09:00:00+08:00 2026-03-09T17:00:00+08:00', 'the case says so');
        is($told->{title}{zh}, '收件', 'by the title of the step');
        is(join(' ', @{$told->{mayResolve}}), 'annul reopen reconcile', 'and what a supervisor may do');
        is(scalar @{seen($case, 'window-own')->{contradicted}{mayResolve}}, '0', 'nobody else may');
        is(found('window-own', 'cases?contradicted=true'), $case->{number}, 'it is found');
        is(found('window-own', "cases?contradicted=true&phase=closed"), '', 'among the open ones');
        is(join(' ', map { "$_->{number} " . ($_->{contradicted} ? 'yes' : 'no') } @{ask('window-own', 'GET', '/v1/cases')->{v}{items}}),
            "$other->{number} no $case->{number} yes", 'each list says so');
        is(found('reviewer-own', 'tasks?contradicted=true'), $case->{number}, 'and the worklist, too');
        is(join(' ', map { "$_->{case} " . ($_->{contradicted} ? 'yes' : 'no') } sort { $b->{case} cmp $a->{case} } @{ask('reviewer-own', 'GET', '/v1/tasks')->{v}{items}}),
            "$other->{number} no $case->{number} yes", 'of each task');
        is(said(act('supervisor-own', $case, seen($case)->{etag}, {command => 'annul', number => $told->{silence}, reason => '收件属实'})), '200', 'what silence did is taken back');
        is(seen($case)->{contradicted} ? 'told' : 'over', 'over', 'then it is over');
        is(found('window-own', 'cases?contradicted=true') . found('reviewer-own', 'tasks?contradicted=true'), '', 'and found no more');
        is(said(act('head-own', $case, step($case, 'receive')->{etag}, $late)), '200', 'in the open step it takes its tag');
        is(seen($case)->{outcome}, 'refused', 'and moves the case');
    },
    a_step_that_is_open_again_is_told_from_the_stay_that_silence_left => sub {
        my $case = opened();
        to('2026-03-19T09:00:00');
        is(said(act('reviewer-own', $case, step($case, 'review')->{etag}, {action => 'back'})), '200', 'the reviewer gives it back');
        my $now = seen($case);
        my $late = {action => 'accept', step => 'receive', reason => '漏录', happened => '2026-03-12T10:00:00+08:00'};
        is(said(act('head-own', $case, $now->{steps}[0]{etag}, $late)), 'stale', 'the tag of the second stay says nothing of the first');
        is(said(act('head-own', $case, $now->{etag}, $late)), '200', 'that of the case does');
        is(join(' ', map { $_->{contradicted}{visit}, map { $_->{visit} } @{$_->{steps}} } seen($case)), '1 3', 'it was the first');
        is(said(act('supervisor-own', $case, seen($case)->{etag}, {command => 'reconcile', reason => '已重新受理'})), '200', 'it is dealt with');
        is(seen($case)->{contradicted} ? 'told' : 'over', 'over', 'then it is over');
        is(found('window-own', 'cases?contradicted=true'), '', 'and found no more');
    },
    what_others_did_is_recorded_by_who_may_say_that_it_was_earlier => sub {
        my $case = opened();
        to('2026-03-20T09:00:00');
        my $late = {action => 'accept', step => 'receive', reason => '停电，纸质受理', happened => '2026-03-19T10:00:00+08:00'};
        my $tag = step($case, 'receive')->{etag};
        is(said(act($_, $case, $tag, $late)), 'forbidden', "$_ may not") for qw(window-own reviewer-own head-other head-foreign head-step);
        my %now = %$late{qw(action step reason)};
        is(said(act('head-own', $case, $tag, \%now)), 'forbidden', 'nor a head what is done now');
        is(said(act('head-own', $case, $tag, {%now, happened => '2026-03-20T09:00:00+08:00'})), 'forbidden', 'however he says it');
        my $step = (grep { $_->{step} eq 'receive' } @{seen($case, 'head-own')->{steps}})[0];
        is(join(' ', map { $_->{action} } @{$step->{actions}}, @{$step->{mayRecord}}), 'accept refuse', 'what he may record');
        is(scalar @{$step->{actions}}, '0', 'and not do, he is told');
        is(exists step($case, 'receive')->{mayRecord} ? 'listed' : 'none', 'listed', 'and a supervisor');
        is(exists ((grep { $_->{step} eq 'receive' } @{seen($case, 'window-own')->{steps}})[0]{mayRecord}) ? 'listed' : 'none', 'none', 'no window');
        is(join(' ', map { $_->{action} } map { @{$_->{mayRecord} // []} } @{ask('head-own', 'GET', "/v1/cases/$case->{number}/actions")->{v}{items}}), 'accept refuse', 'with the forms');
        is(said(act('head-own', $case, $tag, {%$late{qw(action step happened)}})), 'reason_missing', 'without a reason');
        is(said(act('head-own', $case, $tag, $late)), '200', 'he records it');
        my $fact = ask('head-own', 'GET', "/v1/cases/$case->{number}/events?limit=200")->{v}{items}[-1];
        is(join(' ', @$fact{qw(command by role happened)}), 'act head-own head 2026-03-19T10:00:00+08:00', 'and answers for it');
        is((grep { $_->{name} eq 'statutory' } @{seen($case)->{clocks}})[0]{started}, '2026-03-19T10:00:00+08:00', 'it counts from then');
    },
);

while (my ($name, $code) = splice @tests, 0, 2) {
    next if @ARGV && !grep { $_ eq $name } @ARGV;
    if (eval { $code->(); 1 }) {
        $passed++;
    } else {
        $failed++;
        print "$name: $@";
    }
}
binmode STDOUT, ':utf8';
print "$passed passed, $failed failed\n";
exit($failed != 0);
