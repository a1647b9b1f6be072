/* SPDX-License-Identifier: Apache-2.0 */
/* Holds what a scenario expects against what is. */
#include <assert.h>
#include <string.h>

#include "daemon/play_run.h"
#include "machine/certificates.h"
#include "machine/mandates.h"
#include "machine/materials.h"
#include "machine/names.h"
#include "machine/sort.h"

static void
complain_is(struct play_run *r, const struct expectation *x, const char *is)
{
    play_complain(r, x->line, "expected %s, but %s", x->text, is);
}

/* Somebody or some time is waited for in it; stages and parallel steps only hold others. */
static bool
is_leaf(const struct step *s)
{
    return step_is_leaf(s);
}

/* What was due first of all that could not be done. */
static const char *
stuck_text(const struct play_run *r)
{
    const struct stuck *x = r->c->stuck;
    char since[INSTANT_TEXT];

    if (!r->c->n_stuck)
        return "nothing is stuck";
    return arena_printf(r->arena, "since %s a %s is stuck: %s (%s)", instant_write(x->since, since),
                        stuck_name(x->item.kind), x->code, x->why);
}

static const char *
steps_text(const struct play_run *r)
{
    struct text t = text_new(r->arena);

    for (uint32_t i = 0; i < r->c->n_visit; i++)
        if (is_leaf(&r->w->step[r->c->visit[i].step])) {
            text_str(&t, t.len ? " " : "");
            text_str(&t, visit_path(r->arena, r->w, &r->c->visit[i]));
        }
    text_printf(&t, "%s is active", t.len ? "" : "nothing");
    if (r->c->n_stuck)
        text_printf(&t, "; %s", stuck_text(r));
    return t.at;
}

static void
expect_steps(struct play_run *r, const struct expectation *x)
{
    size_t n_leaf = 0, n_found = 0;

    for (size_t j = 0; j < x->n_word; j++)
        if (step_named(r->w, x->word[j]) == NONE) {
            play_complain(r, x->line, "no step is called %s", x->word[j]);
            return;
        }
    for (uint32_t i = 0; i < r->c->n_visit; i++) {
        const struct step *s = &r->w->step[r->c->visit[i].step];

        if (!is_leaf(s))
            continue;
        n_leaf++;
        for (size_t j = 0; j < x->n_word; j++)
            if (!strcmp(x->word[j], visit_path(r->arena, r->w, &r->c->visit[i]))) {
                n_found++;
                break;
            }
    }
    if (n_leaf != x->n_word || n_found != x->n_word)
        complain_is(r, x, steps_text(r));
}

/* The last one of the name; NULL: none is there any more, or none was started. */
static const struct case_clock *
clock_of(const struct play_run *r, const char *name)
{
    const struct case_clock *k = NULL;

    for (uint32_t i = 0; i < r->c->n_clock; i++)
        if (clock_called(r->arena, r->w, r->c, &r->c->clock[i], name))
            k = &r->c->clock[i];
    return k;
}

/* How the last one of the name ended, of any department where none is named; open: none did. */
static enum verdict
verdict_of(const struct play_run *r, const char *name)
{
    const size_t len = strlen(name);

    for (size_t i = r->n_ended; i-- > 0;)
        if (!strcmp(r->ended[i].clock, name) ||
            (!strncmp(r->ended[i].clock, name, len) && r->ended[i].clock[len] == '@'))
            return r->ended[i].verdict;
    return VERDICT_OPEN;
}

static const char *
clock_text(const struct play_run *r, const char *name)
{
    const struct case_clock *k = clock_of(r, name);
    struct text t = text_new(r->arena);
    char when[INSTANT_TEXT];

    if (!k) {
        text_printf(&t, "it %s",
                    verdict_of(r, name) == VERDICT_OPEN ? "was not started"
                                                        : verdict_name(verdict_of(r, name)));
        return t.at;
    }
    if (k->verdict != VERDICT_OPEN)
        text_printf(&t, "it ended %s", verdict_name(k->verdict));
    else
        text_printf(&t, "it %s%s", case_clock_stands(k) ? "stands" : "runs",
                    k->late ? ", late" : "");
    if (k->due != INSTANT_NONE)
        text_printf(&t, ", due %s", instant_write(k->due, when));
    text_printf(&t, ", %s",
                colour_name(case_clock_colour(r->w, k, r->house->calendar, r->now, r->arena)));
    return t.at;
}

