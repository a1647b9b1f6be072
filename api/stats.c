/* SPDX-License-Identifier: Apache-2.0 */
/* Statistics: which there are, and how they are asked for. */
#include <string.h>

#include "api/figures.h"

/* What a statistic can be asked by, as the arguments of its statement stand. */
enum { BY_VERSION = 1, BY_DEPARTMENT = 2 };

struct statistic {
    enum statement_id statement;
    const char *const *known; /* its parameters */
    unsigned filters;         /* besides workflow, district and period */
    const char *const *group; /* the words of groupBy, in the order of the statement */
    size_t n_group;
    struct figures figures;
};

struct question {
    struct http_request *r;
    const struct statistic *of;
    struct grouping by;
    bool csv;
};

#define LENGTH(list) (sizeof(list) / sizeof((list)[0]))

/* Columns of SQL_stats_steps. */
enum {
    S_WORKFLOW,
    S_VERSION,
    S_DISTRICT,
    S_DEPARTMENT,
    S_MONTH,
    S_ELEMENT,
    S_LANE,
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
    S_STOPPED_BY,
    S_STOPPED_RUNS
};

static const struct figure step_figures[] = {
    {.name = "workflow", FIGURE_TEXT, S_WORKFLOW},
    {.name = "version", FIGURE_GROUP, S_VERSION},
    {.name = "district", FIGURE_GROUP, S_DISTRICT},
    {.name = "department", FIGURE_GROUP, S_DEPARTMENT},
    {.name = "month", FIGURE_GROUP, S_MONTH},
    {.name = "element", FIGURE_GROUP, S_ELEMENT},
    {.name = "lane", FIGURE_GROUP, S_LANE},
    {.name = "step", FIGURE_TEXT, S_STEP},
    {.name = "clock", FIGURE_TEXT, S_CLOCK},
    {.name = "limit", FIGURE_TEXT, S_LIMIT},
    {.name = "count", FIGURE_COUNT, S_COUNT},
    {.name = "open", FIGURE_COUNT, S_OPEN},
    {.name = "onTime", FIGURE_COUNT, S_ON_TIME},
    {.name = "late", FIGURE_COUNT, S_LATE},
    {.name = "cancelled", FIGURE_COUNT, S_CANCELLED},
    {.name = "explained", FIGURE_COUNT, S_EXPLAINED},
    {.name = "onTimeRate", FIGURE_RATE, S_ON_TIME, S_LATE},
    {.name = "elapsed", FIGURE_SPREAD, S_ELAPSED, S_COUNT, S_ELAPSED_RANKS},
    {.name = "counted", FIGURE_SPREAD, S_COUNTED, S_COUNT, S_COUNTED_RANKS},
    {.name = "stopped", FIGURE_TIME, S_STOPPED},
    {.name = "stoppedByMs", FIGURE_PARTS, S_STOPPED_BY, .csv = "stoppedBy"},
    {.name = "stoppedRuns", FIGURE_PARTS, S_STOPPED_RUNS},
};

/* Columns of SQL_stats_holders. */
enum {
    H_WORKFLOW,
    H_VERSION,
    H_DISTRICT,
    H_MONTH,
    H_LANE,
    H_ROLE,
    H_HOLDER,
    H_COUNT,
    H_OPEN,
    H_HELD,
    H_ALONE,
    H_SHARED,
    H_NOBODY,
    H_HELD_RANKS
};

static const struct figure holder_figures[] = {
    {.name = "workflow", FIGURE_TEXT, H_WORKFLOW},
    {.name = "version", FIGURE_GROUP, H_VERSION},
    {.name = "district", FIGURE_GROUP, H_DISTRICT},
    {.name = "month", FIGURE_GROUP, H_MONTH},
    {.name = "lane", FIGURE_GROUP, H_LANE},
    {.name = "holder", FIGURE_TEXT, H_HOLDER},
    {.name = "role", FIGURE_GROUP, H_ROLE},
    {.name = "count", FIGURE_COUNT, H_COUNT},
    {.name = "open", FIGURE_COUNT, H_OPEN},
    {.name = "total", FIGURE_TIME, H_HELD},
    {.name = "alone", FIGURE_TIME, H_ALONE},
    {.name = "shared", FIGURE_TIME, H_SHARED},
    {.name = "nobody", FIGURE_TIME, H_NOBODY},
    {.name = "held", FIGURE_SPREAD, H_HELD, H_COUNT, H_HELD_RANKS},
};

