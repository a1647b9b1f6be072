#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# What cases are sorted by, over HTTP: labels, and priority lanes that never
# starve what has no time left.  Started by test_sorting.sh.
use strict;
use warnings;
use utf8;
use Clerks;

my $hall = Clerks->new($ARGV[0]);
sub is  { $hall->is(@_) }
sub ask { $hall->ask(@_) }
sub act { $hall->act(@_) }

my %name;    # number => A, B, C

sub opened {
    my ($name, $area) = @_;
    my $r = ask('window', 'POST', '/v1/cases', {workflow => 'queue', district => '371502', form => {area => $area},
            applicant => {kind => 'enterprise', name => '聊城示例甲科技有限公司'}});
    $r->{status} == 201 or die "queue: $r->{status} $r->{json}{detail}\n";
    $name{$r->{json}{number}} = $name;
    return $r->{json}{number};
}

# The worklist in its order, by pages of one.
sub tasks {
    my ($query) = @_;
    my ($cursor, @found) = ('');
    for (1 .. 10) {
        my $page = ask('window', 'GET', "/v1/tasks?workflow=queue&limit=1$query$cursor")->{json};
        push @found, map { $name{$_->{case}} } @{$page->{items}};
        $page->{nextCursor} or return join ' ', @found;
        $cursor = "&cursor=$page->{nextCursor}";
    }
    return 'no end';
}

sub cases {
    my ($query) = @_;
    return join ' ', map { $name{$_->{number}} } @{ask('window', 'GET', "/v1/cases?$query")->{json}{items}};
}

my $a = opened('A', 1);
my $b = opened('B', 2);
my $c = opened('C', 101);
is('one comes into its lane by itself', $hall->case($c)->{lane}{id}, 'green');
is('whose basis is shown', $hall->case($c)->{lane}{basis}, '重大项目');
is('and goes before what has time', tasks(''), 'C A B');

# --- into a lane, and out of it

is('a case is moved with a reason', act('window', $b, {command => 'lane', lane => 'urgent'})->{json}{code}, 'reason_missing');
is('by who may', act('window', $b, {command => 'lane', lane => 'green', reason => '领导批示'})->{json}{code}, 'forbidden');
is('into a lane there is', act('window', $b, {command => 'lane', lane => 'blue', reason => '领导批示'})->{json}{code}, 'form_invalid');
is('as it was seen', ask('window', 'POST', "/v1/cases/$b/actions", {command => 'lane', lane => 'urgent', reason => '抢险'})->{status}, 428);
is('then it is', act('window', $b, {command => 'lane', lane => 'urgent', reason => '抢险'})->{status}, 200);
is('and stands behind the first lane', tasks(''), 'C B A');
is('with the limit of its lane', (map { $_->{limit} } grep { $_->{name} eq 'look' } @{$hall->case($b)->{clocks}})[0], '2 working days');
my ($fact) = grep { $_->{fact} eq 'lane' } map { @{$_->{facts}} } @{ask('supervisor', 'GET', "/v1/cases/$b/facts")->{json}{items}};
is('the fact says why', "$fact->{name} $fact->{detail}", 'urgent 抢险');
is('one lane of the worklist', tasks('&lane=urgent'), 'B');
is('one lane of the list', cases('lane=green'), 'C');
is('no lane of that name', cases('lane=blue'), '');

# --- labels

is('a label is put on without a tag', ask('window', 'POST', "/v1/cases/$a/actions", {command => 'label', label => 'seen'})->{status}, 200);
is('not twice', ask('window', 'POST', "/v1/cases/$a/actions", {command => 'label', label => 'seen'})->{json}{code}, 'action_not_allowed');
is('not by whom it does not concern', ask('window', 'POST', "/v1/cases/$a/actions", {command => 'label', label => 'odd'})->{json}{code}, 'forbidden');
is('and raises no revision', $hall->case($a)->{revision}, 1);
ask('supervisor', 'POST', "/v1/cases/$a/actions", {command => 'label', label => 'odd'});
is('the case shows them', join(' ', map { $_->{id} } @{$hall->case($a)->{labels}}), 'odd seen');
is('an effect sets them, too', act('window', $c, {action => 'again'})->{status}, 200);
is('with a label in the worklist', tasks('&label=seen'), 'C A');
is('in the list, newest first', cases('label=seen'), 'C A');
is('of one lane', cases('label=seen&lane=green'), 'C');
my ($row) = grep { $_->{number} eq $a } @{ask('window', 'GET', '/v1/cases?label=odd')->{json}{items}};
is('which names all of them', "@{$row->{labels}}", 'odd seen');
my $count = sub { my ($n) = map { $_->{count} } grep { $_->{role} eq 'window' } @{ask('window', 'GET', "/v1/tasks/counts?workflow=queue$_[0]")->{json}{items}}; $n // 0 };
is('counted', join(' ', $count->(''), $count->('&lane=green'), $count->('&label=odd')), '3 1 1');
is('a label is taken off', ask('window', 'POST', "/v1/cases/$a/actions", {command => 'label', label => 'seen', action => 'remove'})->{status}, 200);
is('and not found by it', tasks('&label=seen'), 'C');

# --- nothing with a limit waits for ever

$hall->settle(30);
is('what has no time left goes first', tasks(''), 'A C B');
is('what is late', tasks('&due=late'), 'A');
is('what is due today', tasks('&due=today'), 'A');
is('the next task is the first of them', $name{ask('window', 'POST', '/v1/tasks/next', {workflow => 'queue'})->{json}{number}}, 'A');
is('then lane by lane', $name{ask('window', 'POST', '/v1/tasks/next', {workflow => 'queue'})->{json}{number}}, 'C');
is('or of one lane', $name{ask('window', 'POST', '/v1/tasks/next', {workflow => 'queue', lane => 'urgent'})->{json}{number}}, 'B');
is('out of the lane', act('window', $b, {command => 'lane', reason => '险情解除'})->{status}, 200);
is('it has no time left either', tasks(''), 'A B C');
is('and no lane', cases('lane=urgent'), '');

# --- a department that has a part in nothing: its list is empty

my $set = q(update accounts set department = 'of nothing here' where name = 'registrar');
is('somebody is of another department', system("psql -XAtqc \"$set\""), 0);
my $none = ask('registrar', 'GET', '/v1/cases?limit=1');
is('he gets an empty page', join(' ', $none->{status}, scalar @{$none->{json}{items} // ['?']}, $none->{json}{nextCursor} // 'the last'), '200 0 the last');
is('also of one procedure', scalar @{ask('registrar', 'GET', '/v1/cases?workflow=queue')->{json}{items} // ['?']}, 0);
is('what is of none is of nobody', cases('workflow=nothing'), '');

$hall->end;