static bool
is_colour(const struct play_run *r, const struct case_clock *k, enum colour colour)
{
    return k && case_clock_colour(r->w, k, r->house->calendar, r->now, r->arena) == colour;
}

static bool
clock_is(const struct play_run *r, const struct expectation *x)
{
    const struct case_clock *k = clock_of(r, x->name);
    const bool open = k && k->verdict == VERDICT_OPEN;
    const enum verdict verdict = k ? k->verdict : verdict_of(r, x->name);

    switch (x->state) {
    case CLOCK_WORD_RUNS:
        return open && !case_clock_stands(k);
    case CLOCK_WORD_STANDS:
        return open && case_clock_stands(k) &&
               (!x->is || !strcmp(k->stand[k->n_stand - 1].ground, x->is));
    case CLOCK_WORD_ON_TIME:
        return verdict == VERDICT_ON_TIME;
    case CLOCK_WORD_LATE:
        return verdict == VERDICT_LATE || (open && k->late);
    case CLOCK_WORD_CANCELLED:
        return verdict == VERDICT_CANCELLED;
    case CLOCK_WORD_NOT_STARTED:
        return !k && verdict == VERDICT_OPEN;
    case CLOCK_WORD_GREEN:
        return is_colour(r, k, COLOUR_GREEN);
    case CLOCK_WORD_BLUE:
        return is_colour(r, k, COLOUR_BLUE);
    case CLOCK_WORD_YELLOW:
        return is_colour(r, k, COLOUR_YELLOW);
    case CLOCK_WORD_RED:
        return is_colour(r, k, COLOUR_RED);
    case CLOCK_WORD_WARNED:
        return k && k->warned_in;
    }
    return false;
}

/* "promised", or "promised@市税务局" where each department has one. */
static bool
is_clock(const struct play_run *r, const char *name)
{
    const uint16_t rule = rule_called(r->w, name);
    const char *whose =
        rule != NONE && r->w->clock[rule].per_department ? strrchr(name, '@') : NULL;

    return rule != NONE && (!whose || organisation_department(&r->house->organisation, whose + 1) ||
                            organisation_system(&r->house->organisation, whose + 1));
}

static void
expect_clock(struct play_run *r, const struct expectation *x)
{
    const struct case_clock *k;
    bool holds;

    if (!is_clock(r, x->name)) {
        play_complain(r, x->line, "no clock is called %s", x->name);
        return;
    }
    if (x->is && workflow_ground(r->w, x->is) == NONE) {
        play_complain(r, x->line, "no ground is called %s", x->is);
        return;
    }
    k = clock_of(r, x->name);
    if (x->kind == EXPECT_CLOCK)
        holds = clock_is(r, x);
    else
        holds = k && k->due != INSTANT_NONE && k->last_day == x->last_day &&
                (x->at == INSTANT_NONE || k->due == x->at);
    if (!holds)
        complain_is(r, x, clock_text(r, x->name));
}

static void
expect_message(struct play_run *r, const struct expectation *x)
{
    bool sent = false;

    if (!organisation_system(&r->house->organisation, x->name)) {
        play_complain(r, x->line, "no system is called %s", x->name);
        return;
    }
    for (size_t i = 0; i < r->n_message; i++)
        sent = sent || !strcmp(r->message[i], x->name);
    if (sent == x->absent)
        complain_is(r, x, sent ? "there is one" : "there is none");
}

static void
expect_mark(struct play_run *r, const struct expectation *x)
{
    const uint16_t mark = workflow_mark(r->w, x->name);
    bool set;

    if (mark == NONE) {
        play_complain(r, x->line, "no mark is called %s", x->name);
        return;
    }
    set = r->c->mark[mark] != INSTANT_NONE;
    if (set == x->absent)
        complain_is(r, x, set ? "it is set" : "it is not set");
}

static void
expect_form(struct play_run *r, const struct expectation *x)
{
    const struct value *v = x->kind == EXPECT_FORM ? &r->c->form : &r->c->vars;
    struct text t = text_new(r->arena);

    for (const char *name = x->name; v && *name;) {
        const size_t n = strcspn(name, ".");

        v = value_get(v, arena_strndup(r->arena, name, n));
        name += n + (name[n] == '.');
    }
    if (v && value_equal(v, &x->value))
        return;
    if (v)
        value_write(&t, v);
    complain_is(r, x, v ? arena_printf(r->arena, "it is %s", t.at) : "it is missing");
}

