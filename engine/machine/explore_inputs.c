/* SPDX-License-Identifier: Apache-2.0 */
/* With what the lives begin, and what comes with each action and message. */
#include "machine/explore_inside.h"

enum { INPUTS = 24 };

instant
exploring_start(const struct workflow *w, const struct calendar *calendar)
{
    day d = w->from > calendar->first ? w->from : calendar->first;

    for (int i = 0; i < 30 && !calendar_works(calendar, d); i++)
        d++;
    return day_start(d) + calendar_season(calendar, d)->span[0].from * SPAN_MINUTE;
}

struct inputs
inputs_sample(const struct workflow *w, const struct topics *topics, instant start)
{
    struct inputs out = {.persons = false};
    uint32_t n = 0;

    out.first = arena_array(topics->a, w->n_step, uint32_t);
    for (uint16_t i = 0; i < w->n_step; i++) {
        out.first[i] = n;
        n += w->step[i].n_action + w->step[i].n_on;
        out.persons = out.persons || w->step[i].n_distinct_from;
    }
    out.item = arena_array(topics->a, n, struct samples);
    for (uint16_t i = 0; i < w->n_step; i++)
        for (uint16_t k = 0; k < w->step[i].n_on; k++) {
            const struct hearing *on = &w->step[i].on[k];
            struct samples *one = &out.item[out.first[i] + w->step[i].n_action + k];

            *one = samples_of(topics, on->input, on->input_schema, "input", start, INPUTS);
            if (!one->n)
                out.unsampled =
                    arena_printf(topics->a, "message %s of %s", on->id, w->step[i].path);
        }
    for (uint16_t i = 0; i < w->n_step; i++)
        for (uint16_t k = 0; k < w->step[i].n_action; k++) {
            const struct action *action = &w->step[i].action[k];
            struct samples *one = &out.item[out.first[i] + k];

            *one = samples_of(topics, action->input, action->input_schema, "input", start, INPUTS);
            if (!one->n)
                out.unsampled =
                    arena_printf(topics->a, "action %s of %s", action->id, w->step[i].path);
        }
    return out;
}
