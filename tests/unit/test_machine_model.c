/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine against the model (tests/model): random sound definitions, random
 * commands, and after each of them the same to be seen.  Between any two
 * commands the engine's case is dropped: read back from its stored form, which
 * must also be what its records give.  ONESTOP_SEED repeats, ONESTOP_CASES
 * says how many sequences; `make long` runs a million.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/require.h"
#include "definition/json.h"
#include "machine/machine.h"
#include "tests/model/draw.h"
#include "tests/model/engine.h"
#include "tests/model/model.h"
#include "tests/support/city.h"
#include "tests/support/sanitized.h"

enum { SEQUENCES = SANITIZED ? 4000 : 100000, PER_DEFINITION = 40, COMMANDS = 10 };

static struct arena keep;
static const struct calendar *calendar;
static uint64_t seed = 20260401;
static uint32_t sequences = SEQUENCES;

/* One sequence: both cases, and what was done. */
struct life {
    struct arena *a, *scratch;
    struct chance *c;
    const struct workflow *w;
    const struct value *def;
    struct model *m;
    const char *state, *form; /* the engine's, as stored */
    const char **record;
    size_t n_record;
    instant now;
    struct text story;
    const char *wrong;
    uint32_t n_done, n_refused;
    bool closed;
};

static int
start(void **state)
{
    const char *text = getenv("ONESTOP_SEED"), *number = getenv("ONESTOP_CASES");

    (void)state;
    if (text)
        seed = strtoull(text, NULL, 10);
    if (number)
        sequences = (uint32_t)strtoul(number, NULL, 10);
    calendar = city_calendar(&keep);
    return calendar ? 0 : -1;
}

static int
stop(void **state)
{
    (void)state;
    arena_release(&keep);
    return 0;
}

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

static const char *
show_model(const struct life *l)
{
    struct text t = text_new(l->scratch);

    model_show(l->m, &t);
    return t.at;
}

/* Storing, dropping and taking up again. */

static struct case_state *
read_back(struct life *l)
{
    struct case_state *c = case_new(l->scratch, l->w);
    struct value state, form;
    struct error e;

    if (!l->state)
        return c;
    c->number = "TEST-1";
    if (!value_read(l->scratch, l->state, strlen(l->state), &state) ||
        !value_read(l->scratch, l->form, strlen(l->form), &form) ||
        !case_read(l->scratch, l->w, &state, &form, c, &e))
        wrong(l, "the state cannot be read back", l->state, "");
    return c;
}

static void
store(struct life *l, const struct case_state *c)
{
    struct text t = text_new(l->a);

    case_write(&t, l->w, c);
    l->state = t.at;
    l->form = text_of(&c->form, l->a);
}

/* Applies the records from @from on to @c: the state must be the one that is stored. */
static void
replay(struct life *l, struct case_state *c, size_t from)
{
    const struct setting s = {.workflow = l->w, .calendar = calendar, .now = l->now};
    struct text t = text_new(l->scratch);
    struct value record;
    struct error e;

    for (size_t i = from; i < l->n_record; i++)
        if (!value_read(l->scratch, l->record[i], strlen(l->record[i]), &record) ||
            !machine_replay(&s, c, &record, l->scratch, &e)) {
            wrong(l, "a record does not replay", l->record[i], "");
            return;
        }
    case_write(&t, l->w, c);
    if (strcmp(t.at, l->state) != 0)
        wrong(l, "the records give another state", t.at, l->state);
}

static void
take_in(struct life *l, const struct outcome *o)
{
    struct case_state *before = read_back(l);
    const size_t from = l->n_record;

    for (uint32_t i = 0; i < o->n_record; i++) {
        struct text t = text_new(l->a);

        record_write(&t, l->w, &o->record[i]);
        l->record = arena_grow(l->a, l->record, l->n_record, sizeof(*l->record));
        l->record[l->n_record++] = t.at;
    }
    store(l, o->next);
    /* What was stored before came of its own records, so these are enough. */
    replay(l, before, from);
    l->closed = o->next->phase == PHASE_CLOSED;
}

