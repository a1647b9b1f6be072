/* SPDX-License-Identifier: Apache-2.0 */
/* Do the stored facts give the stored state? */
#include "runtime/audit.h"

#include <event2/event.h>
#include <string.h>

#include "definition/digest.h"
#include "definition/json.h"
#include "machine/migrate.h"
#include "store/digest.h"
#include "store/rows.h"

enum { PIECE = 100 };

/* Columns of audit_cases behind those of row_case(). */
enum { RECORDED = 11, FACT_NUMBER, FACT_BODY, FACT_HASH };

/* A version, by the beginning of its hash that records name. */
struct audit_version {
    int32_t id;
    char hash[DIGEST_TEXT];
};

struct audit {
    const struct audit_options *o;
    struct arena keep; /* of the whole audit */
    struct audit_version *version;
    int n_version;
    bool listed, waits; /* a version is being fetched */
    struct audit_report *report;
    struct arena arena;  /* of one case */
    const PGresult *res; /* the piece under judgement */
    int64_t after;       /* the last case looked at */
    bool asking, ended;
    struct error error;
};

static void
report(struct audit *a, const struct case_row *r, const char *why)
{
    a->report->wrong++;
    if (a->report->found)
        a->report->found(a->report->arg, r->id, r->number, why);
}

static bool
follows(uint8_t head[HASH_SIZE], const PGresult *res, int row)
{
    size_t len;
    const void *stored = row_bytes(res, row, FACT_HASH, &len);

    digest_chain(head, PQgetvalue(res, row, FACT_BODY), (size_t)PQgetlength(res, row, FACT_BODY));
    return len == HASH_SIZE && memcmp(head, stored, HASH_SIZE) == 0;
}

/* The version whose hash begins with @prefix, which may be fetched first: then `waits` is set. */
static const struct workflow *
version_of(struct audit *a, const struct workflow *w, const char *prefix)
{
    if (!prefix || !strncmp(w->hash, prefix, strlen(prefix)))
        return w;
    for (int i = 0; i < a->n_version; i++)
        if (!strncmp(a->version[i].hash, prefix, strlen(prefix))) {
            const struct edition *edition =
                catalogue_edition(a->o->catalogue, a->version[i].id, &a->error);

            a->waits = !edition && !a->error.code;
            return edition ? edition->w : NULL;
        }
    return NULL;
}

/* Applies one record under the version it was written by; @return what is wrong, or NULL. */
static const char *
apply_record(struct audit *a, const struct workflow *w, struct case_state *c,
             const struct value *record)
{
    const char *into = record_into(record);
    struct setting s = {.calendar = calendars_house(catalogue_calendars(a->o->catalogue))};
    struct error e = {0};

    s.workflow = version_of(a, w, value_get_string(record, "definition"));
    s.into = into && s.workflow ? version_of(a, w, into) : NULL;
    if (a->waits)
        return NULL;
    if (!s.workflow || (into && !s.into))
        return "it was of a version that is not in the database";
    return machine_replay(&s, c, record, &a->arena, &e) ? NULL : arena_strdup(&a->arena, e.detail);
}

/* Applies the facts in rows @from .. @to - 1; @return what is wrong, or NULL. */
static const char *
apply_facts(struct audit *a, const struct workflow *w, struct case_state *c, int from, int to,
            uint8_t head[HASH_SIZE])
{
    for (int row = from; row < to; row++) {
        struct error e = {0};
        struct value record;
        const char *why;

        if (row_int(a->res, row, FACT_NUMBER) != row - from + 1)
            return "its facts have a gap";
        if (!follows(head, a->res, row))
            return "its facts are not those the chain was made of";
        if (!json_read_stored(&a->arena, PQgetvalue(a->res, row, FACT_BODY),
                              (size_t)PQgetlength(a->res, row, FACT_BODY), &record, &e))
            return arena_printf(&a->arena, "fact %d cannot be read: %s", row - from + 1, e.detail);
        why = apply_record(a, w, c, &record);
        if (why)
            return arena_printf(&a->arena, "fact %d cannot be applied: %s", row - from + 1, why);
        if (a->waits)
            return NULL;
        a->report->facts++;
    }
    return NULL;
}

/* To the letter; a row in the words of an earlier release once it is said in those of this one. */
static bool
same_state(struct audit *a, struct case_row *r, const struct workflow *w, const char *state)
{
    struct text again = text_new(&a->arena);
    struct error e = {0};
    struct value v;

    if (!strcmp(state, r->state))
        return true;
    if (!json_read_stored(&a->arena, r->state, strlen(r->state), &v, &e) || !case_is_old(&v) ||
        !row_case_state(r, w, &a->arena, &e))
        return false;
    case_write(&again, w, r->c);
    return !strcmp(state, again.at);
}

