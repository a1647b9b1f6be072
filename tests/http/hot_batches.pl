#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# T18: three daemons, each with group commit, are given the same commands on the
# same cases by several clerks at once, in batches whose order is a matter of
# chance: nobody waits in a circle, each item has a result of its own, and what
# was acknowledged happened once, however many were told so.
# Started by test_hot_batches.sh.  T18_ROUNDS (20) is how many batches each clerk
# gives; T18_SECONDS lets them go on for so long instead, as in the ten minutes
# that the trap asks for.
use strict;
use warnings;
use List::Util qw(shuffle sum0 uniq);
use World;

$| = 1;
my ($passed, $failed) = (0, 0);

sub is {
    my ($what, $is, $wanted) = @_;
    if (($is // 'nothing') eq $wanted) {
        $passed++;
    } else {
        $failed++;
        print "$what\n  is     ", $is // 'nothing', "\n  wanted $wanted\n";
    }
}

my ($cases, $clerks) = (30, 6);
my $world = World->new(settings => {ONESTOP_SERVER_WORKERS => 2});
my $hall = $world->{hall};
my @daemon = map { $world->start($_) } qw(first second third);
# Two persons, each at three desks: who sends a key again sends it to another daemon.
$world->{token}{wang} = $hall->clerk('wang', 'window');
$world->{token}{li}   = $hall->clerk('li', 'window');

sub deadlocks { my ($database) = @_; return scalar $hall->sql("select deadlocks from pg_stat_database where datname = '$database'") }
sub logged {
    my ($word) = @_;
    my $n = 0;
    for my $file (map { $_->{log} } @daemon) {
        open my $f, '<', $file or die "$file: $!\n";
        $n += grep { /$word/ } <$f>;
    }
    # Other tests share the server.
    open my $f, '<', "$ENV{ONESTOP_PG_VAR}/db/log" or die "$ENV{ONESTOP_PG_VAR}/db/log: $!\n";
    $n += grep { /\@\Q$ENV{PGDATABASE}\E .*(?:$word)/ } <$f>;
    return $n;
}

# --- a deadlock would be seen: two sessions that wait for one another

$hall->sql('create table pit (id integer primary key, n integer not null); insert into pit values (1, 0), (2, 0)');
my @pit = map {
    my ($first, $then) = @$_;
    my $pid = open(my $in, '|-') // die "fork: $!\n";
    if ($pid == 0) {
        open STDOUT, '>', '/dev/null';
        open STDERR, '>', '/dev/null';
        exec 'psql', '-XqU', 'postgres', '-d', $ENV{PGDATABASE} or POSIX::_exit(127);
    }
    $in->autoflush;
    print $in "set deadlock_timeout = '10ms';\nbegin;\nselect 1 from pit where id = $first for update;\n\\! echo >> '$ENV{ONESTOP_PG_VAR}/pit'\n";
    [$in, $then];
} [1, 2], [2, 1];
select undef, undef, undef, 0.01 until (-s "$ENV{ONESTOP_PG_VAR}/pit" // 0) >= 2;
print { $_->[0] } "select 1 from pit where id = $_->[1] for update;\n\\q\n" for @pit;
close $_->[0] for @pit;
unlink "$ENV{ONESTOP_PG_VAR}/pit";
is('a deadlock is counted', deadlocks($ENV{PGDATABASE}), 1);
is('and logged', logged('deadlock detected'), 1);
$hall->sql('drop table pit');

# --- the batches

my @number = map { $world->case } 1 .. $cases;
my $end = $ENV{T18_SECONDS} ? time + $ENV{T18_SECONDS} : 0;
my $rounds = $ENV{T18_ROUNDS} // 20;
my $seed = $ENV{SEED} // time;

# The tag of the step as anybody sees it, who asks now.
sub tag_of { my ($case, $who, $to) = @_; return $world->must('GET', "/v1/cases/$case", who => $who, to => $to)->{json}{steps}[0]{etag} }

# One clerk: every batch has all the cases, in another order, each with the tag last seen.  The key
# is made of case and tag, so that a person's desks send the same key for the same advance.
sub clerk {
    my ($i) = @_;
    my $who = qw(wang li)[$i % 2];
    my %tag = map { ($_ => '"s1"') } @number;
    srand $seed + $i;
    for (my $round = 0; $end ? time < $end : $round < $rounds; $round++) {
        my $to = $daemon[rand @daemon];
        my @items = map { {case => $_, key => "$_-" . ($tag{$_} =~ /(\d+)/)[0], etag => $tag{$_}, command => {action => 'advance'}} } shuffle @number;
        my $r = $world->ask('POST', '/v1/actions', who => $who, body => {items => \@items}, to => $to);
        if ($r->{status} != 200) {
            print "wrong $r->{status} $r->{text}\n" if $r->{status} != 503;
            next;
        }
        print "wrong answers for other items\n" if join(' ', map { $_->{case} } @{$r->{json}{items}}) ne join(' ', map { $_->{case} } @items);
        for my $n (0 .. $#items) {
            my ($item, $is) = ($items[$n], $r->{json}{items}[$n]);
            if ($is->{status} == 200) {
                $tag{$item->{case}} = $is->{result}{steps}[0]{etag};
                print join(' ', 'done', $item->{case}, $who, $item->{key}, $is->{result}{revision}, $is->{replayed} ? 'again' : 'first'), "\n";
            } elsif ($is->{status} == 412) {
                $tag{$item->{case}} = $is->{problem}{allowedActions}[0]{etag} // tag_of($item->{case}, $who, $to);
                print "stale\n";
            } elsif ($is->{status} == 503) {
                print "busy\n";
            } else {
                print "wrong $is->{status} ", ($is->{problem}{detail} // ''), "\n";
            }
        }
        # Openings stand in the same transactions; their keys are taken in a circle if anything is.
        for my $n (shuffle 0 .. 2) {
            my $key = 'open-' . $round . '-' . $n;
            my $opened = $world->ask('POST', '/v1/cases', who => $who, to => $daemon[rand @daemon], head => {'Idempotency-Key' => $key},
                body => {workflow => 'errand', district => '371502', applicant => {kind => 'enterprise'}, form => {name => $key}});
            print $opened->{status} == 201 ? "opened $who $key $opened->{json}{number}\n" : $opened->{status} == 503 ? "busy\n" : "wrong $opened->{status} $opened->{text}\n";
        }
    }
}

my @desk = map {
    my $i = $_;
    my $pid = fork // die "fork: $!\n";
    if ($pid == 0) {
        open STDOUT, '>', "$hall->{dir}/clerk$i" or die "$!\n";
        eval { clerk($i); 1 } or print "wrong $@";
        close STDOUT;
        POSIX::_exit(0);
    }
    $pid;
} 0 .. $clerks - 1;
waitpid $_, 0 for @desk;
my (@wrong, %done, %opened, %n);
for my $i (0 .. $clerks - 1) {
    open my $said, '<', "$hall->{dir}/clerk$i" or die "$!\n";
    while (my $line = <$said>) {
        chomp $line;
        my ($what, @of) = split / /, $line;
        $n{$what}++;
        push @wrong, $line if $what eq 'wrong';
        $n{$of[4]}++ if $what eq 'done';
        push @{$done{$of[0]}{"$of[1] $of[2]"}}, $of[3] if $what eq 'done';
        push @{$opened{"$of[0] $of[1]"}}, $of[2] if $what eq 'opened';
    }
}
print "T18: $n{done} acknowledged ($n{first} first), ", $n{stale} // 0, ' stale, ', $n{busy} // 0, " busy, $n{opened} opened (SEED=$seed)\n";

is('every item is done, stale or busy', join("\n", @wrong[0 .. ($#wrong > 4 ? 4 : $#wrong)]), '');
is('one key has one answer', join(' ', map { my $c = $_; grep { uniq(@{$done{$c}{$_}}) != 1 } keys %{$done{$c}} } @number), '');
is('one key of an opening has one case', join(' ', grep { uniq(@{$opened{$_}}) != 1 } keys %opened), '');
is('no two keys made the same case', sum0(map { scalar uniq(@$_) } values %opened), scalar uniq(map { @$_ } values %opened));
is('many were sent more than once', ($n{again} // 0) > 0 && ($n{stale} // 0) > 0 ? 'yes' : 'no', 'yes');

$hall->end($_, 'TERM') for @daemon;
my %advances = map { split /\t/ } $hall->sql('select c.number, count(*) from facts f join cases c on c.cell = f.cell and c.id = f.case_id where f.kind = 1 group by 1');
# A busy item may have been done all the same: it is in nobody's book until it is sent again.
my $unknown = $n{busy} // 0;
my @off = grep { my $told = keys %{$done{$_}}; my $is = $advances{$_} // 0; $is < $told || $is > $told + $unknown } @number;
is('what was acknowledged happened once', join(' ', map { "$_ " . ($advances{$_} // 0) . ' of ' . keys %{$done{$_}} } @off), '');
is('there are as many cases as were opened', $hall->sql('select count(*) from cases') - $cases <= keys(%opened) + $unknown ? 'yes' : 'no', 'yes');
is('chains have no gap', $hall->sql('select count(*) from cases c where c.recorded <> (select count(*) from facts f where f.cell = c.cell and f.case_id = c.id)'), 0);
is('no deadlock', deadlocks($ENV{PGDATABASE}), 1);
is('nor a word of one', logged('40P01|deadlock detected'), 1);

print "$passed passed, $failed failed\n";
exit($failed != 0);
