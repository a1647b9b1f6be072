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
    is('the new enterprise\'s case is there', (map { join ' ', map { $_->{workflow}{id} } @{$_->{json}{items}} } ask('window', 'GET', '/v1/parties/91371502MA3D123470')), 'founding');
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

# --- an enterprise that a case brings into being has that case in its file

my $born = '91371502MA3D123470';
sub listed { my $r = ask('window', 'GET', "/v1/parties/$_[0]"); return join ' ', map { $_->{workflow}{id} } @{$r->{json}{items}} }
sub founded {
    my ($input, %applicant) = @_;
    my $r = ask('window', 'POST', '/v1/cases', {workflow => 'founding', district => '371502', form => {}, applicant => {kind => 'enterprise', %applicant}});
    my $number = $r->{json}{number};
    return ($number, act('window', $number, {action => 'grant', input => {code => $input}}));
}
my ($newborn, $reply) = founded('91371502MA3D123471');
is('what is no credit code founds nothing', "$reply->{status} $reply->{json}{code}", '422 form_invalid');
is('what is one, does', act('window', $newborn, {action => 'grant', input => {code => $born}})->{status}, 200);
is('its file has the case', listed($born), 'founding');
my ($grant) = grep { ($_->{action} // '') eq 'grant' } @{ask('supervisor', 'GET', "/v1/cases/$newborn/facts")->{json}{items}};
my $annulled = act('supervisor', $newborn, {command => 'annul', number => $grant->{number}, reason => '代码有误'});
is('the act is annulled', $annulled->{status} . ($annulled->{json}{detail} // ''), 200);
is('then it is nobody\'s', listed($born), '');
is('and may be another\'s', act('window', $newborn, {action => 'grant', input => {code => '91371502MA3D2222X4'}})->{status}, 200);
is('who has it', listed('91371502MA3D2222X4'), 'founding');
is('its licence', act('window', $newborn, {action => 'finish'})->{status}, 200);
$hall->settle(30);
my $paper = sub { ask('window', 'GET', "/v1/cases/$newborn/certificates")->{json}{items}[0] };
for (1 .. 300) { last if $paper->()->{qr}; select undef, undef, undef, 0.1 }
is('names it', $hall->plain('GET', '/v1/certificates/' . $paper->()->{qr})->{json}{holder}{code}, '91371502MA3D2222X4');
my $founder = '91371500MA3EXA010E';
founded($born, code => $founder);
is('who founds another has the case, too', listed($founder), 'founding');
is('as the other has', listed($born), 'founding');
my $claimed = $hall->plain('POST', '/v1/progress', {workflow => 'founding', district => '371502', form => {}, applicant => {kind => 'enterprise', name => '甲'}})->{json}{number};
is('of who only says who he is', act('window', $claimed, {action => 'grant', input => {code => '91371502MA3D444455'}})->{status}, 200);
is('nobody has it', listed('91371502MA3D444455'), '');
is('until somebody has looked', act('window', $claimed, {command => 'identify', document => '身份证'})->{status}, 200);
is('then it has', listed('91371502MA3D444455'), 'founding');

$hall->end;
