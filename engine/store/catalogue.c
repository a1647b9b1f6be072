/* SPDX-License-Identifier: Apache-2.0 */
/* Which versions of workflows there are, and the numbers of their desks. */
#include "store/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/require.h"
#include "machine/case.h"
#include "store/rows.h"

struct entry {
    struct entry *next;
    struct catalogue *of;
    struct edition edition;
    struct arena arena; /* the workflow, where it was restored here; the desks */
    bool fetching;
    bool ready;
    struct error trouble; /* it cannot be had */
};

struct catalogue {
    struct pipeline *read;
    struct calendars *calendars;
    void (*changed)(void *arg);
    void *arg;
    struct entry *first;
};

struct catalogue *
catalogue_new(struct pipeline *read, void (*changed)(void *arg), void *arg)
{
    struct catalogue *c = calloc(1, sizeof(*c));

    require(c != NULL);
    *c = (struct catalogue){.read = read,
                            .calendars = calendars_new(read, changed, arg),
                            .changed = changed,
                            .arg = arg};
    return c;
}

void
catalogue_free(struct catalogue *c)
{
    while (c && c->first) {
        struct entry *en = c->first;

        c->first = en->next;
        arena_release(&en->arena);
        free(en);
    }
    if (c)
        calendars_free(c->calendars);
    free(c);
}

struct calendars *
catalogue_calendars(const struct catalogue *c)
{
    return c->calendars;
}

static struct entry *
entry_new(struct catalogue *c)
{
    struct entry *en = calloc(1, sizeof(*en));

    require(en != NULL);
    en->of = c;
    en->next = c->first;
    c->first = en;
    return en;
}

static void
finish(struct entry *en, const struct error *e)
{
    en->fetching = false;
    en->ready = !e;
    /* Away or busy: whoever asks next tries again. */
    if (e && e->code != ERROR_STORE_BUSY && !error_passes(e))
        en->trouble = *e;
    if (e)
        log_warn("definition not available", log_int("definition", en->edition.id),
                 log_error_fields(e));
    if (en->of->changed)
        en->of->changed(en->of->arg);
}

static bool
has_desk(const struct step *s)
{
    return step_is_leaf(s) && s->by == ACTOR_ROLE && s->n_action > 0;
}

int32_t
edition_desk(const struct edition *e, const struct visit *v)
{
    const int32_t *desk = e->desk[v->step];
    uint16_t n;
    const char *const *may_be = step_departments(e->w, &e->w->step[v->step], &n);

    for (uint16_t i = 0; desk && i < n; i++)
        if (!strcmp(may_be[i], visit_department(e->w, v)))
            return desk[i];
    return 0;
}

static void
on_desks(void *arg, const PGresult *res, const struct error *e)
{
    struct entry *en = arg;
    const struct workflow *w = en->edition.w;
    const int32_t **desk;
    int row = 0;

    if (e) {
        finish(en, e);
        return;
    }
    desk = arena_array(&en->arena, w->n_step, const int32_t *);
    for (uint16_t i = 0; i < w->n_step; i++)
        if (has_desk(&w->step[i])) {
            uint16_t n;
            int32_t *of;

            (void)step_departments(w, &w->step[i], &n);
            desk[i] = of = arena_array(&en->arena, n, int32_t);
            for (uint16_t k = 0; k < n; k++)
                of[k] = (int32_t)row_int(res, row++, 0);
        }
    require(row == PQntuples(res));
    en->edition.desk = desk;
    finish(en, NULL);
}

static void
on_number(void *arg, const PGresult *res, const struct error *e)
{
    struct entry *en = arg;

    if (!e)
        en->edition.id = (int32_t)row_int(res, 0, 0);
}

/* Asks for the desks of the workflow; ends the segment. */
static void
send_desks(struct entry *en, struct arena *a)
{
    const struct workflow *w = en->edition.w;
    struct column role = column_new(a, COLUMN_TEXT), department = column_new(a, COLUMN_TEXT);
    struct parameters v = parameters_new(a);

    for (uint16_t i = 0; i < w->n_step; i++)
        if (has_desk(&w->step[i])) {
            uint16_t n;
            const char *const *may_be = step_departments(w, &w->step[i], &n);

            for (uint16_t k = 0; k < n; k++) {
                column_text(&role, w->step[i].role);
                column_text(&department, may_be[k]);
            }
        }
    parameter_column(&v, &role);
    parameter_column(&v, &department);
    pipeline_send(en->of->read, SQL_desk_publish, &v, NULL, NULL);
    pipeline_send(en->of->read, SQL_desk_numbers, &v, on_desks, en);
    pipeline_sync(en->of->read, NULL, NULL);
}

static void
on_body(void *arg, const PGresult *res, const struct error *e)
{
    struct entry *en = arg;
    struct error why = {0};
    struct arena a = {0};

    if (e) {
        finish(en, e);
        return;
    }
    if (PQntuples(res) != 1)
        error_set(&why, ERROR_INTERNAL, "definition %d is not in the database", en->edition.id);
    else if (definition_restore(&en->arena, PQgetvalue(res, 0, 0), (size_t)PQgetlength(res, 0, 0),
                                &en->edition.w, &why)) {
        send_desks(en, &a);
        arena_release(&a);
        return;
    }
    finish(en, &why);
}

static const struct edition *
answer(const struct entry *en, struct error *e)
{
    if (en->trouble.code)
        *e = en->trouble;
    return en->ready ? &en->edition : NULL;
}

const struct edition *
catalogue_edition(struct catalogue *c, int32_t id, struct error *e)
{
    struct entry *en = c->first;
    struct parameters v;
    struct arena a = {0};

    while (en && en->edition.id != id)
        en = en->next;
    if (en && (en->ready || en->fetching || en->trouble.code))
        return answer(en, e);
    if (!en)
        en = entry_new(c);
    en->edition.id = id;
    en->fetching = true;
    v = parameters_new(&a);
    parameter_int(&v, id);
    pipeline_ask(c->read, SQL_definition_body, &v, on_body, en);
    arena_release(&a);
    return NULL;
}

static void
send_publish(struct entry *en)
{
    const struct workflow *w = en->edition.w;
    struct arena a = {0};
    struct parameters v = parameters_new(&a), hash = parameters_new(&a);

    parameter_text(&v, w->hash);
    parameter_text(&v, w->id);
    parameter_text(&v, w->text);
    parameter_int(&v, w->from);
    parameter_int(&v, w->until);
    parameter_text(&hash, w->hash);
    pipeline_send(en->of->read, SQL_definition_publish, &v, NULL, NULL);
    pipeline_send(en->of->read, SQL_definition_number, &hash, on_number, en);
    send_desks(en, &a);
    arena_release(&a);
}

const struct edition *
catalogue_publish(struct catalogue *c, const struct workflow *w, struct error *e)
{
    struct entry *en = c->first;

    while (en && !(en->edition.w && (en->edition.w == w || !strcmp(en->edition.w->hash, w->hash))))
        en = en->next;
    if (en && (en->ready || en->fetching || en->trouble.code))
        return answer(en, e);
    if (!en)
        en = entry_new(c);
    en->edition.w = w;
    en->fetching = true;
    send_publish(en);
    return NULL;
}

bool
catalogue_settled(const struct catalogue *c)
{
    for (const struct entry *en = c->first; en; en = en->next)
        if (en->fetching)
            return false;
    return true;
}
