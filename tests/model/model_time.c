/* SPDX-License-Identifier: Apache-2.0 */
/* Periods and clocks, one day after the other. */
#include <stdlib.h>
#include <string.h>

#include "tests/model/model_inside.h"

static void
read_length(const char *text, int32_t *n, char *unit, bool *hours)
{
    const char *word = strchr(text, ' ') + 1;

    *n = (int32_t)strtol(text, NULL, 10);
    *unit = word[0];
    *hours = *unit == 'h';
    if (*unit == 'h') {
        *n *= 60;
        *unit = 'm';
    } else if (*unit == 'y' || !strncmp(word, "month", 5)) {
        *n *= *unit == 'y' ? 12 : 1;
        *unit = 'M';
    }
}

/* Between its beginning and its end it stands; at either moment it does not. */
static bool
stands_at(const struct watch *w, instant t)
{
    for (uint32_t i = 0; i < w->n_spell; i++)
        if (t > w->spell[i].from && (w->spell[i].to == INSTANT_NONE || t < w->spell[i].to))
            return true;
    return false;
}

bool
model_stands(const struct watch *w)
{
    return w->n_spell && w->spell[w->n_spell - 1].to == INSTANT_NONE;
}

/* When day @d is over for this clock. */
static instant
close_of(const struct model *m, day d, bool applicant)
{
    const struct season *s;

    if (applicant || !calendar_works(m->calendar, d))
        return day_start(d + 1);
    s = calendar_season(m->calendar, d);
    return day_start(d) + s->span[s->n_span - 1].to * SPAN_MINUTE;
}

/* How long a piece of service time runs before @need is reached; what it leaves is in @need. */
static bool
run_through(const struct watch *w, instant from, instant to, span *need, instant *at)
{
    while (from < to) {
        instant next = to;
        bool stands = false;

        for (uint32_t i = 0; i < w->n_spell; i++) {
            const struct spell *s = &w->spell[i];

            if (s->from <= from && (s->to == INSTANT_NONE || s->to > from)) {
                stands = true;
                next = s->to == INSTANT_NONE || s->to > to ? to : s->to;
            } else if (s->from > from && s->from < next && !stands) {
                next = s->from;
            }
        }
        if (!stands && *need <= next - from) {
            *at = from + *need;
            return true;
        }
        if (!stands)
            *need -= next - from;
        from = next;
    }
    return false;
}

/* The last day worth looking at: while it stands nothing is counted, and nothing comes after. */
static day
last_day(const struct watch *w)
{
    return instant_day(model_stands(w) ? w->spell[w->n_spell - 1].from : w->started) + 1 +
           (model_stands(w) ? 0 : 4000);
}

static instant
minutes_due(const struct model *m, const struct watch *w)
{
    span need = w->n * SPAN_MINUTE;
    instant at;

    if (w->continuous)
        return run_through(w, w->started, w->started + 4000 * SPAN_DAY, &need, &at) ? at
                                                                                    : INSTANT_NONE;
    for (day d = instant_day(w->started); d <= last_day(w); d++) {
        const struct season *s = calendar_season(m->calendar, d);

        for (int i = 0; calendar_works(m->calendar, d) && i < s->n_span; i++) {
            const instant open = day_start(d) + s->span[i].from * SPAN_MINUTE;
            const instant shut = day_start(d) + s->span[i].to * SPAN_MINUTE;

            if (run_through(w, open > w->started ? open : w->started, shut, &need, &at))
                return at;
        }
    }
    return INSTANT_NONE;
}

/* As many days as lie before the day of the same number, or the last of a shorter month. */
static int32_t
days_of_months(day from, int32_t months)
{
    int year, month, dom;

    day_to_civil(from, &year, &month, &dom);
    month += months;
    year += (month - 1) / 12;
    month = (month - 1) % 12 + 1;
    if (dom > month_days(year, month))
        dom = month_days(year, month);
    return day_from_civil(year, month, dom) - from;
}

static instant
days_due(const struct model *m, const struct watch *w)
{
    const day first = instant_day(w->started - (w->started == day_start(instant_day(w->started))));
    int32_t n = w->unit == 'M' ? days_of_months(first, w->n) : w->n;

    for (day d = first + 1; d <= last_day(w); d++) {
        if (w->n_spell && stands_at(w, close_of(m, d, w->applicant)))
            continue;
        if (w->unit != 'w' || calendar_works(m->calendar, d))
            n--;
        /* The last day that counts, or the next on which the hall works. */
        if (n <= 0 && calendar_works(m->calendar, d))
            return close_of(m, d, w->applicant);
    }
    return INSTANT_NONE;
}

