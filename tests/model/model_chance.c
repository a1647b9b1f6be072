/* SPDX-License-Identifier: Apache-2.0 */
/* Random draws, by the rule that is published with them. */
#include <stdlib.h>
#include <string.h>

#include "definition/digest.h"
#include "tests/model/model_inside.h"

struct ticket {
    const char *name;
    int64_t weight;
};

static int
by_name(const void *a, const void *b)
{
    return strcmp(((const struct ticket *)a)->name, ((const struct ticket *)b)->name);
}

/* x(i): the first 16 digits of SHA-256("KEY:i"). */
static uint64_t
number(struct model *m, const char *key, uint32_t i)
{
    const char *text = arena_printf(m->a, "%s:%u", key, i);
    char hex[DIGEST_TEXT];

    digest_text(text, strlen(text), hex);
    hex[16] = 0;
    return strtoull(hex, NULL, 16);
}

static void
refuse(struct model *m)
{
    m->failed = true;
    m->failed_as = ERROR_GUARD_FAILED;
}

/* Those who may be drawn, in the order of their bytes. */
static uint32_t
tickets(struct model *m, const struct value *def, struct ticket *t)
{
    const struct value from = model_value(m, value_get(def, "from"));
    const struct value *weights = value_get(def, "weights"), *out = value_get(def, "exclude");
    uint32_t n = 0;

    for (uint32_t i = 0; i < from.n; i++) {
        bool aside = false;

        for (uint32_t k = 0; out && k < out->n; k++)
            aside = aside || value_equal(&out->item[k], &from.item[i]);
        if (!aside)
            t[n++] = (struct ticket){from.item[i].string, weights ? weights->item[i].integer : 1};
    }
    qsort(t, n, sizeof(*t), by_name);
    return n;
}

void
model_draw(struct model *m, const struct value *def)
{
    const struct value *count = value_get(def, "count"), *mix = value_get(def, "mix");
    struct value *won = arena_array(m->a, 5, struct value);
    struct ticket t[5];
    uint32_t n, n_won = 0, i = 0;
    char key[DIGEST_TEXT];
    const char *text;

    if (!m->committed) {
        refuse(m);
        return;
    }
    n = tickets(m, def, t);
    text = arena_printf(m->a, "%s:%s", m->seed, mix ? model_value(m, mix).string : "");
    digest_text(text, strlen(text), key);
    while (n_won < count->integer) {
        uint64_t all = 0, x, at;
        uint32_t k = 0;

        for (uint32_t j = 0; j < n; j++)
            all += (uint64_t)t[j].weight;
        if (!all) {
            refuse(m);
            return;
        }
        do
            x = number(m, key, i++);
        while (x >= UINT64_MAX - UINT64_MAX % all);
        for (at = x % all; at >= (uint64_t)t[k].weight; k++)
            at -= (uint64_t)t[k].weight;
        won[n_won++] = value_borrow(t[k].name);
        t[k].weight = 0;
    }
    m->committed = false;
    m->n_lot++;
    model_wrote(m, value_get_string(def, "into"));
    m->vars = value_with(m->a, &m->vars, value_get_string(def, "into") + 5,
                         model_as_then(m, value_array(won, n_won)));
    model_saw(m, SEEN_DRAWN);
}
