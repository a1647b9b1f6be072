-- SPDX-License-Identifier: Apache-2.0
-- A comprehensive certificate of which a part is revoked is in force no more as
-- a whole.  Its own state stays, so that a daemon of before can read it.

ALTER TABLE certificates
    ADD COLUMN parted boolean NOT NULL DEFAULT false;   -- something it comprises was revoked

UPDATE certificates w
   SET parted = true
 WHERE w.state = 0 AND w.parts <> '{}'
   AND EXISTS (WITH RECURSIVE line (nth, state) AS (
                   SELECT p.nth, p.state
                     FROM certificates p
                    WHERE p.cell = w.cell AND p.case_id = w.case_id AND p.nth = ANY (w.parts)
                   UNION
                   SELECT s.nth, s.state
                     FROM line l
                     JOIN certificates s ON s.cell = w.cell AND s.case_id = w.case_id
                                        AND s.replaces = l.nth)
               SELECT FROM line WHERE state = 1);
