/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes choose a definition and the life of a case; every law of the core is checked on the way. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/walk.h"

enum { COMMANDS_MOST = 40 };

static struct arena keep;
static struct walk_ground ground;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    if (!walk_load(&keep, &ground))
        exit(1);
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    struct chance chance;
    struct walk k;

    if (size < 2)
        return 0;
    chance = (struct chance){.bytes = data + 2, .n = size - 2};
    k = (struct walk){.w = ground.workflow[data[0] % ground.n],
                      .calendar = ground.calendar,
                      .chance = &chance,
                      .a = &a};
    walk_case(&k, 1 + data[1] % COMMANDS_MOST);
    if (k.wrong) {
        (void)fprintf(stderr, "%s%s: %s\n", k.story.at, k.w->id, k.wrong);
        abort();
    }
    arena_release(&a);
    return 0;
}
