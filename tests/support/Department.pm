# SPDX-License-Identifier: Apache-2.0
# A department's system, as the hall meets it: an HTTP server that checks the
# signature of each message, applies it once, and answers as it is told to.  It
# runs inside the test's own process and turns only when the test lets it
# (pump), so that a test decides in which order things happen.
package Department;
use strict;
use warnings;
use Digest::SHA qw(hmac_sha256);
use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use MIME::Base64;
use Socket qw(SOL_SOCKET SO_LINGER);
use Time::HiRes qw(time);

# new(secrets => [whsec_…]): listens on a port of 127.0.0.1.
#   answer   sub(message) -> [status, {header => value}, body], or a word:
#            "reset" (the connection is reset), "cut" (closed half way through
#            the answer), "hold" (no answer until release())
#   now      sub -> seconds since 1970, by which timestamps are checked
sub new {
    my ($class, %o) = @_;
    my $self = bless {answer => sub { [204] }, secrets => [], heard => [], applied => [], ids => {}, held => [], %o}, $class;
    $self->open;
    return $self;
}

sub open {
    my ($self) = @_;
    $self->{listener} = IO::Socket::INET->new(
        LocalAddr => '127.0.0.1', LocalPort => $self->{port} // 0, Listen => 64, ReuseAddr => 1, Blocking => 0)
        or die "no port for the department: $!\n";
    $self->{port} = $self->{listener}->sockport;
    $self->{peers} = {};
    return $self;
}

# The machine is switched off: nobody answers on its port.
sub close {
    my ($self) = @_;
    $self->reset_peer($_) for values %{$self->{peers}};
    CORE::close($self->{listener});
    delete $self->{listener};
}

sub url { "http://127.0.0.1:$_[0]{port}/in" }

sub secret_bytes { decode_base64($_[0] =~ s/^whsec_//r) }

sub mac {
    my ($tag, $secret, $text) = @_;
    return encode_base64(hmac_sha256($text, secret_bytes($secret)), '') if $tag eq 'v1';
    return '' if $tag ne 'v1sm3';
    # Perl's core knows no SM3; the openssl command does.
    my $pid = CORE::open(my $from, '-|') // die "fork: $!\n";
    if ($pid == 0) {
        my $hex = unpack 'H*', secret_bytes($secret);
        CORE::open(my $to, '|-', 'openssl', 'dgst', '-sm3', '-mac', 'HMAC', '-macopt', "hexkey:$hex", '-binary') or exit 1;
        print $to $text;
        CORE::close($to);
        POSIX::_exit(0);
    }
    binmode $from;
    local $/;
    return encode_base64(<$from>, '');
}

# The tags of the signatures that fit: "v1", "v1 v1sm3", "".
sub fits {
    my ($self, $head, $body) = @_;
    my $text = ($head->{'webhook-id'} // '') . '.' . ($head->{'webhook-timestamp'} // '') . '.' . $body;
    my %fits;
    for my $one (split / /, $head->{'webhook-signature'} // '') {
        my ($tag, $mac) = split /,/, $one, 2;
        $fits{$tag} = 1 if grep { $mac eq mac($tag, $_, $text) } @{$self->{secrets}};
    }
    return join ' ', sort keys %fits;
}

# Turns until @done answers true; a hall that never lets it come true fails the test.
sub pump {
    my ($self, $done, $what) = @_;
    my $until = time + 300;    # long, for the machine may be busy
    until ($done->()) {
        die 'waited in vain until ' . ($what // 'it was done') . "\n" if time > $until;
        my @fds = map { $_->{socket} } values %{$self->{peers}};
        push @fds, $self->{listener} if $self->{listener};
        if (!@fds) {
            select undef, undef, undef, 0.01;
            next;
        }
        for my $fd (IO::Select->new(@fds)->can_read(0.02)) {
            if ($self->{listener} && $fd == $self->{listener}) {
                my $peer = $fd->accept or next;
                $peer->blocking(0);
                $self->{peers}{fileno $peer} = {socket => $peer, in => ''};
            } else {
                $self->read_from($self->{peers}{fileno $fd});
            }
        }
    }
}

sub read_from {
    my ($self, $peer) = @_;
    my $n = sysread $peer->{socket}, $peer->{in}, 65536, length $peer->{in};
    return if !defined $n && $!{EAGAIN};
    if (!$n) {
        $self->forget($peer);
        return;
    }
    while ($peer->{in} =~ /^(.*?)\r\n\r\n/s) {
        my ($top, @field) = split /\r\n/, $1;
        my $start = length($1) + 4;
        my %head = map { /^([^:]+):\s*(.*)$/ ? (lc $1, $2) : () } @field;
        my $len = $head{'content-length'} // 0;
        return if length($peer->{in}) < $start + $len;
        my $body = substr $peer->{in}, $start, $len;
        substr($peer->{in}, 0, $start + $len) = '';
        $self->hear($peer, $top, \%head, $body);
        return if $peer->{gone};
    }
}

sub forget {
    my ($self, $peer) = @_;
    $peer->{gone} = 1;
    delete $self->{peers}{fileno $peer->{socket}} if defined fileno $peer->{socket};
    CORE::close($peer->{socket});
}

sub reset_peer {
    my ($self, $peer) = @_;
    setsockopt $peer->{socket}, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0);
    $self->forget($peer);
}

sub hear {
    my ($self, $peer, $top, $head, $body) = @_;
    my $m = {
        top => $top, head => $head, body => $body, id => $head->{'webhook-id'} // '', fits => $self->fits($head, $body),
        json => scalar eval { decode_json($body) }, peer => $peer, again => exists $self->{ids}{$head->{'webhook-id'} // ''},
        late => $self->{now} ? abs($self->{now}->() - ($head->{'webhook-timestamp'} // 0)) : 0};
    push @{$self->{heard}}, $m;
    $self->say($m, $m->{fits} && $m->{late} <= 300 ? $self->{answer}->($m) : [401, {}, 'the signature does not fit']);
}

# Answers, and applies what it answers well to; each id once.
sub say {
    my ($self, $m, $what) = @_;
    my $peer = $m->{peer};
    return push @{$self->{held}}, $m if $what eq 'hold';
    return $self->reset_peer($peer) if $what eq 'reset';
    my ($status, $more, $text) = ref $what ? @$what : (200);
    $text //= '';
    if ($status >= 200 && $status < 300 && !$self->{ids}{$m->{id}}++) {
        push @{$self->{applied}}, $m;
    }
    my $out = "HTTP/1.1 $status Answer\r\nContent-Length: " . (length($text) + ($what eq 'cut' ? 9 : 0)) . "\r\n";
    $out .= "$_: $more->{$_}\r\n" for keys %{$more // {}};
    $out .= "\r\n$text";
    return if $peer->{gone};
    $peer->{socket}->blocking(1);
    syswrite $peer->{socket}, $out;
    $peer->{socket}->blocking(0);
    $self->forget($peer) if $what eq 'cut';
}

# Answers the messages that were held.
sub release {
    my ($self, $what) = @_;
    my @held = splice @{$self->{held}};
    $self->say($_, $what // [204]) for @held;
}

1;
