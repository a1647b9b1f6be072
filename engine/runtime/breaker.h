/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_BREAKER_H
#define RUNTIME_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"

/*
 * When to try again, and how much at a time.  Pure: moments and chance come in
 * as arguments.  Moments of the first two are the database's, so that they hold
 * for all daemons and a test clock drives them; those of the budget the machine's.
 */

enum breaker_state {
    BREAKER_CLOSED,   /* all is well: messages flow */
    BREAKER_OPEN,     /* the destination is unwell: nothing goes out before `until` */
    BREAKER_HALF_OPEN /* one message tries whether it is well again */
};

/** Failures in a row after which a destination is left alone. */
enum { BREAKER_PATIENCE = 5 };

struct breaker {
    enum breaker_state state;
    int32_t failures; /* in a row */
    instant until;    /* OPEN */
};

/**
 * How many messages may be under way, of the @most its budget allows.  Becomes
 * half-open when its time has come.
 */
uint32_t breaker_lets(struct breaker *b, instant now, uint32_t most);

/** The destination answered as one that is well does. */
void breaker_good(struct breaker *b);

/**
 * It did not, or asked for time: @pause is what it asked for, 0 when it did
 * not.  Opens after BREAKER_PATIENCE failures in a row, at once when it asked or
 * when it was half-open; for 30 s, doubling to 10 min, between half and all of
 * it by @chance.
 */
void breaker_bad(struct breaker *b, instant now, span pause, uint32_t chance);

/** What is stored; one of a newer daemon that is none of these is as closed. */
enum breaker_state breaker_read(int64_t stored);

const char *breaker_name(enum breaker_state state); /* "closed" "open" "half-open" */

/**
 * How long until attempt @tries + 1, after @tries ≥ 1 failed: anything from 0
 * to 5 s · 2^(tries-1), at most 2 h, by @chance (all of 0 .. UINT32_MAX equally
 * likely): full jitter, so that those that failed together do not come back
 * together.
 */
span back_off(int64_t tries, uint32_t chance);

/** A number of attempts a minute, saved up for at most ten seconds. */
struct budget {
    uint32_t per_minute;
    int64_t tokens; /* in millionths of an attempt */
    instant filled;
};

/** Full at @now. */
struct budget budget_new(uint32_t per_minute, instant now);

/** How many attempts may be made now. */
uint32_t budget_has(struct budget *b, instant now);
void budget_take(struct budget *b, uint32_t n); /* of what it has */

#endif
