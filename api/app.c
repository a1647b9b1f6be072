/* SPDX-License-Identifier: Apache-2.0 */
/* The table of routes, and who may come in at which. */
#include "api/app.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "api/files.h"
#include "api/lookup.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/require.h"

/* Who works on cases, who also looks after them, who only looks. */
enum {
    WORK = ROLE_CLERK | ROLE_HEAD | ROLE_SUPERVISOR | ROLE_IMPORT,
    ACT = WORK | ROLE_SYSTEM,
    LOOK = WORK | ROLE_AUDITOR,
    WATCH = ROLE_HEAD | ROLE_SUPERVISOR | ROLE_AUDITOR,
    TEND = ROLE_SUPERVISOR | ROLE_ADMINISTRATOR,
    EVERYBODY = LOOK | ROLE_SYSTEM | ROLE_ADMINISTRATOR
};

static const struct route routes[] = {
    {HTTP_POST, "/v1/sessions", sessions_open, ROUTE_ANYBODY | ROUTE_PLAIN, 4096, NULL},
    {HTTP_GET, "/v1/sessions/current", sessions_show, EVERYBODY | ROUTE_PLAIN, 0, NULL},
    {HTTP_DELETE, "/v1/sessions/current", sessions_close, EVERYBODY | ROUTE_PLAIN, 0, NULL},
    {HTTP_GET, "/v1/workflows", workflows_list, ROUTE_ANYBODY | ROUTE_PLAIN, 0, NULL},
    {HTTP_GET, "/v1/workflows/{id}", workflows_show, ROUTE_ANYBODY, 0, NULL},
    {HTTP_GET, "/v1/workflows/{id}/versions", workflows_versions, ROUTE_ANYBODY | ROUTE_PLAIN, 0,
     NULL},
    {HTTP_GET, "/v1/workflows/{id}/diagram.svg", workflows_diagram, ROUTE_ANYBODY, 0, NULL},
    {HTTP_GET, "/v1/workflows/{id}/bpmn", workflows_bpmn, ROUTE_ANYBODY, 0, NULL},
    {HTTP_GET, "/v1/workflows/{id}/diff", workflows_diff, ROUTE_ANYBODY, 0, NULL},
    {HTTP_GET, "/v1/cases", cases_list, LOOK, 0, NULL},
    {HTTP_POST, "/v1/cases", cases_open, WORK | ROUTE_FORM, 0, NULL},
    {HTTP_GET, "/v1/cases/{number}", cases_show, LOOK | ROLE_SYSTEM | ROUTE_PLAIN, 0, NULL},
    {HTTP_GET, "/v1/cases/{number}/actions", cases_actions, LOOK | ROLE_SYSTEM | ROUTE_PLAIN, 0,
     NULL},
    {HTTP_POST, "/v1/cases/{number}/actions", cases_act, ACT | ROUTE_FORM, 0, NULL},
    {HTTP_GET, "/v1/cases/{number}/clocks/{name}/explain", cases_explain, LOOK, 0, NULL},
    {HTTP_GET, "/v1/cases/{number}/ballots", cases_ballots, LOOK | ROUTE_PLAIN, 0, NULL},
    {HTTP_GET, "/v1/cases/{number}/facts", cases_facts, WATCH, 0, NULL},
    {HTTP_GET, "/v1/cases/{number}/events", cases_events, LOOK, 0, NULL},
    {HTTP_GET, "/v1/cases/{number}/diagram.svg", cases_diagram, LOOK | ROUTE_PLAIN, 0, NULL},
    {HTTP_GET, "/v1/cases/{number}/certificates", certificates_list,
     LOOK | ROLE_SYSTEM | ROUTE_PLAIN, 0, NULL},
    {HTTP_GET, "/v1/cases/{number}/files", files_list, LOOK | ROUTE_PLAIN, 0, NULL},
    {HTTP_POST, "/v1/cases/{number}/files", files_take, WORK | ROUTE_FILE, 0, "*"},
    {HTTP_GET, "/v1/cases/{number}/files/{file}", files_give, LOOK | ROUTE_PLAIN, 0, NULL},
    {HTTP_POST, "/v1/actions", cases_act_many, ACT | ROUTE_PLAIN, 1024 * 1024, NULL},
    {HTTP_GET, "/v1/tasks", tasks_list, WORK, 0, NULL},
    {HTTP_GET, "/v1/tasks/counts", tasks_count, WORK, 0, NULL},
    {HTTP_POST, "/v1/tasks/next", tasks_next, ROLE_CLERK | ROLE_HEAD | ROUTE_PLAIN, 0, NULL},
    {HTTP_GET, "/v1/cards", cards_list, WATCH, 0, NULL},
    {HTTP_POST, "/v1/cards/{id}/moves", cards_move, ROLE_HEAD | ROLE_SUPERVISOR | ROUTE_PLAIN, 4096,
     NULL},
    {HTTP_GET, "/v1/outages", outages_list, WATCH, 0, NULL},
    {HTTP_POST, "/v1/outages", outages_record, ROLE_SUPERVISOR, 8192, NULL},
    {HTTP_GET, "/v1/outages/{number}", outages_show, WATCH | ROUTE_PLAIN, 0, NULL},
    {HTTP_POST, "/v1/outages/{number}/actions", outages_act, ROLE_SUPERVISOR, 8192, NULL},
    {HTTP_POST, "/v1/progress", progress_open, ROUTE_ANYBODY | ROUTE_THROTTLED, 0, NULL},
    {HTTP_GET, "/v1/progress/{number}", progress_show, ROUTE_ANYBODY | ROUTE_PLAIN, 0, NULL},
    {HTTP_POST, "/v1/progress/{number}/actions", progress_act, ROUTE_ANYBODY | ROUTE_PLAIN, 0,
     NULL},
    {HTTP_GET, "/v1/progress/{number}/ballot", progress_ballot, ROUTE_ANYBODY | ROUTE_PLAIN, 0,
     NULL},
    {HTTP_GET, "/v1/progress/{number}/certificates", progress_certificates,
     ROUTE_ANYBODY | ROUTE_PLAIN, 0, NULL},
    {HTTP_GET, "/v1/progress/{number}/clocks/{name}/explain", progress_explain, ROUTE_ANYBODY, 0,
     NULL},
    {HTTP_GET, "/v1/progress/{number}/events", progress_events, ROUTE_ANYBODY, 0, NULL},
    {HTTP_GET, "/v1/progress/{number}/files", progress_files_list, ROUTE_ANYBODY | ROUTE_PLAIN, 0,
     NULL},
    {HTTP_POST, "/v1/progress/{number}/files", progress_files_take, ROUTE_ANYBODY | ROUTE_FILE, 0,
     "*"},
    {HTTP_GET, "/v1/progress/{number}/files/{file}", progress_files_give,
     ROUTE_ANYBODY | ROUTE_PLAIN, 0, NULL},
    {HTTP_GET, "/v1/draws/{number}", draws_list, ROUTE_ANYBODY | ROUTE_THROTTLED, 0, NULL},
    {HTTP_GET, "/v1/certificates/keys", certificates_keys,
     ROUTE_ANYBODY | ROUTE_PLAIN | ROUTE_THROTTLED, 0, NULL},
    {HTTP_GET, "/v1/certificates/{certificate}", certificates_show,
     ROUTE_ANYBODY | ROUTE_PLAIN | ROUTE_THROTTLED, 0, NULL},
    {HTTP_GET, "/v1/certificates/{certificate}/qr.svg", certificates_qr,
     ROUTE_ANYBODY | ROUTE_PLAIN | ROUTE_THROTTLED, 0, NULL},
    {HTTP_GET, "/v1/parties/{code}", parties_show, LOOK, 0, NULL},
    {HTTP_GET, "/v1/stats/steps", stats_steps, WATCH | ROLE_ADMINISTRATOR, 0, NULL},
    {HTTP_GET, "/v1/stats/holders", stats_holders, WATCH | ROLE_ADMINISTRATOR, 0, NULL},
    {HTTP_GET, "/v1/stats/cases", stats_cases, WATCH | ROLE_ADMINISTRATOR, 0, NULL},
    {HTTP_GET, "/v1/stats/cards", stats_cards, WATCH | ROLE_ADMINISTRATOR, 0, NULL},
    {HTTP_POST, "/v1/messages", messages_take, ROUTE_ANYBODY, 0,
     "application/json, application/cloudevents+json"},
    {HTTP_GET, "/v1/messages", inbound_list, WATCH, 0, NULL},
    {HTTP_POST, "/v1/messages/{id}/actions", inbound_act, ROLE_HEAD | ROLE_SUPERVISOR | ROUTE_PLAIN,
     0, NULL},
    {HTTP_GET, "/v1/outbox", outbox_list, TEND | ROLE_AUDITOR, 0, NULL},
    {HTTP_POST, "/v1/outbox/{id}/actions", outbox_act, TEND | ROUTE_PLAIN, 0, NULL},
    {HTTP_GET, "/v1/destinations", destinations_list, TEND | ROLE_AUDITOR | ROUTE_PLAIN, 0, NULL},
    {HTTP_POST, "/v1/destinations/{system}/actions", destinations_act,
     ROLE_ADMINISTRATOR | ROUTE_PLAIN, 0, NULL},
    {HTTP_GET, "/v1/test-clock", clock_show, ROUTE_ANYBODY | ROUTE_PLAIN, 0, NULL},
    {HTTP_POST, "/v1/test-clock", clock_move, ROUTE_ANYBODY | ROUTE_PLAIN, 4096, NULL},
    {HTTP_GET, "/livez", system_live, ROUTE_ANYBODY | ROUTE_PLAIN, 0, NULL},
    {HTTP_GET, "/readyz", system_ready, ROUTE_ANYBODY | ROUTE_PLAIN, 0, NULL},
    {HTTP_GET, "/metrics", system_metrics, ROUTE_ANYBODY | ROUTE_PLAIN, 0, NULL},
    {HTTP_GET, "/openapi.json", system_contract, ROUTE_ANYBODY | ROUTE_PLAIN, 0, NULL},
};

