/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures under actions that several persons take together. */
#include "machine/sign.h"

#include <string.h>

#include "base/require.h"
#include "machine/may.h"
#include "machine/notes.h"

bool
is_signed(const struct action *a, const struct case_state *c, const struct command *cmd)
{
    return a->signers.n > 0 && !actor_is(&cmd->actor, "import", c->district);
}

const struct signature *
first_signature(const struct visit *v, const char *action)
{
    for (uint32_t i = 0; i < v->n_signature; i++)
        if (!strcmp(v->signature[i].action, action))
            return &v->signature[i];
    return NULL;
}

/* The signature at @place under @action, or by @who where that is given. */
static const struct signature *
find(const struct visit *v, const char *action, int32_t place, const char *who)
{
    for (uint32_t i = 0; i < v->n_signature; i++)
        if (!strcmp(v->signature[i].action, action) &&
            (who ? !strcmp(v->signature[i].by, who) : v->signature[i].place == place))
            return &v->signature[i];
    return NULL;
}

/* The first free place he may sign at; -1: there is none. */
static int32_t
place_for(const struct deed *d, const struct visit *v, const struct action *a)
{
    for (int32_t i = 0; i < a->signers.n; i++) {
        const bool his =
            !a->signers.role || actor_is(&d->cmd->actor, a->signers.role[i], d->r->c->district);

        if (find(v, a->id, i, NULL))
            continue;
        if (his)
            return i;
        if (a->signers.ordered)
            return -1;
    }
    return -1;
}

bool
sign(struct deed *d, int32_t id, const struct action *a, bool *last, struct error *e)
{
    const struct visit *v = case_visit(d->r->c, id);
    const struct signature *first = first_signature(v, a->id);
    const int32_t place = place_for(d, v, a);
    const char *who = d->cmd->actor.id;
    int32_t n = 0;

    if (find(v, a->id, -1, who))
        return error_set(e, ERROR_SAME_PERSON, "%s has signed action %s", who, a->id);
    if (place < 0)
        return error_set(e, ERROR_ACTION_NOT_ALLOWED,
                         a->signers.ordered ? "it is not %s's turn to sign action %s"
                                            : "nobody of %s's roles is missing under action %s",
                         who, a->id);
    if (first && !value_equal(&first->input, &d->cmd->input))
        return error_at(e, ERROR_FORM_INVALID, "/input",
                        "%s signed something else; leave the input out to sign the same",
                        first->by);
    emit(d->r, (struct fact){.kind = FACT_SIGNED,
                             .visit = id,
                             .number = place,
                             .name = a->id,
                             .detail = who,
                             .value = first ? value_null() : d->cmd->input});
    v = case_visit(d->r->c, id);
    if (v->hold)
        emit(d->r, (struct fact){.kind = FACT_CONTINUED, .visit = id});
    for (int32_t i = 0; i < a->signers.n; i++)
        n += find(v, a->id, i, NULL) != NULL;
    *last = n == a->signers.n;
    return !d->r->failed;
}

void
apply_signed(struct case_state *c, const struct fact *f, struct arena *a)
{
    struct visit *v = case_visit(c, f->visit);
    const struct signature *first;
    struct signature *all;

    require(v);
    first = first_signature(v, f->name);
    all = arena_array(a, v->n_signature + 1, struct signature);
    if (v->n_signature)
        memcpy(all, v->signature, v->n_signature * sizeof(*all));
    all[v->n_signature++] = (struct signature){.action = f->name,
                                               .by = f->detail,
                                               .place = f->number,
                                               .input = first ? first->input : f->value};
    v->signature = all;
    v->revision = c->revision;
    v->holder = NULL;
    v->held_until = INSTANT_NONE;
}

void
drop_signatures(struct visit *v, const char *action, struct arena *a)
{
    struct signature *kept = arena_array(a, v->n_signature, struct signature);
    uint32_t n = 0;

    for (uint32_t i = 0; i < v->n_signature; i++)
        if (strcmp(v->signature[i].action, action) != 0)
            kept[n++] = v->signature[i];
    v->signature = kept;
    v->n_signature = n;
}

void
unsign(struct visit *v, const char *action, const char *by, struct arena *a)
{
    struct signature *kept = arena_array(a, v->n_signature, struct signature);
    uint32_t n = 0;

    for (uint32_t i = 0; i < v->n_signature; i++)
        if (strcmp(v->signature[i].action, action) != 0 || strcmp(v->signature[i].by, by) != 0)
            kept[n++] = v->signature[i];
    v->signature = kept;
    v->n_signature = n;
}

bool
has_signed(const struct visit *v, const char *action, const char *by)
{
    return find(v, action, -1, by) != NULL;
}

struct value
signatories(struct arena *a, const struct visit *v, const char *action)
{
    struct value *item = arena_array(a, v->n_signature, struct value);
    uint32_t n = 0;

    for (uint32_t i = 0; i < v->n_signature; i++)
        if (!strcmp(v->signature[i].action, action))
            item[n++] = value_borrow(v->signature[i].by);
    return n ? value_array(item, n) : value_null();
}

static bool
place_fits(const struct workflow *w, const struct visit *v, const char *action, int32_t place)
{
    const struct action *a = action ? step_action(&w->step[v->step], action) : NULL;

    return a && place >= 0 && place < a->signers.n;
}

bool
signed_fits(const struct workflow *w, const struct case_state *c, const struct fact *f)
{
    const struct visit *v = case_visit(c, f->visit);

    return v && f->detail && place_fits(w, v, f->name, f->number) &&
           !find(v, f->name, f->number, NULL) && !find(v, f->name, -1, f->detail);
}

bool
signatures_fit(const struct workflow *w, const struct visit *v)
{
    for (uint32_t i = 0; i < v->n_signature; i++)
        if (!place_fits(w, v, v->signature[i].action, v->signature[i].place))
            return false;
    return true;
}

struct value
note_signatures(struct arena *a, const struct visit *v)
{
    struct value *item = arena_array(a, v->n_signature, struct value);

    for (uint32_t i = 0; i < v->n_signature; i++) {
        const struct signature *s = &v->signature[i];
        struct note o = {.n = 0};

        note_string(&o, "action", s->action);
        note_string(&o, "by", s->by);
        if (s->input.kind != VALUE_NULL)
            note_add(&o, "input", s->input);
        note_int(&o, "place", s->place, 0);
        item[i] = note_done(a, &o);
    }
    return value_array(item, v->n_signature);
}

bool
read_signatures(struct arena *a, const struct value *list, struct visit *v)
{
    struct signature *all;
    bool ok = true;

    if (!list)
        return true;
    if (list->kind != VALUE_ARRAY)
        return false;
    all = arena_array(a, list->n, struct signature);
    for (uint32_t i = 0; ok && i < list->n; i++) {
        const struct value *n = &list->item[i], *input = value_get(n, "input");

        all[i] = (struct signature){.action = value_get_string(n, "action"),
                                    .by = value_get_string(n, "by"),
                                    .place = read_small(n, "place", 0, &ok),
                                    .input = input ? *input : value_null()};
        ok = ok && all[i].action && all[i].by;
    }
    v->signature = all;
    v->n_signature = list->n;
    return ok;
}
