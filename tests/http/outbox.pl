#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Messages to a department's system that fails in every way there is.  Time
# stands until it is moved, so nothing depends on how quick anybody is.
# Started by test_outbox.sh.
use strict;
use warnings;
use Tally;
use World;

$| = 1;

my $world = World->new(
    algorithms => ['hmac-sha256', 'hmac-sm3'], delivery => {inFlight => 4},
    settings => {ONESTOP_SERVER_WORKERS => 1, ONESTOP_OUTBOX_ATTEMPTS => 8, ONESTOP_OUTBOX_TIME => '2s'});
my $tax  = $world->{department};
$world->{token}{auditor} = $world->{hall}->clerk('auditor', 'auditor');
my $hall = $world->{hall};

sub heard { scalar @{$tax->{heard}} }
sub forget { @{$tax->{$_}} = () for qw(heard applied) }

# What was applied of a case, in order: "1 2 3".
sub applied {
    my ($case) = @_;
    return join ' ', map { $_->{json}{data}{sent} // '-' } grep { $_->{json}{subject} eq $case } @{$tax->{applied}};
}

# Until every message that may go out now has: the rest waits for time to pass.
sub rest {
    $world->pump(sub {
        !$world->sql("select count(*) from outbox o, destinations d, present p where o.state = 0 and d.system = 'tax' and d.disabled is null
            and o.next_try <= p.moment and (d.breaker = 0 or d.open_till <= p.moment)");
    }, 'no message is due');
}

# Moves time on until nothing waits, whatever fails on the way.
sub outlive {
    for (1 .. 400) {
        rest();
        return if !$world->sql('select count(*) from outbox where state = 0');
        $world->pass('3 hours');
    }
    die "it never ends\n";
}

my $secret = $world->secret;
$world->start;

# --- a message

my $case = $world->case;
$world->act($case, 'advance');
$world->settled;
my $m = $tax->{heard}[0];
is('it is told once',                         heard(),                       1);
is('both signatures fit',                     $m->{fits},                    'v1 v1sm3');
is('at the address, by POST',                 $m->{top},                     'POST /in HTTP/1.1');
is('as a CloudEvent',                         $m->{head}{'content-type'},    'application/cloudevents+json; charset=utf-8');
is('of version 1.0',                          $m->{json}{specversion},       '1.0');
is('whose id is that of the message',         $m->{json}{id},                $m->{id});
is('which speaks of its case',                "$m->{json}{subject} $m->{id}", "$case $case-m1");
is('and says when',                           $m->{json}{time},              '2026-03-03T10:00:00+08:00');
is('by whom',                                 $m->{json}{source},            '/onestop');
is('and what',                                "$m->{json}{type} $m->{json}{data}{sent}", 'cn.gov.onestop.case.message.v1 1');
is('nobody waits for an answer to it',        $m->{json}{data}{system} . ' ' . $m->{json}{data}{workflow}, 'tax errand');
is('its time is the engine\'s',               $m->{head}{'webhook-timestamp'}, 1772503200);
is('it is noted as delivered', join(' ', $world->row('select state, tries, status, trouble is null from outbox')), '1 1 204 t');
$world->act($case, 'ask');
$world->settled;
is('a step that waits for the system says so', $tax->{heard}[1]{json}{type}, 'cn.gov.onestop.case.task.v1');
is('and names its stay', $tax->{heard}[1]{json}{data}{step} . ' ' . ($tax->{heard}[1]{json}{data}{visit} > 0), 'answer 1');

# --- what goes is marked first: a mark that is not committed lets nothing go

forget();
$case = $world->case;
$hall->sql(q{create sequence pit; create function pit() returns trigger language plpgsql as
    $$ begin if new.state = 0 and new.tried is not null then perform nextval('pit'); raise exception 'no'; end if; return null; end $$;
    create constraint trigger pit after update on outbox deferrable initially deferred for each row execute function pit()});
$world->act($case, 'advance');
$world->pump(sub { $world->sql('select last_value from pit') > 3 }, 'it is tried again and again');
is('nothing has gone out', heard(), 0);
is('and it is noted so', join(' ', $world->row("select state, tries, tried is null from outbox where state = 0")), '0 0 t');
$hall->sql('drop trigger pit on outbox; drop function pit(); drop sequence pit');
$world->settled;
is('then it goes, once', heard() . ' ' . applied($case), '1 1');

# --- secrets change

forget();
my $other = World::secret($world, '--hours', 24);
$case = $world->case;
$world->pump(sub { $world->act($case, 'advance'); $world->settled; ($tax->{heard}[-1]{head}{'webhook-signature'} =~ tr/,//) == 4 }, 'both secrets sign');
is('while a secret changes both sign', $tax->{heard}[-1]{fits}, 'v1 v1sm3');
$tax->{secrets} = [$secret];
is('so the old one still fits', $tax->fits($tax->{heard}[-1]{head}, $tax->{heard}[-1]{body}), 'v1 v1sm3');
$world->pass('25 hours');
$tax->{secrets} = [$other];
$world->pump(sub { $world->act($case, 'advance'); $world->settled; ($tax->{heard}[-1]{head}{'webhook-signature'} =~ tr/,//) == 2 }, 'one secret signs');
is('then the new one alone', $tax->{heard}[-1]{fits}, 'v1 v1sm3');

# --- failures, one after the other; each message arrives once and in order

my %way = (
    'a refusal'               => sub { [400, {}, 'no'] },
    'a failure of its own'    => sub { [500, {}, 'oh'] },
    'a redirect'              => sub { [302, {Location => 'http://127.0.0.1:1/'}] },
    'a reset connection'      => sub { 'reset' },
    'an answer cut half way'  => sub { 'cut' },
    'too many requests'       => sub { [429, {'Retry-After' => 60}] });
for my $way (sort keys %way) {
    forget();
    my $times = 0;
    $tax->{answer} = sub { $times++ < 3 ? $way{$way}->() : [204] };
    $case = $world->case;
    $world->act($case, 'advance') for 1 .. 4;
    outlive();
    is("after $way the rest arrives in order", applied($case), '1 2 3 4');
}

# --- slow: a message that is not answered in time is sent again, and the late answer harms nothing

forget();
my $held = 0;
$tax->{answer} = sub { $held++ ? [204] : 'hold' };
$case = $world->case;
$world->act($case, 'advance') for 1 .. 3;
$world->pump(sub { $world->sql('select count(*) from outbox where state = 0 and tries = 1') }, 'the attempt is given up');
is('meanwhile nothing overtakes it', heard(), 1);
$tax->release([204]);
outlive();
is('a slow system gets all of them in order', applied($case), '1 2 3');

# --- wrong signature: it refuses, and takes them when it has the secret again

forget();
$tax->{answer}  = sub { [204] };
$tax->{secrets} = ['whsec_' . 'A' x 43 . '='];
$case = $world->case;
$world->act($case, 'advance') for 1 .. 2;
$world->pump(sub { heard() >= 1 && $world->sql("select count(*) from outbox where state = 0 and status = 401") }, 'it is refused');
is('what does not fit is not applied', applied($case), '');
$tax->{secrets} = [$other];
outlive();
is('and arrives when it fits', applied($case), '1 2');

# --- away for an hour: the breaker opens, few attempts are made, and all arrives afterwards

forget();
my @cases = map { $world->case } 1 .. 12;
$tax->close;
for my $n (1 .. 3) { $world->act($_, 'advance') for @cases }
$world->pump(sub { ($world->row("select breaker from destinations where system = 'tax'"))[0] == 1 }, 'the breaker opens');
for (1 .. 30) {
    $world->pass('2 minutes');
    rest();
}
my ($tries) = $world->row('select sum(tries) from outbox where state = 0');
is('in an hour it is tried now and then', $tries < 60 ? 'few' : "$tries times", 'few');
is('no message is dead of it', $world->sql('select count(*) from outbox where state = 2'), 0);
is('doctor names it', $world->doctor, qr/tax.*unwell/);
$tax->open;
outlive();
is('afterwards all arrive, of each case in order', join('; ', map { applied($_) } @cases), join('; ', ('1 2 3') x @cases));
is('and the breaker is closed', ($world->row("select breaker from destinations where system = 'tax'"))[0], 0);

# --- a step that is left before its system was told

forget();
$tax->close;
$case = $world->case;
$world->act($case, 'ask');
$world->pump(sub { $world->sql('select count(*) from outbox where state = 0 and tries > 0') }, 'it is tried');
$world->pass('61 days');
is('what was not told is dropped with its step', join(' ', $world->row('select state from outbox order by case_id desc, number desc limit 1')), 3);
$world->act($case, 'advance');
$tax->open;
outlive();
is('and holds nobody up', applied($case), '1');

# --- a branch that a join cancels: the step that sent has been left long before

forget();
$tax->close;
$case = $world->case('either');
$world->act($case, 'tell');
$world->pump(sub { $world->sql('select count(*) from outbox where state = 0 and tries > 0') }, 'the first is tried');
$world->act($case, 'pass');
my $facts = sub { map { @{$_->{facts}} } @{$world->must('GET', "/v1/cases/$case/facts", who => 'auditor')->{json}{items}} };
$world->pump(sub { grep { $_->{fact} eq 'dropped' } $facts->() }, 'the case hears of it');
is('what never went is a fact', join(' ', map { $_->{number} } grep { $_->{fact} eq 'dropped' } $facts->()), 2);
$world->act($case, 'tell');
$tax->open;
outlive();
is('only what came after it goes', applied($case), '3');
is('and the rest is dropped', join(' ', $world->sql('select state from outbox where case_id = (select max(case_id) from outbox) order by number')), '3 3 1');

# --- what has arrived is taken back by a message of its own, which is of no step

forget();
$case = $world->case('regret');
$world->act($case, 'tell');
$world->settled;
$world->act($case, 'stop');
$world->settled;
my $told = $tax->{heard}[-1]{json}{data};
is('the message that takes back arrives', join(' ', map { keys %{$_->{json}{data}{sent}} } @{$tax->{heard}}), 'enter strike');
is('says which it takes back, and names no step', join(' ', @{$told}{qw(message undoes)}, grep { exists $told->{$_} } qw(step visit)), '2 1');
my $waits = sub { join ' ', map { "$_->{message} $_->{system}" } @{$world->must('GET', "/v1/cases/$case", who => 'clerk')->{json}{steps}[0]{awaits}} };
is('the step says what it waits for', $waits->(), '2 tax');
is('the system answers', $world->tell(data => {case => $case, name => 'undone', input => {message => 2}})->{status}, 200);
$world->act($case, 'finish');

# --- one that its system refuses for good is given up by a person, and the case goes on

forget();
$case = $world->case('regret');
$world->act($case, 'tell');
$world->settled;
$tax->{answer} = sub { [422, {}, 'no such entry'] };
$world->act($case, 'stop');
for (1 .. 40) {
    rest();
    last if $world->sql('select count(*) from outbox where state = 2');
    $world->pass('3 hours');
}
is('it waits for one that is dead', $waits->(), '2 tax');
is('which is dropped', $world->ask('POST', "/v1/outbox/$case-m2/actions", who => 'boss', body => {action => 'drop', reason => 'never entered'})->{json}{state}, 'dropped');
$world->pump(sub { $waits->() eq '' }, 'the case hears of it');
is('the case keeps why', join(' ', map { "$_->{epoch} $_->{detail}" } grep { $_->{fact} eq 'answered' } $facts->()), '2 never entered');
$world->act($case, 'finish');
$tax->{answer} = sub { [204] };

# --- what a reminder sends is of no step either

forget();
$case = $world->case('regret');
$world->must('POST', "/v1/cases/$case/actions", who => 'clerk',
    head => {'Idempotency-Key' => 'tolerate', 'If-Match' => $world->must('GET', "/v1/cases/$case", who => 'clerk')->{head}{etag}},
    body => {command => 'material', action => 'tolerate', material => 'seal'});
$world->pass('26 days');
$world->pump(sub { heard() }, 'the reminder goes out');
$world->settled;
is('a reminder arrives', join(' ', map { $_->{json}{data}{sent} } @{$tax->{heard}}), 'soon');

# --- 410

forget();
$tax->{answer} = sub { [410] };
$case = $world->case;
$world->act($case, 'advance');
$world->pump(sub { $world->sql("select count(*) from destinations where disabled is not null") }, 'it is disabled');
$tax->{answer} = sub { [204] };
$world->pass('1 day');
$world->act($case, 'advance');
is('doctor says that it is disabled', $world->doctor, qr/tax.*disabled/);
is('a destination that is gone is told nothing', heard(), 1);
$world->system('enable', 'tax', '--reason', 'they are back');
$world->settled;
is('until somebody enables it', applied($case), '1 2');
is('which is recorded', join(' ', $world->row("select actor, what, reason from interventions order by id desc limit 1")), 'operator enable they are back');

# --- dead messages

forget();
my %bad = map { $_ => 1 } 1, 2;    # what the department will not have
$tax->{answer} = sub { $bad{$_[0]{json}{data}{sent}} ? [422, {}, 'not this one'] : [204] };
my @pair = map { $world->case } 1 .. 2;
for my $n (1 .. 3) { $world->act($_, 'advance') for @pair }
for (1 .. 40) {
    rest();
    last if $world->sql('select count(*) from outbox where state = 2') == 2;
    $world->pass('3 hours');
}
my $list = sub { $world->must('GET', '/v1/outbox?system=tax', who => 'boss')->{json}{items} };
my $dead = $list->();
is('what is refused as often as that is dead', join(' ', map { "$_->{id} $_->{state} $_->{tries} $_->{status} $_->{held}" } @$dead),
    join ' ', map { "$_-m1 dead 8 422 2" } @pair);
is('and says why', $dead->[0]{trouble}, 'answered 422: not this one');
is('nothing overtakes it', join(' ', map { applied($_) } @pair), ' ');
my ($page) = $world->must('GET', '/v1/outbox?limit=1', who => 'boss')->{json};
is('the list has pages', "$page->{items}[0]{case} " . $world->must('GET', "/v1/outbox?limit=1&cursor=$page->{nextCursor}", who => 'boss')->{json}{items}[0]{case}, "@pair");
my $mend = sub { my ($id, %body) = @_; $world->ask('POST', "/v1/outbox/$id/actions", who => 'boss', body => \%body) };
is('a reason is asked for', $mend->("$pair[0]-m1", action => 'drop', reason => '')->{json}{code}, 'reason_missing');
is('it is corrected', $mend->("$pair[0]-m1", action => 'edit', reason => 'a slip', data => {sent => 'right'})->{json}{data}{sent}, 'right');
is('and is dead still', scalar @{$list->()}, 2);
is('then sent again', $mend->("$pair[0]-m1", action => 'replay', reason => 'mended')->{json}{state}, 'waiting');
$bad{2} = 0;
$world->pump(sub { @{$tax->{applied}} == 3 }, 'the first case is through');
is('under its id, with what is right, the rest behind it', join(' ', map { $_->{id} . ' ' . (ref $_->{json}{data}{sent} ? $_->{json}{data}{sent}{sent} : $_->{json}{data}{sent}) } @{$tax->{applied}}),
    "$pair[0]-m1 right $pair[0]-m2 2 $pair[0]-m3 3");
is('what is not dead cannot be replayed', join(' ', @{$mend->("$pair[0]-m1", action => 'replay', reason => 'again')}{qw(status)}), 409);
is('the other is dropped', $mend->("$pair[1]-m1", action => 'drop', reason => 'settled by telephone')->{json}{state}, 'dropped');
$world->settled;
is('and those behind it go', applied($pair[1]), '2 3');
is('who did what and why is recorded', join('; ', map { tr/\t/ /r } $world->sql('select actor, what, reason, before, after from interventions where case_id is not null order by id')),
    'boss drop never entered  ; boss edit a slip 1 {"sent":"right"}; boss replay mended  ; boss drop settled by telephone  ');
my $switch = sub { $world->ask('POST', '/v1/destinations/tax/actions', who => 'boss', body => {action => $_[0], reason => 'a test'})->{json} };
is('a destination is disabled over HTTP', $switch->('disable')->{state}, 'disabled');
is('and enabled', $switch->('enable')->{state}, 'closed');
is('its dead can all be replayed', $switch->('replay')->{replayed}, 0);
my ($one) = grep { $_->{system} eq 'tax' } @{$world->must('GET', '/v1/destinations', who => 'boss')->{json}{items}};
is('it is listed with its URL', "$one->{url} $one->{waiting} $one->{dead}", $tax->url . ' 0 0');

# --- two daemons; the one that delivers is killed with messages under way

forget();
my @daemon = ($world->{daemon}, $world->start('second'));
@cases = map { $world->case } 1 .. 6;
for my $kill (1 .. 6) {
    # A message of each case is under way, and more are behind it.
    $tax->{answer} = sub { 'hold' };
    $world->{daemon} = $daemon[$kill % 2];
    for my $n (1 .. 3) { $world->act($_, 'advance') for @cases }
    $world->pump(sub { @{$tax->{held}} }, 'a message is under way');
    my ($holder) = grep { $world->ask('GET', '/metrics', to => $_)->{text} =~ /^onestop_outbox_flying [1-9]/m } @daemon;
    $hall->end($holder, 'KILL');
    # Half of the time the department had done its part, and only the answer was lost.
    $tax->release($kill % 2 ? [204] : 'reset');
    $tax->{answer} = sub { [204] };
    $world->{daemon} = (grep { $_ != $holder } @daemon)[0];
    outlive();
    $hall->restart($holder);
    $hall->ready($holder);
}
is('whoever is killed, all arrive in order and none twice under another id',
    join('; ', map { applied($_) } @cases), join('; ', (join ' ', 1 .. 18) x @cases));
is('and nothing is left or dead', $world->sql('select count(*) from outbox where state in (0, 2)'), 0);
$hall->end($daemon[1], 'TERM');
$world->{daemon} = $daemon[0];

# --- an address that is not listed, whatever its name

forget();
$hall->end($world->{daemon}, 'TERM');
$world->address(url => "http://localhost:$tax->{port}/in", networks => []);
$hall->restart($world->{daemon});
$hall->ready($world->{daemon});
$world->act($case, 'advance');
$world->pump(sub { $world->sql('select count(*) from outbox where state = 0 and tries > 0') }, 'it is tried');
is('a private address is refused when it is connected to', $world->sql('select trouble from outbox where state = 0'), qr/neither public nor in the networks/);
is('and nothing is told there', heard(), 0);

tally;
