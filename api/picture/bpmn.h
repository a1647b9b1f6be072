/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_PICTURE_BPMN_H
#define API_PICTURE_BPMN_H

#include "api/picture/plan.h"

/*
 * Inside the export: what bpmn_plan.c makes of a laid-out plan, and bpmn.c writes.
 *
 * BPMN has no way out of a subprocess but its end and what is attached to its
 * edge, and no task whose ways part or meet by themselves.  So a way to an
 * enclosing region becomes an escalation that is thrown at the end within and
 * caught at the edge, a timer is attached to its step, and gateways stand where
 * ways part and meet.
 */
struct element {
    const char *tag; /* "userTask" */
    const char *id, *name;
    const char *attributes; /* further ones, with a space before each; or "" */
    const char *body;       /* XML within, behind the flows' names; or "" */
    const char *said;       /* documentation; or NULL */
    uint16_t plane;         /* it stands in */
    int32_t box;            /* the step whose planes it holds; -1 */
    int32_t x, y, w, h;
    int32_t label_x, label_y; /* where the name stands; -1: within */
    int32_t *in, *out;        /* flows */
    uint32_t n_in, n_out;
};

struct flow {
    int32_t from, to; /* elements */
    uint16_t plane;
    const char *name;
    const struct lines *label; /* where the name stands: */
    int32_t label_x, label_y;
    const char *condition; /* or NULL */
    bool otherwise;        /* the gateway's default */
    int32_t *point;
    uint32_t n_point;
};

struct chart {
    struct picture *p;
    struct element *element;
    uint32_t n_element;
    struct flow *flow;
    uint32_t n_flow;
    bool *escalates; /* [n_step]: some way out leads there */
    int32_t *main, *head,
        *tail; /* [n_node]: its element; where ways arrive, and where they leave */
};

struct chart *chart_of(struct picture *p);

/** Sizes of events. */
enum { BALL = 20 };

/**
 * Somebody starts an optional step, at @n.  A subprocess begins once, so there it is an event at
 * the edge of a step beside which it may be, which goes on.
 */
void bpmn_begin_beside(struct chart *c, struct element *e, const struct node *n);

/** Such an event at the right edge of its host, below those that are there. */
void bpmn_place_beside(struct chart *c, struct element *e, const struct node *n);

/** The timer of limit @l; ISO 8601 has no working days: those are told by the name alone. */
const char *bpmn_duration(struct chart *c, struct limit l);

#endif
