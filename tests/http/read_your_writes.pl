#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# T13: three daemons over one database.  After every command its case, the list,
# the worklist and the counts say the same and say what the reply said, whichever
# daemon is asked: for every kind of command there is, then for random ones of
# several clerks at once, and a refused one changes nothing anywhere.
# Started by test_read_your_writes.sh.  T13_COMMANDS (25) is how many of the
# random ones must be accepted of each clerk; SEED repeats a run.
use strict;
use warnings;
use JSON::PP;
use World;

$| = 1;
my ($passed, $failed) = (0, 0);
my $json = JSON::PP->new->canonical->utf8;

sub is {
    my ($what, $is, $wanted) = @_;
    if (($is // 'nothing') eq $wanted) {
        $passed++;
    } else {
        $failed++;
        print "$what\n  is     ", $is // 'nothing', "\n  wanted $wanted\n";
    }
}

my $world = World->new;
$world->secret;
my @daemon = map { $world->start($_) } qw(first second third);
$world->{token}{clerk} = $world->{hall}->clerk('clerk', qw(window reviewer));
$world->{token}{head}  = $world->{hall}->clerk('head', qw(head supervisor));

# --- one clerk's view: his district is his alone

my ($district, %book, %text, %accepted, $keys);

sub anywhere { return (to => $daemon[rand @daemon]) }
sub ask      { my ($path, $who) = @_; return $world->must('GET', $path, who => $who // 'clerk', anywhere()) }
sub get      { return ask(@_)->{json} }
sub key      { return 'k' . $$ . '-' . ++$keys }

# A step as the worklist shows it.
sub line { my ($number, $s) = @_; return join ' ', $number, $s->{step}, $s->{visit}, $s->{etag}, $s->{holder} // '-', $s->{onHold}{reason} // '-' }

# All pages of a list.
sub pages {
    my ($path, $who) = @_;
    my ($cursor, @items);
    do {
        my $page = get($path . ($cursor ? "&cursor=$cursor" : ''), $who);
        push @items, @{$page->{items}};
        $cursor = $page->{nextCursor};
    } while ($cursor);
    return @items;
}

# Steps that wait for somebody of the house; what time ends (a ballot) is in no worklist.
sub tasks { return map { my $c = $_; map { line($c->{number}, $_) } grep { $_->{by}{kind} eq 'role' && !$_->{waitsUntil} } @{$c->{steps}} } values %book }

# Everything that tells of the cases in the book, each of a daemon by chance: what does not fit.
sub disagreements {
    my @wrong;
    my %listed = map { ($_->{number} => join ' ', $_->{phase}, $_->{outcome} // '-', $_->{status}{code}) } pages("/v1/cases?district=$district&limit=7");
    my %wanted = map { ($_->{number} => join ' ', $_->{phase}, $_->{outcome} // '-', $_->{status}{code}) } values %book;
    push @wrong, 'list ' . $json->encode(\%listed) . ' of ' . $json->encode(\%wanted) if $json->encode(\%listed) ne $json->encode(\%wanted);
    my @ahead = sort map { "$_->{case} $_->{step} $_->{prepared}" } pages("/v1/tasks?district=$district&ahead=true&limit=2");
    my @may = sort map { my $c = $_; map { "$c->{number} $_->{step} $_->{prepared}" } @{$c->{mayPrepare}} } values %book;
    push @wrong, "what may be prepared: @ahead, not @may" if "@ahead" ne "@may";
    my @tasks = tasks();
    for my $who (qw(clerk head)) {
        my @shown = map { line($_->{case}, $_) } pages("/v1/tasks?district=$district&limit=5", $who);
        push @wrong, "worklist of $who " . $json->encode([sort @shown]) . ' of ' . $json->encode([sort @tasks]) if "@{[sort @shown]}" ne "@{[sort @tasks]}";
        my $counted = 0;
        $counted += $_->{count} for @{get("/v1/tasks/counts?district=$district", $who)->{items}};
        push @wrong, "counts of $who: $counted of " . @tasks if $counted != @tasks;
    }
    return @wrong;
}

# A case as any daemon has it now, taken into the book.
sub look {
    my ($number) = @_;
    my $r = ask("/v1/cases/$number");
    $text{$number} = $r->{text};
    return $book{$number} = $r->{json};
}

# What a reply told in short against what a daemon tells in full.
sub short { my ($c) = @_; return $json->encode([$c->{number}, $c->{phase}, $c->{outcome}, $c->{revision}, $c->{etag}, [map { [@$_{qw(step visit etag)}] } @{$c->{steps}}]]) }

# Gives a command to a daemon by chance; @return the reply and what did not fit then.
sub give {
    my ($kind, $number, $who, $body, $etag) = @_;
    my $before = $text{$number};
    my $r = $world->ask('POST', "/v1/cases/$number/actions", who => $who, body => $body, anywhere(),
        head => {'Idempotency-Key' => key(), defined $etag ? ('If-Match' => $etag) : ()});
    my $after = look($number);
    my @wrong;
    if ($r->{status} == 200) {
        $accepted{$kind}++;
        push @wrong, "$kind: told " . short($r->{json}) . ', read ' . short($after) if short($r->{json}) ne short($after);
    } elsif ($r->{status} !~ /^4/ || $r->{status} < 403) {
        push @wrong, "$kind: $r->{status} $r->{text}";
    } elsif ($before ne $text{$number}) {
        push @wrong, "$kind was refused and changed $before to $text{$number}";
    }
    return ($r, @wrong, disagreements());
}

sub open_case {
    my (%o) = @_;
    my $r = $world->ask('POST', '/v1/cases', who => 'clerk', head => {'Idempotency-Key' => key()}, anywhere(),
        body => {workflow => 'everything', district => $district, applicant => {kind => 'enterprise', name => '聊城示例甲科技有限公司'}, form => {name => '光岳', roll => [map { {who => $_} } qw(甲 乙)]}, %o});
    die "opening: $r->{status} $r->{text}\n" if $r->{status} != 201;
    $accepted{open}++;
    my $after = look($r->{json}{number});
    return ($r->{json}{number}, short($r->{json}) eq short($after) ? () : ('open: told ' . short($r->{json}) . ', read ' . short($after)), disagreements());
}

# --- every kind of command, one after the other

$district = '371502';

sub step_of { my ($number, $path) = @_; my ($s) = grep { $_->{step} eq $path } @{$book{$number}{steps}}; return $s // {etag => '"s0"'} }

# It must be accepted.
sub gives {
    my ($kind, $number, $who, $body, $etag) = @_;
    my ($r, @wrong) = give($kind, $number, $who, {command => $kind, %$body}, $etag);
    is("$kind is accepted: $r->{text}", $r->{status}, 200);
    is("after $kind all say the same", join("\n", @wrong), '');
    return $r;
}

# The same of what other cases are told of: looked at when they have heard.
sub starts {
    my ($kind, $number, $who, $body, $etag) = @_;
    my ($r) = give($kind, $number, $who, {command => $kind, %$body}, $etag);
    is("$kind is accepted: $r->{text}", $r->{status}, 200);
    heard();
}

sub in_an_hour { return $world->sql("select to_char((moment + interval '1 hour') at time zone 'Asia/Shanghai', 'YYYY-MM-DD\"T\"HH24:MI:SS') || '+08:00' from present") }

sub acts {
    my ($number, $action, $path, %o) = @_;
    return gives('act', $number, $o{who} // 'clerk', {action => $action, step => $path, %{$o{more} // {}}}, $o{etag} // step_of($number, $path)->{etag});
}

sub opened {
    my ($number, @wrong) = open_case(@_);
    is('after open all say the same', join("\n", @wrong), '');
    return $number;
}

# What happened without a command of ours: all cases are looked at again.
sub same_again {
    my ($what, $kind) = @_;
    $accepted{$kind}++;
    look($_) for keys %book;
    is("after $what all say the same", join("\n", disagreements()), '');
}

# What cases have said to one another has been heard.
sub heard {
    $world->pump(sub { !$world->sql('select count(*) from relay') }, 'the cases have heard one another');
    $book{$_->{number}} //= {} for pages("/v1/cases?district=$district&limit=50");
    same_again('what cases tell one another', 'relay');
}

my $n = opened();
acts($n, 'advance', 'work');
is('the next task is taken on', $world->ask('POST', '/v1/tasks/next', who => 'clerk', head => {'Idempotency-Key' => key()}, body => {workflow => 'everything'}, anywhere())->{status}, 200);
same_again('the next task was taken on', 'next');
is('by him', step_of($n, 'work')->{holder}, 'clerk');
gives('release', $n, 'clerk', {step => 'work'});
gives('claim', $n, 'clerk', {step => 'work'});
gives('release', $n, 'clerk', {step => 'work'});
gives('hold', $n, 'clerk', {step => 'work', reason => '系统故障'});
gives('continue', $n, 'clerk', {step => 'work'});
gives('stop', $n, 'clerk', {step => 'work', ground => 'testing'}, step_of($n, 'work')->{etag});
gives('resume', $n, 'clerk', {number => 1}, step_of($n, 'work')->{etag});
gives('extend', $n, 'head', {clock => 'statutory', reason => '案情复杂', document => '延期决定书'}, $book{$n}{etag});
gives('amend', $n, 'clerk', {input => {name => '光岳楼', roll => [{who => '甲'}, {who => '乙'}]}, reason => '笔误'}, $book{$n}{etag});
gives('material', $n, 'clerk', {material => 'articles', action => 'receive', document => '章程.pdf'}, $book{$n}{etag});
gives('label', $n, 'clerk', {label => 'odd'});
gives('label', $n, 'clerk', {label => 'odd', action => 'remove'});
gives('lane', $n, 'clerk', {lane => 'green', reason => '重大项目'}, $book{$n}{etag});
gives('entrust', $n, 'head', {account => 'head', reason => '休假'});
is('whom it is entrusted to has it on his list', join(' ', map { $_->{number} } pages('/v1/cases?firstHandler=me', 'head')), $n);
is('and who had it does not', scalar(grep { $_->{number} eq $n } pages('/v1/cases?firstHandler=me')), 0);
my $agent = {name => '张样本', kind => 'person', credential => '样本证件0001'};
is('his number', gives('mandate', $n, 'clerk', {mandate => {agent => $agent}, document => '委托书1号'})->{json}{mandate}, 1);
is('who acts for the applicant', "$book{$n}{mandates}[0]{agent}{name} $book{$n}{mandates}[0]{state}", '张样本 in-force');
gives('revoke-mandate', $n, 'clerk', {number => 1, reason => '申请人来函'});
is('and does no more', $book{$n}{mandates}[0]{state}, 'revoked');
gives('identify', $n, 'clerk', {document => '营业执照'}, $book{$n}{etag});
gives('start', $n, 'clerk', {step => 'visit'}, $book{$n}{etag});
acts($n, 'note', 'visit');

# Another district has it then, and its lists have it.
sub hands {
    my ($kind, $body, $where) = @_;
    my ($r) = give($kind, $n, 'clerk', {command => $kind, %$body}, $book{$n}{etag});
    is("$kind is accepted: $r->{text}", $r->{status}, 200);
    my @has = grep { my $d = $_; grep { $_->{number} eq $n } pages("/v1/cases?district=$d&limit=50") } qw(371502 371503);
    is("after $kind the lists of one district have it", "@has $book{$n}{district}", "$where $where");
}
hands('hand-over', {district => '371503', reason => '跨区通办'}, '371503');
hands('take-over', {}, '371503');
hands('hand-over', {district => '371502', reason => '送回'}, '371502');
hands('hand-back', {reason => '材料不全'}, '371503');
hands('hand-over', {district => '371502', reason => '送回'}, '371502');
hands('take-over', {}, '371502');
same_again('it is back', 'take-over');
acts($n, 'pass', 'work');
is('two departments look at once', scalar(grep { $_->{step} =~ /look/ } @{$book{$n}{steps}}), 2);
gives('annul', $n, 'head', {number => 0 + $world->sql("select recorded from cases where number = '$n'"), reason => '误点'}, $book{$n}{etag});
acts($n, 'pass', 'work');
acts($n, 'agree', $_) for qw(review.first.look review.second.look);
acts($n, 'gather', 'work');
gives('vote', $n, 'clerk', {step => 'assembly', voter => '甲', action => 'yes'});
my $posted = in_an_hour();
$world->pass('2 days');
same_again('the ballot has closed by itself', 'alarm');
gives('vote', $n, 'clerk', {step => 'assembly', voter => '乙', action => 'no', happened => $posted, reason => '邮寄到达后漏录'});
gives('reconcile', $n, 'head', {reason => '表决结果不变'}, $book{$n}{etag});
acts($n, 'ask', 'work');
my $visit = step_of($n, 'answer')->{visit};
is('the system answers', $world->tell(data => {case => $n, visit => $visit, name => 'done'})->{status}, 200);
same_again('a message', 'message');
is('and answers again', $world->tell(data => {case => $n, visit => $visit, name => 'done'})->{status}, 200);
same_again('a late message', 'message');
my ($late) = grep { $_->{fate} eq 'late' } @{$book{$n}{messages}};
gives('settle', $n, 'head', {number => $late->{number}, reason => '重复答复'}, $book{$n}{etag});
acts($n, 'correct', 'work');
gives('prepare', $n, 'clerk', {step => 'silent', action => 'resume-work'}, $book{$n}{etag});
gives('unprepare', $n, 'clerk', {step => 'silent'}, $book{$n}{etag});
gives('prepare', $n, 'clerk', {step => 'silent', action => 'resume-work', document => '拟办意见'}, $book{$n}{etag});
gives('material', $n, 'clerk', {material => 'articles', action => 'reject', reason => '看不清'}, $book{$n}{etag});
my $noon = in_an_hour();
$world->pass('6 days');
same_again('silence had its effect', 'alarm');
acts($n, 'submit', 'correction', etag => $book{$n}{etag}, more => {happened => $noon, reason => '漏录'});
gives('material', $n, 'head', {material => 'articles', action => 'receive', document => '章程.pdf', happened => $noon, reason => '漏录'}, $book{$n}{etag});
gives('reconcile', $n, 'head', {reason => '已补录'}, $book{$n}{etag});
acts($n, 'resume-work', 'silent', more => {prepared => \1});
starts('act', $n, 'clerk', {action => 'part', step => 'work'}, step_of($n, 'work')->{etag});
my $child = $book{$n}{children}[0];
starts('act', $child->{case}, 'clerk', {action => 'finish', step => 'work'}, step_of($child->{case}, 'work')->{etag});
starts('retry', $n, 'clerk', {number => $child->{number}, reason => '重新申请'});
acts($n, 'leave', 'child');
acts($n, 'finish', 'work');
is('the case is closed', $book{$n}{phase}, 'closed');
gives('reopen', $n, 'head', {ground => 'again', reason => '复议撤销'}, $book{$n}{etag});
acts($n, 'finish', 'work');
gives('replace', $n, 'head', {number => 2, reason => '更名'}, $book{$n}{etag});
gives('revoke', $n, 'head', {number => 3, reason => '撤销'}, $book{$n}{etag});
$n = opened();
gives('withdraw', $n, 'clerk', {}, $book{$n}{etag});
my ($morning, $later) = map { $world->sql("select to_char((moment - interval '$_') at time zone 'Asia/Shanghai', 'YYYY-MM-DD\"T\"HH24:MI:SS') || '+08:00' from present") } '30 hours', '20 hours';
$n = opened(happened => $morning, reason => '停电');
is('opened on paper', $book{$n}{opened}, $morning);
gives('withdraw', $n, 'clerk', {happened => $later, reason => '漏录'}, $book{$n}{etag});
is('and withdrawn', $book{$n}{closed}, $later);

my $contract = $world->must('GET', '/openapi.json')->{json};
is('every command of the contract was given', join(' ', grep { !$accepted{$_} } @{$contract->{components}{schemas}{Command}{properties}{command}{enum}}, qw(open alarm message relay)), '');

# --- several at once, each in his own district, at random

# One command by chance, most of which may be given.
sub random_command {
    my ($number) = @_;
    my $case = $book{$number};
    my @steps = grep { $_->{by}{kind} eq 'role' } @{$case->{steps}};
    my $step = $steps[rand @steps] // {step => 'work', etag => '"s1"', actions => []};
    my @actions = grep { $_ ne 'part' } map { $_->{action} } @{$step->{actions}};
    my $stale = rand() < 0.1 ? '"s99"' : undef;
    my @choice = (
        (['act', 'clerk', {action => $actions[rand @actions] // 'advance', step => $step->{step}}, $stale // $step->{etag}]) x 6,
        ['claim',   'clerk', {step => $step->{step}}], ['release', 'clerk', {step => $step->{step}}],
        ['hold',    'clerk', {step => $step->{step}, reason => '等待'}], ['continue', 'clerk', {step => $step->{step}}],
        ['stop',    'clerk', {step => $step->{step}, ground => 'testing'}, $step->{etag}],
        ['resume',  'clerk', {number => 1 + int rand 3}, $step->{etag}],
        ['extend',  'head',  {clock => 'statutory', reason => '复杂', document => '决定书'}, $case->{etag}],
        ['amend',   'clerk', {input => {name => '号' . int rand 1000, roll => [{who => '甲'}]}, reason => '笔误'}, $case->{etag}],
        ['vote',    'clerk', {step => 'assembly', voter => '甲', action => 'yes'}],
        ['mandate', 'clerk', {mandate => {agent => $agent}, document => '委托书'}],
        ['revoke-mandate', 'clerk', {number => 1 + int rand 3, reason => '来函'}],
        ['entrust', 'head',  {account => rand() < 0.5 ? 'head' : 'clerk', reason => '换班'}],
        ['annul',   'head',  {number => 1 + int rand 20, reason => '误点'}, $case->{etag}],
        ['withdraw', 'clerk', {}, $stale // $case->{etag}]);
    my ($kind, $who, $body, $etag) = @{$choice[rand @choice]};
    my ($r, @wrong) = give($kind, $number, $who, {command => $kind, %$body}, $etag);
    return @wrong;
}

# Several commands in one request.
sub many {
    my @open = grep { grep { $_->{step} eq 'work' } @{$_->{steps}} } values %book;
    return unless @open;
    my @items = map { my ($s) = grep { $_->{step} eq 'work' } @{$_->{steps}}; {case => $_->{number}, key => key(), etag => $s->{etag}, command => {action => 'advance'}} } @open;
    my $r = $world->ask('POST', '/v1/actions', who => 'clerk', body => {items => \@items}, anywhere());
    return "many: $r->{status} $r->{text}" if $r->{status} != 200;
    my @wrong;
    for my $item (@{$r->{json}{items}}) {
        my $after = look($item->{case});
        push @wrong, "many: told " . short($item->{result}) . ', read ' . short($after) if $item->{status} == 200 && short($item->{result}) ne short($after);
    }
    return (@wrong, disagreements());
}

my $seed   = $ENV{SEED} // 1;
my $enough = $ENV{T13_COMMANDS} // 25;
my @districts = qw(371521 371522 371503);
my @clerk = map {
    my $i = $_;
    my $pid = open(my $said, '-|') // die "fork: $!\n";
    if ($pid == 0) {
        ($district, %book, %accepted) = ($districts[$i]);
        srand $seed + $i;
        my @wrong;
        my $given = 0;
        for (1 .. 20 * $enough) { # most are refused by what the case is at; all of them for ever is a fault
            my $chance = rand;
            my @cases = sort grep { $book{$_}{phase} ne 'closed' || rand() < 0.05 } keys %book;
            if ($chance < 0.12 || !@cases) { my ($number, @w) = open_case(); push @wrong, @w }
            elsif ($chance < 0.22) { push @wrong, many() }
            else { push @wrong, random_command($cases[rand @cases]) }
            $given = 0;
            $given += $_ for values %accepted;
            last if @wrong || $given >= $enough;
        }
        print "$given accepted\n", map { "$_\n" } @wrong;
        close STDOUT;
        POSIX::_exit(0);
    }
    $said;
} 0 .. $#districts;
for my $i (0 .. $#clerk) {
    my ($given, @wrong) = do { my $said = $clerk[$i]; <$said> };
    is("clerk $i (SEED=$seed): all reads say the same after each command", join('', @wrong), '');
    is("clerk $i has written", ($given // '') =~ /^(\d+) / && $1 >= $enough ? 'yes' : $given, 'yes');
}

print "$passed passed, $failed failed\n";
exit($failed != 0);
