-- SPDX-License-Identifier: Apache-2.0
-- The register of cards (预警、黄牌、红牌), apart from the cases' own state.
--
-- A card is written by the transaction of the fact that issues it, once for
-- ever for its key; a fact that makes it void withdraws it, nothing deletes it.
-- A hall that keeps its promises writes nothing here.

CREATE SEQUENCE card_ids AS bigint CACHE 1;

CREATE TABLE cards (
    cell       smallint    NOT NULL,
    id         bigint      NOT NULL,
    case_id    bigint      NOT NULL,
    record     bigint      NOT NULL,    -- the fact that issued it last
    issued     timestamptz NOT NULL,
    due        timestamptz,             -- of the clock; NULL: kind 2
    clock      integer     NOT NULL,    -- the case's number for it; 0: kind 2
    epoch      integer     NOT NULL,    -- of the clock; the visit: kind 2
    moves      integer     NOT NULL DEFAULT 0,
    kind       smallint    NOT NULL,    -- enum card_kind: 0 turns blue, 1 broken, 2 silence contradicted
    colour     smallint    NOT NULL,    -- enum colour: 2 blue, 3 yellow, 4 red; 0: kind 2
    state      smallint    NOT NULL DEFAULT 0,
                                        -- 0 issued, 1 delivered, 2 acknowledged, 3 appealed, 4 upheld, 5 withdrawn
    workflow   text        NOT NULL,
    district   text        NOT NULL,
    department text        NOT NULL,
    step       text,                    -- path; NULL: a clock of the case
    rule       text,                    -- id of the clock's rule
    PRIMARY KEY (cell, case_id, kind, clock, epoch)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX cards_id ON cards (cell, id);

-- What became of a card, append-only.
CREATE TABLE card_moves (
    cell   smallint    NOT NULL,
    card   bigint      NOT NULL,    -- cards.id
    number integer     NOT NULL,    -- 1, 2, 3 … of the card
    at     timestamptz NOT NULL,
    record bigint,                  -- the fact that moved it; NULL: a person did
    state  smallint    NOT NULL,
    actor  text        NOT NULL,
    reason text,
    PRIMARY KEY (cell, card, number)
);
