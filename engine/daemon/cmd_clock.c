/* SPDX-License-Identifier: Apache-2.0 */
/* onestop clock: when a limit comes due, how far it has run, and why; for people and scripts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings.h"
#include "daemon/command.h"
#include "daemon/commands.h"
#include "definition/json.h"
#include "machine/clock.h"

/* The command line, as given. */
struct asked {
    const char *start, *end, *now, *limit, *extension;
    const char *stops, *calendar, *hall, *lang;
    bool continuous, applicant, json, explain;
};

/* What it asks. */
struct question {
    struct arena arena;
    struct counting counting;
    struct course course;
    instant now, end;
    enum language lang;
    bool json, explain;
};

static bool
read_moment(const char *option, const char *text, instant *out, struct error *e)
{
    if (text && instant_read(text, strlen(text), out))
        return true;
    return error_set(e, ERROR_USAGE, "%s takes a time like 2026-02-13T10:00:00+08:00", option);
}

/* "20 working days", or the date or moment by which it must be done. */
static bool
read_limit(const char *option, const char *text, struct limit *out, struct error *e)
{
    instant t;
    day d;

    if (!text)
        return error_set(e, ERROR_USAGE, "%s is missing", option);
    if (day_read(text, strlen(text), &d))
        *out = clock_date(d);
    else if (instant_read(text, strlen(text), &t))
        *out = (struct limit){.unit = UNIT_DATE, .n = 1, .date = t};
    else if (!limit_read(text, out, e)) {
        e->code = ERROR_USAGE;
        return false;
    }
    return true;
}

static bool
read_calendar(struct question *q, const struct asked *asked, struct error *e)
{
    const char *dir = asked->calendar;
    struct settings s;

    if (!dir) {
        if (!settings_load(&q->arena, NULL, &s, e))
            return false;
        dir = arena_printf(&q->arena, "%s/calendar", s.server_workflows);
    }
    return calendar_load(&q->arena, dir, asked->hall, &q->counting.calendar, e);
}

/* {"from": time, "to": time or null, "ground": text} */
static bool
read_stop(const struct value *v, struct stand *out, struct error *e)
{
    const struct value *from = value_get(v, "from"), *to = value_get(v, "to");
    const bool open = !to || to->kind == VALUE_NULL;
    const uint32_t known = (from != NULL) + (to != NULL) + (value_get(v, "ground") != NULL);

    *out = (struct stand){.to = INSTANT_NONE, .ground = value_get_string(v, "ground")};
    if (!from || from->kind != VALUE_STRING || !instant_read(from->string, from->n, &out->from))
        return error_set(e, ERROR_BAD_FILE, "line %u: a stop has a time \"from\"", v->line);
    if (!open && (to->kind != VALUE_STRING || !instant_read(to->string, to->n, &out->to)))
        return error_set(e, ERROR_BAD_FILE, "line %u: \"to\" is a time or null", v->line);
    if (!open && out->to < out->from)
        return error_set(e, ERROR_BAD_FILE, "line %u: the stop ends before it begins", v->line);
    if (v->n != known)
        return error_set(e, ERROR_BAD_FILE, "line %u: a stop has from, to and ground only",
                         v->line);
    return true;
}

static bool
read_stops(struct question *q, const char *file, struct error *e)
{
    struct value list;
    struct stand *stand;

    if (!file)
        return true;
    if (!json_read_named_file(&q->arena, file, &list, e))
        return false;
    if (list.kind != VALUE_ARRAY)
        return error_set(e, ERROR_BAD_FILE, "the stops are an array");
    stand = arena_array(&q->arena, list.n, struct stand);
    for (uint32_t i = 0; i < list.n; i++)
        if (!read_stop(&list.item[i], &stand[i], e))
            return false;
    q->course.stand = stand;
    q->course.n_stand = list.n;
    return true;
}

/* The latest moment that is named: answers do not depend on the clock on the wall. */
static instant
latest(const struct question *q)
{
    instant t = q->course.start;

    for (size_t i = 0; i < q->course.n_stand; i++) {
        const struct stand *s = &q->course.stand[i];

        t = s->from > t ? s->from : t;
        t = s->to > t ? s->to : t;
    }
    return t;
}

static bool
read_language(const char *text, enum language *out, struct error *e)
{
    if (text && strcmp(text, "zh") != 0 && strcmp(text, "en") != 0)
        return error_set(e, ERROR_USAGE, "--lang is zh or en");
    *out = !text ? command_language() : strcmp(text, "zh") == 0 ? LANGUAGE_ZH : LANGUAGE_EN;
    return true;
}

static bool
read_counting(struct question *q, const struct asked *asked, struct error *e)
{
    struct counting *c = &q->counting;

    c->continuous = asked->continuous;
    c->applicant = asked->applicant;
    if (!read_limit("--limit", asked->limit, &c->limit, e))
        return false;
    if (asked->extension && !read_limit("--extension", asked->extension, &c->extension, e))
        return false;
    if (asked->extension && !limit_adds(c->limit, c->extension))
        return error_set(e, ERROR_USAGE, "\"%s\" cannot be added to \"%s\"", asked->extension,
                         asked->limit);
    return true;
}

