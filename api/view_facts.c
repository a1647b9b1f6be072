/* SPDX-License-Identifier: Apache-2.0 */
/* What of a case's facts is for everybody who may read it, and what is secret. */
#include <string.h>

#include "api/view.h"

void
view_commitments(struct text *t, const struct case_state *c)
{
    if (!c->n_commitment)
        return;
    put_key(t, "draws");
    put_open(t, '[');
    for (uint32_t i = 0; i < c->n_commitment; i++) {
        put_open(t, '{');
        put_member_string(t, "name", c->commitment[i].name);
        put_member_string(t, "hash", c->commitment[i].hash);
        put_close(t, '}');
    }
    put_close(t, ']');
}

/*
 * Who knew a seed before could choose whom to put on the list, who has a
 * ballot's key can vote for everybody, and a secret vote is nobody's business.
 * The state with which a case goes on under another version has all of these.
 */
static bool
is_secret(const struct value *fact, const char *member)
{
    const char *kind = value_get_string(fact, "fact");

    if (!kind)
        return false;
    if (!strcmp(kind, "voted"))
        return value_get(fact, "declared") && !strcmp(member, "name");
    if (!strcmp(kind, "contradicted"))
        return value_get(fact, "declared") && !strcmp(member, "value");
    return (!strcmp(kind, "committed") || !strcmp(kind, "ballot")) && !strcmp(member, "value");
}

static void
put_moved(struct text *t, const struct value *moved)
{
    const struct value *form = value_get(moved, "form");

    put_open(t, '{');
    if (form) {
        put_key(t, "form");
        value_write(t, form);
    }
    put_close(t, '}');
}

static void
put_fact(struct text *t, const struct value *fact)
{
    const char *kind = value_get_string(fact, "fact");
    const bool moved = kind && !strcmp(kind, "migrated");

    put_open(t, '{');
    for (uint32_t i = 0; fact->kind == VALUE_OBJECT && i < fact->n; i++) {
        const struct member *m = &fact->member[i];

        if (is_secret(fact, m->name))
            continue;
        put_key(t, m->name);
        if (moved && !strcmp(m->name, "value"))
            put_moved(t, &m->value);
        else
            value_write(t, &m->value);
    }
    put_close(t, '}');
}

void
view_facts(struct text *t, const struct value *facts)
{
    put_open(t, '[');
    for (uint32_t i = 0; facts->kind == VALUE_ARRAY && i < facts->n; i++)
        put_fact(t, &facts->item[i]);
    put_close(t, ']');
}
