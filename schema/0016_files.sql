-- SPDX-License-Identifier: Apache-2.0
-- Uploaded files of cases.  A row is there before the first byte is kept, so that what a crash
-- leaves behind is found by it, and it says that the file is here when the last byte is safe.

CREATE TABLE files (
    cell     smallint    NOT NULL,
    case_id  bigint      NOT NULL,
    id       text        NOT NULL,      -- 32 hexadecimal digits, random
    state    smallint    NOT NULL,      -- 0 coming, 1 here, 2 being removed
    shelf    smallint    NOT NULL,      -- where its bytes are: 0 file_pieces, 1 the directory
    bytes    bigint      NOT NULL,      -- coming: as many as it may become
    sent     timestamptz NOT NULL,
    touched  timestamptz NOT NULL,      -- until nothing names it, it is kept so long from here
    attached bigint,                    -- the fact that first named it; NULL: none, it is swept
    account  text        NOT NULL,      -- who sent it; "applicant"
    name     text        NOT NULL,
    type     text        NOT NULL,
    material text,                      -- what it is meant for, when that was said
    digest   bytea,                     -- of principal and Idempotency-Key, once it is here
    sha256   bytea,
    PRIMARY KEY (cell, case_id, id)
);
CREATE UNIQUE INDEX files_digest ON files (cell, case_id, digest) WHERE digest IS NOT NULL;
CREATE INDEX files_loose ON files (cell, touched) WHERE attached IS NULL;

-- The bytes, in pieces of store/shelf.h, where they are kept in the database.
CREATE TABLE file_pieces (
    cell    smallint NOT NULL,
    case_id bigint   NOT NULL,
    file    text     NOT NULL,
    piece   integer  NOT NULL,          -- from 0
    bytes   bytea    NOT NULL,
    PRIMARY KEY (cell, case_id, file, piece)
);
-- What is sent is compressed already, or somebody wants it to look so.
ALTER TABLE file_pieces ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- What a case's files take up together, coming ones too: whoever adds one holds its row.
CREATE TABLE file_rooms (
    cell    smallint NOT NULL,
    case_id bigint   NOT NULL,
    bytes   bigint   NOT NULL,
    files   integer  NOT NULL,
    PRIMARY KEY (cell, case_id)
);
