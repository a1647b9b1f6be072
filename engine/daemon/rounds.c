/* SPDX-License-Identifier: Apache-2.0 */
/* A thread that looks after something every so often, until it is told to end. */
#include "daemon/rounds.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/require.h"

struct rounds {
    span every;
    void (*look)(struct rounds *r, void *arg);
    void *arg;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool ended; /* under the mutex */
};

bool
rounds_ended(struct rounds *r)
{
    bool is;

    require(pthread_mutex_lock(&r->mutex) == 0);
    is = r->ended;
    require(pthread_mutex_unlock(&r->mutex) == 0);
    return is;
}

/* @return false when it is to end. */
static bool
sleep_until_next(struct rounds *r)
{
    struct timespec until;
    bool go_on;

    require(clock_gettime(CLOCK_MONOTONIC, &until) == 0);
    until.tv_sec += r->every / SPAN_SECOND;
    until.tv_nsec += r->every % SPAN_SECOND * 1000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    require(pthread_mutex_lock(&r->mutex) == 0);
    while (!r->ended && pthread_cond_timedwait(&r->changed, &r->mutex, &until) == 0)
        ;
    go_on = !r->ended;
    require(pthread_mutex_unlock(&r->mutex) == 0);
    return go_on;
}

static void *
work(void *arg)
{
    struct rounds *r = arg;

    do
        r->look(r, r->arg);
    while (sleep_until_next(r));
    return NULL;
}

struct rounds *
rounds_start(span every, void (*look)(struct rounds *r, void *arg), void *arg)
{
    struct rounds *r = calloc(1, sizeof(*r));
    pthread_condattr_t monotonic;

    require(r);
    r->every = every;
    r->look = look;
    r->arg = arg;
    require(pthread_mutex_init(&r->mutex, NULL) == 0 && pthread_condattr_init(&monotonic) == 0 &&
            pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0 &&
            pthread_cond_init(&r->changed, &monotonic) == 0 &&
            pthread_create(&r->thread, NULL, work, r) == 0);
    (void)pthread_condattr_destroy(&monotonic);
    return r;
}

void
rounds_stop(struct rounds *r)
{
    if (!r)
        return;
    require(pthread_mutex_lock(&r->mutex) == 0);
    r->ended = true;
    require(pthread_cond_signal(&r->changed) == 0 && pthread_mutex_unlock(&r->mutex) == 0);
    require(pthread_join(r->thread, NULL) == 0);
    (void)pthread_cond_destroy(&r->changed);
    (void)pthread_mutex_destroy(&r->mutex);
    free(r);
}
