/* SPDX-License-Identifier: Apache-2.0 */
/* Child cases: asked for, heard of, joined, tried again, recalled. */
#include "machine/children.h"

#include <string.h>

#include "machine/identity.h"
#include "machine/paths.h"
#include "machine/stuck.h"
#include "machine/undo.h"
#include "machine/voids.h"

void
say(struct run *r, struct relay one)
{
    if (r->failed)
        return;
    r->relay = arena_grow(r->a, r->relay, r->n_relay, sizeof(*r->relay));
    r->relay[r->n_relay++] = one;
}

/* The list the step opens cases for; NULL and the run fails when it is none or too long. */
static const struct value *
list_of(struct run *r, const struct children *x)
{
    const struct value *list = path_get(&r->c->form, x->each);

    if (list && list->kind == VALUE_ARRAY && list->n <= CHILDREN_MOST)
        return list;
    if (!r->failed)
        error_set(r->e, ERROR_GUARD_ERROR, "form.%s is no list of at most %d", x->each,
                  CHILDREN_MOST);
    r->failed = true;
    return NULL;
}

/* What the list gives to the child's form: the element, or as a member of it. */
static struct value
given_by(struct run *r, const struct children *x, const struct value *element)
{
    struct value form = value_object(r->a, NULL, 0);

    if (element && element->kind == VALUE_OBJECT)
        return *element;
    return element && x->as ? value_with(r->a, &form, x->as, *element) : form;
}

/* The members the step names stand in it, too. */
static struct value
form_of(struct run *r, struct place where, const struct children *x, const struct value *element)
{
    struct value form = *element;

    for (uint16_t i = 0; i < x->n_member && !r->failed; i++)
        form = value_with(r->a, &form, x->member[i].name,
                          run_value_of(r, where, element, x->member[i].value));
    return form;
}

struct value
other_party(struct run *r, struct place where, const struct other_party *x,
            const struct value *element)
{
    struct value v = value_null();

    if (!x)
        return v;
    v = value_object(r->a, NULL, 0);
    if (x->code)
        v = value_with(r->a, &v, "code", run_value_of(r, where, element, x->code));
    v = value_with(r->a, &v, "kind", value_borrow(x->kind));
    return value_with(r->a, &v, "name", run_value_of(r, where, element, x->name));
}

struct value
asked_value(struct run *r, const struct value *form, const struct value *applicant)
{
    struct value v;

    if (applicant->kind != VALUE_OBJECT)
        return *form;
    v = value_with(r->a, NULL, "applicant", *applicant);
    return value_with(r->a, &v, "form", *form);
}

static void
ask_one(struct run *r, const struct children *x, int32_t visit, int32_t index,
        const struct value *element)
{
    const struct place where = place_of(r, visit);
    const struct value given = given_by(r, x, element);
    const struct value form = form_of(r, where, x, &given);
    const struct value applicant = other_party(r, where, x->other, &given);
    const int32_t number = r->c->last_child + 1;

    emit(r, (struct fact){.kind = FACT_ASKED,
                          .number = number,
                          .visit = visit,
                          .epoch = index,
                          .name = x->workflow,
                          .declared = x->other != NULL,
                          .value = asked_value(r, &form, &applicant)});
    say(r, (struct relay){.what = "open",
                          .child = number,
                          .workflow = x->workflow,
                          .applicant = applicant,
                          .listens = x->stand != CHILDREN_STAND_APART || x->cascade & CASCADE_STOP,
                          .generation = r->c->parent.generation + 1,
                          .value = form});
}

enum meeting
children_meet(const struct case_state *c, const struct step *s, int32_t visit)
{
    int32_t entered = 0, running = 0, counted = 0, need;

    for (uint32_t i = 0; i < c->n_child; i++) {
        const struct child *x = &c->child[i];

        if (x->visit != visit)
            continue;
        entered++;
        running += !x->outcome;
        counted += x->outcome && (!s->join_of || !strcmp(x->outcome, s->join_of));
    }
    need = s->join == JOIN_ALL ? entered : s->join == JOIN_ANY ? 1 : s->join_count;
    if (need > entered)
        need = entered;
    if (counted >= need)
        return MEETING_JOINED;
    return counted + running >= need ? MEETING_OPEN : MEETING_MISSED;
}

void
join_children(struct run *r, int32_t visit)
{
    const struct step *s = &r->w->step[case_visit(r->c, visit)->step];
    const enum meeting m = children_meet(r->c, s, visit);
    const struct place from = place_of(r, visit);

    if (r->failed || m == MEETING_OPEN || (m == MEETING_MISSED && !s->has_else))
        return;
    if (!check_silence(r, visit, r->at, r->e)) {
        r->failed = true;
        return;
    }
    leave(r, visit, false);
    move(r, from, m == MEETING_JOINED ? s->to : s->otherwise);
}

