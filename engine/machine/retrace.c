/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/retrace.h"

#include <string.h>

#include "machine/history.h"
#include "machine/migrate.h"
#include "machine/notes.h"

bool
retrace_begin(const struct run *r, struct retrace *x, struct error *e)
{
    const int64_t moved = r->c->migrated;

    *x = (struct retrace){.r = r, .c = case_new(r->a, r->w), .done = moved};
    x->c->id = r->c->id;
    x->c->number = r->c->number;
    /* Records before that are of another version; what the case came to begins this one. */
    return !moved || migrate_begin(r->s, x->c, &r->history[moved - 1], r->a, e);
}

bool
retrace_goes_on(const struct retrace *x)
{
    return x->done < (int64_t)(x->r->n_history + x->r->n_record);
}

/* The next one, as far as it matters when it counts. */
struct telling {
    instant at, happened;
    bool annuls, silent;
};

static struct telling
tell_stored(const struct run *r, const struct value *record)
{
    const char *command = value_get_string(record, "command");
    const struct value *facts = value_get(record, "facts");
    bool ok = true;
    struct telling t = {.at = read_instant(record, "at", INSTANT_MAX, &ok),
                        .happened = read_instant(record, "happened", 0, &ok),
                        .annuls = command && !strcmp(command, command_name(COMMAND_ANNUL))};
    struct fact f;

    for (uint32_t i = 0; facts && i < facts->n; i++)
        t.silent = t.silent || (read_fact(r->a, r->w, &facts->item[i], &f) && fact_is_silence(&f));
    return t;
}

static struct telling
tell_now(const struct record *record)
{
    struct telling t = {.at = record->at};

    for (uint32_t i = 0; i < record->n_fact; i++)
        t.silent = t.silent || fact_is_silence(&record->fact[i]);
    return t;
}

static struct telling
tell(const struct retrace *x)
{
    const struct run *r = x->r;
    const size_t i = (size_t)x->done;

    return i < r->n_history ? tell_stored(r, &r->history[i])
                            : tell_now(&r->record[i - r->n_history]);
}

bool
retrace_by(const struct retrace *x, instant t)
{
    const struct telling next = tell(x);

    return next.at < t || (next.at == t && !next.silent);
}

bool
retrace_learns(const struct retrace *x, instant t)
{
    const struct telling next = tell(x);

    return next.annuls || (next.happened && next.happened <= t);
}

bool
retrace_next(struct retrace *x, struct error *e)
{
    const struct run *r = x->r;
    const size_t i = (size_t)x->done++;
    const struct record *now;

    if (i < r->n_history)
        return machine_replay(r->s, x->c, &r->history[i], r->a, e);
    now = &r->record[i - r->n_history];
    for (uint32_t k = 0; k < now->n_fact; k++)
        machine_apply(r->w, x->c, &now->fact[k], now->at, r->a);
    x->c->recorded = now->number;
    x->c->moment = now->at;
    return true;
}

bool
retrace_before(const struct run *r, int64_t number, struct case_state **out, struct error *e)
{
    struct retrace x;

    if (!retrace_begin(r, &x, e))
        return false;
    while (x.done + 1 < number)
        if (!retrace_next(&x, e))
            return false;
    *out = x.c;
    return true;
}
