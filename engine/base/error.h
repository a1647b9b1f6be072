/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>

enum error_code {
#define ERROR_KIND(name, code, http, retry, title_zh, title_en, mend_zh, mend_en) ERROR_##name,
#include "base/errors.def"
#undef ERROR_KIND
    ERROR_COUNT
};

/** A language a person reads; the applicant's is Chinese unless he asks otherwise. */
enum language { LANGUAGE_ZH, LANGUAGE_EN };

/**
 * Why something failed.  Owned by the caller, usually on its stack; holds no
 * pointers, so it may be copied and outlives every arena.
 *
 * Functions that can fail return bool (true = done), take `struct error *`
 * last, are marked MUST_CHECK, and leave the error untouched on success.
 *
 * @detail names what was wrong with the caller's input ("action approve in
 * step licence").  It is shown to the caller, so it never holds SQL, file
 * names, secrets or personal data; what only operators may see is logged where
 * it happens.
 */
struct error {
    enum error_code code;
    char sqlstate[6];  /* "" unless PostgreSQL refused */
    char pointer[120]; /* JSON pointer of the offending value; "" when there is none */
    char detail[280];  /* English, one sentence without a full stop */
    char zh[280];      /* the same in Chinese; "" where only English says it */
};

#define MUST_CHECK   __attribute__((warn_unused_result))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))

/** Fills @e and returns false, so that a failure is one line: return error_set(e, ...). */
bool error_set(struct error *e, enum error_code code, const char *detail, ...) PRINTF(3, 4);

/** As error_set(), and names the offending value by its JSON pointer. */
bool error_at(struct error *e, enum error_code code, const char *pointer, const char *detail, ...)
    PRINTF(4, 5);

/** Adds the same in Chinese, for what people type; returns false. */
bool error_zh(struct error *e, const char *detail, ...) PRINTF(2, 3);

const char *error_name(enum error_code code);                      /* "case_closed" */
const char *error_title(enum error_code code, enum language lang); /* what is wrong */
const char *error_mend(enum error_code code, enum language lang);  /* what to do next */
int error_http_status(enum error_code code);
bool error_may_retry(enum error_code code); /* the same request may succeed later, unchanged */

/** PostgreSQL refused for what passes by itself: a circle of waiters, a timeout, a lack of room. */
bool error_passes(const struct error *e);
/** Of those, what is over at once: a circle of waiters was opened, or rows had moved on. */
bool error_passed(const struct error *e);

/** @e as a caller is told it: what the database refused for a reason that passes is no failure. */
struct error error_told(const struct error *e);

#endif
