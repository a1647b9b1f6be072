/* SPDX-License-Identifier: Apache-2.0 */
/* Across: where on its rank each node stands, so that legs are straight where they can be. */
#include <string.h>

#include "api/picture/plan.h"

enum { ROUNDS = 24, ROUNDS_LARGE = 6, LARGE = 4000, STRAIGHTENED = 3 };

static bool
is_thin(const struct node *n)
{
    return n->kind == NODE_JOINT || (n->kind == NODE_EXIT && n->w == 0);
}

/* Room between two neighbours of a rank. */
static int32_t
room_between(const struct node *left, const struct node *right)
{
    if (is_thin(left) && is_thin(right))
        return 14;
    if (is_thin(left) || is_thin(right))
        return 12;
    return left->kind == NODE_LABEL || right->kind == NODE_LABEL ? 10 : GAP;
}

/* How much a leg wants to be straight: the longer its wire, the more. */
static int64_t
weight_of(const struct picture *p, const struct leg *leg)
{
    const bool a = is_thin(&p->node[leg->upper]) || p->node[leg->upper].kind == NODE_LABEL;
    const bool b = is_thin(&p->node[leg->lower]) || p->node[leg->lower].kind == NODE_LABEL;

    return a && b ? 8 : a || b ? 3 : 1;
}

/* May a leg touch this end of itself anywhere along the side?  Then it is straight if it can be. */
static bool
slides(const struct picture *p, const struct leg *leg, bool upper)
{
    const struct node *n = &p->node[upper ? leg->upper : leg->lower];

    return n->kind == NODE_BOX && !(upper ? leg->upper_fixed : leg->lower_fixed);
}

static int32_t
within(int32_t x, int32_t least, int32_t most)
{
    return x < least ? least : x > most ? most : x;
}

/* The same with every port where it is: boxes like to stand in the middle, too. */
static int32_t
middle_apart(const struct picture *p, const struct leg *leg, bool upper)
{
    const int32_t above = p->node[leg->upper].x + leg->upper_port;
    const int32_t below = p->node[leg->lower].x + leg->lower_port;

    return upper ? below - above : above - below;
}

/* How far a node's end of a leg is from the other end. */
static int32_t
apart(const struct picture *p, const struct leg *leg, bool upper)
{
    const struct node *n = &p->node[upper ? leg->upper : leg->lower];
    const struct node *other = &p->node[upper ? leg->lower : leg->upper];
    int32_t mine = n->x + (upper ? leg->upper_port : leg->lower_port);
    int32_t theirs = other->x + (upper ? leg->lower_port : leg->upper_port);

    if (slides(p, leg, upper))
        mine = within(theirs, n->x + GAP, n->x + n->w - GAP);
    if (slides(p, leg, !upper))
        theirs = within(mine, other->x + GAP, other->x + other->w - GAP);
    return theirs - mine;
}

/* A run of neighbours that touch one another. */
struct run_of {
    int64_t sum, weight;
    uint32_t n;
};

/* Where @n would stand if it alone were asked. */
static void
wish(const struct picture *p, const struct plane *plane, const struct node *n, bool above,
     int64_t *sum, int64_t *weight)
{
    const uint32_t n_leg = above ? n->n_above : n->n_below;

    for (uint32_t i = 0; i < n_leg; i++) {
        const struct leg *leg = &plane->leg[above ? n->above[i] : n->below[i]];
        const int64_t w = weight_of(p, leg);

        *sum += w * (n->x + apart(p, leg, !above));
        *weight += w;
        if (slides(p, leg, true) || slides(p, leg, false)) {
            *sum += n->x + middle_apart(p, leg, !above);
            *weight += 1;
        }
    }
}

/*
 * Moves a rank's nodes as near to their wishes as their order and the room
 * between them allow: least squares with an order is the joining of runs that
 * would overlap, each at the mean of its members.
 */
static void
settle_rank(struct picture *p, const struct plane *plane, int32_t rank, bool above, bool below,
            struct run_of *run)
{
    const uint32_t n = plane->n_layer[rank];
    const int32_t *node = plane->layer[rank];
    uint32_t n_run = 0, at = 0;
    int64_t offset = 0;

    for (uint32_t i = 0; i < n; i++) {
        const struct node *x = &p->node[node[i]];
        int64_t sum = 0, weight = 0;

        if (i)
            offset += p->node[node[i - 1]].w + room_between(&p->node[node[i - 1]], x);
        if (above)
            wish(p, plane, x, true, &sum, &weight);
        if (below)
            wish(p, plane, x, false, &sum, &weight);
        if (weight == 0) {
            sum = x->x;
            weight = 1;
        }
        run[n_run++] = (struct run_of){sum - weight * offset, weight, 1};
        while (n_run > 1 && run[n_run - 2].sum * run[n_run - 1].weight >
                                run[n_run - 1].sum * run[n_run - 2].weight) {
            run[n_run - 2].sum += run[n_run - 1].sum;
            run[n_run - 2].weight += run[n_run - 1].weight;
            run[n_run - 2].n += run[n_run - 1].n;
            n_run--;
        }
    }
    offset = 0;
    for (uint32_t r = 0; r < n_run; r++) {
        const int64_t mean = run[r].sum / run[r].weight;
        const int64_t base = mean - (run[r].sum % run[r].weight < 0);

        for (uint32_t i = 0; i < run[r].n; i++, at++) {
            if (at)
                offset += p->node[node[at - 1]].w +
                          room_between(&p->node[node[at - 1]], &p->node[node[at]]);
            p->node[node[at]].x = (int32_t)(base + offset);
        }
    }
}

