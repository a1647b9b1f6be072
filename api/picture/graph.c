/* SPDX-License-Identifier: Apache-2.0 */
/* From a workflow to planes, nodes and wires: what is to be drawn, not yet where. */
#include <string.h>

#include "api/picture/plan.h"

enum { LABEL_MOST = 150 };

/* The plan while it grows. */
struct sketch {
    struct picture *p;
    int32_t *exit_next; /* chain of the exits of a plane, by node */
    int32_t *exit;      /* [n_region]: the newest exit of the plane */
    size_t apart;       /* where the label of the next way parts from its step's others; or 0 */
};

static int32_t
node_add(struct sketch *d, struct node n)
{
    struct picture *p = d->p;
    struct plane *plane = &p->plane[n.plane];
    const int32_t i = (int32_t)p->n_node;

    n.wire = -1;
    p->node = arena_grow(p->a, p->node, p->n_node, sizeof(*p->node));
    d->exit_next = arena_grow(p->a, d->exit_next, p->n_node, sizeof(*d->exit_next));
    p->node[p->n_node++] = n;
    plane->node = arena_grow(p->a, plane->node, plane->n_node, sizeof(*plane->node));
    plane->node[plane->n_node++] = i;
    return i;
}

/* Ways between the same two nodes are one wire with several words. */
static struct wire *
wire_between(struct sketch *d, int32_t from, int32_t to, int32_t inner)
{
    struct picture *p = d->p;
    struct plane *plane = &p->plane[p->node[from].plane];
    struct wire *wire;

    /* The wires of one step were added one after another. */
    for (uint32_t i = plane->n_wire; i-- > 0;) {
        wire = &p->wire[plane->wire[i]];
        if (p->for_bpmn)
            break;
        if (wire->from == from && wire->to == to && wire->inner == inner)
            return wire;
        if (wire->from != from)
            break;
    }
    plane->wire = arena_grow(p->a, plane->wire, plane->n_wire, sizeof(*plane->wire));
    plane->wire[plane->n_wire++] = (int32_t)p->n_wire;
    p->wire = arena_grow(p->a, p->wire, p->n_wire, sizeof(*p->wire));
    wire = &p->wire[p->n_wire++];
    *wire = (struct wire){.from = from, .to = to, .inner = inner};
    return wire;
}

static void
wire_way(struct sketch *d, int32_t from, int32_t to, int32_t inner, int32_t way)
{
    struct picture *p = d->p;
    struct wire *wire = wire_between(d, from, to, inner);
    const char *label = p->way[way].label;

    if (*label)
        lines_wrap_apart(p->a, &wire->label, label, STYLE_LABEL, LABEL_MOST, way, d->apart);
    else {
        wire->label.item =
            arena_grow(p->a, wire->label.item, wire->label.n, sizeof(*wire->label.item));
        wire->label.item[wire->label.n++] =
            (struct line){.text = "", .style = STYLE_LABEL, .way = way};
    }
}

/* The exit of plane @region for step @to (NONE: "$done"); -1: there is none yet. */
static int32_t
exit_find(const struct sketch *d, uint16_t region, uint16_t to)
{
    int32_t x = d->exit[region];

    while (x >= 0 && d->p->node[x].step != to)
        x = d->exit_next[x];
    return x;
}

static int32_t
exit_add(struct sketch *d, uint16_t region, uint16_t to)
{
    const struct workflow *w = d->p->w;
    const bool through = to == NONE && w->step[w->region[region].owner].kind == STEP_PARALLEL;
    const int32_t x = node_add(
        d, (struct node){.kind = through ? NODE_DONE : NODE_EXIT, .step = to, .plane = region});

    d->exit_next[x] = d->exit[region];
    d->exit[region] = x;
    return x;
}

/* A way that left plane @region by exit @inner goes on in the planes around it. */
static void
carry_on(struct sketch *d, uint16_t region, int32_t inner, uint16_t to)
{
    const struct workflow *w = d->p->w;
    const uint16_t goal = w->step[to].region;

    for (;;) {
        const int32_t box = d->p->of_step[w->region[region].owner];
        int32_t x;

        region = w->region[region].parent;
        if (region == goal) {
            wire_between(d, box, d->p->of_step[to], inner);
            return;
        }
        x = exit_find(d, region, to);
        if (x >= 0) {
            wire_between(d, box, x, inner);
            return;
        }
        x = exit_add(d, region, to);
        wire_between(d, box, x, inner);
        inner = x;
    }
}

