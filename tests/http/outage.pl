#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# K13: a supervisor records an outage once for a hall and an interval, and every
# clock that ran stands for it; the daemon that takes it to the cases is killed
# half way, and another one does the rest.  Time stands until it is moved.
# Started by test_outage.sh.
use strict;
use warnings;
use utf8;
use JSON::PP;
use World;

binmode STDOUT, ':encoding(UTF-8)';
$| = 1;
my ($passed, $failed) = (0, 0);

sub is {
    my ($what, $is, $wanted) = @_;
    if (ref $wanted ? ($is // '') =~ $wanted : ($is // 'nothing') eq $wanted) {
        $passed++;
    } else {
        $failed++;
        print "$what\n  is     ", $is // 'nothing', "\n  wanted $wanted\n";
    }
}

my $world = World->new;
my $hall = $world->{hall};
$world->secret;
$world->{token}{$_->[0]} = $hall->clerk(@$_) for ['east', 'supervisor'], ['west', 'supervisor'], ['city', 'supervisor'], ['head', 'head'], ['auditor', 'auditor'];
$world->sql("update accounts set district = '371502' where name in ('east', 'head')");
$world->sql("update accounts set district = '371503' where name = 'west'");
$world->start;

my $n = 0;
sub opened {
    my ($district) = @_;
    return $world->must('POST', '/v1/cases', who => 'clerk', head => {'Idempotency-Key' => 'o' . ++$n},
        body => {workflow => 'errand', district => $district, applicant => {kind => 'enterprise'}, form => {name => '光岳'}})->{json}{number};
}

sub record {
    my ($who, %o) = @_;
    return $world->ask('POST', '/v1/outages', who => $who, body => {district => '371502', from => '2026-03-09T16:00:00+08:00',
            until => '2026-03-10T09:00:00+08:00', reason => '机房停电', %o});
}
sub refused { my ($r) = @_; return join ' ', $r->{status}, $r->{json}{code}, map { $_->{pointer} } @{$r->{json}{errors} // []} }
sub listed { my ($who) = @_; return @{$world->must('GET', '/v1/outages', who => $who)->{json}{items}} }
sub done   { my ($number) = @_; return scalar grep { $_->{number} == $number && $_->{state} eq 'done' } listed('auditor') }
sub told   { return $world->sql(q{select count(*) from facts where body like '%"command":"outage"%'}) }
sub clock  { my ($case) = @_; return $world->must('GET', "/v1/cases/$case", who => 'clerk')->{json}{clocks}[0] }

# --- 60 cases of one hall and 3 of another, all late when the outage of the day before is recorded

my @east = map { opened('371502') } 1 .. 60;
my @west = map { opened('371503') } 1 .. 3;
my $closed = opened('371502');
$world->act($closed, 'finish');
$world->must('POST', '/v1/test-clock', body => {to => '2026-03-11T09:00:00+08:00'});
is('all are late', $world->sql('select count(*) from cards where kind = 1 and state = 0'), 63);
my $after = opened('371502');

is('a head records none', record('head')->{json}{code}, 'forbidden');
is('nor another hall', record('west')->{json}{code}, 'forbidden');
is('nor a hall for the whole city', record('east', district => '*')->{json}{code}, 'forbidden');
is('without a reason', refused(record('east', reason => '')), '422 reason_missing #/reason');
is('while it lasts', refused(record('east', until => '2026-03-11T09:00:01+08:00')), '422 happened_outside #/until');
is('backwards', refused(record('east', until => '2026-03-09T15:00:00+08:00')), '422 happened_outside #/from');
is('at no moment', refused(record('east', from => 'yesterday')), '422 form_invalid #/from');
is('nothing came of those', told() . ' ' . listed('auditor'), '0 0');

# --- recorded, killed half way, done by another

my $r = record('east', document => '停电通知1号');
is('it is recorded', join(' ', $r->{status}, @{$r->{json}}{qw(number district by state)}), '201 1 371502 east running');
$world->pump(\&told, 'it comes to the first case');
$hall->end($world->{daemon}, 'KILL');
my $before = told();
is('the daemon was killed when some had it', $before > 0 && $before <= 60, 1);
delete $world->{daemon};
$world->start('second');
$world->pump(sub { done(1) }, 'another daemon goes over the rest');
is('each case once', $world->sql(q{select count(*) || ' ' || count(distinct case_id) from facts where body like '%"command":"outage"%'}), '60 60');
is('the list says for how many it holds', join(' ', @{(listed('east'))[0]}{qw(cases refused document reason)}), '60 0 停电通知1号 机房停电');
is('another hall is not told', scalar(listed('west')), 0);
is('in the name of who recorded it', $world->sql(q{select count(*) from facts where body like '%"by":"east"%' and body like '%"command":"outage"%'}), 60);
is('the limits are kept again', clock($east[0])->{due} . ' ' . clock($east[59])->{colour}, qr/^2026-03-11T17:00:00\+08:00 (green|blue)$/);
is('the cards are withdrawn', $world->sql('select count(*) from cards where kind = 1 and state = 5'), 60);
is('the other hall is late', clock($west[0])->{due} . ' ' . clock($west[0])->{colour}, '2026-03-10T17:00:00+08:00 yellow');
is('one that was opened afterwards has nothing of it', $world->sql("select recorded from cases where number = '$after'"), 1);
is('one that was closed keeps its verdict', $world->sql("select count(*) from facts f join cases c on c.id = f.case_id where c.number = '$closed' and f.body like '%outage%'"), 0);

$r = record('east', reason => '再报一次');
is('said twice it is recorded once', join(' ', $r->{status}, @{$r->{json}}{qw(number state reason)}), '200 1 done 机房停电');

# --- what is seen of it

my $clock = 'work'; # the limit of the step called so
my $explained = $world->must('GET', "/v1/cases/$east[0]/clocks/$clock/explain", who => 'clerk')->{json};
my ($stood) = grep { $_->{ground} } @{$explained->{holdings}};
is('nobody held the clock', join(' ', $stood->{ground}, $stood->{elapsedSeconds}, scalar @{$stood->{holders}}), 'outage 61200 0');
is('and the day it closed in is not counted', (map { $_->{why}{zh} } grep { $_->{date} eq '2026-03-09' } @{$explained->{derivation}})[0], '中止：系统故障');
my ($fact) = grep { $_->{fact} eq 'outage' } map { @{$_->{facts}} } @{$world->must('GET', "/v1/cases/$east[0]/facts", who => 'auditor')->{json}{items}};
is('the fact says which', join(' ', @{$fact}{qw(number detail name)}), '1 机房停电 停电通知1号');
$world->act($east[0], 'finish');
my ($step) = grep { $_->{step} eq $clock && $_->{onTime} } @{$world->must('GET', '/v1/stats/steps?workflow=errand', who => 'auditor')->{json}{items}};
is('the statistics count it as stopped by it', $step->{stoppedByMs}{outage}, 61200000);

# --- the whole city, over what stood already

$r = record('city', district => '*', from => '2026-03-09T15:00:00+08:00', until => '2026-03-10T17:30:00+08:00', reason => '全市系统升级失败');
is('the whole city', $r->{status}, 201);
$world->pump(sub { done($r->{json}{number}) }, 'it comes to all halls');
is('stops are a union', clock($east[1])->{due} . ' ' . clock($west[0])->{due}, '2026-03-12T17:00:00+08:00 2026-03-12T17:00:00+08:00');
is('every hall sees it', join(' ', map { $_->{district} } listed('west')), '*');
is('and how many cases it has come to', (listed('west'))[0]{cases}, 62);

my $replayed = decode_json($world->command('audit', 'replay', '--json'));
is('the facts give the states', "$replayed->{cases} $replayed->{wrong}", '65 0');
$hall->end($world->{daemon}, 'TERM');
printf "%d passed, %d failed\n", $passed, $failed;
exit($failed != 0);