/* Where there is room, what hangs on one leg comes to stand straight below it, or above. */
static void
straighten(struct picture *p, const struct plane *plane, int32_t rank, bool above)
{
    const uint32_t n = plane->n_layer[rank];

    for (uint32_t i = 0; i < n; i++) {
        struct node *x = &p->node[plane->layer[rank][i]];
        const struct node *left = i ? &p->node[plane->layer[rank][i - 1]] : NULL;
        const struct node *right = i + 1 < n ? &p->node[plane->layer[rank][i + 1]] : NULL;
        const struct leg *leg;
        int32_t to;

        if ((above ? x->n_above : x->n_below) != 1 || x->kind == NODE_BOX)
            continue;
        leg = &plane->leg[above ? x->above[0] : x->below[0]];
        to = x->x + apart(p, leg, !above);
        if (left && to < left->x + left->w + room_between(left, x))
            to = left->x + left->w + room_between(left, x);
        if (right && to > right->x - x->w - room_between(x, right))
            to = right->x - x->w - room_between(x, right);
        x->x = to;
    }
}

/* A node with several legs keeps the one that is nearly straight quite straight. */
static void
snap(struct picture *p, const struct plane *plane, int32_t rank)
{
    const uint32_t n = plane->n_layer[rank];

    for (uint32_t i = 0; i < n; i++) {
        struct node *x = &p->node[plane->layer[rank][i]];
        const struct node *left = i ? &p->node[plane->layer[rank][i - 1]] : NULL;
        const struct node *right = i + 1 < n ? &p->node[plane->layer[rank][i + 1]] : NULL;

        for (uint32_t k = 0; k < x->n_above && x->kind != NODE_JOINT; k++) {
            const struct leg *leg = &plane->leg[x->above[k]];
            const int32_t to = x->x + apart(p, leg, false);

            if (to == x->x || to > x->x + PAD || to < x->x - PAD)
                continue;
            if (left && to < left->x + left->w + room_between(left, x))
                continue;
            if (right && to > right->x - x->w - room_between(x, right))
                continue;
            x->x = to;
            break;
        }
    }
}

/* Is @x free of the ports that are already settled on this side? */
static bool
port_free(const int32_t *taken, uint32_t n, int32_t x, int32_t between)
{
    for (uint32_t i = 0; i < n; i++)
        if (taken[i] > x - between && taken[i] < x + between)
            return false;
    return true;
}

/* Gives the legs of one side of a box the places nearest to their other ends. */
static void
slide_ports(const struct picture *p, struct plane *plane, const struct node *n, bool bottom,
            int32_t *taken)
{
    const uint32_t n_leg = bottom ? n->n_below : n->n_above;
    const int32_t *list = bottom ? n->below : n->above;
    uint32_t n_taken = 0;

    for (uint32_t i = 0; i < n_leg; i++)
        if (!slides(p, &plane->leg[list[i]], bottom))
            taken[n_taken++] =
                bottom ? plane->leg[list[i]].upper_port : plane->leg[list[i]].lower_port;
    for (uint32_t i = 0; i < n_leg; i++) {
        struct leg *leg = &plane->leg[list[i]];
        const struct node *other = &p->node[bottom ? leg->lower : leg->upper];
        const int32_t theirs = other->x + (bottom ? leg->lower_port : leg->upper_port);
        const int32_t best = within(theirs - n->x, GAP, n->w - GAP);
        int32_t x = best;

        if (!slides(p, leg, bottom))
            continue;
        for (int32_t off = 1; !port_free(taken, n_taken, x, p->between) && off < 2 * n->w; off++) {
            x = off % 2 ? best - (off + 1) / 2 : best + off / 2;
            x = within(x, PAD, n->w - PAD);
        }
        taken[n_taken++] = x;
        *(bottom ? &leg->upper_port : &leg->lower_port) = x;
    }
}

static void
slide(struct picture *p, struct plane *plane, struct arena *scratch)
{
    int32_t *taken = arena_array(scratch, plane->n_leg, int32_t);

    for (uint32_t i = 0; i < plane->n_node; i++) {
        const struct node *n = &p->node[plane->node[i]];

        if (n->kind != NODE_BOX)
            continue;
        slide_ports(p, plane, n, false, taken);
        slide_ports(p, plane, n, true, taken);
    }
}

void
plan_across(struct picture *p, uint16_t region)
{
    struct plane *plane = &p->plane[region];
    struct arena scratch = {0};
    struct run_of *run = arena_array(&scratch, plane->n_node, struct run_of);
    const int rounds = plane->n_leg > LARGE ? ROUNDS_LARGE : ROUNDS;

    for (int32_t r = 0; r < plane->n_rank; r++)
        settle_rank(p, plane, r, r > 0, false, run);
    for (int i = 0; i < rounds; i++) {
        const bool both = i >= rounds / 2;

        for (int32_t r = plane->n_rank; r-- > 0;)
            settle_rank(p, plane, r, both, true, run);
        for (int32_t r = 0; r < plane->n_rank; r++)
            settle_rank(p, plane, r, true, both, run);
    }
    for (int i = 0; i < STRAIGHTENED; i++) {
        for (int32_t r = plane->n_rank; r-- > 0;)
            straighten(p, plane, r, false);
        for (int32_t r = 1; r < plane->n_rank; r++) {
            straighten(p, plane, r, true);
            snap(p, plane, r);
        }
    }
    slide(p, plane, &scratch);
    arena_release(&scratch);
}
