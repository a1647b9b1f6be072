#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# K13: a supervisor records an outage once for a hall and an interval, and every
# clock that ran stands for it; the daemon that takes it to the cases is killed
# half way, and another one does the rest; what was recorded wrongly is taken back
# likewise.  A case whose row cannot be read holds up none.  Time stands until it
# is moved.
# Started by test_outage.sh.
use strict;
use warnings;
use utf8;
use JSON::PP;
use POSIX ();
use Tally;
use World;

binmode STDOUT, ':encoding(UTF-8)';
$| = 1;

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

# --- tried first

sub tried { my ($t) = @_; return join ' ', @{$t}{qw(complete looked cases clocks dueLater dueEarlier onTimeAgain newlyLate refused)} }
my $t = $world->must('POST', '/v1/outages?validateOnly=true', who => 'east', body => {district => '371502', from => '2026-03-09T16:00:00+08:00',
        until => '2026-03-10T09:00:00+08:00', reason => '机房停电'})->{json};
is('it would come to all of the hall that were there', tried($t), '1 61 60 60 60 0 60 0 0');
is('whose limits would be kept again', join(' ', map { @{$_}{qw(clock wasDue due)} } $t->{turned}[0]), 'work 2026-03-10T17:00:00+08:00 2026-03-11T17:00:00+08:00');
is('of each', scalar(@{$t->{turned}}), 60);
is('while it lasts it is not tried', refused($world->ask('POST', '/v1/outages?validateOnly=true', who => 'east', body => {district => '371502',
        from => '2026-03-09T16:00:00+08:00', until => '2026-03-11T09:00:01+08:00', reason => '机房停电'})), '422 happened_outside #/until');
is('nothing came of that either', told() . ' ' . listed('auditor') . ' ' . $world->sql('select count(*) from outages'), '0 0 0');

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

# --- taken back: the one of the whole city, killed half way, and the one of the hall

sub annul {
    my ($who, $number, %o) = @_;
    return $world->ask('POST', "/v1/outages/$number/actions$o{query}", who => $who, body => {action => 'annul', defined $o{reason} ? (reason => $o{reason}) : ()});
}
sub outage { my ($number) = @_; return $world->must('GET', "/v1/outages/$number", who => 'auditor')->{json} }
sub undone { my ($number) = @_; return outage($number)->{state} eq 'annulled' }
sub taken  { return $world->sql(q{select count(*) from facts where body like '%"command":"annul-outage"%'}) }
my $city = $r->{json}{number};

is('a head takes none back', annul('head', 1, query => '', reason => '报错了')->{json}{code}, 'forbidden');
is('nor another hall', annul('west', 1, query => '', reason => '报错了')->{json}{code}, 'forbidden');
is('nor a hall that of the city', annul('east', $city, query => '', reason => '报错了')->{json}{code}, 'forbidden');
is('without a reason', refused(annul('east', 1, query => '')), '422 form_invalid #/reason');
is('one that is none', refused(annul('east', 99, query => '', reason => '报错了')), '404 not_found');
$t = annul('city', $city, query => '?validateOnly=true', reason => '报错了')->{json};
is('tried first', tried($t), '1 63 62 62 0 62 0 3 0');
is('and nothing came of it', taken() . ' ' . outage($city)->{state}, '0 done');
my @twice = map { annul($_, $city, query => '', reason => "$_ 报错了") } 'city', 'city';
is('said twice it is taken back once', join(' ', map { $_->{status}, $_->{json}{annulment}{by}, $_->{json}{state} } @twice), '200 city annulling 200 city annulling');
$world->pump(\&taken, 'it is taken back from the first case');
$hall->end($world->{daemon}, 'KILL');
$before = taken();
is('the daemon was killed when some were without it', $before > 0 && $before <= 62, 1);
delete $world->{daemon};
$world->start('third');
$world->pump(sub { undone($city) }, 'another daemon goes over the rest');
is('each case once', $world->sql(q{select count(*) || ' ' || count(distinct case_id) from facts where body like '%"command":"annul-outage"%'}), '62 62');
is('the outage says for how many', join(' ', outage($city)->{annulment}{cases}, outage($city)->{refused}, outage($city)->{annulment}{reason}), '62 0 city 报错了');
is('what the other one stands for stays', clock($east[1])->{due} . ' ' . clock($east[1])->{colour}, qr/^2026-03-11T17:00:00\+08:00 (green|blue)$/);
is('and who had only this one is late again', clock($west[0])->{due} . ' ' . clock($west[0])->{colour}, '2026-03-10T17:00:00+08:00 yellow');
$world->pump(sub { $world->sql('select count(*) from cards where kind = 1 and state = 0') == 3 }, 'with a card of his own');
is('a new one each', $world->sql('select count(*) from cards where kind = 1'), 66);
$explained = $world->must('GET', "/v1/cases/$east[1]/clocks/$clock/explain", who => 'clerk')->{json};
is('the explanation tells of both', join(' ', map { "$_->{number} " . ($_->{annulled} ? 'annulled' : 'holds') } @{$explained->{outages}}), "1 holds $city annulled");
is('and that nothing stands for the one', join(' ', map { $_->{elapsedSeconds} } grep { $_->{ground} } @{$explained->{holdings}}), '61200');
my ($undone) = grep { $_->{fact} eq 'outage-annulled' } map { @{$_->{facts}} } @{$world->must('GET', "/v1/cases/$west[0]/facts", who => 'auditor')->{json}{items}};
is('the fact says which and why', join(' ', @{$undone}{qw(number detail)}), "$city city 报错了");
my @told = map { @{$_->{effects}} } @{$world->must('GET', "/v1/cases/$west[0]/events", who => 'clerk')->{json}{items}};
is('and its events, too', join(' ', map { "$_->{effect} $_->{outage}" } grep { $_->{effect} =~ /^outage/ } @told), "outage $city outage-annulled $city");
is('the case that has ended keeps its verdict', $world->sql("select count(*) from facts f join cases c on c.id = f.case_id where c.number = '$east[0]' and f.body like '%outage-annulled%'"), 0);

