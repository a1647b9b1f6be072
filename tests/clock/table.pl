#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# The due dates of very many clocks, by another way of counting: every working
# day and every open minute stands in a list, and a due date is an entry found
# by its index.  Nothing is shared with the engine but the calendar's files,
# which are read here anew.  Core Perl, no module.
#
#   table.pl DIR     DIR holds cn-YYYY.json; one row on stdout per clock:
#                    START LIMIT [FROM TO]... DUE LAST-DAY published|provisional
use strict;
use warnings FATAL => 'all';

my $dir = shift or die "usage: table.pl DIR\n";
my ($OPEN, $NOON, $AFTERNOON, $CLOSE) = (9 * 60, 12 * 60, 13 * 60, 17 * 60);

# All dates from 2022-01-01, a Saturday, to the end of 2028, one after another.
my (@date, @weekday, %number);
{
    my $week = 5;    # 0 is Monday
    for my $y (2022 .. 2028) {
        my @len = (31, $y % 4 ? 28 : 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);
        for my $m (1 .. 12) {
            for my $d (1 .. $len[$m - 1]) {
                my $name = sprintf '%04d-%02d-%02d', $y, $m, $d;
                $number{$name} = @date;
                push @date,    $name;
                push @weekday, $week;
                $week = ($week + 1) % 7;
            }
        }
    }
}
my $horizon = $number{'2026-12-31'};

# Monday to Friday; where nothing is published less the days fixed by law.
my @works = map { $_ < 5 ? 1 : 0 } @weekday;
for my $i ($horizon + 1 .. $#date) {
    $works[$i] = 0 if $date[$i] =~ /-(01-01|05-0[12]|10-0[123])$/;
}

# Then the notices: days off, and the weekend days made up.
for my $file (glob "$dir/cn-20??.json") {
    open my $in, '<', $file or die "$file: $!\n";
    local $/;
    my $json = <$in>;
    close $in;
    while ($json =~ /"from": *"([-\d]+)", *"to": *"([-\d]+)"/g) {
        $works[$_] = 0 for $number{$1} .. $number{$2};
    }
    while ($json =~ /"workdays": *\[([^\]]*)\]/g) {
        $works[$number{$_}] = 1 for $1 =~ /"([-\d]+)"/g;
    }
}

# The lists that are indexed: working days, and open minutes since the first midnight.
my (@working, @open);
for my $i (0 .. $#date) {
    next unless $works[$i];
    push @working, $i;
    push @open, map { $i * 1440 + $_ } $OPEN .. $NOON - 1, $AFTERNOON .. $CLOSE - 1
        if $i <= $horizon + 60;
}

# Where in a sorted list is the first entry that is not below $x?
sub first_from {
    my ($list, $x) = @_;
    my ($low, $high) = (0, scalar @$list);
    while ($low < $high) {
        my $middle = int(($low + $high) / 2);
        if   ($list->[$middle] < $x) { $low  = $middle + 1 }
        else                         { $high = $middle }
    }
    return $low;
}

sub moment {
    my ($minute) = @_;
    my ($i, $m) = (int($minute / 1440), $minute % 1440);
    return sprintf '%sT%02d:%02d:00+08:00', $date[$i], int($m / 60), $m % 60;
}

sub row {
    my ($given, $due, $last) = @_;
    print join("\t", @$given, moment($due), $date[$last], $last > $horizon ? 'provisional' : 'published'), "\n";
}

# A period that ends with day number $i, at closing time.
sub row_of_day {
    my ($start, $limit, $i) = @_;
    $i = $working[first_from(\@working, $i)] unless $works[$i];
    row([$start, $limit], $i * 1440 + $CLOSE, $i);
}

# The same day of a later month, or the month's last day.
sub corresponding {
    my ($name, $months) = @_;
    my ($y, $m, $d) = split /-/, $name;
    $m += $months;
    ($y, $m) = ($y + 1, $m - 12) while $m > 12;
    $d-- until exists $number{ sprintf '%04d-%02d-%02d', $y, $m, $d };
    return $number{ sprintf '%04d-%02d-%02d', $y, $m, $d };
}

# Every day of acceptance.
for my $i (0 .. $horizon) {
    my $start = moment($i * 1440 + 600);
    my $after = first_from(\@working, $i + 1);
    row_of_day($start, "$_ working days", $working[$after + $_ - 1]) for 1 .. 45;
    row_of_day($start, "$_ days", $i + $_) for 1 .. 60;
    row_of_day($start, "$_ months", corresponding($date[$i], $_)) for 1 .. 12;
    row_of_day($start, '1 year', corresponding($date[$i], 12));
}

# Every minute of these days: make-up days, eves, days off, the ends of years.
for my $day (qw(2022-01-29 2022-01-30 2022-12-30 2022-12-31 2023-01-20 2023-04-23 2023-10-08
    2024-02-09 2024-02-29 2024-06-15 2025-01-26 2025-10-01 2026-02-14 2026-12-31)) {
    for my $minute (0 .. 1439) {
        my $start = $number{$day} * 1440 + $minute;
        my $from  = first_from(\@open, $start);
        for my $limit (1, 5, 20, 120, 420, 900) {
            my $due = $open[$from + $limit - 1] + 1;
            row([moment($start), "$limit minutes"], $due, int(($due - 1) / 1440));
        }
    }
}

# Clocks that stood: each minute of the stops is marked, whatever interval it came from.
my $random = 20260213;
sub draw { $random = ($random * 1103515245 + 12345) % 2147483648; return int($random / 8) % $_[0] }

sub turn {
    my ($i) = @_;
    return $i * 1440 + (draw(2) ? (0, $OPEN, $NOON, $AFTERNOON, $CLOSE)[draw(5)] : draw(1440));
}

sub closing { my ($i) = @_; return $i * 1440 + ($works[$i] ? $CLOSE : 1440) }

for (1 .. 20000) {
    my $start = turn(draw($horizon - 60));
    my $today = int($start / 1440);
    my @given;
    my $first = $today * 1440;
    my $stood = '0' x (90 * 1440);
    my $unit  = ('working days', 'days', 'minutes')[draw(3)];
    my $limit = 1 + draw($unit eq 'minutes' ? 900 : 20);
    @given = (moment($start), "$limit $unit");
    for (0 .. draw(4)) {
        my $from = turn($today + draw(12));
        my $to   = turn(int($from / 1440) + draw(5));
        push @given, moment($from), moment($to);
        substr($stood, $from - $first, $to - $from) = '1' x ($to - $from) if $to > $from;
    }
    if ($unit eq 'minutes') {
        my $at = first_from(\@open, $start);
        for (my $left = $limit; $left; $at++) { $left-- unless substr $stood, $open[$at] - $first, 1 }
        my $due = $open[$at - 1] + 1;
        row(\@given, $due, int(($due - 1) / 1440));
        next;
    }
    # Standing at a moment is standing in the minutes on both sides of it.
    my $runs = sub { return substr($stood, closing($_[0]) - 1 - $first, 2) ne '11' };
    my $i    = $today;
    for (my $left = $limit; $left;) {
        $i++;
        $left-- if $runs->($i) && ($works[$i] || $unit eq 'days');
    }
    $i++ until $works[$i] && $runs->($i);
    row(\@given, closing($i), $i);
}
