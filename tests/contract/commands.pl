#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# What a command means at the door: keys, entity tags, conflicts, cut
# connections, pages, languages.  Each test has the case it needs.
#
#   tests/contract/hall tests/contract/commands.pl [TEST...]
use strict;
use warnings;
use utf8;
use FindBin;
use lib $FindBin::Bin;
use Asks qw($door $contract %token sign_in is ask run_tests);
use Contract;
use Desk;
use Door;

sign_in(qw(window-own window-other registrar-own head-own supervisor-own));
my $desk = Desk->new($door, $token{'window-own'});
my $accept = {action => 'accept', input => {identityVerified => JSON::PP::true, barred => JSON::PP::false}};

sub act {
    my ($who, $case, $command, $etag, $key, %headers) = @_;
    return ask($who, 'POST', "/v1/cases/$case->{number}/actions", $command,
        'Idempotency-Key' => $key // Door::key(), defined $etag ? ('If-Match' => $etag) : (), %headers);
}

sub sql {
    my ($sql) = @_;
    open my $out, '-|', 'psql', '-XAtqc', $sql or die "psql: $!\n";
    my $row = <$out> // '';
    chomp $row;
    return $row;
}

# An application that was handed in on paper, recorded now.
sub on_paper {
    my ($who, %o) = @_;
    return ask($who, 'POST', '/v1/cases', {%{Desk::opening()}, %o}, 'Idempotency-Key' => Door::key());
}

sub records { return sql("select recorded from cases where number = '$_[0]{number}'") }

my @tests = (
    a_repeated_key_gets_the_stored_reply => sub {
        my $case = $desk->open_case;
        my $key = Door::key();
        my @reply = map { act('window-own', $case, $accept, $case->{steps}[0]{etag}, $key) } 1 .. 3;
        is($_->{status}, 200, 'status') for @reply;
        is($_->{body}, $reply[0]{body}, 'body') for @reply;
        is($_->{headers}{etag}, $reply[0]{headers}{etag}, 'ETag') for @reply;
        is(join(' ', map { $_->{headers}{'idempotent-replayed'} // '-' } @reply), '- true true', 'Idempotent-Replayed');
        is(records($case), 2, 'records');
    },
    a_repeated_opening_opens_one_case => sub {
        my $key = Door::key();
        my @reply = map { ask('window-own', 'POST', '/v1/cases', Desk::opening(), 'Idempotency-Key' => $key) } 1 .. 2;
        is($reply[1]{v}{number}, $reply[0]{v}{number}, 'number');
        is($reply[1]{v}{queryCode}, $reply[0]{v}{queryCode}, 'query code');
        is($reply[0]{headers}{location}, "/v1/cases/$reply[0]{v}{number}", 'Location');
    },
    a_key_is_of_one_request => sub {
        my $case = $desk->open_case;
        my $key = Door::key();
        is(act('window-own', $case, $accept, $case->{steps}[0]{etag}, $key)->{status}, 200, 'first');
        my $other = act('window-own', $case, {action => 'refuse', input => {reason => '材料不实'}}, $case->{steps}[0]{etag}, $key);
        is($other->{v}{code}, 'idempotency_key_reused', 'another body');
        is(records($case), 2, 'records');
    },
    a_key_is_of_one_person_and_one_case => sub {
        my ($one, $two) = ($desk->open_case, $desk->open_case);
        my $key = Door::key();
        is(act('window-own', $_, $accept, $_->{steps}[0]{etag}, $key)->{status}, 200, 'status') for $one, $two;
        is(act('registrar-own', $one, {action => 'ask-signature'}, '"s2"', $key)->{headers}{'idempotent-replayed'} // 'no', 'no', 'replayed to another');
    },
    a_refusal_does_not_use_a_key_up => sub {
        my $case = $desk->open_case;
        my $key = Door::key();
        is(act('window-own', $case, {%$accept, input => {}}, $case->{steps}[0]{etag}, $key)->{status}, 422, 'refused');
        is(act('window-own', $case, $accept, $case->{steps}[0]{etag}, $key)->{status}, 200, 'mended');
    },
    a_repetition_is_authorised_anew => sub {
        my $case = $desk->open_case;
        my $key = Door::key();
        act('window-own', $case, $accept, $case->{steps}[0]{etag}, $key);
        sql("update accounts set roles = '{auditor}' where name = 'window-own'; delete from sessions where account = (select id from accounts where name = 'window-own')");
        my $again = eval { local $token{'window-own'} = $door->sign_in('window-own'); act('window-own', $case, $accept, $case->{steps}[0]{etag}, $key) };
        my $why = $@;
        sql("update accounts set roles = '{window}' where name = 'window-own'");
        $token{'window-own'} = $door->sign_in('window-own');
        $desk = Desk->new($door, $token{'window-own'});
        is($again && $again->{status}, 403, "as an auditor $why");
    },
    a_stale_tag_is_refused_and_the_current_one_told => sub {
        my $case = $desk->open_case;
        act('window-own', $case, {action => 'correct', document => '聊审批补〔2026〕1号', input => {missing => ['articles']}}, $case->{steps}[0]{etag});
        my $stale = act('window-own', $case, {command => 'withdraw'}, '"c1"');
        is($stale->{status}, 412, 'status');
        is($stale->{v}{etag}, '"c2"', 'etag');
        is(act('window-own', $case, {command => 'withdraw'}, $stale->{v}{etag})->{status}, 200, 'with the current one');
    },
    a_notice_in_writing_names_its_document => sub {
        my $case = $desk->open_case;
        my %asks = map { $_->{action} => $_->{document} ? 'asks' : 'does not' } @{ask('window-own', 'GET', "/v1/cases/$case->{number}")->{v}{steps}[0]{actions}};
        is("$asks{correct} $asks{accept}", 'asks does not', 'which actions ask for one');
        my $ask = {action => 'correct', input => {missing => ['articles']}};
        my $r = act('window-own', $case, $ask, $case->{steps}[0]{etag});
        is("$r->{status} $r->{v}{code} $r->{v}{errors}[0]{pointer}", '422 document_missing #/document', 'without it');
        is(act('window-own', $case, {%$ask, document => '聊审批补〔2026〕1号'}, $case->{steps}[0]{etag})->{status}, 200, 'with it');
    },
    a_command_without_a_tag_is_refused => sub {
        is(act('window-own', $desk->untouched, $accept)->{v}{code}, 'precondition_required', 'code');
    },
    a_conflict_says_what_may_be_done => sub {
        my $case = $desk->open_case;
        my $r = act('window-own', $case, {action => 'hand-out'}, $case->{steps}[0]{etag});
        is($r->{status}, 409, 'status');
        is(join(' ', sort map { $_->{action} } @{$r->{v}{allowedActions}[0]{actions}}), 'accept correct refuse', 'allowedActions');
    },
    an_extension_takes_the_rank_named_a_reason_and_the_notice => sub {
        my $case = $desk->open_case;
        my $r = act('window-own', $case, $accept, $case->{steps}[0]{etag});
        my $extend = sub { act($_[0], $case, {command => 'extend', clock => 'statutory', %{$_[1]}}, $r->{v}{etag}) };
        is($extend->('head-own', {reason => '案情复杂'})->{v}{code}, 'document_missing', 'without the notice');
        is($extend->('head-own', {document => '延期告知书1号'})->{v}{code}, 'reason_missing', 'without a reason');
        is($extend->('registrar-own', {reason => '案情复杂', document => '延期告知书1号'})->{v}{code}, 'forbidden', 'of another rank');
        is($extend->('head-own', {reason => '案情复杂', document => '延期告知书1号', happened => '2026-03-02T08:00:00+08:00'})->{v}{code}, 'form_invalid', 'backdated');
        $r = $extend->('head-own', {reason => '案情复杂', document => '延期告知书1号'});
        is($r->{status}, 200, 'with both');
        is($extend->('head-own', {reason => '案情复杂', document => '延期告知书2号'})->{v}{code}, 'already_extended', 'a second time');
    },
    a_ground_with_a_notice_takes_its_document => sub {
        my $case = $desk->open_case;
        my $r = act('window-own', $case, $accept, $case->{steps}[0]{etag});
        my $stop = {command => 'stop', step => 'licence', ground => 'litigation'};
        is(act('registrar-own', $case, $stop, $r->{v}{steps}[0]{etag})->{v}{code}, 'document_missing', 'without');
        is(act('registrar-own', $case, {%$stop, document => '告知书1号'}, $r->{v}{steps}[0]{etag})->{status}, 200, 'with');
    },
    work_on_hold_is_shown_and_its_clocks_run => sub {
        my $case = $desk->open_case;
        my $hold = {command => 'hold', step => 'accept', reason => '等待原件'};
        is(act('window-own', $case, {command => 'hold', step => 'accept'})->{v}{code}, 'reason_missing', 'without a reason');
        is(act('window-own', $case, $hold)->{status}, 200, 'hold');
        my ($task) = grep { $_->{case} eq $case->{number} } @{ask('window-own', 'GET', '/v1/tasks?limit=200')->{v}{items}};
        is($task->{onHold}{reason}, '等待原件', 'in the worklist');
        my $step = ask('window-own', 'GET', "/v1/cases/$case->{number}")->{v}{steps}[0];
        is($step->{onHold}{reason}, '等待原件', 'in the case');
        is(scalar @{$step->{stops}}, 0, 'stops');
        is(act('window-own', $case, {command => 'continue', step => 'accept'})->{status}, 200, 'continue');
        is(act('window-own', $case, {command => 'continue', step => 'accept'})->{v}{code}, 'not_held', 'again');
    },
    a_refusal_says_what_is_wrong => sub {
        my $case = $desk->open_case;
        my $told = sub { my ($who, $command) = @_; my $v = act($who, $case, $command, $command->{command} ? $case->{etag} : $case->{steps}[0]{etag})->{v}; return "$v->{code} $v->{detail}" };
        my $like = sub { my ($text, $pattern, $what) = @_; is($text =~ $pattern ? 'told' : $text, 'told', $what) };
        $like->($told->('window-own', {command => 'frob'}), qr/^form_invalid .*there is no frob; commands: act stop .* identify\b/, 'all commands there are');
        $like->($told->('window-own', {command => 'material', action => 'frob', material => 'articles'}), qr/^action_not_allowed .*is received, rejected/, 'what is done with a material');
        $like->($told->('window-own', {command => 'material', action => 'break', material => 'articles', reason => 'x'}), qr/^forbidden .*may not material break/, 'what he may not do with one');
        $like->($told->('window-own', {action => 'frob'}), qr/^action_not_allowed .*no step of this workflow has action frob/, 'that there is no such action');
        $like->($told->('window-own', {action => 'accept', step => 'frob'}), qr/^action_not_allowed .*no step frob of this workflow has action accept/, 'nor such a step');
        $like->(on_paper('window-other')->{v}{detail}, qr/window-other is of district 371503 and opens no case in 371502/, 'that his district is another');
    },
    what_happened_lies_between_the_entry_of_its_step_and_now => sub {
        my $case = $desk->open_case;
        my $say = sub { act('window-own', $case, {%$accept, reason => '补录', happened => $_[0]}, $case->{steps}[0]{etag}) };
        is($say->('2026-03-01T10:00:00+08:00')->{v}{code}, 'happened_outside', 'before it was entered');
        is($say->('2036-03-01T10:00:00+08:00')->{v}{code}, 'happened_outside', 'still to come');
        is($say->('yesterday')->{v}{code}, 'form_invalid', 'no moment');
    },
    an_application_on_paper_counts_when_it_was_handed_in => sub {
        my $then = '2024-06-03T09:30:00+08:00';
        is(on_paper('window-own', happened => $then, reason => '停电')->{v}{code}, 'forbidden', 'by a window');
        is(on_paper('head-own')->{v}{code}, 'forbidden', 'a head opens only what is late');
        is(on_paper('head-own', happened => $then)->{v}{code}, 'reason_missing', 'without a reason');
        is(on_paper('head-own', happened => '2036-06-03T09:30:00+08:00', reason => '停电')->{v}{code}, 'happened_outside', 'still to come');
        is(on_paper('head-own', happened => '2010-06-03T09:30:00+08:00', reason => '停电')->{v}{code}, 'workflow_unknown', 'before all versions');
        is(on_paper('head-own', happened => 'yesterday', reason => '停电')->{v}{errors}[0]{pointer}, '#/happened', 'at no moment');
        my $r = on_paper('head-own', happened => $then, reason => '停电');
        is($r->{status}, 201, 'by a head');
        my $case = ask('window-own', 'GET', "/v1/cases/$r->{v}{number}")->{v};
        is($case->{opened}, $then, 'opened');
        my @facts = @{ask('head-own', 'GET', "/v1/cases/$r->{v}{number}/facts?limit=200")->{v}{items}};
        is("$facts[0]{command} $facts[0]{at} $facts[0]{decided} $facts[0]{reason}", "open $then 2026-03-02T09:00:00+08:00 停电", 'the record counts then, and says when it was decided');
        is(scalar @facts > 1 ? 'more' : 'none', 'more', 'what has come due since came with it');
        is(join(' ', map { $_->{at} } @facts), join(' ', sort map { $_->{at} } @facts), 'in its order');
        my $event = ask('head-own', 'GET', "/v1/cases/$r->{v}{number}/events")->{v}{items}[0];
        is("$event->{happened} $event->{at}", "$then 2026-03-02T09:00:00+08:00", 'people are told both');
    },
    a_withdrawal_on_paper_is_recorded_later => sub {
        my $case = on_paper('head-own', happened => '2026-02-27T10:00:00+08:00', reason => '停电')->{v};
        my $friday = '2026-02-27T15:00:00+08:00';
        my $withdraw = sub { my ($who, %o) = @_; act($who, $case, {command => 'withdraw', %o}, $case->{etag}) };
        is($withdraw->('window-own', happened => $friday, reason => '漏录')->{v}{code}, 'forbidden', 'by a window');
        is($withdraw->('head-own')->{v}{code}, 'forbidden', 'a head withdraws only what is late');
        is($withdraw->('head-own', happened => $friday)->{v}{code}, 'reason_missing', 'without a reason');
        is($withdraw->('head-own', happened => '2036-06-03T09:30:00+08:00', reason => '漏录')->{v}{code}, 'happened_outside', 'still to come');
        is($withdraw->('head-own', happened => '2026-02-27T09:59:59+08:00', reason => '漏录')->{v}{code}, 'happened_outside', 'before it was opened');
        is(ask(undef, 'POST', "/v1/progress/$case->{number}/actions", {command => 'withdraw', happened => $friday, reason => '漏录'}, 'Query-Code' => $case->{queryCode},
            'If-Match' => $case->{etag}, 'Idempotency-Key' => Door::key())->{v}{code}, 'forbidden', 'by the applicant');
        my $r = $withdraw->('head-own', happened => $friday, reason => '漏录');
        is("$r->{status} $r->{v}{outcome}", '200 withdrawn', 'by a head');
        is(ask('window-own', 'GET', "/v1/cases/$case->{number}")->{v}{closed}, $friday, 'it closed then');
        $case = on_paper('head-own', happened => '2026-02-27T10:00:00+08:00', reason => '停电')->{v};
        $r = act('window-own', $case, {%$accept, explanation => '停电'}, $case->{steps}[0]{etag});
        is($r->{status}, 200, 'accepted');
        $case = {%$case, etag => $r->{v}{etag}};
        is($withdraw->('head-own', happened => $friday, reason => '漏录')->{v}{code}, 'happened_outside', 'somebody has acted since');
    },
    a_card_goes_from_hand_to_hand_and_is_never_lost => sub {
        my $id = $desk->card(1);
        my $move = sub { my ($who, $state, $reason) = @_; ask($who, 'POST', "/v1/cards/$id/moves", {state => $state, $reason ? (reason => $reason) : ()}) };
        is($move->('head-own', 'acknowledged')->{v}{code}, 'card_state', 'before it is delivered');
        is($move->('head-own', 'delivered')->{v}{code}, 'forbidden', 'by the head');
        is($move->('supervisor-own', 'delivered')->{v}{state}, 'delivered', 'delivered') for 1 .. 2;
        is($move->('head-own', 'acknowledged')->{v}{state}, 'acknowledged', 'acknowledged');
        is($move->('head-own', 'appealed')->{v}{code}, 'reason_missing', 'an appeal without a reason');
        is($move->('head-own', 'appealed', '系统停机所致')->{v}{state}, 'appealed', 'appealed');
        is($move->('supervisor-own', 'withdrawn', '查证属实')->{v}{state}, 'withdrawn', 'withdrawn');
        is($move->('supervisor-own', 'upheld', '再议')->{v}{code}, 'card_state', 'after it was withdrawn');
        my ($card) = grep { $_->{id} eq $id } @{ask('supervisor-own', 'GET', '/v1/cards?state=withdrawn&kind=broken&limit=200')->{v}{items}};
        is(join(' ', map { $_->{state} } @{$card->{moves}}), 'delivered acknowledged appealed withdrawn', 'its moves');
    },
    a_card_of_a_kind_that_only_a_newer_daemon_knows_is_listed_and_counted => sub {
        my $id = $desk->card(1);
        sql("update cards set kind = 77, colour = 9, state = 12 where id = $id returning id");
        my ($card) = grep { $_->{id} eq $id } @{ask('supervisor-own', 'GET', '/v1/cards?limit=200')->{v}{items}};
        is(join(' ', @{$card}{qw(kind colour state)}), 'unknown unknown unknown', 'its words');
        my ($row) = grep { $_->{kind} eq 'unknown' } @{ask('supervisor-own', 'GET', '/v1/stats/cards')->{v}{items}};
        is("$row->{colour} $row->{issued}", 'unknown 1', 'counted');
        is(ask('supervisor-own', 'POST', "/v1/cards/$id/moves", {state => 'delivered'})->{v}{code}, 'card_state', 'and stays as it is');
    },
    the_clock_of_a_step_that_was_left_is_explained => sub {
        my $case = $desk->open_case;
        my $explain = sub { my ($name, %o) = @_; ask($o{who} // 'head-own', 'GET', "/v1/cases/$case->{number}/clocks/$name/explain" . ($o{query} // ''), undef, %{$o{head} // {}}) };
        my $runs = $explain->('accept')->{v};
        is("$runs->{clock}{verdict} $runs->{clock}{step}", 'open accept', 'it runs');
        is(act('window-own', $case, $accept, $case->{steps}[0]{etag})->{status}, 200, 'the step is left');
        my $left = $explain->('accept')->{v};
        is(join(' ', map { $left->{clock}{$_} // '-' } qw(name step verdict started due limit)), join(' ', 'accept accept on-time', map { $runs->{clock}{$_} } qw(started due limit)), 'it is told as it ended');
        is(scalar @{$left->{derivation}} > 0 && $left->{derivation}[0]{from} eq $runs->{derivation}[0]{from} ? 'same' : 'other', 'same', 'with the same derivation');
        is($explain->('accept', query => '?record=1')->{v}{clock}{ended}, $left->{clock}{ended}, 'by the record after which it ran');
        is($explain->('licence', query => '?record=1')->{v}{code}, 'not_found', 'another began later');
        is($explain->('accept', query => "?record=$_")->{v}{code}, 'bad_parameter', "record=$_") for 0, 'x', '99999999999';
        is($explain->('accept', query => '?visit=1')->{v}{code}, 'bad_parameter', 'an unknown parameter');
        is($explain->('accept', head => {Accept => 'text/plain', 'Accept-Language' => 'en'})->{body} =~ /held by/ ? 'told' : 'not', 'told', 'as text');
        my $own = sub { my ($name, $code) = @_; ask(undef, 'GET', "/v1/progress/$case->{number}/clocks/$name/explain", undef, 'Query-Code' => $code) };
        is($own->('promised', $case->{queryCode})->{v}{clock}{due}, $explain->('promised')->{v}{clock}{due}, 'the applicant reads the same of the whole case');
        is($own->($_, $case->{queryCode})->{v}{code}, 'not_found', "and nothing of the step's") for qw(accept licence);
        is($own->('promised', '0000000000')->{status}, 404, 'nobody without the code');
    },
    a_closed_case_takes_no_more => sub {
        my $case = $desk->open_case;
        my $r = act('window-own', $case, {action => 'refuse', input => {reason => '材料不实'}}, $case->{steps}[0]{etag});
        is($r->{v}{phase}, 'closed', 'phase');
        is(act('window-own', $case, $accept, '"s1"')->{v}{code}, 'case_closed', 'code');
        is(act('window-own', $case, {command => 'withdraw'}, '"c2"')->{v}{code}, 'case_closed', 'withdrawal');
    },
    a_claimed_task_names_its_holder => sub {
        my $case = $desk->open_case;
        sql("insert into accounts (name, title, password, roles, district) select 'window-third', '', password, roles, district from accounts where name = 'window-own' on conflict do nothing");
        my $r = act('window-own', $case, {command => 'claim', step => 'accept'});
        is($r->{status}, 200, 'claim');
        # Signed in by hand: the password is the other's.
        my $third = $door->request(method => 'POST', target => '/v1/sessions', body => {account => 'window-third', password => 'window-own-password'});
        local $token{third} = Contract::decode($third->{body})->{token};
        my $other = act('third', $case, $accept, $case->{steps}[0]{etag});
        is($other->{v}{code}, 'claimed', 'code');
        is($other->{v}{detail} =~ /window-own/ ? 1 : 0, 1, 'holder in the detail');
        is(act('window-own', $case, {command => 'release', step => 'accept'})->{status}, 200, 'release');
        is(act('third', $case, $accept, $case->{steps}[0]{etag})->{status}, 200, 'then');
    },
    all_that_is_wrong_with_a_form_is_told_at_once => sub {
        my $opening = Desk::opening();
        my %form = (%{$opening->{form}}, registeredCapital => 'much', name => '短', nonesuch => 1);
        delete $form{domicile};
        my $r = ask('window-own', 'POST', '/v1/cases', {%$opening, form => \%form}, 'Idempotency-Key' => Door::key());
        is($r->{status}, 422, 'status');
        my %at = map { ($_->{pointer} => 1) } @{$r->{v}{errors}};
        is($at{"#/form$_"}, 1, "pointer to $_") for '/registeredCapital', '/name', '/nonesuch', '/domicile';
    },
    a_dry_run_stores_nothing => sub {
        my $cases = sql('select count(*) from cases');
        is(ask('window-own', 'POST', '/v1/cases?validateOnly=true', Desk::opening())->{status}, 200, 'opening');
        is(sql('select count(*) from cases'), $cases, 'cases');
        my $case = $desk->untouched;
        is(ask('window-own', 'POST', "/v1/cases/$case->{number}/actions?validateOnly=true", $accept, 'If-Match' => $case->{steps}[0]{etag})->{v}{status}, 'in-review', 'action');
        is(records($case), 1, 'records');
    },
    each_of_many_has_a_result_of_its_own => sub {
        my @case = map { $desk->open_case } 1 .. 3;
        my $item = sub { {case => $_[0]{number}, key => Door::key(), etag => $_[1], command => $accept} };
        my $r = ask('window-own', 'POST', '/v1/actions',
            {items => [$item->($case[0], '"s1"'), $item->($case[1], '"s9"'), {%{$item->($case[2], '"s1"')}, case => '371502-8KQ1-20260213-00001X-E'}, $item->($case[2], '"s1"')]});
        is(join(' ', map { $_->{status} } @{$r->{v}{items}}), '200 412 404 200', 'statuses');
        is(join(' ', map { records($_) } @case), '2 1 2', 'records');
    },
    a_request_cut_before_its_end_does_nothing => sub {
        my $case = $desk->open_case;
        my $body = JSON::PP->new->utf8->canonical->encode($accept);
        my $s = IO::Socket::INET->new(PeerAddr => $door->{at}) or die "connect: $!\n";
        print $s "POST /v1/cases/$case->{number}/actions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer $token{'window-own'}\r\nIdempotency-Key: cut-$$\r\n"
            . "If-Match: \"s1\"\r\nContent-Type: application/json\r\nContent-Length: " . length($body) . "\r\n\r\n" . substr $body, 0, -1;
        close $s;
        is(act('window-own', $case, $accept, $case->{steps}[0]{etag}, "cut-$$")->{headers}{'idempotent-replayed'} // 'no', 'no', 'replayed');
        is(records($case), 2, 'records');
    },
    a_lost_reply_is_asked_for_again => sub {
        my $case = $desk->open_case;
        my $body = JSON::PP->new->utf8->canonical->encode($accept);
        my $s = IO::Socket::INET->new(PeerAddr => $door->{at}) or die "connect: $!\n";
        print $s "POST /v1/cases/$case->{number}/actions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer $token{'window-own'}\r\nIdempotency-Key: lost-$$\r\n"
            . "If-Match: \"s1\"\r\nContent-Type: application/json\r\nContent-Length: " . length($body) . "\r\n\r\n$body";
        close $s;
        # Done or not yet: the repetition gets the reply, and it happened once.
        my $again = act('window-own', $case, $accept, $case->{steps}[0]{etag}, "lost-$$");
        is($again->{status}, 200, 'status');
        is(records($case), 2, 'records');
    },
    query_codes_cannot_be_guessed => sub {
        my $case = $desk->open_case;
        my $look = sub { ask(undef, 'GET', "/v1/progress/$case->{number}", undef, 'Query-Code' => $_[0]) };
        my @status = map { $look->('0000000000')->{status} } 1 .. 12;
        is($status[0], 404, 'the first guess');
        is($status[-1], 429, 'a later guess');
        my $locked = $look->($case->{queryCode});
        is($locked->{status}, 429, 'the right one while it is locked');
        is($locked->{headers}{'retry-after'} > 0 ? 1 : 0, 1, 'Retry-After');
        is($look->('0000000000')->{status}, 429, 'and on');
    },
    passwords_cannot_be_guessed => sub {
        sql("insert into accounts (name, password, roles) select 'guessed', password, roles from accounts where name = 'window-own' on conflict do nothing");
        my $try = sub { $door->request(method => 'POST', target => '/v1/sessions', body => {account => 'guessed', password => $_[0]}) };
        my @status = map { $try->("wrong $_")->{status} } 1 .. 8;
        is($status[0], 401, 'the first');
        is($status[-1], 429, 'a later one');
        is($try->('window-own-password')->{status}, 429, 'the right one while it is locked');
        my $unknown = $door->request(method => 'POST', target => '/v1/sessions', body => {account => 'nobody at all', password => 'x' x 8});
        is(Contract::decode($unknown->{body})->{code}, 'bad_credentials', 'an unknown account');
    },
    a_session_that_was_closed_is_closed => sub {
        local $token{once} = $door->sign_in('window-own');
        is(ask('once', 'DELETE', '/v1/sessions/current')->{status}, 204, 'sign out');
        is(ask('once', 'GET', '/v1/sessions/current')->{status}, 401, 'afterwards');
    },
    a_list_is_complete_page_by_page => sub {
        $desk->open_case for 1 .. 3;
        my $all = ask('window-own', 'GET', '/v1/cases?limit=200')->{v}{items};
        my ($target, @seen) = ('/v1/cases?limit=2');
        while ($target) {
            my $page = ask('window-own', 'GET', $target);
            push @seen, map { $_->{number} } @{$page->{v}{items}};
            my ($link) = ($page->{headers}{link} // '') =~ /^<([^>]+)>; rel="next"$/;
            is(defined $link ? 1 : 0, defined $page->{v}{nextCursor} ? 1 : 0, 'Link and nextCursor');
            $target = $link;
        }
        is("@seen", join(' ', map { $_->{number} } @$all), 'the pages together');
    },
    a_cursor_is_of_its_list => sub {
        $desk->open_case for 1 .. 3;
        my $cursor = ask('window-own', 'GET', '/v1/cases?limit=1')->{v}{nextCursor};
        is(ask('window-own', 'GET', "/v1/cases?limit=1&cursor=$cursor")->{status}, 200, 'as it was given');
        (my $edited = $cursor) =~ s/\d$/($& + 1) % 10/e;
        is(ask('window-own', 'GET', "/v1/cases?limit=1&cursor=$edited")->{status}, 400, 'edited');
        is(ask('window-own', 'GET', "/v1/cases?limit=1&phase=open&cursor=$cursor")->{status}, 400, 'with another filter');
        is(ask('window-own', 'GET', "/v1/tasks?limit=1&cursor=$cursor")->{status}, 400, 'of another list');
        is(ask('window-other', 'GET', "/v1/cases?limit=1&cursor=$cursor")->{status}, 400, 'of another person');
    },
    what_has_not_changed_is_not_sent_again => sub {
        for my $target ('/v1/workflows', '/v1/workflows/company-opening', '/openapi.json') {
            my $etag = ask(undef, 'GET', $target)->{headers}{etag};
            is(ask(undef, 'GET', $target, undef, 'If-None-Match' => $etag)->{status}, 304, $target);
            is(ask(undef, 'GET', $target, undef, 'If-None-Match' => '"other"')->{status}, 200, "$target, another tag");
        }
    },
    a_problem_speaks_the_language_asked_for => sub {
        my $get = sub { ask(undef, 'GET', '/v1/workflows/nonesuch', undef, defined $_[0] ? ('Accept-Language' => $_[0]) : ()) };
        is($get->()->{v}{title}, '未找到', 'by default');
        is($get->('en-GB, zh;q=0.5')->{v}{title}, 'Not found', 'English');
        is($get->('de, zh-CN')->{headers}{'content-language'}, 'zh-CN', 'neither');
    },
    what_is_no_number_is_told_what_one_looks_like => sub {
        for (['cases/nonsense', qr/24 digits and letters.* check character, as in 371502-8KQ1-20260213-00001X-E/, qr/24 位数字和字母.*校验码.*371502-8KQ1-20260213-00001X-E/],
             ['cases/371502-8KQ1-20260213-00001X', qr/24 digits and letters/, qr/24 位数字和字母/],
             ['cases/371502-8KQ1-20260213-00001X-7', qr/case number is mistyped: its check character does not fit/, qr/办件编号录入有误：末位校验码不符/],
             ['cases/371502-8KQ1-20260213-00001X-E', qr/there is no case of this number/, qr/there is no case of this number/],
             ['certificates/JY', qr/prefix of 1 to 8 .* as in JY-/, qr/证照编号由?.*形如 JY-/],
             ['certificates/JY-370202-8KQ1-20260213-00001X-01A', qr/certificate is mistyped: its check character/, qr/证照编号录入有误/],
             ['parties/123', qr/18 digits and capital letters, none of them I O S V Z, the last a check character/, qr/18 位数字或大写字母/],
             ['parties/91371500MA3C000000', qr/check characters .* do not fit/, qr/校验码（第 17 位和末位）不符/]) {
            my ($path, $en, $zh) = @$_;
            my %said = map { ($_ => ask('window-own', 'GET', "/v1/$path", undef, 'Accept-Language' => $_)->{v}) } qw(en zh-CN);
            is("$said{$_}{status} $said{$_}{code}", '404 not_found', $path) for qw(en zh-CN);
            is($said{en}{detail} =~ $en ? 'told' : $said{en}{detail}, 'told', "$path in English");
            is($said{'zh-CN'}{detail} =~ $zh ? 'told' : $said{'zh-CN'}{detail}, 'told', "$path in Chinese");
        }
        my $opening = ask('window-own', 'POST', '/v1/cases', {%{Desk::opening()}, applicant => {kind => 'enterprise', code => '91371500MA3C000000'}}, 'Idempotency-Key' => Door::key());
        is($opening->{v}{errors}[0]{pointer}, '#/applicant/code', 'the place');
        is($opening->{v}{errors}[0]{detail} =~ /校验码（第 17 位和末位）不符/ ? 'told' : $opening->{v}{errors}[0]{detail}, 'told', 'in Chinese there too');
    },
    accept_chooses_the_form => sub {
        my $number = $desk->seen->{number};
        my $explain = sub { ask('registrar-own', 'GET', "/v1/cases/$number/clocks/promised/explain", undef, Accept => $_[0]) };
        my %type = ('application/json, text/plain, */*' => 'application/json', 'text/plain' => 'text/plain; charset=utf-8', '*/*' => 'application/json',
            'text/*, application/json;q=0.1' => 'text/plain; charset=utf-8', 'text/plain;q=0, application/*' => 'application/json', '' => 'application/json');
        is($explain->($_)->{headers}{'content-type'}, $type{$_}, "Accept: $_") for sort keys %type;
        is($explain->('image/png')->{v}{code}, 'not_acceptable', 'none of them');
        my $held = $explain->('application/json')->{v};
        my $at = $held->{clock}{started};
        for (@{$held->{holdings}}) {
            is($_->{from}, $at, 'the holdings follow one another without gap');
            $at = $_->{to};
        }
        for (qw(steps holders cases cards)) {
            my $csv = ask('head-own', 'GET', "/v1/stats/$_", undef, Accept => 'text/csv');
            is(substr($csv->{body}, 0, 3), "\xef\xbb\xbf", 'the mark of CSV');
            is($csv->{headers}{'content-disposition'}, "attachment; filename=\"$_.csv\"", 'its name');
            is(ask('head-own', 'GET', "/v1/stats/$_", undef, Accept => 'image/png')->{status}, 406, "statistics of $_");
        }
    },
    pictures_are_drawn_in_the_language_asked_for => sub {
        my $number = $desk->seen->{number};
        my $get = sub { my ($who, $path, @more) = @_; ask($who, 'GET', $path, undef, @more) };
        my $zh = $get->(undef, '/v1/workflows/company-opening/diagram.svg');
        is($zh->{headers}{'content-type'}, 'image/svg+xml', 'SVG');
        is(scalar($zh->{body} =~ m{<title id="title">([^<]*)}), 1, 'a title');
        is($1, "\xe4\xbc\x81\xe4\xb8\x9a\xe5\xbc\x80\xe5\x8a\x9e", 'in Chinese');
        my $en = $get->(undef, '/v1/workflows/company-opening/diagram.svg', 'Accept-Language' => 'en');
        is(scalar($en->{body} =~ m{<title id="title">Company opening</title>}), 1, 'in English');
        is($get->(undef, '/v1/workflows/company-opening/diagram.svg', 'If-None-Match' => $zh->{headers}{etag})->{status}, 304, 'not changed');
        is($get->(undef, '/v1/workflows/company-opening/diagram.svg', 'If-None-Match' => $en->{headers}{etag})->{status}, 200, 'another language');
        is($get->(undef, '/v1/workflows/company-opening/diagram.svg?version=' . '0' x 64)->{status}, 404, 'no such version');
        my $bpmn = $get->(undef, '/v1/workflows/company-opening/bpmn', 'Accept-Language' => 'en');
        is($bpmn->{headers}{'content-type'}, 'application/xml', 'BPMN');
        is(scalar($bpmn->{body} =~ m{<bpmn:process id="process_company-opening" name="Company opening"}), 1, 'a process');
        my $case = $get->('window-own', "/v1/cases/$number/diagram.svg", 'Accept-Language' => 'en');
        is($case->{headers}{'cache-control'}, 'no-store', 'a case is not kept');
        is(scalar($case->{body} =~ /\Q$number\E/), 1, 'the number of the case');
        is(scalar($case->{body} =~ />active/), 1, 'where it stands');
    },
    trace_ids_come_back => sub {
        my $r = ask(undef, 'GET', '/v1/workflows/nonesuch', undef, traceparent => '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01');
        is($r->{v}{traceId}, '4bf92f3577b34da6a3ce929d0e0e4736', 'traceId');
        is($r->{v}{requestId}, $r->{headers}{'x-request-id'}, 'X-Request-Id');
    },
    the_test_clock_never_goes_back => sub {
        my $move = sub { ask(undef, 'POST', '/v1/test-clock', {to => $_[0]})->{v}{now} };
        is($move->('2026-03-02T09:30:00+08:00'), '2026-03-02T09:30:00+08:00', 'forward');
        is($move->('2026-03-02T09:10:00+08:00'), '2026-03-02T09:30:00+08:00', 'back');
    },
);

run_tests(@tests);
