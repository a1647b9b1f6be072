/* SPDX-License-Identifier: Apache-2.0 */
/* Messages from outside: found again, led to their case, or kept for a person. */
#include "runtime/inbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/require.h"
#include "store/rows.h"

/* Columns of inbox_candidates behind those that row_case() reads. */
enum { F_MOMENT = 11, F_PHASE, F_CLAIMED };

/* What would become of the message in a case, the better the later. */
enum fitness {
    FIT_NONE, /* it does not take it */
    FIT_LATE, /* a person would have to decide there */
    FIT_KEPT, /* no step takes it yet */
    FIT_TAKEN /* an open step takes it */
};

/* A case the message may be for. */
struct fit {
    struct case_row row;
    bool open, claimed;
    enum fitness is;
};

/* One message on its way. */
struct passage {
    struct inbox *of;
    struct passage *next; /* of all under way */
    struct arrival *a;
    struct arena arena;
    uint8_t hash[HASH_SIZE];
    const char *subject;
    struct fit *fit;
    size_t n_fit;
    instant now;        /* when they were read */
    struct error unfit; /* why the last one that does not take it does not */
    bool waits;         /* for an edition, or a calendar */
    bool again;         /* somebody else stored it meanwhile: looked for once more */
    struct inbound inbound;
    struct order order;
};

struct inbox {
    struct inbox_options o;
    struct passage *under_way;
};

static void look(struct passage *p);
static void choose(struct passage *p);

static void
finish(struct passage *p)
{
    struct passage **at = &p->of->under_way;
    struct arrival *a = p->a;

    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    a->done(a);
    arena_release(&p->arena);
    free(p);
}

static void
fail(struct passage *p, const struct error *e)
{
    p->a->error = *e;
    finish(p);
}

/* By a case number there is one at most; by the others only those fit that take it. */
static void
on_order(struct order *m)
{
    struct passage *p = m->arg;

    /* Its row was written by somebody else between the look and the commit. */
    if (!strcmp(m->error.sqlstate, "23505") && !p->again) {
        p->again = true;
        look(p);
        return;
    }
    p->a->error = m->error;
    p->a->receipt = m->receipt;
    finish(p);
}

static struct command
command_of(const struct arrival *a)
{
    return (struct command){.kind = COMMAND_MESSAGE,
                            .actor = {.id = a->source, .system = a->source},
                            .action = a->name,
                            .step = a->step,
                            .revision = -1,
                            .message = a->id,
                            .visit = a->visit,
                            .input = a->data};
}

static void
submit(struct passage *p, int64_t case_id)
{
    const struct arrival *a = p->a;

    p->inbound = (struct inbound){.source = a->source,
                                  .id = a->id,
                                  .subject = p->subject,
                                  .body = arena_strndup(&p->arena, a->body, a->body_len),
                                  .hash = p->hash};
    p->order = (struct order){.case_id = case_id,
                              .command = command_of(a),
                              .principal = a->source,
                              .bytes = a->body_len,
                              .inbound = &p->inbound,
                              .done = on_order,
                              .arg = p};
    batch_submit(p->of->o.batch, &p->order);
}

static void
on_kept(void *arg, const PGresult *res, const struct error *e)
{
    struct passage *p = arg;

    if (e) {
        fail(p, e);
        return;
    }
    if (PQntuples(res) == 0) { /* somebody else was quicker with the same message */
        look(p);
        return;
    }
    p->a->inbox_id = p->a->receipt.state == INBOX_WAITING ? row_int(res, 0, 0) : 0;
    finish(p);
}

/* No case has it: it is stored all the same. */
static void
keep(struct passage *p, enum inbox_state state, const char *reason)
{
    struct parameters v = parameters_new(&p->arena);
    struct column candidates = column_new(&p->arena, COLUMN_INT);
    const struct arrival *a = p->a;

    for (size_t i = 0; i < p->n_fit; i++)
        column_int(&candidates, p->fit[i].row.id);
    p->a->receipt = (struct receipt){.state = state, .reason = reason};
    parameter_int(&v, p->of->o.cell);
    parameter_text(&v, a->source);
    parameter_text(&v, a->id);
    parameter_text(&v, a->name);
    parameter_text(&v, p->subject);
    parameter_bytes(&v, p->hash, HASH_SIZE);
    parameter_text(&v, arena_strndup(&p->arena, a->body, a->body_len));
    parameter_int(&v, state);
    parameter_column(&v, &candidates);
    parameter_text(&v, reason);
    pipeline_ask(p->of->o.read, SQL_inbox_keep, &v, on_kept, p);
}

