/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates without a document are given one. */
#include "runtime/signer.h"

#include <event2/event.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/metrics.h"
#include "base/require.h"
#include "runtime/worker.h"
#include "store/certificate.h"
#include "store/digest.h"
#include "store/keys.h"
#include "store/rows.h"

enum { MOST = 64, INTERVAL_US = 200 * 1000 };

static const span PAUSE_MOST = 30 * SPAN_SECOND;

/* One certificate on its way. */
struct paper {
    int64_t case_id, nth;
    const char *body;
    const char *file, *code; /* once signed */
};

struct signer {
    struct signer_options o;
    struct worker *worker;
    struct event *timer;
    pthread_t thread;
    int in, out; /* of the pipe by which the thread is given work */
    bool busy, stopped;

    /* the pass under way: the thread's between the pipe and worker_call(), else the loop's */
    struct arena arena;
    struct paper *paper;
    size_t n;
    struct error error;
    struct signing_key *key;
    const char *key_id, *algorithm, *public; /* in the arena */

    enum error_code told; /* what was logged last: not at every look */
    span pause;           /* until the next look */
};

static void
wait_for_next(struct signer *s)
{
    const struct timeval tv = {.tv_sec = s->pause / SPAN_SECOND, .tv_usec = s->pause % SPAN_SECOND};

    s->busy = false;
    arena_reset(&s->arena);
    if (!s->stopped)
        require(event_add(s->timer, &tv) == 0);
}

/* The key that signs now: it may have been rotated since the last pass. */
static bool
fresh_key(struct signer *s)
{
    const char *id;

    if (s->o.key && *s->o.key)
        return s->key || signing_key_open(s->o.key, &s->key, &s->error);
    if (!keys_current(&s->arena, s->o.folder, &id, &s->error))
        return false;
    if (!id)
        return error_set(&s->error, ERROR_BAD_FILE,
                         "%s has no current key; onestop key make makes one", s->o.folder);
    if (s->key && !strcmp(id, signing_key_id(s->key)))
        return true;
    signing_key_free(s->key);
    s->key = NULL;
    return keys_open(&s->arena, s->o.folder, id, &s->key, &s->error);
}

static void
sign_all(struct signer *s)
{
    s->error = (struct error){0};
    if (!fresh_key(s))
        return;
    s->key_id = arena_strdup(&s->arena, signing_key_id(s->key));
    s->algorithm = signature_algorithm_name(signing_key_algorithm(s->key));
    s->public = signing_key_public_pem(s->key, &s->arena);
    for (size_t i = 0; i < s->n; i++)
        if (!certificate_sign(&s->arena, s->paper[i].body, s->key, &s->paper[i].file,
                              &s->paper[i].code, &s->error)) {
            /* A token that was away knows our session no more: it is opened anew. */
            signing_key_free(s->key);
            s->key = NULL;
            return;
        }
}

static void
on_stored(void *arg, const PGresult *res, const struct error *e)
{
    struct signer *s = arg;

    if (e)
        log_warn("certificates not stored", log_error_fields(e));
    else
        metric_add(METRIC_certificates_signed,
                   (int64_t)strtoll(PQcmdTuples((PGresult *)(uintptr_t)res), NULL, 10));
    wait_for_next(s);
}

