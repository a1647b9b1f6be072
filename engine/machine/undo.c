/* SPDX-License-Identifier: Apache-2.0 */
/* What was sent is taken back when its region is left from outside. */
#include "machine/undo.h"

#include <string.h>

#include "machine/annul.h"
#include "machine/names.h"

const int32_t *
stays_around(const struct case_state *c, int32_t visit, struct arena *a, uint32_t *n)
{
    int32_t *list = arena_array(a, c->n_visit, int32_t);

    *n = 0;
    for (const struct visit *v = case_visit(c, visit); v; v = case_visit(c, v->parent))
        list[(*n)++] = v->id;
    return list;
}

void
make_reversible(struct run *r, const struct reversal_rule *rule, int32_t visit, int32_t message)
{
    const struct visit *v = case_visit(r->c, visit);
    const struct place where = v ? place_of(r, visit) : place_of_case();
    const struct value data = rule->n_member ? run_object(r, where, rule->member, rule->n_member)
                              : rule->value  ? run_value(r, where, rule->value)
                                             : value_null();

    if (r->failed || !v)
        return;
    emit(r, (struct fact){.kind = FACT_REVERSIBLE,
                          .number = r->c->last_reversal + 1,
                          .epoch = message,
                          .visit = visit,
                          .step = v->step,
                          .element = where.element,
                          .name = rule->system,
                          .value = data});
}

static void
doom(struct run *r, int32_t number)
{
    for (uint32_t i = 0; i < r->n_doomed; i++)
        if (r->doomed[i] == number)
            return;
    r->doomed = arena_grow(r->a, r->doomed, r->n_doomed, sizeof(*r->doomed));
    r->doomed[r->n_doomed++] = number;
}

static bool
is_around(const struct reversal *x, int32_t visit)
{
    for (uint32_t i = 0; i < x->n_around; i++)
        if (x->around[i] == visit)
            return true;
    return false;
}

static void
cancel(struct run *r, int32_t visit, const char *branch)
{
    r->cancelled = arena_grow(r->a, r->cancelled, r->n_cancelled, sizeof(*r->cancelled));
    r->cancelled[r->n_cancelled++] = (struct cancelled){
        .record = r->c->recorded + 1, .visit = visit, .branch = branch, .last = r->c->last_message};
}

void
doom_stay(struct run *r, int32_t visit)
{
    cancel(r, visit, NULL);
    for (uint32_t i = 0; i < r->c->n_reversal; i++)
        if (is_around(&r->c->reversal[i], visit))
            doom(r, r->c->reversal[i].number);
}

void
doom_branch(struct run *r, int32_t visit, uint16_t region, const char *element)
{
    cancel(r, visit, region_name(r->a, r->w, region, element));
    for (uint32_t i = 0; i < r->c->n_reversal; i++)
        if (is_around(&r->c->reversal[i], visit) &&
            region_within(r->w, r->w->step[r->c->reversal[i].step].region, region) &&
            (!element || same_element(element, r->c->reversal[i].element)))
            doom(r, r->c->reversal[i].number);
}

void
doom_interrupted(struct run *r, int32_t visit)
{
    const enum step_kind kind = r->w->step[case_visit(r->c, visit)->step].kind;

    if (kind == STEP_STAGE || kind == STEP_PARALLEL)
        doom_stay(r, visit);
}

void
doom_all(struct run *r)
{
    cancel(r, 0, NULL);
    for (uint32_t i = 0; i < r->c->n_reversal; i++)
        doom(r, r->c->reversal[i].number);
}

static const struct reversal *
find(const struct case_state *c, int32_t number)
{
    for (uint32_t i = 0; i < c->n_reversal; i++)
        if (c->reversal[i].number == number)
            return &c->reversal[i];
    return NULL;
}

static void
undo_one(struct run *r, int32_t number)
{
    const struct reversal *found = find(r->c, number);
    const int32_t message = r->c->last_message + 1;
    struct reversal x;

    if (!found || r->failed)
        return;
    x = *found;
    r->message = arena_grow(r->a, r->message, r->n_message, sizeof(*r->message));
    r->message[r->n_message++] = (struct message){
        .number = message, .undoes = x.message, .system = x.system, .data = x.data};
    emit(r, (struct fact){.kind = FACT_SENT, .number = message, .name = x.system, .value = x.data});
    emit(r,
         (struct fact){.kind = FACT_UNDONE, .number = number, .epoch = message, .name = x.system});
}

