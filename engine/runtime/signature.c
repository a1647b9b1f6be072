/* SPDX-License-Identifier: Apache-2.0 */
/* Standard Webhooks: signing, and checking in constant time. */
#include "runtime/signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/require.h"
#include "definition/delivery.h"

enum { SIGNATURE_BYTES = 32, NEW_BYTES = 32, BASE64_TEXT = 48 };

static const char prefix[] = "whsec_";

/* The versions, and what they are made with. */
static const struct {
    enum delivery_algorithm algorithm;
    const char *tag;
} version[] = {{DELIVERY_SHA256, "v1"}, {DELIVERY_SM3, "v1sm3"}};

enum { VERSIONS = sizeof(version) / sizeof(version[0]) };

static const EVP_MD *
digest_of(enum delivery_algorithm algorithm)
{
    return algorithm == DELIVERY_SM3 ? EVP_sm3() : EVP_sha256();
}

/* @out has room for len / 4 * 3 bytes.  @return how many there are, 0 when it is no base64. */
static size_t
base64_read(const char *text, size_t len, uint8_t *out)
{
    size_t padding = 0;
    int n;

    while (padding < 2 && padding < len && text[len - 1 - padding] == '=')
        padding++;
    /* OpenSSL passes over white space, which has no business here. */
    for (size_t i = 0; i < len; i++)
        if (text[i] <= ' ')
            return 0;
    if (len == 0 || len % 4 != 0)
        return 0;
    n = EVP_DecodeBlock(out, (const unsigned char *)text, (int)len);
    return n < (int)padding ? 0 : (size_t)n - padding;
}

bool
secret_read(const char *text, struct secret *out, struct error *e)
{
    uint8_t byte[SECRET_TEXT];
    const char *rest = strncmp(text, prefix, strlen(prefix)) != 0 ? text : text + strlen(prefix);
    const size_t len = strlen(rest), n = len < SECRET_TEXT ? base64_read(rest, len, byte) : 0;
    const bool ok = n >= SECRET_LEAST && n <= SECRET_MOST;

    if (ok) {
        *out = (struct secret){.len = n};
        memcpy(out->byte, byte, n);
    }
    OPENSSL_cleanse(byte, sizeof(byte));
    return ok || error_set(e, ERROR_USAGE, "a secret is whsec_ and base64 of %d to %d random bytes",
                           SECRET_LEAST, SECRET_MOST);
}

void
secret_new(struct secret *out)
{
    *out = (struct secret){.len = NEW_BYTES};
    arc4random_buf(out->byte, NEW_BYTES);
}

void
secret_write(const struct secret *s, char text[SECRET_TEXT])
{
    memcpy(text, prefix, sizeof(prefix));
    (void)EVP_EncodeBlock((unsigned char *)text + strlen(prefix), s->byte, (int)s->len);
}

/* HMAC over "id.timestamp.body". */
static void
sign(const struct signed_message *m, const struct secret *s, enum delivery_algorithm algorithm,
     uint8_t out[SIGNATURE_BYTES])
{
    struct arena a = {0};
    struct text t = text_new(&a);
    unsigned n = 0;

    text_printf(&t, "%s.%lld.", m->id, (long long)m->timestamp);
    text_add(&t, m->body, m->len);
    require(HMAC(digest_of(algorithm), s->byte, (int)s->len, (const unsigned char *)t.at, t.len,
                 out, &n) &&
            n == SIGNATURE_BYTES);
    arena_release(&a);
}

void
signature_write(struct text *t, const struct signed_message *m)
{
    for (size_t v = 0; v < VERSIONS; v++)
        for (size_t i = 0; m->algorithms & version[v].algorithm && i < m->n_secret; i++) {
            uint8_t mac[SIGNATURE_BYTES];
            char text[BASE64_TEXT];

            sign(m, &m->secret[i], version[v].algorithm, mac);
            (void)EVP_EncodeBlock((unsigned char *)text, mac, SIGNATURE_BYTES);
            text_printf(t, "%s%s,%s", t->len ? " " : "", version[v].tag, text);
        }
}

/* Every signature that might fit: of each secret, in each version that is asked for. */
struct expected {
    const char *tag;
    int32_t number;
    uint8_t mac[SIGNATURE_BYTES];
};

static size_t
expect(const struct signed_message *m, struct expected out[SECRETS_MOST * VERSIONS])
{
    size_t n = 0;

    for (size_t v = 0; v < VERSIONS; v++)
        for (size_t i = 0;
             m->algorithms & version[v].algorithm && i < m->n_secret && i < SECRETS_MOST; i++) {
            out[n] = (struct expected){.tag = version[v].tag, .number = m->secret[i].number};
            sign(m, &m->secret[i], version[v].algorithm, out[n++].mac);
        }
    return n;
}

/* One "version,base64" of the header. */
static int32_t
check_one(const char *one, size_t len, const struct expected *expected, size_t n)
{
    const char *comma = memchr(one, ',', len);
    const size_t tag = comma ? (size_t)(comma - one) : 0;
    const size_t rest = comma ? len - tag - 1 : 0;
    uint8_t mac[BASE64_TEXT];
    int32_t found = 0;

    if (!tag || rest >= BASE64_TEXT || base64_read(comma + 1, rest, mac) != SIGNATURE_BYTES)
        return 0;
    for (size_t i = 0; i < n; i++)
        if (strlen(expected[i].tag) == tag && !memcmp(one, expected[i].tag, tag) &&
            CRYPTO_memcmp(mac, expected[i].mac, SIGNATURE_BYTES) == 0)
            found = expected[i].number;
    return found;
}

int32_t
signature_check(const char *header, const struct signed_message *m)
{
    struct expected expected[SECRETS_MOST * VERSIONS];
    const size_t n = expect(m, expected);
    int32_t found = 0;

    for (int i = 0; *header && i < SIGNATURES_MOST; i++) {
        const size_t len = strcspn(header, " ");
        const int32_t number = check_one(header, len, expected, n);

        found = found ? found : number;
        header += len + (header[len] != 0);
    }
    return found;
}

bool
timestamp_check(const char *header, int64_t now, int64_t *out, struct error *e)
{
    const size_t len = strspn(header, "0123456789");
    int64_t t;

    if (len == 0 || len > 12 || header[len])
        return error_set(e, ERROR_SIGNATURE_WRONG,
                         "webhook-timestamp is a number of seconds since 1970");
    t = strtoll(header, NULL, 10);
    if (t < now - SIGNATURE_WINDOW || t > now + SIGNATURE_WINDOW)
        return error_set(e, ERROR_SIGNATURE_WRONG,
                         "webhook-timestamp is %lld seconds from the hall's time; %d are allowed",
                         (long long)llabs(now - t), SIGNATURE_WINDOW);
    *out = t;
    return true;
}

bool
message_id_check(const char *id, struct error *e)
{
    const size_t len = strlen(id);

    for (size_t i = 0; i < len; i++)
        if (id[i] <= ' ' || id[i] > '~' || id[i] == '.')
            return error_set(e, ERROR_BAD_REQUEST,
                             "webhook-id takes printable ASCII without spaces and full stops");
    return (len >= 1 && len <= MESSAGE_ID_MOST) ||
           error_set(e, ERROR_BAD_REQUEST, "webhook-id takes 1 to %d characters", MESSAGE_ID_MOST);
}
