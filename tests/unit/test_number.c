/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of cases lead back to their case and show every slip of the hand. */
#include "store/number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char letters[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static bool
reads(const char *typed, char number[NUMBER_TEXT], int64_t *id)
{
    struct error e = {0};

    return number_read(typed, number, id, &e);
}

static void
a_number_has_the_shape_people_know(void **state)
{
    char number[NUMBER_TEXT];

    (void)state;
    number_write(number, "370102", "company-opening", day_from_civil(2026, 2, 13), 31 + 2);
    assert_int_equal(strlen(number), 29);
    assert_memory_equal(number, "370102-", 7);
    assert_memory_equal(number + 11, "-20260213-000012-", 17);
    assert_true(number_received_in(number, "370102"));
    assert_false(number_received_in(number, "370103"));
    assert_false(number_received_in(number, "37010"));
    assert_false(number_received_in(number, "*"));
}

static void
what_is_no_number_is_told_what_one_looks_like(void **state)
{
    char number[NUMBER_TEXT];
    struct error e = {0};
    int64_t least;

    (void)state;
    assert_false(number_read("371502-8KQ1-20260213-00001X", number, &least, &e));
    assert_non_null(strstr(e.detail, "24 digits and letters"));
    assert_non_null(strstr(e.detail, "371502-8KQ1-20260213-00001X-E"));
    assert_non_null(strstr(e.zh, "371502-8KQ1-20260213-00001X-E"));
    assert_true(number_read("371502-8KQ1-20260213-00001X-E", number, &least, &e));
    assert_false(number_read("371502-8KQ1-20260213-00001X-7", number, &least, &e));
    assert_non_null(strstr(e.detail, "check character does not fit"));
    assert_non_null(strstr(e.zh, "校验码不符"));
}

static void
a_number_leads_to_its_case(void **state)
{
    static const int64_t id[] = {1, 30, 31, 961, 887503680};

    (void)state;
    for (size_t i = 0; i < sizeof(id) / sizeof(id[0]); i++) {
        char number[NUMBER_TEXT], again[NUMBER_TEXT];
        int64_t least;

        number_write(number, "370102", "x", 20000, id[i]);
        assert_true(reads(number, again, &least));
        assert_int_equal(least, id[i]);
        assert_string_equal(again, number);
    }
    {
        char number[NUMBER_TEXT];
        int64_t least;

        number_write(number, "370102", "x", 20000, INT64_C(887503681) + 7);
        assert_true(reads(number, number, &least));
        assert_int_equal(least, 7);
    }
}

static void
what_people_type_is_understood(void **state)
{
    char number[NUMBER_TEXT], typed[NUMBER_TEXT] = "", again[NUMBER_TEXT];
    size_t n = 0;
    int64_t least;

    (void)state;
    number_write(number, "370102", "x", 20000, 123456789);
    for (const char *c = number; *c; c++)
        if (*c != '-')
            typed[n++] = (char)(*c >= 'A' ? *c + 32 : *c);
    assert_true(reads(typed, again, &least));
    assert_string_equal(again, number);
    assert_false(reads("", again, &least));
    assert_false(reads("370102", again, &least));
    assert_false(reads("370102-XXXX-20260213-000012-00", again, &least));
}

static void
every_wrong_character_is_noticed(void **state)
{
    char number[NUMBER_TEXT], wrong[NUMBER_TEXT], again[NUMBER_TEXT];
    int64_t least;

    (void)state;
    number_write(number, "370102", "company-opening", 20497, 4711);
    for (size_t i = 0; number[i]; i++) {
        if (number[i] == '-')
            continue;
        for (const char *c = letters; *c; c++) {
            if (*c == number[i])
                continue;
            memcpy(wrong, number, sizeof(wrong));
            wrong[i] = *c;
            assert_false(reads(wrong, again, &least));
        }
    }
}

static void
every_exchange_of_two_characters_is_noticed(void **state)
{
    char number[NUMBER_TEXT], wrong[NUMBER_TEXT], again[NUMBER_TEXT];
    const size_t last = 27; /* the check character is not weighted: see the other test */
    int64_t least;

    (void)state;
    number_write(number, "370102", "company-opening", 20497, 4711);
    for (size_t i = 0; i < last; i++)
        for (size_t j = i + 1; j < last; j++) {
            if (number[i] == '-' || number[j] == '-' || number[i] == number[j])
                continue;
            memcpy(wrong, number, sizeof(wrong));
            wrong[i] = number[j];
            wrong[j] = number[i];
            assert_false(reads(wrong, again, &least));
        }
}

static void
a_query_code_is_random_and_forgiving(void **state)
{
    char a[QUERY_CODE_TEXT], b[QUERY_CODE_TEXT];
    unsigned char h[32], same[32];

    (void)state;
    query_code_new(a);
    query_code_new(b);
    assert_int_equal(strlen(a), 10);
    assert_string_not_equal(a, b);
    query_code_hash("N", "01ABCDEFGH", h);
    query_code_hash("N", "oi-abcd efgh", same);
    assert_memory_equal(h, same, 32);
    query_code_hash("M", "01ABCDEFGH", same);
    assert_memory_not_equal(h, same, 32);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_has_the_shape_people_know),
        cmocka_unit_test(what_is_no_number_is_told_what_one_looks_like),
        cmocka_unit_test(a_number_leads_to_its_case),
        cmocka_unit_test(what_people_type_is_understood),
        cmocka_unit_test(every_wrong_character_is_noticed),
        cmocka_unit_test(every_exchange_of_two_characters_is_noticed),
        cmocka_unit_test(a_query_code_is_random_and_forgiving),
    };

    return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
