/* SPDX-License-Identifier: Apache-2.0 */
/* "Did you mean" finds slips of the finger and keeps silent otherwise. */
#include "base/nearest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *
meant(const char *word)
{
    static const char *const known[] = {"serve", "migrate", "lint", "play", "workers", "port"};
    struct nearest n = nearest_to(word);

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        nearest_offer(&n, known[i]);
    return n.best;
}

static void
a_slip_finds_the_word_that_was_meant(void **state)
{
    (void)state;
    assert_string_equal(meant("sevre"), "serve");
    assert_string_equal(meant("migrat"), "migrate");
    assert_string_equal(meant("wokrers"), "workers");
    assert_string_equal(meant("lnt"), "lint");
    assert_string_equal(meant("prt"), "port");
}

static void
a_strange_word_finds_none(void **state)
{
    (void)state;
    assert_null(meant("electricity"));
    assert_null(meant("xyz"));
    assert_null(
        meant("a-word-that-is-longer-than-any-command-and-longer-than-the-rows-of-the-table"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slip_finds_the_word_that_was_meant),
        cmocka_unit_test(a_strange_word_finds_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