/* Whether the version of each is here. */
static bool
all_known(struct passage *p, struct error *e)
{
    for (size_t i = 0; i < p->n_fit; i++)
        if (!catalogue_edition(p->of->o.catalogue, p->fit[i].row.definition, e))
            return false;
    return true;
}

static const struct workflow *
workflow_of(struct passage *p, const struct fit *f)
{
    struct error none = {0};

    return catalogue_edition(p->of->o.catalogue, f->row.definition, &none)->w; /* it is known */
}

/* Leaves those whose workflow takes such a message. */
static void
leave_takers(struct passage *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n_fit; i++)
        if (workflow_takes(workflow_of(p, &p->fit[i]), p->a->source, p->a->name))
            p->fit[n++] = p->fit[i];
    p->n_fit = n;
}

/* What the case would make of it, tried and forgotten: nobody else can say it as exactly. */
static enum fitness
fitness(struct passage *p, const struct workflow *w, const struct case_state *c)
{
    static const char nobodys[] =
        "0000000000000000000000000000000000000000000000000000000000000000";
    const struct command cmd = command_of(p->a);
    const struct setting s = {.workflow = w,
                              .calendar = calendars_house(catalogue_calendars(p->of->o.catalogue)),
                              .now = p->now,
                              .seed = w->takes_seed ? nobodys : NULL};
    struct arena a = {0};
    struct outcome out;
    enum fitness is = FIT_NONE;

    if (machine_decide(&s, c, &cmd, &a, &out, NULL, &p->unfit)) {
        const struct letter *l = case_letter(out.next, out.letter);

        is = !l || l->fate == LETTER_TAKEN ? FIT_TAKEN
             : l->fate == LETTER_EARLY     ? FIT_KEPT
                                           : FIT_LATE;
    }
    arena_release(&a);
    return is;
}

/* Asks each what would become of it there; false: a calendar is still to come. */
static bool
weigh(struct passage *p, struct error *e)
{
    for (size_t i = 0; i < p->n_fit; i++) {
        struct fit *f = &p->fit[i];
        const struct workflow *w = workflow_of(p, f);

        if ((!f->row.c && !row_case_state(&f->row, w, &p->arena, e)) ||
            !calendars_know(catalogue_calendars(p->of->o.catalogue), w, f->row.c, e))
            return false;
        f->is = fitness(p, w, f->row.c);
    }
    return true;
}

/* Open ones go before closed ones that fit as well. */
static int
worth(const struct fit *f)
{
    return 2 * (int)f->is + f->open;
}

/*
 * Leaves those that fit best.  One of which it is not known who asks is spoken
 * of only where no other would take the message or keep it.
 */
static void
leave_best(struct passage *p)
{
    bool known = false;
    int best = 0;
    size_t n = 0;

    for (size_t i = 0; i < p->n_fit; i++)
        known = known || (!p->fit[i].claimed && p->fit[i].is >= FIT_KEPT);
    for (size_t i = 0; i < p->n_fit; i++)
        if (p->fit[i].is != FIT_NONE && !(known && p->fit[i].claimed))
            p->fit[n++] = p->fit[i];
    p->n_fit = n;
    for (size_t i = 0; i < p->n_fit; i++)
        best = worth(&p->fit[i]) > best ? worth(&p->fit[i]) : best;
    n = 0;
    for (size_t i = 0; i < p->n_fit; i++)
        if (worth(&p->fit[i]) == best)
            p->fit[n++] = p->fit[i];
    p->n_fit = n;
}

/* Leaves those it is for; false: something to know them by is still to come, or @e is set. */
static bool
sift(struct passage *p, struct error *e)
{
    if (p->a->number)
        return true;
    if (!all_known(p, e))
        return false;
    leave_takers(p);
    if (p->n_fit < 2)
        return true;
    if (!weigh(p, e))
        return false;
    leave_best(p);
    return true;
}

static const char *
why_none(struct passage *p)
{
    if (p->a->number)
        return "not_found: there is no case of this number";
    if (p->unfit.code)
        return arena_printf(&p->arena, "%s: %s", error_name(p->unfit.code), p->unfit.detail);
    return "not_found: no case found by this takes such a message";
}

static void
choose(struct passage *p)
{
    struct error e = {0};

    p->waits = false;
    if (!sift(p, &e)) {
        p->waits = e.code == ERROR_NONE;
        if (!p->waits)
            fail(p, &e);
        return;
    }
    if (p->n_fit == 1)
        submit(p, p->fit[0].row.id);
    else if (p->n_fit == 0)
        keep(p, INBOX_REJECTED, why_none(p));
    else
        keep(p, INBOX_WAITING, NULL);
}

