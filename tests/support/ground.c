/* SPDX-License-Identifier: Apache-2.0 */
/* The definitions that are walked, for tests that go through all of them. */
#include "tests/support/ground.h"

#include <string.h>

struct walk_ground ground;
struct arena scratch;
static struct arena keep;

int
ground_set_up(void **state)
{
    (void)state;
    return walk_load(&keep, &ground) ? 0 : -1;
}

int
ground_tear_down(void **state)
{
    (void)state;
    arena_release(&keep);
    arena_release(&scratch);
    return 0;
}

uint32_t
text_times(const char *text, const char *what)
{
    uint32_t n = 0;

    for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
        n++;
    return n;
}
