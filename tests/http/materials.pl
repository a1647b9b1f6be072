#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# A promise that stood for a material is to be checked by a day: that nobody did
# is a fact and a card, and the case is found by it.  A notice asks for nothing the
# party has got since, and for nothing an earlier one could have.  What had come in
# its time and is recorded only later had not lapsed.  Started by test_materials.sh.
use strict;
use warnings;
use utf8;
use Clerks;
use JSON::PP;

my $hall = Clerks->new($ARGV[0]);
sub is  { $hall->is(@_) }
sub ask { $hall->ask(@_) }
sub act { $hall->act(@_) }

sub to { $hall->plain('POST', '/v1/test-clock', {to => $_[0]})->{status} == 200 or die "the clock does not move\n" }

sub opened {
    my (%more) = @_;
    my $r = ask('window', 'POST', '/v1/cases', {workflow => 'shop-licence', district => '371502', form => {name => '示例店', %more},
            applicant => {kind => 'enterprise', name => '聊城示例甲科技有限公司', code => '91371500MA3C00003Q'}});
    $r->{status} == 201 or die "shop-licence: $r->{status} $r->{json}{detail}\n";
    return $r->{json}{number};
}

sub does { my ($who, $case, %c) = @_; return act($who, $case, {command => 'material', %c})->{status} }
sub material { my ($case, $id) = @_; return (grep { $_->{id} eq $id } @{$hall->case($case)->{materials}})[0] }
sub lease { return material($_[0], 'lease') }
sub cards { return join ' ', sort map { "$_->{case} $_->{state} " . ($_->{material} // '-') } @{ask('supervisor', 'GET', '/v1/cards?kind=unchecked')->{json}{items}} }
sub found { return join ' ', map { $_->{number} } @{ask('window', 'GET', "/v1/cases?unchecked=true$_[0]")->{json}{items}} }

sub told { my ($case, @missing) = @_; my $r = act('window', $case, {action => 'ask', document => '聊审批补〔2026〕1号', input => {missing => \@missing}}); return $r->{status} == 200 ? 'told' : $r->{json}{code} }

sub like_number { my ($text) = @_; is('by its number', $text =~ /^CN-/ ? 'a number' : $text, 'a number') }

my $second = opened(chain => JSON::PP::true);
is('the party has no licence yet', material($second, 'earlier-licence')->{state}, 'missing');
my ($open, $closed, $checked) = map { opened() } 1 .. 3;
for ($open, $closed, $checked) {
    is('a promise stands for the lease', does('window', $_, action => 'promise', material => 'lease', document => '承诺书（样例）'), 200);
    is('to be checked by', lease($_)->{until}, '2026-03-10T00:00:00+08:00');
}
for ($closed, $checked) {
    is('what is owed withholds the licence', act('window', $_, {action => 'grant'})->{json}{code}, 'guard_failed');
    is('the articles come', does('window', $_, action => 'receive', material => 'articles'), 200);
    is('then it is granted', act('window', $_, {action => 'grant'})->{status}, 200);
}
my $built = opened(built => JSON::PP::true);
is('the drawing may be missing', does('window', $built, action => 'tolerate', material => 'drawing'), 200);
is('three days', material($built, 'drawing')->{until}, '2026-03-06T00:00:00+08:00');
is('one is checked in time', does('supervisor', $checked, action => 'confirm', material => 'lease'), 200);

# --- the party has got a licence since its second case was opened

is('what it holds is not asked for', told($second, 'articles', 'earlier-licence'), 'guard_failed');
is('and a refused notice changes nothing', material($second, 'earlier-licence')->{state}, 'missing');
is('something lies there', does('window', $second, action => 'receive', material => 'lease'), 200);
is('the rest is', told($second, 'articles'), 'told');
is('and what it holds is fetched', material($second, 'earlier-licence')->{state}, 'fetched');
like_number(material($second, 'earlier-licence')->{document});
is('what lay there is sent back', does('window', $second, action => 'reject', material => 'lease', reason => '过期'), 200);
is('and not asked for any more', told($second, 'lease'), 'notice_late');
is('but with leave', does('supervisor', $second, action => 'allow-notice', reason => '样例'), 200);
is('which is counted', join(' ', told($second, 'lease'), map { $hall->case($second)->{$_} } qw(notices lateNotices)), 'told 2 1');

# --- what was promised is checked

to('2026-03-10T00:00:00+08:00');
is('on the last moment of the day nothing is overdue', found('') . cards(), '');
to('2026-03-10T09:00:00+08:00');
is('then two are, the newest first', found(''), "$closed $open");
is('closed ones, too', found('&phase=closed'), $closed);
is('and of none in a lane', found('&lane=green'), '');
is('and of none with a label', found('&label=odd'), '');
is('each with a card, to the head of who leads', cards(), join ' ', sort map { "$_ issued lease" } $closed, $open);
is('the case says so', lease($closed)->{unchecked} ? 'unchecked' : 'checked', 'unchecked');
my ($fact) = grep { $_->{fact} eq 'unchecked' } map { @{$_->{facts}} } @{ask('supervisor', 'GET', "/v1/cases/$closed/facts")->{json}{items}};
is('and so does a fact', "$fact->{material}", 'lease');

# --- the drawing had come, and lay in a drawer

sub came { my ($who, %c) = @_; return act($who, $built, {command => 'material', action => 'receive', material => 'drawing', document => '平面图', %c}) }
sub reason { return (reason => '窗口漏录', @_) }
is('its lapse has closed the case', join(' ', map { $_->{phase}, $_->{outcome} } $hall->case($built)), 'closed lapsed');
is('now it is too late', came('supervisor')->{json}{code}, 'case_closed');
is('it was as soon as it had lapsed', came('supervisor', reason(happened => '2026-03-06T00:00:01+08:00'))->{json}{code}, 'case_closed');
is('a window does not say that it came earlier', came('window', reason(happened => '2026-03-05T16:00:00+08:00'))->{status}, 403);
is('nor anybody without a reason', came('supervisor', happened => '2026-03-05T16:00:00+08:00')->{json}{code}, 'reason_missing');
is('nor before it was known to be missing', came('supervisor', reason(happened => '2026-03-02T08:00:00+08:00'))->{json}{code}, 'happened_outside');
is('only what is handed in came earlier', act('supervisor', $built, {command => 'material', action => 'tolerate', material => 'drawing', reason(happened => '2026-03-05T16:00:00+08:00')})->{json}{code}, 'form_invalid');
is('it came in time', came('supervisor', reason(happened => '2026-03-05T16:00:00+08:00'))->{status}, 200);
is('and is there', material($built, 'drawing')->{state}, 'present');
is('but nothing is moved back', join(' ', map { $_->{phase}, $_->{outcome} } $hall->case($built)), 'closed lapsed');
is('a supervisor is told', join(' ', map { "$_->{case} $_->{state}" } @{ask('supervisor', 'GET', '/v1/cards?kind=contradicted')->{json}{items}}), "$built issued");
my ($lapse, $contradiction) = map { my $fact = $_; grep { my $r = $_; grep { $_->{fact} eq $fact } @{$r->{facts}} } @{ask('supervisor', 'GET', "/v1/cases/$built/facts")->{json}{items}} } qw(closed contradicted);
is('by a fact that names it', (grep { $_->{fact} eq 'contradicted' } @{$contradiction->{facts}})[0]{material}, 'drawing');
my ($event) = grep { $_->{number} == $contradiction->{number} } @{ask('supervisor', 'GET', "/v1/cases/$built/events")->{json}{items}};
is('and by an event', join(' ', map { $_->{action}, $_->{material}{title}{zh} } grep { $_->{effect} eq 'contradicted' } @{$event->{effects}}), 'receive 平面图');
is('he annuls the lapse', act('supervisor', $built, {command => 'annul', number => $lapse->{number}, reason => '平面图按期收到'})->{status}, 200);
is('the case goes on', join(' ', $hall->case($built)->{phase}, map { $_->{step} } @{$hall->case($built)->{steps}}), 'open look');
is('with what had come', material($built, 'drawing')->{state}, 'present');
is('and nothing is left to decide', join(' ', map { "$_->{case} $_->{state}" } @{ask('supervisor', 'GET', '/v1/cards?kind=contradicted')->{json}{items}}), "$built withdrawn");

# --- and the rest of them

is('found by nothing but what is true', ask('window', 'GET', '/v1/cases?unchecked=maybe')->{status}, 400);

is('one is found false', does('supervisor', $closed, action => 'break', material => 'lease', reason => '核查不实'), 200);
is('which takes the licence back', $hall->case($closed)->{certificates}[0]{state}, 'revoked');
is('and leaves the list', found(''), $open);
is('whose card is void', cards(), join ' ', sort "$closed withdrawn lease", "$open issued lease");
is('the other is confirmed', does('supervisor', $open, action => 'confirm', material => 'lease'), 200);
is('and nothing is left', found(''), '');
$hall->end;
