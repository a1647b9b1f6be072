/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a voter is shown, with the code he votes with: his ballot, his vote, the result, and how the
 * case goes on.  The code alone says who he is, so that nobody's number stands in an address.
 */
#include <string.h>

#include "api/ballots.h"
#include "api/guesses.h"
#include "api/picture/picture.h"
#include "machine/ballot_held.h"
#include "machine/names.h"

/* Of how many in a class of a secret ballot it is told how they voted. */
enum { CLASS_LEAST = 3 };

struct own_ballot {
    struct lookup *l;
    const char *code;
    struct guesses guesses;
    struct held_ballot ballot; /* once the code was found in it */
    int32_t place;
    struct cast_vote *vote;
    uint32_t n_vote;
};

static const struct ballot *
ballot_of(const struct own_ballot *o)
{
    return o->l->workflow->step[o->ballot.visit.step].ballot;
}

/* --- what he is shown --- */

static void
put_vote(struct text *t, const struct cast_vote *v, bool secret)
{
    put_open(t, '{');
    put_member_instant(t, "recorded", v->at);
    put_member_instant(t, "at", v->happened ? v->happened : v->at);
    if (!secret)
        put_member_string(t, "choice", v->choice);
    put_member_bool(t, "byYourself", v->himself);
    put_member_bool(t, "counts", v->counts);
    put_close(t, '}');
}

static void
put_you(struct text *t, const struct own_ballot *o)
{
    const struct ballot *b = ballot_of(o);
    const struct value *you = &o->ballot.roll->item[o->place];

    put_key(t, "you");
    put_open(t, '{');
    put_member_string(t, "voter", value_get_string(you, b->voter));
    put_member_int(t, "weight", ballot_weight(b, you));
    if (b->group)
        put_member_string(t, "group", value_get_string(you, b->group));
    put_key(t, "votes");
    put_open(t, '[');
    for (uint32_t i = 0; i < o->n_vote; i++)
        put_vote(t, &o->vote[i], b->secret);
    put_close(t, ']');
    put_close(t, '}');
}

/* Whether one could read from the count of a class how one of it voted. */
static bool
tells_on_somebody(const struct value *groups)
{
    for (uint32_t i = 0; groups && i < groups->n; i++) {
        const struct value *voted = value_get(&groups->member[i].value, "voted");

        if (voted && voted->integer > 0 && voted->integer < CLASS_LEAST)
            return true;
    }
    return false;
}

/* Of one class alone not either: it is what the others leave of the whole. */
static void
put_classes(struct text *t, const struct value *groups)
{
    static const char *const told[] = {"voted", "votedWeight", "voters", "weight"};

    put_open(t, '{');
    for (uint32_t i = 0; i < groups->n; i++) {
        put_key(t, groups->member[i].name);
        put_open(t, '{');
        for (size_t k = 0; k < sizeof(told) / sizeof(told[0]); k++) {
            put_key(t, told[k]);
            value_write(t, value_get(&groups->member[i].value, told[k]));
        }
        put_close(t, '}');
    }
    put_close(t, '}');
}

static void
put_tally(struct text *t, const struct value *tally, bool secret)
{
    const struct value *groups = value_get(tally, "group");
    const struct value *voted = value_get(tally, "voted");
    const bool few = secret && voted && voted->integer < CLASS_LEAST;
    const bool hide = secret && tells_on_somebody(groups);

    put_key(t, "tally");
    put_open(t, '{');
    for (uint32_t i = 0; i < tally->n; i++) {
        if (few && tally->member[i].value.kind == VALUE_OBJECT && &tally->member[i].value != groups)
            continue; /* a choice: of so few, who has voted so is no secret */
        put_key(t, tally->member[i].name);
        if (hide && &tally->member[i].value == groups)
            put_classes(t, groups);
        else
            value_write(t, &tally->member[i].value);
    }
    put_close(t, '}');
}

