/* SPDX-License-Identifier: Apache-2.0 */
/* Materials of a case as JSON. */
#include "machine/materials.h"
#include "machine/periods.h"

#include "api/view.h"

/* Why not: of what the definition asks it says so itself. */
static void
put_refusal(struct text *t, const struct material_kind *kind, enum error_code code)
{
    struct title why = {error_title(code, LANGUAGE_ZH), error_title(code, LANGUAGE_EN)};

    if (code == ERROR_PROMISE_REFUSED && kind->why_zh)
        why = (struct title){kind->why_zh, kind->why_en};
    put_member_string(t, "code", error_name(code));
    view_title(t, "why", why);
}

/* Whether a promise may stand for it, before anybody has drawn one up. */
static void
put_gate(struct text *t, const struct sight *s, uint16_t i)
{
    const struct material_kind *kind = &s->workflow->material[i];
    const struct setting setting = {.workflow = s->workflow,
                                    .calendar = s->calendar,
                                    .now = s->now,
                                    .broken = s->broken,
                                    .n_broken = s->n_broken};
    struct error e = {0};
    const bool possible = material_promisable(&setting, s->state, i, t->arena, &e);

    put_key(t, "promise");
    put_open(t, '{');
    put_member_bool(t, "possible", possible);
    if (!possible)
        put_refusal(t, kind, e.code);
    put_close(t, '}');
}

void
view_materials(struct text *t, const struct sight *s, bool gates)
{
    if (!s->workflow->n_material)
        return;
    put_key(t, "materials");
    put_open(t, '[');
    for (uint16_t i = 0; i < s->workflow->n_material; i++) {
        const struct material_kind *kind = &s->workflow->material[i];
        const struct material *m = &s->state->material[i];

        put_open(t, '{');
        put_member_string(t, "id", kind->id);
        view_title(t, "title", kind->title);
        put_member_string(t, "from", kind->shared ? "shared-data" : "applicant");
        put_member_string(t, "state", material_state_name(m->state));
        put_member_bool(t, "owed", material_is_owed(m));
        put_member_string(t, "document", m->document);
        if (m->file.kind == VALUE_OBJECT) {
            put_key(t, "file");
            value_write(t, &m->file);
        }
        if (m->until != INSTANT_NONE)
            put_member_instant(t, "until", m->until);
        view_last_day(t, "lastDay", m->until);
        if (m->remind != INSTANT_NONE)
            put_member_instant(t, "remind", m->remind);
        if (m->reminded != INSTANT_NONE)
            put_member_instant(t, "reminded", m->reminded);
        if (material_provisional(t->arena, s->workflow, s->state, i, s->calendar))
            put_member_bool(t, "provisional", true);
        if (m->sought)
            put_member_bool(t, "sought", true);
        if (m->unchecked)
            put_member_bool(t, "unchecked", true);
        if (m->broken != INSTANT_NONE) {
            put_member_instant(t, "broken", m->broken);
            put_member_bool(t, "restored", m->restored);
        }
        if (gates && kind->promise_when && m->state == MATERIAL_MISSING)
            put_gate(t, s, i);
        put_close(t, '}');
    }
    put_close(t, ']');
    put_member_int(t, "notices", s->state->n_notice);
    put_member_int(t, "lateNotices", s->state->n_late_notice);
}
