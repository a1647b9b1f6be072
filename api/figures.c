/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of figures as JSON and CSV; what the figures mean is in statistics.md. */
#include "api/figures.h"

#include <ctype.h>
#include <string.h>

/* Milliseconds as seconds with three decimals, exactly. */
static void
put_seconds(struct text *t, int64_t ms)
{
    text_printf(t, "%lld.%03lld", (long long)(ms / 1000), (long long)(ms % 1000));
}

static int64_t
mean(int64_t sum, int64_t count)
{
    return count ? (sum + count / 2) / count : 0;
}

static const char *const rank_name[] = {"p50", "p90", "p95", "max"};
enum { RANKS = sizeof(rank_name) / sizeof(rank_name[0]) };

/* Mean, percentiles and the largest; false where nothing was counted. */
static bool
read_spread(struct arena *a, const PGresult *res, int row, const struct figure *f,
            int64_t out[1 + RANKS])
{
    const int64_t count = row_int(res, row, f->other);
    size_t n = 0;
    const int64_t *rank = row_ints(res, row, f->ranks, a, &n);

    if (!count || n != RANKS)
        return false;
    out[0] = mean(row_int(res, row, f->column), count);
    memcpy(out + 1, rank, RANKS * sizeof(*rank));
    return true;
}

static const char *
spread_name(int i)
{
    return i ? rank_name[i - 1] : "mean";
}

static bool
is_shown(const struct figure *f, const struct grouping *g)
{
    if (f->kind != FIGURE_GROUP)
        return true;
    for (size_t i = 0; i < g->n; i++)
        if (!strcmp(g->word[i], f->name))
            return g->by & 1U << i;
    return false;
}

static const char *
text_of(const PGresult *res, int row, const struct figure *f)
{
    return f->kind == FIGURE_WORD ? f->word(row_int(res, row, f->column))
                                  : row_text(res, row, f->column);
}

/* Whether there is a rate: something was on time or late. */
static bool
has_rate(const PGresult *res, int row, const struct figure *f)
{
    return row_int(res, row, f->column) + row_int(res, row, f->other) > 0;
}

static void
put_rate(struct text *t, const PGresult *res, int row, const struct figure *f)
{
    const int64_t one = row_int(res, row, f->column), other = row_int(res, row, f->other);

    text_printf(t, "%.4f", (double)one / (double)(one + other));
}

static const char *
parts_of(const PGresult *res, int row, const struct figure *f)
{
    const char *parts = row_text(res, row, f->column);

    return parts ? parts : "{}";
}

static void
put_spread(struct text *t, const PGresult *res, int row, const struct figure *f)
{
    int64_t ms[1 + RANKS];

    put_open(t, '{');
    for (int i = 0; i < 1 + RANKS && read_spread(t->arena, res, row, f, ms); i++) {
        put_key(t, arena_printf(t->arena, "%sSeconds", spread_name(i)));
        put_seconds(t, ms[i]);
    }
    put_close(t, '}');
}

static void
put_figure(struct text *t, const PGresult *res, int row, const struct figure *f)
{
    const char *text;

    put_key(t, f->kind == FIGURE_TIME ? arena_printf(t->arena, "%sSeconds", f->name) : f->name);
    switch (f->kind) {
    case FIGURE_GROUP:
    case FIGURE_TEXT:
    case FIGURE_WORD:
        text = text_of(res, row, f);
        if (text)
            put_string(t, text);
        else
            put_null(t);
        break;
    case FIGURE_COUNT:
        put_int(t, row_int(res, row, f->column));
        break;
    case FIGURE_TIME:
        put_seconds(t, row_int(res, row, f->column));
        break;
    case FIGURE_RATE:
        if (has_rate(res, row, f))
            put_rate(t, res, row, f);
        else
            put_null(t);
        break;
    case FIGURE_SPREAD:
        put_spread(t, res, row, f);
        break;
    case FIGURE_PARTS:
        text_str(t, parts_of(res, row, f));
        break;
    }
}

void
figures_reply_json(struct http_request *r, const struct figures *f, const struct grouping *g,
                   const PGresult *res)
{
    struct text t = text_new(&r->arena);

    page_begin(&t);
    for (int row = 0; row < PQntuples(res); row++) {
        put_open(&t, '{');
        for (size_t i = 0; i < f->n; i++)
            if (is_shown(&f->figure[i], g))
                put_figure(&t, res, row, &f->figure[i]);
        put_close(&t, '}');
    }
    put_close(&t, ']');
    put_close(&t, '}');
    reply_json(r, 200, &t);
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

/* Each cell ends with a comma. */
static void
csv_figure(struct text *t, const PGresult *res, int row, const struct figure *f)
{
    int64_t ms[1 + RANKS];

    switch (f->kind) {
    case FIGURE_GROUP:
    case FIGURE_TEXT:
    case FIGURE_WORD:
        csv_text(t, text_of(res, row, f));
        return;
    case FIGURE_COUNT:
        text_int(t, row_int(res, row, f->column));
        break;
    case FIGURE_TIME:
        put_seconds(t, row_int(res, row, f->column));
        break;
    case FIGURE_RATE:
        if (has_rate(res, row, f))
            put_rate(t, res, row, f);
        break;
    case FIGURE_SPREAD:
        for (int i = 0; i < 1 + RANKS; i++) {
            text_str(t, i ? "," : "");
            if (read_spread(t->arena, res, row, f, ms))
                put_seconds(t, ms[i]);
        }
        break;
    case FIGURE_PARTS:
        csv_text(t, row_text(res, row, f->column));
        return;
    }
    text_char(t, ',');
}

static void
csv_name(struct text *t, const struct figure *f)
{
    for (int i = 0; f->kind == FIGURE_SPREAD && i < 1 + RANKS; i++)
        text_printf(t, "%s%c%sSeconds,", f->name, toupper(spread_name(i)[0]), spread_name(i) + 1);
    if (f->kind != FIGURE_SPREAD)
        text_printf(t, "%s%s,", f->csv ? f->csv : f->name, f->kind == FIGURE_TIME ? "Seconds" : "");
}

static void
end_line(struct text *t)
{
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

void
figures_reply_csv(struct http_request *r, const struct figures *f, const struct grouping *g,
                  const PGresult *res)
{
    struct sheet *sheet = arena_new(&r->arena, struct sheet);
    const struct http_stream_hooks hooks = {
        .fill = fill_sheet, .closed = sheet_closed, .arg = sheet};
    struct text *t = &sheet->text;

    *t = text_new(&r->arena);
    text_str(t, "\xEF\xBB\xBF");
    for (size_t i = 0; i < f->n; i++)
        if (is_shown(&f->figure[i], g))
            csv_name(t, &f->figure[i]);
    end_line(t);
    for (int row = 0; row < PQntuples(res); row++) {
        for (size_t i = 0; i < f->n; i++)
            if (is_shown(&f->figure[i], g))
                csv_figure(t, res, row, &f->figure[i]);
        end_line(t);
    }
    http_reply_header(r, "Content-Disposition",
                      arena_printf(&r->arena, "attachment; filename=\"%s\"", f->file));
    (void)http_stream_open(r, 200, "text/csv; charset=utf-8; header=present", false, &hooks);
}
