-- SPDX-License-Identifier: Apache-2.0
-- Messages from outside: found again, led to a case, kept for a person.

-- name: inbox_find (cell, source, message)
-- What became of it, if it came before.
SELECT i.hash, i.state, i.case_id, i.letter, i.reason, i.id
  FROM inbox i
 WHERE i.cell = $1::bigint AND i.source = $2::text AND i.message = $3::text;

-- name: inbox_candidates (cell, case, number, key, code, most)
-- Cases it may be for: those of whom it is known who asks before others, newest first; of number,
-- key and code one is not null.  Columns as in case_by_id, and more.
SELECT c.id, c.definition, c.number, c.rules, c.head, c.state, c.form, c.workflow, c.party,
       c.applicant, c.query, p.moment, c.phase, c.claimed
  FROM (SELECT x.id
          FROM cases x
         WHERE x.cell = $1::bigint AND x.id = $2::bigint AND x.number = $3::text
         UNION ALL
        SELECT k.case_id
          FROM business_keys k
         WHERE k.cell = $1::bigint AND k.key = $4::text
         UNION ALL
        SELECT p.case_id
          FROM party_cases p
         WHERE p.cell = $1::bigint AND p.party = $5::text) AS n (id)
 CROSS JOIN LATERAL (SELECT x.* FROM cases x WHERE x.cell = $1::bigint AND x.id = n.id
                      LIMIT 1) AS c
 CROSS JOIN present p
 ORDER BY c.phase, c.claimed, c.id DESC
 LIMIT $6::bigint;

-- name: inbox_keep (cell, source, message, name, subject, hash, body, state, candidates, reason)
-- One that no case has: rejected, or waiting for a person.  No row comes back when it came before.
INSERT INTO inbox (cell, id, received, state, source, message, name, subject, hash, body,
                   candidates, reason)
SELECT $1::bigint, nextval('inbox_ids'), p.moment, $8::bigint, $2::text, $3::text, $4::text,
       $5::text, $6::bytea, $7::text, $9::bigint[], $10::text
  FROM present p
    ON CONFLICT (cell, source, message) DO NOTHING
RETURNING id;

-- name: inbox_read (cell, sources, messages)
-- In a batch: those that came before.  A person's decision holds the row until it is committed.
-- In their order, for cases another batch holds are left out only later: nobody waits in a circle.
SELECT i.source, i.message, i.hash, i.state, i.case_id, i.letter, i.reason
  FROM (SELECT DISTINCT x.source, x.message
          FROM unnest($2::text[], $3::text[]) AS x (source, message)
         ORDER BY x.source, x.message) AS n
 CROSS JOIN LATERAL (SELECT x.*
                       FROM inbox x
                      WHERE x.cell = $1::bigint AND x.source = n.source AND x.message = n.message
                        FOR NO KEY UPDATE) AS i;

-- name: inbox_insert (cell, moment, cases, letters, states, sources, messages, names, subjects, hashes, bodies, reasons)
-- In their order: somebody else may be storing the same ones, for other cases.
INSERT INTO inbox (cell, id, received, case_id, letter, state, source, message, name, subject,
                   hash, body, candidates, reason)
SELECT $1::bigint, nextval('inbox_ids'), $2::timestamptz, n.case_id, n.letter, n.state, n.source,
       n.message, n.name, n.subject, n.hash, n.body, '{}', n.reason
  FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[],
              $9::text[], $10::bytea[], $11::text[], $12::text[])
       AS n (case_id, letter, state, source, message, name, subject, hash, body, reason)
 ORDER BY n.source, n.message;

-- name: inbox_assign (cell, source, message, case, letter, actor, reason)
-- A person has found its case; the row is held since inbox_read.
UPDATE inbox i
   SET state = 1, case_id = $4::bigint, letter = $5::bigint, actor = $6::text, reason = $7::text
 WHERE i.cell = $1::bigint AND i.source = $2::text AND i.message = $3::text AND i.state = 0;

-- name: inbox_reject (cell, id, actor, reason)
UPDATE inbox i
   SET state = 2, actor = $3::text, reason = $4::text
 WHERE i.cell = $1::bigint AND i.id = $2::bigint AND i.state = 0
RETURNING i.id;

-- name: inbox_by_id (cell, id)
-- Columns as in inbox_list.
SELECT i.id, i.received, i.state, i.source, i.message, i.name, i.subject, i.body, i.actor, i.reason,
       i.case_id,
       (SELECT c.number FROM cases c WHERE c.cell = $1::bigint AND c.id = i.case_id),
       (SELECT json_agg(json_build_object('id', c.id, 'case', c.number, 'workflow', c.workflow,
                                          'district', c.district, 'applicant', c.applicant,
                                          'opened', (extract(epoch FROM c.opened) * 1000000)::bigint,
                                          'open', c.phase = 1)
                        ORDER BY c.id)::text
          FROM cases c
         WHERE c.cell = $1::bigint AND c.id = ANY (i.candidates)),
       i.hash
  FROM inbox i
 WHERE i.cell = $1::bigint AND i.id = $2::bigint;

-- name: inbox_list (cell, before, most, state, source)
-- Those that fit or fitted several cases, newest first, from before the id `before` (0: from the
-- newest); a null source takes all.
SELECT i.id, i.received, i.state, i.source, i.message, i.name, i.subject, i.body, i.actor, i.reason,
       i.case_id,
       (SELECT c.number FROM cases c WHERE c.cell = $1::bigint AND c.id = i.case_id),
       (SELECT json_agg(json_build_object('id', c.id, 'case', c.number, 'workflow', c.workflow,
                                          'district', c.district, 'applicant', c.applicant,
                                          'opened', (extract(epoch FROM c.opened) * 1000000)::bigint,
                                          'open', c.phase = 1)
                        ORDER BY c.id)::text
          FROM cases c
         WHERE c.cell = $1::bigint AND c.id = ANY (i.candidates)),
       i.hash
  FROM inbox i
 WHERE i.cell = $1::bigint AND i.state = $4::bigint
   AND ($2::bigint = 0 OR i.id < $2::bigint)
   AND i.candidates <> '{}'
   AND ($5::text IS NULL OR i.source = $5::text)
 ORDER BY i.cell DESC, i.id DESC
 LIMIT $3::bigint;

-- name: business_key_insert (cell, keys, cases)
INSERT INTO business_keys (cell, key, case_id)
SELECT $1::bigint, n.key, n.case_id
  FROM unnest($2::text[], $3::bigint[]) AS n (key, case_id)
    ON CONFLICT (cell, key, case_id) DO NOTHING;
