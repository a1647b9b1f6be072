#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# What a department's system tells the hall: believed only when it is signed,
# applied once however often it comes, and the answer of a step that waits.
# Started by test_messages.sh.
use strict;
use warnings;
use World;

$| = 1;
my ($passed, $failed) = (0, 0);

sub is {
    my ($what, $is, $wanted) = @_;
    print STDERR time, " $what\n" if $ENV{V};
    if (($is // 'nothing') eq $wanted) {
        $passed++;
    } else {
        $failed++;
        print "$what\n  is     ", $is // 'nothing', "\n  wanted $wanted\n";
    }
}

my $world = World->new(algorithms => ['hmac-sha256', 'hmac-sm3']);
my $tax   = $world->{department};
my $hall  = $world->{hall};
my $first = $world->secret;
$world->start;

sub told { my ($r) = @_; return join ' ', $r->{status}, $r->{json}{state} // $r->{json}{code} // $r->{text} }

# The step a case is in, and how many facts it has.
sub stands {
    my ($case) = @_;
    my $steps = $world->must('GET', "/v1/cases/$case", who => 'clerk')->{json}{steps};
    return join(',', map { $_->{step} } @$steps) . ' ' . $world->sql("select recorded from cases where number = '$case'");
}

# A case that waits for the tax system, and the visit it was told of.
sub asked {
    my $case = $world->case;
    $world->act($case, 'ask');
    $world->pump(sub { grep { $_->{json}{subject} eq $case } @{$tax->{applied}} }, 'the system is asked');
    my ($m) = grep { $_->{json}{subject} eq $case } @{$tax->{applied}};
    return ($case, $m->{json}{data}{visit});
}

# --- the answer is the action

my ($case, $visit) = asked();
is('the step waits', stands($case), 'answer 2');
my %data = (case => $case, visit => $visit, name => 'done', input => {receipt => 'T-1'});
my %letter = (id => 'tax-a', data => \%data);
is('its answer is the action', told($world->tell(%letter)), '200 accepted');
is('and moves the case', stands($case), 'work 3');
my $again = $world->tell(%letter);
is('sent again it gets the first answer', told($again) . ' ' . ($again->{head}{'idempotent-replayed'} // ''), '200 accepted true');
is('and does nothing', stands($case), 'work 3');
is('the same id for another message is refused', told($world->tell(%letter, data => {%data, name => 'refuse', input => {}})), '422 idempotency_key_reused');
is('another answer to a stay that is over is kept for a person', told($world->tell(data => \%data)), '200 accepted');
is('and moves nothing', (split / /, stands($case))[0], 'work');

# --- what is not believed

($case, $visit) = asked();
%data = (case => $case, visit => $visit, name => 'done', input => {receipt => 'T-2'});
my $now = $world->sql('select extract(epoch from moment)::bigint from present');
is('another secret', told($world->tell(data => \%data, secret => 'whsec_' . 'B' x 43 . '=')), '401 signature_wrong');
is('another version of signature', told($world->tell(data => \%data, tag => 'v1sm3')), '200 accepted');
($case, $visit) = asked();
%data = (case => $case, visit => $visit, name => 'done', input => {receipt => 'T-2'});
is('a system nobody knows', told($world->tell(data => \%data, system => 'nobody')), '401 signature_wrong');
is('a system without secrets', told($world->tell(data => \%data, system => 'customs')), '401 signature_wrong');
is('more than five minutes old', told($world->tell(data => \%data, now => $now - 301)), '401 signature_wrong');
is('more than five minutes ahead', told($world->tell(data => \%data, now => $now + 301)), '401 signature_wrong');
my %tampered = $world->letter(data => \%data);
$tampered{body} =~ s/T-2/T-3/;
is('a body that was changed on the way', told($world->ask('POST', $tampered{path}, body => $tampered{body}, head => $tampered{head})), '401 signature_wrong');
for my $header (qw(webhook-id webhook-timestamp webhook-signature)) {
    my %part = $world->letter(data => \%data);
    delete $part{head}{$header};
    is("without $header", told($world->ask('POST', $part{path}, body => $part{body}, head => $part{head})), '400 bad_request');
}
is('an id with a full stop, which could shift what is signed', told($world->tell(data => \%data, id => 'a.b')), '400 bad_request');
is('nothing of it was applied', stands($case), 'answer 2');
is('nor kept', $world->sql("select count(*) from inbox where body like '%T-3%'"), 0);

my $unsigned = $world->tell(data => \%data, secret => 'whsec_' . 'B' x 43 . '=')->{json};
is('who signs wrongly is told what is signed, not to sign in', join(' ', $unsigned->{detail} =~ /(webhook-id\.webhook-timestamp).*(webhook-signature fits no secret)/), 'webhook-id.webhook-timestamp webhook-signature fits no secret');

# --- what is believed and cannot be taken is told so, every time

sub letter { my (%more) = @_; return JSON::PP->new->utf8->encode({specversion => '1.0', id => 'x', source => 'tax', type => 't', data => \%data, %more}) }

my %wrong = (id => 'tax-w', data => {%data, input => {receipt => 7}});
is('an answer whose content is not as the step asks', told($world->tell(%wrong)), '422 form_invalid');
is('sent again gets the same', told($world->tell(%wrong)), '422 form_invalid');
is('a case nobody knows', told($world->tell(data => {%data, case => '371502-8KQ1-20260213-00001X-E'})), '404 not_found');
is('an action the step has not', told($world->tell(data => {%data, name => 'advance', input => {}})), '422 message_unknown');
is('no way to tell the case', told($world->tell(data => {name => 'done'})), '422 form_invalid');
is('two ways', told($world->tell(data => {%data, creditCode => '91371500MA3C000000'})), '422 form_invalid');
is('an unknown member', told($world->tell(data => {%data, hurry => 1})), '422 unknown_member');
is('an attribute that is none of the specification', told($world->tell(body => letter(Hurry => 1))), '422 unknown_member');
is('an extension that is no single value', told($world->tell(body => letter(hurry => {}))), '422 unknown_member');
is("$_ that is empty", told($world->tell(body => letter($_ => ''))), '422 form_invalid') for qw(id source type subject dataschema);
is("$_->[0]: $_->[1]", told($world->tell(body => letter(@$_))), '422 form_invalid') for [time => 'yesterday'], [datacontenttype => 'text/xml'], [datacontenttype => 'json'], [specversion => '0.3'];
is('no JSON', told($world->tell(body => '{')), '400 bad_json');
is('no CloudEvent', told($world->tell(body => '{"data":{}}')), '422 form_invalid');
is('and the step still waits', stands($case), 'answer 2');
is('for the right one, whatever its sender adds', told($world->tell(body => letter(hurry => 1, sampledrate => 30, partitionkey => 'x', time => '2026-02-13T10:00:00.5+08:00', datacontenttype => 'application/vnd.tax+json; charset=utf-8'))), '200 accepted');

# --- secrets change

my $second = $world->secret('--hours', 1);
($case, $visit) = asked();
is('while a secret changes the old one is believed', told($world->tell(secret => $first, data => {case => $case, visit => $visit, name => 'refuse'})), '200 accepted');
($case, $visit) = asked();
is('and the new one', told($world->tell(secret => $second, data => {case => $case, visit => $visit, name => 'refuse'})), '200 accepted');
$world->pass('61 minutes');
($case, $visit) = asked();
%data = (case => $case, visit => $visit, name => 'refuse');
is('then the new one alone', told($world->tell(secret => $first, data => \%data)) . ', ' . told($world->tell(secret => $second, data => \%data)), '401 signature_wrong, 200 accepted');

# --- both ways, with everything that goes wrong in between: duplicates, answers out of order,
#     connections reset, daemons killed

my @daemon = ($world->{daemon}, $world->start('second'));
my (@later, %answered, @refused);
my $n = 0;
$tax->{answer} = sub {
    my ($m) = @_;
    $n++;
    push @later, $m if $m->{json}{type} =~ /task/;
    return $n % 5 == 0 ? [500, {}, 'again'] : $n % 7 == 0 ? 'reset' : [204];
};
my @cases = map { $world->case } 1 .. 8;
for my $round (1 .. 3) {
    $world->act($_, 'ask') for @cases;
    for (1 .. 100) {
        $world->pump(sub {
            !$world->sql("select count(*) from outbox o, destinations d, present p where o.state = 0 and d.system = 'tax'
                and o.next_try <= p.moment and (d.breaker = 0 or d.open_till <= p.moment)");
        }, 'no message is due');
        last if !$world->sql('select count(*) from outbox where state = 0');
        $world->pass('20 minutes');
    }
    # The answers go out in another order than the questions came, each more than once, to either daemon.
    for my $m (reverse splice @later) {
        my %answer = (id => "re-$m->{id}", data => {case => $m->{json}{subject}, visit => $m->{json}{data}{visit}, name => 'done', input => {receipt => $m->{id}}});
        $answered{$m->{id}} //= {%answer, body => undef};
        for my $to (@daemon) {
            my %sent = $world->letter(%answer);
            if ($to == $daemon[0] && keys(%answered) % 4 == 0) {
                # Sent, and the daemon is killed before it is heard of.
                my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $to->{port}) or die "the daemon is gone: $!\n";
                print $s "POST $sent{path} HTTP/1.1\r\nHost: onestop\r\n", map({ "$_: $sent{head}{$_}\r\n" } sort keys %{$sent{head}}),
                    'Content-Length: ', length $sent{body}, "\r\n\r\n", $sent{body};
                $s->flush;
                $hall->end($to, 'KILL');
                $hall->restart($to);
                $hall->ready($to);
            }
            my $r = $world->ask('POST', $sent{path}, body => $sent{body}, head => $sent{head}, to => $to);
            push @refused, "$m->{id}: " . told($r) if told($r) ne '200 accepted';
        }
    }
}
is('no answer is refused, however often it comes', "@refused", '');
is('every question was answered once', join(' ', map { stands($_) } @cases), join(' ', ('work 7') x @cases));
is('each answer is in its case once', $world->sql("select count(*) || ' ' || count(distinct message) from inbox where message like 're-%'"), '24 24');
is('and none was rejected or waits', $world->sql("select count(*) from inbox where state <> 1 and message like 're-%'"), 0);

print "$passed passed, $failed failed\n";
exit($failed != 0);
