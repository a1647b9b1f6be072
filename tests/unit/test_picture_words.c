/* SPDX-License-Identifier: Apache-2.0 */
/* What pictures say where there is little room: two ways from one step never look the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "api/picture/picture.h"
#include "api/picture/plan.h"
#include "tests/support/desk.h"

enum { WIDTH = 150 };

static struct lines
wrapped(const char *text, size_t apart)
{
    struct lines l = {.n = 0};

    lines_wrap_apart(&desk.arena, &l, text, STYLE_LABEL, WIDTH, 7, apart);
    return l;
}

/* All lines of it, one behind the other. */
static const char *
shown(const struct lines *l)
{
    struct text t = text_new(&desk.arena);

    for (uint32_t i = 0; i < l->n; i++)
        text_str(&t, l->item[i].text);
    return t.at;
}

/* @n words, each other than the rest. */
static const char *
words(const char *what, int n)
{
    struct text t = text_new(&desk.arena);

    for (int i = 0; i < n; i++)
        text_printf(&t, "%s%d ", what, i);
    return t.at;
}

static void
of_a_long_text_beginning_and_end_are_shown(void **state)
{
    const char *text = arena_printf(&desk.arena, "%sthe end", words("word", 99));
    struct lines l = wrapped("short", 0);

    (void)state;
    assert_int_equal(l.n, 1);
    assert_false(l.item[0].cut);
    l = wrapped(text, 0);
    assert_int_equal(l.n, 8);
    assert_true(l.item[0].cut);
    assert_string_equal(l.item[0].whole, text);
    assert_int_equal(l.item[0].way, 7);
    assert_int_equal(l.item[1].way, -1);
    assert_memory_equal(shown(&l), "word0 ", strlen("word0"));
    assert_string_equal(shown(&l) + strlen(shown(&l)) - strlen("the end"), "the end");
    assert_non_null(strstr(shown(&l), "…"));
    for (uint32_t i = 0; i < l.n; i++)
        assert_true(text_width(l.item[i].text, STYLE_LABEL) <= WIDTH + 2 * 11);
    /* One character more than there is room for, and no place to end a line. */
    text = arena_printf(&desk.arena, "%0400d", 7);
    l = wrapped(text, 0);
    assert_int_equal(shown(&l)[strlen(shown(&l)) - 1], '7');
    assert_true(l.n <= 8);
}

static void
no_letter_stands_alone_on_a_line(void **state)
{
    struct lines l = wrapped("一二三四五六七八九十一二三四", 0);

    (void)state;
    assert_int_equal(l.n, 1);
    l = wrapped("一二三四五六七八九十一二三四五六", 0);
    assert_int_equal(l.n, 2);
}

static void
what_begins_and_ends_alike_is_told_apart(void **state)
{
    const char *head = words("head", 40), *tail = words("tail", 40);
    const char *text[3];
    struct lines one, other;

    (void)state;
    text[0] = arena_printf(&desk.arena, "%slevy %s", head, tail);
    text[1] = arena_printf(&desk.arena, "%slevee %s", head, tail);
    text[2] = "otherwise";
    one = wrapped(text[0], 0);
    other = wrapped(text[1], 0);
    assert_string_equal(shown(&one), shown(&other)); /* what it is about */
    one = wrapped(text[0], text_apart(&desk.arena, text[0], text, 3, STYLE_LABEL, WIDTH));
    other = wrapped(text[1], text_apart(&desk.arena, text[1], text, 3, STYLE_LABEL, WIDTH));
    assert_int_equal(one.n, 8);
    assert_non_null(strstr(shown(&one), "head39levy "));
    assert_non_null(strstr(shown(&other), "head39levee "));
    assert_non_null(strstr(shown(&one), "tail39"));
    assert_int_equal(text_apart(&desk.arena, text[2], text, 3, STYLE_LABEL, WIDTH), 0);
    /* What differs at the end needs nothing else. */
    text[1] = arena_printf(&desk.arena, "%slevy %sx", head, tail);
    assert_int_equal(text_apart(&desk.arena, text[0], text, 3, STYLE_LABEL, WIDTH), 0);
}

