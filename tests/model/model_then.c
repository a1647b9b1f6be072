/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a case could be withdrawn at a moment that is past.  It is asked of
 * the case as it had been recorded by then.  What was learned since of before
 * then, or taken back, counts too, and then it is asked of the case as it is,
 * unless something else that it asks has changed since: then both must agree.
 */
#include "tests/model/model_then.h"

#include <string.h>

#include "tests/model/model_inside.h"

static bool
says_the_same(struct model *x, struct model *y, const char *path)
{
    const struct value is = model_look_up(x, path), was = model_look_up(y, path);

    /* What day it is changes nothing that is told. */
    return !strcmp(path, "case.today") || value_equal(&is, &was);
}

/* Whether all that @when asks is the same in both. */
static bool
alike(struct model *x, struct model *y, const struct value *when)
{
    const bool list = when->kind == VALUE_ARRAY;
    bool same = true;

    for (uint32_t i = 0; (list || when->kind == VALUE_OBJECT) && i < when->n; i++) {
        const struct value *v = list ? &when->item[i] : &when->member[i].value;
        const char *name = list ? "" : when->member[i].name;

        if (!strcmp(name, "var"))
            same =
                same && says_the_same(x, y, v->kind == VALUE_ARRAY ? v->item[0].string : v->string);
        else if (!strcmp(name, "missing"))
            for (uint32_t k = 0; k < v->n; k++)
                same = same && says_the_same(x, y, v->item[k].string);
        else
            same = same && alike(x, y, v);
    }
    return same;
}

/* To ask of, and not to be told. */
static struct model *
to_ask(const struct model *m)
{
    struct model *out = model_copy(m, m->a);

    out->here = out->room;
    out->actor = "applicant";
    return out;
}

static struct model *
waited(const struct model *m, instant until)
{
    return to_ask(model_catch_up(m, m->a, until));
}

struct asking {
    const struct value *when;
    instant then;
    struct model *is;
    bool learned, changed;
};

static void
goes_on(struct asking *x, const struct model *next, bool learned)
{
    struct model *now = to_ask(next);

    if (!alike(x->is, now, x->when)) {
        x->learned = x->learned || learned;
        x->changed = x->changed || !learned;
    }
    x->is = now;
}

static void
after(struct asking *x, const struct done_before *d)
{
    const bool late = d->happened != INSTANT_NONE && d->happened <= x->then;

    goes_on(x, waited(x->is, d->now), false);
    if (late && d->after->as_learned)
        goes_on(x, d->after->as_learned, true);
    goes_on(x, d->after, (late && !d->after->as_learned) || d->takes_back);
}

static bool
held(struct model *m, const struct asking *x, enum error_code *why)
{
    const bool yes = model_holds_now(m, x->when);

    if (m->failed)
        *why = ERROR_GUARD_ERROR;
    return yes && !m->failed;
}

bool
model_held(struct model *m, const struct value *when, instant then, const struct lookback *back,
           enum error_code *why)
{
    struct asking x = {.when = when, .then = then};
    const struct done_before *first = &back->done[0];
    struct model *was, *is = to_ask(m);
    bool yes, now;
    uint32_t i = 0;

    if (!when)
        return true;
    while (i < back->n && back->done[i].now <= then)
        i++;
    /* It was opened before it was recorded. */
    was = waited(i ? back->done[i - 1].after : first->after->as_learned, then);
    x.is = was;
    if (!i)
        goes_on(&x, back->done[i++].after, false);
    for (; i < back->n; i++)
        after(&x, &back->done[i]);
    goes_on(&x, m, false);
    is->now = then;
    *why = ERROR_NONE;
    yes = held(x.learned && !x.changed ? is : was, &x, why);
    now = x.learned && x.changed ? held(is, &x, why) : yes;
    if (*why)
        return false;
    *why = yes != now ? ERROR_HAPPENED_OUTSIDE : ERROR_GUARD_FAILED;
    if (yes && now && !model_holds_now(to_ask(m), when))
        model_saw(m, SEEN_WITHDRAWN_AS_THEN);
    return yes && now;
}
