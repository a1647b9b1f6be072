/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An act is taken back: whether that can be, and what is seen then.  What others
 * did since is as they did it (life_annul.c has it done again); where it lies in
 * what the act did, the act stays.
 */
#include <string.h>

#include "tests/model/model_inside.h"

/* Whether one met another fate. */
static bool
letters_moved(const struct model *before, const struct model *after)
{
    for (uint32_t i = 0; i < before->n_letter; i++)
        if (strcmp(before->letter[i].fate, after->letter[i].fate) != 0)
            return true;
    return before->n_letter != after->n_letter;
}

/* Whether one was asked for, or is waited for no more. */
static bool
kids_moved(const struct model *before, const struct model *after)
{
    for (uint32_t i = 0; i < before->n_kid; i++)
        if (before->kid[i].stay != after->kid[i].stay ||
            before->kid[i].number != after->kid[i].number)
            return true;
    return before->n_kid != after->n_kid;
}

bool
model_left_a_trace(const struct model *before, const struct model *after)
{
    return after->n_sent != before->n_sent || after->n_notice != before->n_notice ||
           after->n_paper != before->n_paper || after->n_withheld != before->n_withheld ||
           after->n_lot != before->n_lot || kids_moved(before, after) ||
           letters_moved(before, after);
}

static struct stay *
stay_of(const struct model *m, int32_t number)
{
    struct stay *list[STAYS];
    const uint32_t n = m->closed ? 0 : model_stays(m, NULL, list);

    for (uint32_t i = 0; i < n; i++)
        if (list[i]->number == number)
            return list[i];
    return NULL;
}

/* Whether what is open after the one is also open after the other, unless it was so before. */
static bool
opens(const struct model *after, const struct model *other, const struct model *before)
{
    struct stay *list[STAYS];
    const uint32_t n = after->closed ? 0 : model_stays(after, NULL, list);

    for (uint32_t i = 0; i < n; i++)
        if (!stay_of(before, list[i]->number) && !stay_of(other, list[i]->number))
            return false;
    return true;
}

/* Whether what the one has left is not open after the other. */
static bool
leaves(const struct model *before, const struct model *after, const struct model *other)
{
    struct stay *list[STAYS];
    const uint32_t n = before->closed ? 0 : model_stays(before, NULL, list);

    for (uint32_t i = 0; i < n; i++)
        if (!stay_of(after, list[i]->number) && stay_of(other, list[i]->number))
            return false;
    return true;
}

bool
model_did_the_same(const struct model *before, const struct model *after,
                   const struct model *before_again, const struct model *again)
{
    return again->n_said == again->n_as_said && again->n_out == after->n_out &&
           again->last_stay == after->last_stay && again->closed == after->closed &&
           opens(after, again, before) && opens(again, after, before_again) &&
           leaves(before, after, again) && leaves(before_again, again, after);
}

static const struct signing *
signing_of(const struct stay *s, const char *action, const char *by)
{
    for (uint32_t i = 0; s && i < s->n_sign; i++)
        if (!strcmp(s->sign[i].action, action) && !strcmp(s->sign[i].by, by))
            return &s->sign[i];
    return NULL;
}

/* The signature that the act was, when it was no more than that. */
static const struct signing *
only_signed(const struct model *before, const struct model *after)
{
    const struct stay *was = stay_of(before, after->acted_in), *is;

    is = stay_of(after, after->acted_in);
    return was && is && is->n_sign == was->n_sign + 1 ? &is->sign[is->n_sign - 1] : NULL;
}

/* What the act came to in the stay, or that it began: nobody has touched it since. */
static bool
is_untouched(const struct model *const *m, size_t n, const struct stay *s)
{
    const struct stay *now = stay_of(m[n - 1], s->number);

    for (size_t i = 2; i < n; i++)
        if (m[i]->acted_in == s->number)
            return false;
    return now && !strcmp(now->votes, s->votes);
}

static bool
stays_are_untouched(const struct model *const *m, size_t n)
{
    struct stay *list[STAYS];
    const uint32_t n_stay = m[1]->closed ? 0 : model_stays(m[1], NULL, list);

    for (uint32_t i = 0; i < n_stay; i++)
        if ((!stay_of(m[0], list[i]->number) || m[1]->acted_in == list[i]->number) &&
            !is_untouched(m, n, list[i]))
            return false;
    return true;
}

/* What the act had left is there again. */
static bool
is_back(const struct model *before, const struct model *after, const struct model *without)
{
    struct stay *list[STAYS];
    const uint32_t n = model_stays(before, NULL, list);

    for (uint32_t i = 0; i < n; i++)
        if (!stay_of(after, list[i]->number) && !stay_of(without, list[i]->number))
            return false;
    return true;
}

static bool
lists(const struct value *list, uint32_t n, const char *name)
{
    for (uint32_t i = 0; i < n; i++)
        if (!strcmp(list[i].string, name))
            return true;
    return false;
}

static bool
is_marked(const struct model *m, const char *name)
{
    return name && lists(m->marked, m->n_marked, name);
}