static void
expect_status(struct play_run *r, const struct expectation *x)
{
    const char *is = public_status_name(case_public_status(r->w, r->c));

    if (strcmp(is, x->name) != 0)
        complain_is(r, x, arena_printf(r->arena, "it is %s", is));
}

static void
expect_outcome(struct play_run *r, const struct expectation *x)
{
    if (r->c->phase != PHASE_CLOSED)
        complain_is(r, x, steps_text(r));
    else if (strcmp(r->c->outcome, x->name) != 0)
        complain_is(r, x, arena_printf(r->arena, "it is %s", r->c->outcome));
}

static void
expect_letter(struct play_run *r, const struct expectation *x)
{
    const struct letter *l = case_letter(r->c, x->number);
    const char *is = l ? letter_fate_name(l->fate) : "not there";

    if (strcmp(is, x->name) != 0)
        complain_is(r, x, arena_printf(r->arena, "it is %s", is));
}

static void
expect_child(struct play_run *r, const struct expectation *x)
{
    const struct child *k = case_child(r->c, x->number);
    const char *is = !k           ? "not there"
                     : k->outcome ? k->outcome
                     : k->stands  ? "stands"
                     : k->case_id ? "runs"
                                  : "asked";

    if (strcmp(is, x->name) != 0)
        complain_is(r, x, arena_printf(r->arena, "it is %s", is));
}

static void
expect_label(struct play_run *r, const struct expectation *x)
{
    const uint16_t label = workflow_label(r->w, x->name);

    if (label == NONE)
        play_complain(r, x->line, "no label is called %s", x->name);
    else if (case_has_label(r->c, label) == x->absent)
        complain_is(r, x, x->absent ? "the case has it" : "the case does not have it");
}

static void
expect_void(struct play_run *r, const struct expectation *x)
{
    bool is = false;

    for (uint32_t i = 0; i < r->c->n_voided; i++)
        is = is || !strcmp(r->c->voided[i].kind, x->name);
    if (is == x->absent)
        complain_is(r, x, is ? "the case has made one void" : "the case has made none void");
}

static void
expect_lane(struct play_run *r, const struct expectation *x)
{
    const uint16_t lane = x->absent ? NONE : workflow_lane(r->w, x->name);

    if (!x->absent && lane == NONE)
        play_complain(r, x->line, "no lane is called %s", x->name);
    else if (r->c->lane != lane)
        complain_is(r, x,
                    arena_printf(r->arena, "it is in %s",
                                 r->c->lane == NONE ? "none" : r->w->lane[r->c->lane].id));
}

static void
expect_district(struct play_run *r, const struct expectation *x)
{
    if (strcmp(r->c->district, x->name) != 0)
        complain_is(r, x, arena_printf(r->arena, "it is %s", r->c->district));
}

static void
expect_material(struct play_run *r, const struct expectation *x)
{
    const uint16_t material = workflow_material(r->w, x->name);
    const char *is;

    if (material == NONE) {
        play_complain(r, x->line, "no material is called %s", x->name);
        return;
    }
    is = material_state_name(r->c->material[material].state);
    if (strcmp(is, x->is) != 0)
        complain_is(r, x, arena_printf(r->arena, "it is %s", is));
}

static void
expect_certificate(struct play_run *r, const struct expectation *x)
{
    const bool there = (uint32_t)x->number <= r->c->n_certificate;
    const struct certificate *k = there ? &r->c->certificate[x->number - 1] : NULL;
    const char *is = !k ? "not there"
                     : k->state == CERTIFICATE_IN_FORCE && certificate_expired(k, r->now)
                         ? "expired"
                         : certificate_state_name(k->state);

    if (strcmp(is, x->name) != 0)
        complain_is(r, x, arena_printf(r->arena, "it is %s", is));
}

static const struct visit *
visit_called(struct play_run *r, const struct expectation *x)
{
    if (step_named(r->w, x->name) == NONE)
        play_complain(r, x->line, "no step is called %s", x->name);
    for (uint32_t i = 0; i < r->c->n_visit; i++)
        if (!strcmp(visit_path(r->arena, r->w, &r->c->visit[i]), x->name))
            return &r->c->visit[i];
    return NULL;
}

