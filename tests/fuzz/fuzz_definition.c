/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes definitions: what is accepted is whole, and restores to the same version. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/require.h"
#include "definition/definition.h"
#include "definition/json.h"

static void
check_target(const struct workflow *w, uint16_t region, struct target t)
{
    if (t.kind == TARGET_STEP) {
        require(t.step < w->n_step);
        require(region_within(w, region, w->step[t.step].region));
    } else if (t.kind == TARGET_DONE) {
        require(region != 0);
    }
}

static void
check_marks(const struct workflow *w, const struct marks *m)
{
    for (uint16_t i = 0; i < m->n; i++)
        require(m->item[i] >= MARK_GIVEN && m->item[i] < w->n_mark);
}

static void
check_step(const struct workflow *w, const struct step *s)
{
    require(workflow_step(w, s->path) == s->index && s->region < w->n_region);
    require(s->stops == NONE || s->stops < w->n_ground);
    check_target(w, s->region, s->to);
    check_target(w, s->region, s->otherwise);
    check_marks(w, &s->marks);
    for (uint16_t i = 0; i < s->n_action; i++) {
        require(step_action(s, s->action[i].id) == &s->action[i]);
        check_target(w, s->region, s->action[i].to);
        check_marks(w, &s->action[i].marks);
    }
    for (uint16_t i = 0; i < s->n_timer; i++) {
        require(s->timer[i].limit.n > 0);
        check_target(w, s->region, s->timer[i].to);
    }
    for (uint16_t i = 0; i < s->n_on; i++) {
        require(step_takes(s, s->on[i].from, s->on[i].id));
        check_target(w, s->region, s->on[i].to);
        check_marks(w, &s->on[i].marks);
    }
    for (uint16_t i = 0; i < s->n_arm; i++)
        check_target(w, s->region, s->arm[i].to);
    require(s->kind != STEP_DECISION || (s->n_arm && !s->arm[s->n_arm - 1].when));
    require(s->kind != STEP_END || s->outcome);
    for (uint16_t i = 0; i < s->n_region; i++)
        require(w->region[s->first_region + i].owner == s->index);
    for (uint16_t i = 0; i < s->n_clock; i++)
        require(w->clock[s->clock[i]].scope == s->index);
}

static void
check_whole(const struct workflow *w)
{
    for (uint16_t i = 0; i < w->n_step; i++)
        check_step(w, &w->step[i]);
    for (uint16_t i = 0; i < w->n_region; i++)
        require(w->region[i].start < w->n_step && w->step[w->region[i].start].region == i);
    for (uint16_t i = 0; i < w->n_clock; i++) {
        require(w->clock[i].from < w->n_mark && w->clock[i].to < w->n_mark && w->clock[i].n_arm);
        require(workflow_clock(w, w->clock[i].id) == i);
    }
    require(w->form && w->lead && w->n_open_by);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct organisation nothing = {.data = NULL};
    const struct workflow *w, *again;
    struct arena a = {0};
    struct problems problems = {.arena = &a};
    struct value source;
    struct error e;

    if (json_read(&a, (const char *)data, size, true, &source, &e)) {
        const bool good = definition_read(&a, &source, "x", &nothing, NULL, &w, &problems);

        require(good == (problems.n_error == 0));
        if (good) {
            check_whole(w);
            require(definition_restore(&a, w->text, w->text_len, &again, &e));
            require(strcmp(w->hash, again->hash) == 0);
            check_whole(again);
        }
    }
    arena_release(&a);
    return 0;
}
