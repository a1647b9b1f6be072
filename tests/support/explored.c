/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/explored.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct explored
explored(const char *members)
{
    const struct exploring bounds = {.most_states = 20000, .district = "371502"};
    struct explored found;

    desk_define(members);
    machine_explore(desk.w, desk.calendar, &bounds, &desk.arena, &found);
    assert_true(found.whole);
    assert_null(found.unsampled);
    return found;
}

void
found_by(const struct explored *x, const char *words)
{
    assert_int_equal(x->n, 1);
    assert_int_equal(x->item[0].kind, EXPLORED_STUCK);
    assert_string_equal(desk.w->step[x->item[0].step].path, "pit");
    if (!strstr(x->item[0].scenario, words))
        fail_msg("no \"%s\" in\n%s", words, x->item[0].scenario);
}
