/* SPDX-License-Identifier: Apache-2.0 */
/* From a laid-out plan to the elements and flows of BPMN. */
#include <stdio.h>
#include <string.h>

#include "api/picture/bpmn.h"
#include "api/picture/xml.h"

enum { DIAMOND = 24, BUS = 26, BUS_BACK = 46, SIDE = 8 };

static int32_t
element_add(struct chart *c, struct element e)
{
    e.attributes = e.attributes ? e.attributes : "";
    e.body = e.body ? e.body : "";
    c->element = arena_grow(c->p->a, c->element, c->n_element, sizeof(*c->element));
    c->element[c->n_element++] = e;
    return (int32_t)c->n_element - 1;
}

static void
flow_list(struct chart *c, int32_t **list, uint32_t *n, int32_t flow)
{
    *list = arena_grow(c->p->a, *list, *n, sizeof(**list));
    (*list)[(*n)++] = flow;
}

static struct flow *
flow_add(struct chart *c, struct flow f)
{
    const int32_t i = (int32_t)c->n_flow;

    f.plane = c->element[f.from].plane;
    c->flow = arena_grow(c->p->a, c->flow, c->n_flow, sizeof(*c->flow));
    c->flow[c->n_flow++] = f;
    flow_list(c, &c->element[f.from].out, &c->element[f.from].n_out, i);
    flow_list(c, &c->element[f.to].in, &c->element[f.to].n_in, i);
    return &c->flow[i];
}

static void
point(struct chart *c, struct flow *f, int32_t x, int32_t y)
{
    f->point = arena_grow(c->p->a, f->point, 2 * f->n_point, sizeof(*f->point));
    f->point[2 * f->n_point] = x;
    f->point = arena_grow(c->p->a, f->point, 2 * f->n_point + 1, sizeof(*f->point));
    f->point[2 * f->n_point + 1] = y;
    f->n_point++;
}

static const char *
say(const struct chart *c, const char *zh, const char *en)
{
    return c->p->lang == LANGUAGE_ZH ? zh : en;
}

/* All that @l says, as it was before it became lines. */
static const char *
joined(struct chart *c, const struct lines *l)
{
    struct text t = text_new(c->p->a);

    for (uint32_t i = 0; i < l->n; i++)
        if (l->item[i].whole)
            text_printf(&t, "%s%s", t.len ? "; " : "", l->item[i].whole);
    return t.len ? t.at : "";
}

static uint32_t
arrivals(const struct picture *p, int32_t node)
{
    const struct plane *plane = &p->plane[p->node[node].plane];
    uint32_t n = 0;

    for (uint32_t i = 0; i < plane->n_wire; i++)
        n += p->wire[plane->wire[i]].to == node;
    return n;
}

static uint32_t
departures(const struct picture *p, int32_t node)
{
    const struct plane *plane = &p->plane[p->node[node].plane];
    uint32_t n = 0;

    for (uint32_t i = 0; i < plane->n_wire; i++)
        n += p->wire[plane->wire[i]].from == node;
    return n;
}

/* What the main element of node @i is: its tag, and what stands in it. */
static struct element
element_of_step(struct chart *c, int32_t i)
{
    const struct node *n = &c->p->node[i];
    const struct step *s = &c->p->w->step[n->step];
    struct element e = {.id = arena_printf(c->p->a, "step_%s", s->path),
                        .name = *title_in(c->p, s->title) ? title_in(c->p, s->title) : s->id,
                        .said = joined(c, &n->lines)};

    switch (s->kind) {
    case STEP_STAGE:
        e.tag = "subProcess";
        break;
    case STEP_PARALLEL:
        e.tag = "adHocSubProcess";
        e.attributes = " ordering=\"Parallel\"";
        break;
    case STEP_END:
        e.tag = "endEvent";
        break;
    case STEP_DECISION:
        /* of which all arms lead to one place nothing parts */
        e.tag = departures(c->p, i) > 1 ? "exclusiveGateway" : "businessRuleTask";
        break;
    case STEP_WAIT:
        if (s->children) {
            e.tag = "callActivity";
            e.attributes = arena_printf(c->p->a, " calledElement=\"%s\"", s->children->workflow);
            if (s->children->each)
                e.body = "<bpmn:multiInstanceLoopCharacteristics/>";
            break;
        }
        e.tag = s->n_action || s->n_timer || s->n_on ? "userTask" : "intermediateCatchEvent";
        break;
    case STEP_BALLOT:
        e.tag = "userTask";
        break;
    case STEP_TASK:
        e.tag = s->by == ACTOR_SYSTEM ? "serviceTask" : "userTask";
        break;
    }
    return e;
}

