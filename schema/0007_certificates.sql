-- SPDX-License-Identifier: Apache-2.0
-- Certificates: what cases issue, and the keys they are signed with.

-- One row per certificate, written with the case's state.  It is signed
-- afterwards, once: whoever finds `document` empty signs and sets it, and who
-- comes second changes nothing.  The number spells case and place (store/number.h)
-- and so needs no index.
CREATE TABLE certificates (
    cell       smallint    NOT NULL,
    case_id    bigint      NOT NULL,
    nth        integer     NOT NULL,            -- 1, 2, 3 … within the case
    state      smallint    NOT NULL DEFAULT 0,  -- enum certificate_state
    number     text        NOT NULL,
    kind       text        NOT NULL,
    definition integer     NOT NULL,
    issued     timestamptz NOT NULL,
    until      timestamptz,                     -- the first moment it holds no more; NULL: without end
    parts      integer[]   NOT NULL,            -- nth of what it comprises
    replaces   integer,                         -- nth
    body       text        NOT NULL,            -- what it says: canonical JSON without the key
    -- when it holds no more before its time
    discarded  timestamptz,
    discarder  text,
    reason     text,
    -- once it is signed
    key        text,
    code       text,                            -- of the file: certificate_code_write()
    document   text,                            -- the file
    PRIMARY KEY (cell, case_id, nth)
) WITH (fillfactor = 80);
CREATE INDEX certificates_unsigned ON certificates (cell, case_id, nth) WHERE document IS NULL;

-- Public halves of the keys that have signed, for ever: so long a certificate can be verified.
CREATE TABLE certificate_keys (
    id        text        PRIMARY KEY,
    algorithm text        NOT NULL,
    public    text        NOT NULL,             -- PEM
    since     timestamptz NOT NULL
);
