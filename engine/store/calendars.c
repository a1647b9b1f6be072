/* SPDX-License-Identifier: Apache-2.0 */
/* Which versions of calendars there are: kept before they are used, fetched where others did. */
#include "store/calendars.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/require.h"
#include "store/rows.h"

struct calendars {
    struct pipeline *read;
    void (*changed)(void *arg);
    void *arg;
    const struct calendar *wanted; /* what was said last */
    const struct calendar *house;  /* the last that is kept, with all that was fetched */
    const struct calendar *kept;   /* that one as it was said */
    const struct calendar *asked;  /* what is being kept */
    const struct calendar **fetched;
    uint32_t n_fetched;
    bool fetching, all;  /* under way; has been, and well */
    char looked_for[16]; /* the version for which it was; "": for none, or whoever asked was told */
    struct error trouble; /* why it failed, or what was damaged */
    struct arena arena;   /* what was fetched, and almanacs: a few a year */
};

struct calendars *
calendars_new(struct pipeline *read, void (*changed)(void *arg), void *arg)
{
    struct calendars *c = calloc(1, sizeof(*c));

    require(c != NULL);
    *c = (struct calendars){.read = read, .changed = changed, .arg = arg};
    return c;
}

void
calendars_free(struct calendars *c)
{
    if (c)
        arena_release(&c->arena);
    free(c);
}

static void
tell(struct calendars *c)
{
    if (c->changed)
        c->changed(c->arg);
}

/* What was kept, together with what was fetched. */
static void
gather(struct calendars *c)
{
    if (c->kept)
        c->house = almanac_with(&c->arena, c->kept, c->fetched, c->n_fetched);
}

void
calendars_use(struct calendars *c, const struct calendar *house)
{
    c->wanted = house;
}

static void
on_kept(void *arg, const PGresult *res, const struct error *e)
{
    struct calendars *c = arg;

    (void)res;
    if (e) { /* whoever needs them asks again */
        log_warn("calendars cannot be kept", log_error_fields(e));
        c->asked = NULL;
        return;
    }
    c->kept = c->asked;
    c->asked = NULL;
    gather(c);
    tell(c);
}

/* A calendar that stands alone is its own almanac. */
static void
send_kept(struct calendars *c)
{
    struct arena a = {0};
    const struct calendar *house = almanac_with(&a, c->wanted, NULL, 0);
    struct column version = column_new(&a, COLUMN_TEXT), id = column_new(&a, COLUMN_TEXT);
    struct column body = column_new(&a, COLUMN_TEXT);
    struct parameters v = parameters_new(&a);

    for (uint32_t i = 0; i < house->almanac->n; i++) {
        const struct calendar *one = house->almanac->version[i];

        column_text(&version, one->version);
        column_text(&id, one->id);
        column_text(&body, one->text);
    }
    parameter_column(&v, &version);
    parameter_column(&v, &id);
    parameter_column(&v, &body);
    c->asked = c->wanted;
    pipeline_ask(c->read, SQL_calendar_publish, &v, on_kept, c);
    arena_release(&a);
}

bool
calendars_keep(struct calendars *c)
{
    if (c->wanted && c->wanted != c->kept && !c->asked)
        send_kept(c);
    return c->wanted == c->kept;
}

const struct calendar *
calendars_house(const struct calendars *c)
{
    return c->house;
}

static void
add_fetched(struct calendars *c, const PGresult *res, int row)
{
    const struct calendar *one;

    for (uint32_t i = 0; i < c->n_fetched; i++)
        if (!strcmp(c->fetched[i]->version, row_text(res, row, 0)))
            return;
    if (!calendar_restore(&c->arena, row_text(res, row, 0), row_text(res, row, 1),
                          (size_t)PQgetlength(res, row, 1), &one, &c->trouble)) {
        log_error("a calendar is kept damaged", log_error_fields(&c->trouble));
        return;
    }
    c->fetched = arena_grow(&c->arena, c->fetched, c->n_fetched, sizeof(*c->fetched));
    c->fetched[c->n_fetched++] = one;
}

static void
on_fetched(void *arg, const PGresult *res, const struct error *e)
{
    struct calendars *c = arg;

    c->fetching = false;
    c->trouble = (struct error){0};
    if (e)
        c->trouble = *e;
    for (int row = 0; !e && row < PQntuples(res); row++)
        add_fetched(c, res, row);
    c->all = !e;
    gather(c);
    tell(c);
}

static void
fetch(struct calendars *c)
{
    struct arena a = {0};
    struct parameters v = parameters_new(&a);

    if (c->fetching)
        return;
    c->fetching = true;
    pipeline_ask(c->read, SQL_calendar_list, &v, on_fetched, c);
    arena_release(&a);
}

bool
calendars_fetch(struct calendars *c, struct error *e)
{
    if (c->trouble.code) {
        *e = c->trouble;
        c->trouble = (struct error){0}; /* whoever asks next tries again */
        c->all = false;
        return false;
    }
    if (!c->all)
        fetch(c);
    return c->all && c->house;
}

bool
calendars_know(struct calendars *c, const struct workflow *w, const struct case_state *state,
               struct error *e)
{
    const char *missing = NULL;

    if (!c->house || c->fetching)
        return c->house && case_calendars_known(w, state, c->house, &missing);
    if (case_calendars_known(w, state, c->house, &missing))
        return true;
    if (strncmp(c->looked_for, missing, sizeof(c->looked_for) - 1) != 0) {
        strncpy(c->looked_for, missing, sizeof(c->looked_for) - 1);
        fetch(c);
        return false;
    }
    *c->looked_for = 0; /* another may keep it later */
    if (c->trouble.code)
        *e = c->trouble;
    else
        error_set(e, ERROR_INTERNAL, "calendar %.20s is not in the database", missing);
    return false;
}
