/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and signatures, by OpenSSL's EVP. */
#include "store/signature.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/require.h"
#include "store/token.h"

enum { ID_TEXT = 32, ID_BYTES = 8, SIGNATURE_MOST = 512 };

struct signing_key {
    EVP_PKEY *pkey;          /* its public half alone when the other lies in a token */
    struct token_key *token; /* NULL: it does not */
    enum signature_algorithm algorithm;
    char id[ID_TEXT];
};

static const struct {
    const char *name, *type, *prefix, *digest;
} algorithms[] = {
    [SIGNATURE_SM2] = {"SM2-SM3", "SM2", "sm2", "SM3"},
    [SIGNATURE_ED25519] = {"Ed25519", "ED25519", "ed25519", NULL},
};

enum { N_ALGORITHM = sizeof(algorithms) / sizeof(algorithms[0]) };

const char *
signature_algorithm_name(enum signature_algorithm a)
{
    return algorithms[a].name;
}

bool
signature_algorithm_read(const char *name, enum signature_algorithm *a)
{
    for (int i = 0; i < N_ALGORITHM; i++)
        if (!strcmp(name, algorithms[i].name) || !strcmp(name, algorithms[i].prefix)) {
            *a = (enum signature_algorithm)i;
            return true;
        }
    return false;
}

/* What OpenSSL last complained of; its queue is this thread's and must be left empty. */
static bool
failed(struct error *e, enum error_code code, const char *what)
{
    char reason[160] = "no reason given";
    const unsigned long last = ERR_peek_last_error();

    if (last)
        ERR_error_string_n(last, reason, sizeof(reason));
    ERR_clear_error();
    return error_set(e, code, "%s: %s", what, reason);
}

static void
write_id(struct signing_key *k)
{
    unsigned char *der = NULL, md[EVP_MAX_MD_SIZE];
    const int len = i2d_PUBKEY(k->pkey, &der);
    size_t n;

    require(len > 0 && EVP_Q_digest(NULL, "SHA256", NULL, der, (size_t)len, md, &n) == 1);
    n = (size_t)snprintf(k->id, sizeof(k->id), "%s-", algorithms[k->algorithm].prefix);
    for (int i = 0; i < ID_BYTES; i++)
        n += (size_t)snprintf(k->id + n, sizeof(k->id) - n, "%02x", md[i]);
    OPENSSL_free(der);
}

/* Takes @pkey over; refuses what certificates are not signed with. */
static bool
adopt(EVP_PKEY *pkey, struct signing_key **out, struct error *e)
{
    struct signing_key *k;

    for (int i = 0; i < N_ALGORITHM; i++) {
        if (!EVP_PKEY_is_a(pkey, algorithms[i].type))
            continue;
        k = calloc(1, sizeof(*k));
        require(k);
        *k = (struct signing_key){.pkey = pkey, .algorithm = (enum signature_algorithm)i};
        write_id(k);
        *out = k;
        return true;
    }
    EVP_PKEY_free(pkey);
    return error_set(e, ERROR_BAD_FILE, "the key is neither SM2 nor Ed25519");
}

bool
signing_key_new(enum signature_algorithm a, struct signing_key **out, struct error *e)
{
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, algorithms[a].type);

    return pkey ? adopt(pkey, out, e) : failed(e, ERROR_INTERNAL, "no key could be drawn");
}

/* Nobody sits at the daemon's terminal. */
static int
no_passphrase(char *buf, int size, int rwflag, void *arg)
{
    (void)buf;
    (void)size;
    (void)rwflag;
    (void)arg;
    return -1;
}

static EVP_PKEY *
first_key(OSSL_STORE_CTX *store)
{
    EVP_PKEY *pkey = NULL;

    while (!pkey && !OSSL_STORE_eof(store)) {
        OSSL_STORE_INFO *info = OSSL_STORE_load(store);

        if (info && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY)
            pkey = OSSL_STORE_INFO_get1_PKEY(info);
        OSSL_STORE_INFO_free(info);
        if (!info && OSSL_STORE_error(store))
            break;
    }
    return pkey;
}

static UI_METHOD *
silent(void)
{
    return UI_UTIL_wrap_read_pem_callback(no_passphrase, 0);
}

static bool
open_token(const char *uri, struct signing_key **out, struct error *e)
{
    unsigned char public[TOKEN_PUBLIC];
    struct token_key *token;
    EVP_PKEY *pkey;

    if (!token_open(uri, &token, public, e))
        return false;
    pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public, sizeof(public));
    if (!pkey)
        (void)failed(e, ERROR_BAD_FILE, "the token's public key");
    if (!pkey || !adopt(pkey, out, e)) {
        token_close(token);
        return false;
    }
    (*out)->token = token;
    return true;
}

bool
signing_key_open(const char *uri, struct signing_key **out, struct error *e)
{
    UI_METHOD *ui;
    OSSL_STORE_CTX *store;
    EVP_PKEY *pkey;

    if (token_uri(uri))
        return open_token(uri, out, e);
    ui = silent();
    store = OSSL_STORE_open(uri, ui, NULL, NULL, NULL);
    pkey = store ? first_key(store) : NULL;
    OSSL_STORE_close(store);
    UI_destroy_method(ui);
    if (!pkey)
        return failed(e, ERROR_BAD_FILE, uri);
    ERR_clear_error();
    return adopt(pkey, out, e);
}

