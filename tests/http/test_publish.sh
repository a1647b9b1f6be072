#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the gate asks before a version is published: on SIGHUP, when a daemon
# starts, and by `onestop vet`, which all ask the same.  The clock stands at
# nine o'clock of 2 March 2026.
set -u
cd "$(dirname "$0")/../.." || exit 1
if [ "${1:-}" != inside ]; then
	house=$(mktemp -d)
	chmod 0755 "$house"
	cp workflows/organisation.json workflows/plan.json "$house"
	cp -R workflows/calendar workflows/fragments workflows/registration "$house"
	PUBLISH_HOUSE=$house HALL_WORKFLOWS=$house tests/contract/hall "$0" inside
	status=$?
	rm -rf "$house"
	exit $status
fi
# shellcheck source=tests/support/same.sh disable=SC1091
. tests/support/same.sh
onestop=${ONESTOP:-build/release/onestop}
LC_ALL=C.UTF-8
export LC_ALL
house=$PUBLISH_HOUSE log=$ONESTOP_HALL/log
opening=$house/registration/company-opening.json

sql() { psql -XAtq -v ON_ERROR_STOP=1 -c "$1"; }

# get PATH: the body
get() {
	perl -MIO::Socket::INET -e '
		my ($host) = $ENV{ONESTOP_URL} =~ m{//(.*)};
		my $s = IO::Socket::INET->new($host) or die;
		print $s "GET $ARGV[0] HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
		local $/;
		print <$s> =~ /\r\n\r\n(.*)/s' "$1"
}

# version ID: the one in force, or none
version() {
	get /v1/workflows | perl -MJSON::PP -0777 -ne '
		my ($w) = grep { $_->{id} eq $ARGV[0] } @{decode_json($_)->{items}}; print $w ? $w->{version} : "none"' - "$1" 2>/dev/null ||
		echo none
}

# reload: SIGHUP, and what the daemon did with it; its log since is in $last
last=$ONESTOP_HALL/last
reload() {
	lines=$(wc -l <"$log")
	kill -HUP "$ONESTOP_PID"
	until sed "1,${lines}d" "$log" >"$last" && grep -q 'msg=reloaded\|msg="reload refused\|msg="reload given up' "$last"; do sleep 0.02; done
	sed -n 's/.*msg="\{0,1\}\(reloaded\|reload refused\|reload given up\).*/\1/p' "$last"
}
said() { grep -c "msg=$1\|msg=\"$1" "$last"; }

# told PATTERN: whether it tells so
told() { if grep -q "$1" "$last"; then echo told; else cat "$last"; fi; }

# permit FILE FROM [MORE]: a small procedure, by default sound; MORE are further sed commands
permit() {
	sed "s/FROM/$2/; ${3:-}" >"$house/$1" <<'JSON'
{"id": "permit", "title": {"zh": "样例许可", "en": "Sample permit"}, "source": {"plan": ["1"]}, "effective": {"from": "FROM"},
 "lead": "市行政审批局", "applicant": ["enterprise"],
 "form": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string", "enum": ["a", "b"]}}},
 "start": "check",
 "steps": {
  "check": {"title": {"zh": "审查", "en": "Check"}, "by": "window", "limit": "5 working days", "public": "in-review",
   "actions": {
    "grant": {"title": {"zh": "同意", "en": "Grant"}, "to": "granted"},
    "refuse": {"title": {"zh": "不同意", "en": "Refuse"}, "to": "refused"}}},
  "granted": {"title": {"zh": "同意", "en": "Granted"}, "end": "granted"},
  "refused": {"title": {"zh": "不同意", "en": "Refused"}, "end": "refused"}}}
JSON
}

# scenario FILE HEAD DAY DUE: one that opens on DAY under `workflow HEAD`
scenario() {
	printf 'workflow %s\ndistrict 371502\napplicant enterprise\nform {"kind": "a"}\n\n%s 09:00 window opens\n    then clock check due %s\n' \
		"$2" "$3" "$4" >"$house/$1"
}

# vet: exit code, and the numbers of the problems
vet() {
	"$onestop" vet --workflows "$house" >"$ONESTOP_HALL/vet" 2>&1
	echo "$?$(sed -n 's/^[^ ]*: \([0-9]*\) .*/ \1/p' "$ONESTOP_HALL/vet" | tr -d '\n')"
}

# --- exploration ---
nobody='s/"to": "granted"}/"to": "granted", "when": {"===": [{"var": "form.kind"}, "a"]}}/; s/"to": "refused"}/"to": "refused", "when": {"===": [{"var": "form.kind"}, "a"]}}/'
permit permit.json 2026-01-01 "$nobody"
same 'where nobody can act nothing is published' "$(reload) $(version permit)" 'reload refused none'
same 'the log says where' "$(told 'file=.*/permit.json line=6 number=721')" told
same 'and so does vet' "$(vet)" '7 732 721'

# --- scenarios ---
permit permit.json 2026-01-01
scenario permit-due.case permit 2026-03-02 2026-03-10
same 'what fails its scenario is not published' "$(reload) $(version permit)" 'reload refused none'
same 'the log says where' "$(told 'file=.*/permit-due.case line=7 number=731')" told
scenario permit-due.case permit 2026-03-02 2026-03-09
scenario permit-x-due.case permit-x 2026-03-02 2030-01-01 # of a workflow whose id begins likewise
same 'what passes is' "$(reload) $(version permit | cut -c 5)" "reloaded $(version permit | cut -c 5)"
first=$(version permit)
same 'it is there' "$([ "$first" != none ] && echo there)" there
same 'without a doubt' "$(grep -c 'number=732.*permit' "$last")" 0
permit lone.json 2026-01-01 's/"permit"/"lone"/'
same 'without a scenario it is' "$(reload) $([ "$(version lone)" != none ] && echo there)" 'reloaded there'
same 'and the log is loud about it' "$(told 'level=warn.*lone.json.*number=732')" told

# --- of a database that does not answer nothing follows for the folder ---
# state: what /readyz and the metrics say of the folder
state() {
	echo "$(get /readyz | sed 's/.*"workflows":"\([a-z]*\)".*/\1/') $(get /metrics | sed -n 's/^onestop_workflows_refused //p')"
}
sql 'alter table vetted rename to away'
same 'where nothing can be asked a reload is given up' "$(reload) $(version permit)" "reload given up $first"
same 'and says how to go on' "$(told 'msg="reload given up".*mend=')" told
same 'the folder is as good as it was' "$(state)" 'ok 0'
sql 'alter table away rename to vetted'
scenario permit-due.case permit 2026-03-02 2026-03-10
permit permit.json 2026-01-01 's/Sample permit/Example permit/'
same 'refused, it is said' "$(reload) $(state)" 'reload refused refused 1'
sql 'alter table vetted rename to away'
same 'or as bad' "$(reload) $(state)" 'reload given up refused 1'
sql 'alter table away rename to vetted'
scenario permit-due.case permit 2026-03-02 2026-03-09
permit permit.json 2026-01-01
same 'until one passes' "$(reload) $(state)" 'reloaded ok 0'

# --- cases that open one another without end ---
permit ping.json 2026-01-01 's/"permit"/"ping"/; s/"public": "in-review",/"do": [{"open": "pong", "form": {"kind": "a"}}],/'
permit pong.json 2026-01-01 's/"permit"/"pong"/; s/"public": "in-review",/"do": [{"open": "ping", "form": {"kind": "a"}}],/'
same 'a ring of openings is not published' "$(reload) $(version ping) $(version pong)" 'reload refused none none'
same 'each is told at its step' "$(told 'file=.*/ping.json line=6 number=228.*ping, pong, ping') $(told 'file=.*/pong.json line=6 number=228')" 'told told'
permit pong.json 2026-01-01 's/"permit"/"pong"/'
same 'a chain is' "$(reload) $([ "$(version ping)" != none ] && echo there)" 'reloaded there'

# --- a version in force stays as it is ---
permit permit.json 2026-01-01 's/5 working days/9 working days/'
scenario permit-due.case permit 2026-03-02 2026-03-13
same 'a text edited in place is refused' "$(reload) $(version permit)" "reload refused $first"
same 'with the way to do it' "$(told 'number=733.*is in force since 2026-01-01.*effective.from is later')" told
same 'and by vet' "$(vet)" '7 733'
same 'what passed is not asked again' "$(vet) $(grep -c ', 0 of them asked now' "$ONESTOP_HALL/vet")" '7 733 1'
rm "$house/permit.json"
permit permit.2.json 2026-02-01 's/5 working days/9 working days/'
same 'nor does another take days that are past' "$(reload) $(told 'number=733.*permit.* was in force on days before today')" 'reload refused told'
rm "$house/permit.2.json"
permit permit.json 2026-01-01 's/"from": "2026-01-01"/&, "until": "2026-03-02"/'
scenario permit-due.case permit 2026-02-26 2026-03-04
same 'nor does it end before tomorrow' "$(reload)" 'reload refused'
permit permit.json 2026-01-01 's/"from": "2026-01-01"/&, "until": "2026-07-01"/'
same 'it may end later' "$(reload) $([ "$(version permit)" != "$first" ] && echo another)" 'reloaded another'
first=$(version permit)

# --- a further version, its scenarios and its drafts ---
permit permit.2.json 2026-07-01 's/5 working days/4 working days/'
scenario permit.2-due.case permit.2 2026-07-01 2026-07-06
same 'a further version has scenarios of its own' "$(reload)" 'reload refused'
same 'told by their file' "$(told 'file=.*/permit.2-due.case line=7 number=731')" told
scenario permit.2-due.case permit.2 2026-06-30 2026-07-06
same 'received on a day of it' "$(reload) $(told 'permit.2-due.case.*nothing is received on 2026-06-30 by permit.2.json, in force from 2026-07-01')" \
	'reload refused told'
scenario permit.2-due.case permit.2 2026-07-01 2026-07-07
same 'the version that goes on is not asked again' "$(reload) $(said vetting)" 'reloaded 1'
same 'it is not in force yet' "$(version permit)" "$first"
same 'but told beside it' "$(get /v1/workflows/permit/versions | grep -o '"from":"[^"]*' | tr '\n' ' ')" \
	'"from":"2026-01-01 "from":"2026-07-01 '
permit permit.2.json 2026-07-01
scenario permit.2-due.case permit.2 2026-07-01 2026-07-08
same 'before its day it may be written anew' "$(reload)" reloaded
same 'one text speaks for each period' \
	"$(sql "select string_agg(effective_from::text, ' ' order by id) from definitions where workflow = 'permit' and replaced_at is null")" '2026-01-01 2026-07-01'
permit permit.2.json 2026-07-01 's/5 working days/4 working days/'
scenario permit.2-due.case permit.2 2026-07-01 2026-07-07
same 'and back' "$(reload) $(said vetting)" 'reloaded 0'
same 'then the older one does' \
	"$(sql "select count(*) from definitions where body like '%\"4 working days\"%' and replaced_at is null")" 1

# --- a district's limits change on a day of their own ---
# district FILE DAYS [MORE]
district() {
	printf '{"workflow": "permit", "district": "371502", "basis": "样例〔1〕号",%s "limits": {"check": "%s working days"}}\n' "${3:-}" "$2" >"$house/$1"
}
district permit@371502.json 4
scenario permit@371502-due.case permit@371502 2026-03-02 2026-03-06
same 'a district is faster' "$(reload)" reloaded
district permit@371502.json 3
scenario permit@371502-due.case permit@371502 2026-03-02 2026-03-05
same 'its limits in force stay as they are, too' "$(reload) $(told 'permit@371502.json.*number=733.*ID@CODE.ANYTHING.json')" 'reload refused told'
district permit@371502.json 4
scenario permit@371502-due.case permit@371502 2026-02-27 2026-03-04
district permit@371502.2.json 3 ' "effective": {"from": "2026-03-02"},'
scenario permit@371502.2-due.case permit@371502.2 2026-03-02 2026-03-06
same 'a further file of it has scenarios of its own' "$(reload) $(told 'permit@371502.2-due.case line=7 number=731')" 'reload refused told'
scenario permit@371502.2-due.case permit@371502.2 2026-03-02 2026-03-05
same 'from its day on the limits are others, beside the same procedure' "$(reload) $(sql "select string_agg(effective_from || ' ' || effective_until, ' ' order by id) from definitions where workflow = 'permit' and body::json ->> 'district' = '371502'")" \
	'reloaded 2026-01-01 2026-07-01 2026-03-02 2026-07-01'
same 'it is in force there' "$(get '/v1/workflows' | grep -c "\"version\":\"$(sql "select hash from definitions where workflow = 'permit' and effective_from = '2026-03-02'")\"")" 1

district permit@371500.json 2 ' "effective": {"from": "2026-04-01"},'
sed -i 's/371502/371500/' "$house/permit@371500.json"
same 'a city that becomes faster makes its districts follow' "$(reload) $(told 'permit@371502.2.json.*number=232.*in force around it from 2026-04-01')" 'reload refused told'
rm "$house/permit@371500.json"

# --- a run over all cases brings nothing past the gate ---
permit permit.json 2026-01-01 's/"from": "2026-01-01"/&, "until": "2026-07-01"/; s/5 working days/9 working days/'
scenario permit-due.case permit 2026-02-26 2026-03-10
"$onestop" recount --workflows "$house" >/dev/null 2>&1
same 'recount brings no text in' "$(sql "select count(*) from definitions where workflow = 'permit' and body like '%\"9 working days\"%'")" 0
same 'and publishes none' "$(reload) $(version permit)" "reload refused $first"

# --- a daemon that starts ---
# look URL: which permit and which lone one are in force there, and how it says that it is
look() {
	ONESTOP_URL=$1 version permit >"$ONESTOP_HALL/permit"
	ONESTOP_URL=$1 version lone >"$ONESTOP_HALL/lone"
	curl -sS -w ' %{http_code}' "$1/readyz" | sed 's/\(.*\) \(.*\)/\2 \1/' | tr '\n' ' ' >"$ONESTOP_HALL/ready"
	curl -sS "$1/metrics" | sed -n 's/^onestop_workflows_refused //p' | tr -d '\n' >>"$ONESTOP_HALL/ready"
}
# begin SETTING...: another daemon over the same database and folder; its log is in $ONESTOP_HALL/other
begin() {
	: >"$ONESTOP_HALL/other" # the one before has said that it is ready
	env "$@" "$onestop" serve --port 0 --workflows "$house" --database "dbname=$PGDATABASE" >"$ONESTOP_HALL/other" 2>&1 &
	other=$!
	until grep -q 'msg=ready' "$ONESTOP_HALL/other" || ! kill -0 $other 2>/dev/null; do sleep 0.02; done
	if grep -q 'msg=ready' "$ONESTOP_HALL/other"; then
		look "$(sed -n 's/.*msg=ready.* url=\([^ ]*\).*/\1/p' "$ONESTOP_HALL/other")"
		kill $other
	fi
	wait $other
	echo "$? $(grep -c 'msg=vetting' "$ONESTOP_HALL/other")"
}
same 'a daemon that starts over it goes on as well' \
	"$(begin ONESTOP_SERVER_REPLACE=refused) $(grep -c 'number=733' "$ONESTOP_HALL/other") $(grep -c 'msg="start refused".*mend=' "$ONESTOP_HALL/other")" '0 0 1 1'
same 'with the version of before' "$(cat "$ONESTOP_HALL/permit")" "$first"
same 'it says so' "$(cat "$ONESTOP_HALL/ready")" '200 {"checks":{"database":"ok","workflows":"refused"},"ready":true}1'
same 'and so does the doctor' "$(ONESTOP_SERVER_WORKFLOWS=$house ONESTOP_DATABASE_CONNINFO="dbname=$PGDATABASE" "$onestop" doctor | grep -c "advice *.* is refused, and a daemon goes on with what was published last: 1 problems, as .*permit.json")" 1
same 'but where authors try things it does' "$(begin ONESTOP_SERVER_REPLACE=allowed | cut -d ' ' -f 1) $(grep -c 'another text for a period that has begun' "$ONESTOP_HALL/other")" '0 1'
same 'and then it is the text' "$(begin ONESTOP_SERVER_REPLACE=refused)" '0 0'
second=$(cat "$ONESTOP_HALL/permit")
permit more.json 2026-01-01 's/"permit"/"more"/; '"$nobody"
same 'what was never published is vetted at the start, and is not there' \
	"$(begin ONESTOP_SERVER_REPLACE=refused) $(grep -c 'number=721' "$ONESTOP_HALL/other") $(grep -c 'msg="start refused"' "$ONESTOP_HALL/other")" '0 1 1 1'
rm "$house/more.json"
permit permit.json 2026-01-01 's/"permit"/permit/'
same 'a file that cannot be read is no reason to stay closed' \
	"$(begin ONESTOP_SERVER_REPLACE=refused) $(grep -c 'permit.json line=1 number=101' "$ONESTOP_HALL/other")" '0 0 1'
same 'the version of before goes on' "$(cat "$ONESTOP_HALL/permit")" "$second"
same 'a running daemon goes on likewise' "$(reload) $(version permit) $(get /readyz | grep -c '"workflows":"refused"')" "reload refused $first 1"
mv "$house/lone.json" "$ONESTOP_HALL/aside"
printf '{' >"$house/fragments/intake.json"
same 'nor is a fragment, and what was taken away stays away' "$(begin ONESTOP_SERVER_REPLACE=refused) $(cat "$ONESTOP_HALL/permit" "$ONESTOP_HALL/lone")" "0 0 ${second}none"
cp workflows/fragments/intake.json "$house/fragments"
printf '{' >"$house/plan.json"
same 'without what all are held against none starts' "$(begin ONESTOP_SERVER_REPLACE=refused)" '7 0'
cp workflows/plan.json "$house"
mv "$ONESTOP_HALL/aside" "$house/lone.json"
permit permit.json 2026-01-01 's/"from": "2026-01-01"/&, "until": "2026-07-01"/; s/5 working days/9 working days/'
same 'mended it is as if nothing had been' "$(reload) $(version permit) $(get /readyz | grep -c '"workflows":"ok"') $(get /metrics | sed -n 's/^onestop_workflows_refused //p')" \
	"reloaded $second 1 0"
sql 'update vetted set rules = rules - 1'
same 'under other rules all are asked again' "$(begin ONESTOP_SERVER_REPLACE=refused)" "0 $(find "$house" -name '*.json' ! -path '*/calendar/*' ! -path '*/fragments/*' ! -name organisation.json ! -name plan.json | wc -l)"

# --- before anything is published: the gate waits for a database that is not there ---
early=$ONESTOP_HALL/early
"$onestop" serve --listen "unix:$early" --workflows "$house" --database host=@nobody-listens >"$ONESTOP_HALL/other" 2>&1 &
other=$!
until [ -S "$early" ] || ! kill -0 $other 2>/dev/null; do sleep 0.02; done
status() { curl -sS -o "$ONESTOP_HALL/body" -w '%{http_code}' --unix-socket "$early" "http://hall$1"; }
same 'before anything is published' "$(status /livez) $(status /readyz) $(status /v1/workflows)" '200 503 503'
same 'that is said' "$(grep -c 'store_busy.*not published yet' "$ONESTOP_HALL/body")" 1
kill $other
wait $other
same 'and it can be ended' $? 0

rm "$opening"
same 'a procedure may be taken away' "$(reload) $(version company-opening)" 'reloaded none'
echo "$passed passed, $failed failed"
[ $failed = 0 ]
