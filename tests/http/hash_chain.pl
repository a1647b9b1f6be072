#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# T14: the facts of cases, exported while clerks go on writing, prove themselves
# with an anchor alone: a last row that is gone, a row put in, rows that change
# places, a byte that changed, a case that is not there, a history that was
# written anew: each is found and named, without database or daemon.
# Started by test_hash_chain.sh.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use JSON::PP;
use Tally;
use World;

$| = 1;
my $json = JSON::PP->new->canonical->utf8;

my $world = World->new(settings => {ONESTOP_SERVER_WORKERS => 2});
my $dir = $world->{hall}{dir};
my @daemon = map { $world->start($_) } qw(first second);

# Two clerks write until they are told to stop.
my @case = map { $world->case } 1 .. 12;
my @clerk = map {
    my $i = $_;
    my $pid = fork // die "fork: $!\n";
    if ($pid == 0) {
        srand 20260303 + $i;
        my %tag = map { ($_ => '"s1"') } @case;
        until (-e "$dir/enough") {
            my $case = $case[rand @case];
            my $r = $world->ask('POST', "/v1/cases/$case/actions", who => 'clerk', body => {action => 'advance'}, to => $daemon[rand @daemon],
                head => {'Idempotency-Key' => "$i-" . rand, 'If-Match' => $tag{$case}});
            $tag{$case} = ($r->{json}{steps} // $r->{json}{allowedActions})->[0]{etag} if $r->{status} == 200 || $r->{status} == 412;
        }
        POSIX::_exit(0);
    }
    $pid;
} 1 .. 2;

# Exports to NAME.facts and NAME.anchor.
sub export {
    my ($name) = @_;
    $world->command('audit', 'export', '--facts', "$dir/$name.facts", '--anchor', "$dir/$name.anchor");
    is("$name is exported", $world->{status}, 0);
}

# What verify says of them: its exit status, then what it found.
sub verify {
    my ($facts, $anchor) = @_;
    my @said = map { $json->decode($_) } split /\n/, $world->command('audit', 'verify', '--json', '--facts', "$dir/$facts.facts", '--anchor', "$dir/$anchor.anchor");
    my $sum = pop @said;
    return ($world->{status}, $sum, map { ($_->{case} // 'file') . ': ' . $_->{why} } @said);
}

# Some have written before the first and between any two: the order of the journal is read, no clock.
my $places = 0;
for my $n (1 .. 6) {
    $world->pump(sub { $world->sql('select last from numberer') >= $places + 10 }, 'clerks write');
    export("now$n");
    $places = (map { $json->decode($_)->{horizon} } do { open my $f, '<', "$dir/now$n.anchor" or die; scalar <$f> })[0];
    my ($status, $sum, @found) = verify("now$n", "now$n");
    is("export $n fits its anchor", "$status @found", '0 ');
    is('it has facts', $sum->{facts} > 0 ? 'yes' : 'no', 'yes');
    next if $n == 1;
    ($status, $sum, @found) = verify("now$n", 'now1');
    is("export $n goes on where the first ended", "$status @found", '0 ');
    is('it goes on', $sum->{later} > 0 ? 'yes' : 'no', 'yes');
}
open my $enough, '>', "$dir/enough" or die "$!\n";
waitpid $_, 0 for @clerk;
my ($status, $sum, @found) = verify('now1', 'now6');
is('an export that is older than the anchor is no proof', "$status @found", qr/^7 file: .*older than the anchor/);

# --- at rest: the same horizon gives the same bytes

$world->pump(sub { $world->sql('select count(*) from journal where number is null') == 0 }, 'the journal is numbered');
sub sum_of { my ($name) = @_; open my $f, '<', "$dir/$name" or die "$name: $!\n"; local $/; return sha256_hex(<$f>) }
export('rest');
export('again');
is("two $_ of one horizon are one", sum_of("again.$_"), sum_of("rest.$_")) for qw(facts anchor);
is('nothing is left half written', join(' ', glob "$dir/*.part"), '');
is('others cannot read it', sprintf('%o', (stat "$dir/rest.facts")[2] & 0777), '600');

sub lines { my ($name) = @_; open my $f, '<', "$dir/$name" or die "$name: $!\n"; return <$f> }
sub spoilt {
    my (@lines) = @_;
    open my $f, '>', "$dir/spoilt.facts" or die "$!\n";
    print $f @lines;
    close $f;
    my ($status, $sum, @found) = verify('spoilt', 'rest');
    return "$status @found";
}

# As who forges would leave the last line: with the counts that fit.
sub counted {
    my (@lines) = @_;
    my %case = map { /"case":"([^"]*)"/ ? ($1 => 1) : () } @lines[1 .. $#lines - 1];
    return (@lines[0 .. $#lines - 1], $json->encode({cases => 0 + keys %case, facts => @lines - 2}) . "\n");
}

# Facts of a case whose chain is made again, so that it is whole.
sub chained {
    my (@of) = @_;
    my ($head, $n) = ("\0" x 32, 0);
    for my $f (@of) {
        my $record = $f->{record};
        utf8::encode($record);
        $f->{hash} = sha256_hex($head . $record);
        $f->{fact} = ++$n;
        $head = pack 'H*', $f->{hash};
    }
    return map { $json->encode($_) . "\n" } @of;
}

my @line = lines('rest.facts');
is('it fits', spoilt(@line), '0 ');
my ($victim) = map { /"fact":5,/ && /"case":"([^"]*)"/ ? $1 : () } @line;
my ($first) = grep { $line[$_] =~ /"case":"$victim"/ } 1 .. $#line - 1;
my ($last) = reverse grep { $line[$_] =~ /"case":"$victim"/ } 1 .. $#line - 1;
my $n = $last - $first + 1;
my @of = map { $json->decode($_) } @line[$first .. $last];

is('a last row that is gone', spoilt(counted(@line[0 .. $last - 1, $last + 1 .. $#line])), "7 $victim: it has ${\($n - 1)} facts of the anchor's $n: the last were taken out");
is('a row from within', spoilt(counted(@line[0 .. $first + 1, $first + 3 .. $#line])), qr/^7 $victim: fact 3 is missing: fact 4 stands there $victim: it has .* some were taken out$/);
is('rows that change places', spoilt(@line[0 .. $first + 1, $first + 3, $first + 2, $first + 4 .. $#line]), qr/^7 $victim: fact 3 is missing: fact 4 stands there$/);
my $changed = $line[$first + 2];
$changed =~ s/advance/adv4nce/ or die "nothing to change in $changed";
is('a byte that changed', spoilt(@line[0 .. $first + 1], $changed, @line[$first + 3 .. $#line]), qr/^7 $victim: fact 3 does not follow from those before it: it was changed/);
is('a row twice', spoilt(counted(@line[0 .. $first + 2, $first + 2 .. $#line])), qr/^7 $victim: fact 3 stands after fact 3: .* $victim: it has ${\($n + 1)} facts, the anchor $n: some were inserted$/);
is('a row at the end, with a chain that fits', spoilt(counted(@line[0 .. $first - 1], chained(@of, {%{$of[-1]}}), @line[$last + 1 .. $#line])),
    qr/^7 $victim: fact ${\($n + 1)} was not there when the anchor was made: inserted $victim: it has/);
is('a row within, with a chain made again', spoilt(counted(@line[0 .. $first - 1], chained($of[0], {%{$of[1]}}, @of[1 .. $#of]), @line[$last + 1 .. $#line])),
    qr/^7 $victim: its chain is whole but at fact $n has another head than the anchor: it was written anew/);
my @forged = map { {%$_} } @of;
$forged[2]{record} =~ s/advance/adv4nce/;
is('a byte, with a chain made again', spoilt(@line[0 .. $first - 1], chained(@forged), @line[$last + 1 .. $#line]), qr/^7 $victim: its chain is whole but .* it was written anew$/);
is('a case that is not there', spoilt(counted(@line[0 .. $first - 1, $last + 1 .. $#line])), "7 $victim: the case is missing: the anchor has it with $n facts");
is('a case nobody had', spoilt(counted(@line[0 .. $#line - 1], chained(map { {%$_, case => '371502-8KQ1-20260213-00001X-7', id => '99999'} } @of), $line[-1])),
    qr/^7 371502-8KQ1-20260213-00001X-7: the anchor does not have this case: it was inserted$/);
is('cases that change places', spoilt(@line[0, $first .. $last, 1 .. $first - 1, $last + 1 .. $#line]), $first == 1 ? '0 ' : qr/^7 .*lines change places/);
is('a row among those of another case', spoilt(@line[0 .. $last - 1, $last + 1 .. $#line - 1, $last, $#line]), qr/^7 $victim: it has .* the last were taken out $victim: its facts stand in the export where others should/);
is('a case under another number', spoilt(map { s/"case":"$victim"/"case":"371502-8KQ1-20260213-00001X-7"/r } @line), qr/^7 .*: the anchor calls it $victim$/);
is('a file that was cut off', spoilt(@line[0 .. $#line - 1]), '7 file: the export ends before its last line: it was cut off');
is('a file that goes on', spoilt(@line, $line[1]), '7 file: the export goes on behind its last line');
is('counts that do not fit', spoilt(@line[0 .. $last - 1, $last + 1 .. $#line]), qr/file: the export says it has/);
is('a line that is none', spoilt(@line[0 .. 3], "{\n", @line[4 .. $#line]), qr/^7 file: the export, line 5: /);

# --- who has the database and makes everything fit there is found as well

$world->{hall}->end($_, 'TERM') for @daemon;
$world->sql("update cases set recorded = recorded - 1, head = (select hash from facts where case_id = cases.id and number = recorded - 1) where number = '$victim'");
$world->sql("delete from facts f using cases c where c.number = '$victim' and f.case_id = c.id and f.number > c.recorded");
export('forged');
($status, $sum, @found) = verify('forged', 'forged');
is('of itself it is whole', "$status @found", '0 ');
($status, $sum, @found) = verify('forged', 'rest');
is('but the anchor knows', "$status @found", "7 $victim: it has ${\($n - 1)} facts of the anchor's $n: the last were taken out");

$world->command('audit', 'export');
is('an export without a file is refused', $world->{status}, 2);
$world->command('audit', 'verify', '--facts', "$dir/none.facts", '--anchor', "$dir/rest.anchor");
is('a file that is not there', $world->{status}, 3);

tally;
