#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Started by test_calendars.sh, in a hall whose clock stands at 2026-03-02 09:00.
use strict;
use warnings;
use utf8;
use Desk;
use Door;

my $house   = $ENV{CALENDARS_HOUSE};
my $onestop = $ENV{ONESTOP} || 'build/release/onestop';
my $door    = Door->new($ENV{ONESTOP_URL});
my $desk    = Desk->new($door, $door->sign_in('window-own'));
my $registrar = Desk->new($door, $door->sign_in('registrar-own'));
my $auditor = Desk->new($door, $door->sign_in('auditor-own'));
my ($passed, $failed) = (0, 0);
binmode STDOUT, ':utf8';

sub same {
    my ($name, $is, $wanted) = @_;
    if ($is eq $wanted) { $passed++; return }
    $failed++;
    print "$name\n  is     $is\n  wanted $wanted\n";
}

sub spew {
    my ($name, $text) = @_;
    open my $out, '>:utf8', "$house/$name" or die "$name: $!\n";
    print $out $text;
    close $out or die "$name: $!\n";
}

sub slurp {
    my ($name) = @_;
    open my $in, '<:utf8', $name or die "$name: $!\n";
    local $/;
    return scalar <$in>;
}

sub said { return scalar(() = slurp("$ENV{ONESTOP_HALL}/log") =~ /msg="?$_[0]/g) }

sub reload {
    my ($word) = @_;
    my $before = said($word);
    kill HUP => $ENV{ONESTOP_PID};
    for (1 .. 15000) {
        return if said($word) > $before;
        select undef, undef, undef, 0.02;
    }
    die "the daemon does not say $word\n";
}

sub commanded {
    my ($who, $number, %body) = @_;
    my $case = $who->ask(method => 'GET', target => "/v1/cases/$number");
    $who->ask(method => 'POST', target => "/v1/cases/$number/actions",
        headers => {'If-Match' => $body{step} ? $case->{steps}[0]{etag} : $case->{etag}}, body => \%body);
}

sub shown { return $desk->ask(method => 'GET', target => "/v1/cases/$_[0]") }

# When the applicant's silence ends what, and whether the days up to then are published.
sub silence {
    my ($number) = @_;
    my $case = shown($number);
    my ($material) = grep { $_->{id} eq 'articles' } @{$case->{materials}};
    return join ' ', map { $_->{at} || $_->{until}, $_->{provisional} ? 'provisional' : () } @{$case->{steps}[0]{timers}}, $material;
}

# An accepted company, whose statutory limit is three working days.
sub company {
    my $case = $desk->open_case;
    $desk->ask(method => 'POST', target => "/v1/cases/$case->{number}/actions", headers => {'If-Match' => $case->{steps}[0]{etag}},
        body => {action => 'accept', step => 'accept', input => {identityVerified => JSON::PP::true, barred => JSON::PP::false}});
    return $case->{number};
}

sub explain { return $desk->ask(method => 'GET', target => "/v1/cases/$_[0]/clocks/statutory/explain") }
sub due     { return explain($_[0])->{clock}{due} }

# A hall that closes at four, and moves house on the 5th of March: of whose district is said.
sub hall_of {
    my ($closing, $day) = @_;
    spew('hall-east.json', qq({"hall": "样例大厅", "seasons": [{"from": "01-01", "to": "12-31", "spans": ["09:00-$closing"]}],
        "days": [{"date": "$day", "working": false, "title": {"zh": "搬迁", "en": "moving house"}}]}\n));
    my $organisation = slurp('workflows/organisation.json');
    $organisation =~ s/\{"code": "371502",/{"code": "371502", "hours": "hall-east.json",/ or die "no district\n";
    spew('organisation.json', $organisation);
}

# A company that has articles to hand in and a signature to give.
sub asked {
    my $number = company();
    commanded($desk, $number, command => 'material', action => 'tolerate', material => 'articles');
    commanded($registrar, $number, step => 'licence', action => 'ask-signature');
    return $number;
}

# The year is not published yet: what reaches there may still move.
my $day = '2026-03-10T00:00:00+08:00';
rename "$house/calendar/cn-2026.json", "$house/notice" or die "no year\n";
reload('reloaded');
my $early = asked();
same('five working days of which nobody knows yet', silence($early), "$day provisional $day provisional");
rename "$house/notice", "$house/calendar/cn-2026.json" or die "no year\n";
reload('reloaded');
same('nor when the notice is there, as long as it counts without', silence($early), "$day provisional $day provisional");

my $first = company();
my $asked = asked();
same('five working days to sign, five for the articles', silence($asked), "$day $day");
same('and what the timer says', shown($asked)->{steps}[0]{timers}[0]{after}, '5 working days');
my $usual = explain($first)->{calendar};
same('three working days by the usual hours', due($first), '2026-03-05T17:00:00+08:00');

hall_of('16:00', '2026-03-05');
reload('reloaded');
same('the log says that open cases are to be recounted', said('calendars changed, open cases still count by the old ones'), 3);
my $second = company();
same('what starts now counts by the hall', due($second), '2026-03-06T16:00:00+08:00');
same('and says by which version', explain($second)->{calendar} eq $usual ? 'the usual' : 'its own', 'its own');
same('its derivation names the day', join(' ', map { $_->{why}{zh} } grep { $_->{date} eq '2026-03-05' } @{explain($second)->{derivation}}), '搬迁');
same('what runs goes on as it was', due($first) . ' ' . explain($first)->{calendar}, "2026-03-05T17:00:00+08:00 $usual");

same('so does silence', silence($asked), "$day $day");

same('recount', system("$onestop recount --workflows $house >/dev/null 2>&1"), 0);
same('moves it', due($first), '2026-03-06T16:00:00+08:00');
same('and silence', silence($asked), '2026-03-11T00:00:00+08:00 2026-03-11T00:00:00+08:00');
same('which nothing makes uncertain any more', silence($early), silence($asked));
same('which leaves facts', join(' ', map { $_->{step} || $_->{material} } grep { $_->{fact} eq 'periods-recounted' } map { @{$_->{facts}} }
    @{$auditor->ask(method => 'GET', target => "/v1/cases/$asked/facts?limit=200")->{items}}), 'signature articles');
my ($fact) = map { @{$_->{facts}} } grep { $_->{command} eq 'recount' } @{$auditor->ask(method => 'GET', target => "/v1/cases/$first/facts?limit=200")->{items}};
same('and leaves a fact', "$fact->{fact} $fact->{name} $fact->{calendar}", join(' ', 'recounted', $usual, explain($first)->{calendar}));

# Another's files: this daemon has never seen them, and the case counts by them.
hall_of('15:00', '2026-03-06');
same('recount by what another has', system("$onestop recount --workflows $house >/dev/null 2>&1"), 0);
same('the daemon fetches the version', due($first), '2026-03-05T15:00:00+08:00');
same('and decides by it', $desk->ask(method => 'GET', target => "/v1/cases/$first")->{number}, $first);
my $third = company();
same('though what starts counts by its own', due($third), '2026-03-06T16:00:00+08:00');

# What the district does faster is a version of its own, of which cases opened there are.
spew('registration/company-opening@371502.json',
    '{"workflow": "company-opening", "district": "371502", "basis": "样例", "limits": {"promised": "18 minutes", "licence": "4 minutes"}}');
reload('reloaded');
my ($item) = grep { $_->{id} eq 'company-opening' } @{$desk->ask(method => 'GET', target => '/v1/workflows')->{items}};
same('the list tells the region', $item->{regions}[0]{district}, '371502');
same('and its version, which is another', $item->{regions}[0]{version} eq $item->{version} ? 'the same' : 'another', 'another');
my $region = $desk->ask(method => 'GET', target => "/v1/workflows/company-opening?version=$item->{regions}[0]{version}");
same('whose definition can be read', "$region->{district} $region->{clocks}{promised}{limit}", '371502 18 minutes');
my $faster = company();
same('a case of the district is of it', $desk->ask(method => 'GET', target => "/v1/cases/$faster")->{workflow}{version}, $item->{regions}[0]{version});
same('and has the shorter limit', $desk->ask(method => 'GET', target => "/v1/cases/$faster/clocks/promised/explain")->{clock}{limit}, '18 minutes');
same('one opened before keeps its own', $desk->ask(method => 'GET', target => "/v1/cases/$third")->{workflow}{version}, $item->{version});
spew('registration/company-opening@371502.json',
    '{"workflow": "company-opening", "district": "371502", "basis": "样例", "limits": {"promised": "21 minutes"}}');
reload('reload refused');
same('a longer limit is refused, with its line and number', scalar(slurp("$ENV{ONESTOP_HALL}/log") =~ /\@371502\.json line=1 number=232/) ? 'told' : 'not told', 'told');
unlink "$house/registration/company-opening\@371502.json";

spew('hall-east.json', '{}');
reload('reload refused');
same('a hall that says nothing is refused', due(company()), '2026-03-05T15:00:00+08:00');
print "$passed passed, $failed failed\n";
exit($failed != 0);
