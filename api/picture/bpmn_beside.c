/* SPDX-License-Identifier: Apache-2.0 */
/* Optional steps in BPMN: where they begin. */
#include <string.h>

#include "api/picture/bpmn.h"

/* A step of region @region, drawn as an activity, beside which an optional one begins. */
static const struct node *
host_in(const struct picture *p, uint16_t region)
{
    const struct plane *plane = &p->plane[region];
    const struct node *host = NULL;

    for (uint32_t i = 0; i < plane->n_node; i++) {
        const struct node *n = &p->node[plane->node[i]];
        const struct step *s = n->step == NONE ? NULL : &p->w->step[n->step];

        if ((n->kind != NODE_STEP && n->kind != NODE_BOX) || s->optional ||
            s->kind == STEP_DECISION || s->kind == STEP_END || s->kind == STEP_WAIT)
            continue;
        if (!host || n->step == p->w->region[region].start)
            host = n;
    }
    return host;
}

void
bpmn_begin_beside(struct chart *c, struct element *e, const struct node *n)
{
    const struct node *host = n->plane ? host_in(c->p, n->plane) : NULL;

    e->tag = host ? "boundaryEvent" : "startEvent";
    e->body = "<bpmn:messageEventDefinition/>";
    if (host)
        e->attributes = arena_printf(c->p->a, " attachedToRef=\"step_%s\" cancelActivity=\"false\"",
                                     c->p->w->step[host->step].path);
}

void
bpmn_place_beside(struct chart *c, struct element *e, const struct node *n)
{
    const struct node *host = host_in(c->p, n->plane);
    int32_t y = host->y + PAD;

    for (uint32_t i = 0; i < c->n_element; i++)
        if (!strcmp(c->element[i].attributes, e->attributes))
            y += BALL + PAD;
    e->x = host->x + host->w - BALL / 2;
    e->y = y;
    e->label_x = e->x + BALL;
    e->label_y = y;
}
