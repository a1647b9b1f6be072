/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_CLIENT_H
#define TESTS_SUPPORT_CLIENT_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/*
 * A keep-alive HTTP/1.1 connection on an event base: one request at a time,
 * its bytes made by the caller.  It shares no code with the daemon's front
 * door, so that neither can hide the other's mistake, and reads just what the
 * daemon promises: a status, a few fields, a body with a Content-Length.
 */

/** Where a daemon listens. */
struct client_address {
    struct sockaddr_storage at;
    socklen_t len;
};

/** Reads "127.0.0.1:8080", "8080" (on 127.0.0.1) or "unix:PATH". */
bool client_address_read(const char *text, struct client_address *out);

/** How asking ended. */
enum client_end {
    CLIENT_ANSWERED, /* with a reply */
    CLIENT_REFUSED,  /* no connection came about: the daemon never saw the request */
    CLIENT_CUT       /* the connection ended, or was silent too long, before the reply was whole:
                        nobody here knows what became of the request */
};

enum { CLIENT_TAG = 32 };

/** What came back.  Texts live until the callback returns. */
struct client_reply {
    enum client_end end;
    int status;
    int retry_after; /* seconds; 0: not given */
    bool replayed;   /* the stored reply of an earlier request with this key */
    char etag[CLIENT_TAG];
    const char *body; /* NUL-terminated */
    size_t body_len;
};

struct client;
typedef void client_answer_fn(void *arg, const struct client_reply *reply);

/**
 * Nothing connects before the first request.  @answer is called once for each
 * request, from the event loop, never from inside client_ask().
 * @silence_ms  how long a reply may take before the connection counts as cut
 */
struct client *client_new(struct event_base *base, int silence_ms, client_answer_fn *answer,
                          void *arg);
void client_free(struct client *c);

/** Goes to another daemon from the next request on. */
void client_turn(struct client *c, const struct client_address *to);

/** Sends @request (copied) and waits for its reply; connects when there is no connection. */
void client_ask(struct client *c, const char *request, size_t len);

bool client_busy(const struct client *c);

#endif
