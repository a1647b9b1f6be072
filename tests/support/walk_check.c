/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of every state and of every outcome. */
#include <string.h>

#include "machine/certificates.h"
#include "machine/history.h"
#include "machine/names.h"
#include "machine/paths.h"
#include "machine/periods.h"
#include "tests/support/walk.h"

static void
check_visits(struct walk *k, const struct case_state *c)
{
    if ((c->phase == PHASE_OPEN) != (c->n_visit > 0))
        walk_wrong(k, "phase %d with %u active steps", c->phase, c->n_visit);
    for (uint32_t i = 0; i < c->n_visit; i++) {
        const struct visit *v = &c->visit[i];
        const uint16_t owner = k->w->region[k->w->step[v->step].region].owner;
        const struct visit *around = case_visit(c, v->parent);

        if (owner == NONE ? v->parent != 0 : !around || around->step != owner)
            walk_wrong(k, "step %s stands in the wrong place", k->w->step[v->step].path);
        if (i > 0 && v->id <= c->visit[i - 1].id)
            walk_wrong(k, "visits are out of order");
        if (v->revision > c->revision || v->entered > c->moment)
            walk_wrong(k, "visit %d is ahead of its case", v->id);
        for (uint32_t j = 0; j < i; j++)
            if (same_element(c->visit[j].element, v->element) &&
                (c->visit[j].step == v->step ||
                 (c->visit[j].parent == v->parent && !k->w->step[v->step].optional &&
                  !k->w->step[c->visit[j].step].optional &&
                  k->w->step[c->visit[j].step].region == k->w->step[v->step].region)))
                walk_wrong(k, "two steps of one region are active: %s", k->w->step[v->step].path);
    }
}

/* A container is active only while something in it is. */
static void
check_containers(struct walk *k, const struct case_state *c)
{
    for (uint32_t i = 0; i < c->n_visit; i++) {
        const enum step_kind kind = k->w->step[c->visit[i].step].kind;
        bool inhabited = kind != STEP_STAGE && kind != STEP_PARALLEL;

        for (uint32_t j = 0; j < c->n_visit; j++)
            inhabited = inhabited || c->visit[j].parent == c->visit[i].id;
        if (!inhabited)
            walk_wrong(k, "nothing is active in %s", k->w->step[c->visit[i].step].path);
    }
}

static bool
active_in(struct walk *k, const struct case_state *c, const struct branch *b)
{
    for (uint32_t i = 0; i < c->n_visit; i++)
        if (c->visit[i].parent == b->parent && k->w->step[c->visit[i].step].region == b->region &&
            same_element(c->visit[i].element, b->element))
            return true;
    return false;
}

static void
check_branches(struct walk *k, const struct case_state *c)
{
    for (uint32_t i = 0; i < c->n_branch; i++) {
        const struct branch *b = &c->branch[i];
        const char *path = branch_path(k->a, k->w, b);
        const struct value *outcome = path_get(&c->steps, arena_printf(k->a, "%s.outcome", path));

        if (!case_visit(c, b->parent))
            walk_wrong(k, "branch %s of a step that was left", path);
        if (active_in(k, c, b) != (b->outcome == NULL))
            walk_wrong(k, "branch %s is both or neither: running, ended", path);
        if (b->outcome && k->w->region[b->region].noted
                ? !outcome || strcmp(outcome->string, b->outcome) != 0
                : outcome != NULL)
            walk_wrong(k, "step.%s.outcome is not the branch's", path);
    }
}

static void
check_clock(struct walk *k, const struct case_state *c, const struct case_clock *x)
{
    const instant end = x->verdict == VERDICT_OPEN ? c->moment : x->ended;
    const struct counting counting = case_counting(k->w, x, k->calendar, k->a);
    const struct course course = case_course(x);
    const struct course unstopped = {.start = course.start};
    const struct measure m = clock_measure(k->a, &counting, &course, end);
    const struct measure whole = clock_measure(k->a, &counting, &unstopped, end);
    const char *id = k->w->clock[x->rule].id;

    if (m.counted + m.stopped != whole.counted)
        walk_wrong(k, "clock %s: counted and stopped do not add up", id);
    /* A date may be given that has passed before the clock starts. */
    if (x->due != INSTANT_NONE && x->due < x->started && x->limit.unit != UNIT_DATE)
        walk_wrong(k, "clock %s is due before it starts", id);
    if (!limit_is_set(x->limit) && x->due != INSTANT_NONE)
        walk_wrong(k, "clock %s has no limit and is due", id);
    if (x->moved || x->fired > x->epoch || x->id > c->last_clock)
        walk_wrong(k, "clock %s was not indexed", id);
    if (x->verdict == VERDICT_OPEN && limit_is_set(x->limit) &&
        x->due != case_due(k->w, x, k->calendar, c->moment, k->a).at)
        walk_wrong(k, "clock %s has another due date in its index", id);
    if (k->w->clock[x->rule].scope != NONE && !case_visit(c, x->visit))
        walk_wrong(k, "clock %s of a step that was left", id);
    for (uint32_t i = 0; i < x->n_stand; i++)
        if (x->stand[i].to == INSTANT_NONE ? i + 1 < x->n_stand || x->verdict != VERDICT_OPEN
                                           : x->stand[i].to <= x->stand[i].from)
            walk_wrong(k, "clock %s stands in the wrong order", id);
    (void)case_clock_colour(k->w, x, k->calendar, k->now, k->a);
}

