/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of workflows: whole, readable, and the same every time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/picture/picture.h"
#include "api/picture/plan.h"
#include "api/picture/trace.h"
#include "api/picture/xml.h"
#include "definition/json.h"
#include "tests/support/ground.h"
#include "tests/support/random_definition.h"
#include "tests/support/sanitized.h"
#include "tests/support/wires.h"

enum { RANDOM = SANITIZED ? 30 : 200, LIVES = SANITIZED ? 40 : 300 };

static const struct picture *
lay(const struct workflow *w, enum language lang)
{
    const struct picture *p;
    struct error e;

    if (!picture_lay(&scratch, w, NULL, lang, NULL, &p, &e))
        fail_msg("%s: %s", w->id, e.detail);
    return p;
}

static const char *
svg(const struct picture *p)
{
    struct text t = text_new(&scratch);

    picture_svg(&t, p);
    return t.at;
}

/* Ways counted without the picture's help. */
static uint32_t
ways_of(const struct workflow *w)
{
    uint32_t n = w->n_region + w->n_reopen + (w->withdraw != NULL);

    for (uint16_t i = 0; i < w->n_step; i++) {
        const struct step *s = &w->step[i];

        for (uint16_t k = 0; k < s->n_action; k++)
            n += s->action[k].to.kind != TARGET_NONE;
        for (uint16_t k = 0; k < s->n_on; k++)
            n += s->on[k].to.kind != TARGET_NONE;
        for (uint16_t k = 0; k < s->n_timer; k++)
            n += s->timer[k].to.kind != TARGET_NONE;
        n += s->n_arm + (s->to.kind != TARGET_NONE) + s->has_else + (s->optional != NULL);
    }
    return n;
}

static void
check_once(const struct workflow *w, const struct picture *p)
{
    const char *text = svg(p);
    uint32_t n_way;

    (void)picture_ways(p, &n_way);
    assert_int_equal(n_way, ways_of(w));
    assert_int_equal(text_times(text, "data-step=\""), w->n_step);
    assert_int_equal(text_times(text, "data-way=\""), n_way);
    for (uint16_t i = 0; i < w->n_step; i++)
        assert_int_equal(
            text_times(text, arena_printf(&scratch, "data-step=\"%s\"", w->step[i].path)), 1);
    for (uint32_t i = 0; i < n_way; i++)
        if (text_times(text, arena_printf(&scratch, "data-way=\"%u\"", i)) != 1)
            fail_msg("%s: way %u", w->id, i);
}

/* A rectangle of the picture. */
struct area {
    int32_t x, y, w, h;
};

static bool
overlap(struct area m, struct area n)
{
    return m.x < n.x + n.w && n.x < m.x + m.w && m.y < n.y + n.h && n.y < m.y + m.h;
}

static bool
holds(struct area outer, struct area inner)
{
    return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.w <= outer.x + outer.w &&
           inner.y + inner.h <= outer.y + outer.h;
}

static struct area
of_node(const struct node *n)
{
    return (struct area){n->x, n->y, n->w, n->h};
}

static struct area
of_plane(const struct plane *p)
{
    return (struct area){p->x, p->y, p->w, p->h};
}

/* Where lines stand that begin at the top of a box. */
static struct area
of_words(int32_t x, int32_t y, const struct lines *l)
{
    return (struct area){x, y + PAD, lines_width(l), lines_height(l)};
}

static void
check_nodes(const struct picture *p, const struct plane *plane)
{
    for (uint32_t i = 0; i < plane->n_node; i++) {
        const struct node *n = &p->node[plane->node[i]];

        if (!holds(of_plane(plane), of_node(n)))
            fail_msg("%s: node %u leaves its plane", p->w->id, i);
        if (n->lines.n && lines_width(&n->lines) + 2 > n->w)
            fail_msg("%s: \"%s\" leaves its box", p->w->id, n->lines.item[0].text);
        for (uint32_t k = 0; k < i; k++)
            if (overlap(of_node(n), of_node(&p->node[plane->node[k]])))
                fail_msg("%s: nodes %u and %u overlap", p->w->id, i, k);
    }
}

static void
check_boxes(const struct picture *p, const struct plane *plane)
{
    for (uint32_t i = 0; i < plane->n_node; i++) {
        const struct node *n = &p->node[plane->node[i]];
        const struct step *s = n->kind == NODE_BOX ? &p->w->step[n->step] : NULL;

        for (uint16_t r = 0; s && r < s->n_region; r++) {
            const struct plane *inner = &p->plane[s->first_region + r];
            const struct area words = of_words(n->x + n->indent, n->y, &n->lines);

            assert_true(holds(of_node(n), of_plane(inner)));
            assert_true(holds(of_node(n), words));
            assert_false(overlap(words, of_plane(inner)));
            assert_true(inner->indent + lines_width(&inner->lines) <= inner->w);
            for (uint16_t k = 0; k < r; k++)
                assert_false(overlap(of_plane(inner), of_plane(&p->plane[s->first_region + k])));
        }
    }
}

