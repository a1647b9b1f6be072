#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Certificates that cases of other procedures replace and revoke: one after the other, two at
# once, another's, a part of a whole, and with a daemon that is killed behind the answer.
# Started by test_voids.sh, before and after that.
use strict;
use warnings;
use utf8;
use Clerks;
use Time::HiRes qw(sleep);

my ($url, $turn, $kept) = @ARGV;
my $hall = Clerks->new($url);
sub is  { $hall->is(@_) }
sub ask { $hall->ask(@_) }
sub act { $hall->act(@_) }

# Credit codes of samples, which belong to nobody.
my %code = (甲 => '91371502MA3D2222X4', 乙 => '91371502MA3D333326', 丙 => '91371502MA3D444455', 丁 => '91371500MA3C00003Q');

sub opened {
    my ($workflow, $who, %form) = @_;
    my $r = ask('window', 'POST', '/v1/cases', {workflow => $workflow, district => '371502', form => \%form,
            applicant => {kind => 'enterprise', code => $code{$who}, name => "聊城示例${who}有限公司"}});
    $r->{status} == 201 or die "$workflow: $r->{status} $r->{json}{detail}\n";
    return $r->{json}{number};
}

sub said { my ($r) = @_; return $r->{status} == 200 ? 'done' : $r->{json}{code} }
sub papers { my ($case) = @_; return @{ask('supervisor', 'GET', "/v1/cases/$case/certificates")->{json}{items}} }
sub shown { my ($number) = @_; return $hall->plain('GET', "/v1/certificates/$number")->{json} }
sub in_case { my ($case) = @_; return join ' ', map { $_->{state} } @{$hall->case($case)->{certificates}} }
sub filed { my ($who) = @_; return [map { @{$_->{certificates}} } @{ask('window', 'GET', "/v1/parties/$code{$who}")->{json}{items}}] }
sub in_force { my ($who) = @_; return join ' ', map { $_->{number} } grep { $_->{kind} eq 'selling' && $_->{state} eq 'in-force' } @{filed($who)} }

# A case up to its licence, and that.
sub licensed {
    my ($workflow, $who, %form) = @_;
    my $case = opened($workflow, $who, %form);
    is("$workflow: granted", said(act('window', $case, {action => 'grant'})), 'done');
    return ($case, (papers($case))[0]);
}

sub sql {
    my ($sql) = @_;
    open my $out, '-|', 'psql', '-XAtqc', $sql or die "psql: $!\n";
    my $row = <$out> // '';
    chomp $row;
    return $row;
}

# The cases have heard what was said, whichever worker told them.
sub heard { $hall->settle(1); sleep 0.01 until sql('select count(*) from relay') eq '0' }

if ($turn eq 'after') {
    my ($shop, $old, $new) = split / /, $kept;
    heard();
    is('what was answered before the kill is so for everybody', join(' ', @{shown($old)}{qw(state replacedBy)}), "replaced $new");
    is('and the case that issued it has heard of it', in_case($shop), 'replaced in-force');
    is('once', sql("select count(*) from facts where body like '%\"fact\":\"discarded\"%' and body like '%$new%'"), 1);
    $hall->end;
}

# --- replaced by a case of another procedure

my ($shop, $first) = licensed('void-shop', '甲');
my ($moving, $second) = licensed('void-moving', '甲');
is('the old one is replaced, by', join(' ', @{shown($first->{number})}{qw(state replacedBy)}), "replaced $second->{number}");
is('the new one says of what', shown($second->{number})->{inPlaceOf}, $first->{number});
is('and holds', shown($second->{number})->{state}, 'in-force');
my ($of_old) = grep { $_->{number} eq $first->{number} } @{filed('甲')};
is('the file of the enterprise shows it', join(' ', @$of_old{qw(state replacedBy)}), "replaced $second->{number}");
is('the case that did it says so', join(' ', map { "$_->{kind} $_->{number}" } @{$hall->case($moving)->{voided}}), "selling $first->{number}");
heard();
is('the case that issued it hears of it, and the whole stays', in_case($shop), 'replaced in-force');
my @event = map { @{$_->{effects}} } @{ask('supervisor', 'GET', "/v1/cases/$shop/events")->{json}{items}};
is('its events tell it', join(' ', map { "$_->{effect} $_->{how} $_->{replacedBy}" } grep { $_->{effect} eq 'discarded' } @event), "discarded replaced $second->{number}");
@event = map { @{$_->{effects}} } @{ask('supervisor', 'GET', "/v1/cases/$moving/events")->{json}{items}};
is('and those of the case that did it', join(' ', map { "$_->{effect} $_->{how} $_->{kind} $_->{voids}" } grep { $_->{voids} } @event), "voided replaced selling $first->{number}");
is('it says by which case', sql("select discarder from certificates where number = '$first->{number}'"), $moving);
is('it is not revoked once more', said(act('supervisor', $shop, {command => 'revoke', number => 1, reason => '误发'})), 'certificate_discarded');
is('what was done is not annulled', said(act('supervisor', $moving, {command => 'annul', number => 2, reason => '误操作'})), 'annul_impossible');

