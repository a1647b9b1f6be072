/* SPDX-License-Identifier: Apache-2.0 */
/* Materials as JSON values, in the state of a case and in what an annulment restores. */
#include "machine/materials.h"
#include "machine/notes.h"

static struct value
note_material(struct arena *a, const struct workflow *w, uint16_t i, const struct material *m)
{
    struct note o = {.n = 0};

    if (m->asked)
        note_add(&o, "asked", value_bool(true));
    note_instant(&o, "broken", m->broken);
    note_string(&o, "calendar", m->calendar);
    note_string(&o, "document", m->document);
    if (m->file.kind == VALUE_OBJECT)
        note_add(&o, "file", m->file);
    note_instant(&o, "grace", m->grace);
    note_instant(&o, "graceSince", m->granted);
    if (m->lapsed)
        note_add(&o, "lapsed", value_bool(true));
    note_add(&o, "material", value_borrow(w->material[i].id));
    if (m->overlooked)
        note_add(&o, "overlooked", value_bool(true));
    note_instant(&o, "remind", m->remind);
    note_instant(&o, "reminded", m->reminded);
    if (m->restored)
        note_add(&o, "restored", value_bool(true));
    if (m->seen)
        note_add(&o, "seen", value_bool(true));
    note_instant(&o, "since", m->since);
    if (m->sought)
        note_add(&o, "sought", value_bool(true));
    note_add(&o, "state", value_borrow(material_state_name(m->state)));
    if (m->unchecked)
        note_add(&o, "unchecked", value_bool(true));
    note_instant(&o, "until", m->until);
    return note_done(a, &o);
}

/* Those that are not as they were at first. */
struct value
note_materials(struct arena *a, const struct workflow *w, const struct case_state *c)
{
    struct value *item = arena_array(a, w->n_material, struct value);
    size_t n = 0;

    for (uint16_t i = 0; i < w->n_material; i++) {
        const struct material *m = &c->material[i];

        if (m->state != MATERIAL_MISSING || m->overlooked || m->asked || m->sought || m->document ||
            m->broken != INSTANT_NONE)
            item[n++] = note_material(a, w, i, m);
    }
    return value_array(item, n);
}

struct value
note_materials_before(struct arena *a, const struct workflow *w, const struct case_state *before,
                      const struct case_state *after, const struct case_state *now)
{
    struct value *item = arena_array(a, w->n_material, struct value);
    size_t n = 0;

    for (uint16_t i = 0; i < w->n_material; i++) {
        struct material m = now->material[i];

        if (before->material[i].state == after->material[i].state)
            continue;
        /* A tolerance that is over does not begin again; only nothing has followed of it. */
        if (after->material[i].state != MATERIAL_LAPSED)
            m = before->material[i];
        else if (m.state == MATERIAL_LAPSED)
            continue;
        else
            m.lapsed = false;
        item[n++] = note_material(a, w, i, &m);
    }
    return value_array(item, n);
}

bool
read_materials_into(const struct workflow *w, const struct value *n, struct material *all)
{
    bool ok = !n || n->kind == VALUE_ARRAY;

    for (uint32_t k = 0; ok && n && k < n->n; k++) {
        const struct value *one = &n->item[k];
        const char *id = value_get_string(one, "material");
        const uint16_t i = id ? workflow_material(w, id) : NONE;
        const struct value *file = value_get(one, "file");
        struct material m = {.document = value_get_string(one, "document"),
                             .asked = value_get(one, "asked") != NULL,
                             .broken = read_instant(one, "broken", INSTANT_NONE, &ok),
                             .grace = read_instant(one, "grace", INSTANT_NONE, &ok),
                             .granted = read_instant(one, "graceSince", INSTANT_NONE, &ok),
                             .lapsed = value_get(one, "lapsed") != NULL,
                             .remind = read_instant(one, "remind", INSTANT_NONE, &ok),
                             .reminded = read_instant(one, "reminded", INSTANT_NONE, &ok),
                             .restored = value_get(one, "restored") != NULL,
                             .overlooked = value_get(one, "overlooked") != NULL,
                             .seen = value_get(one, "seen") != NULL,
                             .sought = value_get(one, "sought") != NULL,
                             .unchecked = value_get(one, "unchecked") != NULL,
                             .until = read_instant(one, "until", INSTANT_NONE, &ok),
                             .since = read_instant(one, "since", INSTANT_NONE, &ok),
                             .calendar = value_get_string(one, "calendar")};

        if (file)
            m.file = *file;
        ok = ok && (!file || file->kind == VALUE_OBJECT) && i != NONE &&
             material_state_read(value_get_string(one, "state"), &m.state);
        if (ok)
            all[i] = m;
    }
    return ok;
}

bool
read_materials_note(struct arena *a, const struct workflow *w, const struct value *n,
                    struct case_state *c)
{
    c->material = arena_array(a, w->n_material, struct material);
    for (uint16_t i = 0; i < w->n_material; i++)
        c->material[i] = (struct material){.state = MATERIAL_MISSING,
                                           .remind = INSTANT_NONE,
                                           .reminded = INSTANT_NONE,
                                           .until = INSTANT_NONE,
                                           .since = INSTANT_NONE,
                                           .granted = INSTANT_NONE,
                                           .grace = INSTANT_NONE,
                                           .broken = INSTANT_NONE};
    if (!read_materials_into(w, n, c->material))
        return false;
    for (uint16_t i = 0; i < w->n_material; i++)
        if (c->material[i].state == MATERIAL_BROKEN && c->material[i].broken == INSTANT_NONE)
            c->material[i].broken = c->moment; /* of before it was kept: not later than that */
    return true;
}
