/* SPDX-License-Identifier: Apache-2.0 */
/* Ballots: a roll, one counted vote each, a tally. */
#include "machine/ballot.h"

#include <stdlib.h>
#include <string.h>

#include "definition/digest.h"
#include "machine/ballot_late.h"
#include "machine/deed.h"
#include "machine/may.h"
#include "machine/names.h"
#include "machine/notes.h"
#include "machine/paths.h"
#include "machine/stuck.h"

enum { CODE_LETTERS = 10, NOT_CAST = '-', FIRST_CHOICE = 'a' };

const struct value *
ballot_roll(const struct step *s, const struct case_state *c)
{
    const struct value *list = path_get(&c->form, s->ballot->roll);

    return list && list->kind == VALUE_ARRAY ? list : NULL;
}

int64_t
ballot_weight(const struct ballot *b, const struct value *v)
{
    const struct value *weight = b->weight ? value_get(v, b->weight) : NULL;

    return !b->weight ? 1 : weight && weight->kind == VALUE_INT ? weight->integer : -1;
}

static const char *
voter_of(const struct ballot *b, const struct value *v)
{
    return value_get_string(v, b->voter);
}

/* The place of @voter on the roll; -1: none. */
static int32_t
place_on(const struct ballot *b, const struct value *roll, const char *voter)
{
    for (uint32_t i = 0; i < roll->n; i++) {
        const char *one = voter_of(b, &roll->item[i]);

        if (one && !strcmp(one, voter))
            return (int32_t)i;
    }
    return -1;
}

