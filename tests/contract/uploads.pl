#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Files over HTTP: kept whole or not at all, given back as they came, named by
# facts, swept when nothing names them; in the database and in a folder.
#
#   tests/contract/hall tests/contract/uploads.pl [TEST...]
use strict;
use warnings;
use utf8;
use FindBin;
use lib $FindBin::Bin;
use Asks qw($door $contract %token sign_in is run_tests);
use Contract;
use Desk;
use Digest::SHA qw(sha256_hex);
use Door;
use IO::Socket::INET;

my $onestop = $ENV{ONESTOP} // 'build/release/onestop';
my $sanitized = ($ENV{ONESTOP_BUILD} // '') =~ /asan|tsan/; # its memory is mostly the sanitizer's
sign_in(qw(window-own window-other supervisor-own auditor-own));
my $desk = Desk->new($door, $token{'window-own'});

sub ask {
    my ($at, $who, $method, $target, $body, %headers) = @_;
    my $reply = $at->request(method => $method, target => $target, body => $body,
        headers => {$who ? (Authorization => "Bearer $token{$who}") : (), %headers});
    my $o = $contract->answering($method, $target);
    my @wrong = $o ? $contract->complaints($o, $reply) : ();
    die "$method $target: @wrong\n" if @wrong;
    $reply->{v} = Contract::decode($reply->{body}) if ($reply->{headers}{'content-type'} // '') =~ /json/;
    return $reply;
}

sub sql {
    my ($sql) = @_;
    open my $out, '-|', 'psql', '-XAtqc', $sql or die "psql: $!\n";
    my $row = <$out> // '';
    chomp $row;
    return $row;
}

# Asks until it is so.
sub becomes {
    my ($is, $expected, $what) = @_;
    my $got;
    for (1 .. 15000) {
        return 1 if ($got = $is->() // 'nothing') eq $expected;
        select undef, undef, undef, 0.02;
    }
    die "$what: $got, not $expected\n";
}

# Bytes that are a PDF as far as anybody looks, no two pieces of them the same.
sub pdf {
    my ($len) = @_;
    my $bytes = "%PDF-1.7\n" . join '', map { pack 'N', $_ * 2654435761 % 4294967296 } 1 .. $len / 4 + 1;
    return substr $bytes, 0, $len;
}

# Sends bytes to a case; name, type, key, code of the query and head as %o says.
sub put {
    my ($case, $bytes, %o) = @_;
    my $query = join '&', map { "$_=" . Desk::escape($o{$_}) } grep { defined $o{$_} } qw(name material sha256);
    return ask($o{at} // $door, $o{code} ? undef : $o{who} // 'window-own', 'POST',
        '/v1/' . ($o{code} ? 'progress' : 'cases') . "/$case->{number}/files?$query", $bytes,
        'Content-Type' => exists $o{type} ? $o{type} : 'application/pdf', 'Idempotency-Key' => exists $o{key} ? $o{key} : Door::key(),
        $o{code} ? ('Query-Code' => $o{code}) : ());
}

sub listed { return ask($door, 'window-own', 'GET', "/v1/cases/$_[0]{number}/files")->{v}{items} }
sub id     { return sql("select id from cases where number = '$_[0]{number}'") }
sub room   { my $id = id($_[0]); return sql("select coalesce(sum(bytes), 0) || ' in ' || coalesce(sum(files), 0) from file_rooms where case_id = $id") }

# A connection that has sent the head of a file, and no byte of it.
sub begin {
    my ($case, $length, $at) = @_;
    my ($to) = ($at // $ENV{ONESTOP_URL}) =~ m{^http://([^/]+)};
    my $s = IO::Socket::INET->new(PeerAddr => $to, Timeout => 10) or die "$to: $!\n";
    my $how = defined $length ? "Content-Length: $length" : 'Transfer-Encoding: chunked';
    syswrite $s, "POST /v1/cases/$case->{number}/files?name=slow.pdf HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer $token{'window-own'}\r\n"
        . 'Idempotency-Key: ' . Door::key() . "\r\nContent-Type: application/pdf\r\n$how\r\n\r\n";
    return $s;
}

sub send_all {
    my ($s, $bytes) = @_;
    my $sent = 0;
    while ($sent < length $bytes) {
        my $n = syswrite $s, $bytes, 65536, $sent;
        defined $n or die "send: $!\n";
        $sent += $n;
    }
}

# The status of what is answered.
sub answer {
    my ($s) = @_;
    my $got = '';
    local $SIG{ALRM} = sub { die "no answer\n" };
    alarm 300;
    while ($got !~ /\r\n\r\n/) { sysread $s, $got, 4096, length $got or last }
    alarm 0;
    return $got =~ m{^HTTP/1\.1 (\d+)} ? $1 : 'none';
}

sub memory_kib { open my $f, '<', "/proc/$ENV{ONESTOP_PID}/status" or die; return (map { /^VmRSS:\s+(\d+)/ ? $1 : () } <$f>)[0] }

sub round_trip {
    my ($at) = @_;
    my $case = $desk->open_case;
    my $bytes = pdf(3_000_001);
    my $sent = put($case, $bytes, name => '章程 "甲".pdf', material => 'articles', sha256 => sha256_hex($bytes), at => $at);
    is($sent->{status}, 201, 'sent');
    is($sent->{v}{bytes}, length $bytes, 'bytes');
    is($sent->{v}{sha256}, sha256_hex($bytes), 'hash');
    my $place = $sent->{headers}{location};
    my $got = ask($at, 'window-own', 'GET', $place);
    is($got->{body} eq $bytes ? 'same' : 'other', 'same', 'what comes back');
    is($got->{headers}{'content-length'}, length $bytes, 'Content-Length');
    is($got->{headers}{'content-type'}, 'application/pdf', 'type');
    is($got->{headers}{'content-disposition'},
        q{attachment; filename="__ ___.pdf"; filename*=UTF-8''%E7%AB%A0%E7%A8%8B%20%22%E7%94%B2%22.pdf}, 'Content-Disposition');
    is($got->{headers}{'x-content-type-options'}, 'nosniff', 'nosniff');
    is($got->{headers}{'content-security-policy'}, "sandbox; default-src 'none'", 'Content-Security-Policy');
    my $part = sub { ask($at, 'window-own', 'GET', $place, undef, Range => $_[0], @_[1 .. $#_]) };
    for (['bytes=131070-262150', 131070, 262150], ['bytes=2999990-', 2999990, 3000000], ['bytes=-5', 2999996, 3000000], ['bytes=0-0', 0, 0]) {
        my ($range, $from, $to) = @$_;
        my $r = $part->($range);
        is($r->{status}, 206, $range);
        is($r->{headers}{'content-range'}, "bytes $from-$to/3000001", $range);
        is($r->{body} eq substr($bytes, $from, $to - $from + 1) ? 'same' : 'other', 'same', $range);
    }
    is($part->('bytes=3000001-')->{status}, 416, 'beyond the end');
    is($part->($_)->{status}, 200, $_) for 'bytes=5-1', 'lines=1-2', 'bytes=0-1,5-6';
    is($part->('bytes=0-9', 'If-Range' => '"other"')->{status}, 200, 'a part of another file');
    is(ask($at, 'window-own', 'GET', $place, undef, 'If-None-Match' => $got->{headers}{etag})->{status}, 304, 'not changed');
    is($at->request(method => 'HEAD', target => $place, headers => {Authorization => "Bearer $token{'window-own'}"})->{headers}{'content-length'},
        length $bytes, 'HEAD');
    return ($case, $sent->{v}, $place);
}

# Another daemon over the same database, which keeps files in a folder.
sub with_folder {
    my ($do) = @_;
    my $log = "$ENV{ONESTOP_HALL}/folder.log";
    unlink $log; # what an earlier one said is not taken for its word
    my $pid = fork // die "fork: $!\n";
    if ($pid == 0) {
        open STDOUT, '>', $log;
        open STDERR, '>&', \*STDOUT;
        $ENV{ONESTOP_FILES_STORE} = 'folder';
        $ENV{ONESTOP_FILES_FOLDER} = "$ENV{ONESTOP_HALL}/files";
        exec $onestop, 'serve', '--listen', '127.0.0.1', '--port', 0, '--workflows', 'workflows', '--database', "dbname=$ENV{PGDATABASE}";
    }
    my $url = '';
    becomes(sub { open my $f, '<', $log or return 'starts'; ($url) = map { /msg=ready.* url=(\S+)/ ? $1 : () } <$f>; $url ? 'ready' : 'starts' },
        'ready', 'the second daemon');
    my $ok = eval { $do->(Door->new($url), $url, $pid); 1 };
    my $why = $@;
    kill 'TERM', $pid;
    waitpid $pid, 0;
    $ok or die $why;
}

mkdir "$ENV{ONESTOP_HALL}/files";
chmod 0777, "$ENV{ONESTOP_HALL}/files"; # the daemon is another user

sub on_disk { my @all = grep { -f } glob "$ENV{ONESTOP_HALL}/files/*/*"; return scalar @all }

my @tests = (
    what_is_sent_comes_back_as_it_came => sub {
        my ($case, $file) = round_trip($door);
        is(ask($door, 'window-other', 'GET', "/v1/cases/$case->{number}/files/$file->{id}")->{status}, 403, 'of another district');
        is(ask($door, 'auditor-own', 'GET', "/v1/cases/$case->{number}/files/$file->{id}")->{status}, 200, 'by an auditor');
        is(sql('select account || $$ $$ || what || $$ $$ || subject from accesses order by id desc limit 1'),
            "auditor-own file $case->{number}/$file->{id}", 'who looked');
        is(ask($door, 'window-own', 'GET', '/v1/cases/' . $desk->open_case->{number} . "/files/$file->{id}")->{status}, 404, 'in another case');
        is(listed($case)->[0]{id}, $file->{id}, 'listed');
    },
    a_folder_keeps_them_as_well => sub {
        with_folder(sub {
            my ($at) = @_;
            my (undef, $file) = round_trip($at);
            -f sprintf('%s/files/%.2s/%s', $ENV{ONESTOP_HALL}, $file->{id}, $file->{id}) or die "it does not lie under its id\n";
            is(on_disk(), 1, 'files in the folder');
        });
    },
    what_a_killed_daemon_left_of_a_file_is_swept => sub {
        my $case = $desk->open_case;
        my $before = on_disk();
        with_folder(sub {
            my ($at, $url, $pid) = @_;
            my $s = begin($case, 2_000_000, $url);
            send_all($s, pdf(1_000_000));
            becomes(sub { on_disk() - $before }, 1, 'its part in the folder');
            kill 'KILL', $pid;
        });
        is(sql('select state from files where case_id = ' . id($case)), 0, 'its row');
        is(scalar @{listed($case)}, 0, 'files of the case');
        sql("update files set touched = touched - interval '3 hours' where case_id = " . id($case));
        with_folder(sub { becomes(sub { on_disk() - $before }, 0, 'left in the folder') });
        is(room($case), '0 in 0', 'room taken');
    },
    a_key_stands_for_one_file => sub {
        my $case = $desk->open_case;
        my ($bytes, $key) = (pdf(200_000), Door::key());
        my $first = put($case, $bytes, name => 'a.pdf', key => $key);
        my $again = put($case, $bytes, name => 'a.pdf', key => $key);
        is($again->{status}, 201, 'again');
        is($again->{v}{id}, $first->{v}{id}, 'the same file');
        is($again->{headers}{'idempotent-replayed'}, 'true', 'replayed');
        is(put($case, pdf(200_001), name => 'a.pdf', key => $key)->{v}{code}, 'idempotency_key_reused', 'other bytes');
        is(put($case, $bytes, name => 'b.pdf', key => $key)->{v}{code}, 'idempotency_key_reused', 'another name');
        is(put($case, $bytes, name => 'a.pdf', key => undef)->{v}{code}, 'idempotency_key_missing', 'without a key');
        is(room($case), '200000 in 1', 'room taken');
    },
    one_key_twice_at_once_makes_one_file => sub {
        my $case = $desk->open_case;
        my ($bytes, $key) = (pdf(100_000), Door::key());
        my @pid = map {
            my $pid = fork // die "fork: $!\n";
            if ($pid == 0) { my $r = put($case, $bytes, name => 'a.pdf', key => $key, at => Door->new($ENV{ONESTOP_URL})); exit($r->{status} == 201 ? 0 : 1) }
            $pid;
        } 1 .. 6;
        for (@pid) { waitpid $_, 0; is($? >> 8, 0, 'one of six with one key') }
        is(scalar @{listed($case)}, 1, 'files');
        becomes(sub { room($case) }, '100000 in 1', 'room taken');
    },
    a_name_is_a_name_and_no_path => sub {
        my $case = $desk->open_case;
        is(put($case, pdf(100), name => $_)->{v}{code}, 'bad_parameter', "name $_")
            for '../../etc/passwd', '/etc/passwd', 'a\\b.pdf', 'C:a.pdf', '.', '..', "a\nb.pdf", "a\x{1b}[2J.pdf", "a\x{202e}fdp.exe", '', 'x' x 256;
        is(put($case, pdf(100))->{v}{code}, 'bad_parameter', 'without a name');
        is(put($case, pdf(100), name => $_)->{status}, 201, "name $_") for '-rf', '.pdf', '%2e%2e', 'a;b|c`d$(e).pdf', '营业执照（副本）.pdf';
        is(scalar @{listed($case)}, 5, 'files');
    },
    a_file_is_what_it_says => sub {
        my $case = $desk->open_case;
        my %o = (name => 'a.pdf');
        is(put($case, pdf(100), %o, type => $_)->{v}{code}, 'file_type_refused', "type $_") for 'text/html', 'image/svg+xml', 'application/octet-stream', '';
        is(put($case, pdf(100), %o, type => undef)->{v}{code}, 'file_type_refused', 'without a type');
        is(put($case, pdf(100), %o, type => 'Application/PDF; version=1.7')->{status}, 201, 'the type otherwise written');
        is(put($case, pdf(100), %o, type => 'image/png')->{v}{code}, 'file_refused', 'a PDF as PNG');
        is(put($case, '<script>alert(1)</script>', %o)->{v}{code}, 'file_refused', 'a page as PDF');
        is(put($case, '%PD', %o)->{v}{code}, 'file_refused', 'shorter than its beginning');
        is(put($case, '', %o)->{v}{code}, 'file_refused', 'empty');
        is(put($case, pdf(100), %o, sha256 => '0' x 64)->{v}{code}, 'file_refused', 'another hash');
        is(put($case, pdf(100), %o, material => 'nonsense')->{v}{code}, 'material_unknown', 'for no material');
        is(put($case, "%PDF-1.4\0\0\0\xff\xfe", %o)->{status}, 201, 'bytes of all kinds');
        becomes(sub { room($case) }, '113 in 2', 'room taken');
    },
    a_file_that_is_too_large_is_not_read => sub {
        my $case = $desk->open_case;
        my $s = begin($case, 20 * 1024 * 1024 + 1);
        is(answer($s), 413, 'announced');
        $s = begin($case);
        my $piece = sprintf("%x\r\n", 65536) . 'x' x 65536 . "\r\n";
        send_all($s, sprintf("%x\r\n", 65536) . pdf(65536) . "\r\n");
        local $SIG{PIPE} = 'IGNORE';
        eval { send_all($s, $piece) for 1 .. 400; 1 };
        is(answer($s), 413, 'in chunks');
        becomes(sub { room($case) }, '0 in 0', 'room taken');
    },
    what_is_cut_leaves_nothing => sub {
        my $case = $desk->open_case;
        for my $sent (0, 5, 100, 500_000) {
            my $s = begin($case, 1_000_000);
            send_all($s, substr pdf(1_000_000), 0, $sent);
            becomes(sub { sql('select count(*) from files where case_id = ' . id($case)) }, 1, "coming, $sent bytes");
            close $s;
            becomes(sub { room($case) }, '0 in 0', "room after $sent bytes");
        }
        is(sql('select count(*) from file_pieces where case_id = ' . id($case)), 0, 'pieces');
    },
    the_files_of_a_case_have_room_and_no_more => sub {
        my $case = $desk->open_case;
        my @s = map { begin($case) } 1 .. 10; # each may become 20 MB
        becomes(sub { room($case) }, 209715200 . ' in 10', 'room taken by what may come');
        my $full = put($case, pdf(100), name => 'a.pdf');
        is("$full->{status} $full->{v}{code}", '409 no_room', 'one more');
        close $_ for @s;
        becomes(sub { room($case) }, '0 in 0', 'room given back');
        is(put($case, pdf(100), name => 'a.pdf')->{status}, 201, 'afterwards');
    },
    a_hundred_slow_ones_hold_up_nobody => sub {
        my $case = $desk->open_case;
        my $bytes = pdf(300_000);
        my $before = memory_kib();
        my @s = map { begin($case, length $bytes) } 1 .. 100;
        for my $slice (0 .. 2) {
            send_all($_, substr $bytes, $slice * 99_000, 99_000) for @s;
            is(ask($door, 'window-own', 'GET', '/v1/tasks')->{status}, 200, 'a clerk meanwhile');
        }
        my $grown = memory_kib() - $before;
        send_all($_, substr $bytes, 297_000) for @s;
        my %got;
        $got{answer($_)}++ for @s;
        is($got{201}, 100, 'that came');
        is(scalar(map { $_->{sha256} eq sha256_hex($bytes) ? 1 : () } @{listed($case)}), 100, 'whole ones');
        die "the daemon grew by $grown KiB\n" if $grown > 48 * 1024 && !$sanitized;
    },
    a_command_names_it_and_the_fact_has_its_hash => sub {
        my $case = $desk->open_case;
        my $bytes = pdf(5000);
        my $file = put($case, $bytes, name => '章程.pdf', material => 'articles')->{v};
        my $hand = sub {
            my (%c) = @_;
            my $etag = ask($door, 'window-own', 'GET', "/v1/cases/$case->{number}")->{v}{etag};
            return ask($door, 'window-own', 'POST', "/v1/cases/$case->{number}/actions", {command => 'material', action => 'receive', material => 'articles', %c},
                'Idempotency-Key' => Door::key(), 'If-Match' => $etag);
        };
        is($hand->(file => '0' x 32)->{v}{code}, 'file_unknown', 'no such file');
        my $other = put($desk->open_case, $bytes, name => 'a.pdf')->{v};
        is($hand->(file => $other->{id})->{v}{code}, 'file_unknown', 'of another case');
        is($hand->(file => $file->{id})->{status}, 200, 'named');
        my ($m) = grep { $_->{id} eq 'articles' } @{ask($door, 'window-own', 'GET', "/v1/cases/$case->{number}")->{v}{materials}};
        is($m->{file}{sha256}, sha256_hex($bytes), 'the case knows its hash');
        my ($fact) = grep { ($_->{fact} // '') eq 'material' && $_->{material} eq 'articles' } map { @{$_->{facts} // []} } @{ask($door, 'supervisor-own', 'GET', "/v1/cases/$case->{number}/facts")->{v}{items}};
        is($fact->{value}{sha256}, sha256_hex($bytes), 'the fact has its hash');
        is(sql("select count(*) from facts where case_id = " . id($case) . " and body like '%" . sha256_hex($bytes) . "%'"), 1, 'facts with its hash');
        is(listed($case)->[0]{attached} ? 'attached' : 'loose', 'attached', 'state');
        is(sql('select attached from files where id = $$' . $file->{id} . '$$') > 0 ? 'a fact' : 'none', 'a fact', 'what names it');
    },
    an_applicant_sends_what_is_asked_of_him_and_sees_his_own => sub {
        my $case = $desk->open_correction;
        my $own = put($case, pdf(1000), name => '补正.pdf', code => $case->{queryCode});
        is($own->{status}, 201, 'sent');
        is($own->{v}{by}, 'applicant', 'by');
        my $theirs = put($case, pdf(2000), name => 'internal.pdf')->{v};
        my %code = ('Query-Code' => $case->{queryCode});
        is(join(' ', map { $_->{id} } @{ask($door, undef, 'GET', "/v1/progress/$case->{number}/files", undef, %code)->{v}{items}}), $own->{v}{id}, 'listed');
        is(ask($door, undef, 'GET', "/v1/progress/$case->{number}/files/$own->{v}{id}", undef, %code)->{body} eq pdf(1000) ? 'same' : 'other', 'same', 'given');
        is(ask($door, undef, 'GET', "/v1/progress/$case->{number}/files/$theirs->{id}", undef, %code)->{status}, 404, 'of a clerk');
        is(ask($door, undef, 'GET', "/v1/progress/$case->{number}/files/$own->{v}{id}", undef, 'Query-Code' => '0000000000')->{status}, 404, 'with a wrong code');
        my $etag = ask($door, 'window-own', 'GET', "/v1/cases/$case->{number}")->{v}{etag};
        my $hand = sub {
            ask($door, undef, 'POST', "/v1/progress/$case->{number}/actions", {command => 'material', action => 'receive', material => 'articles', file => $_[0]},
                %code, 'Idempotency-Key' => Door::key(), 'If-Match' => $etag);
        };
        is($hand->($theirs->{id})->{v}{code}, 'file_unknown', 'a clerk\'s file in his hands');
        is($hand->($own->{v}{id})->{status}, 200, 'his own');
    },
    what_nothing_names_is_swept => sub {
        my $case = $desk->open_case;
        my $loose = put($case, pdf(300_000), name => 'loose.pdf')->{v};
        my $named = sql('select count(*) from files where attached is not null');
        ask($door, undef, 'POST', '/v1/test-clock', {to => '2026-03-03T10:00:00+08:00'});
        becomes(sub { sql('select count(*) from files where attached is null') }, 0, 'loose files');
        is(sql('select count(*) from files'), $named, 'named files');
        is(sql('select count(*) from file_pieces where file = $$' . $loose->{id} . '$$'), 0, 'pieces');
        is(room($case), '0 in 0', 'room taken');
    },
);

run_tests(@tests);
