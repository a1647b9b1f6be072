/* SPDX-License-Identifier: Apache-2.0 */
/* What expressions ask for: only that is remembered of steps, and looked up beside the case. */
#include <string.h>

#include "definition/parse.h"

/* Of the branches of a list any may be asked for, under names that nobody knows yet. */
static bool
asked_of_each(const struct workflow *w, uint16_t region, const char *var)
{
    const uint16_t each = w->region[region].each;
    const char *list = each == NONE ? NULL : w->step[w->region[each].owner].path;

    return list && !strncmp(var, list, strlen(list)) &&
           (var[strlen(list)] == '.' || var[strlen(list)] == 0);
}

/* Whether @path is what a var asks for, or a part of it: "a.b" of "a.b.visits", and of "a". */
static bool
asked(const char *path, const char *var)
{
    const size_t n = strlen(path), m = strlen(var);

    if (n < m)
        return n > 0 && !strncmp(var, path, n) && var[n] == '.' && !strchr(var + n + 1, '.');
    return m == 0 || (!strncmp(path, var, m) && (path[m] == '.' || path[m] == 0));
}

/* What of the case only those who ask for it are shown. */
static void
note_given(const struct parse *p, const char *path)
{
    if ((!*path || !strcmp(path, "identified")) && !parse_variable(p, "identified"))
        p->w->asks_identified = true;
    if ((!*path || !strcmp(path, "brokenPromises")) && !parse_variable(p, "brokenPromises"))
        p->w->asks_credit = true;
}

static void
note_var(void *arg, enum root root, const char *path)
{
    const struct parse *p = arg;
    struct step *step = (struct step *)(uintptr_t)p->w->step;
    struct region *region = (struct region *)(uintptr_t)p->w->region;

    if (root == ROOT_CASE)
        note_given(p, path);
    if (root != ROOT_STEP)
        return;
    for (uint16_t i = 0; i < p->w->n_step; i++)
        step[i].noted =
            step[i].noted || asked(step[i].path, path) || asked_of_each(p->w, step[i].region, path);
    for (uint16_t i = 0; i < p->w->n_region; i++)
        region[i].noted =
            region[i].noted || asked(region[i].path, path) || asked_of_each(p->w, i, path);
}

void
note_all(struct parse *p)
{
    struct step *step = (struct step *)(uintptr_t)p->w->step;

    for (uint32_t d = 0; d < p->n_duty; d++)
        expression_vars(p->duty[d].x, note_var, p);
    for (uint16_t i = 0; i < p->w->n_step; i++) {
        /* Has its time come, or is it over?  How often was it started? */
        step[i].noted = step[i].noted || step[i].n_on || step[i].optional;
        for (uint16_t j = 0; j < step[i].n_distinct_from; j++)
            step[step[i].distinct_from[j]].noted = true;
    }
}
