/* SPDX-License-Identifier: Apache-2.0 */
/* From which version a plan goes to which, and whether cases may go there. */
#include <string.h>

#include "daemon/ask.h"
#include "daemon/migrate_cases.h"
#include "daemon/publish.h"
#include "machine/promise.h"
#include "store/rows.h"

enum { DIGITS = 12 }; /* of a hash, at least */

struct finding {
    const struct migration_wish *wish;
    struct asker *asker;
    struct arena *a;
    struct migration_target *out;
    struct error *e;
    const struct workflow *from, *to;
    const char *in_force; /* hash of the version that is in force today; NULL: none */
    day in_force_from, today;
};

static bool
begins(const char *hash, const char *digits)
{
    return digits && strlen(digits) >= DIGITS && !strncmp(hash, digits, strlen(digits));
}

static bool
find_to(struct finding *f)
{
    const struct registry *r = f->wish->registry;

    for (uint32_t i = 0; i < r->n && !f->to; i++)
        if (begins(r->workflow[i]->hash, value_get_string(f->wish->plan, "to")))
            f->to = r->workflow[i];
    return f->to ||
           error_at(f->e, ERROR_NOT_FOUND, "/to",
                    "the folder of the workflows has no version that begins with this hash");
}

static void
on_versions(void *arg, const PGresult *res)
{
    struct finding *f = arg;

    for (int row = 0; row < PQntuples(res); row++)
        if (begins(row_text(res, row, 1), value_get_string(f->wish->plan, "from")))
            f->out->from = (int32_t)row_int(res, row, 0);
}

static void
on_body(void *arg, const PGresult *res)
{
    struct finding *f = arg;

    if (PQntuples(res) != 1 || !definition_restore(f->a, PQgetvalue(res, 0, 0),
                                                   (size_t)PQgetlength(res, 0, 0), &f->from, f->e))
        f->from = NULL;
}

static bool
find_from(struct finding *f)
{
    const char *from = value_get_string(f->wish->plan, "from");
    struct parameters v = parameters_new(f->a);

    if (!asker_ask(f->asker, SQL_definition_list, NULL, on_versions, f, f->e))
        return false;
    if (!f->out->from)
        return error_at(f->e, ERROR_NOT_FOUND, "/from",
                        "the database has no version %.64s; a version's hash, or 12 digits of it",
                        from ? from : "");
    parameter_int(&v, f->out->from);
    return asker_ask(f->asker, SQL_definition_body, &v, on_body, f, f->e) && f->from;
}

/* However many digits of the versions it names. */
static void
name_plan(struct finding *f)
{
    struct text t = text_new(f->a);
    struct value plan = value_with(f->a, f->wish->plan, "from", value_borrow(f->out->m.from->hash));

    plan = value_with(f->a, &plan, "to", value_borrow(f->out->m.to->hash));
    value_write(&t, &plan);
    digest(t.at, t.len, f->out->plan);
}

/* Columns of definition_standing. */
enum { S_ID, S_HASH, S_WORKFLOW, S_DISTRICT, S_FROM, S_UNTIL, S_TODAY };

static bool
is_kin(const PGresult *res, int row, const struct workflow *w)
{
    return !strcmp(row_text(res, row, S_WORKFLOW), w->id) &&
           !strcmp(row_text(res, row, S_DISTRICT), w->district ? w->district : "");
}

/* Of the texts for one period the first speaks for it, as in publish.c. */
static bool
speaks(const PGresult *res, int row, const struct workflow *w)
{
    for (int i = 0; i < row; i++)
        if (is_kin(res, i, w) && row_int(res, i, S_FROM) == row_int(res, row, S_FROM))
            return false;
    return is_kin(res, row, w);
}

/* Of several in force on one day the one that begins last is it. */
static void
on_standing(void *arg, const PGresult *res)
{
    struct finding *f = arg;

    for (int row = 0; row < PQntuples(res); row++) {
        const day from = (day)row_int(res, row, S_FROM), until = (day)row_int(res, row, S_UNTIL);

        f->today = (day)row_int(res, row, S_TODAY);
        if (!speaks(res, row, f->to))
            continue;
        if (!strcmp(row_text(res, row, S_HASH), f->to->hash))
            f->out->published = true;
        if (from > f->today || (until && until <= f->today) ||
            (f->in_force && from < f->in_force_from))
            continue;
        f->in_force = arena_strdup(f->a, row_text(res, row, S_HASH));
        f->in_force_from = from;
    }
}

static const char *
why_it_waits(const struct finding *f)
{
    char today[DAY_TEXT], from[DAY_TEXT];

    if (!f->out->published)
        return arena_printf(f->a,
                            "version %.12s of \"%s\" (%s) is not published: a daemon publishes it "
                            "when it reads the folder it stands in (onestop vet says whether)",
                            f->to->hash, f->to->id, f->to->file);
    if (f->to->from > f->today)
        return arena_printf(f->a,
                            "version %.12s of \"%s\" begins on %s: until then no case moves there",
                            f->to->hash, f->to->id, day_write(f->to->from, from));
    return arena_printf(f->a, "version %.12s of \"%s\" is not in force on %s: %s%.12s%s",
                        f->to->hash, f->to->id, day_write(f->today, today),
                        f->in_force ? "version " : "none", f->in_force ? f->in_force : "",
                        f->in_force ? " is" : " is");
}

static bool
find_standing(struct finding *f)
{
    if (!asker_ask(f->asker, SQL_definition_standing, NULL, on_standing, f, f->e))
        return false;
    f->out->in_force = f->in_force && !strcmp(f->in_force, f->to->hash);
    f->out->waits = f->out->in_force ? NULL : why_it_waits(f);
    return true;
}

/* What a daemon asks before it publishes a version; what it asked already is not asked again. */
static bool
check_gate(const struct finding *f, struct problems *problems)
{
    const struct publishing p = {.settings = f->wish->settings,
                                 .house = f->wish->house,
                                 .registry = registry_build(f->a, &f->to, 1),
                                 .rehearsal = true};
    const struct calendar *calendar = f->wish->house->calendar;
    struct arena scratch = {0};
    const bool holds =
        promise_check(f->to, calendar, &scratch, problems) &&
        promise_check_layers(f->wish->registry, &f->to, 1, calendar, &scratch, problems);

    arena_release(&scratch);
    return !holds || publish_check(&p, problems, f->e);
}

bool
migration_target_find(const struct migration_wish *wish, struct asker *asker, struct arena *a,
                      struct problems *problems, struct migration_target *out, struct error *e)
{
    struct finding f = {.wish = wish, .asker = asker, .a = a, .out = out, .e = e};

    *out = (struct migration_target){.from = 0};
    if (!find_to(&f) || !find_from(&f) || !migration_read(a, f.from, f.to, wish->plan, &out->m, e))
        return false;
    name_plan(&f);
    return check_gate(&f, problems) && find_standing(&f);
}
