/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_PATTERN_H
#define DEFINITION_PATTERN_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

/**
 * A regular expression of a form: ECMA-262 in Unicode mode without flags, as
 * JSON Schema and browsers know it, so that a console can test the same text.
 * What only PCRE2 understands (verbs, possessive quantifiers, inline options,
 * recursion) is refused.  Not anchored.
 *
 * Each turn of a repeated group counts against PATTERN_DEPTH_LIMIT, a repeated
 * class does not: for long texts write [a-z0-9]*, not ([a-z]|[0-9])*.
 *
 * Immutable, shared by threads, as old as the arena it was compiled in; there
 * is nothing to free.
 */
struct pattern;

enum {
    PATTERN_BYTES = 1024,         /* length of a pattern's text */
    PATTERN_MATCH_LIMIT = 10000,  /* backtracking points from one start */
    PATTERN_DEPTH_LIMIT = 250,    /* nested ones of them */
    PATTERN_HEAP_KIB = 1024,      /* memory for them */
    PATTERN_BUDGET = 4 * 1000000, /* steps of all matches with one work */
    PATTERN_STRIDE = 32           /* bytes that cost as much as one step */
};

/** @return false with ERROR_DEFINITION_INVALID whose detail says what is wrong. */
MUST_CHECK bool pattern_compile(struct arena *a, const char *text, size_t len,
                                const struct pattern **out, struct error *e);

/**
 * What matching needs and uses up: memory in arena @a, and PATTERN_BUDGET
 * steps over all matches made with it, so that neither one evil text nor a
 * thousand tiring ones hold a thread.  Belongs to one thread.
 */
struct pattern_work;
struct pattern_work *pattern_work_new(struct arena *a);

enum pattern_answer {
    PATTERN_MATCHES,
    PATTERN_DIFFERS,
    PATTERN_TOO_COSTLY /* a limit was reached; nothing is known about the text */
};

/** Looks for @p anywhere in @text (UTF-8). */
enum pattern_answer pattern_match(const struct pattern *p, struct pattern_work *w, const char *text,
                                  size_t len);

/**
 * Appends ECMA-262's @pattern in PCRE2's words to @out: the same language,
 * where the two differ (`.`, `\s`, `\u`, `\p{Letter}`, `[[`) spelt out.
 * @return false with ERROR_DEFINITION_INVALID when it is no ECMA-262.
 */
MUST_CHECK bool pattern_translate(const char *pattern, size_t len, struct text *out,
                                  struct error *e);

#endif
