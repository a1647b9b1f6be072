/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's side of a life: stored, dropped, read back, replayed, decided again. */
#include "tests/model/life.h"

#include <string.h>

#include "base/require.h"
#include "tests/model/engine.h"

static void
wrong(struct life *l, const char *what, const char *is, const char *should)
{
    if (!l->wrong)
        l->wrong = arena_printf(l->a, "%s\n--- engine\n%s\n--- model\n%s", what, is, should);
}

static const char *
text_of(const struct value *v, struct arena *a)
{
    struct text t = text_new(a);

    value_write(&t, v);
    return t.at;
}

static struct setting
setting_at(const struct life *l, instant now)
{
    return (struct setting){.workflow = l->w,
                            .calendar = l->calendar,
                            .now = now,
                            .seed = "5eed5eed5eed5eed5eed5eed5eed5eed"
                                    "5eed5eed5eed5eed5eed5eed5eed5eed"};
}

/* As it is stored; nothing of what was in memory is used. */
static struct case_state *
read_back(struct life *l)
{
    struct case_state *c = case_new(l->back, l->w);
    struct value state, form;
    struct error e;

    if (!l->stored)
        return c;
    c->number = "TEST-1";
    if (!value_read(l->back, l->stored, strlen(l->stored), &state) ||
        !value_read(l->back, l->form, strlen(l->form), &form) ||
        !case_read(l->back, l->w, &state, &form, c, &e))
        wrong(l, "the state cannot be read back", l->stored, "");
    return c;
}

const struct case_state *
life_case(struct life *l)
{
    if (!l->state) {
        arena_reset(l->back);
        l->state = read_back(l);
    }
    return l->state;
}

/* Applies records @from up to @to to @c. */
static bool
replay(struct life *l, struct case_state *c, size_t from, size_t to)
{
    const struct setting s = setting_at(l, l->now);
    struct value record;
    struct error e;

    for (size_t i = from; i < to; i++)
        if (!value_read(l->scratch, l->record[i], strlen(l->record[i]), &record) ||
            !machine_replay(&s, c, &record, l->scratch, &e)) {
            wrong(l, "a record does not replay", l->record[i], "");
            return false;
        }
    return true;
}

static void
must_be_stored(struct life *l, const struct case_state *c)
{
    struct text t = text_new(l->scratch);

    case_write(&t, l->w, c);
    if (strcmp(t.at, l->stored) != 0)
        wrong(l, "the records give another state", t.at, l->stored);
}

/* What was stored before came of its own records, so the new ones are enough. */
static void
take_in(struct life *l, const struct command *cmd, const struct outcome *o,
        const struct model *before)
{
    /* Behind its own record may stand those of what was stuck, and is tried once more. */
    const bool last = o->n_record && o->record[o->n_record - 1].command;
    const size_t from = l->n_record;
    struct text state = text_new(l->a);

    for (uint32_t i = 0; i < o->n_record; i++) {
        struct text t = text_new(l->a);

        record_write(&t, l->w, &o->record[i]);
        l->record = arena_grow(l->a, l->record, l->n_record, sizeof(*l->record));
        l->record[l->n_record++] = t.at;
    }
    case_write(&state, l->w, o->next);
    l->stored = state.at;
    l->form = text_of(&o->next->form, l->a);
    l->deed = arena_grow(l->a, l->deed, l->n_deed, sizeof(*l->deed));
    l->deed[l->n_deed++] = (struct deed_done){
        .cmd = *cmd, .now = l->now, .n_record = l->n_record, .last = last, .before = before};
    l->closed = o->next->phase == PHASE_CLOSED;
    l->alarm = o->next->alarm;
    l->last_act = (cmd->kind == COMMAND_ACT || cmd->kind == COMMAND_START) && last
                      ? o->record[o->n_record - 1].number
                      : 0;
    /* Deciding has not changed what it decided on, else this would show it. */
    if (replay(l, l->state, from, l->n_record))
        must_be_stored(l, l->state);
    l->state = NULL;
}

/* Codes that tell one reason, from two sides. */
static enum error_code
reason_of(enum error_code code)
{
    switch ((int)code) {
    case ERROR_ACTION_NOT_ALLOWED:
        return ERROR_STEP_NOT_OPEN;
    case ERROR_DEFINITION_FAULT:
        return ERROR_GUARD_ERROR;
    default:
        return code;
    }
}

/* What looks back and cannot see is decided on all records. */
static bool
decided(struct life *l, const struct setting *s, const struct case_state *c,
        const struct command *cmd, struct outcome *o, struct error *e)
{
    struct command *seeing;
    bool done = !l->wrong && machine_may(l->w, c, cmd, e) &&
                machine_decide(s, c, cmd, l->scratch, o, NULL, e);

    if (!o->blind)
        return done;
    seeing = arena_copy(l->a, cmd, sizeof(*cmd));
    life_history(l, seeing, l->n_record);
    return machine_decide(s, c, seeing, l->scratch, o, NULL, e);
}

