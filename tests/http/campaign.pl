#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# A campaign that concerns several enterprises: each gets a case of its own, which is its own from
# the moment somebody has looked who it is, and no matter of who leads the campaign.  Started by
# test_campaign.sh.
use strict;
use warnings;
use utf8;
use Clerks;

my $hall = Clerks->new($ARGV[0]);
sub is     { $hall->is(@_) }
sub ask    { $hall->ask(@_) }
sub act    { $hall->act(@_) }
sub settle { $hall->settle }

my ($jia, $yi, $bing, $lead) = ('91371500MA3C00003Q', '91371500MA3EXA010E', '91371500MA3EXB013Y', '91371502MA3D123470');
my %named = ($jia => '聊城示例甲科技有限公司', $yi => '聊城示例乙餐饮有限公司');

sub campaign {
    my @enterprises = map { {name => $named{$_} // '聊城示例丙商贸有限公司', code => $_, matter => '未装报警器'} } @_;
    my $r = ask('window', 'POST', '/v1/cases', {workflow => 'campaign', district => '371502',
            applicant => {kind => 'institution', name => '示例街道办事处', code => $lead},
            form => {name => '燃气安全整治', reporter => {name => '示例丙'}, enterprises => \@enterprises}});
    $r->{status} == 201 or die "campaign: $r->{status} $r->{json}{detail}\n";
    settle();
    return ($r->{json}, map { $_->{case} } @{$hall->case($r->{json}{number})->{children}});
}

sub listed   { return join ' ', sort map { $_->{number} } @{ask('window', 'GET', "/v1/cases?applicantCode=$_[0]")->{json}{items}} }
sub progress { return $hall->plain('GET', "/v1/progress/$_[0]", undef, 'Query-Code' => $_[1]) }
sub identify { return act('window', $_[0], {command => 'identify', document => '营业执照'}) }
sub plan     { my ($who, $case, $what, %c) = @_; return act($who, $case, {command => 'material', action => $what, material => 'plan', %c})->{json} }

my ($campaign, $first, $second) = campaign($jia, $yi);
my $parent = $campaign->{number};

# --- two enterprises, a case each, for each of them

is('each enterprise has a case', scalar(grep { $_ } $first, $second), 2);
is('which is another applicant\'s', join(' ', map { $_->{other} ? 'other' : 'own' } @{$hall->case($parent)->{children}}), 'other other');
my @is = map { $hall->case($_) } $first, $second;
is('by name and kind', join(' ', map { "$_->{applicant}{name} $_->{applicant}{kind}" } @is), "$named{$jia} enterprise $named{$yi} enterprise");
is('and code', join(' ', map { $_->{applicant}{code} } @is), "$jia $yi");
is('with the element as its form, and what the step adds', "$is[0]{form}{code} $is[0]{form}{campaign} $is[0]{form}{file}", "$jia 燃气安全整治 $named{$jia}");
is('it is only said who that is', join(' ', map { "$_->{identity}{state} " . ($_->{identity}{named} ? 'named' : 'himself') } @is), 'claimed named claimed named');
is('so no enterprise\'s file has it', listed($jia) . listed($yi), '');
is('nor that of who leads the campaign', listed($lead), $parent);

# --- what concerns one is no matter of the other's

is('the code of the campaign does not open it', progress($first, $campaign->{queryCode})->{status}, 404);
my $seen = progress($parent, $campaign->{queryCode})->{json};
is('which shows how many there are', scalar(@{$seen->{children}}) . " $seen->{others}{ended} of $seen->{others}{opened}", '0 0 of 2');
sub told { return join ' ', sort map { map { $_->{effect} } @{$_->{effects}} } @{$hall->plain('GET', "/v1/progress/$parent/events", undef, 'Query-Code' => $campaign->{queryCode})->{json}{items}} }
is('its events tell of none', told() =~ /born/ ? told() : 'none', 'none');
is('that somebody looked who leads it', identify($parent)->{status}, 200);
settle();
is('says nothing of them', join(' ', map { $hall->case($_)->{identity}{state} } $first, $second), 'claimed claimed');

# --- he comes to the window

my $met = identify($first);
is('who comes is looked at', $met->{status}, 200);
my $code = $met->{json}{queryCode};
is('and gets a code', ($code // '') =~ /^[0-9A-Z]{10}$/ ? 'a code' : $code, 'a code');
is('once', act('window', $first, {command => 'identify', document => '营业执照'})->{json}{code}, 'already_identified');
is('with which he follows his case', progress($first, $code)->{json}{yourSteps}[0]{step}, 'put-right');
is('and no other', join(' ', map { progress($_, $code)->{status} } $second, $parent), '404 404');
is('it is in his file', listed($jia), $first);
is('and in nobody else\'s', listed($yi) . listed($lead), $parent);
my $mine = progress($first, $code)->{json};
is('he acts', $hall->plain('POST', "/v1/progress/$first/actions", {action => 'report'}, 'Query-Code' => $code, 'If-Match' => $mine->{yourSteps}[0]{etag})->{status}, 200);
is('who looks at it is noted', act('window', $first, {action => 'look'})->{status}, 200);
is('as often as the list takes', join(' ', map { act('window', $first, {action => 'look'})->{status} } 1, 2), '200 422');
is('each at the end', join(' ', map { "$_->{by} $_->{on}" } @{$hall->case($first)->{form}{looks}}), 'window 2026-03-02 window 2026-03-02');
my ($added) = grep { $_->{effect} eq 'appended' } map { @{$_->{effects}} } @{ask('window', 'GET', "/v1/cases/$first/events")->{json}{items}};
is('which its history says', "$added->{field} $added->{value}{by}", 'form.looks window');
is('the proof is issued to him', act('window', $first, {action => 'accept'})->{status}, 200);
my ($proof) = @{$hall->case($first)->{certificates}};
my ($held) = @{$hall->plain('GET', "/v1/progress/$first/certificates", undef, 'Query-Code' => $code)->{json}{items}};
is('as its holder', "$held->{number} $held->{holder}{code} $held->{holder}{name}", "$proof->{number} $jia $named{$jia}");
settle();
is('the campaign knows how it ended', join(' ', map { $_->{outcome} // 'runs' } @{$hall->case($parent)->{children}}), 'rectified runs');
is('its leader how many', join(' of ', @{progress($parent, $campaign->{queryCode})->{json}{others}}{qw(ended opened)}), '1 of 2');
is('and not how', told() =~ /concluded/ ? told() : 'not', 'not');

# --- who does not come

act('window', $second, {action => 'report'});
is('to nobody nothing is issued', act('window', $second, {action => 'accept'})->{json}{code}, 'not_identified');
is('nor is his promise taken', plan('window', $second, 'promise', document => '承诺书（样例）')->{code}, 'not_identified');
my $both = act('window', $second, {action => 'accept', identified => '身份证'});
is('who looks and issues in one go', $both->{status}, 200);
is('hands him his code', progress($second, $both->{json}{queryCode})->{json}{outcome}, 'rectified');
settle();
is('the campaign goes on', $hall->case($parent)->{outcome}, 'closed');
settle();
my ($thanks) = grep { $_->{apart} } @{$hall->case($parent)->{children}};
is('who reported it has a case, too', join(' ', map { $_->{applicant}{kind}, $_->{applicant}{name}, $_->{applicant}{code} // 'no code' } $hall->case($thanks->{case})), 'individual 示例丙 no code');

# --- each has his own credit

my ($again, $jias, $yis) = campaign($jia, $yi);
identify($_) for $jias, $yis;
is('a promise is taken of the one', plan('window', $jias, 'promise', document => '承诺书（样例）')->{status}, 'special');
plan('head', $jias, 'break', reason => '核查不实');
my (undef, $jia_later, $yi_later) = campaign($jia, $yi);
identify($_) for $jia_later, $yi_later;
is('that he broke it counts against him', plan('window', $jia_later, 'promise', document => '承诺书（样例）')->{code}, 'promise_refused');
is('and not against the other', plan('window', $yi_later, 'promise', document => '承诺书（样例）')->{status}, 'special');

# --- a campaign that is withdrawn

is('the campaign is withdrawn', act('window', $again->{number}, {command => 'withdraw'})->{status}, 200);
settle();
is('and nobody\'s case with it', join(' ', map { $hall->case($_)->{outcome} // 'runs' } $jias, $yis), 'runs runs');
is('he withdraws it himself', act('window', $jias, {command => 'withdraw'})->{status}, 200);

# --- one that could not be opened

my $long = '聊' x 201;
$named{$bing} = $long;
my ($partly, $good, $bad) = campaign($yi, $bing);
my @child = @{$hall->case($partly->{number})->{children}};
is('of two one is opened', join(' ', map { $_->{outcome} // 'runs' } @child), 'runs failed');
is('the other says why', $child[1]{why}, 'form_invalid: /applicant/name has 1 to 200 characters');
my $form = $hall->case($partly->{number})->{form};
$form->{enterprises}[1]{name} = '聊城示例丙商贸有限公司';
is('what is wrong is mended', act('window', $partly->{number}, {command => 'amend', reason => '名称有误', input => $form})->{status}, 200);
is('and it is tried again', ask('registrar', 'POST', "/v1/cases/$partly->{number}/actions", {command => 'retry', number => 2, reason => '已更正'})->{status}, 200);
settle();
@child = @{$hall->case($partly->{number})->{children}};
is('for whom the list has then', $hall->case($child[1]{case})->{applicant}{name}, '聊城示例丙商贸有限公司');
is('that is nobody\'s twice', scalar @{ask('supervisor', 'GET', '/v1/cases?workflow=rectification&limit=200')->{json}{items}}, 8);

# --- what his case has opened for him before anybody had a code

sub newest { my ($number) = @_; settle(); return $hall->case($number)->{children}[-1]{case} }
my (undef, $his) = campaign($yi);
act('window', $his, {action => 'advise'});
my @before = ($his, newest($his));
act('window', $before[1], {action => 'account'});
push @before, newest($before[1]);
is('there is a case of his case, and one of that', scalar(grep { $_ } @before), 3);
is('of which nobody has looked who asks', join(' ', map { $hall->case($_)->{identity}{state} } @before), 'claimed claimed claimed');
my $handed = identify($his)->{json}{queryCode};
settle();
is('the code he is handed then opens all of them', join(' ', map { progress($_, $handed)->{status} } @before), '200 200 200');
progress($_, $handed) for (@before) x 3;
is('and that is no guessing', progress($his, $handed)->{status}, 200);
is('he is shown them', join(' ', map { $_->{case} } map { @{progress($_, $handed)->{json}{children}} } @before[0, 1]), "@before[1, 2]");
act('window', $his, {action => 'advise'});
is('and what it opens afterwards', progress(newest($his), $handed)->{status}, 200);
is('another code opens none of them', join(' ', map { progress($_, $code)->{status} } @before), '404 404 404');
progress($before[2], '0000000001') for 1 .. 3;
is('guesses at one are guesses at the code', join(' ', map { progress($_, $handed)->{status} } @before), '429 429 429');

$hall->end;
