/* SPDX-License-Identifier: Apache-2.0 */
/* Legs that change places between two ranks: whichever bends first, they do not lie on each other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/wires.h"

enum { NODES = 6, LEGS = 4, RANKS = 3, LEFT = 30, RIGHT = 70 };

/* A plane by hand: a leg from LEFT goes on at RIGHT and the other way round. */
struct crossing {
    struct arena a;
    struct workflow w;
    struct plane plane;
    struct node node[NODES];
    struct leg leg[LEGS];
    struct wire wire[2];
    struct picture p;
};

static void
put_node(struct crossing *c, int32_t i, struct node n, int32_t rank)
{
    struct plane *plane = &c->plane;

    n.step = NONE;
    n.rank = rank;
    n.below = arena_array(&c->a, LEGS, int32_t);
    n.wire = -1;
    c->node[i] = n;
    if (!plane->layer[rank])
        plane->layer[rank] = arena_array(&c->a, NODES, int32_t);
    plane->layer[rank][plane->n_layer[rank]++] = i;
}

static void
put_leg(struct crossing *c, struct leg leg)
{
    struct node *upper = &c->node[leg.upper];

    leg.bend = -1;
    upper->below[upper->n_below++] = (int32_t)c->plane.n_leg;
    c->leg[c->plane.n_leg++] = leg;
}

static void
begin(struct crossing *c, int32_t n_rank)
{
    *c = (struct crossing){.w = {.n_region = 1}};
    c->plane = (struct plane){.n_rank = n_rank,
                              .leg = c->leg,
                              .layer = arena_array(&c->a, RANKS, int32_t *),
                              .n_layer = arena_array(&c->a, RANKS, uint32_t),
                              .wire = arena_array(&c->a, 2, int32_t),
                              .n_wire = 2};
    c->plane.wire[1] = 1;
    c->p = (struct picture){.a = &c->a,
                            .w = &c->w,
                            .node = c->node,
                            .n_node = NODES,
                            .wire = c->wire,
                            .n_wire = 2,
                            .plane = &c->plane,
                            .arrow = 14};
}

/* Lays it, each wire one leg a rank; the two are apart, and every piece goes across or down. */
static void
end(struct crossing *c)
{
    const int32_t n = c->plane.n_rank - 1;

    for (int32_t i = 0; i < 2; i++) {
        c->wire[i] = (struct wire){.inner = -1, .first_leg = i * n, .n_leg = n};
        c->wire[i].from = c->leg[i * n].upper;
        c->wire[i].to = c->leg[i * n + n - 1].lower;
    }
    plan_down(&c->p, 0);
    plan_wires(&c->p);
    assert_false(wires_run_together(&c->wire[0], &c->wire[1]));
    for (int32_t i = 0; i < 2; i++) {
        const struct wire *w = &c->wire[i];
        const struct node *to = &c->node[w->to];

        for (uint32_t k = 0; k + 1 < w->n_point; k++)
            assert_true(w->point[2 * k] == w->point[2 * k + 2] ||
                        w->point[2 * k + 1] == w->point[2 * k + 3]);
        assert_in_range(w->point[2 * w->n_point - 2], to->x, to->x + to->w);
    }
    arena_release(&c->a);
}

static void
between_steps(void **state)
{
    struct crossing c;

    (void)state;
    begin(&c, 2);
    put_node(&c, 0, (struct node){.x = 0, .w = 40, .h = 20}, 0);
    put_node(&c, 1, (struct node){.x = 60, .w = 40, .h = 20}, 0);
    put_node(&c, 2, (struct node){.x = 0, .w = 40, .h = 20}, 1);
    put_node(&c, 3, (struct node){.x = 60, .w = 40, .h = 20}, 1);
    put_leg(&c, (struct leg){.upper = 0, .lower = 3, .upper_port = 30, .lower_port = 10});
    put_leg(&c, (struct leg){.upper = 1, .lower = 2, .upper_port = 10, .lower_port = 30});
    end(&c);
}

/* Where ways come out of a box their ends are fixed; what passes a rank moves as a whole. */
static void
below_a_box(void **state)
{
    static const enum node_kind passes[] = {NODE_JOINT, NODE_LABEL};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const int32_t wide = passes[i] == NODE_LABEL ? 36 : 0;
        struct crossing c;

        begin(&c, 3);
        put_node(&c, 0, (struct node){.kind = NODE_BOX, .w = 100, .h = 20}, 0);
        put_node(&c, 1, (struct node){.kind = passes[i], .x = LEFT - wide / 2, .w = wide}, 1);
        put_node(&c, 2, (struct node){.kind = passes[i], .x = RIGHT - wide / 2, .w = wide}, 1);
        put_node(&c, 3, (struct node){.x = 0, .w = 40, .h = 20}, 2);
        put_node(&c, 4, (struct node){.x = 60, .w = 40, .h = 20}, 2);
        for (int32_t k = 0; k < 2; k++) {
            put_leg(&c, (struct leg){.upper = 0,
                                     .lower = k ? 1 : 2,
                                     .upper_port = k ? RIGHT : LEFT,
                                     .lower_port = wide / 2,
                                     .upper_fixed = true});
            put_leg(&c, (struct leg){.upper = k ? 1 : 2,
                                     .lower = k ? 3 : 4,
                                     .upper_port = wide / 2,
                                     .lower_port = 20});
        }
        end(&c);
    }
}

/* What is said of a way stands above where it ends at a point that stays. */
static void
below_labels_into_points(void **state)
{
    struct crossing c;

    (void)state;
    begin(&c, 3);
    put_node(&c, 0, (struct node){.x = 0, .w = 60, .h = 20}, 0);
    put_node(&c, 1, (struct node){.x = 60, .w = 60, .h = 20}, 0);
    put_node(&c, 2, (struct node){.kind = NODE_LABEL, .x = LEFT - 18, .w = 36, .h = 16}, 1);
    put_node(&c, 3, (struct node){.kind = NODE_LABEL, .x = RIGHT - 18, .w = 36, .h = 16}, 1);
    put_node(&c, 4, (struct node){.kind = NODE_EXIT, .x = LEFT}, 2);
    put_node(&c, 5, (struct node){.kind = NODE_DONE, .x = RIGHT - 6, .w = 12, .h = 12}, 2);
    put_leg(&c, (struct leg){.upper = 0, .lower = 2, .upper_port = 30, .lower_port = 18});
    put_leg(&c, (struct leg){.upper = 2, .lower = 5, .upper_port = 18, .lower_port = 6});
    put_leg(&c, (struct leg){.upper = 1, .lower = 3, .upper_port = 30, .lower_port = 18});
    put_leg(&c, (struct leg){.upper = 3, .lower = 4, .upper_port = 18});
    end(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(between_steps),
        cmocka_unit_test(below_a_box),
        cmocka_unit_test(below_labels_into_points),
    };

    return cmocka_run_group_tests_name("legs that change places", tests, NULL, NULL);
}
