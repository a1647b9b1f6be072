/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox of a house from which nothing has gone yet: what is dropped of it, and when. */
#include <string.h>

#include "tests/model/life_inside.h"

/* As the store keeps it, but what takes something back; nothing of one command's memory is used by
 * the next. */
static struct message
keep(struct life *l, const struct message *m)
{
    struct message out = *m;

    out.around = arena_copy(l->a, m->around, m->n_around * sizeof(*m->around));
    out.region = arena_strdup(l->a, m->region);
    return out;
}

static bool
is_in(const struct message *m, const struct cancelled *x)
{
    const size_t len = x->branch ? strlen(x->branch) : 0;
    bool is = !x->visit;

    for (uint32_t i = 0; i < m->n_around; i++)
        is = is || m->around[i] == x->visit;
    return is && m->number <= x->last &&
           (!x->branch ||
            (!strncmp(m->region, x->branch, len) && (!m->region[len] || m->region[len] == '.')));
}

const char *
life_post(struct life *l, const struct outcome *o)
{
    struct text t = text_new(l->scratch);

    for (uint32_t i = 0; i < o->n_message; i++) {
        if (!o->message[i].region)
            continue;
        l->outbox = arena_grow(l->a, l->outbox, l->n_outbox, sizeof(*l->outbox));
        l->outbox[l->n_outbox++] = (struct envelope){.message = keep(l, &o->message[i])};
    }
    for (size_t i = 0; i < l->n_outbox; i++) {
        struct envelope *e = &l->outbox[i];

        if (o->annulled && e->dropped == o->annulled)
            e->dropped = 0;
        for (uint32_t k = 0; k < o->n_cancelled && !e->dropped; k++)
            if (is_in(&e->message, &o->cancelled[k])) {
                e->dropped = o->cancelled[k].record;
                text_printf(&t, " %d", e->message.number);
            }
    }
    return t.at ? t.at : "";
}
