#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Whose people may give which command: every cell of rights.tsv, asked of a
# running daemon as `validateOnly`, so that the cases stay as they are.
#
#   HALL_WORKFLOWS=FOLDER tests/contract/hall tests/contract/rights.pl
#
# The folder holds `everything` of tests/http/world.  A row is a command, a column
# an account: of the hall or the department that leads (-own), of one that does a
# step (-step), of one that has nothing to do with the case (-foreign), of another
# district (-other).  The hall that received a case goes on seeing it when another has
# it, and commands it no more.  Who may not see a case is told the same of whatever he sends,
# with whatever tag: that he may not, and nothing of the case.
use strict;
use warnings;
use utf8;
use FindBin;
use lib $FindBin::Bin;
use Asks;
use Contract;
use Door;
use JSON::PP ();

my ($passed, $failed) = (0, 0);
binmode STDOUT, ':utf8';

sub check {
    my ($ok, $what) = @_;
    $ok ? $passed++ : $failed++;
    print "$what\n" if !$ok;
    return $ok;
}

open my $in, '<:encoding(UTF-8)', "$FindBin::Bin/rights.tsv" or die "rights.tsv: $!\n";
my ($head, @rows) = map { chomp; [split /\t/] } grep { !/^#/ } <$in>;
my (undef, undef, @people) = @$head;
sign_in(@people);

# --- the cases

# As window-own, or another; the case afterwards.
sub does {
    my ($case, $command, $who) = @_;
    my $step = $command->{step} ? (grep { $_->{step} eq $command->{step} } @{$case->{steps}})[0] : $case->{steps}[0];
    my $reply = act($who // 'window-own', $case, ($command->{command} // 'act') =~ /^(act|stop)$/ ? $step->{etag} : $case->{etag}, $command);
    die "$command->{command}: $reply->{status} $reply->{body}\n" if $reply->{status} != 200;
    return {%$case, %{$reply->{v}}};
}

sub opened {
    my $reply = ask('window-own', 'POST', '/v1/cases', {workflow => 'everything', district => '371502', form => {name => '甲', roll => [{who => '甲'}]},
        applicant => {kind => 'enterprise', name => '样本'}}, 'Idempotency-Key' => Door::key());
    die "no case: $reply->{body}\n" if $reply->{status} != 201;
    return $reply->{v};
}

my %case = (
    work       => opened(),
    review     => does(opened(), {action => 'pass'}),
    correction => does(opened(), {action => 'correct'}),
    ballot     => does(opened(), {action => 'gather'}),
    child      => does(opened(), {action => 'part'}),
    closed     => does(opened(), {action => 'finish'}),
    handed     => does(opened(), {command => 'hand-over', district => '371503', reason => 'x'}),
    stopped    => does(does(does(opened(), {action => 'pass'}), {command => 'stop', step => 'review.first.look', ground => 'testing'}, 'head-own'),
        {command => 'stop', step => 'review.second.look', ground => 'testing'}, 'head-own'),
);

# --- the rows

sub send_as {
    my ($who, $case, $command, $tag) = @_;
    return ask($who, 'POST', "/v1/cases/$case->{number}/actions?validateOnly=true", $command, 'Idempotency-Key' => Door::key(), 'If-Match' => $tag);
}

# The tag the command asks for: that of the step it names, or whose stop it ends; or of the case.
sub tag_of {
    my ($case, $command) = @_;
    my $kind = $command->{command} // 'act';
    return $case->{etag} if $kind !~ /^(act|stop|resume)$/;
    my $step = $command->{step} // ($command->{number} == 1 ? 'review.first.look' : 'review.second.look');
    return (grep { $_->{step} eq $step } @{$case->{steps}})[0]{etag};
}

my %told;
for my $name (sort keys %case) {
    my $number = $case{$name}{number};
    for my $who (@people) {
        my $reply = ask($who, 'GET', "/v1/cases/$number");
        $told{$name}{$who} = $reply->{v}{detail} if $reply->{status} == 403;
        # A child moves its case by itself: the tags are those of now.
        $case{$name} = $reply->{v} if $reply->{status} == 200;
        my $blind = $who =~ /-foreign$/ || ($who =~ /-other$/ && $name ne 'handed');
        check($reply->{status} == ($blind ? 403 : 200), "$who looks at $name: $reply->{status}");
    }
}

my %asked;
for my $row (@rows) {
    my ($text, $name, @status) = @$row;
    my $command = JSON::PP->new->decode($text);
    my $case = $case{$name} or die "rights.tsv: there is no case $name\n";
    my $tag = tag_of($case, $command);
    $asked{$command->{command} // 'act'} = 1;
    for my $i (0 .. $#people) {
        my $who = $people[$i];
        my $reply = send_as($who, $case, $command, $tag);
        check($reply->{status} eq ($status[$i] // 'missing'), "$text in $name as $who: $reply->{status}, not " . ($status[$i] // 'missing') . ': ' . ($reply->{v}{detail} // ''));
        next if !defined $told{$name}{$who};
        (my $stale = $tag) =~ s/\d+/999/;
        for my $r ($reply, send_as($who, $case, $command, $stale)) {
            my $v = $r->{v};
            check($r->{status} == 403 && $v->{detail} eq $told{$name}{$who} && !exists $v->{etag} && !exists $v->{allowedActions},
                "$text in $name as $who, who may not see it: $r->{body}");
        }
    }
}
# Lists show of whom may see the case alone, and him it.
for my $who (@people) {
    next if $who eq 'head-other';
    my $listed = grep { $_->{number} eq $case{work}{number} } @{ask($who, 'GET', '/v1/cases?workflow=everything&limit=200')->{v}{items}};
    my $of_all = grep { $_->{number} eq $case{work}{number} } @{ask($who, 'GET', '/v1/cases?limit=200')->{v}{items}};
    my $sees = ask($who, 'GET', "/v1/cases/$case{work}{number}")->{status} == 200 ? 1 : 0;
    check($listed == $sees && $of_all == $sees, "$who: the list of cases has it $listed and $of_all times, he sees it $sees times");
}
my ($o) = grep { $_->{id} eq 'act' } $contract->operations;
my $of_contract = Contract::decode($door->request(method => 'GET', target => '/openapi.json')->{body})->{components}{schemas}{Command}{properties}{command}{enum};
check($asked{$_}, "rights.tsv has no row of command $_") for @$of_contract;
print "$passed passed, $failed failed\n";
exit($failed != 0);
