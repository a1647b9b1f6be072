#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# What people are told of limits: why a clock ends when it does, or that it never does; of which
# branch of a list; until which day; in words, not ids.  Started by test_explained.sh.
use strict;
use warnings;
use utf8;
use Clerks;
use JSON::PP ();

my ($url) = @ARGV;
my $hall = Clerks->new($url);
sub is  { $hall->is(@_) }
sub ask { $hall->ask(@_) }
sub act { $hall->act(@_) }

sub to { $hall->plain('POST', '/v1/test-clock', {to => "$_[0]+08:00"})->{status} == 200 or die "the clock does not move\n" }

sub opened {
    my (@more) = @_;
    my $r = ask('window', 'POST', '/v1/cases', {workflow => 'site-permit', district => '371502', form => {@more},
            applicant => {kind => 'enterprise', name => '聊城示例甲科技有限公司'}});
    $r->{status} == 201 or die "site-permit: $r->{status} $r->{json}{detail}\n";
    return $r->{json};
}

sub clock { my ($number, $name) = @_; return (grep { $_->{name} eq $name } @{$hall->case($number)->{clocks}})[0] }
sub given { my ($of, @names) = @_; return join ' ', map { $of->{$_} // '-' } @names }
sub words { my ($title) = @_; return ref $title ? "$title->{zh} $title->{en}" : '-' }

# A clock's name as one segment of a path.
sub segment {
    my ($name) = @_;
    utf8::encode($name);
    $name =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ge;
    return $name;
}
sub derived { my ($number, $name, $more) = @_; return ask('supervisor', 'GET', "/v1/cases/$number/clocks/" . segment($name) . '/explain' . ($more // ''))->{json} }

# The same as text, to the house or to the applicant; its lines.
my $door = Door->new($url);
sub lines {
    my ($language, $case, $name, $applicant) = @_;
    my $who = $applicant ? 'progress' : 'cases';
    my $r = $door->request(method => 'GET', target => "/v1/$who/$case->{number}/clocks/" . segment($name) . '/explain', headers => {
            Accept => 'text/plain', 'Accept-Language' => $language,
            $applicant ? ('Query-Code' => $case->{queryCode}) : (Authorization => "Bearer $hall->{token}{supervisor}")});
    my $text = $r->{body};
    utf8::decode($text);
    return split /\n/, $text;
}

# --- without a limit nothing is due, and no derivation is made up

my $case = opened(sites => ['东 1', '西.2']);
my $number = $case->{number};
my $none = derived($number, 'promised');
is('it is said that there is no limit', $none->{limited} ? 'limited' : 'not', 'not');
is('nothing is derived', scalar @{$none->{derivation}}, 0);
is('nothing is due', given($none->{clock}, qw(limit due lastDay)), '- - -');
is('in Chinese', (lines('zh', $case, 'promised'))[0] =~ /^(没有期限，自 2026-03-02T09:00:00)/ ? $1 : (lines('zh', $case, 'promised'))[0], '没有期限，自 2026-03-02T09:00:00');
is('in English', (lines('en', $case, 'promised'))[0] =~ /^(no limit, from 2026-03-02T09:00:00)/ ? $1 : (lines('en', $case, 'promised'))[0], 'no limit, from 2026-03-02T09:00:00');
is('and no due instant', scalar(grep { /到期|期限 1/ } lines('zh', $case, 'promised')), 0);
is('where there is one it is derived', derived($number, 'statutory')->{limited} && @{derived($number, 'statutory')->{derivation}} ? 'derived' : 'not', 'derived');

# --- the applicant: in words, and until which day

my $asked = opened(sites => ['东 1']);
is('something is missing', act('window', $asked->{number}, {command => 'material', action => 'tolerate', material => 'plan'})->{status}, 200);
is('he is asked', act('window', $asked->{number}, {action => 'correct'})->{status}, 200);
my $his = $hall->plain('GET', "/v1/progress/$asked->{number}", undef, 'Query-Code' => $asked->{queryCode})->{json};
is('his step ends at the end of its fifth day', given($his->{yourSteps}[0], qw(until lastDay)), '2026-03-10T00:00:00+08:00 2026-03-09');
is('so does the tolerance', given($his->{materials}[0], qw(until lastDay)), '2026-03-10T00:00:00+08:00 2026-03-09');
is('and the timer of the house', given($hall->case($asked->{number})->{steps}[0]{timers}[0], qw(at lastDay)), '2026-03-10T00:00:00+08:00 2026-03-09');
my ($stands) = grep { $_->{name} eq 'statutory' } @{$his->{clocks}};
is('what stands has no due date, and no last day', given($stands, qw(due lastDay)), '- -');
is('only if it were resumed', given($stands, qw(ifResumedNow lastDayIfResumedNow)), '2026-03-30T17:00:00+08:00 2026-03-30');
is('it stands on what has a title', "$stands->{ground} " . words($stands->{groundTitle}), 'correction 补正 Correction');
to('2026-03-04T09:20:10');
is('he corrects', $hall->plain('POST', "/v1/progress/$asked->{number}/actions", {action => 'submit'}, 'Query-Code' => $asked->{queryCode}, 'If-Match' => $his->{yourSteps}[0]{etag})->{status}, 200);
my %word = (zh => [qr/：补正/, qr/48小时20分钟10秒|48小时20分钟/, qr/申请人/], en => [qr/stands: Correction/, qr/48 hours 20 minutes/, qr/the applicant/]);
for my $language (sort keys %word) {
    my ($held) = grep { /$word{$language}[0]/ } grep { / – / } lines($language, $asked, 'statutory', 1);
    is("he reads who held it and why ($language)", join(' ', map { ($held // '') =~ $_ ? 'yes' : $held // 'nothing' } @{$word{$language}}), 'yes yes yes');
    is("no id, no code of time ($language)", scalar(grep { /correction|PT\d/ } lines($language, $asked, 'statutory', 1)), 0);
}
is('and the day it closed in', (map { words($_->{why}) } grep { $_->{date} eq '2026-03-03' } @{derived($asked->{number}, 'statutory')->{derivation}})[0], '中止：补正 stands: Correction');

# --- each branch of a list by its element

sub step_of { my ($number, $step) = @_; return (grep { $_->{step} eq $step } @{$hall->case($number)->{steps}})[0] }
sub act_in {
    my ($who, $number, $step, $action) = @_;
    return ask($who, 'POST', "/v1/cases/$number/actions", {action => $action, step => $step}, 'If-Match' => step_of($number, $step)->{etag})->{status};
}

my ($east, $west) = map { "work.sites.each.$_.visit" } '东%201', '西%2E2';
is('it is accepted', act('window', $number, {action => 'accept', reason => '当场受理'})->{status}, 200);
my %task = map { ($_->{step} => $_) } grep { $_->{case} eq $number } @{ask('reviewer', 'GET', '/v1/tasks?workflow=site-permit')->{json}{items}};
is('the worklist says which site, and until which day', join('; ', map { given($task{$_}, qw(element due lastDay)) } $east, $west), '东 1 2026-03-06T17:00:00+08:00 2026-03-06; 西.2 2026-03-06T17:00:00+08:00 2026-03-06');
is('a hearing', act_in('reviewer of 市水利局', $number, 'work.water.look', 'hear'), 200);
to('2026-03-07T09:00:00');
my %card = map { ($_->{clock} => $_) } @{ask('supervisor', 'GET', "/v1/cards?case=$number")->{json}{items}};
is('there is a card for each that is late', join(' ', sort keys %card), "work.safety.look $east $west");
is('it says of which site it is', join('; ', map { given($card{$_}, qw(step element due lastDay)) } $east, $west), "$east 东 1 2026-03-06T17:00:00+08:00 2026-03-06; $west 西.2 2026-03-06T17:00:00+08:00 2026-03-06");
is('one is visited', act_in('reviewer', $number, $west, 'seen'), 200);
for my $name ($east, $west) {
    my $by = $card{$name};
    is('the clock of a card is explained by what it shows', given(derived($number, $by->{clock}, "?record=$by->{record}")->{clock}, qw(name step element)), "$name $name $by->{element}");
}
is('open or left', join(' ', map { derived($number, $_)->{clock}{verdict} } $east, $west), 'open late');
my ($seen) = grep { ($_->{action} // '') eq 'seen' } @{ask('supervisor', 'GET', "/v1/cases/$number/events?limit=200")->{json}{items}};
is('the events say where it was', given($seen, qw(step element)) . ' ' . words($seen->{stepTitle}), "$west 西.2 勘查 Visit");
my ($accepted) = grep { ($_->{action} // '') eq 'accept' } @{ask('supervisor', 'GET', "/v1/cases/$number/events?limit=200")->{json}{items}};
is('and what was entered', join('; ', map { given($_, qw(step element)) } grep { $_->{effect} eq 'entered' && $_->{element} && ($_->{step} // '') =~ /visit/ } @{$accepted->{effects}}), "$east 东 1; $west 西.2");

# --- departments by their titles, hearings by theirs

to('2026-03-12T09:00:00');
%card = map { ($_->{clock} => $_) } grep { $_->{clock} =~ /^bureau/ } @{ask('supervisor', 'GET', "/v1/cards?case=$number")->{json}{items}};
is('the one whose hearing goes on is not late', join(' ', sort keys %card), 'bureau@市应急局');
my $late = $card{'bureau@市应急局'};
is('its card leads to the clock', given(derived($number, $late->{clock}, "?record=$late->{record}")->{clock}, qw(name department verdict due)), 'bureau 市应急局 open ' . $late->{due});
my ($held) = grep { /Hearing/ && / – / } lines('en', $case, 'bureau@市水利局');
is('in English', ($held // 'nothing') =~ s/^\S+ – \S+ //r, '191 hours 39 minutes 50 seconds  Water Resources Bureau (stands: Hearing)');
my ($away) = grep { $_->{ground} && $_->{ground} eq 'hearing' } @{derived($number, 'bureau@市水利局')->{holdings}};
is('and to programs', words($away->{groundTitle}) . '; ' . join(' ', map { words($_) } @{$away->{holderTitles}}), '听证 Hearing; 市水利局 Water Resources Bureau');

# --- a wait of days ends on a day

my $waits = opened(sites => [], small => JSON::PP::true)->{number};
act('window', $waits, {action => 'accept'});
act_in("reviewer of 市$_->[0]局", $waits, "work.$_->[1].look", 'pass') for ['水利', 'water'], ['应急', 'safety'];
is('until its last day', given(step_of($waits, 'pause'), qw(waitsUntil lastDay)), '2026-03-20T00:00:00+08:00 2026-03-19');

# --- which limit was extended, and by which document

is('it is extended', act('head', $number, {command => 'extend', clock => 'statutory', document => '延期通知书（示例）', reason => '案情复杂'})->{status}, 200);
my ($extended) = map { grep { $_->{effect} eq 'extended' } @{$_->{effects}} } @{$hall->plain('GET', "/v1/progress/$number/events?limit=200", undef, 'Query-Code' => $case->{queryCode})->{json}{items}};
is('the applicant reads which, why and by what', "$extended->{clock}{id} " . words($extended->{clock}{title}) . ' ' . given($extended, qw(document reason)), 'statutory 法定时限 By law 延期通知书（示例） 案情复杂');

$hall->end;