/* Something said beside a way that is not drawn as a line. */
static void
say_again(struct sketch *d, int32_t from, uint16_t region, int32_t way)
{
    struct picture *p = d->p;
    const struct step *to = &p->w->step[p->way[way].to.step];
    const char *title = *title_in(p, to->title) ? title_in(p, to->title) : to->id;
    struct node n = {.kind = NODE_AGAIN, .step = NONE, .plane = region};

    if (from == p->of_step[to->index] && p->node[from].kind == NODE_STEP) {
        lines_wrap(p->a, &p->node[from].lines, arena_printf(p->a, "↻ %s", p->way[way].label),
                   STYLE_FAINT, LABEL_MOST, way);
        return;
    }
    lines_wrap(p->a, &n.lines, arena_printf(p->a, "↻ %s", title), STYLE_PLAIN, LABEL_MOST, -1);
    wire_way(d, from, node_add(d, n), -1, way);
}

static void
wire_target(struct sketch *d, int32_t from, uint16_t region, int32_t way)
{
    const struct picture *p = d->p;
    const struct workflow *w = p->w;
    const struct target to = p->way[way].to;
    /* What goes on where a stage is through begins at the exit within it. */
    const bool stage = p->node[from].kind == NODE_BOX && p->way[way].kind == WAY_THROUGH &&
                       w->step[p->node[from].step].kind == STEP_STAGE;
    const int32_t inner = stage ? exit_find(d, w->step[p->node[from].step].first_region, NONE) : -1;
    uint16_t inside = region;
    int32_t x;

    if (to.kind == TARGET_DONE && p->node[from].step != NONE &&
        w->step[p->node[from].step].optional) {
        x = node_add(d, (struct node){.kind = NODE_DONE, .step = NONE, .plane = region});
        wire_way(d, from, x, inner, way);
        return;
    }
    if (to.kind == TARGET_DONE) {
        x = exit_find(d, region, NONE);
        wire_way(d, from, x >= 0 ? x : exit_add(d, region, NONE), inner, way);
        return;
    }
    if (w->step[to.step].region == region) {
        if (p->of_step[to.step] == from)
            say_again(d, from, region, way);
        else
            wire_way(d, from, p->of_step[to.step], inner, way);
        return;
    }
    while (w->region[inside].parent != w->step[to.step].region)
        inside = w->region[inside].parent;
    if (w->region[inside].owner == to.step) {
        say_again(d, from, region, way);
        return;
    }
    x = exit_find(d, region, to.step);
    if (x < 0) {
        x = exit_add(d, region, to.step);
        carry_on(d, region, x, to.step);
    }
    wire_way(d, from, x, inner, way);
}

static void
way_add(struct sketch *d, int32_t from, uint16_t region, struct way way)
{
    struct picture *p = d->p;

    if (way.to.kind == TARGET_NONE)
        return;
    way.label = words_of_way(p, &way);
    p->way = arena_grow(p->a, p->way, p->n_way, sizeof(*p->way));
    p->way[p->n_way++] = way;
    wire_target(d, from, region, (int32_t)p->n_way - 1);
}

/* The arms of a decision or ballot, told apart also where their conditions are long. */
static void
ways_of_arms(struct sketch *d, const struct step *s, int32_t from)
{
    const char **label = arena_array(d->p->a, s->n_arm, const char *);

    for (uint16_t i = 0; i < s->n_arm; i++) {
        const struct way way = {WAY_ARM, s->index, i, s->arm[i].to, ""};

        label[i] = words_of_way(d->p, &way);
    }
    for (uint16_t i = 0; i < s->n_arm; i++) {
        d->apart = text_apart(d->p->a, label[i], label, s->n_arm, STYLE_LABEL, LABEL_MOST);
        way_add(d, from, s->region, (struct way){WAY_ARM, s->index, i, s->arm[i].to, ""});
    }
    d->apart = 0;
}

