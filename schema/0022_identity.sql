-- SPDX-License-Identifier: Apache-2.0
-- Who opens a case without an account says himself who he is.  Until somebody of
-- the house has looked, the case is not one of the enterprise's.

ALTER TABLE cases
    ADD COLUMN claimed boolean NOT NULL DEFAULT false;  -- he says so himself, and nobody has looked

-- What was opened by accounts of the house counts as looked at, and so does what
-- they have worked on since; what nobody has touched is taken out of the file of
-- the enterprise until `identify` puts it there.
DELETE FROM party_cases p
 USING cases c
 WHERE c.cell = p.cell AND c.id = p.case_id
   AND EXISTS (SELECT FROM facts f
                WHERE f.cell = c.cell AND f.case_id = c.id AND f.number = 1
                  AND f.actor = 'applicant')
   AND NOT EXISTS (SELECT FROM facts f
                    WHERE f.cell = c.cell AND f.case_id = c.id
                      AND f.actor NOT IN ('applicant', 'public', 'voter', 'engine')
                      AND f.kind NOT IN (13, 16, 19, 23));  -- message, relay, migrate, recount
