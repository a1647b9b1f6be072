#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Agents 帮办代办 and first handlers 首问负责 over HTTP.  Every reply is held against the contract.
#
#   tests/contract/hall tests/http/mandate.pl [TEST...]
use strict;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/../contract";
use Asks;
use Contract;
use Desk;
use Digest::SHA qw(sha256_hex);
use Door;
use Encode qw(encode_utf8);

sign_in(qw(window-own window-other helper-own helper-other registrar-own head-own supervisor-own supervisor-other auditor-own));
my $desk = Desk->new($door, $token{'window-own'});
my %zhang = (kind => 'person', name => '张样本', credential => '样本证件0001');
my $accept = {action => 'accept', input => {identityVerified => JSON::PP::true, barred => JSON::PP::false}};

sub sql {
    my ($sql) = @_;
    open my $out, '-|', 'psql', '-XAtqc', $sql or die "psql: $!\n";
    my $row = <$out> // '';
    chomp $row;
    return $row;
}

# By whoever has that query code.
sub own { my ($method, $case, $path, $code, $body, %more) = @_; return ask(undef, $method, "/v1/progress/$case->{number}$path", $body, 'Query-Code' => $code, %more) }
sub look { my ($case, $code) = @_; return own('GET', $case, '', $code) }
sub say_so { my ($case, $code, $body, %more) = @_; return own('POST', $case, '/actions', $code, $body, 'Idempotency-Key' => $more{key} // Door::key(), $more{etag} ? ('If-Match' => $more{etag}) : ()) }
sub send_file { my ($case, $code) = @_; return own('POST', $case, '/files?name=a.pdf', $code, "%PDF-1.4\n% sample\n", 'Content-Type' => 'application/pdf', 'Idempotency-Key' => Door::key()) }
sub told { my ($r) = @_; return "$r->{status} " . ($r->{v}{code} // '-') }

# The applicant gives a mandate; the number and the agent's code.
sub gives {
    my ($case, %mandate) = @_;
    $mandate{agent} //= {%zhang};
    my $r = say_so($case, $case->{queryCode}, {command => 'mandate', mandate => {%mandate}});
    is($r->{status}, 200, "a mandate is given: $r->{body}");
    return ($r->{v}{mandate}, $r->{v}{queryCode});
}

# He submits the correction, as whoever has that code.
sub submits {
    my ($case, $code, $key) = @_;
    my ($step) = @{look($case, $case->{queryCode})->{v}{yourSteps}};
    return say_so($case, $code, {action => 'submit'}, etag => $step->{etag}, key => $key);
}

sub correct_again {
    my ($case) = @_;
    my $seen = ask('window-own', 'GET', "/v1/cases/$case->{number}")->{v};
    is(act('window-own', $case, $seen->{steps}[0]{etag}, {action => 'correct', document => '聊审批补〔2026〕1号', input => {missing => ['articles']}})->{status}, 200, 'asked once more');
}

# The newest record whose actor is @who.
sub record {
    my ($case, $who) = @_;
    my ($last) = reverse grep { ($_->{by} // '') eq $who } @{ask('auditor-own', 'GET', "/v1/cases/$case->{number}/facts?limit=200")->{v}{items}};
    return $last // {};
}

my @tests = (
    an_agent_reads_and_acts_with_a_code_of_his_own => sub {
        my $case = $desk->open_correction;
        my $number = $case->{number};
        my $key = Door::key();
        my @reply = map { say_so($case, $case->{queryCode}, {command => 'mandate', mandate => {agent => {%zhang}}}, key => $key) } 1 .. 2;
        is($reply[1]{body}, $reply[0]{body}, 'sent twice it is given once');
        my ($mandate, $code) = @{$reply[0]{v}}{qw(mandate queryCode)};
        is($mandate, 1, 'its number');
        is($code eq $case->{queryCode} ? 'the same' : 'his own', 'his own', 'his code');
        my $seen = look($case, $code);
        is($seen->{status}, 200, 'he looks');
        is(index($seen->{body}, $case->{queryCode}), -1, 'the code of the case is not shown to him');
        is(join(' ', map { map { $_->{action} } @{$_->{actions}} } @{$seen->{v}{yourSteps}}), 'submit', 'what he may do');
        is(told(look($case, 'AAAAAAAAAA')), '404 not_found', 'with a code that is nobody\'s');
        is(told(submits($case, $code)), '200 -', 'he acts');
        my $record = record($case, 'agent 1');
        is(join(' ', map { $record->{$_} // '-' } qw(command action role onBehalfOf mandate)), 'act submit agent applicant 1', 'the record');
        is(record($case, 'window-own')->{onBehalfOf}, 'nothing', 'of others nothing of that');
        my ($shown) = @{ask('window-own', 'GET', "/v1/cases/$number")->{v}{mandates}};
        is("$shown->{agent}{name} $shown->{agent}{credential} $shown->{state} @{$shown->{scope}}", '张样本 样本证件0001 in-force all', 'at the window');
        is(sql("select count(*) from mandates m join cases c on c.id = m.case_id where c.number = '$number'"), 1, 'its agent is kept once');
    },
    who_he_is_stands_beside_the_chain => sub {
        my $case = $desk->open_correction;
        gives($case);
        my $facts = ask('auditor-own', 'GET', "/v1/cases/$case->{number}/facts")->{body};
        is(index($facts, encode_utf8($zhang{name})) + index($facts, encode_utf8($zhang{credential})), -2, 'the facts name nobody');
        is(sql("select count(*) from facts f join cases c on c.id = f.case_id where c.number = '$case->{number}' and f.body like '%样本%'"), 0, 'nor do their rows');
        my ($salt, $who) = split /\|/, sql("select encode(salt, 'hex'), who from mandates m join cases c on c.id = m.case_id where c.number = '$case->{number}'");
        my ($sealed) = $facts =~ /"agent":"([0-9a-f]{64})"/;
        is(sha256_hex(pack('H*', $salt) . $who), $sealed, 'with its salt it is what the fact has');
        is($who, encode_utf8('{"credential":"样本证件0001","kind":"person","name":"张样本"}'), 'as canonical JSON');
        sql("update mandates m set who = null, salt = null from cases c where c.id = m.case_id and c.number = '$case->{number}'");
        my ($shown) = @{ask('window-own', 'GET', "/v1/cases/$case->{number}")->{v}{mandates}};
        is($shown->{agent}{name}, 'nothing', 'erased, nobody knows');
    },
    a_mandate_reaches_as_far_as_it_says => sub {
        my $case = $desk->open_correction;
        my (undef, $looks) = gives($case, scope => ['progress']);
        my (undef, $hands_in) = gives($case, scope => ['materials']);
        my (undef, $submits) = gives($case, scope => ['act:submit']);
        is(told(submits($case, $looks)), '403 mandate_scope', 'who only looks');
        is(told(submits($case, $hands_in)), '403 mandate_scope', 'who hands in');
        is(told(send_file($case, $looks)), '403 mandate_scope', 'a file of who only looks');
        is(told(own('GET', $case, '/certificates', $hands_in)), '403 mandate_scope', 'certificates');
        my $file = send_file($case, $hands_in);
        is("$file->{status} $file->{v}{by}", '201 agent 2', 'a file');
        my $etag = ask('window-own', 'GET', "/v1/cases/$case->{number}")->{v}{etag};
        my $receive = {command => 'material', material => 'articles', action => 'receive', file => $file->{v}{id}};
        is(told(say_so($case, $submits, $receive, etag => $etag)), '403 mandate_scope', 'a material of who acts');
        is(told(say_so($case, $hands_in, $receive, etag => $etag)), '200 -', 'a material');
        is(scalar @{own('GET', $case, '/files', $case->{queryCode})->{v}{items}}, 1, 'the applicant sees what was sent for him');
        is(told(say_so($case, $submits, {command => 'withdraw'}, etag => ask('window-own', 'GET', "/v1/cases/$case->{number}")->{v}{etag})), '403 mandate_scope', 'to withdraw');
        is(told(say_so($case, $submits, {command => 'mandate', mandate => {agent => {%zhang}}})), '403 forbidden', 'an agent of an agent');
        is(told(say_so($case, $submits, {command => 'revoke-mandate', number => 1})), '403 forbidden', 'to end another\'s');
        is(scalar @{look($case, $submits)->{v}{mandates}}, 1, 'he sees his own alone');
        is(scalar @{look($case, $case->{queryCode})->{v}{mandates}}, 3, 'the applicant sees them all');
        is(told(submits($case, $submits)), '200 -', 'what it says');
    },
    a_mandate_is_ended_by_whom_it_is_of => sub {
        my $case = $desk->open_correction;
        my ($number, $code) = gives($case);
        my $key = Door::key();
        is(told(submits($case, $code, $key)), '200 -', 'he acts');
        correct_again($case);
        is(told(say_so($case, $case->{queryCode}, {command => 'revoke-mandate', number => $number})), '200 -', 'the applicant ends it');
        is(told(look($case, $code)), '403 mandate_ended', 'he does not look');
        is(told(submits($case, $code)), '403 mandate_ended', 'nor act');
        is(told(send_file($case, $code)), '403 mandate_ended', 'nor send');
        is(told(say_so($case, $case->{queryCode}, {command => 'revoke-mandate', number => $number})), '409 action_not_allowed', 'twice');
        is(told(say_so($case, $case->{queryCode}, {command => 'revoke-mandate', number => 7})), '422 form_invalid', 'one that there is not');
        my (undef, $next) = gives($case);
        my $end = sub { ask('window-own', 'POST', "/v1/cases/$case->{number}/actions", {command => 'revoke-mandate', number => 2, @_}, 'Idempotency-Key' => Door::key()) };
        is(told($end->()), '422 reason_missing', 'a window without a reason');
        is(told($end->(reason => '申请人来电')), '200 -', 'a window with one');
        is(told(look($case, $next)), '403 mandate_ended', 'it ended');
        is(look($case, $case->{queryCode})->{v}{mandates}[1]{why}, '申请人来电', 'why');
    },
    a_window_records_it_with_its_document => sub {
        my $case = $desk->open_correction;
        my $give = sub { my ($who, %more) = @_; ask($who, 'POST', "/v1/cases/$case->{number}/actions", {command => 'mandate', mandate => {agent => {%zhang}}, %more}, 'Idempotency-Key' => Door::key()) };
        is(told($give->('window-own')), '422 document_missing', 'without');
        is(told($give->('window-other', document => '委托书')), '403 forbidden', 'of another district');
        is(told($give->('registrar-own', document => '委托书')), '403 forbidden', 'a registrar');
        my $r = $give->('window-own', document => '授权委托书1号');
        is(told($r), '200 -', 'with');
        is(told(submits($case, $r->{v}{queryCode})), '200 -', 'he acts');
    },
    what_is_no_mandate_is_refused => sub {
        my $case = $desk->open_correction;
        my $wrong = sub { my ($mandate, $at, $what) = @_; my $r = say_so($case, $case->{queryCode}, {command => 'mandate', mandate => $mandate}); is(told($r) . " $r->{v}{errors}[0]{pointer}", "422 form_invalid #/mandate$at", $what) };
        $wrong->({}, '/agent', 'nobody');
        $wrong->({agent => {name => '张样本', kind => 'person'}}, '/agent', 'without a credential');
        $wrong->({agent => {%zhang, kind => 'friend'}}, '/agent', 'of no kind');
        $wrong->({agent => {%zhang, account => 'helper-own'}}, '/agent', 'both');
        $wrong->({agent => {account => 'window-own'}}, '/agent/account', 'an account that is no helper\'s');
        $wrong->({agent => {account => 'nobody'}}, '/agent/account', 'no account');
        $wrong->({agent => {%zhang, kind => 'enterprise'}}, '/agent', 'an enterprise without its code');
        $wrong->({agent => {%zhang}, scope => []}, '/scope', 'nothing');
        $wrong->({agent => {%zhang}, scope => ['act:hand-out']}, '/scope', 'what is not the applicant\'s');
        $wrong->({agent => {%zhang}, until => '2026-02-30'}, '/until', 'no day');
        $wrong->({agent => {%zhang}, until => '2020-01-01'}, '/until', 'over before it begins');
        $wrong->({agent => {%zhang}, from => '2036-03-02', until => '2036-03-01'}, '/until', 'ends before it begins');
        is(told(say_so($case, $case->{queryCode}, {action => 'submit', mandate => {agent => {%zhang}}}, etag => '"s2"')), '422 form_invalid', 'with another command');
        is(told(say_so($case, $case->{queryCode}, {command => 'mandate'})), '422 form_invalid', 'without any');
        gives($case, agent => {name => '聊城样本代理有限公司', kind => 'enterprise', credential => '91371500MA3C00003Q'});
    },
    an_opening_says_who_files_it => sub {
        my $files = sub { my ($who, %more) = @_; ask($who, 'POST', '/v1/cases', {%{Desk::opening()}, %more}, 'Idempotency-Key' => Door::key()) };
        my $first = sub { ask('auditor-own', 'GET', "/v1/cases/$_[0]/facts")->{v}{items}[0] };
        my $r = $files->('helper-own', document => '授权委托书1号', mandate => {agent => {account => 'helper-own'}, scope => ['act', 'materials']});
        is("$r->{status} $r->{v}{mandate} " . ($r->{v}{agentQueryCode} // 'no code'), '201 1 no code', 'a helper for the applicant');
        my $record = $first->($r->{v}{number});
        is(join(' ', map { $record->{$_} // '-' } qw(command by role onBehalfOf mandate document)), 'open helper-own agent applicant 1 授权委托书1号', 'the first fact');
        my $seen = ask('window-own', 'GET', "/v1/cases/$r->{v}{number}")->{v};
        is("$seen->{mandates}[0]{agent}{account} $seen->{mandates}[0]{document} $seen->{identity}{state}", 'helper-own 授权委托书1号 claimed', 'at the window');
        is($seen->{firstHandler}, 'nothing', 'nobody of the house has it');
        is(scalar(grep { $_->{number} eq $r->{v}{number} } @{ask('helper-own', 'GET', '/v1/cases?agent=me')->{v}{items}}), 1, 'on his list');
        is(look($r->{v}, $r->{v}{queryCode})->{v}{mandates}[0]{state}, 'in-force', 'the applicant sees whom he has');
        my $key = Door::key();
        my @same = map { ask('window-own', 'POST', '/v1/cases', {%{Desk::opening()}, document => '授权委托书2号', mandate => {agent => {%zhang}}}, 'Idempotency-Key' => $key) } 1 .. 2;
        is($same[1]{body}, $same[0]{body}, 'sent twice it is opened once, under the same codes');
        my $case = $same[0]{v};
        $record = $first->($case->{number});
        is(join(' ', map { $record->{$_} // '-' } qw(by role mandate document)), 'window-own window - 授权委托书2号', 'the first fact');
        is(scalar(grep { $_->{fact} eq 'mandated' } @{$record->{facts}}), 1, 'names the mandate');
        is($case->{agentQueryCode} eq $case->{queryCode} ? 'the same' : 'his own', 'his own', 'his code');
        is(look($case, $case->{agentQueryCode})->{status}, 200, 'he looks');
        is(index(look($case, $case->{agentQueryCode})->{body}, $case->{queryCode}), -1, 'and is not told the code of the case');
        is(ask('window-own', 'POST', "/v1/cases/$case->{number}/actions", {action => 'correct', document => '补正1号', input => {missing => ['articles']}}, 'Idempotency-Key' => Door::key(), 'If-Match' => $case->{steps}[0]{etag})->{status}, 200, 'asked');
        is(told(submits($case, $case->{agentQueryCode})), '200 -', 'he acts');
        is(record($case, 'agent 1')->{mandate}, 1, 'under it');
        my $own = ask(undef, 'POST', '/v1/progress', {%{Desk::opening()}, mandate => {agent => {%zhang}}}, 'Idempotency-Key' => Door::key());
        is("$own->{status} " . look($own->{v}, $own->{v}{agentQueryCode})->{status}, '201 200', 'named by the applicant himself');
        $record = $first->($own->{v}{number});
        is(join(' ', map { $record->{$_} // '-' } qw(by role)), 'applicant applicant', 'the first fact');
        $r = ask('window-own', 'POST', '/v1/cases?validateOnly=true', {%{Desk::opening()}, document => '委托书', mandate => {agent => {%zhang}}});
        is("$r->{status} " . ($r->{v}{agentQueryCode} // 'no code'), '200 no code', 'only tried, no code is given');
    },
    who_may_not_file_for_him_is_refused => sub {
        my $files = sub { my ($who, %more) = @_; ask($who, 'POST', '/v1/cases', {%{Desk::opening()}, %more}, 'Idempotency-Key' => Door::key()) };
        my $before = sql('select count(*) from cases');
        my %his = (agent => {account => 'helper-own'});
        is(told($files->('helper-own')), '403 forbidden', 'a helper without a mandate');
        is(told($files->('helper-own', document => '委托书', mandate => {agent => {account => 'helper-other'}})), '403 forbidden', 'under another\'s');
        is(told($files->('helper-own', document => '委托书', mandate => {agent => {%zhang}})), '403 forbidden', 'for somebody from outside');
        is(told($files->('helper-other', document => '委托书', mandate => {agent => {account => 'helper-other'}})), '403 forbidden', 'of another district');
        is(told($files->('registrar-own', document => '委托书', mandate => {%his})), '403 forbidden', 'a registrar');
        is(told($files->('helper-own', mandate => {%his})), '422 document_missing', 'without the document');
        is(told($files->('helper-own', document => '委托书', mandate => {%his, scope => ['materials']})), '403 mandate_scope', 'that does not reach so far');
        is(told($files->('helper-own', document => '委托书', mandate => {%his, from => '2036-01-01'})), '403 mandate_ended', 'that is to come');
        is(told($files->('window-own', mandate => {%his})), '422 document_missing', 'a window without the document');
        is(told($files->('window-own', document => '委托书')), '422 form_invalid', 'a document of nothing');
        my $nobody = $files->('window-own', document => '委托书', mandate => {agent => {account => 'nobody'}});
        is(told($nobody) . " $nobody->{v}{errors}[0]{pointer}", '422 form_invalid #/mandate/agent/account', 'nobody\'s account');
        my $wrong = $files->('window-own', document => '委托书', mandate => {agent => {%zhang}, scope => ['act:hand-out']});
        is(told($wrong) . " $wrong->{v}{errors}[0]{pointer}", '422 form_invalid #/mandate/scope', 'what is not the applicant\'s');
        is(sql('select count(*) from cases'), $before, 'nothing was opened');
    },
    a_helper_acts_by_his_account => sub {
        my $case = $desk->open_correction;
        my $act = sub { my ($who) = @_; ask($who, 'POST', "/v1/cases/$case->{number}/actions", {action => 'submit', step => 'correction'}, 'Idempotency-Key' => Door::key(), 'If-Match' => $case->{steps}[0]{etag}) };
        is(told($act->('helper-other')), '403 forbidden', 'without a mandate');
        is(told(ask('helper-other', 'GET', "/v1/cases/$case->{number}")), '403 forbidden', 'nor does he see it');
        my $r = say_so($case, $case->{queryCode}, {command => 'mandate', mandate => {agent => {account => 'helper-other'}, scope => ['act']}});
        is("$r->{status} $r->{v}{mandate} " . ($r->{v}{queryCode} // 'no code'), '200 1 no code', 'he gets one');
        my $seen = ask('helper-other', 'GET', "/v1/cases/$case->{number}");
        is($seen->{status}, 200, 'he sees it, of whichever district he is');
        is($seen->{v}{steps}[0]{actions}[0]{action}, 'submit', 'what he may do');
        is(told(ask('helper-other', 'GET', "/v1/cases/$case->{number}/files")), '403 mandate_scope', 'files are not in it');
        is(join(' ', map { $_->{number} } @{ask('helper-other', 'GET', '/v1/cases?agent=me')->{v}{items}}), $case->{number}, 'on his list');
        is(scalar @{ask('supervisor-own', 'GET', '/v1/cases?agent=helper-other&district=371502')->{v}{items}}, 1, 'on that of who looks after him');
        is(told(ask('helper-own', 'GET', '/v1/cases?agent=helper-other')), '403 forbidden', 'not of others');
        is(told(ask('head-own', 'GET', '/v1/cases?agent=me&firstHandler=me')), '400 bad_parameter', 'one of both');
        is(told($act->('helper-own')), '403 forbidden', 'another helper');
        is(told($act->('helper-other')), '200 -', 'he acts');
        is(join(' ', map { record($case, 'helper-other')->{$_} } qw(role onBehalfOf mandate)), 'agent applicant 1', 'the record');
        correct_again($case);
        is(told(say_so($case, $case->{queryCode}, {command => 'revoke-mandate', number => 1})), '200 -', 'it is ended');
        is(told(ask('helper-other', 'POST', "/v1/cases/$case->{number}/actions", {action => 'submit', step => 'correction'}, 'Idempotency-Key' => Door::key(), 'If-Match' => '"s5"')), '403 mandate_ended', 'he acts no more');
        is(told(ask('helper-other', 'GET', "/v1/cases/$case->{number}")), '403 forbidden', 'nor looks');
    },
    who_opens_a_case_is_its_first_handler => sub {
        my $case = $desk->open_case;
        my $number = $case->{number};
        my $first = ask('window-own', 'GET', "/v1/cases/$number")->{v}{firstHandler};
        is("$first->{account} $first->{district}", 'window-own 371502', 'who opened it');
        is(exists look($case, $case->{queryCode})->{v}{firstHandler}{account} ? 'yes' : 'no', 'no', 'the applicant is not told the account');
        my $mine = sub { my ($who) = @_; scalar grep { $_->{number} eq $number } @{ask($who, 'GET', '/v1/cases?firstHandler=me&limit=200')->{v}{items}} };
        is($mine->('window-own') . $mine->('window-other') . $mine->('registrar-own'), '100', 'on whose list it is');
        # The duty goes with him, wherever the case goes.
        my $etag = ask('window-own', 'GET', "/v1/cases/$number")->{v}{etag};
        is(act('window-own', $case, $etag, {command => 'hand-over', district => '371503', reason => '住所在该县'})->{status}, 200, 'handed over');
        is(ask('window-own', 'GET', "/v1/cases/$number")->{status}, 200, 'he still sees it');
        is($mine->('window-own'), 1, 'and has it on his list');
        is(ask('registrar-own', 'GET', "/v1/cases/$number")->{status}, 200, 'and so do the others of the hall that received it');
        my $entrust = sub { my ($who, %c) = @_; ask($who, 'POST', "/v1/cases/$number/actions", {command => 'entrust', %c}, 'Idempotency-Key' => Door::key()) };
        is(told($entrust->('supervisor-other', account => 'window-other')), '422 reason_missing', 'without a reason');
        is(told($entrust->('window-other', account => 'window-other', reason => '换班')), '403 forbidden', 'by a window');
        is(told($entrust->('supervisor-other', account => $_, reason => '换班')), '422 form_invalid', "to $_") for qw(nobody auditor-own system-own);
        is(act('window-other', $case, ask('window-other', 'GET', "/v1/cases/$number")->{v}{etag}, {command => 'take-over'})->{status}, 200, 'taken over');
        is(told($entrust->('supervisor-other', account => 'window-other', reason => '换班')), '200 -', 'entrusted');
        is(told($entrust->('supervisor-other', account => 'window-other', reason => '换班')), '409 action_not_allowed', 'twice');
        is(ask('window-other', 'GET', "/v1/cases/$number")->{v}{firstHandler}{account}, 'window-other', 'to whom');
        is($mine->('window-own') . $mine->('window-other'), '01', 'on whose list it is then');
        my ($item) = grep { $_->{number} eq $number } @{ask('supervisor-other', 'GET', '/v1/cases?firstHandler=window-other&limit=200')->{v}{items}};
        is($item->{firstHandler}{account}, 'window-other', 'on the list of who looks after them');
    },
    of_what_an_applicant_opens_it_is_who_takes_it => sub {
        my $case = ask(undef, 'POST', '/v1/progress', Desk::opening(), 'Idempotency-Key' => Door::key())->{v};
        my $first = sub { my $x = ask('supervisor-own', 'GET', "/v1/cases/$case->{number}")->{v}{firstHandler}; $x ? $x->{account} : 'nobody' };
        is($first->(), 'nobody', 'at first');
        is(sql("select coalesce(first_handler, 'null') from cases where number = '$case->{number}'"), 'null', 'in the row');
        is(ask('window-own', 'POST', "/v1/cases/$case->{number}/actions", {command => 'claim', step => 'accept'}, 'Idempotency-Key' => Door::key())->{status}, 200, 'claimed');
        is($first->(), 'window-own', 'who took it');
        is(sql("select first_handler from cases where number = '$case->{number}'"), 'window-own', 'in the row');
        is(ask('supervisor-own', 'POST', "/v1/cases/$case->{number}/actions", {command => 'release', step => 'accept'}, 'Idempotency-Key' => Door::key())->{status}, 200, 'given back');
        is($first->(), 'window-own', 'it stays his');
    },
    a_mandate_may_last_until_the_last_day_there_is => sub {
        my $case = $desk->open_correction;
        my (undef, $code) = gives($case, from => '2026-03-01', until => '9999-12-31');
        is(told(look($case, $code)), '200 -', 'he looks');
        my $shown = ask('supervisor-own', 'GET', "/v1/cases/$case->{number}");
        is("$shown->{status} " . ($shown->{body} =~ /"until":"([^"]*)"/ ? $1 : ''), '200 9999-12-31', 'the case can be read');
    },
    a_mandate_ends_by_its_time_and_with_the_case => sub {
        my $case = $desk->open_correction;
        my (undef, $code) = gives($case, until => '2026-03-02');
        my (undef, $long) = gives($case);
        is(told(look($case, $code)), '200 -', 'on its last day');
        is(ask(undef, 'POST', '/v1/test-clock', {to => '2026-03-02T23:59:59+08:00'})->{status}, 200, 'to its end');
        is(told(look($case, $code)), '200 -', 'until its end');
        is(ask(undef, 'POST', '/v1/test-clock', {to => '2026-03-03T00:00:00+08:00'})->{status}, 200, 'the next day');
        is(told(look($case, $code)), '403 mandate_ended', 'it is over');
        is(told(submits($case, $code)), '403 mandate_ended', 'for acting too');
        is(look($case, $case->{queryCode})->{v}{mandates}[0]{state}, 'expired', 'its state');
        is(told(submits($case, $long)), '200 -', 'the other holds');
        is(act('window-own', $case, ask('window-own', 'GET', "/v1/cases/$case->{number}")->{v}{steps}[0]{etag}, {action => 'refuse', input => {reason => '材料不实'}})->{status}, 200, 'refused');
        is(told(look($case, $long)), '403 mandate_ended', 'it ended with the case');
        is(look($case, $case->{queryCode})->{v}{mandates}[1]{state}, 'closed', 'its state');
    },
);

run_tests(@tests);
