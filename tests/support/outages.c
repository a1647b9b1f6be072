/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/outages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "machine/history.h"
#include "machine/stands.h"

void
desk_counter(void)
{
    desk_define(
        "'backdateBy': ['window'], 'grounds': {'correction': {}, 'test': {'command': true}},"
        " 'clocks': {'whole': {'kind': 'promised', 'from': 'opened', 'limit':"
        " '2 working days'}, 'seen': {'kind': 'promised', 'from': 'opened', 'to': 'looked',"
        " 'limit': '30 minutes'}}, 'start': 'look', 'steps': {'look': {'by': 'window',"
        " 'limit': '60 minutes', 'actions': {'on': {'to': 'fill', 'marks': 'looked'}}},"
        " 'fill': {'by': 'applicant', 'limit': '3 hours', 'actions': {'send': 'check', 'ask':"
        " 'mend'}}, 'mend': {'by': 'applicant', 'stops': {'ground': 'correction'},"
        " 'actions': {'send': 'check'}}, 'check': {'by': 'window', 'actions': {'end':"
        " 'over'}}, 'over': {'end': 'over'}}");
    desk_at("2026-03-02 09:00");
    desk_open("{}");
}

struct command
desk_outage(int32_t number, const char *from, const char *until)
{
    struct command cmd = desk_command(COMMAND_OUTAGE, "supervisor");

    cmd.number = number;
    cmd.from = desk_moment(from);
    cmd.until = desk_moment(until);
    return cmd;
}

void
desk_suffer(int32_t number, const char *from, const char *until)
{
    if (!desk_give(desk_outage(number, from, until)))
        fail_msg("%s", desk.e.detail);
}

const char *
desk_held(const char *rule)
{
    struct command all = {.kind = COMMAND_ANNUL};
    struct case_clock k = *desk_clock(rule);
    const struct case_clock was = k;
    struct holdings by = {.n = 0};
    struct text t = text_new(&desk.arena);
    struct history h;
    span sum = 0;

    desk_history(&all);
    assert_true(history_read(&desk.arena, desk.w, all.history, all.n_history, &h, &desk.e));
    history_course(&desk.arena, desk.w, &h, &k, desk.now, &by);
    assert_true(clock_same_course(&k, &was));
    for (uint32_t i = 0; i < by.n; i++) {
        const struct holding *x = &by.item[i];

        assert_int_equal(x->from, i ? by.item[i - 1].to : k.started);
        sum += x->to - x->from;
        text_printf(&t, "%s%s %d", i ? ", " : "", x->ground ? x->ground : x->holder[0],
                    (int)((x->to - x->from) / SPAN_MINUTE));
    }
    assert_int_equal(sum, (k.ended == INSTANT_NONE ? desk.now : k.ended) - k.started);
    return t.at;
}
