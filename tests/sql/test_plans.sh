#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every statement of a batch finds its rows by their whole key, also by the plan
# that is made, and kept, while the tables are empty and were never analysed.
# Run under tests/pg.sh.
set -u
cd "$(dirname "$0")/../.." || exit 1
plans=$(mktemp)
trap 'rm -f "$plans"' EXIT
passed=0 failed=0

# statement  arguments  what its plan must say
check() {
	{
		echo 'set plan_cache_mode = force_generic_plan; set enable_seqscan = off;'
		echo 'set enable_hashjoin = off; set enable_mergejoin = off; set jit = off;'
		awk -v name="$1" '/^-- name: /{ on = $3 == name; if (on) print "PREPARE s AS"; next } on' \
			engine/store/sql/batch.sql engine/store/sql/journal.sql engine/store/sql/outbox.sql engine/store/sql/read.sql \
			engine/store/sql/stats.sql
		echo "; EXPLAIN EXECUTE s ($2);"
	} | psql -qXAt -v ON_ERROR_STOP=1 >"$plans" 2>&1
	if grep -qF "$3" "$plans" && ! grep -q 'Seq Scan on \(cases\|keys\|facts\|timings\|journal\|outbox\)' "$plans"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "$1: its plan does not say: $3"
		cat "$plans"
	fi
}

check batch_lock "0, '{1}'" 'Index Cond: ((cell = $1) AND (id = n.id))'
check batch_lock_wait "0, '{1}'" 'Index Cond: ((cell = $1) AND (id = n.id))'
check batch_read "0, '{1}'" 'Index Cond: ((cell = $1) AND (id = n.id))'
check case_history '0, 1' 'Index Cond: ((cell = $1) AND (case_id = $2))'
check key_read "0, '{1}', '{a}'" \
	'Index Cond: ((cell = $1) AND (scope = n.scope) AND (digest = n.digest))'
check case_look '0, 1, NULL' 'Index Cond: ((cell = $1) AND (id = $2))'
check form_update "0, 1, ''" 'Index Cond: ((cell = $1) AND (id = $2))'
check key_answer "0, 'a', 1, 200, 'e', 'b'" 'Index Cond: ((cell = $1) AND (scope = 0) AND (digest = $2))'
check key_release "0, 'a'" 'Index Cond: ((cell = $1) AND (scope = 0) AND (digest = $2))'
update="0, 1, '{1}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL"
check case_update "$update" 'Index Cond: ((cell = $1) AND (id = n.id))'
check case_update "$update" 'TID Cond: (ctid = l.place)'
check case_sort "0, '{1}', NULL, NULL, NULL" 'Index Cond: ((cell = $1) AND (id = n.id))'
check case_sort "0, '{1}', NULL, NULL, NULL" 'TID Cond: (ctid = l.place)'
check timing_withdraw '0, 1, 2' 'Index Cond: ((cell = $1) AND (case_id = $2))'
check alarm_due '0, 100' 'Index Scan using cases_look on cases c'
check journal_number '0, 0, 100' 'using journal_ripe on journal'
check outbox_over '0, 1, 2, 3' 'Index Cond: ((cell = $1) AND (case_id = $2))'
check outbox_restore '0, 1, 2, NULL' 'Index Cond: ((cell = $1) AND (case_id = $2))'
check outbox_drop "0, NULL, '{1}', '{1}', '{a}', '{1}', '{1}'" '(case_id = ANY ('
message='Index Cond: ((cell = $1) AND (case_id = $2) AND (number = $3))'
check outbox_result "0, 1, 2, 0, 0, 500, 'a'" "$message"
check outbox_park '0, 1, 2, NULL' "$message"
check outbox_wake '0, 1, 2' "$message"
check outbox_due "0, '{tax}', '{8}'" 'Index Cond: ((cell = $1) AND (system = n.system) AND (next_try <= $1))'
check outbox_due "0, '{tax}', '{8}'" 'Index Cond: ((cell = $1) AND (case_id = x.case_id) AND (number < x.number))'
check outbox_blocked "0, '{tax}', 9" 'Index Cond: ((cell = $1) AND (case_id = x.case_id) AND (number < x.number))'
# Statistics of a period find its cases by their closing, and what is theirs by the case; lanes and
# hand-overs are in small indices of their own.
closed='Index Cond: ((cell = $1) AND (definition = k.id) AND (closed >= COALESCE($5'
holders="0, NULL, NULL, NULL, '2026-03-01', '2026-04-01', 0, 0, 0, 0, 0"
check stats_holders "$holders" "$(echo "$closed" | sed 's/k.id/q.id/')"
check stats_holders "$holders" 'Index Cond: ((cell = $1) AND (case_id = n.id))'
cases="0, NULL, NULL, NULL, '2026-03-01', '2026-04-01', 0, 0, 0, 0"
check stats_cases "$cases" "$closed"
check stats_cases "$cases" 'using facts_apart on facts f'
check stats_steps '0, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, 1' 'Scan using cases_lane on cases c'
# A list goes back from its place, whichever procedures it is of.
check case_list "0, 0, 51, '{a,b}', NULL, 0, NULL, 0, 0" 'Index Scan Backward using cases_pkey on cases c'
# The case that another follows is found by its key.
check code_find "0, 1, 'a'" 'Index Scan using cases_pkey on cases c'
echo "$passed passed, $failed failed"
[ $failed = 0 ]
