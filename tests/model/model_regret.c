/* SPDX-License-Identifier: Apache-2.0 */
/* What is sent, and what is taken back when a region is left from outside. */
#include <string.h>

#include "tests/model/model_inside.h"

static void
post(struct model *m, const struct stay *s)
{
    struct posted p = {.number = (int32_t)m->n_sent, .path = s->path};

    for (; s && p.n_around < AROUND; s = s->room->around)
        p.around[p.n_around++] = s->number;
    m->posted = arena_grow(m->a, m->posted, m->n_posted, sizeof(*m->posted));
    m->posted[m->n_posted++] = p;
}

void
model_send(struct model *m, const char *system, struct value data, const struct stay *s,
           int32_t undoes)
{
    m->sent = arena_grow(m->a, m->sent, m->n_out, sizeof(*m->sent));
    m->sent[m->n_out++] = (struct dispatch){(int32_t)++m->n_sent, system, data, undoes};
    if (s)
        post(m, s);
}

void
model_may_regret(struct model *m, const struct stay *s, const struct value *undo,
                 const char *system, int32_t message)
{
    const char *to = value_get_string(undo, "send");
    struct regret r = {.message = message, .system = to ? to : system, .path = s->path};
    const struct value *data = value_get(undo, "data");

    if (!undo || !data)
        return;
    m->here = s->room;
    r.data = model_value(m, data);
    for (; s && r.n_around < AROUND; s = s->room->around)
        r.around[r.n_around++] = s->number;
    m->regret = arena_grow(m->a, m->regret, m->n_regret, sizeof(*m->regret));
    m->regret[m->n_regret++] = r;
}

/* Whether it was in the stay (0: any), and in the branch (NULL: any). */
static bool
was_in(const int32_t *around, uint32_t n, const char *path, int32_t stay, const char *branch)
{
    const size_t len = branch ? strlen(branch) : 0;
    bool is = !stay;

    for (uint32_t i = 0; i < n; i++)
        is = is || around[i] == stay;
    return is && (!branch || (!strncmp(path, branch, len) && path[len] == '.'));
}

void
model_doom(struct model *m, int32_t stay, const char *branch)
{
    for (uint32_t i = 0; i < m->n_regret; i++) {
        struct regret *r = &m->regret[i];

        r->doomed = r->doomed || was_in(r->around, r->n_around, r->path, stay, branch);
    }
    for (uint32_t i = 0; i < m->n_posted; i++) {
        struct posted *p = &m->posted[i];

        if (p->dropped || !was_in(p->around, p->n_around, p->path, stay, branch))
            continue;
        p->dropped = p->now = true;
        model_saw(m, SEEN_DROPPED);
    }
}

void
model_break_off(struct model *m, const struct stay *s)
{
    if (model_has_rooms_by(s->def))
        model_doom(m, s->number, NULL);
}

/* Newest first. */
void
model_take_back(struct model *m)
{
    uint32_t kept = 0;

    for (uint32_t i = m->n_regret; i-- > 0;)
        if (m->regret[i].doomed) {
            model_send(m, m->regret[i].system, m->regret[i].data, NULL, m->regret[i].message);
            m->undoing = arena_grow(m->a, m->undoing, m->n_undoing, sizeof(*m->undoing));
            m->undoing[m->n_undoing++] = m->sent[m->n_out - 1];
            model_saw(m, SEEN_UNDONE);
        }
    for (uint32_t i = 0; i < m->n_regret; i++)
        if (!m->regret[i].doomed)
            m->regret[kept++] = m->regret[i];
    m->n_regret = kept;
}

bool
model_awaits(const struct model *m, const struct stay *s)
{
    return m->n_undoing && value_get(s->def, "awaits");
}

/* Message @message, of @system if one answers it, is awaited no more. */
static bool
answered(struct model *m, int32_t message, const char *system)
{
    for (uint32_t i = 0; i < m->n_undoing; i++)
        if (m->undoing[i].number == message && (!system || !strcmp(m->undoing[i].system, system))) {
            m->undoing[i] = m->undoing[--m->n_undoing];
            return true;
        }
    return false;
}

struct model *
model_undone(const struct model *m, struct arena *a, const struct mail *said, int32_t message,
             instant now, enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (said && model_came_before(out, said))
        return out;
    if (!answered(out, message, said ? said->from : NULL))
        return model_refuse(why, said ? ERROR_MESSAGE_UNKNOWN : ERROR_ACTION_NOT_ALLOWED);
    if (said)
        model_new_letter(out, said)->fate = "taken";
    out->moment = out->now;
    model_saw(out, SEEN_AWAITED);
    model_look_at_letters(out);
    return out;
}