static const char *
escalation(struct chart *c, uint16_t to)
{
    c->escalates[to] = true;
    return arena_printf(c->p->a,
                        "<bpmn:escalationEventDefinition escalationRef=\"escalation_%s\"/>",
                        c->p->w->step[to].path);
}

static const char *
to_title(struct chart *c, uint16_t to)
{
    const struct step *s = &c->p->w->step[to];

    return arena_printf(c->p->a, "→ %s",
                        *title_in(c->p, s->title) ? title_in(c->p, s->title) : s->id);
}

/* The element of a node that is no step. */
static struct element
element_of_place(struct chart *c, const struct node *n, int32_t i)
{
    struct element e = {.id = arena_printf(c->p->a, "place_%d", i), .tag = "endEvent"};

    switch (n->kind) {
    case NODE_START:
        e.tag = "startEvent";
        e.name = say(c, "开始", "start");
        break;
    case NODE_WITHDRAW:
        e.name = joined(c, &n->lines);
        bpmn_begin_beside(c, &e, n);
        break;
    case NODE_EXIT:
        e.name = n->step == NONE ? say(c, "完成", "done") : to_title(c, n->step);
        e.body = n->step == NONE ? "" : escalation(c, n->step);
        break;
    case NODE_DONE:
        e.name = say(c, "完成", "done");
        break;
    case NODE_AGAIN:
        e.name = joined(c, &n->lines);
        break;
    case NODE_STEP:
    case NODE_BOX:
    case NODE_JOINT:
    case NODE_LABEL:
        break;
    }
    return e;
}

/* Events and gateways are small; their names stand beside them. */
static void
shape(struct element *e, const struct node *n)
{
    const bool event = strstr(e->tag, "Event") != NULL, gateway = strstr(e->tag, "Gateway") != NULL;
    const int32_t size = gateway ? DIAMOND : BALL;

    *e = (struct element){.tag = e->tag,
                          .id = e->id,
                          .name = e->name,
                          .attributes = e->attributes,
                          .body = e->body,
                          .said = e->said,
                          .plane = n->plane,
                          .box = e->box,
                          .x = n->x,
                          .y = n->y,
                          .w = n->w,
                          .h = n->h,
                          .label_x = -1};
    if (!event && !gateway)
        return;
    e->x = n->x + (n->w - size) / 2;
    e->w = e->h = size;
    e->label_x = gateway ? e->x + size : n->x;
    e->label_y = gateway ? e->y - 14 : e->y + size;
}

static const struct way *
way_of(const struct picture *p, const struct wire *w)
{
    for (uint32_t i = 0; i < w->label.n; i++)
        if (w->label.item[i].way >= 0)
            return &p->way[w->label.item[i].way];
    return NULL;
}

/* A step with regions: what it hears itself interrupts what is in it. */
static bool
holds_regions(const struct step *s)
{
    return s->kind == STEP_STAGE || s->kind == STEP_PARALLEL;
}

/* Does the way leave its step by what was done in it, not by an event at its edge? */
static bool
is_doing(const struct picture *p, const struct wire *w)
{
    const struct way *way = way_of(p, w);
    const struct step *s = way && way->step != NONE ? &p->w->step[way->step] : NULL;

    return s && (way->kind == WAY_ACTION || (way->kind == WAY_MESSAGE && !holds_regions(s)) ||
                 (way->kind == WAY_THROUGH && s->children) ||
                 (way->kind == WAY_ARM && s->kind == STEP_BALLOT));
}

static uint32_t
doings(const struct picture *p, int32_t node)
{
    const struct plane *plane = &p->plane[p->node[node].plane];
    uint32_t n = 0;

    for (uint32_t i = 0; i < plane->n_wire; i++)
        n += p->wire[plane->wire[i]].from == node && is_doing(p, &p->wire[plane->wire[i]]);
    return n;
}