/* A ballot by classes, and a decision whose arms begin and end alike. */
static const struct picture *
draw(enum language lang)
{
    const char *alike = "{'or': [{'===': [{'var': 'form.n'}, 100001]},"
                        " {'===': [{'var': 'form.n'}, 100002]},"
                        " {'===': [{'var': 'form.n'}, 100003]}, {'===': [{'var': 'form.n'}, %d]},"
                        " {'===': [{'var': 'form.n'}, 100004]},"
                        " {'===': [{'var': 'form.n'}, 100005]},"
                        " {'===': [{'var': 'form.n'}, 100006]}]}";
    const struct picture *p = NULL;
    struct text t = text_new(&desk.arena);
    struct error e;

    text_str(&t, "'form': {'type': 'object', 'required': ['n', 'roll'], 'properties': {"
                 "'n': {'type': 'integer', 'ui': {'title': {'zh': '数量', 'en': 'Number of things "
                 "that it has'}}},"
                 " 'roll': {'type': 'array', 'items': {'type': 'object', 'required': ['who', 'in'],"
                 " 'properties': {'who': {'type': 'string'},"
                 " 'in': {'type': 'string', 'enum': ['red', 'blue']}}}}}},"
                 " 'start': 'v', 'steps': {'v': {'by': 'window', 'ballot': {'roll': 'roll',"
                 " 'voter': 'who', 'group': 'in', 'choices':"
                 " {'no': {'title': {'zh': '反对', 'en': 'Against'}},"
                 " 'yes': {'title': {'zh': '赞成', 'en': 'In favour'}}},"
                 " 'closes': '2 working days', 'result': [{'when': {'>': [{'*': [2, {'var':"
                 " 'tally.group.red.yes.count'}]}, {'var': 'tally.voted'}]}, 'to': 'd'},"
                 " {'to': 'once'}]}}, 'once': {'decide': [{'to': 'end'}]}, 'd': {'decide': [");
    for (int i = 1; i <= 2; i++) {
        text_str(&t, "{'when': ");
        for (const char *at = alike; *at; at++)
            if (!strncmp(at, "%d", 2)) {
                text_printf(&t, "%d", i);
                at++;
            } else {
                text_char(&t, *at);
            }
        text_printf(&t, ", 'to': '%s'}, ", i == 1 ? "once" : "end");
    }
    text_str(&t, "{'to': 'end'}]}, 'end': {'end': 'granted'}}");
    desk_define(t.at);
    if (!picture_lay(&desk.arena, desk.w, NULL, lang, NULL, &p, &e))
        fail_msg("%s", e.detail);
    return p;
}

/* What stands at way @index of step @id. */
static const char *
label(const struct picture *p, const char *id, uint16_t index)
{
    struct text t = text_new(&desk.arena);

    for (uint32_t i = 0; i < p->n_wire; i++) {
        const struct lines *l = &p->wire[i].label;
        bool his = false;

        for (uint32_t k = 0; k < l->n; k++) {
            const int32_t way = l->item[k].way;

            if (way >= 0)
                his = p->way[way].kind == WAY_ARM && p->way[way].index == index &&
                      !strcmp(p->w->step[p->way[way].step].id, id);
            if (his)
                text_printf(&t, "%s|", l->item[k].text);
        }
    }
    return t.at;
}

static void
arms_of_one_step_never_look_the_same(void **state)
{
    const struct picture *p = draw(LANGUAGE_EN);
    struct text t = text_new(&desk.arena);

    (void)state;
    assert_non_null(strstr(label(p, "d", 0), "is|1, or Number"));
    assert_non_null(strstr(label(p, "d", 1), "is|2, or Number"));
    assert_string_equal(label(p, "once", 0), "|"); /* one way is no choice */
    picture_svg(&t, p);
    assert_non_null(
        strstr(t.at, "<title>if Number of things that it has is 100001, or")); /* for a mouse */
}

static void
counts_of_votes_are_called_by_their_names(void **state)
{
    (void)state;
    assert_string_equal(label(draw(LANGUAGE_EN), "v", 0),
                        "if 2 × votes “In favour”|in red is more than|number who voted|");
    assert_string_equal(label(draw(LANGUAGE_ZH), "v", 0), "2 × red组“赞成”票数大于投|票人数|");
}

#define TEST(x) cmocka_unit_test_setup_teardown(x, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(of_a_long_text_beginning_and_end_are_shown),
        TEST(no_letter_stands_alone_on_a_line),
        TEST(what_begins_and_ends_alike_is_told_apart),
        TEST(arms_of_one_step_never_look_the_same),
        TEST(counts_of_votes_are_called_by_their_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
