/* SPDX-License-Identifier: Apache-2.0 */
/* Goes over the open cases that count by an older calendar, and says what that means. */
#include "daemon/recount.h"

#include <string.h>

#include "daemon/sweep.h"
#include "machine/periods.h"
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

    return k->department ? k->department : v ? visit_department(w, v) : w->lead;
}

static void
add_clock(struct clock_figures *f, const struct case_clock *was, const struct case_clock *is,
          instant now)
{
    const bool both = was->due != INSTANT_NONE && is->due != INSTANT_NONE;
    const bool was_late = was->due != INSTANT_NONE && was->due < now;
    const bool is_late = is->due != INSTANT_NONE && is->due < now;

    f->n++;
    f->earlier += both && is->due < was->due;
    f->later += both && is->due > was->due;
    f->newly_late += is_late && !was_late;
    f->no_longer_late += was_late && !is_late;
    f->became_firm += was->provisional && !is->provisional;
}

static bool
another(const char *was, const char *is)
{
    return is && (!was || strcmp(was, is) != 0);
}

static void
count_clocks(struct recount_report *r, const struct sweep_case *c, const struct case_state *after,
             instant now)
{
    for (uint32_t i = 0; i < c->row.c->n_clock; i++) {
        const struct case_clock *was = &c->row.c->clock[i], *is = case_clock(after, was->id);
        const char *department = department_of(c->edition->w, c->row.c, was);

        if (!is || !another(was->calendar, is->calendar))
            continue;
        add_clock(&r->all.clocks, was, is, now);
        add_clock(&share_of(r, department)->of.clocks, was, is, now);
    }
}

/* A moment that counts, before and after. */
struct moved {
    instant was, is;
    bool was_provisional, is_provisional;
};

static void
add_period(struct period_figures *f, const struct moved *m, instant now)
{
    f->n++;
    f->earlier += m->is < m->was;
    f->later += m->is > m->was;
    f->at_once += m->is < now;
    f->became_firm += m->was_provisional && !m->is_provisional;
}

static void
count_period(struct recount_report *r, const char *department, struct moved m, instant now)
{
    add_period(&r->all.periods, &m, now);
    add_period(&share_of(r, department)->of.periods, &m, now);
}

static void
count_visit(struct sweep *s, const struct sweep_case *c, const struct visit *was,
            const struct visit *is, instant now)
{
    const struct workflow *w = c->edition->w;
    const struct calendar *house = worker_calendar(s->worker);
    const struct step *step = &w->step[was->step];

    for (int32_t i = PERIOD_WAIT; i < step->n_timer; i++) {
        const struct moved m = {.was = i == PERIOD_WAIT ? was->wait_until : was->timer[i],
                                .is = i == PERIOD_WAIT ? is->wait_until : is->timer[i],
                                .was_provisional = visit_provisional(&s->page, w, was, i, house),
                                .is_provisional = visit_provisional(&s->page, w, is, i, house)};

        if (period_counts(w, was, i) && period_counts(w, is, i))
            count_period(s->arg, visit_department(w, was), m, now);
    }
}

static void
count_periods(struct sweep *s, const struct sweep_case *c, const struct case_state *after,
              instant now)
{
    const struct workflow *w = c->edition->w;
    const struct calendar *house = worker_calendar(s->worker);
    const struct case_state *before = c->row.c;

    for (uint32_t i = 0; i < before->n_visit; i++) {
        const struct visit *was = &before->visit[i], *is = case_visit(after, was->id);

        if (is && another(was->calendar, is->calendar))
            count_visit(s, c, was, is, now);
    }
    for (uint16_t i = 0; i < w->n_material; i++) {
        const struct material *was = &before->material[i], *is = &after->material[i];
        const struct moved m = {
            .was = was->until,
            .is = is->until,
            .was_provisional = material_provisional(&s->page, w, before, i, house),
            .is_provisional = material_provisional(&s->page, w, after, i, house)};

        if (was->since != INSTANT_NONE && was->since == is->since &&
            another(was->calendar, is->calendar))
            count_period(s->arg, w->lead, m, now);
    }
}

static void
count(struct sweep *s, const struct sweep_case *c, const struct case_state *after, instant now)
{
    struct recount_report *r = s->arg;

    count_clocks(r, c, after, now);
    count_periods(s, c, after, now);
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
    if (case_recounts(c->edition->w, c->row.c, worker_calendar(s->worker)) && !s->dry_run)
        return true;
    s->looked++;
    if (!case_recounts(c->edition->w, c->row.c, worker_calendar(s->worker)))
        return false;
    after = sweep_rehearse(s, c, &cmd, now, &e);
    if (after)
        count(s, c, after, now);
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
        count(s, c, after, m->now);
    else
        refuse(s->arg, c, &e);
}

static void
unread(struct sweep *s, struct sweep_case *c, const struct error *e)
{
    s->looked++;
    refuse(s->arg, c, e);
}

static void
prepare(struct sweep *s)
{
    sweep_go(s, 0);
}

bool
recount_cases(const struct settings *settings, const struct house *house, bool dry_run,
              struct recount_report *out, struct error *e)
{
    struct sweep s = {.name = "recount",
                      .settings = settings,
                      .house = house,
                      .dry_run = dry_run,
                      .arg = out,
                      .prepare = prepare,
                      .look = look,
                      .told = told,
                      .unread = unread};
    const bool done = sweep_run(&s, e);

    out->looked = s.looked;
    return done;
}
