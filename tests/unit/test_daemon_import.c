/* SPDX-License-Identifier: Apache-2.0 */
/* Logs as they come: comma-separated values and the moments in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "daemon/import_csv.h"
#include "daemon/import_map.h"

static struct arena arena;

/* All of @text: fields in brackets, records on lines, "!LINE what" for what is wrong. */
static const char *
all(const char *text, size_t len)
{
    struct csv c = csv_new(text, len);
    struct text out = text_new(&arena);
    struct csv_record record;
    enum csv_kind kind;
    struct error e;

    while ((kind = csv_next(&c, &arena, &record, &e)) != CSV_END) {
        if (kind == CSV_BAD) {
            text_printf(&out, "!%u %s\n", record.line, e.detail);
            continue;
        }
        text_printf(&out, "%u", record.line);
        for (uint32_t i = 0; i < record.n; i++)
            text_printf(&out, "[%s]", record.field[i]);
        text_str(&out, "\n");
    }
    return out.at;
}

static void
check(const char *text, const char *want)
{
    assert_string_equal(all(text, strlen(text)), want);
}

static void
records_are_lines_and_fields_stand_between_commas(void **state)
{
    (void)state;
    check("a,b\n1,2\n", "1[a][b]\n2[1][2]\n");
    check("a,b\r\n1,2", "1[a][b]\n2[1][2]\n");
    check("\xEF\xBB\xBF"
          "a,,\n",
          "1[a][][]\n");
    check(",", "1[][]\n");
    check("", "");
    check("\n\r\n\na\n\n", "4[a]\n");
}

static void
quotes_hold_commas_quotes_and_lines(void **state)
{
    (void)state;
    check("\"a,b\",c\n", "1[a,b][c]\n");
    check("\"a \"\"b\"\"\"\n", "1[a \"b\"]\n");
    check("\"a\r\nb\",c\nd\n", "1[a\r\nb][c]\n3[d]\n");
    check("\"\",\"\"", "1[][]\n");
    check("\"办件\"\n", "1[办件]\n");
}

static void
what_is_wrong_is_told_with_its_line_and_the_next_goes_on(void **state)
{
    (void)state;
    check("a\n\"b\"c\nd\n", "1[a]\n!2 something follows a closing quote\n3[d]\n");
    check("a\"b\nd\n", "!1 a field with a quote must stand in quotes\n2[d]\n");
    check("a\rb\nd\n", "!1 a field with a carriage return must stand in quotes\n2[d]\n");
    check("a\n\"b\nc\n", "1[a]\n!2 a quote is not closed\n");
}

static void
what_is_no_utf8_is_refused(void **state)
{
    static const char *const wrong[] = {"\xC3\x28",
                                        "\xC0\x80",
                                        "\xE4\xB8",
                                        "\xED\xA0\x80",
                                        "\xF4\x90\x80\x80",
                                        "\xF8\x88\x80\x80\x80",
                                        "\xFF",
                                        "\x80"};

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        check(wrong[i], "!1 field 1 is not UTF-8\n");
    assert_string_equal(all("a\0b", 3), "!1 field 1 is not UTF-8\n");
    check("\xF0\x9F\x98\x80", "1[\xF0\x9F\x98\x80]\n");
}

/* Records never outnumber bytes, and no field is longer than what there was to read. */
static void
whatever_comes_is_read_to_its_end(void **state)
{
    static const char letter[] = "a,\"\r\n\xE5\x8A\x9E\xFF";
    uint64_t seed = 1;

    (void)state;
    for (int turn = 0; turn < 20000; turn++) {
        char text[24];
        const size_t len = (size_t)turn % (sizeof(text) + 1);
        struct csv c;
        struct csv_record record;
        enum csv_kind kind;
        struct error e;
        size_t n = 0;

        for (size_t i = 0; i < len; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            text[i] = letter[(seed >> 33) % (sizeof(letter) - 1)];
        }
        c = csv_new(text, len);
        for (; (kind = csv_next(&c, &arena, &record, &e)) != CSV_END; n++) {
            assert_in_range(record.line, 1, len);
            for (uint32_t i = 0; kind == CSV_RECORD && i < record.n; i++)
                assert_in_range(strlen(record.field[i]), 0, len);
        }
        assert_in_range(n, 0, len);
        assert_ptr_equal(c.at, text + len);
        arena_reset(&arena);
    }
}

static const char *
moment(const char *text)
{
    static char written[INSTANT_TEXT];
    const struct import_map m = {.offset = 8 * SPAN_HOUR};
    instant at;

    return import_read_moment(&m, text, &at) ? instant_write(at, written) : "none";
}

static void
moments_are_read_as_logs_write_them(void **state)
{
    (void)state;
    assert_string_equal(moment("2011-10-11 13:45:40.276000+02:00"),
                        "2011-10-11T19:45:40.276+08:00");
    assert_string_equal(moment("2011-10-11T13:45:40Z"), "2011-10-11T21:45:40+08:00");
    assert_string_equal(moment("2011-10-11 13:45:40"), "2011-10-11T13:45:40+08:00");
    assert_string_equal(moment("2011-10-11 13:45:40.5"), "2011-10-11T13:45:40.500+08:00");
    assert_string_equal(moment("2011-10-11 13:45"), "2011-10-11T13:45:00+08:00");
    assert_string_equal(moment("2011-02-29 13:45"), "none");
    assert_string_equal(moment("2011-10-11"), "none");
    assert_string_equal(moment("11.10.2011 13:45"), "none");
    assert_string_equal(moment("2011-10-11 13:45:40+2"), "none");
    assert_string_equal(moment(""), "none");
}

static int
forget(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(records_are_lines_and_fields_stand_between_commas, forget),
        cmocka_unit_test_teardown(quotes_hold_commas_quotes_and_lines, forget),
        cmocka_unit_test_teardown(what_is_wrong_is_told_with_its_line_and_the_next_goes_on, forget),
        cmocka_unit_test_teardown(what_is_no_utf8_is_refused, forget),
        cmocka_unit_test_teardown(whatever_comes_is_read_to_its_end, forget),
        cmocka_unit_test(moments_are_read_as_logs_write_them),
    };

    return cmocka_run_group_tests_name("import", tests, NULL, NULL);
}
