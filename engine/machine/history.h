/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_HISTORY_H
#define MACHINE_HISTORY_H

#include "machine/machine.h"

/*
 * The whole past of a case, read from its records: every stay in a step and
 * every stop, with both its ends.  A case's state keeps only what is active;
 * what asks for more (taking back a move, a fact learned late, who held a clock
 * when) asks here, and pays for it only then.
 */

/** One stay in a step. */
struct stay {
    int32_t visit, parent;
    uint16_t step;
    const char *element;    /* inside a list's branch; else NULL */
    const char *department; /* chosen at its entry; else NULL */
    instant entered, left;  /* left INSTANT_NONE: active */
    bool silent;            /* it was left because something came due, not because somebody acted */
    instant deemed; /* when that had its effect in law, done or not; INSTANT_NONE: it has none */
    instant until;  /* when its wait ends, or its ballot closes; INSTANT_NONE: it does not */
    const instant *timer; /* when its timers come due, as many as it has */
    int64_t record;       /* by which it was entered; 0: not known, or being decided */
    int64_t counted;      /* the record that counted its ballot; 0: none did */
};

/** What it was while it lasted, as far as is known of it. */
struct visit stay_visit(const struct stay *s);

/** A mark that is set, and since when that was known: silence sets one for an earlier moment. */
struct marking {
    uint16_t mark;
    instant known;
};

struct history {
    instant
        since; /* before it the case was of another version, whose steps are not told; 0: none */
    int32_t clocks_since; /* clocks up to this one came with it, and know when they stood before */
    struct stay *stay;
    uint32_t n_stay;
    struct stop *stop;
    uint32_t n_stop;
    const struct outage *outage;
    uint32_t n_outage;
    struct marking *marking;
    uint32_t n_marking;
};

/** Who held a clock from when to when.  They follow one another without gap. */
struct holding {
    instant from, to;
    const char *ground;        /* what it stood by; NULL: it ran */
    const char *const *holder; /* by name; none where nobody's turn moved it */
    uint32_t n_holder;
};
struct holdings {
    struct holding *item;
    uint32_t n;
};

/**
 * Reads @n records as facts.body has them, from the first on.  Of a case that was moved to
 * version @w (machine/migrate.h) the history begins there, with what was active.
 * @return false with ERROR_INTERNAL when one does not fit the definition.
 */
MUST_CHECK bool history_read(struct arena *a, const struct workflow *w, const struct value *record,
                             size_t n, struct history *h, struct error *e);

/** Appends who held a clock when: EXPLAIN_JSON one array, the other forms a line each. */
void holdings_write(struct text *t, const struct explaining *how, const struct holdings *held);

/**
 * Appends the hall's outages while @k ran, and which of them were taken back: EXPLAIN_JSON items of
 * an array, the other forms a line each.
 */
void outages_write(struct text *t, enum explain_form form, const struct history *h,
                   const struct case_clock *k, instant now);

/** Adds the facts of a record that counts at @at. */
void history_add(struct arena *a, const struct workflow *w, struct history *h,
                 const struct record *r);

/** Time has come: of a timer, a wait, or a tolerance, what a reject repeats moving nothing. */
bool fact_is_silence(const struct fact *f);

/** What the state alone knows: the active stays and their stops. */
struct history history_of_active(struct arena *a, const struct case_state *c);

/** Takes out what was entered by @record, which is annulled, also where it was left on the way. */
void history_forget(struct history *h, int64_t record);

/** Takes out what the annulled move of @plan (annul_plan()) did, as if it had never been. */
void history_take_back(struct arena *a, const struct workflow *w, struct history *h,
                       const struct value *plan);

/**
 * When @k stood, from its start to @end (its own end when it has one), computed
 * afresh: @k->stand is written anew.  @out, unless NULL, receives who held it.
 * What is before h->since stays as @k has it, if it has run since then, and nobody is told to have
 * held it.
 */
void history_course(struct arena *a, const struct workflow *w, const struct history *h,
                    struct case_clock *k, instant end, struct holdings *out);

/** When the first step from its start on drove @k; INSTANT_NONE: none did. */
instant history_turn(struct arena *a, const struct workflow *w, const struct history *h,
                     const struct case_clock *k);

/** A clock as it was last, and the stay it was of. */
struct past_clock {
    struct case_clock clock; /* its course is history_course()'s to tell */
    struct visit visit;      /* id 0: it was the case's */
};

/**
 * The newest clock called @name (clock_called()) that ran right after record @until or before
 * (0: at all), from the records of a case, which may have left it long ago.  Of a case that was
 * moved to version s->workflow the search begins there.
 * Every calendar that is named in the records must be known to s->calendar.
 * @return false with ERROR_NOT_FOUND, or ERROR_INTERNAL when a record does not fit.
 */
MUST_CHECK bool history_clock(const struct setting *s, const struct value *record, size_t n,
                              const char *name, int64_t until, struct arena *a,
                              struct past_clock *out, struct error *e);

#endif