/* A piece of a wire; a wire from an exit passes its own box on its way out. */
static void
check_piece(const struct picture *p, const struct plane *plane, const struct wire *w,
            struct area piece)
{
    for (uint32_t i = 0; i < plane->n_node; i++) {
        const struct node *n = &p->node[plane->node[i]];
        const bool own = &p->node[w->from] == n || &p->node[w->to] == n ||
                         (n->wire >= 0 && &p->wire[n->wire] == w);

        if (!own && overlap(piece, of_node(n)))
            fail_msg("%s: a wire crosses \"%s\"", p->w->id,
                     n->lines.n ? n->lines.item[0].text : "");
        if (own && n->kind == NODE_BOX &&
            overlap(piece, of_words(n->x + n->indent, n->y, &n->lines)))
            fail_msg("%s: a wire crosses the words of \"%s\"", p->w->id, n->lines.item[0].text);
    }
    if (plane->lines.n && overlap(piece, (struct area){plane->x + plane->indent, plane->y,
                                                       lines_width(&plane->lines), plane->head}))
        fail_msg("%s: a wire crosses the words of a branch", p->w->id);
}

static void
check_wires(const struct picture *p, const struct plane *plane)
{
    for (uint32_t i = 0; i < plane->n_wire; i++) {
        const struct wire *w = &p->wire[plane->wire[i]];
        const struct node *to = &p->node[w->to];
        const int32_t *last = &w->point[2 * w->n_point - 2];

        assert_true(w->n_point >= 2);
        assert_true(last[0] >= to->x && last[0] <= to->x + to->w);
        assert_int_equal(last[1], w->back ? to->y + to->h : to->y);
        for (uint32_t k = 0; k + 1 < w->n_point; k++) {
            const int32_t *m = &w->point[2 * k], *n = m + 2;
            const struct area piece = {m[0] < n[0] ? m[0] : n[0], m[1] < n[1] ? m[1] : n[1],
                                       abs(m[0] - n[0]) + 1, abs(m[1] - n[1]) + 1};

            assert_true(m[0] == n[0] || m[1] == n[1]);
            check_piece(p, plane, w, piece);
        }
    }
}

/* Lines that lead to one place may meet before it; no others lie upon each other. */
static void
check_apart(const struct picture *p)
{
    for (uint32_t i = 0; i < p->n_wire; i++)
        for (uint32_t k = 0; k < i; k++)
            if (p->wire[i].to != p->wire[k].to && wires_run_together(&p->wire[i], &p->wire[k]))
                fail_msg("%s: wires %u and %u share a piece", p->w->id, k, i);
}

static void
check_places(const struct picture *p)
{
    check_apart(p);
    for (uint16_t r = 0; r < p->w->n_region; r++) {
        check_nodes(p, &p->plane[r]);
        check_boxes(p, &p->plane[r]);
        check_wires(p, &p->plane[r]);
    }
}

static void
each_step_and_each_way_is_drawn_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < ground.n; i++) {
        check_once(ground.workflow[i], lay(ground.workflow[i], LANGUAGE_ZH));
        arena_reset(&scratch);
    }
}

static void
a_step_says_during_which_it_may_be_prepared(void **state)
{
    uint32_t n_all = 0;

    (void)state;
    for (size_t i = 0; i < ground.n; i++) {
        const struct workflow *w = ground.workflow[i];
        uint32_t n = 0;

        for (uint16_t k = 0; k < w->n_step; k++)
            n += w->step[k].prepare ? w->step[k].prepare->n_during : 0;
        assert_int_equal(text_times(svg(lay(w, LANGUAGE_ZH)), ">可预办，期间："), n);
        n_all += n;
        arena_reset(&scratch);
    }
    assert_true(n_all > 0);
}

static void
nothing_overlaps_and_no_text_leaves_its_box(void **state)
{
    (void)state;
    for (size_t i = 0; i < ground.n; i++) {
        check_places(lay(ground.workflow[i], LANGUAGE_ZH));
        check_places(lay(ground.workflow[i], LANGUAGE_EN));
        arena_reset(&scratch);
    }
}

static void
the_same_workflow_gives_the_same_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ground.n; i++) {
        const struct workflow *w = ground.workflow[i], *again;
        struct error e;

        assert_true(definition_restore(&scratch, w->text, w->text_len, &again, &e));
        assert_string_equal(svg(lay(w, LANGUAGE_EN)), svg(lay(again, LANGUAGE_EN)));
        arena_reset(&scratch);
    }
}

static void
any_definition_can_be_drawn(void **state)
{
    struct chance c = {.state = 7};

    (void)state;
    for (int i = 0; i < RANDOM; i++) {
        const struct workflow *w = random_definition(&scratch, &c);
        const struct picture *p = lay(w, i % 2 ? LANGUAGE_ZH : LANGUAGE_EN);

        check_once(w, p);
        check_places(p);
        arena_reset(&scratch);
    }
}

static void
what_has_a_meaning_in_xml_is_escaped(void **state)
{
    struct text t = text_new(&scratch);

    (void)state;
    xml_text(&t, "<a href=\"x\" b='&'>\x01\n\xEF\xBF\xBF审");
    assert_string_equal(t.at, "&lt;a href=&quot;x&quot; b=&#39;&amp;&#39;&gt;\xEF\xBF\xBD "
                              "\xEF\xBF\xBD审");
}

