/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256, alone and in chains. */
#include "store/digest.h"

#include <openssl/evp.h>

#include "base/require.h"

/* One context per thread: making one costs as much as a short digest. */
static _Thread_local EVP_MD_CTX *ctx;

static EVP_MD_CTX *
context(void)
{
    if (!ctx)
        ctx = EVP_MD_CTX_new();
    require(ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1);
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
digest_release(void)
{
    EVP_MD_CTX_free(ctx);
    ctx = NULL;
}
