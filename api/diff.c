/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one version of a workflow changes against another, and whether open
 * cases could go on under it.  The canonical texts are compared, member by
 * member, so every word of the language is seen, also those that come later.
 */
#include "api/diff.h"

#include <string.h>

#include "api/app.h"
#include "definition/json.h"
#include "machine/migrate.h"

/* Two versions: as workflows, and as the JSON they are. */
struct versions {
    struct arena *a;
    const struct workflow *from, *to;
    struct value was, is;
    struct text *t;
};

/* The value at a pointer whose names need no escapes, as those of ids; NULL: there is none. */
static const struct value *
value_at(const struct value *v, const char *pointer)
{
    char name[128];

    while (v && *pointer == '/') {
        const size_t len = strcspn(++pointer, "/");

        if (len >= sizeof(name))
            return NULL;
        memcpy(name, pointer, len);
        name[len] = 0;
        pointer += len;
        v = value_get(v, name);
    }
    return v;
}

static bool
is_among(const char *const *list, const char *name)
{
    for (int i = 0; list[i]; i++)
        if (!strcmp(list[i], name))
            return true;
    return false;
}

static bool
differ(const struct value *x, const struct value *y)
{
    return x && y ? !value_equal(x, y) : x != y;
}

/* @object without the members of those names; nothing of nothing. */
static const struct value *
without(struct arena *a, const struct value *object, const char *const *names)
{
    struct member *m;
    uint32_t n = 0;

    if (!object || object->kind != VALUE_OBJECT)
        return NULL;
    m = arena_array(a, object->n, struct member);
    for (uint32_t i = 0; i < object->n; i++)
        if (!is_among(names, object->member[i].name))
            m[n++] = object->member[i];
    return arena_copy(a, &(struct value){.kind = VALUE_OBJECT, .n = n, .member = m},
                      sizeof(struct value));
}

/* A list of things with ids as the object that the others are written as. */
static const struct value *
by_id(struct arena *a, const struct value *list)
{
    struct value *object = arena_new(a, struct value);

    if (!list || list->kind != VALUE_ARRAY)
        return list;
    *object = value_object(a, NULL, 0);
    for (uint32_t i = 0; i < list->n; i++)
        *object = value_with(a, object, value_get_string(&list->item[i], "id"), list->item[i]);
    return object;
}

/* The names in one object that the other has not. */
static void
put_only_in(struct text *t, const char *key, const struct value *one, const struct value *other)
{
    put_key(t, key);
    put_open(t, '[');
    for (uint32_t i = 0; one && i < one->n; i++)
        if (!value_get(other, one->member[i].name))
            put_string(t, one->member[i].name);
    put_close(t, ']');
}

/* What was added, removed and changed of a set of things by id; both texts of what changed. */
static void
put_changes(struct text *t, const struct value *was, const struct value *is)
{
    put_open(t, '{');
    put_only_in(t, "added", is, was);
    put_only_in(t, "removed", was, is);
    put_key(t, "changed");
    put_open(t, '[');
    for (uint32_t i = 0; was && i < was->n; i++) {
        const struct value *now = value_get(is, was->member[i].name);

        if (!now || value_equal(&was->member[i].value, now))
            continue;
        put_open(t, '{');
        put_member_string(t, "id", was->member[i].name);
        put_key(t, "from");
        value_write(t, &was->member[i].value);
        put_key(t, "to");
        value_write(t, now);
        put_close(t, '}');
    }
    put_close(t, ']');
}

static void
put_set(struct text *t, const char *key, const struct value *was, const struct value *is)
{
    put_key(t, key);
    put_changes(t, was, is);
    put_close(t, '}');
}

/* The ids of @list that @other has, too; NULL: not a list. */
static const char *const *
common(struct arena *a, const struct value *list, const struct value *other, uint32_t *n)
{
    const char **id;

    *n = 0;
    if (!list || list->kind != VALUE_ARRAY)
        return NULL;
    id = arena_array(a, list->n, const char *);
    for (uint32_t i = 0; i < list->n; i++) {
        const char *name = value_get_string(&list->item[i], "id");

        if (value_get(other, name))
            id[(*n)++] = name;
    }
    return id;
}

