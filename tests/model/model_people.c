/* SPDX-License-Identifier: Apache-2.0 */
/* Several persons: signatures under an action, votes in a ballot. */
#include <string.h>

#include "tests/model/model_inside.h"

/* Which place @role fills under @signers, given those who have signed; -1: none. */
static int32_t
free_place(const struct stay *s, const char *action, const struct value *signers, const char *role)
{
    const struct value *roles = value_get(signers, "roles");
    bool taken[SIGNS] = {false};
    int32_t n = 0;

    for (uint32_t i = 0; i < s->n_sign; i++)
        if (!strcmp(s->sign[i].action, action)) {
            taken[s->sign[i].place] = true;
            n++;
        }
    if (!roles)
        return n;
    for (int32_t i = 0; i < (int32_t)roles->n; i++)
        if (!taken[i] && !strcmp(roles->item[i].string, role))
            return value_get(signers, "order") && i > n ? -1 : i;
    return -1;
}

static uint32_t
wanted(const struct value *signers)
{
    const struct value *roles = value_get(signers, "roles");

    return roles ? roles->n : (uint32_t)value_get(signers, "count")->integer;
}

const struct signing *
model_first_signing(const struct stay *s, const char *action)
{
    for (uint32_t i = 0; i < s->n_sign; i++)
        if (!strcmp(s->sign[i].action, action))
            return &s->sign[i];
    return NULL;
}

enum error_code
model_may_sign(const struct stay *s, const char *action, const struct value *signers,
               const char *actor, const char *role)
{
    for (uint32_t i = 0; i < s->n_sign; i++)
        if (!strcmp(s->sign[i].action, action) && !strcmp(s->sign[i].by, actor))
            return ERROR_SAME_PERSON;
    return free_place(s, action, signers, role) < 0 ? ERROR_ACTION_NOT_ALLOWED : ERROR_NONE;
}

bool
model_sign(struct model *m, struct stay *s, const char *action, const struct value *signers,
           const char *actor, const char *role)
{
    struct note *note = model_note(m, s->path);
    uint32_t n = 0;

    s->sign[s->n_sign] = (struct signing){.action = action,
                                          .by = actor,
                                          .place = free_place(s, action, signers, role),
                                          .input = m->input ? *m->input : value_null()};
    s->n_sign++;
    model_saw(m, SEEN_SIGNED);
    for (uint32_t i = 0; i < s->n_sign; i++)
        n += !strcmp(s->sign[i].action, action);
    if (n < wanted(signers))
        return false;
    note->also = "";
    for (uint32_t i = 0, kept = 0; i < n + kept; i++) {
        if (!strcmp(s->sign[i].action, action))
            note->also = arena_printf(m->a, "%s %s", note->also, s->sign[i].by);
        else
            s->sign[kept++] = s->sign[i];
        s->n_sign = kept;
    }
    model_saw(m, SEEN_LAST_SIGNED);
    return true;
}

/* Ballots. */

static const struct value *
ballot_of(const struct stay *s)
{
    return value_get(s->def, "ballot");
}

void
model_open_ballot(struct model *m, struct stay *s)
{
    s->roll = *value_get(&m->form, value_get_string(ballot_of(s), "roll"));
    memset(s->votes, '-', s->roll.n);
    s->votes[s->roll.n] = 0;
}

bool
model_rolls_stand(const struct model *m)
{
    struct stay *list[STAYS];
    const uint32_t n = m->closed ? 0 : model_stays(m, NULL, list);

    for (uint32_t i = 0; i < n; i++)
        if (ballot_of(list[i]) &&
            !value_equal(&list[i]->roll,
                         value_get(&m->form, value_get_string(ballot_of(list[i]), "roll"))))
            return false;
    return true;
}

static void
count(struct model *m, struct member *list, uint32_t *n, const char *group, const char *what,
      int64_t is)
{
    const char *name = *group ? arena_printf(m->a, "group.%s.%s", group, what) : what;

    list[(*n)++] = (struct member){name, (uint32_t)strlen(name), value_int(is)};
}

/* Of one group, or of all ("") of them. */
static void
tally(struct model *m, const struct stay *s, const char *group, struct member *list, uint32_t *n)
{
    int64_t voters = 0, voted = 0, weight = 0, voted_weight = 0, for_it[2] = {0}, by[2] = {0};

    for (uint32_t i = 0; i < s->roll.n; i++) {
        const struct value *v = &s->roll.item[i];
        const int64_t w = value_get(v, "w")->integer;

        if (*group && strcmp(value_get_string(v, "g"), group) != 0)
            continue;
        voters++;
        weight += w;
        if (s->votes[i] == '-')
            continue;
        voted++;
        voted_weight += w;
        for_it[s->votes[i] != 'a']++;
        by[s->votes[i] != 'a'] += w;
    }
    count(m, list, n, group, "voters", voters);
    count(m, list, n, group, "voted", voted);
    count(m, list, n, group, "weight", weight);
    count(m, list, n, group, "votedWeight", voted_weight);
    count(m, list, n, group, "agree.count", for_it[0]);
    count(m, list, n, group, "agree.weight", by[0]);
    count(m, list, n, group, "not.count", for_it[1]);
    count(m, list, n, group, "not.weight", by[1]);
}

/* What a vote that is told of later is held against. */
static void
note_counted(struct model *m, const struct stay *s, instant at)
{
    struct past *p = model_past(m, s->number);

    p->roll = arena_copy(m->a, &s->roll, sizeof(s->roll));
    p->closed = at;
}

