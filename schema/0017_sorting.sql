-- SPDX-License-Identifier: Apache-2.0
-- What cases are sorted by.  Written only when it changes, so that other updates
-- of a case stay on their page.

ALTER TABLE cases
    ADD COLUMN lane   text,                         -- id of the priority lane; NULL: in none
    ADD COLUMN rank   smallint NOT NULL DEFAULT 9,  -- of the lane in worklists, from 1; 9: in none
    ADD COLUMN labels text[];                       -- ids; NULL: none

CREATE INDEX cases_lane ON cases (cell, lane, id) WHERE lane IS NOT NULL;
CREATE INDEX cases_labels ON cases USING gin (labels) WHERE labels IS NOT NULL;
