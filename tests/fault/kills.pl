#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Raises the hall, lets the clerks work, kills, and asks check.sql what is true.
# Started by test_kills.sh.
use strict;
use warnings;
use Hall;
use Time::HiRes qw(sleep time);

$| = 1;
my $kills = $ENV{KILLS} || 24;
my $seed  = $ENV{SEED} // 20260401;
my $build = $ENV{ONESTOP_BUILD} || 'build/release';
my @runner = split ' ', $ENV{RUNNER} // '';
my ($cases, $connections, $rate) = (500, 48, 60);
print "seed $seed\n";
srand $seed;

my $hall = Hall->new(dir => $ENV{ONESTOP_PG_VAR}, build => $build, workflows => 'tests/fault/workflows');
# A minute of the engine's time is a second of ours: alarms come due in dozens.
$hall->sql("insert into test_clock (real, virtual, rate) values (clock_timestamp(), '2026-03-03T09:00:00+08:00', $rate)");
my %settings = (ONESTOP_LIMITS_CONNECTIONS_PER_ADDRESS => 1000, ONESTOP_SERVER_WORKERS => 2);
my @daemon = map { $hall->start($_, %settings) } qw(first second);
$hall->ready($_) for @daemon;
$ENV{LOAD_TOKEN} = $hall->clerk('clerk', 'window');

# Half of the cases is worked on, half is left to its alarms.
my $opened = "$hall->{dir}/opened";
Hall::run(@runner, "$build/tests/bench/load", 'run', '--to', $daemon[0]{port}, '--connections', 16, '--open', $cases,
    '--advances', 0, '--workflow', 'storm', '--form', '{"name":"光岳"}', '--list', $opened);
Hall::run('sh', '-c', "head -n @{[$cases / 2]} $opened >$opened.half");

# --- the clerks

my $log = "$hall->{dir}/clerks";
pipe(my $in, my $hold) or die "pipe: $!\n";
my $clerks = open(my $out, '-|') // die "fork: $!\n";
if ($clerks == 0) {
    close $hold;
    open STDIN, '<&', $in;
    exec 'setpriv', '--pdeathsig', 'KILL', '--', @runner, "$build/tests/fault/clerks", (map { ('--to', $_->{port}) } @daemon),
        '--cases', "$opened.half", '--log', $log, '--connections', $connections, '--seed', $seed
        or POSIX::_exit(127);
}
close $in;

my ($tail, @told) = ('', 0, 0, 0);
my ($last_total, $last_change, $gap) = (0, time, 0);

# Takes in what the clerks have told; false at the end.
sub listen_to_clerks {
    my ($wait) = @_;
    my $ready = '';
    vec($ready, fileno $out, 1) = 1;
    return 1 unless select($ready, undef, undef, $wait);
    return 0 unless sysread $out, $tail, 4096, length $tail;
    while ($tail =~ s/^(\d+) (\d+) (\d+)\n//) {
        @told = ($1, $2, $3);
        my $total = $1 + $2;
        if ($total > $last_total) {
            my $now = time;
            $gap = $now - $last_change if $now - $last_change > $gap;
            ($last_total, $last_change) = ($total, $now);
        }
    }
    return 1;
}

# Until both daemons have acknowledged @more since @from; or the test has failed.
sub wait_for_work {
    my ($more, @from) = @_;
    my @due = map { $_ + $more } @from[0, 1];
    my $gets_on = Hall::impatience(sub { join ' ', map { $told[$_] < $due[$_] ? $told[$_] : $due[$_] } 0, 1 },
        sub { "no daemon acknowledges any more: @told since @from" });
    while ($told[0] < $due[0] || $told[1] < $due[1]) {
        listen_to_clerks(0.05) or die "the clerks have ended\n";
        $gets_on->();
    }
}

# --- the kills

my %killed;
my $var = $ENV{ONESTOP_PG_VAR};

sub kill_daemon {
    my ($d) = @_;
    $hall->end($d, 'KILL');
    $hall->restart($d);
}

