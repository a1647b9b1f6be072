/* SPDX-License-Identifier: Apache-2.0 */
/* TLS in the daemon: the context, and what the connection layer needs of it. */
#include "api/http/tls.h"

#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>

#include "api/http/connection.h"
#include "base/require.h"

struct http_tls {
    SSL_CTX *context;
};

/* We speak HTTP/1.1 only; a client that offers protocols without it is sent away. */
static int
choose_protocol(SSL *ssl, const unsigned char **chosen, unsigned char *chosen_len,
                const unsigned char *offered, unsigned int len, void *arg)
{
    static const unsigned char ours[] = "\x08http/1.1";

    (void)ssl;
    (void)arg;
    if (SSL_select_next_proto((unsigned char **)(uintptr_t)chosen, chosen_len, ours,
                              sizeof(ours) - 1, offered, len) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    return SSL_TLSEXT_ERR_OK;
}

static bool
refused(const char *file, struct error *e)
{
    char why[160];

    ERR_error_string_n(ERR_get_error(), why, sizeof(why));
    ERR_clear_error();
    return error_set(e, ERROR_BAD_SETTING, "%s: %s", file, why);
}

static bool
load(SSL_CTX *context, const char *certificate, const char *key, struct error *e)
{
    if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1)
        return refused(certificate, e);
    if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context) != 1)
        return refused(key, e);
    return true;
}

bool
http_tls_new(const char *certificate, const char *key, struct http_tls **tls, struct error *e)
{
    static const unsigned char session_context[] = "onestop";
    SSL_CTX *const context = SSL_CTX_new(TLS_server_method());

    require(context);
    if (!load(context, certificate, key, e)) {
        SSL_CTX_free(context);
        return false;
    }
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE);
    /* An idle connection then costs no 34 KB of record buffers. */
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_session_id_context(context, session_context, sizeof(session_context) - 1);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
    *tls = malloc(sizeof(**tls));
    require(*tls);
    (*tls)->context = context;
    return true;
}

void
http_tls_free(struct http_tls *tls)
{
    if (!tls)
        return;
    SSL_CTX_free(tls->context); /* sessions hold their own reference */
    free(tls);
}

struct bufferevent *
tls_bufferevent(struct http_tls *tls, struct event_base *base, int fd)
{
    SSL *const ssl = SSL_new(tls->context);
    struct bufferevent *bev;

    require(ssl);
    bev = bufferevent_openssl_socket_new(base, fd, ssl, BUFFEREVENT_SSL_ACCEPTING,
                                         BEV_OPT_CLOSE_ON_FREE);
    require(bev);
    /* Lengths are in the messages: an end without close_notify cuts nothing off unseen. */
    bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
    return bev;
}

void
tls_close_notify(struct bufferevent *bev)
{
    (void)SSL_shutdown(bufferevent_openssl_get_ssl(bev));
    ERR_clear_error();
}
