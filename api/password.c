/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords: scrypt, off the event loop. */
#include "api/password.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/require.h"

enum { SALT_BYTES = 16, HASH_BYTES = 32, THREADS = 2, WAITING_MOST = 32, COST = 32768, BLOCK = 8 };

struct check {
    struct errand errand; /* first: one is the other */
    char password[PASSWORD_BYTES + 1];
    char text[PASSWORD_TEXT];
    bool fits;
    void (*done)(void *arg, bool fits);
    void *arg;
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
check(struct errand *w)
{
    struct check *c = (struct check *)w;

    c->fits = password_fits(c->password, c->text);
}

static void
forget(struct errand *w)
{
    OPENSSL_cleanse(w, sizeof(struct check));
    free(w);
}

static void
tell(struct errand *w)
{
    const struct check *c = (struct check *)w;

    c->done(c->arg, c->fits);
    forget(w);
}

struct pool *
password_pool_new(void)
{
    return pool_new(THREADS, WAITING_MOST);
}

void
password_pool_free(struct pool *p)
{
    pool_free(p, forget);
}

bool
password_check(struct pool *p, struct event_base *base, const char *password, const char *text,
               void (*done)(void *arg, bool fits), void *arg, struct error *e)
{
    struct check *c;

    if (strlen(password) > PASSWORD_BYTES)
        return error_set(e, ERROR_OVERLOADED, "the password is too long");
    c = calloc(1, sizeof(*c));
    require(c);
    c->errand = (struct errand){.work = check, .done = tell};
    (void)snprintf(c->password, sizeof(c->password), "%s", password);
    (void)snprintf(c->text, sizeof(c->text), "%s", text);
    c->done = done;
    c->arg = arg;
    if (pool_do(p, base, &c->errand))
        return true;
    forget(&c->errand);
    return error_set(e, ERROR_OVERLOADED, "too many sign-ins at once");
}
