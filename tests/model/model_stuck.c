/* SPDX-License-Identifier: Apache-2.0 */
/* What was due and could not be done: it is tried again whenever something has happened. */
#include <string.h>

#include "tests/model/line.h"
#include "tests/model/model_inside.h"

static struct stay *
stay_of(const struct model *m, int32_t number)
{
    struct stay *list[STAYS];
    const uint32_t n = m->closed ? 0 : model_stays(m, NULL, list);

    for (uint32_t i = 0; i < n; i++)
        if (number && list[i]->number == number)
            return list[i];
    return NULL;
}

/* Whether it is still to come, as it was when it could not be done. */
static bool
stands(const struct model *m, const struct jam *j)
{
    const struct stay *s = stay_of(m, j->stay);
    instant due;

    if (m->closed || (j->kind != JAM_THING && j->kind != JAM_WITHDRAWAL && !s))
        return false;
    switch (j->kind) {
    case JAM_TIMER:
        due = j->timer < 0 ? s->wait : s->timer[j->timer];
        return due != INSTANT_NONE && due <= j->since;
    case JAM_THING:
        due = m->thing[j->thing].until;
        return !strcmp(m->thing[j->thing].state, "tolerated") && due <= j->since;
    case JAM_KIN:
    case JAM_WITHDRAWAL:
        break;
    }
    return true;
}

static bool
is_same(const struct jam *x, const struct jam *y)
{
    return x->kind == y->kind && x->stay == y->stay && x->timer == y->timer && x->thing == y->thing;
}

bool
model_is_jammed(const struct model *m, struct jam j)
{
    for (uint32_t i = 0; i < m->n_jam; i++)
        if (is_same(&m->jam[i], &j) && stands(m, &m->jam[i]))
            return true;
    return false;
}

void
model_unjam(struct model *m, struct jam j)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < m->n_jam; i++)
        if (!is_same(&m->jam[i], &j))
            m->jam[n++] = m->jam[i];
    m->n_jam = n;
}

/* What was left has not been stuck since; it comes due anew. */
void
model_jams_as_in(struct model *m, const struct model *now)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < m->n_jam; i++)
        if (model_is_jammed(now, m->jam[i]))
            m->jam[n++] = m->jam[i];
    m->n_jam = n;
}

void
model_jam(struct model *m, struct jam j)
{
    model_saw(m, SEEN_STUCK);
    for (uint32_t i = 0; i < m->n_jam; i++)
        if (is_same(&m->jam[i], &j)) {
            m->jam[i].tried = m->jam[i].fresh = true;
            return;
        }
    j.since = m->now;
    j.tried = j.fresh = true;
    m->jam[m->n_jam++] = j;
}

/* All that is stuck is tried; what got stuck by this very thing has been. */
void
model_has_happened(struct model *m)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < m->n_jam; i++) {
        struct jam j = m->jam[i];

        if (!stands(m, &j))
            continue;
        j.tried = j.fresh;
        j.fresh = false;
        m->jam[n++] = j;
    }
    m->n_jam = n;
}

struct model *
model_try(struct model *m)
{
    struct model *try = model_copy(m, m->a);

    try->chosen = model_text_apart(m->a, &m->chosen);
    try->issued = model_text_apart(m->a, &m->issued);
    try->told = model_text_apart(m->a, &m->told);
    return try;
}

struct stay *
model_jammed_stay(const struct model *m, const struct jam *j)
{
    return stay_of(m, j->stay);
}

instant
model_law_says(const struct stay *s, int timer)
{
    const char *length;
    const struct value *def = timer < 0 ? s->def : model_timer(s, (uint32_t)timer, &length);

    if (!value_get(def, "deem"))
        return INSTANT_NONE;
    return timer < 0 ? s->wait : s->timer[timer];
}

bool
model_is_overtaken(const struct model *m, const struct stay *s, instant when)
{
    for (uint32_t i = 0; i < m->n_jam; i++) {
        const struct jam *j = &m->jam[i];
        const struct stay *silent =
            j->kind == JAM_TIMER && stands(m, j) ? stay_of(m, j->stay) : NULL;
        instant due;

        if (!silent)
            continue;
        due = model_law_says(silent, j->timer);
        for (const struct stay *x = s; x && due != INSTANT_NONE && due < when; x = x->room->around)
            if (x == silent)
                return true;
    }
    return false;
}

bool
model_must_wait(struct model *m, const struct stay *s, instant when)
{
    if (m->failed || !model_is_overtaken(m, s, when))
        return m->failed;
    m->failed_as = ERROR_SILENCE_STUCK;
    m->failed = true;
    return true;
}

bool
model_has_fallen(const struct model *m, const struct thing *t, instant when)
{
    const struct jam j = {.kind = JAM_THING, .thing = (uint32_t)(t - m->thing)};

    return !strcmp(t->state, "tolerated") && when > t->until && model_is_jammed(m, j);
}

void
model_show_jams(const struct model *m, struct text *t)
{
    static const char *const kind[] = {"timer", "children", "lapse", "withdraw"};
    const char **line = arena_array(m->a, m->n_jam + 1, const char *);
    size_t n = 0;

    for (uint32_t i = 0; i < m->n_jam; i++) {
        const struct jam *j = &m->jam[i];

        if (stands(m, j))
            line[n++] = arena_printf(
                m->a, "\nstuck %s %d %d %s %lld",
                j->kind == JAM_TIMER && j->timer < 0 ? "wait" : kind[j->kind], j->stay,
                j->timer < 0 ? 0 : j->timer,
                j->kind == JAM_THING ? value_get_string(m->thing[j->thing].def, "id") : "-",
                (long long)j->since);
    }
    lines_sorted(t, line, n, "");
}
