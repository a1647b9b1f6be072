/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of fragments in the place of their uses. */
#include "definition/fragment.h"

#include <string.h>

#include "base/nearest.h"
#include "definition/fragment_inside.h"
#include "definition/json.h"

static const struct fragment *
find_fragment(struct expanding *x, const struct place *at, const char *id)
{
    const struct fragments *f = x->fragments;
    struct nearest n = nearest_to(id);

    for (uint32_t i = 0; i < f->n; i++) {
        if (!strcmp(f->item[i].id, id))
            return &f->item[i];
        nearest_offer(&n, f->item[i].id);
    }
    if (n.best)
        complain(&x->p, at, PROBLEM_UNKNOWN_FRAGMENT,
                 "there is no fragment \"%s\"; did you mean \"%s\"?", id, n.best);
    else
        complain(&x->p, at, PROBLEM_UNKNOWN_FRAGMENT, "there is no fragment \"%s\"", id);
    return NULL;
}

/* Whether the fragment may be used here: not within itself, nor too deep. */
static bool
may_nest(struct expanding *x, const struct use *up, const struct fragment *f,
         const struct place *at)
{
    int depth = 1;

    for (; up; up = up->up, depth++)
        if (up->fragment == f) {
            complain(&x->p, at, PROBLEM_FRAGMENT_LOOP, "fragment \"%s\" uses itself", f->id);
            return false;
        }
    if (depth > FRAGMENT_DEPTH)
        complain(&x->p, at, PROBLEM_FRAGMENT_LOOP, "more than %d fragments in one another",
                 FRAGMENT_DEPTH);
    return depth <= FRAGMENT_DEPTH;
}

static const struct parameter *
find_parameter(const struct fragment *f, const char *name)
{
    for (uint32_t i = 0; i < f->n_parameter; i++)
        if (!strcmp(f->parameter[i].name, name))
            return &f->parameter[i];
    return NULL;
}

static void
check_given(struct expanding *x, const struct fragment *f, const struct place *one)
{
    const struct parameter *p = find_parameter(f, one->key);
    struct nearest n = nearest_to(one->key);

    if (p && parameter_takes(p->kind, one->v))
        return;
    if (p) {
        complain(&x->p, one, PROBLEM_BAD_PARAMETER, "\"%s\" of fragment \"%s\" takes: %s", one->key,
                 f->id, parameter_kind_name(p->kind));
        return;
    }
    for (uint32_t i = 0; i < f->n_parameter; i++)
        nearest_offer(&n, f->parameter[i].name);
    complain(&x->p, one, PROBLEM_BAD_PARAMETER, "fragment \"%s\" has no parameter \"%s\"%s%s%s",
             f->id, one->key, n.best ? "; did you mean \"" : "", n.best ? n.best : "",
             n.best ? "\"?" : "");
}

static bool
check_arguments(struct expanding *x, const struct fragment *f, const struct place *at)
{
    const struct place *with = place_get(&x->p, at, "with");
    const size_t before = x->p.problems->n_error;

    if (with && expect(&x->p, with, VALUE_OBJECT))
        for (uint32_t i = 0; i < with->v->n; i++)
            check_given(x, f, place_member(&x->p, with, i));
    for (uint32_t i = 0; i < f->n_parameter; i++) {
        const struct parameter *p = &f->parameter[i];

        if (!p->optional && !p->otherwise && !(with && value_get(with->v, p->name)))
            complain(&x->p, at, PROBLEM_BAD_PARAMETER,
                     "fragment \"%s\" needs \"%s\" under \"with\"", f->id, p->name);
    }
    return x->p.problems->n_error == before;
}

/* Notes where what comes of a use was written. */
static bool
add_origin(struct expanding *x, const struct fragment *f, const struct place *at, uint32_t *out)
{
    if (x->n_origin == ORIGINS_MOST) {
        complain(&x->p, at, PROBLEM_TOO_MANY, "more than %d uses of fragments", ORIGINS_MOST);
        return false;
    }
    x->origin = arena_grow(x->p.problems->arena, x->origin, x->n_origin, sizeof(*x->origin));
    x->origin[x->n_origin++] = (struct origin){.file = f->file, .id = f->id, .use = at->v->line};
    x->p.problems->origin = x->origin;
    x->p.problems->n_origin = x->n_origin;
    *out = x->n_origin * ORIGIN_LINES;
    return true;
}

static struct value expand_step(struct expanding *x, const struct use *in, const struct place *at);

/* Adds step @id; @at is what brought it. */
static void
add_step(struct expanding *x, struct growing *g, const struct place *at, const char *id,
         struct value v)
{
    if (member_known(g, id))
        complain(&x->p, at, PROBLEM_STEP_TWICE, "there is a step \"%s\" here already", id);
    member_push(x, g, id, v);
}

