/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_POST_H
#define RUNTIME_POST_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/instant.h"
#include "definition/delivery.h"

struct event_base;

/**
 * POSTs to one destination, without blocking, on an event base: libcurl's multi
 * interface, and the only file that knows libcurl.
 *
 * The destination's URL is all that is ever asked for: no redirect is followed
 * and no proxy of the environment is used.  Each address is looked at when the
 * socket is made, after the name was resolved, so that a name that changes its
 * mind leads nowhere: it must be public or in the delivery's networks.
 *
 * Belongs to one thread.
 */
struct post;

struct post_options {
    const struct delivery *delivery; /* borrowed; has a URL */
    const char *ca_file;             /* certificates that are believed; "": the system's */
    span connect_timeout, timeout;   /* of one attempt */
};

/** Once, before there are threads. */
void post_set_up(void);

struct post *post_new(struct event_base *base, const struct post_options *options);

/** Those under way are cut; nobody is told. */
void post_free(struct post *p);

/** How an attempt ended. */
struct post_answer {
    int status;        /* of HTTP; 0: none came, and @trouble says why */
    span retry_after;  /* it asked for that much time; 0: it did not */
    char trouble[200]; /* "" on success: what went wrong, or the beginning of what it said; ASCII */
};

typedef void post_done_fn(void *arg, const struct post_answer *answer);

/** Everything is copied. */
struct post_letter {
    const char *const *header; /* "name: value" */
    size_t n_header;
    const char *body;
    size_t len;
    post_done_fn *done; /* called once, from the loop, never from inside post_send() */
    void *arg;
};

void post_send(struct post *p, const struct post_letter *letter);

/** Attempts under way. */
uint32_t post_flying(const struct post *p);

#endif