static void
ways_of_step(struct sketch *d, const struct step *s)
{
    const int32_t from = d->p->of_step[s->index];
    const uint16_t at = s->index;

    for (uint16_t i = 0; i < s->n_action; i++)
        way_add(d, from, s->region, (struct way){WAY_ACTION, at, i, s->action[i].to, ""});
    for (uint16_t i = 0; i < s->n_on; i++)
        way_add(d, from, s->region, (struct way){WAY_MESSAGE, at, i, s->on[i].to, ""});
    ways_of_arms(d, s, from);
    way_add(d, from, s->region, (struct way){WAY_THROUGH, at, 0, s->to, ""});
    if (s->has_else)
        way_add(d, from, s->region, (struct way){WAY_ELSE, at, 0, s->otherwise, ""});
    for (uint16_t i = 0; i < s->n_timer; i++)
        way_add(d, from, s->region, (struct way){WAY_TIMER, at, i, s->timer[i].to, ""});
}

static void
begin_region(struct sketch *d, uint16_t region)
{
    const struct target to = {TARGET_STEP, d->p->w->region[region].start};
    const int32_t start =
        node_add(d, (struct node){.kind = NODE_START, .step = NONE, .plane = region});

    way_add(d, start, region, (struct way){WAY_START, NONE, region, to, ""});
}

/* An optional step: who starts it leads to it, and "$done" from there to a small end of its own. */
static void
begin_optional(struct sketch *d, const struct step *s)
{
    struct picture *p = d->p;
    struct node n = {.kind = NODE_WITHDRAW, .step = NONE, .plane = s->region};
    int32_t from;

    words_of_start(p, &n.lines, s->optional, LABEL_MOST);
    from = node_add(d, n);
    way_add(d, from, s->region,
            (struct way){WAY_STARTED, NONE, s->index, (struct target){TARGET_STEP, s->index}, ""});
}

static void
begin_withdrawal(struct sketch *d)
{
    struct picture *p = d->p;
    struct node n = {.kind = NODE_WITHDRAW, .step = NONE};
    int32_t from;

    if (!p->w->withdraw)
        return;
    lines_wrap(p->a, &n.lines, p->lang == LANGUAGE_ZH ? "申请人撤回" : "the applicant withdraws",
               STYLE_PLAIN, LABEL_MOST, -1);
    from = node_add(d, n);
    way_add(d, from, 0, (struct way){WAY_WITHDRAW, NONE, 0, p->w->withdraw->to, ""});
}

static void
begin_reopening(struct sketch *d, uint16_t ground)
{
    struct picture *p = d->p;
    const struct reopening_rule *rule = &p->w->reopen[ground];
    struct node n = {.kind = NODE_WITHDRAW, .step = NONE};
    int32_t from;

    lines_wrap(p->a, &n.lines,
               arena_printf(p->a, "%s%s", p->lang == LANGUAGE_ZH ? "重新办理：" : "reopened: ",
                            title_in(p, rule->title)),
               STYLE_PLAIN, LABEL_MOST, -1);
    from = node_add(d, n);
    way_add(d, from, 0,
            (struct way){WAY_REOPENED, NONE, ground, (struct target){TARGET_STEP, rule->to}, ""});
}

void
plan_graph(struct picture *p)
{
    const struct workflow *w = p->w;
    struct sketch d = {.p = p};

    p->plane = arena_array(p->a, w->n_region, struct plane);
    p->of_step = arena_array(p->a, w->n_step, int32_t);
    d.exit = arena_array(p->a, w->n_region, int32_t);
    memset(d.exit, -1, w->n_region * sizeof(*d.exit));
    for (uint16_t i = 0; i < w->n_step; i++) {
        struct node n = {.kind = w->step[i].n_region ? NODE_BOX : NODE_STEP,
                         .step = i,
                         .plane = w->step[i].region};

        words_of_step(p, &n);
        p->of_step[i] = node_add(&d, n);
    }
    /* From the innermost region out: the exits of a stage are there when its own ways are drawn. */
    for (uint32_t r = w->n_region; r-- > 0;) {
        words_of_plane(p, (uint16_t)r);
        begin_region(&d, (uint16_t)r);
        for (uint32_t i = 0; i < w->n_step; i++)
            if (w->step[i].region == r)
                ways_of_step(&d, &w->step[i]);
        for (uint32_t i = 0; i < w->n_step; i++)
            if (w->step[i].region == r && w->step[i].optional)
                begin_optional(&d, &w->step[i]);
    }
    begin_withdrawal(&d);
    for (uint16_t i = 0; i < w->n_reopen; i++)
        begin_reopening(&d, i);
    words_of_case(p);
}