/* A set of the head, whose order counts where it is a list: the first lane is the most urgent. */
static void
put_head_set(struct versions *v, const char *key)
{
    const struct value *was = value_get(&v->was, key), *is = value_get(&v->is, key);
    const struct value *had = by_id(v->a, was), *has = by_id(v->a, is);
    uint32_t n = 0, m = 0;
    const char *const *before = common(v->a, was, has, &n);
    const char *const *after = common(v->a, is, had, &m);
    bool moved = false;

    for (uint32_t i = 0; i < n && i < m; i++)
        moved = moved || strcmp(before[i], after[i]) != 0;
    put_key(v->t, key);
    put_changes(v->t, had, has);
    if (moved) {
        put_key(v->t, "order");
        put_open(v->t, '[');
        for (uint32_t i = 0; i < is->n; i++)
            put_string(v->t, value_get_string(&is->item[i], "id"));
        put_close(v->t, ']');
    }
    put_close(v->t, '}');
}

/* What a branch says itself: its steps are told as steps. */
static const struct value *
own_branches(struct arena *a, const struct value *branches)
{
    static const char *const steps[] = {"steps", NULL};
    struct value *own;
    struct member *m;

    if (!branches || branches->kind != VALUE_OBJECT)
        return NULL;
    own = arena_copy(a, branches, sizeof(*branches));
    m = arena_copy(a, branches->member, branches->n * sizeof(*m));
    for (uint32_t i = 0; i < own->n; i++)
        m[i].value = *without(a, &m[i].value, steps);
    own->member = m;
    return own;
}

/* What a step says itself, but its actions and branches; the one of a `foreach` has no id. */
static const struct value *
own_members(struct arena *a, const struct value *step)
{
    static const char *const apart[] = {"actions", "branches", "steps", NULL};
    static const char *const steps[] = {"steps", NULL};
    struct value *own = arena_copy(a, without(a, step, apart), sizeof(*own));
    const struct value *branch = value_get(own, "branch");

    if (branch)
        *own = value_with(a, own, "branch", *without(a, branch, steps));
    return own;
}

static void
put_step(struct versions *v, const struct step *s, const struct value *was, const struct value *is)
{
    const struct value *own = own_members(v->a, was), *owns = own_members(v->a, is);
    const struct value *had = own_branches(v->a, value_get(was, "branches"));
    const struct value *has = own_branches(v->a, value_get(is, "branches"));

    if (value_equal(own, owns) && !differ(value_get(was, "actions"), value_get(is, "actions")) &&
        !differ(had, has))
        return;
    put_open(v->t, '{');
    put_member_string(v->t, "path", s->path);
    put_set(v->t, "members", own, owns);
    put_set(v->t, "actions", value_get(was, "actions"), value_get(is, "actions"));
    put_set(v->t, "branches", had, has);
    put_close(v->t, '}');
}

static void
put_steps_only_in(struct text *t, const char *key, const struct workflow *one,
                  const struct workflow *other)
{
    put_key(t, key);
    put_open(t, '[');
    for (uint16_t i = 0; i < one->n_step; i++)
        if (workflow_step(other, one->step[i].path) == NONE)
            put_string(t, one->step[i].path);
    put_close(t, ']');
}

static void
put_steps(struct versions *v)
{
    put_key(v->t, "steps");
    put_open(v->t, '{');
    put_steps_only_in(v->t, "added", v->to, v->from);
    put_steps_only_in(v->t, "removed", v->from, v->to);
    put_key(v->t, "changed");
    put_open(v->t, '[');
    for (uint16_t i = 0; i < v->from->n_step; i++) {
        const uint16_t k = workflow_step(v->to, v->from->step[i].path);

        if (k != NONE)
            put_step(v, &v->from->step[i], value_at(&v->was, step_pointer(v->a, v->from, i)),
                     value_at(&v->is, step_pointer(v->a, v->to, k)));
    }
    put_close(v->t, ']');
    put_close(v->t, '}');
}

