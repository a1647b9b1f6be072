/* SPDX-License-Identifier: Apache-2.0 */
/* How a due instant came about, row by row, so that a person can check it by hand (K11). */
#include <string.h>

#include "machine/clock.h"
#include "machine/clock_walk.h"
#include "machine/titles.h"

/* What is being written. */
struct page {
    struct text *text;
    const struct explaining *how;
    const struct counting *counting;
    struct walk walk;
    struct goal goal;
    instant due; /* where the rows end */
    int rows;
};

/* One row: a stretch of time, or a day. */
struct row {
    day d;
    instant from, to; /* equal: the day as a whole */
    bool working, counted, last;
    const char *zh, *en; /* why */
    int32_t number;      /* days counted so far */
    span time;           /* time counted so far, when that is what counts */
};

const char ground_outage[] = "outage";

static void
name_stand(struct page *p, struct row *r, const struct stand *by)
{
    struct arena *a = p->text->arena;
    struct title title;

    r->zh = "中止";
    r->en = "stands";
    if (!by->ground)
        return;
    title = ground_title(p->how->workflow, by->ground);
    r->zh = arena_printf(a, "中止：%s", title.zh);
    r->en = arena_printf(a, "stands: %s", title.en);
}

static void
name_day(struct page *p, struct row *r)
{
    const struct day_kind k = calendar_day(p->counting->calendar, r->d);

    r->working = k.working;
    r->zh = k.provisional ? arena_printf(p->text->arena, "%s（暂定）", k.why) : k.why;
    r->en = k.provisional ? arena_printf(p->text->arena, "%s (provisional)", k.why_en) : k.why_en;
}

static void
write_json(struct text *t, const struct row *r, bool time)
{
    put_open(t, '{');
    put_key(t, "date");
    put_day(t, r->d);
    if (r->from != r->to) {
        put_member_instant(t, "from", r->from);
        put_member_instant(t, "to", r->to);
    } else {
        put_member_bool(t, "working", r->working);
    }
    put_member_bool(t, "counted", r->counted);
    put_key(t, "why");
    put_open(t, '{');
    put_member_string(t, "zh", r->zh);
    put_member_string(t, "en", r->en);
    put_close(t, '}');
    if (time)
        put_member_int(t, "countedSeconds", r->time / SPAN_SECOND);
    else
        put_member_int(t, "number", r->number);
    if (r->last)
        put_member_bool(t, "last", true);
    put_close(t, '}');
}

/* "10:00:00" of an instant's text; the end of a day is 24:00. */
static void
write_time(struct text *t, instant at, day of)
{
    char text[INSTANT_TEXT];

    if (at == day_start(of + 1))
        text_str(t, "24:00:00");
    else if (instant_day(at) == of)
        text_add(t, instant_write(at, text) + 11, 8);
    else
        text_add(t, instant_write(at, text), 19);
}

