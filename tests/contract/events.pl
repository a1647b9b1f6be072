#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# The events of a case: what the applicant is told, what those who go on with it are, and what he
# can do with nothing but that.
#
#   tests/contract/hall tests/contract/events.pl [TEST...]
use strict;
use warnings;
use utf8;
use FindBin;
use lib $FindBin::Bin;
use Asks;
use Contract;
use Desk;
use Door;

binmode STDOUT, ':utf8';
sign_in(qw(window-own registrar-own department-own head-own));
my $desk = Desk->new($door, $token{'window-own'});

sub own { my ($method, $case, $path, $body, %head) = @_; return ask(undef, $method, "/v1/progress/$case->{number}$path", $body, 'Query-Code' => $case->{queryCode}, %head) }
sub told { my ($case, $path) = @_; return @{own('GET', $case, '/events' . ($path // ''))->{v}{items}} }
sub read_by { my ($who, $case) = @_; return @{ask($who, 'GET', "/v1/cases/$case->{number}/events?limit=200")->{v}{items}} }
sub effects { my ($event) = @_; return join ' ', map { $_->{effect} } @{$event->{effects}} }
sub effect { my ($event, $kind) = @_; my ($x) = grep { $_->{effect} eq $kind } @{$event->{effects}}; return $x // {} }
sub command { my ($case, $body, $etag) = @_; return own('POST', $case, '/actions', $body, 'Idempotency-Key' => Door::key(), 'If-Match' => $etag) }
sub corrected { my ($case, %more) = @_; return $desk->ask(method => 'POST', target => "/v1/cases/$case->{number}/actions", headers => {'If-Match' => $case->{steps}[0]{etag}}, %more) }

my @tests = (
    the_applicant_reads_what_the_notice_says => sub {
        my $case = $desk->open_case;
        corrected($case, body => {action => 'correct', document => '聊审批补〔2026〕1号', input => {missing => ['articles'], remark => '章程缺少签名页'}});
        my ($opened, $notice) = told($case);
        is(join(' ', map { effect($notice, $_)->{document} // 'none' } qw(noticed stopped)), '聊审批补〔2026〕1号 聊审批补〔2026〕1号', 'by which document');
        is("$opened->{command} " . effects($opened), 'open opened material status', 'the opening');
        is("$notice->{by} $notice->{actionTitle}{zh}", 'house 一次性告知补正', 'who and what');
        is($notice->{input}{remark}, '章程缺少签名页', 'in the words of the window');
        my $asks = effect($notice, 'noticed')->{materials};
        is("$asks->[0]{id} $asks->[0]{title}{zh} " . scalar @$asks, 'articles 公司章程 1', 'which materials');
        is(effect($notice, 'stopped')->{ground}{title}{zh}, '补正', 'why the clock stands');
        is(effect($notice, 'status')->{status}, 'special', 'what its status is now');
        is(index(own('GET', $case, '/events')->{body}, 'window-own'), -1, 'no account');
        is(scalar(grep { $_->{step} } @{$notice->{effects}}), 0, 'no step of the house');
    },
    a_refusal_says_why => sub {
        my $case = $desk->open_case;
        corrected($case, body => {action => 'refuse', input => {reason => '法定代表人在任职限制期内'}});
        my $refusal = (told($case))[-1];
        is($refusal->{input}{reason}, '法定代表人在任职限制期内', 'the reason');
        is(effect($refusal, 'closed')->{outcome}, 'refused', 'the outcome');
        my ($seen) = grep { $_->{action} && $_->{action} eq 'refuse' } read_by('registrar-own', $case);
        is("$seen->{by} $seen->{role} $seen->{step} $seen->{input}{reason}", 'window-own window accept 法定代表人在任职限制期内', 'to those of the house, with who said so');
    },
    what_the_house_does_among_itself_is_not_told => sub {
        my $case = $desk->open_case;
        corrected($case, body => {action => 'accept', input => {identityVerified => JSON::PP::true, barred => JSON::PP::false}});
        my $accepted = (told($case))[-1];
        is(defined $accepted->{input} || defined $accepted->{action} ? 'told' : 'not told', 'not told', 'its input');
        is(effect($accepted, 'status')->{status}, 'in-review', 'but how far it is');
        is(own('GET', {%$case, queryCode => '0000000000'}, '/events')->{status}, 404, 'and nothing with a wrong code');
        is(ask(undef, 'GET', "/v1/progress/$case->{number}/events")->{status}, 401, 'or with none');
    },
    an_agent_reads_what_he_did_himself_and_what_the_house_says => sub {
        my $case = $desk->open_correction;
        my $etag = ask('window-own', 'GET', "/v1/cases/$case->{number}")->{v}{etag};
        my $given = command($case, {command => 'mandate', mandate => {agent => {kind => 'person', name => '张样本', credential => '样本证件0001'}, scope => ['act', 'progress']}}, $etag);
        is($given->{status}, 200, 'the applicant has an agent');
        my $agent = {%$case, queryCode => $given->{v}{queryCode}};
        is((grep { $_->{action} && $_->{action} eq 'correct' } told($agent))[0]{input}{missing}[0], 'articles', 'what the house says');
        is(command($case, {action => 'submit'}, own('GET', $case, '')->{v}{yourSteps}[0]{etag})->{status}, 200, 'the applicant acts');
        my ($his) = grep { $_->{action} && $_->{action} eq 'submit' } told($agent);
        is($his->{by} . (exists $his->{input} ? ' with' : ' without'), 'applicant without', 'that he did, not what he said');
    },
    they_come_in_pages => sub {
        my $case = $desk->open_correction;
        my $first = own('GET', $case, '/events?limit=1')->{v};
        is(scalar @{$first->{items}} . $first->{items}[0]{command}, '1open', 'the first');
        my $second = own('GET', $case, "/events?limit=1&cursor=$first->{nextCursor}")->{v};
        is("$second->{items}[0]{action}" . ($second->{nextCursor} // ''), 'correct', 'the last');
        is(own('GET', $case, '/events?limit=0')->{v}{code}, 'bad_parameter', 'a limit that is none');
    },
    an_applicant_needs_nobody_to_withdraw => sub {
        my $case = $desk->open_correction;
        my $seen = own('GET', $case, '')->{v};
        is($seen->{mayWithdraw} ? 'may' : 'may not', 'may', 'he is told that he may');
        is(command($case, {command => 'material', action => 'receive', material => 'articles', document => '章程.pdf'}, $seen->{etag})->{status}, 200, 'he hands in');
        $seen = own('GET', $case, '')->{v};
        is(command($case, {command => 'withdraw'}, $seen->{etag})->{status}, 200, 'and withdraws');
        is(own('GET', $case, '')->{v}{mayWithdraw} ? 'may' : 'may not', 'may not', 'once');
        is(effects((told($case))[-1]) =~ /closed/ ? 'closed' : 'open', 'closed', 'his last event');
        is(ask('window-own', 'GET', "/v1/cases/$case->{number}")->{v}{mayWithdraw} ? 'may' : 'may not', 'may not', 'nor may a window');
    },
    who_goes_on_sees_what_was_set_and_by_what => sub {
        my $case = $desk->licensed;
        is(ask('department-own', 'GET', "/v1/cases/$case->{number}")->{v}{values}{licenceNumber}, '91371500MA3C00003Q', 'the number of the licence');
        my ($issue) = grep { $_->{action} && $_->{action} eq 'issue' } read_by('department-own', $case);
        is(effect($issue, 'issued')->{certificate}{title}{zh}, '营业执照', 'what was issued');
        is(effect($issue, 'set')->{field}, 'case.licenceNumber', 'what was set');
        is(scalar(grep { $_->{effect} eq 'sent' } @{$issue->{effects}}) > 0 ? 'told' : 'not', 'told', 'who was told');
        my ($accept) = grep { $_->{action} && $_->{action} eq 'accept' } read_by('window-own', $case);
        is($accept->{stepTitle}{zh}, '受理', 'the step by its title');
    },
);

run_tests(@tests);
