/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/scenario_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct arena arena;
struct scenario scenario;
struct error why;

bool
reads(const char *text)
{
    memset(&why, 0, sizeof(why));
    return scenario_read(&arena, "x.case", text, &scenario, &why);
}

void
assert_refused(const char *text, const char *detail)
{
    if (reads(text))
        fail_msg("understood: %s", text);
    assert_int_equal(why.code, ERROR_BAD_FILE);
    if (!strstr(why.detail, detail))
        fail_msg("\"%s\" does not say \"%s\"", why.detail, detail);
}

const struct scenario_line *
line(size_t i)
{
    assert_true(i < scenario.n_line);
    return &scenario.line[i];
}

instant
moment(const char *text)
{
    instant t;

    assert_true(instant_read(text, strlen(text), &t));
    return t;
}

int
release(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}
