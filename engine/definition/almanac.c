/* SPDX-License-Identifier: Apache-2.0 */
/* All calendars together: finding a version, and that of a hall. */
#include "definition/almanac.h"

#include <stdlib.h>
#include <string.h>

static const struct calendar *
at(const void *item)
{
    return *(const struct calendar *const *)item;
}

static int
compare_versions(const void *a, const void *b)
{
    return strcmp(at(a)->version, at(b)->version);
}

static const struct calendar *
find(const struct almanac *all, const char *version)
{
    uint32_t low = 0, high = all->n;

    while (low < high) {
        const uint32_t mid = low + (high - low) / 2;
        const int order = strcmp(all->version[mid]->version, version);

        if (order == 0)
            return all->version[mid];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

const struct calendar *
almanac_build(struct arena *a, const struct calendar *const *list, uint32_t n,
              const struct hall_calendar *hall, uint32_t n_hall)
{
    struct almanac *all = arena_new(a, struct almanac);
    const struct calendar **version = arena_array(a, n, const struct calendar *);
    struct hall_calendar *mine = arena_copy(a, hall, n_hall * sizeof(*hall));

    for (uint32_t i = 0; i < n; i++) {
        struct calendar *c = arena_copy(a, list[i], sizeof(*c));
        bool known = false;

        c->almanac = all;
        for (uint32_t k = 0; k < all->n && !known; k++)
            known = !strcmp(version[k]->version, c->version);
        if (!known)
            version[all->n++] = c;
    }
    qsort(version, all->n, sizeof(*version), compare_versions);
    all->version = version;
    for (uint32_t i = 0; i < n_hall; i++)
        mine[i].calendar = find(all, hall[i].calendar->version);
    all->hall = mine;
    all->n_hall = n_hall;
    return find(all, list[0]->version);
}

const struct calendar *
almanac_with(struct arena *a, const struct calendar *house, const struct calendar *const *list,
             uint32_t n)
{
    static const struct almanac none = {.n = 0};
    const struct almanac *all = house->almanac ? house->almanac : &none;
    const struct calendar **more = arena_array(a, 1 + all->n + n, const struct calendar *);

    more[0] = house;
    for (uint32_t i = 0; i < all->n; i++)
        more[1 + i] = all->version[i];
    for (uint32_t i = 0; i < n; i++)
        more[1 + all->n + i] = list[i];
    return almanac_build(a, more, 1 + all->n + n, all->hall, all->n_hall);
}

const struct calendar *
almanac_version(const struct calendar *house, const char *version)
{
    if (!version || !strcmp(house->version, version))
        return house;
    return house->almanac ? find(house->almanac, version) : NULL;
}

bool
district_around(const char *district, char around[7])
{
    if (strnlen(district, 7) != 6)
        return false;
    memcpy(around, district, 7);
    for (int i = 4; i >= 2; i -= 2)
        if (strncmp(around + i, "00", 2) != 0) {
            memcpy(around + i, "00", 2);
            return true;
        }
    return false;
}

static const struct calendar *
of_hall(const struct almanac *all, const char *district)
{
    for (uint32_t i = 0; i < all->n_hall; i++)
        if (all->hall[i].district && !strcmp(all->hall[i].district, district))
            return all->hall[i].calendar;
    return NULL;
}

const struct calendar *
almanac_hall(const struct calendar *house, const char *district, const char *department)
{
    const struct almanac *all = house->almanac;
    const struct calendar *found = NULL;
    char around[7] = "";

    for (uint32_t i = 0; all && department && i < all->n_hall; i++)
        if (all->hall[i].department && !strcmp(all->hall[i].department, department))
            return all->hall[i].calendar;
    if (!all || !all->n_hall || !district)
        return house;
    found = of_hall(all, district);
    for (; !found && district_around(district, around); district = around)
        found = of_hall(all, around);
    return found ? found : house;
}

/* Whether each hall that @x knows counts by the same version in @y. */
static bool
halls_within(const struct calendar *x, const struct calendar *y)
{
    const struct almanac *all = x->almanac;
    bool same = !strcmp(x->version, y->version);

    for (uint32_t i = 0; all && i < all->n_hall && same; i++) {
        const struct hall_calendar *hall = &all->hall[i];

        same = !strcmp(hall->calendar->version,
                       almanac_hall(y, hall->district, hall->department)->version);
    }
    return same;
}

bool
almanac_same(const struct calendar *x, const struct calendar *y)
{
    return halls_within(x, y) && halls_within(y, x);
}
