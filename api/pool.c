/* SPDX-License-Identifier: Apache-2.0 */
/* Work off the event loop. */
#include "api/pool.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/require.h"

enum { THREADS_MOST = 8 };

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t work;
    STAILQ_HEAD(, errand) waiting;
    int n_waiting, most, n_thread;
    bool stopping;
    pthread_t thread[THREADS_MOST];
};

static void
forget(struct errand *w)
{
    event_free(w->told);
    (void)close(w->wake);
}

static void
on_told(evutil_socket_t fd, short what, void *arg)
{
    struct errand *w = arg;
    uint64_t one;

    (void)what;
    /* What was written before the signal is seen by who has read it. */
    require(read(fd, &one, sizeof(one)) == sizeof(one));
    forget(w);
    w->done(w);
}

static void *
work(void *arg)
{
    struct pool *p = arg;

    for (;;) {
        struct errand *w;
        uint64_t one = 1;

        (void)pthread_mutex_lock(&p->lock);
        while (!p->stopping && STAILQ_EMPTY(&p->waiting))
            (void)pthread_cond_wait(&p->work, &p->lock);
        w = p->stopping ? NULL : STAILQ_FIRST(&p->waiting);
        if (w) {
            STAILQ_REMOVE_HEAD(&p->waiting, next);
            p->n_waiting--;
        }
        (void)pthread_mutex_unlock(&p->lock);
        if (!w)
            return NULL;
        w->work(w);
        require(write(w->wake, &one, sizeof(one)) == sizeof(one));
    }
}

struct pool *
pool_new(int threads, int most)
{
    struct pool *p = calloc(1, sizeof(*p));

    require(p && threads <= THREADS_MOST);
    require(pthread_mutex_init(&p->lock, NULL) == 0);
    require(pthread_cond_init(&p->work, NULL) == 0);
    STAILQ_INIT(&p->waiting);
    p->most = most;
    p->n_thread = threads;
    for (int i = 0; i < threads; i++)
        require(pthread_create(&p->thread[i], NULL, work, p) == 0);
    return p;
}

void
pool_free(struct pool *p, void (*drop)(struct errand *w))
{
    struct errand *w;

    (void)pthread_mutex_lock(&p->lock);
    p->stopping = true;
    (void)pthread_cond_broadcast(&p->work);
    (void)pthread_mutex_unlock(&p->lock);
    for (int i = 0; i < p->n_thread; i++)
        (void)pthread_join(p->thread[i], NULL);
    while ((w = STAILQ_FIRST(&p->waiting))) {
        STAILQ_REMOVE_HEAD(&p->waiting, next);
        forget(w);
        drop(w);
    }
    (void)pthread_cond_destroy(&p->work);
    (void)pthread_mutex_destroy(&p->lock);
    free(p);
}

bool
pool_do(struct pool *p, struct event_base *base, struct errand *w)
{
    bool room;

    (void)pthread_mutex_lock(&p->lock);
    room = p->n_waiting < p->most && !p->stopping;
    (void)pthread_mutex_unlock(&p->lock);
    if (!room)
        return false;
    w->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    require(w->wake >= 0);
    w->told = event_new(base, w->wake, EV_READ, on_told, w);
    require(w->told && event_add(w->told, NULL) == 0);
    (void)pthread_mutex_lock(&p->lock);
    STAILQ_INSERT_TAIL(&p->waiting, w, next);
    p->n_waiting++;
    (void)pthread_cond_signal(&p->work);
    (void)pthread_mutex_unlock(&p->lock);
    return true;
}
