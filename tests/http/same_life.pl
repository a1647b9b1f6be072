#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Started by test_same_life.sh.  Eight cases are lived for ten days, in four halls,
# each with a database of its own:
#
#   one that never stops
#   T6   one whose daemon is away for three days, in which timers, waits and limits come due
#   T16  two daemons that take turns, whose machines are ten minutes early and late
#   T17  a daemon in New York, on a database of Kiritimati
#
# Their facts, with every hash, their registers, their rows of measurement, what clerks and
# applicants read and what is counted must be the same.
use strict;
use warnings;
use File::Temp qw(tempdir);
use JSON::PP;
use Time::HiRes qw(sleep);
use World;

$| = 1;
my ($passed, $failed) = (0, 0);
my $json = JSON::PP->new->canonical->utf8;
my $home = $ENV{PGDATABASE};
my $cases = 8;

sub is {
    my ($what, $is, $wanted) = @_;
    if (($is // 'nothing') eq $wanted) {
        $passed++;
    } else {
        $failed++;
        print "$what\n  is     ", $is // 'nothing', "\n  wanted $wanted\n";
    }
}

# --- the halls

# A library that makes a daemon's machine go wrong; it is told by SKEW how much.
sub skewed {
    my ($dir) = @_;
    Hall::run($ENV{CC} ? split ' ', $ENV{CC} : 'cc', '-shared', '-fPIC', '-O1', '-o', "$dir/skewed.so", 'tests/http/life/skewed.c');
    chmod 0755, $dir, "$dir/skewed.so";
    return (LD_PRELOAD => "$dir/skewed.so", ASAN_OPTIONS => join ':', $ENV{ASAN_OPTIONS} || (), 'verify_asan_link_order=0');
}

sub database {
    my ($name) = @_;
    my $database = "$home-$name";
    system('dropdb', '--if-exists', $database);
    Hall::run('createdb', '-T', $ENV{ONESTOP_PG_TEMPLATE}, $database);
    return $database;
}

# Lets time pass until @to, in a hall whose daemon is there; every alarm has its decision then.
sub pass_till {
    my ($world, $to) = @_;
    $world->must('POST', '/v1/test-clock', body => {to => "$to:00+08:00"});
}

# The same while nobody is there, and then he comes back.
sub sleep_till {
    my ($world, $to) = @_;
    my $due = 'select count(*) from cases, present p where alarm < p.moment';
    $world->{hall}->end($world->{daemon}, 'TERM');
    $world->sql("update test_clock set real = clock_timestamp(), virtual = '$to:00+08:00'");
    my $slept = $world->sql($due);
    $world->{hall}->ready($world->{hall}->restart($world->{daemon}));
    my $gets_on = Hall::impatience(sub { $world->sql('select count(*) from facts') }, sub { 'alarms are left undone' });
    while ($world->sql($due)) { $gets_on->(); sleep 0.02 }
    return $slept;
}

# --- the life

my %turn;
sub turn {
    my ($world) = @_;
    my @daemons = @{$world->{daemons}};
    $world->{daemon} = $daemons[$turn{$world}++ % @daemons];
}

# Everybody's cases, from Tuesday to Friday of the week after.
sub live {
    my ($world, $away) = @_;
    my (@number, @code);
    for my $i (1 .. $cases) {
        turn($world);
        my $r = $world->must('POST', '/v1/cases', who => 'clerk', head => {'Idempotency-Key' => "open-$i"},
            body => {workflow => 'life', district => '371502', applicant => {kind => 'enterprise', name => "示例$i"}, form => {name => "示例$i"}})->{json};
        push @number, $r->{number};
        push @code, $r->{queryCode};
        pass_till($world, sprintf '2026-03-03T10:%02d', $i);
    }
    my $act = sub {
        my ($i, $action) = @_;
        turn($world);
        $world->act($number[$i], $action);
    };
    pass_till($world, '2026-03-03T14:30');
    $act->($_, 'go') for 0, 1, 2;
    pass_till($world, '2026-03-03T16:10');
    $act->(0, 'go');
    pass_till($world, '2026-03-04T12:00');
    my $slept = $away ? sleep_till($world, '2026-03-07T12:00') : pass_till($world, '2026-03-07T12:00') && 0;
    $act->(0, 'finish');
    pass_till($world, '2026-03-09T12:00');
    $act->($_, 'finish') for 1, 2;
    pass_till($world, '2026-03-13T09:00');
    $act->(3, 'finish');
    return (\@number, \@code, $slept);
}

# --- what there is of it

sub table {
    my ($world, $what, $sql) = @_;
    return $what => join "\n", $world->sql($sql);
}

sub told {
    my ($world, $number, $code) = @_;
    my %told;
    turn($world);
    for my $n (0 .. $#$number) {
        my $path = "/v1/cases/$number->[$n]";
        $told{'what clerks read'} .= $world->must('GET', $path, who => 'clerk')->{text} . "\n";
        $told{'what clerks are told of a limit'} .= $world->must('GET', "$path/clocks/promised/explain", who => 'clerk',
            head => {Accept => 'text/plain', 'Accept-Language' => $n % 2 ? 'zh' : 'en'})->{text} . "\n";
        $told{'what applicants read'} .= $world->must('GET', "/v1/progress/$number->[$n]", head => {'Query-Code' => $code->[$n]})->{text} . "\n";
    }
    $told{"what is counted of $_"} = $world->must('GET', "/v1/stats/$_?workflow=life", who => 'auditor', head => {Accept => 'text/csv'})->{text}
        for qw(steps cases holders cards);
    return (%told,
        table($world, 'the facts', 'select case_id, number, extract(epoch from at), kind, actor, encode(hash, $$hex$$), body from facts order by case_id, number'),
        table($world, 'the cases', 'select id, number, phase, outcome, encode(head, $$hex$$), state, form, extract(epoch from alarm), extract(epoch from closed) from cases order by id'),
        table($world, 'the register of cards', 'select case_id, record, extract(epoch from due), clock, epoch, kind, colour, state, department, step, rule from cards order by case_id, record, clock, kind'),
        table($world, 'the measurements', 'select to_jsonb(t) - $$journal$$ from timings t order by case_id, record, visit, clock'));
}

# The whole of it in one hall.
sub hall {
    my ($name, %o) = @_;
    local $ENV{PGDATABASE} = database($name);
    Hall::run('psql', '-Xqc', "alter database \"$ENV{PGDATABASE}\" set timezone to '$o{zone}'") if $o{zone};
    is("T17: the database is in $o{zone}", scalar qx(psql -XAtqc 'show timezone'), "$o{zone}\n") if $o{zone};
    my $world = World->new(workflows => 'tests/http/life');
    $world->{token}{auditor} = $world->{hall}->clerk('auditor', 'auditor');
    $world->sql("set timezone to 'UTC'");
    my @daemons = map { $world->{settings} = {ONESTOP_SERVER_WORKERS => 1, %$_}; $world->start("$name" . ++$o{n}) } @{$o{daemons} // [{}]};
    $world->{daemons} = \@daemons;
    my ($number, $code, $slept) = live($world, $o{away});
    my %told = told($world, $number, $code);
    my @date = map { $world->ask('GET', '/healthz', to => $_)->{head}{date} } @daemons;
    $world->{hall}->end($_, 'TERM') for @daemons;
    close $world->{questions};
    undef $world;
    system('dropdb', '--force', $ENV{PGDATABASE});
    return (\%told, $slept, \@date);
}

sub compare {
    my ($name, $is, $wanted) = @_;
    for my $what (sort keys %$wanted) {
        my @is = split /\n/, $is->{$what};
        my @wanted = split /\n/, $wanted->{$what};
        my ($first) = grep { ($is[$_] // '') ne ($wanted[$_] // '') } 0 .. ($#is > $#wanted ? $#is : $#wanted);
        is("$name: $what", defined $first ? $is[$first] : 'the same', defined $first ? $wanted[$first] // 'nothing' : 'the same');
    }
}

my ($plain) = hall('plain');
for (['the facts', 70], ['the register of cards', 25], ['the measurements', 30]) {
    my ($what, $least) = @$_;
    my $n = () = $plain->{$what} =~ /\n/g;
    is("there is something of $what to compare ($n)", $n >= $least ? 'enough' : 'too little', 'enough');
}

my ($late, $slept) = hall('away', away => 1);
is('T6: all cases had something due while nobody was there', $slept, $cases);
compare('T6', $late, $plain);

my %preload = skewed(tempdir(CLEANUP => 1));
my ($wrong, undef, $date) = hall('skewed', daemons => [{%preload, SKEW => 600}, {%preload, SKEW => -600}]);
if (($ENV{ONESTOP_BUILD} // '') =~ /tsan/) {
    print "the daemons' clocks: their runtime reads them itself\n";
} else {
    my @at = map { my ($h, $m, $s) = ($_ // '') =~ /(\d\d):(\d\d):(\d\d) GMT/; ($h // 0) * 3600 + ($m // 0) * 60 + ($s // 0) } @$date;
    my $apart = ($at[0] - $at[1]) % 86400; # they were asked one after the other
    is("T16: the clocks of the two machines are far apart ($apart s)", $apart > 0 && $apart <= 1201 ? 'yes' : 'no', 'yes');
}
compare('T16', $wrong, $plain);

my ($there) = hall('elsewhere', zone => 'Pacific/Kiritimati', daemons => [{TZ => 'America/New_York'}]);
compare('T17', $there, $plain);

print "$passed passed, $failed failed\n";
exit($failed != 0);
