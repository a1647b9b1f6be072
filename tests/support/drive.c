/* SPDX-License-Identifier: Apache-2.0 */
/* Connections that open and advance cases, and what they measure. */
#include "tests/support/drive.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/require.h"

enum { SILENCE_MS = 15000, PAUSE_US = 50000 };

enum slot_step {
    SLOT_FREE,  /* nothing asked; waits for its turn */
    SLOT_ASKED, /* the reply goes on */
    SLOT_PAUSED /* will send the same again */
};

/* A connection and the case it is at. */
struct slot {
    struct drive *drive;
    struct client *client;
    struct event *pause;
    enum slot_step step;
    enum route route;
    struct drive_case at; /* an empty number: none */
    int advanced;
    int64_t since; /* us: when the request was due */
    struct arena arena;
    struct text request;
};

struct drive {
    const struct drive_plan *plan;
    struct drive_result *result;
    struct event_base *base;
    struct event *due;
    struct slot *slot;
    int busy; /* slots that are not free */
    int64_t began, ends;
    uint64_t keys, chance, begun; /* random states; requests begun */
    size_t next_listed;
    int64_t opened;
};

static int64_t
now_us(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static bool
over(const struct drive *d)
{
    return d->plan->seconds > 0 && now_us() >= d->ends;
}

/* Gives the slot something to do.  @return false when there is nothing left. */
static bool
choose(struct slot *s)
{
    struct drive *d = s->drive;

    s->route = ROUTE_ADVANCE;
    if (s->at.number[0])
        return true;
    s->advanced = 0;
    if (d->next_listed < d->plan->n_listed) {
        s->at = d->plan->listed[d->next_listed++];
        return true;
    }
    if (d->opened >= d->plan->open)
        return false;
    d->opened++;
    s->route = ROUTE_OPEN;
    return true;
}

static void
send_request(struct slot *s)
{
    s->step = SLOT_ASKED;
    client_ask(s->client, s->request.at, s->request.len);
}

/* Begins one request, due at @due. */
static bool
begin(struct slot *s, int64_t due)
{
    struct drive *d = s->drive;
    char key[KEY_TEXT];

    if (over(d) || !choose(s))
        return false;
    arena_reset(&s->arena);
    s->request = text_new(&s->arena);
    key_draw(&d->keys, key);
    if (s->route == ROUTE_OPEN)
        clerk_open(&s->request, &d->plan->clerk, key);
    else
        clerk_act(&s->request, &d->plan->clerk, s->at.number, d->plan->action, s->at.step, NULL,
                  key);
    s->since = due;
    d->begun++;
    d->busy++;
    send_request(s);
    return true;
}

/* When request number @n is due; closed loops are always due now. */
static int64_t
due_at(const struct drive *d, uint64_t n)
{
    return d->plan->rate > 0 ? d->began + (int64_t)((double)n * 1e6 / d->plan->rate) : now_us();
}

/* Open loop: begins what is due on free slots and waits for the next. */
static void
on_due(evutil_socket_t fd, short what, void *arg)
{
    struct drive *d = arg;
    int64_t wait;
    int i = 0;

    (void)fd, (void)what;
    while (due_at(d, d->begun) <= now_us() && !over(d)) {
        while (i < d->plan->connections && d->slot[i].step != SLOT_FREE)
            i++;
        if (i == d->plan->connections)
            return; /* finish() comes back here */
        if (!begin(&d->slot[i], due_at(d, d->begun)))
            break;
    }
    if (over(d)) {
        if (!d->busy)
            event_base_loopbreak(d->base);
        return;
    }
    wait = due_at(d, d->begun) - now_us();
    if (wait < 0)
        wait = 0;
    event_add(d->due, &(struct timeval){.tv_sec = wait / 1000000, .tv_usec = wait % 1000000});
}

/* The request is answered for good; @counts: it was done, in time. */
static void
finish(struct slot *s, bool counts)
{
    struct drive *d = s->drive;
    const int64_t now = now_us();

    if (counts) {
        histogram_add(&d->result->latency[s->route], now - s->since);
        if (d->plan->seconds <= 0 || now <= d->ends)
            d->result->done[s->route]++;
    }
    s->step = SLOT_FREE;
    d->busy--;
    if (d->plan->rate > 0) {
        on_due(-1, 0, d);
        return;
    }
    if (!begin(s, now) && !d->busy)
        event_base_loopbreak(d->base);
}

static void
on_pause_over(evutil_socket_t fd, short what, void *arg)
{
    struct slot *s = arg;

    (void)fd, (void)what;
    s->drive->result->resent++;
    send_request(s);
}

/* The same bytes again, the key included, after a pause with jitter. */
static void
resend_later(struct slot *s)
{
    const struct timeval pause = {.tv_usec =
                                      PAUSE_US / 2 + (int64_t)(draw(&s->drive->chance) % PAUSE_US)};

    s->step = SLOT_PAUSED;
    event_add(s->pause, &pause);
}

static void
take_case(struct slot *s, const struct client_reply *r)
{
    struct drive *d = s->drive;
    struct case_seen seen;

    if (!case_see(r->body, &seen)) {
        if (d->result->other++ == 0)
            fprintf(stderr, "load: a reply that is no case: %.200s\n", r->body);
        s->at.number[0] = '\0';
        finish(s, false);
        return;
    }
    memcpy(s->at.number, seen.number, sizeof(s->at.number));
    s->at.step = seen.step;
    if (s->route == ROUTE_OPEN && d->plan->opened)
        fprintf(d->plan->opened, "%s %lld\n", seen.number, (long long)seen.step);
    if (s->route == ROUTE_ADVANCE)
        s->advanced++;
    if (seen.closed || seen.step < 0 || s->advanced >= d->plan->advances)
        s->at.number[0] = '\0';
    finish(s, true);
}

static void
on_answer(void *arg, const struct client_reply *r)
{
    struct slot *s = arg;
    struct drive_result *result = s->drive->result;

    if (r->end != CLIENT_ANSWERED || r->status == 503 || r->status == 429) {
        if (r->end == CLIENT_CUT)
            result->ambiguous++;
        else if (r->end == CLIENT_REFUSED)
            result->refused++;
        else
            result->busy++;
        resend_later(s);
        return;
    }
    result->replayed += r->replayed;
    if (r->status == 200 || r->status == 201) {
        take_case(s, r);
        return;
    }
    if (r->status == 412)
        result->stale++;
    else if (r->status == 409)
        result->conflict++;
    else if (result->other++ == 0)
        fprintf(stderr, "load: %d %.400s\n", r->status, r->body);
    s->at.number[0] = '\0'; /* somebody else is at this case */
    finish(s, false);
}

static void
slots_init(struct drive *d)
{
    d->slot = calloc((size_t)d->plan->connections, sizeof(*d->slot));
    require(d->slot);
    for (int i = 0; i < d->plan->connections; i++) {
        struct slot *s = &d->slot[i];

        s->drive = d;
        s->client = client_new(d->base, SILENCE_MS, on_answer, s);
        client_turn(s->client, &d->plan->to);
        s->pause = evtimer_new(d->base, on_pause_over, s);
        require(s->pause);
    }
}

static void
slots_release(struct drive *d)
{
    for (int i = 0; i < d->plan->connections; i++) {
        client_free(d->slot[i].client);
        event_free(d->slot[i].pause);
        arena_release(&d->slot[i].arena);
    }
    free(d->slot);
}

void
drive(const struct drive_plan *plan, struct drive_result *result)
{
    struct event_config *config = event_config_new();
    struct drive d = {.plan = plan, .result = result, .chance = plan->seed};
    struct timespec t;
    bool any = plan->rate > 0;

    require(config);
    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_PRECISE_TIMER);
    d.base = event_base_new_with_config(config);
    event_config_free(config);
    d.due = evtimer_new(d.base, on_due, &d);
    require(d.base && d.due);
    (void)clock_gettime(CLOCK_REALTIME, &t);
    d.keys = plan->seed ^ (uint64_t)t.tv_sec * UINT64_C(1000000000) ^ (uint64_t)t.tv_nsec;
    slots_init(&d);
    d.began = now_us();
    d.ends = d.began + (int64_t)(plan->seconds * 1e6);
    if (plan->rate > 0)
        on_due(-1, 0, &d);
    else
        for (int i = 0; i < plan->connections; i++)
            any |= begin(&d.slot[i], now_us());
    if (any)
        event_base_dispatch(d.base);
    result->seconds = (double)(now_us() - d.began) / 1e6;
    if (plan->seconds > 0 && result->seconds > plan->seconds)
        result->seconds = plan->seconds;
    slots_release(&d);
    event_free(d.due);
    event_base_free(d.base);
}
