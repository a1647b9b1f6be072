/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_SIGNATURE_H
#define RUNTIME_SIGNATURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

/*
 * Signed messages, both ways, as Standard Webhooks 1.0.0 has them: the headers
 * webhook-id, webhook-timestamp (seconds since 1970) and webhook-signature, a
 * list of "version,base64" over "id.timestamp.body".  Several signatures stand
 * side by side while a secret is being changed.
 *
 *   v1      HMAC-SHA256, as the standard has it
 *   v1sm3   HMAC-SM3 (GB/T 32905), our own: a receiver who does not know it passes over it
 */

enum {
    SECRET_LEAST = 24,    /* bytes */
    SECRET_MOST = 64,     /* bytes */
    SECRET_TEXT = 96,     /* "whsec_" and base64, with its NUL */
    SECRETS_MOST = 8,     /* valid at one time */
    SIGNATURES_MOST = 16, /* looked at in one header */
    MESSAGE_ID_MOST = 200 /* bytes */
};

/** The longest a message may be on its way, either direction of the clock, seconds. */
enum { SIGNATURE_WINDOW = 300 };

/** A secret shared with a system. */
struct secret {
    int32_t number; /* its key id: 1, 2, 3 … within the system */
    size_t len;
    uint8_t byte[SECRET_MOST];
};

/** Reads "whsec_…" with or without its prefix.  ERROR_USAGE says what is wrong with it. */
MUST_CHECK bool secret_read(const char *text, struct secret *out, struct error *e);

/** Thirty-two random bytes; and as text, "whsec_…". */
void secret_new(struct secret *out);
void secret_write(const struct secret *s, char text[SECRET_TEXT]);

/** What is signed, and by what it may be. */
struct signed_message {
    const char *id;
    int64_t timestamp; /* seconds since 1970 */
    const char *body;
    size_t len;
    const struct secret *secret;
    size_t n_secret;
    unsigned algorithms; /* enum delivery_algorithm */
};

/** Appends the value of webhook-signature: each algorithm with each secret. */
void signature_write(struct text *t, const struct signed_message *m);

/**
 * Does one signature of @header fit, with any of the secrets and algorithms?
 * Takes the same time whichever bytes are wrong.  @return the number of the
 * secret, 0: none fits.
 */
int32_t signature_check(const char *header, const struct signed_message *m);

/**
 * Reads webhook-timestamp and holds it against @now (seconds since 1970).
 * ERROR_SIGNATURE_WRONG.
 */
MUST_CHECK bool timestamp_check(const char *header, int64_t now, int64_t *out, struct error *e);

/** An id of 1 to MESSAGE_ID_MOST printable ASCII characters without '.' and spaces.
 * ERROR_BAD_REQUEST. */
MUST_CHECK bool message_id_check(const char *id, struct error *e);

#endif