static void
write_span(struct text *t, const char *name, span s)
{
    char at[INSTANT_TEXT];

    put_member_string(t, name, span_write(s, at));
    put_member_int(t, arena_printf(t->arena, "%sSeconds", name), s / SPAN_SECOND);
}

static void
write_due(struct question *q, struct text *t, const struct due *due)
{
    const struct calendar *calendar = q->counting.calendar;

    put_open(t, '{');
    put_member_instant(t, "due", due->at);
    if (due->at != INSTANT_NONE) {
        put_key(t, "lastDay");
        put_day(t, due->last_day);
    }
    put_member_bool(t, "provisional", due->provisional);
    put_member_bool(t, "stands", due->stands);
    put_member_instant(t, "ifResumed", due->if_resumed);
    if (due->at == INSTANT_NONE) {
        put_key(t, "lastDayIfResumed");
        put_day(t, due->last_day);
    }
    put_key(t, "calendar");
    put_open(t, '{');
    put_member_string(t, "id", calendar->id);
    put_member_string(t, "version", calendar->version);
    put_close(t, '}');
    if (q->explain) {
        put_key(t, "explanation");
        (void)clock_explain(t, &(struct explaining){.form = EXPLAIN_JSON}, &q->counting, &q->course,
                            q->now);
    }
    put_close(t, '}');
}

/* The due instant alone on stdout; nothing, and 4, when the clock stands and has none. */
static int
answer_due(struct question *q)
{
    struct due due = clock_due(&q->arena, &q->counting, &q->course, q->now);
    struct text t = text_new(&q->arena);
    char at[INSTANT_TEXT];

    if (q->json) {
        write_due(q, &t, &due);
        puts(t.at);
        return EXIT_SUCCESS;
    }
    if (q->explain) {
        const struct explaining how = {q->lang == LANGUAGE_ZH ? EXPLAIN_ZH : EXPLAIN_EN, NULL,
                                       NULL};

        (void)clock_explain(&t, &how, &q->counting, &q->course, q->now);
        (void)fputs(t.at, stdout);
        return EXIT_SUCCESS;
    }
    if (due.at == INSTANT_NONE) {
        fprintf(stderr,
                q->lang == LANGUAGE_ZH ? "onestop: 时限中止中，没有到期时刻；现在恢复则为 %s\n"
                                       : "onestop: the clock stands and has no due date; "
                                         "resumed now it would be %s\n",
                instant_write(due.if_resumed, at));
        return EXIT_CONFLICT;
    }
    puts(instant_write(due.at, at));
    return EXIT_SUCCESS;
}

/* What has counted: a length of time, or for units of days their number. */
static int
answer_elapsed(struct question *q)
{
    const struct measure m = clock_measure(&q->arena, &q->counting, &q->course, q->end);
    const enum unit unit = q->counting.limit.unit;
    struct text t = text_new(&q->arena);
    char at[INSTANT_TEXT];

    if (q->json) {
        put_open(&t, '{');
        write_span(&t, "elapsed", m.elapsed);
        write_span(&t, "counted", m.counted);
        write_span(&t, "stopped", m.stopped);
        write_span(&t, "remaining", m.remaining);
        put_member_int(&t, "countedDays", m.counted_days);
        put_member_int(&t, "remainingDays", m.remaining_days);
        put_close(&t, '}');
        puts(t.at);
    } else if (unit_is_time(unit) || unit == UNIT_DATE) {
        puts(span_write(m.counted, at));
    } else {
        printf("%d\n", m.counted_days);
    }
    return EXIT_SUCCESS;
}

/* The last moment that is early enough before --end. */
static int
answer_back(struct question *q)
{
    const struct due due = clock_back(&q->counting, q->end);
    struct text t = text_new(&q->arena);
    char at[INSTANT_TEXT];

    if (q->json)
        write_due(q, &t, &due);
    puts(q->json ? t.at : instant_write(due.at, at));
    return EXIT_SUCCESS;
}

enum { FIELDS_MOST = 34, LINE_MOST = 1200 };

/* The stops of a line: FROM and TO by turns; the last TO may be left out. */
static bool
read_pairs(char *const *field, size_t n, struct stand *stand, struct course *out, struct error *e)
{
    out->stand = stand;
    out->n_stand = (n + 1) / 2;
    for (size_t i = 0; i < out->n_stand; i++) {
        stand[i] = (struct stand){.to = INSTANT_NONE};
        if (!read_moment("a stop", field[2 * i], &stand[i].from, e))
            return false;
        if (2 * i + 1 < n && !read_moment("a stop", field[2 * i + 1], &stand[i].to, e))
            return false;
    }
    return true;
}

