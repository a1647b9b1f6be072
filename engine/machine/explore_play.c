/* SPDX-License-Identifier: Apache-2.0 */
/* What several do together: votes, signatures, ends of child cases. */
#include <string.h>

#include "machine/ballot.h"
#include "machine/explore_inside.h"
#include "machine/sign.h"

enum { FREE_VOTERS = 3 };

/* A command of the step's role; @v is open. */
static struct exploring_move
move_of(const struct playing *p, enum command_kind kind)
{
    return (struct exploring_move){
        .kind = kind, .at = p->at, .step = p->step, .department = p->department, .name = p->name};
}

static void
give(const struct playing *p, struct command cmd, const struct exploring_move *m)
{
    cmd.step = m->name;
    cmd.reason = "explored";
    p->give(p->arg, &cmd, m);
}

static void
vote(const struct playing *p, const char *voter, const char *choice)
{
    struct exploring_move m = move_of(p, COMMAND_VOTE);

    m.word = choice;
    m.voter = arena_strdup(p->keep, voter);
    give(p,
         (struct command){.kind = COMMAND_VOTE,
                          .actor = exploring_actor(p->w, &m, p->district, p->a),
                          .action = choice,
                          .voter = voter},
         &m);
}

/*
 * Of few voters each votes for everything; many vote one after the other, all for the same: each
 * arm that asks for a majority is tried, and who stays away at the end.
 */
void
play_votes(const struct playing *p, const struct case_state *c, const struct visit *v)
{
    const struct ballot *b = p->step->ballot;
    const struct value *roll = b ? ballot_roll(p->step, c) : NULL;
    const char *cast = NULL;

    for (uint32_t i = 0; roll && v->votes && i < roll->n; i++)
        if (v->votes[i] != '-' && !cast)
            cast = &v->votes[i];
    for (uint32_t i = 0; roll && v->votes && i < roll->n; i++) {
        if (v->votes[i] != '-')
            continue;
        for (uint16_t k = 0; k < b->n_choice; k++)
            if (roll->n <= FREE_VOTERS || !cast || *cast == 'a' + k)
                vote(p, value_get_string(&roll->item[i], b->voter), b->choice[k]);
        if (roll->n > FREE_VOTERS)
            return;
    }
}

/* How many have signed @action in @v. */
static uint32_t
signatures(const struct visit *v, const char *action)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < v->n_signature; i++)
        n += !strcmp(v->signature[i].action, action);
    return n;
}

/*
 * The next one signs; the first brings what is signed.  While one action is
 * being signed no other is begun: whichever is signed in full, the rest is gone.
 */
void
play_signature(const struct playing *p, const struct visit *v, const struct action *action,
               const struct value *input)
{
    const uint32_t place = signatures(v, action->id);
    struct exploring_move m = move_of(p, COMMAND_ACT);
    struct command cmd = {.kind = COMMAND_ACT, .action = action->id, .document = "explored"};

    if (!place && v->n_signature)
        return;
    m.action = action;
    m.role = action->signers.role ? action->signers.role[place] : NULL;
    m.person = arena_printf(p->keep, "签名人%u", place + 1);
    m.input = action->input && !place ? input : NULL;
    cmd.actor = exploring_actor(p->w, &m, p->district, p->a);
    if (m.input)
        cmd.input = *m.input;
    give(p, cmd, &m);
}

static bool
as_it_should(const struct step *s, const struct child *x)
{
    return x->outcome && (!s->join_of || !strcmp(x->outcome, s->join_of));
}

/* The child says @what: "concluded", with its outcome, or "stands". */
static void
say_of(const struct playing *p, const struct child *x, const char *what, const char *word,
       struct value input)
{
    struct exploring_move m = move_of(p, COMMAND_RELAY);

    m.number = x->number;
    m.word = word;
    give(p,
         (struct command){.kind = COMMAND_RELAY,
                          .actor = {.id = "engine"},
                          .action = what,
                          .number = x->number,
                          .input = input},
         &m);
}

