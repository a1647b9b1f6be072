/* SPDX-License-Identifier: Apache-2.0 */
/* Ballots that were held, and one voter's votes in them, from the records. */
#include "machine/ballot_held.h"

#include <string.h>

#include "machine/migrate.h"
#include "machine/notes.h"

static struct held_ballot *
find(const struct held_ballots *all, int32_t visit)
{
    for (uint32_t i = 0; i < all->n; i++)
        if (all->item[i].visit.id == visit)
            return &all->item[i];
    return NULL;
}

struct held_ballot
ballot_open_in(const struct workflow *w, const struct case_state *c, const struct visit *v)
{
    return (struct held_ballot){
        .visit = *v, .roll = ballot_roll(&w->step[v->step], c), .left = INSTANT_NONE, .arm = -1};
}

/* Those that are open now: new ones, and those whose count was annulled. */
static void
look(const struct workflow *w, const struct case_state *c, struct arena *a,
     struct held_ballots *all)
{
    for (uint32_t i = 0; i < all->n; i++)
        if (all->item[i].left == INSTANT_NONE && !case_visit(c, all->item[i].visit.id))
            all->item[i].left = c->moment;
    for (uint32_t i = 0; i < c->n_visit; i++) {
        const struct visit *v = &c->visit[i];
        struct held_ballot *b = v->votes ? find(all, v->id) : NULL;

        if (!v->votes)
            continue;
        if (!b) {
            all->item = arena_grow(a, all->item, all->n, sizeof(*all->item));
            b = &all->item[all->n++];
        }
        *b = ballot_open_in(w, c, v);
        if (b->roll)
            b->roll = arena_copy(a, b->roll, sizeof(*b->roll));
    }
}

static bool
note_count(const struct workflow *w, const struct value *record, struct arena *a,
           struct held_ballots *all)
{
    const struct value *facts = value_get(record, "facts");
    const struct value *number = value_get(record, "number");
    struct held_ballot *counted = NULL;

    for (uint32_t i = 0; facts && i < facts->n; i++) {
        struct fact f;

        if (!read_fact(a, w, &facts->item[i], &f))
            return false;
        if (f.kind == FACT_TALLIED)
            counted = find(all, f.visit);
        if (f.kind == FACT_TALLIED && counted) {
            counted->tally = arena_copy(a, &f.value, sizeof(f.value));
            counted->counted = number ? number->integer : 0;
            counted->arm = -1;
        } else if (f.kind == FACT_DECIDED && counted && counted->arm < 0 &&
                   f.step == counted->visit.step) {
            counted->arm = f.number;
        }
    }
    return true;
}

/* Only votes are left out, so what comes next follows. */
static bool
replay(const struct setting *s, struct case_state *c, const struct value *record, struct arena *a,
       struct error *e)
{
    const struct value *number = value_get(record, "number");

    if (number && number->kind == VALUE_INT && number->integer > c->recorded)
        c->recorded = number->integer - 1;
    return machine_replay(s, c, record, a, e);
}

bool
ballots_read(const struct setting *s, const struct value *record, size_t n, struct arena *a,
             struct held_ballots *out, struct error *e)
{
    struct case_state *c = case_new(a, s->workflow);
    size_t first = n;

    *out = (struct held_ballots){.n = 0};
    while (first && !record_into(&record[first - 1]))
        first--;
    if (first && !migrate_begin(s, c, &record[first - 1], a, e))
        return false;
    look(s->workflow, c, a, out);
    for (size_t i = first; i < n; i++) {
        if (!replay(s, c, &record[i], a, e))
            return false;
        look(s->workflow, c, a, out);
        if (!note_count(s->workflow, &record[i], a, out))
            return error_set(e, ERROR_INTERNAL, "a record of a ballot does not fit workflow %s",
                             s->workflow->id);
    }
    return true;
}

int32_t
ballot_coded(struct arena *a, const struct workflow *w, const struct held_ballot *b,
             const char *code)
{
    const struct ballot *ballot = w->step[b->visit.step].ballot;
    int32_t place = -1;

    for (uint32_t i = 0; b->roll && b->visit.ballot_key && i < b->roll->n; i++) {
        const char *voter = value_get_string(&b->roll->item[i], ballot->voter);

        if (!voter || !ballot_code_is(ballot_code(a, b->visit.ballot_key, voter), code))
            continue;
        if (place >= 0)
            return -1;
        place = (int32_t)i;
    }
    return place;
}

/* Nothing else of a record is read: it may be of a version whose steps are not known here. */
static bool
is_vote(const struct value *fact)
{
    const char *kind = value_get_string(fact, "fact");

    return kind &&
           (!strcmp(kind, fact_name(FACT_VOTED)) || !strcmp(kind, fact_name(FACT_CONTRADICTED)));
}

bool
votes_read(const struct workflow *w, const struct held_ballot *b, int32_t place,
           const struct value *record, struct arena *a, struct cast_vote **out, uint32_t *n,
           struct error *e)
{
    const struct value *facts = value_get(record, "facts");
    const char *role = value_get_string(record, "role");
    bool ok = facts && facts->kind == VALUE_ARRAY;
    const instant at = read_instant(record, "at", INSTANT_NONE, &ok);
    const int64_t number = read_int(record, "number", 0, &ok);

    for (uint32_t i = 0; ok && i < facts->n; i++) {
        struct fact f;

        if (!is_vote(&facts->item[i]))
            continue;
        ok = read_fact(a, w, &facts->item[i], &f);
        if (!ok || f.visit != b->visit.id || f.number != place + 1)
            continue;
        *out = arena_grow(a, *out, *n, sizeof(**out));
        (*out)[(*n)++] =
            (struct cast_vote){.record = number,
                               .at = at,
                               .happened = f.happened,
                               .choice = f.kind == FACT_VOTED ? f.name : f.value.string,
                               .himself = role && !strcmp(role, "voter")};
    }
    return ok || error_set(e, ERROR_INTERNAL, "record %lld does not fit workflow %s",
                           (long long)number, w->id);
}

void
votes_weigh(const struct held_ballot *b, struct cast_vote *vote, uint32_t n)
{
    struct cast_vote *last = NULL;

    if (b->left != INSTANT_NONE && !b->counted)
        return;
    for (uint32_t i = 0; i < n; i++)
        if (b->left == INSTANT_NONE || vote[i].record < b->counted)
            last = &vote[i];
    if (last)
        last->counts = true;
}
