/* SPDX-License-Identifier: Apache-2.0 */
/* What the versions of a folder must stand before they are published. */
#include "daemon/publish.h"

#include <string.h>

#include "base/log.h"
#include "daemon/ask.h"
#include "daemon/gate.h"
#include "definition/json.h"
#include "definition/overlay.h"
#include "machine/machine.h"
#include "store/rows.h"

/* A text that speaks for a period, as the database has it. */
struct standing {
    int64_t id;
    const char *hash, *workflow, *district;
    day from, until;
};

struct checking {
    const struct publishing *p;
    struct problems *problems;
    struct error *e;
    struct asker *asker;
    struct arena arena, scratch;
    struct standing *standing; /* the first of a period is it */
    size_t n_standing;
    day today;
    const char **vetted;
    size_t n_vetted;
    struct value body;           /* what was fetched */
    const struct workflow **new; /* they take the place of another text */
    size_t n_new;
};

static const char *
district_of(const struct workflow *w)
{
    return w->district ? w->district : "";
}

static const char *
file_of(const struct workflow *w)
{
    return w->overlay ? w->overlay->file : w->file;
}

/* --- what the database has --- */

static void
on_standing(void *arg, const PGresult *res)
{
    struct checking *c = arg;

    c->n_standing = (size_t)PQntuples(res);
    c->standing = arena_array(&c->arena, c->n_standing, struct standing);
    for (int row = 0; row < PQntuples(res); row++) {
        c->standing[row] = (struct standing){.id = row_int(res, row, 0),
                                             .hash = row_copy(res, row, 1, &c->arena),
                                             .workflow = row_copy(res, row, 2, &c->arena),
                                             .district = row_copy(res, row, 3, &c->arena),
                                             .from = (day)row_int(res, row, 4),
                                             .until = (day)row_int(res, row, 5)};
        c->today = (day)row_int(res, row, 6);
    }
}

static void
on_vetted(void *arg, const PGresult *res)
{
    struct checking *c = arg;

    c->n_vetted = (size_t)PQntuples(res);
    c->vetted = arena_array(&c->arena, c->n_vetted, const char *);
    for (int row = 0; row < PQntuples(res); row++)
        c->vetted[row] = row_copy(res, row, 0, &c->arena);
}

static bool
ask(struct checking *c)
{
    struct parameters rules = parameters_new(&c->arena);

    parameter_int(&rules, MACHINE_RULES);
    return asker_ask(c->asker, SQL_definition_standing, NULL, on_standing, c, c->e) &&
           asker_ask(c->asker, SQL_vetted_list, &rules, on_vetted, c, c->e);
}

/* --- what has begun stays --- */

static const struct standing *
standing_for(const struct checking *c, const struct workflow *w)
{
    for (size_t i = 0; i < c->n_standing; i++) {
        const struct standing *s = &c->standing[i];

        if (s->from == w->from && !strcmp(s->workflow, w->id) &&
            !strcmp(s->district, district_of(w)))
            return s;
    }
    return NULL;
}

static void
on_body(void *arg, const PGresult *res)
{
    struct checking *c = arg;
    struct error e;

    c->body = (struct value){.kind = VALUE_NULL};
    if (PQntuples(res) == 1 &&
        !json_read_stored(&c->scratch, arena_strdup(&c->scratch, PQgetvalue(res, 0, 0)),
                          (size_t)PQgetlength(res, 0, 0), &c->body, &e))
        c->body = (struct value){.kind = VALUE_NULL};
}

/* Whether @w is the text of @s and only says otherwise when the period ends, a day to come. */
static bool
only_ends(struct checking *c, const struct standing *s, const struct workflow *w, bool *is)
{
    struct parameters v = parameters_new(&c->scratch);
    struct value text;

    *is = false;
    if ((s->until && s->until <= c->today) || (w->until && w->until <= c->today))
        return true;
    parameter_int(&v, s->id);
    if (!asker_ask(c->asker, SQL_definition_body, &v, on_body, c, c->e))
        return false;
    if (c->body.kind != VALUE_OBJECT ||
        !json_read_stored(&c->scratch, w->text, w->text_len, &text, c->e))
        return true;
    text = value_with(&c->scratch, &text, "effective", *value_get(&c->body, "effective"));
    *is = value_equal(&text, &c->body);
    return true;
}

/* Whether days before today are of both. */
static bool
shares_past(const struct checking *c, const struct standing *s, const struct workflow *w)
{
    const day from = s->from > w->from ? s->from : w->from;
    const bool ended = (s->until && s->until <= from) || (w->until && w->until <= from);

    return from < c->today && !ended;
}

/* What else speaks for days that @w would have been in force on. */
static const struct standing *
standing_before(const struct checking *c, const struct workflow *w)
{
    for (size_t i = 0; i < c->n_standing; i++) {
        const struct standing *s = &c->standing[i];

        if (!strcmp(s->workflow, w->id) && !strcmp(s->district, district_of(w)) &&
            shares_past(c, s, w))
            return s;
    }
    return NULL;
}

static bool
allowed(const struct checking *c, const struct workflow *w, const struct standing *s)
{
    if (strcmp(c->p->settings->server_replace, "allowed") != 0)
        return false;
    log_warn("another text for a period that has begun", log_str("file", file_of(w)),
             log_str("was", s->hash), log_str("is", w->hash));
    return true;
}

