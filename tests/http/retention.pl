#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# T15: retention is counted from the closing, and what outlives a case outlives
# it: it is exported with what proves it, then removed; a command sent again gets
# 410 with the hash its chain ended with, and everything else goes on as before.
# Time stands until it is moved, and a case of shorter retention that goes shows
# that one that stays was looked at.  Started by test_retention.sh.
use strict;
use warnings;
use JSON::PP;
use Tally;
use World;

$| = 1;
my $json = JSON::PP->new->canonical->utf8;

my $enterprise = '91371500MA3C00003Q';
my $world = World->new;
my $hall = $world->{hall};
my $archive = "$hall->{app}/var/archive";
mkdir $archive or die "$archive: $!\n";
{
    local $ENV{ONESTOP_SERVER_VAR} = "$hall->{app}/var";
    $world->command('key', 'make');
}
my ($uid, $gid) = (stat "$hall->{app}/var")[4, 5];
chown $uid, $gid, $archive, "$hall->{app}/var/keys", glob "$hall->{app}/var/keys/*";
$world->secret;
$world->{settings} = {ONESTOP_SERVER_WORKERS => 1, ONESTOP_RETENTION_INTERVAL => '100ms', ONESTOP_LIMITS_IDEMPOTENCY => '3650d'};
$world->{token}{$_->[0]} = $hall->clerk(@$_) for ['auditor', 'auditor'], ['head', 'supervisor'];

sub ask { my ($who, $method, $path, $body, $key, $etag) = @_;
    return $world->ask($method, $path, who => $who, defined $body ? (body => $body) : (), head => {$key ? ('Idempotency-Key' => $key) : (), $etag ? ('If-Match' => $etag) : ()}) }

my $n = 0;
sub opening { my ($workflow, $name) = @_;
    return {workflow => $workflow, district => '371502', applicant => {kind => 'enterprise', code => $enterprise, name => '聊城示例甲科技有限公司'}, form => {name => $name}} }

# {number, code, key, id, of the opening; last: key, etag and body of the last act}
sub opened {
    my ($workflow) = @_;
    my %case = (workflow => $workflow, key => 'o' . ++$n, name => "name $n");
    my $r = ask('clerk', 'POST', '/v1/cases', opening($workflow, $case{name}), $case{key});
    die "$r->{status} $r->{text}\n" if $r->{status} != 201;
    return {%case, number => $r->{json}{number}, code => $r->{json}{queryCode}, step => $r->{json}{steps}[0]{etag},
            id => scalar $world->sql("select id from cases where number = '$r->{json}{number}'")};
}

sub act {
    my ($case, $action) = @_;
    my %last = (key => 'a' . ++$n, etag => $case->{step}, body => {action => $action});
    my $r = ask('clerk', 'POST', "/v1/cases/$case->{number}/actions", $last{body}, $last{key}, $last{etag});
    die "$action: $r->{status} $r->{text}\n" if $r->{status} != 200;
    $case->{last} = \%last;
    $case->{step} = $r->{json}{steps}[0] && $r->{json}{steps}[0]{etag};
}

# Asked of the tax system, answered, late on the way, and closed.
sub done {
    my ($case) = @_;
    act($case, 'ask');
    $world->settled;
    my ($visit) = map { $_->{visit} } @{$world->must('GET', "/v1/cases/$case->{number}", who => 'clerk')->{json}{steps}};
    $world->pass('3 days');
    is('the system answers', $world->tell(data => {case => $case->{number}, visit => $visit, name => 'done', $case->{workflow} eq 'errand' ? (input => {receipt => 'T-1'}) : ()})->{status}, 200);
    $case->{step} = $world->must('GET', "/v1/cases/$case->{number}", who => 'clerk')->{json}{steps}[0]{etag};
    act($case, 'finish');
    $world->pump(sub { !$world->sql('select count(*) from certificates where document is null') }, 'the certificate is signed');
    $case->{head} = $world->sql("select encode(head, 'hex') from cases where id = $case->{id}");
    $case->{facts} = $world->sql("select recorded from cases where id = $case->{id}");
    return $case;
}

sub gone { my ($case) = @_; return $world->sql("select count(*) from purged where id = $case->{id}") && !$world->sql("select count(*) from cases where id = $case->{id}") }

# What is due now has gone; a brief case among it.
sub look_again {
    my $brief = done(opened('brief'));
    $world->pass('3 days');
    $world->pump(sub { gone($brief) }, 'what is due is removed');
}

# --- without a folder nothing goes

$world->{daemon} = $world->start('first');
my $first = opened('kept');
is('a file comes', $world->ask('POST', "/v1/cases/$first->{number}/files?name=articles.pdf", who => 'clerk', body => "%PDF-1.4\nsample\n",
    head => {'Idempotency-Key' => 'file', 'Content-Type' => 'application/pdf'})->{status}, 201);
