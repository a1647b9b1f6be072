/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_HTTP_CONNECTION_H
#define API_HTTP_CONNECTION_H

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include "api/http/intake.h"
#include "api/http/server.h"

/*
 * Private to api/http: how connections, requests and servers hold together.
 *
 * A connection has at most one request, and they point at each other; either
 * may die first and clears the other's pointer.  Connections are freed only by
 * the loop's own callbacks (connection_run(), the sweep, server_free()), never
 * from within a function of request.h or stream.h, so that a handler can call
 * those wherever it is.
 */

enum connection_state {
    CONNECTION_HANDSHAKE, /* TLS is being agreed on */
    CONNECTION_HEAD,      /* waits for a request, or for the rest of its head */
    CONNECTION_BODY,      /* reads a body of known length */
    CONNECTION_CHUNKED,   /* reads a chunked body */
    CONNECTION_HANDLING,  /* the handler has the request */
    CONNECTION_STREAM,    /* an answer is being streamed */
    CONNECTION_LINGER     /* the last answer is on its way; what comes in is thrown away */
};

enum {
    ADDRESS_BYTES = 16,     /* an IPv6 address, or an IPv4 one mapped into it */
    ADDRESS_BUCKETS = 1024, /* of the table that counts connections of one address */
    SPARE_REQUESTS = 256,   /* kept with one arena block each */
    DATE_TEXT = 32
};

struct http_connection {
    struct http_server *server;
    struct bufferevent *bev;
    struct http_request *request; /* NULL between requests */
    struct http_connection *next, **prev;
    struct http_connection *bucket_next, **bucket_prev; /* of the same address hash */
    enum connection_state state;
    bool begun;         /* the first byte of a head has come */
    bool unread;        /* the request has a body that was not read to its end */
    bool closing;       /* no further request */
    bool eof;           /* the peer will send no more */
    bool shut;          /* we will send no more */
    bool running;       /* within connection_run() */
    bool wrote;         /* output was taken since the last sweep */
    uint64_t deadline;  /* monotonic ms of the state; 0 = none */
    uint64_t out_since; /* monotonic ms since when the peer has taken nothing */
    size_t out_seen;    /* unsent bytes at the last sweep */
    size_t requests;
    size_t lingered;    /* bytes thrown away */
    uint64_t body_left; /* CONNECTION_BODY: bytes to come */
    struct http_scan scan;
    struct http_chunks chunks;
    unsigned char address[ADDRESS_BYTES];
    char peer[HTTP_PEER_TEXT];
};

struct http_stream {
    struct http_request *request;
    struct http_stream_hooks hooks;
    uint64_t quiet_since; /* monotonic ms of the last write */
    uint64_t written;     /* bytes of the body */
    bool live;
    bool chunked; /* not in HTTP/1.0, where the end of the connection is the end */
    bool wants;   /* fill is due when there is room */
    bool ended;
    bool broken;  /* ends without the last chunk */
    bool dropped; /* ends at once */
};

struct http_intake {
    struct http_intake_hooks hooks;
    bool paused; /* the taker has enough */
};

struct listening {
    struct evconnlistener *listener;
    struct listening *next;
};

struct http_server {
    struct event_base *base;
    struct http_config config;
    struct http_counts counts;
    struct listening *listening;
    struct event *sweep;
    struct event *resume; /* accepting again after a pause */
    struct http_connection *connection;
    struct http_connection *bucket[ADDRESS_BUCKETS];
    struct http_request *live;  /* requests with a handler, a connection or a stream */
    struct http_request *spare; /* requests that may be used again */
    size_t n_spare;
    int fd_limit;   /* a connection with this descriptor is the last until one is closed */
    bool accepting; /* listeners are enabled */
    bool paused;    /* until `resume` */
    bool full;      /* until a connection leaves */
    bool draining;
    uint64_t drain_end; /* monotonic ms */
    void (*drained)(void *arg);
    void *drained_arg;
    uint64_t random; /* makes the ids of this server its own */
    uint64_t last_id;
    int64_t date_s; /* the second that `date` says */
    char date[DATE_TEXT];
};

/* connection.c */
struct http_connection *connection_new(struct http_server *s, int fd,
                                       const unsigned char address[ADDRESS_BYTES],
                                       const char *peer);
/** The list of the connections whose address has the same hash. */
struct http_connection **connection_bucket(struct http_server *s,
                                           const unsigned char address[ADDRESS_BYTES]);
void connection_free(struct http_connection *c);
void connection_enter(struct http_connection *c, enum connection_state state);
/** Answers with an error; no further request follows. */
void connection_refuse(struct http_connection *c, const struct error *e);
/** Hands the whole request to its handler. */
void connection_dispatch(struct http_connection *c);
struct evbuffer *connection_input(const struct http_connection *c);
/** Does whatever can be done with what has come in and gone out; may free @c. */
void connection_run(struct http_connection *c);
/** Has connection_run() called soon. */
void connection_kick(struct http_connection *c);
/** Looks at the deadlines; may free @c. */
void connection_sweep(struct http_connection *c, uint64_t now);
/** The answer to the current request will be a stream. */
void connection_streams(struct http_connection *c);
/** The answer to the current request is written: on to the next, or to the end. */
void connection_answered(struct http_connection *c);
size_t connection_unsent(const struct http_connection *c);

/* body.c */
/** The head was let in: its body may come, or there is none. */
void body_begin(struct http_connection *c);
/** Takes what has come.  @return false when nothing more is at hand, or wanted. */
bool body_step(struct http_connection *c);
bool body_step_chunked(struct http_connection *c);
/** Whoever takes the body of @r learns that the rest will not come; may release @r. */
void body_lost(struct http_request *r);
/** Something waits here until its taker has room. */
bool body_waits(const struct http_connection *c);

/* request.c */
struct http_request *request_take(struct http_server *s);
void request_give(struct http_request *r);
/** Fills in what the head does not say itself: ids, the peer, the time. */
void request_identify(struct http_request *r, const struct http_connection *c);
/** Makes room for @more bytes behind the body; false when the server holds too much. */
bool request_body_room(struct http_request *r, size_t more);

/* answer.c */
/** Writes status line and fields; @len is UINT64_MAX for a chunked body. */
struct text answer_head(struct http_request *r, int status, const char *type, uint64_t len);

/* stream.c */
/** Asks for more where that is due; true when the stream is over and the connection goes on. */
bool stream_run(struct http_connection *c);
void stream_closed(struct http_connection *c);
void stream_sweep(struct http_connection *c, uint64_t now);

/* server.c */
uint64_t monotonic_ms(void);
uint64_t monotonic_us(void);
const char *server_date(struct http_server *s);
/** A connection has gone: there may be room for another, or the drain is over. */
void server_left(struct http_server *s);

/* tls.c */
struct bufferevent *tls_bufferevent(struct http_tls *tls, struct event_base *base, int fd);
/** Tells the peer that no more will come. */
void tls_close_notify(struct bufferevent *bev);

#endif
