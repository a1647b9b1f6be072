/* SPDX-License-Identifier: Apache-2.0 */
/* Where lines of a picture lie. */
#include "tests/support/wires.h"

/* How far two stretches of one line run together. */
static int32_t
together(int32_t a, int32_t b, int32_t c, int32_t d)
{
    const int32_t from[] = {a < b ? a : b, c < d ? c : d}, to[] = {a < b ? b : a, c < d ? d : c};

    return (to[0] < to[1] ? to[0] : to[1]) - (from[0] > from[1] ? from[0] : from[1]);
}

bool
wires_run_together(const struct wire *v, const struct wire *w)
{
    for (uint32_t i = 0; i + 1 < v->n_point; i++)
        for (uint32_t k = 0; k + 1 < w->n_point; k++) {
            const int32_t *a = &v->point[2 * i], *b = &w->point[2 * k];

            if ((a[0] == a[2] && b[0] == b[2] && a[0] == b[0] &&
                 together(a[1], a[3], b[1], b[3]) > 0) ||
                (a[1] == a[3] && b[1] == b[3] && a[1] == b[1] &&
                 together(a[0], a[2], b[0], b[2]) > 0))
                return true;
        }
    return false;
}
