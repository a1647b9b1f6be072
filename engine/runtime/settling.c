/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for the end of work. */
#include "runtime/settling.h"

#include <stdlib.h>

#include "base/require.h"

void
settling_add(struct settling **all, void (*settled)(void *arg), void *arg)
{
    struct settling *s = malloc(sizeof(*s));

    require(s != NULL);
    *s = (struct settling){.next = *all, .settled = settled, .arg = arg};
    *all = s;
}

void
settling_tell(struct settling **all)
{
    struct settling *list = *all;

    *all = NULL;
    while (list) {
        struct settling *s = list;

        list = s->next;
        s->settled(s->arg);
        free(s);
    }
}