const char *
model_close_ballot(struct model *m, struct stay *s, instant at)
{
    const struct value *result = value_get(ballot_of(s), "result");
    struct member *list = arena_array(m->a, 24, struct member);
    const char *to;
    struct value all;
    uint32_t n = 0;

    tally(m, s, "", list, &n);
    tally(m, s, "p", list, &n);
    tally(m, s, "q", list, &n);
    all = value_object(m->a, list, n);
    m->tally = &all;
    m->here = s->room;
    to = model_decide(m, result);
    m->tally = NULL;
    note_counted(m, s, at);
    model_saw(m, SEEN_COUNTED);
    return to;
}

static int64_t
place_of(const struct value *roll, const char *voter)
{
    for (uint32_t i = 0; roll && i < roll->n; i++)
        if (!strcmp(value_get_string(&roll->item[i], "id"), voter))
            return i;
    return -1;
}

/* One counts: the last that came where he may vote again, else the first. */
static bool
counts(const struct model *m, const struct value *ballot, int32_t stay, int64_t place, instant at)
{
    const bool again = value_get(ballot, "replace") != NULL;

    for (uint32_t i = 0; i < m->n_cast; i++)
        if (m->cast[i].stay == stay && m->cast[i].place == place &&
            (again ? at < m->cast[i].at : at >= m->cast[i].at))
            return false;
    return true;
}

/* @s NULL: into one that is closed. */
static struct model *
cast_vote(struct model *m, struct stay *s, int32_t stay, int64_t place, const char *choice,
          instant at)
{
    const char letter = *choice == 'a' ? 'a' : 'b';

    m->cast = arena_grow(m->a, m->cast, m->n_cast, sizeof(*m->cast));
    m->cast[m->n_cast++] = (struct ballot_cast){
        .stay = stay, .place = (uint32_t)place, .letter = letter, .late = !s, .at = at};
    if (s) {
        if (s->votes[place] != '-')
            model_saw(m, SEEN_VOTED_AGAIN);
        s->votes[place] = letter;
        model_saw(m, SEEN_VOTED);
    } else {
        m->contradicted = stay;
        model_saw(m, SEEN_COUNT_CONTRADICTED);
    }
    model_look_at_letters(m);
    return m;
}

/* What may be told of it in any ballot. */
static bool
may_be_cast(const struct model *m, const struct value *ballot, int32_t stay, int64_t place,
            bool himself, const char *choice, instant at, enum error_code *why)
{
    if (place < 0)
        *why = himself ? ERROR_FORBIDDEN : ERROR_VOTER_UNKNOWN;
    else if (!value_get(value_get(ballot, "choices"), choice))
        *why = ERROR_ACTION_NOT_ALLOWED;
    else if (!counts(m, ballot, stay, place, at))
        *why = ERROR_VOTED;
    else
        return true;
    return false;
}

/* It came before a ballot closed that was counted then; NULL: there is none. */
static const struct past *
closed_ballot(const struct model *m, const char *path, instant when)
{
    for (uint32_t i = m->n_past; when != INSTANT_NONE && when <= m->now && i-- > 0;) {
        const struct past *p = &m->past[i];

        if (p->roll && p->entered <= when && when <= p->closed && !strcmp(p->path, path))
            return p;
    }
    return NULL;
}

static struct model *
vote_late(struct model *m, const struct past *p, const char *voter, const char *choice,
          instant when, enum error_code *why)
{
    const struct value *ballot = value_get(p->def, "ballot");
    const int64_t place = place_of(p->roll, voter);

    if (!may_be_cast(m, ballot, p->number, place, false, choice, when, why))
        return NULL;
    if (when < m->now && !model_may_say_when(m, "clerk"))
        return model_refuse(why, ERROR_FORBIDDEN);
    m->moment = m->now;
    return cast_vote(m, NULL, p->number, place, choice, when);
}

struct model *
model_vote(const struct model *m, struct arena *a, const char *step, const char *voter,
           bool himself, const char *choice, instant when, instant now, enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);
    struct stay *s = model_stay(out, step);
    const struct value *ballot = s ? ballot_of(s) : NULL;
    const struct past *p = himself ? NULL : closed_ballot(out, step, when);
    const instant at = when == INSTANT_NONE ? out->now : when;
    int64_t place;

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (p && (!ballot || when < s->entered))
        return vote_late(out, p, voter, choice, when, why);
    if (out->closed)
        return model_refuse(why, ERROR_CASE_CLOSED);
    if (!ballot)
        return model_refuse(why, ERROR_STEP_NOT_OPEN);
    if (at < s->entered)
        return model_refuse(why, ERROR_HAPPENED_OUTSIDE);
    if (s->wait != INSTANT_NONE && at > s->wait) /* it is here because it could not be closed */
        return model_refuse(why, ERROR_STEP_NOT_OPEN);
    place = place_of(&s->roll, voter);
    if (place >= 0 && model_is_overtaken(out, s, at))
        return model_refuse(why, ERROR_SILENCE_STUCK);
    if (!may_be_cast(out, ballot, s->number, place, himself, choice, at, why))
        return NULL;
    out->moment = out->now;
    if (!model_happened(out, when, s->entered, himself ? "" : "clerk", why))
        return NULL;
    if (when != INSTANT_NONE)
        model_saw(out, SEEN_VOTE_EARLIER);
    model_learned(out);
    return cast_vote(out, s, s->number, place, choice, at);
}