/* What is still to come ends when the calendar says that it names. */
static void
check_periods(struct walk *k, const struct case_state *c)
{
    for (uint32_t i = 0; i < c->n_visit; i++) {
        const struct visit *v = &c->visit[i];

        for (int32_t t = PERIOD_WAIT; t < k->w->step[v->step].n_timer; t++)
            if (period_counts(k->w, v, t) &&
                (!v->calendar ||
                 visit_period(k->a, k->w, v, t, almanac_version(k->calendar, v->calendar)).at !=
                     (t == PERIOD_WAIT ? v->wait_until : v->timer[t])))
                walk_wrong(k, "period %d of step %s ends at another moment", t,
                           k->w->step[v->step].path);
    }
    for (uint16_t i = 0; i < k->w->n_material; i++) {
        const struct material *m = &c->material[i];

        if ((m->until != INSTANT_NONE && !m->unchecked) != material_counts(m))
            walk_wrong(k, "material %s has half a deadline", k->w->material[i].id);
        else if (material_counts(m) &&
                 material_period(k->a, k->w, c, i, almanac_version(k->calendar, m->calendar)).at !=
                     m->until)
            walk_wrong(k, "material %s has another deadline", k->w->material[i].id);
    }
}

/* One of a kind is in force at a time, and a whole ends no later than its parts did. */
static void
check_certificates(struct walk *k, const struct case_state *c)
{
    for (uint32_t i = 0; i < c->n_certificate; i++)
        for (uint32_t j = 0; j < i; j++)
            if (c->certificate[i].kind == c->certificate[j].kind &&
                !certificate_is_discarded(&c->certificate[i]) &&
                !certificate_is_discarded(&c->certificate[j]))
                walk_wrong(k, "two certificates of kind %s are in force",
                           k->w->certificate[c->certificate[i].kind].id);
    if (c->n_certificate < k->n_certificate)
        walk_wrong(k, "a certificate is gone");
    k->n_certificate = c->n_certificate;
}

static void
check_issues(struct walk *k, const struct case_state *before, const struct outcome *o)
{
    uint32_t n_issued = 0, n_discarded = 0;

    for (uint32_t i = 0; i < o->n_record; i++)
        for (uint32_t j = 0; j < o->record[i].n_fact; j++) {
            n_issued += o->record[i].fact[j].kind == FACT_ISSUED;
            n_discarded += o->record[i].fact[j].kind == FACT_DISCARDED;
        }
    if (o->n_issue != n_issued || o->n_discard != n_discarded ||
        o->next->n_certificate != before->n_certificate + n_issued)
        walk_wrong(k, "certificates and facts of issuing do not agree");
    for (uint32_t i = 0; i < o->n_issue; i++)
        for (uint32_t j = 0; j < o->issue[i].n_part; j++) {
            const struct certificate *part = &o->next->certificate[o->issue[i].part[j] - 1];

            if (part->until != INSTANT_NONE &&
                (o->issue[i].until == INSTANT_NONE || o->issue[i].until > part->until))
                walk_wrong(k, "a comprehensive certificate outlives a part");
        }
}

/* A closed case is looked at again for what was promised only. */
static void
check_closed(struct walk *k, const struct case_state *c)
{
    instant check = INSTANT_NONE;

    for (uint16_t i = 0; i < k->w->n_material; i++) {
        const struct material *m = &c->material[i];

        if (m->state == MATERIAL_PROMISED && !m->unchecked && m->until != INSTANT_NONE &&
            (check == INSTANT_NONE || m->until < check))
            check = m->until;
    }
    if (c->n_visit || c->n_branch || c->n_stop || c->alarm != check || !c->outcome)
        walk_wrong(k, "a closed case is not at rest");
    for (uint32_t i = 0; i < c->n_clock; i++)
        if (c->clock[i].verdict == VERDICT_OPEN)
            walk_wrong(k, "clock %s runs in a closed case", k->w->clock[c->clock[i].rule].id);
}