/* That day, or the next on which the hall works and at whose close the clock runs. */
static instant
date_due(const struct model *m, const struct watch *w)
{
    const day last = model_stands(w) ? last_day(w) : w->date + 4000;

    for (day d = w->date; d <= last; d++)
        if (calendar_works(m->calendar, d) && !stands_at(w, close_of(m, d, w->applicant)))
            return close_of(m, d, w->applicant);
    return INSTANT_NONE;
}

/* That moment; where it stands then, when it goes on. */
static instant
moment_due(const struct watch *w)
{
    for (uint32_t i = 0; i < w->n_spell; i++)
        if (w->moment > w->spell[i].from &&
            (w->spell[i].to == INSTANT_NONE || w->moment < w->spell[i].to))
            return w->spell[i].to;
    return w->moment;
}

bool
model_is_timed(const struct watch *w)
{
    return w->n || w->dated;
}

static instant
due_of(const struct model *m, const struct watch *w)
{
    if (w->dated)
        return w->moment != INSTANT_NONE ? moment_due(w) : date_due(m, w);
    if (!w->n)
        return INSTANT_NONE;
    return w->unit == 'm' ? minutes_due(m, w) : days_due(m, w);
}

/* It was due, as if nobody had extended it, before somebody did: that does not count. */
bool
model_extended_late(const struct model *m, const struct watch *w)
{
    struct watch plain = *w;
    instant due;

    if (!w->more)
        return false;
    plain.n -= w->more;
    due = due_of(m, &plain);
    return due != INSTANT_NONE && w->extended_at > due;
}

static struct watch
counted(const struct model *m, const struct watch *w)
{
    struct watch out = *w;

    if (model_extended_late(m, w))
        out.n -= w->more;
    out.more = 0;
    return out;
}

instant
model_due(const struct model *m, const struct watch *w)
{
    const struct watch c = counted(m, w);

    return due_of(m, &c);
}

/* What remains when it turns blue: a fifth, of minutes at most 5, of anything else at least 1. */
instant
model_blue(const struct model *m, const struct watch *w)
{
    struct watch early = counted(m, w);
    int32_t unit = w->hours ? 60 : 1, part = (early.n / unit + 4) / 5;

    if (w->unit == 'm' && unit == 1 && part > 5)
        part = 5;
    early.n -= part * unit;
    if (!w->warns || w->dated || w->unit == 'M' || early.n <= 0)
        return INSTANT_NONE;
    return model_due(m, &early);
}

instant
model_period(const struct model *m, const char *length, bool applicant, instant from)
{
    struct watch w = {.applicant = applicant, .started = from};

    read_length(length, &w.n, &w.unit, &w.hours);
    return model_due(m, &w);
}

/* What the definition calls a date is one, or a moment. */
static void
choose_date(struct model *m, struct watch *w, const struct value *x)
{
    const struct value v = model_value_now(m, x);

    if (m->failed)
        return;
    w->dated = true;
    if (day_read(v.string, v.n, &w->date))
        model_saw(m, SEEN_DATED);
    else if (!instant_read(v.string, v.n, &w->moment))
        m->failed = true;
    else
        model_saw(m, SEEN_DATED_MOMENT);
    /* 00:00 is the end of the day before, and that whole day counts. */
    if (w->moment != INSTANT_NONE && w->moment == day_start(instant_day(w->moment))) {
        w->date = instant_day(w->moment) - 1;
        w->moment = INSTANT_NONE;
    }
}

void
model_choose(struct model *m, struct watch *w)
{
    const struct value *limit = w->limit;
    struct room *here = m->here;
    const int32_t n = w->n;

    m->here = w->scope ? w->scope->room : m->room;
    for (uint32_t i = 0; w->limit->kind == VALUE_ARRAY && i < w->limit->n; i++)
        if (model_holds_now(m, value_get(&w->limit->item[i], "when"))) {
            limit = value_get(&w->limit->item[i], "limit");
            break;
        }
    w->n = w->more = 0;
    w->dated = false;
    w->moment = INSTANT_NONE;
    if (limit->kind == VALUE_OBJECT)
        choose_date(m, w, value_get(limit, "date"));
    m->here = here;
    if (limit->kind == VALUE_STRING && strcmp(limit->string, "none") != 0)
        read_length(limit->string, &w->n, &w->unit, &w->hours);
    if (w->extended && w->n) {
        read_length(value_get_string(w->extension, "limit"), &w->more, &w->unit, &w->hours);
        w->n += w->more;
    }
    if (w->n && w->unit == 'M')
        model_saw(m, SEEN_MONTHS);
    if (n && n != w->n)
        model_saw(m, SEEN_CHOSEN);
}

