/* SPDX-License-Identifier: Apache-2.0 */
/* The calendars of a house: that of the country, and those its districts and departments name. */
#include <fnmatch.h>
#include <string.h>

#include "definition/registry.h"

/* The almanac while it is read. */
struct loading {
    struct arena *a;
    const char *dir;          /* of the workflows */
    const char *organisation; /* organisation.json */
    struct problems *problems;
    const struct calendar **list;
    uint32_t n;
    struct hall_calendar *hall;
    uint32_t n_hall;
};

static void
blame(const struct loading *l, const struct value *v, const char *pointer, const char *what)
{
    problem_add(l->problems, PROBLEM_BAD_ORGANISATION,
                (struct spot){l->organisation, v->line, pointer}, "%s", what);
}

/* A name that leads out of its folder is none. */
static bool
is_plain(const char *name, const char *pattern)
{
    return fnmatch(pattern, name, 0) == 0 && !strchr(name, '/') && strlen(name) < 100;
}

/* The text @key of @item, or NULL; anything else than a text that fits @pattern is blamed. */
static const char *
read_name(struct loading *l, const struct value *item, const char *key, const char *pattern,
          const char *pointer, bool *good)
{
    const struct value *v = value_get(item, key);

    if (!v)
        return NULL;
    if (v->kind == VALUE_STRING && is_plain(v->string, pattern))
        return v->string;
    *good = false;
    blame(l, v, arena_printf(l->a, "%s/%s", pointer, key),
          !strcmp(key, "hours")
              ? "\"hours\" names a file beside organisation.json like hall-east.json"
              : "\"calendar\" names a calendar of the folder calendar, like cn");
    return NULL;
}

static void
load_hall(struct loading *l, const struct value *item, const char *pointer, bool department)
{
    bool good = true;
    const char *id = read_name(l, item, "calendar", "[a-z]*", pointer, &good);
    const char *hours = read_name(l, item, "hours", "hall*.json", pointer, &good);
    const char *name = value_get_string(item, department ? "id" : "code");
    const struct calendar *c;
    struct error e;

    if (!good || !name || (!id && !hours))
        return;
    if (!calendar_load_named(l->a, arena_printf(l->a, "%s/calendar", l->dir),
                             id ? id : CALENDAR_USUAL,
                             hours ? arena_printf(l->a, "%s/%s", l->dir, hours) : NULL, &c, &e)) {
        blame(l, item, pointer, e.detail);
        return;
    }
    l->list = arena_grow(l->a, l->list, l->n, sizeof(*l->list));
    l->list[l->n++] = c;
    l->hall = arena_grow(l->a, l->hall, l->n_hall, sizeof(*l->hall));
    l->hall[l->n_hall++] = (struct hall_calendar){.district = department ? NULL : name,
                                                  .department = department ? name : NULL,
                                                  .calendar = c};
}

static void
load_halls(struct loading *l, const struct value *data, const char *list, bool departments)
{
    const struct value *items = value_get(data, list);

    for (uint32_t i = 0; items && items->kind == VALUE_ARRAY && i < items->n; i++)
        load_hall(l, &items->item[i], arena_printf(l->a, "/%s/%u", list, i), departments);
}

bool
almanac_load(struct arena *a, const char *dir, const struct value *organisation,
             const struct calendar **out, struct problems *problems)
{
    struct loading l = {.a = a,
                        .dir = dir,
                        .organisation = arena_printf(a, "%s/organisation.json", dir),
                        .problems = problems};
    const char *folder = arena_printf(a, "%s/calendar", dir);
    const size_t before = problems->n_error;
    const struct calendar *usual;
    struct error e;

    problems->n_origin = 0;
    if (!calendar_load(a, folder, NULL, &usual, &e)) {
        problem_add(problems, PROBLEM_BAD_CALENDAR, (struct spot){folder, 1, ""}, "%s", e.detail);
        return false;
    }
    l.list = arena_grow(a, l.list, 0, sizeof(*l.list));
    l.list[l.n++] = usual;
    load_halls(&l, organisation, "districts", false);
    load_halls(&l, organisation, "departments", true);
    *out = almanac_build(a, l.list, l.n, l.hall, l.n_hall);
    return problems->n_error == before;
}