/* Whatever may be done by anybody may be asked for by him. */
static void
check_allowed(struct walk *k, const struct case_state *c)
{
    static const char *const role[] = {"window", "import"};
    const struct actor who = {.id = "wang", .role = role, .n_role = 2, .district = "*"};
    struct allowed *list;
    const size_t n = machine_allowed(k->w, c, &who, k->a, &list);

    for (size_t i = 0; i < n; i++) {
        const struct command act = {.kind = COMMAND_ACT,
                                    .actor = who,
                                    .step = visit_path(k->a, k->w, list[i].visit),
                                    .action = list[i].action->id};
        struct error e;

        if (!machine_may(k->w, c, &act, &e))
            walk_wrong(k, "allowed, and refused: %s", e.detail);
    }
}

/* The facts alone say when each clock stood and who held it, and they agree with the state. */
static void
check_course(struct walk *k, const struct history *h, const struct case_state *c,
             const struct case_clock *x)
{
    const instant end = x->verdict == VERDICT_OPEN ? c->moment : x->ended;
    const char *id = k->w->clock[x->rule].id;
    struct case_clock again = *x;
    struct holdings held = {.n = 0};
    instant at = x->started;

    history_course(k->a, k->w, h, &again, c->moment, &held);
    if (again.n_stand != x->n_stand)
        walk_wrong(k, "clock %s stood %u times, by the facts %u", id, x->n_stand, again.n_stand);
    for (uint32_t i = 0; i < x->n_stand && !k->wrong; i++)
        if (again.stand[i].from != x->stand[i].from || again.stand[i].to != x->stand[i].to ||
            strcmp(again.stand[i].ground, x->stand[i].ground) != 0)
            walk_wrong(k, "clock %s stood at another time by the facts", id);
    for (uint32_t i = 0; i < held.n; i++) {
        if (held.item[i].from != at || (held.item[i].to <= at && end > at))
            walk_wrong(k, "the holdings of clock %s have a gap", id);
        at = held.item[i].to;
    }
    if (at != (held.n ? end : x->started) || (end > x->started && !held.n))
        walk_wrong(k, "the holdings of clock %s do not add up to the time elapsed", id);
}

static void
check_courses(struct walk *k, const struct case_state *c)
{
    struct history h;
    struct error e;

    if (!history_read(k->a, k->w, k->timely.value, k->timely.n_record, &h, &e)) {
        walk_wrong(k, "the history cannot be read: %s", e.detail);
        return;
    }
    for (uint32_t i = 0; i < c->n_clock && !k->wrong; i++)
        if (c->clock[i].verdict == VERDICT_OPEN || !k->backdated)
            check_course(k, &h, c, &c->clock[i]);
}

void
walk_check_state(struct walk *k, const struct case_state *c)
{
    check_courses(k, c);
    check_visits(k, c);
    check_containers(k, c);
    check_branches(k, c);
    for (uint32_t i = 0; i < c->n_clock && !k->wrong; i++)
        check_clock(k, c, &c->clock[i]);
    for (uint32_t i = 0; i < c->n_stop; i++)
        if (!case_visit(c, c->stop[i].visit))
            walk_wrong(k, "stop %d of a step that was left", c->stop[i].number);
    if (c->phase == PHASE_CLOSED)
        check_closed(k, c);
    check_allowed(k, c);
    check_periods(k, c);
    check_certificates(k, c);
    (void)case_public_status(k->w, c);
}

/* Rows that measure the stay @visit itself. */
static uint32_t
rows_of(const struct workflow *w, const struct outcome *o, int32_t visit)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < o->n_timing; i++)
        n += o->timing[i].visit == visit &&
             (o->timing[i].clock == 0 || w->clock[o->timing[i].rule].is_limit);
    return n;
}

static uint32_t
facts_of(const struct outcome *o, enum fact_kind kind, int32_t visit)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < o->n_record; i++)
        for (uint32_t j = 0; j < o->record[i].n_fact; j++)
            n += o->record[i].fact[j].kind == kind &&
                 (visit == 0 || o->record[i].fact[j].visit == visit);
    return n;
}

