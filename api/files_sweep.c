/* SPDX-License-Identifier: Apache-2.0 */
/* Files that nothing has named, and what crashes have left of some: removed, bytes first. */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/files.h"
#include "base/log.h"
#include "base/require.h"

enum { AT_ONCE = 50, EVERY_S = 5 };

/* One file on its way out. */
struct loose {
    int64_t case_id;
    int shelf;
    char id[FILE_ID_TEXT];
};

struct sweeper {
    struct errand errand; /* first: one is the other */
    struct app *app;
    struct event *due;
    struct arena arena;
    struct loose loose[AT_ONCE];
    int n, waiting; /* rows, and those whose removal is not answered */
    bool busy;
};

static void
end(struct sweeper *s)
{
    s->busy = false;
    arena_reset(&s->arena);
}

static void
on_dropped(void *arg, const PGresult *res, const struct error *e)
{
    struct sweeper *s = arg;

    (void)res;
    if (e)
        log_debug("a file stays until the next sweep", log_error_fields(e));
    if (--s->waiting == 0)
        end(s);
}

static void
drop_rows(struct sweeper *s)
{
    s->waiting = s->n;
    for (int i = 0; i < s->n; i++) {
        struct parameters p = parameters_new(&s->arena);

        parameter_int(&p, s->app->shared->settings->database_cell);
        parameter_int(&p, s->loose[i].case_id);
        parameter_text(&p, s->loose[i].id);
        pipeline_ask(worker_files(s->app->worker), SQL_file_drop, &p, on_dropped, s);
    }
    log_info("files swept", log_int("files", s->n));
}

/* In a thread of the pool.  What cannot be removed keeps its row. */
static void
drop_bytes(struct errand *w)
{
    struct sweeper *s = (struct sweeper *)w;
    int left = 0;
    struct error e;

    for (int i = 0; i < s->n; i++) {
        if (s->loose[i].shelf != SHELF_FOLDER ||
            shelf_drop(s->app->shared->files_folder, s->loose[i].id, &e))
            s->loose[left++] = s->loose[i];
        else
            log_warn("a file cannot be removed", log_str("id", s->loose[i].id));
    }
    s->n = left;
}

static void
on_bytes_dropped(struct errand *w)
{
    struct sweeper *s = (struct sweeper *)w;

    if (s->n && !s->app->gone)
        drop_rows(s);
    else
        end(s);
}

static void
on_found(void *arg, const PGresult *res, const struct error *e)
{
    struct sweeper *s = arg;

    s->n = e ? 0 : PQntuples(res);
    require(s->n <= AT_ONCE);
    for (int i = 0; i < s->n; i++) {
        s->loose[i].case_id = row_int(res, i, 0);
        s->loose[i].shelf = (int)row_int(res, i, 2);
        (void)snprintf(s->loose[i].id, FILE_ID_TEXT, "%s", row_text(res, i, 1));
    }
    s->errand = (struct errand){.work = drop_bytes, .done = on_bytes_dropped};
    if (!s->n || !pool_do(s->app->shared->disk, s->app->base, &s->errand))
        end(s);
}

/* So long, in seconds, a file that is coming cannot take. */
static int64_t
longest(const struct settings *s)
{
    return (s->limits_body_time + SPAN_HOUR) / SPAN_SECOND + s->files_most / (64 * 1024);
}

static void
on_due(evutil_socket_t fd, short what, void *arg)
{
    struct sweeper *s = arg;
    struct parameters p;

    (void)fd;
    (void)what;
    if (s->busy || !pipeline_ready(worker_files(s->app->worker)))
        return;
    s->busy = true;
    p = parameters_new(&s->arena);
    parameter_int(&p, s->app->shared->settings->database_cell);
    parameter_int(&p, s->app->shared->settings->files_unattached / SPAN_SECOND);
    parameter_int(&p, longest(s->app->shared->settings));
    parameter_int(&p, AT_ONCE);
    pipeline_ask(worker_files(s->app->worker), SQL_file_sweep, &p, on_found, s);
}

struct sweeper *
sweeper_new(struct app *app)
{
    const struct timeval every = {.tv_sec = EVERY_S};
    struct sweeper *s = calloc(1, sizeof(*s));

    require(s);
    s->app = app;
    s->due = event_new(app->base, -1, EV_PERSIST, on_due, s);
    require(s->due && event_add(s->due, &every) == 0);
    return s;
}

/* What the pool still does of it goes on with the memory, which then stays: the process ends. */
void
sweeper_free(struct sweeper *s)
{
    if (!s)
        return;
    event_free(s->due);
    if (s->busy)
        return;
    arena_release(&s->arena);
    free(s);
}
