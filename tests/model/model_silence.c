/* SPDX-License-Identifier: Apache-2.0 */
/* What silence did is taken back, as somebody had acted in time. */
#include <string.h>

#include "tests/model/model_inside.h"

/* Before time moves @s: only where that can be contradicted. */
void
model_before_silence(struct model *m, const struct stay *s)
{
    if (!value_get(m->def, "backdateBy"))
        return;
    m->silence_on = NULL; /* no copy keeps what was before the one before */
    m->silence_on = model_copy(m, m->a);
    m->silent_stay = s->number;
    m->silent_thing = -1;
}

static bool
is_open(const struct model *m, int32_t number)
{
    struct stay *list[STAYS];
    const uint32_t n = m->closed ? 0 : model_stays(m, NULL, list);

    for (uint32_t i = 0; i < n; i++)
        if (list[i]->number == number)
            return true;
    return false;
}

/* The votes that had come in time are counted in the ballot, which closes again. */
static struct stay *
cast_again(struct model *m, const struct model *after)
{
    struct stay *list[STAYS], *s = NULL;
    const uint32_t n = model_stays(m, NULL, list);

    for (uint32_t i = m->n_cast; i < after->n_cast; i++) {
        const struct ballot_cast *x = &after->cast[i];

        for (uint32_t k = 0; k < n && x->late && x->stay == after->silent_stay; k++)
            if (list[k]->number == x->stay) {
                s = list[k];
                if (x->place < s->roll.n)
                    s->votes[x->place] = x->letter;
                model_saw(m, SEEN_COUNTED_AGAIN);
            }
    }
    m->cast = model_list_copy(m->a, after->cast, after->n_cast, sizeof(*m->cast));
    m->n_cast = after->n_cast;
    return s;
}

/* What came due in a stay while it was left is not made up for, but that @ballot closes. */
static void
forget_due(struct model *m, const struct model *after, const struct stay *ballot)
{
    struct stay *list[STAYS];
    const uint32_t n = model_stays(m, NULL, list);

    for (uint32_t i = 0; i < n; i++) {
        if (is_open(after, list[i]->number))
            continue;
        if (list[i]->wait <= m->now && list[i] != ballot)
            list[i]->wait = INSTANT_NONE;
        for (uint32_t k = 0; k < list[i]->n_timer; k++)
            if (list[i]->timer[k] <= m->now)
                list[i]->timer[k] = INSTANT_NONE;
    }
}

struct model *
model_annul_silence(const struct model *m, struct arena *a, instant now, enum error_code *why)
{
    struct model *out = model_copy(m->silence_on, a);

    if (model_left_a_trace(out, m))
        return model_refuse(why, ERROR_ANNUL_IMPOSSIBLE);
    out->now = now > m->moment ? now : m->moment;
    out->nobody = false;   /* as it was when time began to move it */
    out->contradicted = 0; /* until then, whatever had contradicted it before */
    forget_due(out, m, cast_again(out, m));
    if (m->silent_thing >= 0) { /* it had come: nothing has followed of its tolerance */
        out->thing[m->silent_thing] = m->thing[m->silent_thing];
        out->thing[m->silent_thing].left = 0;
        if (strcmp(m->thing[m->silent_thing].state, "lapsed") != 0)
            out->thing[m->silent_thing].fell = false;
        model_saw(out, SEEN_LAPSE_ANNULLED);
    }
    model_saw(out, SEEN_SILENCE_ANNULLED);
    return model_as_if(out, m, a, now);
}
