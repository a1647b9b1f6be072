/* SPDX-License-Identifier: Apache-2.0 */
/* Facts as JSON values, and back. */
#include <string.h>

#include "base/word.h"
#include "machine/notes.h"

static const char *const fact_code[] = {
    [FACT_OPENED] = "opened",
    [FACT_ACTED] = "acted",
    [FACT_ENTERED] = "entered",
    [FACT_LEFT] = "left",
    [FACT_DECIDED] = "decided",
    [FACT_BRANCHED] = "branched",
    [FACT_BRANCH_ENDED] = "branch-ended",
    [FACT_MARKED] = "marked",
    [FACT_CLOCK_STARTED] = "clock-started",
    [FACT_LIMIT_CHOSEN] = "limit-chosen",
    [FACT_CLOCK_ENDED] = "clock-ended",
    [FACT_STOPPED] = "stopped",
    [FACT_RESUMED] = "resumed",
    [FACT_EXTENDED] = "extended",
    [FACT_LATE] = "late",
    [FACT_TIMED] = "timed",
    [FACT_SET] = "set",
    [FACT_AMENDED] = "amended",
    [FACT_SENT] = "sent",
    [FACT_CLAIMED] = "claimed",
    [FACT_RELEASED] = "released",
    [FACT_ANNULLED] = "annulled",
    [FACT_COMMITTED] = "committed",
    [FACT_DRAWN] = "drawn",
    [FACT_BALLOT] = "ballot",
    [FACT_VOTED] = "voted",
    [FACT_TALLIED] = "tallied",
    [FACT_ASKED] = "asked",
    [FACT_BORN] = "born",
    [FACT_FINISHED] = "concluded",
    [FACT_STANDS] = "stands",
    [FACT_RECALLED] = "recalled",
    [FACT_REVERSIBLE] = "reversible",
    [FACT_UNDONE] = "undone",
    [FACT_ANSWERED] = "answered",
    [FACT_CLOSED] = "closed",
    [FACT_WARNED] = "warned",
    [FACT_HELD] = "held",
    [FACT_CONTINUED] = "continued",
    [FACT_DEEMED] = "deemed",
    [FACT_COURSE] = "course",
    [FACT_CONTRADICTED] = "contradicted",
    [FACT_RECONCILED] = "reconciled",
    [FACT_ISSUED] = "issued",
    [FACT_DISCARDED] = "discarded",
    [FACT_MATERIAL] = "material",
    [FACT_NOTICED] = "noticed",
    [FACT_NOTICE_ALLOWED] = "notice-allowed",
    [FACT_RECEIVED] = "received",
    [FACT_TAKEN] = "taken",
    [FACT_TOO_LATE] = "too-late",
    [FACT_EXPIRED] = "expired",
    [FACT_FILED] = "filed",
    [FACT_SIGNED] = "signed",
    [FACT_LABELLED] = "labelled",
    [FACT_UNLABELLED] = "unlabelled",
    [FACT_LANE] = "lane",
    [FACT_REOPENED] = "reopened",
    [FACT_MIGRATED] = "migrated",
    [FACT_RECOUNTED] = "recounted",
    [FACT_HANDED_OVER] = "handed-over",
    [FACT_TAKEN_OVER] = "taken-over",
    [FACT_HANDED_BACK] = "handed-back",
    [FACT_PREPARED] = "prepared",
    [FACT_UNPREPARED] = "unprepared",
    [FACT_ENTRUSTED] = "entrusted",
    [FACT_MANDATED] = "mandated",
    [FACT_MANDATE_REVOKED] = "mandate-revoked",
    [FACT_UNCHECKED] = "unchecked",
    [FACT_SOUGHT] = "sought",
    [FACT_IDENTITY_CLAIMED] = "identity-claimed",
    [FACT_IDENTIFIED] = "identified",
    [FACT_OUTAGE] = "outage",
    [FACT_PERIODS_RECOUNTED] = "periods-recounted",
    [FACT_DROPPED] = "dropped",
    [FACT_OUTAGE_ANNULLED] = "outage-annulled",
    [FACT_WITHHELD] = "withheld",
    [FACT_RESTORED] = "restored",
    [FACT_REMINDED] = "reminded",
    [FACT_VOIDED] = "voided",
    [FACT_APPENDED] = "appended",
    [FACT_STUCK] = "stuck",
    [FACT_SUCCEEDED] = "succeeded",
    [FACT_SHORTENED] = "shortened",
};

