/* SPDX-License-Identifier: Apache-2.0 */
/* Materials: what is handed in, and what may stand for it. */
#include <string.h>

#include "definition/file_kind.h"
#include "definition/parse.h"

static void
read_promise(struct parse *p, const struct place *at, struct material_kind *m)
{
    const struct place *check;

    if (!at || !shape_check(p, at, SHAPE_PROMISE))
        return;
    m->promise = true;
    m->promise_when =
        read_expression(p, place_get(p, at, "when"), VALUE_BOOL, (struct speaker){.input = NULL});
    read_why(p, at, &m->why_zh, &m->why_en);
    check = place_get(p, at, "check");
    if (check)
        (void)read_limit(p, check, &m->check);
}

/* Narrower than what the house takes anyway. */
static void
read_file(struct parse *p, const struct place *at, struct material_kind *m)
{
    const char *const *type;
    const struct place *bytes;
    uint16_t n = 0;

    if (!at || !shape_check(p, at, SHAPE_FILE))
        return;
    type = read_texts(p, at, "types", &n);
    for (uint16_t i = 0; i < n; i++) {
        const int kind = file_kind_find(type[i]);

        if (kind < 0)
            complain(p, texts_item(p, at, "types", i), PROBLEM_BAD_FILE,
                     "no file is of the kind \"%.80s\"", type[i]);
        else
            m->file_kinds |= 1U << kind;
    }
    bytes = place_get(p, at, "bytes");
    if (!bytes || !expect(p, bytes, VALUE_INT))
        return;
    m->file_most = bytes->v->integer;
    if (m->file_most < 1)
        complain(p, bytes, PROBLEM_BAD_FILE, "a file has at least one byte");
}

/* In the unit of the tolerance: then it is so long after its beginning, to the day. */
static void
read_remind(struct parse *p, const struct place *at, struct material_kind *m)
{
    const struct place *before;

    if (!at || !shape_check(p, at, SHAPE_REMIND))
        return;
    before = place_get(p, at, "before");
    if (!before)
        complain(p, at, PROBLEM_MISSING_KEY, "\"before\" is missing");
    else if (read_limit(p, before, &m->remind) &&
             (m->remind.unit != m->tolerance.unit || m->remind.n >= m->tolerance.n))
        complain(p, before, PROBLEM_LAPSE_IDLE,
                 "say how long before the end of the tolerance of \"%.60s\", in its unit", m->id);
    m->remind_line = at->v->line;
    m->reminder = read_effects(p, at, (struct speaker){.input = NULL});
}

static void
read_material(struct parse *p, const struct place *at, struct material_kind *m)
{
    static const char *const from[] = {"applicant", "shared-data", NULL};
    const struct place *tolerance = place_get(p, at, "tolerance");

    *m = (struct material_kind){.id = "", .line = at->v->line};
    if (!shape_check(p, at, SHAPE_MATERIAL))
        return;
    if (read_text(p, at, "id", true)) {
        m->id = read_text(p, at, "id", false);
        check_id(p, place_get(p, at, "id"), m->id);
    }
    m->title = read_title(p, at, true);
    m->shared = read_word(p, at, "from", from, 0) == 1;
    m->certificate = read_text(p, at, "certificate", false);
    m->when =
        read_expression(p, place_get(p, at, "when"), VALUE_BOOL, (struct speaker){.input = NULL});
    if (tolerance)
        (void)read_limit(p, tolerance, &m->tolerance);
    m->lapse = read_target(p, at, "lapse", 0);
    if (!tolerance && place_get(p, at, "lapse"))
        complain(p, place_get(p, at, "lapse"), PROBLEM_LAPSE_IDLE, "\"%.60s\" is never tolerated",
                 m->id);
    read_remind(p, place_get(p, at, "remind"), m);
    read_promise(p, place_get(p, at, "promise"), m);
    read_file(p, place_get(p, at, "file"), m);
    m->basis = read_text(p, at, "basis", false);
}

