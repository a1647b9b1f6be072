/* SPDX-License-Identifier: Apache-2.0 */
/* Does a promise end after the law's limit?  Asked of every day of the calendar. */
#include "machine/promise.h"

#include "definition/overlay.h"
#include "machine/clock.h"

/* Two clocks that can be held against each other, and the day on which the promise is later. */
struct pair {
    const struct workflow *w;
    const struct calendar *house, *calendar;
    struct arena *scratch;
    const struct clock_rule *promised, *statutory;
    uint16_t arm, other; /* of their limits */
    instant start;       /* found: a start from which the promise ends later */
    struct due promise, law;
};

static struct counting
counting_of(const struct pair *p, const struct clock_rule *rule, uint16_t arm)
{
    return (struct counting){.calendar = p->calendar,
                             .limit = rule->arm[arm].limit,
                             .continuous = rule->continuous,
                             .applicant = rule->applicant};
}

static bool
later_from(struct pair *p, instant start)
{
    const struct counting promise = counting_of(p, p->promised, p->arm);
    const struct counting law = counting_of(p, p->statutory, p->other);
    const struct course course = {.start = start};

    p->promise = clock_due(p->scratch, &promise, &course, start);
    p->law = clock_due(p->scratch, &law, &course, start);
    p->start = start;
    return p->promise.at > p->law.at;
}

/* Counted alike, the smaller number is never later. */
static bool
never_later(const struct pair *p)
{
    const struct limit a = p->promised->arm[p->arm].limit, b = p->statutory->arm[p->other].limit;

    return a.unit == b.unit && a.n <= b.n && p->promised->continuous == p->statutory->continuous &&
           p->promised->applicant == p->statutory->applicant;
}

static bool
arms_exceed(struct pair *p)
{
    const struct calendar *c = p->calendar;

    if (!p->promised->arm[p->arm].limit.n || !p->statutory->arm[p->other].limit.n || never_later(p))
        return false;
    for (day d = c->first; d <= c->last; d++) {
        const struct season *s = calendar_season(c, d);
        const instant at[] = {day_start(d) + s->span[0].from * SPAN_MINUTE,
                              day_start(d) + 12 * SPAN_HOUR,
                              day_start(d) + (s->span[s->n_span - 1].to - 1) * SPAN_MINUTE};

        for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++)
            if (later_from(p, at[i]))
                return true;
    }
    return false;
}

static bool
same_conditions(const struct clock_rule *a, const struct clock_rule *b)
{
    if (a->n_arm != b->n_arm)
        return false;
    for (uint16_t i = 0; i < a->n_arm; i++)
        if (!a->arm[i].condition != !b->arm[i].condition ||
            (a->arm[i].condition && !value_equal(a->arm[i].condition, b->arm[i].condition)))
            return false;
    return true;
}

static bool
exceeds(struct pair *p)
{
    const bool together = same_conditions(p->promised, p->statutory);

    for (p->arm = 0; p->arm < p->promised->n_arm; p->arm++)
        for (p->other = 0; p->other < p->statutory->n_arm; p->other++)
            if ((!together || p->arm == p->other) && arms_exceed(p))
                return true;
    return false;
}

/* By the calendar of the house, or by that of one of its halls. */
static bool
exceeds_somewhere(struct pair *p)
{
    const struct almanac *all = p->house->almanac;

    p->calendar = p->house;
    if (exceeds(p))
        return true;
    for (uint32_t i = 0; all && i < all->n_hall; i++) {
        p->calendar = all->hall[i].calendar;
        if (exceeds(p))
            return true;
    }
    return false;
}

/* The rule, or what an overlay has shortened of it. */
static struct spot
spot_of(const struct pair *p, const struct clock_rule *rule, const struct problems *problems)
{
    const uint16_t index = (uint16_t)(rule - p->w->clock);
    uint16_t arm = 0;

    while (arm + 1 < rule->n_arm && !limit_is_laid(problems, p->w, index, arm))
        arm++;
    return limit_spot(p->scratch, problems, p->w, index, arm);
}

static bool
is_laid(const struct pair *p, const struct clock_rule *rule, const struct problems *problems)
{
    for (uint16_t i = 0; i < rule->n_arm; i++)
        if (limit_is_laid(problems, p->w, (uint16_t)(rule - p->w->clock), i))
            return true;
    return false;
}

/* Told at the promise, unless it is the law's limit that an overlay has shortened. */
static void
blame(const struct pair *p, struct problems *problems)
{
    const bool promise_is_laid = is_laid(p, p->promised, problems);
    const struct clock_rule *at =
        !promise_is_laid && is_laid(p, p->statutory, problems) ? p->statutory : p->promised;
    char start[INSTANT_TEXT], promise[INSTANT_TEXT], law[INSTANT_TEXT];

    problem_add(problems, PROBLEM_PROMISE_EXCEEDS, spot_of(p, at, problems),
                "started at %s, \"%s\" ends at %s, after \"%s\" at %s",
                instant_write(p->start, start), p->promised->id,
                instant_write(p->promise.at, promise), p->statutory->id,
                instant_write(p->law.at, law));
}

static void
check_promise(struct pair *p, struct problems *problems)
{
    bool later = false;

    for (uint16_t i = 0; i < p->w->n_clock && !later; i++) {
        const struct clock_rule *law = &p->w->clock[i];

        p->statutory = law;
        later = law->kind == CLOCK_STATUTORY && law->scope == p->promised->scope &&
                law->from == p->promised->from && law->to == p->promised->to &&
                exceeds_somewhere(p);
    }
    if (later && !p->promised->exceeds)
        blame(p, problems);
    if (!later && p->promised->exceeds)
        problem_add(problems, PROBLEM_EXCEEDS_IDLE, spot_of(p, p->promised, problems),
                    "\"%s\" never ends after a statutory limit", p->promised->id);
}