/* Columns of SQL_stats_cases. */
enum {
    C_WORKFLOW,
    C_VERSION,
    C_DISTRICT,
    C_MONTH,
    C_LANE,
    C_COUNT,
    C_OPEN,
    C_OUTCOMES,
    C_ELAPSED,
    C_ELAPSED_RANKS,
    C_NOTICES,
    C_LATE_NOTICES,
    C_EXTENSIONS,
    C_HAND_OVERS,
    C_HAND_BACKS,
    C_TRANSIT
};

static const struct figure case_figures[] = {
    {.name = "workflow", FIGURE_TEXT, C_WORKFLOW},
    {.name = "version", FIGURE_GROUP, C_VERSION},
    {.name = "district", FIGURE_GROUP, C_DISTRICT},
    {.name = "month", FIGURE_GROUP, C_MONTH},
    {.name = "lane", FIGURE_GROUP, C_LANE},
    {.name = "count", FIGURE_COUNT, C_COUNT},
    {.name = "open", FIGURE_COUNT, C_OPEN},
    {.name = "outcomes", FIGURE_PARTS, C_OUTCOMES},
    {.name = "elapsed", FIGURE_SPREAD, C_ELAPSED, C_COUNT, C_ELAPSED_RANKS},
    {.name = "notices", FIGURE_COUNT, C_NOTICES},
    {.name = "lateNotices", FIGURE_COUNT, C_LATE_NOTICES},
    {.name = "extensions", FIGURE_COUNT, C_EXTENSIONS},
    {.name = "handOvers", FIGURE_COUNT, C_HAND_OVERS},
    {.name = "handBacks", FIGURE_COUNT, C_HAND_BACKS},
    {.name = "transit", FIGURE_TIME, C_TRANSIT},
};

/* Columns of SQL_stats_cards. */
enum {
    K_WORKFLOW,
    K_DISTRICT,
    K_DEPARTMENT,
    K_MONTH,
    K_KIND,
    K_COLOUR,
    K_ISSUED,
    K_DELIVERED,
    K_ACKNOWLEDGED,
    K_APPEALED,
    K_UPHELD,
    K_WITHDRAWN
};

static const char *
colour_word(int64_t colour)
{
    return colour_name((enum colour)colour);
}

static const struct figure card_figures[] = {
    {.name = "workflow", FIGURE_TEXT, K_WORKFLOW},
    {.name = "district", FIGURE_GROUP, K_DISTRICT},
    {.name = "department", FIGURE_GROUP, K_DEPARTMENT},
    {.name = "month", FIGURE_GROUP, K_MONTH},
    {.name = "kind", FIGURE_WORD, K_KIND, .word = card_kind_word},
    {.name = "colour", FIGURE_WORD, K_COLOUR, .word = colour_word},
    {.name = "issued", FIGURE_COUNT, K_ISSUED},
    {.name = "delivered", FIGURE_COUNT, K_DELIVERED},
    {.name = "acknowledged", FIGURE_COUNT, K_ACKNOWLEDGED},
    {.name = "appealed", FIGURE_COUNT, K_APPEALED},
    {.name = "upheld", FIGURE_COUNT, K_UPHELD},
    {.name = "withdrawn", FIGURE_COUNT, K_WITHDRAWN},
};

static const struct statistic steps = {
    .statement = SQL_stats_steps,
    .known = (const char *const[]){"workflow", "version", "district", "department", "from", "to",
                                   "groupBy", NULL},
    .filters = BY_VERSION | BY_DEPARTMENT,
    .group = (const char *const[]){"version", "district", "department", "month", "element", "lane"},
    .n_group = 6,
    .figures = {step_figures, LENGTH(step_figures), "steps.csv"}};