# A backend of a daemon: kill -9 makes PostgreSQL throw all of them out.
sub kill_backend {
    my ($how) = @_;
    my ($pid) = eval { local *STDERR; open STDERR, ">", "/dev/null"; $hall->sql("select pid from pg_stat_activity where datname = current_database()
        and backend_type = 'client backend' and pid <> pg_backend_pid() order by md5(pid::text || '$seed' || clock_timestamp()::text) limit 1") };
    return 0 unless $pid;
    return $how eq 'kill' ? kill 'KILL', $pid : eval { $hall->sql("select pg_terminate_backend($pid)"); 1 };
}

sub strike {
    my $chance = rand;
    if ($chance < 0.55) {
        my $which = rand() < 0.5 ? 0 : 1;
        kill_daemon($daemon[$which]);
        return 'daemon';
    }
    if ($chance < 0.78) {
        Hall::run('deploy/pg', 'kill', $var);
        # Now and then a daemon dies while it has no database.
        kill_daemon($daemon[rand 2]), $killed{daemon}++ if rand() < 0.3;
        Hall::run('sh', '-c', "PG_CONF= deploy/pg up '$var' >'$var/up.log' 2>&1 || { cat '$var/up.log'; exit 1; }");
        return 'PostgreSQL';
    }
    return kill_backend('kill') ? 'backend' : strike() if $chance < 0.9;
    return kill_backend('terminate') ? 'connection' : strike();
}

my $began = time;
my $n = 0;
wait_for_work(50, @told);
while ($n < $kills) {
    sleep rand 0.25;
    listen_to_clerks(0);
    my @from = @told;
    my $what = strike();
    $killed{$what}++;
    $n = 0;
    $n += $_ for values %killed;
    # One in five strikes again before all have got up.
    wait_for_work(20, @from) unless rand() < 0.2 && $n < $kills;
}
wait_for_work(20, @told);

# --- the end: every request gets its answer, every alarm its decision

close $hold;
my $gets_on = Hall::impatience(sub { "@told" }, sub { kill 'KILL', $clerks; 'requests are left without an answer' });
$gets_on->() while listen_to_clerks(0.1);
close $out;
my $clerks_status = $?;
my ($stale) = $tail =~ /stale reads (\d+)/;
my $took = time - $began;

$hall->sql('update test_clock set virtual = virtual + (clock_timestamp() - real) * rate, real = clock_timestamp(), rate = 0');
# The clock stands, so there is an end of it: each alarm decided writes a journal row, and each of those is numbered.
my ($left, $journal);
$gets_on = Hall::impatience(sub { $journal }, sub { "$left alarms or journal rows are left undone" });
while (1) {
    ($left, $journal) = split /\t/, ($hall->sql('select (select count(*) from cases, present p where alarm < p.moment)
        + (select count(*) from journal where number is null), (select max(id) from journal) || $$ $$ || (select max(number) from journal)'))[0];
    last unless $left;
    $gets_on->();
    sleep 0.05;
}
my @status = map { $hall->end($_, 'TERM'); $? } @daemon;

# --- what is true

$hall->sql('analyze cases, facts, timings, keys, journal, outbox');

my ($passed, $failed) = (0, 0);

sub verdict {
    my ($said, $looked, $wrong, $example) = @_;
    my $bad = $wrong || !$looked;
    $bad ? $failed++ : $passed++;
    printf "  %-4s %-72s %8d%s\n", $bad ? 'FAIL' : 'ok', $said, $looked,
        $wrong ? "  $wrong wrong, such as $example" : $looked ? '' : '  nothing to look at';
}

# Rows of check.sql, in a transaction that comes to nothing; $fault is done in it first.
sub check {
    my ($fault) = @_;
    open my $psql, '|-', "psql -XqAt -F '\t' -v ON_ERROR_STOP=1 -f - >'$var/verdict' 2>'$var/verdict.err'" or die "psql: $!\n";
    print $psql "begin;\ncreate temp table clerk_log (kind text, key text, number text, status integer, revision bigint, invoked bigint,
        returned bigint, sendings integer, ambiguous integer, replayed integer);\n\\copy clerk_log from '$log'\n",
        $fault // '', "\n\\i tests/fault/check.sql\nrollback;\n";
    if (!close $psql) {
        system 'cat', "$var/verdict.err";
        die "the check could not be made\n";
    }
    open my $v, '<', "$var/verdict" or die "$var/verdict: $!\n";
    return map { chomp; [split /\t/, $_, -1] } <$v>;
}
my %count;
open my $f, '<', $log or die "$log: $!\n";
while (<$f>) {
    my ($kind, undef, undef, $status, undef, undef, undef, $sendings, $ambiguous, $replayed) = split /\t/;
    next if $kind eq 'look';
    $count{$status < 300 ? 'acknowledged' : $status == 412 ? 'stale' : $status == 409 ? 'conflict' : 'other'}++;
    $count{ambiguous}++ if $ambiguous;
    $count{replayed}++ if $replayed > 0;
    $count{resent} += $sendings - 1;
}
printf "%d kills in %.1f s (%s); acknowledged %d, of them answered from the key %d; unknown at first %d, sent again %d, refused as stale %d, in conflict %d; longest gap %.2f s\n",
    $n, $took, join(', ', map { "$_ $killed{$_}" } sort keys %killed), (map { $count{$_} // 0 } qw(acknowledged replayed ambiguous resent stale conflict)), $gap;
verdict(@$_) for check();
verdict('no read was behind what had been acknowledged before it', $count{acknowledged}, $stale // 1, '');
verdict('the clerks ended well and met no other refusal', 1, ($clerks_status || $count{other}) ? 1 : 0, "status $clerks_status");
verdict('both daemons ended in order', 2, scalar(grep { $_ } @status), "status @status");

# The core's own word: the stored facts give the stored state.
my $replay = qx(@runner $build/onestop audit replay --json 2>&1);
my ($replayed) = $replay =~ /"cases":(\d+)/;
verdict('the stored facts, replayed, give the stored state of each case', $replayed // 0, $? ? 1 : 0, $replay);

# A check that finds nothing must be able to find something.
my @missed;
open my $planted, '<', 'tests/fault/planted.sql' or die "planted.sql: $!\n";
my (undef, @fault) = split /^-- fault: /m, do { local $/; <$planted> };
for (@fault) {
    my ($said, $sql) = /^([^\n]*)\n(.*)/s;
    push @missed, $said unless grep { $_->[0] eq $said && $_->[2] } check($sql);
}
verdict('each check finds the fault that is planted for it', scalar @fault, scalar @missed, $missed[0]);

print "$passed passed, $failed failed\n";
exit($failed ? 1 : 0);
