/* SPDX-License-Identifier: Apache-2.0 */
/* Goes over the open cases whose clocks count by an older calendar, and says what it means. */
#include "daemon/recount.h"

#include <string.h>

#include "daemon/sweep.h"
#include "machine/recount.h"

static struct recount_share *
share_of(struct recount_report *r, const char *department)
{
    for (size_t i = 0; i < r->n_share; i++)
        if (!strcmp(r->share[i].department, department))
            return &r->share[i];
    r->share = arena_grow(r->a, r->share, r->n_share, sizeof(*r->share));
    r->share[r->n_share] = (struct recount_share){.department = arena_strdup(r->a, department)};
    return &r->share[r->n_share++];
}

/* Whose clock it is: the department's whose time it measures, of its step, or the lead's. */
static const char *
department_of(const struct workflow *w, const struct case_state *c, const struct case_clock *k)
{
    const struct visit *v = case_visit(c, k->visit);

    return k->department ? k->department : v ? step_department(w, &w->step[v->step]) : w->lead;
}

static void
add(struct recount_figures *f, const struct case_clock *was, const struct case_clock *is,
    instant now)
{
    const bool both = was->due != INSTANT_NONE && is->due != INSTANT_NONE;
    const bool was_late = was->due != INSTANT_NONE && was->due < now;
    const bool is_late = is->due != INSTANT_NONE && is->due < now;

    f->clocks++;
    f->earlier += both && is->due < was->due;
    f->later += both && is->due > was->due;
    f->newly_late += is_late && !was_late;
    f->no_longer_late += was_late && !is_late;
    f->became_firm += was->provisional && !is->provisional;
}

static bool
counts_otherwise(const struct case_clock *was, const struct case_clock *is)
{
    return is && is->calendar && (!was->calendar || strcmp(was->calendar, is->calendar) != 0);
}

static void
count(struct recount_report *r, const struct sweep_case *c, const struct case_state *after,
      instant now)
{
    for (uint32_t i = 0; i < c->row.c->n_clock; i++) {
        const struct case_clock *was = &c->row.c->clock[i], *is = case_clock(after, was->id);
        const char *department = department_of(c->edition->w, c->row.c, was);

        if (!counts_otherwise(was, is))
            continue;
        add(&r->all, was, is, now);
        add(&share_of(r, department)->of, was, is, now);
    }
    r->cases++;
}

static void
refuse(struct recount_report *r, const struct sweep_case *c, const struct error *e)
{
    if (!r->refused++) {
        r->why = arena_strdup(r->a, e->detail);
        r->example = arena_strdup(r->a, c->row.number);
    }
}

static bool
look(struct sweep *s, struct sweep_case *c, instant now)
{
    struct recount_report *r = s->arg;
    struct command cmd = {.kind = COMMAND_RECOUNT, .actor = sweep_actor(s), .revision = -1};
    const struct case_state *after;
    struct error e;

    c->order.command = cmd;
    if (case_recounts(c->row.c, worker_calendar(s->worker)) && !s->dry_run)
        return true;
    s->looked++;
    if (!case_recounts(c->row.c, worker_calendar(s->worker)))
        return false;
    after = sweep_rehearse(s, c, &cmd, now, &e);
    if (after)
        count(r, c, after, now);
    else if (e.code != ERROR_CASE_CLOSED) /* what came due has closed it */
        refuse(r, c, &e);
    return false;
}

/* Counted once it is durable; what it means is decided again, which is cheap and pure. */
static void
told(struct sweep *s, struct sweep_case *c)
{
    const struct order *m = &c->order;
    const struct case_state *after;
    struct error e = m->error;

    s->looked++;
    after = e.code ? NULL : sweep_rehearse(s, c, &m->command, m->now, &e);
    if (after)
        count(s->arg, c, after, m->now);
    else
        refuse(s->arg, c, &e);
}

static void
prepare(struct sweep *s)
{
    sweep_go(s, 0);
}

bool
recount_cases(const struct settings *settings, const struct house *house,
              const struct registry *registry, bool dry_run, struct recount_report *out,
              struct error *e)
{
    struct sweep s = {.name = "recount",
                      .settings = settings,
                      .house = house,
                      .registry = registry,
                      .dry_run = dry_run,
                      .arg = out,
                      .prepare = prepare,
                      .look = look,
                      .told = told};
    const bool done = sweep_run(&s, e);

    out->looked = s.looked;
    return done;
}