const struct session *
app_session(const struct http_request *r)
{
    return r->session;
}

/* Before the body: a request without a token is not worth reading. */
static bool
gate(void *arg, struct http_request *r, const struct route *route, struct error *e)
{
    const struct app *app = arg;

    r->streamed = route->flags & ROUTE_FILE;
    if (r->streamed)
        r->body_max = (size_t)app->shared->settings->files_most;
    if (route->flags & ROUTE_FORM && (size_t)app->shared->settings->limits_form > r->body_max)
        r->body_max = (size_t)app->shared->settings->limits_form;
    if (route->flags & ROUTE_ANYBODY || token_of(r))
        return true;
    return error_set(e, ERROR_UNAUTHENTICATED,
                     "send the token of POST /v1/sessions as "
                     "Authorization: Bearer");
}

static void
admit(void *arg, struct http_request *r)
{
    struct app *app = arg;

    router_admit(app->router, gate, app, r);
}

/* Most routes have no query parameters; a misspelt one is not ignored there either. */
static void
run(struct app *app, struct http_request *r)
{
    static const char *const none[] = {NULL};
    const char *stranger =
        router_route(r)->flags & ROUTE_PLAIN ? http_query_stranger(r, none) : NULL;
    struct error e;

    if (!stranger) {
        router_handle(app, r);
        return;
    }
    error_at(&e, ERROR_BAD_PARAMETER, stranger, "%.60s is unknown here", stranger);
    reply_error(r, &e);
}