/* Commands. */

static enum answer
answer_of(enum error_code code)
{
    switch ((int)code) {
    case ERROR_CASE_CLOSED:
        return ANSWER_CLOSED;
    case ERROR_STEP_NOT_OPEN:
    case ERROR_ACTION_NOT_ALLOWED:
        return ANSWER_NOT_OPEN;
    case ERROR_GUARD_FAILED:
        return ANSWER_GUARD;
    case ERROR_SAME_PERSON:
        return ANSWER_SAME;
    case ERROR_CASE_SUSPENDED:
        return ANSWER_SUSPENDED;
    case ERROR_NOT_STOPPED:
        return ANSWER_NOT_STOPPED;
    default:
        return ANSWER_FAILED;
    }
}

/* Gives @cmd to the engine and holds it against what the model made of it: @next, or @why. */
static void
hold(struct life *l, const struct command *cmd, struct model *next, enum answer why)
{
    const struct setting s = {.workflow = l->w, .calendar = calendar, .now = l->now};
    const struct case_state *c = read_back(l);
    struct outcome o;
    struct error e = {0};
    const bool done =
        machine_may(l->w, c, cmd, &e) && machine_decide(&s, c, cmd, l->scratch, &o, NULL, &e);

    if (done != (next != NULL)) {
        wrong(l, "one refuses, the other does not", done ? "done" : e.detail,
              next ? "done" : arena_printf(l->a, "answer %d", (int)why));
        return;
    }
    if (!done) {
        l->n_refused++;
        if (answer_of(e.code) != why)
            wrong(l, "refused for another reason", e.detail,
                  arena_printf(l->a, "answer %d", (int)why));
        return;
    }
    l->n_done++;
    l->m = next;
    take_in(l, &o);
    if (strcmp(engine_show(l->w, o.next, &o, l->scratch), show_model(l)) != 0)
        wrong(l, "not the same is to be seen", engine_show(l->w, o.next, &o, l->scratch),
              show_model(l));
}

static struct command
command(enum command_kind kind)
{
    return (struct command){.kind = kind, .revision = -1, .reason = "why", .document = "paper"};
}

static struct value
draw_form(struct life *l)
{
    const char *text =
        arena_printf(l->a, "{\"flag\":%s,\"kind\":\"%s\",\"n\":%u,\"on\":\"2026-03-%02u\"}",
                     chance_one_in(l->c, 2) ? "true" : "false", chance_one_in(l->c, 2) ? "a" : "b",
                     chance_below(l->c, 10), 1 + chance_below(l->c, 28));
    struct value v;

    require(value_read(l->a, text, strlen(text), &v));
    return v;
}

static void
open_case(struct life *l)
{
    static const char *const window[] = {"window"};
    const struct opening opening = {
        .number = "TEST-1", .district = "371502", .applicant_kind = "enterprise"};
    const struct value form = draw_form(l);
    struct command cmd = command(COMMAND_OPEN);
    struct model *next = model_open(l->a, l->def, calendar, &form, "371502", "enterprise", l->now);

    cmd.actor = (struct actor){.id = "wang", .role = window, .n_role = 1, .district = "*"};
    cmd.opening = &opening;
    cmd.input = form;
    hold(l, &cmd, next, ANSWER_FAILED);
}

static struct actor
actor_for(const struct life *l, const struct step *s)
{
    static const char *const name[] = {"wang", "li", "zhao"};
    static const char *const clerk[] = {"clerk"};

    if (s->by == ACTOR_APPLICANT || s->by == ACTOR_PUBLIC)
        return (struct actor){.id = "applicant", .applicant = true};
    if (s->by == ACTOR_SYSTEM)
        return (struct actor){.id = "tax", .system = "tax"};
    return (struct actor){
        .id = name[chance_below(l->c, 3)], .role = clerk, .n_role = 1, .district = "*"};
}

