/* SPDX-License-Identifier: Apache-2.0 */
/* Cases as JSON for people and systems. */
#include "api/view.h"

#include <stdio.h>
#include <string.h>

#include "machine/names.h"

char *
view_case_etag(const struct case_state *c, char text[ETAG_TEXT])
{
    (void)snprintf(text, ETAG_TEXT, "\"c%lld\"", (long long)c->revision);
    return text;
}

char *
view_step_etag(const struct visit *v, char text[ETAG_TEXT])
{
    (void)snprintf(text, ETAG_TEXT, "\"s%lld\"", (long long)v->revision);
    return text;
}

bool
view_read_etag(const char *text, char kind, int64_t *revision, struct error *e)
{
    const size_t len = strlen(text);
    int64_t n = 0;

    if (len < 2 || text[0] != '"' || text[len - 1] != '"' || memchr(text + 1, '"', len - 2))
        return error_set(e, ERROR_BAD_REQUEST,
                         "If-Match takes one entity tag as the reply gave it, as in \"%c17\"",
                         kind);
    if (text[1] != kind || len < 4 || len > 20)
        return error_set(e, ERROR_STALE, "If-Match %.30s is no tag of this %s", text,
                         kind == 's' ? "step" : "case");
    for (size_t i = 2; i < len - 1; i++) {
        if (text[i] < '0' || text[i] > '9')
            return error_set(e, ERROR_STALE, "If-Match %.30s is no tag of this %s", text,
                             kind == 's' ? "step" : "case");
        n = n * 10 + (text[i] - '0');
    }
    *revision = n;
    return true;
}

void
view_title(struct text *t, const char *key, struct title title)
{
    put_key(t, key);
    put_open(t, '{');
    put_member_string(t, "en", title.en);
    put_member_string(t, "zh", title.zh);
    put_close(t, '}');
}

/* An applicant is told of the clocks of his case, not of those of single steps. */
static void
put_clocks(struct text *t, const struct sight *s, bool steps_too)
{
    put_key(t, "clocks");
    put_open(t, '[');
    for (uint32_t i = 0; i < s->state->n_clock; i++)
        if (steps_too || s->workflow->clock[s->state->clock[i].rule].scope == NONE)
            view_clock(t, s, &s->state->clock[i]);
    put_close(t, ']');
}

static void
put_stops(struct text *t, const struct sight *s, int32_t visit)
{
    put_key(t, "stops");
    put_open(t, '[');
    for (uint32_t i = 0; i < s->state->n_stop; i++) {
        const struct stop *stop = &s->state->stop[i];

        if (stop->visit != visit)
            continue;
        put_open(t, '{');
        put_member_int(t, "number", stop->number);
        put_member_string(t, "ground", s->workflow->ground[stop->ground].id);
        view_title(t, "title", s->workflow->ground[stop->ground].title);
        put_member_bool(t, "declared", stop->declared);
        put_member_instant(t, "from", stop->from);
        put_member_instant(t, "to", stop->to);
        put_close(t, '}');
    }
    put_close(t, ']');
}

static const char *
actor_word(const struct step *s)
{
    static const char *const word[] = {"role", "applicant", "public", "system"};

    return word[s->by];
}

void
view_actor(struct text *t, const struct step *s)
{
    put_key(t, "by");
    put_open(t, '{');
    put_member_string(t, "kind", actor_word(s));
    put_member_string(t, "name", s->role);
    put_close(t, '}');
}

static bool
is_leaf(const struct sight *s, const struct visit *v)
{
    const enum step_kind kind = s->workflow->step[v->step].kind;

    return kind == STEP_TASK || kind == STEP_WAIT || kind == STEP_BALLOT;
}

static void
put_signatures(struct text *t, const struct visit *v)
{
    if (!v->n_signature)
        return;
    put_key(t, "signatures");
    put_open(t, '[');
    for (uint32_t i = 0; i < v->n_signature; i++) {
        put_open(t, '{');
        put_member_string(t, "action", v->signature[i].action);
        put_member_string(t, "by", v->signature[i].by);
        put_close(t, '}');
    }
    put_close(t, ']');
}

