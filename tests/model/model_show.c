/* SPDX-License-Identifier: Apache-2.0 */
/* What can be seen of the model's case. */
#include <stdlib.h>
#include <string.h>

#include "tests/model/model.h"

static const char *const status[] = {"received", "accepted", "in-review",
                                     "special",  "decided",  "delivered"};

static int
rank_of(const struct stay *s)
{
    for (; s; s = s->room->around) {
        const char *public = value_get_string(s->def, "public");

        for (int i = 0; public && i < 6; i++)
            if (!strcmp(public, status[i]))
                return i;
    }
    return 2;
}

static const struct watch *
leading(const struct model *m)
{
    const struct watch *first = NULL;

    for (uint32_t i = 0; i < m->n_watch; i++) {
        const struct watch *w = m->watch[i];

        if (!w->over && !w->applicant && (!first || (w->statutory && !first->statutory)))
            first = w;
    }
    return first;
}

static const char *
status_of(const struct model *m, struct stay *const *list, uint32_t n)
{
    const struct watch *lead = leading(m);
    int least = 6;

    if (m->closed)
        return m->status_at_end;
    if (lead && model_stands(lead))
        return "special";
    for (uint32_t i = 0; i < n; i++) {
        const int rank = rank_of(list[i]);

        if (!value_get(list[i]->def, "join") && !value_get(list[i]->def, "steps") && rank < least)
            least = rank;
    }
    return least == 6 ? "received" : status[least];
}

static const char *
text_of(const struct value *v, struct arena *a)
{
    struct text t = text_new(a);

    value_write(&t, v);
    return t.at;
}

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *
watch_text(const struct model *m, const struct watch *w)
{
    return arena_printf(m->a, "%s %d %lld %lld", w->id, w->verdict, (long long)w->started,
                        (long long)(w->over ? 0 : model_due(m, w)));
}

void
model_show(const struct model *m, struct text *t)
{
    struct stay *list[STAYS];
    const uint32_t n = m->closed ? 0 : model_stays(m, NULL, list);
    const char *watch[80], **ended;
    size_t n_watch = 0;

    text_str(t, "open");
    for (uint32_t i = 0; i < n; i++)
        text_printf(t, " %s", list[i]->path);
    text_printf(t, "\nchosen%s", m->chosen.at ? m->chosen.at : "");
    text_printf(t, "\nstatus %s outcome %s sent %u\nmarks", status_of(m, list, n),
                m->outcome ? m->outcome : "-", m->n_sent);
    for (uint32_t i = 0; i < m->n_mark; i++)
        watch[n_watch++] = arena_printf(m->a, "%s %lld", m->mark[i].id, (long long)m->mark[i].at);
    qsort(watch, n_watch, sizeof(*watch), compare_texts);
    for (size_t i = 0; i < n_watch; i++)
        text_printf(t, " %s", watch[i]);
    n_watch = 0;
    for (uint32_t i = 0; i < m->n_watch; i++)
        watch[n_watch++] = watch_text(m, m->watch[i]);
    for (uint32_t i = 0; i < n; i++)
        if (list[i]->own)
            watch[n_watch++] = watch_text(m, list[i]->own);
    qsort(watch, n_watch, sizeof(*watch), compare_texts);
    text_str(t, "\nclocks");
    for (size_t i = 0; i < n_watch; i++)
        text_printf(t, "\n %s", watch[i]);
    n_watch = 0;
    ended = arena_array(m->a, m->n_ended + 1, const char *);
    for (uint32_t i = 0; i < m->n_ended; i++)
        ended[n_watch++] = arena_printf(m->a, "%s %d", m->ended[i].id, m->ended[i].verdict);
    qsort(ended, n_watch, sizeof(*ended), compare_texts);
    text_str(t, "\nended");
    for (size_t i = 0; i < n_watch; i++)
        text_printf(t, "\n %s", ended[i]);
    for (uint32_t i = 0; i < m->n_letter; i++)
        text_printf(t, "\nletter %d %s %s", m->letter[i].number, m->letter[i].name,
                    m->letter[i].fate);
    text_printf(t, "\nnames %s\nform %s\n", text_of(&m->vars, m->a), text_of(&m->form, m->a));
}
