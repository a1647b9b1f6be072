/* SPDX-License-Identifier: Apache-2.0 */
/* BPMN: every step once, every flow at its elements, what is there for each of a list said so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/picture/bpmn.h"
#include "tests/support/ground.h"
#include "tests/support/random_definition.h"
#include "tests/support/sanitized.h"

enum { RANDOM = SANITIZED ? 30 : 200 };

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
    struct picture *p = arena_new(&scratch, struct picture);
    const struct chart *c;
    struct text t = text_new(&scratch);
    uint32_t many = 0;
    struct error e;

    *p = (struct picture){.a = &scratch, .w = w, .lang = LANGUAGE_EN, .for_bpmn = true};
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
        assert_int_equal(
            text_times(t.at, arena_printf(&scratch, " id=\"step_%s\"", w->step[i].path)), 1);
        assert_int_equal(
            text_times(t.at, arena_printf(&scratch, "bpmnElement=\"step_%s\"", w->step[i].path)),
            1);
        many += w->step[i].children && w->step[i].children->each;
    }
    for (uint16_t i = 0; i < w->n_region; i++)
        many += w->region[i].each == i;
    assert_int_equal(text_times(t.at, "<bpmn:multiInstanceLoopCharacteristics/>"), many);
}

static void
every_flow_of_the_bpmn_begins_and_ends_at_its_elements(void **state)
{
    struct chance c = {.state = 3};

    (void)state;
    for (size_t i = 0; i < ground.n; i++) {
        check_chart(ground.workflow[i]);
        arena_reset(&scratch);
    }
    for (int i = 0; i < RANDOM; i++) {
        check_chart(random_definition(&scratch, &c));
        arena_reset(&scratch);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_flow_of_the_bpmn_begins_and_ends_at_its_elements),
    };

    return cmocka_run_group_tests(tests, ground_set_up, ground_tear_down);
}
