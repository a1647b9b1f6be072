#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Who opens a case without an account only claims who he is, until somebody of
# the house has looked.
#
#   tests/contract/hall tests/contract/identity.pl [TEST...]
use strict;
use warnings;
use utf8;
use FindBin;
use lib $FindBin::Bin;
use Asks;
use Contract;
use Desk;
use Door;

sign_in(qw(window-own window-other reviewer-own registrar-own head-own));
my $desk = Desk->new($door, $token{'window-own'});
my ($code, $other) = ('91371500MA3C00003Q', '冒名示例有限公司');

sub seen { return ask('window-own', 'GET', "/v1/cases/$_[0]{number}")->{v} }
sub own { return ask(undef, 'GET', "/v1/progress/$_[0]{number}", undef, 'Query-Code' => $_[0]{queryCode}) }
sub material { my ($v, $id) = @_; return (grep { $_->{id} eq $id } @{$v->{materials}})[0] }
sub in_list { my ($case, $items) = @_; return scalar grep { $_->{number} eq $case->{number} } @$items }
sub dossier { return ask('window-own', 'GET', "/v1/parties/$code?limit=200")->{v} }
sub task { my ($case) = @_; return (grep { $_->{case} eq $case->{number} } @{ask('window-own', 'GET', '/v1/tasks?limit=200')->{v}{items}})[0] }

