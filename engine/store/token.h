/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_TOKEN_H
#define STORE_TOKEN_H

#include "base/arena.h"
#include "base/error.h"

/*
 * A private key that never leaves its token: a card or a box that speaks
 * PKCS #11, by p11-kit; token.c is the only file that knows it.  Ed25519 alone:
 * the standard has no mechanism for SM2.
 */
struct token_key;

enum { TOKEN_PUBLIC = 32, TOKEN_SIGNATURE = 64 };

/** Whether @uri names a key of a token: "pkcs11:…". */
bool token_uri(const char *uri);

/**
 * Opens the one key a URI of RFC 7512 names, as in
 * "pkcs11:token=hall;object=seal?pin-source=/etc/onestop/pin".  With `module-path` it is looked
 * for behind that library, else behind all that p11-kit is told of.  The PIN is the first line
 * of a file; one in the URI itself is refused, for settings are printed.  A PIN that was refused
 * is not given again by the same thread before its file is written anew; a token that counts wrong
 * PINs is not asked by any before it has seen the right one.
 * @public receives the other half.  ERROR_BAD_FILE.
 */
MUST_CHECK bool token_open(const char *uri, struct token_key **out,
                           unsigned char public[TOKEN_PUBLIC], struct error *e);

/** ERROR_INTERNAL: the token is gone, or has forgotten us; it is opened anew then. */
MUST_CHECK bool token_sign(struct token_key *k, const void *bytes, size_t len,
                           unsigned char raw[TOKEN_SIGNATURE], struct error *e);

void token_close(struct token_key *k); /* NULL is fine */

#endif
