/* SPDX-License-Identifier: Apache-2.0 */
/* Reading fragments, each checked by itself. */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "definition/fragment_inside.h"
#include "definition/json.h"

static const char *const kinds[] = {"text", "id",      "step",   "length", "limit", "title",
                                    "flag", "integer", "object", "list",   "any",   NULL};

const char *
parameter_kind_name(enum parameter_kind kind)
{
    return kinds[kind];
}

static bool
is_title(const struct value *v)
{
    return v->kind == VALUE_OBJECT && v->n == 2 && value_get_string(v, "zh") &&
           value_get_string(v, "en");
}

bool
parameter_takes(enum parameter_kind kind, const struct value *v)
{
    const bool text = v->kind == VALUE_STRING && v->n;
    struct limit limit;
    struct error e;

    switch (kind) {
    case PARAMETER_TEXT:
        return text;
    case PARAMETER_ID:
        return text && is_id(v->string);
    case PARAMETER_STEP:
        return text && (is_id(v->string) || !strcmp(v->string, "$done"));
    case PARAMETER_LENGTH:
        return text && limit_read(v->string, &limit, &e);
    case PARAMETER_LIMIT:
        return text || v->kind == VALUE_ARRAY || v->kind == VALUE_OBJECT;
    case PARAMETER_TITLE:
        return is_title(v);
    case PARAMETER_FLAG:
        return v->kind == VALUE_BOOL;
    case PARAMETER_INTEGER:
        return v->kind == VALUE_INT;
    case PARAMETER_OBJECT:
        return v->kind == VALUE_OBJECT;
    case PARAMETER_LIST:
        return v->kind == VALUE_ARRAY;
    case PARAMETER_ANY:
        return true;
    }
    return false;
}

bool
next_reference(const char *text, size_t *from, size_t *len)
{
    const char *open = strstr(text, "${"), *close = open ? strchr(open, '}') : NULL;

    *from = open ? (size_t)(open - text) : strlen(text);
    *len = close ? (size_t)(close - open) + 1 : 0;
    return open != NULL;
}

/* A fragment while it is read. */
struct reading {
    struct parse p;
    struct fragment *fragment;
    bool *used; /* [n_parameter] */
};

static void
read_parameter(struct reading *r, const struct place *at, struct parameter *out)
{
    struct parse *p = &r->p;

    *out = (struct parameter){.name = at->key};
    check_id(p, at, at->key);
    if (!strcmp(at->key, "use"))
        complain(p, at, PROBLEM_RESERVED, "\"use\" is the id under which the fragment is used");
    if (!shape_check(p, at, SHAPE_PARAMETER))
        return;
    if (!value_get(at->v, "kind"))
        complain(p, at, PROBLEM_MISSING_KEY, "\"kind\" is missing");
    out->kind = (enum parameter_kind)read_word(p, at, "kind", kinds, PARAMETER_ANY);
    out->optional = read_flag(p, at, "optional");
    out->otherwise = value_get(at->v, "default");
    if (out->otherwise && out->optional)
        complain(p, at, PROBLEM_BAD_FRAGMENT, "what has a default need not be \"optional\"");
    if (out->otherwise && !parameter_takes(out->kind, out->otherwise))
        complain(p, place_get(p, at, "default"), PROBLEM_BAD_FRAGMENT,
                 "the default of \"%s\" is no %s", at->key, kinds[out->kind]);
}

static void
read_parameters(struct reading *r, const struct place *top)
{
    const struct place *list = place_get(&r->p, top, "parameters");
    struct parameter *parameter;

    if (!expect(&r->p, list, VALUE_OBJECT))
        return;
    parameter = arena_array(r->p.arena, list->v->n, struct parameter);
    for (uint32_t i = 0; i < list->v->n; i++)
        read_parameter(r, place_member(&r->p, list, i), &parameter[i]);
    r->fragment->parameter = parameter;
    r->fragment->n_parameter = list->v->n;
    r->used = arena_array(r->p.scratch, list->v->n, bool);
}

/* One ${…}, or the name after $if. */
static void
note_reference(struct reading *r, const struct place *at, const char *name)
{
    for (uint32_t i = 0; i < r->fragment->n_parameter; i++)
        if (!strcmp(r->fragment->parameter[i].name, name)) {
            r->used[i] = true;
            return;
        }
    if (strcmp(name, "use") != 0)
        complain(&r->p, at, PROBLEM_BAD_FRAGMENT, "there is no parameter \"%.60s\"", name);
}

