/* SPDX-License-Identifier: Apache-2.0 */
/* What can be said of a case without deciding anything. */
#include "machine/case.h"

#include <string.h>

#include "base/word.h"
#include "machine/periods.h"

struct case_state *
case_clone(struct arena *a, const struct workflow *w, const struct case_state *c)
{
    struct case_state *copy = arena_copy(a, c, sizeof(*c));

    copy->mark = arena_copy(a, c->mark, w->n_mark * sizeof(*c->mark));
    copy->visit = arena_copy(a, c->visit, c->n_visit * sizeof(*c->visit));
    copy->branch = arena_copy(a, c->branch, c->n_branch * sizeof(*c->branch));
    copy->stop = arena_copy(a, c->stop, c->n_stop * sizeof(*c->stop));
    copy->clock = arena_copy(a, c->clock, c->n_clock * sizeof(*c->clock));
    copy->material = arena_copy(a, c->material, w->n_material * sizeof(*c->material));
    copy->certificate = arena_copy(a, c->certificate, c->n_certificate * sizeof(*c->certificate));
    copy->prepared = arena_copy(a, c->prepared, c->n_prepared * sizeof(*c->prepared));
    copy->reversal = arena_copy(a, c->reversal, c->n_reversal * sizeof(*c->reversal));
    copy->undoing = arena_copy(a, c->undoing, c->n_undoing * sizeof(*c->undoing));
    copy->child = arena_copy(a, c->child, c->n_child * sizeof(*c->child));
    copy->letter = arena_copy(a, c->letter, c->n_letter * sizeof(*c->letter));
    copy->mandate = arena_copy(a, c->mandate, c->n_mandate * sizeof(*c->mandate));
    return copy;
}

struct visit *
case_visit(const struct case_state *c, int32_t id)
{
    for (uint32_t i = 0; i < c->n_visit; i++)
        if (c->visit[i].id == id)
            return &c->visit[i];
    return NULL;
}

struct case_clock *
case_clock(const struct case_state *c, int32_t id)
{
    for (uint32_t i = 0; i < c->n_clock; i++)
        if (c->clock[i].id == id)
            return &c->clock[i];
    return NULL;
}

bool
case_sorted_alike(const struct case_state *x, const struct case_state *y)
{
    return x->lane == y->lane && x->n_label == y->n_label &&
           (!x->n_label || !memcmp(x->label, y->label, x->n_label * sizeof(*x->label)));
}

struct child *
case_child(const struct case_state *c, int32_t number)
{
    for (uint32_t i = 0; i < c->n_child; i++)
        if (c->child[i].number == number)
            return &c->child[i];
    return NULL;
}

struct letter *
case_letter(const struct case_state *c, int32_t number)
{
    return number > 0 && (uint32_t)number <= c->n_letter ? &c->letter[number - 1] : NULL;
}

struct letter *
case_letter_of(const struct case_state *c, const char *source, const char *id)
{
    for (uint32_t i = 0; i < c->n_letter; i++)
        if (!strcmp(c->letter[i].id, id) && !strcmp(c->letter[i].source, source))
            return &c->letter[i];
    return NULL;
}

const char *
letter_fate_name(enum letter_fate f)
{
    static const char *const name[] = {"early", "late", "taken", "expired", "filed"};

    return WORD_AT(name, f);
}

bool
case_calendars_known(const struct workflow *w, const struct case_state *c,
                     const struct calendar *calendar, const char **missing)
{
    for (uint32_t i = 0; i < c->n_clock; i++)
        if (!almanac_version(calendar, c->clock[i].calendar)) {
            *missing = c->clock[i].calendar;
            return false;
        }
    for (uint32_t i = 0; i < c->n_visit; i++)
        if (!almanac_version(calendar, c->visit[i].calendar)) {
            *missing = c->visit[i].calendar;
            return false;
        }
    for (uint16_t i = 0; i < w->n_material && c->material; i++)
        if (!almanac_version(calendar, c->material[i].calendar)) {
            *missing = c->material[i].calendar;
            return false;
        }
    return true;
}

