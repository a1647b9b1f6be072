/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_SESSION_H
#define API_SESSION_H

#include "api/http/request.h"
#include "machine/machine.h"
#include "store/pipeline.h"

/**
 * Who is signed in, as a request carries it (http_request.session).  Lives in
 * the request's arena.
 */
struct session {
    const char *account, *title;
    const char *const *role;
    uint16_t n_role;
    const char *department; /* NULL: of the hall, which serves all of them */
    const char *district;   /* "*": the whole city */
    const char *system;     /* NULL: a person */
    instant expires;
    uint8_t token_hash[32];
};

/** Classes of roles that routes speak of; everything else is a clerk's. */
enum role_class {
    ROLE_CLERK = 1,
    ROLE_HEAD = 2,
    ROLE_SUPERVISOR = 4,
    ROLE_AUDITOR = 8,
    ROLE_ADMINISTRATOR = 16,
    ROLE_SYSTEM = 32,
    ROLE_IMPORT = 64
};

/** The classes of everything the account holds. */
int session_classes(const struct session *s);

/** The actor of the core that this session is. */
struct actor session_actor(const struct session *s);

/** Does its district include @district? */
bool session_sees(const struct session *s, const char *district);

/**
 * The sessions a worker has seen lately, so that a token is looked up in the
 * database once in a while and not with each request.  An entry is believed for
 * two seconds: that is how long a sign-out or a changed role may take to reach
 * the other workers.
 */
struct session_cache;
/** @idle: a session unused for this long has ended. */
struct session_cache *session_cache_new(span idle);
void session_cache_free(struct session_cache *c);

enum { TOKEN_BYTES = 32, TOKEN_TEXT = 44 };

/** A new random token, base64url, and the hash it is stored under. */
void token_new(char text[TOKEN_TEXT], uint8_t hash[32]);
/** The hash of a token as it came in. */
void token_hash(const char *text, uint8_t hash[32]);
/** The token of `Authorization: Bearer …`, or NULL. */
const char *token_of(const struct http_request *r);

/**
 * Finds the session of @hash: from the cache, or with SQL_session_find on
 * @read.  @found is called exactly once, maybe before this returns; with NULL
 * and an error when there is none (ERROR_UNAUTHENTICATED) or nobody can tell
 * (ERROR_STORE_BUSY).  The session lives in @r's arena.
 */
typedef void session_found_fn(struct http_request *r, const struct session *s,
                              const struct error *e, void *arg);
void session_find(struct session_cache *c, struct pipeline *read, struct http_request *r,
                  const uint8_t hash[32], session_found_fn *found, void *arg);

/** Forgets a session that was closed. */
void session_forget(struct session_cache *c, const uint8_t hash[32]);

/** Reads a JSON array of role names into the arena. */
const char *const *session_roles(struct arena *a, const char *json, uint16_t *n);

#endif
