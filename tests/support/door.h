/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_DOOR_H
#define TESTS_SUPPORT_DOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "api/http/server.h"

/*
 * The front door alone, as a process of its own, and a client that speaks raw
 * bytes to it.  What the process serves is listed in door_server.c.
 */
struct door {
    pid_t pid;
    int port;
    struct ssl_ctx_st *client; /* NULL = plain */
    char folder[64];           /* certificate and key; "" = plain */
};

struct door_options {
    struct http_limits limits;
    bool tls;
    size_t descriptors; /* the process may have; 0 = as many as we */
    bool proxied;       /* believes X-Forwarded-For from 127.0.0.1 */
};

struct door door_open(const struct door_options *options);

/** Ends the process in order.  @return its exit status: 0 when nothing leaked. */
int door_close(struct door *d);

/** The same for a process that ends by itself. */
int door_wait(struct door *d);

/** Memory the process has now, KiB; and the most it ever had. */
long door_memory_kib(const struct door *d);
long door_peak_kib(const struct door *d);

/** Processor time the process has used, ms. */
long door_cpu_ms(const struct door *d);

/** A connection.  Every read fails the test after ten seconds of silence. */
struct wire {
    int fd;
    struct ssl_st *ssl;
    char *in; /* what was read and not yet taken */
    size_t in_len;
    bool silent; /* the peer neither said anything nor closed, for ten seconds */
};

struct wire wire_open(const struct door *d);
void wire_close(struct wire *w);
void wire_reset(struct wire *w); /* closes with RST */

/** @return false when the peer no longer takes anything. */
bool wire_send(struct wire *w, const char *bytes, size_t len);
bool wire_say(struct wire *w, const char *text);
void wire_half_close(struct wire *w);

struct wire_reply {
    int status;
    char head[4096];
    char body[8192]; /* the beginning of it, chunked decoded */
    size_t body_len; /* all of it */
    bool cut;        /* the connection ended before the body did */
};

/** Reads one answer.  @return false when the connection ended before one began. */
bool wire_read(struct wire *w, bool head_only, struct wire_reply *r);

/** Has the peer closed, with nothing more to read?  Waits for it. */
bool wire_ended(struct wire *w);

/** One more piece of whatever comes, up to @len bytes; 0 at the end. */
size_t wire_some(struct wire *w, char *to, size_t len);

/** One request on a connection of its own. */
struct wire_reply door_ask(const struct door *d, const char *request);

/** The number called @name in the counts of the process (GET /counts). */
long door_count(const struct door *d, const char *name);

/** Asks for a count until it is @wanted.  @return false after ten seconds. */
bool door_count_becomes(const struct door *d, const char *name, long wanted);

#endif
