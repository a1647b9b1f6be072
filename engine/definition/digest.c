/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 of texts: versions of definitions and calendars, seeds of draws. */
#include "definition/digest.h"

#include <openssl/evp.h>

#include "base/require.h"

void
digest_text(const void *bytes, size_t len, char hex[DIGEST_TEXT])
{
    static const char digit[] = "0123456789abcdef";
    unsigned char md[EVP_MAX_MD_SIZE];

    require(EVP_Digest(bytes, len, md, NULL, EVP_sha256(), NULL) == 1);
    for (int i = 0; i < 32; i++) {
        hex[2 * i] = digit[md[i] >> 4];
        hex[2 * i + 1] = digit[md[i] & 15];
    }
    hex[64] = 0;
}

void
digest_value(const struct value *v, char hex[DIGEST_TEXT])
{
    struct arena a = {0};
    struct text t = text_new(&a);

    value_write(&t, v);
    digest_text(t.at, t.len, hex);
    arena_release(&a);
}
