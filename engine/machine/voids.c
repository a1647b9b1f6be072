/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of other cases that hold no more by what is decided here, and the other way round.
 */
#include "machine/voids.h"

#include <string.h>

#include "machine/certificates.h"
#include "machine/notes.h"

static void
not_held(struct run *r, enum error_code code, const char *what, const char *kind)
{
    if (!r->failed)
        error_set(r->e, code, "%s (%s)", what, kind);
    r->failed = true;
}

/* As somebody types a number: in any case, with hyphens and spaces or without. */
static bool
same_number(const char *a, const char *b)
{
    for (;;) {
        char x, y;

        a += strspn(a, "- ");
        b += strspn(b, "- ");
        x = *a >= 'a' && *a <= 'z' ? (char)(*a - 'a' + 'A') : *a;
        y = *b >= 'a' && *b <= 'z' ? (char)(*b - 'a' + 'A') : *b;
        if (x != y)
            return false;
        if (!x)
            return true;
        a++;
        b++;
    }
}

/* What this case has voided of @kind already. */
static const struct voided *
find_voided(const struct case_state *c, const char *kind, const char *number)
{
    for (uint32_t i = 0; i < c->n_voided; i++)
        if (!strcmp(c->voided[i].kind, kind) &&
            (!number || same_number(c->voided[i].number, number)))
            return &c->voided[i];
    return NULL;
}

/* One of those held, in @list or alone: the only one, or the one that is wanted; NULL. */
static const char *
choose(struct run *r, const struct value *list, const char *kind, const char *wanted, bool optional)
{
    const struct value *item = list->kind == VALUE_ARRAY ? list->item : list;
    const uint32_t n = list->kind == VALUE_ARRAY ? list->n : 1;

    if (list->kind == VALUE_BOOL) /* any: somebody explores */
        return wanted ? wanted : "?";
    for (uint32_t i = 0; i < n; i++)
        if (wanted ? same_number(item[i].string, wanted) : n == 1)
            return item[i].string;
    if (!wanted)
        not_held(r, ERROR_CERTIFICATE_NOT_HELD,
                 "the party holds several certificates, and the workflow does not say which", kind);
    else if (!optional)
        not_held(r, ERROR_CERTIFICATE_NOT_HELD,
                 "the party holds no certificate of this number in force", kind);
    return NULL;
}

static void
void_one(struct run *r, const struct effect *x, const char *number, enum certificate_state as,
         int32_t by)
{
    r->voiding = arena_grow(r->a, r->voiding, r->n_voiding, sizeof(*r->voiding));
    r->voiding[r->n_voiding++] =
        (struct voiding){.number = number, .state = as, .by = by, .at = r->at, .reason = x->basis};
    emit(r, (struct fact){.kind = FACT_VOIDED,
                          .number = by,
                          .name = certificate_state_name(as),
                          .ref = number,
                          .detail = x->basis,
                          .value = value_borrow(x->held)});
}

/* What the party holds of the kind; NULL: nothing, and then the run has failed where it must. */
static const struct value *
list_held(struct run *r, const struct effect *x)
{
    const struct value *list = r->cmd && r->cmd->held ? value_get(r->cmd->held, x->held) : NULL;

    if (r->c->identity.claimed)
        not_held(r, ERROR_CERTIFICATE_NOT_HELD,
                 "nobody has looked who asks, so nothing is known of what he holds", x->held);
    else if (!r->cmd || !r->cmd->held)
        not_held(r, ERROR_NOT_LOOKED_AT, "it was not looked what the party holds", x->held);
    else if (!list && !x->optional)
        not_held(r, ERROR_CERTIFICATE_NOT_HELD,
                 "the party holds no certificate of this kind in force", x->held);
    return r->failed ? NULL : list;
}

/* All of the kind that are held and not voided yet. */
static void
void_all(struct run *r, const struct effect *x, const struct value *list)
{
    const struct value *item = list->kind == VALUE_ARRAY ? list->item : list;
    const uint32_t n = list->kind == VALUE_ARRAY ? list->n : 1;

    for (uint32_t i = 0; i < n && !r->failed; i++)
        if (!find_voided(r->c, x->held, item[i].string))
            void_one(r, x, item[i].string, CERTIFICATE_REVOKED, 0);
}

const char *
void_held(struct run *r, const struct effect *x, struct value wanted, enum certificate_state as,
          int32_t by)
{
    const char *number = wanted.kind == VALUE_STRING && wanted.n ? wanted.string : NULL;
    const bool all = as == CERTIFICATE_REVOKED && !number;
    const struct voided *before = find_voided(r->c, x->held, number);
    const struct value *held = r->cmd && r->cmd->held ? value_get(r->cmd->held, x->held) : NULL;
    const struct value *list;

    if (before && (!all || !held))
        return before->number;
    list = list_held(r, x);
    if (list && all && list->kind != VALUE_BOOL) { /* which a search takes for any */
        void_all(r, x, list);
        return NULL;
    }
    number = list ? choose(r, list, x->held, number, x->optional) : NULL;
    if (number)
        void_one(r, x, number, as, by);
    return number;
}