$world->sql("update files set attached = 1 where case_id = $first->{id}");
is('somebody acts for the applicant', ask('clerk', 'POST', "/v1/cases/$first->{number}/actions",
    {command => 'mandate', document => '委托书', mandate => {agent => {name => '张样本', kind => 'person', credential => '样本证件0001'}}}, 'mandate')->{status}, 200);
done($first);
my $forever = done(opened('errand'));
my $brief = done(opened('brief'));
$world->pass('10 days');
is('who names no folder is told that nothing is removed', $world->doctor, qr/1 closed cases are past their retention and stay/);
$hall->end($world->{daemon}, 'TERM');

# --- with one, what is due goes and nothing else

$world->{settings}{ONESTOP_RETENTION_FOLDER} = $archive;
my @daemon = map { $world->start($_) } qw(second third);
$world->{daemon} = $daemon[0];
$world->pump(sub { gone($brief) }, 'the brief one is removed');
is('one that is kept longer stays', $world->sql("select phase from cases where id = $first->{id}"), 2);
my $open = opened('kept');
my $later = done(opened('kept'));
$world->must('POST', '/v1/test-clock', body => {to => $world->sql("select to_char((closed::date + 30)::timestamp, 'YYYY-MM-DD') || 'T23:59:00+08:00' from (select (closed at time zone 'Asia/Shanghai')::date as closed from cases where id = $first->{id}) x")});
my $stats = $world->must('GET', '/v1/stats/steps?workflow=kept', who => 'auditor')->{json}{items};
# What was closed or issued by now; of steps, open ones are told, too.
sub counted { return map { $_->{json}{items} } $world->must('GET', "/v1/stats/$_[0]?workflow=kept&district=371502&to=2026-06-01&groupBy=month" . ($_[0] eq 'cards' ? '' : ',lane'), who => 'auditor') }
$world->sql("update cases set lane = 'green' where id = $first->{id}");
my %counted = map { ($_ => counted($_)) } qw(holders cases cards);
$world->command('audit', 'export', '--facts', "$hall->{dir}/before.facts", '--anchor', "$hall->{dir}/before.anchor");
my $party = $world->must('GET', "/v1/parties/$enterprise", who => 'head')->{json}{items};
my ($held) = grep { $_->{number} eq $first->{number} } @$party;
is('on the last day it is there', $world->sql("select count(*) from cases where id = $first->{id}"), 1);
$world->pass('2 minutes');
$world->pump(sub { gone($first) }, 'the day after it goes');
is('one that was closed later stays', $world->sql("select count(*) from cases where id = $later->{id}"), 1);
is('an open one stays', $world->sql("select count(*) from cases where id = $open->{id}"), 1);
is('one of a workflow that says nothing stays', $world->sql("select count(*) from cases where id = $forever->{id}"), 1);

# --- what is told of it

