/* SPDX-License-Identifier: Apache-2.0 */
/* What can be seen of the engine's case. */
#include "tests/model/engine.h"

#include <stdlib.h>
#include <string.h>

#include "machine/names.h"

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

static void
add_sorted(struct text *t, const char **line, size_t n, const char *before)
{
    qsort(line, n, sizeof(*line), compare_texts);
    for (size_t i = 0; i < n; i++)
        text_printf(t, "%s%s", before, line[i]);
}

/* The arm of a decision, or the rows of a table. */
static void
add_chosen(struct text *t, const struct fact *f)
{
    if (f->kind != FACT_DECIDED)
        return;
    if (f->value.kind != VALUE_ARRAY)
        text_printf(t, " %d", f->number);
    for (uint32_t i = 0; f->value.kind == VALUE_ARRAY && i < f->value.n; i++)
        text_printf(t, " +%lld", (long long)f->value.item[i].integer);
}

const char *
engine_show(const struct workflow *w, const struct case_state *c, const struct outcome *o,
            struct arena *a)
{
    struct text t = text_new(a);
    const char *line[100], **ended;
    size_t n = 0;

    text_str(&t, "open");
    for (uint32_t i = 0; i < c->n_visit; i++)
        text_printf(&t, " %s", visit_path(a, w, &c->visit[i]));
    text_str(&t, "\nchosen");
    for (uint32_t i = 0; i < o->n_record; i++)
        for (uint32_t k = 0; k < o->record[i].n_fact; k++)
            add_chosen(&t, &o->record[i].fact[k]);
    text_printf(&t, "\nstatus %s outcome %s sent %d\nmarks",
                public_status_name(case_public_status(w, c)), c->outcome ? c->outcome : "-",
                c->last_message);
    for (uint16_t i = 0; i < w->n_mark; i++)
        if (c->mark[i] != INSTANT_NONE)
            line[n++] = arena_printf(a, "%s %lld", w->mark[i], (long long)c->mark[i]);
    add_sorted(&t, line, n, " ");
    n = 0;
    for (uint32_t i = 0; i < c->n_clock; i++) {
        const struct case_clock *k = &c->clock[i];

        line[n++] = arena_printf(a, "%s %d %lld %lld", clock_name(a, w, c, k), (int)k->verdict,
                                 (long long)k->started,
                                 (long long)(k->verdict == VERDICT_OPEN ? k->due : 0));
    }
    text_str(&t, "\nclocks");
    add_sorted(&t, line, n, "\n ");
    n = 0;
    ended = arena_array(a, o->n_timing + 1, const char *);
    for (uint32_t i = 0; i < o->n_timing; i++)
        if (o->timing[i].clock)
            ended[n++] =
                arena_printf(a, "%s %d", rule_name(a, w, o->timing[i].rule, o->timing[i].element),
                             (int)o->timing[i].verdict);
    text_str(&t, "\nended");
    add_sorted(&t, ended, n, "\n ");
    for (uint32_t i = 0; i < c->n_letter; i++)
        text_printf(&t, "\nletter %d %s %s", c->letter[i].number, c->letter[i].name,
                    letter_fate_name(c->letter[i].fate));
    text_printf(&t, "\nnames %s\nform %s\n", text_of(&c->vars, a), text_of(&c->form, a));
    return t.at;
}
