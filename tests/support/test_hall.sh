# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154 # the caller has $onestop, and reads $hall_...
# For scripts (". tests/support/test_hall.sh"): a daemon over PGDATABASE, whose
# time is moved by hand, with an account for whoever acts in scenarios.
#
#   hall_open DIR START             the test clock stands at START (-: none is made); then $hall_url
#   hall_start                      the daemon, again after hall_close
#   hall_staff FILE|FOLDER ...      accounts for those who act there; then $hall_accounts,
#                                   the file onestop play takes
#   hall_close
#
# HALL_WORKFLOWS: the folder that is copied, where that is not the project's.  HALL_ALSO: folders of
# further definitions.  DIR is empty and belongs to the caller.  As root the daemon runs as whom the
# database belongs to, from a copy that he can read.

hall_pid=''

hall_open() {
	hall_dir=$1
	mkdir "$hall_dir/app" "$hall_dir/app/var"
	cp -R "${HALL_WORKFLOWS:-workflows}" "$hall_dir/app/workflows"
	for also in ${HALL_ALSO:-}; do
		cp "$also"/*.json "$hall_dir/app/workflows/"
	done
	cp "$onestop" "$hall_dir/app/onestop"
	chmod a+rx "$hall_dir"
	chmod -R a+rX "$hall_dir/app"
	hall_as=''
	if [ "$(id -u)" = 0 ]; then
		hall_user=$(stat -c %U "${ONESTOP_PG_VAR:?}/db/data")
		chown "$hall_user" "$hall_dir/app/var"
		hall_as="setpriv --reuid=$hall_user --regid=$hall_user --init-groups"
	fi
	[ "$2" = - ] || "$onestop" migrate --test-clock="$2" 2>"$hall_dir/migrate.log" >&2 || {
		cat "$hall_dir/migrate.log"
		return 1
	}
	hall_start
}

hall_start() {
	: >"$hall_dir/serve.log"
	# shellcheck disable=SC2086 # a command and its arguments
	ONESTOP_SERVER_PORT=0 ONESTOP_SERVER_WORKERS=${HALL_WORKERS:-1} ONESTOP_SERVER_WORKFLOWS="$hall_dir/app/workflows" \
		ONESTOP_SERVER_VAR="$hall_dir/app/var" $hall_as "$hall_dir/app/onestop" serve >"$hall_dir/serve.log" 2>&1 &
	hall_pid=$!
	until grep -q 'msg=ready' "$hall_dir/serve.log"; do
		kill -0 $hall_pid 2>/dev/null || {
			cat "$hall_dir/serve.log"
			return 1
		}
		sleep 0.05
	done
	hall_url=$(sed -n 's/.*msg=ready url=\([^ ]*\).*/\1/p' "$hall_dir/serve.log")
}

# All have one password, which is hashed once; this is no secret hall.  Systems that send messages
# get a key.
hall_staff() {
	hall_accounts=$hall_dir/accounts
	{
		"$onestop" play --actors "$@"
		printf 'supervisor\tsupervisor\t\t\t\n'
	} | sort -u >"$hall_dir/actors"
	: >"$hall_accounts"
	echo sample-password | "$onestop" account add supervisor --role supervisor --password-stdin 2>/dev/null || return 1
	psql -Xqv ON_ERROR_STOP=1 <<-SQL || return 1
		create temp table actors (name text, role text, department text, system text, district text);
		\copy actors from '$hall_dir/actors'
		insert into accounts (name, password, roles, department, system, district)
		    select a.name, s.password, array[a.role], nullif(a.department, ''), nullif(a.system, ''),
		        coalesce(nullif(a.district, ''), '*')
		    from actors a, accounts s where s.name = 'supervisor' and a.name <> s.name and a.role <> 'key';
	SQL
	tab=$(printf '\t')
	while IFS= read -r actor; do
		name=${actor%%"$tab"*} rest=${actor#*"$tab"}
		role=${rest%%"$tab"*} rest=${rest#*"$tab"}
		rest=${rest#*"$tab"}
		system=${rest%%"$tab"*}
		secret=sample-password
		[ "$role" != key ] ||
			secret=$(ONESTOP_SERVER_WORKFLOWS="$hall_dir/app/workflows" "$onestop" system key "$system" 2>/dev/null) || return 1
		echo "$name $secret" >>"$hall_accounts"
	done <"$hall_dir/actors"
}

hall_close() {
	[ -z "$hall_pid" ] || {
		kill "$hall_pid" 2>/dev/null
		wait "$hall_pid"
	}
	hall_pid=''
}
