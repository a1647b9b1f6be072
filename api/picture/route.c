/* SPDX-License-Identifier: Apache-2.0 */
/* Down: how high each rank is, where legs bend between two of them, and the points of wires. */
#include <stdlib.h>

#include "api/picture/plan.h"

enum { BENDS_WEIGHED = 200, ON_TOP = 1000, ASIDE = 6, MENDS_MOST = 20 };

/* The horizontal part of a leg: from where it comes down to where it goes on. */
struct bend {
    int32_t from, to;
    int32_t leg, track;
};

static int32_t
low(const struct bend *b)
{
    return b->from < b->to ? b->from : b->to;
}

static int32_t
high(const struct bend *b)
{
    return b->from < b->to ? b->to : b->from;
}

static bool
inside(const struct bend *b, int32_t x)
{
    return x > low(b) && x < high(b);
}

/* What it costs to draw @a above @b: the crossings, and worse, lines upon lines. */
static int
cost_above(const struct bend *a, const struct bend *b)
{
    return inside(b, a->to) + inside(a, b->from) + (a->to == b->from ? ON_TOP : 0);
}

static int
compare_bends(const void *a, const void *b)
{
    const struct bend *x = a, *y = b;

    if (low(x) != low(y))
        return low(x) < low(y) ? -1 : 1;
    return x->leg < y->leg ? -1 : x->leg > y->leg;
}

/* Puts each bend where it costs least among those before it. */
static void
sort_bends(struct bend *list, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        const struct bend b = list[i];
        int64_t cost = 0, least = 0;
        uint32_t best = i, k = i;

        /* Last of all costs nothing to begin with; each step up changes it by one neighbour. */
        while (k-- > 0) {
            cost += cost_above(&b, &list[k]) - cost_above(&list[k], &b);
            if (cost < least) {
                least = cost;
                best = k;
            }
        }
        for (k = i; k > best; k--)
            list[k] = list[k - 1];
        list[best] = b;
    }
}

/* A bend lies on the highest track below those it must lie below; returns how many there are. */
static int32_t
give_tracks(struct bend *list, uint32_t n)
{
    int32_t n_track = 0;

    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < i; k++)
            if (low(&list[k]) <= high(&list[i]) + 6 && low(&list[i]) <= high(&list[k]) + 6 &&
                list[i].track <= list[k].track)
                list[i].track = list[k].track + 1;
        if (list[i].track >= n_track)
            n_track = list[i].track + 1;
    }
    return n_track;
}

static bool
has_solid(const struct picture *p, const struct plane *plane, int32_t rank)
{
    for (uint32_t i = 0; i < plane->n_layer[rank]; i++) {
        const enum node_kind kind = p->node[plane->layer[rank][i]].kind;

        if (kind != NODE_JOINT && kind != NODE_LABEL && (kind != NODE_EXIT || p->for_bpmn))
            return true;
    }
    return false;
}

static int32_t
edge_room(const struct picture *p, const struct plane *plane, int32_t rank)
{
    return has_solid(p, plane, rank) ? p->arrow : 5;
}

/* The horizontal parts of the legs from @rank to the next; returns how many there are. */
static uint32_t
find_bends(const struct picture *p, const struct plane *plane, int32_t rank, struct bend *bend)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < plane->n_layer[rank]; i++) {
        const struct node *node = &p->node[plane->layer[rank][i]];

        for (uint32_t k = 0; k < node->n_below; k++) {
            const struct leg *leg = &plane->leg[node->below[k]];
            const int32_t from = node->x + leg->upper_port;
            const int32_t to = p->node[leg->lower].x + leg->lower_port;

            if (from != to)
                bend[n++] = (struct bend){from, to, node->below[k], 0};
        }
    }
    qsort(bend, n, sizeof(*bend), compare_bends);
    return n;
}

/* Does no leg from @rank but @leg begin or end where @x is? */
static bool
is_clear(const struct picture *p, const struct plane *plane, int32_t rank, int32_t leg, int32_t x)
{
    for (uint32_t i = 0; i < plane->n_layer[rank]; i++) {
        const struct node *node = &p->node[plane->layer[rank][i]];

        for (uint32_t k = 0; k < node->n_below; k++) {
            const struct leg *other = &plane->leg[node->below[k]];

            if (node->below[k] != leg &&
                (abs(node->x + other->upper_port - x) < ASIDE / 2 ||
                 abs(p->node[other->lower].x + other->lower_port - x) < ASIDE / 2))
                return false;
        }
    }
    return true;
}

/* Moves one end of a leg a little; false where it has to stay. */
static bool
move_aside(struct picture *p, struct plane *plane, int32_t rank, int32_t index, bool upper)
{
    struct leg *leg = &plane->leg[index];
    const struct node *n = &p->node[upper ? leg->upper : leg->lower];
    const bool passes = n->kind == NODE_JOINT; /* its two legs are one line */
    const bool wide = n->w >= 2 * (ASIDE + PAD);
    int32_t *port = upper ? &leg->upper_port : &leg->lower_port;

    if ((passes ? upper : !wide) || (upper ? leg->upper_fixed : leg->lower_fixed))
        return false;
    for (int32_t by = -ASIDE; by <= ASIDE; by += 2 * ASIDE) {
        const int32_t x = *port + by;

        if ((!passes && (x < PAD || x > n->w - PAD)) || !is_clear(p, plane, rank, index, n->x + x))
            continue;
        *port = x;
        if (passes)
            plane->leg[n->below[0]].upper_port = x;
        return true;
    }
    return false;
}