/* Could cases that are open go on, step by step, when every path is kept? */
static void
put_migration(struct versions *v)
{
    struct member *m = arena_array(v->a, 4, struct member);
    struct migration plain;
    struct value plan;
    struct error e = {0};
    bool readable;

    m[0] = (struct member){"from", 4, value_borrow(v->from->hash)};
    m[1] = (struct member){"reason", 6, value_borrow("-")};
    m[2] = (struct member){"to", 2, value_borrow(v->to->hash)};
    m[3] = (struct member){"workflow", 8, value_borrow(v->from->id)};
    plan = value_object(v->a, m, 4);
    readable = migration_read(v->a, v->from, v->to, &plan, &plain, &e);
    if (!readable)
        migration_plain(v->a, v->from, v->to, &plain);
    put_key(v->t, "migration");
    put_open(v->t, '{');
    put_member_bool(v->t, "possible", readable);
    put_member_string(v->t, "problem", readable ? NULL : e.detail);
    put_key(v->t, "stepsWithoutCounterpart");
    put_open(v->t, '[');
    for (uint16_t i = 0; i < v->from->n_step; i++)
        if (plain.step[i] == NONE && v->from->step[i].kind != STEP_DECISION &&
            v->from->step[i].kind != STEP_END)
            put_string(v->t, v->from->step[i].path);
    put_close(v->t, ']');
    put_key(v->t, "stepsRefused");
    put_open(v->t, '[');
    for (uint16_t i = 0; i < v->from->n_step; i++)
        if (plain.step[i] != NONE && migration_stays(&plain, i)) {
            put_open(v->t, '{');
            put_member_string(v->t, "step", v->from->step[i].path);
            put_member_string(v->t, "why", migration_stays(&plain, i));
            put_close(v->t, '}');
        }
    put_close(v->t, ']');
    put_key(v->t, "clocksWithoutCounterpart");
    put_open(v->t, '[');
    for (uint16_t i = 0; i < v->from->n_clock; i++)
        if (plain.clock[i] == NONE)
            put_string(v->t, v->from->clock[i].id);
    put_close(v->t, ']');
    put_close(v->t, '}');
}

bool
diff_write(struct text *t, const struct workflow *from, const struct workflow *to, struct error *e)
{
    static const char *const apart[] = {"steps",        "clocks", "grounds", "materials",
                                        "certificates", "labels", "lanes",   NULL};
    struct versions v = {.a = t->arena, .from = from, .to = to, .t = t};

    if (!json_read_stored(v.a, from->text, from->text_len, &v.was, e) ||
        !json_read_stored(v.a, to->text, to->text_len, &v.is, e))
        return false;
    put_open(t, '{');
    put_member_string(t, "workflow", from->id);
    put_member_string(t, "from", from->hash);
    put_member_string(t, "to", to->hash);
    put_set(t, "members", without(v.a, &v.was, apart), without(v.a, &v.is, apart));
    put_steps(&v);
    for (int i = 1; apart[i]; i++)
        put_head_set(&v, apart[i]);
    put_migration(&v);
    put_close(t, '}');
    return true;
}

/* The version that query parameter @name asks for; answers when there is none. */
static const struct workflow *
asked(const struct app *app, struct http_request *r, const char *name)
{
    const char *id = router_param(r, "id"), *hash = http_query(r, name);
    const struct workflow *w = hash ? registry_by_hash(worker_registry(app->worker), hash) : NULL;
    struct error e;

    if (w && !strcmp(w->id, id))
        return w;
    if (hash)
        error_at(&e, ERROR_NOT_FOUND, name, "workflow %.64s has no such version here", id);
    else
        error_at(&e, ERROR_BAD_PARAMETER, name, "say from and to: hashes of versions");
    reply_error(r, &e);
    return NULL;
}

void
workflows_diff(void *arg, struct http_request *r)
{
    static const char *const known[] = {"from", "to", NULL};
    const char *stranger = http_query_stranger(r, known);
    struct text t = text_new(&r->arena);
    const struct workflow *from, *to;
    struct error e;

    if (stranger) {
        error_at(&e, ERROR_BAD_PARAMETER, stranger, "%.60s is unknown or stands there twice",
                 stranger);
        reply_error(r, &e);
        return;
    }
    from = asked(arg, r, "from");
    to = from ? asked(arg, r, "to") : NULL;
    if (!to)
        return;
    if (!diff_write(&t, from, to, &e)) {
        reply_error(r, &e);
        return;
    }
    http_reply_header(r, "Cache-Control", "no-cache");
    reply_json(r, 200, &t);
}
