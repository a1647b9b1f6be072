/* SPDX-License-Identifier: Apache-2.0 */
/* Messages from outside: taken, kept, late, expired, settled. */
#include "machine/letters.h"

#include <string.h>

#include "machine/due.h"
#include "machine/may.h"
#include "machine/names.h"
#include "machine/paths.h"
#include "machine/stuck.h"
#include "machine/undo.h"

/* What a step does with a message: what it says under `on`, or its action. */
struct taker {
    int32_t visit;
    const struct hearing *on;    /* NULL: */
    const struct action *action; /* its answer */
};

static const struct form *
taker_form(const struct step *s, const char *source, const char *name)
{
    const struct hearing *on = step_hearing(s, source, name);

    return on ? on->input : step_action(s, name)->input;
}

/* The faults of @data as what step @s takes; none when nothing is to come and nothing came. */
static struct violations
data_faults(struct run *r, const struct form *form, const struct value *data)
{
    const struct value empty = value_object(r->a, NULL, 0);
    const struct violation stray = {.pointer = "",
                                    .keyword = "input",
                                    .zh = "该消息不带内容",
                                    .en = "this message takes no data"};
    struct violations v = {0};

    if (form)
        return form_check(form, data->kind == VALUE_NULL ? &empty : data, r->a);
    if (data->kind == VALUE_OBJECT ? data->n > 0 : data->kind != VALUE_NULL) {
        v.item = arena_copy(r->a, &stray, sizeof(stray));
        v.n = 1;
    }
    return v;
}

/* Whether the letter speaks of this stay, or does not say of which. */
static bool
speaks_of(const struct letter *l, const struct visit *v)
{
    return (!l->visit || l->visit == v->id) && (l->step == NONE || l->step == v->step) &&
           (!l->element || same_element(l->element, v->element));
}

/* What the letter says as the command its taking is. */
static struct command *
command_of(struct run *r, const struct letter *l)
{
    struct command *cmd = arena_new(r->a, struct command);

    *cmd = (struct command){.kind = COMMAND_MESSAGE,
                            .actor = {.id = l->source, .system = l->source},
                            .action = l->name,
                            .step =
                                l->step == NONE ? NULL : step_name(r->a, r->w, l->step, l->element),
                            .revision = -1,
                            .message = l->id,
                            .visit = l->visit,
                            .input = l->data};
    return cmd;
}

/*
 * The oldest open step that takes the letter, whose condition holds, and in which no silence goes
 * first; visit 0: none.
 */
static struct taker
find_taker(struct run *r, const struct letter *l)
{
    struct error silence;

    for (uint32_t i = 0; i < r->c->n_visit && !r->failed; i++) {
        const struct visit *v = &r->c->visit[i];
        const struct step *s = &r->w->step[v->step];
        struct taker t = {.visit = v->id, .on = step_hearing(s, l->source, l->name)};
        const struct expression *when;

        if (!speaks_of(l, v) || !step_takes(s, l->source, l->name) ||
            (s->awaits_undo && r->c->n_undoing) || !check_silence(r, v->id, r->at, &silence))
            continue;
        t.action = t.on ? NULL : step_action(s, l->name);
        when = t.on ? t.on->when : t.action->when;
        if (data_faults(r, taker_form(s, l->source, l->name), &l->data).n)
            continue;
        if (!when || run_test(r, place_of(r, v->id), when))
            return t;
    }
    return (struct taker){.visit = 0};
}

