/* SPDX-License-Identifier: Apache-2.0 */
/* Lays a workflow out: from the innermost region out, then each at its place. */
#include "api/picture/plan.h"

enum { LEAST_WIDTH = 88, DOT = 12, BALL = 26, ARROW = 14, ARROW_BPMN = 60, BETWEEN_BPMN = 26 };

static void
size_step(struct picture *p, struct node *n)
{
    const struct step *s = &p->w->step[n->step];

    n->w = lines_width(&n->lines) + 2 * PAD;
    n->h = lines_height(&n->lines) + 2 * PAD;
    if (p->for_bpmn)
        return;
    if (s->kind == STEP_DECISION || s->kind == STEP_WAIT || s->ballot || s->kind == STEP_END)
        n->w += n->h / 2 + PAD;
    else if (s->by == ACTOR_APPLICANT || s->by == ACTOR_SYSTEM || s->by == ACTOR_PUBLIC)
        n->w += 2 * PAD;
}

/* Lines begin at the left, or behind the last way that goes up through them. */
static int32_t
indent_past(const struct picture *p, const struct plane *plane, int32_t shift, int32_t indent)
{
    for (uint32_t i = 0; i < plane->n_node; i++) {
        const struct node *n = &p->node[plane->node[i]];

        if (n->kind == NODE_EXIT && n->up && n->x + shift + PAD > indent)
            indent = n->x + shift + PAD;
    }
    return indent;
}

/* A box holds its own lines and, side by side, its planes, all of one height. */
static void
size_box(struct picture *p, struct node *n)
{
    const struct step *s = &p->w->step[n->step];
    int32_t x = MARGIN, height = 0, width;

    n->head = lines_height(&n->lines) + 2 * PAD;
    n->indent = MARGIN;
    for (uint16_t r = s->first_region; r < s->first_region + s->n_region; r++) {
        struct plane *plane = &p->plane[r];

        plane->x = x;
        plane->y = n->head;
        x += plane->w + MARGIN;
        height = plane->h > height ? plane->h : height;
        n->indent = indent_past(p, plane, plane->x, n->indent);
    }
    width = n->indent + lines_width(&n->lines) + MARGIN;
    for (uint16_t r = s->first_region; r < s->first_region + s->n_region; r++) {
        struct plane *plane = &p->plane[r];

        plane->h = height;
        if (width > x && n->indent == MARGIN)
            plane->x += (width - x) / 2;
        for (uint32_t i = 0; i < plane->n_node; i++)
            if (p->node[plane->node[i]].kind == NODE_EXIT && !p->for_bpmn)
                p->node[plane->node[i]].y = p->node[plane->node[i]].up ? 0 : height;
    }
    n->w = width > x ? width : x;
    n->h = n->head + height + MARGIN;
}

static void
size_node(struct picture *p, struct node *n)
{
    const uint32_t n_port = n->n_above > n->n_below ? n->n_above : n->n_below;

    switch (n->kind) {
    case NODE_STEP:
        size_step(p, n);
        break;
    case NODE_START:
    case NODE_DONE:
        n->w = n->h = p->for_bpmn ? BALL : DOT;
        return;
    case NODE_EXIT:
        n->w = n->h = p->for_bpmn ? BALL : 0;
        return;
    case NODE_AGAIN:
    case NODE_WITHDRAW:
        n->w = lines_width(&n->lines) + 4 * PAD;
        n->h = lines_height(&n->lines) + PAD;
        break;
    case NODE_BOX:
    case NODE_JOINT:
    case NODE_LABEL:
        break;
    }
    if (n->kind == NODE_JOINT || n->kind == NODE_LABEL)
        return;
    if (n->w < LEAST_WIDTH)
        n->w = LEAST_WIDTH;
    if (n->w < (int32_t)n_port * p->between + 2 * PAD)
        n->w = (int32_t)n_port * p->between + 2 * PAD;
}

/* Where a wire leaves a box is where the way within it arrives. */
static void
fix_ports(struct picture *p, struct plane *plane)
{
    for (uint32_t i = 0; i < plane->n_leg; i++) {
        struct leg *leg = &plane->leg[i];
        const int32_t inner = p->wire[leg->wire].inner;
        const int32_t x =
            inner < 0 ? 0
                      : p->plane[p->node[inner].plane].x + p->node[inner].x + p->node[inner].w / 2;

        if (leg->upper_fixed)
            leg->upper_port = x;
        if (leg->lower_fixed)
            leg->lower_port = x;
    }
}

