/* SPDX-License-Identifier: Apache-2.0 */
/* Files: their kinds, their names, and which part of one is asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/files.h"
#include "definition/file_kind.h"

static struct arena arena;

static void
a_kind_is_found_by_its_type_however_it_is_written(void **state)
{
    (void)state;
    assert_string_equal(file_kind_type(file_kind_find("Application/PDF; version=1.7")),
                        "application/pdf");
    assert_int_equal(file_kind_find("application/pdfx"), -1);
    assert_int_equal(file_kind_find("application/pd"), -1);
    assert_int_equal(file_kind_find("text/html"), -1);
    assert_int_equal(file_kind_find(""), -1);
    assert_null(file_kind_type(-1));
}

static void
a_set_of_kinds_names_the_first_that_is_unknown(void **state)
{
    uint32_t set;

    (void)state;
    assert_null(file_kinds_read("image/png, application/pdf", &set));
    assert_int_equal(set,
                     1U << file_kind_find("image/png") | 1U << file_kind_find("application/pdf"));
    assert_null(file_kinds_read(" ", &set));
    assert_int_equal(set, 0);
    assert_string_equal(file_kinds_read("image/png text/html image/jpeg", &set),
                        "text/html image/jpeg");
}

static void
a_file_begins_as_its_kind_does(void **state)
{
    static const struct {
        const char *type, *head;
        size_t len;
        bool is;
    } row[] = {
        {"application/pdf", "%PDF-1.7\nxxxxxxx", 16, true},
        {"application/pdf", "%PDF-", 5, true},
        {"application/pdf", "%PDF", 4, false},
        {"application/pdf", " %PDF-1.7xxxxxxx", 16, false},
        {"image/png", "\x89PNG\r\n\x1a\n", 8, true},
        {"image/png", "\x89PNG\n\x1a\n\0", 8, false},
        {"image/tiff", "MM\0*", 4, true},
        {"image/tiff", "II*\0", 4, true},
        {"image/tiff", "MM*\0", 4, false},
        {"image/heic",
         "\0\0\0\x18"
         "ftypmif1",
         12, true},
        {"image/heic",
         "\0\0\0\x18"
         "ftypmif",
         11, false},
        {"application/ofd", "PK\003\004", 4, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
        assert_int_equal(file_kind_begins(file_kind_find(row[i].type), row[i].head, row[i].len),
                         row[i].is);
}

static void
a_name_is_written_for_old_and_new_browsers(void **state)
{
    struct text t = text_new(&arena);

    (void)state;
    file_disposition(&t, "a\"b%.pdf");
    assert_string_equal(t.at, "attachment; filename=\"a_b_.pdf\"; filename*=UTF-8''a%22b%25.pdf");
    t = text_new(&arena);
    file_disposition(&t, "\xe7\xab\xa0.pdf");
    assert_string_equal(t.at, "attachment; filename=\"_.pdf\"; filename*=UTF-8''%E7%AB%A0.pdf");
}

static void
a_range_is_whole_a_part_or_outside(void **state)
{
    static const struct {
        const char *text;
        enum file_range is;
        uint64_t from, to;
    } row[] = {
        {NULL, FILE_WHOLE, 0, 99},
        {"bytes=0-", FILE_PART, 0, 99},
        {"bytes=10-19", FILE_PART, 10, 19},
        {"bytes=99-200", FILE_PART, 99, 99},
        {"bytes=-1", FILE_PART, 99, 99},
        {"bytes=-200", FILE_PART, 0, 99},
        {"bytes=100-", FILE_OUTSIDE, 0, 99},
        {"bytes=-0", FILE_OUTSIDE, 0, 99},
        {"bytes=", FILE_WHOLE, 0, 99},
        {"bytes=-", FILE_WHOLE, 0, 99},
        {"bytes=5-4", FILE_WHOLE, 0, 99},
        {"bytes=0-1,3-4", FILE_WHOLE, 0, 99},
        {"bytes=99999999999999999999-", FILE_WHOLE, 0, 99},
        {"bytes=+1-2", FILE_WHOLE, 0, 99},
        {"rows=1-2", FILE_WHOLE, 0, 99},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        uint64_t from, to;

        assert_int_equal(file_range_read(row[i].text, 100, &from, &to), row[i].is);
        assert_int_equal(from, row[i].from);
        assert_int_equal(to, row[i].to);
    }
}

static int
stop(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kind_is_found_by_its_type_however_it_is_written),
        cmocka_unit_test(a_set_of_kinds_names_the_first_that_is_unknown),
        cmocka_unit_test(a_file_begins_as_its_kind_does),
        cmocka_unit_test(a_name_is_written_for_old_and_new_browsers),
        cmocka_unit_test(a_range_is_whole_a_part_or_outside),
    };

    return cmocka_run_group_tests(tests, NULL, stop);
}