static void
refuse(struct checking *c, const struct standing *s, const struct workflow *w)
{
    const struct spot spot = {file_of(w), 1, "/effective"};
    char from[DAY_TEXT];

    c->problems->n_origin = 0;
    if (s->from == w->from)
        problem_add(c->problems, PROBLEM_IN_FORCE, spot,
                    "version %.12s of \"%s\" is in force since %s and this is another text for "
                    "that period (only an effective.until after today may be added)",
                    s->hash, w->id, day_write(w->from, from));
    else
        problem_add(c->problems, PROBLEM_IN_FORCE, spot,
                    "version %.12s of \"%s\" was in force on days before today that this one is "
                    "for, from %s on",
                    s->hash, w->id, day_write(w->from, from));
}

/* The text of @s, for the same period, is another. */
static bool
check_successor(struct checking *c, const struct standing *s, const struct workflow *w)
{
    bool ends = true;

    if (s->from <= c->today && !only_ends(c, s, w, &ends))
        return false;
    if (ends || allowed(c, w, s))
        c->new[c->n_new++] = w;
    else
        refuse(c, s, w);
    return true;
}

static bool
check_period(struct checking *c, const struct workflow *w)
{
    const struct standing *same = standing_for(c, w), *before = standing_before(c, w);

    if (same)
        return !strcmp(same->hash, w->hash) || check_successor(c, same, w);
    if (before && !allowed(c, w, before))
        refuse(c, before, w);
    return true;
}

/* --- what is new is vetted --- */

static bool
is_vetted(const struct checking *c, const struct workflow *w)
{
    for (size_t i = 0; i < c->n_vetted; i++)
        if (!strcmp(c->vetted[i], w->hash))
            return true;
    return false;
}

static bool
remember(struct checking *c, const struct workflow *w)
{
    struct parameters v = parameters_new(&c->scratch);

    parameter_text(&v, w->hash);
    parameter_int(&v, MACHINE_RULES);
    return asker_ask(c->asker, SQL_vetted_add, &v, NULL, NULL, c->e);
}

static bool
was_stopped(const struct checking *c)
{
    return c->p->go_on && !c->p->go_on(c->p->arg) &&
           !error_set(c->e, ERROR_STORE_BUSY, "the versions were not asked to the end");
}

static bool
vet(struct checking *c, const struct workflow *w)
{
    const struct gate_bounds bounds = {.states = GATE_STATES,
                                       .seconds = GATE_SECONDS,
                                       .go_on = c->p->go_on,
                                       .arg = c->p->arg,
                                       .to_the_end = true};
    const size_t before = c->problems->n_error;
    struct explored found;
    const char *open;

    if (c->p->vetting)
        c->p->vetting(c->p->arg, w);
    gate_explore(w, c->p->house, &bounds, &c->scratch, c->problems, &found);
    if (was_stopped(c))
        return false;
    open = gate_left_open(&c->scratch, w, &found, LANGUAGE_EN);
    if (*open)
        log_warn("exploration", log_str("left_open", open));
    (void)gate_play(w, c->p->house, &bounds, &c->scratch, c->problems);
    if (was_stopped(c))
        return false;
    return c->problems->n_error != before || remember(c, w);
}

/* --- what is published --- */

/* The row is the worker's to write, too; whoever comes first does. */
static bool
take_place(struct checking *c, const struct workflow *w)
{
    struct parameters row = parameters_new(&c->scratch), place = parameters_new(&c->scratch);

    parameter_text(&row, w->hash);
    parameter_text(&row, w->id);
    parameter_text(&row, w->text);
    parameter_int(&row, w->from);
    parameter_int(&row, w->until);
    parameter_text(&place, w->hash);
    parameter_text(&place, w->id);
    parameter_text(&place, district_of(w));
    parameter_int(&place, w->from);
    return asker_ask(c->asker, SQL_definition_publish, &row, NULL, NULL, c->e) &&
           asker_ask(c->asker, SQL_definition_replace, &place, NULL, NULL, c->e);
}

static bool
check_all(struct checking *c)
{
    const struct registry *r = c->p->registry;
    bool done = ask(c);

    c->new = arena_array(&c->arena, r->n, const struct workflow *);
    for (uint32_t i = 0; done && i < r->n; i++) {
        const struct workflow *w = r->workflow[i];

        done = check_period(c, w) && (c->p->unvetted || is_vetted(c, w) || vet(c, w));
        arena_reset(&c->scratch);
    }
    problems_sort(c->problems);
    for (size_t i = 0; done && !c->p->rehearsal && !c->problems->n_error && i < c->n_new; i++)
        done = take_place(c, c->new[i]);
    return done;
}

bool
publish_check(const struct publishing *p, struct problems *problems, struct error *e)
{
    struct checking c = {.p = p, .problems = problems, .e = e};
    bool done;

    c.asker = asker_open(p->settings->database_conninfo, "onestop publish", e);
    if (!c.asker)
        return false;
    done = check_all(&c);
    asker_close(c.asker);
    arena_release(&c.scratch);
    arena_release(&c.arena);
    return done;
}
