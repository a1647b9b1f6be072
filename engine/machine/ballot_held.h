/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_BALLOT_HELD_H
#define MACHINE_BALLOT_HELD_H

#include "machine/ballot.h"

/*
 * The ballots of a case as its records tell of them: a state keeps only those that are open.  They
 * are told from where the case came to the version it has.
 */
struct held_ballot {
    struct visit visit;        /* while it was open; its votes may lack those that were left out */
    const struct value *roll;  /* over which it was held */
    instant left;              /* INSTANT_NONE: it is open */
    int64_t counted;           /* the record in which it was counted last; 0: in none */
    const struct value *tally; /* what was counted; NULL */
    int32_t arm;               /* of its step, where that led; -1 */
};

struct held_ballots {
    struct held_ballot *item;
    uint32_t n;
};

/**
 * Reads them from @n records, in their order; any that hold nothing but votes may be left out.
 * Every calendar that is named in the records must be known to s->calendar.
 * @return false with ERROR_INTERNAL when one does not fit.
 */
MUST_CHECK bool ballots_read(const struct setting *s, const struct value *record, size_t n,
                             struct arena *a, struct held_ballots *out, struct error *e);

/** The ballot that is open in @v. */
struct held_ballot ballot_open_in(const struct workflow *w, const struct case_state *c,
                                  const struct visit *v);

/** The place on its roll of him whose voting code @code is, from 0; -1: of nobody. */
int32_t ballot_coded(struct arena *a, const struct workflow *w, const struct held_ballot *b,
                     const char *code);

/** A vote of one voter, as it was recorded. */
struct cast_vote {
    int64_t record;
    instant at, happened; /* when it was recorded; when it came, 0: then */
    const char *choice;
    bool himself; /* with his code, not written down for him */
    bool counts;  /* it is his vote: the last, and of a ballot that is closed counted in it */
};

/** Adds to @out, where there is room for one more for each fact, those in @record of @place. */
MUST_CHECK bool votes_read(const struct workflow *w, const struct held_ballot *b, int32_t place,
                           const struct value *record, struct arena *a, struct cast_vote **out,
                           uint32_t *n, struct error *e);

/** Says which of them, in the order of their records, counts. */
void votes_weigh(const struct held_ballot *b, struct cast_vote *vote, uint32_t n);

#endif
