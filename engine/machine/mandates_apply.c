/* SPDX-License-Identifier: Apache-2.0 */
/* Mandates as their facts make them, and as they are kept. */
#include <string.h>

#include "machine/mandates.h"
#include "machine/notes.h"

static struct mandate
told(const struct fact *f, instant at)
{
    const struct value *scope = value_get(&f->value, "scope");
    const struct value *from = value_get(&f->value, "from");

    return (struct mandate){.number = f->number,
                            .account = f->name,
                            .kind = value_get_string(&f->value, "kind"),
                            .agent = value_get_string(&f->value, "agent"),
                            .document = f->detail,
                            .scope = scope ? *scope : value_null(),
                            .given = at,
                            .from = from->integer,
                            .until = f->until,
                            .ended = INSTANT_NONE};
}

void
apply_mandate(struct case_state *c, const struct fact *f, instant at, struct arena *a)
{
    struct mandate *list = arena_array(a, c->n_mandate + 1, struct mandate);

    if (c->n_mandate)
        memcpy(list, c->mandate, c->n_mandate * sizeof(*list));
    c->mandate = list;
    if (f->kind == FACT_MANDATED) {
        list[c->n_mandate++] = told(f, at);
        return;
    }
    list[f->number - 1].ended = at;
    list[f->number - 1].why = f->detail;
}

void
end_mandates(struct case_state *c, instant at)
{
    for (uint32_t i = 0; i < c->n_mandate; i++)
        if (c->mandate[i].ended == INSTANT_NONE)
            c->mandate[i].ended = at;
}

static bool
is_scope(const struct value *scope)
{
    for (uint32_t i = 0; scope && scope->kind == VALUE_ARRAY && i < scope->n; i++)
        if (scope->item[i].kind != VALUE_STRING)
            return false;
    return !scope || scope->kind == VALUE_ARRAY;
}

bool
mandate_fact_fits(const struct case_state *c, const struct fact *f)
{
    const struct value *from = value_get(&f->value, "from");
    const struct mandate *m = case_mandate(c, f->number);

    if (f->kind == FACT_MANDATE_REVOKED)
        return m && m->ended == INSTANT_NONE;
    return !m && f->number == (int32_t)c->n_mandate + 1 && c->phase == PHASE_OPEN && from &&
           from->kind == VALUE_INT && value_get_string(&f->value, "kind") &&
           is_scope(value_get(&f->value, "scope"));
}

struct value
note_mandates(struct arena *a, const struct case_state *c)
{
    struct value *item = arena_array(a, c->n_mandate, struct value);

    for (uint32_t i = 0; i < c->n_mandate; i++) {
        const struct mandate *m = &c->mandate[i];
        struct note o = {.n = 0};

        note_string(&o, "account", m->account);
        note_string(&o, "agent", m->agent);
        note_string(&o, "document", m->document);
        note_instant(&o, "ended", m->ended);
        note_int(&o, "from", m->from, m->given);
        note_add(&o, "given", value_int(m->given));
        note_string(&o, "kind", m->kind);
        if (m->scope.kind == VALUE_ARRAY)
            note_add(&o, "scope", m->scope);
        note_instant(&o, "until", m->until);
        note_string(&o, "why", m->why);
        item[i] = note_done(a, &o);
    }
    return value_array(item, c->n_mandate);
}

bool
read_mandates(struct arena *a, const struct value *n, struct case_state *c)
{
    const uint32_t most = n && n->kind == VALUE_ARRAY ? n->n : 0;
    bool ok = !n || n->kind == VALUE_ARRAY;

    c->mandate = arena_array(a, most, struct mandate);
    for (c->n_mandate = 0; ok && c->n_mandate < most; c->n_mandate++) {
        const struct value *one = &n->item[c->n_mandate], *scope = value_get(one, "scope");
        struct mandate *m = &c->mandate[c->n_mandate];

        *m = (struct mandate){.number = (int32_t)c->n_mandate + 1,
                              .account = value_get_string(one, "account"),
                              .kind = value_get_string(one, "kind"),
                              .agent = value_get_string(one, "agent"),
                              .document = value_get_string(one, "document"),
                              .scope = scope ? *scope : value_null(),
                              .given = read_instant(one, "given", INSTANT_NONE, &ok),
                              .until = read_instant(one, "until", INSTANT_NONE, &ok),
                              .ended = read_instant(one, "ended", INSTANT_NONE, &ok),
                              .why = value_get_string(one, "why")};
        m->from = read_instant(one, "from", m->given, &ok);
        ok = ok && m->kind && m->given != INSTANT_NONE && is_scope(scope);
    }
    return ok;
}