void
life_hold(struct life *l, const struct command *cmd, struct model *next, enum error_code why)
{
    const struct setting s = setting_at(l, l->now);
    const struct case_state *c = life_case(l);
    struct text shown = text_new(l->scratch);
    struct outcome o = {.blind = false};
    struct error e = {0};
    const bool done = decided(l, &s, c, cmd, &o, &e);
    const struct model *before;
    const char *engine;

    if (done != (next != NULL)) {
        wrong(l, "one refuses, the other does not",
              done ? "done" : arena_printf(l->a, "%s: %s", error_name(e.code), e.detail),
              next ? "done" : error_name(why));
        return;
    }
    if (!done) {
        l->n_refused++;
        if (why == ERROR_SILENCE_STUCK)
            l->m->seen[cmd->kind == COMMAND_MATERIAL ? SEEN_FALLEN : SEEN_BEHIND_SILENCE] = true;
        if (reason_of(e.code) != reason_of(why))
            wrong(l, "refused for another reason",
                  arena_printf(l->a, "%s: %s", error_name(e.code), e.detail), error_name(why));
        return;
    }
    for (int i = 0; i < CONSTRUCTS; i++)
        next->seen[i] = next->seen[i] || (l->m && l->m->seen[i]);
    before = l->m;
    l->m = next;
    /* What an annulment brings back is late again when it is looked at, if not at once. */
    engine = arena_printf(l->scratch, "%sdropped%s\n",
                          engine_show(l->w, o.next, &o, cmd->kind != COMMAND_ANNUL, l->scratch),
                          life_post(l, &o));
    model_show(l->m, cmd->kind != COMMAND_ANNUL, &shown);
    if (strcmp(engine, shown.at) != 0)
        wrong(l, "not the same is to be seen", engine, shown.at);
    take_in(l, cmd, &o, before);
}

void
life_history(struct life *l, struct command *cmd, size_t n)
{
    struct value *history = arena_array(l->a, n, struct value);

    for (size_t i = 0; i < n; i++)
        require(value_read(l->a, l->record[i], strlen(l->record[i]), &history[i]));
    cmd->history = history;
    cmd->n_history = n;
}

/* Decides @cmd on @c; what comes must be the records from @at on.  Returns how many there are. */
static size_t
decide_again(struct life *l, struct case_state *c, const struct command *given, instant now,
             size_t at)
{
    struct command cmd = *given;
    const struct setting s = setting_at(l, now);
    struct outcome o;
    struct error e = {0};

    /* Whether it looks back or not. */
    life_history(l, &cmd, at);
    if (!machine_decide(&s, c, &cmd, l->scratch, &o, NULL, &e)) {
        wrong(l, "decided again, it is refused", e.detail, "");
        return at;
    }
    for (uint32_t k = 0; k < o.n_record; k++) {
        const char *was = at + k < l->n_record ? l->record[at + k] : "nothing";
        struct text t = text_new(l->scratch);

        record_write(&t, l->w, &o.record[k]);
        if (strcmp(t.at, was) != 0)
            wrong(l, "decided again, something else comes", t.at, was);
    }
    if (!l->wrong && replay(l, c, at, at + o.n_record))
        c->number = "TEST-1";
    return at + o.n_record;
}

/* As if each alarm had come in time, and two for nothing. */
static size_t
let_alarms_come(struct life *l, struct case_state *c, instant until, size_t at)
{
    const struct command look = {.kind = COMMAND_ALARM, .actor = {.id = "engine"}, .revision = -1};
    instant now = c->moment;

    while (!l->wrong && now != until) {
        at = decide_again(l, c, &look, now, at);
        if (c->alarm != INSTANT_NONE && c->alarm < now)
            wrong(l, "it was looked at, and is due still", "", "");
        now = c->alarm == INSTANT_NONE || c->alarm >= until ? until : c->alarm + 1;
    }
    return l->wrong ? at : decide_again(l, c, &look, now, at);
}

void
life_again(struct life *l, bool with_alarms)
{
    struct case_state *c = case_new(l->back, l->w);
    size_t at = 0;

    l->state = NULL;
    for (size_t i = 0; i < l->n_deed && !l->wrong; i++) {
        const struct deed_done *d = &l->deed[i];

        if (with_alarms && i)
            at = let_alarms_come(l, c, d->now, at);
        if (!l->wrong)
            at = decide_again(l, c, &d->cmd, d->now, at);
        if (!l->wrong && at != d->n_record)
            wrong(l, "decided again, there are fewer records or more", "", "");
    }
    if (!l->wrong && l->stored)
        must_be_stored(l, c);
}
