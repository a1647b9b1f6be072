/* SPDX-License-Identifier: Apache-2.0 */
/* Builds a calendar from the year files and the hall's opening hours. */
#include <string.h>

#include "base/text.h"
#include "definition/calendar.h"
#include "definition/digest.h"
#include "definition/json.h"

enum {
    YEARS_MOST = 200,
    VERSION_DIGITS = 12,
    SPANS_MOST = sizeof(((struct season *)0)->span) / sizeof(((struct season *)0)->span[0]),
    SEASONS_MOST = sizeof(((struct calendar *)0)->season) / sizeof(struct season)
};

/* The calendar while it is written, and where it is being written. */
struct builder {
    struct arena *arena;
    struct calendar *calendar;
    uint8_t *working;
    const char **why, **why_en;
    int year; /* the file being read; 0: the hall's */
};

/* "year 2026" or "the hall": how messages name the file. */
static const char *
place(const struct builder *b)
{
    return b->year ? arena_printf(b->arena, "year %d", b->year) : "the hall";
}

/* Refuses members that are not among the words of @known, each between spaces. */
static bool
check_members(const struct builder *b, const struct value *v, const char *known, struct error *e)
{
    if (v->kind != VALUE_OBJECT)
        return error_set(e, ERROR_BAD_FILE, "%s, line %u: an object is expected", place(b),
                         v->line);
    for (uint32_t i = 0; i < v->n; i++) {
        const char *word = arena_printf(b->arena, " %s ", v->member[i].name);

        if (!strstr(known, word))
            return error_set(e, ERROR_BAD_FILE, "%s, line %u: unknown member \"%.40s\"", place(b),
                             v->line, v->member[i].name);
    }
    return true;
}

/* The array called @name, or NULL when there is none; anything else is refused. */
static bool
read_list(const struct builder *b, const struct value *v, const char *name,
          const struct value **out, struct error *e)
{
    *out = value_get(v, name);
    if (*out && (*out)->kind != VALUE_ARRAY)
        return error_set(e, ERROR_BAD_FILE, "%s: %s is not an array", place(b), name);
    return true;
}

/* A date that the calendar publishes and, in a year file, that belongs to the year. */
static bool
read_date(const struct builder *b, const struct value *v, day *out, struct error *e)
{
    int year, month, dom;

    if (!v || v->kind != VALUE_STRING || !day_read(v->string, v->n, out))
        return error_set(e, ERROR_BAD_FILE, "%s: a date like 2026-02-14 is expected%s%.40s",
                         place(b), v && v->kind == VALUE_STRING ? ", not " : "",
                         v && v->kind == VALUE_STRING ? v->string : "");
    day_to_civil(*out, &year, &month, &dom);
    if ((b->year && year != b->year) || *out < b->calendar->first || *out > b->calendar->last)
        return error_set(e, ERROR_BAD_FILE, "%s: %s does not belong to it", place(b), v->string);
    return true;
}

static bool
read_title(const struct builder *b, const struct value *v, const char **zh, const char **en,
           struct error *e)
{
    const struct value *title = value_get(v, "title");

    *zh = title ? value_get_string(title, "zh") : NULL;
    *en = title ? value_get_string(title, "en") : NULL;
    if (!*zh || !*en || !**zh || !**en)
        return error_set(e, ERROR_BAD_FILE, "%s, line %u: title.zh and title.en are missing",
                         place(b), v->line);
    *zh = arena_strdup(b->arena, *zh);
    *en = arena_strdup(b->arena, *en);
    return true;
}

/* Says of a day what the notice says; a day can be named once. */
static bool
set_day(struct builder *b, day d, bool working, const char *zh, const char *en, struct error *e)
{
    const day i = d - b->calendar->first;
    char text[DAY_TEXT];

    if (b->why[i] && b->year)
        return error_set(e, ERROR_BAD_FILE, "%s: %s is named twice", place(b), day_write(d, text));
    b->working[i] = working;
    b->why[i] = zh;
    b->why_en[i] = en;
    return true;
}

/* The make-up days 调休 of one holiday: weekend days on which people work. */
static bool
read_workdays(struct builder *b, const struct value *holiday, const char *zh, const char *en,
              struct error *e)
{
    const struct value *list;
    day d;

