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

/* "members": names of what differs between two objects, but those in @apart. */
static void
put_members(struct text *t, const struct value *was, const struct value *is,
            const char *const *apart)
{
    put_key(t, "members");
    put_open(t, '[');
    for (uint32_t i = 0; was && i < was->n; i++)
        if (!is_among(apart, was->member[i].name) &&
            differ(&was->member[i].value, value_get(is, was->member[i].name)))
            put_string(t, was->member[i].name);
    for (uint32_t i = 0; is && i < is->n; i++)
        if (!is_among(apart, is->member[i].name) && !value_get(was, is->member[i].name))
            put_string(t, is->member[i].name);
    put_close(t, ']');
}

/* The names in one object that the other has not. */
static void
put_only_in(struct text *t, const char *key, const struct value *one, const struct value *other)
{
    put_key(t, key);
    put_open(t, '[');
    for (uint32_t i = 0; one && one->kind == VALUE_OBJECT && i < one->n; i++)
        if (!value_get(other, one->member[i].name))
            put_string(t, one->member[i].name);
    put_close(t, ']');
}

/* @key: what was added, removed and changed of a set of things by id; both texts of what changed.
 */
static void
put_set(struct text *t, const char *key, const struct value *was, const struct value *is)
{
    put_key(t, key);
    put_open(t, '{');
    put_only_in(t, "added", is, was);
    put_only_in(t, "removed", was, is);
    put_key(t, "changed");
    put_open(t, '[');
    for (uint32_t i = 0; was && was->kind == VALUE_OBJECT && i < was->n; i++) {
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
    put_close(t, '}');
}

static void
put_step(struct versions *v, const struct step *s, const struct value *was, const struct value *is)
{
    static const char *const apart[] = {"actions", "branches", "steps", NULL};
    struct text own = text_new(v->a);

    put_members(&own, was, is, apart);
    if (!strcmp(own.at, "\"members\":[]") &&
        !differ(value_get(was, "actions"), value_get(is, "actions")))
        return;
    put_open(v->t, '{');
    put_member_string(v->t, "path", s->path);
    put_members(v->t, was, is, apart);
    if (differ(value_get(was, "limit"), value_get(is, "limit"))) {
        put_key(v->t, "limit");
        put_open(v->t, '{');
        if (value_get(was, "limit")) {
            put_key(v->t, "from");
            value_write(v->t, value_get(was, "limit"));
        }
        if (value_get(is, "limit")) {
            put_key(v->t, "to");
            value_write(v->t, value_get(is, "limit"));
        }
        put_close(v->t, '}');
    }
    put_set(v->t, "actions", value_get(was, "actions"), value_get(is, "actions"));
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
    static const char *const apart[] = {"clocks", "grounds", "steps", NULL};
    struct versions v = {.a = t->arena, .from = from, .to = to, .t = t};

    if (!json_read_stored(v.a, from->text, from->text_len, &v.was, e) ||
        !json_read_stored(v.a, to->text, to->text_len, &v.is, e))
        return false;
    put_open(t, '{');
    put_member_string(t, "workflow", from->id);
    put_member_string(t, "from", from->hash);
    put_member_string(t, "to", to->hash);
    put_members(t, &v.was, &v.is, apart);
    put_steps(&v);
    put_set(t, "clocks", value_get(&v.was, "clocks"), value_get(&v.is, "clocks"));
    put_set(t, "grounds", value_get(&v.was, "grounds"), value_get(&v.is, "grounds"));
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