static void
a_picture_needs_nothing_from_elsewhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < ground.n; i++) {
        const char *text = svg(lay(ground.workflow[i], LANGUAGE_ZH));

        assert_null(strstr(text, "<script"));
        assert_null(strstr(text, "href"));
        assert_null(strstr(text, "url("));
        assert_int_equal(text_times(text, "://"), 1); /* the name space */
        arena_reset(&scratch);
    }
}

static void
a_condition_calls_branches_by_their_titles(void **state)
{
    uint32_t n = 0;

    (void)state;
    for (size_t i = 0; i < ground.n; i++, arena_reset(&scratch)) {
        const char *text = svg(lay(ground.workflow[i], LANGUAGE_EN));
        assert_null(strstr(text, ".outcome"));
        n += text_times(text, "outcome of");
    }
    assert_true(n > 0);
}

/* Everything the case passed was reached by a way that is shown as gone. */
static void
check_trace(const struct walk *k, const struct picture_trace *trace)
{
    const struct workflow *w = k->w;
    uint32_t n_active = 0;

    for (uint16_t i = 0; i < w->n_step; i++) {
        bool reached = trace->step[i].state == TRACE_NOT_YET;

        n_active += trace->step[i].state == TRACE_ACTIVE;
        for (uint32_t g = 0; g < trace->n_gone && !reached; g++) {
            const struct way *way = &trace->gone[g];
            const struct step *s = way->step == NONE ? NULL : &w->step[way->step];
            struct target to = {.kind = TARGET_STEP, .step = way->index};

            if (s)
                to = way->kind == WAY_ACTION    ? s->action[way->index].to
                     : way->kind == WAY_MESSAGE ? s->on[way->index].to
                     : way->kind == WAY_TIMER   ? s->timer[way->index].to
                     : way->kind == WAY_ARM     ? s->arm[way->index].to
                     : way->kind == WAY_ELSE    ? s->otherwise
                                                : s->to;
            else if (way->kind == WAY_WITHDRAW)
                to = w->withdraw->to;
            else if (way->kind == WAY_REOPENED)
                to.step = w->reopen[way->index].to;
            else if (way->kind != WAY_STARTED)
                to.step = w->region[way->index].start;
            reached = to.kind == TARGET_STEP && to.step == i;
        }
        if (!reached)
            fail_msg("%s: nothing leads to %s\n%s", w->id, w->step[i].path, k->story.at);
    }
    for (uint32_t i = 0; i < k->timely.c->n_visit; i++)
        assert_int_equal(trace->step[k->timely.c->visit[i].step].state, TRACE_ACTIVE);
    for (uint32_t i = 0; i < k->timely.c->n_prepared; i++)
        assert_true(trace->step[k->timely.c->prepared[i].step].prepared);
    assert_true(n_active <= k->timely.c->n_visit);
}

static void
a_case_is_drawn_where_it_went_and_where_it_stands(void **state)
{
    struct chance c = {.state = 11};

    (void)state;
    for (int i = 0; i < LIVES; i++) {
        struct walk k = {.w = ground.workflow[chance_below(&c, (uint32_t)ground.n)],
                         .calendar = ground.calendar,
                         .chance = &c,
                         .a = &scratch};
        const struct picture_trace *trace;
        const struct picture *p;
        struct trail *trail;
        struct error e;

        walk_case(&k, 20);
        if (k.wrong)
            fail_msg("%s\n%s", k.wrong, k.story.at);
        if (k.timely.c->phase == PHASE_NONE) /* what was never opened is no case to draw */
            continue;
        trail = trail_new(&scratch, k.w, k.timely.c);
        for (size_t r = 0; r < k.timely.n_record; r++) {
            struct value record;

            assert_true(json_read(&scratch, k.timely.record[r], strlen(k.timely.record[r]), false,
                                  &record, &e));
            trail_add(trail, &record);
        }
        trace = trail_end(trail, k.calendar, k.now, LANGUAGE_EN);
        check_trace(&k, trace);
        assert_true(picture_lay(&scratch, k.w, NULL, LANGUAGE_EN, trace, &p, &e));
        check_once(k.w, p);
        check_places(p);
        arena_reset(&scratch);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_step_and_each_way_is_drawn_once),
        cmocka_unit_test(a_step_says_during_which_it_may_be_prepared),
        cmocka_unit_test(nothing_overlaps_and_no_text_leaves_its_box),
        cmocka_unit_test(the_same_workflow_gives_the_same_bytes),
        cmocka_unit_test(any_definition_can_be_drawn),
        cmocka_unit_test(what_has_a_meaning_in_xml_is_escaped),
        cmocka_unit_test(a_case_is_drawn_where_it_went_and_where_it_stands),
        cmocka_unit_test(a_picture_needs_nothing_from_elsewhere),
        cmocka_unit_test(a_condition_calls_branches_by_their_titles),
    };

    return cmocka_run_group_tests(tests, ground_set_up, ground_tear_down);
}