    if (!read_list(b, holiday, "workdays", &list, e))
        return false;
    if (!list)
        return true;
    zh = arena_printf(b->arena, "%s调休上班", zh);
    en = arena_printf(b->arena, "working day in exchange for %s", en);
    for (uint32_t i = 0; i < list->n; i++) {
        if (!read_date(b, &list->item[i], &d, e))
            return false;
        if (day_weekday(d) < 5)
            return error_set(e, ERROR_BAD_FILE, "%s: the make-up day %s is no weekend day",
                             place(b), list->item[i].string);
        if (!set_day(b, d, true, zh, en, e))
            return false;
    }
    return true;
}

/* One paragraph of a notice: the days off, both ends included, and their make-up days. */
static bool
read_holiday(struct builder *b, const struct value *v, struct error *e)
{
    const char *zh = NULL, *en = NULL;
    day from = 0, to = 0;

    if (!check_members(b, v, " $comment title from to workdays ", e) ||
        !read_title(b, v, &zh, &en, e))
        return false;
    if (value_get(v, "from") || value_get(v, "to")) {
        if (!read_date(b, value_get(v, "from"), &from, e) ||
            !read_date(b, value_get(v, "to"), &to, e))
            return false;
        if (from > to)
            return error_set(e, ERROR_BAD_FILE, "%s: %s ends before it begins", place(b), en);
        for (day d = from; d <= to; d++)
            if (!set_day(b, d, false, zh, en, e))
                return false;
    } else if (!value_get(v, "workdays")) {
        return error_set(e, ERROR_BAD_FILE, "%s: %s names no day", place(b), en);
    }
    return read_workdays(b, v, zh, en, e);
}

static bool
read_year(struct builder *b, const struct value *v, struct error *e)
{
    const char *of = value_get_string(v, "calendar");
    const struct value *list;

    if (!check_members(b, v, " $comment $schema calendar year source holidays ", e))
        return false;
    if (!of || strcmp(of, b->calendar->id) != 0)
        return error_set(e, ERROR_BAD_FILE, "%s: calendar is not \"%s\"", place(b),
                         b->calendar->id);
    if (!value_get_string(v, "source"))
        return error_set(e, ERROR_BAD_FILE, "%s: source is missing: which notice says so",
                         place(b));
    if (!read_list(b, v, "holidays", &list, e))
        return false;
    if (!list)
        return error_set(e, ERROR_BAD_FILE, "%s: holidays is missing", place(b));
    for (uint32_t i = 0; i < list->n; i++)
        if (!read_holiday(b, &list->item[i], e))
            return false;
    return true;
}

/* "HH:MM" as minutes, 24:00 allowed; -1 when it is anything else. */
static int
minutes_of(const char *s)
{
    int h, m;

    for (int i = 0; i < 5; i++)
        if (i == 2 ? s[i] != ':' : s[i] < '0' || s[i] > '9')
            return -1;
    h = (s[0] - '0') * 10 + (s[1] - '0');
    m = (s[3] - '0') * 10 + (s[4] - '0');
    return m < 60 && h * 60 + m <= 24 * 60 ? h * 60 + m : -1;
}

/* "MM-DD"; 02-29 is a day like any other. */
static bool
read_month_day(const char *s, int16_t *month, int16_t *dom)
{
    char whole[] = "2000-MM-DD";
    int y, m, d;
    day at;

    if (!s || strlen(s) != 5)
        return false;
    memcpy(whole + 5, s, 5);
    if (!day_read(whole, 10, &at))
        return false;
    day_to_civil(at, &y, &m, &d);
    *month = (int16_t)m;
    *dom = (int16_t)d;
    return true;
}

static bool
read_spans(const struct builder *b, const struct value *list, struct season *s, struct error *e)
{
    if (!list || list->kind != VALUE_ARRAY || list->n == 0 || list->n > SPANS_MOST)
        return error_set(e, ERROR_BAD_FILE, "%s: a season has 1 to %d spans", place(b),
                         (int)SPANS_MOST);
    for (uint32_t i = 0; i < list->n; i++) {
        const struct value *v = &list->item[i];
        const bool shaped = v->kind == VALUE_STRING && v->n == 11 && v->string[5] == '-';
        const int from = shaped ? minutes_of(v->string) : -1;
        const int to = shaped ? minutes_of(v->string + 6) : -1;

        if (from < 0 || to <= from)
            return error_set(e, ERROR_BAD_FILE, "%s: a span is written 09:00-12:00", place(b));
        if (i > 0 && from <= s->span[i - 1].to)
            return error_set(e, ERROR_BAD_FILE, "%s: %s begins before the span in front has ended",
                             place(b), v->string);
        s->span[i].from = (int16_t)from;
        s->span[i].to = (int16_t)to;
        s->n_span++;
    }
    return true;
}

