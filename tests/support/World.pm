# SPDX-License-Identifier: Apache-2.0
# A hall with a department outside: for the tests of messages both ways.  Time
# stands until the test moves it.
package World;
use strict;
use warnings;
use Department;
use File::Temp qw(tempdir);
use Hall;
use IO::Socket::INET;
use IPC::Open2;
use JSON::PP;
use Time::HiRes qw(sleep);

my $json = JSON::PP->new->canonical->utf8;

# new(delivery => {…} beside the URL, algorithms => […], settings => {NAME => value}, workflows => FOLDER)
sub new {
    my ($class, %o) = @_;
    my $dir = tempdir(CLEANUP => 1);
    chmod 0755, $dir;
    symlink "$ENV{ONESTOP_PG_VAR}/db", "$dir/db" or die "symlink: $!\n";
    my $self = bless {keys => 0, department => Department->new, settings => {ONESTOP_SERVER_WORKERS => 1}, %o}, $class;
    $self->{hall} = Hall->new(dir => $dir, build => $ENV{ONESTOP_BUILD} || 'build/release', workflows => $o{workflows} // 'tests/http/world');
    $self->{hall}->sql("insert into test_clock (real, virtual, rate) values (clock_timestamp(), '2026-03-03T10:00:00+08:00', 0)");
    $self->{department}{now} = sub { scalar $self->sql('select extract(epoch from moment)::bigint from present') };
    $self->address(%{$o{delivery} // {}});
    $self->{token} = {clerk => $self->{hall}->clerk('clerk', 'window'), boss => $self->{hall}->clerk('boss', 'administrator')};
    return $self;
}

# Writes where the tax system is reached.
sub address {
    my ($self, %delivery) = @_;
    my $file = "$self->{hall}{app}/workflows/organisation.json";
    open my $in, '<', $file or die "$file: $!\n";
    my $o = $json->decode(do { local $/; <$in> });
    for my $system (@{$o->{systems}}) {
        next if $system->{id} ne 'tax';
        $system->{delivery} = {url => $self->{department}->url, networks => ['127.0.0.0/8'], perMinute => 100000, %delivery};
        $system->{algorithms} = $self->{algorithms} if $self->{algorithms};
    }
    open my $out, '>', $file or die "$file: $!\n";
    print $out $json->encode($o);
    close $out;
}

# onestop system …: what it prints.
sub system {
    my ($self, @words) = @_;
    return $self->command('system', @words);
}

# onestop doctor: what it finds.
sub doctor { $_[0]->command('doctor') }

sub command {
    my ($self, @words) = @_;
    local $ENV{ONESTOP_SERVER_WORKFLOWS} = "$self->{hall}{app}/workflows";
    local $ENV{ONESTOP_DATABASE_CONNINFO} = $self->{hall}{conninfo};
    my $pid = open(my $out, '-|') // die "fork: $!\n";
    if ($pid == 0) {
        open STDERR, '>', '/dev/null';
        exec "$self->{hall}{app}/onestop", @words or POSIX::_exit(127);
    }
    my $said = join '', <$out>;
    close $out;
    $self->{status} = $? >> 8;
    chomp $said;
    return $said;
}

# A secret that both know from now on.
sub secret {
    my ($self, @words) = @_;
    my $secret = $self->system('key', 'tax', @words);
    unshift @{$self->{department}{secrets}}, $secret;
    return $secret;
}

sub start {
    my ($self, $name) = @_;
    my $d = $self->{hall}->start($name // 'first', %{$self->{settings}});
    $self->{hall}->ready($d);
    $self->{daemon} //= $d;
    return $d;
}

# {status, head, json, text} of a request; %o: who, body, head => {…}, to.
sub ask {
    my ($self, $method, $path, %o) = @_;
    my $to = $o{to} // $self->{daemon};
    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $to->{port}) or die "the daemon is gone: $!\n";
    my $body = !exists $o{body} ? '' : ref $o{body} ? $json->encode($o{body}) : $o{body};
    my %head = ('Host' => 'onestop', 'Connection' => 'close', %{$o{head} // {}});
    $head{Authorization} = "Bearer $self->{token}{$o{who}}" if $o{who};
    $head{'Content-Type'} //= 'application/json' if exists $o{body};
    $head{'Content-Length'} = length $body if exists $o{body};
    print $s "$method $path HTTP/1.1\r\n", map({ "$_: $head{$_}\r\n" } sort keys %head), "\r\n", $body;
    my $all = do { local $/; <$s> } // '';
    my ($top, $text) = split /\r\n\r\n/, $all, 2;
    my ($line, @field) = split /\r\n/, $top // '';
    my ($status) = ($line // '') =~ m{^HTTP/1\.1 (\d+)} or return {status => 0};
    my %got = map { /^([^:]+):\s*(.*)$/ ? (lc $1, $2) : () } @field;
    return {status => $status, head => \%got, text => $text // '', json => scalar eval { $json->decode($text) }};
}

# The request must be answered well.
sub must {
    my ($self, $method, $path, %o) = @_;
    my $r = $self->ask($method, $path, %o);
    die "$method $path: $r->{status} $r->{text}\n" unless $r->{status} =~ /^2/;
    return $r;
}

# Opens a case, of workflow errand unless another is named: its number.
sub case {
    my ($self, $workflow) = @_;
    my $key = 'k' . ++$self->{keys};
    return $self->must('POST', '/v1/cases', who => 'clerk', head => {'Idempotency-Key' => $key},
        body => {workflow => $workflow // 'errand', district => '371502', applicant => {kind => 'enterprise'}, form => {name => '光岳'}})->{json}{number};
}

# The clerk acts in the step he has open.
sub act {
    my ($self, $case, $action) = @_;
    my $open = $self->must('GET', "/v1/cases/$case/actions", who => 'clerk')->{json}{items};
    my ($step) = grep { grep { $_->{action} eq $action } @{$_->{actions}} } @$open;
    die "nobody may $action: " . $json->encode($open) . "\n" unless $step;
    return $self->must('POST', "/v1/cases/$case/actions", who => 'clerk', body => {action => $action},
        head => {'Idempotency-Key' => 'k' . ++$self->{keys}, 'If-Match' => $step->{etag}});
}

# What a system tells the hall: {id, body as JSON, headers}.  %o: id, data, and what is to be
# wrong: secret, now (seconds), tag, system, body.
sub letter {
    my ($self, %o) = @_;
    my $id = $o{id} // 'tax-' . ++$self->{letters};
    my $body = $o{body} // $json->encode({specversion => '1.0', id => $id, source => 'tax', type => 'cn.example.answer', data => $o{data}});
    my $at = $o{now} // $self->sql('select extract(epoch from moment)::bigint from present');
    my $tag = $o{tag} // 'v1';
    my $mac = Department::mac($tag, $o{secret} // $self->{department}{secrets}[0], "$id.$at.$body");
    return (id => $id, body => $body, path => '/v1/messages?system=' . ($o{system} // 'tax'),
        head => {'Content-Type' => 'application/cloudevents+json', 'webhook-id' => $id, 'webhook-timestamp' => $at, 'webhook-signature' => "$tag,$mac"});
}

sub tell {
    my ($self, %o) = @_;
    my %letter = $self->letter(%o);
    return $self->ask('POST', delete $letter{path}, body => $letter{body}, head => $letter{head}, to => $o{to});
}

# Lets virtual time pass.
sub pass {
    my ($self, $interval) = @_;
    my $to = $self->sql("select to_char((moment + interval '$interval') at time zone 'Asia/Shanghai',
        'YYYY-MM-DD\"T\"HH24:MI:SS.US') || '+08:00' from present");
    $self->must('POST', '/v1/test-clock', body => {to => $to});
}

# Rows of the database, fields divided by a tab; asked on one connection, for it is asked often.
sub sql {
    my ($self, $sql) = @_;
    $self->{psql} //= open2($self->{answers}, $self->{questions}, 'psql', '-XAtq', '-F', "\t", '-d', $ENV{PGDATABASE});
    print {$self->{questions}} "$sql;\n\\echo ---\n";
    $self->{questions}->flush;
    my @rows;
    while (defined(my $line = readline $self->{answers})) {
        chomp $line;
        return wantarray ? @rows : $rows[0] if $line eq '---';
        push @rows, $line;
    }
    die "psql has ended over: $sql\n";
}

# A row of the database, its columns.
sub row {
    my ($self, $sql) = @_;
    return split /\t/, scalar $self->sql($sql) // '';
}

# Lets the department turn until @done answers true; else the test has failed, and shows how it stands.
sub pump {
    my ($self, $done, $what) = @_;
    return if eval { $self->{department}->pump($done, $what); 1 };
    my $why = $@;
    print map { "$_\n" } $self->sql('select p.moment, d.system, holder, breaker, failures, open_till, trouble, disabled from destinations d, present p'),
        $self->sql('select case_id, number, state, tries, next_try, status, trouble from outbox where state in (0, 2) order by case_id, number limit 40');
    CORE::system('tail', '-n', '20', $self->{daemon}{log});
    die $why;
}

# Until the outbox has nothing on its way.
sub settled {
    my ($self) = @_;
    $self->pump(sub { !$self->sql('select count(*) from outbox where state = 0') }, 'nothing waits any more');
}

1;