static void
write_line(struct text *t, const struct row *r, bool zh, bool time)
{
    static const char week[2][7][4] = {{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"},
                                       {"一", "二", "三", "四", "五", "六", "日"}};
    const int second = (int)(r->time / SPAN_SECOND % 60),
              minute = (int)(r->time / SPAN_MINUTE % 60);
    const bool whole = r->from == r->to;
    char at[DAY_TEXT];

    text_printf(t, "%s %s%s ", day_write(r->d, at), zh ? "周" : "", week[zh][day_weekday(r->d)]);
    if (time) {
        write_time(t, whole ? day_start(r->d) : r->from, r->d);
        text_str(t, "–");
        write_time(t, whole ? day_start(r->d + 1) : r->to, r->d);
        text_char(t, ' ');
    }
    text_str(t, zh ? r->counted ? "计入" : "不计" : r->counted ? "counted " : "   -    ");
    if (time)
        text_printf(t, " %4d:%02d:%02d", (int)(r->time / SPAN_HOUR), minute, second);
    else
        text_printf(t, " %5d", r->number);
    text_printf(t, "  %s\n", zh ? r->zh : r->en);
}

/* @return false when the page is full. */
static bool
add_row(struct page *p, const struct row *r)
{
    const bool time = p->goal.kind == GOAL_TIME || p->goal.kind == GOAL_INSTANT;

    if (p->rows == EXPLAIN_ROWS)
        return false;
    p->rows++;
    if (p->how->form == EXPLAIN_JSON)
        write_json(p->text, r, time);
    else
        write_line(p->text, r, p->how->form == EXPLAIN_ZH, time);
    return true;
}

/* A day behind the start day: counted, not, standing, or rolled over. */
static bool
add_day(struct page *p, day d, bool rolling, int32_t *number)
{
    const struct day_row is = day_judge(p->counting, &p->walk, d);
    struct row r = {.d = d, .counted = is.counts && !rolling, .last = is.closing >= p->due};

    name_day(p, &r);
    if (is.by)
        name_stand(p, &r, is.by);
    if (rolling) {
        r.zh = arena_printf(p->text->arena, r.last ? "%s，末日顺延至此" : "%s，末日顺延", r.zh);
        r.en = arena_printf(p->text->arena, r.last ? "%s, rolled to here" : "%s, rolls on", r.en);
    }
    r.number = *number += r.counted;
    return add_row(p, &r);
}

static bool
explain_days(struct page *p, instant start)
{
    const day last = instant_day(p->due - 1);
    struct row r = {.d = instant_day(start), .zh = "起始日不计入", .en = "the start day"};
    int32_t number = 0;

    r.working = calendar_works(p->counting->calendar, r.d);
    if (!add_row(p, &r))
        return false;
    for (day d = r.d + 1; d <= last; d++)
        if (!add_day(p, d, number == p->goal.n, &number))
            return false;
    return true;
}

/* The date given, and the days over which it rolls; none of them is counted. */
static bool
explain_date(struct page *p)
{
    const day given = p->goal.last, last = instant_day(p->due - 1);
    int32_t number = 0;

    for (day d = given; d <= last; d++) {
        struct row r = {.d = d, .last = d == last, .zh = "指定的日期", .en = "the date given"};

        if (d > given) {
            if (!add_day(p, d, true, &number))
                return false;
            continue;
        }
        r.working = calendar_works(p->counting->calendar, d);
        if (!add_row(p, &r))
            return false;
    }
    return true;
}

/* The days from @from up to, not including, @to of which a clock of time counts nothing. */
static bool
explain_gap(struct page *p, day from, day to, span time)
{
    for (day d = from; d < to; d++) {
        struct row r = {.d = d, .time = time};

        name_day(p, &r);
        if (r.working) {
            r.zh = "已过下班时间";
            r.en = "after closing time";
        }
        if (!add_row(p, &r))
            return false;
    }
    return true;
}

static bool
explain_time(struct page *p, instant start)
{
    struct slices all = slices_begin(p->counting, start, p->walk);
    day told = instant_day(start) - 1; /* the last day there is a row for */
    struct row r = {0};

    while (!r.last) {
        const struct slice s = slices_next(&all);

        r.d = instant_day(s.from);
        if (all.service && !explain_gap(p, told + 1, r.d, r.time))
            return false;
        told = r.d;
        r.from = s.from;
        r.to = s.to < p->due ? s.to : p->due;
        r.counted = !s.by;
        r.last = r.to == p->due;
        r.time += s.by ? 0 : r.to - r.from;
        r.zh = all.service ? "办公时间" : "连续计时";
        r.en = all.service ? "open" : "counts round the clock";
        if (s.by)
            name_stand(p, &r, s.by);
        if (!add_row(p, &r))
            return false;
    }
    return true;
}

/* Why a moment given comes later: what it stands by until then. */
static bool
explain_instant(struct page *p)
{
    const struct stand *by;
    struct row r = {0};

    for (instant t = p->goal.at; (by = walk_stand(&p->walk, t)) != NULL; t = by->to) {
        r.d = instant_day(t);
        r.from = t;
        r.to = by->to;
        r.last = r.to == p->due;
        name_stand(p, &r, by);
        if (!add_row(p, &r))
            return false;
    }
    return true;
}

static bool
explain_rows(struct page *p, instant start)
{
    bool complete = true;

    switch (p->goal.kind) {
    case GOAL_TIME:
        complete = explain_time(p, start);
        break;
    case GOAL_DAYS:
        complete = explain_days(p, start);
        break;
    case GOAL_DAY:
        complete = explain_date(p);
        break;
    case GOAL_INSTANT:
        complete = explain_instant(p);
        break;
    }
    return complete;
}

static void
write_heading(struct page *p, instant start)
{
    const struct counting *c = p->counting;
    const bool zh = p->how->form == EXPLAIN_ZH;
    char at[INSTANT_TEXT];

    if (!limit_is_set(c->limit)) {
        text_str(p->text, zh ? "没有期限" : "no limit");
    } else {
        text_str(p->text, zh ? "期限 " : "limit ");
        limit_write(p->text, c->limit, zh ? LANGUAGE_ZH : LANGUAGE_EN);
    }
    if (c->extension.n) {
        text_str(p->text, zh ? "，延期 " : ", extended by ");
        limit_write(p->text, c->extension, zh ? LANGUAGE_ZH : LANGUAGE_EN);
    }
    if (c->void_extension.n) {
        text_str(p->text, zh ? "（延期 " : " (extended by ");
        limit_write(p->text, c->void_extension, zh ? LANGUAGE_ZH : LANGUAGE_EN);
        text_printf(p->text,
                    zh ? "不计：%s 记录时已届满）"
                       : ", which does not count: recorded at %s, when it was due already)",
                    instant_write(c->extended, at));
    }
    text_printf(p->text, zh ? "，自 %s 起算；日历 %s %s\n" : ", from %s; calendar %s %s\n",
                instant_write(start, at), c->calendar->id, c->calendar->version);
}

static void
write_ending(struct page *p, const struct due *due, instant now)
{
    const bool zh = p->how->form == EXPLAIN_ZH;
    char at[INSTANT_TEXT];

    if (due->at == INSTANT_NONE)
        text_printf(p->text,
                    zh ? "中止中，没有到期时刻；如于 %s 恢复：" : "stands; resumed at %s: ",
                    instant_write(now, at));
    text_printf(p->text, zh ? "到期 %s" : "due %s", instant_write(p->due, at));
    text_printf(p->text, zh ? "，末日 %s" : ", last day %s", day_write(due->last_day, at));
    if (due->provisional)
        text_str(p->text, zh ? "（暂定：放假安排尚未公布）"
                             : " (provisional: the holidays are not published yet)");
    text_char(p->text, '\n');
}

/* There is nothing to derive where nothing comes due. */
static bool
explain_none(struct page *p, instant start)
{
    if (p->how->form == EXPLAIN_JSON)
        text_str(p->text, "[]");
    else
        write_heading(p, start);
    return true;
}

bool
clock_explain(struct text *t, const struct explaining *how, const struct counting *c,
              const struct course *course, instant now)
{
    struct page p = {.text = t, .how = how, .counting = c};
    struct due due;
    bool stands, complete;

    if (!limit_is_set(c->limit))
        return explain_none(&p, course->start);
    due = clock_due(t->arena, c, course, now);
    stands = due.at == INSTANT_NONE;
    p.goal = goal_of(c, course->start);
    p.due = stands ? due.if_resumed : due.at;
    p.walk = walk_begin(t->arena, course, stands ? now : FOREVER);
    if (how->form == EXPLAIN_JSON)
        put_open(t, '[');
    else
        write_heading(&p, course->start);
    complete = explain_rows(&p, course->start);
    if (how->form == EXPLAIN_JSON)
        put_close(t, ']');
    else
        write_ending(&p, &due, now);
    return complete;
}
