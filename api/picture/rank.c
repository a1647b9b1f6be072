/* SPDX-License-Identifier: Apache-2.0 */
/* Which wires go up, on which rank each node stands, and the legs between the ranks. */
#include <string.h>

#include "api/picture/plan.h"

enum { LEGS_MOST = 100000 };

/* The wires of one plane, by the node they leave. */
struct fan {
    const struct picture *p;
    int32_t *first, *next; /* by node, by wire */
};

static struct fan
fan_of(struct picture *p, const struct plane *plane, struct arena *scratch)
{
    struct fan f = {p, arena_array(scratch, p->n_node, int32_t),
                    arena_array(scratch, p->n_wire, int32_t)};

    memset(f.first, -1, p->n_node * sizeof(*f.first));
    for (uint32_t i = plane->n_wire; i-- > 0;) {
        const int32_t from = p->wire[plane->wire[i]].from;

        f.next[plane->wire[i]] = f.first[from];
        f.first[from] = plane->wire[i];
    }
    return f;
}

enum { UNSEEN, ON_THE_WAY, SEEN };

/* Walks from @root; what leads to a node still on the way goes up. */
static void
walk(struct picture *p, const struct fan *f, int32_t root, char *state, int32_t *stack)
{
    uint32_t n = 0;

    if (state[root] != UNSEEN)
        return;
    state[root] = ON_THE_WAY;
    stack[n++] = root;
    while (n) {
        const int32_t at = stack[n - 1], i = f->first[at];
        struct wire *wire;

        if (i < 0) {
            state[at] = SEEN;
            n--;
            continue;
        }
        f->first[at] = f->next[i];
        wire = &p->wire[i];
        wire->back = state[wire->to] == ON_THE_WAY || p->node[wire->to].up;
        if (wire->inner >= 0)
            p->node[wire->inner].up = wire->back;
        if (!wire->back && state[wire->to] == UNSEEN) {
            state[wire->to] = ON_THE_WAY;
            stack[n++] = wire->to;
        }
    }
}

void
plan_directions(struct picture *p)
{
    struct arena scratch = {0};

    for (uint32_t r = 0; r < p->w->n_region; r++) {
        const struct plane *plane = &p->plane[r];
        const struct fan f = fan_of(p, plane, &scratch);
        char *state = arena_alloc(&scratch, p->n_node);
        int32_t *stack = arena_array(&scratch, p->n_node, int32_t);

        for (uint32_t i = 0; i < plane->n_node; i++)
            if (p->node[plane->node[i]].kind == NODE_START)
                walk(p, &f, plane->node[i], state, stack);
        for (uint32_t i = 0; i < plane->n_node; i++)
            walk(p, &f, plane->node[i], state, stack);
        arena_reset(&scratch);
    }
    arena_release(&scratch);
}

static int32_t
upper_of(const struct wire *w)
{
    return w->back ? w->to : w->from;
}

static int32_t
lower_of(const struct wire *w)
{
    return w->back ? w->from : w->to;
}

/* Longest paths: a node stands two ranks below the lowest before it. */
static void
rank_nodes(struct picture *p, const struct plane *plane, struct arena *scratch)
{
    int32_t *missing = arena_array(scratch, p->n_node, int32_t);
    int32_t *queue = arena_array(scratch, plane->n_node, int32_t);
    int32_t *first = arena_array(scratch, p->n_node, int32_t);
    int32_t *next = arena_array(scratch, p->n_wire, int32_t);
    uint32_t n = 0;

    memset(first, -1, p->n_node * sizeof(*first));
    for (uint32_t i = 0; i < plane->n_wire; i++) {
        const int32_t wire = plane->wire[i], upper = upper_of(&p->wire[wire]);

        missing[lower_of(&p->wire[wire])]++;
        next[wire] = first[upper];
        first[upper] = wire;
    }
    for (uint32_t i = 0; i < plane->n_node; i++)
        if (missing[plane->node[i]] == 0)
            queue[n++] = plane->node[i];
    for (uint32_t done = 0; done < n; done++)
        for (int32_t i = first[queue[done]]; i >= 0; i = next[i]) {
            const int32_t lower = lower_of(&p->wire[i]), rank = p->node[queue[done]].rank + 2;

            if (p->node[lower].rank < rank)
                p->node[lower].rank = rank;
            if (--missing[lower] == 0)
                queue[n++] = lower;
        }
}

