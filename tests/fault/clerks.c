/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clerks who work through a storm: many connections to two daemons that are
 * killed while they act.  A request whose fate is unknown is sent again with
 * the same key, to either daemon, until the answer is definite.  Every one is
 * written to a log, from which kills.pl and check.sql tell whether the daemons
 * kept their word.
 *
 *   clerks --to [HOST:]PORT --to [HOST:]PORT --cases FILE --log FILE
 *          [--connections N] [--seed N]
 *
 * Until its input ends it begins new requests; then it finishes those under
 * way and ends.  A line of the log, divided by tabs:
 *   kind key number status revision invoked returned sendings ambiguous replayed
 * with times in microseconds of the monotonic clock.  On its output, ten times
 * a second: acknowledged by the first daemon, by the second, ambiguous.
 */
#include <event2/event.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/require.h"
#include "tests/support/clerk.h"
#include "tests/support/client.h"

enum {
    DAEMONS = 2,
    SILENCE_MS = 8000,
    PAUSE_US = 20000,
    OPEN_IN = 200,
    LOOK_IN = 20,
    TICK_US = 100000
};

enum errand { ERRAND_OPEN, ERRAND_ADVANCE, ERRAND_LOOK };

/* What the clerks together know of a case. */
struct known {
    char number[CASE_NUMBER];
    int64_t step;         /* of the newest reply; -1: look first */
    int64_t revision;     /* of the newest reply */
    int64_t acknowledged; /* the highest revision that any reply has told */
};

struct clerk_at {
    struct storm *storm;
    struct client *client;
    struct event *pause;
    int daemon; /* asked last */
    enum errand errand;
    struct known *at; /* NULL: opens a case */
    char key[KEY_TEXT];
    int64_t invoked;
    int64_t floor; /* LOOK: what the answer must not be below */
    int sendings, ambiguous;
    bool busy;
    struct arena arena;
    struct text request;
};

struct storm {
    struct event_base *base;
    struct event *input, *tick;
    struct client_address to[DAEMONS];
    int n_to, connections;
    struct clerk clerk;
    const char *cases, *log_name;
    FILE *log;
    struct known *known;
    size_t n_known;
    struct clerk_at *desk;
    int busy;
    bool ending;
    uint64_t chance, keys;
    unsigned long long acknowledged[DAEMONS], ambiguous, stale_reads;
};

static int64_t
now_us(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
send_request(struct clerk_at *d)
{
    d->daemon = (int)(draw(&d->storm->chance) % DAEMONS);
    d->sendings++;
    client_turn(d->client, &d->storm->to[d->daemon]);
    client_ask(d->client, d->request.at, d->request.len);
}

static void
choose(struct clerk_at *d)
{
    struct storm *s = d->storm;

    d->at = NULL;
    d->errand = ERRAND_OPEN;
    if (draw(&s->chance) % OPEN_IN == 0)
        return;
    d->at = &s->known[draw(&s->chance) % s->n_known];
    d->errand = d->at->step < 0 || draw(&s->chance) % LOOK_IN == 0 ? ERRAND_LOOK : ERRAND_ADVANCE;
}

static void
begin(struct clerk_at *d)
{
    struct storm *s = d->storm;

    choose(d);
    arena_reset(&d->arena);
    d->request = text_new(&d->arena);
    key_draw(&s->keys, d->key);
    d->sendings = d->ambiguous = 0;
    d->invoked = now_us();
    switch (d->errand) {
    case ERRAND_OPEN:
        clerk_open(&d->request, &s->clerk, d->key);
        break;
    case ERRAND_ADVANCE:
        clerk_act(&d->request, &s->clerk, d->at->number, "advance", d->at->step, NULL, d->key);
        break;
    case ERRAND_LOOK:
        d->floor = d->at->acknowledged;
        clerk_look(&d->request, &s->clerk, d->at->number);
        break;
    }
    d->busy = true;
    s->busy++;
    send_request(d);
}

static void
finish(struct clerk_at *d)
{
    d->busy = false;
    d->storm->busy--;
    if (!d->storm->ending)
        begin(d);
    else if (!d->storm->busy)
        event_base_loopbreak(d->storm->base);
}

static void
on_pause_over(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    send_request(arg);
}

/* Nobody knows, or nobody could: the same bytes again. */
static void
send_again(struct clerk_at *d)
{
    const struct timeval pause = {.tv_usec =
                                      PAUSE_US / 2 + (int64_t)(draw(&d->storm->chance) % PAUSE_US)};

    event_add(d->pause, &pause);
}

static void
note(struct clerk_at *d, const struct client_reply *r, const struct case_seen *seen)
{
    static const char *const kind[] = {"open", "advance", "look"};

    fprintf(d->storm->log, "%s\t%s\t%s\t%d\t%lld\t%lld\t%lld\t%d\t%d\t%d\n", kind[d->errand],
            d->key,
            seen    ? seen->number
            : d->at ? d->at->number
                    : "",
            r->status, seen ? (long long)seen->revision : -1, (long long)d->invoked,
            (long long)now_us(), d->sendings, d->ambiguous, r->replayed);
}

/* A reply that shows a case. */
static void
learn(struct clerk_at *d, const struct client_reply *r)
{
    struct storm *s = d->storm;
    struct case_seen seen;

    require(case_see(r->body, &seen));
    note(d, r, &seen);
    if (!d->at)
        return;
    if (d->errand == ERRAND_LOOK && seen.revision < d->floor)
        s->stale_reads++;
    if (seen.revision > d->at->acknowledged)
        d->at->acknowledged = seen.revision;
    /* What an old key is answered may lie behind what is known by now. */
    if (r->replayed || seen.revision < d->at->revision)
        d->at->step = -1;
    else
        d->at->step = seen.step, d->at->revision = seen.revision;
}

static void
on_answer(void *arg, const struct client_reply *r)
{
    struct clerk_at *d = arg;
    struct storm *s = d->storm;

    if (r->end != CLIENT_ANSWERED || r->status >= 500 || r->status == 429) {
        d->ambiguous += r->end == CLIENT_CUT;
        s->ambiguous += r->end == CLIENT_CUT;
        send_again(d);
        return;
    }
    if (r->status == 200 || r->status == 201) {
        s->acknowledged[d->daemon] += d->errand != ERRAND_LOOK;
        learn(d, r);
    } else {
        note(d, r, NULL);
        if (r->status != 412 && r->status != 409)
            fprintf(stderr, "clerks: %d %.300s\n", r->status, r->body);
        if (d->at)
            d->at->step = -1;
    }
    finish(d);
}

static void
on_input(evutil_socket_t fd, short what, void *arg)
{
    struct storm *s = arg;
    char byte;

    (void)what;
    if (read(fd, &byte, 1) > 0)
        return;
    s->ending = true;
    event_del(s->input);
    if (!s->busy)
        event_base_loopbreak(s->base);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct storm *s = arg;

    (void)fd, (void)what;
    printf("%llu %llu %llu\n", s->acknowledged[0], s->acknowledged[1], s->ambiguous);
    (void)fflush(stdout);
}

static bool
read_options(int argc, char **argv, struct storm *s)
{
    static const struct option options[] = {
        {"to", required_argument, NULL, 't'},   {"cases", required_argument, NULL, 'i'},
        {"log", required_argument, NULL, 'l'},  {"connections", required_argument, NULL, 'c'},
        {"seed", required_argument, NULL, 'x'}, {0}};

    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o == 't' && s->n_to < DAEMONS && client_address_read(optarg, &s->to[s->n_to]))
            s->n_to++;
        else if (o == 'i')
            s->cases = optarg;
        else if (o == 'l')
            s->log_name = optarg;
        else if (o == 'c')
            s->connections = (int)strtol(optarg, NULL, 10);
        else if (o == 'x')
            s->chance = strtoull(optarg, NULL, 10);
        else
            return false;
    }
    s->clerk.token = getenv("LOAD_TOKEN");
    return s->n_to == DAEMONS && s->cases && s->log_name && s->connections > 0 && s->clerk.token;
}

