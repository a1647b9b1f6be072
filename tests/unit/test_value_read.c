/* SPDX-License-Identifier: Apache-2.0 */
/* What was written is read back; what was not is left to json_read(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "definition/json.h"

/* The text as the general reader and value_write() make it. */
static const char *
rewritten(struct arena *a, const char *json, struct value *v)
{
    struct text t = text_new(a);
    struct error e;

    assert_true(json_read(a, json, strlen(json), false, v, &e));
    value_write(&t, v);
    return t.at;
}

static void
what_was_written_is_read_back(void **state)
{
    static const char *const json[] = {
        "null",
        "true",
        "false",
        "0",
        "-0",
        "7",
        "-9223372036854775808",
        "9223372036854775807",
        "\"\"",
        "\"样例\"",
        "\"a\\\"b\\\\c\\n\\t\\r\\b\\f\\u0001\\u001f/\"",
        "[]",
        "{}",
        "[[],{},[{}]]",
        "{\"b\":1,\"a\":{\"c\":[1,2,\"x\"],\"\":null}}",
        "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,"
        "33]",
        "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1,\"k\":1,"
        "\"l\":1,"
        "\"m\":1,\"n\":1,\"o\":1,\"p\":1,\"q\":1,\"r\":1}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(json) / sizeof(json[0]); i++) {
        struct arena a = {0};
        struct value v, again;
        const char *text = rewritten(&a, json[i], &v);

        assert_true(value_read(&a, text, strlen(text), &again));
        assert_true(value_equal(&v, &again));
        arena_release(&a);
    }
}

static void
what_was_not_is_refused(void **state)
{
    static const char *const json[] = {
        "",
        " 1",
        "1 ",
        "01",
        "-",
        "1.5",
        "1e3",
        "9223372036854775808",
        "[1,]",
        "[1 2]",
        "[",
        "{",
        "{\"a\"}",
        "{\"a\":1,}",
        "{\"a\":1,\"a\":2}",
        "\"",
        "\"\\x\"",
        "\"\\u0041\\u\"",
        "\"a\nb\"",
        "tru",
        "nul",
        "]",
        "{a:1}",
        "\"\\u4e00\"",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(json) / sizeof(json[0]); i++) {
        struct arena a = {0};
        struct value v;

        if (value_read(&a, json[i], strlen(json[i]), &v))
            fail_msg("accepted: %s", json[i]);
        arena_release(&a);
    }
}

static void
every_prefix_and_every_changed_byte_ends_well(void **state)
{
    static const char json[] =
        "{\"clocks\":[{\"due\":1772413200000000,\"rule\":\"a.b\"}],\"x\":\"\\n\","
        "\"y\":[true,false,null,-12]}";

    (void)state;
    for (size_t len = 0; len < sizeof(json) - 1; len++) {
        struct arena a = {0};
        struct value v;

        assert_false(value_read(&a, json, len, &v));
        arena_release(&a);
    }
    for (size_t i = 0; i < sizeof(json) - 1; i++)
        for (int c = 1; c < 128; c++) {
            struct arena a = {0};
            char changed[sizeof(json)];
            struct value ours, theirs;
            struct error e;

            memcpy(changed, json, sizeof(json));
            changed[i] = (char)c;
            /* Whatever we accept the general reader understands alike. */
            if (value_read(&a, changed, sizeof(json) - 1, &ours)) {
                assert_true(json_read(&a, changed, sizeof(json) - 1, false, &theirs, &e));
                assert_true(value_equal(&ours, &theirs));
            }
            arena_release(&a);
        }
}

static void
depth_is_bounded(void **state)
{
    char deep[200];
    struct arena a = {0};
    struct value v;

    (void)state;
    memset(deep, '[', 100);
    memset(deep + 100, ']', 100);
    assert_false(value_read(&a, deep, sizeof(deep), &v));
    arena_release(&a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read_back),
        cmocka_unit_test(what_was_not_is_refused),
        cmocka_unit_test(every_prefix_and_every_changed_byte_ends_well),
        cmocka_unit_test(depth_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
