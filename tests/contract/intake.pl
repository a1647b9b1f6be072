#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Opening by the applicant, and handing a case over to another district.
#
#   tests/contract/hall tests/contract/intake.pl [TEST...]
use strict;
use warnings;
use utf8;
use FindBin;
use lib $FindBin::Bin;
use Asks;
use Contract;
use Desk;
use Door;

sign_in(qw(window-own window-other reviewer-own supervisor-own));
my $desk = Desk->new($door, $token{'window-own'});

sub etag { my ($who, $case) = @_; return ask($who, 'GET', "/v1/cases/$case->{number}")->{v}{etag} }
sub tasks { my ($who, $case) = @_; return scalar grep { $_->{case} eq $case->{number} } @{ask($who, 'GET', '/v1/tasks?limit=200')->{v}{items}} }

sub open_it { my ($body, $key) = @_; return ask(undef, 'POST', '/v1/progress', $body, 'Idempotency-Key' => $key // Door::key()) }

my @tests = (
    an_applicant_opens_where_the_workflow_lets_him => sub {
        my ($body, $key) = (Desk::opening(), Door::key());
        my $opened = open_it($body, $key);
        is($opened->{status}, 201, 'opened');
        my $case = $opened->{v};
        is($opened->{headers}{location}, "/v1/progress/$case->{number}", 'Location');
        $case->{queryCode} =~ /^[0-9A-Z]{10}$/ or die "no query code\n";
        is(ask(undef, 'GET', $opened->{headers}{location}, undef, 'Query-Code' => $case->{queryCode})->{status}, 200, 'its progress');
        is(open_it($body, $key)->{v}{number}, $case->{number}, 'the same again');
        is(tasks('window-own', $case), 1, 'on the window\'s list');
        is(open_it({%$body, workflow => 'branch-batch'})->{status}, 403, 'what only a window opens');
        my $wrong = open_it({%$body, form => {%{$body->{form}}, registeredCapital => -1}});
        is("$wrong->{status} $wrong->{v}{code}", '422 form_invalid', 'a form that is not valid');
        is(open_it({%$body, district => '999999'})->{status}, 422, 'in no district');
        is(ask(undef, 'POST', '/v1/progress?validateOnly=true', $body)->{status}, 200, 'only validated');
        is(ask(undef, 'POST', '/v1/progress', $body)->{v}{code}, 'idempotency_key_missing', 'without a key');
    },
    a_case_is_handed_over_with_everything_it_has => sub {
        my $case = $desk->open_case;
        my $over = {command => 'hand-over', district => '371503', reason => '住所在该县'};
        is(act('window-own', $case, '"c9"', $over)->{status}, 412, 'with a stale tag');
        is(act('window-own', $case, etag('window-own', $case), {%$over, reason => ''})->{v}{code}, 'reason_missing', 'without a reason');
        is(act('window-own', $case, etag('window-own', $case), {%$over, district => '371502'})->{status}, 422, 'to its own district');
        is(act('window-own', $case, etag('window-own', $case), {%$over, district => '999999'})->{status}, 422, 'to no district');
        is(act('window-other', $case, '"c1"', $over)->{status}, 403, 'by another district');
        is(act('reviewer-own', $case, '"c1"', $over)->{status}, 403, 'by a reviewer');
        is(act('window-own', $case, etag('window-own', $case), {command => 'take-over'})->{v}{code}, 'not_handed_over', 'before it is handed over');
        is(act('window-own', $case, etag('window-own', $case), $over)->{status}, 200, 'handed over');
        is(ask('window-own', 'GET', "/v1/cases/$case->{number}$_")->{status}, 200, "seen by the hall that received it$_") for '', '/files', '/clocks/accept/explain';
        is(act('window-own', $case, etag('window-own', $case), {command => 'claim', step => 'accept'})->{v}{code}, 'forbidden', 'which does not act in it');
        my $seen = ask('window-other', 'GET', "/v1/cases/$case->{number}")->{v};
        is($seen->{number}, $case->{number}, 'number');
        is($seen->{district}, '371503', 'district');
        is($seen->{handedFrom}, '371502', 'from');
        is(tasks('window-own', $case) . tasks('window-other', $case), '01', 'worklists');
        my $accept = {action => 'accept', step => 'accept', input => {identityVerified => JSON::PP::true, barred => JSON::PP::false}};
        is(act('window-other', $case, $seen->{steps}[0]{etag}, $accept)->{v}{code}, 'not_taken_over', 'before it is accepted');
        is(act('window-other', $case, etag('window-other', $case), {command => 'hand-back', reason => '不属于本县'})->{status}, 200, 'given back');
        is(tasks('window-own', $case) . tasks('window-other', $case), '10', 'worklists again');
        is(act('window-own', $case, etag('window-own', $case), $over)->{status}, 200, 'handed over again');
        is(act('window-other', $case, etag('window-other', $case), {command => 'take-over'})->{status}, 200, 'accepted');
        $seen = ask('window-other', 'GET', "/v1/cases/$case->{number}")->{v};
        is($seen->{handedFrom}, 'nothing', 'from');
        is(act('window-other', $case, $seen->{steps}[0]{etag}, $accept)->{status}, 200, 'work goes on');
    },
    who_opens_without_an_account_is_throttled => sub {
        my $refused;
        for (1 .. 1000) {
            my $reply = ask(undef, 'POST', '/v1/progress', {}, 'Idempotency-Key' => Door::key());
            next if $reply->{status} == 422;
            is($reply->{status}, 429, 'in the end');
            $reply->{headers}{'retry-after'} > 0 or die "no Retry-After\n";
            $refused = 1;
            last;
        }
        $refused or die "a thousand at once\n";
    },
);

run_tests(@tests);
