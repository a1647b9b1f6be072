/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_GUESSES_H
#define API_GUESSES_H

#include "api/app.h"

/*
 * Codes that people type and others might guess: each wrong one makes the next
 * look wait longer, whoever asks.
 */

/** Failed guesses of a code that cost nothing, and the longest wait after more, seconds. */
enum { GUESSES_FREE = 5, GUESS_WAIT_MOST = 3600 };

struct guesses {
    struct app *app;
    struct http_request *request;
    const char *subject; /* whose code it is: "case NUMBER" */
    const char *what;    /* of a code: "query codes", for who must wait */
    const char *wrong;   /* what is told to who guessed wrong */
    void (*then)(void *arg);
    void *arg;
};

/** Calls g->then once a code may be tried; or answers with 429.  @g lives in the request's arena.
 */
void guesses_ask(struct guesses *g);

/** Notes a wrong one and answers with 404. */
void guesses_note(struct guesses *g);

#endif