sub told { my ($r) = @_; my $j = $r->{json}; return join ' ', $r->{status}, $j->{code} // '', $j->{head} // '', $j->{facts} // '' }
my $end = "410 gone $first->{head} $first->{facts}";
my $case = "/v1/cases/$first->{number}";
is("GET $_", told(ask('head', 'GET', "$case$_")), $end) for '', qw(/actions /facts /ballots /certificates /diagram.svg /clocks/statutory/explain);
is('a command sent again', told(ask('clerk', 'POST', "$case/actions", @{$first->{last}}{qw(body key etag)})), $end);
is('another command', told(ask('clerk', 'POST', "$case/actions", {action => 'ask'}, 'new', '"s1"')), $end);
is('its opening sent again', told(ask('clerk', 'POST', '/v1/cases', opening('kept', $first->{name}), $first->{key})), $end);
is('nothing was opened by that', $world->sql("select count(*) from cases where form like '%\"$first->{name}\"%'"), 0);
my $many = ask('clerk', 'POST', '/v1/actions', {items => [map { {case => $_->{number}, key => 'many', etag => '"s1"', command => {action => 'ask'}} } $first, $open]});
is('one of many', join(', ', map { $_->{status} . ' ' . ($_->{problem}{head} // '') } @{$many->{json}{items}}), "410 $first->{head}, 200 ");
is('the progress page', told($world->ask('GET', "/v1/progress/$first->{number}", head => {'Query-Code' => $first->{code}})), $end);
is('not without the code', $world->ask('GET', "/v1/progress/$first->{number}", head => {'Query-Code' => '0000000000'})->{status}, 404);
is('an action of the applicant', told($world->ask('POST', "/v1/progress/$first->{number}/actions", body => {command => 'withdraw'}, head => {'Query-Code' => $first->{code}, 'Idempotency-Key' => 'w', 'If-Match' => '"c1"'})), $end);
$world->{token}{elsewhere} = $hall->clerk('elsewhere', 'window');
$world->sql("update accounts set district = '371503' where name = 'elsewhere'");
is('not to another district', ask('elsewhere', 'GET', $case)->{status}, 403);
is('what another opens is his own', ask('elsewhere', 'POST', '/v1/cases', {%{opening('kept', 'x')}, district => '371503'}, $first->{key})->{status}, 201);
is('a message to it is refused', $world->tell(data => {case => $first->{number}, name => 'done'})->{status}, 404);
my @listed = map { $_->{number} } @{$world->must('GET', '/v1/cases?district=371502&limit=100', who => 'clerk')->{json}{items}};
is('it is in no list', scalar(grep { $_ eq $first->{number} } @listed), 0);

# --- what outlives it

my @then = @{$world->must('GET', '/v1/stats/steps?workflow=kept', who => 'auditor')->{json}{items}};
my %closed = map { (($_->{step} // '') . ' ' . ($_->{clock} // '') => $_) } @$stats;
is('statistics are as before', join(' ', grep { $json->encode($_) ne $json->encode($closed{($_->{step} // '') . ' ' . ($_->{clock} // '')}) && !$_->{open} } @then), '');
is("what is counted of $_ is as before", $json->encode(counted($_)), $json->encode($counted{$_})) for sort keys %counted;
is("there is something of $_", @{$counted{$_}} ? 'yes' : 'no', 'yes') for sort keys %counted;
is('in the lane it was in', join(' ', map { "$_->{count}" } grep { ($_->{lane} // '') eq 'green' } @{$counted{cases}}), 1);
my ($late) = $world->sql("select id from cards where case_id = $first->{id} limit 1");
is('a card of it is counted, and no more', ask('head', 'POST', "/v1/cards/$late/moves", {state => 'delivered'})->{status}, 404);
my ($now) = grep { $_->{number} eq $first->{number} } @{$world->must('GET', "/v1/parties/$enterprise", who => 'head')->{json}{items}};
is('the enterprise had it', ($now->{purged} // '') =~ /^2026/ ? $now->{phase} : 'nothing', 'closed');
is('and has its certificate', $json->encode($now->{certificates}), $json->encode($held->{certificates}));
my $paper = $now->{certificates}[0]{number};
is('which is verified by its number', $world->ask('GET', "/v1/certificates/$paper")->{json}{state}, 'in-force');
$world->pump(sub { !$world->sql("select count(*) from files where case_id = $first->{id}") }, 'its file is swept');
my %left;
for my $table ($world->sql("select c.table_name from information_schema.columns c join information_schema.tables t using (table_schema, table_name) where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.column_name = 'case_id'")) {
    my $rows = $world->sql("select count(*) from $table where case_id = $first->{id}");
    $left{$table} = $rows if $rows;
}
is('what is left in the tables', join(' ', sort keys %left), 'cards certificates inbox keys party_cases timings');
is('nothing of what was said', $world->sql("select count(*) from inbox where case_id = $first->{id} and body <> ''") + $world->sql("select count(*) from keys where scope = $first->{id} and body is not null"), 0);

# --- what proves it

sub verified { my (@words) = @_; return join ' ', $world->command('audit', 'verify', '--json', @words) =~ /"case":"[^"]*","why":"([^"]*)"/g, "($world->{status})" }
my @archives = glob "$archive/*.facts";
is('every archive fits its anchor', join(' ', map { my $f = $_; verified('--facts', $f, '--anchor', $f =~ s/facts$/anchor/r) } @archives), join ' ', ('(0)') x @archives);
my ($of) = grep { my $f = $_; open my $in, '<', $f or die; grep { /"case":"$first->{number}".*"fact":1,/ } <$in> } @archives;
is('the archive that is named has it', $world->sql("select '$archive/' || archive from purged where id = $first->{id}"), $of);
is('it fits the anchor made before it went', verified('--part', '--facts', $of, '--anchor', "$hall->{dir}/before.anchor"), '(0)');
my %rows;
{ open my $in, '<', $of or die; /"case":"$first->{number}".*"of":"([^"]*)"/ and $rows{$1}++ for <$in> }
is('and everything else that was its own', join(' ', sort keys %rows), 'cards cases certificates files inbox mandates outbox timings');
is('nobody knows who acted for the applicant', $world->sql('select count(*) from mandates'), 0);
$world->command('audit', 'export', '--facts', "$hall->{dir}/after.facts", '--anchor', "$hall->{dir}/after.anchor");
is('what is exported now tells that it went', verified('--facts', "$hall->{dir}/after.facts", '--anchor', "$hall->{dir}/before.anchor"), '(0)');
open my $told, '<', "$hall->{dir}/after.facts" or die;
is('in one line', scalar(grep { /"case":"$first->{number}"/ && /"archive":/ && /"head":"$first->{head}"/ } <$told>), 1);
$world->sql("update purged set head = sha256('forged') where id = $first->{id}");
$world->command('audit', 'export', '--facts', "$hall->{dir}/forged.facts");
is('what was told to be purged and was not so', verified('--facts', "$hall->{dir}/forged.facts", '--anchor', "$hall->{dir}/before.anchor"), qr/^it is told to be purged with another head/);
$world->sql("update purged set head = decode('$first->{head}', 'hex') where id = $first->{id}");

# --- somebody holds the row: nobody waits, it goes the next time; a daemon killed in between loses nothing

my $broken = done(opened('kept'));
$world->sql("update facts set body = replace(body, 'finish', 'finlsh') where case_id = $broken->{id}");
$brief = done(opened('brief'));
$world->pump(sub { !$world->sql('select count(*) from journal where number is null') }, 'the journal is numbered');
# A transaction that writes holds the journal's horizon; who has ended before is not held up.
open my $holder, '|-', 'psql', '-XqAt', '-d', $ENV{PGDATABASE}, '-o', '/dev/null' or die "psql: $!\n";
$holder->autoflush;
print $holder "begin;\nselect 1 from cases where id = $later->{id} for update;\n\\! echo > '$hall->{dir}/held'\n";
select undef, undef, undef, 0.01 until -e "$hall->{dir}/held";
$world->pass('60 days');
$world->pump(sub { gone($brief) }, 'what nobody holds goes');
$world->pump(sub { my @f = glob "$archive/*.facts"; grep { my $f = $_; open my $in, '<', $f or die; grep { /"case":"$later->{number}".*"fact":1,/ } <$in> } @f }, 'the held one is archived');
is('the held one stays', $world->sql("select count(*) from purged where id = $later->{id}"), 0);
$hall->end($_, 'KILL') for @daemon;
print $holder "rollback;\n\\q\n";
close $holder;
$world->{daemon} = $world->start('fourth');
$world->pump(sub { gone($later) }, 'the held one goes');
is('it is in its archive', (map { my $f = $_; verified('--facts', $f, '--anchor', $f =~ s/facts$/anchor/r) } "$archive/" . $world->sql("select archive from purged where id = $later->{id}"))[0], '(0)');

# --- a chain that is broken stays for people to look at

$world->pass('60 days');
look_again();
is('a case whose facts were tampered with stays', $world->sql("select count(*) from cases where id = $broken->{id}"), 1);
open my $log, '<', $world->{daemon}{log} or die;
is('and is spoken of', (grep { /is not what its chain says/ && /$broken->{number}/ } <$log>) > 0 ? 'yes' : 'no', 'yes');

# --- a case that goes before one it has opened for the same applicant: its code opens that one, until that goes too

my $forerun = opened('forerun');
act($forerun, 'finish');
my %after = (workflow => 'brief');
my $born = sub { $after{number} = $world->must('GET', "/v1/cases/$forerun->{number}", who => 'clerk')->{json}{children}[0]{case} };
$world->pump($born, 'the one behind it is there');
$after{id} = $world->sql("select id from cases where number = '$after{number}'");
$after{step} = $world->must('GET', "/v1/cases/$after{number}", who => 'clerk')->{json}{steps}[0]{etag};
my $follow = sub { my ($code) = @_; return $world->ask('GET', "/v1/progress/$after{number}", head => {'Query-Code' => $code}) };
$world->pass('3 days');
$world->pump(sub { gone($forerun) }, 'the first goes');
$world->sql("update cases set query = sha256('of before') where id = $after{id}"); # a copy, which counts no more
is('the one behind it opens with its code', $follow->($forerun->{code})->{status}, 200);
is('and with no other', $follow->('0000000000')->{status}, 404);
done(\%after);
$world->pass('3 days');
$world->pump(sub { gone(\%after) }, 'the one behind it goes, too');
is('which is told to whom has the code', told($follow->($forerun->{code})), "410 gone $after{head} $after{facts}");
is('and to nobody else', $follow->('0000000000')->{status}, 404);

# --- a folder that is not there

$hall->end($world->{daemon}, 'TERM');
$world->{settings}{ONESTOP_RETENTION_FOLDER} = "$archive/none";
$world->{daemon} = $world->start('fifth');
my $stays = done(opened('brief'));
$world->pass('10 days');
$world->pump(sub { open my $l, '<', $world->{daemon}{log} or die; grep { /retention put off/ && /none/ } <$l> }, 'it is said that there is none');
is('nothing goes then', $world->sql("select count(*) from cases where id = $stays->{id}"), 1);

tally;
