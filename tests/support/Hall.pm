# SPDX-License-Identifier: Apache-2.0
# A hall for the bench and the fault test: the daemon over the PostgreSQL of
# tests/pg.sh, with definitions of the test's own.  What it starts ends with it,
# however it ends.
package Hall;
use strict;
use warnings;
use IO::Socket::INET;
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(sleep time);

my %running;    # pid => 1, of daemons
my $owner = $$;

# new(dir => scratch, workflows => folder of definitions, build => build/release,
#     wrap => [command to run the daemon under, such as a profiler])
sub new {
    my ($class, %o) = @_;
    my $self = bless {%o}, $class;
    my $app = "$o{dir}/app";
    mkdir $app or die "$app: $!\n";
    $self->{app} = $app;
    # A copy, because the daemon's user may not be let into the checkout.
    run('cp', '-R', 'workflows', "$app/all");
    mkdir "$app/workflows";
    run('cp', '-R', (grep { -e } map { "$app/all/$_" } qw(organisation.json plan.json calendar fragments definition.schema.json)), "$app/workflows/");
    run('cp', glob("$o{workflows}/*.json"), "$app/workflows/");
    run('cp', $o{onestop} // "$o{build}/onestop", "$app/onestop");
    run('chmod', '-R', 'a+rX', $app);
    if ($> == 0) {
        my $user = (getpwuid((stat "$o{dir}/db/data")[4]))[0];
        $self->{as} = ["--reuid=$user", "--regid=$user", '--init-groups'];
        mkdir "$app/var";
        run('chown', "$user:", "$app/var");
    } else {
        $self->{as} = [];
        mkdir "$app/var";
    }
    $self->{conninfo} = "host=$ENV{PGHOST} user=onestop dbname=" . ($o{database} // $ENV{PGDATABASE});
    return $self;
}

# For how long a test waits for what should come at once: long, for the machine may be busy.
sub patience { 300 }

# To be asked again and again while one waits: it dies with what $left->() says when $seen->() has
# been the same for that long.  A machine however slow is waited for as long as it gets on.
sub impatience {
    my ($seen, $left) = @_;
    my ($last, $until);
    return sub {
        my $now = $seen->();
        ($last, $until) = ($now, time + patience()) if !defined $last || $now ne $last;
        die $left->(), "\n" if time > $until;
    };
}

sub run {
    system(@_) == 0 or die "@_: failed\n";
}

# Rows of unaligned text, fields divided by a tab.
sub sql {
    my ($self, $sql, $database) = @_;
    my @command = ('psql', '-XAtq', '-F', "\t", '-v', 'ON_ERROR_STOP=1', '-d', $database // $self->{database} // $ENV{PGDATABASE});
    my $pid = open(my $out, '-|');
    defined $pid or die "fork: $!\n";
    if ($pid == 0) {
        open STDIN, '<', '/dev/null';
        exec @command, '-c', $sql or POSIX::_exit(127);
    }
    my @rows = <$out>;
    close $out or die "psql failed: " . substr($sql, 0, 200) . "\n";
    chomp @rows;
    return wantarray ? @rows : $rows[0];
}

sub free_port {
    my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 1, ReuseAddr => 1)
        or die "no port: $!\n";
    return $s->sockport;
}

# A clerk who is signed in: the token.  The session is written as signing in
# would, so that no password is hashed while time is measured.
sub clerk {
    my ($self, $name, @roles) = @_;
    my $token = join '', map { ('A' .. 'Z', 'a' .. 'z', 0 .. 9)[rand 62] } 1 .. 43;
    my $roles = join ',', @roles;
    $self->sql("with a as (insert into accounts (name, password, roles) values ('$name', '', '{$roles}')
        on conflict (name) do update set roles = excluded.roles returning id)
        insert into sessions (token_hash, account, expires)
        select sha256('$token'), id, clock_timestamp() + interval '1 day' from a");
    return $token;
}

# Starts a daemon: {pid, port, log}.  Settings by their environment names.
sub start {
    my ($self, $name, %settings) = @_;
    my $d = {name => $name, port => free_port(), log => "$self->{dir}/$name.log", settings => \%settings};
    $self->restart($d);
    return $d;
}

# Starts it again where it was.
sub restart {
    my ($self, $d) = @_;
    my $pid = fork;
    defined $pid or die "fork: $!\n";
    if ($pid == 0) {
        my %env = (
            ONESTOP_SERVER_PORT => $d->{port}, ONESTOP_SERVER_USER => '',
            ONESTOP_SERVER_WORKFLOWS => "$self->{app}/workflows", ONESTOP_SERVER_VAR => "$self->{app}/var",
            ONESTOP_DATABASE_CONNINFO => $self->{conninfo}, ONESTOP_LOG_LEVEL => 'warn', %{$d->{settings}});
        @ENV{keys %env} = values %env;
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', $d->{log};
        open STDERR, '>&', \*STDOUT;
        chdir '/';
        # The kernel ends the daemon when this script dies.
        exec 'setpriv', @{$self->{as}}, '--pdeathsig', 'KILL', '--', @{$self->{wrap} // [split ' ', $ENV{RUNNER} // '']}, "$self->{app}/onestop", 'serve'
            or POSIX::_exit(127);
    }
    $running{$pid} = 1;
    $d->{pid} = $pid;
    return $d;
}

# Status of GET PATH with further header lines, 0 when nobody answers.
sub status {
    my ($self, $d, $path, $head) = @_;
    $head //= '';
    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $d->{port}, Timeout => 60) or return 0;
    print $s "GET $path HTTP/1.1\r\nHost: onestop\r\nConnection: close\r\n$head\r\n";
    my $line = <$s> // '';
    return $line =~ m{^HTTP/1\.1 (\d+)} ? $1 : 0;
}

sub alive {
    my ($self, $d) = @_;
    return $running{$d->{pid}} && waitpid($d->{pid}, WNOHANG) == 0;
}

# Waits until it takes commands.
sub ready {
    my ($self, $d) = @_;
    my $until = time + patience();
    until ($self->status($d, '/readyz') == 200) {
        if (!$self->alive($d) || time > $until) {
            system 'tail', '-n', '20', $d->{log};
            die "daemon $d->{name} does not get ready\n";
        }
        sleep 0.02;
    }
    return $d;
}

# Sends a signal and waits for the end.
sub end {
    my ($self, $d, $signal) = @_;
    return unless delete $running{$d->{pid}};
    kill $signal, $d->{pid};
    waitpid $d->{pid}, 0;
}

sub kill_all {
    kill 'KILL', keys %running;
    waitpid $_, 0 for keys %running;
    %running = ();
}

$SIG{$_} = sub { exit 1 }
    for qw(INT TERM HUP);
END {
    my $status = $?;
    kill_all() if $$ == $owner;
    $? = $status;
}

# Processor time of a process in microseconds, with the children it has waited for.
sub cpu_us {
    my ($pid) = @_;
    open my $f, '<', "/proc/$pid/stat" or return 0;
    my $line = <$f> // return 0;    # it has just ended
    $line =~ s/^.*\) //;
    my @field = split ' ', $line;
    return ($field[11] + $field[12] + $field[13] + $field[14]) * 1e6 / POSIX::sysconf(&POSIX::_SC_CLK_TCK);
}

# The same of all processes of the PostgreSQL cluster.
sub postgres_cpu_us {
    my ($self) = @_;
    my $sum = 0;
    my ($postmaster) = $self->postmaster;
    $sum += cpu_us($postmaster);
    for my $stat (glob '/proc/[0-9]*/stat') {
        open my $f, '<', $stat or next;
        my $line = <$f> // next;
        next unless $line =~ /^(\d+) .*\) \S (\d+) / && $2 == $postmaster;
        $sum += cpu_us($1);
    }
    return $sum;
}

sub postmaster {
    my ($self) = @_;
    open my $f, '<', "$self->{dir}/db/data/postmaster.pid" or return 0;
    my $pid = <$f>;
    chomp $pid;
    return $pid;
}

1;