/* The step takes the letter: its effects, marks and move, as those of an action. */
static void
take(struct run *r, int32_t number, const struct taker *t)
{
    const struct place from = place_of(r, t->visit);
    const struct value form = r->c->form, vars = r->c->vars;
    const struct target to = t->on ? t->on->to : t->action->to;

    r->action = case_letter(r->c, number)->name;
    r->c->revision++;
    emit(r, (struct fact){.kind = FACT_TAKEN, .number = number, .visit = t->visit});
    if (to.kind != TARGET_NONE) /* before what it sends itself, which goes */
        doom_interrupted(r, t->visit);
    run_effects(r, t->on ? &t->on->effects : &t->action->effects, from, t->visit);
    run_marks(r, t->on ? &t->on->marks : &t->action->marks);
    if (to.kind != TARGET_NONE && !r->failed) {
        leave(r, t->visit, false);
        move(r, from, to);
    }
    rechoose_limits(r, &form, &vars);
    if (r->failed || !r->w->form || value_equal(&form, &r->c->form))
        return;
    if (form_check(r->w->form, &r->c->form, r->a).n) {
        error_set(r->e, ERROR_FORM_INVALID, "the form is not valid any more with what it says");
        r->failed = true;
    }
}

/* Tries to let @t take it; where that fails nothing has happened but that a person must decide. */
static void
try_to_take(struct run *r, int32_t number, const struct taker *t)
{
    struct attempt taking;

    attempt_begin(r, &taking);
    take(r, number, t);
    if (!attempt_end(r, &taking))
        emit(r, (struct fact){.kind = FACT_TOO_LATE,
                              .number = number,
                              .detail = arena_strdup(r->a, taking.why.detail)});
}

/* Whether a stay in @s, which takes @l, has begun by now; an answer must not wait for one. */
static bool
was_entered(const struct run *r, const struct step *s, const struct letter *l, const char *element)
{
    const uint16_t each = r->w->region[s->region].each;
    const struct value *list, *n;
    bool any = false;

    if (!step_hearing(s, l->source, l->name))
        return true;
    if (each == NONE || element) {
        n = path_get(&r->c->steps,
                     arena_printf(r->a, "%s.visits", step_name(r->a, r->w, s->index, element)));
        return n && n->kind == VALUE_INT && n->integer > 0;
    }
    list = path_get(&r->c->steps, r->w->step[r->w->region[each].owner].path);
    for (uint32_t i = 0; list && list->kind == VALUE_OBJECT && i < list->n; i++)
        any = any || (list->member[i].value.kind == VALUE_OBJECT &&
                      was_entered(r, s, l, list->member[i].name));
    return any;
}

/* Why nobody will take it by himself any more; NULL: it is early. */
static const char *
lateness(const struct run *r, const struct letter *l)
{
    bool hope = false;

    if (r->c->phase == PHASE_CLOSED)
        return "the case is closed";
    if (l->visit)
        return case_visit(r->c, l->visit) ? NULL : "the stay it answers is over";
    for (uint32_t i = 0; i < r->c->n_visit; i++)
        hope = hope || (speaks_of(l, &r->c->visit[i]) &&
                        step_takes(&r->w->step[r->c->visit[i].step], l->source, l->name));
    for (uint16_t i = 0; i < r->w->n_step && !hope; i++) {
        const struct step *s = &r->w->step[i];

        hope = (l->step == NONE || l->step == i) && step_takes(s, l->source, l->name) &&
               !was_entered(r, s, l, l->element);
    }
    return hope ? NULL : "no step that takes it is open, and all have been";
}

/*
 * Whether something becomes of @number now: who takes it, or, with no visit, why nobody does any
 * more: a condition fails, or its time is over.
 */
static bool
is_to_take(struct run *r, int32_t number, struct taker *t, struct error *why)
{
    const struct letter *l = case_letter(r->c, number);
    struct error *const e = r->e;
    const char *late;

    r->cmd = command_of(r, l);
    r->e = why;
    *t = find_taker(r, l);
    r->e = e;
    if (!r->failed) {
        late = t->visit ? NULL : lateness(r, l);
        return t->visit || (late && !error_set(why, ERROR_STEP_NOT_OPEN, "%s", late));
    }
    r->failed = false;
    t->visit = 0;
    return true;
}

static int32_t
next_to_take(struct run *r, struct taker *t, struct error *why)
{
    for (uint32_t i = 0; i < r->c->n_letter; i++)
        if (r->c->letter[i].fate == LETTER_EARLY && is_to_take(r, (int32_t)i + 1, t, why))
            return (int32_t)i + 1;
    return 0;
}