/*
 * Of legs that change places, each begins where another comes to: whichever is
 * drawn above, two lie upon each other.  One of the two ends is moved.
 */
static bool
mend_bends(struct picture *p, struct plane *plane, int32_t rank, const struct bend *list,
           uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < n; k++)
            if (list[i].to == list[k].from && list[i].track < list[k].track &&
                (move_aside(p, plane, rank, list[i].leg, false) ||
                 move_aside(p, plane, rank, list[k].leg, true)))
                return true;
    return false;
}

/* The gap below @rank, which begins at @y; returns where the next rank begins. */
static int32_t
bend_gap(struct picture *p, struct plane *plane, int32_t rank, int32_t y, struct bend *bend)
{
    int32_t n_track;
    uint32_t n;
    int tries = 0;

    do {
        n = find_bends(p, plane, rank, bend);
        if (n <= BENDS_WEIGHED)
            sort_bends(bend, n);
        n_track = give_tracks(bend, n);
    } while (n <= BENDS_WEIGHED && tries++ < MENDS_MOST && mend_bends(p, plane, rank, bend, n));
    y += edge_room(p, plane, rank);
    for (uint32_t i = 0; i < n; i++)
        plane->leg[bend[i].leg].bend = y + bend[i].track * TRACK;
    return y + (n_track ? (n_track - 1) * TRACK : 0) + edge_room(p, plane, rank + 1);
}

/* Room for the gateway below a last step from which several ways part. */
enum { BELOW_BPMN = 54 };

void
plan_down(struct picture *p, uint16_t region)
{
    struct plane *plane = &p->plane[region];
    struct arena scratch = {0};
    struct bend *bend = arena_array(&scratch, plane->n_leg, struct bend);
    int32_t y = plane->head;

    for (int32_t r = 0; r < plane->n_rank; r++) {
        int32_t height = 0;

        for (uint32_t i = 0; i < plane->n_layer[r]; i++) {
            struct node *n = &p->node[plane->layer[r][i]];

            n->y = y;
            height = n->h > height ? n->h : height;
        }
        y += height;
        if (r + 1 < plane->n_rank)
            y = bend_gap(p, plane, r, y, bend);
    }
    plane->h = y + (p->for_bpmn ? BELOW_BPMN : MARGIN);
    arena_release(&scratch);
}

static void
point_add(struct picture *p, struct wire *w, int32_t x, int32_t y)
{
    const uint32_t n = w->n_point;
    int32_t *at = w->point;

    /* Three in a row are two. */
    if (n >= 2 && ((at[2 * n - 2] == x && at[2 * n - 4] == x) ||
                   (at[2 * n - 1] == y && at[2 * n - 3] == y))) {
        at[2 * n - 2] = x;
        at[2 * n - 1] = y;
        return;
    }
    w->point = arena_grow(p->a, w->point, 2 * n, sizeof(*w->point));
    w->point[2 * n] = x;
    w->point = arena_grow(p->a, w->point, 2 * n + 1, sizeof(*w->point));
    w->point[2 * n + 1] = y;
    w->n_point++;
}

static void
turn_round(struct wire *w)
{
    for (uint32_t i = 0, j = w->n_point - 1; i < j; i++, j--) {
        const int32_t x = w->point[2 * i], y = w->point[2 * i + 1];

        w->point[2 * i] = w->point[2 * j];
        w->point[2 * i + 1] = w->point[2 * j + 1];
        w->point[2 * j] = x;
        w->point[2 * j + 1] = y;
    }
}

static void
wire_points(struct picture *p, const struct plane *plane, struct wire *w)
{
    for (int32_t i = w->first_leg; i < w->first_leg + w->n_leg; i++) {
        const struct leg *leg = &plane->leg[i];
        const struct node *upper = &p->node[leg->upper], *lower = &p->node[leg->lower];
        const int32_t from = upper->x + leg->upper_port, to = lower->x + leg->lower_port;

        /* It goes on a little aside: behind the label. */
        if (upper->kind == NODE_LABEL) {
            point_add(p, w, w->point[2 * w->n_point - 2], upper->y + upper->h / 2);
            point_add(p, w, from, upper->y + upper->h / 2);
        }
        point_add(p, w, from, upper->y + upper->h);
        if (from != to) {
            point_add(p, w, from, plane->y + leg->bend);
            point_add(p, w, to, plane->y + leg->bend);
        }
        point_add(p, w, to, lower->y);
    }
    if (w->back)
        turn_round(w);
    /* It carries on the wire that ends at the exit within the box. */
    if (w->inner >= 0 && !p->for_bpmn)
        w->point[1] = p->node[w->inner].y;
}

void
plan_wires(struct picture *p)
{
    for (uint32_t r = 0; r < p->w->n_region; r++)
        for (uint32_t i = 0; i < p->plane[r].n_wire; i++)
            wire_points(p, &p->plane[r], &p->wire[p->plane[r].wire[i]]);
}
