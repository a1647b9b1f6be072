/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_SIGNATURE_H
#define STORE_SIGNATURE_H

#include "base/arena.h"
#include "base/error.h"

/*
 * Signatures of certificates: SM2 with SM3 (GM/T 0003, GM/T 0004) under the
 * usual identity of signers, or Ed25519 (RFC 8032).  The only file that asks
 * OpenSSL to sign, or a token (token.h); a signature server is put behind it.
 */

enum signature_algorithm { SIGNATURE_SM2, SIGNATURE_ED25519 };

/** "SM2-SM3", "Ed25519": as certificates and the command line name them. */
const char *signature_algorithm_name(enum signature_algorithm a);
bool signature_algorithm_read(const char *name, enum signature_algorithm *a);

/**
 * The identity in every SM2 signature, @source GM/T 0009-2012, 10.  Whoever
 * verifies gives the same: openssl dgst -sm3 -sigopt distid:1234567812345678
 */
#define SIGNATURE_SM2_ID "1234567812345678"

/** A key, with or without its private half.  May be used by any thread, one at a time. */
struct signing_key;

/** Draws a new one.  ERROR_INTERNAL when OpenSSL cannot. */
MUST_CHECK bool signing_key_new(enum signature_algorithm a, struct signing_key **out,
                                struct error *e);

/**
 * Opens a private key: the path of a PEM file, or the URI of a key in a token, "pkcs11:…"
 * (token.h).  A file that asks for a passphrase is refused: the daemon has nobody to ask.
 * ERROR_BAD_FILE.
 */
MUST_CHECK bool signing_key_open(const char *uri, struct signing_key **out, struct error *e);

/** A public key from PEM.  ERROR_BAD_FILE. */
MUST_CHECK bool signing_key_public(const char *pem, size_t len, struct signing_key **out,
                                   struct error *e);

void signing_key_free(struct signing_key *k); /* NULL is fine */

/**
 * "sm2-8a1f…", "ed25519-…": the algorithm and the first 16 hex digits of the SHA-256 of the
 * public key's SubjectPublicKeyInfo, so that an id means one key.
 */
const char *signing_key_id(const struct signing_key *k);
enum signature_algorithm signing_key_algorithm(const struct signing_key *k);

/** PEM: the private key as PKCS #8 without a passphrase, the public one as SubjectPublicKeyInfo. */
char *signing_key_private_pem(const struct signing_key *k, struct arena *a);
char *signing_key_public_pem(const struct signing_key *k, struct arena *a);

/** Signs @bytes; @signature receives base64, in @a.  ERROR_INTERNAL when the key's holder fails. */
MUST_CHECK bool signing_key_sign(const struct signing_key *k, const void *bytes, size_t len,
                                 struct arena *a, const char **signature, struct error *e);

/** ERROR_SIGNATURE_INVALID unless @signature (base64) is this key's over @bytes. */
MUST_CHECK bool signing_key_verify(const struct signing_key *k, const void *bytes, size_t len,
                                   const char *signature, struct error *e);

#endif
