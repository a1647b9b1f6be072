/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_NOTES_H
#define MACHINE_NOTES_H

#include "machine/machine.h"

/*
 * Cases and facts as JSON values: how they are stored.  Members that have
 * their usual value are left out, so that a row stays small.  Moments are
 * integers, microseconds since 1970; steps are named by path, clocks, marks
 * and grounds by id, so that no stored text depends on a version's indices.
 *
 * The readers return false when a note does not fit the definition.
 */

struct value note_visit(struct arena *a, const struct workflow *w, const struct visit *v);
struct value note_branch(struct arena *a, const struct workflow *w, const struct branch *b);
struct value note_stop(struct arena *a, const struct workflow *w, const struct stop *s);
/**
 * Of a clock that started at @began (INSTANT_NONE: at none) the note does not
 * say when, of one that counts by @calendar (NULL: by none) not by which.
 */
struct value note_clock(struct arena *a, const struct workflow *w, const struct case_clock *k,
                        instant began, const char *calendar);
struct value note_certificate(struct arena *a, const struct workflow *w,
                              const struct certificate *x);
struct value note_reversal(struct arena *a, const struct workflow *w, const struct reversal *x);
bool read_reversal(struct arena *a, const struct workflow *w, const struct value *n,
                   struct reversal *x);
struct value note_child(struct arena *a, const struct workflow *w, const struct child *x);
bool read_child(const struct value *n, struct child *x);
struct value note_letter(struct arena *a, const struct workflow *w, const struct letter *l);
struct value note_fact(struct arena *a, const struct workflow *w, const struct fact *f);

/** When a clock stood, as a list; read_stands() takes NULL as never. */
struct value note_stands(struct arena *a, const struct case_clock *k);
bool read_stands(struct arena *a, const struct value *v, struct case_clock *k);

bool read_visit(struct arena *a, const struct workflow *w, const struct value *n, struct visit *v);
bool read_branch(const struct workflow *w, const struct value *n, struct branch *b);
bool read_stop(const struct workflow *w, const struct value *n, struct stop *s);
bool read_clock(struct arena *a, const struct workflow *w, const struct value *n, instant began,
                const char *calendar, struct case_clock *k);
bool read_certificate(const struct workflow *w, const struct value *n, struct certificate *x);
bool read_letter(const struct workflow *w, const struct value *n, struct letter *l);
bool read_fact(struct arena *a, const struct workflow *w, const struct value *n, struct fact *f);

/** The whole case but its form, as case_write() writes it. */
struct value note_case(struct arena *a, const struct workflow *w, const struct case_state *c);

/** An object under construction.  Names in ascending order cost nothing. */
struct note {
    struct member member[40];
    size_t n;
};
void note_add(struct note *o, const char *name, struct value v);
void note_int(struct note *o, const char *name, int64_t n, int64_t usual);
void note_string(struct note *o, const char *name, const char *s); /* NULL: left out */
void note_instant(struct note *o, const char *name, instant t);    /* NONE: left out */
struct value note_done(struct arena *a, const struct note *o);

/** The integer member @name, or @usual when absent; *@ok turns false when it is no integer. */
int64_t read_int(const struct value *n, const char *name, int64_t usual, bool *ok);

/** The same within int32, and a moment within the years instants are kept in. */
int32_t read_small(const struct value *n, const char *name, int32_t usual, bool *ok);
instant read_instant(const struct value *n, const char *name, instant usual, bool *ok);

struct value note_limit(struct arena *a, struct limit l); /* "20 working days", or the instant */
bool read_noted_limit(const struct value *v, struct limit *l);

/** The moments of a step's timers, null for what has fired; as many as the step has. */
struct value note_moments(struct arena *a, const instant *moment, uint16_t n);
const instant *read_moments(struct arena *a, const struct value *v, uint16_t n, bool *ok);

/** The index of what member @name names, found by @find. */
uint16_t read_index(const struct workflow *w,
                    uint16_t (*find)(const struct workflow *, const char *), const struct value *n,
                    const char *name, bool *ok);

#endif
