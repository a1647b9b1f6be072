/* SPDX-License-Identifier: Apache-2.0 */
/* What fails for good: put off for longer and longer, and told. */
#include "runtime/failing.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/require.h"
#include "runtime/breaker.h"
#include "runtime/loop.h"

enum { MOST = 4096, LEAST_US = 100 * 1000 };

struct one {
    int64_t id;
    struct failing_topic topic;
    int64_t tries;
    instant next; /* on the monotonic clock; not before */
    bool seen;    /* in the last answer */
};

struct failing {
    struct failing_options o;
    struct one *item; /* [MOST], in order of ids */
    uint32_t n;
    bool full; /* and that was told */
};

struct failing *
failing_new(const struct failing_options *options)
{
    struct failing *f = calloc(1, sizeof(*f));

    require(f != NULL);
    f->o = *options;
    f->o.monotonic = f->o.monotonic ? f->o.monotonic : loop_monotonic;
    f->item = calloc(MOST, sizeof(*f->item));
    require(f->item != NULL);
    return f;
}

static void
count(const struct failing *f)
{
    metric_set(f->o.n_put_off, f->n);
}

void
failing_free(struct failing *f)
{
    if (!f)
        return;
    f->n = 0;
    count(f);
    free(f->item);
    free(f);
}

uint32_t
failing_n(const struct failing *f)
{
    return f->n;
}

/* Where it stands, or would. */
static uint32_t
place_of(const struct failing *f, int64_t id)
{
    uint32_t from = 0, to = f->n;

    while (from < to) {
        const uint32_t middle = from + (to - from) / 2;

        if (f->item[middle].id < id)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static struct one *
find(const struct failing *f, int64_t id)
{
    const uint32_t at = place_of(f, id);

    return at < f->n && f->item[at].id == id ? &f->item[at] : NULL;
}

static struct one *
add(struct failing *f, int64_t id)
{
    const uint32_t at = place_of(f, id);
    struct one *x = &f->item[at];

    memmove(x + 1, x, (f->n++ - at) * sizeof(*x));
    *x = (struct one){.id = id};
    count(f);
    return x;
}

bool
failing_waits(struct failing *f, int64_t id)
{
    struct one *x = find(f, id);

    if (!x)
        return false;
    x->seen = true;
    return f->o.monotonic() < x->next;
}

static void
tell(const struct failing *f, int64_t id, const struct error *e)
{
    if (e->code == ERROR_NEWER_RULES) { /* while a hall is upgraded nothing is wrong */
        log_warn(f->o.message, log_int(f->o.noun, id), log_error_fields(e));
        return;
    }
    metric_add(f->o.n_failed, 1);
    log_error(f->o.message, log_int(f->o.noun, id), log_error_fields(e));
}

static void
tell_full(struct failing *f)
{
    if (!f->full)
        log_error("too many fail: others may wait behind them", log_str("what", f->o.noun),
                  log_int("most", MOST));
    f->full = true;
}

bool
failing_put_off(struct failing *f, int64_t id, const struct failing_topic *topic,
                const struct error *e)
{
    struct one *x = find(f, id);

    /* A release that knows the rules need not come by itself. */
    if (error_may_retry(e->code) && e->code != ERROR_NEWER_RULES)
        return false;
    if (!x && f->n == MOST) {
        tell_full(f);
        return false;
    }
    if (!x)
        x = add(f, id);
    x->topic = *topic;
    x->next = f->o.monotonic() + LEAST_US + back_off(++x->tries, arc4random());
    tell(f, id, e);
    return true;
}

void
failing_over(struct failing *f, int64_t id)
{
    struct one *x = find(f, id);

    if (!x)
        return;
    memmove(x, x + 1, (size_t)(&f->item[--f->n] - x) * sizeof(*x));
    f->full = false;
    count(f);
}

void
failing_looked(struct failing *f, bool all)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < f->n; i++) {
        if (all && !f->item[i].seen)
            continue;
        f->item[n] = f->item[i];
        f->item[n++].seen = false;
    }
    f->full = f->full && n == f->n;
    f->n = n;
    count(f);
}

void
failing_parameters(const struct failing *f, struct parameters *v)
{
    struct column c[4];

    for (size_t i = 0; i < 4; i++)
        c[i] = column_new(v->arena, COLUMN_INT);
    for (uint32_t i = 0; i < f->n; i++) {
        column_int(&c[0], f->item[i].id);
        column_int(&c[1], f->item[i].topic.case_id);
        column_int(&c[2], f->item[i].topic.source);
        column_int(&c[3], f->item[i].topic.child);
    }
    for (size_t i = 0; i < 4; i++)
        parameter_column(v, &c[i]);
}