/* A step somebody can act in, most often an open one. */
static const struct step *
draw_step(struct life *l, bool only_open)
{
    struct stay *list[64];
    const uint32_t n = l->m->closed ? 0 : model_stays(l->m, NULL, list);

    for (int tries = 0; tries < 12; tries++) {
        const struct step *s = &l->w->step[chance_below(l->c, l->w->n_step)];

        if (n && (only_open || !chance_one_in(l->c, 10)))
            s = &l->w->step[workflow_step(l->w, list[chance_below(l->c, n)]->path)];
        if (s->n_action)
            return s;
    }
    return NULL;
}

static void
act(struct life *l)
{
    const struct step *s = draw_step(l, false);
    struct command cmd = command(COMMAND_ACT);
    enum answer why = ANSWER_DONE;
    const struct action *action;
    struct model *next;

    if (!s)
        return;
    action = &s->action[chance_below(l->c, s->n_action)];
    cmd.actor = actor_for(l, s);
    cmd.step = s->path;
    cmd.action = action->id;
    cmd.input = value_object(l->a, NULL, 0);
    if (action->input)
        cmd.input = value_with(l->a, NULL, "k", value_int(chance_below(l->c, 10)));
    text_printf(&l->story, "%lld %s does %s in %s\n", (long long)l->now, cmd.actor.id, cmd.action,
                cmd.step);
    next = model_act(l->m, l->a, cmd.step, cmd.action, cmd.actor.id,
                     arena_copy(l->a, &cmd.input, sizeof(cmd.input)), l->now, &why);
    hold(l, &cmd, next, why);
}

static void
halt(struct life *l)
{
    static const char *const head[] = {"head"};
    static const char *const ground[] = {"hold", "pause"};
    const struct step *s = draw_step(l, true);
    struct command cmd = command(chance_one_in(l->c, 2) ? COMMAND_STOP : COMMAND_RESUME);
    enum answer why = ANSWER_DONE;
    struct model *next;

    if (!s)
        return;
    cmd.actor = (struct actor){.id = "sun", .role = head, .n_role = 1, .district = "*"};
    cmd.ground = ground[chance_below(l->c, 2)];
    if (cmd.kind == COMMAND_STOP)
        cmd.step = s->path;
    else
        cmd.number = 1 + (int32_t)chance_below(l->c, 4);
    text_printf(&l->story, "%lld %s %s %d\n", (long long)l->now, command_name(cmd.kind),
                cmd.step ? cmd.step : "", cmd.number);
    next = cmd.kind == COMMAND_STOP ? model_stop(l->m, l->a, cmd.step, cmd.ground, l->now, &why)
                                    : model_resume(l->m, l->a, cmd.number, l->now, &why);
    hold(l, &cmd, next, why);
}

static void
let_pass(struct life *l)
{
    struct command cmd = command(COMMAND_ALARM);

    cmd.actor.id = "engine";
    text_printf(&l->story, "%lld time passes\n", (long long)l->now);
    hold(l, &cmd, model_wait(l->m, l->a, l->now), ANSWER_FAILED);
}

static void
withdraw(struct life *l)
{
    struct command cmd = command(COMMAND_WITHDRAW);
    enum answer why = ANSWER_DONE;
    struct model *next = model_withdraw(l->m, l->a, l->now, &why);

    cmd.actor = (struct actor){.id = "applicant", .applicant = true};
    text_printf(&l->story, "%lld withdraws\n", (long long)l->now);
    hold(l, &cmd, next, why);
}

