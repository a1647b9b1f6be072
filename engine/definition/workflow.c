/* SPDX-License-Identifier: Apache-2.0 */
/* Finding things in a compiled workflow; pure, for the core walks over it. */
#include <string.h>

#include "definition/definition.h"

uint16_t
workflow_step(const struct workflow *w, const char *path)
{
    for (uint16_t i = 0; i < w->n_step; i++)
        if (!strcmp(w->step[i].path, path))
            return i;
    return NONE;
}

/* Whether the @len bytes at @name are what @s can be called. */
static bool
is_called(const struct workflow *w, const struct step *s, const char *name, size_t len)
{
    const uint16_t each = w->region[s->region].each;
    const char *rest;
    size_t head, tail;

    if (each == NONE)
        return strlen(s->path) == len && !memcmp(s->path, name, len);
    head = strlen(w->step[w->region[each].owner].path);
    rest = s->path + strlen(w->region[each].path);
    tail = strlen(rest);
    return len > head + 1 + tail && !memcmp(s->path, name, head) && name[head] == '.' &&
           !memcmp(rest, name + len - tail, tail) &&
           !memchr(name + head + 1, '.', len - head - 1 - tail);
}

bool
step_called(const struct workflow *w, const struct step *s, const char *name)
{
    return is_called(w, s, name, strlen(name));
}

uint16_t
step_named(const struct workflow *w, const char *name)
{
    for (uint16_t i = 0; i < w->n_step; i++)
        if (step_called(w, &w->step[i], name))
            return i;
    return NONE;
}

uint16_t
rule_called(const struct workflow *w, const char *name)
{
    const char *whose = strrchr(name, '@'); /* NAME@DEPARTMENT */

    for (uint16_t i = 0; i < w->n_clock; i++) {
        const struct clock_rule *c = &w->clock[i];
        const struct step *s = c->scope == NONE ? NULL : &w->step[c->scope];
        const char *rest = c->id + (s ? strlen(s->path) : 0); /* ":report", or nothing */
        const size_t tail = strlen(rest);
        const size_t len = c->per_department && whose ? (size_t)(whose - name) : strlen(name);

        if (s ? len > tail && !strncmp(rest, name + len - tail, tail) &&
                    is_called(w, s, name, len - tail)
              : strlen(c->id) == len && !strncmp(c->id, name, len))
            return i;
    }
    return NONE;
}

uint16_t
workflow_region(const struct workflow *w, const char *path)
{
    for (uint16_t i = 0; i < w->n_region; i++)
        if (!strcmp(w->region[i].path, path))
            return i;
    return NONE;
}

uint16_t
workflow_ground(const struct workflow *w, const char *id)
{
    for (uint16_t i = 0; i < w->n_ground; i++)
        if (!strcmp(w->ground[i].id, id))
            return i;
    return NONE;
}

uint16_t
workflow_clock(const struct workflow *w, const char *id)
{
    for (uint16_t i = 0; i < w->n_clock; i++)
        if (!strcmp(w->clock[i].id, id))
            return i;
    return NONE;
}

uint16_t
workflow_mark(const struct workflow *w, const char *id)
{
    for (uint16_t i = 0; i < w->n_mark; i++)
        if (!strcmp(w->mark[i], id))
            return i;
    return NONE;
}

uint16_t
workflow_certificate(const struct workflow *w, const char *id)
{
    for (uint16_t i = 0; i < w->n_certificate; i++)
        if (!strcmp(w->certificate[i].id, id))
            return i;
    return NONE;
}

uint16_t
workflow_material(const struct workflow *w, const char *id)
{
    for (uint16_t i = 0; i < w->n_material; i++)
        if (!strcmp(w->material[i].id, id))
            return i;
    return NONE;
}

uint16_t
workflow_label(const struct workflow *w, const char *id)
{
    for (uint16_t i = 0; i < w->n_label; i++)
        if (!strcmp(w->label[i].id, id))
            return i;
    return NONE;
}

