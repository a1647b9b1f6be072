/* SPDX-License-Identifier: Apache-2.0 */
/* The one date function: when a clock comes due, how far it has come, and counting back. */
#include "machine/clock.h"

#include "base/require.h"
#include "machine/clock_walk.h"

static bool
counts_days(enum unit u)
{
    return !unit_is_time(u) && u != UNIT_DATE;
}

struct limit
clock_date(day d)
{
    return (struct limit){.unit = UNIT_DATE, .n = 1, .date = day_end(d)};
}

static instant
within(instant t)
{
    return t < INSTANT_MIN ? INSTANT_MIN : t > INSTANT_MAX ? INSTANT_MAX : t;
}

/* The earliest instant at which the time counted reaches @need; NONE when it stands for ever. */
static instant
reach(const struct counting *c, instant start, struct walk w, span need)
{
    struct slices all = slices_begin(c, start, w);

    for (;;) {
        const struct slice s = slices_next(&all);

        if (s.by && s.by->to >= FOREVER)
            return INSTANT_NONE;
        if (s.by) {
            slices_skip(&all, s.by->to);
            continue;
        }
        if (need <= s.to - s.from)
            return s.from + need;
        need -= s.to - s.from;
    }
}

/* The close of @d or, when that is a day off or the clock stands then, of the next day that is
 * neither. */
static instant
roll(const struct counting *c, struct walk *w, day d)
{
    for (;;) {
        const struct day_row row = day_judge(c, w, d);

        if (row.by && row.by->to >= FOREVER)
            return INSTANT_NONE;
        if (row.working && !row.by)
            return row.closing;
        d = row.by ? day_skip(d, row.by) : d + 1;
    }
}

/* The close of the @n-th day after @start_day that counts, rolled. */
static instant
count_days(const struct counting *c, day start_day, struct walk w, int32_t n)
{
    day d = start_day + 1;

    for (;;) {
        const struct day_row row = day_judge(c, &w, d);

        if (row.by && row.by->to >= FOREVER)
            return INSTANT_NONE;
        n -= row.counts;
        if (n == 0)
            return roll(c, &w, d);
        if (w.at == w.n && c->limit.unit != UNIT_WORKING_DAYS)
            return roll(c, &w, d + n); /* nothing stands any more: the rest count in a row */
        d = row.by ? day_skip(d, row.by) : d + 1;
    }
}

/* When the clock stands at @t: when it is resumed. */
static instant
running_at(struct walk w, instant t)
{
    const struct stand *by;

    while ((by = walk_stand(&w, t)) != NULL)
        t = by->to;
    return t >= FOREVER ? INSTANT_NONE : t;
}

static instant
find_due(const struct counting *c, instant start, struct walk w)
{
    const struct goal g = goal_of(c, start);
    instant at = INSTANT_NONE;

    switch (g.kind) {
    case GOAL_TIME:
        at = reach(c, start, w, g.need);
        break;
    case GOAL_DAYS:
        at = count_days(c, instant_day(start), w, g.n);
        break;
    case GOAL_DAY:
        at = roll(c, &w, g.last);
        break;
    case GOAL_INSTANT:
        at = running_at(w, g.at);
        break;
    }
    return at == INSTANT_NONE ? INSTANT_NONE : within(at);
}

static bool
stands_at(const struct course *course, instant t)
{
    for (size_t i = 0; i < course->n_stand; i++) {
        const struct stand *s = &course->stand[i];

        if (s->from <= t && (s->to == INSTANT_NONE || t < s->to))
            return true;
    }
    return false;
}

/* Was a day asked for that no notice has settled yet?  All time is the same on any day. */
static bool
is_provisional(const struct counting *c, day from, day to)
{
    if (c->continuous && unit_is_time(c->limit.unit))
        return false;
    return from < c->calendar->first || to > c->calendar->last;
}

