# SPDX-License-Identifier: Apache-2.0
# A sound request for every operation of the contract, with what it needs made
# before it: a case that waits for its acceptance, its entity tags, its query code.
package Desk;
use strict;
use warnings;
use utf8;
use Contract;
use Digest::SHA qw(hmac_sha256_base64);
use Door;
use JSON::PP ();

# What tests/contract/hall shares with the system tax, and when it is there.
my $secret = 'sample-secret-of-the-contract';
my $nine = 1772413200;

my $company = {
    name                => '聊城示例甲科技有限公司',
    legalRepresentative => {name => '示例甲', id => '371502199003070019'},
    registeredCapital   => 100000000,
    domicile            => '聊城市东昌府区示例路1号',
    bankAccount         => JSON::PP::true,
};

my $enterprise = '91371500MA3C00003Q';

sub opening {
    my %more = @_;
    return {workflow => 'company-opening', district => '371502', form => {%$company, %more},
            applicant => {kind => 'enterprise', code => $enterprise, name => '聊城示例甲科技有限公司'}};
}

my $accept = {action => 'accept', step => 'accept', input => {identityVerified => JSON::PP::true, barred => JSON::PP::false}};

# new(door, the token of window-own, who opens the cases)
sub new {
    my ($class, $door, $token) = @_;
    return bless {door => $door, token => $token}, $class;
}