/* Ways meet above a node, and part below it. */
static void
gateways(struct chart *c, int32_t i)
{
    const struct node *n = &c->p->node[i];
    const struct element *e = &c->element[c->main[i]];
    const int32_t middle = n->x + n->w / 2, below = e->y + e->h;
    struct element g = {.tag = "exclusiveGateway",
                        .plane = n->plane,
                        .box = -1,
                        .w = DIAMOND,
                        .h = DIAMOND,
                        .x = middle - DIAMOND / 2,
                        .label_x = -1};
    const char *name = e->name, *id = e->id;
    const int32_t top = e->y;
    struct flow *f;

    if (arrivals(c->p, i) > 1) {
        g.id = arena_printf(c->p->a, "meet_%s", id);
        g.y = top - BUS - DIAMOND / 2;
        c->head[i] = element_add(c, g);
        f = flow_add(c, (struct flow){.from = c->head[i], .to = c->main[i]});
        point(c, f, middle, top - BUS + DIAMOND / 2);
        point(c, f, middle, top);
    }
    if (doings(c->p, i) > 1) {
        g.id = arena_printf(c->p->a, "part_%s", id);
        g.name = arena_printf(c->p->a, "%s%s", name, say(c, "：结果", ": what was done"));
        g.y = below + BUS - DIAMOND / 2;
        g.label_x = middle + DIAMOND / 2;
        g.label_y = g.y - 6;
        c->tail[i] = element_add(c, g);
        f = flow_add(c, (struct flow){.from = c->main[i], .to = c->tail[i]});
        point(c, f, middle, below);
        point(c, f, middle, below + BUS - DIAMOND / 2);
    }
}

static void
elements(struct chart *c)
{
    for (uint32_t i = 0; i < c->p->n_node; i++) {
        const struct node *n = &c->p->node[i];
        struct element e;

        c->main[i] = c->head[i] = c->tail[i] = -1;
        if (n->kind == NODE_JOINT || n->kind == NODE_LABEL)
            continue;
        e = n->kind == NODE_STEP || n->kind == NODE_BOX ? element_of_step(c, (int32_t)i)
                                                        : element_of_place(c, n, (int32_t)i);
        e.box = n->kind == NODE_BOX ? n->step : -1;
        shape(&e, n);
        if (n->kind == NODE_WITHDRAW && !strcmp(e.tag, "boundaryEvent"))
            bpmn_place_beside(c, &e, n);
        if (!strcmp(e.tag, "intermediateCatchEvent"))
            e.body = bpmn_duration(c, c->p->w->step[n->step].wait);
        c->main[i] = c->head[i] = c->tail[i] = element_add(c, e);
        gateways(c, (int32_t)i);
    }
}

/* An event at the edge of the step that wire @w leaves. */
static int32_t
attach(struct chart *c, const struct wire *w, const char *name, const char *body, int32_t number)
{
    const struct node *n = &c->p->node[w->from];

    return element_add(c,
                       (struct element){.tag = "boundaryEvent",
                                        .id = arena_printf(c->p->a, "edge_%d", number),
                                        .name = name,
                                        .attributes = arena_printf(c->p->a, " attachedToRef=\"%s\"",
                                                                   c->element[c->main[w->from]].id),
                                        .body = body,
                                        .plane = n->plane,
                                        .box = -1,
                                        .x = w->point[0] - BALL / 2,
                                        .y = (w->back ? n->y : n->y + n->h) - BALL / 2,
                                        .w = BALL,
                                        .h = BALL,
                                        .label_x = -1});
}

/* The element a wire's flow comes from. */
static int32_t
source(struct chart *c, const struct wire *w, const struct way *way, int32_t number)
{
    const struct step *s = way && way->step != NONE ? &c->p->w->step[way->step] : NULL;
    const char *name = joined(c, &w->label);

    if (!way)
        return attach(c, w, to_title(c, c->p->node[w->inner].step),
                      escalation(c, c->p->node[w->inner].step), number);
    switch (way->kind) {
    case WAY_TIMER:
        return attach(c, w, name, bpmn_duration(c, s->timer[way->index].limit), number);
    case WAY_ELSE:
        return attach(c, w, name,
                      arena_printf(c->p->a,
                                   "<bpmn:conditionalEventDefinition><bpmn:condition "
                                   "xsi:type=\"bpmn:tFormalExpression\">%s</bpmn:condition>"
                                   "</bpmn:conditionalEventDefinition>",
                                   name),
                      number);
    case WAY_THROUGH:
        if (s->kind == STEP_WAIT && !s->children && doings(c->p, w->from))
            return attach(c, w, name, bpmn_duration(c, s->wait), number);
        return s->children ? c->tail[w->from] : c->main[w->from];
    case WAY_MESSAGE:
        return holds_regions(s) ? attach(c, w, name, "<bpmn:messageEventDefinition/>", number)
                                : c->tail[w->from];
    case WAY_ACTION:
    case WAY_ARM: /* of a decision: itself */
        return c->tail[w->from];
    case WAY_START:
    case WAY_WITHDRAW:
    case WAY_STARTED:
    case WAY_REOPENED:
    case WAY_KINDS:
        break;
    }
    return c->main[w->from];
}