/* Those that were signed before one failed are kept. */
static void
store(struct signer *s)
{
    struct column id = column_new(&s->arena, COLUMN_INT), nth = column_new(&s->arena, COLUMN_INT);
    struct column key = column_new(&s->arena, COLUMN_TEXT);
    struct column code = column_new(&s->arena, COLUMN_TEXT);
    struct column file = column_new(&s->arena, COLUMN_TEXT);
    struct parameters k = parameters_new(&s->arena), v = parameters_new(&s->arena);

    for (size_t i = 0; i < s->n && s->paper[i].file; i++) {
        column_int(&id, s->paper[i].case_id);
        column_int(&nth, s->paper[i].nth);
        column_text(&key, s->key_id);
        column_text(&code, s->paper[i].code);
        column_text(&file, s->paper[i].file);
    }
    if (id.n == 0) {
        wait_for_next(s);
        return;
    }
    parameter_text(&k, s->key_id);
    parameter_text(&k, s->algorithm);
    parameter_text(&k, s->public);
    parameter_int(&v, s->o.cell);
    parameter_column(&v, &id);
    parameter_column(&v, &nth);
    parameter_column(&v, &key);
    parameter_column(&v, &code);
    parameter_column(&v, &file);
    /* In one segment: no certificate is there before the key it can be verified with. */
    pipeline_send(worker_read(s->worker), SQL_certificate_key_insert, &k, NULL, NULL);
    pipeline_send(worker_read(s->worker), SQL_certificate_signed, &v, on_stored, s);
    pipeline_sync(worker_read(s->worker), NULL, NULL);
}

span
signer_pause(span interval, span last, bool failed)
{
    if (!failed)
        return interval;
    return 2 * last < PAUSE_MOST ? 2 * last : PAUSE_MOST > interval ? PAUSE_MOST : interval;
}

/* Back in the loop. */
static void
on_signed(void *arg, struct worker *w)
{
    struct signer *s = arg;

    (void)w;
    if (s->error.code && s->error.code != s->told)
        log_error("certificates cannot be signed", log_int("waiting", (int64_t)s->n),
                  log_error_fields(&s->error));
    if (s->error.code)
        metric_add(METRIC_certificates_unsigned, 1);
    s->told = s->error.code;
    s->pause = signer_pause(s->o.interval, s->pause, s->error.code != ERROR_NONE);
    store(s);
}

static void *
thread_main(void *arg)
{
    struct signer *s = arg;
    char order;

    while (read(s->in, &order, 1) == 1 && order == 's') {
        sign_all(s);
        worker_call(s->worker, on_signed, s);
    }
    digest_release();
    return NULL;
}

static void
on_unsigned(void *arg, const PGresult *res, const struct error *e)
{
    struct signer *s = arg;

    s->n = e ? 0 : (size_t)PQntuples(res);
    if (s->n == 0 || s->stopped) {
        wait_for_next(s);
        return;
    }
    s->paper = arena_array(&s->arena, s->n, struct paper);
    for (size_t i = 0; i < s->n; i++)
        s->paper[i] = (struct paper){.case_id = row_int(res, (int)i, 0),
                                     .nth = row_int(res, (int)i, 1),
                                     .body = row_copy(res, (int)i, 2, &s->arena)};
    require(write(s->out, "s", 1) == 1);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct signer *s = arg;
    struct parameters v = parameters_new(&s->arena);

    (void)fd;
    (void)what;
    if (s->busy || s->stopped)
        return;
    s->busy = true;
    parameter_int(&v, s->o.cell);
    parameter_int(&v, MOST);
    pipeline_ask(worker_read(s->worker), SQL_certificate_unsigned, &v, on_unsigned, s);
}

struct signer *
signer_new(struct worker *w, const struct signer_options *o)
{
    struct signer *s = calloc(1, sizeof(*s));
    int fd[2];

    require(s && pipe2(fd, O_CLOEXEC) == 0);
    s->o = *o;
    s->o.interval = o->interval ? o->interval : INTERVAL_US;
    s->pause = s->o.interval;
    s->worker = w;
    s->in = fd[0];
    s->out = fd[1];
    s->timer = event_new(worker_base(w), -1, 0, on_timer, s);
    require(s->timer && pthread_create(&s->thread, NULL, thread_main, s) == 0);
    wait_for_next(s);
    return s;
}

void
signer_stop(struct signer *s)
{
    s->stopped = true;
    (void)event_del(s->timer);
}

void
signer_free(struct signer *s)
{
    if (!s)
        return;
    /* The thread ends what it has begun; its call is heard by nobody. */
    close(s->out);
    require(pthread_join(s->thread, NULL) == 0);
    close(s->in);
    event_free(s->timer);
    signing_key_free(s->key);
    arena_release(&s->arena);
    free(s);
}
