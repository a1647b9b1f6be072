/* SPDX-License-Identifier: Apache-2.0 */
/* What cases are sorted by: labels, and priority lanes 绿色通道. */
#include <string.h>

#include "definition/parse.h"

/* More would be no priority any more. */
enum { LANES_MOST = 8 };

static const char *const *
read_roles(struct parse *p, const struct place *at, uint16_t *n)
{
    const char *const *by = read_texts(p, at, "by", n);

    for (uint16_t i = 0; i < *n; i++)
        check_role(p, texts_item(p, at, "by", i), by[i]);
    return by;
}

void
read_labels(struct parse *p, const struct place *top)
{
    const struct place *list = place_get(p, top, "labels");
    struct label_kind *all;

    if (!list || !expect(p, list, VALUE_OBJECT))
        return;
    if (!list->v->n)
        complain(p, list, PROBLEM_EMPTY, "there are no labels");
    if (list->v->n >= NONE) {
        complain(p, list, PROBLEM_TOO_MANY, "too many labels");
        return;
    }
    all = arena_array(p->arena, list->v->n, struct label_kind);
    for (uint32_t i = 0; i < list->v->n; i++) {
        const struct place *at = place_member(p, list, i);

        check_id(p, at, at->key);
        all[i] = (struct label_kind){.id = at->key, .line = at->v->line};
        if (!shape_check(p, at, SHAPE_LABELLING))
            continue;
        all[i].title = read_title(p, at, true);
        all[i].by = read_roles(p, at, &all[i].n_by);
    }
    p->w->label = all;
    p->w->n_label = (uint16_t)list->v->n;
}

static void
read_lane(struct parse *p, const struct place *at, struct priority_lane *lane)
{
    *lane = (struct priority_lane){.id = "", .line = at->v->line};
    if (!shape_check(p, at, SHAPE_LANE))
        return;
    if (read_text(p, at, "id", true)) {
        lane->id = read_text(p, at, "id", false);
        check_id(p, place_get(p, at, "id"), lane->id);
    }
    lane->title = read_title(p, at, true);
    lane->basis = read_text(p, at, "basis", true);
    lane->by = read_roles(p, at, &lane->n_by);
    lane->when =
        read_expression(p, place_get(p, at, "when"), VALUE_BOOL, (struct speaker){.input = NULL});
    if (!lane->n_by && !value_get(at->v, "when"))
        complain(p, at, PROBLEM_LANE_IDLE, "no case ever comes into lane \"%s\"", lane->id);
}

void
read_lanes(struct parse *p, const struct place *top)
{
    const struct place *list = place_get(p, top, "lanes");
    struct priority_lane *all;

    if (!list || !expect(p, list, VALUE_ARRAY))
        return;
    if (!list->v->n)
        complain(p, list, PROBLEM_EMPTY, "there are no lanes");
    if (list->v->n > LANES_MOST) {
        complain(p, list, PROBLEM_TOO_MANY, "there are more than %d lanes", LANES_MOST);
        return;
    }
    all = arena_array(p->arena, list->v->n, struct priority_lane);
    /* Their conditions may speak of the lanes. */
    p->w->lane = all;
    p->w->n_lane = (uint16_t)list->v->n;
    for (uint32_t i = 0; i < list->v->n; i++) {
        read_lane(p, place_item(p, list, i), &all[i]);
        for (uint32_t j = 0; j < i; j++)
            if (*all[i].id && !strcmp(all[i].id, all[j].id))
                complain(p, place_item(p, list, i), PROBLEM_TWICE, "\"%s\" is listed twice",
                         all[i].id);
    }
}

void
read_label(struct parse *p, const struct place *at, struct speaker who, struct effects *out)
{
    struct effect x = {.kind = EFFECT_LABEL};

    if (!shape_check(p, at, SHAPE_LABEL))
        return;
    x.name = read_text(p, at, "label", true);
    x.remove = read_flag(p, at, "remove");
    x.when = read_expression(p, place_get(p, at, "when"), VALUE_BOOL, who);
    if (!x.name)
        return;
    x.label = workflow_label(p->w, x.name);
    if (x.label == NONE)
        complain(p, place_get(p, at, "label"), PROBLEM_UNKNOWN_LABEL, "there is no label \"%s\"",
                 x.name);
    else
        add_effect(p, out, x);
}