/* On, by little or much, or to the moment of the alarm, which is still in time, or right after. */
static void
move_on(struct life *l)
{
    const struct case_state *c = read_back(l);

    if (chance_one_in(l->c, 4))
        l->now += chance_below(l->c, 90) * SPAN_MINUTE;
    else if (chance_one_in(l->c, 3))
        l->now += chance_below(l->c, 6 * 24 * 60) * SPAN_MINUTE + 17 * SPAN_SECOND;
    else if (chance_one_in(l->c, 2) && c->alarm != INSTANT_NONE && c->alarm > l->now)
        l->now = c->alarm + (chance_one_in(l->c, 2) ? 1 : 0);
}

static void
one_command(struct life *l)
{
    move_on(l);
    switch (chance_below(l->c, 12)) {
    case 0:
        let_pass(l);
        break;
    case 1:
    case 2:
        halt(l);
        break;
    case 3:
        if (chance_one_in(l->c, 4))
            withdraw(l);
        break;
    default:
        act(l);
        break;
    }
    arena_reset(l->scratch);
}

static void
live(struct life *l)
{
    l->now = day_start(20515) + 8 * SPAN_HOUR + chance_below(l->c, 700) * SPAN_MINUTE;
    l->now += chance_below(l->c, 20) * SPAN_DAY;
    l->story = text_new(l->a);
    open_case(l);
    /* Of a closed case one thing more is asked. */
    for (int i = 0, after = 0; i < COMMANDS && after < 2 && l->m && !l->wrong; i++) {
        one_command(l);
        after += l->closed;
    }
    if (l->n_record && !l->wrong)
        replay(l, case_new(l->scratch, l->w), 0);
    arena_reset(l->scratch);
}

/* A sound definition; many are not. */
static const struct workflow *
draw_sound(struct chance *c, struct arena *a, struct value *def, const char **text)
{
    const struct organisation nothing = {.data = NULL};

    for (;;) {
        struct problems problems = {.arena = a};
        const struct workflow *w;
        struct text t = text_new(a);
        struct error e;

        draw_definition(c, &t);
        *text = t.at;
        if (!json_read(a, t.at, t.len, false, def, &e))
            fail_msg("%s: %s", e.detail, t.at);
        if (definition_read(a, def, NULL, &nothing, calendar, &w, &problems))
            return w;
        if (getenv("ONESTOP_PROBLEMS"))
            for (size_t i = 0; i < problems.n; i++)
                if (!problems.item[i].warning)
                    print_message("%d %s\n", problems.item[i].number, problems.item[i].text);
        arena_reset(a);
    }
}

static void
engine_and_model_show_the_same_after_every_command(void **state)
{
    struct arena definition = {0}, a = {0}, scratch = {0};
    uint64_t n_done = 0, n_refused = 0, n_closed = 0;

    (void)state;
    print_message("seed %llu\n", (unsigned long long)seed);
    for (uint32_t i = 0; i < sequences; i += PER_DEFINITION) {
        struct chance c = {.state = seed + i};
        const struct workflow *w;
        struct value def;
        const char *text;

        arena_reset(&definition);
        w = draw_sound(&c, &definition, &def, &text);
        for (uint32_t k = 0; k < PER_DEFINITION; k++) {
            struct life l = {.a = &a, .scratch = &scratch, .c = &c, .w = w, .def = &def};

            live(&l);
            if (l.wrong) {
                (void)fprintf(stderr, "%s\n%s%s\n", text, l.story.at, l.wrong);
                fail_msg("ONESTOP_SEED=%llu ONESTOP_CASES=1: sequence %u",
                         (unsigned long long)(seed + i), k);
            }
            n_done += l.n_done;
            n_refused += l.n_refused;
            n_closed += l.closed;
            arena_reset(&a);
        }
    }
    print_message("%u sequences: %llu commands done, %llu refused, %llu closed, 0 differences\n",
                  sequences, (unsigned long long)n_done, (unsigned long long)n_refused,
                  (unsigned long long)n_closed);
    arena_release(&definition);
    arena_release(&a);
    arena_release(&scratch);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engine_and_model_show_the_same_after_every_command),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
