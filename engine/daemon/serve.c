/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon: sockets, privileges, workers, signals. */
#include "daemon/serve.h"

#include <errno.h>
#include <event2/event.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "api/app.h"
#include "api/contract.h"
#include "api/files.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/require.h"
#include "daemon/command.h"
#include "daemon/notify.h"
#include "daemon/outages.h"
#include "daemon/promises.h"
#include "daemon/reload.h"
#include "daemon/retention.h"
#include "definition/digest.h"
#include "definition/file_kind.h"
#include "runtime/post.h"

enum { WORKERS_MOST = 64, DISK_THREADS = 2 };

/* One worker's share of the daemon. */
struct hall {
    struct app_shared *shared;
    struct app app;
    struct http_server *server;
    struct worker *worker; /* the main thread's */
    struct worker *self;   /* the same, as its own thread knows it */
    struct event *gauges;
    int fd;
};

struct daemon {
    const struct settings *settings;
    struct world *first;   /* what it began with; of its house all but the calendars stays */
    struct world *world;   /* what is published; NULL: nothing yet */
    struct reload *reload; /* under way; NULL */
    struct deliveries systems;
    struct app_shared shared;
    struct hall hall[WORKERS_MOST];
    size_t n;
    struct outages *outages; /* NULL: nothing is published yet */
    struct promises *promises;
    const char *keys; /* folder of the certificates' keys */
    char address[160];
};

static struct http_limits
limits_of(const struct settings *s)
{
    struct http_limits l = http_limits_default();

    l.head_bytes = (size_t)s->limits_head;
    l.target_bytes = (size_t)s->limits_target;
    l.fields = (size_t)s->limits_headers;
    l.body_bytes = (size_t)s->limits_body;
    l.body_budget = (size_t)s->limits_bodies;
    l.requests = (size_t)s->limits_requests;
    l.connections = (size_t)s->limits_connections;
    l.per_address = (size_t)s->limits_connections_per_address;
    l.streams = (size_t)s->limits_streams;
    l.head_ms = (uint32_t)(s->limits_head_time / 1000);
    l.body_ms = (uint32_t)(s->limits_body_time / 1000);
    l.idle_ms = (uint32_t)(s->limits_idle_time / 1000);
    l.write_ms = (uint32_t)(s->limits_write_time / 1000);
    l.handler_ms = (uint32_t)(s->limits_handler_time / 1000);
    return l;
}

/* What is open now, for /metrics: each thread tells its part. */
static void
on_gauges(evutil_socket_t fd, short what, void *arg)
{
    const struct hall *hall = arg;
    const struct http_counts counts = http_server_counts(hall->server);

    (void)fd;
    (void)what;
    metric_set(METRIC_connections, (int64_t)counts.connections);
    metric_set(METRIC_streams, (int64_t)counts.streams);
    metric_set(METRIC_queue, (int64_t)batch_waiting(worker_batch(hall->self)));
}

/* In the worker's thread. */
static void
begin(void *arg, struct worker *w)
{
    struct hall *hall = arg;
    struct http_config config = {.limits = limits_of(hall->shared->settings),
                                 .proxies = hall->shared->proxies};
    const struct timeval second = {.tv_sec = 1};

    app_init(&hall->app, hall->shared, w);
    config.hooks = app_hooks(&hall->app);
    hall->server = http_server_new(worker_base(w), &config);
    http_server_listen(hall->server, hall->fd);
    hall->self = w;
    hall->gauges = event_new(worker_base(w), -1, EV_PERSIST, on_gauges, hall);
    require(hall->gauges && event_add(hall->gauges, &second) == 0);
}

static void
on_drained(void *arg)
{
    worker_quiet(((struct hall *)arg)->self);
}

static void
drain(void *arg, struct worker *w)
{
    struct hall *hall = arg;

    (void)w;
    http_server_drain(hall->server, (uint32_t)(hall->shared->settings->server_drain / 1000),
                      on_drained, hall);
}

static void
end(void *arg, struct worker *w)
{
    struct hall *hall = arg;

    (void)w;
    event_free(hall->gauges);
    hall->app.gone = true;
    http_server_free(hall->server);
    app_release(&hall->app);
}