/* Others have written a name or set a mark that it wrote or set. */
static bool
done_again(const struct model *const *m, size_t n)
{
    for (size_t i = 2; i < n; i++) {
        for (uint32_t k = 0; k < m[1]->n_wrote; k++)
            if (lists(m[i]->wrote, m[i]->n_wrote, m[1]->wrote[k].string) ||
                (lists(m[i]->wrote, m[i]->n_wrote, "form") &&
                 !strncmp(m[1]->wrote[k].string, "form.", 5)))
                return true;
        for (uint32_t k = m[0]->n_mark; k < m[1]->n_mark; k++)
            if (is_marked(m[i], m[1]->mark[k].id))
                return true;
    }
    return false;
}

static const struct watch *
watch_of(const struct model *m, int32_t number)
{
    struct watch *w[ALL_WATCHES];
    const uint32_t n = model_watches(m, w);

    for (uint32_t i = 0; i < n; i++)
        if (w[i]->number == number)
            return w[i];
    return NULL;
}

/* A clock that it started has ended or been extended, a material it fetched has changed. */
static bool
has_gone_on(const struct model *before, const struct model *after, const struct model *now)
{
    struct watch *w[ALL_WATCHES];
    const uint32_t n = model_watches(after, w);

    for (uint32_t i = 0; i < n; i++) {
        const struct watch *is = watch_of(now, w[i]->number);

        if (w[i]->number > before->last_watch &&
            (!is || is->verdict != w[i]->verdict || is->extended != w[i]->extended))
            return true;
    }
    for (uint32_t i = 0; i < after->n_thing; i++)
        if (strcmp(before->thing[i].state, after->thing[i].state) != 0 &&
            (strcmp(after->thing[i].state, now->thing[i].state) != 0 ||
             now->n_notice != after->n_notice))
            return true;
    return false;
}

/* A mark that others set would have begun or ended a clock of a stay that comes back. */
static bool
clocks_are_missed(const struct model *const *m, size_t n)
{
    struct stay *list[STAYS];
    const uint32_t n_stay = model_stays(m[0], NULL, list);

    for (uint32_t i = 0; i < n_stay; i++) {
        const struct value *clocks = value_get(list[i]->def, "clocks");

        if (stay_of(m[1], list[i]->number) || stay_of(m[n - 1], list[i]->number))
            continue; /* it does not come back */
        for (uint32_t k = 0; clocks && k < clocks->n; k++)
            for (size_t since = 2; since < n; since++)
                if (is_marked(m[since], value_get_string(&clocks->member[k].value, "from")) ||
                    is_marked(m[since], value_get_string(&clocks->member[k].value, "to")))
                    return true;
    }
    return false;
}

static bool
still_waits(const struct model *const *m, size_t n, const struct signing *one)
{
    for (size_t i = 2; i < n; i++)
        if (!signing_of(stay_of(m[i], m[1]->acted_in), one->action, one->by))
            return false;
    return true;
}

bool
model_can_annul(const struct model *const *m, size_t n, const struct model *without)
{
    const struct model *now = m[n - 1];
    const struct signing *one = only_signed(m[0], m[1]);

    if (!without)
        return false;
    if (one)
        return still_waits(m, n, one);
    return !model_left_a_trace(m[0], m[1]) && now->n_paper == m[0]->n_paper &&
           now->n_withheld == m[0]->n_withheld && stays_are_untouched(m, n) &&
           is_back(m[0], m[1], without) && !done_again(m, n) && !has_gone_on(m[0], m[1], now) &&
           !clocks_are_missed(m, n) && model_rolls_stand(without);
}

struct model *
model_annul(const struct model *m, struct arena *a, instant now, enum error_code *why)
{
    struct model *out = model_catch_up(m->act_on, a, m->act_at);

    if (m->contradicted != out->contradicted || model_left_a_trace(out, m))
        return model_refuse(why, ERROR_ANNUL_IMPOSSIBLE);
    return model_as_if(out, m, a, now);
}

/* What comes back is free; what stayed is claimed as it is. */
static void
keep_claims(struct model *m, const struct model *now)
{
    struct stay *list[STAYS];
    const uint32_t n = m->closed ? 0 : model_stays(m, NULL, list);

    for (uint32_t i = 0; i < n; i++) {
        const struct stay *is = stay_of(now, list[i]->number);

        list[i]->holder = is ? is->holder : NULL;
        list[i]->held_until = is ? is->held_until : INSTANT_NONE;
    }
}

struct model *
model_as_if(struct model *out, const struct model *m, struct arena *a, instant now)
{
    out->moment = out->now = now > m->moment ? now : m->moment;
    out->last_stay = m->last_stay;
    out->last_stop = m->last_stop;
    out->issued = text_new(a);
    out->told = text_new(a);
    out->parent = m->parent;
    keep_claims(out, m);
    model_jams_as_in(out, m);
    if (m->looked && !out->looked) { /* he has looked, whatever else he did */
        out->claimed = false;
        out->looked = m->looked;
    }
    memcpy(out->label, m->label, sizeof(out->label)); /* an annulment leaves them */
    out->sent = NULL;
    out->n_out = 0;
    out->ended = NULL;
    out->n_ended = 0;
    out->chosen = text_new(a);
    for (uint32_t i = 0; i < out->n_posted; i++)
        out->posted[i].now = false;
    model_saw(out, SEEN_ANNULLED);
    model_look_at_letters(out);
    return out;
}