static void
on_candidates(void *arg, const PGresult *res, const struct error *e)
{
    struct passage *p = arg;

    if (e) {
        fail(p, e);
        return;
    }
    p->n_fit = (size_t)PQntuples(res);
    p->fit = arena_array(&p->arena, p->n_fit, struct fit);
    for (size_t i = 0; i < p->n_fit; i++)
        p->fit[i] = (struct fit){.row = row_case(res, (int)i, &p->arena),
                                 .open = row_int(res, (int)i, F_PHASE) == PHASE_OPEN,
                                 .claimed = row_int(res, (int)i, F_CLAIMED) != 0};
    p->now = p->n_fit ? row_instant(res, 0, F_MOMENT) : INSTANT_NONE;
    choose(p);
}

static void
find_case(struct passage *p)
{
    struct parameters v = parameters_new(&p->arena);
    const struct arrival *a = p->a;
    char number[NUMBER_TEXT];
    int64_t id = 0;
    struct error e;

    p->n_fit = 0;
    if (a->number && !number_read(a->number, number, &id, &e)) {
        choose(p);
        return;
    }
    parameter_int(&v, p->of->o.cell);
    parameter_int(&v, id);
    parameter_text(&v, a->number ? number : NULL);
    parameter_text(&v, a->key);
    parameter_text(&v, a->code);
    parameter_int(&v, CANDIDATES_MOST);
    pipeline_ask(p->of->o.read, SQL_inbox_candidates, &v, on_candidates, p);
}

/* What became of it, as far as it is stored: the first receipt. */
static void
read_receipt(struct passage *p, const PGresult *res)
{
    struct arrival *a = p->a;
    const char *reason = row_text(res, 0, 4);
    size_t len;
    const void *hash = row_bytes(res, 0, 0, &len);

    if (len != HASH_SIZE || memcmp(hash, p->hash, HASH_SIZE) != 0) {
        error_set(&a->error, ERROR_IDEMPOTENCY_KEY_REUSED, "message %.64s of %.64s was another one",
                  a->id, a->source);
        return;
    }
    a->receipt = (struct receipt){.state = (enum inbox_state)row_int(res, 0, 1),
                                  .case_id = row_int(res, 0, 2),
                                  .letter = (int32_t)row_int(res, 0, 3),
                                  .reason = reason ? arena_strdup(&p->arena, reason) : NULL,
                                  .repeated = true};
    if (a->receipt.state == INBOX_WAITING)
        a->inbox_id = row_int(res, 0, 5);
}

static void
on_found(void *arg, const PGresult *res, const struct error *e)
{
    struct passage *p = arg;

    if (e) {
        fail(p, e);
        return;
    }
    if (PQntuples(res) == 0) {
        find_case(p);
        return;
    }
    read_receipt(p, res);
    finish(p);
}

static void
look(struct passage *p)
{
    struct parameters v = parameters_new(&p->arena);

    parameter_int(&v, p->of->o.cell);
    parameter_text(&v, p->a->source);
    parameter_text(&v, p->a->id);
    pipeline_ask(p->of->o.read, SQL_inbox_find, &v, on_found, p);
}

void
inbox_submit(struct inbox *i, struct arrival *a)
{
    struct passage *p = calloc(1, sizeof(*p));

    require(p && a->name && a->id && a->source);
    require(!!a->number + !!a->key + !!a->code == 1);
    a->error = (struct error){0};
    a->receipt = (struct receipt){0};
    a->inbox_id = 0;
    p->of = i;
    p->a = a;
    p->next = i->under_way;
    i->under_way = p;
    digest(a->body, a->body_len, p->hash);
    p->subject = arena_printf(&p->arena, "%s %s",
                              a->number ? "number"
                              : a->key  ? "key"
                                        : "code",
                              a->number ? a->number
                              : a->key  ? a->key
                                        : a->code);
    look(p);
}

void
inbox_editions_changed(struct inbox *i)
{
    for (struct passage *p = i->under_way, *next; p; p = next) {
        next = p->next;
        if (p->waits)
            choose(p);
    }
}

struct inbox *
inbox_new(const struct inbox_options *options)
{
    struct inbox *i = calloc(1, sizeof(*i));

    require(i != NULL);
    i->o = *options;
    return i;
}

void
inbox_free(struct inbox *i)
{
    while (i->under_way) {
        struct error e;

        error_set(&e, ERROR_STORE_BUSY, "the service is stopping");
        fail(i->under_way, &e);
    }
    free(i);
}
