#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Measures what DESIGN 9 asks for and prints it beside the goals.  Started by
# run.sh with a PostgreSQL of its own.
use strict;
use warnings;
use Hall;
use Scale;
use Yardstick;
use JSON::PP ();
use List::Util qw(max min);
use Time::HiRes qw(sleep time);

$| = 1;
my $rounds  = $ENV{ROUNDS}  || 3;
my $seconds = $ENV{SECONDS} || 3;
my $scale   = $ENV{SCALE}   || 0;
my $json    = $ENV{JSON} || grep { $_ eq '--json' } @ARGV;
my $build   = $ENV{ONESTOP_BUILD} || 'build/release';
my @levels  = (1, 16, 64, 256);
my $processors = (() = glob "/sys/devices/system/cpu/cpu[0-9]*") || 1;
my %yard_level = map { $_ => 1 } 1, 16, 64;
my $load = "$build/tests/bench/load";
my (%series, %notes);

sub say_line { print STDERR "@_\n" unless $json && !-t STDERR }
sub note_value { my ($name, $v) = @_; push @{$series{$name}}, $v if defined $v }
sub median { my @v = sort { $a <=> $b } @{$series{$_[0]} // return undef}; return $v[$#v / 2] }

my $hall = Hall->new(dir => $ENV{ONESTOP_PG_VAR}, build => $build, workflows => 'tests/bench/workflows');
Hall::run('createdb', '-T', $ENV{PGDATABASE}, 'yardstick');
my %settings = (ONESTOP_LIMITS_CONNECTIONS_PER_ADDRESS => 1000000, ONESTOP_LIMITS_REQUESTS => 10000000);
my $daemon = $hall->ready($hall->start('daemon', %settings));
$ENV{LOAD_TOKEN} = $hall->clerk('load', qw(window reviewer registrar department));

# One run of the load generator, as its JSON.
sub load {
    my @command = ($load, 'run', '--to', $daemon->{port}, '--json', @_);
    open my $out, '-|', @command or die "$load: $!\n";
    my $line = <$out>;
    close $out or die "failed: @command\n";
    my $r = JSON::PP::decode_json($line);
    for my $what (qw(ambiguous refused busy stale conflict other)) {
        $notes{$what} += $r->{$what};
    }
    return $r;
}

my $opened = "$hall->{dir}/opened";

sub open_cases {
    my ($n, $advances) = @_;
    return load('--connections', min(64, $n), '--open', $n, '--advances', $advances // 0, '--list', $opened);
}

sub wal { return $hall->sql("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')") }

# Processor time of the whole machine and of everything under test, microseconds.
sub machine_us {
    open my $f, '<', '/proc/stat' or return 0;
    my (undef, $user, $nice, $system, undef, undef, $irq, $soft) = split ' ', <$f>;
    return ($user + $nice + $system + $irq + $soft) * 10_000;
}

# The share of the processors that others used while @code ran.
sub disturbed {
    my ($code) = @_;
    my $began = time;
    my @before = (machine_us(), own_us());
    my $result = $code->();
    my @after = (machine_us(), own_us());
    my $others = ($after[0] - $before[0]) - ($after[1] - $before[1]);
    note_value('others', max(0, $others / 1e6 / (time - $began) / $processors));
    return $result;
}

# Daemon, PostgreSQL and the generators that have ended.
sub own_us {
    my (undef, undef, $user, $system) = times;
    return Hall::cpu_us($daemon->{pid}) + $hall->postgres_cpu_us + ($user + $system) * 1e6;
}

# Advances of cases opened before, and what they cost.
sub measure_advances {
    my ($clients, $rate) = @_;
    my $opening = open_cases(int($rate * $seconds / 8 * 1.5) + 2 * $clients);
    note_value('open', $opening->{open}{perSecond});
    my ($wal, $cpu, $pg) = (wal(), Hall::cpu_us($daemon->{pid}), $hall->postgres_cpu_us);
    my $r = load('--connections', $clients, '--seconds', $seconds, '--cases', $opened);
    my $n = $r->{advance}{count} || 1;
    $r->{cpu} = (Hall::cpu_us($daemon->{pid}) - $cpu) / $n;
    $r->{pg} = ($hall->postgres_cpu_us - $pg) / $n;
    $r->{wal} = (wal() - $wal) / $n;
    return $r;
}

# --- how large a round must be, and what an advance writes

my @case;
for my $advances (3, 4) {
    open_cases(1, $advances);
    open my $f, '<', $opened or die "$opened: $!\n";
    push @case, (split ' ', <$f>)[0];
}
my $yard = Yardstick->new(hall => $hall, database => 'yardstick', a => $case[0], b => $case[1]);
my $warm = load('--connections', 64, '--seconds', 1, '--open', 1000000000);
my %guess = map { $_ => $warm->{advance}{perSecond} * ($_ < 16 ? 0.4 : $_ == 256 ? 2 : 1.3) } @levels;
$yard->measure(64, 1);
# What autovacuum would have done within a minute.
$hall->sql('analyze cases, facts, timings, keys, journal, outbox, party_cases', $_) for $ENV{PGDATABASE}, 'yardstick';

# --- rounds, interleaved

for my $round (1 .. $rounds) {
    for my $c (@levels) {
        my ($y, $text) = (undef, sprintf 'round %d, %3d clients:', $round, $c);
        if ($yard_level{$c}) {
            $y = disturbed(sub { $yard->measure($c, $seconds) });
            note_value("pgbench.$c.$_", $y->{$_}) for keys %$y;
            $text .= sprintf ' pgbench %8.0f/s p99 %6.2f ms;', $y->{rate}, $y->{p99} / 1e3;
        }
        my $r = disturbed(sub { measure_advances($c, $guess{$c}) });
        $guess{$c} = $r->{advance}{perSecond};
        note_value("rest.$c.rate", $r->{advance}{perSecond});
        note_value("rest.$c.p50", $r->{advance}{p50Us});
        note_value("rest.$c.p99", $r->{advance}{p99Us});
        note_value("rest.$c.$_", $r->{$_}) for qw(cpu pg wal);
        note_value("ratio.$c", $r->{advance}{perSecond} / $y->{rate}) if $y;
        note_value("p99ratio.$c", $r->{advance}{p99Us} / $y->{p99}) if $y;
        $text .= sprintf ' REST %8.0f/s p50 %5.2f p99 %6.2f ms, CPU us daemon %.0f PostgreSQL %.0f, WAL %.0f B',
            $r->{advance}{perSecond}, $r->{advance}{p50Us} / 1e3, $r->{advance}{p99Us} / 1e3, @$r{qw(cpu pg wal)};
        say_line($text);
    }
    note_value('ratio.256', $series{'rest.256.rate'}[-1] / $series{'pgbench.64.rate'}[-1]);
    note_value('mixed', load('--connections', 64, '--seconds', $seconds, '--open', 1000000000)->{advance}{perSecond});
}

# --- ten thousand alarms at one moment

sub measure_alarms {
    my $n = 10_000;
    my $rate = median('open') || 1000;
    my $lead = $n / $rate * 1.5 + 3;
    my ($due) = $hall->sql("select to_char((clock_timestamp() + interval '$lead seconds') at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
    load('--connections', 64, '--open', $n, '--advances', 0, '--workflow', 'crowd', '--form', qq({"until":"$due"}));
    # Looks every 10 ms, from outside, at how many are through: each leaves one
    # fact, and the journal says how many facts a transaction wrote.
    my @seen = $hall->sql("set client_min_messages = warning;
        create temp table seen (lag double precision, n bigint);
        do \$\$
        declare done bigint := 0; opened bigint;
        begin
            select max(id) into opened from journal;
            if clock_timestamp() >= '$due' then raise exception 'the cases were not opened in time'; end if;
            while done < $n and clock_timestamp() < '$due'::timestamptz + interval '60 seconds' loop
                perform pg_sleep(greatest(0.01, extract(epoch from '$due'::timestamptz - clock_timestamp())));
                select coalesce(sum(facts), 0) into done from journal where cell = 0 and id > opened;
                insert into seen values (extract(epoch from clock_timestamp() - '$due'), done);
            end loop;
        end \$\$;
        select coalesce(min(lag) filter (where n >= $n * 0.5), 'infinity'), coalesce(min(lag) filter (where n >= $n * 0.99), 'infinity'),
               coalesce(min(lag) filter (where n >= $n), 'infinity') from seen");
    my ($p50, $p99, $max) = split /\t/, $seen[-1];
    say_line(sprintf '%d alarms due at once: p50 %.3f s, p99 %.3f s, last %.3f s', $n, $p50, $p99, $max);
    note_value('alarm.p99', $p99);
    note_value('alarm.max', $max);
}

# --- memory with idle connections, of a daemon that has done nothing else

sub rss_kib {
    my ($pid) = @_;
    open my $f, '<', "/proc/$pid/status" or return 0;
    while (<$f>) { return $1 if /^VmRSS:\s+(\d+)/ }
    return 0;
}

sub measure_idle {
    my ($wanted) = (10_000);
    my $d = $hall->ready($hall->start('idle', %settings));
    my $before = rss_kib($d->{pid});
    my $pid = open(my $out, '-|') // die "fork: $!\n";
    if ($pid == 0) {
        pipe(my $never, my $held);
        open STDIN, '<&', $never;
        exec $load, 'idle', '--to', $d->{port}, '--connections', $wanted or POSIX::_exit(127);
    }
    my ($n, $failed) = (<$out> // '') =~ /^(\d+) idle, (\d+)/;
    my $with = rss_kib($d->{pid});
    kill 'TERM', $pid;
    close $out;
    $hall->end($d, 'TERM');
    say_line(sprintf '%d idle connections (%d refused): %.1f MB, %.1f MB without', $n, $failed, $with / 1024, $before / 1024);
    note_value('idle.n', $n);
    note_value('idle.mb', $with / 1024);
}


# --- the same with many past cases, and their statistics

sub measure_scale {
    my $before = median('rest.64.rate');
    my $auditor = $hall->clerk('auditor', qw(auditor supervisor));
    Scale::fill($hall, $scale, 'crowd', \&say_line);
    for my $round (1 .. $rounds) {
        note_value('scale.rate', measure_advances(64, $guess{64})->{advance}{perSecond});
        my ($statistics, $count, $status) = Scale::statistics($hall, $daemon, $auditor);
        say_line(sprintf 'with %d more cases: %.0f advances/s; statistics %.2f s (status %d), one count %.2f s', $scale,
            $series{'scale.rate'}[-1], $statistics, $status, $count);
        note_value('scale.statistics', $status == 200 ? $statistics / $count : 'inf');
    }
    note_value('scale.ratio', median('scale.rate') / $before);
}

measure_alarms();
measure_idle();
measure_scale() if $scale;

# --- the table

my @rows = map { {name => $_->[0], got => $_->[1], first => $_->[2], aim => $_->[3], form => $_->[4], more => $_->[5]} } (
    ['advances against pgbench, 64 clients', median('ratio.64'), 1.3, 2.0, '%.2f', 1],
    ['advances against pgbench, 16 clients', median('ratio.16'), 0.8, 1.1, '%.2f', 1],
    ['advances against pgbench, 1 client', median('ratio.1'), 0.45, 0.6, '%.2f', 1],
    ["256 clients against pgbench's 64", median('ratio.256'), 1.8, 3.0, '%.2f', 1],
    ["p99 of an advance, 64 clients, against pgbench's", median('p99ratio.64'), 0.8, 0.4, '%.2f', 0],
    ['daemon CPU per advance, 64 clients, us', median('rest.64.cpu'), 40, 20, '%.1f', 0],
    ['WAL per advance, 64 clients, kB', (median('rest.64.wal') // 0) / 1000, 2.0, 1.3, '%.2f', 0],
    ['10,000 alarms due at once, lag p99, s', median('alarm.p99'), 1.0, 0.3, '%.2f', 0],
    ["memory with @{[median('idle.n')]} idle connections, MB", median('idle.mb'), 64, 32, '%.0f', 0],
    $scale ? (["advances/s with $scale cases more, against before", median('scale.ratio'), 0.85, 0.95, '%.2f', 1],
        ["statistics of all steps, against one count of them", median('scale.statistics'), 1.0, 0.05, '%.2f', 0]) : (),
);
for my $row (@rows) {
    my $reaches = sub { $row->{more} ? $row->{got} >= $_[0] : $row->{got} <= $_[0] };
    $row->{reached} = $reaches->($row->{aim}) ? 'aim' : $reaches->($row->{first}) ? 'first' : 'neither';
}

my %summary = map { $_ => median($_) + 0 } keys %series;
if ($json) {
    print JSON::PP->new->canonical->encode({medians => \%summary, series => \%series, trouble => \%notes,
        rounds => $rounds, seconds => $seconds, bytes => $yard->{rows},
        goals => [map { my %r = %$_; delete $r{form}; $r{more} = $r{more} ? 'least' : 'most'; \%r } @rows]}), "\n";
} else {
    printf "\n%d rounds of %d s, medians; others used %.0f %% of the processors; %s\n\n", $rounds, $seconds, 100 * median('others'),
        join(', ', map { "$notes{$_} $_" } sort grep { $notes{$_} } keys %notes) || 'no request was refused or cut';
    printf "%-8s %14s %10s %10s %14s %8s %8s %10s %8s %8s\n", 'clients', 'pgbench tx/s', 'p50 ms', 'p99 ms', 'advances/s',
        'p50 ms', 'p99 ms', 'daemon us', 'PG us', 'WAL B';
    for my $c (@levels) {
        my @y = map { my $v = median("pgbench.$c.$_->[0]"); defined $v ? sprintf $_->[2], $v / $_->[1] : '-' }
            ['rate', 1, '%.0f'], ['p50', 1e3, '%.2f'], ['p99', 1e3, '%.2f'];
        printf "%-8d %14s %10s %10s %14.0f %8.2f %8.2f %10.1f %8.1f %8.0f\n", $c, @y, median("rest.$c.rate"),
            median("rest.$c.p50") / 1e3, median("rest.$c.p99") / 1e3, map { median("rest.$c.$_") } qw(cpu pg wal);
    }
    printf "\nopenings/s %.0f; advances/s at 64 clients with an opening before every 8: %.0f\n", median('open'), median('mixed');
    print 'rows of one advance, bytes: ', join(', ', map { "$_ $yard->{rows}{$_}{n} x $yard->{rows}{$_}{bytes}" }
        grep { $yard->{rows}{$_}{n} } sort keys %{$yard->{rows}}), "\n\n";
    printf "%-52s %10s %8s %8s  %s\n", 'goal', 'measured', 'first', 'aim', 'reaches';
    for my $row (@rows) {
        my $sign = $row->{more} ? '>=' : '<=';
        printf "%-52s %10s %8s %8s  %s\n", $row->{name}, sprintf($row->{form}, $row->{got}), "$sign $row->{first}", "$sign $row->{aim}", $row->{reached};
    }
    printf "\nratio to pgbench, 64 clients: %.2f\n", median('ratio.64');
}
