/* SPDX-License-Identifier: Apache-2.0 */
/* Step statistics as JSON and CSV; what the figures mean is in statistics.md. */
#include <stdlib.h>
#include <string.h>

#include "api/page.h"

/* Columns of SQL_stats_steps. */
enum {
    S_WORKFLOW,
    S_VERSION,
    S_DISTRICT,
    S_DEPARTMENT,
    S_MONTH,
    S_ELEMENT,
    S_STEP,
    S_CLOCK,
    S_KIND,
    S_LIMIT,
    S_COUNT,
    S_OPEN,
    S_ON_TIME,
    S_LATE,
    S_CANCELLED,
    S_EXPLAINED,
    S_ELAPSED,
    S_COUNTED,
    S_STOPPED,
    S_ELAPSED_RANKS,
    S_COUNTED_RANKS,
    S_STOPPED_BY
};

struct grouping {
    bool version, district, department, month, element;
};

struct question {
    struct http_request *r;
    struct grouping by;
    bool csv;
};

/* Milliseconds as seconds with three decimals, exactly. */
static void
put_seconds(struct text *t, int64_t ms)
{
    text_printf(t, "%lld.%03lld", (long long)(ms / 1000), (long long)(ms % 1000));
}

static void
put_member_seconds(struct text *t, const char *key, int64_t ms)
{
    put_key(t, key);
    put_seconds(t, ms);
}

static int64_t
mean(int64_t sum, int64_t count)
{
    return count ? (sum + count / 2) / count : 0;
}

static const char *const rank_name[] = {"p50", "p90", "p95", "max"};
enum { RANKS = sizeof(rank_name) / sizeof(rank_name[0]) };

/* "elapsed": {"meanSeconds", "p50Seconds" …}; nothing where nothing was counted. */
static void
put_figures(struct text *t, const PGresult *res, int row, const char *key, int sum, int ranks)
{
    const int64_t count = row_int(res, row, S_COUNT);
    size_t n = 0;
    const int64_t *rank = row_ints(res, row, ranks, t->arena, &n);

    put_key(t, key);
    put_open(t, '{');
    if (count && n == RANKS) {
        put_member_seconds(t, "meanSeconds", mean(row_int(res, row, sum), count));
        for (int i = 0; i < RANKS; i++)
            put_member_seconds(t, arena_printf(t->arena, "%sSeconds", rank_name[i]), rank[i]);
    }
    put_close(t, '}');
}

static void
put_rate(struct text *t, const PGresult *res, int row)
{
    const int64_t on_time = row_int(res, row, S_ON_TIME), late = row_int(res, row, S_LATE);

    if (on_time + late == 0)
        text_str(t, "null");
    else
        text_printf(t, "%.4f", (double)on_time / (double)(on_time + late));
}

static void
put_nullable(struct text *t, const char *key, const char *s)
{
    put_key(t, key);
    if (s)
        put_string(t, s);
    else
        put_null(t);
}

static void
put_row(struct text *t, const PGresult *res, int row, const struct grouping *by)
{
    put_open(t, '{');
    put_member_string(t, "workflow", row_text(res, row, S_WORKFLOW));
    if (by->version)
        put_nullable(t, "version", row_text(res, row, S_VERSION));
    if (by->district)
        put_nullable(t, "district", row_text(res, row, S_DISTRICT));
    if (by->department)
        put_nullable(t, "department", row_text(res, row, S_DEPARTMENT));
    if (by->month)
        put_nullable(t, "month", row_text(res, row, S_MONTH));
    if (by->element)
        put_nullable(t, "element", row_text(res, row, S_ELEMENT));
    put_nullable(t, "step", row_text(res, row, S_STEP));
    put_nullable(t, "clock", row_text(res, row, S_CLOCK));
    put_nullable(t, "limit", row_text(res, row, S_LIMIT));
    put_member_int(t, "count", row_int(res, row, S_COUNT));
    put_member_int(t, "open", row_int(res, row, S_OPEN));
    put_member_int(t, "onTime", row_int(res, row, S_ON_TIME));
    put_member_int(t, "late", row_int(res, row, S_LATE));
    put_member_int(t, "cancelled", row_int(res, row, S_CANCELLED));
    put_member_int(t, "explained", row_int(res, row, S_EXPLAINED));
    put_key(t, "onTimeRate");
    put_rate(t, res, row);
    put_figures(t, res, row, "elapsed", S_ELAPSED, S_ELAPSED_RANKS);
    put_figures(t, res, row, "counted", S_COUNTED, S_COUNTED_RANKS);
    put_member_seconds(t, "stoppedSeconds", row_int(res, row, S_STOPPED));
    put_key(t, "stoppedByMs");
    text_str(t, row_text(res, row, S_STOPPED_BY) ? row_text(res, row, S_STOPPED_BY) : "{}");
    put_close(t, '}');
}

