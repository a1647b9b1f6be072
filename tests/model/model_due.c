/* SPDX-License-Identifier: Apache-2.0 */
/* What comes due by itself, one thing after another. */
#include <string.h>

#include "tests/model/model_inside.h"

/* In which order things come that are due at one instant. */
enum kind_of_due { OTHERS_SAID, MOVES_ON, BECOMES_LATE, REMINDS, EXPIRES };

struct due {
    enum kind_of_due kind;
    struct watch *watch; /* that becomes late, or turns blue */
    bool blue;
    struct mail *letter; /* that expires */
    struct thing *thing; /* that was tolerated or promised */
    struct stay *stay;
    int timer; /* -1: the wait */
    enum kind_of_jam as;
    bool again; /* it could not be done before */
    instant at;
};

static bool
is_something(const struct due *d)
{
    return d->stay || d->letter || d->watch || d->thing || d->again;
}

/* Of one kind at one instant: what steps have to do, in the order of their entry, then things. */
static bool
goes_first(const struct due *x, const struct due *y)
{
    const int32_t x_stay = x->stay ? x->stay->number : 0, y_stay = y->stay ? y->stay->number : 0;

    if (x->at != y->at)
        return x->at < y->at;
    if (x->kind != y->kind)
        return x->kind < y->kind;
    if (x->thing || y->thing)
        return !x->thing || (y->thing && x->thing < y->thing);
    return x_stay != y_stay ? x_stay < y_stay : x->timer < y->timer;
}

static void
earlier(struct due *first, struct due d, instant now)
{
    if (d.at == INSTANT_NONE || (d.at >= now && !d.again))
        return;
    if (!is_something(first) || goes_first(&d, first))
        *first = d;
}

/* The blue card, then the other: each once for a moment at which it is due. */
static void
becomes_late(const struct model *m, struct watch *w, struct due *first, instant now)
{
    const instant due = model_due(m, w), blue = due == INSTANT_NONE ? due : model_blue(m, w);

    if (due != INSTANT_NONE && due != w->carded)
        earlier(first, (struct due){BECOMES_LATE, .watch = w, .at = due}, now);
    if (blue != INSTANT_NONE && due != w->warned_for)
        earlier(first, (struct due){BECOMES_LATE, .watch = w, .blue = true, .at = blue}, now);
}

/*
 * When the date has moved: a card of what has passed before the new one, too, stays; any other is
 * void, and comes again when its time does.  While there is no date, only what was blue before.
 */
static void
settle(struct model *m, struct watch *w)
{
    const instant due = model_due(m, w), blue = model_is_timed(w) ? model_blue(m, w) : INSTANT_NONE;
    const bool was = w->warned;

    if (due == INSTANT_NONE) {
        if (w->late || (w->warned && blue == INSTANT_NONE))
            w->known = INSTANT_NONE;
        w->late = false;
        w->warned = w->warned && blue != INSTANT_NONE;
    } else if (due != w->known) {
        w->known = due;
        w->warned = w->warned && blue != INSTANT_NONE && blue < m->now;
        w->warned_for = w->warned ? due : INSTANT_NONE;
        w->late = w->late && due < m->now;
        w->carded = w->late ? due : INSTANT_NONE;
    }
    if (was && !w->warned)
        model_saw(m, SEEN_BLUE_VOID);
}

void
model_settle_clocks(struct model *m)
{
    struct watch *w[ALL_WATCHES];
    const uint32_t n = model_watches(m, w);

    for (uint32_t i = 0; i < n; i++)
        settle(m, w[i]);
}

static struct due
timer_due(struct stay *s, int timer)
{
    const char *length;
    const bool moves = timer < 0 || value_get(model_timer(s, (uint32_t)timer, &length), "to");

    return (struct due){moves ? MOVES_ON : REMINDS, .stay = s, .timer = timer, .as = JAM_TIMER,
                        .at = timer < 0 ? s->wait : s->timer[timer]};
}

static struct due
thing_due(const struct model *m, uint32_t i)
{
    const struct thing *t = &m->thing[i];
    const bool moves = !strcmp(t->state, "tolerated") && value_get(t->def, "lapse");

    return (struct due){moves ? MOVES_ON : REMINDS, .thing = (struct thing *)(uintptr_t)t,
                        .as = JAM_THING, .at = model_thing_due(m, t)};
}

