/* SPDX-License-Identifier: Apache-2.0 */
/* A leaky bucket for each address. */
#include "api/throttle.h"

#include <stdlib.h>

#include "base/require.h"

enum { PLACES = 4096 /* power of two */, BURST = 10, SECOND_US = 1000000 };

struct throttle {
    int64_t per_second;
    uint64_t seed;            /* nobody can tell which addresses share a place */
    int64_t empty_us[PLACES]; /* when what was taken will have run out */
};

struct throttle *
throttle_new(int64_t per_second)
{
    struct throttle *t = calloc(1, sizeof(*t));

    require(t);
    t->per_second = per_second;
    arc4random_buf(&t->seed, sizeof(t->seed));
    return t;
}

void
throttle_free(struct throttle *t)
{
    free(t);
}

/* FNV-1a, from a secret beginning. */
static uint64_t
place_of(const struct throttle *t, const char *address)
{
    uint64_t h = t->seed;

    for (; *address; address++)
        h = (h ^ (unsigned char)*address) * UINT64_C(0x100000001b3);
    return (h ^ h >> 32) & (PLACES - 1);
}

int64_t
throttle_take(struct throttle *t, const char *address, int64_t now_us)
{
    int64_t *empty = &t->empty_us[place_of(t, address)];
    int64_t cost, ahead;

    if (t->per_second <= 0)
        return 0;
    cost = SECOND_US / t->per_second;
    if (*empty < now_us)
        *empty = now_us;
    ahead = *empty + cost - now_us - (int64_t)BURST * SECOND_US;
    if (ahead > 0)
        return (ahead + SECOND_US - 1) / SECOND_US;
    *empty += cost;
    return 0;
}