static void
conclude(const struct playing *p, const struct child *x, const char *outcome)
{
    say_of(p, x, "concluded", arena_printf(p->keep, "ends %s", outcome),
           value_with(p->a, NULL, "outcome", value_borrow(outcome)));
}

static void
stand(const struct playing *p, const struct child *x)
{
    struct value v = value_with(p->a, NULL, "record", value_int(x->heard + 1));

    v = value_with(p->a, &v, "stands", value_bool(!x->stands));
    say_of(p, x, "stands", x->stands ? "goes on" : "stands", v);
}

static void
try_again(const struct playing *p, const struct child *x)
{
    struct exploring_move m = move_of(p, COMMAND_RETRY);

    m.number = x->number;
    give(p,
         (struct command){.kind = COMMAND_RETRY,
                          .actor = exploring_actor(p->w, &m, p->district, p->a),
                          .number = x->number},
         &m);
}

/*
 * Child cases are alike: the first that runs ends as the join counts it, or fails; the first that
 * ended otherwise is tried again; where their parent stands with them the first that runs stands,
 * and the first that stands goes on.
 */
void
play_children(const struct playing *p, const struct case_state *c, const struct visit *v)
{
    const struct child *runs = NULL, *ended = NULL, *moves = NULL, *stands = NULL;

    for (uint32_t i = 0; i < c->n_child; i++) {
        const struct child *x = &c->child[i];

        if (x->visit != v->id)
            continue;
        if (!x->outcome && !runs)
            runs = x;
        if (!x->outcome && !x->stands && !moves)
            moves = x;
        if (!x->outcome && x->stands && !stands)
            stands = x;
        if (x->outcome && !as_it_should(p->step, x) && !ended)
            ended = x;
    }
    if (runs) {
        conclude(p, runs, p->step->join_of ? p->step->join_of : "done");
        if (p->step->join_of)
            conclude(p, runs, "failed");
    }
    if (ended)
        try_again(p, ended);
    if (!p->step->children || p->step->children->stand == CHILDREN_STAND_APART)
        return;
    if (moves)
        stand(p, moves);
    if (stands)
        stand(p, stands);
}

/* Where a step awaits them, the oldest message that took something back is answered. */
void
play_answer(const struct playing *p, const struct case_state *c)
{
    struct exploring_move m = {.kind = COMMAND_MESSAGE, .at = p->at};
    struct value data;
    struct command cmd = {.kind = COMMAND_MESSAGE, .action = "undone"};

    if (!p->step->awaits_undo || !c->n_undoing)
        return;
    m.word = arena_strdup(p->keep, c->undoing[0].system);
    data = value_with(p->keep, NULL, "message", value_int(c->undoing[0].message));
    m.input = arena_copy(p->keep, &data, sizeof(data));
    cmd.actor = (struct actor){.id = m.word, .system = m.word};
    cmd.message = arena_printf(p->a, "undone-%d", c->undoing[0].message);
    cmd.input = data;
    p->give(p->arg, &cmd, &m);
}

void
play_key(struct text *t, const struct workflow *w, const struct case_state *c,
         const struct visit *v, bool persons)
{
    const struct step *s = &w->step[v->step];
    uint32_t runs = 0, counted = 0, ended = 0, stands = 0;

    if (v->votes)
        text_printf(t, "b%s,", v->votes);
    for (uint32_t i = 0; i < v->n_signature; i++)
        text_printf(t, "s%s,%d,%s,", v->signature[i].action, v->signature[i].place,
                    persons ? v->signature[i].by : "");
    for (uint32_t i = 0; i < v->n_signature; i++)
        if (v->signature[i].input.kind != VALUE_NULL)
            value_write(t, &v->signature[i].input);
    for (uint32_t i = 0; i < c->n_child; i++)
        if (c->child[i].visit == v->id) {
            runs += !c->child[i].outcome;
            counted += as_it_should(s, &c->child[i]);
            ended += c->child[i].outcome != NULL;
            stands += !c->child[i].outcome && c->child[i].stands;
        }
    if (s->children)
        text_printf(t, "c%u,%u,%u,%u,", runs, counted, ended, stands);
    if (s->awaits_undo)
        text_printf(t, "u%u,", c->n_undoing);
}
