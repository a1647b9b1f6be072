/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256, alone and in chains. */
#include "store/digest.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/require.h"

/*
 * One context per thread, set up once: making one, or having OpenSSL look the
 * algorithm up by its name again, costs as much as a short digest itself.
 */
static _Thread_local EVP_MD_CTX *ctx;

static EVP_MD_CTX *
context(void)
{
    if (!ctx) {
        EVP_MD *sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);

        ctx = EVP_MD_CTX_new();
        require(sha256 && ctx && EVP_DigestInit_ex(ctx, sha256, NULL) == 1);
        EVP_MD_free(sha256); /* the context holds it */
        return ctx;
    }
    require(EVP_DigestInit_ex(ctx, NULL, NULL) == 1); /* begins anew with the same */
    return ctx;
}

void
digest(const void *bytes, size_t len, uint8_t hash[HASH_SIZE])
{
    require(EVP_DigestUpdate(context(), bytes, len) == 1 &&
            EVP_DigestFinal_ex(ctx, hash, NULL) == 1);
}

void
digest_chain(uint8_t hash[HASH_SIZE], const void *bytes, size_t len)
{
    require(EVP_DigestUpdate(context(), hash, HASH_SIZE) == 1 &&
            EVP_DigestUpdate(ctx, bytes, len) == 1 && EVP_DigestFinal_ex(ctx, hash, NULL) == 1);
}

void
digest_key(const char *principal, const char *key, uint8_t out[KEY_SIZE])
{
    uint8_t hash[HASH_SIZE];

    require(EVP_DigestUpdate(context(), principal, strlen(principal) + 1) == 1 &&
            EVP_DigestUpdate(ctx, key, strlen(key)) == 1 &&
            EVP_DigestFinal_ex(ctx, hash, NULL) == 1);
    memcpy(out, hash, KEY_SIZE);
}

void
digest_release(void)
{
    EVP_MD_CTX_free(ctx);
    ctx = NULL;
}