static void
editions(void *arg, struct worker *w)
{
    (void)w;
    app_editions_changed(&((struct hall *)arg)->app);
}

static bool
has_port(const char *listen)
{
    return !strncmp(listen, "unix:", 5) || !strncmp(listen, "fd:", 3);
}

/* A socket for each worker: of their own for TCP, shared ones otherwise. */
static bool
listen_all(struct daemon *d, struct error *e)
{
    const char *listen = d->settings->server_listen;
    int port = (int)d->settings->server_port;

    for (size_t i = 0; i < d->n; i++) {
        if (has_port(listen))
            (void)snprintf(d->address, sizeof(d->address), "%s", listen);
        else
            (void)snprintf(d->address, sizeof(d->address),
                           strchr(listen, ':') ? "[%s]:%d" : "%s:%d", listen, port);
        if (i > 0 && has_port(listen))
            d->hall[i].fd = dup(d->hall[0].fd);
        else if (!http_listen(d->address, &d->hall[i].fd, e))
            return false;
        if (!has_port(listen) && port == 0)
            port = http_listen_port(d->hall[i].fd);
    }
    if (!has_port(listen))
        (void)snprintf(d->address, sizeof(d->address),
                       strchr(listen, ':') ? "http://[%s]:%d" : "http://%s:%d", listen, port);
    return true;
}

/* Root was good for the sockets; from here on it is only dangerous. */
static bool
drop_root(const struct settings *s, struct error *e)
{
    const struct passwd *user;

    if (geteuid() != 0)
        return true;
    user = getpwnam(s->server_user);
    if (!user || user->pw_uid == 0)
        return error_set(e, ERROR_BAD_SETTING,
                         "server.user %s does not exist or is root; make it with useradd --system "
                         "--user-group %s",
                         s->server_user, s->server_user);
    if (initgroups(user->pw_name, user->pw_gid) < 0 ||
        setresgid(user->pw_gid, user->pw_gid, user->pw_gid) < 0 ||
        setresuid(user->pw_uid, user->pw_uid, user->pw_uid) < 0 || setuid(0) == 0)
        return error_set(e, ERROR_BAD_SETTING, "cannot become user %s: %s", s->server_user,
                         strerror(errno));
    return true;
}

/* As many descriptors as the system lets us have. */
static void
raise_descriptors(void)
{
    struct rlimit l;

    if (getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur < l.rlim_max) {
        l.rlim_cur = l.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &l);
    }
}

static void
start_workers(struct daemon *d, const struct registry *registry)
{
    const struct settings *s = d->settings;

    for (size_t i = 0; i < d->n; i++) {
        struct hall *hall = &d->hall[i];
        const struct outbox_options outbox = {.systems = i == 0 ? &d->systems : NULL,
                                              .source = s->outbox_source,
                                              .ca_file = s->outbox_ca_file,
                                              .attempts = s->outbox_attempts,
                                              .connect_timeout = s->outbox_connect_time,
                                              .timeout = s->outbox_time};
        const struct worker_options o = {.conninfo = s->database_conninfo,
                                         .name = "onestop",
                                         .cell = s->database_cell,
                                         .calendar = d->first->house.calendar,
                                         .registry = registry,
                                         .numbers = i == 0,
                                         .alarms = i == 0,
                                         .outbox = outbox,
                                         .sign_folder = d->keys,
                                         .sign_key = s->certificates_key,
                                         .files = true,
                                         .key_age = s->limits_idempotency,
                                         .statement_timeout = s->database_statement_timeout,
                                         .lock_timeout = s->database_lock_timeout,
                                         .wait_max = s->limits_command_wait,
                                         .drain_max = s->server_drain,
                                         .members_max = (uint32_t)s->limits_batch,
                                         .queue_max = (uint32_t)s->limits_queue,
                                         .begin = begin,
                                         .end = end,
                                         .editions = editions,
                                         .drain = drain,
                                         .arg = hall};

        hall->shared = &d->shared;
        hall->worker = worker_start(&o);
    }
}