bool
case_clock_stands(const struct case_clock *k)
{
    return k->n_stand && k->stand[k->n_stand - 1].to == INSTANT_NONE;
}

bool
case_visit_inside(const struct case_state *c, const struct visit *v, int32_t container)
{
    for (; v; v = case_visit(c, v->parent))
        if (v->id == container)
            return true;
    return container == 0;
}

/* It was due, without its extension, before that was recorded: a breach is not extended away. */
static bool
extended_late(const struct case_clock *k, struct counting c, struct arena *a)
{
    const struct course course = case_course(k);
    instant due;

    if (!k->extended || !limit_is_set(c.extension))
        return false;
    c.extension = (struct limit){0};
    due = clock_due(a, &c, &course, k->extended).at;
    return due != INSTANT_NONE && due < k->extended;
}

struct counting
case_counting(const struct workflow *w, const struct case_clock *k, const struct calendar *calendar,
              struct arena *a)
{
    const struct clock_rule *rule = &w->clock[k->rule];
    const struct calendar *own = almanac_version(calendar, k->calendar);
    struct counting c = {.calendar = own ? own : calendar, /* see case_calendars_known() */
                         .limit = k->limit,
                         .extension = k->extension,
                         .continuous = rule->continuous,
                         .applicant = rule->applicant};

    if (!limit_is_set(c.limit)) /* measured all the same, in service time */
        c.limit = (struct limit){.unit = UNIT_MINUTES, .n = 1};
    /* The limit may have been chosen again since it was extended. */
    if (!limit_is_set(k->limit) || !limit_adds(c.limit, c.extension))
        c.extension = (struct limit){0};
    if (extended_late(k, c, a)) {
        c.void_extension = c.extension;
        c.extended = k->extended;
        c.extension = (struct limit){0};
    }
    return c;
}

struct course
case_course(const struct case_clock *k)
{
    const bool in_days = limit_is_set(k->limit) && !unit_is_time(k->limit.unit);

    return (struct course){.start = in_days ? period_start(k->started) : k->started,
                           .stand = k->stand,
                           .n_stand = k->n_stand};
}

instant
period_start(instant t)
{
    return t == day_start(instant_day(t)) ? t - 1 : t;
}

struct measure
case_measure(const struct workflow *w, const struct case_clock *k, const struct calendar *calendar,
             instant end, struct arena *a)
{
    const struct counting counting = case_counting(w, k, calendar, a);
    const struct course course = case_course(k);
    struct measure m = clock_measure(a, &counting, &course, end);

    /* The start may be a 24:00 taken back by a microsecond; nobody wants to see it. */
    m.elapsed = end > k->started ? end - k->started : 0;
    return m;
}

struct due
case_due(const struct workflow *w, const struct case_clock *k, const struct calendar *calendar,
         instant now, struct arena *a)
{
    const struct counting counting = case_counting(w, k, calendar, a);
    const struct course course = case_course(k);

    return clock_due(a, &counting, &course, now);
}

/* What remains of @k at its blue threshold; 0: the limit is too short for one. */
static int32_t
blue_part(struct limit l)
{
    const int32_t fifth = (l.n + 4) / 5;

    switch (l.unit) {
    case UNIT_MINUTES:
        return fifth > 5 ? 5 : fifth;
    case UNIT_HOURS:
    case UNIT_WORKING_DAYS:
    case UNIT_DAYS:
        return fifth > 1 ? fifth : 1;
    case UNIT_MONTHS:
    case UNIT_YEARS:
    case UNIT_DATE:
        return 0;
    }
    return 0;
}

/* When @k turns blue; INSTANT_NONE: it stands, or its limit is too short to. */
static instant
blue_from(const struct workflow *w, const struct case_clock *k, const struct calendar *calendar,
          instant now, struct arena *a)
{
    struct case_clock early = *k;

    early.limit.n += case_counting(w, k, calendar, a).extension.n;
    early.extension = (struct limit){0};
    if (blue_part(early.limit) == 0 || early.limit.n <= blue_part(early.limit))
        return INSTANT_NONE;
    early.limit.n -= blue_part(early.limit);
    return case_due(w, &early, calendar, now, a).at;
}

