/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody in a scenario has read before he acts: the entity tag he sends. */
#include <string.h>

#include "daemon/play_http.h"

static bool
is_of_a_step(enum scenario_verb verb)
{
    return verb == VERB_DOES || verb == VERB_STOPS || verb == VERB_RESUMES;
}

/* The stop's step, by the stops that the case shows. */
static bool
has_stop(const struct value *step, int32_t number)
{
    const struct value *stops = value_get(step, "stops");

    for (uint32_t i = 0; stops && i < stops->n; i++)
        if (value_get(&stops->item[i], "number")->integer == number)
            return true;
    return false;
}

/* May he do it there?  The public is shown no list; what waits for it is its. */
static bool
has_action(const struct scenario_line *l, const struct value *step)
{
    const struct value *actions = value_get(step, "actions");
    const struct value *late = l->happened ? value_get(step, "mayRecord") : NULL;
    const char *by = value_get_string(value_get(step, "by"), "kind");

    if (l->actor.party == PARTY_PUBLIC)
        return by && !strcmp(by, "public");

    for (uint32_t i = 0; actions && i < actions->n; i++)
        if (!strcmp(value_get_string(&actions->item[i], "action"), l->action))
            return true;
    for (uint32_t i = 0; late && i < late->n; i++)
        if (!strcmp(value_get_string(&late->item[i], "action"), l->action))
            return true;
    return false;
}

/* It was done before this stay, in one that is over. */
static bool
is_of_before(const struct scenario_line *l, const struct value *step)
{
    const char *entered = value_get_string(step, "entered");
    instant at;

    return l->verb == VERB_DOES && l->happened && entered &&
           instant_read(entered, strlen(entered), &at) && l->happened < at;
}

/*
 * The entity tag the line is sent with: of the step it means among @steps, as
 * he sees them, so that he sends what he has read; of what was done in a step that was left, the
 * case's.  Where none fits, that of any open step: the line is about to be refused for another
 * reason.
 */
static const char *
step_tag(const struct play_visit *v, const struct scenario_line *l, const struct value *steps)
{
    const struct value *open = value_get(&v->c, "steps");

    for (uint32_t i = 0; steps && i < steps->n; i++) {
        const struct value *step = &steps->item[i];

        if (is_of_before(l, step))
            continue;
        if (l->step                ? !strcmp(l->step, value_get_string(step, "step"))
            : l->verb == VERB_DOES ? has_action(l, step)
                                   : has_stop(step, l->number))
            return value_get_string(step, "etag");
    }
    if (l->verb == VERB_DOES && l->happened)
        return value_get_string(&v->c, "etag");
    return open && open->n ? value_get_string(&open->item[0], "etag") : "\"s1\"";
}

bool
play_http_tag(struct play_visit *v, const struct scenario_line *l, struct caller_request *q,
              struct error *e)
{
    const struct value *steps = NULL;
    struct caller_request look = {.method = "GET", .token = q->token, .query_code = q->query_code};
    struct caller_reply r;

    look.path =
        arena_printf(v->arena, q->query_code ? "/v1/progress/%s" : "/v1/cases/%s", v->number);
    if (look.token || look.query_code) {
        if (!caller_ask(v->hall->caller, &look, v->arena, &r, e))
            return false;
        steps = value_get(&r.json, q->query_code ? "yourSteps" : "steps");
    }
    if (!is_of_a_step(l->verb)) {
        q->match = value_get_string(&v->c, "etag");
        return true;
    }
    /* Who may not read, and the public, which has no code, sends what others saw. */
    q->match = step_tag(v, l, steps ? steps : value_get(&v->c, "steps"));
    return true;
}
