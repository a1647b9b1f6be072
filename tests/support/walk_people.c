/* SPDX-License-Identifier: Apache-2.0 */
/* Random mandates, agents who act under them, and duties that are entrusted. */
#include <string.h>

#include "machine/mandates.h"
#include "tests/support/walk.h"

static struct actor
of_the_house(struct walk *k, const char *id, const char *role)
{
    const char **roles = arena_new(k->a, const char *);

    *roles = role;
    return (struct actor){.id = id, .role = roles, .n_role = 1, .district = "371502"};
}

/* Who may say that it happened earlier; now and then one who may not. */
static struct actor
who_backdates(struct walk *k)
{
    static const char *const other[] = {"head", "supervisor", "window"};

    return of_the_house(k, "li",
                        k->w->n_backdate_by && !chance_one_in(k->chance, 6)
                            ? k->w->backdate_by[chance_below(k->chance, k->w->n_backdate_by)]
                            : other[chance_below(k->chance, 3)]);
}

void
walk_draw_paper(struct walk *k, struct command *cmd)
{
    walk_give_held(k, cmd);
    if (!chance_one_in(k->chance, 4))
        return;
    cmd->actor = who_backdates(k);
    cmd->happened = k->now - chance_between(k->chance, 0, 40) * 13 * SPAN_HOUR;
    if (chance_one_in(k->chance, 12))
        cmd->happened = k->now + chance_between(k->chance, -2000, 2) * SPAN_DAY;
}

void
walk_draw_withdrawal(struct walk *k, const struct case_state *c, struct command *cmd)
{
    const instant from = c->opened == INSTANT_NONE ? k->now : c->opened;

    cmd->kind = chance_one_in(k->chance, 3) ? COMMAND_ALARM : COMMAND_WITHDRAW;
    cmd->actor = (struct actor){.id = "applicant", .applicant = true};
    if (cmd->kind == COMMAND_ALARM || chance_one_in(k->chance, 3))
        return;
    cmd->actor = who_backdates(k);
    cmd->happened = k->now - (k->now - from) / 16 * chance_between(k->chance, 0, 16);
    if (chance_one_in(k->chance, 12))
        cmd->happened += chance_between(k->chance, -2, 2) * SPAN_DAY;
}

static void
draw_identify(struct walk *k, struct command *cmd)
{
    static const char *const role[] = {"window", "head", "supervisor", "reviewer"};

    cmd->kind = COMMAND_IDENTIFY;
    cmd->actor = of_the_house(k, "li", role[chance_below(k->chance, 4)]);
    cmd->document = chance_one_in(k->chance, 8) ? NULL : "营业执照和委托书";
    walk_give_held(k, cmd);
}

/* It is over now, mostly; sometimes it is one that was told before. */
static void
draw_outage(struct walk *k, const struct case_state *c, struct command *cmd)
{
    cmd->kind = COMMAND_OUTAGE;
    cmd->actor = of_the_house(k, "zhao", chance_one_in(k->chance, 8) ? "head" : "supervisor");
    cmd->number = (int32_t)c->n_outage + (int32_t)chance_below(k->chance, 4);
    cmd->until = k->now - chance_between(k->chance, 0, 40) * SPAN_HOUR;
    cmd->from = cmd->until - chance_between(k->chance, 0, 60) * SPAN_HOUR / 2;
    if (chance_one_in(k->chance, 8))
        cmd->until = k->now + SPAN_MINUTE;
}

/* Mostly one that was told; sometimes one that never was, or was taken back before. */
static void
draw_annul_outage(struct walk *k, const struct case_state *c, struct command *cmd)
{
    cmd->kind = COMMAND_ANNUL_OUTAGE;
    cmd->actor = of_the_house(k, "zhao", chance_one_in(k->chance, 8) ? "head" : "supervisor");
    cmd->number = (int32_t)chance_below(k->chance, 4);
    if (c->n_outage)
        cmd->number = c->outage[chance_below(k->chance, c->n_outage)].number;
}

void
walk_draw_house(struct walk *k, const struct case_state *c, struct command *cmd)
{
    if (chance_one_in(k->chance, 2))
        draw_identify(k, cmd);
    else if (c->n_outage && chance_one_in(k->chance, 2))
        draw_annul_outage(k, c, cmd);
    else
        draw_outage(k, c, cmd);
}

/* Sometimes of the house, sometimes only for a part, sometimes not for long. */
static const struct mandate *
draw_terms(struct walk *k)
{
    static const char *const word[] = {"act", "materials", "results", "withdraw", "act:nonsense"};
    struct mandate *m = arena_new(k->a, struct mandate);
    struct value *scope = arena_array(k->a, 2, struct value);

    *m = (struct mandate){.kind = "person",
                          .agent = "sample",
                          .scope = value_null(),
                          .from = INSTANT_NONE,
                          .until = INSTANT_NONE};
    if (chance_one_in(k->chance, 2)) {
        m->account = chance_one_in(k->chance, 2) ? "li" : "zhao";
        m->kind = "helper";
        m->agent = NULL;
    }
    for (int i = 0; i < 2; i++)
        scope[i] = value_borrow(word[chance_below(k->chance, chance_one_in(k->chance, 8) ? 5 : 4)]);
    if (chance_one_in(k->chance, 2))
        m->scope = value_array(scope, 1 + chance_below(k->chance, 2));
    if (chance_one_in(k->chance, 3))
        m->from = k->now + chance_between(k->chance, -1, 2) * SPAN_DAY;
    if (chance_one_in(k->chance, 2))
        m->until = k->now + chance_between(k->chance, 0, 6) * SPAN_DAY;
    return m;
}

