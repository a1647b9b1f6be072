# SPDX-License-Identifier: Apache-2.0
# The yardstick: pgbench writing, with one statement and one transaction per
# advance, the rows that the daemon writes for one: same tables and indexes,
# contents taken from what the daemon has just written.
package Yardstick;
use strict;
use warnings;

use constant CASES => 40_000;    # pgbench's own, opened before

# new(hall => Hall, database => its own copy of the schema, a => number, b => number):
# a and b are cases of which b is one advance further.
sub new {
    my ($class, %o) = @_;
    my $self = bless {%o, next => 0}, $class;
    $self->copy_rows;
    $self->preload;
    $self->write_script;
    return $self;
}

sub sql { my ($self, $sql) = @_; return $self->{hall}->sql($sql, $self->{database}) }

# The two cases and what the last advance of b wrote.
sub copy_rows {
    my ($self) = @_;
    my $h = $self->{hall};
    my ($a, $b) = map { scalar $h->sql("select id from cases where number = '$_'") } @$self{qw(a b)};
    my ($last) = $h->sql("select recorded from cases where id = $b");
    my %rows = (
        cases   => "id in ($a, $b)",
        facts   => "case_id = $b and number = $last",
        timings => "case_id = $b and record = $last",
        keys    => "scope = $b and created = (select max(created) from keys where scope = $b)",
        outbox  => "case_id = $b and at = (select moment from cases where id = $b)",
        journal => "id = (select journal from facts where case_id = $b and number = $last)",
    );
    for my $table (sort keys %rows) {
        Hall::run('sh', '-c', "psql -Xqd '$ENV{PGDATABASE}' -c '\\copy (select * from $table where $rows{$table}) to stdout' | "
              . "psql -Xqd '$self->{database}' -c '\\copy $table from stdin'");
        my ($n, $bytes) = split /\t/, $self->sql("select count(*), coalesce(round(avg(pg_column_size(t.*))), 0) from $table t");
        $self->{rows}{$table} = {n => $table eq 'cases' ? 1 : $n, bytes => $bytes};
    }
    @$self{qw(id_a id_b)} = ($a, $b);
}

