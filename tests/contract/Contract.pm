# SPDX-License-Identifier: Apache-2.0
# The contract as data: its operations, and what in a reply is not as it says.
package Contract;
use strict;
use warnings;
use B ();
use JSON::PP ();

my $json = JSON::PP->new->utf8;

sub decode { return scalar eval { $json->decode($_[0]) } }

# new(JSON text)
sub new {
    my ($class, $text) = @_;
    my $self = bless {doc => $json->decode($text), operations => []}, $class;
    my $paths = $self->{doc}{paths};
    for my $path (sort keys %$paths) {
        for my $method (qw(get post put patch delete)) {
            my $o = $paths->{$path}{$method} or next;
            my $media = $self->resolve($o->{requestBody} // {})->{content};
            push @{$self->{operations}}, {
                id         => $o->{operationId},
                method     => uc $method,
                path       => $path,
                parameters => [map { $self->resolve($_) } @{$paths->{$path}{parameters} // []}, @{$o->{parameters} // []}],
                body       => $media && $media->{'application/json'}{schema},
                required   => $o->{requestBody}{required},
                open       => $o->{security} && !@{$o->{security}},
                responses  => {map { ($_ => $self->resolve($o->{responses}{$_})) } keys %{$o->{responses}}},
            };
        }
    }
    return $self;
}

sub operations { return @{$_[0]{operations}} }

sub operation {
    my ($self, $id) = @_;
    my ($o) = grep { $_->{id} eq $id } $self->operations;
    return $o // die "no operation $id\n";
}

# The operation that answers @method at @target: where two fit, the one that says more of the path.
sub answering {
    my ($self, $method, $target) = @_;
    my ($o) = grep { my $path = $_->{path}; $path =~ s/\{\w+\}/[^\/?]+/g; $_->{method} eq $method && $target =~ m{^$path(\?|$)} }
        sort { ($a->{path} =~ tr/{//) <=> ($b->{path} =~ tr/{//) } $self->operations;
    return $o;
}

# Follows $ref within the document.
sub resolve {
    my ($self, $x) = @_;
    while (ref $x eq 'HASH' && $x->{'$ref'}) {
        my $at = $self->{doc};
        $at = $at->{$_} // die "$x->{'$ref'} leads nowhere\n" for split m{/}, substr $x->{'$ref'}, 2;
        $x = $at;
    }
    return $x;
}

sub type_of {
    my ($v) = @_;
    return 'null' if !defined $v;
    return 'boolean' if JSON::PP::is_bool($v);
    return 'object' if ref $v eq 'HASH';
    return 'array' if ref $v eq 'ARRAY';
    return 'string' if B::svref_2object(\$v)->FLAGS & B::SVf_POK;
    return $v =~ /^-?\d+$/ ? 'integer' : 'number';
}

my %format = (
    date        => qr/^\d{4}-\d\d-\d\d$/,
    'date-time' => qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
);

# What is wrong with a value, one text each.  A member the schema does not name is wrong, too.
sub violations {
    my ($self, $schema, $v, $at) = @_;
    my $s = $self->resolve($schema);
    my $type = type_of($v);
    my @wrong;
    if (my $t = $s->{type}) {
        my @may = ref $t ? @$t : $t;
        return "$at is $type, not @may" unless grep { $_ eq $type || $_ eq 'number' && $type eq 'integer' } @may;
    }
    if ($type eq 'object' && $s->{properties}) {
        push @wrong, map { "$at/$_ is missing" } grep { !exists $v->{$_} } @{$s->{required} // []};
        for my $name (sort keys %$v) {
            my $p = $s->{properties}{$name};
            push @wrong, $p ? $self->violations($p, $v->{$name}, "$at/$name") : "$at/$name is not in the contract";
        }
    }
    if ($type eq 'object' && ref $s->{additionalProperties}) {
        push @wrong, map { $self->violations($s->{additionalProperties}, $v->{$_}, "$at/$_") } sort keys %$v;
    }
    if ($type eq 'array' && $s->{items}) {
        push @wrong, map { $self->violations($s->{items}, $v->[$_], "$at/$_") } 0 .. $#$v;
    }
    if (defined $v && !ref $v) {
        push @wrong, "$at is \"$v\", not one of @{$s->{enum}}" if $s->{enum} && !grep { $_ eq $v } @{$s->{enum}};
        push @wrong, "$at is \"$v\", not $s->{pattern}" if $s->{pattern} && $v !~ /$s->{pattern}/;
        my $f = $s->{format} && $format{$s->{format}};
        push @wrong, "$at is \"$v\", no $s->{format}" if $f && $v !~ $f;
    }
    return @wrong;
}

# What in a reply is not as the operation's contract says.
sub complaints {
    my ($self, $o, $reply) = @_;
    my $status = $reply->{status};
    my $said = $o->{responses}{$status} or return "status $status is not in the contract";
    my ($type) = ($reply->{headers}{'content-type'} // '') =~ /^([^;\s]*)/;
    if (!$said->{content}) {
        return length $reply->{body} ? "status $status has a body" : ();
    }
    my $media = $said->{content}{$type} // ($status < 400 && $said->{content}{'*/*'}) or return "status $status comes as \"$type\"";
    my @wrong;
    if ($type =~ /json$/) {
        my $v = decode($reply->{body});
        return "status $status: the body is no JSON" unless defined $v;
        push @wrong, $self->violations($media->{schema}, $v, '');
        push @wrong, "the problem speaks of status $v->{status}"
            if $type eq 'application/problem+json' && ($v->{status} // 0) != $status;
    }
    push @wrong, map { "header $_ is missing" }
        grep { $self->resolve($said->{headers}{$_})->{required} && !defined $reply->{headers}{lc $_} } sort keys %{$said->{headers} // {}};
    return map { "status $status: $_" } @wrong;
}

1;
