# SPDX-License-Identifier: Apache-2.0
# A client that sends whatever bytes it is told to: one kept connection, which
# is opened anew when the daemon has closed it.
package Door;
use strict;
use warnings;
use IO::Socket::INET;
use JSON::PP ();

my $json = JSON::PP->new->utf8->canonical;
my $n = 0;

# new(URL)
sub new {
    my ($class, $url) = @_;
    my ($at) = $url =~ m{^http://([^/]+)} or die "no URL: $url\n";
    return bless {at => $at}, $class;
}

# A key nobody has used.
sub key { return 'key-' . $$ . '-' . ++$n }

sub connect_anew {
    my ($self) = @_;
    $self->{socket} = IO::Socket::INET->new(PeerAddr => $self->{at}, Timeout => 60)
        or die "$self->{at}: $!\n";
    $self->{rest} = '';
}

# {status, headers (names in lower case), body} of what comes next; undef when the peer closed.
sub read_reply {
    my ($self, $method) = @_;
    my $buffer = \$self->{rest};
    my $more = sub {
        local $SIG{ALRM} = sub { die "$self->{at} does not answer\n" };
        alarm 300;
        my $got = sysread $self->{socket}, $$buffer, 65536, length $$buffer;
        alarm 0;
        return $got;
    };
    until ($$buffer =~ /\r\n\r\n/) { $more->() or return }
    $$buffer =~ s/^(.*?)\r\n\r\n//s or return;
    my ($line, @field) = split /\r\n/, $1;
    my %reply = (headers => {}, body => '');
    ($reply{status}) = $line =~ m{^HTTP/1\.1 (\d{3}) } or die "no status line: $line\n";
    for (@field) {
        my ($name, $value) = /^([^:]+): *(.*)$/ or die "no header field: $_\n";
        $reply{headers}{lc $name} = $value;
    }
    return $self->read_reply($method) if $reply{status} == 100;
    return \%reply if $method eq 'HEAD' || $reply{status} == 204 || $reply{status} == 304;
    if (($reply{headers}{'transfer-encoding'} // '') eq 'chunked') {
        while (1) {
            until ($$buffer =~ /\r\n/) { $more->() or return }
            $$buffer =~ s/^([0-9a-fA-F]+)\r\n// or die "no chunk\n";
            my $len = hex $1;
            until (length $$buffer >= $len + 2) { $more->() or return }
            $reply{body} .= substr $$buffer, 0, $len, '';
            $$buffer =~ s/^\r\n// or die "no end of a chunk\n";
            last if !$len;
        }
    } else {
        my $len = $reply{headers}{'content-length'} // 0;
        until (length $$buffer >= $len) { $more->() or return }
        $reply{body} = substr $$buffer, 0, $len, '';
    }
    return \%reply;
}

# Sends bytes as they are and reads one reply.
sub raw {
    my ($self, $bytes, $method) = @_;
    for my $try (1 .. 2) {
        my $kept = $self->{socket};
        $self->connect_anew if !$kept;
        local $SIG{PIPE} = 'IGNORE';
        # A refusal may come, and the connection go, before all is sent.
        my $sent = 0;
        while ($sent < length $bytes) {
            my $wrote = syswrite $self->{socket}, $bytes, 65536, $sent;
            last unless $wrote;
            $sent += $wrote;
        }
        my $reply = $self->read_reply($method // 'GET');
        delete $self->{socket} if !$reply || lc($reply->{headers}{connection} // '') eq 'close';
        return $reply if $reply;
        die "the daemon closed a new connection without a reply\n" if !$kept;
    }
    die "the daemon closed two connections without a reply\n";
}

# request(method => , target => , headers => {}, body => bytes or structure)
# A header that is undef is not sent.
sub request {
    my ($self, %r) = @_;
    my $body = $r{body};
    my %h = (Host => $self->{at}, %{$r{headers} // {}});
    if (defined $body) {
        $body = $json->encode($body) if ref $body;
        $h{'Content-Type'} = 'application/json' unless exists $h{'Content-Type'};
        $h{'Content-Length'} = length $body;
    }
    my $head = join '', map { "$_: $h{$_}\r\n" } grep { defined $h{$_} } sort keys %h;
    return $self->raw("$r{method} $r{target} HTTP/1.1\r\n$head\r\n" . ($body // ''), $r{method});
}

# The token of an account of tests/contract/hall.
sub sign_in {
    my ($self, $account) = @_;
    my $reply = $self->request(method => 'POST', target => '/v1/sessions',
        body => {account => $account, password => "$account-password"});
    die "$account may not sign in: $reply->{status} $reply->{body}\n" if $reply->{status} != 201;
    return $json->decode($reply->{body})->{token};
}

1;
