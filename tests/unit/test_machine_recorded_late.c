/* SPDX-License-Identifier: Apache-2.0 */
/* Stops and resumptions that are recorded in any order, by commands, give one due date (T1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "machine/clock.h"
#include "tests/support/chance.h"
#include "tests/support/city.h"
#include "tests/support/desk.h"

enum { ROUNDS = 60, ORDERS = 4, STOPS = 3 };

/* Each on a ground of its own; they overlap as they like. */
struct stop_told {
    instant from, to;
    int32_t number; /* as it was recorded */
    bool begun, ended;
};

static void
define(void)
{
    desk_define("'grounds': {'g0': {'command': true}, 'g1': {'command': true}, 'g2': {'command':"
                " true}}, 'backdateBy': ['window'], 'clocks': {'days': {'kind': 'statutory',"
                " 'from': 'opened', 'limit': '60 working days'}, 'hours': {'kind': 'promised',"
                " 'from': 'opened', 'limit': '300 hours'}, 'natural': {'kind': 'promised', 'from':"
                " 'opened', 'limit': '90 days'}}, 'start': 'a', 'steps': {'a': {'by': 'window',"
                " 'actions': {'end': 'over'}}, 'over': {'end': 'over'}}");
    desk_open("{}");
}

static instant
some_moment(struct chance *c, instant from, instant to)
{
    /* often one at which something turns: opening, noon, closing */
    static const int turn[] = {0, 540, 720, 780, 1020};
    const instant t = from + chance_between(c, 0, to - from);
    const instant turned =
        day_start(instant_day(t)) + turn[chance_below(c, 5)] * (instant)SPAN_MINUTE;

    return chance_below(c, 2) && turned >= from && turned <= to ? turned : t - t % SPAN_SECOND;
}

static void
give_at(struct command cmd, instant happened)
{
    cmd.step = cmd.kind == COMMAND_STOP ? "a" : NULL;
    cmd.happened = happened == desk.now ? 0 : happened;
    desk_history(&cmd);
    if (!desk_give(cmd))
        fail_msg("%s: %s", error_name(desk.e.code), desk.e.detail);
}

static void
tell_begin(struct stop_told *s, int i)
{
    struct command cmd = desk_command(COMMAND_STOP, "window");

    cmd.ground = arena_printf(&desk.arena, "g%d", i);
    give_at(cmd, s->from);
    s->number = desk.c->last_stop;
    s->begun = true;
}

static void
tell_end(struct stop_told *s)
{
    struct command cmd = desk_command(COMMAND_RESUME, "window");

    cmd.number = s->number;
    give_at(cmd, s->to);
    s->ended = true;
}

/* Each in its moment, as a hall does that forgets nothing. */
static void
tell_in_time(struct stop_told *stop)
{
    for (int told = 0; told < 2 * STOPS; told++) {
        instant next = INSTANT_MAX;
        int which = 0;

        for (int i = 0; i < STOPS; i++) {
            const instant t = stop[i].begun ? stop[i].to : stop[i].from;

            if (!stop[i].ended && t < next) {
                next = t;
                which = i;
            }
        }
        desk.now = next;
        if (stop[which].begun)
            tell_end(&stop[which]);
        else
            tell_begin(&stop[which], which);
    }
}

/* Afterwards, in an order that chance makes; a stop is told before its end. */
static void
tell_late(struct stop_told *stop, struct chance *c, instant now)
{
    desk.now = now;
    for (int told = 0; told < 2 * STOPS; told++) {
        uint32_t i = chance_below(c, STOPS);

        while (stop[i].ended)
            i = (i + 1) % STOPS;
        if (stop[i].begun)
            tell_end(&stop[i]);
        else
            tell_begin(&stop[i], (int)i);
        desk.now += SPAN_MINUTE;
    }
}

/* Of each clock when it is due, and that what it counted and what it stood make the whole. */
static const char *
result(instant now)
{
    struct text t = text_new(&desk.arena);

    for (uint32_t i = 0; i < desk.c->n_clock; i++) {
        const struct case_clock *k = &desk.c->clock[i];
        const struct course course = case_course(k);
        const struct course plain = {.start = course.start};
        const struct counting counting = case_counting(desk.w, k, desk.calendar, &desk.arena);
        const struct measure m = clock_measure(&desk.arena, &counting, &course, now);
        const struct measure whole = clock_measure(&desk.arena, &counting, &plain, now);

        assert_int_equal(m.counted + m.stopped, whole.counted);
        text_printf(&t, "%s %s %lld;", desk.w->clock[k->rule].id,
                    desk_due(desk.w->clock[k->rule].id), (long long)m.counted);
    }
    return t.at;
}

static void
t01_the_order_in_which_stops_are_recorded_is_irrelevant(void **state)
{
    struct chance c = {.state = 17};
    uint32_t n_stood = 0;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        const instant from = desk_moment("2026-03-02 09:30"), to = desk_moment("2026-03-13 18:00");
        const instant now = desk_moment("2026-03-16 10:00");
        struct stop_told stop[STOPS] = {0};
        const char *in_time = NULL, *plain;

        arena_reset(&desk.arena);
        desk.calendar = city_calendar(&desk.arena);
        define();
        desk_look("2026-03-17 10:00");
        plain = result(desk.now);
        for (int i = 0; i < STOPS; i++) {
            stop[i].from = some_moment(&c, from, to);
            stop[i].to = some_moment(&c, stop[i].from + SPAN_MINUTE, to + SPAN_DAY);
        }
        for (int order = -1; order < ORDERS; order++) {
            struct stop_told told[STOPS];

            memcpy(told, stop, sizeof(told));
            define();
            if (order < 0)
                tell_in_time(told);
            else
                tell_late(told, &c, now);
            desk_look("2026-03-17 10:00");
            if (order < 0)
                in_time = result(desk.now);
            else
                assert_string_equal(result(desk.now), in_time);
        }
        n_stood += strcmp(in_time, plain) != 0;
    }
    assert_true(n_stood > ROUNDS / 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(t01_the_order_in_which_stops_are_recorded_is_irrelevant,
                                        desk_setup, desk_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