void
walk_draw_people(struct walk *k, const struct case_state *c, struct command *cmd)
{
    const bool window = chance_one_in(k->chance, 3);

    cmd->actor = window ? of_the_house(k, "wang", "window")
                        : (struct actor){.id = "applicant", .applicant = true};
    cmd->document = chance_one_in(k->chance, 8) ? NULL : "委托书1号";
    if (chance_one_in(k->chance, 4)) {
        cmd->kind = COMMAND_ENTRUST;
        cmd->actor = of_the_house(k, "zhao", "supervisor");
        cmd->account = chance_one_in(k->chance, 2) ? "li" : "wang";
    } else if (c->n_mandate && chance_one_in(k->chance, 3)) {
        cmd->kind = COMMAND_REVOKE_MANDATE;
        cmd->number = (int32_t)chance_below(k->chance, c->n_mandate + 1);
    } else {
        cmd->kind = COMMAND_MANDATE;
        cmd->mandate = draw_terms(k);
    }
}

void
walk_draw_filing(struct walk *k, struct command *cmd)
{
    if (chance_one_in(k->chance, 4)) /* where openBy lets him */
        cmd->actor = (struct actor){.id = "applicant", .public = true};
    if (!chance_one_in(k->chance, 6))
        return;
    cmd->mandate = draw_terms(k);
    cmd->document = chance_one_in(k->chance, 8) ? NULL : "委托书1号";
    if (chance_one_in(k->chance, 2))
        cmd->actor = of_the_house(k, "li", "helper");
}

void
walk_as_agent(struct walk *k, const struct case_state *c, struct command *cmd)
{
    const struct mandate *m;

    if (!cmd->actor.applicant || !c->n_mandate || chance_one_in(k->chance, 2))
        return;
    m = &c->mandate[chance_below(k->chance, c->n_mandate)];
    cmd->actor = m->account ? of_the_house(k, m->account, "helper")
                            : (struct actor){.id = arena_printf(k->a, "agent %d", m->number),
                                             .mandate = m->number};
}

/* Whoever has ever had a mandate of the case may be told what became of it. */
static bool
has_been_agent(const struct case_state *c, const struct actor *who)
{
    for (uint16_t i = 0; i < c->n_mandate; i++)
        if (c->mandate[i].number == who->mandate ||
            (c->mandate[i].account && !strcmp(c->mandate[i].account, who->id)))
            return true;
    return false;
}

void
walk_check_stranger(struct walk *k, const struct case_state *c, const struct command *cmd)
{
    struct command same = *cmd;
    struct error e;

    if (!cmd->actor.n_role || cmd->actor.system || cmd->kind == COMMAND_ALARM ||
        cmd->kind == COMMAND_RELAY || cmd->kind == COMMAND_MIGRATE ||
        cmd->kind == COMMAND_RECOUNT || agent_for(c, cmd, INSTANT_NONE).under)
        return;
    same.actor.department = "of another procedure";
    if (machine_may(k->w, c, &same, &e))
        walk_wrong(k, "%s, of a department the case is nothing to, may %s", cmd->actor.id,
                   command_name(cmd->kind));
    else if (e.code != ERROR_FORBIDDEN && !has_been_agent(c, &cmd->actor))
        walk_wrong(k, "%s is told to whom the case is nothing", error_name(e.code));
}

static bool
is_live(const struct mandate *m)
{
    return m->ended == INSTANT_NONE;
}

static bool
in_force(const struct mandate *m, instant at)
{
    return at >= m->from && (m->until == INSTANT_NONE || at < m->until) &&
           (m->ended == INSTANT_NONE || at < m->ended);
}

/* When that was done which the record tells. */
static instant
done_at(const struct record *r)
{
    return r->command && r->command->happened ? r->command->happened : r->at;
}

void
walk_check_people(struct walk *k, const struct case_state *before, const struct outcome *o)
{
    const struct case_state *c = o->next;

    for (uint32_t i = 0; i < o->n_record; i++) {
        const struct record *r = &o->record[i];
        const bool files = r->kind == COMMAND_OPEN; /* under the mandate it gives */
        const struct mandate *m = case_mandate(files ? c : before, r->mandate);

        if (!r->mandate)
            continue;
        k->n_agent++;
        if (!m || !in_force(m, done_at(r)))
            walk_wrong(k, "mandate %d was not in force", r->mandate);
        if (m && m->account && strcmp(m->account, r->actor) != 0)
            walk_wrong(k, "mandate %d is not that of %s", r->mandate, r->actor);
        if (r->handling != (files ? HANDLING_AWAITED : HANDLING_UNSAID))
            walk_wrong(k, "an agent handles the case for the house");
    }
    for (uint32_t i = 0; i < c->n_mandate; i++)
        for (uint32_t j = i + 1; j < c->n_mandate; j++)
            if (is_live(&c->mandate[i]) && is_live(&c->mandate[j]) && c->mandate[i].account &&
                c->mandate[j].account && !strcmp(c->mandate[i].account, c->mandate[j].account))
                walk_wrong(k, "%s has two mandates", c->mandate[i].account);
}

const char *
walk_department(struct walk *k, const struct step *s)
{
    uint16_t n;
    const char *const *may_be = step_departments(k->w, s, &n);

    return may_be[n > 1 ? chance_below(k->chance, n) : 0];
}
