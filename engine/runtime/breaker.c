/* SPDX-License-Identifier: Apache-2.0 */
/* Patience with a destination, as arithmetic. */
#include "runtime/breaker.h"

static const span OPEN_LEAST = 30 * SPAN_SECOND, OPEN_MOST = 10 * SPAN_MINUTE;
static const span RETRY_LEAST = 5 * SPAN_SECOND, RETRY_MOST = 2 * SPAN_HOUR;

enum { ATTEMPT = 1000000, SAVED_SECONDS = 10 };

/* @least doubled @times times, at most @most. */
static span
doubled(span least, int64_t times, span most)
{
    span s = least;

    while (times-- > 0 && s < most)
        s *= 2;
    return s < most ? s : most;
}

/* The part of @s that @chance is of all chances. */
static span
part(span s, uint32_t chance)
{
    return (s * (span)(chance >> 8)) >> 24;
}

uint32_t
breaker_lets(struct breaker *b, instant now, uint32_t most)
{
    if (b->state == BREAKER_OPEN && now < b->until)
        return 0;
    if (b->state == BREAKER_OPEN)
        b->state = BREAKER_HALF_OPEN;
    return b->state == BREAKER_CLOSED ? most : 1;
}

void
breaker_good(struct breaker *b)
{
    *b = (struct breaker){.state = BREAKER_CLOSED, .until = INSTANT_NONE};
}

void
breaker_bad(struct breaker *b, instant now, span pause, uint32_t chance)
{
    span wait;

    if (b->failures < INT32_MAX)
        b->failures++;
    if (b->state == BREAKER_CLOSED && b->failures < BREAKER_PATIENCE && pause == 0)
        return;
    wait = doubled(OPEN_LEAST, b->failures - BREAKER_PATIENCE, OPEN_MOST);
    wait = wait / 2 + part(wait / 2, chance);
    b->state = BREAKER_OPEN;
    b->until = now + (wait > pause ? wait : pause);
}

enum breaker_state
breaker_read(int64_t stored)
{
    return stored == BREAKER_OPEN || stored == BREAKER_HALF_OPEN ? (enum breaker_state)stored
                                                                 : BREAKER_CLOSED;
}

const char *
breaker_name(enum breaker_state state)
{
    switch (state) {
    case BREAKER_CLOSED:
        return "closed";
    case BREAKER_OPEN:
        return "open";
    case BREAKER_HALF_OPEN:
        return "half-open";
    }
    return "closed";
}

span
back_off(int64_t tries, uint32_t chance)
{
    return part(doubled(RETRY_LEAST, tries - 1, RETRY_MOST), chance);
}

static int64_t
most_tokens(const struct budget *b)
{
    const int64_t saved = (int64_t)b->per_minute * ATTEMPT * SAVED_SECONDS / 60;

    return saved > ATTEMPT ? saved : ATTEMPT;
}

struct budget
budget_new(uint32_t per_minute, instant now)
{
    struct budget b = {.per_minute = per_minute, .filled = now};

    b.tokens = most_tokens(&b);
    return b;
}

uint32_t
budget_has(struct budget *b, instant now)
{
    const span passed = now > b->filled ? now - b->filled : 0;
    const int64_t most = most_tokens(b);

    /* In whole minutes' shares: microseconds times attempts a minute, over 60. */
    b->tokens += passed > SPAN_MINUTE ? most : passed * b->per_minute / 60;
    b->tokens = b->tokens < most ? b->tokens : most;
    b->filled = now > b->filled ? now : b->filled;
    return (uint32_t)(b->tokens / ATTEMPT);
}

void
budget_take(struct budget *b, uint32_t n)
{
    b->tokens -= (int64_t)n * ATTEMPT;
}
