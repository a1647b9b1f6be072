#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Certificates over HTTP: signed once, verified by the openssl command line
# alone, refused when touched, revoked, replaced, asked for by anybody.
#
#   tests/contract/hall tests/contract/certificates.pl [TEST...]
use strict;
use warnings;
use utf8;
use FindBin;
use lib $FindBin::Bin;
use Asks;
use Contract;
use Desk;
use Door;
use POSIX ();

my $onestop = $ENV{ONESTOP} // 'build/release/onestop';
my $dir = "$ENV{ONESTOP_HALL}/papers";
mkdir $dir;
sign_in(qw(window-own window-other registrar-own supervisor-own head-own));
my $desk = Desk->new($door, $token{'window-own'});

sub etag { return ask('window-own', 'GET', "/v1/cases/$_[0]{number}")->{v}{etag} }

# A case up to its licence; the certificate may be unsigned yet.
sub issue {
    my $case = $desk->open_case;
    my $accepted = act('window-own', $case, $case->{steps}[0]{etag}, {action => 'accept', input => {identityVerified => JSON::PP::true, barred => JSON::PP::false}});
    $desk->take_in($case, $accepted->{v}{etag});
    is(act('registrar-own', $case, $accepted->{v}{steps}[0]{etag}, {action => 'issue', input => {licenceNumber => '91371500MA3C00003Q'}})->{status}, 200, 'issued');
    return $case;
}

sub listed { return ask('window-own', 'GET', "/v1/cases/$_[0]{number}/certificates")->{v}{items} }

sub sql {
    my ($sql) = @_;
    open my $out, '-|', 'psql', '-XAtqc', $sql or die "psql: $!\n";
    my $row = <$out> // '';
    chomp $row;
    return $row;
}

sub put {
    my ($name, $bytes) = @_;
    utf8::encode($bytes) if utf8::is_utf8($bytes);
    open my $f, '>:raw', "$dir/$name" or die "$name: $!\n";
    print $f $bytes;
    close $f or die "$name: $!\n";
    return "$dir/$name";
}

# The commands of api/README.md, as they stand there: what cuts, then one for each algorithm.
my %command = do {
    open my $in, '<', 'api/README.md' or die "api/README.md: $!\n";
    my ($section) = do { local $/; <$in> } =~ /^## Certificates, by openssl alone\n(.*?)^## /ms;
    my @line = $section =~ /^    (\S.*)$/mg;
    @line == 4 or die "api/README.md has other commands\n";
    (cut => "$line[0] && $line[1]", 'SM2-SM3' => $line[2], Ed25519 => $line[3]);
};

# What somebody without onestop does, with the key from the public list.
sub openssl {
    my ($file) = @_;
    utf8::encode($file) if utf8::is_utf8($file);
    my ($algorithm, $key) = $file =~ /"signature":\{"algorithm":"([^"]+)","key":"([^"]+)","value":"[^"]+"\}\}$/s or return 'no certificate';
    my ($public) = grep { $_->{id} eq $key } @{ask(undef, 'GET', '/v1/certificates/keys')->{v}{items}} or return 'no key';
    put('FILE', $file);
    put('KEY.pem', $public->{public});
    return system("cd '$dir' && { $command{cut} && $command{$algorithm}; } >/dev/null 2>&1") == 0 ? 'verified' : 'refused';
}

sub onestop_says {
    my ($file, @how) = @_;
    my $path = put('file.json', $file);
    system("'$onestop' verify @how --on 2026-03-02 '$path' >/dev/null 2>&1");
    return $? >> 8;
}

# What a reader of QR codes makes of a picture.
sub scanned {
    my ($svg) = @_;
    system('rsvg-convert', '-o', "$dir/qr.png", $svg) == 0 or die "no picture\n";
    my $said = `zbarimg -q --raw --nodbus -Sdisable -Sqrcode.enable '$dir/qr.png'`;
    chomp $said;
    return $said;
}

# The command line of the library, which draws one rectangle for each run of modules.
sub made_by_qrencode {
    my ($said) = @_;
    my $ascii = put('qr.txt', '');
    system('qrencode', '-t', 'ASCII', '-m', 4, '-l', 'M', '-o', $ascii, $said) == 0 or die "no qrencode\n";
    open my $f, '<', $ascii or die "$ascii: $!\n";
    return join '', <$f>;
}

