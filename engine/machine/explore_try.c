/* SPDX-License-Identifier: Apache-2.0 */
/* What can be tried in a state: every action, every message, every optional step. */
#include "machine/explore_search.h"
#include "machine/names.h"

enum { PERSONS = 3 };

static void
act(struct search *s, const struct case_state *c, const struct playing *in,
    const struct action *action, const char *person, const struct value *input)
{
    const struct exploring_move m = {.kind = COMMAND_ACT,
                                     .at = s->node[s->now].now,
                                     .step = in->step,
                                     .department = in->department,
                                     .name = in->name,
                                     .action = action,
                                     .person = person,
                                     .input = action->input ? input : NULL};
    struct command cmd = {.kind = COMMAND_ACT,
                          .actor = exploring_actor(s->w, &m, s->bounds->district, &s->scratch),
                          .action = action->id,
                          .document = "explored",
                          .step = in->name};
    struct outcome out;

    if (action->input)
        cmd.input = *input;
    if (explored_give(s, c, &cmd, &m, &out))
        explored_way(s, explored_node(s, out.next, m.at, &m));
}

/* A move of those that several make together. */
static void
play(void *arg, struct command *cmd, const struct exploring_move *m)
{
    struct search *s = arg;
    struct outcome out;

    if (explored_give(s, s->at, cmd, m, &out))
        explored_way(s, explored_node(s, out.next, m->at, m));
}

/* As the workflow writes it: moves outlive the state. */
static const char *
department_of(const struct search *s, const struct visit *v)
{
    return v ? step_department_called(s->w, &s->w->step[v->step], visit_department(s->w, v))
             : s->w->lead;
}

static struct playing
playing(struct search *s, const struct visit *v, const char *name)
{
    return (struct playing){.w = s->w,
                            .step = &s->w->step[v->step],
                            .department = department_of(s, v),
                            .name = name,
                            .district = s->bounds->district,
                            .at = s->node[s->now].now,
                            .a = &s->scratch,
                            .keep = s->a,
                            .give = play,
                            .arg = s};
}

static void
act_in(struct search *s, const struct case_state *c, const struct visit *v, const struct step *step,
       const char *name)
{
    const struct playing together = playing(s, v, name);
    static const char person[PERSONS][8] = {"甲", "乙", "丙"};
    const int persons = s->inputs.persons && step->by == ACTOR_ROLE ? PERSONS : 1;

    for (uint16_t i = 0; i < step->n_action; i++) {
        const struct samples *inputs = &s->inputs.item[s->inputs.first[step->index] + i];

        s->node[s->now].unsampled = s->node[s->now].unsampled || !inputs->n;
        for (uint32_t k = 0; k < inputs->n; k++) {
            const struct value *input =
                dates_moved(s, step->action[i].input,
                            materials_named(s, c, &step->action[i], &inputs->item[k]));

            if (input && step->action[i].signers.n)
                play_signature(&together, v, &step->action[i], input);
            for (int p = 0; input && !step->action[i].signers.n && p < persons; p++)
                act(s, c, &together, &step->action[i],
                    s->inputs.persons && step->by == ACTOR_ROLE ? person[p] : NULL, input);
        }
    }
}

/* The messages the step takes; one that is not taken now is kept, which tells no states apart. */
static void
tell(struct search *s, const struct case_state *c, const struct step *step, const char *name)
{
    for (uint16_t i = 0; i < step->n_on; i++) {
        const struct samples *inputs =
            &s->inputs.item[s->inputs.first[step->index] + step->n_action + i];

        s->node[s->now].unsampled = s->node[s->now].unsampled || !inputs->n;
        for (uint32_t k = 0; k < inputs->n; k++) {
            const struct exploring_move m = {
                .kind = COMMAND_MESSAGE,
                .at = s->node[s->now].now,
                .step = step,
                .name = name,
                .hearing = &step->on[i],
                .input =
                    step->on[i].input ? dates_moved(s, step->on[i].input, &inputs->item[k]) : NULL};
            struct command cmd = {.kind = COMMAND_MESSAGE,
                                  .actor = {.id = m.hearing->from, .system = m.hearing->from},
                                  .action = m.hearing->id,
                                  .step = name,
                                  .message = arena_printf(&s->scratch, "explored-%u", s->n_way)};
            struct outcome out;

            if (m.input)
                cmd.input = *m.input;
            if (explored_give(s, c, &cmd, &m, &out))
                explored_way(s, explored_node(s, out.next, m.at, &m));
        }
    }
}

