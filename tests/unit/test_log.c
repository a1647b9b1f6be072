/* SPDX-License-Identifier: Apache-2.0 */
/* Log lines: one line each, whatever stands in them. */
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/value.h"
#include "definition/json.h"

static int file = -1;
static char line[16384];

static instant
at_ten(void)
{
    instant t;

    assert_true(instant_read("2026-02-13T10:00:00.123+08:00", 29, &t));
    return t;
}

static void
log_in(enum log_format format, bool priority)
{
    log_open(&(struct log_options){format, file, priority, at_ten});
    log_set_level(LEVEL_INFO);
}

/* What was logged since the last call. */
static const char *
logged(void)
{
    ssize_t n = pread(file, line, sizeof(line) - 1, 0);

    assert_true(n >= 0);
    line[n] = 0;
    assert_int_equal(ftruncate(file, 0), 0);
    assert_int_equal(lseek(file, 0, SEEK_SET), 0);
    return line;
}

static int
open_file(void **state)
{
    FILE *f = tmpfile();

    (void)state;
    file = f ? fileno(f) : -1;
    return file < 0;
}

static void
a_line_tells_time_level_message_and_fields(void **state)
{
    (void)state;
    log_in(FORMAT_LOGFMT, false);
    log_info("advanced", log_int("case", 42), log_str("step", "licence"), log_ms("took_ms", 3149),
             log_bool("last", false));
    assert_string_equal(logged(),
                        "ts=2026-02-13T10:00:00.123+08:00 level=info msg=advanced case=42 "
                        "step=licence took_ms=3.1 last=false\n");
    log_warn("no fields at all");
    assert_string_equal(logged(),
                        "ts=2026-02-13T10:00:00.123+08:00 level=warn msg=\"no fields at all\"\n");
}

static void
the_journal_gets_the_priority_and_no_time(void **state)
{
    (void)state;
    log_in(FORMAT_LOGFMT, true);
    log_error("lost", log_str("what", "a>"), log_int("n", INT64_MIN));
    assert_string_equal(logged(), "<3>level=error msg=lost what=a> n=-9223372036854775808\n");
    log_in(FORMAT_JSON, true);
    log_info("found");
    assert_string_equal(logged(), "<6>{\"level\":\"info\",\"msg\":\"found\"}\n");
}

static void
a_request_is_named_in_each_of_its_lines(void **state)
{
    (void)state;
    log_in(FORMAT_LOGFMT, true);
    log_request("r-1");
    log_info("one");
    assert_string_equal(logged(), "<6>level=info msg=one req=r-1\n");
    log_request(NULL);
    log_info("two");
    assert_string_equal(logged(), "<6>level=info msg=two\n");
}

static int evaluated;

static int64_t
costly(void)
{
    return ++evaluated;
}

static void
a_level_that_is_off_costs_nothing(void **state)
{
    (void)state;
    log_in(FORMAT_LOGFMT, true);
    log_debug("hidden", log_int("n", costly()));
    assert_string_equal(logged(), "");
    assert_int_equal(evaluated, 0);
    log_set_level(LEVEL_DEBUG);
    log_debug("seen", log_int("n", costly()));
    assert_string_equal(logged(), "<7>level=debug msg=seen n=1\n");
}

static void
nothing_in_a_value_ends_the_line_or_turns_its_direction(void **state)
{
    static const struct {
        const char *value, *written;
    } vector[] = {
        {"two\nlines", "\"two\\nlines\""},
        {"a=b", "\"a=b\""},
        {"", "\"\""},
        {"say \"no\"\\", "\"say \\\"no\\\"\\\\\""},
        {"\x1b[31mred", "\"\\u001b[31mred\""},
        {"\u202egnp.exe", "\"\\u202egnp.exe\""},
        {"\u2028", "\"\\u2028\""},
        {"a\u200bb", "\"a\\u200bb\""},
        {"\U000e0041", "\"\\udb40\\udc41\""},
        {"\u7533\u8bf7", "\"\u7533\u8bf7\""},
        {"\xff\xc0\xaf", "\"\\ufffd(255)\\ufffd(192)\\ufffd(175)\""},
        {"\xe4\xb8", "\"\\ufffd(228)\\ufffd(184)\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(vector) / sizeof(vector[0]); i++) {
        char expected[256];

        log_in(FORMAT_LOGFMT, true);
        log_info("m", log_str("v", vector[i].value));
        (void)snprintf(expected, sizeof(expected), "<6>level=info msg=m v=%s\n", vector[i].written);
        assert_string_equal(logged(), expected);
    }
}

/* Bytes without rhyme or reason, the same in each run. */
static void
noise(char *bytes, size_t len, uint32_t seed)
{
    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525u + 1013904223u;
        bytes[i] = (char)((seed >> 24) ? (seed >> 24) : 1);
    }
    bytes[len] = 0;
}

static void
any_bytes_give_one_line_of_valid_json(void **state)
{
    struct arena a = {0};

    (void)state;
    log_in(FORMAT_JSON, false);
    for (uint32_t i = 0; i < 2000; i++) {
        struct error e;
        struct value v;
        char bytes[64];
        const char *got;

        noise(bytes, i % sizeof(bytes), i);
        log_info("noise", log_str("v", bytes), log_int("i", i));
        got = logged();
        assert_ptr_equal(strchr(got, '\n'), got + strlen(got) - 1);
        assert_true(json_read(&a, got, strlen(got) - 1, false, &v, &e));
        assert_int_equal(value_get(&v, "i")->integer, i);
        arena_reset(&a);
    }
    arena_release(&a);
}

static void
what_is_too_long_is_cut_and_says_so(void **state)
{
    static char huge[5000];
    struct arena a = {0};
    struct error e;
    struct value v;
    const char *got;

    (void)state;
    memset(huge, 'x', sizeof(huge) - 1);
    log_in(FORMAT_JSON, false);
    log_info("long", log_str("v", huge));
    assert_non_null(strstr(logged(), "xxx...(4999 bytes)\""));
    log_info("longer", log_str("a", huge), log_str("b", huge), log_str("c", huge),
             log_str("d", huge), log_str("e", huge), log_str("f", huge), log_str("g", huge),
             log_str("h", huge), log_str("i", huge));
    got = logged();
    assert_true(strlen(got) < 8192);
    assert_true(json_read(&a, got, strlen(got) - 1, false, &v, &e));
    assert_true(value_get(&v, "cut")->boolean);
    arena_release(&a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_tells_time_level_message_and_fields),
        cmocka_unit_test(the_journal_gets_the_priority_and_no_time),
        cmocka_unit_test(a_request_is_named_in_each_of_its_lines),
        cmocka_unit_test(a_level_that_is_off_costs_nothing),
        cmocka_unit_test(nothing_in_a_value_ends_the_line_or_turns_its_direction),
        cmocka_unit_test(any_bytes_give_one_line_of_valid_json),
        cmocka_unit_test(what_is_too_long_is_cut_and_says_so),
    };

    return cmocka_run_group_tests(tests, open_file, NULL);
}
