/* SPDX-License-Identifier: Apache-2.0 */
/* Where a decision leads: the first arm that holds, or a table. */
#include <string.h>

#include "tests/model/model_inside.h"

static const char *
arm_of(struct model *m, const struct value *list)
{
    for (uint32_t i = 0; i < list->n && !m->failed; i++)
        if (model_holds(m, value_get(&list->item[i], "when"))) {
            text_printf(&m->chosen, " %u", i);
            return value_get_string(&list->item[i], "to");
        }
    return NULL;
}

/* Dates are compared as their text: the year comes first. */
static int
compare(const struct value *a, const struct value *b)
{
    if (a->kind == VALUE_STRING)
        return strcmp(a->string, b->string);
    return a->integer < b->integer ? -1 : a->integer > b->integer;
}

static bool
cell_fits(const struct value *cell, const struct value *v)
{
    static const char *const bound[] = {"from", "to", "above", "below"};
    static const int least[] = {0, -9, 1, -9}, most[] = {9, 0, 9, -1};
    const struct value *not = value_get(cell, "not");

    if (cell->kind == VALUE_STRING && !strcmp(cell->string, "-"))
        return true;
    if (cell->kind == VALUE_ARRAY) {
        for (uint32_t i = 0; i < cell->n; i++)
            if (cell_fits(&cell->item[i], v))
                return true;
        return false;
    }
    if (not )
        return !cell_fits(not, v);
    if (cell->kind != VALUE_OBJECT)
        return value_equal(cell, v);
    for (int i = 0; i < 4; i++) {
        const struct value *b = value_get(cell, bound[i]);

        if (b) {
            const int is = compare(v, b);

            if ((is < 0 ? -1 : is > 0) < least[i] || (is < 0 ? -1 : is > 0) > most[i])
                return false;
        }
    }
    return true;
}

static bool
row_fits(const struct value *row, const struct value *input)
{
    const struct value *cell = value_get(row, "if");

    for (uint32_t i = 0; i < cell->n; i++)
        if (!cell_fits(&cell->item[i], &input[i]))
            return false;
    return true;
}

/* All rows that fit give something. */
static void
collect(struct model *m, const struct value *table, const struct value *input)
{
    const struct value *rows = value_get(table, "rows");
    const char *as = value_get_string(table, "as");
    struct value *given = arena_array(m->a, rows->n, struct value);
    int64_t sum = 0;
    uint32_t n = 0;
    struct value v;

    for (uint32_t i = 0; i < rows->n && !m->failed; i++)
        if (row_fits(&rows->item[i], input)) {
            const struct value *give = value_get(&rows->item[i], "give");

            text_printf(&m->chosen, " +%u", i);
            given[n] = give ? model_value(m, give) : value_null();
            sum += given[n++].integer;
        }
    if (!as || !strcmp(as, "list"))
        v = value_array(given, n);
    else
        v = value_int(!strcmp(as, "sum") ? sum : n);
    model_wrote(m, value_get_string(table, "into"));
    m->vars = value_with(m->a, &m->vars, value_get_string(table, "into") + 5, v);
    model_saw(m, SEEN_COLLECTED);
}

const char *
model_decide(struct model *m, const struct value *decide)
{
    const struct value *inputs = value_get(decide, "inputs"), *rows = value_get(decide, "rows");
    struct value input[4];

    model_saw(m, inputs ? SEEN_TABLE : SEEN_DECISION);
    if (!inputs)
        return arm_of(m, decide);
    for (uint32_t i = 0; i < inputs->n && !m->failed; i++)
        input[i] = model_value(m, value_get(&inputs->item[i], "value"));
    if (m->failed)
        return NULL;
    if (!strcmp(value_get_string(decide, "hit"), "collect")) {
        collect(m, decide, input);
        return value_get_string(decide, "to");
    }
    for (uint32_t i = 0; i < rows->n; i++)
        if (row_fits(&rows->item[i], input)) {
            text_printf(&m->chosen, " %u", i);
            return value_get_string(&rows->item[i], "to");
        }
    text_printf(&m->chosen, " %u", rows->n);
    return value_get_string(value_get(decide, "else"), "to");
}