void
explored_acts(struct search *s, const struct case_state *c, const struct visit *v)
{
    const struct step *step = &s->w->step[v->step];
    const char *name = arena_strdup(s->a, visit_path(&s->scratch, s->w, v));
    const struct playing together = playing(s, v, name);

    s->at = c;
    act_in(s, c, v, step, name);
    tell(s, c, step, name);
    play_votes(&together, c, v);
    play_children(&together, c, v);
    play_answer(&together, c);
}

void
explored_starts(struct search *s, const struct case_state *c)
{
    struct startable *all;
    const size_t n = machine_startable(s->w, c, NULL, &s->scratch, &all);

    for (size_t i = 0; i < n; i++) {
        const struct exploring_move m = {
            .kind = COMMAND_START,
            .at = s->node[s->now].now,
            .step = &s->w->step[all[i].step],
            .department = department_of(s, case_visit(c, all[i].parent)),
            .name = arena_strdup(s->a, step_name(&s->scratch, s->w, all[i].step, all[i].element))};
        struct command cmd = {.kind = COMMAND_START,
                              .actor = exploring_actor(s->w, &m, s->bounds->district, &s->scratch),
                              .document = "explored",
                              .step = m.name};
        struct outcome out;

        if (explored_give(s, c, &cmd, &m, &out))
            explored_way(s, explored_node(s, out.next, m.at, &m));
    }
}

/* A case that is only moved about, or handed papers, has not gone on: no way counts from it. */
static void
give_aside(struct search *s, const struct case_state *c, struct command *cmd,
           const struct exploring_move *m)
{
    struct outcome out;

    cmd->actor = exploring_actor(s->w, m, s->bounds->district, &s->scratch);
    cmd->reason = "explored";
    if (!explored_give(s, c, cmd, m, &out))
        return;
    explored_way(s, explored_node(s, out.next, m->at, m));
    s->node[s->now].n_way--;
}

static void
move_into(struct search *s, const struct case_state *c, const struct priority_lane *whose,
          const char *lane)
{
    const struct exploring_move m = {
        .kind = COMMAND_LANE, .at = s->node[s->now].now, .role = whose->by[0], .word = lane};
    struct command cmd = {.kind = COMMAND_LANE, .lane = lane};

    give_aside(s, c, &cmd, &m);
}

void
explored_identity(struct search *s, const struct case_state *c)
{
    const struct exploring_move m = {.kind = COMMAND_IDENTIFY, .at = s->node[s->now].now};
    struct command cmd = {.kind = COMMAND_IDENTIFY, .document = "explored"};

    if (c->identity.claimed)
        give_aside(s, c, &cmd, &m);
}

/* Others break promises, and make them good: no way counts from it. */
static void
know_elsewhere(struct search *s, const struct case_state *c, int32_t n)
{
    const int32_t was = s->elsewhere;
    const struct exploring_move m = {
        .kind = COMMAND_ALARM, .at = s->node[s->now].now, .elsewhere = true, .number = n};

    if (n == was || n < 0 || n > BROKEN_MOST)
        return;
    s->elsewhere = n;
    explored_way(s, explored_node(s, c, m.at, &m));
    s->node[s->now].n_way--;
    s->elsewhere = was;
}

void
explored_credit(struct search *s, const struct case_state *c)
{
    const struct pool *compared = topics_pool(&s->topics, "case.brokenPromises");

    if (!s->topics.asks_credit)
        return;
    know_elsewhere(s, c, 0);
    for (uint32_t i = 0; compared && i < compared->n; i++)
        if (compared->item[i].kind == VALUE_INT && compared->item[i].integer >= 0 &&
            compared->item[i].integer < BROKEN_MOST) {
            know_elsewhere(s, c, (int32_t)compared->item[i].integer);
            know_elsewhere(s, c, (int32_t)compared->item[i].integer + 1);
        }
}

void
explored_lanes(struct search *s, const struct case_state *c)
{
    for (uint16_t i = 0; i < s->w->n_lane && s->topics.asks_lane; i++) {
        const struct priority_lane *lane = &s->w->lane[i];

        if (lane->n_by)
            move_into(s, c, lane, i == c->lane ? NULL : lane->id);
    }
}

void
explored_reopenings(struct search *s, const struct case_state *c)
{
    for (uint16_t i = 0; i < s->w->n_reopen; i++) {
        const struct exploring_move m = {
            .kind = COMMAND_REOPEN, .at = s->node[s->now].now, .ground = &s->w->reopen[i]};
        struct command cmd = {.kind = COMMAND_REOPEN,
                              .actor = exploring_actor(s->w, &m, s->bounds->district, &s->scratch),
                              .ground = s->w->reopen[i].id,
                              .document = "explored",
                              .reason = "explored"};
        struct outcome out;

        if (explored_give(s, c, &cmd, &m, &out))
            explored_way(s, explored_node(s, out.next, m.at, &m));
    }
}