/* Moves the nodes so that they begin at the plane's margin, and gives it its width. */
static void
frame(struct picture *p, struct plane *plane)
{
    int32_t least = INT32_MAX, most = INT32_MIN, shift;

    for (uint32_t i = 0; i < plane->n_node; i++) {
        const struct node *n = &p->node[plane->node[i]];

        least = n->x < least ? n->x : least;
        most = n->x + n->w > most ? n->x + n->w : most;
    }
    for (uint32_t i = 0; i < plane->n_node; i++)
        p->node[plane->node[i]].x += MARGIN - least;
    plane->w = most - least + 2 * MARGIN;
    plane->indent = indent_past(p, plane, 0, MARGIN);
    shift = plane->indent + lines_width(&plane->lines) + MARGIN - plane->w;
    if (shift > 0) {
        for (uint32_t i = 0; i < plane->n_node && plane->indent == MARGIN; i++)
            p->node[plane->node[i]].x += shift / 2;
        plane->w += shift;
    }
}

static bool
lay_region(struct picture *p, uint16_t region, struct error *e)
{
    struct plane *plane = &p->plane[region];

    if (!plan_ranks(p, region, e))
        return false;
    for (uint32_t i = 0; i < plane->n_node; i++) {
        struct node *n = &p->node[plane->node[i]];

        if (n->kind == NODE_BOX)
            size_box(p, n);
        size_node(p, n);
    }
    fix_ports(p, plane);
    plan_order(p, region);
    plan_ports(p, region);
    plan_across(p, region);
    frame(p, plane);
    plane->head = plane->lines.n ? lines_height(&plane->lines) + 2 * PAD : PAD;
    plan_down(p, region);
    return true;
}

/* From places within planes and boxes to places in the picture, from the outermost in. */
static void
settle(struct picture *p)
{
    struct plane *all = &p->plane[0];

    all->x = 0;
    all->y = lines_height(&p->head) + 2 * PAD;
    for (uint32_t r = 0; r < p->w->n_region; r++) {
        struct plane *plane = &p->plane[r];

        if (p->w->region[r].owner != NONE) {
            const struct node *box = &p->node[p->of_step[p->w->region[r].owner]];

            plane->x += box->x;
            plane->y += box->y;
        }
        for (uint32_t i = 0; i < plane->n_node; i++) {
            p->node[plane->node[i]].x += plane->x;
            p->node[plane->node[i]].y += plane->y;
        }
    }
    p->width = all->w;
    if (lines_width(&p->head) + 2 * MARGIN > p->width)
        p->width = lines_width(&p->head) + 2 * MARGIN;
    p->height = all->y + all->h;
}

/* Which of the ways the case went. */
static void
follow(struct picture *p)
{
    p->gone = arena_array(p->a, p->n_way, bool);
    for (uint32_t i = 0; p->trace && i < p->n_way; i++)
        for (uint32_t k = 0; k < p->trace->n_gone && !p->gone[i]; k++) {
            const struct way *way = &p->way[i], *gone = &p->trace->gone[k];

            p->gone[i] =
                way->kind == gone->kind && way->step == gone->step && way->index == gone->index;
        }
}

bool
plan_lay(struct picture *p, struct error *e)
{
    const struct workflow *w = p->w;

    p->arrow = p->for_bpmn ? ARROW_BPMN : ARROW;
    p->between = p->for_bpmn ? BETWEEN_BPMN : PAD;
    if (w->n_step > PICTURE_STEPS_MOST)
        return error_set(e, ERROR_NOT_DRAWABLE, "a workflow of %u steps; %d can be drawn",
                         w->n_step, PICTURE_STEPS_MOST);
    plan_graph(p);
    if (p->n_way > PICTURE_WAYS_MOST)
        return error_set(e, ERROR_NOT_DRAWABLE, "a workflow of %u ways; %d can be drawn", p->n_way,
                         PICTURE_WAYS_MOST);
    follow(p);
    plan_directions(p);
    for (uint32_t r = w->n_region; r-- > 0;)
        if (!lay_region(p, (uint16_t)r, e))
            return false;
    settle(p);
    plan_wires(p);
    return true;
}

bool
picture_lay(struct arena *a, const struct workflow *w, const struct organisation *o,
            enum language lang, const struct picture_trace *trace, const struct picture **out,
            struct error *e)
{
    struct picture *p = arena_new(a, struct picture);

    *p = (struct picture){.a = a, .w = w, .o = o, .lang = lang, .trace = trace};
    if (!plan_lay(p, e))
        return false;
    *out = p;
    return true;
}

const struct way *
picture_ways(const struct picture *p, uint32_t *n)
{
    *n = p->n_way;
    return p->way;
}
