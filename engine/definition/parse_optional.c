/* SPDX-License-Identifier: Apache-2.0 */
/* Steps at somebody's discretion. */
#include <string.h>

#include "definition/parse.h"

enum { STARTS_MOST = 100 };

/* Roles, and "applicant". */
static void
read_starters(struct parse *p, const struct place *at, struct discretion *d)
{
    if (!value_get(at->v, "by"))
        complain(p, at, PROBLEM_MISSING_KEY, "\"by\" is missing: who may start it");
    d->by = read_texts(p, at, "by", &d->n_by);
    for (uint16_t i = 0; i < d->n_by; i++)
        if (strcmp(d->by[i], "applicant") != 0)
            check_role(p, texts_item(p, at, "by", i), d->by[i]);
}

void
read_optional(struct parse *p, const struct place *at, struct step *s)
{
    const struct place *optional = place_get(p, at, "optional");
    struct discretion *d = (struct discretion *)(uintptr_t)s->optional;
    const struct place *most;

    if (!d || !shape_check(p, optional, SHAPE_OPTIONAL))
        return;
    read_starters(p, optional, d);
    d->when = read_expression(p, place_get(p, optional, "when"), VALUE_BOOL,
                              (struct speaker){.actor = true, .region = s->region});
    read_why(p, optional, &d->why_zh, &d->why_en);
    d->required = read_flag(p, optional, "required");
    d->most = 1;
    most = place_get(p, optional, "most");
    if (!most || !expect(p, most, VALUE_INT))
        return;
    if (most->v->integer < 1 || most->v->integer > STARTS_MOST)
        complain(p, most, PROBLEM_BAD_OPTIONAL, "\"most\" is a number from 1 to %d", STARTS_MOST);
    else
        d->most = (int32_t)most->v->integer;
}