static bool
all_ready(const struct daemon *d)
{
    for (size_t i = 0; i < d->n; i++)
        if (!worker_ready(d->hall[i].worker))
            return false;
    return true;
}

/* What counts already goes on as it does until somebody has read what a recount would mean. */
static void
tell_recount(const struct calendar *was, const struct calendar *is)
{
    if (!almanac_same(was, is))
        log_warn("calendars changed, open cases still count by the old ones",
                 log_str("run", "onestop recount --dry-run, then onestop recount"));
}

/* @what was refused, NULL: nothing; until a reload passes /readyz and the metrics say so. */
static void
note_refused(struct daemon *d, const char *what)
{
    d->shared.refused = what != NULL;
    metric_set(METRIC_workflows_refused, what != NULL);
    if (what)
        log_error(what, log_str("workflows", d->settings->server_workflows),
                  log_str("in_force", "what was published last"),
                  log_str("mend", "onestop vet says what is wrong; then reload"));
}

/* The world that came is what is published from now on. */
static void
publish(struct daemon *d, struct world *fresh)
{
    fresh->before = d->world;
    d->world = fresh;
    note_refused(d, fresh->refused ? "start refused" : NULL);
    for (size_t i = 0; i < d->n; i++)
        worker_set_registry(d->hall[i].worker, fresh->registry, fresh->house.calendar);
    if (d->outages)
        outages_set_calendar(d->outages, fresh->house.calendar);
    else
        d->outages = outages_start(d->settings, fresh->house.calendar);
    if (!fresh->before)
        return;
    log_info("reloaded", log_int("versions", fresh->registry->n),
             log_str("calendar", fresh->house.calendar->version));
    tell_recount(fresh->before->house.calendar, fresh->house.calendar);
}

/* False: what the daemon began with was refused. */
static bool
end_reload(struct daemon *d)
{
    bool refused;
    struct world *fresh = reload_end(d->reload, &refused);

    d->reload = NULL;
    if (fresh)
        publish(d, fresh);
    else if (d->world && refused)
        note_refused(d, "reload refused");
    else if (d->world) /* of what the folder holds nothing is known */
        log_error("reload given up", log_str("workflows", d->settings->server_workflows),
                  log_str("in_force", "what was published last"),
                  log_str("mend", "reload again when the database answers"));
    return d->world != NULL;
}

/*
 * Waits for a signal that ends us; looks after reloads, the watchdog and the first readiness
 * meanwhile.  0: what the daemon began with was refused.
 */
static int
wait_for_end(struct daemon *d, const sigset_t *signals)
{
    const span watchdog = notify_interval();
    bool ready = false, wanted = false;

    for (;;) {
        const span wait = !ready ? SPAN_SECOND / 20 : watchdog ? watchdog : 10 * SPAN_SECOND;
        const struct timespec ts = {.tv_sec = wait / SPAN_SECOND,
                                    .tv_nsec = wait % SPAN_SECOND * 1000};
        const int got = sigtimedwait(signals, NULL, &ts);

        if (got == SIGINT || got == SIGTERM)
            return got;
        if (d->reload && reload_ended(d->reload) && !end_reload(d))
            return 0;
        wanted = wanted || got == SIGHUP;
        if (wanted && !d->reload) {
            d->reload = reload_start(d->settings, NULL);
            wanted = false;
        }
        if (!ready && d->world && all_ready(d)) {
            ready = true;
            log_info("ready", log_str("url", d->address), log_int("workers", (int64_t)d->n),
                     log_int("workflows", d->world->registry->n));
            notify("READY=1");
        }
        if (watchdog && all_ready(d))
            notify("WATCHDOG=1");
    }
}

static void
stop(struct daemon *d, struct retention *retention)
{
    bool refused;
    struct world *left = d->reload ? reload_end(d->reload, &refused) : NULL;

    if (left != d->first)
        world_free(left);
    retention_stop(retention);
    outages_stop(d->outages);
    promises_stop(d->promises);
    for (size_t i = 0; i < d->n; i++)
        worker_stop(d->hall[i].worker);
    for (size_t i = 0; i < d->n; i++)
        worker_join(d->hall[i].worker);
    password_pool_free(d->shared.passwords);
    pool_free(d->shared.disk, files_forget);
    world_free(d->world ? d->world : d->first);
}

