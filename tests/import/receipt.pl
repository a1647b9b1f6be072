#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Makes tests/import/receipt.json and map.json from the log: a case may do what
# followed in the log, and may be closed where a case of the log ended.
#
#   tests/import/receipt.pl LOG.csv tests/import
use strict;
use warnings;

my ($log, $dir) = @ARGV;
my (%events, %seen, %follows, %closes, %column);

open my $in, '<', $log or die "$log: $!\n";
chomp(my $head = <$in>);
$head =~ s/\r$//;
my @name = split /,/, $head;    # the log has no quotes
@column{@name} = 0 .. $#name;
while (my $line = <$in>) {
    $line =~ s/\r?\n$//;
    my @field = split /,/, $line, -1;
    my %row = map { $_ => $field[$column{$_}] } keys %column;
    $seen{$row{'concept:name'}}++;
    push @{$events{$row{'case:concept:name'}}}, \%row;
}

# The log is in order of time within a case.
for my $case (values %events) {
    my $before = '';
    for my $row (@$case) {
        $follows{$before}{$row->{'concept:name'}} = 1;
        $before = $row->{'concept:name'};
    }
    $closes{$before} = 1 if $case->[0]{'case:enddate'} ne '';
}

sub id { my $id = lc shift; $id =~ s/[^a-z0-9]+/-/g; return $id }
sub title { my $t = shift; return qq({"zh": "$t", "en": "$t"}) }

sub step {
    my ($activity) = @_;
    my @actions = map { sprintf '        "%s": {"title": %s, "to": "%s"}', id($_), title($_), id($_) }
        sort keys %{$follows{$activity}};
    push @actions, '        "close": {"title": {"zh": "办结", "en": "Close"}, "to": "closed"}' if $closes{$activity};
    return sprintf qq(    "%s": {\n      "title": %s, "by": "reviewer",\n      "actions": {\n%s\n      }\n    }),
        $activity eq '' ? 'received' : id($activity),
        title($activity eq '' ? 'Received' : $activity), join ",\n", @actions;
}

open my $out, '>', "$dir/receipt.json" or die "$dir: $!\n";
print $out <<'HEAD', join(",\n", map { step($_) } '', sort keys %seen), <<'TAIL';
{
  "$comment": "The receipt phase of building permits as a public log tells it; made by tests/import/receipt.pl. A case may do what followed in the log.",
  "id": "receipt",
  "title": {"zh": "建设许可收件(历史)", "en": "Receipt of building permits (history)"},
  "effective": {"from": "2010-01-01", "until": "2013-01-01"},
  "lead": "市行政审批局",
  "applicant": ["enterprise"],
  "form": {
    "type": "object", "required": ["channel", "deadline"],
    "properties": {
      "channel": {"type": "string"},
      "department": {"type": "string"},
      "deadline": {"type": "string", "format": "date-time"}
    }
  },
  "clocks": {
    "deadline": {
      "kind": "statutory", "from": "opened", "to": "closed", "counts": "continuous",
      "limit": {"date": {"var": "form.deadline"}}
    }
  },
  "start": "received",
  "steps": {
HEAD
,
    "closed": {"title": {"zh": "办结", "en": "Closed"}, "end": "closed", "public": "decided"}
  }
}
TAIL
close $out;

open $out, '>', "$dir/map.json" or die "$dir: $!\n";
print $out <<'HEAD', join(",\n", map { sprintf '    "%s": "%s"', $_, id($_) } sort keys %seen), "\n  }\n}\n";
{
  "source": "receipt phase, 2010-2012",
  "workflow": "receipt",
  "district": "371502",
  "applicant": {"kind": "enterprise"},
  "case": "case:concept:name",
  "activity": "concept:name",
  "time": "time:timestamp",
  "resource": "org:resource",
  "only": {"lifecycle:transition": "complete"},
  "opened": "case:startdate",
  "closed": {"column": "case:enddate", "action": "close"},
  "form": {
    "channel": {"column": "case:channel"},
    "deadline": {"column": "case:deadline", "as": "date-time"},
    "department": {"column": "case:department"}
  },
  "activities": {
HEAD
close $out;