# Dark modules, row by row: of our picture's path, or of two letters each.
sub modules {
    my ($picture) = @_;
    return join "\n", map { s/(.)\1/$1 eq '#' ? '#' : '.'/ger } grep { length } split /\n/, $picture if $picture !~ /<svg/;
    my ($side) = $picture =~ /viewBox="0 0 (\d+) / or die "no size\n";
    my @row = map { '.' x $side } 1 .. $side;
    substr($row[$2], $1, $3) = '#' x $3 while $picture =~ /M(\d+) (\d+)h(\d+)v1h-\3z/g;
    return join "\n", @row;
}

# A second daemon over the same database and keys, ready: what is left by one that was killed.
sub second {
    my (%env) = @_;
    my $log = "$dir/second.log";
    my $pid = fork // die "fork: $!\n";
    if ($pid == 0) {
        @ENV{keys %env} = values %env;
        open STDOUT, '>', $log;
        open STDERR, '>&', \*STDOUT;
        exec $onestop, 'serve', '--listen', '127.0.0.1', '--port', 0, '--workflows', 'workflows', '--database', "dbname=$ENV{PGDATABASE}";
    }
    for (1 .. 15000) {
        return $pid if -s $log && do { open my $f, '<', $log; grep { /msg=ready/ } <$f> };
        last if waitpid($pid, POSIX::WNOHANG());
        select undef, undef, undef, 0.02;
    }
    kill 'KILL', $pid;
    waitpid $pid, 0;
    die "the second daemon does not get ready\n";
}

# A token of SoftHSM with an Ed25519 key: its URI.
sub token {
    mkdir "$dir/tokens";
    $ENV{SOFTHSM2_CONF} = put('softhsm2.conf', "directories.tokendir = $dir/tokens\nobjectstore.backend = file\n");
    my $module = '/usr/lib/softhsm/libsofthsm2.so';
    system("softhsm2-util --init-token --free --label hall --pin 271828 --so-pin 314159 >'$dir/token.log' 2>&1") == 0
        && system("pkcs11-tool --module $module --token-label hall --login --pin 271828 --keypairgen --key-type EC:edwards25519 --label seal --id 01 >>'$dir/token.log' 2>&1") == 0
        or die "no token: " . `cat '$dir/token.log'`;
    my $pin = put('pin', "271828\n");
    # The daemon reads them as the user it becomes.
    system('chown', '-R', "--reference=$ENV{ONESTOP_HALL}/keys", "$dir/tokens", $pin) == 0 or die "chown: $?\n";
    return "pkcs11:token=hall;object=seal?pin-source=$pin&module-path=$module";
}

my @keys = ('--keys', "$ENV{ONESTOP_HALL}/keys");

