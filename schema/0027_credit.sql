-- SPDX-License-Identifier: Apache-2.0
-- Promises 告知承诺 that were found broken and are not made good, by the enterprise that
-- gave them: what its other cases ask for.  One that only somebody nobody has looked
-- at is said to have given counts when its case is one of the enterprise's (party_cases).

CREATE TABLE broken_promises (
    cell     smallint    NOT NULL,
    party    text        NOT NULL,
    case_id  bigint      NOT NULL,
    material text        NOT NULL,   -- id in its workflow
    at       timestamptz NOT NULL,   -- when it was found
    PRIMARY KEY (cell, party, case_id, material)
);

INSERT INTO broken_promises (cell, party, case_id, material, at)
SELECT c.cell, c.party, c.id, m.value ->> 'material',
       coalesce((SELECT max(f.at) FROM facts f
                  WHERE f.cell = c.cell AND f.case_id = c.id
                    AND f.body LIKE '%"fact":"material"%"name":"broken"%'), c.moment)
  FROM cases c
 CROSS JOIN LATERAL json_array_elements(c.state::json -> 'materials') AS m
 WHERE c.party IS NOT NULL AND c.state LIKE '%"state":"broken"%' AND m.value ->> 'state' = 'broken';
