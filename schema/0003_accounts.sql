-- Who may do what, and who is signed in.  None of this belongs to a case.

CREATE TABLE accounts (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text        NOT NULL UNIQUE,      -- what he signs in with; recorded in the facts
    title       text        NOT NULL DEFAULT '',  -- what people call the desk or person
    password    text        NOT NULL,             -- "scrypt$N$r$p$salt$hash", base64; '' = cannot sign in
    roles       text[]      NOT NULL,
    department  text,                             -- NULL: of the hall, which serves all of them
    district    text        NOT NULL DEFAULT '*', -- GB/T 2260 code; '*' = the whole city
    system      text,                             -- the outside system it acts as
    disabled    boolean     NOT NULL DEFAULT false,
    created     timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (name <> '' AND length(name) <= 64),
    CHECK (cardinality(roles) > 0)
);

-- The token itself is never stored.
CREATE TABLE sessions (
    token_hash  bytea       PRIMARY KEY,          -- SHA-256 of the token
    account     bigint      NOT NULL,
    created     timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen        timestamptz NOT NULL DEFAULT clock_timestamp(),    -- to the minute
    expires     timestamptz NOT NULL
);
CREATE INDEX sessions_account ON sessions (account);
CREATE INDEX sessions_expires ON sessions (expires);

-- Failed attempts to sign in or to guess a query code: each one doubles the wait.
CREATE TABLE attempts (
    subject     text        PRIMARY KEY,          -- "account NAME", "case NUMBER"
    failures    integer     NOT NULL,
    until       timestamptz NOT NULL              -- nothing is tried before
);