/*
 * It has no limit any more, and no card; or it stands, and its limit as it is now has not been
 * passed: it was blue before it stood, at most.  A card that is void comes again, even if the date
 * is to be what it was.
 */
static void
no_longer_due(struct case_clock *k, bool blue)
{
    if (k->late || (k->warned && !blue))
        k->known_due = INSTANT_NONE;
    k->late = false;
    k->warned = k->warned && blue;
}

static void
index_clock(const struct workflow *w, struct case_clock *k, const struct calendar *calendar,
            instant now, struct arena *a)
{
    struct due due = {.at = INSTANT_NONE};

    if (!k->moved || k->verdict != VERDICT_OPEN)
        return;
    k->moved = false;
    if (limit_is_set(k->limit))
        due = case_due(w, k, calendar, now, a);
    k->due = due.at;
    k->last_day = due.last_day;
    k->provisional = due.provisional;
    k->blue = w->clock[k->rule].warns && due.at != INSTANT_NONE ? blue_from(w, k, calendar, now, a)
                                                                : INSTANT_NONE;
    if (due.at == INSTANT_NONE) {
        no_longer_due(k, k->warned && limit_is_set(k->limit) &&
                             blue_from(w, k, calendar, now, a) != INSTANT_NONE);
        return;
    }
    if (due.at == k->known_due)
        return;
    k->known_due = due.at;
    k->epoch++;
    if (k->warned && k->blue != INSTANT_NONE && k->blue < now)
        k->warned_in = k->epoch; /* it was blue and still is */
    else
        k->warned = false;
    if (k->late && due.at < now)
        k->fired = k->epoch; /* it was late and still is: no second card */
    else
        k->late = false; /* what moved the date made the card void */
}

static void
earlier(instant *alarm, instant t)
{
    if (t != INSTANT_NONE && (*alarm == INSTANT_NONE || t < *alarm))
        *alarm = t;
}

bool
case_material_waits(const struct case_state *c, uint16_t i)
{
    const struct material *m = &c->material[i];

    return (m->state == MATERIAL_TOLERATED && c->phase == PHASE_OPEN) ||
           (m->state == MATERIAL_PROMISED && !m->unchecked);
}

bool
case_is_stuck(const struct case_state *c, enum stuck_kind kind, int32_t visit, int32_t timer)
{
    for (uint32_t i = 0; i < c->n_stuck; i++)
        if (c->stuck[i].item.kind == kind && c->stuck[i].item.visit == visit &&
            c->stuck[i].item.timer == timer)
            return true;
    return false;
}

static bool
material_is_stuck(const struct case_state *c, enum stuck_kind kind, uint16_t i)
{
    for (uint32_t k = 0; k < c->n_stuck; k++)
        if (c->stuck[k].item.kind == kind && c->stuck[k].item.material == i)
            return true;
    return false;
}

instant
case_material_next(const struct case_state *c, uint16_t i)
{
    const struct material *m = &c->material[i];

    if (material_reminds(m) && !material_is_stuck(c, STUCK_REMINDER, i))
        return m->remind;
    return material_is_stuck(c, STUCK_LAPSE, i) ? INSTANT_NONE : m->until;
}

void
case_index(const struct workflow *w, struct case_state *c, const struct calendar *calendar,
           instant now, struct arena *a)
{
    c->alarm = INSTANT_NONE;
    for (uint32_t i = 0; i < c->n_clock; i++) {
        struct case_clock *k = &c->clock[i];

        index_clock(w, k, calendar, now, a);
        if (k->verdict == VERDICT_OPEN && k->fired != k->epoch)
            earlier(&c->alarm, k->due);
        if (k->verdict == VERDICT_OPEN && k->warned_in != k->epoch)
            earlier(&c->alarm, k->blue);
    }
    if (c->phase == PHASE_CLOSED)
        c->alarm = INSTANT_NONE; /* but for what is promised */
    for (uint16_t i = 0; i < w->n_material; i++)
        if (case_material_waits(c, i))
            earlier(&c->alarm, case_material_next(c, i));
    if (c->phase == PHASE_CLOSED)
        return;
    for (uint32_t i = 0; i < c->n_letter; i++)
        earlier(&c->alarm, c->letter[i].expires);
    for (uint32_t i = 0; i < c->n_visit; i++) {
        const struct visit *v = &c->visit[i];

        for (uint16_t t = 0; t < w->step[v->step].n_timer; t++)
            if (!case_is_stuck(c, STUCK_TIMER, v->id, t))
                earlier(&c->alarm, v->timer[t]);
        if (!case_is_stuck(c, STUCK_WAIT, v->id, 0))
            earlier(&c->alarm, v->wait_until);
    }
    for (uint32_t i = 0; i < c->n_stuck; i++)
        if (c->stuck[i].again)
            earlier(&c->alarm, c->moment);
}

