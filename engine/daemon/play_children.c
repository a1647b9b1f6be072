/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Child cases of a scenario.  One that was born is played like the case itself, against its own
 * definition, and what the scenario says became of it must be what did; of one that was not, it is
 * believed.  Cases hear of one another at once.
 */
#include <string.h>

#include "daemon/play_run.h"

struct play_run *
play_child(const struct play_run *r, int32_t number)
{
    return (size_t)number <= r->n_child ? r->child[number - 1].run : NULL;
}

/* Parent of all children of the scenario: nothing but that it is one is ever asked. */
enum { PARENT_ID = 1 };

const char *
play_child_number(struct arena *a, int32_t number)
{
    return arena_printf(a, "CHILD-%06d", number);
}

static void
note_asked(struct play_run *r, const struct relay *x)
{
    while (r->n_child < (size_t)x->child) {
        r->child = arena_grow(r->arena, r->child, r->n_child, sizeof(*r->child));
        r->child[r->n_child++] = (struct play_child){.run = NULL};
    }
    r->child[x->child - 1].asked = *x;
}

/* What the child has to say is kept until the scenario says that its parent hears it. */
static void
note_said(struct play_run *r, const struct relay *x)
{
    if (strcmp(x->what, "born") != 0)
        r->said = arena_copy(r->arena, x, sizeof(*x));
}

static void
hand_down(struct play_run *child, const struct relay *x, instant now)
{
    struct command cmd = {.kind = COMMAND_RELAY,
                          .actor = {.id = "SCENARIO-000001"},
                          .action = x->what,
                          .revision = -1,
                          .number = x->child,
                          .input = x->value};
    struct error e;

    child->now = now;
    if (!command_needs_history(&cmd) || play_history(child, &cmd, &e))
        (void)play_give(child, &cmd, now, &e); /* it may have ended meanwhile */
}

void
play_relays(struct play_run *r, const struct outcome *o)
{
    for (uint32_t i = 0; i < o->n_relay; i++) {
        const struct relay *x = &o->relay[i];
        struct play_run *child = r->is_child ? NULL : play_child(r, x->child);

        if (r->is_child)
            note_said(r, x);
        else if (!strcmp(x->what, "open"))
            note_asked(r, x);
        else if (child)
            hand_down(child, x, r->now);
    }
}

/* Opens the case as the hall would. */
static bool
open_child(struct play_run *r, const struct scenario_line *l, const struct relay *asked)
{
    struct play_run *x = arena_new(r->arena, struct play_run);
    const bool other = asked->applicant.kind == VALUE_OBJECT;
    const struct opening opening = {
        .number = play_child_number(r->arena, l->number),
        .district = r->c->district,
        .applicant_kind =
            other ? value_get_string(&asked->applicant, "kind") : r->c->applicant_kind,
        .claimed = !other && r->c->identity.claimed,
        .named = other,
        .parent = {PARENT_ID, r->c->number, l->number, asked->listens, 0, asked->generation}};
    const struct command cmd = {.kind = COMMAND_OPEN,
                                .actor = {.id = r->c->number},
                                .revision = -1,
                                .opening = &opening,
                                .input = asked->value};
    struct error e;

    *x = (struct play_run){.arena = r->arena,
                           .broken = r->broken,
                           .n_broken = r->n_broken,
                           .house = r->house,
                           .s = r->s,
                           .report = r->report,
                           .alarms = r->alarms,
                           .is_child = true,
                           .now = l->at};
    x->w = play_workflow(r->arena, r->house, r->s, asked->workflow, r->report);
    if (!x->w) {
        r->failed = true;
        return false;
    }
    x->c = case_new(r->arena, x->w);
    if (!play_decide(x, &cmd, l->at, &e)) {
        play_complain(r, l->line, "child %d cannot be opened: %s (%s)", l->number,
                      error_name(e.code), e.detail);
        return false;
    }
    r->child[l->number - 1].run = x;
    return true;
}

static const char *
said_text(struct arena *a, const struct play_run *child)
{
    const struct value *stands;

    if (!child->said)
        return "nothing";
    stands = value_get(&child->said->value, "stands");
    if (!stands)
        return arena_printf(a, "ends %s", value_get_string(&child->said->value, "outcome"));
    return stands->boolean ? "stands" : "goes on";
}

static const char *
told_text(struct arena *a, const struct scenario_line *l)
{
    if (l->verb == VERB_ENDS)
        return arena_printf(a, "ends %s", l->action);
    return l->verb == VERB_STANDS ? "stands" : "goes on";
}

bool
play_hear(struct play_run *r, const struct scenario_line *l)
{
    const bool asked = (size_t)l->number <= r->n_child && r->child[l->number - 1].asked.what;
    struct play_run *child = play_child(r, l->number);
    struct error e;

    if (!asked) {
        play_complain(r, l->line, "no child %d was asked for", l->number);
        return false;
    }
    if (l->verb == VERB_IS_BORN)
        return child ? (play_complain(r, l->line, "child %d is there already", l->number), false)
                     : open_child(r, l, &r->child[l->number - 1].asked);
    if (child && !play_look(child, l->at, &e)) {
        play_complain(r, l->line, "what came due in child %d cannot be applied: %s", l->number,
                      e.detail);
        return false;
    }
    if (child && strcmp(said_text(r->arena, child), told_text(r->arena, l)) != 0) {
        play_complain(r, l->line, "expected that child %d %s, but its case says %s", l->number,
                      told_text(r->arena, l), said_text(r->arena, child));
        return false;
    }
    return true;
}

void
play_heard(struct play_run *r, const struct scenario_line *l)
{
    struct play_run *child = play_child(r, l->number);

    if (child && l->verb != VERB_IS_BORN)
        child->said = NULL;
}

bool
play_all_heard(struct play_run *r, uint32_t line)
{
    for (size_t i = 0; i < r->n_child; i++)
        if (r->child[i].run && r->child[i].run->said) {
            play_complain(r, line, "child %zu %s, which its parent has not heard: say so before",
                          i + 1, said_text(r->arena, r->child[i].run));
            return false;
        }
    return true;
}