static void
check_timings(struct walk *k, const struct case_state *before, const struct outcome *o)
{
    uint32_t n_clock = 0;

    for (int32_t v = 1; v <= o->next->last_visit; v++) {
        const uint32_t left = facts_of(o, FACT_LEFT, v);

        if (rows_of(k->w, o, v) != left || left > 1)
            walk_wrong(k, "visit %d was left %u times and has %u rows", v, left,
                       rows_of(k->w, o, v));
        if (v > before->last_visit && !o->annulled && !left != !!case_visit(o->next, v))
            walk_wrong(k, "visit %d came and went", v);
    }
    for (uint32_t i = 0; i < o->n_timing; i++) {
        const struct timing *t = &o->timing[i];

        n_clock += t->clock != 0;
        if (t->record <= before->recorded || t->record > o->next->recorded)
            walk_wrong(k, "a row of measurement of record %lld", (long long)t->record);
        if (t->ended < t->started || t->measure.elapsed != t->ended - t->started ||
            t->measure.counted < 0 || t->measure.stopped < 0)
            walk_wrong(k, "a row of measurement runs backwards");
        if (t->verdict == VERDICT_LATE && t->ended <= t->due)
            walk_wrong(k, "late before it was due");
    }
    if (n_clock != facts_of(o, FACT_CLOCK_ENDED, 0))
        walk_wrong(k, "%u rows of clocks, %u ended", n_clock, facts_of(o, FACT_CLOCK_ENDED, 0));
}

/* The register: a key is used once, and only what was issued is withdrawn. */
static void
check_card(struct walk *k, const struct card *c)
{
    struct walk_card *newest = NULL;
    uint32_t n_void = 0;

    for (uint32_t i = 0; i < k->n_card; i++) {
        struct walk_card *x = &k->card[i];

        if (x->card.kind != c->kind || x->card.clock != c->clock)
            continue;
        newest = x;
        if (!c->again && !c->withdrawn && x->card.epoch == c->epoch && c->kind != CARD_CONTRADICTED)
            walk_wrong(k, "the card of clock %d, epoch %d is issued twice", c->clock, c->epoch);
        if (c->withdrawn && (!c->epoch || c->epoch == x->card.epoch)) {
            n_void += !x->withdrawn;
            x->withdrawn = true;
        }
    }
    if (c->withdrawn && !n_void)
        walk_wrong(k, "a card of clock %d is withdrawn that was not issued", c->clock);
    if (c->again && !newest)
        walk_wrong(k, "a card of clock %d is back that was not issued", c->clock);
    if (c->again && newest)
        newest->withdrawn = false;
    if (c->withdrawn || c->again)
        return;
    k->card = arena_grow(k->a, k->card, k->n_card, sizeof(*k->card));
    k->card[k->n_card++] = (struct walk_card){.card = *c};
}

void
walk_check_outcome(struct walk *k, const struct case_state *before, const struct outcome *o)
{
    int64_t revision = before->revision;
    instant at = before->moment;

    check_timings(k, before, o);
    for (uint32_t i = 0; i < o->n_card; i++)
        check_card(k, &o->card[i]);
    check_issues(k, before, o);
    walk_check_people(k, before, o);
    for (uint32_t i = 0; i < o->n_record; i++) {
        const struct record *r = &o->record[i];

        if (r->number != before->recorded + 1 + i || r->at < at || r->revision < revision)
            walk_wrong(k, "record %lld is out of order", (long long)r->number);
        if (r->kind == COMMAND_ALARM && (r->revision != revision || r->command))
            walk_wrong(k, "what came due has raised the revision");
        revision = r->revision;
        at = r->at;
    }
    if (o->n_message != facts_of(o, FACT_SENT, 0) ||
        o->next->last_message != before->last_message + (int32_t)o->n_message)
        walk_wrong(k, "messages and facts of sending do not agree");
    for (uint32_t i = 0; i < o->n_message; i++)
        if (o->message[i].number != before->last_message + 1 + (int32_t)i)
            walk_wrong(k, "messages are out of order");
}

/* The holdings of @one, a copy of a clock of the case, up to now. */
static void
check_holdings(struct walk *k, const struct history *h, struct case_clock one)
{
    const instant end = one.ended != INSTANT_NONE ? one.ended : k->now;
    const char *id = k->w->clock[one.rule].id;
    struct holdings held = {.n = 0};
    instant at = one.started;

    history_course(k->a, k->w, h, &one, k->now, &held);
    for (uint32_t i = 0; i < held.n; i++) {
        if (held.item[i].from != at || held.item[i].to < at)
            walk_wrong(k, "the holdings of clock %s do not follow one another", id);
        at = held.item[i].to;
    }
    if (at != end)
        walk_wrong(k, "the holdings of clock %s do not add up to its time", id);
}

void
walk_check_holdings(struct walk *k)
{
    const struct walk_life *life = &k->timely;
    struct history h;
    struct error e;

    if (!history_read(k->a, k->w, life->value, life->n_record, &h, &e)) {
        walk_wrong(k, "the history is not read: %s", e.detail);
        return;
    }
    for (uint32_t i = 0; i < life->c->n_clock; i++)
        check_holdings(k, &h, life->c->clock[i]);
}