const char *
visit_department(const struct workflow *w, const struct visit *v)
{
    const struct step *s = &w->step[v->step];

    if (v->department)
        return v->department;
    return s->department ? s->department : w->lead;
}

/* The step's own word, or that of the nearest step around it; beside the flow only its own. */
static enum public_status
status_of(const struct workflow *w, const struct case_state *c, const struct visit *v)
{
    for (; v; v = case_visit(c, v->parent)) {
        if (w->step[v->step].public != PUBLIC_INHERIT)
            return w->step[v->step].public;
        if (w->step[v->step].optional)
            return PUBLIC_INHERIT;
    }
    return PUBLIC_IN_REVIEW;
}

/* The clock people look at: the statutory one that runs, else the promised one. */
const struct case_clock *
case_leading_clock(const struct workflow *w, const struct case_state *c)
{
    const struct case_clock *leading = NULL;

    for (uint32_t i = 0; i < c->n_clock; i++) {
        const struct case_clock *k = &c->clock[i];
        const struct clock_rule *rule = &w->clock[k->rule];

        if (k->verdict != VERDICT_OPEN || rule->scope != NONE || rule->applicant)
            continue;
        if (!leading ||
            (rule->kind == CLOCK_STATUTORY && w->clock[leading->rule].kind != CLOCK_STATUTORY))
            leading = k;
    }
    return leading;
}

enum public_status
case_public_status(const struct workflow *w, const struct case_state *c)
{
    const struct case_clock *leading = case_leading_clock(w, c);
    enum public_status earliest = PUBLIC_INHERIT;
    uint32_t n_leaf = 0;

    if (c->phase == PHASE_CLOSED)
        return c->closed_as;
    if (leading && case_clock_stands(leading))
        return PUBLIC_SPECIAL;
    for (uint32_t i = 0; i < c->n_visit; i++) {
        const enum step_kind kind = w->step[c->visit[i].step].kind;
        const enum public_status s = status_of(w, c, &c->visit[i]);

        if (kind == STEP_STAGE || kind == STEP_PARALLEL)
            continue;
        n_leaf++;
        if (s < earliest)
            earliest = s;
    }
    return n_leaf ? earliest : PUBLIC_RECEIVED;
}

enum colour
case_clock_colour(const struct workflow *w, const struct case_clock *k,
                  const struct calendar *calendar, instant now, struct arena *a)
{
    const bool statutory = w->clock[k->rule].kind == CLOCK_STATUTORY;
    instant blue;

    if (!limit_is_set(k->limit))
        return COLOUR_NONE;
    if (k->late || k->verdict == VERDICT_LATE ||
        (k->verdict == VERDICT_OPEN && k->due != INSTANT_NONE && now > k->due))
        return statutory ? COLOUR_RED : COLOUR_YELLOW;
    if (k->verdict != VERDICT_OPEN || k->due == INSTANT_NONE)
        return COLOUR_GREEN;
    blue = blue_from(w, k, calendar, now, a);
    return blue != INSTANT_NONE && now > blue ? COLOUR_BLUE : COLOUR_GREEN;
}

const char *
colour_name(enum colour c)
{
    static const char *const name[] = {"none", "green", "blue", "yellow", "red"};

    return WORD_AT(name, c);
}

const char *
verdict_name(enum verdict v)
{
    static const char *const name[] = {"open", "on-time", "late", "cancelled"};

    return WORD_AT(name, v);
}
