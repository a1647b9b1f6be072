/* SPDX-License-Identifier: Apache-2.0 */
/* Walking through a clock's time: its stops made disjoint, its open hours, its days. */
#include "machine/clock_walk.h"

#include <string.h>

#include "base/require.h"

/* By beginning; the longer first, so that it swallows the shorter; then by name, so that the
 * order in which facts are known shows nowhere. */
static bool
before(const struct stand *a, const struct stand *b)
{
    if (a->from != b->from)
        return a->from < b->from;
    if (a->to != b->to)
        return a->to > b->to;
    return strcmp(a->ground ? a->ground : "", b->ground ? b->ground : "") < 0;
}

static void
sift_down(struct stand *s, size_t root, size_t n)
{
    const struct stand moved = s[root];

    for (size_t child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && before(&s[child], &s[child + 1]))
            child++;
        if (!before(&moved, &s[child]))
            break;
        s[root] = s[child];
    }
    s[root] = moved;
}

/* Heap sort: in place, and no input makes it slow. */
static void
sort(struct stand *s, size_t n)
{
    for (size_t root = n / 2; root-- > 0;)
        sift_down(s, root, n);
    while (n > 1) {
        const struct stand last = s[0];

        s[0] = s[--n];
        s[n] = last;
        sift_down(s, 0, n);
    }
}

/* Copies what stands at all, with every end a moment. */
static size_t
copy_stands(struct stand *to, const struct course *course, instant resumed)
{
    size_t n = 0;

    for (size_t i = 0; i < course->n_stand; i++) {
        struct stand s = course->stand[i];

        if (s.from < INSTANT_MIN)
            s.from = INSTANT_MIN;
        if (s.to == INSTANT_NONE)
            s.to = resumed;
        else if (s.to > INSTANT_MAX)
            s.to = FOREVER;
        if (s.from < s.to)
            to[n++] = s;
    }
    return n;
}

struct walk
walk_begin(struct arena *a, const struct course *course, instant resumed)
{
    struct stand *s;
    size_t n, kept = 0;

    if (course->n_stand == 0)
        return (struct walk){0};
    s = arena_array(a, course->n_stand, struct stand);
    n = copy_stands(s, course, resumed);
    sort(s, n);
    for (size_t i = 0; i < n; i++) {
        struct stand next = s[i];

        if (kept && next.to <= s[kept - 1].to)
            continue;
        if (kept && next.from < s[kept - 1].to)
            next.from = s[kept - 1].to;
        s[kept++] = next;
    }
    return (struct walk){.piece = s, .n = kept};
}

const struct stand *
walk_piece(struct walk *w, instant t)
{
    while (w->at < w->n && w->piece[w->at].to <= t)
        w->at++;
    return w->at < w->n ? &w->piece[w->at] : NULL;
}

const struct stand *
walk_stand(struct walk *w, instant t)
{
    const struct stand *p = walk_piece(w, t);

    if (!p || p->from > t)
        return NULL;
    if (p->from < t)
        return p;
    /* Exactly where one begins it runs still, unless another has just ended there. */
    return w->at > 0 && p[-1].to == t ? p : NULL;
}

struct slices
slices_begin(const struct counting *c, instant start, struct walk w)
{
    struct slices s = {.counting = c, .walk = w, .at = start, .shut = start};

    s.service = unit_is_time(c->limit.unit) ? !c->continuous : c->limit.unit == UNIT_WORKING_DAYS;
    s.d = instant_day(start);
    if (!s.service)
        s.shut = FOREVER;
    return s;
}

/* Moves on to the next stretch of opening hours that is not over at `at`. */
static void
open_next(struct slices *s)
{
    const struct calendar *calendar = s->counting->calendar;
    const struct season *hours = calendar_season(calendar, s->d);

    while (s->behind >= hours->n_span || !calendar_works(calendar, s->d)) {
        s->d++;
        s->behind = 0;
        hours = calendar_season(calendar, s->d);
    }
    s->shut = day_start(s->d) + hours->span[s->behind].to * SPAN_MINUTE;
    if (s->at < s->shut && s->at < day_start(s->d) + hours->span[s->behind].from * SPAN_MINUTE)
        s->at = day_start(s->d) + hours->span[s->behind].from * SPAN_MINUTE;
    s->behind++;
}

