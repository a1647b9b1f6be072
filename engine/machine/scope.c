/* SPDX-License-Identifier: Apache-2.0 */
/* What the expressions of a workflow see of a case. */
#include "machine/credit.h"
#include "machine/flow.h"
#include "machine/identity.h"
#include "machine/materials.h"

#include <string.h>

#include "machine/names.h"
#include "machine/paths.h"

static struct value
text_or_null(const char *s)
{
    return s ? value_borrow(s) : value_null();
}

/* Members whose value is NULL are left out: to an expression they are missing. */
static struct value
object_of(struct arena *a, const char *const *name, const struct value *v, size_t n,
          const struct value *more)
{
    const uint32_t n_more = more && more->kind == VALUE_OBJECT ? more->n : 0;
    struct member *m = arena_array(a, n + n_more, struct member);
    size_t kept = 0;

    for (uint32_t i = 0; i < n_more; i++)
        m[kept++] = more->member[i];
    for (size_t i = 0; i < n; i++)
        if (v[i].kind != VALUE_NULL) {
            struct value named = value_borrow(name[i]);

            m[kept++] = (struct member){.name = named.string, .name_len = named.n, .value = v[i]};
        }
    return value_object(a, m, kept);
}

static struct value
case_root(struct run *r)
{
    static const char *const name[] = {"number", "district",   "applicantKind",
                                       "opened", "today",      "owed",
                                       "lane",   "identified", "brokenPromises"};
    char at[INSTANT_TEXT], today[DAY_TEXT];
    const struct value v[] = {
        text_or_null(r->c->number),
        text_or_null(r->c->district),
        text_or_null(r->c->applicant_kind),
        r->c->phase == PHASE_NONE ? value_null()
                                  : value_string(r->a, instant_write(r->c->opened, at)),
        value_string(r->a, day_write(instant_day(period_start(r->at)), today)),
        value_int(materials_owed(r->w, r->c)),
        !r->w->n_lane        ? value_null()
        : r->c->lane == NONE ? value_borrow("")
                             : value_borrow(r->w->lane[r->c->lane].id),
        r->w->asks_identified ? value_bool(identity_is_known(r)) : value_null(),
        r->w->asks_credit ? value_int(credit_broken(r)) : value_null()};

    return object_of(r->a, name, v, sizeof(v) / sizeof(v[0]), &r->c->vars);
}

static struct value
actor_root(struct run *r)
{
    static const char *const name[] = {"id", "department", "district"};
    const struct actor *who = &r->cmd->actor;
    const struct value v[] = {text_or_null(who->id), text_or_null(who->department),
                              text_or_null(who->district)};

    return object_of(r->a, name, v, sizeof(v) / sizeof(v[0]), NULL);
}

static const struct value *
keep(struct run *r, struct value v)
{
    return arena_copy(r->a, &v, sizeof(v));
}

/* The branch of a list that @where lies in; NULL. */
static const struct branch *
branch_around(const struct run *r, struct place where)
{
    const uint16_t each = r->w->region[where.region].each;

    while (each != NONE && where.region != each && where.parent)
        where = place_of(r, where.parent);
    return each == NONE ? NULL : case_branch(r->c, where.parent, each, where.element);
}

/* Within a branch of a list `each` is its element, and its own steps are called by their paths. */
static void
add_branch(struct run *r, const struct branch *b, struct scope *s)
{
    const struct region *each = &r->w->region[b->region];
    const char *own = path_of_element(r->a, r->w, b->region, each->path, b->element);
    const struct value *words = path_get(&r->c->steps, own), none = value_object(r->a, NULL, 0);

    s->root[ROOT_EACH] = keep(r, value_with(r->a, &none, each->id, b->item));
    if (words)
        s->root[ROOT_STEP] = keep(r, path_with(r->a, &r->c->steps, each->path, *words));
}

struct scope
run_scope(struct run *r, const struct place *where)
{
    const struct branch *b = branch_around(r, *where);
    struct scope s = {.now = r->at, .calendar = run_calendar(r, NULL)};

    s.root[ROOT_FORM] = &r->c->form;
    s.root[ROOT_CASE] = keep(r, case_root(r));
    s.root[ROOT_STEP] = &r->c->steps;
    if (b)
        add_branch(r, b, &s);
    if (r->cmd) {
        s.root[ROOT_INPUT] = &r->cmd->input;
        s.root[ROOT_ACTOR] = keep(r, actor_root(r));
    }
    return s;
}

bool
run_test(struct run *r, struct place where, const struct expression *x)
{
    return run_tally(r, where, x, NULL);
}

bool
run_each(struct run *r, const struct place *branch, const struct value *item,
         const struct expression *x)
{
    const struct branch b = {.region = branch->region, .element = branch->element, .item = *item};
    struct scope s;
    bool yes = false;

    if (r->failed)
        return false;
    s = run_scope(r, &(struct place){.region = 0});
    add_branch(r, &b, &s);
    if (!expression_test(x, &s, r->a, &yes, r->e))
        r->failed = true;
    return yes && !r->failed;
}

bool
run_tally(struct run *r, struct place where, const struct expression *x, const struct value *tally)
{
    struct scope s;
    bool yes = false;

    if (r->failed)
        return false;
    s = run_scope(r, &where);
    s.root[ROOT_TALLY] = tally;
    if (!expression_test(x, &s, r->a, &yes, r->e))
        r->failed = true;
    return yes && !r->failed;
}

struct value
run_object(struct run *r, struct place where, const struct named *of, uint16_t n)
{
    struct member *m = arena_array(r->a, n, struct member);

    for (uint16_t i = 0; i < n && !r->failed; i++) {
        const struct value name = value_borrow(of[i].name);

        m[i] = (struct member){
            .name = name.string, .name_len = name.n, .value = run_value(r, where, of[i].value)};
    }
    return value_object(r->a, m, r->failed ? 0 : n);
}

struct value
run_value(struct run *r, struct place where, const struct expression *x)
{
    return run_value_of(r, where, NULL, x);
}

/* What the branch calls its element stays called so. */
static const struct value *
each_with(struct run *r, const struct value *branch, const struct value *element)
{
    struct value v = *element;

    for (uint32_t i = 0; branch && i < branch->n; i++)
        v = value_with(r->a, &v, branch->member[i].name, branch->member[i].value);
    return keep(r, v);
}

struct value
run_value_of(struct run *r, struct place where, const struct value *element,
             const struct expression *x)
{
    struct value v = value_null();
    struct scope s;

    if (r->failed)
        return v;
    s = run_scope(r, &where);
    if (element)
        s.root[ROOT_EACH] = each_with(r, s.root[ROOT_EACH], element);
    if (!expression_eval(x, &s, r->a, &v, r->e))
        r->failed = true;
    return v;
}