/* What was stuck and has not been tried since something has happened, from the oldest on. */
static void
stuck_again(const struct model *m, struct due *first)
{
    for (uint32_t i = 0; i < m->n_jam; i++) {
        const struct jam *j = &m->jam[i];
        struct stay *s = model_jammed_stay(m, j);
        struct due d = {OTHERS_SAID, .stay = s};

        if (j->tried || !model_is_jammed(m, *j))
            continue;
        if (j->kind == JAM_TIMER)
            d = timer_due(s, j->timer);
        else if (j->kind == JAM_THING)
            d = thing_due(m, j->thing);
        d.as = j->kind;
        d.again = true;
        d.at = j->since;
        earlier(first, d, INSTANT_NONE);
    }
}

static struct due
first_due(const struct model *m, instant now)
{
    struct due first = {.stay = NULL};
    struct stay *list[STAYS];
    const uint32_t n = m->closed ? 0 : model_stays(m, NULL, list);
    struct watch *w[ALL_WATCHES];
    const uint32_t n_watch = m->closed ? 0 : model_watches(m, w);

    for (uint32_t i = 0; i < n_watch; i++)
        becomes_late(m, w[i], &first, now);
    for (uint32_t i = 0; i < n; i++)
        for (int k = -1; k < (int)list[i]->n_timer; k++)
            if (!model_is_jammed(m, (struct jam){JAM_TIMER, .stay = list[i]->number, .timer = k}))
                earlier(&first, timer_due(list[i], k), now);
    for (uint32_t i = 0; i < m->n_thing; i++) {
        if (!model_is_jammed(m, (struct jam){JAM_THING, .thing = i}))
            earlier(&first, thing_due(m, i), now);
    }
    stuck_again(m, &first);
    for (uint32_t i = 0; i < m->n_letter; i++)
        earlier(&first, (struct due){EXPIRES, .letter = &m->letter[i], .at = m->letter[i].expires},
                now);
    return first;
}

/* What the silence means, and the marks set with it, from when that holds. */
static void
deem(struct model *m, const struct stay *s, const struct value *timer)
{
    const struct value *def = value_get(timer ? timer : s->def, "deem");
    const char *from = value_get_string(def, "effective");
    const int32_t before = m->last_watch;

    if (m->failed)
        return;
    m->recorded = m->now;
    if (from)
        m->now = *from == 'e' ? s->entered : m->opened;
    if (def) {
        text_printf(&m->chosen, " %s since %lld", value_get_string(def, "kind"), (long long)m->now);
        model_saw(m, SEEN_DEEMED);
    }
    model_marks(m, timer);
    if (m->now < m->recorded) {
        model_count_begun(m, before);
        if (m->last_watch > before)
            model_saw(m, SEEN_DEEMED_SINCE);
    }
    m->now = m->recorded;
    m->recorded = INSTANT_NONE;
}

static void
fire(struct model *m, const struct due *d)
{
    const struct value *timer = NULL;
    const char *length, *to;
    instant law;

    if (d->watch) {
        if (d->blue) {
            d->watch->warned = true;
            d->watch->warned_for = d->watch->known;
            model_saw(m, SEEN_BLUE);
        } else {
            d->watch->late = true;
            d->watch->carded = d->watch->known;
        }
        return;
    }
    if (d->thing) {
        model_thing_is_due(m, d->thing);
        return;
    }
    if (d->letter) {
        d->letter->expires = INSTANT_NONE;
        d->letter->fate = "expired";
        model_saw(m, SEEN_EXPIRED);
        return;
    }
    if (d->kind == MOVES_ON &&
        model_must_wait(m, d->stay, d->timer < 0 ? d->stay->wait : d->stay->timer[d->timer]))
        return;
    to = value_get_string(d->stay->def, "to");
    model_saw(m, SEEN_TIMER);
    model_before_silence(m, d->stay);
    m->silent = true;
    law = model_law_says(d->stay, d->timer);
    if (d->timer < 0) {
        d->stay->wait = INSTANT_NONE;
        if (value_get(d->stay->def, "ballot"))
            to = model_close_ballot(m, d->stay, d->at);
    } else {
        m->here = d->stay->room;
        timer = model_timer(d->stay, (uint32_t)d->timer, &length);
        d->stay->timer[d->timer] = INSTANT_NONE;
        to = value_get_string(timer, "to");
        if (!model_holds(m, value_get(timer, "when")))
            return;
        if (to)
            model_break_off(m, d->stay);
        model_effects(m, timer, d->stay);
    }
    if (to && d->timer < 0)
        model_break_off(m, d->stay);
    deem(m, d->stay, timer);
    if (!to || m->failed)
        return;
    model_overtakes(m, d->stay, law);
    model_leave_by(m, d->stay, to);
}