static int
by_text(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static bool
refuse(struct run *r, const struct step *s, const char *what, const char *whom)
{
    if (!r->failed)
        error_set(r->e, ERROR_GUARD_FAILED, "ballot %s: %s%s", s->path, what, whom);
    r->failed = true;
    return false;
}

static bool
check_roll(struct run *r, const struct step *s, const struct value *roll)
{
    const struct ballot *b = s->ballot;
    const char **name;
    int64_t sum = 0;

    if (!roll || roll->n == 0 || roll->n > VOTERS_MOST)
        return refuse(r, s, "the roll has 1 to 2000 voters", "");
    name = arena_array(r->a, roll->n, const char *);
    for (uint32_t i = 0; i < roll->n; i++) {
        const int64_t weight = ballot_weight(b, &roll->item[i]);

        name[i] = voter_of(b, &roll->item[i]);
        if (!name[i] || !*name[i])
            return refuse(r, s, "a voter on the roll has no name", "");
        if (weight < 0 || __builtin_add_overflow(sum, weight, &sum))
            return refuse(r, s, "the weight is below 0 or too large: ", name[i]);
    }
    qsort(name, roll->n, sizeof(*name), by_text);
    for (uint32_t i = 1; i < roll->n; i++)
        if (!strcmp(name[i], name[i - 1]))
            return refuse(r, s, "who stands on the roll twice: ", name[i]);
    return true;
}

static const char *
roll_hash(struct arena *a, const struct value *roll)
{
    char hex[DIGEST_TEXT];

    digest_value(roll, hex);
    return arena_strdup(a, hex);
}

void
open_ballot(struct run *r, const struct step *s, int32_t visit)
{
    const struct value *roll = ballot_roll(s, r->c);
    char key[DIGEST_TEXT];
    const char *text;

    if (r->failed || !check_roll(r, s, roll))
        return;
    if (!r->s->seed) {
        run_unseeded(r, "a ballot");
        return;
    }
    text =
        arena_printf(r->a, "%s:%s:ballot:%d", r->s->seed, r->c->number ? r->c->number : "", visit);
    digest_text(text, strlen(text), key);
    emit(r, (struct fact){.kind = FACT_BALLOT,
                          .visit = visit,
                          .number = (int32_t)roll->n,
                          .detail = roll_hash(r->a, roll),
                          .value = value_string(r->a, key)});
}

char *
ballot_code(struct arena *a, const char *key, const char *voter)
{
    static const char letter[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const char *text = arena_printf(a, "%s:%s", key, voter);
    char hex[DIGEST_TEXT], *code = arena_alloc(a, CODE_LETTERS + 1);

    digest_text(text, strlen(text), hex);
    for (int i = 0; i < CODE_LETTERS; i++) { /* five bits of each eight */
        const char pair[] = {hex[2 * i], hex[2 * i + 1], 0};

        code[i] = letter[strtol(pair, NULL, 16) & 31];
    }
    code[CODE_LETTERS] = 0;
    return code;
}

/* --- counting --- */

struct count {
    int64_t voters, voted, weight, voted_weight;
    int64_t *of, *weight_of; /* [n_choice] */
};

static struct count
count_new(struct arena *a, const struct ballot *b)
{
    return (struct count){.of = arena_array(a, b->n_choice, int64_t),
                          .weight_of = arena_array(a, b->n_choice, int64_t)};
}

static void
count_one(struct count *t, int64_t weight, char vote)
{
    t->voters++;
    t->weight += weight;
    if (vote == NOT_CAST)
        return;
    t->voted++;
    t->voted_weight += weight;
    t->of[vote - FIRST_CHOICE]++;
    t->weight_of[vote - FIRST_CHOICE] += weight;
}

static struct value
note_count(struct arena *a, const struct ballot *b, const struct count *t,
           const struct value *groups)
{
    struct note o = {.n = 0};

    for (uint16_t i = 0; i < b->n_choice; i++) {
        struct note one = {.n = 0};

        note_add(&one, "count", value_int(t->of[i]));
        note_add(&one, "weight", value_int(t->weight_of[i]));
        note_add(&o, b->choice[i], note_done(a, &one));
    }
    if (groups)
        note_add(&o, "group", *groups);
    note_add(&o, "voted", value_int(t->voted));
    note_add(&o, "votedWeight", value_int(t->voted_weight));
    note_add(&o, "voters", value_int(t->voters));
    note_add(&o, "weight", value_int(t->weight));
    return note_done(a, &o);
}

/* The tally over those of @group; over all when it is NULL. */
static struct count
count_group(struct arena *a, const struct ballot *b, const struct value *roll, const char *votes,
            const char *group)
{
    struct count t = count_new(a, b);

    for (uint32_t i = 0; i < roll->n; i++) {
        const char *his = b->group ? value_get_string(&roll->item[i], b->group) : NULL;

        if (!group || (his && !strcmp(his, group)))
            count_one(&t, ballot_weight(b, &roll->item[i]), votes[i]);
    }
    return t;
}

static struct value
tally_of(struct arena *a, const struct ballot *b, const struct value *roll, const char *votes)
{
    const struct count all = count_group(a, b, roll, votes, NULL);
    struct member *m = arena_array(a, b->n_group, struct member);
    struct value groups;

    for (uint16_t g = 0; g < b->n_group; g++) {
        const struct count t = count_group(a, b, roll, votes, b->groups[g]);

        m[g] = (struct member){.name = b->groups[g],
                               .name_len = (uint32_t)strlen(b->groups[g]),
                               .value = note_count(a, b, &t, NULL)};
    }
    groups = value_object(a, m, b->n_group);
    return note_count(a, b, &all, b->n_group ? &groups : NULL);
}

struct target
close_ballot(struct run *r, int32_t visit)
{
    const struct visit *v = case_visit(r->c, visit);
    const struct step *s = &r->w->step[v->step];
    const struct value *roll = ballot_roll(s, r->c);
    const struct place here = place_of(r, visit);
    struct target to = {.kind = TARGET_NONE};
    struct value tally;

    if (r->failed || !rolls_stand(r->w, r->c, r->e)) {
        r->failed = true;
        return to;
    }
    tally = tally_of(r->a, s->ballot, roll, v->votes);
    emit(r, (struct fact){.kind = FACT_TALLIED, .visit = visit, .value = tally});
    for (uint16_t i = 0; i < s->n_arm && to.kind == TARGET_NONE && !r->failed; i++) {
        if (s->arm[i].when && !run_tally(r, here, s->arm[i].when, &tally))
            continue;
        emit(r, (struct fact){.kind = FACT_DECIDED, .step = s->index, .number = i});
        to = s->arm[i].to;
    }
    return to;
}

bool
rolls_stand(const struct workflow *w, const struct case_state *c, struct error *e)
{
    for (uint32_t i = 0; i < c->n_visit; i++) {
        const struct step *s = &w->step[c->visit[i].step];
        const struct value *roll = s->kind == STEP_BALLOT ? ballot_roll(s, c) : NULL;
        char hex[DIGEST_TEXT] = "";

        if (s->kind != STEP_BALLOT || !c->visit[i].votes)
            continue;
        if (roll)
            digest_value(roll, hex);
        if (strcmp(hex, c->visit[i].roll) != 0)
            return error_set(e, ERROR_GUARD_FAILED, "the roll of the open ballot %s cannot change",
                             s->path);
    }
    return true;
}

/* --- voting --- */

static bool
find_ballot(struct deed *d, struct visit **out, struct error *e)
{
    struct case_state *c = d->r->c;

    *out = NULL;
    for (uint32_t i = 0; i < c->n_visit; i++) {
        const struct step *s = &d->r->w->step[c->visit[i].step];

        if (s->kind != STEP_BALLOT ||
            (d->cmd->step && strcmp(d->cmd->step, visit_path(d->r->a, d->r->w, &c->visit[i])) != 0))
            continue;
        if (*out)
            return error_set(e, ERROR_STEP_AMBIGUOUS, "several ballots are open");
        *out = &c->visit[i];
    }
    return *out || error_set(e, ERROR_STEP_NOT_OPEN, "no ballot%s%s is open",
                             d->cmd->step ? " " : "", d->cmd->step ? d->cmd->step : "");
}

bool
ballot_code_is(const char *is, const char *said)
{
    unsigned differ = (unsigned)(strlen(said) != CODE_LETTERS);

    for (int i = 0; !differ && i < CODE_LETTERS; i++)
        differ |= (unsigned)(is[i] ^ said[i]);
    return !differ;
}

/* The voter himself, or who keeps the ballot; says in which role. */
static bool
check_voter(struct deed *d, const struct visit *v, int32_t place, struct error *e)
{
    if (d->cmd->code) {
        d->role = "voter";
        return (place >= 0 &&
                ballot_code_is(ballot_code(d->r->a, v->ballot_key, d->cmd->voter), d->cmd->code)) ||
               error_set(e, ERROR_FORBIDDEN, "case, voter and voting code do not belong together");
    }
    return check_right(d, v, e) &&
           (place >= 0 ||
            error_at(e, ERROR_VOTER_UNKNOWN, "/voter", "%.100s is not on the roll", d->cmd->voter));
}

static int
choice_of(const struct ballot *b, const char *id)
{
    for (uint16_t i = 0; id && i < b->n_choice; i++)
        if (!strcmp(b->choice[i], id))
            return i;
    return -1;
}

bool
ballot_choice(const struct ballot *b, const char *id, struct error *e)
{
    return choice_of(b, id) >= 0 || error_at(e, ERROR_ACTION_NOT_ALLOWED, "/action",
                                             "%.60s cannot be voted for", id ? id : "nothing");
}

int32_t
ballot_place(const struct step *s, const struct case_state *c, const char *voter)
{
    const struct value *roll = ballot_roll(s, c);

    return roll ? place_on(s->ballot, roll, voter) : -1;
}

static bool
vote_in(struct deed *d, const struct visit *v, struct error *e)
{
    const struct step *s = &d->r->w->step[v->step];
    const struct ballot *b = s->ballot;
    const int32_t visit = v->id, place = ballot_place(s, d->r->c, d->cmd->voter);
    const instant at = d->cmd->happened ? d->cmd->happened : d->r->at;

    /* It is still here because its closing could not be done. */
    if (v->wait_until != INSTANT_NONE && at > v->wait_until)
        return error_set(e, ERROR_STEP_NOT_OPEN, "the ballot of %s has closed", s->path);
    /* Only who may vote is told why the case does not go on. */
    if (!check_voter(d, v, place, e) || !check_silence(d->r, visit, at, e) ||
        !ballot_choice(b, d->cmd->action, e) ||
        !vote_counts(d, b, visit, place, v->votes[place] != NOT_CAST, e) ||
        !backdate_begin(d, v->entered, e))
        return false;
    d->out->visit = visit;
    emit(d->r, (struct fact){.kind = FACT_VOTED,
                             .visit = visit,
                             .number = place + 1,
                             .name = b->choice[choice_of(b, d->cmd->action)],
                             .detail = d->cmd->voter,
                             .declared = b->secret});
    return backdate_end(d, e);
}

bool
decide_vote(struct deed *d, struct error *e)
{
    const struct case_state *c = d->r->c;
    struct stay closed;
    struct visit *v;

    if (!d->cmd->voter)
        return error_at(e, ERROR_VOTER_UNKNOWN, "/voter", "no voter is named");
    if (find_ballot(d, &v, e) && (!d->cmd->happened || d->cmd->happened >= v->entered))
        return rolls_stand(d->r->w, c, e) && vote_in(d, v, e);
    if (find_closed_ballot(d, &closed))
        return contradict_count(d, &closed, e);
    if (c->phase == PHASE_CLOSED)
        return error_set(e, ERROR_CASE_CLOSED, "closed with outcome %s", c->outcome);
    return find_ballot(d, &v, e) && backdate_begin(d, v->entered, e);
}

void
cast_late(const struct workflow *w, struct visit *v, const struct fact *f, struct arena *a)
{
    const int choice = choice_of(w->step[v->step].ballot, f->value.string);
    char *votes = arena_strdup(a, v->votes);

    if (choice >= 0 && (size_t)f->number <= strlen(votes))
        votes[f->number - 1] = (char)(FIRST_CHOICE + choice);
    v->votes = votes;
}

/* --- applying --- */

void
apply_ballot(const struct workflow *w, struct case_state *c, const struct fact *f, struct arena *a)
{
    struct visit *v = case_visit(c, f->visit);
    char *votes;

    if (f->kind == FACT_TALLIED)
        return;
    if (f->kind == FACT_BALLOT) {
        votes = arena_alloc(a, (size_t)f->number + 1);
        memset(votes, NOT_CAST, (size_t)f->number);
        votes[f->number] = 0;
        v->roll = f->detail;
        v->ballot_key = f->value.string;
    } else {
        votes = arena_strdup(a, v->votes);
        votes[f->number - 1] = (char)(FIRST_CHOICE + choice_of(w->step[v->step].ballot, f->name));
    }
    v->votes = votes;
}

bool
ballot_fits(const struct workflow *w, const struct case_state *c, const struct fact *f)
{
    const struct visit *v = case_visit(c, f->visit);

    if (!v || w->step[v->step].kind != STEP_BALLOT ||
        (f->kind == FACT_BALLOT) == (v->votes != NULL))
        return false;
    if (f->kind == FACT_BALLOT)
        return f->number >= 1 && f->number <= VOTERS_MOST && f->detail &&
               f->value.kind == VALUE_STRING;
    if (f->kind == FACT_TALLIED)
        return f->value.kind == VALUE_OBJECT;
    return f->number >= 1 && (size_t)f->number <= strlen(v->votes) && f->detail &&
           choice_of(w->step[v->step].ballot, f->name) >= 0;
}

bool
votes_fit(const struct step *s, const struct visit *v)
{
    if (s->kind != STEP_BALLOT)
        return !v->votes && !v->roll && !v->ballot_key;
    if (!v->votes || !v->roll || !v->ballot_key || strlen(v->votes) > VOTERS_MOST)
        return false;
    for (const char *c = v->votes; *c; c++)
        if (*c != NOT_CAST && (*c < FIRST_CHOICE || *c >= FIRST_CHOICE + s->ballot->n_choice))
            return false;
    return true;
}
