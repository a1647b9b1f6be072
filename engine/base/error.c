/* SPDX-License-Identifier: Apache-2.0 */
/* The table of errors and the one way to report one. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    const char *title[2];
    const char *mend[2];
    int http;
    bool retry;
} table[ERROR_COUNT] = {
#define ERROR_KIND(name, code, http, retry, title_zh, title_en, mend_zh, mend_en)                  \
    [ERROR_##name] = {code, {title_zh, title_en}, {mend_zh, mend_en}, http, retry},
#include "base/errors.def"
#undef ERROR_KIND
};

/* A text that was cut in the middle of a character ends before it, so that it stays UTF-8. */
static void
cut_to_character(char *text, size_t size)
{
    const size_t len = strlen(text);
    size_t at = len, whole;

    if (len + 1 < size)
        return;
    while (at > 0 && ((unsigned char)text[at - 1] & 0xc0) == 0x80)
        at--;
    if (at == 0 || (unsigned char)text[--at] < 0xc0)
        return;
    whole = (unsigned char)text[at] >= 0xf0 ? 4 : (unsigned char)text[at] >= 0xe0 ? 3 : 2;
    if (len - at < whole)
        text[at] = '\0';
}

static PRINTF(4, 0) void fill(struct error *e, enum error_code code, const char *pointer,
                              const char *detail, va_list ap)
{
    *e = (struct error){.code = code};
    (void)snprintf(e->pointer, sizeof(e->pointer), "%s", pointer);
    (void)vsnprintf(e->detail, sizeof(e->detail), detail, ap);
    cut_to_character(e->pointer, sizeof(e->pointer));
    cut_to_character(e->detail, sizeof(e->detail));
}

bool
error_zh(struct error *e, const char *detail, ...)
{
    va_list ap;

    va_start(ap, detail);
    (void)vsnprintf(e->zh, sizeof(e->zh), detail, ap);
    va_end(ap);
    cut_to_character(e->zh, sizeof(e->zh));
    return false;
}

bool
error_set(struct error *e, enum error_code code, const char *detail, ...)
{
    va_list ap;

    va_start(ap, detail);
    fill(e, code, "", detail, ap);
    va_end(ap);
    return false;
}

bool
error_at(struct error *e, enum error_code code, const char *pointer, const char *detail, ...)
{
    va_list ap;

    va_start(ap, detail);
    fill(e, code, pointer, detail, ap);
    va_end(ap);
    return false;
}

const char *
error_name(enum error_code code)
{
    return table[code].name;
}

const char *
error_title(enum error_code code, enum language lang)
{
    return table[code].title[lang];
}

const char *
error_mend(enum error_code code, enum language lang)
{
    return table[code].mend[lang];
}

int
error_http_status(enum error_code code)
{
    return table[code].http;
}

bool
error_may_retry(enum error_code code)
{
    return table[code].retry;
}

static bool
state_is(const struct error *e, const char *const *among, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(e->sqlstate, among[i]))
            return true;
    return false;
}

bool
error_passed(const struct error *e)
{
    static const char *const over[] = {"40001", "40P01"};

    return state_is(e, over, sizeof(over) / sizeof(over[0]));
}

bool
error_passes(const struct error *e)
{
    static const char *const busy[] = {"55P03", "57014", "53000", "53100",
                                       "53200", "53300", "53400"};

    return error_passed(e) || state_is(e, busy, sizeof(busy) / sizeof(busy[0]));
}

struct error
error_told(const struct error *e)
{
    struct error busy;

    if (e->code != ERROR_STORE_FAILED || !error_passes(e))
        return *e;
    error_set(&busy, ERROR_STORE_BUSY, "the database was busy, and nothing was done");
    return busy;
}