/* From the gateway, or the small shape, to where the wire begins its way up or down. */
static void
begin(struct chart *c, struct flow *f, const struct wire *w)
{
    const struct element *e = &c->element[f->from];
    const struct node *n = &c->p->node[w->from];
    const bool at_edge = !strcmp(e->tag, "boundaryEvent");
    const bool wide = e->w == n->w;
    const int32_t x = w->point[0], middle = e->x + e->w / 2, level = e->y + e->h / 2;

    if (at_edge && n->kind == NODE_WITHDRAW) {
        point(c, f, e->x + BALL, level);
        point(c, f, x, level);
    } else if (at_edge) {
        point(c, f, x, w->back ? e->y : e->y + BALL);
    } else if (wide && f->from == c->main[w->from]) {
        point(c, f, x, w->back ? e->y : e->y + e->h);
    } else if (w->back) {
        point(c, f, e->x, level);
        point(c, f, n->x - SIDE, level);
        point(c, f, n->x - SIDE, n->y - BUS_BACK);
        point(c, f, x, n->y - BUS_BACK);
    } else if (x == middle) {
        point(c, f, x, e->y + e->h);
    } else {
        point(c, f, x < middle ? e->x : e->x + e->w, level);
        point(c, f, x, level);
    }
}

static void
finish(struct chart *c, struct flow *f, const struct wire *w)
{
    const struct element *e = &c->element[f->to];
    const struct node *n = &c->p->node[w->to];
    const int32_t x = w->point[2 * w->n_point - 2], middle = e->x + e->w / 2;
    const int32_t level = e->y + e->h / 2;

    if (e->w == n->w) {
        point(c, f, x, w->back ? e->y + e->h : e->y);
    } else if (w->back) {
        point(c, f, x, n->y + n->h + BUS_BACK);
        point(c, f, n->x + n->w + SIDE, n->y + n->h + BUS_BACK);
        point(c, f, n->x + n->w + SIDE, level);
        point(c, f, e->x + e->w, level);
    } else if (x == middle) {
        point(c, f, x, e->y);
    } else {
        point(c, f, x, level);
        point(c, f, x < middle ? e->x : e->x + e->w, level);
    }
}

static const struct node *
label_of(const struct picture *p, int32_t wire)
{
    const struct plane *plane = &p->plane[p->node[p->wire[wire].from].plane];

    for (int32_t i = p->wire[wire].first_leg; i < p->wire[wire].first_leg + p->wire[wire].n_leg;
         i++)
        if (p->node[plane->leg[i].lower].kind == NODE_LABEL)
            return &p->node[plane->leg[i].lower];
    return NULL;
}

static void
flows(struct chart *c)
{
    for (uint32_t i = 0; i < c->p->n_wire; i++) {
        const struct wire *w = &c->p->wire[i];
        const struct way *way = way_of(c->p, w);
        const struct node *label = label_of(c->p, (int32_t)i);
        const int32_t from = source(c, w, way, (int32_t)i);
        struct flow *f = flow_add(c, (struct flow){.from = from,
                                                   .to = c->head[w->to],
                                                   .name = joined(c, &w->label),
                                                   .label = label ? &label->lines : NULL});

        if (label) {
            f->label_x = label->x;
            f->label_y = label->y;
        }
        if (way && !strcmp(c->element[from].tag, "exclusiveGateway")) {
            f->otherwise = way->kind == WAY_ARM && !c->p->w->step[way->step].arm[way->index].when;
            f->condition = f->otherwise ? NULL : f->name;
        }
        begin(c, f, w);
        for (uint32_t k = 1; k + 1 < w->n_point; k++)
            point(c, f, w->point[2 * k], w->point[2 * k + 1]);
        finish(c, f, w);
    }
}

struct chart *
chart_of(struct picture *p)
{
    struct chart *c = arena_new(p->a, struct chart);

    *c = (struct chart){.p = p, .escalates = arena_array(p->a, p->w->n_step, bool)};
    c->main = arena_array(p->a, p->n_node, int32_t);
    c->head = arena_array(p->a, p->n_node, int32_t);
    c->tail = arena_array(p->a, p->n_node, int32_t);
    elements(c);
    flows(c);
    return c;
}