/* What nothing leads to stands just above what it leads to; exits stand at the edges. */
static void
rank_edges(struct picture *p, struct plane *plane)
{
    int32_t most = 0, least = 0;

    for (uint32_t i = 0; i < plane->n_wire; i++) {
        const struct wire *wire = &p->wire[plane->wire[i]];
        struct node *from = &p->node[wire->from];

        if (from->kind == NODE_WITHDRAW)
            from->rank = p->node[wire->to].rank - 2;
    }
    for (uint32_t i = 0; i < plane->n_node; i++) {
        struct node *n = &p->node[plane->node[i]];

        if (n->kind == NODE_EXIT && n->up)
            least = -2;
        else if (n->rank > most)
            most = n->rank;
    }
    for (uint32_t i = 0; i < plane->n_node; i++) {
        struct node *n = &p->node[plane->node[i]];

        if (n->kind == NODE_EXIT)
            n->rank = n->up ? least : most;
        n->rank -= least;
    }
    plane->n_rank = most - least + 1;
}

static int32_t
passing(struct picture *p, uint16_t region, int32_t wire, int32_t rank, bool label)
{
    struct plane *plane = &p->plane[region];
    struct node n = {.kind = label ? NODE_LABEL : NODE_JOINT,
                     .step = NONE,
                     .plane = region,
                     .wire = wire,
                     .rank = rank};

    if (label) {
        n.lines = p->wire[wire].label;
        n.w = lines_width(&n.lines) + PAD;
        n.h = lines_height(&n.lines) + 2;
    }
    p->node = arena_grow(p->a, p->node, p->n_node, sizeof(*p->node));
    p->node[p->n_node] = n;
    plane->node = arena_grow(p->a, plane->node, plane->n_node, sizeof(*plane->node));
    plane->node[plane->n_node++] = (int32_t)p->n_node;
    return (int32_t)p->n_node++;
}

/* Cuts a wire into legs, one a rank; its words stand next to where it begins. */
static bool
cut(struct picture *p, uint16_t region, int32_t index, struct error *e)
{
    struct plane *plane = &p->plane[region];
    const struct wire wire = p->wire[index];
    int32_t at = upper_of(&wire);
    const int32_t low = lower_of(&wire), a = p->node[at].rank, b = p->node[low].rank;

    p->wire[index].first_leg = (int32_t)plane->n_leg;
    p->wire[index].n_leg = b - a;
    p->n_leg += (uint32_t)(b - a);
    if (p->n_leg > LEGS_MOST)
        return error_set(e, ERROR_NOT_DRAWABLE,
                         "the ways of workflow %.64s are too long to be drawn", p->w->id);
    for (int32_t rank = a + 1; rank <= b; rank++) {
        const bool label = lines_width(&wire.label) > 0 && rank == (wire.back ? b - 1 : a + 1);
        const int32_t lower = rank == b ? low : passing(p, region, index, rank, label);

        plane->leg = arena_grow(p->a, plane->leg, plane->n_leg, sizeof(*plane->leg));
        plane->leg[plane->n_leg++] =
            (struct leg){.upper = at,
                         .lower = lower,
                         .wire = index,
                         .upper_fixed = rank == a + 1 && !wire.back && wire.inner >= 0,
                         .lower_fixed = rank == b && wire.back && wire.inner >= 0,
                         .bend = -1};
        at = lower;
    }
    return true;
}

/* Tells each node its legs. */
static void
attach(struct picture *p, struct plane *plane)
{
    for (uint32_t i = 0; i < plane->n_leg; i++) {
        p->node[plane->leg[i].upper].n_below++;
        p->node[plane->leg[i].lower].n_above++;
    }
    for (uint32_t i = 0; i < plane->n_node; i++) {
        struct node *n = &p->node[plane->node[i]];

        n->above = arena_array(p->a, n->n_above, int32_t);
        n->below = arena_array(p->a, n->n_below, int32_t);
        n->n_above = n->n_below = 0;
    }
    for (uint32_t i = 0; i < plane->n_leg; i++) {
        struct node *upper = &p->node[plane->leg[i].upper];
        struct node *lower = &p->node[plane->leg[i].lower];

        upper->below[upper->n_below++] = (int32_t)i;
        lower->above[lower->n_above++] = (int32_t)i;
    }
}

bool
plan_ranks(struct picture *p, uint16_t region, struct error *e)
{
    struct plane *plane = &p->plane[region];
    struct arena scratch = {0};

    rank_nodes(p, plane, &scratch);
    arena_release(&scratch);
    rank_edges(p, plane);
    for (uint32_t i = 0; i < plane->n_wire; i++)
        if (!cut(p, region, plane->wire[i], e))
            return false;
    attach(p, plane);
    return true;
}
