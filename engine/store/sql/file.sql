-- SPDX-License-Identifier: Apache-2.0
-- Uploaded files.  Room in the case is taken before a byte comes and given back with what was
-- not needed, so that many at once cannot take more than there is.

-- name: file_begin (cell, case, id, bytes, account, shelf, name, type, material, digest, most, files)
-- Whether it may come, and the file that the key stands for already.
WITH stored AS (
    SELECT f.id FROM files f
     WHERE f.cell = $1::bigint AND f.case_id = $2::bigint AND f.digest = $10::bytea
), room AS (
    INSERT INTO file_rooms AS r (cell, case_id, bytes, files)
    SELECT $1::bigint, $2::bigint, $4::bigint, 1
     WHERE NOT EXISTS (SELECT FROM stored) AND $4::bigint <= $11::bigint
        ON CONFLICT (cell, case_id) DO UPDATE
       SET bytes = r.bytes + excluded.bytes, files = r.files + 1
     WHERE r.bytes + excluded.bytes <= $11::bigint AND r.files < $12::bigint
    RETURNING 1
), coming AS (
    INSERT INTO files (cell, case_id, id, state, shelf, bytes, sent, touched, account, name, type,
                       material)
    SELECT $1::bigint, $2::bigint, $3::text, 0, $6::bigint, $4::bigint, p.moment, p.moment,
           $5::text, $7::text, $8::text, $9::text
      FROM room, present p
    RETURNING 1
)
SELECT (SELECT count(*) FROM coming), (SELECT s.id FROM stored s);

-- name: file_piece_put (cell, case, id, piece, bytes)
INSERT INTO file_pieces (cell, case_id, file, piece, bytes)
VALUES ($1::bigint, $2::bigint, $3::text, $4::bigint, $5::bytea);

-- name: file_end (cell, case, id, bytes, sha256, digest, seconds)
-- All of it is safe.  The room that was not needed is given back.  Columns as in file_list.
WITH was AS (
    SELECT f.bytes FROM files f
     WHERE f.cell = $1::bigint AND f.case_id = $2::bigint AND f.id = $3::text AND f.state = 0
       FOR UPDATE
), room AS (
    UPDATE file_rooms r SET bytes = r.bytes - w.bytes + $4::bigint
      FROM was w
     WHERE r.cell = $1::bigint AND r.case_id = $2::bigint
)
UPDATE files f
   SET state = 1, bytes = $4::bigint, sha256 = $5::bytea, digest = $6::bytea,
       sent = p.moment, touched = p.moment
  FROM was, present p
 WHERE f.cell = $1::bigint AND f.case_id = $2::bigint AND f.id = $3::text
RETURNING f.id, f.name, f.type, f.bytes, encode(f.sha256, 'hex'), f.material, f.account, f.sent,
       f.attached, f.shelf, f.touched + $7::bigint * interval '1 second';

-- name: file_drop (cell, case, id)
-- What did not come whole, or was swept; not what is here.
WITH gone AS (
    DELETE FROM files f
     WHERE f.cell = $1::bigint AND f.case_id = $2::bigint AND f.id = $3::text AND f.state <> 1
    RETURNING f.bytes
), pieces AS (
    DELETE FROM file_pieces x
     WHERE x.cell = $1::bigint AND x.case_id = $2::bigint AND x.file = $3::text
       AND EXISTS (SELECT FROM gone)
)
UPDATE file_rooms r SET bytes = r.bytes - g.bytes, files = r.files - 1
  FROM gone g
 WHERE r.cell = $1::bigint AND r.case_id = $2::bigint;

-- name: file_sweep (cell, seconds, coming, most)
-- What nothing has named for so long, what has been coming for longer than it may, and what a
-- sweep before this one left.  From now on nothing can name it.
-- (Not a plain subquery: a plan may ask that again for each row, and it would find others.)
WITH loose AS MATERIALIZED (
    SELECT l.case_id, l.id
      FROM files l, present p
     WHERE l.cell = $1::bigint AND l.attached IS NULL
       AND (l.state = 1 AND l.touched < p.moment - $2::bigint * interval '1 second'
            OR l.state <> 1 AND l.touched < p.moment - $3::bigint * interval '1 second')
     ORDER BY l.touched
     LIMIT $4::bigint
       FOR UPDATE OF l SKIP LOCKED
)
UPDATE files f
   SET state = 2
  FROM loose
 WHERE f.cell = $1::bigint AND f.case_id = loose.case_id AND f.id = loose.id
RETURNING f.case_id, f.id, f.shelf;

-- name: file_touch (cell, case, id, account)
-- A command is about to name it: from now it is kept anew.  Of an account, or of any (NULL).
UPDATE files f
   SET touched = greatest(f.touched, p.moment)
  FROM present p
 WHERE f.cell = $1::bigint AND f.case_id = $2::bigint AND f.id = $3::text AND f.state = 1
   AND ($4::text IS NULL OR f.account = $4::text
        OR ($4::text = 'applicant' AND f.account ~ '^agent [0-9]+$'))
RETURNING f.bytes, f.id, f.name, encode(f.sha256, 'hex'), f.type;

-- name: file_attach (cell, cases, ids, records)
UPDATE files f
   SET attached = n.record
  FROM unnest($2::bigint[], $3::text[], $4::bigint[]) AS n (case_id, id, record)
 WHERE f.cell = $1::bigint AND f.case_id = n.case_id AND f.id = n.id AND f.attached IS NULL;

-- name: file_list (cell, case, account, seconds, id, digest)
-- In the order in which they came; NULL takes all accounts, ids and keys.
SELECT f.id, f.name, f.type, f.bytes, encode(f.sha256, 'hex'), f.material, f.account, f.sent,
       f.attached, f.shelf, f.touched + $4::bigint * interval '1 second'
  FROM files f
 WHERE f.cell = $1::bigint AND f.case_id = $2::bigint AND f.state = 1
   AND ($3::text IS NULL OR f.account = $3::text
        OR ($3::text = 'applicant' AND f.account ~ '^agent [0-9]+$'))
   AND ($5::text IS NULL OR f.id = $5::text)
   AND ($6::bytea IS NULL OR f.digest = $6::bytea)
 ORDER BY f.sent, f.id;

-- name: file_piece_get (cell, case, id, piece)
SELECT x.bytes
  FROM file_pieces x
 WHERE x.cell = $1::bigint AND x.case_id = $2::bigint AND x.file = $3::text
   AND x.piece = $4::bigint;
