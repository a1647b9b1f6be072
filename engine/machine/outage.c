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

bool
case_annuls_outage(const struct case_state *c, int32_t number)
{
    bool holds = false;

    for (uint32_t i = 0; i < c->n_outage; i++)
        holds = holds || (c->outage[i].number == number && !c->outage[i].annulled);
    return holds && c->phase == PHASE_OPEN;
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

void
clock_run_within(struct case_clock *k, const struct outage *o, struct arena *a)
{
    struct stand *out = arena_array(a, 2 * (size_t)k->n_stand, struct stand);
    uint32_t n = 0;

    for (uint32_t i = 0; i < k->n_stand; i++) {
        const struct stand s = k->stand[i];

        if (!of_outage(&s) || s.to == INSTANT_NONE || s.to <= o->from || s.from >= o->to) {
            out[n++] = s;
            continue;
        }
        if (s.from < o->from)
            out[n++] = (struct stand){.from = s.from, .to = o->from, .ground = s.ground};
        if (s.to > o->to)
            out[n++] = (struct stand){.from = o->to, .to = s.to, .ground = s.ground};
    }
    k->stand = out;
    k->n_stand = n;
}

void
outages_stand(struct case_clock *k, const struct outage *o, uint32_t n, struct arena *a)
{
    for (uint32_t i = 0; i < n; i++)
        if (!o[i].annulled)
            clock_stand_within(k, &o[i], a);
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
outage_annul(const struct outage **list, uint32_t n, int32_t number, struct arena *a)
{
    struct outage *copy = arena_copy(a, *list, n * sizeof(*copy));

    for (uint32_t i = 0; i < n; i++)
        copy[i].annulled = copy[i].annulled || copy[i].number == number;
    *list = copy;
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

void
apply_outage_annulled(struct case_state *c, const struct fact *f, struct arena *a)
{
    outage_annul(&c->outage, c->n_outage, f->number, a);
}

bool
outage_fits(const struct case_state *c, const struct fact *f)
{
    if (f->kind == FACT_OUTAGE_ANNULLED)
        return case_annuls_outage(c, f->number);
    return c->phase == PHASE_OPEN && f->number > 0 && !case_knows_outage(c, f->number) &&
           f->happened && f->happened < f->until;
}

struct value
note_outage(struct arena *a, const struct workflow *w, const struct outage *o)
{
    struct note n = {.n = 0};

    (void)w;
    if (o->annulled)
        note_add(&n, "annulled", value_bool(true));
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
                                 .to = read_instant(&list->item[i], "to", INSTANT_NONE, &ok),
                                 .annulled = value_get(&list->item[i], "annulled") != NULL};

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

static const struct outage *
outage_called(const struct case_state *c, int32_t number)
{
    for (uint32_t i = 0; i < c->n_outage; i++)
        if (c->outage[i].number == number)
            return &c->outage[i];
    return NULL;
}

/*
 * Whether the case, before it came to its version, ever stopped on a ground of the definition's own
 * that is called as ours is: what a clock stood by then is not told apart any more.
 */
static bool
stopped_likewise(const struct command *cmd, int64_t migrated)
{
    for (size_t i = 0; i < cmd->n_history && (int64_t)i < migrated; i++) {
        const struct value *facts = value_get(&cmd->history[i], "facts");

        for (uint32_t j = 0; facts && facts->kind == VALUE_ARRAY && j < facts->n; j++) {
            const char *fact = value_get_string(&facts->item[j], "fact");
            const char *ground = value_get_string(&facts->item[j], "ground");

            if (fact && ground && !strcmp(fact, fact_name(FACT_STOPPED)) &&
                !strcmp(ground, ground_outage))
                return true;
        }
    }
    return false;
}

bool
decide_annul_outage(struct deed *d, struct error *e)
{
    const struct command *cmd = d->cmd;
    const struct outage *o = outage_called(d->r->c, cmd->number);
    struct run *r = d->r;
    struct record now;
    struct history h;

    if (cmd->number < 1)
        return error_at(e, ERROR_NOT_FOUND, "/number", "there is no outage %d", cmd->number);
    if (!check_reason(cmd, e))
        return false;
    d->role = "supervisor";
    if (!o || o->annulled)
        return true;
    if (!read_history(r, &h, e))
        return false;
    if (o->from < h.since && stopped_likewise(cmd, r->c->migrated))
        return error_set(e, ERROR_ANNUL_IMPOSSIBLE,
                         "before it came to this version the case stood on a ground of the "
                         "workflow's own that is called %s, too",
                         ground_outage);
    emit(r,
         (struct fact){.kind = FACT_OUTAGE_ANNULLED, .number = cmd->number, .detail = cmd->reason});
    now = (struct record){.fact = r->fact, .n_fact = r->n_fact, .at = r->at};
    history_add(r->a, r->w, &h, &now);
    rewrite_courses(r, &h, 0);
    return !r->failed;
}
