/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords: scrypt, off the event loop. */
#include "api/password.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/queue.h>
#include <unistd.h>

#include "base/require.h"

enum { SALT_BYTES = 16, HASH_BYTES = 32, THREADS = 2, WAITING_MOST = 32, COST = 32768, BLOCK = 8 };

struct check {
    STAILQ_ENTRY(check) next;
    char password[PASSWORD_BYTES + 1];
    char text[PASSWORD_TEXT];
    bool fits;
    int wake; /* eventfd: the loop's end is told by it */
    struct event *told;
    void (*done)(void *arg, bool fits);
    void *arg;
};

struct password_pool {
    pthread_mutex_t lock;
    pthread_cond_t work;
    STAILQ_HEAD(, check) waiting;
    int n_waiting;
    bool stopping;
    pthread_t thread[THREADS];
};

static void
derive(const char *password, const unsigned char *salt, unsigned char *hash)
{
    require(EVP_PBE_scrypt(password, strlen(password), salt, SALT_BYTES, COST, BLOCK, 1,
                           (uint64_t)64 * 1024 * 1024, hash, HASH_BYTES) == 1);
}

void
password_hash(const char *password, char text[PASSWORD_TEXT])
{
    unsigned char salt[SALT_BYTES], hash[HASH_BYTES];
    char salt_text[32], hash_text[64];

    arc4random_buf(salt, sizeof(salt));
    derive(password, salt, hash);
    (void)EVP_EncodeBlock((unsigned char *)salt_text, salt, sizeof(salt));
    (void)EVP_EncodeBlock((unsigned char *)hash_text, hash, sizeof(hash));
    (void)snprintf(text, PASSWORD_TEXT, "scrypt$%d$%d$1$%s$%s", COST, BLOCK, salt_text, hash_text);
}

/* Decodes base64 of exactly @len bytes. */
static bool
decode(const char *from, size_t from_len, unsigned char *to, size_t len)
{
    unsigned char room[64];
    const size_t padded = (len + 2) / 3 * 4;

    return from_len == padded && padded <= 64 &&
           EVP_DecodeBlock(room, (const unsigned char *)from, (int)from_len) >= (int)len &&
           memcpy(to, room, len) != NULL;
}

bool
password_fits(const char *password, const char *text)
{
    unsigned char salt[SALT_BYTES], want[HASH_BYTES], got[HASH_BYTES];
    char prefix[32];
    const int n = snprintf(prefix, sizeof(prefix), "scrypt$%d$%d$1$", COST, BLOCK);
    const char *dollar;

    if (strncmp(text, prefix, (size_t)n) != 0 || !(dollar = strchr(text + n, '$')) ||
        !decode(text + n, (size_t)(dollar - text - n), salt, sizeof(salt)) ||
        !decode(dollar + 1, strlen(dollar + 1), want, sizeof(want)))
        return false;
    derive(password, salt, got);
    return CRYPTO_memcmp(want, got, sizeof(want)) == 0;
}

static void
on_told(evutil_socket_t fd, short what, void *arg)
{
    struct check *c = arg;
    uint64_t one;
    bool fits;

    (void)what;
    /* What was written before the signal is seen by who has read it. */
    require(read(fd, &one, sizeof(one)) == sizeof(one));
    fits = c->fits;
    event_free(c->told);
    (void)close(fd);
    c->done(c->arg, fits);
    OPENSSL_cleanse(c, sizeof(*c));
    free(c);
}

static void *
work(void *arg)
{
    struct password_pool *p = arg;

    for (;;) {
        struct check *c;
        uint64_t one = 1;

        (void)pthread_mutex_lock(&p->lock);
        while (!p->stopping && STAILQ_EMPTY(&p->waiting))
            (void)pthread_cond_wait(&p->work, &p->lock);
        c = p->stopping ? NULL : STAILQ_FIRST(&p->waiting);
        if (c) {
            STAILQ_REMOVE_HEAD(&p->waiting, next);
            p->n_waiting--;
        }
        (void)pthread_mutex_unlock(&p->lock);
        if (!c)
            return NULL;
        c->fits = password_fits(c->password, c->text);
        require(write(c->wake, &one, sizeof(one)) == sizeof(one));
    }
}

struct password_pool *
password_pool_new(void)
{
    struct password_pool *p = calloc(1, sizeof(*p));

    require(p);
    require(pthread_mutex_init(&p->lock, NULL) == 0);
    require(pthread_cond_init(&p->work, NULL) == 0);
    STAILQ_INIT(&p->waiting);
    for (int i = 0; i < THREADS; i++)
        require(pthread_create(&p->thread[i], NULL, work, p) == 0);
    return p;
}

void
password_pool_free(struct password_pool *p)
{
    struct check *c;

    (void)pthread_mutex_lock(&p->lock);
    p->stopping = true;
    (void)pthread_cond_broadcast(&p->work);
    (void)pthread_mutex_unlock(&p->lock);
    for (int i = 0; i < THREADS; i++)
        (void)pthread_join(p->thread[i], NULL);
    while ((c = STAILQ_FIRST(&p->waiting))) {
        STAILQ_REMOVE_HEAD(&p->waiting, next);
        event_free(c->told);
        (void)close(c->wake);
        OPENSSL_cleanse(c, sizeof(*c));
        free(c);
    }
    (void)pthread_cond_destroy(&p->work);
    (void)pthread_mutex_destroy(&p->lock);
    free(p);
}

bool
password_check(struct password_pool *p, struct event_base *base, const char *password,
               const char *text, void (*done)(void *arg, bool fits), void *arg, struct error *e)
{
    struct check *c;
    bool room;

    (void)pthread_mutex_lock(&p->lock);
    room = p->n_waiting < WAITING_MOST && !p->stopping;
    (void)pthread_mutex_unlock(&p->lock);
    if (!room || strlen(password) > PASSWORD_BYTES)
        return error_set(e, ERROR_OVERLOADED, "too many sign-ins at once");
    c = calloc(1, sizeof(*c));
    require(c);
    (void)snprintf(c->password, sizeof(c->password), "%s", password);
    (void)snprintf(c->text, sizeof(c->text), "%s", text);
    c->done = done;
    c->arg = arg;
    c->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    require(c->wake >= 0);
    c->told = event_new(base, c->wake, EV_READ, on_told, c);
    require(c->told && event_add(c->told, NULL) == 0);
    (void)pthread_mutex_lock(&p->lock);
    STAILQ_INSERT_TAIL(&p->waiting, c, next);
    p->n_waiting++;
    (void)pthread_cond_signal(&p->work);
    (void)pthread_mutex_unlock(&p->lock);
    return true;
}
