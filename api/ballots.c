/* SPDX-License-Identifier: Apache-2.0 */
/* Ballots that are open: for those who keep them, with the voting codes; how many have voted for
 * others. */
#include <string.h>

#include "api/ballots.h"
#include "machine/may.h"
#include "machine/names.h"

static void
put_choices(struct text *t, const struct ballot *b)
{
    put_key(t, "choices");
    put_open(t, '[');
    for (uint16_t i = 0; i < b->n_choice; i++) {
        put_open(t, '{');
        put_member_string(t, "choice", b->choice[i]);
        view_title(t, "title", b->choice_title[i]);
        put_close(t, '}');
    }
    put_close(t, ']');
}

void
ballots_put_head(struct text *t, const struct workflow *w, const struct visit *v)
{
    const struct step *step = &w->step[v->step];

    put_member_string(t, "step", visit_path(t->arena, w, v));
    put_member_string(t, "element", element_text(t->arena, v->element));
    view_title(t, "title", step->title);
    put_member_int(t, "visit", v->id);
    put_member_instant(t, "opened", v->entered);
    put_member_instant(t, "closes", v->wait_until);
    view_last_day(t, "lastDay", v->wait_until);
    put_member_bool(t, "secret", step->ballot->secret);
    put_member_bool(t, "replace", step->ballot->replace);
    put_choices(t, step->ballot);
    put_member_int(t, "voters", (int64_t)strlen(v->votes));
}

/* Never how they voted: what is known before the end sways those who have not. */
static void
put_roll(struct text *t, const struct ballot *b, const struct visit *v, const struct value *roll)
{
    put_key(t, "roll");
    put_open(t, '[');
    for (uint32_t i = 0; i < roll->n && v->votes[i]; i++) {
        const char *voter = value_get_string(&roll->item[i], b->voter);

        put_open(t, '{');
        put_member_string(t, "voter", voter);
        put_member_int(t, "weight", ballot_weight(b, &roll->item[i]));
        if (b->group)
            put_member_string(t, "group", value_get_string(&roll->item[i], b->group));
        put_member_bool(t, "voted", v->votes[i] != '-');
        put_member_string(t, "code", ballot_code(t->arena, v->ballot_key, voter));
        put_close(t, '}');
    }
    put_close(t, ']');
}

static void
put_ballot(struct text *t, const struct sight *s, const struct visit *v, const struct actor *who)
{
    const struct post at = visit_post(s->workflow, v);
    const struct step *step = at.step;
    const struct value *roll = ballot_roll(step, s->state);
    int64_t voted = 0;

    for (const char *c = v->votes; *c; c++)
        voted += *c != '-';
    put_open(t, '{');
    ballots_put_head(t, s->workflow, v);
    put_member_int(t, "voted", voted);
    if (roll && step_role(s->workflow, &at, s->state->district, who))
        put_roll(t, step->ballot, v, roll);
    put_close(t, '}');
}

static void
show(struct lookup *l)
{
    const struct sight s = lookup_sight(l);
    const struct actor who = session_actor(app_session(l->request));
    struct text t = text_new(&l->request->arena);

    put_open(&t, '{');
    put_key(&t, "items");
    put_open(&t, '[');
    for (uint32_t i = 0; i < s.state->n_visit; i++)
        if (s.state->visit[i].votes)
            put_ballot(&t, &s, &s.state->visit[i], &who);
    put_close(&t, ']');
    put_close(&t, '}');
    reply_json(l->request, 200, &t);
}

void
cases_ballots(void *arg, struct http_request *r)
{
    lookup_case(arg, r, NULL, show, NULL);
}
