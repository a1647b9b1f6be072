/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_HTTP_TLS_H
#define API_HTTP_TLS_H

#include "base/error.h"

/*
 * TLS in the daemon, for small sites.  Larger ones put a proxy or a
 * national-crypto gateway in front and speak plain HTTP behind it.
 *
 * TLS 1.2 and 1.3, HTTP/1.1 by ALPN, no renegotiation, one session ticket.
 * An ECDSA P-256 certificate halves the cost of a handshake.
 */

struct http_tls;

/**
 * Reads the PEM files @certificate (with its chain) and @key; ERROR_BAD_SETTING
 * when that fails.  May be shared by the servers of several threads.
 */
MUST_CHECK bool http_tls_new(const char *certificate, const char *key, struct http_tls **tls,
                             struct error *e);

/** Sessions that are open go on. */
void http_tls_free(struct http_tls *tls);

#endif