static void
csv_text(struct text *t, const char *s)
{
    s = s ? s : "";
    text_char(t, '"');
    /* A spreadsheet would compute it; full-width signs are read alike. */
    if (*s && (strchr("=+-@\t\r", *s) || !strncmp(s, "＝", 3) || !strncmp(s, "＋", 3) ||
               !strncmp(s, "－", 3) || !strncmp(s, "＠", 3)))
        text_char(t, '\'');
    for (; *s; s++) {
        if (*s == '"')
            text_char(t, '"');
        text_char(t, *s);
    }
    text_str(t, "\",");
}

static void
csv_figures(struct text *t, const PGresult *res, int row, int sum, int ranks)
{
    const int64_t count = row_int(res, row, S_COUNT);
    size_t n = 0;
    const int64_t *rank = row_ints(res, row, ranks, t->arena, &n);

    if (!count || n != RANKS) {
        text_str(t, ",,,,,");
        return;
    }
    put_seconds(t, mean(row_int(res, row, sum), count));
    text_char(t, ',');
    for (int i = 0; i < RANKS; i++) {
        put_seconds(t, rank[i]);
        text_char(t, ',');
    }
}

static void
csv_head(struct text *t, const struct grouping *by)
{
    text_str(t, "\xEF\xBB\xBFworkflow,");
    text_str(t, by->version ? "version," : "");
    text_str(t, by->district ? "district," : "");
    text_str(t, by->department ? "department," : "");
    text_str(t, by->month ? "month," : "");
    text_str(t, by->element ? "element," : "");
    text_str(t, "step,clock,limit,count,open,onTime,late,cancelled,explained,onTimeRate,"
                "elapsedMeanSeconds,elapsedP50Seconds,elapsedP90Seconds,elapsedP95Seconds,"
                "elapsedMaxSeconds,countedMeanSeconds,countedP50Seconds,countedP90Seconds,"
                "countedP95Seconds,countedMaxSeconds,stoppedSeconds,stoppedBy\r\n");
}

static void
csv_row(struct text *t, const PGresult *res, int row, const struct grouping *by)
{
    csv_text(t, row_text(res, row, S_WORKFLOW));
    if (by->version)
        csv_text(t, row_text(res, row, S_VERSION));
    if (by->district)
        csv_text(t, row_text(res, row, S_DISTRICT));
    if (by->department)
        csv_text(t, row_text(res, row, S_DEPARTMENT));
    if (by->month)
        csv_text(t, row_text(res, row, S_MONTH));
    if (by->element)
        csv_text(t, row_text(res, row, S_ELEMENT));
    csv_text(t, row_text(res, row, S_STEP));
    csv_text(t, row_text(res, row, S_CLOCK));
    csv_text(t, row_text(res, row, S_LIMIT));
    for (int i = S_COUNT; i <= S_EXPLAINED; i++) {
        text_int(t, row_int(res, row, i));
        text_char(t, ',');
    }
    if (row_int(res, row, S_ON_TIME) + row_int(res, row, S_LATE))
        put_rate(t, res, row);
    text_char(t, ',');
    csv_figures(t, res, row, S_ELAPSED, S_ELAPSED_RANKS);
    csv_figures(t, res, row, S_COUNTED, S_COUNTED_RANKS);
    put_seconds(t, row_int(res, row, S_STOPPED));
    text_char(t, ',');
    csv_text(t, row_text(res, row, S_STOPPED_BY));
    t->len--; /* the last comma */
    text_str(t, "\r\n");
}

/* Rows on their way to a reader who may be slow. */
struct sheet {
    struct text text;
    size_t sent;
};

static void
fill_sheet(void *arg, struct http_stream *s)
{
    enum { PIECE = 64 * 1024 };
    struct sheet *sheet = arg;

    while (sheet->sent < sheet->text.len) {
        const size_t left = sheet->text.len - sheet->sent;
        const size_t n = left < PIECE ? left : PIECE;

        sheet->sent += n;
        if (!http_stream_write(s, sheet->text.at + sheet->sent - n, n))
            return;
    }
    http_stream_end(s);
}

static void
sheet_closed(void *arg)
{
    (void)arg; /* it lives in the request's arena */
}