static void
put_rule_words(struct text *t, const struct workflow *w, const struct expression *x)
{
    struct text en = text_new(t->arena), zh = text_new(t->arena);

    if (!x)
        return;
    picture_condition(&en, w, LANGUAGE_EN, x);
    picture_condition(&zh, w, LANGUAGE_ZH, x);
    view_title(t, "rule", (struct title){.zh = zh.at, .en = en.at});
}

/* The rules in the order in which they are asked; the first that holds is taken. */
static void
put_rules(struct text *t, const struct own_ballot *o)
{
    const struct workflow *w = o->l->workflow;
    const struct step *s = &w->step[o->ballot.visit.step];

    put_key(t, "rules");
    put_open(t, '[');
    for (uint16_t i = 0; i < s->n_arm; i++) {
        const struct decision_arm *arm = &s->arm[i];

        put_open(t, '{');
        put_rule_words(t, w, arm->when);
        put_member_string(t, "basis", arm->basis);
        if (arm->to.kind == TARGET_STEP && w->step[arm->to.step].title.zh)
            view_title(t, "leadsTo", w->step[arm->to.step].title);
        put_member_bool(t, "taken", i == o->ballot.arm);
        put_close(t, '}');
    }
    put_close(t, ']');
}

static void
put_result(struct text *t, const struct own_ballot *o)
{
    put_key(t, "result");
    put_open(t, '{');
    put_tally(t, o->ballot.tally, ballot_of(o)->secret);
    put_rules(t, o);
    put_close(t, '}');
}

/* A wait with actions: until when who may object, and what is said then. */
static void
put_objection(struct text *t, const struct sight *s, const struct visit *v)
{
    const struct step *step = &s->workflow->step[v->step];

    put_open(t, '{');
    put_member_string(t, "step", visit_path(t->arena, s->workflow, v));
    view_title(t, "title", step->title);
    view_until(t, s, v);
    view_actor(t, step);
    put_member_string(t, "department", visit_department(s->workflow, v));
    put_key(t, "actions");
    put_open(t, '[');
    for (uint16_t i = 0; i < step->n_action; i++)
        view_action(t, &step->action[i], step->by == ACTOR_PUBLIC);
    put_close(t, ']');
    put_close(t, '}');
}

static void
put_objections(struct text *t, const struct sight *s)
{
    put_key(t, "objections");
    put_open(t, '[');
    for (uint32_t i = 0; i < s->state->n_visit; i++) {
        const struct step *step = &s->workflow->step[s->state->visit[i].step];

        if (step->kind == STEP_WAIT && step->n_action)
            put_objection(t, s, &s->state->visit[i]);
    }
    put_close(t, ']');
}

static void
tell(const struct own_ballot *o)
{
    const struct sight s = lookup_sight(o->l);
    const struct held_ballot *b = &o->ballot;
    struct text t = text_new(&o->l->request->arena);

    put_open(&t, '{');
    put_key(&t, "case");
    put_open(&t, '{');
    view_head(&t, &s);
    put_close(&t, '}');
    ballots_put_head(&t, s.workflow, &b->visit);
    put_member_string(&t, "state",
                      b->left == INSTANT_NONE ? "open"
                      : b->counted            ? "counted"
                                              : "broken-off");
    if (b->left != INSTANT_NONE)
        put_member_instant(&t, "closed", b->left);
    put_you(&t, o);
    if (b->left != INSTANT_NONE && b->counted)
        put_result(&t, o);
    put_objections(&t, &s);
    put_close(&t, '}');
    reply_json(o->l->request, 200, &t);
}

/* --- who he is, and what is told of him --- */

static void
on_votes(void *arg, const PGresult *res, const struct error *e)
{
    struct own_ballot *o = arg;
    struct lookup *l = o->l;
    struct error why = {0};
    const struct value *record;
    size_t n = 0;
    bool ok;

    if (e) {
        reply_error(l->request, e);
        return;
    }
    record = lookup_records(l, res, &n, &why);
    ok = record != NULL;
    for (size_t i = 0; ok && i < n; i++)
        ok = votes_read(l->workflow, &o->ballot, o->place, &record[i], &l->request->arena, &o->vote,
                        &o->n_vote, &why);
    if (!ok) {
        reply_error(l->request, &why);
        return;
    }
    votes_weigh(&o->ballot, o->vote, o->n_vote);
    tell(o);
}