static void
on_session(struct http_request *r, const struct session *s, const struct error *e, void *arg)
{
    const struct route *route = router_route(r);
    struct error forbidden;

    if (!s) {
        reply_error(r, e);
        return;
    }
    r->session = (void *)(uintptr_t)s;
    if (session_classes(s) & route->flags) {
        run(arg, r);
        return;
    }
    error_set(&forbidden, ERROR_FORBIDDEN, "none of your roles is for this");
    reply_error(r, &forbidden);
}

static int64_t
monotonic_us(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Doors at which nobody is signed in and the database is asked. */
static bool
throttled(struct app *app, struct http_request *r)
{
    const int64_t wait = throttle_take(app->throttle, r->peer, monotonic_us());
    char seconds[24];
    struct error e;

    if (wait == 0)
        return false;
    (void)snprintf(seconds, sizeof(seconds), "%lld", (long long)wait);
    http_reply_header(r, "Retry-After", seconds);
    error_set(&e, ERROR_TOO_MANY_REQUESTS, "too many requests from %s", r->peer);
    reply_error(r, &e);
    return true;
}

/* Until the gate has let the first versions pass there is nothing to answer by. */
static bool
published(struct app *app, struct http_request *r)
{
    struct error e;

    if (worker_registry(app->worker)->n || strncmp(r->head.path, "/v1/", 4) != 0)
        return true;
    error_set(&e, ERROR_STORE_BUSY, "the workflows are not published yet");
    reply_error(r, &e);
    return false;
}

static void
handle(void *arg, struct http_request *r)
{
    struct app *app = arg;
    uint8_t hash[32];

    if (!published(app, r))
        return;
    if ((router_route(r)->flags & ROUTE_THROTTLED) && throttled(app, r))
        return;
    if (router_route(r)->flags & ROUTE_ANYBODY) {
        run(app, r);
        return;
    }
    token_hash(token_of(r), hash);
    session_find(app->sessions, app->read, r, hash, on_session, app);
}

static void
answered(void *arg, const struct http_request *r, int status)
{
    /* What was refused before it was understood has no path. */
    const char *path = r->head.path ? r->head.path : "";
    /* Not implemented, version not supported: that is the peer's trouble. */
    const bool ours = status >= 500 && status != 501 && status != 505;

    (void)arg;
    metric_add(status < 300   ? METRIC_http_2xx
               : status < 400 ? METRIC_http_3xx
               : status < 500 ? METRIC_http_4xx
                              : METRIC_http_5xx,
               1);
    if (ours && strcmp(path, "/readyz") != 0)
        log_warn("answered", log_str("req", r->id), log_str("path", path),
                 log_int("status", status));
    else
        log_debug("answered", log_str("req", r->id), log_str("path", path),
                  log_int("status", status));
}

void
app_init(struct app *app, const struct app_shared *shared, struct worker *worker)
{
    *app = (struct app){.shared = shared,
                        .worker = worker,
                        .base = worker_base(worker),
                        .read = worker_read(worker),
                        .sessions = session_cache_new(shared->settings->limits_session_idle)};
    app->throttle = throttle_new(shared->settings->limits_anonymous);
    app->gallery = gallery_new(&app->arena);
    app->sweeper = worker_numberer_state(worker) ? sweeper_new(app) : NULL;
    app->router = router_new(&app->arena, routes, sizeof(routes) / sizeof(routes[0]));
}

void
app_release(struct app *app)
{
    sweeper_free(app->sweeper);
    session_cache_free(app->sessions);
    throttle_free(app->throttle);
    gallery_release(app->gallery);
    arena_release(&app->arena);
}

struct http_hooks
app_hooks(struct app *app)
{
    return (struct http_hooks){.arg = app,
                               .admit = admit,
                               .handle = handle,
                               .refuse = reply_refused,
                               .answered = answered};
}

void
app_editions_changed(struct app *app)
{
    lookup_editions_changed(app);
    parties_editions_changed(app);
    outages_editions_changed(app);
}