# Somebody who is not known says he is that enterprise, or another.
sub stranger {
    my ($named) = @_;
    my $body = Desk::opening();
    $body = {%$body, form => {%{$body->{form}}, corporateInvestor => JSON::PP::true}, applicant => {%{$body->{applicant}}, name => $other, code => $named // $code}};
    my $opened = ask(undef, 'POST', '/v1/progress', $body, 'Idempotency-Key' => Door::key());
    is($opened->{status}, 201, 'opened');
    return $opened->{v};
}

# What tax is told when it names the enterprise only.
sub told {
    my ($named) = @_;
    my ($o) = grep { $_->{id} eq 'tell' } $contract->operations;
    my $r = $desk->sound($o);
    $r->{body}{data} = {creditCode => $named, name => 'done'};
    my $reply = $door->request(Desk::assembled($r));
    my @wrong = $contract->complaints($o, $reply);
    die "tell: @wrong\n" if @wrong;
    return $reply;
}

sub accepting { return {action => 'accept', step => 'accept', input => {identityVerified => JSON::PP::true, barred => JSON::PP::false}, @_} }

my @tests = (
    a_stranger_changes_nothing_of_an_enterprise_and_learns_nothing => sub {
        $desk->licensed;
        my $before = dossier();
        my $case = stranger();
        my $progress = own($case);
        is($progress->{v}{identity}{state}, 'claimed', 'identity');
        is(material($progress->{v}, 'earlier-licence')->{state}, 'missing', 'what the enterprise holds');
        is(index($progress->{body}, 'YYZZ-'), -1, 'a certificate in his progress');
        my $after = dossier();
        is(in_list($case, $after->{items}), 0, 'in the file');
        is($after->{name}, $before->{name}, 'name in the file');
        is(scalar @{$after->{items}}, scalar @{$before->{items}}, 'cases in the file');
        is(in_list($case, ask('window-own', 'GET', "/v1/cases?applicantCode=$code&limit=200")->{v}{items}), 0, 'among its cases');
        is(seen($case)->{identity}{state}, 'claimed', 'to a clerk');
        is(task($case)->{identity}{state}, 'claimed', 'in the worklist');
    },
    what_follows_from_it_follows_when_somebody_has_looked => sub {
        $desk->licensed;
        my $case = stranger();
        is(act('window-own', $case, task($case)->{etag}, accepting(identified => '营业执照和授权委托书'))->{status}, 200, 'taken in');
        my $seen = seen($case);
        is(join(' ', @{$seen->{identity}}{qw(state by document at)}), 'verified window-own 营业执照和授权委托书 2026-03-02T09:00:00+08:00', 'identity');
        is(material($seen, 'earlier-licence')->{state}, 'fetched', 'what the enterprise holds');
        material($seen, 'earlier-licence')->{document} =~ /^YYZZ-/ or die "no number of a licence\n";
        my $dossier = dossier();
        is(in_list($case, $dossier->{items}), 1, 'in the file');
        is($dossier->{name}, $other, 'name in the file, as the newest case says it');
        my $own = own($case)->{v}{identity};
        is(join(' ', map { $own->{$_} // 'nothing' } qw(state by document)), 'verified nothing nothing', 'to the applicant');
    },
    no_message_comes_to_a_stranger_by_the_credit_code => sub {
        my ($named, $case) = ('91371500MA3EXA010E');
        $case = stranger($named);
        is(told($named)->{status}, 404, 'before anybody has looked');
        is(act('window-own', $case, '"c1"', {command => 'identify', document => '营业执照'})->{status}, 200, 'identified');
        is(told($named)->{status}, 200, 'afterwards');
        is(seen($case)->{messages}[0]{name}, 'done', 'the message');
    },
    acting_alone_says_nothing_of_who_asks => sub {
        my $case = stranger();
        my $refused = act('window-own', $case, task($case)->{etag}, accepting());
        is($refused->{v}{code}, 'guard_failed', 'taken in by somebody who has not looked');
        is(index($refused->{v}{detail}, 'identified') >= 0, 1, 'that he is told what to say');
        my $claimed = act('window-own', $case, task($case)->{etag}, {action => 'correct', document => '聊审批补〔2026〕1号', step => 'accept', input => {missing => ['articles']}});
        is($claimed->{status}, 200, 'asked for what is missing');
        is(seen($case)->{identity}{state}, 'claimed', 'identity');
        is(in_list($case, dossier()->{items}), 0, 'in the file');
    },
    who_asks_is_said_once_with_its_document => sub {
        my $case = stranger();
        my $identify = {command => 'identify', document => '营业执照'};
        is(act('window-other', $case, '"c1"', $identify)->{status}, 403, 'by another district');
        is(act('reviewer-own', $case, '"c1"', $identify)->{status}, 403, 'by a reviewer');
        is(act('window-own', $case, '"c1"', {command => 'identify'})->{v}{code}, 'document_missing', 'without a document');
        is(act('window-own', $case, '"c1"', {%$identify, document => ''})->{v}{code}, 'document_missing', 'with an empty one');
        is(act('window-own', $case, '"c9"', $identify)->{status}, 412, 'with a stale tag');
        is(act('window-own', $case, '"c1"', {command => 'claim', step => 'accept', identified => '营业执照'})->{status}, 422, 'beside a claim');
        is(ask(undef, 'POST', "/v1/progress/$case->{number}/actions", $identify, 'Idempotency-Key' => Door::key(), 'Query-Code' => $case->{queryCode}, 'If-Match' => '"c1"')->{status}, 403, 'by himself');
        is(act('head-own', $case, '"c1"', $identify)->{status}, 200, 'by a head');
        is(join(' ', @{seen($case)->{identity}}{qw(state by document)}), 'verified head-own 营业执照', 'identity');
        is(in_list($case, dossier()->{items}), 1, 'in the file');
        is(act('window-own', $case, seen($case)->{etag}, $identify)->{v}{code}, 'already_identified', 'again');
        is(act('window-own', $case, task($case)->{etag}, accepting(identified => '营业执照'))->{v}{code}, 'already_identified', 'again, beside an action');
    },
    who_was_before_a_clerk_is_known_from_the_opening => sub {
        my $case = $desk->open_case;
        is(join(' ', @{seen($case)->{identity}}{qw(state at)}), 'verified 2026-03-02T09:00:00+08:00', 'identity');
        is(in_list($case, dossier()->{items}), 1, 'in the file');
        is(act('window-own', $case, '"c1"', {command => 'identify', document => '授权委托书'})->{status}, 200, 'at what he looked');
        is(in_list($case, dossier()->{items}), 1, 'in the file, once');
    },
);

run_tests(@tests);