static int
run(struct daemon *d)
{
    const struct registry *nothing = registry_build(&d->first->arena, NULL, 0);
    struct retention *retention;
    sigset_t signals;
    int got;

    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGHUP);
    (void)sigaddset(&signals, RELOAD_ENDED);
    (void)sigprocmask(SIG_BLOCK, &signals, NULL);
    d->shared.passwords = password_pool_new();
    d->shared.disk = pool_new(DISK_THREADS, (int)d->settings->files_at_once * (int)d->n * 2);
    start_workers(d, nothing);
    d->reload = reload_start(d->settings, d->first);
    retention = retention_start(d->settings);
    d->promises = promises_start(d->settings);
    got = wait_for_end(d, &signals);
    if (got)
        log_info("stopping", log_str("signal", strsignal(got)));
    else
        (void)fputs("onestop: the workflows are not published; onestop vet says why\n", stderr);
    notify("STOPPING=1");
    stop(d, retention);
    return got ? EXIT_SUCCESS : EXIT_PROBLEMS;
}

/* "127.0.0.1, unix" as a list that ends with NULL. */
static const char *const *
read_proxies(struct arena *a, const char *text)
{
    const char **list = NULL;
    size_t n = 0;

    while (*text) {
        const size_t len = strcspn(text, ", ");

        if (len) {
            list = arena_grow(a, list, n, sizeof(*list));
            list[n++] = arena_strndup(a, text, len);
        }
        text += len + (text[len] != 0);
    }
    if (!n)
        return NULL;
    list = arena_grow(a, list, n, sizeof(*list));
    list[n] = NULL;
    return list;
}

static void
contract(struct app_shared *shared)
{
    char hash[DIGEST_TEXT];

    shared->contract = openapi_json;
    shared->contract_len = openapi_json_len;
    digest_text(openapi_json, openapi_json_len, hash);
    (void)snprintf(shared->contract_etag, sizeof(shared->contract_etag), "\"%.32s\"", hash);
}

/* Where uploaded files go, and which are taken. */
static bool
set_up_files(struct arena *a, struct daemon *d, struct error *e)
{
    const struct settings *s = d->settings;
    const char *unknown = file_kinds_read(s->files_types, &d->shared.files_kinds);

    if (unknown)
        return error_set(e, ERROR_BAD_SETTING, "files.types: no file is of the kind %.*s",
                         (int)strcspn(unknown, ", "), unknown);
    d->shared.files_in_folder = strcmp(s->files_store, "folder") == 0;
    d->shared.files_folder =
        *s->files_folder ? s->files_folder : arena_printf(a, "%s/files", s->server_var);
    return !d->shared.files_in_folder || shelf_open(d->shared.files_folder, e);
}

int
serve(struct arena *a, const struct settings *settings)
{
    struct daemon *d = arena_new(a, struct daemon);
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    struct error e;

    d->settings = settings;
    d->keys = arena_printf(a, "%s/keys", settings->server_var);
    d->n = settings->server_workers ? (size_t)settings->server_workers
           : cores > 1              ? (size_t)(cores + 1) / 2
                                    : 1;
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
    raise_descriptors();
    post_set_up();
    if (!listen_all(d, &e))
        return command_failed(&e);
    d->first = world_read_first(settings);
    if (!d->first) {
        (void)fputs("onestop: the workflows have problems; onestop lint lists them\n", stderr);
        return EXIT_PROBLEMS;
    }
    if (!drop_root(settings, &e))
        return command_failed(&e);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    d->systems = deliveries_read(a, d->first->house.organisation.data);
    d->shared = (struct app_shared){.settings = settings,
                                    .house = &d->first->house,
                                    .systems = &d->systems,
                                    .proxies = read_proxies(a, settings->server_proxies)};
    contract(&d->shared);
    if (!set_up_files(a, d, &e))
        return command_failed(&e);
    return run(d);
}
