-- SPDX-License-Identifier: Apache-2.0
-- What a version must stand before it is published.

-- Until a period has begun its text may be written anew: then the older one no
-- longer speaks for it.  Of the texts that are not replaced the one that was
-- published first does.
ALTER TABLE definitions ADD COLUMN replaced_at timestamptz;

-- Before this was asked, the text that came last had taken the place of others.
UPDATE definitions d
   SET replaced_at = p.moment
  FROM present p
 WHERE EXISTS (SELECT FROM definitions l
                WHERE l.workflow = d.workflow AND l.effective_from = d.effective_from AND l.id > d.id
                  AND coalesce(l.body::json ->> 'district', '') = coalesce(d.body::json ->> 'district', ''));

-- Versions that were explored and whose scenarios passed, by the rules of the
-- core they did so under.  Not evidence: what is forgotten is asked again.
CREATE TABLE vetted (
    hash      text        NOT NULL, -- of definitions; the version itself may not be published yet
    rules     integer     NOT NULL, -- MACHINE_RULES
    vetted_at timestamptz NOT NULL,
    PRIMARY KEY (hash, rules)
);
