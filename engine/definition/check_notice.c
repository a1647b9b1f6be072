/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whoever leads into a step that stops on a ground with `notice` names the document that was served
 * (K7).  Time, messages, other cases and the opening name none, and the applicant and the public
 * have none to name: a step of the house is to come before it.
 */
#include "definition/check_graph.h"
#include "definition/parse.h"

static void
blame_way(const struct check *c, struct spot spot, const char *who, const char *why, uint16_t into)
{
    const struct step *s = &c->w->step[into];

    problem_add(c->problems, PROBLEM_NOTICE_UNSERVED, spot,
                "%s may lead into \"%s\", which stops on \"%s\" with a notice: %s", who, s->path,
                c->w->ground[s->stops].id, why);
}

static const char unserved[] = "nobody names its document there, and none is served";

/* Of a step, or of something in it at @line under @key. */
static struct spot
spot_in(const struct check *c, const struct step *s, const char *key, uint32_t line)
{
    const char *pointer = step_pointer(c->scratch, c->w, s->index);

    return (struct spot){c->w->file, line,
                         key ? arena_printf(c->scratch, "%s/%s", pointer, key) : pointer};
}

static void
check_way(const struct check *c, const struct step *s, struct target to, struct spot spot,
          const char *who)
{
    const uint16_t into = notice_behind(c->w, s, to, c->scratch);

    if (into != NONE)
        blame_way(c, spot, who, unserved, into);
}

/* People of the house name it; a system's answer is a message. */
static void
check_actions(const struct check *c, const struct step *s)
{
    static const char *const who[] = {[ACTOR_APPLICANT] = "the applicant",
                                      [ACTOR_PUBLIC] = "the public",
                                      [ACTOR_SYSTEM] = "the answer of an outside system"};

    for (uint16_t i = 0; i < s->n_action && s->by != ACTOR_ROLE; i++) {
        const struct action *a = &s->action[i];
        const uint16_t into = notice_behind(c->w, s, a->to, c->scratch);

        if (into != NONE)
            blame_way(c, spot_in(c, s, arena_printf(c->scratch, "actions/%s", a->id), a->line),
                      arena_printf(c->scratch, "%s (\"%s\")", who[s->by], a->id),
                      s->by == ACTOR_SYSTEM ? unserved
                                            : "who acts is asked for its document, and has none",
                      into);
    }
}

/* What comes by itself, or from outside. */
static void
check_silent(const struct check *c, const struct step *s)
{
    const char *what = s->children ? "the end of child cases" : "the end of the wait";

    for (uint16_t i = 0; i < s->n_timer; i++) {
        struct text t = text_new(c->scratch);

        limit_write(&t, s->timer[i].limit, LANGUAGE_EN);
        check_way(c, s, s->timer[i].to,
                  spot_in(c, s, arena_printf(c->scratch, "after/%s", t.at), s->timer[i].line),
                  arena_printf(c->scratch, "the timer \"%s\"", t.at));
    }
    for (uint16_t i = 0; i < s->n_on; i++)
        check_way(c, s, s->on[i].to,
                  spot_in(c, s, arena_printf(c->scratch, "on/%s", s->on[i].id), s->on[i].line),
                  arena_printf(c->scratch, "the message \"%s\"", s->on[i].id));
    for (uint16_t i = 0; i < s->n_arm && s->kind == STEP_BALLOT; i++)
        check_way(c, s, s->arm[i].to, spot_in(c, s, NULL, s->line), "the result of the ballot");
    if (s->kind == STEP_WAIT || s->children) {
        check_way(c, s, s->to, spot_in(c, s, NULL, s->line), what);
        check_way(c, s, s->otherwise, spot_in(c, s, NULL, s->line), what);
    }
}

void
check_notices(struct check *c)
{
    const struct workflow *w = c->w;
    const struct step *first = &w->step[w->region[0].start];
    const struct target start = {.kind = TARGET_STEP, .step = w->region[0].start};

    check_way(c, first, start, (struct spot){w->file, first->line, "/start"}, "the opening");
    if (w->withdraw)
        check_way(c, first, w->withdraw->to, (struct spot){w->file, w->withdraw->line, "/withdraw"},
                  "the withdrawal");
    for (uint16_t i = 0; i < w->n_step; i++) {
        if (!c->reached[i])
            continue;
        check_actions(c, &w->step[i]);
        check_silent(c, &w->step[i]);
    }
    for (uint16_t i = 0; i < w->n_material; i++)
        check_way(c, first, w->material[i].lapse,
                  (struct spot){w->file, w->material[i].line,
                                arena_printf(c->scratch, "/materials/%u", i)},
                  "a tolerance that lapses");
}