struct slice
slices_next(struct slices *s)
{
    const struct stand *p;
    struct slice out;

    while (s->at >= s->shut)
        open_next(s);
    p = walk_piece(&s->walk, s->at);
    out = (struct slice){.from = s->at, .to = s->shut};
    if (p && p->from <= s->at)
        out.by = p;
    if (p && (out.by ? p->to : p->from) < out.to)
        out.to = out.by ? p->to : p->from;
    s->at = out.to;
    return out;
}

void
slices_skip(struct slices *s, instant to)
{
    if (to <= s->at)
        return;
    s->at = to;
    if (s->service && instant_day(to) > s->d) {
        s->d = instant_day(to);
        s->behind = 0;
        s->shut = s->at;
    }
}

instant
day_closing(const struct counting *c, day d)
{
    const struct season *hours;

    if (c->applicant || !calendar_works(c->calendar, d))
        return day_start(d + 1);
    hours = calendar_season(c->calendar, d);
    return day_start(d) + hours->span[hours->n_span - 1].to * SPAN_MINUTE;
}

struct day_row
day_judge(const struct counting *c, struct walk *w, day d)
{
    struct day_row row = {.closing = day_closing(c, d), .working = calendar_works(c->calendar, d)};

    row.by = walk_stand(w, row.closing);
    row.counts = !row.by && (row.working || c->limit.unit != UNIT_WORKING_DAYS);
    return row;
}

day
day_skip(day d, const struct stand *by)
{
    /* The last day closing within @by may close when it ends, at 24:00 of the day before. */
    const day last = instant_day(by->to) - 1;

    return last > d + 1 ? last : d + 1;
}

day
day_corresponding(day d, int32_t months)
{
    int year, month, dom, all;

    day_to_civil(d, &year, &month, &dom);
    all = year * 12 + month - 1 + months;
    if (all < 1900 * 12)
        return day_from_civil(1900, 1, 1);
    if (all >= 10000 * 12)
        return day_from_civil(9999, 12, 31);
    year = all / 12;
    month = all % 12 + 1;
    return day_from_civil(year, month,
                          dom < month_days(year, month) ? dom : month_days(year, month));
}

/* Adds one limit to what is wanted: time, months or days. */
static void
add_limit(struct limit l, span *time, int32_t *months, int32_t *days)
{
    switch (l.unit) {
    case UNIT_MINUTES:
        *time += l.n * SPAN_MINUTE;
        break;
    case UNIT_HOURS:
        *time += l.n * SPAN_HOUR;
        break;
    case UNIT_WORKING_DAYS:
    case UNIT_DAYS:
        *days += l.n;
        break;
    case UNIT_MONTHS:
        *months += l.n;
        break;
    case UNIT_YEARS:
        *months += l.n * 12;
        break;
    case UNIT_DATE:
        break;
    }
}

struct goal
goal_of(const struct counting *c, instant start)
{
    const struct limit l =
        c->extension.n && c->extension.unit == UNIT_DATE ? c->extension : c->limit;
    const day from = instant_day(start);
    int32_t months = 0, days = 0;
    span time = 0;

    require(l.unit == UNIT_DATE || l.n >= 1);
    require(c->extension.n == 0 || limit_adds(c->limit, c->extension));
    if (l.unit == UNIT_DATE && l.date == day_end(instant_day(l.date - 1)))
        return (struct goal){.kind = GOAL_DAY, .last = instant_day(l.date - 1)};
    if (l.unit == UNIT_DATE)
        return (struct goal){.kind = GOAL_INSTANT, .at = l.date};
    add_limit(l, &time, &months, &days);
    if (c->extension.n)
        add_limit(c->extension, &time, &months, &days);
    if (unit_is_time(l.unit))
        return (struct goal){.kind = GOAL_TIME, .need = time};
    days += day_corresponding(from, months) - from;
    return (struct goal){.kind = GOAL_DAYS, .n = days > 0 ? days : 1}; /* 0: in December 9999 */
}