static void
expand_use(struct expanding *x, const struct use *in, const struct place *at, struct growing *g)
{
    const char *id = shape_check(&x->p, at, SHAPE_USE) ? read_text(&x->p, at, "use", true) : NULL;
    const struct fragment *f = id ? find_fragment(x, place_get(&x->p, at, "use"), id) : NULL;
    struct use u = {.up = in, .fragment = f, .at = at, .with = value_get(at->v, "with")};
    struct value steps;
    struct place *filled;

    if (!f || !may_nest(x, in, f, at) || !check_arguments(x, f, at) ||
        !add_origin(x, f, at, &u.origin))
        return;
    u.id = value_borrow(at->key);
    u.id.line = at->v->line;
    if (!fragment_fill(x, &u, f->steps, &steps))
        return;
    filled = arena_copy(x->p.scratch, at->up, sizeof(*filled));
    filled->v = arena_copy(x->p.arena, &steps, sizeof(steps));
    for (uint32_t i = 0; i < steps.n; i++) {
        const struct place *one = place_member(&x->p, filled, i);

        if (value_get(one->v, "use"))
            expand_use(x, &u, one, g);
        else
            add_step(x, g, at, one->key, expand_step(x, &u, one));
    }
}

/* A case, stage or branch with the uses among its steps replaced. */
static struct value
expand_region(struct expanding *x, const struct use *in, const struct place *at)
{
    const struct place *steps = place_get(&x->p, at, "steps");
    struct growing g = {.n = 0};
    struct value list, out;

    if (!steps || steps->v->kind != VALUE_OBJECT)
        return *at->v;
    /* Those that are written here come first, so that it is the use that is one too many. */
    for (int uses = 0; uses < 2; uses++)
        for (uint32_t i = 0; i < steps->v->n; i++) {
            const struct place *one = place_member(&x->p, steps, i);

            if ((value_get(one->v, "use") != NULL) != uses)
                continue;
            if (uses)
                expand_use(x, in, one, &g);
            else
                add_step(x, &g, one, one->key, expand_step(x, in, one));
        }
    list = value_object(x->p.arena, g.member, g.n);
    list.line = steps->v->line;
    out = value_with(x->p.arena, at->v, "steps", list);
    out.line = at->v->line;
    return out;
}

static struct value
expand_step(struct expanding *x, const struct use *in, const struct place *at)
{
    const struct place *branches = place_get(&x->p, at, "branches");
    const struct place *branch = place_get(&x->p, at, "branch"); /* of a list */
    struct growing g = {.n = 0};
    struct value list, out;

    if (branch && branch->v->kind == VALUE_OBJECT && value_get(at->v, "foreach")) {
        out = value_with(x->p.arena, at->v, "branch", expand_region(x, in, branch));
        out.line = at->v->line;
        return out;
    }

    if (!branches || branches->v->kind != VALUE_OBJECT)
        return expand_region(x, in, at);
    for (uint32_t i = 0; i < branches->v->n; i++) {
        const struct place *one = place_member(&x->p, branches, i);

        member_push(x, &g, one->key, expand_region(x, in, one));
    }
    list = value_object(x->p.arena, g.member, g.n);
    list.line = branches->v->line;
    out = value_with(x->p.arena, at->v, "branches", list);
    out.line = at->v->line;
    return out;
}

/* Whether any object among the steps of @v is a use. */
static bool
has_use(const struct value *v)
{
    if (v->kind == VALUE_OBJECT && value_get(v, "use"))
        return true;
    for (uint32_t i = 0; v->kind == VALUE_OBJECT && i < v->n; i++)
        if (has_use(&v->member[i].value))
            return true;
    return false;
}

static uint32_t
depth_of(const struct value *v)
{
    uint32_t most = 0;

    for (uint32_t i = 0; v->kind >= VALUE_ARRAY && i < v->n; i++) {
        const uint32_t one = depth_of(v->kind == VALUE_ARRAY ? &v->item[i] : &v->member[i].value);

        most = one > most ? one : most;
    }
    return most + (v->kind >= VALUE_ARRAY);
}

bool
fragments_expand(const struct fragments *f, const struct value *source, const char *file,
                 struct value *out, struct problems *problems)
{
    const size_t before = problems->n_error;
    const struct value *steps = value_get(source, "steps");
    struct arena scratch = {0};
    struct expanding x = {
        .p = {.arena = problems->arena, .scratch = &scratch, .file = file, .problems = problems},
        .fragments = f};
    struct value stripped;
    struct place top = {.v = &stripped};

    problems->origin = NULL;
    problems->n_origin = 0;
    *out = *source;
    if (!steps || !has_use(steps))
        return true;
    stripped = strip_comments(problems->arena, source, true);
    stripped = fragment_copy(&x, &top, &stripped, 0);
    *out = expand_region(&x, NULL, &top);
    if (problems->n_error == before && depth_of(out) > JSON_DEPTH)
        complain(&x.p, &top, PROBLEM_TOO_MANY, "with its fragments it is nested deeper than %d",
                 JSON_DEPTH);
    arena_release(&scratch);
    return problems->n_error == before;
}
