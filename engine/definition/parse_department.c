/* SPDX-License-Identifier: Apache-2.0 */
/* Who does a step: a department by its name, or one that a field of the form chooses. */
#include <string.h>

#include "definition/parse.h"

/* {"var": "form.x"} or {"var": ["form.x", default]}: what it asks for; NULL: it is more. */
static const char *
asked_for(const struct value *v, const char **otherwise)
{
    const struct value *var = v->n == 1 ? value_get(v, "var") : NULL;
    const bool list = var && var->kind == VALUE_ARRAY;

    *otherwise = NULL;
    if (list && var->n == 2 && var->item[1].kind == VALUE_STRING)
        *otherwise = var->item[1].string;
    if (list && (var->n == 1 || *otherwise))
        var = &var->item[0];
    return var && var->kind == VALUE_STRING ? var->string : NULL;
}

/* {"$ref": "#/$defs/bureau"}: what it stands for. */
static const struct value *
resolved(const struct parse *p, const struct value *schema)
{
    enum { HOPS = 12 };
    static const char defs[] = "#/$defs/";

    for (int hop = 0; hop < HOPS; hop++) {
        const char *ref = schema ? value_get_string(schema, "$ref") : NULL;

        if (!ref || strncmp(ref, defs, sizeof(defs) - 1) != 0)
            return schema;
        schema = value_get(value_get(p->w->form_schema, "$defs"), ref + sizeof(defs) - 1);
    }
    return NULL;
}

/* The schema of what @var names: a field of the form, or the element of the list around. */
static const struct value *
schema_of(const struct parse *p, const struct step *s, const char *var)
{
    const uint16_t each = p->region[s->region].each;
    const char *list;

    if (!strncmp(var, "form.", 5))
        return resolved(p, field_schema(p, var + 5));
    if (strncmp(var, "each.", 5) != 0 || each == NONE || strcmp(p->region[each].id, var + 5) != 0)
        return NULL;
    list = p->step[p->region[each].owner].foreach_field;
    return list ? resolved(p, value_get(resolved(p, field_schema(p, list)), "items")) : NULL;
}

static void
add_department(struct parse *p, const struct place *at, struct department_choice *c,
               const char **may_be, const char *department)
{
    for (uint16_t i = 0; i < c->n; i++)
        if (!strcmp(may_be[i], department))
            return;
    check_department(p, at, department);
    may_be[c->n++] = department;
}

/* Every department it may be; none, and told, where that is not written. */
static void
read_may_be(struct parse *p, const struct place *at, const struct step *s,
            struct department_choice *c, const char *otherwise)
{
    const struct value *words = value_get(schema_of(p, s, c->var), "enum");
    const uint32_t n = words && words->kind == VALUE_ARRAY && words->n < NONE ? words->n : 0;
    const char **may_be = arena_array(p->arena, n + 1, const char *);

    c->may_be = may_be;
    for (uint32_t i = 0; i < n; i++)
        if (words->item[i].kind == VALUE_STRING) {
            add_department(p, at, c, may_be, words->item[i].string);
        } else {
            complain(p, at, PROBLEM_DEPARTMENT_CHOICE, "\"%s\" may be what is no text", c->var);
            return;
        }
    if (n == 0)
        complain(p, at, PROBLEM_DEPARTMENT_CHOICE,
                 "nothing says which departments \"%s\" may be: it is no field of the form and no "
                 "element of the list around whose schema has an \"enum\"",
                 c->var);
    else if (otherwise)
        add_department(p, at, c, may_be, otherwise);
}

static const struct department_choice *
read_choice(struct parse *p, const struct place *at, const struct step *s)
{
    struct department_choice *c = arena_new(p->arena, struct department_choice);
    const char *otherwise;

    c->x = read_expression(p, at, VALUE_STRING, (struct speaker){.region = s->region});
    c->var = asked_for(at->v, &otherwise);
    c->step = s->index;
    if (!c->x || !p->w->form)
        return c;
    if (!c->var)
        complain(p, at, PROBLEM_DEPARTMENT_CHOICE,
                 "which departments it may be cannot be told from this expression");
    else
        read_may_be(p, at, s, c, otherwise);
    return c;
}

void
read_department(struct parse *p, const struct place *at, struct step *s)
{
    const struct place *own = place_get(p, at, "department");
    const uint16_t owner = p->region[s->region].owner;

    if (own && own->v->kind == VALUE_OBJECT) {
        s->choice = read_choice(p, own, s);
        return;
    }
    s->department = read_text(p, at, "department", false);
    if (s->department) {
        check_department(p, own, s->department);
    } else if (owner != NONE) {
        s->department = p->step[owner].department;
        s->choice = p->step[owner].choice;
    }
}
