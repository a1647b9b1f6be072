#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Makes what the daemon serves as /openapi.json from api/openapi.yaml.
#
#   api/contract.pl json <api/openapi.yaml   the same document as JSON, in the same order
#   api/contract.pl c <openapi.json          the C source that holds it
use strict;
use warnings;

# YAML 1.2: `no` is a word, "1" is text, 1 is a number; a key twice is an error.
sub json {
    require JSON::PP;
    require YAML::PP;
    my $yaml = YAML::PP->new(
        schema         => ['Core'],
        boolean        => 'JSON::PP',
        duplicate_keys => 0,
        preserve       => YAML::PP::Common::PRESERVE_ORDER(),
    );
    my ($contract, @more) = $yaml->load_string(shift);
    die "contract.pl: one document is expected\n" if @more || ref $contract ne 'HASH';
    return JSON::PP->new->utf8->encode($contract) . "\n";
}

sub c {
    my ($json) = @_;
    my $lines = '';
    while ($json =~ /\G(.{1,80})/sg) {
        my $part = $1;
        $part =~ s/([^ !#-\x3e\x40-\x5b\x5d-~])/sprintf '\\%03o', ord $1/ge;
        $lines .= "    \"$part\"\n";
    }
    return <<"C";
/* SPDX-License-Identifier: Apache-2.0 */
/* Made by api/contract.pl from api/openapi.yaml. */
#include "api/contract.h"

const char openapi_json[] =
$lines    "";
const size_t openapi_json_len = sizeof(openapi_json) - 1;
C
}

my %made = (json => \&json, c => \&c);
my $what = shift // '';
die "usage: contract.pl json|c\n" unless $made{$what} && !@ARGV;
local $/;
if ($what eq 'json') { binmode STDIN, ':encoding(UTF-8)' }
else                 { binmode STDIN }
print $made{$what}->(<STDIN>);