void
view_hold(struct text *t, const struct visit *v)
{
    if (!v->hold)
        return;
    put_key(t, "onHold");
    put_open(t, '{');
    put_member_string(t, "reason", v->hold);
    put_member_instant(t, "since", v->hold_since);
    put_close(t, '}');
}

static void
put_step(struct text *t, const struct sight *s, const struct actor *who, const struct visit *v)
{
    const struct step *step = &s->workflow->step[v->step];
    char etag[ETAG_TEXT];

    put_open(t, '{');
    put_member_string(t, "step", visit_path(t->arena, s->workflow, v));
    put_member_string(t, "element", element_text(t->arena, v->element));
    view_title(t, "title", step->title);
    put_member_int(t, "visit", v->id);
    put_member_string(t, "etag", view_step_etag(v, etag));
    view_actor(t, step);
    if (step->optional)
        put_member_bool(t, "optional", true);
    put_member_string(t, "department", visit_department(s->workflow, v));
    put_member_instant(t, "entered", v->entered);
    if (v->holder && v->held_until > s->now) {
        put_member_string(t, "holder", v->holder);
        put_member_instant(t, "heldUntil", v->held_until);
    }
    view_periods(t, s, v);
    view_awaits(t, s, v);
    view_hold(t, v);
    put_stops(t, s, v->id);
    put_signatures(t, v);
    view_allowed(t, s, who, v, false);
    put_close(t, '}');
}

static void
put_steps(struct text *t, const struct sight *s, const struct actor *who)
{
    put_key(t, "steps");
    put_open(t, '[');
    for (uint32_t i = 0; i < s->state->n_visit; i++)
        if (is_leaf(s, &s->state->visit[i]))
            put_step(t, s, who, &s->state->visit[i]);
    put_close(t, ']');
}

static void
put_status(struct text *t, const struct sight *s)
{
    const enum public_status status = case_public_status(s->workflow, s->state);

    put_key(t, "status");
    put_open(t, '{');
    put_member_string(t, "code", public_status_name(status));
    view_title(t, "title", public_status_title(status));
    put_close(t, '}');
}

/* What every view begins with. */
void
view_head(struct text *t, const struct sight *s)
{
    const struct case_state *c = s->state;

    put_member_string(t, "number", c->number);
    put_key(t, "workflow");
    put_open(t, '{');
    put_member_string(t, "id", s->workflow->id);
    view_title(t, "title", s->workflow->title);
    put_member_string(t, "version", s->workflow->hash);
    put_close(t, '}');
    put_member_string(t, "district", c->district);
    put_member_string(t, "phase", c->phase == PHASE_CLOSED ? "closed" : "open");
    put_member_string(t, "outcome", c->outcome);
    put_status(t, s);
    put_member_instant(t, "opened", c->opened);
    if (c->phase == PHASE_CLOSED)
        put_member_instant(t, "closed", c->mark[MARK_CLOSED]);
}

static void
put_applicant(struct text *t, const struct sight *s)
{
    put_key(t, "applicant");
    put_open(t, '{');
    put_member_string(t, "code", s->applicant_code);
    put_member_string(t, "kind", s->state->applicant_kind);
    put_member_string(t, "name", s->applicant_name);
    put_close(t, '}');
}