enum { FACT_COUNT = sizeof(fact_code) / sizeof(fact_code[0]) };

const char *
fact_name(enum fact_kind kind)
{
    return WORD_AT(fact_code, kind);
}

/* Which of the named parts a kind of fact has. */
static bool
has_step(enum fact_kind k)
{
    return k == FACT_ENTERED || k == FACT_DECIDED || k == FACT_CLOSED || k == FACT_REVERSIBLE ||
           k == FACT_REOPENED || k == FACT_PREPARED || k == FACT_UNPREPARED;
}

/* Who and what stand in the record. */
static bool
told_by_record(enum fact_kind k)
{
    return k == FACT_ACTED || k == FACT_RECEIVED || k == FACT_PREPARED;
}

static bool
has_branch(enum fact_kind k)
{
    return k == FACT_BRANCHED || k == FACT_BRANCH_ENDED;
}

static bool
has_calendar(enum fact_kind k)
{
    return k == FACT_CLOCK_STARTED || k == FACT_RECOUNTED || k == FACT_ENTERED ||
           k == FACT_MATERIAL || k == FACT_PERIODS_RECOUNTED;
}

static bool
has_until(enum fact_kind k)
{
    return k == FACT_ENTERED || k == FACT_CLAIMED || k == FACT_MATERIAL || k == FACT_ISSUED ||
           k == FACT_RECEIVED || k == FACT_DEEMED || k == FACT_MANDATED || k == FACT_OUTAGE ||
           k == FACT_PERIODS_RECOUNTED || k == FACT_REMINDED || k == FACT_SUCCEEDED ||
           k == FACT_SHORTENED;
}

/* Of some it is said only where it is meant. */
static bool
may_have_step(enum fact_kind k)
{
    return k == FACT_RECEIVED || k == FACT_PERIODS_RECOUNTED || k == FACT_STUCK;
}

static bool
has_timers(enum fact_kind k)
{
    return k == FACT_ENTERED || k == FACT_PERIODS_RECOUNTED;
}

static bool
has_certificate(enum fact_kind k)
{
    return k == FACT_ISSUED || k == FACT_WITHHELD;
}

static bool
has_material(enum fact_kind k)
{
    return k == FACT_MATERIAL || k == FACT_UNCHECKED || k == FACT_SOUGHT || k == FACT_RESTORED ||
           k == FACT_REMINDED;
}

/* Another certificate's number; the document of a notice; what is stuck. */
static bool
has_ref(enum fact_kind k)
{
    return k == FACT_DISCARDED || k == FACT_VOIDED || k == FACT_NOTICED || k == FACT_STUCK ||
           k == FACT_SUCCEEDED;
}

/* How a step is left unless it is said. */
static const char usual_way[] = "done";

struct value
note_fact(struct arena *a, const struct workflow *w, const struct fact *f)
{
    struct note o = {.n = 0};

    if (has_branch(f->kind))
        note_add(&o, "branch", value_borrow(w->region[f->number].path));
    if (has_calendar(f->kind))
        note_string(&o, "calendar", f->ref);
    if (has_certificate(f->kind))
        note_add(&o, "certificate", value_borrow(w->certificate[f->certificate].id));
    if (f->declared)
        note_add(&o, "declared", value_bool(true));
    if (!told_by_record(f->kind))
        note_string(&o, "detail", f->detail);
    note_string(&o, "element", f->element);
    note_int(&o, "epoch", f->epoch, 0);
    note_add(&o, "fact", value_borrow(fact_code[f->kind]));
    if (f->kind == FACT_STOPPED)
        note_add(&o, "ground", value_borrow(w->ground[f->ground].id));
    note_int(&o, "id", f->id, 0);
    note_int(&o, "happened", f->happened, 0);
    if (limit_is_set(f->limit))
        note_add(&o, "limit", note_limit(a, f->limit));
    if (f->kind == FACT_MARKED)
        note_add(&o, "mark", value_borrow(w->mark[f->mark]));
    if (has_material(f->kind) || (f->kind == FACT_PERIODS_RECOUNTED && f->step == NONE) ||
        (f->kind == FACT_STUCK && f->material != NONE))
        note_add(&o, "material", value_borrow(w->material[f->material].id));
    if (f->kind == FACT_CONTRADICTED)
        note_string(&o, "material", f->ref);
    if (!told_by_record(f->kind) && (f->kind != FACT_LEFT || strcmp(f->name, usual_way) != 0))
        note_string(&o, "name", f->name);
    if (!has_branch(f->kind))
        note_int(&o, "number", f->number, 0);
    if (f->kind == FACT_OPENED)
        note_string(&o, "parent", f->ref);
    if (has_ref(f->kind))
        note_string(&o, "ref", f->ref);
    if (f->kind == FACT_CLOCK_STARTED)
        note_add(&o, "rule", value_borrow(w->clock[f->rule].id));
    if (has_step(f->kind) || (may_have_step(f->kind) && f->step != NONE))
        note_add(&o, "step", value_borrow(w->step[f->step].path));
    if (has_timers(f->kind) && f->step != NONE && w->step[f->step].n_timer)
        note_add(&o, "timers", note_moments(a, f->moment, w->step[f->step].n_timer));
    if (has_until(f->kind))
        note_instant(&o, "until", f->until);
    if (f->value.kind != VALUE_NULL && !told_by_record(f->kind))
        note_add(&o, "value", f->value);
    if (f->kind == FACT_CLOCK_ENDED)
        note_add(&o, "verdict", value_int(f->verdict));
    note_int(&o, "visit", f->visit, 0);
    return note_done(a, &o);
}

