/* SPDX-License-Identifier: Apache-2.0 */
/* What is chosen as a case moves: an arm or the rows of a decision, the department of a step. */
#include <string.h>

#include "machine/flow.h"

/* What the rows give that fit; overflow refuses. */
static struct value
gathered(struct run *r, const struct decision_table *table, struct value *item, uint32_t n)
{
    int64_t sum = 0;

    if (table->as == GATHER_LIST)
        return value_array(item, n);
    if (table->as == GATHER_COUNT)
        return value_int(n);
    for (uint32_t i = 0; i < n && !r->failed; i++)
        if (item[i].kind != VALUE_INT || __builtin_add_overflow(sum, item[i].integer, &sum)) {
            error_set(r->e, ERROR_GUARD_ERROR, "the sum of a table is no integer of 64 bits");
            r->failed = true;
        }
    return value_int(sum);
}

/* All rows that fit: which, by which law, and what they gave. */
static void
collect_rows(struct run *r, const struct step *s, struct place here)
{
    const struct decision_table *table = s->table;
    struct value *row = arena_array(r->a, table->n_row, struct value);
    struct value *item = arena_array(r->a, table->n_row, struct value), v;
    struct text basis = text_new(r->a);
    uint32_t n = 0;

    for (uint16_t i = 0; i < table->n_row && !r->failed; i++) {
        const struct decision_arm *arm = &s->arm[i];

        if (arm->when && !run_test(r, here, arm->when))
            continue;
        item[n] = arm->give ? run_value(r, here, arm->give) : value_null();
        row[n++] = value_int(i);
        if (arm->basis)
            text_printf(&basis, "%s%s", basis.len ? "; " : "", arm->basis);
    }
    v = gathered(r, table, item, n);
    if (r->failed)
        return;
    emit(r, (struct fact){.kind = FACT_DECIDED,
                          .step = s->index,
                          .number = (int32_t)n,
                          .detail = basis.len ? basis.at : NULL,
                          .value = value_array(row, n)});
    emit(r, (struct fact){.kind = FACT_SET, .name = table->into, .value = v});
}

void
choose_way(struct run *r, const struct step *s, struct place here)
{
    run_marks(r, &s->marks);
    run_effects(r, &s->effects, here, 0);
    if (s->table && s->table->hit == HIT_COLLECT) {
        collect_rows(r, s, here);
        move(r, here, s->arm[s->table->n_row].to);
        return;
    }
    for (uint16_t i = 0; i < s->n_arm && !r->failed; i++) {
        if (s->arm[i].when && !run_test(r, here, s->arm[i].when))
            continue;
        emit(r,
             (struct fact){
                 .kind = FACT_DECIDED, .step = s->index, .number = i, .detail = s->arm[i].basis});
        move(r, here, s->arm[i].to);
        return;
    }
    if (!r->failed && s->table)
        error_set(r->e, ERROR_GUARD_ERROR, "no row of the table of step %s fits", s->path);
    r->failed = r->failed || s->table;
    run_fail(r, "a decision has no arm that holds");
}

/* Where the form says what @var asks for; of an element it is the list, which is looked at first.
 */
static const char *
field_pointer(struct arena *a, const char *var)
{
    char *at = arena_printf(a, "/%s", strncmp(var, "form.", 5) ? "form" : var);

    for (char *c = at; *c; c++)
        *c = *c == '.' ? '/' : *c;
    return at;
}

const char *
choose_department(struct run *r, const struct step *s, struct place where)
{
    const struct department_choice *choice = s->choice;
    const char *department = NULL;
    struct value v;

    if (!choice)
        return NULL;
    if (choice->step != s->index)
        return visit_department(r->w, case_visit(r->c, where.parent));
    v = run_value(r, where, choice->x);
    if (!r->failed && v.kind == VALUE_STRING)
        department = step_department_called(r->w, s, v.string);
    if (department || r->failed)
        return department;
    error_at(r->e, ERROR_FORM_INVALID, field_pointer(r->a, choice->var),
             "it is no department that step %s may be of", s->path);
    r->failed = true;
    return NULL;
}