uint16_t
workflow_lane(const struct workflow *w, const char *id)
{
    for (uint16_t i = 0; i < w->n_lane; i++)
        if (!strcmp(w->lane[i].id, id))
            return i;
    return NONE;
}

const struct action *
step_action(const struct step *s, const char *id)
{
    for (uint16_t i = 0; i < s->n_action; i++)
        if (!strcmp(s->action[i].id, id))
            return &s->action[i];
    return NULL;
}

const struct hearing *
step_hearing(const struct step *s, const char *from, const char *id)
{
    for (uint16_t i = 0; i < s->n_on; i++)
        if (!strcmp(s->on[i].id, id) && !strcmp(s->on[i].from, from))
            return &s->on[i];
    return NULL;
}

bool
step_takes(const struct step *s, const char *from, const char *id)
{
    if (step_hearing(s, from, id))
        return true;
    return s->kind == STEP_TASK && s->by == ACTOR_SYSTEM && !strcmp(s->role, from) &&
           step_action(s, id) != NULL;
}

bool
workflow_takes(const struct workflow *w, const char *from, const char *id)
{
    for (uint16_t i = 0; i < w->n_step; i++)
        if (step_takes(&w->step[i], from, id))
            return true;
    return false;
}

bool
region_within(const struct workflow *w, uint16_t inner, uint16_t outer)
{
    while (inner != outer && inner != NONE)
        inner = w->region[inner].parent;
    return inner == outer;
}

/* Whether @s is, or lies in, an optional step within @region, or within @scope but for itself. */
static bool
is_beside(const struct workflow *w, const struct step *s, uint16_t region, uint16_t scope)
{
    while (s->index != scope) {
        const uint16_t owner = w->region[s->region].owner;

        if (s->optional)
            return true;
        if (s->region == region || owner == NONE)
            return false;
        s = &w->step[owner];
    }
    return false;
}

bool
rule_driven_by(const struct workflow *w, const struct clock_rule *rule, const struct step *s)
{
    for (uint16_t i = 0; i < rule->n_over; i++)
        if (region_within(w, s->region, rule->over[i]) && !is_beside(w, s, rule->over[i], NONE))
            return true;
    return !rule->n_over && !is_beside(w, s, NONE, rule->scope);
}

const char *
public_status_name(enum public_status p)
{
    switch (p) {
    case PUBLIC_RECEIVED:
        return "received";
    case PUBLIC_ACCEPTED:
        return "accepted";
    case PUBLIC_IN_REVIEW:
        return "in-review";
    case PUBLIC_SPECIAL:
        return "special";
    case PUBLIC_DECIDED:
        return "decided";
    case PUBLIC_DELIVERED:
        return "delivered";
    case PUBLIC_INHERIT:
        break;
    }
    return "";
}

struct title
public_status_title(enum public_status p)
{
    switch (p) {
    case PUBLIC_RECEIVED:
        return (struct title){"已收件", "Received"};
    case PUBLIC_ACCEPTED:
        return (struct title){"已受理", "Accepted"};
    case PUBLIC_IN_REVIEW:
        return (struct title){"审批中", "In review"};
    case PUBLIC_SPECIAL:
        return (struct title){"特别程序", "Special procedure"};
    case PUBLIC_DECIDED:
        return (struct title){"已办结", "Decided"};
    case PUBLIC_DELIVERED:
        return (struct title){"已出件", "Delivered"};
    case PUBLIC_INHERIT:
        break;
    }
    return (struct title){"", ""};
}

const char *const *
step_departments(const struct workflow *w, const struct step *s, uint16_t *n)
{
    *n = s->choice ? s->choice->n : 1;
    return s->choice ? s->choice->may_be : s->department ? &s->department : &w->lead;
}

const char *
step_department_called(const struct workflow *w, const struct step *s, const char *department)
{
    uint16_t n;
    const char *const *may_be = step_departments(w, s, &n);

    for (uint16_t i = 0; i < n; i++)
        if (!strcmp(may_be[i], department))
            return may_be[i];
    return NULL;
}
