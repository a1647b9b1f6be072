/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_CLERK_H
#define TESTS_SUPPORT_CLERK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/*
 * What a signed-in clerk says to the daemon, as the bytes of requests, and
 * what he must read of its replies to go on: the number of a case and the tag
 * of its open step.
 */

/** Random numbers from a seed (splitmix64): the same seed, the same numbers. */
uint64_t draw(uint64_t *state);

enum { KEY_TEXT = 37 };

/** A new Idempotency-Key in the form of a UUID. */
void key_draw(uint64_t *state, char key[KEY_TEXT]);

struct clerk {
    const char *token;
    const char *district;
    const char *workflow;
    const char *form;      /* JSON object */
    const char *applicant; /* JSON object */
};

void clerk_sign_in(struct text *t, const char *account, const char *password);
void clerk_open(struct text *t, const struct clerk *c, const char *key);

/** @step: as in case_seen; @input: JSON object or NULL. */
void clerk_act(struct text *t, const struct clerk *c, const char *number, const char *action,
               int64_t step, const char *input, const char *key);
void clerk_look(struct text *t, const struct clerk *c, const char *number);

enum { CASE_NUMBER = 41 };

/** What a reply tells of a case. */
struct case_seen {
    char number[CASE_NUMBER];
    int64_t revision; /* the case's */
    int64_t step;     /* the N of the tag "sN" of its first open step; -1: no step is open */
    bool closed;
};

/** Reads a reply's body (schema Case).  @return false when it is none. */
bool case_see(const char *body, struct case_seen *out);

/** The value of the string member @name in @body, copied; false when there is none. */
bool member_text(const char *body, const char *name, char *to, size_t size);

#endif