void
ask_children(struct run *r, const struct step *s, int32_t visit)
{
    const struct children *x = s->children;
    const struct value *list = x->each ? list_of(r, x) : NULL;

    if (!x->each)
        ask_one(r, x, visit, 0, NULL);
    for (uint32_t i = 0; list && i < list->n && !r->failed; i++)
        ask_one(r, x, visit, (int32_t)i, &list->item[i]);
    if (!r->failed)
        join_children(r, visit);
}

static void
recall(struct run *r, const struct child *x)
{
    const int64_t id = x->case_id;
    const int32_t number = x->number;

    emit(r, (struct fact){.kind = FACT_RECALLED, .number = number});
    if (id) /* else when it is born */
        say(r, (struct relay){.case_id = id,
                              .what = "withdraw",
                              .child = number,
                              .value = value_object(r->a, NULL, 0)});
}

void
dismiss_children(struct run *r, const struct visit *v)
{
    const struct children *x = r->w->step[v->step].children;
    const bool withdrawn =
        r->cmd && (r->cmd->kind == COMMAND_WITHDRAW ||
                   (r->cmd->kind == COMMAND_RELAY && !strcmp(r->cmd->action, "withdraw")));
    const int32_t visit = v->id;

    if (!x || !(x->cascade & (withdrawn ? CASCADE_WITHDRAW : CASCADE_CANCEL)))
        return;
    for (uint32_t i = 0; i < r->c->n_child; i++)
        if (r->c->child[i].visit == visit && !r->c->child[i].outcome && !r->c->child[i].other)
            recall(r, &r->c->child[i]);
}

void
tell_parent(struct run *r, const char *what, const char *outcome)
{
    struct value v = value_object(r->a, NULL, 0);

    if (!r->c->parent.case_id)
        return;
    v = value_with(r->a, &v, "id", value_int(r->c->id));
    v = value_with(r->a, &v, "number", value_borrow(r->c->number ? r->c->number : ""));
    if (outcome)
        v = value_with(r->a, &v, "outcome", value_borrow(outcome));
    say(r, (struct relay){.case_id = r->c->parent.case_id,
                          .what = what,
                          .child = r->c->parent.child,
                          .value = v});
}

/* A child is there; where it is not wanted any more it is told so. */
static bool
hear_born(struct deed *d, const struct child *x, struct error *e)
{
    const struct value *id = value_get(&d->cmd->input, "id");
    const char *number = value_get_string(&d->cmd->input, "number");
    const bool recalled = x->recalled && !x->outcome; /* it may be heard first how it ended */
    const bool other = x->other;
    const int32_t child = x->number;

    if (!id || id->kind != VALUE_INT || id->integer < 1 || !number)
        return error_set(e, ERROR_INTERNAL, "a child case does not say which it is");
    emit(d->r, (struct fact){.kind = FACT_BORN,
                             .number = child,
                             .name = number,
                             .id = id->integer,
                             .declared = other});
    if (d->r->failed)
        return false;
    tell_newborn(d->r, case_child(d->r->c, child));
    identify_newborn(d->r, case_child(d->r->c, child));
    if (recalled)
        say(d->r, (struct relay){.case_id = id->integer,
                                 .what = "withdraw",
                                 .child = child,
                                 .value = value_object(d->r->a, NULL, 0)});
    return !d->r->failed;
}

/* That it has ended is known in any case; what follows may have to wait until that can be done. */
static void
go_on(struct run *r, int32_t visit)
{
    const struct stuck_item item = {.kind = STUCK_JOIN, .visit = visit, .material = NONE};
    const struct value form = r->c->form, vars = r->c->vars;
    struct attempt joining;

    attempt_begin(r, &joining);
    say_freed(r, &item);
    join_children(r, visit);
    rechoose_limits(r, &form, &vars);
    if (!attempt_end(r, &joining))
        say_stuck(r, &item, &joining.why);
}

static bool
hear_finished(struct deed *d, const struct child *x, struct error *e)
{
    const char *outcome = value_get_string(&d->cmd->input, "outcome");
    const int32_t visit = x->visit;

    if (!outcome)
        return error_set(e, ERROR_INTERNAL, "a child case does not say how it ended");
    emit(d->r, (struct fact){.kind = FACT_FINISHED,
                             .number = x->number,
                             .name = outcome,
                             .declared = x->other,
                             .detail = value_get_string(&d->cmd->input, "why")});
    if (visit && d->r->c->phase == PHASE_OPEN)
        go_on(d->r, visit);
    stand_as_children(d->r, visit);
    return !d->r->failed;
}

