/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_PASSWORD_H
#define API_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

#include "api/pool.h"
#include "base/error.h"

/*
 * Passwords as "scrypt$32768$8$1$SALT$HASH" (base64 without padding), 70 ms
 * and 32 MiB each.  So they are hashed off the event loop, two at a time, and
 * when too many wait the next one is refused.
 */

enum { PASSWORD_TEXT = 128, PASSWORD_BYTES = 256 /* longest password */ };

/** Hashes @password with a new random salt.  Slow: never on an event loop. */
void password_hash(const char *password, char text[PASSWORD_TEXT]);

/** Checks @password against a hash.  Slow likewise.  A malformed hash fits nothing. */
bool password_fits(const char *password, const char *text);

/** Two threads that check passwords for all workers of the process. */
struct pool *password_pool_new(void);
/** Waits for what is being checked; drops, unanswered, what still waits. */
void password_pool_free(struct pool *p);

/**
 * Checks in the pool.  @done is called once, on @base's loop (which must be
 * running in its own thread and may be lockless).  Texts are copied.
 * @return false, and @done is not called, with ERROR_OVERLOADED when 32 wait.
 */
MUST_CHECK bool password_check(struct pool *p, struct event_base *base, const char *password,
                               const char *text, void (*done)(void *arg, bool fits), void *arg,
                               struct error *e);

#endif
