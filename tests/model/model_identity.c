/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks: as he says himself, until somebody of the house has looked. */
#include "tests/model/model_inside.h"

void
model_tell_who(struct model *m, const struct kid *k)
{
    struct value v = value_with(m->a, NULL, "by", value_borrow(m->looked ? m->looked : ""));

    if (!m->looked || !k->id || k->other)
        return;
    v = value_with(m->a, &v, "document", value_borrow("paper"));
    model_tell(m, k->id, "identified", k->number, &v);
    model_saw(m, SEEN_IDENTIFIED_KIN);
}

void
model_look_who(struct model *m, const char *actor)
{
    const bool claimed = m->claimed; /* then its children do not know either */

    m->claimed = false;
    m->looked = actor;
    model_saw(m, SEEN_IDENTIFIED);
    (void)model_fetch_held(m);
    model_give_withheld(m);
    for (uint32_t i = 0; claimed && i < m->n_kid; i++)
        model_tell_who(m, &m->kid[i]);
}

struct model *
model_hear_looked(const struct model *m, struct arena *a, const char *actor, instant now,
                  enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (!out->parent.id || out->parent.named)
        return model_refuse(why, ERROR_ACTION_NOT_ALLOWED);
    if (!out->claimed)
        return model_refuse(why, ERROR_ALREADY_IDENTIFIED);
    out->moment = out->now;
    model_look_who(out, actor);
    model_saw(out, SEEN_HEARD_WHO);
    model_look_at_letters(out);
    return model_or_why(out, why);
}

enum error_code
model_may_look(const struct model *m, const char *document)
{
    return m->looked ? ERROR_ALREADY_IDENTIFIED : !document ? ERROR_DOCUMENT_MISSING : ERROR_NONE;
}

struct model *
model_identify(const struct model *m, struct arena *a, const char *actor, const char *document,
               instant now, enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if ((*why = model_may_look(out, document)) != ERROR_NONE)
        return NULL;
    out->moment = out->now;
    model_look_who(out, actor);
    model_look_at_letters(out);
    return model_or_why(out, why);
}