static void
ask_votes(struct own_ballot *o)
{
    struct arena *a = &o->l->request->arena;
    struct parameters p = parameters_new(a);
    struct text name = text_new(a);

    value_write(&name, value_get(&o->ballot.roll->item[o->place], ballot_of(o)->voter));
    parameter_int(&p, o->l->app->shared->settings->database_cell);
    parameter_int(&p, o->l->id);
    parameter_text(&p, name.at);
    pipeline_ask(o->l->app->read, SQL_vote_list, &p, on_votes, o);
}

static bool
is_his(struct own_ballot *o, struct held_ballot b)
{
    const int32_t place = ballot_coded(&o->l->request->arena, o->l->workflow, &b, o->code);

    if (place < 0)
        return false;
    o->ballot = b;
    o->place = place;
    return true;
}

static void
on_history(void *arg, const PGresult *res, const struct error *e)
{
    struct own_ballot *o = arg;
    struct lookup *l = o->l;
    const struct setting s = {.workflow = l->workflow, .calendar = worker_calendar(l->app->worker)};
    struct held_ballots held = {.n = 0};
    struct error why = {0};
    const struct value *record;
    size_t n = 0;

    if (e) {
        reply_error(l->request, e);
        return;
    }
    record = lookup_records(l, res, &n, &why);
    if (record && !lookup_knows_all(l, record, n))
        return;
    if (!record || !ballots_read(&s, record, n, &l->request->arena, &held, &why)) {
        reply_error(l->request, &why);
        return;
    }
    for (uint32_t i = held.n; i > 0; i--)
        if (is_his(o, held.item[i - 1])) {
            ask_votes(o);
            return;
        }
    guesses_note(&o->guesses);
}

static bool
has_ballots(const struct workflow *w)
{
    for (uint16_t i = 0; i < w->n_step; i++)
        if (w->step[i].kind == STEP_BALLOT)
            return true;
    return false;
}

/* Those that are open are known; only a voter of one that is closed makes us read on. */
static void
try_code(void *arg)
{
    struct own_ballot *o = arg;
    struct lookup *l = o->l;
    struct parameters p = parameters_new(&l->request->arena);

    for (uint32_t i = 0; i < l->row.c->n_visit; i++)
        if (l->row.c->visit[i].votes &&
            is_his(o, ballot_open_in(l->workflow, l->row.c, &l->row.c->visit[i]))) {
            ask_votes(o);
            return;
        }
    if (!has_ballots(l->workflow)) {
        guesses_note(&o->guesses);
        return;
    }
    parameter_int(&p, l->app->shared->settings->database_cell);
    parameter_int(&p, l->id);
    pipeline_ask(l->app->read, SQL_ballot_history, &p, on_history, o);
}

static void
found(struct lookup *l)
{
    struct own_ballot *o = l->arg;

    o->l = l;
    o->guesses = (struct guesses){
        .app = l->app,
        .request = l->request,
        .subject = arena_printf(&l->request->arena, "ballot %s", l->number),
        .what = "voting codes",
        .wrong = "no ballot of a case of this number has this voting code",
        .then = try_code,
        .arg = o,
    };
    guesses_ask(&o->guesses);
}

void
progress_ballot(void *arg, struct http_request *r)
{
    struct own_ballot *o = arena_new(&r->arena, struct own_ballot);
    const char *code = http_header(r, "voting-code");
    struct error e;

    if (!code || strlen(code) > 16) {
        error_set(&e, ERROR_UNAUTHENTICATED,
                  "send the voting code that was handed out to you in the header Voting-Code");
        reply_error(r, &e);
        return;
    }
    *o = (struct own_ballot){.code = code};
    lookup_openly(arg, r, found, o);
}
