/* SPDX-License-Identifier: Apache-2.0 */
/* Definitions, and what they are held against, read from a directory. */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "definition/json.h"
#include "definition/overlay.h"

enum { FOLDERS_DEEP = 8, FILES_MOST = 10000 };

/* The list while it grows. */
struct finding {
    struct arena *a;
    const char **path;
    uint32_t n;
    struct error *e;
};

/* What stands beside the definitions in the directory of the workflows. */
static bool
is_beside(const char *name)
{
    static const char *const beside[] = {"organisation.json", "plan.json", "definition.schema.json",
                                         "hall*.json",        "calendar",  "fragments"};

    for (size_t i = 0; i < sizeof(beside) / sizeof(*beside); i++)
        if (fnmatch(beside[i], name, 0) == 0)
            return true;
    return false;
}

static bool find_in(struct finding *f, const char *path, int depth);

static bool
find_entry(struct finding *f, const char *dir, const char *name, int depth)
{
    const char *path = arena_printf(f->a, "%s/%s", dir, name);
    struct stat st;

    if (name[0] == '.' || (depth == 0 && is_beside(name)))
        return true;
    if (stat(path, &st) != 0)
        return error_set(f->e, ERROR_BAD_FILE, "%s: %s", path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return find_in(f, path, depth + 1);
    if (!S_ISREG(st.st_mode) || fnmatch("*.json", name, 0) != 0)
        return true;
    if (f->n == FILES_MOST)
        return error_set(f->e, ERROR_BAD_FILE, "more than %d definitions", FILES_MOST);
    f->path = arena_grow(f->a, f->path, f->n, sizeof(*f->path));
    f->path[f->n++] = path;
    return true;
}

static bool
find_in(struct finding *f, const char *path, int depth)
{
    const struct dirent *entry;
    bool done = true;
    DIR *dir;

    if (depth > FOLDERS_DEEP)
        return error_set(f->e, ERROR_BAD_FILE, "%s: folders in folders without end", path);
    dir = opendir(path);
    if (!dir)
        return error_set(f->e, ERROR_BAD_FILE, "%s: %s", path, strerror(errno));
    while (done && (entry = readdir(dir)) != NULL)
        done = find_entry(f, path, entry->d_name, depth);
    (void)closedir(dir);
    return done;
}

static int
compare_paths(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool
definition_find_files(struct arena *a, const char *path, struct definition_files *out,
                      struct error *e)
{
    struct finding f = {.a = a, .e = e};
    struct stat st;

    if (stat(path, &st) != 0)
        return error_set(e, ERROR_BAD_FILE, "%s: %s", path, strerror(errno));
    if (!S_ISDIR(st.st_mode)) {
        f.path = arena_array(a, 1, const char *);
        f.path[f.n++] = arena_strdup(a, path);
    } else if (!find_in(&f, path, 0)) {
        return false;
    }
    if (f.n)
        qsort(f.path, f.n, sizeof(*f.path), compare_paths);
    *out = (struct definition_files){f.path, f.n};
    return true;
}

static void
unreadable(struct problems *problems, enum problem_number number, const char *file,
           const struct error *e)
{
    problems->n_origin = 0;
    problem_add(problems, number, (struct spot){file, json_error_line(e), ""}, "%s", e->detail);
}

/* ID.json or ID.ANYTHING.json */
static void
check_name(const struct workflow *w, const char *path, struct problems *problems)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const size_t len = strlen(w->id);

    if (strncmp(name, w->id, len) != 0 || name[len] != '.')
        problem_add(problems, PROBLEM_FILE_NAME, (struct spot){path, 1, "/id"},
                    "workflow \"%s\" stands in a file called %s", w->id, name);
}

bool
definition_read_file(struct arena *a, const char *path, const struct house *house,
                     const struct workflow **out, struct problems *problems)
{
    struct value *source = arena_new(problems->arena, struct value);
    struct value *expanded = arena_new(problems->arena, struct value);
    const char *file = arena_strdup(a, path);
    const size_t before = problems->n_error;
    const struct workflow *w;
    struct error e;

    if (overlay_is(path))
        return overlay_read(a, path, house, out, problems);
    if (!json_read_file(problems->arena, path, source, &e)) {
        unreadable(problems, PROBLEM_UNREADABLE, file, &e);
        return false;
    }
    if (value_get(source, "district")) {
        problems->n_origin = 0;
        problem_add(problems, PROBLEM_BAD_OVERLAY,
                    (struct spot){file, value_get(source, "district")->line, "/district"},
                    "a district's limits stand in a file of their own, %s@371502.json",
                    value_get_string(source, "id") ? value_get_string(source, "id") : "ID");
        return false;
    }
    if (!fragments_expand(&house->fragments, source, file, expanded, problems) ||
        !definition_read(a, expanded, file, &house->organisation, house->calendar, &w, problems))
        return false;
    check_name(w, file, problems);
    *out = w;
    return problems->n_error == before;
}

static const struct value *
load_file(struct arena *a, const char *file, enum problem_number number, struct problems *problems)
{
    struct value *v = arena_new(a, struct value);
    struct error e;

    if (json_read_file(a, file, v, &e))
        return v;
    unreadable(problems, number, file, &e);
    return NULL;
}

bool
house_load(struct arena *a, const char *dir, struct house *out, struct problems *problems)
{
    const char *organisation = arena_printf(a, "%s/organisation.json", dir);
    const char *plan = arena_printf(a, "%s/plan.json", dir);
    const size_t before = problems->n_error;

    *out =
        (struct house){.organisation = {
                           .data = load_file(a, organisation, PROBLEM_BAD_ORGANISATION, problems),
                           .plan = load_file(a, plan, PROBLEM_BAD_PLAN, problems),
                       }};
    organisation_check(&out->organisation, organisation, plan, problems);
    (void)!almanac_load(a, dir, out->organisation.data, &out->calendar, problems);
    out->stands = problems->n_error == before;
    (void)fragments_load(a, arena_printf(a, "%s/fragments", dir), &out->fragments, problems);
    return problems->n_error == before;
}

bool
registry_load(struct arena *a, const char *dir, const struct house *house,
              const struct registry **out, struct problems *problems)
{
    const size_t before = problems->n_error;
    const struct workflow **list;
    struct definition_files files;
    struct error e;
    uint32_t n = 0;

    if (!definition_find_files(a, dir, &files, &e)) {
        unreadable(problems, PROBLEM_UNREADABLE, arena_strdup(a, dir), &e);
        return false;
    }
    list = arena_array(a, files.n, const struct workflow *);
    for (uint32_t i = 0; i < files.n; i++)
        n += definition_read_file(a, files.path[i], house, &list[n], problems);
    *out = registry_build(a, list, n);
    registry_check(*out, problems);
    registry_check_kin(*out, list, n, problems);
    registry_check_loops(*out, list, n, problems);
    return problems->n_error == before;
}