void
take_letters(struct run *r)
{
    const struct command *cmd = r->cmd;
    struct error why;
    struct taker t;
    int32_t number;

    while (!r->failed && r->c->phase == PHASE_OPEN && (number = next_to_take(r, &t, &why)) != 0) {
        if (t.visit)
            try_to_take(r, number, &t);
        else
            emit(r, (struct fact){.kind = FACT_TOO_LATE,
                                  .number = number,
                                  .detail = arena_strdup(r->a, why.detail)});
        finish_record(r, r->cmd, r->cmd->actor.id);
    }
    r->cmd = cmd;
    r->action = NULL;
}

void
close_letters(struct run *r)
{
    for (uint32_t i = 0; i < r->c->n_letter; i++)
        if (r->c->letter[i].fate == LETTER_EARLY)
            emit(r, (struct fact){.kind = FACT_TOO_LATE,
                                  .number = r->c->letter[i].number,
                                  .detail = "the case was closed before a step took it"});
}

/* The first step that can ever take it, or NULL with what is wrong. */
static const struct step *
known_step(struct deed *d, const struct letter *l, struct error *e)
{
    const struct run *r = d->r;
    const struct step *found = NULL;
    struct violations faults = {0};

    for (uint16_t i = 0; i < r->w->n_step; i++) {
        const struct step *s = &r->w->step[i];
        const struct visit *v = case_visit(r->c, l->visit);

        if (!step_takes(s, l->source, l->name) || (l->step != NONE && l->step != i) ||
            (v && v->step != i))
            continue;
        faults = data_faults(d->r, taker_form(s, l->source, l->name), &l->data);
        if (!faults.n)
            return s;
        found = s;
    }
    if (!found)
        error_at(e, ERROR_MESSAGE_UNKNOWN, "/name", "no step here takes %.64s of system %.64s",
                 l->name, l->source);
    else {
        if (d->violations)
            *d->violations = faults;
        error_at(e, ERROR_FORM_INVALID, faults.item[0].pointer, "%s", faults.item[0].en);
    }
    return NULL;
}

/* How long an early one is kept: as the first step that takes it says. */
static instant
expiry(struct run *r, const struct step *s, const struct letter *l)
{
    const struct hearing *on = step_hearing(s, l->source, l->name);

    return on && on->expires.n ? period_end(r, on->expires, s) : INSTANT_NONE;
}

static bool
read_message(const struct deed *d, struct letter *l, struct error *e)
{
    const struct command *cmd = d->cmd;
    const struct run *r = d->r;

    *l = (struct letter){.number = (int32_t)r->c->n_letter + 1,
                         .source = cmd->actor.system,
                         .id = cmd->message,
                         .name = cmd->action,
                         .step = cmd->step ? step_named(r->w, cmd->step) : NONE,
                         .visit = cmd->visit,
                         .data = cmd->input};
    if (l->step != NONE)
        l->element = element_named(r->a, r->w, l->step, cmd->step);
    if (cmd->step && l->step == NONE)
        return error_at(e, ERROR_MESSAGE_UNKNOWN, "/step", "there is no step %.100s", cmd->step);
    if (cmd->visit < 0 || cmd->visit > r->c->last_visit)
        return error_at(e, ERROR_MESSAGE_UNKNOWN, "/visit", "there has been no stay number %d",
                        cmd->visit);
    if (r->c->n_letter >= LETTERS_MOST)
        return error_set(e, ERROR_MESSAGE_UNKNOWN, "%d messages are the most a case takes",
                         LETTERS_MOST);
    return true;
}

