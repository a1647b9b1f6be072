/* SPDX-License-Identifier: Apache-2.0 */
/* What an outage of the hall does to a case, and to the courses of its clocks. */
#include "machine/outage.h"

#include <string.h>

#include "machine/deed.h"
#include "machine/notes.h"

bool
case_knows_outage(const struct case_state *c, int32_t number)
{
    for (uint32_t i = 0; i < c->n_outage; i++)
        if (c->outage[i].number == number)
            return true;
    return false;
}

bool
case_suffers(const struct case_state *c, const struct outage *o)
{
    return c->phase == PHASE_OPEN && c->opened < o->to && !case_knows_outage(c, o->number);
}

static bool
of_outage(const struct stand *s)
{
    return s->ground && !strcmp(s->ground, ground_outage);
}

/* Two outages that touch are one. */
static void
push(struct stand *list, uint32_t *n, struct stand s)
{
    struct stand *last = *n ? &list[*n - 1] : NULL;

    if (last && last->to == s.from && of_outage(last) && of_outage(&s))
        last->to = s.to;
    else
        list[(*n)++] = s;
}

void
clock_stand_within(struct case_clock *k, const struct outage *o, struct arena *a)
{
    struct stand *out = arena_array(a, 2 * (size_t)k->n_stand + 1, struct stand);
    instant at = o->from > k->started ? o->from : k->started; /* up to here it is settled */
    bool changed = false;
    uint32_t n = 0;

    for (uint32_t i = 0; i <= k->n_stand; i++) {
        const struct stand *s = i < k->n_stand ? &k->stand[i] : NULL;
        const instant next = s && s->from < o->to ? s->from : o->to;

        if (at < next) {
            push(out, &n, (struct stand){.from = at, .to = next, .ground = ground_outage});
            changed = true;
        }
        if (!s)
            break;
        push(out, &n, *s);
        if (s->to == INSTANT_NONE || s->to > at)
            at = s->to == INSTANT_NONE ? o->to : s->to;
    }
    if (!changed)
        return;
    k->stand = out;
    k->n_stand = n;
    k->moved = true;
}

struct outage
outage_of(const struct fact *f, instant from)
{
    return (struct outage){.number = f->number, .from = from, .to = f->until};
}

void
outage_add(const struct outage **list, uint32_t *n, struct outage o, struct arena *a)
{
    struct outage *longer = arena_array(a, (size_t)*n + 1, struct outage);

    for (uint32_t i = 0; i < *n; i++)
        longer[i] = (*list)[i];
    longer[(*n)++] = o;
    *list = longer;
}

void
apply_outage(struct case_state *c, const struct fact *f, instant at, struct arena *a)
{
    const struct outage o = outage_of(f, at);

    outage_add(&c->outage, &c->n_outage, o, a);
    for (uint32_t i = 0; i < c->n_clock; i++)
        if (c->clock[i].verdict == VERDICT_OPEN)
            clock_stand_within(&c->clock[i], &o, a);
}

bool
outage_fits(const struct case_state *c, const struct fact *f)
{
    return c->phase == PHASE_OPEN && f->number > 0 && !case_knows_outage(c, f->number) &&
           f->happened && f->happened < f->until;
}

struct value
note_outage(struct arena *a, const struct workflow *w, const struct outage *o)
{
    struct note n = {.n = 0};

    (void)w;
    note_add(&n, "from", value_int(o->from));
    note_add(&n, "outage", value_int(o->number));
    note_add(&n, "to", value_int(o->to));
    return note_done(a, &n);
}

bool
read_outages(struct arena *a, const struct value *list, struct case_state *c)
{
    bool ok = !list || list->kind == VALUE_ARRAY;

    c->outage = NULL;
    c->n_outage = 0;
    for (uint32_t i = 0; ok && list && i < list->n; i++) {
        const struct outage o = {.number = read_small(&list->item[i], "outage", 0, &ok),
                                 .from = read_instant(&list->item[i], "from", INSTANT_NONE, &ok),
                                 .to = read_instant(&list->item[i], "to", INSTANT_NONE, &ok)};

        ok = ok && o.number > 0 && o.from != INSTANT_NONE && o.to != INSTANT_NONE &&
             o.from < o.to && !case_knows_outage(c, o.number);
        outage_add(&c->outage, &c->n_outage, o, a);
    }
    return ok;
}

static bool
check_interval(const struct deed *d, struct error *e)
{
    const struct command *cmd = d->cmd;
    char from[INSTANT_TEXT], until[INSTANT_TEXT];

    if (cmd->until > d->r->at)
        return error_at(e, ERROR_HAPPENED_OUTSIDE, "/until", "%s is still to come",
                        instant_write(cmd->until, until));
    if (cmd->number < 1)
        return error_at(e, ERROR_NOT_FOUND, "/number", "there is no outage %d", cmd->number);
    return cmd->from < cmd->until ||
           error_at(e, ERROR_HAPPENED_OUTSIDE, "/from", "an outage from %s until %s is none",
                    instant_write(cmd->from, from), instant_write(cmd->until, until));
}

bool
decide_outage(struct deed *d, struct error *e)
{
    const struct command *cmd = d->cmd;
    const struct outage o = {.number = cmd->number, .from = cmd->from, .to = cmd->until};
    struct run *r = d->r;

    if (!check_interval(d, e) || !check_reason(cmd, e))
        return false;
    d->role = "supervisor";
    if (!case_suffers(r->c, &o))
        return true;
    r->recorded = r->at;
    r->at = o.from > r->c->opened ? o.from : r->c->opened;
    emit(r, (struct fact){.kind = FACT_OUTAGE,
                          .number = o.number,
                          .until = o.to,
                          .name = cmd->document,
                          .detail = cmd->reason});
    r->at = r->recorded;
    r->recorded = 0;
    return !r->failed;
}