void
view_result(struct text *t, const struct workflow *w, const struct case_state *c, int32_t mandate,
            const char *query_code, const char *agent_code)
{
    char etag[ETAG_TEXT];

    put_open(t, '{');
    put_member_string(t, "number", c->number);
    put_member_string(t, "phase", c->phase == PHASE_CLOSED ? "closed" : "open");
    put_member_string(t, "outcome", c->outcome);
    put_member_string(t, "status", public_status_name(case_public_status(w, c)));
    put_member_int(t, "revision", c->revision);
    put_member_string(t, "etag", view_case_etag(c, etag));
    put_key(t, "steps");
    put_open(t, '[');
    for (uint32_t i = 0; i < c->n_visit; i++) {
        const struct step *s = &w->step[c->visit[i].step];

        if (!step_is_leaf(s))
            continue;
        put_open(t, '{');
        put_member_string(t, "step", visit_path(t->arena, w, &c->visit[i]));
        put_member_int(t, "visit", c->visit[i].id);
        put_member_string(t, "etag", view_step_etag(&c->visit[i], etag));
        put_close(t, '}');
    }
    put_close(t, ']');
    if (mandate)
        put_member_int(t, "mandate", mandate);
    put_member_string(t, "queryCode", query_code);
    put_member_string(t, "agentQueryCode", agent_code);
    put_close(t, '}');
}

void
view_case(struct text *t, const struct sight *s, const struct actor *who)
{
    char etag[ETAG_TEXT];

    put_open(t, '{');
    view_head(t, s);
    put_member_int(t, "revision", s->state->revision);
    put_member_string(t, "etag", view_case_etag(s->state, etag));
    put_member_string(t, "handedFrom", s->state->handed_from);
    view_first_handler(t, s, true);
    put_applicant(t, s);
    view_mandates(t, s);
    view_identity(t, s->state, true);
    view_lane(t, s->workflow, s->state);
    view_labels(t, s->workflow, s->state);
    put_key(t, "form");
    value_write(t, &s->state->form);
    put_key(t, "values");
    value_write(t, &s->state->vars);
    view_withdrawal(t, s, who);
    put_steps(t, s, who);
    view_startable(t, s, who);
    view_preparable(t, s, who, false);
    view_prepared(t, s, who);
    view_reopened(t, s, who);
    put_clocks(t, s, true);
    view_commitments(t, s->state);
    view_materials(t, s, true);
    view_certificates(t, s);
    view_kin(t, s->workflow, s->state);
    view_contradiction(t, s, who);
    view_stuck(t, s);
    put_close(t, '}');
}

/* Steps that wait for him, with what he may do there. */
static void
put_duties(struct text *t, const struct sight *s, const struct actor *who)
{
    char etag[ETAG_TEXT];

    put_key(t, "yourSteps");
    put_open(t, '[');
    for (uint32_t i = 0; i < s->state->n_visit; i++) {
        const struct visit *v = &s->state->visit[i];
        const struct step *step = &s->workflow->step[v->step];

        if (!is_leaf(s, v) || (step->by != ACTOR_APPLICANT && step->by != ACTOR_PUBLIC) ||
            !step->n_action)
            continue;
        put_open(t, '{');
        put_member_string(t, "step", visit_path(t->arena, s->workflow, v));
        put_member_string(t, "element", element_text(t->arena, v->element));
        view_title(t, "title", step->title);
        put_member_string(t, "etag", view_step_etag(v, etag));
        view_until(t, s, v);
        view_allowed(t, s, who, v, true);
        put_close(t, '}');
    }
    put_close(t, ']');
}

void
view_progress(struct text *t, const struct sight *s, const struct actor *who)
{
    const struct case_clock *leading = case_leading_clock(s->workflow, s->state);
    char etag[ETAG_TEXT];

    put_open(t, '{');
    view_head(t, s);
    put_member_string(t, "etag", view_case_etag(s->state, etag));
    view_withdrawal(t, s, who);
    view_first_handler(t, s, false);
    view_mandates(t, s);
    view_identity(t, s->state, false);
    put_duties(t, s, who);
    view_startable(t, s, who);
    if (leading) {
        put_key(t, "clock");
        view_clock(t, s, leading);
    }
    put_clocks(t, s, false);
    view_materials(t, s, true);
    view_certificates(t, s);
    if (s->state->n_child)
        view_family(t, s->state);
    put_close(t, '}');
}