static bool
read_cases(struct storm *s, struct arena *a)
{
    FILE *in = fopen(s->cases, "r");
    struct known one = {.revision = 0};
    long long step;

    if (!in)
        return false;
    while (fscanf(in, "%40s %lld", one.number, &step) == 2) {
        one.step = step;
        s->known = arena_grow(a, s->known, s->n_known, sizeof(*s->known));
        s->known[s->n_known++] = one;
    }
    (void)fclose(in);
    return s->n_known > 0;
}

static void
storm_run(struct storm *s)
{
    s->base = event_base_new();
    require(s->base);
    s->desk = calloc((size_t)s->connections, sizeof(*s->desk));
    s->input = event_new(s->base, 0, EV_READ | EV_PERSIST, on_input, s);
    s->tick = event_new(s->base, -1, EV_PERSIST, on_tick, s);
    require(s->desk && s->input && s->tick);
    event_add(s->input, NULL);
    event_add(s->tick, &(struct timeval){.tv_usec = TICK_US});
    for (int i = 0; i < s->connections; i++) {
        struct clerk_at *d = &s->desk[i];

        d->storm = s;
        d->client = client_new(s->base, SILENCE_MS, on_answer, d);
        d->pause = evtimer_new(s->base, on_pause_over, d);
        require(d->pause);
        begin(d);
    }
    event_base_dispatch(s->base);
    on_tick(-1, 0, s);
    for (int i = 0; i < s->connections; i++) {
        client_free(s->desk[i].client);
        event_free(s->desk[i].pause);
        arena_release(&s->desk[i].arena);
    }
    free(s->desk);
    event_free(s->input);
    event_free(s->tick);
    event_base_free(s->base);
}

int
main(int argc, char **argv)
{
    struct storm s = {.connections = 64,
                      .chance = 1,
                      .clerk = {.workflow = "storm",
                                .district = "371502",
                                .form = "{\"name\":\"光岳\"}",
                                .applicant = "{\"kind\":\"enterprise\"}"}};
    struct arena a = {0};
    struct timespec t;

    if (!read_options(argc, argv, &s) || !read_cases(&s, &a) || !(s.log = fopen(s.log_name, "w"))) {
        fputs("usage: clerks --to PORT --to PORT --cases FILE --log FILE [--connections N] [--seed "
              "N]\n"
              "with the token in LOAD_TOKEN\n",
              stderr);
        return 2;
    }
    (void)clock_gettime(CLOCK_REALTIME, &t);
    s.keys = s.chance ^ (uint64_t)t.tv_sec * UINT64_C(1000000000) ^ (uint64_t)t.tv_nsec;
    storm_run(&s);
    if (fclose(s.log))
        return 2;
    printf("stale reads %llu\n", s.stale_reads);
    arena_release(&a);
    return 0;
}