struct due
clock_due(struct arena *a, const struct counting *c, const struct course *course, instant now)
{
    struct due due = {.if_resumed = INSTANT_NONE, .stands = stands_at(course, now)};
    instant shown;

    due.at = find_due(c, course->start, walk_begin(a, course, FOREVER));
    if (due.at == INSTANT_NONE)
        due.if_resumed = find_due(c, course->start, walk_begin(a, course, within(now)));
    shown = due.at == INSTANT_NONE ? due.if_resumed : due.at;
    due.last_day = instant_day(shown - 1);
    due.provisional = is_provisional(c, instant_day(course->start), due.last_day);
    return due;
}

/* Days of the unit's kind, after the start day, that close after @from and not after @to. */
static int32_t
days_closing(const struct counting *c, instant start, struct walk w, instant from, instant to)
{
    const day first = instant_day(start) + 1;
    day d = instant_day(from) < first ? first : instant_day(from);
    int32_t n = 0;

    for (struct day_row row; (row = day_judge(c, &w, d)).closing <= to; d++)
        n += row.counts && row.closing > from;
    return n;
}

struct measure
clock_measure(struct arena *a, const struct counting *c, const struct course *course, instant end)
{
    const instant start = course->start;
    struct walk w;
    struct slices all;
    struct measure m = {0};
    struct due due;
    instant at;

    end = end < start ? start : end;
    w = walk_begin(a, course, end);
    all = slices_begin(c, start, w);
    m.elapsed = end - start;
    while (all.at < end) {
        struct slice s = slices_next(&all);

        if (s.from >= end)
            break;
        if (s.to > end)
            s.to = end;
        *(s.by ? &m.stopped : &m.counted) += s.to - s.from;
    }
    if (unit_is_time(c->limit.unit)) {
        m.remaining = goal_of(c, start).need - m.counted;
        return m;
    }
    due = clock_due(a, c, course, end);
    at = due.at == INSTANT_NONE ? due.if_resumed : due.at;
    m.remaining = at - end;
    if (counts_days(c->limit.unit)) {
        m.counted_days = days_closing(c, start, w, start, end);
        m.remaining_days =
            at >= end ? days_closing(c, start, w, end, at) : -days_closing(c, start, w, at, end);
    }
    return m;
}

/* The latest instant with @need of the hall's hours between it and @from. */
static instant
reach_back(const struct calendar *calendar, instant from, span need)
{
    for (day d = instant_day(from);; d--) {
        const struct season *hours = calendar_season(calendar, d);

        for (int i = calendar_works(calendar, d) ? hours->n_span : 0; i-- > 0;) {
            const instant open = day_start(d) + hours->span[i].from * SPAN_MINUTE;
            instant shut = day_start(d) + hours->span[i].to * SPAN_MINUTE;

            if (shut > from)
                shut = from;
            if (open >= shut)
                continue;
            if (need <= shut - open)
                return shut - need;
            need -= shut - open;
        }
    }
}

/* The day reached by counting back from @d, before it is rolled. */
static day
count_back(const struct counting *c, day d, int32_t n)
{
    if (c->limit.unit == UNIT_MONTHS || c->limit.unit == UNIT_YEARS)
        return day_corresponding(d, c->limit.unit == UNIT_YEARS ? -12 * n : -n);
    if (c->limit.unit == UNIT_DAYS)
        return d - n;
    while (n > 0)
        n -= calendar_works(c->calendar, --d);
    return d;
}

struct due
clock_back(const struct counting *c, instant from)
{
    struct due due = {.if_resumed = INSTANT_NONE};
    struct counting plain = *c;
    span need;
    day d;

    require(c->limit.unit != UNIT_DATE && c->limit.n >= 1);
    plain.extension.n = 0;
    need = goal_of(&plain, from).need;
    if (unit_is_time(c->limit.unit)) {
        due.at = c->continuous ? from - need : reach_back(c->calendar, from, need);
        due.last_day = instant_day(due.at - 1);
    } else {
        d = count_back(c, instant_day(from), c->limit.n);
        while (!calendar_works(c->calendar, d))
            d--;
        due.at = day_closing(c, d);
        due.last_day = d;
    }
    due.at = within(due.at);
    due.provisional = is_provisional(c, due.last_day, instant_day(from));
    return due;
}
