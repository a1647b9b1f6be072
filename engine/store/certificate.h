/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_CERTIFICATE_H
#define STORE_CERTIFICATE_H

#include "machine/machine.h"
#include "store/number.h"
#include "store/signature.h"

/*
 * Electronic certificates as documents.  A certificate is a JSON object in the
 * one way RFC 8785 writes it; the file around it is so too:
 *
 *     {"certificate":{…},"signature":{"algorithm":"SM2-SM3","key":"sm2-…","value":"base64"}}
 *
 * Signed are the bytes of the member `certificate` as they stand there, so that
 * anybody can cut them out and ask openssl.  The key's id is among them.
 */

/** Of whom and of what case a certificate speaks; texts may be NULL where noted. */
struct certificate_case {
    const struct workflow *workflow;
    const struct case_state *c;
    const char *holder_code, *holder_name; /* NULL: not known */
};

/** What is to be signed, without the key: canonical JSON. */
void certificate_body(struct text *t, const struct certificate_case *of, const struct issue *x);

/**
 * Signs @body with @key.  @file receives the file's text and @code what its
 * code says, both in @a.  ERROR_INTERNAL.
 */
MUST_CHECK bool certificate_sign(struct arena *a, const char *body, const struct signing_key *key,
                                 const char **file, const char **code, struct error *e);

/**
 * Reads a file and holds it against @key: that it is written as above, that the key is
 * the one it names, inside and outside, and that the signature is of these bytes.
 * @certificate receives the member; it lives in @a.
 * @return false with ERROR_BAD_JSON, ERROR_SIGNATURE_INVALID.
 */
MUST_CHECK bool certificate_verify(struct arena *a, const char *file, size_t len,
                                   const struct signing_key *key, struct value *certificate,
                                   struct error *e);

/** The id of the key a file names, so that it can be fetched; NULL when it is no such file. */
const char *certificate_key(struct arena *a, const char *file, size_t len);

#endif
