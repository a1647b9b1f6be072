/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks: as he says himself, until somebody of the house has looked. */
#include "machine/identity.h"

#include <string.h>

#include "machine/children.h"
#include "machine/materials.h"
#include "machine/may.h"
#include "machine/notes.h"
#include "machine/wholes.h"

bool
identity_is_known(const struct run *r)
{
    return !r->c->identity.claimed || (r->cmd && r->cmd->identified && *r->cmd->identified);
}

void
claim_identity(struct run *r)
{
    const struct actor *who = &r->cmd->actor;
    const struct opening *o = r->cmd->opening;

    if (who->public || who->applicant || who->under || o->claimed || o->named)
        emit(r, (struct fact){.kind = FACT_IDENTITY_CLAIMED, .declared = o->named});
}

bool
check_identifiable(const struct deed *d, const char *document, struct error *e)
{
    const struct identity *known = &d->r->c->identity;

    if (known->by)
        return error_set(e, ERROR_ALREADY_IDENTIFIED, "%s has looked at %s", known->by,
                         known->document);
    return (document && *document) ||
           error_at(e, ERROR_DOCUMENT_MISSING,
                    d->cmd->kind == COMMAND_ACT ? "/identified" : "/document",
                    "name what shows who asks");
}

void
identify_newborn(struct run *r, const struct child *child)
{
    const struct identity *x = &r->c->identity;
    struct value v;

    if (!x->by || !child->case_id || child->other)
        return;
    v = value_with(r->a, NULL, "by", value_borrow(x->by));
    v = value_with(r->a, &v, "document", value_borrow(x->document));
    say(r,
        (struct relay){
            .case_id = child->case_id, .what = "identified", .child = child->number, .value = v});
}

void
identify(struct run *r, const char *by, const char *document)
{
    const bool claimed = r->c->identity.claimed; /* and so are its children */
    const uint16_t *const kind = r->c->withheld;
    const uint32_t n = r->c->n_withheld;
    const struct command *const cmd = r->cmd;

    emit(r, (struct fact){.kind = FACT_IDENTIFIED, .name = by, .detail = document});
    fetch_held(r);
    r->cmd = NULL; /* what is issued late is not what he does who has looked */
    for (uint32_t i = 0; i < n; i++)
        if (!lacks_parts(r, kind[i])) /* nobody is kept from looking by what cannot be issued */
            issue_certificate(r, &(struct effect){.certificate = kind[i]}, value_null());
    r->cmd = cmd;
    for (uint32_t i = 0; claimed && i < r->c->n_child; i++)
        identify_newborn(r, &r->c->child[i]);
}

bool
hear_identified(struct deed *d, struct error *e)
{
    const char *by = value_get_string(&d->cmd->input, "by");
    const char *document = value_get_string(&d->cmd->input, "document");

    if (!d->r->c->parent.case_id)
        return error_set(e, ERROR_ACTION_NOT_ALLOWED, "no case has opened this one");
    if (!by || !document)
        return error_set(e, ERROR_INTERNAL, "a parent case does not say who has looked at what");
    if (d->r->c->identity.named)
        return error_set(e, ERROR_ACTION_NOT_ALLOWED, "it is another applicant's than that case");
    if (!d->r->c->identity.claimed)
        return error_set(e, ERROR_ALREADY_IDENTIFIED, "it is known here who asks");
    identify(d->r, by, document);
    return !d->r->failed;
}

const char *
identify_role(const struct workflow *w, const char *district, const struct actor *who)
{
    const char *role = serves_as(w, NULL, district, who, "import")
                           ? "import"
                           : role_among(w, w->open_by, w->n_open_by, district, who);

    return role ? role : leader_role(w, NULL, district, who);
}

bool
decide_identify(struct deed *d, struct error *e)
{
    struct run *r = d->r;

    d->role = identify_role(r->w, r->c->district, &d->cmd->actor);
    if (!check_revision(d->cmd, r->c->revision, e) || !check_identifiable(d, d->cmd->document, e))
        return false;
    r->c->revision++;
    identify(r, d->cmd->actor.id, d->cmd->document);
    return !r->failed;
}

void
apply_identity(struct case_state *c, const struct fact *f, instant at)
{
    if (f->kind == FACT_IDENTIFIED)
        c->n_withheld = 0; /* it is issued now */
    c->identity = f->kind == FACT_IDENTIFIED
                      ? (struct identity){.named = c->identity.named,
                                          .by = f->name,
                                          .document = f->detail,
                                          .at = at}
                      : (struct identity){.claimed = true, .named = f->declared};
}

bool
identity_fits(const struct case_state *c, const struct fact *f)
{
    return !c->identity.by && (f->kind == FACT_IDENTITY_CLAIMED || (f->name && f->detail));
}

bool
case_identified_alike(const struct case_state *x, const struct case_state *y)
{
    return x->identity.claimed == y->identity.claimed && !x->identity.by == !y->identity.by;
}

struct value
note_identity(struct arena *a, const struct identity *x)
{
    struct note o = {.n = 0};

    if (x->by)
        note_add(&o, "at", value_int(x->at));
    note_string(&o, "by", x->by);
    if (x->claimed)
        note_add(&o, "claimed", value_bool(true));
    note_string(&o, "document", x->document);
    if (x->named)
        note_add(&o, "named", value_bool(true));
    return note_done(a, &o);
}

bool
read_identity(const struct value *n, struct identity *x)
{
    bool ok = !n || n->kind == VALUE_OBJECT;

    *x = (struct identity){.claimed = value_get(n, "claimed") != NULL,
                           .named = value_get(n, "named") != NULL,
                           .by = value_get_string(n, "by"),
                           .document = value_get_string(n, "document"),
                           .at = read_instant(n, "at", 0, &ok)};
    return ok && !x->by == !x->document && !(x->by && x->claimed) &&
           (!x->named || x->by || x->claimed);
}