static void
expect_claim(struct play_run *r, const struct expectation *x)
{
    const struct visit *v = visit_called(r, x);
    const bool held = v && v->holder && v->held_until > r->now;

    if (held == x->absent)
        complain_is(r, x, held ? arena_printf(r->arena, "%s has", v->holder) : "nobody has");
}

static void
expect_hold(struct play_run *r, const struct expectation *x)
{
    const struct visit *v = visit_called(r, x);
    const bool waits = v && v->hold;

    if (waits == x->absent)
        complain_is(r, x, waits ? arena_printf(r->arena, "it waits: %s", v->hold) : "it does not");
}

static void
expect_contradiction(struct play_run *r, const struct expectation *x)
{
    if ((r->c->contradicted != 0) == x->absent)
        complain_is(r, x, x->absent ? "there is one" : "there is none");
}

static void
expect_mandate(struct play_run *r, const struct expectation *x)
{
    const struct mandate *m = case_mandate(r->c, x->number);
    const char *is = m ? mandate_state_name(mandate_state_at(r->c, m, r->now)) : "not there";

    if (strcmp(is, x->name) != 0)
        complain_is(r, x, arena_printf(r->arena, "it is %s", is));
}

static void
expect_first_handler(struct play_run *r, const struct expectation *x)
{
    const char *is = r->c->first.account ? r->c->first.account : "nobody";

    if (strcmp(is, play_account(r->arena, &x->who)) != 0)
        complain_is(r, x, arena_printf(r->arena, "it is %s", is));
}

static void
expect_prepared(struct play_run *r, const struct expectation *x)
{
    bool is = false;

    if (step_named(r->w, x->name) == NONE) {
        play_complain(r, x->line, "no step is called %s", x->name);
        return;
    }
    for (uint32_t i = 0; i < r->c->n_prepared; i++) {
        const struct preparation *p = &r->c->prepared[i];

        is = is || !strcmp(step_name(r->arena, r->w, p->step, p->element), x->name);
    }
    if (is == x->absent)
        complain_is(r, x, is ? "it is" : "it is not");
}

/* The first that is stuck, unless another is so for the reason that is expected. */
static void
expect_stuck(struct play_run *r, const struct expectation *x)
{
    bool is = false;

    for (uint32_t i = 0; i < r->c->n_stuck; i++)
        is = is || x->absent || !strcmp(r->c->stuck[i].code, x->name);
    if (is == x->absent)
        complain_is(r, x, stuck_text(r));
}

static void (*const holds[])(struct play_run *r, const struct expectation *x) = {
    [EXPECT_STEPS] = expect_steps,       [EXPECT_STATUS] = expect_status,
    [EXPECT_OUTCOME] = expect_outcome,   [EXPECT_CLOCK_DUE] = expect_clock,
    [EXPECT_CLOCK] = expect_clock,       [EXPECT_MESSAGE] = expect_message,
    [EXPECT_MARK] = expect_mark,         [EXPECT_FORM] = expect_form,
    [EXPECT_CASE] = expect_form,         [EXPECT_LETTER] = expect_letter,
    [EXPECT_CHILD] = expect_child,       [EXPECT_LABEL] = expect_label,
    [EXPECT_LANE] = expect_lane,         [EXPECT_DISTRICT] = expect_district,
    [EXPECT_MATERIAL] = expect_material, [EXPECT_CERTIFICATE] = expect_certificate,
    [EXPECT_CLAIM] = expect_claim,       [EXPECT_HOLD] = expect_hold,
    [EXPECT_MANDATE] = expect_mandate,   [EXPECT_FIRST_HANDLER] = expect_first_handler,
    [EXPECT_PREPARED] = expect_prepared, [EXPECT_CONTRADICTION] = expect_contradiction,
    [EXPECT_VOID] = expect_void,         [EXPECT_STUCK] = expect_stuck};
static_assert(sizeof(holds) / sizeof(holds[0]) == EXPECT_KINDS, "every kind has its line");

void
play_expect(struct play_run *r, const struct scenario_line *l)
{
    for (size_t i = 0; i < l->n_expect; i++)
        holds[l->expect[i].kind](r, &l->expect[i]);
}
