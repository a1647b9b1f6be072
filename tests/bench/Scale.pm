# SPDX-License-Identifier: Apache-2.0
# Many past cases: how advances and statistics stand up to them.
package Scale;
use strict;
use warnings;
use Time::HiRes qw(time);

use constant PIECE => 500_000;

# Fills the hall's database with @n short cases that are closed, each with a
# step that was measured, made from the newest of workflow @from; says first
# what it will take.
sub fill {
    my ($hall, $n, $from, $tell) = @_;
    my ($template) = $hall->sql("select max(id) from cases where workflow = '$from' and phase = 2");
    die "there is no closed case to fill with\n" unless $template;
    my $bytes = $hall->sql("select 2 * (pg_column_size(c.*) + pg_column_size(t.*)) from cases c join timings t on t.case_id = c.id
        where c.id = $template order by t.record desc limit 1");
    my ($free) = qx(df -Pk '$hall->{dir}') =~ /(\d+)\s+\d+%/;
    $tell->(sprintf 'filling with %d cases: about %.1f GB of %.1f GB that are free, about %.0f s', $n, $n * $bytes / 1e9,
        $free / 1e6, $n / 60_000);
    die "there is not enough room on the disk\n" if $n * $bytes * 2 > $free * 1024;
    my %columns = map { my $table = $_; my $own = $table eq 'cases' ? 'id' : 'case_id';
        $table => join ', ', grep { $_ ne $own } $hall->sql("select column_name from information_schema.columns
            where table_schema = 'public' and table_name = '$table' order by ordinal_position") } qw(cases timings);
    my $began = time;
    for (my $done = 0; $done < $n; $done += PIECE) {
        my $piece = $n - $done < PIECE ? $n - $done : PIECE;
        # The ids ascend from where the sequence stands, as those of real cases would.
        $hall->sql("begin;
            create temp table filled on commit drop as
            select setval('case_ids', last_value + $piece) - $piece + 1 as first from case_ids;
            insert into cases (id, $columns{cases})
            select g, $columns{cases} from filled, generate_series(first, first + $piece - 1) g, cases c where c.id = $template;
            insert into timings (case_id, $columns{timings})
            select g, $columns{timings} from filled, generate_series(first, first + $piece - 1) g,
                   (select * from timings where case_id = $template order by record desc limit 1) t;
            commit");
    }
    $hall->sql('vacuum (analyze) cases, timings');
    $tell->(sprintf 'filled in %.0f s', time - $began);
}

# Seconds of the exact statistics of all steps over the interface, and of one
# count of the same rows read in sequence; and the HTTP status.
sub statistics {
    my ($hall, $daemon, $token) = @_;
    my $began = time;
    my $status = $hall->status($daemon, '/v1/stats/steps', "Authorization: Bearer $token\r\n");
    my $took = time - $began;
    $began = time;
    $hall->sql('set enable_indexscan = off; set enable_indexonlyscan = off; set enable_bitmapscan = off;
        set max_parallel_workers_per_gather = 0; select count(*) from timings');
    return ($took, time - $began, $status);
}

1;
