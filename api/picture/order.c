/* SPDX-License-Identifier: Apache-2.0 */
/* The order of the nodes on each rank, so that few legs cross; where legs touch nodes. */
#include <stdlib.h>
#include <string.h>

#include "api/picture/plan.h"

enum { SWEEPS = 12, SWEEPS_LARGE = 2, LARGE = 4000, SCALE = 1024 };

/* A node, or a leg, with what it is sorted by. */
struct keyed {
    int64_t key, second;
    int32_t item;
};

static int
compare_keys(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    if (x->second != y->second)
        return x->second < y->second ? -1 : 1;
    return x->item < y->item ? -1 : x->item > y->item;
}

/* Where along its rank a leg's end is. */
static int64_t
end_key(const struct picture *p, const struct leg *leg, bool upper)
{
    const struct node *n = &p->node[upper ? leg->upper : leg->lower];
    const bool fixed = upper ? leg->upper_fixed : leg->lower_fixed;
    const int32_t port = upper ? leg->upper_port : leg->lower_port;

    return (int64_t)n->order * SCALE +
           (fixed && n->w > 0 ? (int64_t)port * SCALE / n->w : SCALE / 2);
}

static void
number(struct picture *p, const struct plane *plane, int32_t rank)
{
    for (uint32_t i = 0; i < plane->n_layer[rank]; i++)
        p->node[plane->layer[rank][i]].order = (int32_t)i;
}

/* The first order: as a walk from the top meets them, so that one way stays together. */
static void
first_order(struct picture *p, struct plane *plane, struct arena *scratch)
{
    bool *seen = arena_array(scratch, p->n_node, bool);
    int32_t *stack = arena_array(scratch, plane->n_leg + plane->n_node + 1, int32_t);

    plane->layer = arena_array(p->a, plane->n_rank, int32_t *);
    plane->n_layer = arena_array(p->a, plane->n_rank, uint32_t);
    for (uint32_t i = 0; i < plane->n_node; i++)
        plane->n_layer[p->node[plane->node[i]].rank]++;
    for (int32_t r = 0; r < plane->n_rank; r++) {
        plane->layer[r] = arena_array(p->a, plane->n_layer[r], int32_t);
        plane->n_layer[r] = 0;
    }
    for (uint32_t i = 0; i < plane->n_node; i++) {
        uint32_t n = 0;

        if (p->node[plane->node[i]].n_above)
            continue;
        stack[n++] = plane->node[i];
        while (n) {
            const int32_t at = stack[--n];
            const struct node *node = &p->node[at];

            if (seen[at])
                continue;
            seen[at] = true;
            plane->layer[node->rank][plane->n_layer[node->rank]++] = at;
            for (uint32_t k = node->n_below; k-- > 0;)
                stack[n++] = plane->leg[node->below[k]].lower;
        }
    }
    for (int32_t r = 0; r < plane->n_rank; r++)
        number(p, plane, r);
}

/* Counts, for legs sorted by their upper ends, pairs whose lower ends are the other way round. */
static uint64_t
inversions(struct keyed *leg, struct keyed *room, size_t n)
{
    const size_t half = n / 2;
    uint64_t count;
    size_t i = 0, j = half, k = 0;

    if (n < 2)
        return 0;
    count = inversions(leg, room, half) + inversions(leg + half, room, n - half);
    while (i < half && j < n)
        if (leg[j].second < leg[i].second) {
            count += half - i;
            room[k++] = leg[j++];
        } else {
            room[k++] = leg[i++];
        }
    while (i < half)
        room[k++] = leg[i++];
    while (j < n)
        room[k++] = leg[j++];
    memcpy(leg, room, n * sizeof(*leg));
    return count;
}

static uint64_t
crossings(const struct picture *p, const struct plane *plane, struct keyed *leg, struct keyed *room)
{
    uint64_t count = 0;

    for (int32_t r = 0; r + 1 < plane->n_rank; r++) {
        size_t n = 0;

        for (uint32_t i = 0; i < plane->n_layer[r]; i++) {
            const struct node *node = &p->node[plane->layer[r][i]];

            for (uint32_t k = 0; k < node->n_below; k++) {
                const struct leg *l = &plane->leg[node->below[k]];

                leg[n++] = (struct keyed){end_key(p, l, true), end_key(p, l, false), 0};
            }
        }
        qsort(leg, n, sizeof(*leg), compare_keys);
        count += inversions(leg, room, n);
    }
    return count;
}

/* Sorts a rank by where its nodes' neighbours stand, above or below. */
static void
sort_rank(struct picture *p, const struct plane *plane, int32_t rank, bool by_above,
          struct keyed *key)
{
    const uint32_t n = plane->n_layer[rank];

