#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# What people are told of limits: why a clock ends when it does, or that it never does; of which
# branch of a list; until which day; in words, not ids.  Started by test_explained.sh.
use strict;
use warnings;
use utf8;
use Clerks;
use JSON::PP ();

my ($url) = @ARGV;
my $hall = Clerks->new($url);
sub is  { $hall->is(@_) }
sub ask { $hall->ask(@_) }
sub act { $hall->act(@_) }

sub to { $hall->plain('POST', '/v1/test-clock', {to => "$_[0]+08:00"})->{status} == 200 or die "the clock does not move\n" }

sub opened {
    my (@more) = @_;
    my $r = ask('window', 'POST', '/v1/cases', {workflow => 'site-permit', district => '371502', form => {@more},
            applicant => {kind => 'enterprise', name => '聊城示例甲科技有限公司'}});
    $r->{status} == 201 or die "site-permit: $r->{status} $r->{json}{detail}\n";
    return $r->{json};
}

sub clock { my ($number, $name) = @_; return (grep { $_->{name} eq $name } @{$hall->case($number)->{clocks}})[0] }
sub given { my ($of, @names) = @_; return join ' ', map { $of->{$_} // '-' } @names }
sub words { my ($title) = @_; return ref $title ? "$title->{zh} $title->{en}" : '-' }

# A clock's name as one segment of a path.
sub segment {
    my ($name) = @_;
    utf8::encode($name);
    $name =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ge;
    return $name;
}
sub derived { my ($number, $name, $more) = @_; return ask('supervisor', 'GET', "/v1/cases/$number/clocks/" . segment($name) . '/explain' . ($more // ''))->{json} }

# The same as text, to the house or to the applicant; its lines.
my $door = Door->new($url);
sub lines {
    my ($language, $case, $name, $applicant) = @_;
    my $who = $applicant ? 'progress' : 'cases';
    my $r = $door->request(method => 'GET', target => "/v1/$who/$case->{number}/clocks/" . segment($name) . '/explain', headers => {
            Accept => 'text/plain', 'Accept-Language' => $language,
            $applicant ? ('Query-Code' => $case->{queryCode}) : (Authorization => "Bearer $hall->{token}{supervisor}")});
    my $text = $r->{body};
    utf8::decode($text);
    return split /\n/, $text;
}

# --- without a limit nothing is due, and no derivation is made up

my $case = opened(sites => ['东 1', '西.2']);
my $number = $case->{number};
my $none = derived($number, 'promised');
is('it is said that there is no limit', $none->{limited} ? 'limited' : 'not', 'not');
is('nothing is derived', scalar @{$none->{derivation}}, 0);
is('nothing is due', given($none->{clock}, qw(limit due lastDay)), '- - -');
is('in Chinese', (lines('zh', $case, 'promised'))[0] =~ /^(没有期限，自 2026-03-02T09:00:00)/ ? $1 : (lines('zh', $case, 'promised'))[0], '没有期限，自 2026-03-02T09:00:00');
is('in English', (lines('en', $case, 'promised'))[0] =~ /^(no limit, from 2026-03-02T09:00:00)/ ? $1 : (lines('en', $case, 'promised'))[0], 'no limit, from 2026-03-02T09:00:00');
is('and no due instant', scalar(grep { /到期|期限 1/ } lines('zh', $case, 'promised')), 0);
is('where there is one it is derived', derived($number, 'statutory')->{limited} && @{derived($number, 'statutory')->{derivation}} ? 'derived' : 'not', 'derived');

$hall->end;
