#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# What fails when it is due, and what a case cannot be told: it keeps no other from its turn, the
# metrics, the log and the doctor say so, and mended it is done.  Time stands until it is moved.
# Started by test_failing.sh.
use strict;
use warnings;
use utf8;
use Tally;
use World;

binmode STDOUT, ':encoding(UTF-8)';

my $world = World->new;
$world->secret;
$world->start;

sub metric { my ($name) = @_; return $world->ask('GET', '/metrics')->{text} =~ /^\Q$name\E (\d+)$/m ? $1 : 'none' }
sub row    { my ($number) = @_; return $world->sql("select id from cases where number = '$number'") }
sub later  { my ($by) = @_; $world->sql("update test_clock set virtual = virtual + interval '$by', real = clock_timestamp()") }
sub late   { my ($number) = @_; return $world->sql("select count(*) from cards where kind = 1 and case_id = " . row($number)) }
# That the child one has never asked for is born: it is heard, refused, and gone.
sub said {
    my ($from, $to) = @_;
    return $world->sql("insert into relay (cell, id, at, case_id, source, child, what, body)
        select 0, nextval('relay_ids'), moment, " . row($to) . ', ' . row($from) . ", 1, 'born', '{}' from present returning id");
}
sub heard { my ($relay) = @_; return !$world->sql("select count(*) from relay where id = $relay") }

my ($damaged, $healthy) = map { $world->case } 1, 2;
is('the doctor finds nothing', $world->doctor, qr/good +whatever was due was looked at, and what cases say to one another is heard/);
my $state = $world->sql('select state from cases where id = ' . row($damaged));
$world->sql("update cases set state = '{' where id = " . row($damaged));
my ($to_damaged, $to_healthy) = map { said($healthy, $_) } $damaged, $healthy;
$world->pump(sub { heard($to_healthy) }, 'what the other is told is heard');
$world->pump(sub { metric('onestop_failing{what="relay"}') eq '1' }, 'what the damaged one is told is put off');
later('30 days');
$world->pump(sub { late($healthy) }, 'the other is late');
$world->pump(sub { metric('onestop_failing{what="case"}') eq '1' }, 'the damaged one is put off');
is('both have failed', join(' ', map { metric("onestop_${_}_failed_total") > 0 ? 'yes' : 'no' } 'alarms', 'relays'), 'yes yes');
my $found = $world->doctor;
is('the doctor tells of the case', $found, qr/problem +1 cases are due, and nobody could look at them: case \Q$damaged\E since 2026-/);
is('and of what it was to hear', $found, qr/problem +1 times a case could not tell another, or open one: case \Q$healthy\E since 2026-03-03T10:00:00\+08:00, by relay $to_damaged$/m);
open my $log, '<', $world->{daemon}{log} or die "log: $!\n";
my $lines = do { local $/; <$log> };
my $id = row($damaged);
is('the log says which case, and why', $lines, qr/level=error msg="what is due in a case fails" case=$id code=\w+ detail=./);
is('and which relay', $lines, qr/level=error msg="what one case has to tell another fails" relay=$to_damaged code=\w+ detail=./);
$world->sql("update cases set state = \$x\$$state\$x\$ where id = $id");
$world->{hall}->end($world->{daemon}, 'TERM');
delete $world->{daemon};
$world->start('second');
$world->pump(sub { late($damaged) && heard($to_damaged) && !$world->sql('select count(*) from cases, present where look < moment') }, 'mended, and the daemon started again, both are done');
is('and the doctor finds nothing', $world->doctor, qr/good +whatever was due was looked at/);
is('nothing is put off', metric('onestop_failing{what="case"}') . metric('onestop_failing{what="relay"}'), '00');
$world->{hall}->end($world->{daemon}, 'TERM');
tally;