sub columns {
    my ($self, $table) = @_;
    return $self->sql("select column_name from information_schema.columns
        where table_schema = 'public' and table_name = '$table' order by ordinal_position");
}

sub preload {
    my ($self) = @_;
    my $columns = join ', ', grep { $_ ne 'id' } $self->columns('cases');
    my ($first) = $self->sql("select max(id) + 1 from cases");
    $self->{first} = $first;
    $self->sql("insert into cases (id, $columns) select g, $columns from cases,
        generate_series($first, $first + @{[CASES - 1]}) g where id = $self->{id_a}; analyze cases");
}

# A value of the copied rows as SQL; a colon would be a variable of pgbench.
sub literal {
    my ($self, $column, $from) = @_;
    my ($v) = $self->sql("select coalesce('E''' || replace(replace(replace($column\::text, '\\', '\\\\'), '''', ''''''), ':', '\\x3A') || '''', 'NULL') from $from");
    return $v;
}

sub write_script {
    my ($self) = @_;
    my ($a, $b) = @$self{qw(id_a id_b)};
    my %of = map { my $c = $_; $c => [map { $self->literal($c, "cases where id = $_") } $a, $b] }
        qw(desk state head);
    # Every other advance leads from a to b, the others back.
    my $either = sub { "case when c.revision % 2 = 0 then $of{$_[0]}[0]$_[1] else $of{$_[0]}[1]$_[1] end" };
    my ($due) = $self->sql("select coalesce(cardinality(due), 0) from cases where id = $b");
    my $alarm = $self->sql("select alarm is not null from cases where id = $b") eq 't'
        ? "clock_timestamp() + interval '3 days'" : 'NULL';
    my $insert = sub {
        my ($table, $row, %own) = @_;
        my @c = $self->columns($table);
        my @v = map { $own{$_} // $self->literal($_, $row) . $self->cast($table, $_) } @c;
        return "insert into $table (" . join(', ', @c) . ") select " . join(', ', @v) . ' from c, j';
    };
    my @with = (
        'j as materialized (select nextval(\'journal_ids\') as id)',
        "c as (update cases c set rules = c.rules, phase = 1, public = 2, revision = c.revision + 1,
            recorded = c.recorded + 1, moment = clock_timestamp(), alarm = $alarm,
            head = @{[$either->('head', '::bytea')]}, desk = @{[$either->('desk', '::integer[]')]},
            visit = " . ($due ? 'array[c.recorded::integer]' : "'{}'") . ",
            due = " . ($due ? 'array[(extract(epoch from clock_timestamp()) * 1000000)::bigint]' : "'{}'") . ",
            state = @{[$either->('state', '')]}, closed = null, outcome = null
          where c.cell = 0 and c.id = :id returning c.id, c.recorded, c.moment)",
        'f as (' . $insert->('facts', 'facts', case_id => 'c.id', number => 'c.recorded', journal => 'j.id', at => 'c.moment') . ')');
    push @with, 'k as (' . $insert->('keys', 'keys', scope => 'c.id', case_id => 'c.id', created => 'c.moment',
        digest => "decode(lpad(:key1::text || :key2::text, 32, '0'), 'hex')") . ')';
    my $n = 0;
    for my $row ($self->sql("select visit || ' and clock = ' || clock from timings")) {
        push @with, 't' . $n++ . ' as (' . $insert->('timings', "timings where visit = $row", case_id => 'c.id',
            visit => $row =~ /^0 / ? '-c.recorded::integer' : 'c.recorded::integer', record => 'c.recorded', journal => 'j.id') . ')';
    }
    for my $row ($self->sql('select number from outbox')) {
        push @with, 'o' . $n++ . ' as (' . $insert->('outbox', "outbox where number = $row", case_id => 'c.id',
            number => 'c.recorded::integer', at => 'c.moment') . ')';
    }
    my $journal = $insert->('journal', 'journal', id => 'j.id', xid => 'pg_current_xact_id()', at => 'c.moment', number => 'null');
    $self->{script} = "$self->{hall}{dir}/advance.sql";
    open my $f, '>', $self->{script} or die "$self->{script}: $!\n";
    # Each client stays with a case for eight advances, as the load does.
    my $cases = CASES;
    print $f "\\set id $self->{first} + (:base + :n / 8 * :clients + :client_id) % $cases\n\\set n :n + 1\n",
        "\\set key1 random(100000000000000000, 999999999999999999)\n",
        "\\set key2 random(100000000000000000, 999999999999999999)\n",
        join(' ', split /\n\s*/, 'with ' . join(', ', @with) . " $journal") . ";\n";
    close $f or die "$self->{script}: $!\n";
}

sub cast {
    my ($self, $table, $column) = @_;
    $self->{types} //= {map { my ($t, $c, $u) = split /\t/; ("$t.$c" => $u) }
        $self->sql("select table_name, column_name, udt_name from information_schema.columns where table_schema = 'public'")};
    return '::' . $self->{types}{"$table.$column"};
}

# Runs it: {rate, p99 (us), p50}.
sub measure {
    my ($self, $clients, $seconds) = @_;
    my $prefix = "$self->{hall}{dir}/pgbench";
    unlink glob "$prefix.*";
    my $sample = $clients == 1 ? 1 : 0.2;    # writing each latency down would slow it
    my $base = $self->{next};
    my $out = qx(pgbench -n -M prepared -j 2 -c $clients -T $seconds -f $self->{script} -D n=0 -D base=$base -D clients=$clients --log --log-prefix=$prefix --sampling-rate=$sample $self->{database} 2>$prefix.err);
    my ($rate) = $out =~ /^tps = ([0-9.]+)/m;
    my ($n) = $out =~ /actually processed: (\d+)/;
    if (!$rate || $out !~ /number of failed transactions: 0 /) {
        system 'head', '-c', '2000', "$prefix.err";
        die "pgbench failed: $out\n";
    }
    $self->{next} = ($base + int($n / 8) + 2 * $clients) % CASES;
    my @us;
    for my $file (grep { !/\.err$/ } glob "$prefix.*") {
        open my $f, '<', $file or next;
        push @us, (split)[2] while <$f>;
    }
    @us = sort { $a <=> $b } @us;
    return {rate => $rate, p50 => $us[$#us * 0.5], p99 => $us[int($#us * 0.99)]};
}

1;