static const struct stuck_item withdrawal = {.kind = STUCK_WITHDRAWAL, .material = NONE};

/* Fails the run where the form would not be one any more. */
static void
withdraw(struct deed *d)
{
    struct error why = {0};

    if (withdraw_case(d, &why) || d->r->failed)
        return;
    *d->r->e = why;
    d->r->failed = true;
}

/* Whom the parent tells that it is withdrawn, and what that is called. */
void
withdraw_again(struct run *r)
{
    const struct command told = {
        .kind = COMMAND_RELAY, .actor = {.id = "engine"}, .action = "withdraw"};
    struct outcome unused = {.annulled = 0};
    struct deed d = {.r = r, .cmd = &told, .out = &unused};
    const struct command *const cmd = r->cmd;

    r->cmd = &told;
    withdraw(&d);
    r->cmd = cmd;
}

/* The parent does not want this case any more: as if the applicant had withdrawn it. */
static bool
hear_withdraw(struct deed *d, struct error *e)
{
    struct run *r = d->r;
    struct attempt attempt;

    if (r->c->phase == PHASE_CLOSED)
        return error_set(e, ERROR_CASE_CLOSED, "closed with outcome %s", r->c->outcome);
    if (!r->c->parent.case_id || !r->w->withdraw)
        return error_set(e, ERROR_ACTION_NOT_ALLOWED, "workflow %s knows no withdrawal", r->w->id);
    if (r->c->identity.named)
        return error_set(e, ERROR_ACTION_NOT_ALLOWED,
                         "it is another applicant's, who withdraws it");
    attempt_begin(r, &attempt);
    say_freed(r, &withdrawal);
    withdraw(d);
    if (!attempt_end(r, &attempt))
        say_stuck(r, &withdrawal, &attempt.why);
    return true;
}

bool
decide_relay(struct deed *d, struct error *e)
{
    const struct child *x = case_child(d->r->c, d->cmd->number);

    d->role = "engine";
    if (!strcmp(d->cmd->action, "voided"))
        return hear_voided(d, e);
    if (!strcmp(d->cmd->action, "undone"))
        return hear_unsent(d, e);
    if (!strcmp(d->cmd->action, "dropped"))
        return hear_dropped(d, e);
    if (!strcmp(d->cmd->action, "withdraw"))
        return hear_withdraw(d, e);
    if (!strcmp(d->cmd->action, "stop"))
        return hear_stop(d, e);
    if (!strcmp(d->cmd->action, "identified"))
        return hear_identified(d, e);
    if (!x)
        return error_set(e, ERROR_ACTION_NOT_ALLOWED, "child %d was tried again since",
                         d->cmd->number);
    if (!strcmp(d->cmd->action, "born"))
        return x->case_id ? error_set(e, ERROR_ACTION_NOT_ALLOWED, "child %d is known", x->number)
                          : hear_born(d, x, e);
    if (x->outcome)
        return error_set(e, ERROR_ACTION_NOT_ALLOWED, "child %d has ended", x->number);
    if (!strcmp(d->cmd->action, "stands"))
        return hear_standing(d, x, e);
    return hear_finished(d, x, e);
}

bool
decide_retry(struct deed *d, struct error *e)
{
    struct run *r = d->r;
    const struct child *x = case_child(r->c, d->cmd->number);
    const struct value *list;
    const struct visit *v;
    const struct step *s;
    int32_t index;

    if (!check_reason(d->cmd, e))
        return false;
    if (!x)
        return error_at(e, ERROR_NOT_FOUND, "/number", "there is no child %d", d->cmd->number);
    if (x->apart)
        return retry_apart(d, x, e);
    v = case_visit(r->c, x->visit);
    if (!v)
        return error_at(e, ERROR_STEP_NOT_OPEN, "/number", "nothing waits for child %d any more",
                        x->number);
    s = &r->w->step[v->step];
    if (!check_right(d, v, e) || !check_revision(d->cmd, v->revision, e))
        return false;
    if (!x->outcome || (s->join_of && !strcmp(x->outcome, s->join_of)))
        return error_at(e, ERROR_ACTION_NOT_ALLOWED, "/number", "child %d %s", x->number,
                        x->outcome ? "has ended well" : "still runs");
    d->out->visit = v->id;
    index = x->index;
    list = s->children->each ? list_of(r, s->children) : NULL;
    if (s->children->each && (!list || (uint32_t)index >= list->n))
        return error_at(e, ERROR_GUARD_FAILED, "/number", "the list has no element %d any more",
                        index + 1);
    r->c->revision++;
    ask_one(r, s->children, d->out->visit, index, list ? &list->item[index] : NULL);
    stand_as_children(r, d->out->visit);
    return !r->failed;
}
