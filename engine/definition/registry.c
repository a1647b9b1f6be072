/* SPDX-License-Identifier: Apache-2.0 */
/* Snapshots of all workflows: building them and finding in them. */
#include "definition/overlay.h"

#include <stdlib.h>
#include <string.h>

static const struct workflow *
at(const void *item)
{
    return *(const struct workflow *const *)item;
}

static int
compare_hash(const void *a, const void *b)
{
    return strcmp(at(a)->hash, at(b)->hash);
}

static const char *
district_of(const struct workflow *w)
{
    return w->district ? w->district : "";
}

static int
compare_version(const struct workflow *x, const struct workflow *y)
{
    int order = strcmp(x->id, y->id);

    if (!order)
        order = strcmp(district_of(x), district_of(y));
    return order ? order : (x->from > y->from) - (x->from < y->from);
}

/* Stable, so that of two versions of one day the later of the list stands last. */
static void
sort_versions(const struct workflow **list, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        const struct workflow *w = list[i];
        uint32_t k = i;

        for (; k > 0 && compare_version(list[k - 1], w) > 0; k--)
            list[k] = list[k - 1];
        list[k] = w;
    }
}

const struct registry *
registry_build(struct arena *a, const struct workflow *const *list, uint32_t n)
{
    const struct workflow **kept = arena_array(a, n, const struct workflow *);
    const struct workflow **by_hash = arena_array(a, n, const struct workflow *);
    struct registry *r = arena_new(a, struct registry);

    for (uint32_t i = 0; i < n; i++) {
        bool known = false;

        for (uint32_t k = 0; k < r->n && !known; k++)
            known = !strcmp(kept[k]->hash, list[i]->hash);
        if (!known)
            kept[r->n++] = list[i];
    }
    if (r->n) {
        memcpy(by_hash, kept, r->n * sizeof(*kept));
        qsort(by_hash, r->n, sizeof(*by_hash), compare_hash);
        sort_versions(kept, r->n);
    }
    r->workflow = kept;
    r->by_hash = by_hash;
    return r;
}

const struct registry *
registry_with(struct arena *a, const struct registry *r, const struct workflow *w)
{
    const uint32_t n = r ? r->n : 0;
    const struct workflow **list = arena_array(a, n + 1, const struct workflow *);

    if (n)
        memcpy(list, r->workflow, n * sizeof(*list));
    list[n] = w;
    return registry_build(a, list, n + 1);
}

static bool
in_force(const struct workflow *w, day d)
{
    return w->from <= d && (!w->until || d < w->until);
}

/* The first version of a workflow whose id is not before @id. */
static uint32_t
first_of(const struct registry *r, const char *id)
{
    uint32_t low = 0, high = r->n;

    while (low < high) {
        const uint32_t mid = low + (high - low) / 2;

        if (strcmp(r->workflow[mid]->id, id) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* Of exactly that district; "": of none. */
static const struct workflow *
find_of(const struct registry *r, const char *id, const char *district, day d)
{
    const struct workflow *found = NULL;

    for (uint32_t i = first_of(r, id); i < r->n && !strcmp(r->workflow[i]->id, id); i++)
        if (!strcmp(district_of(r->workflow[i]), district) && in_force(r->workflow[i], d))
            found = r->workflow[i];
    return found;
}

const struct workflow *
registry_find(const struct registry *r, const char *id, day d)
{
    return find_of(r, id, "", d);
}

const struct workflow *
registry_find_in(const struct registry *r, const char *id, const char *district, day d)
{
    const struct workflow *found = find_of(r, id, district, d);
    char around[7] = "";

    for (; !found && district_around(district, around); district = around)
        found = find_of(r, id, around, d);
    return found ? found : registry_find(r, id, d);
}

const struct workflow *
registry_next_region(const struct registry *r, const char *id, day d, uint32_t *next)
{
    while (*next < r->n) {
        const struct workflow *w = r->workflow[(*next)++];

        if (w->district && !strcmp(w->id, id) && in_force(w, d))
            return w;
    }
    return NULL;
}

const struct workflow *
registry_next_version(const struct registry *r, const char *id, uint32_t *next)
{
    if (*next == 0)
        *next = first_of(r, id);
    return *next < r->n && !strcmp(r->workflow[*next]->id, id) ? r->workflow[(*next)++] : NULL;
}

const struct workflow *
registry_next_of_all(const struct registry *r, uint32_t *next)
{
    return *next < r->n ? r->workflow[(*next)++] : NULL;
}

const struct workflow *
registry_by_hash(const struct registry *r, const char *hash)
{
    uint32_t low = 0, high = r->n;

    while (low < high) {
        const uint32_t mid = low + (high - low) / 2;
        const int order = strcmp(r->by_hash[mid]->hash, hash);

        if (order == 0)
            return r->by_hash[mid];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

const struct workflow *
registry_next(const struct registry *r, day d, uint32_t *next)
{
    while (*next < r->n) {
        const char *id = r->workflow[*next]->id;
        const struct workflow *w = registry_find(r, id, d);

        while (*next < r->n && !strcmp(r->workflow[*next]->id, id))
            ++*next;
        if (w)
            return w;
    }
    return NULL;
}

/* It does not say how long: the next one takes its place. */
static bool
open_ended(const struct workflow *w)
{
    return !w->until || (w->overlay && !w->overlay->ends);
}

void
registry_check(const struct registry *r, struct problems *problems)
{
    char from[DAY_TEXT];

    for (uint32_t i = 1; i < r->n; i++) {
        const struct workflow *a = r->workflow[i - 1], *b = r->workflow[i];

        if (strcmp(a->id, b->id) != 0 || strcmp(district_of(a), district_of(b)) != 0 ||
            (a->from != b->from && (open_ended(a) || a->until <= b->from)))
            continue;
        problems->n_origin = 0;
        problem_add(problems, PROBLEM_OVERLAP, (struct spot){b->file, 1, "/effective"},
                    "on %s another version of \"%s\" is in force (%s)", day_write(b->from, from),
                    b->id, a->file ? a->file : a->hash);
    }
}
