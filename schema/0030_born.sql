-- SPDX-License-Identifier: Apache-2.0
-- A procedure that brings an enterprise into being (`founds`) is that enterprise's from then on.

ALTER TABLE cases
    ADD COLUMN born text;  -- its credit code, of which party_cases has a row once it is known who asks