static bool
read_fact_kind(const struct value *n, enum fact_kind *kind)
{
    const char *code = value_get_string(n, "fact");

    for (int i = 0; code && i < FACT_COUNT; i++)
        if (!strcmp(code, fact_code[i])) {
            *kind = (enum fact_kind)i;
            return true;
        }
    return false;
}

bool
read_fact(struct arena *a, const struct workflow *w, const struct value *n, struct fact *f)
{
    const struct value *v = value_get(n, "value");
    int64_t verdict;
    bool ok = true;

    *f = (struct fact){.step = NONE, .rule = NONE, .material = NONE};
    if (!read_fact_kind(n, &f->kind))
        return false;
    f->visit = read_small(n, "visit", 0, &ok);
    f->number = read_small(n, "number", 0, &ok);
    f->epoch = read_small(n, "epoch", 0, &ok);
    f->element = value_get_string(n, "element");
    f->name = value_get_string(n, "name");
    if (f->kind == FACT_LEFT && !f->name)
        f->name = usual_way;
    f->detail = value_get_string(n, "detail");
    f->declared = value_get(n, "declared") != NULL;
    f->id = read_int(n, "id", 0, &ok);
    if (f->kind == FACT_OPENED)
        f->ref = value_get_string(n, "parent");
    if (f->kind == FACT_CONTRADICTED)
        f->ref = value_get_string(n, "material");
    if (has_calendar(f->kind))
        f->ref = value_get_string(n, "calendar");
    if (has_ref(f->kind))
        f->ref = value_get_string(n, "ref");
    f->happened = read_instant(n, "happened", 0, &ok);
    f->until = read_instant(n, "until", INSTANT_NONE, &ok);
    f->value = v ? *v : value_null();
    verdict = read_int(n, "verdict", VERDICT_OPEN, &ok);
    f->verdict = (enum verdict)verdict;
    if (has_branch(f->kind))
        f->number = read_index(w, workflow_region, n, "branch", &ok);
    if (f->kind == FACT_STOPPED)
        f->ground = read_index(w, workflow_ground, n, "ground", &ok);
    if (f->kind == FACT_MARKED)
        f->mark = read_index(w, workflow_mark, n, "mark", &ok);
    if (f->kind == FACT_CLOCK_STARTED)
        f->rule = read_index(w, workflow_clock, n, "rule", &ok);
    if (has_material(f->kind) || (f->kind == FACT_PERIODS_RECOUNTED && !f->visit) ||
        (f->kind == FACT_STUCK && value_get(n, "material")))
        f->material = read_index(w, workflow_material, n, "material", &ok);
    if (has_certificate(f->kind))
        f->certificate = read_index(w, workflow_certificate, n, "certificate", &ok);
    if (has_step(f->kind) || (may_have_step(f->kind) && value_get(n, "step")))
        f->step = read_index(w, workflow_step, n, "step", &ok);
    if (ok && has_timers(f->kind) && f->step != NONE)
        f->moment = read_moments(a, value_get(n, "timers"), w->step[f->step].n_timer, &ok);
    return ok && verdict >= VERDICT_OPEN && verdict <= VERDICT_CANCELLED &&
           read_noted_limit(value_get(n, "limit"), &f->limit);
}
