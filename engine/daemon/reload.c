/* SPDX-License-Identifier: Apache-2.0 */
/* Workflows are read, held against the gate, and only then the daemon's. */
#include "daemon/reload.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/require.h"
#include "daemon/notify.h"
#include "daemon/publish.h"
#include "daemon/published.h"
#include "daemon/report.h"
#include "machine/promise.h"
#include "runtime/loop.h"

enum { POLITE = 10 /* the nice value of a reload: clerks come first */ };

struct reload {
    const struct settings *settings;
    struct world *world; /* NULL at the end: refused */
    bool first;
    bool refused;  /* what the folder holds, not that nobody could be asked */
    instant asked; /* when systemd was asked for time to start in */
    atomic_bool stopped, ended;
    pthread_t thread;
};

/* What takes the date function, and so is not asked by registry_load(). */
static bool
promises_hold(const struct world *w, struct problems *problems)
{
    struct arena scratch = {0};
    bool ok = true;

    for (uint32_t i = 0; i < w->registry->n; i++) {
        ok = promise_check(w->registry->workflow[i], w->house.calendar, &scratch, problems) && ok;
        arena_reset(&scratch);
    }
    ok = promise_check_layers(w->registry, w->registry->workflow, w->registry->n, w->house.calendar,
                              &scratch, problems) &&
         ok;
    arena_release(&scratch);
    return ok;
}

struct world *
world_read(const struct settings *s, struct problems *problems)
{
    struct world *w = calloc(1, sizeof(*w));
    const char *dir = s->server_workflows;

    require(w);
    if (!house_load(&w->arena, dir, &w->house, problems) ||
        !registry_load(&w->arena, dir, &w->house, &w->registry, problems) ||
        !promises_hold(w, problems) || !w->registry->n)
        w->registry = NULL;
    return w;
}

/* What is wrong goes to the log.  NULL: it is faulty or empty, and is not @kept all the same. */
static struct world *
read_logged(const struct settings *s, bool kept)
{
    struct arena a = {0};
    struct problems problems = {.arena = &a};
    struct world *w = world_read(s, &problems);
    const bool faulty = problems.n_error > 0;

    report_log(&problems);
    arena_release(&a);
    if (w->registry || (kept && faulty && w->house.stands))
        return w;
    world_free(w);
    return NULL;
}

struct world *
world_read_first(const struct settings *s)
{
    struct world *w = read_logged(s, true);
    struct error e;

    if (w && !definition_find_files(&w->arena, s->server_workflows, &w->files, &e)) {
        log_error("workflows", log_error_fields(&e));
        world_free(w);
        return NULL;
    }
    return w;
}

void
world_free(struct world *w)
{
    while (w) {
        struct world *before = w->before;

        arena_release(&w->arena);
        free(w);
        w = before;
    }
}

/* Asked before each state and each scenario: systemd ends a start that is silent for long. */
static bool
goes_on(void *arg)
{
    struct reload *r = arg;

    if (r->first)
        notify_starting(&r->asked, loop_monotonic());
    return !r->stopped;
}

static void
on_vetting(void *arg, const struct workflow *w)
{
    (void)arg;
    log_info("vetting", log_str("workflow", w->id), log_str("file", w->file),
             log_str("version", w->hash));
}

/* A moment before the database is asked again. */
static void
wait_a_little(const struct reload *r)
{
    const struct timespec tenth = {.tv_nsec = 100 * 1000 * 1000};

    for (int i = 0; i < 10 && !r->stopped; i++)
        (void)nanosleep(&tenth, NULL);
}

/* False: it was refused, or could not be asked to the end, and the log says why. */
static bool
passes(struct reload *r)
{
    const struct publishing p = {.settings = r->settings,
                                 .house = &r->world->house,
                                 .registry = r->world->registry,
                                 .vetting = on_vetting,
                                 .go_on = goes_on,
                                 .arg = r};
    struct arena a = {0};
    struct problems problems = {.arena = &a};
    struct error e;
    bool asked = publish_check(&p, &problems, &e), passed;

    if (!asked && !r->stopped)
        log_warn("what is published cannot be asked", log_error_fields(&e));
    while (!asked && r->first && !r->stopped) {
        wait_a_little(r);
        arena_reset(&a);
        problems = (struct problems){.arena = &a};
        asked = publish_check(&p, &problems, &e);
    }
    report_log(&problems);
    passed = asked && !problems.n_error;
    r->refused = problems.n_error > 0;
    arena_release(&a);
    return passed;
}

/* The hall opens in the morning, whatever somebody has written into the folder. */
static bool
begin_with_published(struct reload *r)
{
    struct world *w = r->world;
    struct error e;
    bool asked = published_read(r->settings, &w->files, &w->arena, &w->registry, &e);

    while (!asked && !r->stopped) {
        wait_a_little(r);
        asked = published_read(r->settings, &w->files, &w->arena, &w->registry, &e);
    }
    w->refused = true;
    return asked && w->registry->n;
}

static void *
thread_main(void *arg)
{
    struct reload *r = arg;

    if (!r->first) {
        (void)setpriority(PRIO_PROCESS, (id_t)gettid(), POLITE);
        r->world = read_logged(r->settings, false);
        r->refused = !r->world;
    }
    if (r->first) {
        if (!(r->world->registry && passes(r)) && !(!r->stopped && begin_with_published(r)))
            r->world = NULL;
    } else if (r->world && !passes(r)) {
        world_free(r->world);
        r->world = NULL;
    }
    r->ended = true;
    require(kill(getpid(), RELOAD_ENDED) == 0);
    return NULL;
}

struct reload *
reload_start(const struct settings *s, struct world *first)
{
    struct reload *r = calloc(1, sizeof(*r));

    require(r);
    r->settings = s;
    r->world = first;
    r->first = first != NULL;
    r->asked = INSTANT_NONE;
    require(pthread_create(&r->thread, NULL, thread_main, r) == 0);
    return r;
}

bool
reload_ended(const struct reload *r)
{
    return r->ended;
}

struct world *
reload_end(struct reload *r, bool *refused)
{
    struct world *w;

    r->stopped = true;
    require(pthread_join(r->thread, NULL) == 0);
    w = r->world;
    *refused = r->refused;
    free(r);
    return w;
}