/* How many of the seasons hold on that day of the year? */
static int
seasons_on(const struct calendar *c, int month, int dom)
{
    int n = 0;

    for (int i = 0; i < c->n_season; i++)
        n += season_holds(&c->season[i], month, dom);
    return n;
}

static bool
read_seasons(struct builder *b, const struct value *list, struct error *e)
{
    struct calendar *c = b->calendar;

    if (list->n == 0 || list->n > SEASONS_MOST)
        return error_set(e, ERROR_BAD_FILE, "the hall has 1 to %d seasons", (int)SEASONS_MOST);
    for (uint32_t i = 0; i < list->n; i++) {
        const struct value *v = &list->item[i];
        struct season *s = &c->season[c->n_season++];

        if (!check_members(b, v, " $comment from to spans ", e))
            return false;
        if (!read_month_day(value_get_string(v, "from"), &s->from_month, &s->from_dom) ||
            !read_month_day(value_get_string(v, "to"), &s->to_month, &s->to_dom))
            return error_set(e, ERROR_BAD_FILE, "the hall: a season goes from 05-01 to 09-30");
        if (!read_spans(b, value_get(v, "spans"), s, e))
            return false;
    }
    for (int month = 1; month <= 12; month++)
        for (int dom = 1; dom <= month_days(2000, month); dom++)
            if (seasons_on(c, month, dom) != 1)
                return error_set(e, ERROR_BAD_FILE, "the hall: %d seasons hold on %02d-%02d",
                                 seasons_on(c, month, dom), month, dom);
    return true;
}

/* Days on which this hall differs from its region: closed, or open out of turn. */
static bool
read_hall_days(struct builder *b, const struct value *list, struct error *e)
{
    for (uint32_t i = 0; list && i < list->n; i++) {
        const struct value *v = &list->item[i];
        const char *zh = NULL, *en = NULL;
        day d = 0;

        if (!check_members(b, v, " $comment date working title ", e) ||
            !read_title(b, v, &zh, &en, e) || !read_date(b, value_get(v, "date"), &d, e))
            return false;
        if (!value_get(v, "working") || value_get(v, "working")->kind != VALUE_BOOL)
            return error_set(e, ERROR_BAD_FILE, "the hall: working is true or false");
        if (!set_day(b, d, value_get(v, "working")->boolean, zh, en, e))
            return false;
    }
    return true;
}

static bool
read_hall(struct builder *b, const struct value *hours, struct error *e)
{
    const struct value *seasons, *days;

    b->year = 0;
    if (!hours) {
        b->calendar->n_season = 1;
        b->calendar->season[0] = (struct season){.from_month = 1,
                                                 .from_dom = 1,
                                                 .to_month = 12,
                                                 .to_dom = 31,
                                                 .n_span = 2,
                                                 .span = {{540, 720}, {780, 1020}}};
        return true;
    }
    if (!check_members(b, hours, " $comment $schema hall seasons days ", e) ||
        !read_list(b, hours, "seasons", &seasons, e) || !read_list(b, hours, "days", &days, e))
        return false;
    if (!seasons)
        return error_set(e, ERROR_BAD_FILE, "the hall: seasons is missing");
    return read_seasons(b, seasons, e) && read_hall_days(b, days, e);
}

/*
 * The version follows from what the calendar says, not from how the files are
 * written: a mended comment does not make every open clock compute anew.
 */
static const char *
version_of(const struct builder *b)
{
    const struct calendar *c = b->calendar;
    struct text t = text_new(b->arena);
    char hex[DIGEST_TEXT];

    text_printf(&t, "%s %d %d\n", c->id, c->first, c->last);
    for (day i = 0; i <= c->last - c->first; i++)
        text_printf(&t, "%d %s\n", c->working[i], c->why[i] ? c->why[i] : "");
    for (int i = 0; i < c->n_season; i++) {
        const struct season *s = &c->season[i];

        text_printf(&t, "%d-%d %d-%d", s->from_month, s->from_dom, s->to_month, s->to_dom);
        for (int j = 0; j < s->n_span; j++)
            text_printf(&t, " %d-%d", s->span[j].from, s->span[j].to);
        text_char(&t, '\n');
    }
    digest_text(t.at, t.len, hex);
    return arena_strndup(b->arena, hex, VERSION_DIGITS);
}

