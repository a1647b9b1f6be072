/* SPDX-License-Identifier: Apache-2.0 */
/* What one condition says about another, so that limits are compared case by case. */
#include <string.h>

#include "definition/check_graph.h"

enum { SUPPOSED_MOST = 32 };

/* The operands of {"@operator": [...]}; NULL when @v is another expression. */
static const struct value *
operands(const struct value *v, const char *operator)
{
    const struct value *list = v->kind == VALUE_OBJECT && v->n == 1 ? value_get(v, operator) : NULL;

    return list && list->kind == VALUE_ARRAY ? list : NULL;
}

static bool
is_constant(const struct value *v)
{
    return v->kind == VALUE_INT || v->kind == VALUE_STRING || v->kind == VALUE_BOOL;
}

/* x === 1 and x === 2 cannot both hold. */
static bool
excludes(const struct value *a, const struct value *b)
{
    const struct value *x = operands(a, "==="), *y = operands(b, "===");

    return x && y && x->n == 2 && y->n == 2 && value_equal(&x->item[0], &y->item[0]) &&
           is_constant(&x->item[1]) && is_constant(&y->item[1]) &&
           !value_equal(&x->item[1], &y->item[1]);
}

/* As truth_of(), from what is supposed outright. */
static enum truth
plain_truth(const struct supposed *s, const struct value *v)
{
    for (uint32_t i = 0; i < s->n_yes; i++) {
        if (value_equal(s->yes[i], v))
            return TRUTH_YES;
        if (excludes(s->yes[i], v))
            return TRUTH_NO;
    }
    for (uint32_t i = 0; i < s->n_no; i++)
        if (value_equal(s->no[i], v))
            return TRUTH_NO;
    return TRUTH_OPEN;
}

enum truth
truth_of(const struct supposed *s, const struct value *condition)
{
    const struct value *all, *any;
    enum truth known;
    uint32_t yes = 0, no = 0;

    if (!condition)
        return TRUTH_YES;
    known = plain_truth(s, condition);
    all = operands(condition, "and");
    any = operands(condition, "or");
    if (known != TRUTH_OPEN || (!all && !any))
        return known;
    for (uint32_t i = 0; i < (all ? all : any)->n; i++) {
        known = truth_of(s, &(all ? all : any)->item[i]);
        yes += known == TRUTH_YES;
        no += known == TRUTH_NO;
    }
    if (all)
        return no ? TRUTH_NO : yes == all->n ? TRUTH_YES : TRUTH_OPEN;
    return yes ? TRUTH_YES : no == any->n ? TRUTH_NO : TRUTH_OPEN;
}

static void
suppose_yes(struct supposed *s, const struct value *v)
{
    const struct value *all = operands(v, "and");

    if (s->n_yes < SUPPOSED_MOST)
        s->yes[s->n_yes++] = v;
    for (uint32_t i = 0; all && i < all->n; i++)
        suppose_yes(s, &all->item[i]);
}

/* Not both, and the one holds: then the other does not. */
static void
suppose_no(struct supposed *s, const struct value *v)
{
    const struct value *all = operands(v, "and"), *any = operands(v, "or");
    const struct value *open = NULL;
    uint32_t n_open = 0;

    if (s->n_no < SUPPOSED_MOST)
        s->no[s->n_no++] = v;
    for (uint32_t i = 0; any && i < any->n; i++)
        suppose_no(s, &any->item[i]);
    for (uint32_t i = 0; all && i < all->n; i++)
        if (truth_of(s, &all->item[i]) != TRUTH_YES) {
            open = &all->item[i];
            n_open++;
        }
    if (n_open == 1)
        suppose_no(s, open);
}

struct supposed
suppose(const struct limit_arm *list, uint16_t arm)
{
    struct supposed s = {.n_yes = 0};

    if (list[arm].condition)
        suppose_yes(&s, list[arm].condition);
    for (uint16_t i = 0; i < arm; i++)
        if (list[i].condition)
            suppose_no(&s, list[i].condition);
    return s;
}