static void
reply_csv(struct question *q, const PGresult *res)
{
    struct sheet *sheet = arena_new(&q->r->arena, struct sheet);
    const struct http_stream_hooks hooks = {
        .fill = fill_sheet, .closed = sheet_closed, .arg = sheet};

    sheet->text = text_new(&q->r->arena);
    csv_head(&sheet->text, &q->by);
    for (int row = 0; row < PQntuples(res); row++)
        csv_row(&sheet->text, res, row, &q->by);
    http_reply_header(q->r, "Content-Disposition", "attachment; filename=\"steps.csv\"");
    (void)http_stream_open(q->r, 200, "text/csv; charset=utf-8; header=present", false, &hooks);
}

static void
on_rows(void *arg, const PGresult *res, const struct error *e)
{
    struct question *q = arg;
    struct text t;

    if (e) {
        reply_error(q->r, e);
        return;
    }
    if (q->csv) {
        reply_csv(q, res);
        return;
    }
    t = text_new(&q->r->arena);
    put_open(&t, '{');
    put_key(&t, "items");
    put_open(&t, '[');
    for (int row = 0; row < PQntuples(res); row++)
        put_row(&t, res, row, &q->by);
    put_close(&t, ']');
    put_close(&t, '}');
    reply_json(q->r, 200, &t);
}

static bool
read_grouping(const char *text, struct grouping *by)
{
    static const char *const word[] = {"version", "district", "department", "month", "element"};
    bool *const flag[] = {&by->version, &by->district, &by->department, &by->month, &by->element};

    while (text) {
        const size_t len = strcspn(text, ",");
        size_t i = 0;

        while (i < 5 && (strlen(word[i]) != len || strncmp(word[i], text, len) != 0))
            i++;
        if (i == 5)
            return false;
        *flag[i] = true;
        text = text[len] ? text + len + 1 : NULL;
    }
    return true;
}

static bool
read_day(const struct http_request *r, const char *name, instant *out, struct error *e)
{
    const char *text = http_query(r, name);
    day d;

    *out = INSTANT_NONE;
    if (!text)
        return true;
    if (!day_read(text, strlen(text), &d))
        return error_at(e, ERROR_BAD_PARAMETER, name, "%s is a date, as in 2026-02-13", name);
    *out = day_start(d);
    return true;
}

/* The filters that are texts. */
struct filter {
    const char *workflow, *version, *department, *district;
};

static bool
read_filter(const struct http_request *r, struct filter *f, struct error *e)
{
    if (!page_district(r, &f->district, e) || !query_text(r, "workflow", 64, &f->workflow, e) ||
        !query_text(r, "department", 128, &f->department, e) ||
        !query_text(r, "version", 64, &f->version, e))
        return false;
    if (f->version && (strlen(f->version) != 64 || strspn(f->version, "0123456789abcdef") != 64))
        return error_at(e, ERROR_BAD_PARAMETER, "version",
                        "version is the 64 hexadecimal digits of a workflow's version");
    return true;
}

static bool
wants_csv(const struct http_request *r, bool *csv, struct error *e)
{
    static const char *const type[] = {"application/json", "text/csv"};
    const int form = reply_media(r, type, 2);

    *csv = form == 1;
    return form >= 0 ||
           error_set(e, ERROR_NOT_ACCEPTABLE, "there are application/json and text/csv");
}

void
stats_steps(void *arg, struct http_request *r)
{
    static const char *const known[] = {"workflow", "version", "district", "department",
                                        "from",     "to",      "groupBy",  NULL};
    struct app *app = arg;
    struct question *q = arena_new(&r->arena, struct question);
    struct parameters p = parameters_new(&r->arena);
    const char *stranger = http_query_stranger(r, known);
    struct filter filter;
    instant from, to;
    struct error e = {0};

    q->r = r;
    if (stranger)
        error_at(&e, ERROR_BAD_PARAMETER, stranger, "%.60s is unknown or stands there twice",
                 stranger);
    else if (!read_grouping(http_query(r, "groupBy"), &q->by))
        error_at(
            &e, ERROR_BAD_PARAMETER, "groupBy",
            "groupBy lists version, district, department, month, element, separated by commas");
    if (e.code || !read_day(r, "from", &from, &e) || !read_day(r, "to", &to, &e) ||
        !read_filter(r, &filter, &e) || !wants_csv(r, &q->csv, &e)) {
        reply_error(r, &e);
        return;
    }
    parameter_int(&p, app->shared->settings->database_cell);
    parameter_text(&p, filter.workflow);
    parameter_text(&p, filter.version);
    parameter_text(&p, filter.district);
    parameter_text(&p, filter.department);
    parameter_instant(&p, from);
    parameter_instant(&p, to);
    parameter_int(&p, q->by.version);
    parameter_int(&p, q->by.district);
    parameter_int(&p, q->by.department);
    parameter_int(&p, q->by.month);
    parameter_int(&p, q->by.element);
    pipeline_ask(app->read, SQL_stats_steps, &p, on_rows, q);
}