static void
check_extension(const struct pair *p, const struct clock_rule *rule, struct problems *problems)
{
    bool some = false;

    if (!rule->extension.n)
        return;
    for (uint16_t i = 0; i < rule->n_arm; i++) {
        const struct limit limit = rule->arm[i].limit;

        some = some || limit.n;
        if (limit.n && !limit_adds(limit, rule->extension)) {
            problem_add(problems, PROBLEM_EXTENSION_UNIT,
                        limit_spot(p->scratch, problems, p->w, (uint16_t)(rule - p->w->clock), i),
                        "the extension of \"%s\" cannot be added to its limit", rule->id);
            return;
        }
    }
    if (!some)
        problem_add(problems, PROBLEM_EXTENSION_IDLE, spot_of(p, rule, problems),
                    "\"%s\" is limited by a date or not at all: no extension can be added to it",
                    rule->id);
}

/* Each limit of a region's is held against that of the definition it stands beside. */
static void
check_overlay(struct pair *p, struct problems *problems)
{
    const struct overlay *o = p->w->overlay;

    problems->n_origin = 0;
    for (uint32_t i = 0; o && i < o->n_limit; i++) {
        const uint16_t rule = workflow_clock(p->w, o->limit[i].clock);
        const uint16_t base = workflow_clock(o->base, o->limit[i].clock);
        char start[INSTANT_TEXT], is[INSTANT_TEXT], was[INSTANT_TEXT];

        if (rule == NONE || base == NONE)
            continue;
        p->promised = &p->w->clock[rule];
        p->statutory = &o->base->clock[base];
        if (exceeds_somewhere(p))
            problem_add(problems, PROBLEM_OVERLAY_LONGER,
                        (struct spot){o->file, o->limit[i].line, o->limit[i].pointer},
                        "started at %s, \"%s\" ends at %s here, elsewhere at %s",
                        instant_write(p->start, start), o->limit[i].clock,
                        instant_write(p->promise.at, is), instant_write(p->law.at, was));
    }
}

bool
promise_check(const struct workflow *w, const struct calendar *calendar, struct arena *scratch,
              struct problems *problems)
{
    const size_t before = problems->n_error;
    struct pair p = {.w = w, .house = calendar, .scratch = scratch};

    problems->origin = w->origin;
    problems->n_origin = w->n_origin;
    for (uint16_t i = 0; i < w->n_clock; i++) {
        p.promised = &w->clock[i];
        if (p.promised->kind == CLOCK_PROMISED)
            check_promise(&p, problems);
        check_extension(&p, p.promised, problems);
    }
    check_overlay(&p, problems);
    problems_sort(problems);
    return problems->n_error == before;
}

/* --- overlays of the regions around --- */

/* Each limit of p->w, named in its own overlay or not, against that of @x, in force from @d on. */
static void
check_layer(struct pair *p, const struct workflow *x, day d, struct problems *problems)
{
    const struct overlay *o = p->w->overlay;
    char start[INSTANT_TEXT], is[INSTANT_TEXT], was[INSTANT_TEXT], from[DAY_TEXT];

    for (uint16_t i = 0; i < p->w->n_clock; i++) {
        const uint16_t other = workflow_clock(x, p->w->clock[i].id);

        if (other == NONE)
            continue;
        p->promised = &p->w->clock[i];
        p->statutory = &x->clock[other];
        if (exceeds_somewhere(p))
            problem_add(problems, PROBLEM_OVERLAY_LONGER, (struct spot){o->file, 1, "/limits"},
                        "started at %s, \"%s\" ends at %s here, and at %s by %s, in force around "
                        "it from %s; give a further version of this from then on",
                        instant_write(p->start, start), p->promised->id,
                        instant_write(p->promise.at, is), instant_write(p->law.at, was),
                        x->overlay->file, day_write(d, from));
    }
}

/* On day @d; @last is what was looked at before. */
static void
check_layers_on(struct pair *p, const struct registry *r, day d, const struct workflow **last,
                struct problems *problems)
{
    const struct workflow *x;
    char around[7];

    if (!district_around(p->w->district, around))
        return;
    x = registry_find_in(r, p->w->id, around, d);
    if (!x || !x->overlay || x == *last || !strcmp(x->hash, p->w->overlay->base->hash))
        return;
    *last = x;
    check_layer(p, x, d, problems);
}

/* The day from @d on, @d itself too, on which some version of the workflow begins or ends; 0. */
static day
turn_from(const struct registry *r, const char *id, day d)
{
    const struct workflow *x;
    uint32_t at = 0;
    day next = 0;

    while ((x = registry_next_version(r, id, &at)) != NULL) {
        if (x->from >= d && (!next || x->from < next))
            next = x->from;
        if (x->until >= d && (!next || x->until < next))
            next = x->until;
    }
    return next;
}

static bool
in_force_of(const struct registry *r, const struct workflow *w, day d)
{
    const struct workflow *x = registry_find_in(r, w->id, w->district, d);

    return x && !strcmp(x->hash, w->hash);
}

bool
promise_check_layers(const struct registry *r, const struct workflow *const *list, uint32_t n,
                     const struct calendar *calendar, struct arena *scratch,
                     struct problems *problems)
{
    const size_t before = problems->n_error;

    problems->n_origin = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct pair p = {.w = list[i], .house = calendar, .scratch = scratch};
        const struct workflow *last = NULL;

        if (!p.w->overlay)
            continue;
        for (day d = p.w->from; d; d = turn_from(r, p.w->id, d + 1))
            if (in_force_of(r, p.w, d))
                check_layers_on(&p, r, d, &last, problems);
    }
    return problems->n_error == before;
}