my @tests = (
    what_is_issued_is_signed_and_openssl_alone_verifies_it => sub {
        my $case = issue();
        my $x = $desk->signed($case);
        is($x->{state}, 'in-force', 'state');
        is($x->{content}{creditCode}, '91371500MA3C00003Q', 'what it says');
        is($x->{holder}{name}, '聊城示例甲科技有限公司', 'holder');
        is(openssl($x->{file}), 'verified', 'openssl');
        is(onestop_says($x->{file}, @keys), 0, 'onestop verify');
        is(onestop_says($x->{file}, '--key', "$dir/KEY.pem"), 0, 'onestop verify with the key alone');
    },
    touched_it_is_refused_by_both => sub {
        my $file = $desk->signed(issue())->{file};
        for my $touch (sub { s/91371500MA3C00003Q/91371500MA3C00003R/ }, sub { s/"issued":"2026/"issued":"2025/ }, sub { s/"kind":"/"kind":"x/ },
            sub { s/("value":"..)(.)/$1 . ($2 eq 'A' ? 'B' : 'A')/e }) {
            local $_ = $file;
            $touch->() or die "nothing to touch\n";
            is(openssl($_), 'refused', 'openssl') if !/"value":"..[AB]/ || $_ ne $file;
            is(onestop_says($_, @keys), 7, 'onestop verify');
        }
        is(onestop_says('{"certificate":{}}', @keys), 7, 'no certificate at all');
        is(onestop_says('nonsense', @keys), 7, 'no JSON');
    },
    a_rotated_key_signs_what_comes_and_the_old_one_still_verifies => sub {
        my $before = $desk->signed(issue());
        my $keys = "$ENV{ONESTOP_HALL}/keys";
        system("'$onestop' key rotate --algorithm ed25519 --folder '$keys' >/dev/null") == 0 or die "rotate: $?\n";
        my $after = $desk->signed(issue());
        $after->{key} =~ /^ed25519-/ or die "signed with $after->{key}\n";
        is(openssl($_->{file}), 'verified', "openssl of $_->{key}") for $before, $after;
        is(onestop_says($_->{file}, @keys), 0, "onestop verify of $_->{key}") for $before, $after;
        system("'$onestop' key rotate --folder '$keys' >/dev/null") == 0 or die "rotate: $?\n";
    },
    without_a_key_it_waits_and_is_signed_once_by_however_many => sub {
        my $current = "$ENV{ONESTOP_HALL}/keys/current";
        rename $current, "$current.away" or die "$current: $!\n";
        my $case = issue();
        is(listed($case)->[0]{signed} ? 'signed' : 'waits', 'waits', 'without a key');
        is(listed($case)->[0]{file}, 'nothing', 'file');
        my $pid = second();
        rename "$current.away", $current or die "$current: $!\n";
        my $first = $desk->signed($case)->{file};
        kill 'KILL', $pid;
        waitpid $pid, 0;
        is(listed($case)->[0]{file}, $first, 'the file later');
        is(sql("select count(*) from certificates where document is null"), 0, 'unsigned ones');
    },
    a_key_that_never_leaves_its_token_signs_and_openssl_verifies_it => sub {
        my $key = token();
        my $current = "$ENV{ONESTOP_HALL}/keys/current";
        rename $current, "$current.away" or die "$current: $!\n";
        my $x = eval {
            my $pid = second(ONESTOP_CERTIFICATES_KEY => $key);
            my $signed = eval { $desk->signed(issue()) };
            my $why = $@;
            kill 'TERM', $pid;
            waitpid $pid, 0;
            $signed // die $why . `cat '$dir/second.log'`;
        };
        my $why = $@;
        rename "$current.away", $current or die "$current: $!\n";
        die $why if !$x;
        local $ENV{ONESTOP_CERTIFICATES_KEY} = $key;
        my $public = put('token.pem', scalar `'$onestop' key public`);
        my ($listed) = grep { $_->{id} eq $x->{key} } @{ask(undef, 'GET', '/v1/certificates/keys')->{v}{items}};
        is($listed->{public}, do { open my $f, '<', $public; local $/; <$f> }, 'its public half');
        is($listed->{algorithm}, 'Ed25519', 'algorithm');
        is(openssl($x->{file}), 'verified', 'openssl');
        is(onestop_says($x->{file}, '--key', $public), 0, 'onestop verify');
        is(onestop_says($x->{file} =~ s/"issued":"2026/"issued":"2025/r, '--key', $public), 7, 'touched');
    },
    anybody_learns_whether_it_holds_and_with_its_code_what_it_says => sub {
        my $x = $desk->licensed->{certificate};
        my $by_number = ask(undef, 'GET', '/v1/certificates/' . lc($x->{number}) =~ s/-//gr);
        is($by_number->{v}{state}, 'in-force', 'state');
        is($by_number->{v}{$_}, 'nothing', $_) for qw(content holder file);
        $by_number->{body} !~ /371502199003070019|示例甲/ or die "the number alone tells a name\n";
        my $by_code = ask(undef, 'GET', "/v1/certificates/$x->{qr}");
        is($by_code->{v}{file}, $x->{file}, 'file');
        my $wrong = $x->{qr} =~ s/.$/$& eq '0' ? '1' : '0'/er;
        is(ask(undef, 'GET', "/v1/certificates/$_")->{status}, 404, $_)
            for $wrong, "$x->{number}.", $x->{number} =~ s/^YYZZ/YYZX/r, $x->{number} =~ s/.$/$& eq '0' ? '1' : '0'/er;
    },
    its_qr_code_is_drawn_and_a_reader_reads_it => sub {
        my $x = $desk->licensed->{certificate};
        my $drawn = sub { my ($what, %headers) = @_; ask(undef, 'GET', "/v1/certificates/$what/qr.svg", undef, %headers) };
        for my $what ($x->{number}, $x->{qr}) {
            my $picture = $drawn->($what);
            is($picture->{headers}{'content-type'}, 'image/svg+xml', 'type');
            is(scanned(put('qr.svg', $picture->{body})), $what, 'what a reader reads');
            is(modules($picture->{body}), modules(made_by_qrencode($what)), 'the modules of qrencode');
            is($drawn->(lc $what =~ s/-//gr)->{body}, $picture->{body}, 'typed in another way') if $what !~ /\./;
            is($drawn->($what, 'If-None-Match' => $picture->{headers}{etag})->{status}, 304, 'not changed');
        }
        my $wrong = $x->{qr} =~ s/.$/$& eq '0' ? '1' : '0'/er;
        is($drawn->($_)->{status}, 404, $_) for $wrong, "$x->{number}.", $x->{number} =~ s/.$/$& eq '0' ? '1' : '0'/er;
        is(ask(undef, 'GET', '/v1/certificates/' . scanned("$dir/qr.svg"))->{v}{file}, $x->{file}, 'what was scanned, asked');
    },
    the_applicant_has_his_own => sub {
        my $case = issue();
        my $x = $desk->signed($case);
        my $own = ask(undef, 'GET', "/v1/progress/$case->{number}/certificates", undef, 'Query-Code' => $case->{queryCode});
        is($own->{v}{items}[0]{file}, $x->{file}, 'file');
        is(ask(undef, 'GET', "/v1/progress/$case->{number}/certificates", undef, 'Query-Code' => '0000000000')->{status}, 404, 'wrong code');
    },
    revoking_takes_a_role_and_a_reason_and_everybody_sees_it => sub {
        my $case = issue();
        my $x = $desk->signed($case);
        my $revoke = {command => 'revoke', number => 1, reason => '以欺骗手段取得'};
        is(act('head-own', $case, etag($case), $revoke)->{status}, 403, 'by a head');
        is(act('supervisor-own', $case, etag($case), {%$revoke, reason => ''})->{v}{code}, 'reason_missing', 'without a reason');
        is(act('supervisor-own', $case, etag($case), {%$revoke, number => 2})->{v}{code}, 'certificate_unknown', 'another number');
        is(act('supervisor-own', $case, '"c1"', $revoke)->{status}, 412, 'with a stale tag');
        is(act('supervisor-own', $case, etag($case), $revoke)->{status}, 200, 'by a supervisor');
        my $seen = ask(undef, 'GET', "/v1/certificates/$x->{qr}");
        is($seen->{v}{state}, 'revoked', 'state');
        is(index($seen->{body}, '欺骗'), -1, 'the reason told to anybody');
        is(listed($case)->[0]{reason}, '以欺骗手段取得', 'the reason told to staff');
        is(act('supervisor-own', $case, etag($case), $revoke)->{v}{code}, 'certificate_discarded', 'again');
        is(openssl($x->{file}), 'verified', 'its signature, as ever');
    },
    a_replacement_names_what_it_replaces => sub {
        my $case = issue();
        my $x = $desk->signed($case);
        is(act('supervisor-own', $case, etag($case), {command => 'replace', number => 1, reason => '遗失补发'})->{status}, 200, 'replaced');
        my $y = $desk->signed($case, 2);
        my $old = ask(undef, 'GET', "/v1/certificates/$x->{number}")->{v};
        is($old->{state}, 'replaced', 'state of the old one');
        is($old->{replacedBy}, $y->{number}, 'its successor');
        is(openssl($y->{file}), 'verified', 'openssl');
        $y->{file} =~ /"replaces":"\Q$x->{number}\E"/ or die "the new one does not name the old one\n";
    },
    one_resource_tells_everything_of_an_enterprise_and_who_looked => sub {
        my ($code, $before) = ('91371500MA3C00003Q', sql('select count(*) from accesses'));
        my $case = $desk->open_case;
        is(act('window-own', $case, etag($case), {command => 'amend', reason => '住所变更', input => {%{Desk::opening()->{form}}, domicile => '聊城市东昌府区示例路2号'}})->{status}, 200, 'amended');
        my (@seen, %seen);
        for (my $target = "/v1/parties/$code?limit=2"; $target;) {
            my $page = ask('window-own', 'GET', $target);
            is($page->{v}{name}, '聊城示例甲科技有限公司', 'name');
            push @seen, @{$page->{v}{items}};
            $target = $page->{v}{nextCursor} && "/v1/parties/$code?limit=2&cursor=$page->{v}{nextCursor}";
        }
        $seen{$_->{number}}++ for @seen;
        is(scalar(grep { $_ > 1 } values %seen), 0, 'cases told twice');
        is(scalar(@seen), sql("select count(*) from party_cases where party = '$code'"), 'cases');
        is($seen[0]{changes}[0]{reason}, '住所变更', 'what was changed');
        my ($licensed) = grep { @{$_->{certificates}} } @seen or die "no certificate\n";
        $licensed->{certificates}[0]{number} =~ /^YYZZ-/ or die "another certificate\n";
        is(sql('select count(*) from accesses') > $before ? 'yes' : 'no', 'yes', 'looks written down');
        is(sql('select account from accesses order by id desc limit 1'), 'window-own', 'who looked');
        is(ask('window-other', 'GET', "/v1/parties/$code")->{status}, 404, 'of another district');
        is(ask('window-other', 'GET', "/v1/parties/$code?district=371502")->{status}, 403, 'asking for another district');
        is(ask('window-own', 'GET', '/v1/parties/91371500MA3C00003R')->{status}, 404, 'a mistyped code');
    },
    materials_are_handed_in_tolerated_promised_and_never_asked_for_twice => sub {
        $desk->licensed;
        my $case = $desk->open_case(corporateInvestor => JSON::PP::true);
        my $state = sub { my ($id) = @_; (grep { $_->{id} eq $id } @{ask('window-own', 'GET', "/v1/cases/$case->{number}")->{v}{materials}})[0] };
        is($state->('earlier-licence')->{state}, 'fetched', 'what the party holds');
        $state->('earlier-licence')->{document} =~ /^YYZZ-/ or die "no number of a licence\n";
        my $do = sub { my ($who, %c) = @_; act($who, $case, etag($case), {command => 'material', %c}) };
        is($do->('window-own', action => 'tolerate', material => 'articles')->{status}, 200, 'tolerated');
        is($state->('articles')->{until}, '2026-03-10T00:00:00+08:00', 'until');
        is($do->('window-own', action => 'promise', material => 'domicile')->{v}{code}, 'document_missing', 'a promise without its document');
        is($do->('window-own', action => 'promise', material => 'domicile', document => '承诺书1号')->{status}, 200, 'promised');
        is($do->('window-own', action => 'receive', material => 'nonsense')->{v}{code}, 'material_unknown', 'no such material');
        is($do->('window-own', action => 'break', material => 'domicile', reason => '不实')->{status}, 403, 'a clerk breaks no promise');
        my $own = sub {
            ask(undef, 'POST', "/v1/progress/$case->{number}/actions", {command => 'material', action => 'receive', @_},
                'Idempotency-Key' => Door::key(), 'Query-Code' => $case->{queryCode}, 'If-Match' => etag($case));
        };
        my $word = $own->(material => 'articles');
        is("$word->{status} $word->{v}{code} $word->{v}{errors}[0]{pointer}", '422 document_missing #/document', 'by his bare word');
        is($own->(material => 'domicile', document => '租赁合同')->{status}, 403, 'what he promised');
        is($own->(material => 'articles', document => '章程.pdf')->{status}, 200, 'by the applicant');
        is($state->('articles')->{state}, 'present', 'state');
        is(act('window-own', $case, '"c1"', {command => 'material', action => 'reject', material => 'articles', reason => '未签字'})->{status}, 412, 'with a stale tag');
        is($do->('window-own', action => 'reject', material => 'articles', reason => '未签字')->{status}, 200, 'sent back');
        is($state->('articles')->{until}, '2026-03-10T00:00:00+08:00', 'tolerated until, as before');
        my $twice = $do->('window-own', action => 'tolerate', material => 'articles')->{v};
        is("$twice->{status} $twice->{code}", '409 action_not_allowed', 'tolerated twice');
    },
    what_was_issued_is_not_annulled => sub {
        my $case = issue();
        is(act('supervisor-own', $case, etag($case), {command => 'annul', number => 5, reason => '误操作'})->{v}{code}, 'annul_impossible', 'annul');
    },
);

run_tests(@tests);
