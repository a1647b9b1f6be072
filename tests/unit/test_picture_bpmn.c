/* SPDX-License-Identifier: Apache-2.0 */
/* BPMN: every step once, every flow at its elements, what is there for each of a list said so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/picture/bpmn.h"
#include "tests/support/random_definition.h"
#include "tests/support/sanitized.h"
#include "tests/support/walk.h"

enum { RANDOM = SANITIZED ? 30 : 200 };

static struct arena keep, a;
static struct walk_ground ground;

static int
start(void **state)
{
    (void)state;
    return walk_load(&keep, &ground) ? 0 : -1;
}

static int
stop(void **state)
{
    (void)state;
    arena_release(&keep);
    arena_release(&a);
    return 0;
}

static uint32_t
times(const char *text, const char *what)
{
    uint32_t n = 0;

    for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
        n++;
    return n;
}

static bool
on_border(const struct element *e, const int32_t *at)
{
    const bool across = at[0] >= e->x && at[0] <= e->x + e->w;
    const bool down = at[1] >= e->y && at[1] <= e->y + e->h;

    return across && down &&
           (at[0] == e->x || at[0] == e->x + e->w || at[1] == e->y || at[1] == e->y + e->h);
}

static void
check_chart(const struct workflow *w)
{
    struct picture *p = arena_new(&a, struct picture);
    const struct chart *c;
    struct text t = text_new(&a);
    uint32_t many = 0;
    struct error e;

    *p = (struct picture){.a = &a, .w = w, .lang = LANGUAGE_EN, .for_bpmn = true};
    assert_true(plan_lay(p, &e));
    c = chart_of(p);
    for (uint32_t i = 0; i < c->n_flow; i++) {
        const struct flow *f = &c->flow[i];

        if (!on_border(&c->element[f->from], f->point) ||
            !on_border(&c->element[f->to], f->point + 2 * f->n_point - 2))
            fail_msg("%s: the flow from %s to %s hangs in the air", w->id, c->element[f->from].id,
                     c->element[f->to].id);
        assert_int_equal(c->element[f->from].plane, c->element[f->to].plane);
        for (uint32_t k = 0; k + 1 < f->n_point; k++)
            assert_true(f->point[2 * k] == f->point[2 * k + 2] ||
                        f->point[2 * k + 1] == f->point[2 * k + 3]);
    }
    assert_true(picture_bpmn(&t, w, NULL, LANGUAGE_EN, &e));
    for (uint16_t i = 0; i < w->n_step; i++) {
        assert_int_equal(times(t.at, arena_printf(&a, " id=\"step_%s\"", w->step[i].path)), 1);
        assert_int_equal(times(t.at, arena_printf(&a, "bpmnElement=\"step_%s\"", w->step[i].path)),
                         1);
        many += w->step[i].children && w->step[i].children->each;
    }
    for (uint16_t i = 0; i < w->n_region; i++)
        many += w->region[i].each == i;
    assert_int_equal(times(t.at, "<bpmn:multiInstanceLoopCharacteristics/>"), many);
}

static void
every_flow_of_the_bpmn_begins_and_ends_at_its_elements(void **state)
{
    struct chance c = {.state = 3};

    (void)state;
    for (size_t i = 0; i < ground.n; i++) {
        check_chart(ground.workflow[i]);
        arena_reset(&a);
    }
    for (int i = 0; i < RANDOM; i++) {
        check_chart(random_definition(&a, &c));
        arena_reset(&a);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_flow_of_the_bpmn_begins_and_ends_at_its_elements),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