void
undo_doomed(struct run *r)
{
    while (r->n_doomed) {
        uint32_t newest = 0;
        int32_t number;

        for (uint32_t i = 1; i < r->n_doomed; i++)
            if (r->doomed[i] > r->doomed[newest])
                newest = i;
        number = r->doomed[newest];
        r->doomed[newest] = r->doomed[--r->n_doomed];
        undo_one(r, number);
    }
}

bool
check_undone(const struct deed *d, const struct step *s, struct error *e)
{
    const uint32_t n = d->r->c->n_undoing;

    if (s->awaits_undo && n)
        return error_set(e, ERROR_GUARD_FAILED,
                         "step %s waits until %u messages that take something back are answered",
                         s->path, n);
    return true;
}

static bool
is_undoing(const struct case_state *c, int32_t message, const char *system)
{
    for (uint32_t i = 0; i < c->n_undoing; i++)
        if (c->undoing[i].message == message && (!system || !strcmp(c->undoing[i].system, system)))
            return true;
    return false;
}

/* "; 3, 5 do": what took something back and was not answered by @system. */
static const char *
those_waiting(const struct run *r, const char *system)
{
    struct text t = text_new(r->a);

    for (uint32_t i = 0; i < r->c->n_undoing; i++)
        if (!strcmp(r->c->undoing[i].system, system))
            text_printf(&t, "%s%d", t.len ? ", " : "; ", r->c->undoing[i].message);
    if (t.len)
        text_str(&t, strchr(t.at, ',') ? " do" : " does");
    return t.at;
}

bool
hear_undone(struct deed *d, const struct letter *l, struct error *e)
{
    const struct value *message = value_get(&l->data, "message");
    struct run *r = d->r;

    if (!message || message->kind != VALUE_INT || message->integer < 1 ||
        message->integer > r->c->last_message ||
        !is_undoing(r->c, (int32_t)message->integer, l->source))
        return error_at(e, ERROR_MESSAGE_UNKNOWN, "/data/message",
                        "no message of this number to %.64s waits for this%s", l->source,
                        those_waiting(r, l->source));
    d->out->letter = l->number;
    r->c->revision++;
    emit(r, (struct fact){.kind = FACT_RECEIVED,
                          .number = l->number,
                          .name = l->name,
                          .detail = l->source,
                          .ref = l->id,
                          .step = NONE,
                          .until = INSTANT_NONE,
                          .value = l->data});
    emit(r, (struct fact){
                .kind = FACT_ANSWERED, .number = l->number, .epoch = (int32_t)message->integer});
    return !r->failed;
}

bool
hear_dropped(struct deed *d, struct error *e)
{
    const struct value *list = value_get(&d->cmd->input, "messages");
    struct run *r = d->r;

    if (annul_done(r->c, d->cmd->number))
        return error_set(e, ERROR_ACTION_NOT_ALLOWED, "record %d was taken back", d->cmd->number);
    for (uint32_t i = 0; list && list->kind == VALUE_ARRAY && i < list->n; i++) {
        const int64_t n = list->item[i].kind == VALUE_INT ? list->item[i].integer : 0;

        if (n < 1 || n > r->c->last_message)
            return error_set(e, ERROR_ACTION_NOT_ALLOWED, "no message has number %lld",
                             (long long)n);
        emit(r, (struct fact){.kind = FACT_DROPPED, .number = (int32_t)n});
    }
    return !r->failed;
}

bool
hear_unsent(struct deed *d, struct error *e)
{
    const int32_t message = d->cmd->number;

    if (!is_undoing(d->r->c, message, NULL))
        return error_set(e, ERROR_ACTION_NOT_ALLOWED, "message %d waits for no answer", message);
    emit(d->r, (struct fact){.kind = FACT_ANSWERED,
                             .epoch = message,
                             .detail = value_get_string(&d->cmd->input, "reason")});
    return !d->r->failed;
}