static const char *
judge(struct audit *a, struct case_row *r, const struct workflow *w, int from, int to)
{
    struct case_state *c = case_new(&a->arena, w);
    struct text state = text_new(&a->arena), form = text_new(&a->arena);
    uint8_t head[HASH_SIZE] = {0};
    const char *why;

    if (PQgetisnull(a->res, from, FACT_NUMBER) ||
        row_int(a->res, to - 1, FACT_NUMBER) != row_int(a->res, from, RECORDED))
        return "it has not as many facts as its row says";
    c->id = r->id;
    c->number = r->number;
    why = apply_facts(a, w, c, from, to, head);
    if (why || a->waits)
        return why;
    if (memcmp(head, r->head, HASH_SIZE) != 0)
        return "its row names another head than its facts have";
    case_write(&state, w, c);
    value_write(&form, &c->form);
    if (!same_state(a, r, w, state.at))
        return arena_printf(&a->arena, "its facts give %s, stored is %s", state.at, r->state);
    return strcmp(form.at, r->form) != 0 ? "its facts give another form" : NULL;
}

/* Judges the cases of a piece, as far as their editions are here. */
static void
judge_piece(struct audit *a)
{
    const int n = PQntuples(a->res);
    int from = 0;

    while (from < n) {
        const int64_t id = row_int(a->res, from, 0);
        const struct edition *edition;
        struct case_row r;
        const char *why;
        int to = from;

        while (to < n && row_int(a->res, to, 0) == id)
            to++;
        r = row_case(a->res, to - 1, &a->arena);
        edition = catalogue_edition(a->o->catalogue, r.definition, &a->error);
        if (!edition)
            return; /* it is being fetched: this piece is asked for again from here */
        why = judge(a, &r, edition->w, from, to);
        if (a->waits || a->error.code)
            return; /* likewise */
        if (why)
            report(a, &r, why);
        a->report->cases++;
        a->after = id;
        arena_reset(&a->arena);
        from = to;
    }
    a->ended = n == 0;
}

static void
on_piece(void *arg, const PGresult *res, const struct error *e)
{
    struct audit *a = arg;

    a->asking = false;
    if (e) {
        a->error = *e;
        return;
    }
    a->res = res;
    a->waits = false;
    judge_piece(a);
    a->res = NULL;
}

static void
on_versions(void *arg, const PGresult *res, const struct error *e)
{
    struct audit *a = arg;

    a->asking = false;
    if (e) {
        a->error = *e;
        return;
    }
    a->version = arena_array(&a->keep, PQntuples(res), struct audit_version);
    for (; a->n_version < PQntuples(res); a->n_version++) {
        struct audit_version *v = &a->version[a->n_version];

        v->id = (int32_t)row_int(res, a->n_version, 0);
        strncpy(v->hash, row_text(res, a->n_version, 1), sizeof(v->hash) - 1);
    }
    a->listed = true;
}

static void
ask(struct audit *a)
{
    struct parameters v = parameters_new(&a->arena);

    a->asking = true;
    if (!a->listed) {
        pipeline_ask(a->o->read, SQL_definition_list, &v, on_versions, a);
        return;
    }
    parameter_int(&v, a->o->cell);
    parameter_int(&v, a->after);
    parameter_int(&v, PIECE);
    pipeline_ask(a->o->read, SQL_audit_cases, &v, on_piece, a);
    arena_reset(&a->arena);
}

/* All there ever were: a record may name any. */
static bool
has_calendars(struct audit *a)
{
    struct calendars *c = catalogue_calendars(a->o->catalogue);

    return calendars_keep(c) && calendars_fetch(c, &a->error);
}

bool
audit_replay(struct event_base *base, const struct audit_options *options,
             struct audit_report *report_to, struct error *e)
{
    struct audit a = {.o = options, .report = report_to};

    calendars_use(catalogue_calendars(options->catalogue), options->calendar);
    while (!a.ended && !a.error.code) {
        const bool ready = pipeline_ready(options->read);

        const bool known = ready && has_calendars(&a);

        if (a.error.code)
            break;
        if (known && !a.asking && catalogue_settled(options->catalogue))
            ask(&a);
        else if (!ready && pipeline_trouble(options->read)->code)
            a.error = *pipeline_trouble(options->read);
        else if (event_base_loop(base, EVLOOP_ONCE) != 0)
            error_set(&a.error, ERROR_STORE_BUSY, "the loop has ended");
    }
    arena_release(&a.arena);
    arena_release(&a.keep);
    if (a.error.code)
        *e = a.error;
    return !a.error.code;
}