/* What an optional step declares holds for all beside it, and not for itself. */
static bool
stopped_from_beside(const struct stay *s)
{
    for (uint32_t i = 0; i < s->room->n_beside; i++)
        if (s->room->beside[i] != s && s->room->beside[i]->declared)
            return true;
    return false;
}

bool
model_stopped(const struct model *m, const struct stay *s)
{
    if (m->parent.stop)
        return true;
    for (; s; s = s->room->around)
        if (s->n_hold || (s->declared && !model_is_optional(s)) || stopped_from_beside(s))
            return true;
    return false;
}

/* What @s does inside @room, or in the room of the case or of @scope, without being beside it. */
static bool
is_of_flow(const struct stay *s, const char *region, const struct stay *scope)
{
    for (; s && s != scope; s = s->room->around) {
        if (region && !strcmp(s->room->region, region))
            return !model_is_optional(s);
        if (model_is_optional(s))
            return false;
    }
    return !region;
}

bool
model_drives(const struct stay *s, const struct value *over, const struct stay *scope)
{
    for (uint32_t i = 0; over && i < over->n; i++)
        if (is_of_flow(s, over->item[i].string, scope))
            return true;
    return !over && is_of_flow(s, NULL, scope);
}

static bool
should_stand(const struct model *m, const struct watch *w)
{
    struct stay *list[STAYS];
    const uint32_t n = model_stays(m, w->scope, list);
    uint32_t leaves = 0, standing = 0;

    for (uint32_t i = 0; i < n; i++) {
        if (model_has_rooms(list[i]) || !model_drives(list[i], w->over, w->scope) ||
            (w->department && strcmp(w->department, model_holder(m, list[i])) != 0) ||
            (w->lead &&
             strcmp(model_department(m, list[i]), value_get_string(m->def, "lead")) != 0))
            continue;
        leaves++;
        standing += model_stopped(m, list[i]);
    }
    if (w->department && !leaves)
        return true; /* it is another's turn */
    return w->any ? standing > 0 : leaves > 0 && standing == leaves;
}

/* From now on it stands; what other models know of it stays as it was. */
static void
add_spell(struct model *m, struct watch *w)
{
    struct spell *more = arena_array(m->a, w->n_spell + 1, struct spell);

    for (uint32_t i = 0; i < w->n_spell; i++)
        more[i] = w->spell[i];
    more[w->n_spell++] = (struct spell){m->now, INSTANT_NONE};
    w->spell = more;
}

static void
restand(struct model *m, struct watch *w)
{
    const bool stand = should_stand(m, w);
    struct spell *last = w->n_spell ? &w->spell[w->n_spell - 1] : NULL;

    if (w->ended || stand == model_stands(w))
        return;
    if (!stand) {
        last->to = m->now;
        w->n_spell -= last->from == last->to;
    } else if (last && last->to == m->now) {
        last->to = INSTANT_NONE;
    } else {
        add_spell(m, w);
    }
}

void
model_restand(struct model *m)
{
    struct watch *w[ALL_WATCHES];
    const uint32_t n = model_watches(m, w);

    for (uint32_t i = 0; i < n; i++)
        restand(m, w[i]);
}

void
model_end(struct model *m, struct watch *w, bool cancelled)
{
    const instant now = m->now;
    instant due;

    if (m->now < w->started && !m->silent)
        model_too_early(m);
    else if (m->now < w->started)
        m->now = w->started;
    model_cut(m, w);
    due = model_due(m, w);
    if (due != INSTANT_NONE && m->now > due)
        w->verdict = 2;
    else
        w->verdict = cancelled ? 3 : 1;
    w->ended = true;
    m->ended = arena_grow(m->a, m->ended, m->n_ended, sizeof(*m->ended));
    m->ended[m->n_ended++] = (struct ended){w->id, w->department,
                                            model_is_timed(w) ? w->verdict
                                            : cancelled       ? 3
                                                              : 0};
    m->now = now;
}
