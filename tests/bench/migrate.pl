#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Started by migrate.sh.  Opens one case, multiplies its row, then runs the
# load generator alone and beside `migrate-cases --dry-run`.
use strict;
use warnings;
use Hall;
use JSON::PP ();
use Time::HiRes qw(time);

my $cases = $ENV{CASES} || 100_000;
my $build = $ENV{ONESTOP_BUILD} || 'build/release';
my $load  = "$build/tests/bench/load";
my $hall  = Hall->new(dir => $ENV{ONESTOP_PG_VAR}, build => $build, workflows => 'tests/bench/workflows');
my %settings = (ONESTOP_LIMITS_CONNECTIONS_PER_ADDRESS => 1000000, ONESTOP_LIMITS_REQUESTS => 10000000);
my $daemon = $hall->ready($hall->start('daemon', %settings));
$ENV{LOAD_TOKEN} = $hall->clerk('load', qw(window reviewer registrar department));

sub load {
    open my $out, '-|', $load, 'run', '--to', $daemon->{port}, '--json', @_ or die "$load: $!\n";
    my $line = <$out>;
    close $out or die "failed: @_\n";
    return JSON::PP::decode_json($line);
}

sub clerks {
    my ($what, $seconds) = @_;
    my $opened = "$hall->{dir}/opened";
    load('--connections', 16, '--open', 4000, '--advances', 0, '--list', $opened);
    my $r = load('--connections', 16, '--seconds', $seconds, '--cases', $opened);
    printf "%s: %.0f advances/s, p50 %.2f ms, p99 %.2f ms\n", $what, $r->{advance}{perSecond},
        $r->{advance}{p50Us} / 1000, $r->{advance}{p99Us} / 1000;
    return $r;
}

load('--connections', 1, '--open', 1, '--advances', 1, '--list', "$hall->{dir}/first");
my ($template) = $hall->sql('select max(id) from cases where phase = 1');
die "no case is open\n" unless $template;
my $columns = join ', ', grep { $_ ne 'id' } $hall->sql("select column_name from information_schema.columns
    where table_schema = 'public' and table_name = 'cases' order by ordinal_position");
$hall->sql("insert into cases (id, $columns) select g, $columns
    from (select setval('case_ids', last_value + $cases) - $cases + 1 as first from case_ids) s,
         generate_series(first, first + $cases - 1) g, cases c where c.id = $template");
$hall->sql('vacuum (analyze) cases');

# The version after: one action more in every step.
my ($id, $hash) = split /\|/, ($hall->sql("select d.workflow || '|' || d.hash from definitions d join cases c on c.definition = d.id where c.id = $template"))[0];
my ($file) = grep { /\Q$id\E\.json$/ } glob 'tests/bench/workflows/*.json tests/bench/workflows/*/*.json';
my $house = "$hall->{dir}/house";
Hall::run('sh', '-c', "mkdir -p $house && cp -R workflows/organisation.json workflows/plan.json workflows/calendar workflows/fragments $house/");
open my $in, '<', $file or die "$file: $!\n";
my $text = do { local $/; <$in> };
$text =~ s/"actions"\s*:\s*\{/"actions": {"zz-note": {"title": {"zh": "记录", "en": "Note"}}, /g;
open my $after, '>', "$house/$id.json" or die "$house: $!\n";
print $after $text;
close $after;
my ($to) = qx($build/onestop diagram --lang en --workflows $house $house/$id.json) =~ />\Q$id\E · ([0-9a-f]{12}) ·/;
open my $plan, '>', "$house.plan" or die "$house.plan: $!\n";
print $plan JSON::PP::encode_json({workflow => $id, from => $hash, to => $to, reason => 'bench'});
close $plan;

my $seconds = $ENV{SECONDS} || 5;
clerks('clerks alone', $seconds) for 1 .. 2;
my $began = time;
my $pid = open my $run, '-|', "$build/onestop", 'migrate-cases', '--dry-run', '--workflows', $house, '--plan', "$house.plan" or die "migrate-cases: $!\n";
clerks('clerks meanwhile', $seconds);
my @said = <$run>;
close $run;
printf "dry run, started with them: %.1f s in all\n", time - $began;
print @said;
$began = time;
print qx($build/onestop migrate-cases --dry-run --workflows $house --plan $house.plan 2>/dev/null);
printf "dry run alone: %.1f s\n", time - $began;
