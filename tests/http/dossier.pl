#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# What the file of an enterprise 一企一档 has of each case, and for whom.
# Started by test_dossier.sh, before and after a procedure was taken out of the folder.
use strict;
use warnings;
use utf8;
use Clerks;

my $hall = Clerks->new($ARGV[0]);
my $code = '91371500MA3C00003Q';
sub is  { $hall->is(@_) }
sub ask { $hall->ask(@_) }
sub act { $hall->act(@_) }

sub opened {
    my ($workflow, $form) = @_;
    my $r = ask('window', 'POST', '/v1/cases', {workflow => $workflow, district => '371502', form => $form,
            applicant => {kind => 'enterprise', code => $code, name => '聊城示例甲科技有限公司'}});
    $r->{status} == 201 or die "$workflow: $r->{status} $r->{json}{detail}\n";
    return $r->{json};
}

sub file { my ($who) = @_; my $r = ask($who, 'GET', "/v1/parties/$code"); $r->{status} == 200 or die "$who: $r->{status} $r->{json}{code}\n"; return $r->{json} }
sub item { my ($file, $workflow) = @_; return (grep { $_->{workflow}{id} eq $workflow } @{$file->{items}})[0] // {} }
sub cases { my ($who) = @_; my $file = file($who); return join ' ', (sort map { $_->{workflow}{id} } @{$file->{items}}), $file->{elsewhere} }

# Who sees what is the same as long as the cases are there.
sub seen_by {
    is('a window sees all', cases('window'), 'festival vanishing 0');
    is('a department sees its own, and that there is more', cases('tax'), 'vanishing 1');
    is('another sees that there is something', cases('police'), '2');
}

if ($ARGV[1] eq 'after') {
    is('the procedure is gone', $hall->plain('GET', '/v1/workflows/vanishing')->{status}, 404);
    seen_by();
    is('what is known of its case is there', item(file('tax'), 'vanishing')->{identity}{state}, 'verified');
    $hall->end;
}

my $festival = opened('festival', {name => '甲'});
my $number = $festival->{number};
opened('vanishing', {});
is('a promise', act('window', $number, {command => 'material', action => 'promise', material => 'lease', document => '承诺书1号'})->{status}, 200);
$hall->settle(30);
is('granted, late', act('window', $number, {action => 'grant'})->{status}, 200);
my %code = ('Query-Code' => $festival->{queryCode});
my $step = $hall->plain('GET', "/v1/progress/$number", undef, %code)->{json}{yourSteps}[0];
is('the applicant rates it', $hall->plain('POST', "/v1/progress/$number/actions", {action => 'rate', input => {stars => 2, words => '等候过久'}}, %code, 'If-Match' => $step->{etag})->{status}, 200);
my ($first) = @{item(file('window'), 'festival')->{ratings}};
is('which the file has', join(' ', @$first{qw(stars words by)}), '2 等候过久 applicant');
is('and of the other case none', scalar @{item(file('window'), 'vanishing')->{ratings}}, 0);
is('its materials, and what was promised', join(' ', map { "$_->{id} $_->{state} " . ($_->{until} ? 'until' : '-') } @{item(file('window'), 'festival')->{materials}}), 'plan missing - lease promised until');
is('its cards, for who leads', join(' ', map { "$_->{kind} $_->{clock}" } @{item(file('head'), 'festival')->{cards}}), 'broken work');
is('and for nobody else', item(file('window'), 'festival')->{cards} ? 'told' : 'nothing', 'nothing');
seen_by();

# --- a comprehensive certificate of which a part is revoked

sub paper { my ($nth) = @_; my ($x) = grep { $_->{nth} == $nth } @{item(file('window'), 'festival')->{certificates}}; return $x }
sub whole { return $hall->plain('GET', '/v1/certificates/' . paper(3)->{number})->{json} }
is('the whole is in force', whole()->{state}, 'in-force');
is('a part is revoked', act('supervisor', $number, {command => 'revoke', number => 2, reason => '扰民'})->{status}, 200);
is('who looks at the state of the whole is told', whole()->{state}, 'part-revoked');
is('and which part it is', join(' ', map { "$_->{kind} $_->{state}" } @{whole()->{parts}}), 'food in-force noise revoked');
is('so are those who have the case before them', join(' ', map { $_->{state} } @{$hall->case($number)->{certificates}}), 'in-force revoked part-revoked');
is('and the file', paper(3)->{state}, 'part-revoked');
is('which is not discarded', paper(3)->{discarded}, 'nothing');
is('a new one takes in the rest', act('supervisor', $number, {command => 'replace', number => 3, reason => '换发'})->{status}, 200);
is('and is in force', join(' ', map { $_->{state} } @{$hall->case($number)->{certificates}}), 'in-force revoked replaced in-force');
is('with what is left', join(' ', map { $_->{kind} } @{$hall->plain('GET', '/v1/certificates/' . paper(4)->{number})->{json}{parts}}), 'food');

$hall->end;