# --- the right interval takes the place of the wrong one, and of a row that cannot be read all the others know nothing

my $broken = $world->sql("select id || ' ' || number from cases where number = '$east[7]'");
my ($id, $name) = split ' ', $broken;
my $state = $world->sql("select state from cases where id = $id");
$world->sql("update cases set state = '{' where id = $id");
is('tried, it is told by its number', join(' ', map { "$_->{refused} $_->{unreached}[0]{case}" }
        $world->must('POST', '/v1/outages?validateOnly=true', who => 'east', body => {district => '371502', from => '2026-03-09T16:30:00+08:00',
            until => '2026-03-10T09:00:00+08:00', reason => '机房停电'})->{json}), "1 $name");
$r = record('east', from => '2026-03-09T16:30:00+08:00');
my $right = $r->{json}{number};
$world->pump(sub { done($right) }, 'the others are told');
is('one could not be', join(' ', @{outage($right)}{qw(cases refused)}, outage($right)->{unreached}[0]{case}), "58 1 $name");
my $row = $world->sql("select ctid from outages where id = $right");
my $leader = q{from pg_locks where locktype = 'advisory' and classid = 1869509748 and granted};
my $lost = $world->sql("select pid $leader") // 'none';
is('its connection is lost', $world->sql("select pg_terminate_backend(pid) $leader") // 'none', 't');
$world->pump(sub { $world->sql("select count(*) from pg_stat_activity where state = 'idle' and query like '%o.undone END IS NULL%' and pid <> $lost and pid in (select pid $leader)") }, 'another looks for more');
is('but not over what was done', $world->sql("select ctid from outages where id = $right"), $row);
is('why is told', outage($right)->{trouble} . outage($right)->{unreached}[0]{why}, qr/^\Q$name\E: .+/);
my @at_once = map {
    my $who = $_;
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        my $reply = eval { annul($who, 1, query => '', reason => '从16时30分起') } // {};
        POSIX::_exit(($reply->{status} // 0) == 200 ? 0 : 1);
    }
    $pid;
} ('east', 'city') x 4;
is('eight say so at once', join(' ', map { waitpid($_, 0); $? } @at_once), join ' ', (0) x 8);
$world->pump(sub { undone(1) }, 'the wrong one is taken back');
is('nobody was late in between', $world->sql('select count(*) from cards where kind = 1'), 66);
is('from one less', join(' ', outage(1)->{annulment}{cases}, outage(1)->{refused}), '58 1');
$world->sql("update cases set state = \$x\$$state\$x\$ where id = $id");
is('the doctor says so', $world->doctor, qr/2 outages of the halls could not come to.*2 in all/);
my $again = $world->must('POST', "/v1/outages/$right/actions", who => 'east', body => {action => 'retry'})->{json};
is('it is tried again', $again->{state}, 'running');
$world->pump(sub { done($right) }, 'and comes to it');
is('now to all', join(' ', @{outage($right)}{qw(cases refused)}, outage($right)->{unreached} // 'none'), '59 0 none');
is('again changes nothing then', $world->must('POST', "/v1/outages/$right/actions", who => 'east', body => {action => 'retry'})->{json}{state}, 'done');
$hall->end($world->{daemon}, 'TERM');
delete $world->{daemon};
$world->start('fourth');
$world->pump(sub { outage(1)->{refused} == 0 && undone(1) }, 'a daemon that starts tries again by itself');
is('from all', outage(1)->{annulment}{cases}, 59);
is('it has the right one alone', clock($name)->{due} . ' ' . join(' ', map { $_->{elapsedSeconds} } grep { $_->{ground} }
        @{$world->must('GET', "/v1/cases/$name/clocks/$clock/explain", who => 'clerk')->{json}{holdings}}), '2026-03-11T17:00:00+08:00 59400');
$r = record('east');
is('the interval may be recorded again', join(' ', $r->{status}, $r->{json}{number} > $right ? 'another' : 'the same'), '201 another');
$world->pump(sub { done($r->{json}{number}) }, 'and comes to them');

# --- taken back before it has come to anybody: no case hears of it

$hall->end($world->{daemon}, 'TERM');
delete $world->{daemon};
my $leads = 'classid = 1869509748 and granted';
open my $other, '|-', 'psql -XAtq >/dev/null' or die "psql: $!\n";
$other->autoflush;
print $other "select pg_advisory_lock(1869509748, 0);\n";
$world->pump(sub { $world->sql("select count(*) from pg_locks where $leads") }, 'another daemon leads');
$world->start('fifth');
my $wrong = record('east', from => '2026-03-09T17:00:00+08:00')->{json}{number};
my $heard = told() + taken();
is('it waits', outage($wrong)->{state}, 'running');
is('it is taken back', annul('east', $wrong, query => '', reason => '报错了')->{json}{state}, 'annulling');
close $other;
$world->pump(sub { undone($wrong) }, 'which is over when somebody leads');
is('from no case', join(' ', outage($wrong)->{annulment}{cases}, outage($wrong)->{cases}), '0 0');
is('none has heard of it', told() + taken(), $heard);

# --- a row that is locked, or whatever else passes by itself

$world->sql(q{create function pit() returns trigger language plpgsql as $$ begin raise exception 'full' using errcode = '55P03'; end $$;
    create trigger pit before insert on outages for each row execute function pit()});
is('a database that cannot just now is busy, and has not failed', refused(record('east', from => '2026-03-09T18:00:00+08:00')), '503 store_busy');
$world->sql('drop trigger pit on outages; drop function pit()');

# --- what was handed in on paper while the hall could not work, and is recorded when the outage is

my $paper = $world->must('POST', '/v1/cases', who => 'head', head => {'Idempotency-Key' => 'paper'},
    body => {workflow => 'errand', district => '371502', applicant => {kind => 'enterprise'}, form => {name => '光岳'}, happened => '2026-03-03T10:00:00+08:00', reason => '停电'})->{json};
is('its limit is kept by the outage as those of all', clock($paper->{number})->{due} . ' ' . clock($paper->{number})->{colour}, clock($east[1])->{due} . ' ' . clock($east[1])->{colour});
my @records = map { [$_->{command}, $_->{at}, $_->{by}] } @{$world->must('GET', "/v1/cases/$paper->{number}/facts", who => 'auditor')->{json}{items}};
is('it was opened then', join(' ', @{$records[0]}[0, 1]), 'open 2026-03-03T10:00:00+08:00');
is('late as it seemed, when that came', join(' ', map { $_->[1] } grep { $_->[0] eq 'alarm' } @records), qr/2026-03-10T17:00:00\+08:00$/);
is('told of those that hold, and of none that was taken back', join(' ', map { "$_->[0] $_->[2]" } grep { $_->[0] =~ /outage/ } @records), 'outage east outage east');
is('one of another hall has none', scalar(grep { $_->{command} =~ /outage/ } @{$world->must('GET', '/v1/cases/' . $world->must('POST', '/v1/cases', who => 'city', head => {'Idempotency-Key' => 'paper-west'},
            body => {workflow => 'errand', district => '371503', applicant => {kind => 'enterprise'}, form => {name => '光岳'}, happened => '2026-03-03T10:00:00+08:00', reason => '停电'})->{json}{number} . '/facts', who => 'auditor')->{json}{items}}), 0);
my $more = record('east', from => '2026-03-09T15:00:00+08:00')->{json}{number};
$world->pump(sub { done($more) }, 'one that is recorded afterwards comes to it, too');
is('once', $world->sql("select count(*) from facts f join cases c on c.id = f.case_id where c.number = '$paper->{number}' and f.body like '%\"command\":\"outage\"%'"), 3);
is('its number is that of the recording', $paper->{number}, qr/-20260311-/);

# Who takes one to the cases and who opens such a case wait for one another, so that none is missed.
sub holding {
    my ($what) = @_;
    open my $holds, '|-', 'psql -XAtq >/dev/null' or die "psql: $!\n";
    $holds->autoflush;
    print $holds "begin; $what;\n";
    return $holds;
}
sub release { my ($holds, $pid) = @_; print $holds "commit;\n"; waitpid $pid, 0 if $pid; my $ended = $?; close $holds; return $ended }
sub locks { my ($which) = @_; return $world->sql("select count(*) from pg_locks where classid = 1869509750 and $which") }
sub opening {
    my ($key) = @_;
    my $pid = fork // die "fork: $!\n";
    return $pid if $pid;
    my $status = 503; # a lock is not waited for for ever
    $status = (eval {
            $world->ask('POST', '/v1/cases', who => 'head', head => {'Idempotency-Key' => $key},
                body => {workflow => 'errand', district => '371502', applicant => {kind => 'enterprise'}, form => {name => '光岳'}, happened => '2026-03-03T10:00:00+08:00', reason => '停电'});
        } // {})->{status} // 0 while $status >= 500;
    POSIX::_exit($status == 201 ? 0 : 1);
}
my $holds = holding('select pg_advisory_xact_lock(1869509750, 0)');
$world->pump(sub { locks('granted') }, 'an outage is about to be taken to the cases');
my $late = opening('paper-waits');
$world->pump(sub { locks('not granted') }, 'an opening of what was handed in waits');
is('it is through', release($holds, $late), 0);

# Behind who records one wait the readers of his worker, of which there is one here: so he does not.
$holds = holding('select pg_advisory_xact_lock_shared(1869509750, 0)');
$world->pump(sub { locks('granted') }, 'such a case is being opened');
$r = record('east', from => '2026-03-09T14:00:00+08:00');
is('an outage is recorded meanwhile', "$r->{status} $r->{json}{state}", '201 running');
is('and who reads is answered', $world->ask('GET', "/v1/cases/$paper->{number}", who => 'clerk')->{status}, 200);
my $no_outage = record('east', from => '2026-03-09T13:00:00+08:00')->{json}{number};
is('another is taken back', annul('east', $no_outage, query => '', reason => '报错了')->{json}{state}, 'annulling');
is('and who reads is answered then, too', $world->ask('GET', "/v1/cases/$paper->{number}", who => 'clerk')->{status}, 200);
$world->pump(sub { locks('not granted') }, 'who takes it to the cases waits');
is('to none has it come', outage($r->{json}{number})->{state} . ' ' . $world->sql("select count(*) from facts where body like '%\"command\":\"outage\"%' and body like '%T14:00%'"), 'running 0');
release($holds);
$world->pump(sub { done($r->{json}{number}) && undone($no_outage) }, 'it comes to them when that one is there');

# One that has looked, and is not committed, hears of it from who comes to the cases.
$holds = holding('lock table facts in share mode');
$world->pump(sub { $world->sql("select count(*) from pg_locks where relation = 'facts'::regclass and mode = 'ShareLock' and granted") }, 'nobody can write');
$late = opening('paper-unwritten');
$world->pump(sub { locks("mode = 'ShareLock' and granted") }, 'a case is being opened');
$r = record('east', from => '2026-03-09T12:00:00+08:00');
is('an outage is recorded', $r->{status}, 201);
is('the case is there', release($holds, $late), 0);
$world->pump(sub { done($r->{json}{number}) }, 'and the outage comes to all');
is('to that one, too, and each once', $world->sql(q{select count(*) || ' ' || count(distinct f.body::json->'facts'->0->>'number') from facts f join cases c on c.id = f.case_id
    where f.body like '%"command":"outage"%' and c.id = (select max(id) from cases)}), qr/^(\d+) \1$/);
is('it is among them', $world->sql("select count(*) from facts f where f.case_id = (select max(id) from cases) and f.body like '%\"command\":\"outage\"%' and f.body::json->'facts'->0->>'number' = '$r->{json}{number}'"), 1);

my $replayed = decode_json($world->command('audit', 'replay', '--json'));
is('the facts give the states', "$replayed->{cases} $replayed->{wrong}", '69 0');
$hall->end($world->{daemon}, 'TERM');
tally;
