/* SPDX-License-Identifier: Apache-2.0 */
/* Where nobody watches, progress is plain lines and few of them. */
#include "daemon/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char said[4096];

/* What a command says on a stderr that is a file. */
static const char *
say(int64_t total, int64_t steps)
{
    FILE *file = tmpfile();
    const int kept = dup(STDERR_FILENO);
    struct progress p;
    ssize_t n;

    assert_non_null(file);
    assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
    progress_begin(&p, "import", total);
    for (int64_t i = 1; i <= steps; i++)
        progress_step(&p, i);
    progress_end(&p);
    (void)fflush(stderr);
    n = pread(fileno(file), said, sizeof(said) - 1, 0);
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    (void)close(kept);
    (void)fclose(file);
    assert_true(n >= 0);
    said[n] = 0;
    return said;
}

static void
a_short_command_says_one_line_without_control_characters(void **state)
{
    const char *got;

    (void)state;
    got = say(1000, 1000);
    assert_int_equal(strncmp(got, "import: 1000 of 1000, ", 22), 0);
    assert_ptr_equal(strchr(got, '\n'), got + strlen(got) - 1);
    assert_null(strchr(got, '\r'));
    assert_null(strchr(got, '\033'));
}

static void
an_unknown_total_is_not_invented(void **state)
{
    const char *got;

    (void)state;
    got = say(0, 7);
    assert_int_equal(strncmp(got, "import: 7, ", 11), 0);
    assert_null(strstr(got, " of "));
    assert_null(strstr(got, "left"));
}

static void
more_than_the_total_is_the_total(void **state)
{
    (void)state;
    assert_int_equal(strncmp(say(5, 9), "import: 5 of 5, ", 16), 0);
}

static void
colours_need_a_terminal(void **state)
{
    FILE *file = tmpfile();

    (void)state;
    assert_non_null(file);
    assert_false(terminal_has_colour(fileno(file)));
    (void)fclose(file);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_command_says_one_line_without_control_characters),
        cmocka_unit_test(an_unknown_total_is_not_invented),
        cmocka_unit_test(more_than_the_total_is_the_total),
        cmocka_unit_test(colours_need_a_terminal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
