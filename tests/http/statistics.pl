#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Statistics over HTTP.  Whose turn it was, and how long, is computed here a
# second time, from the facts and the definitions, for every case that scenarios
# have closed; and for some cases all figures are known.  Started by
# test_statistics.sh.
use strict;
use warnings;
use utf8;
use Clerks;
use JSON::PP ();

my $hall = Clerks->new($ARGV[0]);
sub is  { $hall->is(@_) }
sub ask { $hall->ask(@_) }
sub must { my $r = ask(@_); $r->{status} =~ /^2/ or die "@_[0 .. 2]: $r->{status} $r->{json}{detail}\n"; return $r->{json} }
sub stats { my ($of, $query, $who) = @_; return @{must($who // 'auditor', 'GET', "/v1/stats/$of?$query")->{items}} }
sub ms { return sprintf '%.0f', ($_[0] // 0) * 1000 }
my $text = JSON::PP->new->utf8->canonical;

sub sql {
    my ($sql) = @_;
    open my $out, '-|', 'psql', '-XAtq', '-F', "\t", '-c', $sql or die "psql: $!\n";
    my @rows = <$out>;
    close $out or die "psql failed: $sql\n";
    chomp @rows;
    return wantarray ? @rows : $rows[0];
}

# --- a second computation

# Who holds a step: by its definition alone; what is no text is a department that is chosen.
sub holder {
    my ($w, $path) = @_;
    my ($steps, $department, $step) = ($w->{steps});
    for my $id (split /\./, $path) {
        if (!$steps) {    # the name of a branch
            $steps = ($step->{branches}{$id} // $step->{branch})->{steps};
            next;
        }
        $step = $steps->{$id} or die "no step $path\n";
        $department = $step->{department} // $department;
        $steps = $step->{steps};
    }
    return undef if $step->{steps} || $step->{branches} || $step->{foreach};
    my $by = $step->{wait} || $step->{cases} || $step->{ballot} ? '' : $step->{by};
    return $by if $by eq 'applicant' || $by eq 'public';
    return $department // $1 if $by =~ /^system:(.*)/;
    return $department // $w->{lead};
}

# [holder, from, to] in milliseconds, of every stay of people, systems and waits.
sub stays {
    my ($w, @records) = @_;
    my %stay;
    for my $r (map { $text->decode($_) } @records) {
        for my $f (@{$r->{facts}}) {
            my $at = int(($f->{happened} // $r->{at}) / 1000);
            my $holder = $f->{fact} eq 'entered' ? holder($w, $f->{step}) : undef;
            $stay{$f->{visit}} = [ref $holder ? $f->{name} : $holder, $at] if $f->{fact} eq 'entered';
            $stay{$f->{visit}}[2] = $at if $f->{fact} eq 'left';
            if ($f->{fact} eq 'annulled') {
                delete $stay{$_} for @{$f->{value}{visitsGone}};
                $stay{$_->{visit}}[2] = undef for @{$f->{value}{visits}};
            }
        }
    }
    return grep { defined $_->[0] } values %stay;
}

# What the stays of one case add to {total, alone, shared, nobody} of each holder, and of '' for the whole.
sub add {
    my ($sum, $opened, $closed, @stays) = @_;
    my %edge = map { ($_ => 1) } grep { $_ >= $opened && $_ <= $closed } $opened, $closed, map { @$_[1, 2] } @stays;
    my @edge = sort { $a <=> $b } keys %edge;
    my %seen;
    for my $i (1 .. $#edge) {
        my ($from, $ms) = ($edge[$i - 1], $edge[$i] - $edge[$i - 1]);
        my %holds = map { ($_->[0] => 1) } grep { $_->[1] <= $from && $_->[2] > $from } @stays;
        my $how = keys %holds == 1 ? 'alone' : keys %holds ? 'shared' : 'nobody';
        for ('', keys %holds) {
            $sum->{$_}{total} += $ms;
            $sum->{$_}{$how} += $ms;
            $seen{$_} += $ms;
        }
    }
    $seen{''} //= 0;
    push @{$sum->{$_}{each}}, $seen{$_} for keys %seen;
}

# Nearest rank.
sub rank { my ($share, @ms) = @_; @ms = sort { $a <=> $b } @ms; my $n = int($share * @ms + 0.999999) || 1; return $ms[$n - 1] }

sub compare {
    my ($query, $where, $what) = @_;
    my (%sum, $cases);
    my %definition;
    for (sql("select c.id, c.definition, c.workflow, floor(extract(epoch from c.opened) * 1000), floor(extract(epoch from c.closed) * 1000)
              from cases c where c.closed is not null and $where")) {
        my ($id, $definition, $workflow, $opened, $closed) = split /\t/;
        $definition{$definition} //= $text->decode(scalar sql("select body from definitions where id = $definition"));
        add($sum{$workflow} //= {}, $opened, $closed, stays($definition{$definition}, sql("select body from facts where case_id = $id order by number")));
        $cases++;
    }
    my %got;
    for (stats('holders', $query)) {
        my $at = $got{$_->{workflow}}{$_->{holder} // ''} = $_;
        $_->{count} or next;    # he only has open ones
        my $want = ($sum{$_->{workflow}} // {})->{$_->{holder} // ''} // {each => [-1]};
        my @each = @{$want->{each}};
        is("$what: $_->{workflow} " . ($_->{holder} // 'whole'),
            join(' ', $_->{count}, (map { ms($_) } @$_{qw(totalSeconds aloneSeconds sharedSeconds nobodySeconds)}), map { ms($_) } @{$_->{held}}{qw(p50Seconds p90Seconds p95Seconds maxSeconds)}),
            join(' ', scalar @each, (map { $want->{$_} // 0 } qw(total alone shared nobody)), map { rank($_, @each) } 0.5, 0.9, 0.95, 1));
    }
    for my $w (sort keys %sum) {
        is("$what: $w has a row for everybody", join(' ', sort grep { $got{$w}{$_}{count} } keys %{$got{$w}}), join ' ', sort keys %{$sum{$w}});
        my $whole = $got{$w}{''};
        my $alone = 0;
        $alone += ms($got{$w}{$_}{aloneSeconds}) for grep { $_ ne '' } keys %{$got{$w}};
        is("$what: what $w says of all adds up", $alone + ms($whole->{sharedSeconds}) + ms($whole->{nobodySeconds}), ms($whole->{totalSeconds}));
        is("$what: and is the time its cases took", ms($whole->{totalSeconds}), scalar sql("select sum(floor(extract(epoch from c.closed) * 1000) - floor(extract(epoch from c.opened) * 1000))
            from cases c where c.closed is not null and c.workflow = '$w' and $where"));
    }
    return $cases // 0;
}

my $cases = compare('', 'true', 'everything');
is('there were many', $cases > 40 ? 'many' : $cases, 'many');
my $day = sql("select (percentile_disc(0.5) within group (order by closed) at time zone 'Asia/Shanghai')::date from cases");
my $early = compare("to=$day", "c.closed < '$day 00:00+08'", 'before a day');
my $late = compare("from=$day", "c.closed >= '$day 00:00+08'", 'from that day on');
is('every case is in one of two periods', $early && $late ? $early + $late : 'none', $cases);
my @open = grep { $_->{open} } stats('holders', '');
is('an open case lies with somebody', join(' ', map { $_->{open} } grep { !defined $_->{holder} } @open) eq join(' ', map { (split /\t/)[1] } sql('select workflow, count(*) from cases where phase = 1 group by 1 order by 1')) ? 'yes' : 'no', 'yes');
is('none is open in a period that has an end', scalar(grep { $_->{open} } stats('holders', "to=$day")), 0);
my ($extended) = grep { $_->{workflow} eq 'simplified-deregistration' } stats('cases', '');
is('an extension of a scenario', $extended->{extensions}, sql("select count(*) from facts f join cases c on c.id = f.case_id where f.kind = 5 and c.closed is not null and c.workflow = 'simplified-deregistration'"));
is('outcomes of its cases', $text->encode($extended->{outcomes}), '{' . join(',', map { my ($o, $n) = split /\t/; "\"$o\":$n" } sql("select outcome, count(*) from cases where workflow = 'simplified-deregistration' and closed is not null group by 1 order by 1")) . '}');

# --- cases whose figures are known

# So many minutes later.
sub later {
    my ($minutes) = @_;
    my $to = sql("select to_char((moment + interval '$minutes minutes') at time zone 'Asia/Shanghai', 'YYYY-MM-DD\"T\"HH24:MI:SS') || '+08:00' from present");
    my $r = $hall->plain('POST', '/v1/test-clock', {to => $to});
    $r->{status} == 200 or die "test-clock: $r->{status}\n";
}

# To nine o'clock of the Monday after a week: every office is open.
later(sql("select ceil(extract(epoch from date_trunc('week', moment at time zone 'Asia/Shanghai') + interval '14 days 9 hours' - moment at time zone 'Asia/Shanghai') / 60) from present"));

sub opened {
    my ($urgent) = @_;
    return must('window', 'POST', '/v1/cases', {workflow => 'counted', district => '371502', form => {urgent => $urgent ? JSON::PP::true : JSON::PP::false},
        applicant => {kind => 'enterprise', name => '聊城示例甲科技有限公司'}})->{number};
}

# Somebody acts in a step, with its tag: the answer.
sub act {
    my ($who, $number, $step, $action, %more) = @_;
    my ($s) = grep { $_->{step} eq $step } @{$hall->case($number)->{steps}};
    return ask($who, 'POST', "/v1/cases/$number/actions", {step => $step, action => $action, %more}, 'If-Match' => $s->{etag} // '"s0"');
}
sub did { my $r = act(@_); $r->{status} == 200 or die "$_[3]: $r->{status} $r->{json}{detail}\n" }
sub command { my ($who, $number, %body) = @_; my $r = $hall->act($who, $number, \%body); $r->{status} == 200 or die "$body{command}: $r->{status} $r->{json}{detail}\n"; return $r }

# Side by side: fire 30 minutes, review 60; then confirm 20, and 3 days of publicity and one for objections.
sub to_the_end {
    my ($number) = @_;
    later(30);
    did('fire', $number, 'joint.fire.look', 'done');
    later(30);
    did('market', $number, 'joint.market.review', 'pass');
    later(20);
    did('confirm', $number, 'joint.market.confirm', 'yes');
    later(7 * 24 * 60);
}

my $green = opened(1);
my $plain = opened(0);
later(10);
did('window', $green, 'accept', 'accept');
did('window', $plain, 'accept', 'correct', document => '聊审批补〔2026〕1号', input => {missing => ['plan']});
later(20);
did('window', $plain, 'correction', 'submit');
is('what was visible is not asked for again', act('window', $plain, 'accept', 'correct', document => '聊审批补〔2026〕1号', input => {missing => ['photo']})->{json}{code}, 'notice_late');
command('supervisor', $plain, command => 'material', action => 'allow-notice', reason => '首次告知遗漏');
did('window', $plain, 'accept', 'correct', document => '聊审批补〔2026〕1号', input => {missing => ['photo']});
later(5);
did('window', $plain, 'correction', 'submit');
command('lead', $plain, command => 'extend', clock => 'promised', reason => '案情复杂', document => '延期告知书1号');
my $ends = sub { to_the_end($_[0]); $hall->case($_[0])->{outcome} };
is('the green one is granted', $ends->($green), 'granted');
# It lay a week with the window, which says why.
is('late is explained', act('window', $plain, 'accept', 'accept')->{json}{code}, 'explanation_missing');
did('window', $plain, 'accept', 'accept', explanation => '系统停机');
is('the other one, too', $ends->($plain), 'granted');

my %row = map { (($_->{lane} // '-') . ' ' . ($_->{holder} // 'whole') => $_) } stats('holders', 'workflow=counted&groupBy=lane');
my $told = sub { my $r = $row{$_[0]} // {}; $r->{count} ? join ' ', $r->{count}, map { ms($r->{$_}) / 60000 } qw(totalSeconds aloneSeconds sharedSeconds nobodySeconds) : 'none' };
is('the fire department looks while another does', $told->('green 市消防救援支队'), '1 55 0 55 0');
is('which goes on alone', $told->('green 市市场监管局'), '1 105 50 55 0');
is('the applicant had two notices', $told->('- applicant'), '1 25 25 0 0');
is('in the green lane he had nothing to do', $told->('green applicant'), 'none');
is('the hall had it first, and while it was public', $told->('green 市行政审批局') =~ /^1 ([\d.]+) \1 0 0$/ && $1 > 3 * 24 * 60 ? 'yes' : 'no', 'yes');
is('then it was for the public', $told->('green public') =~ /^1 (\d+) \1 0 0$/ && $1 >= 24 * 60 ? 'yes' : $told->('green public'), 'yes');
is('nothing lay with nobody', join(' ', map { $row{"$_ whole"}{nobodySeconds} * 1 } qw(green -)), '0 0');
compare('workflow=counted', "c.workflow = 'counted'", 'known');
my %role = map { (join(' ', $_->{holder} // 'whole', $_->{role} // '-') => $_) } stats('holders', 'workflow=counted&groupBy=role');
is('one department by its roles', join(' ', map { ms($role{"市市场监管局 $_"}{totalSeconds}) / 60000 } qw(reviewer registrar)), '145 40');
my $parts = ms($role{'whole -'}{sharedSeconds});
$parts += ms($_->{aloneSeconds}) for grep { defined $_->{holder} } values %role;
is('what roles had adds up, too', $parts, ms($role{'whole -'}{totalSeconds}));

# As the explanation of a clock that runs from the opening to the end has it, fact by fact.
for my $number ($green, $plain) {
    my %sum;
    for my $h (@{must('supervisor', 'GET', "/v1/cases/$number/clocks/promised/explain")->{holdings}}) {
        $sum{$_} += $h->{elapsedSeconds} for @{$h->{holders}};
    }
    my $lane = $number eq $green ? 'green' : '-';
    is("holdings of $lane", join(' ', map { "$_ $sum{$_}" } sort keys %sum), join ' ', map { /^\Q$lane\E (.*)/ && $1 ne 'whole' ? "$1 " . sprintf('%d', $row{$_}{totalSeconds}) : () } sort keys %row);
}

my %case = map { ($_->{lane} // '-' => $_) } stats('cases', 'workflow=counted&groupBy=lane');
my $counted = sub { join ' ', map { $case{$_[0]}{$_} } qw(count notices lateNotices extensions handOvers handBacks) };
is('notices, late ones and extensions', $counted->('-'), '1 2 1 1 0 0');
is('none in the green lane', $counted->('green'), '1 0 0 0 0 0');
my %step = map { (join(' ', $_->{lane} // '-', $_->{step} // '', $_->{clock} // '') => $_) } stats('steps', 'workflow=counted&groupBy=lane');
is('steps by lane', join(' ', map { $step{"$_ accept accept"}{count} } qw(green -)), '1 3');
is('one of them late, and explained', join(' ', map { "$_->{late} $_->{explained}" } map { $step{"$_ accept accept"} } qw(green -)), '0 0 1 1');
is('how long a ground held, and how often', join(' ', map { $text->encode($step{'-  promised'}{$_}) } qw(stoppedByMs stoppedRuns)), '{"correction":1500000} {"correction":1}');

# --- between districts

my $handed = opened(0);
command('window', $handed, command => 'hand-over', district => '371503', reason => '住所在该区');
later(7);
command('window', $handed, command => 'take-over');
command('window', $handed, command => 'hand-over', district => '371502', reason => '已迁回');
later(3);
command('window', $handed, command => 'hand-back', reason => '未迁回');
did('window', $handed, 'accept', 'accept');
is('what was handed over ends, too', $ends->($handed), 'granted');
my %of = map { ($_->{district} => $_) } stats('cases', 'workflow=counted&groupBy=district');
is('it counts where it is', join(' ', map { "$_->{count} $_->{handOvers} $_->{handBacks} " . ms($_->{transitSeconds}) } @of{'371502', '371503'}), '2 0 0 0 1 2 1 600000');
is('one district alone', join(' ', map { $_->{count} } stats('cases', 'workflow=counted&district=371503')), 1);
is('holders of one district', join(' ', map { $_->{count} } grep { !defined $_->{holder} } stats('holders', 'workflow=counted&district=371503')), 1);

# --- reopened

my ($was) = sql("select closed from cases where number = '$handed'");
command('lead', $handed, command => 'reopen', ground => 'again', reason => '撤销重办');
my ($hour) = sql("select floor(extract(epoch from p.moment) * 1000) - floor(extract(epoch from timestamptz '$was') * 1000) from present p");
is('what goes on is open again', join(' ', map { "$_->{count} $_->{open}" } stats('cases', 'workflow=counted&district=371503')), '0 1');
is('and lies with somebody', join(' ', map { $_->{holder} // 'whole' } stats('holders', 'workflow=counted&district=371503')), '市行政审批局 whole');
did('window', $handed, 'accept', 'accept');
is('it ends again', $ends->($handed), 'granted');
my ($whole) = grep { !defined $_->{holder} } stats('holders', 'workflow=counted&district=371503');
is('in between it lay with nobody', $hour > 0 ? ms($whole->{nobodySeconds}) : 'at once', $hour);
compare('workflow=counted', "c.workflow = 'counted'", 'reopened');

# --- cards

my ($card) = @{must('supervisor', 'GET', "/v1/cards?case=$plain")->{items}};
my $move = sub { must($_[0], 'POST', "/v1/cards/$card->{id}/moves", {state => $_[1], $_[2] ? (reason => $_[2]) : ()}) };
my $cards = sub { my ($c) = grep { ($_->{department} // '') eq '市行政审批局' } stats('cards', 'workflow=counted&groupBy=department'); join ' ', @$c{qw(kind colour issued delivered acknowledged appealed upheld withdrawn)} };
is('a card was issued', $cards->(), 'broken yellow 1 0 0 0 0 0');
$move->('supervisor', 'delivered');
$move->('lead', 'acknowledged');
is('delivered and acknowledged', $cards->(), 'broken yellow 1 1 1 0 0 0');
$move->('lead', 'appealed', '系统停机所致');
is('appealed', $cards->(), 'broken yellow 1 1 1 1 0 0');
$move->('supervisor', 'withdrawn', '查证属实');
is('withdrawn', $cards->(), 'broken yellow 1 1 1 1 0 1');
my $month = sql("select to_char(issued at time zone 'Asia/Shanghai', 'YYYY-MM') from cards where id = $card->{id}");
is('by the month of issue', join(' ', map { "$_->{month} $_->{issued}" } stats('cards', 'workflow=counted&groupBy=month')), "$month 1");

# --- as files

for my $of (qw(steps holders cases cards)) {
    my $csv = $hall->{door}->request(method => 'GET', target => "/v1/stats/$of?workflow=counted&groupBy=district", headers => {Authorization => "Bearer $hall->{token}{auditor}", Accept => 'text/csv'})->{body};
    $csv =~ s/^\xef\xbb\xbf// or is("$of.csv", 'no mark', 'a mark');
    my ($head, @line) = split /\r\n/, $csv;
    is("$of.csv has a line for each row", scalar @line, scalar stats($of, 'workflow=counted&groupBy=district'));
    my @column = split /,/, $head;
    is("$of.csv has the columns it names", join(' ', grep { my @cell = /("(?:[^"]|"")*"|[^,]*)(?:,|$)/g; pop @cell; @cell != @column } @line), '');
}
$hall->end;