bool
model_is_due(const struct model *m, instant now)
{
    const struct due d = first_due(m, now);

    return is_something(&d);
}

static struct jam
jam_of(const struct model *m, const struct due *d)
{
    return (struct jam){.kind = d->as,
                        .stay = d->stay ? d->stay->number : 0,
                        .timer = d->as == JAM_TIMER ? d->timer : 0,
                        .thing = d->thing ? (uint32_t)(d->thing - m->thing) : 0};
}

/* The same in a copy. */
static struct due
due_in(struct model *m, const struct due *d, const struct jam *j)
{
    struct due out = *d;

    if (d->stay)
        out.stay = model_jammed_stay(m, j);
    if (d->thing)
        out.thing = &m->thing[j->thing];
    return out;
}

static void
happen(struct model *m, const struct due *d, const struct jam *j)
{
    const struct model before = {.form = m->form, .vars = m->vars};
    const struct due here = due_in(m, d, j);

    model_unjam(m, *j);
    m->nobody = true;
    m->actor = NULL;
    m->input = NULL;
    if (d->as == JAM_KIN)
        model_kin_joined(m, here.stay);
    else if (d->as == JAM_WITHDRAWAL)
        model_give_up(m);
    else
        fire(m, &here);
    m->silent = m->nobody = false;
    model_choose_again(m, &before);
}

/*
 * Where it cannot be done, nothing has been done.  What goes round without coming to rest could not
 * be done from the beginning: the first thing of that moment.
 */
static void
happen_or_not(struct model *m, const struct due *d, struct model *calm, const struct jam *first)
{
    const struct jam j = jam_of(m, d);
    struct model *try = model_try(m);

    happen(try, d, &j);
    if (!try->failed) {
        *m = *try;
        if (model_letters_taken(m) || d->as != JAM_KIN || !model_jammed_stay(m, &j))
            model_has_happened(m);
        return;
    }
    if (try->failed_as == ERROR_SILENCE_STUCK)
        model_saw(m, SEEN_MOVE_BEHIND);
    if (try->moves > MOVES)
        *m = *calm;
    model_jam(m, try->moves > MOVES ? *first : j);
    for (uint32_t i = 0; i < m->n_jam; i++)
        m->jam[i].fresh = false;
    if (model_letters_taken(m))
        model_has_happened(m);
}

void
model_fall_due(struct model *out, instant now)
{
    struct model *calm = NULL;
    struct jam first = {.stay = 0};

    out->moves = 0;
    for (;;) {
        const struct due d = first_due(out, now);

        if (!is_something(&d) || out->failed)
            break;
        out->now = d.at > out->moment ? d.at : out->moment;
        if (out->now > out->moment || d.again) /* what comes due at once may turn for ever */
            out->moves = 0;
        if (!out->moves && !d.watch && !d.letter) {
            calm = model_try(out);
            first = jam_of(out, &d);
        }
        out->moment = out->now;
        if (!d.watch && !d.letter) {
            happen_or_not(out, &d, calm, &first);
            continue;
        }
        fire(out, &d);
        if (model_letters_taken(out))
            model_has_happened(out);
    }
    for (uint32_t i = 0; i < out->n_jam; i++)
        out->jam[i].tried = true;
    out->now = now > out->moment ? now : out->moment;
    out->moves = 0;
}

/* A copy on which everything due before @now has happened. */
struct model *
model_catch_up(const struct model *m, struct arena *a, instant now)
{
    struct model *out = model_copy(m, a);

    out->ended = NULL;
    out->n_ended = 0;
    out->act_on = out->as_learned = NULL;
    out->chosen = text_new(a);
    out->issued = text_new(a);
    out->told = text_new(a);
    out->sent = NULL;
    out->n_out = 0;
    out->acted_in = 0;
    for (uint32_t i = 0; i < out->n_posted; i++)
        out->posted[i].now = false;
    out->wrote = out->marked = NULL;
    out->n_wrote = out->n_marked = 0;
    out->said = NULL;
    out->n_said = 0;
    out->withdraws = out->acts = out->person = false;
    out->moves = 0;
    out->input = NULL;
    out->actor = NULL;
    model_fall_due(out, now);
    return out;
}