/* The year whose file @v is, or 0. */
static int
year_of(const struct value *v)
{
    const struct value *year = value_get(v, "year");
    const int64_t n = year && year->kind == VALUE_INT ? year->integer : 0;

    return 1900 <= n && n <= 9999 ? (int)n : 0;
}

/* The years' files in order: adjacent, each once.  NULL when they are not. */
static const struct value **
order_years(struct arena *a, const struct value *years, struct error *e)
{
    const struct value **file = arena_array(a, years->n, const struct value *);
    int first = year_of(&years->item[0]);

    for (uint32_t i = 1; i < years->n; i++)
        if (year_of(&years->item[i]) < first)
            first = year_of(&years->item[i]);
    for (uint32_t i = 0; i < years->n; i++) {
        const int year = year_of(&years->item[i]);

        if (!year || year - first >= (int)years->n || file[year - first]) {
            (void)error_set(e, ERROR_BAD_FILE, "the years are not adjacent, each once, at %d",
                            year);
            return NULL;
        }
        file[year - first] = &years->item[i];
    }
    return file;
}

static bool
read_years(struct builder *b, const struct value *const *file, uint32_t n, struct error *e)
{
    struct calendar *c = b->calendar;
    const int first = year_of(file[0]);
    size_t days;

    c->first = day_from_civil(first, 1, 1);
    c->last = day_from_civil(first + (int)n - 1, 12, 31);
    days = (size_t)c->last - (size_t)c->first + 1;
    c->working = b->working = arena_array(b->arena, days, uint8_t);
    c->why = b->why = arena_array(b->arena, days, const char *);
    c->why_en = b->why_en = arena_array(b->arena, days, const char *);
    for (day d = c->first; d <= c->last; d++)
        b->working[d - c->first] = day_weekday(d) < 5;
    for (uint32_t i = 0; i < n; i++) {
        b->year = first + (int)i;
        if (!read_year(b, file[i], e))
            return false;
    }
    return true;
}

/* {"hours", "id", "years"}: how a calendar is kept. */
static const char *
text_of(struct arena *a, const char *id, const struct value *const *year, uint32_t n,
        const struct value *hours)
{
    struct text t = text_new(a);

    put_open(&t, '{');
    if (hours) {
        put_key(&t, "hours");
        value_write(&t, hours);
    }
    put_member_string(&t, "id", id);
    put_key(&t, "years");
    put_open(&t, '[');
    for (uint32_t i = 0; i < n; i++)
        value_write(&t, year[i]);
    put_close(&t, ']');
    put_close(&t, '}');
    return t.at;
}

bool
calendar_build(struct arena *a, const char *id, const struct value *years,
               const struct value *hours, const struct calendar **out, struct error *e)
{
    struct builder b = {.arena = a, .calendar = arena_new(a, struct calendar)};
    const struct value **file;

    if (years->kind != VALUE_ARRAY || years->n == 0 || years->n > YEARS_MOST)
        return error_set(e, ERROR_BAD_FILE, "a calendar has 1 to %d years", YEARS_MOST);
    b.calendar->id = arena_strdup(a, id);
    file = order_years(a, years, e);
    if (!file || !read_years(&b, file, years->n, e) || !read_hall(&b, hours, e))
        return false;
    b.calendar->version = version_of(&b);
    b.calendar->text = text_of(a, id, file, years->n, hours);
    *out = b.calendar;
    return true;
}

bool
calendar_restore(struct arena *a, const char *version, const char *text, size_t len,
                 const struct calendar **out, struct error *e)
{
    struct error why = {0};
    struct value v;
    const char *id;

    if (json_read_stored(a, text, len, &v, &why)) {
        id = value_get_string(&v, "id");
        if (id && value_get(&v, "years") &&
            calendar_build(a, id, value_get(&v, "years"), value_get(&v, "hours"), out, &why) &&
            !strcmp((*out)->version, version))
            return true;
    }
    return error_set(e, ERROR_INTERNAL, "calendar %.20s is kept damaged: %s", version,
                     why.code ? why.detail : "it says something else");
}