    for (uint32_t i = 0; i < n; i++) {
        const struct node *node = &p->node[plane->layer[rank][i]];
        const uint32_t n_leg = by_above ? node->n_above : node->n_below;
        int64_t sum = 0;

        for (uint32_t k = 0; k < n_leg; k++)
            sum += end_key(p, &plane->leg[by_above ? node->above[k] : node->below[k]], by_above);
        key[i] = (struct keyed){n_leg ? sum / n_leg : (int64_t)i * SCALE + SCALE / 2, i,
                                plane->layer[rank][i]};
    }
    qsort(key, n, sizeof(*key), compare_keys);
    for (uint32_t i = 0; i < n; i++)
        plane->layer[rank][i] = key[i].item;
    number(p, plane, rank);
}

static void
keep(const struct picture *p, const struct plane *plane, int32_t *kept)
{
    for (uint32_t i = 0; i < plane->n_node; i++)
        kept[i] = p->node[plane->node[i]].order;
}

static void
restore(struct picture *p, struct plane *plane, const int32_t *kept)
{
    for (uint32_t i = 0; i < plane->n_node; i++) {
        struct node *n = &p->node[plane->node[i]];

        n->order = kept[i];
        plane->layer[n->rank][n->order] = plane->node[i];
    }
}

void
plan_order(struct picture *p, uint16_t region)
{
    struct plane *plane = &p->plane[region];
    struct arena scratch = {0};
    const uint32_t most = plane->n_leg > plane->n_node ? plane->n_leg : plane->n_node;
    struct keyed *key = arena_array(&scratch, most + 1, struct keyed);
    struct keyed *room = arena_array(&scratch, most + 1, struct keyed);
    int32_t *kept = arena_array(&scratch, plane->n_node, int32_t);
    const int sweeps = plane->n_leg > LARGE ? SWEEPS_LARGE : SWEEPS;
    uint64_t best;

    first_order(p, plane, &scratch);
    best = crossings(p, plane, key, room);
    keep(p, plane, kept);
    for (int i = 0; i < sweeps && best; i++) {
        uint64_t now;

        for (int32_t r = 1; r < plane->n_rank; r++)
            sort_rank(p, plane, r, true, key);
        for (int32_t r = plane->n_rank - 1; r-- > 0;)
            sort_rank(p, plane, r, false, key);
        now = crossings(p, plane, key, room);
        if (now < best) {
            best = now;
            keep(p, plane, kept);
        }
    }
    restore(p, plane, kept);
    arena_release(&scratch);
}

/* The middle of the widest stretch of a side that no port has yet. */
static int32_t
widest_gap(const int32_t *port, uint32_t n, int32_t width)
{
    int32_t before = 0, middle = width / 2, most = -1;

    for (uint32_t i = 0; i <= n; i++) {
        const int32_t after = i < n ? port[i] : width;

        if (after - before > most) {
            most = after - before;
            middle = before + (after - before) / 2;
        }
        before = after;
    }
    return middle;
}

/* Adds @x to the sorted @port. */
static void
insert_port(int32_t *port, uint32_t n, int32_t x)
{
    while (n > 0 && port[n - 1] > x) {
        port[n] = port[n - 1];
        n--;
    }
    port[n] = x;
}

/* Spreads the legs over one side of a node, in the order of their other ends. */
static void
spread(const struct picture *p, struct plane *plane, const struct node *n, bool bottom,
       struct arena *scratch)
{
    const uint32_t n_leg = bottom ? n->n_below : n->n_above;
    const int32_t *list = bottom ? n->below : n->above;
    struct keyed *key = arena_array(scratch, n_leg, struct keyed);
    int32_t *port = arena_array(scratch, n_leg + 1, int32_t), space;
    uint32_t n_fixed = 0, n_free = 0;

    for (uint32_t i = 0; i < n_leg; i++) {
        const struct leg *leg = &plane->leg[list[i]];

        if (bottom ? leg->upper_fixed : leg->lower_fixed)
            insert_port(port, n_fixed++, bottom ? leg->upper_port : leg->lower_port);
        else
            key[n_free++] = (struct keyed){end_key(p, leg, !bottom), i, list[i]};
    }
    qsort(key, n_free, sizeof(*key), compare_keys);
    space = n_free > 1 ? (n->w - 2 * PAD) / (int32_t)(n_free - 1) : 0;
    /* On a point all of them meet. */
    space = space > GAP ? GAP : space < 0 ? 0 : space;
    for (uint32_t i = 0; i < n_free; i++) {
        struct leg *leg = &plane->leg[key[i].item];
        int32_t x = n->w / 2 + (2 * (int32_t)i - (int32_t)n_free + 1) * space / 2;

        if (n_fixed) {
            x = widest_gap(port, n_fixed, n->w);
            insert_port(port, n_fixed++, x);
        }
        *(bottom ? &leg->upper_port : &leg->lower_port) = x;
    }
}

void
plan_ports(struct picture *p, uint16_t region)
{
    struct plane *plane = &p->plane[region];
    struct arena scratch = {0};

    for (uint32_t i = 0; i < plane->n_node; i++) {
        const struct node *n = &p->node[plane->node[i]];

        spread(p, plane, n, false, &scratch);
        spread(p, plane, n, true, &scratch);
        arena_reset(&scratch);
    }
    arena_release(&scratch);
}
