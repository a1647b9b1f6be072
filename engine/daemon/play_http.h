/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_PLAY_HTTP_H
#define DAEMON_PLAY_HTTP_H

#include "api/caller.h"
#include "base/text.h"
#include "definition/scenario.h"

/*
 * Plays scenarios against a daemon whose database has a test clock: as clerks,
 * systems and applicants over HTTP, each with an account of his own.  All files
 * are played in one virtual time, line by line in the order of their moments,
 * so their cases lie open side by side as in a hall.
 */

/** Who signs in; the token once he has.  "key-tax": with this secret system tax signs. */
struct play_account {
    const char *name, *password, *token;
};

/** An agent with the query code he was given. */
struct play_agent {
    const char *name, *query_code;
};

struct play_hall {
    struct arena *arena;
    struct caller *caller;
    struct play_account *account;
    size_t n_account;
    const char *explain; /* "WORKFLOW/CLOCK": reported of each such case at the end; NULL */
    const char *keys;    /* what idempotency keys of this run begin with */
    uint64_t n_key;
};

/** One file being played, or a child case of one. */
struct play_visit {
    struct play_hall *hall;
    struct scenario s;
    struct text *report;
    struct arena *arena; /* for one line; reset after it */
    const char *number;  /* of the case; NULL until it is opened */
    const char *query_code;
    struct play_agent *agent; /* [n_agent]: who acts for the applicant, in the hall's arena */
    size_t n_agent;
    bool failed, left_out;
    struct play_visit *child; /* [n_child]: child i has number i + 1; .number NULL: not spoken of */
    size_t n_child;

    /* after a line */
    struct value c;             /* GET /v1/cases/{number} */
    const struct value *record; /* GET …/facts: all records */
    size_t n_record;
    int64_t before, seen; /* numbers of the last record before the line, and after it */
};

/**
 * Reads accounts as `onestop account samples` writes them, "NAME PASSWORD" a
 * line, the name perhaps with blanks.  ERROR_BAD_FILE.
 */
MUST_CHECK bool play_accounts_read(struct play_hall *h, const char *path, struct error *e);

/**
 * The account that plays @who: "window", "window 窗口二", "reviewer of 市税务局",
 * "window in 371503", "system-tax"; NULL for applicants and the public.
 */
const char *play_account_name(struct arena *a, const struct scenario_actor *who);

/** What the system signs its messages with: the "password" of this account. */
const char *play_key_name(struct arena *a, const char *system);

/**
 * Plays the @n files; what is not as expected is appended to @report, as
 * play_scenario() does.  @passed counts the files that came out as they say.
 * What the hall itself says (scenario_by_the_hall()) is waited for.
 * @return false with ERROR_STORE_BUSY, ERROR_NOT_FOUND (no test clock),
 * ERROR_UNAUTHENTICATED (an account is missing) when it cannot be played at all.
 */
MUST_CHECK bool play_over_http(struct play_hall *h, const char *const *file, size_t n,
                               struct text *report, size_t *passed, struct error *e);

/* Inside the player. */
void play_http_complain(struct play_visit *v, uint32_t line, const char *what, ...) PRINTF(3, 4);

/** The token of the account called @name; signs in the first time.  ERROR_UNAUTHENTICATED. */
MUST_CHECK bool play_http_token(struct play_hall *h, const char *name, const char **token,
                                struct error *e);

/** Sends what @l says and holds the answer against it; after play_http_look(). */
MUST_CHECK bool play_http_send(struct play_visit *v, const struct scenario_line *l,
                               struct error *e);

/** Puts into @q the entity tag of what the line speaks of, as who sends it reads it first. */
MUST_CHECK bool play_http_tag(struct play_visit *v, const struct scenario_line *l,
                              struct caller_request *q, struct error *e);

/** The secret system @system signs with.  ERROR_UNAUTHENTICATED. */
MUST_CHECK bool play_http_secret(struct play_hall *h, const char *system, const char **secret,
                                 struct error *e);

/** What the case says of child @number: its outcome, "asked", "runs" or "stands"; NULL: nothing. */
const char *play_http_child(const struct play_visit *v, int32_t number);

/** Reads the case and its facts, as a supervisor sees them. */
MUST_CHECK bool play_http_look(struct play_visit *v, struct error *e);

/** Holds everything that is expected after @l against what play_http_look() saw. */
void play_http_expect(struct play_visit *v, const struct scenario_line *l);

#endif