# --- whose it is, and which

my $other = opened('void-moving', '乙');
is('who holds none replaces none', said(act('window', $other, {action => 'grant'})), 'certificate_not_held');
$other = opened('void-moving', '乙', which => $second->{number});
is('nor one of another, though he knows its number', said(act('window', $other, {action => 'grant'})), 'certificate_not_held');
is('which stays in force', shown($second->{number})->{state}, 'in-force');
my $late = opened('void-moving', '甲', which => $first->{number});
is('one that was replaced is not replaced again', said(act('window', $late, {action => 'grant'})), 'certificate_not_held');
my ($branch, $third) = licensed('void-shop', '甲');
my $either = opened('void-moving', '甲');
is('of two it must be said which', said(act('window', $either, {action => 'grant'})), 'certificate_not_held');
my $dry = opened('void-moving', '甲', which => $third->{number});
my $tag = $hall->case($dry)->{steps}[0]{etag};
is('who only asks is told that it goes', ask('window', 'POST', "/v1/cases/$dry/actions?validateOnly=true", {action => 'grant'}, 'If-Match' => $tag)->{status}, 200);
is('and changes nothing', shown($third->{number})->{state}, 'in-force');
my ($moved, $fourth) = licensed('void-moving', '甲', which => lc $third->{number} =~ s/-//gr);
is('as anybody types its number', shown($third->{number})->{replacedBy}, $fourth->{number});
my $stranger = $hall->plain('POST', '/v1/progress', {workflow => 'void-moving', district => '371502', form => {}, applicant => {kind => 'enterprise', code => $code{甲}, name => '某人'}});
is('a stranger opens in its name', $stranger->{status}, 201);
is('and replaces nothing before somebody has looked who he is', said(act('window', $stranger->{json}{number}, {action => 'grant'})), 'not_identified');

# --- a chain, and the whole of which the first was a part

is('all the while the whole holds', in_case($shop), 'replaced in-force');
is('what came in the place of a part is revoked', said(act('supervisor', $moving, {command => 'revoke', number => 1, reason => '失实'})), 'done');
heard();
is('then the whole is no whole any more', in_case($shop), 'replaced part-revoked');
is('nor for anybody', join(' ', map { $_->{state} } grep { $_->{kind} eq 'whole' } papers($shop)), 'part-revoked');

# --- a whole ends with the first of its parts, also of another case, and takes that in

my ($hall_of, $part) = licensed('void-shop', '丙', until => '2090-12-31');
sub whole_of { my ($last) = grep { $_->{kind} eq 'whole' } reverse papers($_[0]); return shown($last->{number}) }
is('it ends with its part', whole_of($hall_of)->{validUntil}, '2090-12-31');
my ($changed, $sooner) = licensed('void-moving', '丙', until => '2088-06-30');
heard();
is('what takes the place of the part ends earlier, and so does the whole', join(' ', @{whole_of($hall_of)}{qw(state validUntil)}), 'in-force 2088-06-30');
is('whose parts are told, and what stands for them', join(' ', map { "$_->{number} $_->{state}" } @{whole_of($hall_of)->{parts}}), "$part->{number} replaced $sooner->{number} in-force");
is('so it is filed', join(' ', map { "$_->{kind} $_->{validUntil}" } grep { $_->{kind} eq 'whole' } @{filed('丙')}), 'whole 2088-06-30');
is('and the case says', join(' ', map { $_->{validUntil} } grep { $_->{kind} eq 'whole' } @{$hall->case($hall_of)->{certificates}}), '2088-06-30');
is('a new whole', said(act('supervisor', $hall_of, {command => 'replace', number => 2, reason => '换发'})), 'done');
is('takes in what stands in the other case', join(' ', whole_of($hall_of)->{validUntil}, map { $_->{number} } grep { $_->{state} eq 'in-force' } @{whole_of($hall_of)->{parts}}), "2088-06-30 $sooner->{number}");
my ($once_more) = licensed('void-moving', '丙', until => '2087-06-30');
heard();
is('and follows it from case to case', join(' ', @{whole_of($hall_of)}{qw(state validUntil)}), 'in-force 2087-06-30');
is('what stands there at last is revoked', said(act('supervisor', $once_more, {command => 'revoke', number => 1, reason => '失实'})), 'done');
heard();
is('then the whole is none', whole_of($hall_of)->{state}, 'part-revoked');
is('nor is there a new one without a part', said(act('supervisor', $hall_of, {command => 'replace', number => 3, reason => '换发'})), 'certificate_without_parts');

# --- revoked by a case of another procedure: all that is held

my ($kiosk, $fifth) = licensed('void-shop', '甲');
my $closing = opened('void-closing', '甲');
is('the shop closes', said(act('window', $closing, {action => 'close'})), 'done');
is("$_->{number} is revoked", shown($_->{number})->{state}, 'revoked') for $fourth, $fifth;
is('and those of before are what they were', shown($first->{number})->{state}, 'replaced');
heard();
is('the cases that issued them have heard of it', join(', ', map { in_case($_) } $moved, $kiosk), 'revoked, revoked part-revoked');
is('and why', (papers($moved))[0]{reason}, '行政许可法 70');
my $again = opened('void-closing', '甲');
is('nothing is left to revoke', said(act('window', $again, {action => 'close'})), 'certificate_not_held');

# --- two at once: the database holds the second back until the first is through

sub answered_late {
    my ($case, $nth, $what) = @_;
    open my $psql, '|-', 'psql', '-XAtq' or die "psql: $!\n";
    $psql->autoflush;
    print $psql "begin; insert into certificate_voids (cell, case_id, nth, state, at, source)
        select cell, case_id, $nth, 1, clock_timestamp(), 0 from certificates where number = '$case'; select pg_advisory_lock(4711);\n";
    sleep 0.01 until sql("select count(*) from pg_locks where locktype = 'advisory' and objid = 4711 and granted") eq '1';
    open my $later, '-|', 'sh', '-c', <<"SH" or die "sh: $!\n";
until [ "\$(psql -XAtqc "select count(*) from pg_stat_activity where application_name like 'onestop%' and wait_event_type = 'Lock'")" = 1 ]; do sleep 0.02; done; echo waits
SH
    my $pid = fork // die "fork: $!\n";
    if ($pid == 0) {
        readline $later;
        print $psql "commit;\n";
        close $psql;
        require POSIX;
        POSIX::_exit(0);
    }
    my $r = $what->();
    close $psql;
    waitpid $pid, 0;
    return said($r);
}
my ($stall, $sixth) = licensed('void-shop', '乙');
my $racing = opened('void-moving', '乙');
is('of two cases that replace it at once, the second is told', answered_late($sixth->{number}, 1, sub { act('window', $racing, {action => 'grant'}) }), 'certificate_discarded');
is('has issued nothing', scalar(papers($racing)), 0);
is('and is told why when he tries again', said(act('window', $racing, {action => 'grant'})), 'certificate_not_held');
($stall, $sixth) = licensed('void-shop', '乙');
is('who revokes it himself at that moment is told, too', answered_late($sixth->{number}, 1, sub { act('supervisor', $stall, {command => 'revoke', number => 1, reason => '误发'}) }), 'certificate_discarded');

# --- many at once, and one is in force

my $alone = (licensed('void-shop', '丁'))[1];
my @case = map { opened('void-moving', '丁') } 1 .. 6;
my %tag = map { ($_ => $hall->case($_)->{steps}[0]{etag}) } @case;
my @pid;
for my $case (@case) {
    my $pid = fork // die "fork: $!\n";
    if ($pid == 0) {
        my $mine = Clerks->new($url);
        $mine->{token} = $hall->{token};
        my $r = $mine->ask('window', 'POST', "/v1/cases/$case/actions", {action => 'grant'}, 'If-Match' => $tag{$case});
        require POSIX;
        POSIX::_exit($r->{status} == 200 ? 0 : $r->{status} == 409 ? 1 : 2);
    }
    push @pid, $pid;
}
my %ended;
for my $pid (@pid) { waitpid $pid, 0; $ended{$? >> 8}++ }
is('some are through, the others are told', $ended{2} // 0, 0);
heard();
is('one of them is in force', scalar(split ' ', in_force('丁')), 1);
is('and each that was issued but that was replaced by the next', scalar(grep { $_->{kind} eq 'selling' && $_->{state} eq 'replaced' } @{filed('丁')}), $ended{0});
is('the first by the first', shown($alone->{number})->{state}, 'replaced');

# --- and then the daemon is killed

my ($last, $before) = licensed('void-shop', '丙');
my (undef, $behind) = licensed('void-moving', '丙');
open my $note, '>', $kept or die "$kept: $!\n";
print $note "$last $before->{number} $behind->{number}";
close $note;
$hall->end;