struct value
held_by_anybody(struct arena *a, const struct workflow *w)
{
    struct value held = value_object(a, NULL, 0);

    for (uint16_t i = 0; i < w->n_step; i++)
        for (uint16_t k = 0; k < w->step[i].n_action; k++) {
            const struct effects *x = &w->step[i].action[k].effects;

            for (uint16_t n = 0; n < x->n; n++)
                if (x->item[n].held)
                    held = value_with(a, &held, x->item[n].held, value_bool(true));
        }
    return held;
}

bool
hear_voided(struct deed *d, struct error *e)
{
    const struct command *cmd = d->cmd;
    const enum certificate_state as = discarded_as(value_get_string(&cmd->input, "as"));
    const char *reason = value_get_string(&cmd->input, "reason");
    const char *by = value_get_string(&cmd->input, "by");
    const struct value *end = value_get(&cmd->input, "until");
    const instant until = end && end->kind == VALUE_INT ? end->integer : INSTANT_NONE;

    if (cmd->number < 1 || (uint32_t)cmd->number > d->r->c->n_certificate ||
        (as != CERTIFICATE_REVOKED && as != CERTIFICATE_REPLACED))
        return error_set(e, ERROR_CERTIFICATE_UNKNOWN, "certificate %d cannot be %s", cmd->number,
                         certificate_state_name(as));
    if (value_get(&cmd->input, "later")) {
        revoke_successor(d->r, cmd->number, reason);
        return !d->r->failed;
    }
    if (value_get(&cmd->input, "moved")) {
        if (by && d->r->c->certificate[cmd->number - 1].state == CERTIFICATE_REPLACED)
            move_successor(d->r, cmd->number, by, until, reason);
        return !d->r->failed;
    }
    if (certificate_is_discarded(&d->r->c->certificate[cmd->number - 1]))
        return error_set(e, ERROR_CERTIFICATE_DISCARDED, "certificate %d was %s", cmd->number,
                         certificate_state_name(d->r->c->certificate[cmd->number - 1].state));
    if (as == CERTIFICATE_REPLACED)
        replace_certificate(d->r, cmd->number, by, until, reason);
    else
        discard_certificate(d->r, cmd->number, reason);
    return !d->r->failed;
}

const char *
issued_in_place_of(const struct case_state *c, const struct fact *f)
{
    const struct value *replaces = f->kind == FACT_ISSUED ? value_get(&f->value, "replaces") : NULL;

    if (!replaces)
        return NULL;
    if (replaces->kind == VALUE_STRING)
        return replaces->string;
    return c->certificate[replaces->integer - 1].of_another;
}

void
tell_predecessor(struct run *r, struct voiding x)
{
    if (r->failed)
        return;
    x.at = r->at;
    r->voiding = arena_grow(r->a, r->voiding, r->n_voiding, sizeof(*r->voiding));
    r->voiding[r->n_voiding++] = x;
}

void
apply_voided(struct case_state *c, const struct fact *f, struct arena *a)
{
    struct voided *list = arena_array(a, c->n_voided + 1, struct voided);

    for (uint32_t i = 0; i < c->n_voided; i++)
        list[i] = c->voided[i];
    list[c->n_voided++] = (struct voided){.kind = f->value.string, .number = f->ref};
    c->voided = list;
}

bool
voided_fits(const struct case_state *c, const struct fact *f)
{
    const enum certificate_state as = discarded_as(f->name);

    return f->ref && f->value.kind == VALUE_STRING && c->n_voided < CERTIFICATES_MOST &&
           (as == CERTIFICATE_REVOKED || as == CERTIFICATE_REPLACED) && f->number >= 0 &&
           !find_voided(c, f->value.string, f->ref);
}

struct value
note_voided(struct arena *a, const struct case_state *c)
{
    struct value *item = arena_array(a, c->n_voided, struct value);

    for (uint32_t i = 0; i < c->n_voided; i++) {
        struct note o = {.n = 0};

        note_string(&o, "kind", c->voided[i].kind);
        note_string(&o, "number", c->voided[i].number);
        item[i] = note_done(a, &o);
    }
    return value_array(item, c->n_voided);
}

bool
read_voided(struct arena *a, const struct value *n, struct case_state *c)
{
    struct voided *list;

    c->voided = NULL;
    c->n_voided = 0;
    if (!n)
        return true;
    if (n->kind != VALUE_ARRAY || n->n > CERTIFICATES_MOST)
        return false;
    list = arena_array(a, n->n, struct voided);
    for (uint32_t i = 0; i < n->n; i++) {
        list[i] = (struct voided){.kind = value_get_string(&n->item[i], "kind"),
                                  .number = value_get_string(&n->item[i], "number")};
        if (!list[i].kind || !list[i].number)
            return false;
    }
    c->voided = list;
    c->n_voided = n->n;
    return true;
}