# Sends as window-own; ends the test when that is refused.
sub ask {
    my ($self, %r) = @_;
    my $reply = $self->{door}->request(%r, headers => {Authorization => "Bearer $self->{token}",
        $r{method} eq 'POST' ? ('Idempotency-Key' => Door::key()) : (), %{$r{headers} // {}}});
    die "$r{method} $r{target}: $reply->{status} $reply->{body}\n" if $reply->{status} >= 300;
    return Contract::decode($reply->{body});
}

# A new case, with more in its form: {number, etag, queryCode, steps}.
sub open_case {
    my ($self, %more) = @_;
    return $self->ask(method => 'POST', target => '/v1/cases', body => opening(%more));
}

# Its materials are taken in; @tag is the case's.
sub take_in {
    my ($self, $case, $tag) = @_;
    for (qw(articles domicile)) {
        $tag = $self->ask(method => 'POST', target => "/v1/cases/$case->{number}/actions", headers => {'If-Match' => $tag},
            body => {command => 'material', action => 'receive', material => $_})->{etag};
    }
}

# The same, of another kind: the applicant has been asked to correct.
sub open_correction {
    my ($self) = @_;
    my $case = $self->open_case;
    return {%$case, %{$self->ask(method => 'POST', target => "/v1/cases/$case->{number}/actions",
        headers => {'If-Match' => $case->{steps}[0]{etag}},
        body => {action => 'correct', document => '聊审批补〔2026〕1号', input => {missing => ['articles']}})}};
}

# The case many requests may look at, accepted so that its clocks run.
sub seen {
    my ($self) = @_;
    return $self->{seen} //= do {
        my $case = $self->open_case;
        $self->ask(method => 'POST', target => "/v1/cases/$case->{number}/actions",
            headers => {'If-Match' => $case->{steps}[0]{etag}}, body => $accept);
        $case;
    };
}

# A case with a business licence that is signed: {…, certificate => its item of listCertificates}.
sub licensed {
    my ($self) = @_;
    return $self->{licensed} //= do {
        my $case = $self->open_case;
        my $registrar = Desk->new($self->{door}, $self->{door}->sign_in('registrar-own'));
        my $act = sub {
            my ($who, $tag, $body) = @_;
            return $who->ask(method => 'POST', target => "/v1/cases/$case->{number}/actions", headers => {'If-Match' => $tag}, body => $body);
        };
        my $accepted = $act->($self, $case->{steps}[0]{etag}, $accept);
        $self->take_in($case, $accepted->{etag});
        $act->($registrar, $accepted->{steps}[0]{etag}, {action => 'issue', input => {licenceNumber => '91371500MA3C00003Q'}});
        +{%$case, certificate => $self->signed($case)};
    };
}

# Its first certificate, when the daemon has signed it.
sub signed {
    my ($self, $case, $nth) = @_;
    for (1 .. 15000) {
        my ($x) = grep { $_->{nth} == ($nth // 1) } @{$self->ask(method => 'GET', target => "/v1/cases/$case->{number}/certificates")->{items}};
        return $x if $x && $x->{signed};
        select undef, undef, undef, 0.02;
    }
    die "the certificate is not signed\n";
}

# A ballot that is open: {number, code} of one of its voters.
sub voting {
    my ($self) = @_;
    return $self->{voting} //= do {
        my $court = Desk->new($self->{door}, $self->{door}->sign_in('registrar-own'));
        my $case = $court->ask(method => 'POST', target => '/v1/cases', body => {workflow => 'creditors-meeting', district => '371502',
            applicant => {kind => 'enterprise', name => '聊城示例重整有限公司'},
            form => {debtor => '聊城示例重整有限公司', debtorCode => '91371500MA3EXB0054', closing => '2030-03-20T17:00:00+08:00', second => '2030-04-20T17:00:00+08:00',
                creditors => [{code => '91371500MA3EXB013Y', claim => 3000000000, class => 'secured'}, {code => '91371500MA3EXB03XH', claim => 100000, class => 'ordinary'}]}});
        $court->ask(method => 'POST', target => "/v1/cases/$case->{number}/actions", headers => {'If-Match' => $case->{steps}[0]{etag}}, body => {action => 'tell'});
        my ($ballot) = @{$court->ask(method => 'GET', target => "/v1/cases/$case->{number}/ballots")->{items}};
        +{number => $case->{number}, code => $ballot->{roll}[0]{code}};
    };
}

# A small file that is what it says it is.
sub sending { return {query => {name => '章程.pdf'}, headers => {'Content-Type' => 'application/pdf'}, body => "%PDF-1.4\n% sample\n"} }

# The hash of the version in force.
sub version {
    my ($self) = @_;
    return $self->{version} //= (grep { $_->{id} eq 'company-opening' } @{$self->ask(method => 'GET', target => '/v1/workflows')->{items}})[0]{version};
}

sub untouched { return $_[0]{untouched} //= $_[0]->open_case }
# Another such, whose applicant has sent a file: wrong codes lock the one that waits.
sub sender    { return $_[0]{sender} //= $_[0]->open_correction }

sub waiting   { return $_[0]{waiting} //= $_[0]->open_correction }

# A message of a case that is dead: its id.
sub dead {
    my ($self) = @_;
    my $case = $self->untouched->{number};
    my $number = ++$self->{dead};
    my $sql = "insert into outbox (cell, case_id, number, system, visit, step, at, next_try, state, tries, status, trouble, body)
        select 0, id, $number, 'tax', 1, 'accept', opened, opened, 2, 24, 400, 'answered 400', '{\"a\":1}' from cases where number = '$case'";
    system('psql', '-XAtqc', $sql) == 0 or die "no dead message\n";
    return "$case-m$number";
}

# A card as a fact would have issued it: of the seen case, one for all or a fresh one.
sub card {
    my ($self, $fresh) = @_;
    return $self->{card} if $self->{card} && !$fresh;
    my $number = $self->seen->{number};
    my $sql = 'insert into cards (cell, id, case_id, record, issued, due, clock, epoch, kind, colour, workflow, district, department, step, rule) '
        . "select 0, nextval('card_ids'), c.id, 1, c.opened, c.opened, 99, 1 + (select count(*) from cards), 1, 3, c.workflow, c.district, '市行政审批局', 'licence', 'licence' "
        . "from cases c where c.cell = 0 and c.number = '$number' returning id";
    open my $out, '-|', 'psql', '-XAtqc', $sql or die "psql: $!\n";
    my $id = <$out> // '';
    chomp $id;
    return $self->{card} = $id;
}

# An outage of the own district, one for all or a fresh one: its number.
sub outage {
    my ($self, $fresh) = @_;
    return $self->{outage} if $self->{outage} && !$fresh;
    my $day = sprintf '2019-%02d-%02d', 1 + int(($self->{outages} //= 0) / 28), 1 + $self->{outages}++ % 28;
    my $sql = "insert into outages (cell, district, since, until, reason, account, recorded)
        values (0, '371502', '$day 09:00+08', '$day 10:00+08', '机房停电', 'supervisor-own', '$day 10:00+08') returning id";
    open my $out, '-|', 'psql', '-XAtqc', $sql or die "psql: $!\n";
    my $id = <$out> // '';
    chomp $id;
    return $self->{outage} = $id;
}

# A message that fits the seen case, and waits: its id.
sub inbound {
    my ($self, $fresh) = @_;
    return $self->{inbound} if $self->{inbound} && !$fresh;
    my $number = $self->seen->{number};
    my $body = '{"specversion":"1.0","id":"m","source":"tax","type":"t","data":{"businessKey":"k","name":"done"}}';
    my $sql = 'insert into inbox (cell, id, received, state, source, message, name, subject, hash, body, candidates) '
        . "select 0, nextval('inbox_ids'), c.opened, 0, 'tax', 'waits-' || currval('inbox_ids'), 'done', 'key k', sha256('$body'), '$body', array[c.id] "
        . "from cases c where c.cell = 0 and c.number = '$number' returning id";
    open my $out, '-|', 'psql', '-XAtqc', $sql or die "psql: $!\n";
    my $id = <$out> // '';
    chomp $id;
    return $self->{inbound} = $id;
}

# How each operation is asked; fresh => a case of its own, because it will be changed.
my %sound = (
    signIn       => sub { {body => {account => 'window-own', password => 'window-own-password'}} },
    whoAmI       => sub { {} },
    signOut      => sub { {} },
    listWorkflows => sub { {} },
    getWorkflow  => sub { {path => {id => 'company-opening'}} },
    listVersions => sub { {path => {id => 'company-opening'}} },
    drawWorkflow => sub { {path => {id => 'company-opening'}} },
    exportWorkflow => sub { {path => {id => 'company-opening'}} },
    diffWorkflow => sub { {path => {id => 'company-opening'}, query => {from => $_[0]->version, to => $_[0]->version}} },
    listCases    => sub { {query => {district => '371502'}} },
    openCase     => sub { {key => 1, body => opening()} },
    getCase      => sub { {path => {number => $_[0]->seen->{number}}} },
    listActions  => sub { {path => {number => $_[0]->seen->{number}}} },
    act => sub {
        my ($self, $fresh) = @_;
        my $case = $fresh ? $self->open_case : $self->untouched;
        return {key => 1, path => {number => $case->{number}}, headers => {'If-Match' => $case->{steps}[0]{etag}}, body => $accept};
    },
    explainClock => sub { {path => {number => $_[0]->seen->{number}, name => 'promised'}} },
    explainOwnClock => sub { {path => {number => $_[0]->seen->{number}, name => 'promised'}, headers => {'Query-Code' => $_[0]->seen->{queryCode}}} },
    listBallots  => sub { {path => {number => $_[0]->seen->{number}}} },
    listFacts    => sub { {path => {number => $_[0]->seen->{number}}} },
    listEvents   => sub { {path => {number => $_[0]->seen->{number}}} },
    listOwnEvents => sub { {path => {number => $_[0]->seen->{number}}, headers => {'Query-Code' => $_[0]->seen->{queryCode}}} },
    listDraws    => sub { {path => {number => $_[0]->seen->{number}}} },
    drawCase     => sub { {path => {number => $_[0]->seen->{number}}} },
    listCertificates   => sub { {path => {number => $_[0]->seen->{number}}} },
    getOwnCertificates => sub { {path => {number => $_[0]->seen->{number}}, headers => {'Query-Code' => $_[0]->seen->{queryCode}}} },
    listFiles    => sub { {path => {number => $_[0]->seen->{number}}} },
    listOwnFiles => sub { {path => {number => $_[0]->waiting->{number}}, headers => {'Query-Code' => $_[0]->waiting->{queryCode}}} },
    sendFile => sub { +{%{sending()}, key => 1, path => {number => $_[0]->seen->{number}}} },
    sendOwnFile => sub {
        my $case = $_[0]->waiting;
        my $r = sending();
        $r->{headers}{'Query-Code'} = $case->{queryCode};
        return {%$r, key => 1, path => {number => $case->{number}}};
    },
    getFile => sub {
        my ($self) = @_;
        my $number = $self->seen->{number};
        $self->{file} //= $self->ask(method => 'POST', target => "/v1/cases/$number/files?name=a.pdf", %{+{%{sending()}, query => undef}});
        return {path => {number => $number, file => $self->{file}{id}}};
    },
    getOwnFile => sub {
        my ($self) = @_;
        my $case = $self->sender;
        my %code = ('Query-Code' => $case->{queryCode});
        my $r = sending();
        $self->{own_file} //= $self->ask(method => 'POST', target => "/v1/progress/$case->{number}/files?name=a.pdf",
            body => $r->{body}, headers => {%{$r->{headers}}, %code});
        return {path => {number => $case->{number}, file => $self->{own_file}{id}}, headers => \%code};
    },
    listCertificateKeys => sub { {} },
    getParty => sub { $_[0]->licensed; {path => {code => $enterprise}} },
    drawCertificateCode => sub { {path => {certificate => $_[0]->licensed->{certificate}{number}}} },
    verifyCertificate  => sub { {path => {certificate => $_[0]->licensed->{certificate}{number}}} },
    actMany => sub {
        my ($self, $fresh) = @_;
        my $case = $fresh ? $self->open_case : $self->untouched;
        return {body => {items => [{case => $case->{number}, key => Door::key(), etag => $case->{steps}[0]{etag}, command => $accept}]}};
    },
    listTasks  => sub { {query => {district => '371502'}} },
    countTasks => sub { {} },
    nextTask => sub {
        my ($self, $fresh) = @_;
        $self->open_case if $fresh;
        return {key => 1, body => {workflow => 'company-opening'}};
    },
    openAsApplicant => sub { {key => 1, body => opening()} },
    getProgress => sub { {path => {number => $_[0]->seen->{number}}, headers => {'Query-Code' => $_[0]->seen->{queryCode}}} },
    getOwnBallot => sub { {path => {number => $_[0]->voting->{number}}, headers => {'Voting-Code' => $_[0]->voting->{code}}} },
    actAsApplicant => sub {
        my ($self, $fresh) = @_;
        my $case = $fresh ? $self->open_correction : $self->waiting;
        return {key => 1, path => {number => $case->{number}}, body => {action => 'submit'},
                headers => {'If-Match' => $case->{steps}[0]{etag}, 'Query-Code' => $case->{queryCode}}};
    },
    listOutages  => sub { {query => {district => '371502'}} },
    recordOutage => sub { {body => {district => '371502', from => '2020-01-02T09:00:00+08:00', until => '2020-01-02T10:00:00+08:00', reason => '机房停电'}} },
    getOutage    => sub { {path => {number => $_[0]->outage}} },
    actOnOutage  => sub { {path => {number => $_[0]->outage($_[1])}, body => {action => 'annul', reason => '报错了'}} },
    listCards => sub { {query => {district => '371502'}} },
    moveCard  => sub { {path => {id => $_[0]->card($_[1])}, body => {state => 'delivered'}} },
    stepStatistics => sub { {query => {district => '371502'}} },
    holderStatistics => sub { {query => {district => '371502', groupBy => 'role,month'}} },
    caseStatistics => sub { {query => {district => '371502', groupBy => 'lane'}} },
    cardStatistics => sub { {query => {district => '371502', groupBy => 'department'}} },
    # Its step is not open: the case keeps it for a person.
    tell => sub {
        my ($self) = @_;
        my $id = Door::key();
        return {query => {system => 'tax'}, signed => 1, headers => {'webhook-id' => $id, 'webhook-timestamp' => $nine, 'webhook-signature' => 'to be made'},
                body => {specversion => '1.0', id => $id, source => 'tax', type => 'cn.example.answer',
                         data => {case => $self->seen->{number}, name => 'done', visit => 1, step => 'services.tax.register'}}};
    },
    listInbound   => sub { $_[0]->inbound; {} },
    settleInbound => sub { {path => {id => $_[0]->inbound($_[1])}, body => {action => 'reject', reason => 'nobody knows it'}} },
    listDead => sub { {query => {district => '371502'}} },
    mendMessage => sub {
        my ($self, $fresh) = @_;
        my $id = $fresh ? $self->dead : ($self->{looked_at} //= $self->dead);
        return {path => {id => $id}, body => {action => 'replay', reason => 'mended', data => {a => 2}}};
    },
    listDestinations  => sub { {} },
    switchDestination => sub { {path => {system => 'tax'}, body => {action => 'enable', reason => 'mended'}} },
    getTestClock  => sub { {} },
    moveTestClock => sub { {body => {to => '2026-03-02T09:00:00+08:00'}} },
    live => sub { {} }, ready => sub { {} }, metrics => sub { {} }, contract => sub { {} },
);

# The request of an operation, as Door's parts before they are put together:
# {method, template, path, query, headers, body}.
sub sound {
    my ($self, $o, $fresh) = @_;
    my $make = $sound{$o->{id}} or die "$o->{id} has no sound request in tests/contract/Desk.pm\n";
    my $r = $make->($self, $fresh);
    my %headers = %{$r->{headers} // {}};
    $headers{'Idempotency-Key'} = Door::key() if $r->{key};
    return {method => $o->{method}, template => $o->{path}, path => $r->{path} // {}, query => $r->{query} // {},
            headers => \%headers, body => $r->{body}, signed => $r->{signed}};
}

sub escape {
    my ($s) = @_;
    utf8::encode($s) if utf8::is_utf8($s);
    $s =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ge;
    return $s;
}

# A system signs what it sends, whatever it is.
sub sign {
    my ($r) = @_;
    return if ($r->{headers}{'webhook-signature'} // '') ne 'to be made';
    my $body = $r->{body} // '';
    $body = JSON::PP->new->utf8->canonical->encode($body) if ref $body;
    my $text = join '.', (map { $r->{headers}{$_} // '' } 'webhook-id', 'webhook-timestamp'), $body;
    $r->{headers} = {%{$r->{headers}}, 'webhook-signature' => 'v1,' . hmac_sha256_base64($text, $secret) . '='};
}

# As Door sends it.
sub assembled {
    my ($r) = @_;
    my $target = $r->{template};
    $target =~ s/\{(\w+)\}/escape($r->{path}{$1})/ge;
    sign($r) if $r->{signed};
    my $query = join '&', map { escape($_) . '=' . escape($r->{query}{$_}) } sort keys %{$r->{query}};
    return (method => $r->{method}, target => $target . (length $query ? "?$query" : ''), headers => $r->{headers},
        defined $r->{body} ? (body => $r->{body}) : ());
}

1;