/* One line of `table`: START LIMIT [FROM TO]..., between tabs. */
static bool
answer_line(struct question *q, char *line, struct arena *a, struct error *e)
{
    char *field[FIELDS_MOST], *rest = arena_strdup(a, line);
    struct stand *stand = arena_array(a, FIELDS_MOST / 2, struct stand);
    char at[INSTANT_TEXT], last[DAY_TEXT];
    struct due due;
    size_t n = 0;

    while (n < FIELDS_MOST && rest)
        field[n++] = strsep(&rest, "\t");
    if (n < 2 || rest)
        return error_set(e, ERROR_USAGE, "\"%.60s\" is no start, limit and stops", line);
    if (!read_moment("a line", field[0], &q->course.start, e) ||
        !read_limit("a limit", field[1], &q->counting.limit, e) ||
        !read_pairs(field + 2, n - 2, stand, &q->course, e))
        return false;
    due = clock_due(a, &q->counting, &q->course, latest(q));
    printf("%s\t%s\t%s\t%s\n", line, due.at == INSTANT_NONE ? "-" : instant_write(due.at, at),
           day_write(due.last_day, last), due.provisional ? "provisional" : "published");
    return true;
}

/* Many at once, for whoever checks the engine against tables of his own. */
static int
answer_table(struct question *q)
{
    struct arena a = {0};
    struct error e;
    char line[LINE_MOST];
    int ended = EXIT_SUCCESS;

    while (ended == EXIT_SUCCESS && fgets(line, sizeof(line), stdin)) {
        line[strcspn(line, "\n")] = 0;
        if (!answer_line(q, line, &a, &e))
            ended = command_failed(&e);
        arena_reset(&a);
    }
    arena_release(&a);
    return ended;
}

/* Reads what a verb needs, then answers. */
static int
answer(struct question *q, const char *verb, const struct asked *asked)
{
    const bool table = strcmp(verb, "table") == 0, back = strcmp(verb, "back") == 0;
    const bool elapsed = strcmp(verb, "elapsed") == 0;
    struct error e;

    if (!table && !back && !elapsed && strcmp(verb, "due") != 0)
        return command_misused("clock has due, elapsed, back and table, not \"%s\"", verb);
    if (!read_language(asked->lang, &q->lang, &e) || !read_calendar(q, asked, &e))
        return command_failed(&e);
    q->counting.continuous = asked->continuous;
    q->counting.applicant = asked->applicant;
    if (table)
        return answer_table(q);
    if (!read_counting(q, asked, &e) || !read_stops(q, asked->stops, &e) ||
        (!back && !read_moment("--start", asked->start, &q->course.start, &e)) ||
        ((back || elapsed) && !read_moment("--end", asked->end, &q->end, &e)))
        return command_failed(&e);
    q->now = latest(q);
    if (asked->now && !read_moment("--now", asked->now, &q->now, &e))
        return command_failed(&e);
    if (back && (q->counting.limit.unit == UNIT_DATE || q->explain))
        return command_misused("back counts a length of time and explains nothing");
    return back ? answer_back(q) : elapsed ? answer_elapsed(q) : answer_due(q);
}

int
cmd_clock(int argc, char **argv)
{
    struct asked a = {0};
    const struct command_option option[] = {
        OPTION_TEXT("start", "TIME", &a.start, "起算时刻", "When the clock started"),
        OPTION_TEXT("limit", "LIMIT", &a.limit, "期限，如 \"20 working days\"，或截止日期",
                    "\"20 working days\" …, or a date"),
        OPTION_TEXT("extension", "LIMIT", &a.extension, "延期", "By how much it was extended"),
        OPTION_TEXT("stops", "FILE", &a.stops, "中止：JSON 数组，各含 from、to、ground",
                    "When it stood: a JSON array of {from, to, ground}"),
        OPTION_TEXT("now", "TIME", &a.now, "现在；缺省为所给最晚的时刻",
                    "Now; the latest time given when absent"),
        OPTION_TEXT("end", "TIME", &a.end, "elapsed：计算到此；back：由此倒算",
                    "elapsed: measure to it; back: count back from it"),
        OPTION_FLAG("continuous", &a.continuous, "分钟和小时昼夜连续计算",
                    "Minutes and hours count round the clock"),
        OPTION_FLAG("applicant", &a.applicant, "申请人的期限：至 24:00", "Ends at 24:00"),
        OPTION_TEXT("calendar", "DIR", &a.calendar, "日历所在目录", "Folder of the calendar"),
        OPTION_TEXT("hall", "FILE", &a.hall, "大厅办公时间", "The hall's opening hours"),
        OPTION_FLAG("explain", &a.explain, "逐日说明", "Derive it row by row"),
        OPTION_FLAG("json", &a.json, "输出 JSON", "Print JSON"),
        OPTION_TEXT("lang", "zh|en", &a.lang, "说明的语言", "Language of the derivation"),
    };
    struct question q = {0};
    int n, ended = options_read(option, sizeof(option) / sizeof(option[0]), argc, argv, &n);

    if (ended != OPTIONS_READ)
        return ended;
    if (n != 1)
        return command_misused("clock takes one of due, elapsed, back and table");
    q.json = a.json;
    q.explain = a.explain;
    ended = answer(&q, argv[0], &a);
    arena_release(&q.arena);
    return ended;
}
