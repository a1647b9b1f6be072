#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Everything that can be wrong with a request, made from the contract and sent
# to a running daemon.
#
#   tests/contract/hall tests/contract/negative.pl [OPERATION...]
#
# For each operation a sound request is spoilt in one place at a time.  The
# reply must be one the contract lists for the operation, a problem document
# with a code of errors.def and that code's status; it is never 2xx and never
# 5xx.  At the end the daemon is alive and nothing has changed.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Contract;
use Desk;
use Door;

my ($passed, $failed) = (0, 0);
my %sent;     # operation => requests
my %status;   # operation => status => replies

sub check {
    my ($ok, $what) = @_;
    $ok ? $passed++ : $failed++;
    print "$what\n" if !$ok;
    return $ok;
}

# Code => status, of errors.def.
my %code;
{
    open my $f, '<', "$FindBin::Bin/../../engine/base/errors.def" or die "errors.def: $!\n";
    while (<$f>) { $code{$1} = $2 if /^ERROR_KIND\(\w+, "(\w+)", (\d+)/ }
}
# What any request may get before it is somebody's: api/README.md lists them.
my %door = map { ($_ => 1) } 400, 404, 405, 408, 413, 414, 415, 417, 431, 501, 505;

my $door = Door->new($ENV{ONESTOP_URL});
my $contract = Contract->new($door->request(method => 'GET', target => '/openapi.json')->{body});
my $token = $door->sign_in('window-own');
my $desk = Desk->new($door, $token);
my $head = $door->sign_in('head-own');
my $administrator = $door->sign_in('administrator-own');
my $supervisor = $door->sign_in('supervisor-own');

# One spoilt request.  may: statuses it is to get; without, any that is 4xx.
sub send_spoilt {
    my ($o, $what, $r, %expect) = @_;
    my $reply = $r->{raw} ? $door->raw($r->{raw}, $o->{method}) : $door->request(Desk::assembled($r));
    my $s = $reply->{status};
    my $says = "$o->{id}, $what: $s " . substr $reply->{body}, 0, 240;
    $sent{$o->{id}}++;
    $status{$o->{id}}{$s}++;
    my @may = @{$expect{may} // []};
    check(@may ? scalar grep({ $_ == $s } @may) : $s >= 400 && $s < 500, $says . (@may ? " (not @may)" : ''));
    my @wrong = $door{$s} && !$o->{responses}{$s} ? $expect{door} ? () : "$s is not in the contract" : $contract->complaints($o, $reply);
    check(!@wrong, "$says: @wrong");
    return if $s < 400;
    my $problem = Contract::decode($reply->{body}) // {};
    check(($code{$problem->{code} // ''} // 0) == $s, "$says: its code is not of this status");
    check(($reply->{headers}{'content-type'} // '') eq 'application/problem+json', "$says: no problem document");
}

# A sound request with the credentials it needs.
sub sound {
    my ($o) = @_;
    my $r = $desk->sound($o);
    $r->{headers}{Authorization} = 'Bearer ' . ($o->{path} =~ m{cards/.*moves|^/v1/messages|^/v1/outages} ? $supervisor : $o->{path} =~ /facts|stats|cards/ ? $head : $o->{path} =~ /outbox|destinations/ ? $administrator : $token) if !$o->{open};
    return $r;
}

# The request with one part replaced; undef takes it away.
sub with {
    my ($o, $part, $name, $value) = @_;
    my $r = sound($o);
    $r->{$part} = {%{$r->{$part}}};
    if   (defined $value) { $r->{$part}{$name} = $value }
    else                  { delete $r->{$part}{$name} }
    return $r;
}

# Values a schema of a text refuses: [what, value].
sub bad_texts {
    my ($s) = @_;
    my @bad;
    push @bad, ['is empty', ''] if $s->{minLength} || $s->{enum} || $s->{pattern} || ($s->{type} // '') eq 'integer' || $s->{format};
    push @bad, ['is too long', '7' x ($s->{maxLength} + 1)], ['is much too long', '7' x 3000] if $s->{maxLength};
    push @bad, map { ["is $_", $_] } 'x', '-1', '0', '1.5', '1e3', ' 1', '99999999999999999999', $s->{maximum} ? $s->{maximum} + 1 : () if ($s->{type} // '') eq 'integer';
    push @bad, ['is none of the words', 'nonesuch'], ['is a word in capitals', uc $s->{enum}[0]] if $s->{enum};
    push @bad, grep { $_->[1] !~ /$s->{pattern}/ } ['does not fit the pattern', '!? ?!'], ['does not fit at its end', '371502 '] if $s->{pattern};
    push @bad, ['is no date', '2026-02-30'], ['is no date at all', 'yesterday'] if $s->{format};
    return @bad;
}

sub spoil_parameters {
    my ($o) = @_;
    for my $p (@{$o->{parameters}}) {
        my $s = $contract->resolve($p->{schema});
        my $name = $p->{name};
        if ($p->{in} eq 'query') {
            send_spoilt($o, "$name $_->[0]", with($o, 'query', $name, $_->[1])) for bad_texts($s);
            send_spoilt($o, "$name is not UTF-8", with($o, 'query', $name, "\xff\xfe"));
            send_spoilt($o, "$name has a NUL", with($o, 'query', $name, "a\0b"));
            my $r = sound($o);
            my %twice = Desk::assembled($r);
            my $first = $r->{query}{$name} // '371502';
            utf8::encode($first);
            $first =~ s/([^\w.~-])/sprintf '%%%02X', ord $1/ge;
            $r->{template} .= "?$name=$first&$name=$first";
            $r->{query} = {};
            send_spoilt($o, "$name stands there twice", $r);
        } elsif ($p->{in} eq 'path') {
            send_spoilt($o, "$name $_->[0]", with($o, 'path', $name, $_->[1]), door => 1)
                for ['is unknown', $name eq 'number' ? '371502-8KQ1-20260213-00001X-E' : 'nonesuch'], ['is mistyped', '371502-8KQ1-20260213-00001X-7'], ['is garbage', '!*'],
                ['is not UTF-8', "\xff\xfe"], ['has a NUL', "a\0b"], ['has a slash', 'a/b'], ['is too long', '7' x 201],
                ['is longer than a target may be', '7' x 5000], ['is empty', ''], ['is dots', '..'];
            send_spoilt($o, "$name is half an escape", {%{sound($o)}, template => $o->{path} =~ s/\{$name\}/%f/r}, door => 1);
        } elsif ($p->{in} eq 'header' && $name ne 'If-None-Match') {
            my %optional = ('Query-Code' => !$p->{required});
            my $missing = $name eq 'If-Match' ? [428] : $optional{$name} ? [403] : $name =~ /^(?:Query|Voting)-Code$/ ? [401] : [400];
            send_spoilt($o, "$name is missing", with($o, 'headers', $name, undef), may => $missing);
            send_spoilt($o, "$name $_->[0]", with($o, 'headers', $name, $_->[1]), door => 1)
                for ['is empty', ''], ['is garbage', '!* *!'], ['is too long', '7' x (($s->{maxLength} // 128) + 1)],
                ['is longer than a head may be', '7' x 20000], ['is not ASCII', "\xe4\xb8\xad\xe6\x96\x87 x"];
            next if $name ne 'If-Match';
            send_spoilt($o, "If-Match $_->[0]", with($o, 'headers', 'If-Match', $_->[1]), may => [400, 412])
                for ['is of the case', '"c1"'], ['is weak', 'W/"s1"'], ['is any', '*'], ['is a list', '"s1", "s2"'], ['is bare', 's1'],
                ['is beyond all numbers', '"s99999999999999999999"'];
            send_spoilt($o, 'If-Match is stale', with($o, 'headers', 'If-Match', '"s999"'), may => [412]);
        }
    }
    my $r = sound($o);
    $r->{query}{nonesuch} = 1;
    send_spoilt($o, 'a query parameter nobody knows', $r, may => [400]);
}

sub spoil_credentials {
    my ($o) = @_;
    return if $o->{open};
    send_spoilt($o, "Authorization $_->[0]", with($o, 'headers', 'Authorization', $_->[1]), may => [401])
        for ['is missing', undef], ['is empty', ''], ['is of another kind', 'Basic d2luZG93Om93bg=='], ['has no token', 'Bearer '],
        ['has another token', 'Bearer ' . 'A' x 43], ['is too short', 'Bearer abc'], ['is too long', 'Bearer ' . 'A' x 4000],
        ['is not ASCII', "Bearer \xe4\xb8\xad" . 'A' x 40], ['has two tokens', "Bearer $token, Bearer $token"];
}

# Bodies as bytes, whatever the schema.
sub spoil_bytes {
    my ($o) = @_;
    my $text = JSON::PP->new->utf8->canonical->encode(sound($o)->{body});
    my $body = sub { my $r = sound($o); $r->{body} = $_[0]; $r };
    my $large = $o->{id} eq 'actMany' ? 1 << 20 : $o->{id} =~ /^(openCase|act)$/ ? 512 * 1024 : $o->{id} =~ /^(signIn|moveTestClock)$/ ? 4096 : 65536;
    (my $twice = $text) =~ s/^\{("\w+":)/{${1}1,$1/;
    my %bytes = (
        'is cut'                      => substr($text, 0, length($text) / 2),
        'is not JSON'                 => 'workflow=company-opening',
        'has something behind it'     => "$text x",
        'is two documents'            => "$text$text",
        'has a member twice'          => $twice,
        'is not UTF-8'                => $text =~ s/^\{/{"\xff\xfe":1,/r,
        'has half a surrogate'        => $text =~ s/^\{/{"\\ud800":1,/r,
        'has a NUL in a name'         => $text =~ s/^\{/{"a\\u0000b":1,/r,
        'has a bare NUL'              => "$text\0",
        'has a byte order mark'       => "\xef\xbb\xbf$text",
        'is deep'                     => '{"form":' . '[' x 40 . ']' x 40 . '}',
        'is very deep'                => '[' x 3000,
        'has a comment'               => "/* */ $text",
        'has a comma too many'        => $text =~ s/\}$/,}/r,
        'has a number beyond numbers' => $text =~ s/^\{/{"number":1e999,/r,
        'has an integer beyond all'   => $text =~ s/^\{/{"number":99999999999999999999,/r,
        'has NaN'                     => $text =~ s/^\{/{"number":NaN,/r,
        'is an array'                 => '[]',
        'is a text'                   => '"x"',
        'is a number'                 => '7',
        'is null'                     => 'null',
        'is true'                     => 'true',
        'is blank'                    => '   ',
    );
    send_spoilt($o, "the body $_", $body->($bytes{$_}), may => [400, 422]) for sort keys %bytes;
    send_spoilt($o, 'the body is too large', $body->($text . ' ' x $large), may => [413], door => 1);
    send_spoilt($o, 'the body is empty', $body->(''), may => [400, 422]) if $o->{required};
    my $typed = sub { my $r = sound($o); $r->{headers}{$_[0]} = $_[1]; $r };
    send_spoilt($o, "Content-Type is $_->[0]", $typed->('Content-Type', $_->[1]), may => [415], door => 1)
        for ['missing', undef], ['text', 'text/plain'], ['a form', 'application/x-www-form-urlencoded'], ['XML', 'application/xml'],
        ['nearly right', 'application/jsonx'], ['empty', ''];
    send_spoilt($o, 'the body is compressed', $typed->('Content-Encoding', 'gzip'), may => [415], door => 1);
}

# One value of each other kind.
my %other = (
    string => 'x', integer => 7, boolean => JSON::PP::true, null => undef, object => {}, array => [], number => 1.5,
);

# Sends the body with what stands at a path of member names changed.
sub send_member {
    my ($o, $what, $path, $change) = @_;
    my $r = sound($o);
    my $body = Contract::decode(JSON::PP->new->utf8->encode($r->{body}));
    my @path = @$path;
    my $last = pop @path;
    my $at = $body;
    for (@path) { $at = ref $at eq 'ARRAY' ? $at->[$_] : ($at->{$_} //= {}) }
    $change->($at, $last);
    $r->{body} = $body;
    send_spoilt($o, '/' . join('/', @$path) . " $what", $r, may => [grep { $_ != 415 } 400, 403, 422]);
}

# Every member of a body, down to the last.
sub spoil_members {
    my ($o, $schema, @path) = @_;
    my $s = $contract->resolve($schema);
    my $set = sub { my ($v) = @_; return sub { my ($at, $name) = @_; ref $at eq 'ARRAY' ? ($at->[$name] = $v) : ($at->{$name} = $v) } };
    if (@path) {
        my @may = ref $s->{type} ? @{$s->{type}} : $s->{type} // ();
        for my $kind (@may ? sort keys %other : ()) {
            next if grep { $_ eq $kind || $_ eq 'number' && $kind eq 'integer' } @may;
            send_member($o, "is $kind", \@path, $set->($other{$kind}));
        }
        if (grep { $_ eq 'string' } @may) {
            send_member($o, $_->[0], \@path, $set->($_->[1])) for bad_texts($s);
        }
        if (grep { $_ eq 'integer' } @may) {
            send_member($o, 'is too small', \@path, $set->($s->{minimum} - 1)) if defined $s->{minimum};
            send_member($o, 'is too large', \@path, $set->($s->{maximum} + 1)) if defined $s->{maximum};
        }
    }
    if (($s->{type} // '') eq 'object' && $s->{properties}) {
        send_member($o, 'is unknown', [@path, $s->{patternProperties} ? 'None-such' : 'nonesuch'], $set->(1)) if exists $s->{additionalProperties} && !$s->{additionalProperties};
        send_member($o, 'is missing', [@path, $_], sub { delete $_[0]{$_[1]} }) for @{$s->{required} // []};
        spoil_members($o, $s->{properties}{$_}, @path, $_) for sort keys %{$s->{properties}};
    }
    if (($s->{type} // '') eq 'array') {
        my $sound = sub { my ($at, $name) = @_; return $at->{$name}[0] };
        send_member($o, 'has too few', \@path, $set->([])) if $s->{minItems};
        send_member($o, 'has too many', \@path, sub { my ($at, $name) = @_; $at->{$name} = [($at->{$name}[0]) x ($s->{maxItems} + 1)] }) if $s->{maxItems};
        spoil_members($o, $s->{items}, @path, 0);
    }
}

# Methods that have no operation.
sub spoil_methods {
    my ($path, %has) = @_;
    my ($any) = values %has;
    for my $method (grep { !$has{$_} } qw(GET POST PUT PATCH DELETE)) {
        my $r = sound($any);
        my $reply = $door->request(method => $method, target => {Desk::assembled($r)}->{target}, headers => $r->{headers});
        check($reply->{status} == 405 && ($reply->{headers}{allow} // '') =~ /\b$any->{method}\b/,
            "$method $path: $reply->{status}, Allow: " . ($reply->{headers}{allow} // 'none'));
    }
    my $reply = $door->raw("BREW $path HTTP/1.1\r\nHost: x\r\n\r\n");
    check($reply->{status} == 501, "BREW $path: $reply->{status}");
}

# How much of everything there is.
sub census {
    my $dir = "psql -XAtq -c \"select (select count(*) from cases), (select count(*) from facts), (select count(*) from keys where status > 0), (select count(*) from timings)\"";
    return scalar qx($dir);
}

my %only = map { ($_ => 1) } @ARGV;
my %path;
$desk->$_ for qw(seen untouched waiting sender licensed voting);
$path{$_->{path}}{$_->{method}} = $_ for $contract->operations;
my $before = census();
for my $o (grep { !%only || $only{$_->{id}} } $contract->operations) {
    spoil_parameters($o);
    spoil_credentials($o);
    next if !$o->{body};
    spoil_bytes($o);
    spoil_members($o, $o->{body});
}
check(census() eq $before, "something changed: $before, " . census());
check(kill(0, $ENV{ONESTOP_PID}), 'the daemon is gone');
check($door->request(method => 'GET', target => '/livez')->{status} == 200, 'the daemon does not answer');
my ($errors) = $door->request(method => 'GET', target => '/metrics')->{body} =~ /^onestop_http_responses_total\{class="5xx"\} (\d+)/m;
check(defined $errors && $errors == 0, 'there were replies of 5xx');
if (!%only) { spoil_methods($_, %{$path{$_}}) for sort keys %path }

my ($n, %all) = (0);
for my $id (sort keys %sent) {
    $n += $sent{$id};
    $all{$_} += $status{$id}{$_} for keys %{$status{$id}};
}
printf "%d spoilt requests to %d operations: %s\n", $n, scalar keys %sent, join ', ', map { "$_ $all{$_}" } sort keys %all;
print "$passed passed, $failed failed\n";
exit($failed != 0);
