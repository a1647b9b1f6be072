#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# A ballot is open while its case moves to another version: the votes cast count,
# the codes handed out are good, and neither is told by the facts.
# Started by test_migrated_ballot.sh.
use strict;
use warnings;
use JSON::PP;
use Time::HiRes qw(sleep);
use World;

$| = 1;
my ($passed, $failed) = (0, 0);
my $json = JSON::PP->new->canonical->utf8;

sub is {
    my ($what, $is, $wanted) = @_;
    if (($is // 'nothing') eq $wanted) {
        $passed++;
    } else {
        $failed++;
        print "$what\n  is     ", $is // 'nothing', "\n  wanted $wanted\n";
    }
}

sub slurp { my ($file) = @_; open my $in, '<', $file or die "$file: $!\n"; local $/; return <$in> }
sub spew { my ($file, $text) = @_; open my $out, '>', $file or die "$file: $!\n"; print $out $text; close $out }

my $world = World->new;
$world->start;
$world->{token}{auditor} = $world->{hall}->clerk('auditor', 'auditor');
my $house = "$world->{hall}{app}/workflows";

my $number = $world->must('POST', '/v1/cases', who => 'clerk', head => {'Idempotency-Key' => 'open'},
    body => {workflow => 'everything', district => '371502', applicant => {kind => 'enterprise', name => '聊城示例甲科技有限公司'},
        form => {name => '光岳', roll => [map { {who => $_} } qw(甲 乙 丙)]}})->{json}{number};
$world->act($number, $_) for qw(advance gather);

my %code = map { ($_->{voter} => $_->{code}) } @{$world->must('GET', "/v1/cases/$number/ballots", who => 'clerk')->{json}{items}[0]{roll}};
my $key = $world->sql("select substring(state from '\"key\":\"([0-9a-f]+)') from cases where number = '$number'");
sub vote {
    my ($voter, $action) = @_;
    return $world->ask('POST', "/v1/progress/$number/actions", head => {'Idempotency-Key' => "vote-$code{$voter}-$action"},
        body => {command => 'vote', voter => $voter, code => $code{$voter}, action => $action})->{status};
}
is('three have a code', scalar(grep { /^[0-9A-Z]{10}$/ } values %code), 3);
is('the ballot has its key', length($key // ''), 64);
is('one votes before the move', vote('甲', 'yes'), 200);

# Another version, the same from today on, which the daemon publishes.
my $text = slurp("$house/everything.json");
spew("$house/everything.2.json", $text =~ s/"from": "2022-01-01"/"from": "2026-03-03"/r);
my $from = $world->sql("select hash from definitions where workflow = 'everything'");
my ($to) = $world->command('diagram', '--lang', 'en', "$house/everything.2.json") =~ />everything · ([0-9a-f]+) · /;
spew("$world->{hall}{dir}/plan.json", $json->encode({workflow => 'everything', from => $from, to => $to, reason => 'rehearsal'}));
chmod 0644, "$world->{hall}{dir}/plan.json";
kill HUP => $world->{daemon}{pid};
sleep 0.05 until $world->sql("select count(*) from definitions where hash like '$to%'");
my $report = $world->command('migrate-cases', '--json', '--plan', "$world->{hall}{dir}/plan.json");
is('the case moves', $world->{status} . ' ' . ($report =~ /"moved":(\d+)/ ? $1 : $report), '0 1');

my $facts = $world->must('GET', "/v1/cases/$number/facts", who => 'auditor')->{text};
is('the facts tell that it has moved', scalar(() = $facts =~ /"fact":"migrated"/g), 1);
is('and nothing of the key', index($facts, $key), -1);
is('nor what stands in the state', $facts =~ /"state"|"votes"/ ? 'told' : 'not told', 'not told');

is('who has voted has voted', vote('甲', 'no'), 409);
is('who has not votes with his code', vote('乙', 'no'), 200);
# What each is shown, with his code: whether he has voted before the move or since.
sub shown {
    my $r = $world->ask('GET', "/v1/progress/$number/ballot", head => {'Voting-Code' => $code{$_[0]}});
    return $r->{status} != 200 ? $r->{status} : join ' ', $r->{json}{state}, map { "$_->{choice} $_->{counts}" } @{$r->{json}{you}{votes}};
}
is('who has voted before sees it', shown('甲'), 'open yes 1');
is('who has voted since sees that', shown('乙'), 'open no 1');
$world->pass('2 days');
is('and both that it was counted', join(', ', map { shown($_) } qw(甲 乙 丙)), 'counted yes 1, counted no 1, counted');
my $case = $world->must('GET', "/v1/cases/$number", who => 'clerk')->{json};
is('the ballot has closed', join(' ', map { $_->{step} } @{$case->{steps}}), 'work');
my ($yes, $no, $voted) = map { $world->sql("select substring(body from '$_') from facts where body like '%\"fact\":\"tallied\"%'") }
    '"yes":\{"count":(\d+)', '"no":\{"count":(\d+)', '"voted":(\d+)';
is('both votes count', "$yes $no $voted", '1 1 2');

print "$passed passed, $failed failed\n";
exit($failed != 0);