bool
signing_key_public(const char *pem, size_t len, struct signing_key **out, struct error *e)
{
    BIO *bio = BIO_new_mem_buf(pem, (int)len);
    EVP_PKEY *pkey = PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL);

    BIO_free(bio);
    return pkey ? adopt(pkey, out, e) : failed(e, ERROR_BAD_FILE, "this is no public key in PEM");
}

void
signing_key_free(struct signing_key *k)
{
    if (!k)
        return;
    EVP_PKEY_free(k->pkey);
    token_close(k->token);
    free(k);
}

const char *
signing_key_id(const struct signing_key *k)
{
    return k->id;
}

enum signature_algorithm
signing_key_algorithm(const struct signing_key *k)
{
    return k->algorithm;
}

static char *
taken(BIO *bio, struct arena *a)
{
    char *at;
    const long len = BIO_get_mem_data(bio, &at);
    char *copy = arena_strndup(a, at, (size_t)len);

    OPENSSL_cleanse(at, (size_t)len);
    BIO_free(bio);
    return copy;
}

char *
signing_key_private_pem(const struct signing_key *k, struct arena *a)
{
    BIO *bio = BIO_new(BIO_s_mem());

    require(bio && PEM_write_bio_PKCS8PrivateKey(bio, k->pkey, NULL, NULL, 0, NULL, NULL) == 1);
    return taken(bio, a);
}

char *
signing_key_public_pem(const struct signing_key *k, struct arena *a)
{
    BIO *bio = BIO_new(BIO_s_mem());

    require(bio && PEM_write_bio_PUBKEY(bio, k->pkey) == 1);
    return taken(bio, a);
}

/* After the beginning: OpenSSL 3.0 refuses the identity among the parameters of the beginning. */
static bool
identified(const struct signing_key *k, EVP_PKEY_CTX *ctx)
{
    return k->algorithm != SIGNATURE_SM2 ||
           EVP_PKEY_CTX_set1_id(ctx, SIGNATURE_SM2_ID, strlen(SIGNATURE_SM2_ID)) == 1;
}

static bool
sign_here(const struct signing_key *k, const void *bytes, size_t len,
          unsigned char raw[SIGNATURE_MOST], size_t *n, struct error *e)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *part = NULL;
    bool ok;

    require(ctx);
    ok = EVP_DigestSignInit_ex(ctx, &part, algorithms[k->algorithm].digest, NULL, NULL, k->pkey,
                               NULL) == 1 &&
         identified(k, part) && EVP_DigestSign(ctx, raw, n, bytes, len) == 1;
    EVP_MD_CTX_free(ctx);
    return ok || failed(e, ERROR_INTERNAL, "the key does not sign");
}

bool
signing_key_sign(const struct signing_key *k, const void *bytes, size_t len, struct arena *a,
                 const char **signature, struct error *e)
{
    unsigned char raw[SIGNATURE_MOST];
    size_t n = k->token ? TOKEN_SIGNATURE : sizeof(raw);
    char *text;

    if (k->token ? !token_sign(k->token, bytes, len, raw, e)
                 : !sign_here(k, bytes, len, raw, &n, e))
        return false;
    text = arena_alloc(a, 4 * ((n + 2) / 3) + 1);
    (void)EVP_EncodeBlock((unsigned char *)text, raw, (int)n);
    *signature = text;
    return true;
}

/* @return the bytes that base64 @text stands for, or 0: it is not how they are written. */
static size_t
decode(const char *text, unsigned char raw[SIGNATURE_MOST])
{
    const size_t len = strlen(text);
    unsigned char again[SIGNATURE_MOST * 2];
    int n;

    if (len == 0 || len % 4 != 0 || len / 4 * 3 > SIGNATURE_MOST)
        return 0;
    n = EVP_DecodeBlock(raw, (const unsigned char *)text, (int)len);
    if (n <= 0)
        return 0;
    for (size_t i = len; i > len - 2 && text[i - 1] == '='; i--)
        n--;
    (void)EVP_EncodeBlock(again, raw, n);
    return strcmp(text, (char *)again) == 0 ? (size_t)n : 0;
}

bool
signing_key_verify(const struct signing_key *k, const void *bytes, size_t len,
                   const char *signature, struct error *e)
{
    EVP_MD_CTX *ctx;
    unsigned char raw[SIGNATURE_MOST];
    const size_t n = decode(signature, raw);
    EVP_PKEY_CTX *part = NULL;
    bool ok;

    if (n == 0)
        return error_set(e, ERROR_SIGNATURE_INVALID, "the signature is no base64");
    ctx = EVP_MD_CTX_new();
    require(ctx);
    ok = EVP_DigestVerifyInit_ex(ctx, &part, algorithms[k->algorithm].digest, NULL, NULL, k->pkey,
                                 NULL) == 1 &&
         identified(k, part) && EVP_DigestVerify(ctx, raw, n, bytes, len) == 1;
    EVP_MD_CTX_free(ctx);
    ERR_clear_error();
    return ok || error_set(e, ERROR_SIGNATURE_INVALID, "the signature is not of key %s", k->id);
}
