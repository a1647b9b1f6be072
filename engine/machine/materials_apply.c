/* SPDX-License-Identifier: Apache-2.0 */
/* The states of materials, and what facts make of them. */
#include <string.h>

#include "base/word.h"
#include "machine/materials.h"
#include "machine/notice.h"

static const char *const state_name[] = {
    [MATERIAL_MISSING] = "missing",     [MATERIAL_NOT_NEEDED] = "not-needed",
    [MATERIAL_PRESENT] = "present",     [MATERIAL_FETCHED] = "fetched",
    [MATERIAL_TOLERATED] = "tolerated", [MATERIAL_PROMISED] = "promised",
    [MATERIAL_LAPSED] = "lapsed",       [MATERIAL_BROKEN] = "broken"};

enum { N_STATE = sizeof(state_name) / sizeof(state_name[0]) };

const char *
material_state_name(enum material_state s)
{
    return WORD_AT(state_name, s);
}

bool
material_state_read(const char *name, enum material_state *s)
{
    for (int i = 0; name && i < N_STATE; i++)
        if (!strcmp(name, state_name[i])) {
            *s = (enum material_state)i;
            return true;
        }
    return false;
}

bool
material_is_owed(const struct material *m)
{
    return m->state == MATERIAL_MISSING || m->state == MATERIAL_TOLERATED ||
           m->state == MATERIAL_LAPSED || m->state == MATERIAL_BROKEN;
}

uint32_t
materials_owed(const struct workflow *w, const struct case_state *c)
{
    uint32_t n = 0;

    for (uint16_t i = 0; i < w->n_material; i++)
        n += material_is_owed(&c->material[i]);
    return n;
}

bool
material_is_told(enum fact_kind kind)
{
    return (kind >= FACT_MATERIAL && kind <= FACT_NOTICE_ALLOWED) || kind == FACT_UNCHECKED ||
           kind == FACT_SOUGHT || kind == FACT_RESTORED || kind == FACT_REMINDED;
}

/*
 * A tolerance is kept while what it was for is there: sent back, it stands again.  A record
 * of before it was kept made that missing, with nothing left of it.
 */
static void
become(struct material *m, const struct fact *f, instant at)
{
    const enum material_state was = m->state;
    const instant since = m->since;
    bool again;

    (void)material_state_read(f->name, &m->state);
    again = m->state == MATERIAL_TOLERATED && m->grace != INSTANT_NONE;
    m->since = again ? m->granted : f->ref ? at : INSTANT_NONE;
    m->calendar = m->since == INSTANT_NONE ? NULL : f->ref;
    if (was == MATERIAL_TOLERATED) {
        m->granted = since;
        m->grace = m->until;
    } else if (m->state == MATERIAL_TOLERATED || m->state == MATERIAL_MISSING) {
        m->granted = m->grace = INSTANT_NONE;
    }
    m->lapsed = m->state != MATERIAL_MISSING && (m->lapsed || was == MATERIAL_LAPSED);
    if (m->state == MATERIAL_BROKEN) {
        m->broken = at;
        m->restored = false;
    }
    m->unchecked = false;
    m->until = f->until;
    m->remind = f->id ? f->id : INSTANT_NONE;
    m->reminded = INSTANT_NONE;
    m->document = f->detail;
    m->file = f->value;
    note_spoilt(m);
}

void
apply_material(const struct workflow *w, struct case_state *c, const struct fact *f, instant at)
{
    if (f->kind == FACT_NOTICE_ALLOWED) {
        c->notice_allowed = true;
    } else if (f->kind == FACT_UNCHECKED) {
        c->material[f->material].unchecked = true;
    } else if (f->kind == FACT_SOUGHT) {
        c->material[f->material].sought = true;
    } else if (f->kind == FACT_RESTORED) {
        c->material[f->material].restored = true;
    } else if (f->kind == FACT_REMINDED) {
        c->material[f->material].remind = INSTANT_NONE;
        c->material[f->material].reminded = at;
    } else if (f->kind == FACT_NOTICED) {
        apply_notice(w, c, f);
    } else {
        become(&c->material[f->material], f, at);
    }
}

bool
materials_fit(const struct workflow *w, const struct case_state *c)
{
    for (uint16_t i = 0; i < w->n_material; i++)
        if (c->material[i].state < MATERIAL_MISSING || (int)c->material[i].state >= N_STATE)
            return false;
    return c->n_notice >= 0 && c->n_notice < INT32_MAX / 2 && c->n_late_notice >= 0 &&
           c->n_late_notice <= c->n_notice;
}

bool
material_fits(const struct case_state *c, const struct fact *f)
{
    enum material_state s;

    if (f->kind == FACT_UNCHECKED)
        return c->material[f->material].state == MATERIAL_PROMISED;
    if (f->kind == FACT_SOUGHT)
        return f->detail != NULL;
    if (f->kind == FACT_REMINDED)
        return c->material[f->material].remind != INSTANT_NONE;
    if (f->kind == FACT_RESTORED)
        return f->detail && credit_is_broken(&c->material[f->material]);
    if (f->kind == FACT_NOTICED)
        return f->value.kind == VALUE_ARRAY;
    return f->kind == FACT_NOTICE_ALLOWED ||
           ((f->value.kind == VALUE_NULL || f->value.kind == VALUE_OBJECT) &&
            material_state_read(f->name, &s));
}
