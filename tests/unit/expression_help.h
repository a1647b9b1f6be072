/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_EXPRESSION_HELP_H
#define TESTS_UNIT_EXPRESSION_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "definition/expression.h"
#include "definition/json.h"

/** What the tests of expressions share: one form, one week, and three things to say. */
static struct arena arena;

static inline int
release(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* JSON with ' for ", so that it can be read. */
static inline const struct value *
json(const char *text)
{
    struct value *v = arena_new(&arena, struct value);
    char *copy = arena_strdup(&arena, text);
    struct error e = {0};

    for (char *at = copy; *at; at++)
        if (*at == '\'')
            *at = '"';
    if (!json_read(&arena, copy, strlen(copy), false, v, &e))
        fail_msg("%s: %s", copy, e.detail);
    return v;
}

/* A calendar of one week from Monday 2026-03-02, Saturday and Sunday off. */
static inline const struct calendar *
one_week(void)
{
    static const uint8_t working[] = {1, 1, 1, 1, 1, 0, 0};
    static const char *const why[7];
    struct calendar *c = arena_new(&arena, struct calendar);

    *c = (struct calendar){
        .id = "test", .version = "1", .working = working, .why = why, .why_en = why};
    assert_true(day_read("2026-03-02", 10, &c->first));
    c->last = c->first + 6;
    return c;
}

static inline struct scope
scope(void)
{
    struct scope s = {.calendar = one_week()};

    s.root[ROOT_FORM] =
        json("{'area': 120, 'name': '某公司', 'urgent': true, 'gone': null, 'share': 0.5,"
             " 'tags': ['a', 'b'], 'sizes': [1, 2, 3], 'none': [], 'big': 9223372036854775807,"
             " 'place': {'code': 7}, 'items': [{'price': 10}, {'price': 20}, {}],"
             " 'day': '2026-03-03', 'moment': '2026-03-05T10:00:00+08:00'}");
    s.root[ROOT_ACTOR] = json("{'roles': ['window', 'head']}");
    assert_true(instant_read("2026-03-04T09:30:00+08:00", 25, &s.now));
    return s;
}

static inline const struct expression *
compile(const char *text)
{
    const struct expression *x = NULL;
    struct error e = {0};

    if (!expression_compile(&arena, json(text), &x, &e))
        fail_msg("%s: %s %s", text, e.pointer, e.detail);
    return x;
}

static inline void
gives(const char *text, const char *expected)
{
    const struct scope s = scope();
    struct error e = {0};
    struct text out = text_new(&arena);
    struct value v;

    if (!expression_eval(compile(text), &s, &arena, &v, &e))
        fail_msg("%s: %s %s", text, e.pointer, e.detail);
    value_write(&out, &v);
    if (!value_equal(&v, json(expected)))
        fail_msg("%s gives %s, not %s", text, out.at, expected);
}

static inline void
refused(const char *text, const char *pointer, const char *detail)
{
    const struct scope s = scope();
    struct error e = {0};
    struct value v;

    if (expression_eval(compile(text), &s, &arena, &v, &e))
        fail_msg("%s is not refused", text);
    assert_int_equal(e.code, ERROR_GUARD_ERROR);
    assert_string_equal(e.pointer, pointer);
    if (!strstr(e.detail, detail))
        fail_msg("%s: %s", text, e.detail);
}

static inline void
malformed_value(const struct value *source, const char *pointer, const char *detail)
{
    const struct expression *x = NULL;
    struct error e = {0};

    assert_false(expression_compile(&arena, source, &x, &e));
    assert_null(x);
    assert_int_equal(e.code, ERROR_DEFINITION_INVALID);
    assert_string_equal(e.pointer, pointer);
    if (!strstr(e.detail, detail))
        fail_msg("%s", e.detail);
}

static inline void
malformed(const char *text, const char *pointer, const char *detail)
{
    malformed_value(json(text), pointer, detail);
}

#endif