static const struct statistic holders = {
    .statement = SQL_stats_holders,
    .known =
        (const char *const[]){"workflow", "version", "district", "from", "to", "groupBy", NULL},
    .filters = BY_VERSION,
    .group = (const char *const[]){"version", "district", "month", "lane", "role"},
    .n_group = 5,
    .figures = {holder_figures, LENGTH(holder_figures), "holders.csv"}};

static const struct statistic cases = {
    .statement = SQL_stats_cases,
    .known =
        (const char *const[]){"workflow", "version", "district", "from", "to", "groupBy", NULL},
    .filters = BY_VERSION,
    .group = (const char *const[]){"version", "district", "month", "lane"},
    .n_group = 4,
    .figures = {case_figures, LENGTH(case_figures), "cases.csv"}};

static const struct statistic cards = {
    .statement = SQL_stats_cards,
    .known =
        (const char *const[]){"workflow", "district", "department", "from", "to", "groupBy", NULL},
    .filters = BY_DEPARTMENT,
    .group = (const char *const[]){"district", "department", "month"},
    .n_group = 3,
    .figures = {card_figures, LENGTH(card_figures), "cards.csv"}};

static void
on_rows(void *arg, const PGresult *res, const struct error *e)
{
    struct question *q = arg;

    if (e)
        reply_error(q->r, e);
    else if (q->csv)
        figures_reply_csv(q->r, &q->of->figures, &q->by, res);
    else
        figures_reply_json(q->r, &q->of->figures, &q->by, res);
}

static bool
read_word(const char *text, size_t len, struct grouping *by)
{
    for (size_t i = 0; i < by->n; i++)
        if (strlen(by->word[i]) == len && !strncmp(by->word[i], text, len)) {
            by->by |= 1U << i;
            return true;
        }
    return false;
}

static bool
read_grouping(struct question *q, struct error *e)
{
    const char *text = http_query(q->r, "groupBy");
    struct text words = text_new(&q->r->arena);
    bool known = true;

    q->by = (struct grouping){.word = q->of->group, .n = q->of->n_group};
    while (text) {
        const size_t len = strcspn(text, ",");

        known = known && read_word(text, len, &q->by);
        text = text[len] ? text + len + 1 : NULL;
    }
    for (size_t i = 0; i < q->by.n; i++)
        text_printf(&words, "%s%s", i ? ", " : "", q->by.word[i]);
    return known || error_at(e, ERROR_BAD_PARAMETER, "groupBy",
                             "groupBy lists %s, separated by commas", words.at);
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

static void
ask(struct app *app, struct http_request *r, const struct statistic *of)
{
    struct question *q = arena_new(&r->arena, struct question);
    struct parameters p = parameters_new(&r->arena);
    const char *stranger = http_query_stranger(r, of->known);
    struct filter filter;
    instant from, to;
    struct error e = {0};

    *q = (struct question){.r = r, .of = of};
    if (stranger)
        error_at(&e, ERROR_BAD_PARAMETER, stranger, "%.60s is unknown or stands there twice",
                 stranger);
    if (e.code || !read_grouping(q, &e) || !read_day(r, "from", &from, &e) ||
        !read_day(r, "to", &to, &e) || !read_filter(r, &filter, &e) || !wants_csv(r, &q->csv, &e)) {
        reply_error(r, &e);
        return;
    }
    parameter_int(&p, app->shared->settings->database_cell);
    parameter_text(&p, filter.workflow);
    if (of->filters & BY_VERSION)
        parameter_text(&p, filter.version);
    parameter_text(&p, filter.district);
    if (of->filters & BY_DEPARTMENT)
        parameter_text(&p, filter.department);
    parameter_instant(&p, from);
    parameter_instant(&p, to);
    for (size_t i = 0; i < q->by.n; i++)
        parameter_int(&p, q->by.by >> i & 1U);
    pipeline_ask(app->read, of->statement, &p, on_rows, q);
}

void
stats_steps(void *arg, struct http_request *r)
{
    ask(arg, r, &steps);
}

void
stats_holders(void *arg, struct http_request *r)
{
    ask(arg, r, &holders);
}

void
stats_cases(void *arg, struct http_request *r)
{
    ask(arg, r, &cases);
}

void
stats_cards(void *arg, struct http_request *r)
{
    ask(arg, r, &cards);
}