bool
decide_message(struct deed *d, struct error *e)
{
    const struct command *cmd = d->cmd;
    struct run *r = d->r;
    const struct letter *same = case_letter_of(r->c, cmd->actor.system, cmd->message);
    struct letter l;
    const struct step *s;
    const char *why;
    struct taker t;

    d->role = cmd->actor.system;
    if (same) { /* it came before: what became of it stands there */
        d->out->letter = same->number;
        return true;
    }
    if (!read_message(d, &l, e))
        return false;
    if (!strcmp(l.name, "undone"))
        return hear_undone(d, &l, e);
    if (!(s = known_step(d, &l, e)))
        return false;
    d->out->letter = l.number;
    t = r->c->phase == PHASE_OPEN ? find_taker(r, &l) : (struct taker){.visit = 0};
    if (r->failed)
        return false;
    why = t.visit ? NULL : lateness(r, &l);
    emit(r, (struct fact){.kind = FACT_RECEIVED,
                          .number = l.number,
                          .name = l.name,
                          .detail = l.source,
                          .ref = l.id,
                          .visit = l.visit,
                          .step = l.step,
                          .element = l.element,
                          .until = t.visit || why ? INSTANT_NONE : expiry(r, s, &l),
                          .value = l.data});
    if (why)
        emit(r, (struct fact){.kind = FACT_TOO_LATE, .number = l.number, .detail = why});
    if (t.visit)
        take(r, l.number, &t);
    return !r->failed;
}

/* Silence was due before it in an open step of which it speaks. */
static bool
silence_goes_first(const struct run *r, const struct letter *l, struct error *e)
{
    for (uint32_t i = 0; i < r->c->n_visit; i++)
        if (speaks_of(l, &r->c->visit[i]) && !check_silence(r, r->c->visit[i].id, r->at, e))
            return true;
    return false;
}

/* The open step at the path the person names, with the letter's name. */
static bool
taker_named(struct deed *d, const struct letter *l, struct taker *t, struct error *e)
{
    struct letter open = *l;
    struct post at;

    open.visit = 0;
    open.step = step_named(d->r->w, d->cmd->step);
    open.element =
        open.step == NONE ? NULL : element_named(d->r->a, d->r->w, open.step, d->cmd->step);
    if (open.step == NONE)
        return error_at(e, ERROR_STEP_NOT_OPEN, "/step", "step %.100s", d->cmd->step);
    d->r->cmd = command_of(d->r, &open);
    *t = find_taker(d->r, &open);
    d->r->cmd = d->cmd;
    if (!t->visit)
        return !silence_goes_first(d->r, &open, e) &&
               error_at(e, ERROR_STEP_NOT_OPEN, "/step", "step %.100s does not take it",
                        d->cmd->step);
    at = visit_post(d->r->w, case_visit(d->r->c, t->visit));
    return leader_role(d->r->w, &at, d->r->c->district, &d->cmd->actor) ||
           error_set(e, ERROR_FORBIDDEN, "%s does not lead in step %.100s", d->cmd->actor.id,
                     d->cmd->step);
}

bool
decide_settle(struct deed *d, struct error *e)
{
    const struct command *cmd = d->cmd;
    struct run *r = d->r;
    const struct letter *l = case_letter(r->c, cmd->number);
    struct taker t = {.visit = 0};

    if (!check_revision(cmd, r->c->revision, e) || !check_reason(cmd, e))
        return false;
    if (!l)
        return error_at(e, ERROR_NOT_FOUND, "/number", "there is no message %d", cmd->number);
    if (l->fate != LETTER_EARLY && l->fate != LETTER_LATE)
        return error_at(e, ERROR_MESSAGE_SETTLED, "/number", "message %d is %s", cmd->number,
                        letter_fate_name(l->fate));
    if (cmd->step && !taker_named(d, l, &t, e))
        return false;
    if (!t.visit) {
        r->c->revision++;
        emit(r, (struct fact){.kind = FACT_FILED, .number = l->number, .detail = cmd->reason});
        return !r->failed;
    }
    d->out->visit = t.visit;
    r->cmd = command_of(r, l);
    take(r, l->number, &t);
    r->cmd = cmd;
    return !r->failed;
}