static void
scan_text(struct reading *r, const struct place *at, const char *text)
{
    size_t from, len;

    while (next_reference(text, &from, &len)) {
        if (!len) {
            complain(&r->p, at, PROBLEM_BAD_FRAGMENT, "\"${\" without \"}\"");
            return;
        }
        note_reference(r, at, arena_strndup(r->p.scratch, text + from + 2, len - 3));
        text += from + len;
    }
}

static void
scan(struct reading *r, const struct place *at)
{
    const struct value *v = at->v;

    if (v->kind == VALUE_STRING)
        scan_text(r, at, v->string);
    for (uint32_t i = 0; v->kind == VALUE_ARRAY && i < v->n; i++)
        scan(r, place_item(&r->p, at, i));
    for (uint32_t i = 0; v->kind == VALUE_OBJECT && i < v->n; i++) {
        const struct place *one = place_member(&r->p, at, i);

        if (!strcmp(one->key, FRAGMENT_IF)) {
            if (expect(&r->p, one, VALUE_STRING))
                note_reference(r, one, one->v->string);
            continue;
        }
        scan_text(r, one, one->key);
        scan(r, one);
    }
}

static void
read_fragment(struct reading *r, const struct place *top)
{
    struct parse *p = &r->p;
    const struct place *steps = place_get(p, top, "steps");
    const char *id = read_text(p, top, "id", true);

    if (!shape_check(p, top, SHAPE_FRAGMENT))
        return;
    (void)read_title(p, top, true);
    if (id && strcmp(id, r->fragment->id) != 0)
        complain(p, place_get(p, top, "id"), PROBLEM_FILE_NAME,
                 "fragment \"%s\" stands in a file called %s.json", id, r->fragment->id);
    read_parameters(r, top);
    if (!steps)
        complain(p, top, PROBLEM_MISSING_KEY, "\"steps\" is missing");
    if (!expect(p, steps, VALUE_OBJECT))
        return;
    if (!steps->v->n)
        complain(p, steps, PROBLEM_EMPTY, "there are no steps");
    r->fragment->steps = steps->v;
    scan(r, steps);
    for (uint32_t i = 0; i < r->fragment->n_parameter; i++)
        if (!r->used[i])
            complain(p, place_member(p, place_get(p, top, "parameters"), i), PROBLEM_BAD_FRAGMENT,
                     "nothing in the fragment uses \"%s\"", r->fragment->parameter[i].name);
}

static bool
load_one(struct arena *a, const char *path, struct fragment *out, struct problems *problems)
{
    const size_t before = problems->n_error;
    struct arena scratch = {0};
    const char *slash = strrchr(path, '/');
    struct value *stripped = arena_new(a, struct value), source;
    struct reading r = {.p = {.arena = a, .scratch = &scratch, .file = path, .problems = problems},
                        .fragment = out};
    struct error e;

    *out =
        (struct fragment){.id = arena_strndup(a, slash + 1, strlen(slash + 1) - 5), .file = path};
    if (json_read_file(problems->arena, path, &source, &e)) {
        *stripped = strip_comments(a, &source, true);
        read_fragment(&r, &(struct place){.v = stripped});
    } else {
        problem_add(problems, PROBLEM_UNREADABLE, (struct spot){path, json_error_line(&e), ""},
                    "%s", e.detail);
    }
    arena_release(&scratch);
    return problems->n_error == before;
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool
fragments_load(struct arena *a, const char *dir, struct fragments *out, struct problems *problems)
{
    struct fragment *item;
    const char **path = NULL;
    const struct dirent *entry;
    DIR *folder = opendir(dir);
    bool ok = true;
    uint32_t n = 0;

    *out = (struct fragments){.n = 0};
    problems->origin = NULL;
    problems->n_origin = 0;
    if (!folder) {
        if (errno != ENOENT)
            problem_add(problems, PROBLEM_UNREADABLE, (struct spot){arena_strdup(a, dir), 1, ""},
                        "%s", strerror(errno));
        return errno == ENOENT;
    }
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.' || fnmatch("*.json", entry->d_name, 0) != 0)
            continue;
        path = arena_grow(a, path, n, sizeof(*path));
        path[n++] = arena_printf(a, "%s/%s", dir, entry->d_name);
    }
    (void)closedir(folder);
    if (n)
        qsort(path, n, sizeof(*path), compare_names);
    item = arena_array(a, n, struct fragment);
    for (uint32_t i = 0; i < n; i++)
        ok = load_one(a, path[i], &item[out->n], problems) ? out->n++, ok : false;
    out->item = item;
    return ok;
}