/* Which of the broken promises count. */
static void
read_credit(struct parse *p, const struct place *at)
{
    const struct place *within;

    if (!at || !shape_check(p, at, SHAPE_CREDIT))
        return;
    within = place_get(p, at, "within");
    if (within)
        (void)read_limit(p, within, &p->w->credit_within);
    else
        complain(p, at, PROBLEM_MISSING_KEY, "\"within\" is missing");
}

void
read_materials(struct parse *p, const struct place *top)
{
    const struct place *list = place_get(p, top, "materials");
    struct material_kind *all;

    read_credit(p, place_get(p, top, "credit"));
    if (!list || !expect(p, list, VALUE_ARRAY))
        return;
    if (!list->v->n)
        complain(p, list, PROBLEM_EMPTY, "there are no materials");
    if (list->v->n >= NONE) {
        complain(p, list, PROBLEM_TOO_MANY, "too many materials");
        return;
    }
    all = arena_array(p->arena, list->v->n, struct material_kind);
    for (uint32_t i = 0; i < list->v->n; i++) {
        read_material(p, place_item(p, list, i), &all[i]);
        for (uint32_t j = 0; j < i; j++)
            if (*all[i].id && !strcmp(all[i].id, all[j].id))
                complain(p, place_item(p, list, i), PROBLEM_TWICE, "\"%s\" is listed twice",
                         all[i].id);
    }
    p->w->material = all;
    p->w->n_material = (uint16_t)list->v->n;
}

void
read_fetch(struct parse *p, const struct place *at, struct speaker who, struct effects *out)
{
    const struct place *from = place_get(p, at, "from");
    struct effect x = {.kind = EFFECT_FETCH};
    const char *id;

    if (!shape_check(p, at, SHAPE_FETCH))
        return;
    id = read_text(p, at, "material", true);
    if (!from)
        complain(p, at, PROBLEM_MISSING_KEY, "\"from\" is missing");
    x.value = read_expression(p, from, VALUE_STRING, who);
    x.when = read_expression(p, place_get(p, at, "when"), VALUE_BOOL, who);
    if (!id)
        return;
    x.material = workflow_material(p->w, id);
    if (x.material == NONE)
        complain(p, place_get(p, at, "material"), PROBLEM_UNKNOWN_MATERIAL,
                 "there is no material \"%s\"", id);
    else if (!p->w->material[x.material].shared && !p->w->material[x.material].certificate)
        complain(p, place_get(p, at, "material"), PROBLEM_UNKNOWN_MATERIAL,
                 "\"%s\" is not from shared data, and no certificate stands for it", id);
    else
        add_effect(p, out, x);
}

/* An "enum" of what may be missing: the notice is about no other. */
static const bool *
read_about(struct parse *p, const struct place *at, const struct value *schema)
{
    static const char *const way[] = {"properties", "missing", "items", "enum"};
    bool *about = arena_array(p->arena, p->w->n_material, bool);

    for (size_t i = 0; schema && i < sizeof(way) / sizeof(*way); i++)
        schema = value_get(schema, way[i]);
    if (!schema || schema->kind != VALUE_ARRAY)
        return NULL;
    for (uint32_t i = 0; i < schema->n; i++) {
        const struct value *one = &schema->item[i];
        const uint16_t m = one->kind == VALUE_STRING ? workflow_material(p->w, one->string) : NONE;

        if (m != NONE)
            about[m] = true;
        else
            complain(p, place_get(p, at, "notice"), PROBLEM_NOTICE_INPUT,
                     "\"%.60s\" is no material of the workflow",
                     one->kind == VALUE_STRING ? one->string : "");
    }
    return about;
}

void
read_notice(struct parse *p, const struct place *at, struct action *a)
{
    struct form_field f = {.declared = false};

    a->notice = read_flag(p, at, "notice");
    if (!a->notice)
        return;
    if (a->input)
        f = form_field(a->input, "missing");
    if (!p->w->n_material || !f.required || f.kind != VALUE_ARRAY || f.item_kind != VALUE_STRING)
        complain(p, place_get(p, at, "notice"), PROBLEM_NOTICE_INPUT,
                 "a notice says which materials are missing");
    else
        a->about = read_about(p, at, a->input_schema);
}
