/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_SCENARIO_READER_H
#define DEFINITION_SCENARIO_READER_H

#include "definition/scenario.h"

/*
 * Inside the reader of scenarios: the words of one sentence.  A sentence is a
 * line of the file; brackets that are open at its end continue it on the next.
 */
struct sentence {
    struct arena *arena;
    const char *file;
    uint32_t line;   /* where it begins */
    const char *at;  /* the next byte */
    const char *end; /* behind its last */
    struct error *e;
};

/** Fills the error with file and line, and returns false. */
bool sentence_wrong(struct sentence *s, const char *what, ...) PRINTF(2, 3);

/** How many bytes of what follows an error shows: at most 60, of this line. */
int sentence_rest(const struct sentence *s);

/** Nothing follows; or what does is not understood, and is told. */
bool sentence_end(struct sentence *s);

/** As sentence_wrong(), proposing the word of the NULL-terminated @known that was meant. */
bool sentence_unknown(struct sentence *s, const char *kind, const char *word,
                      const char *const *known);

bool sentence_done(struct sentence *s);                   /* nothing is left */
bool sentence_take(struct sentence *s, const char *word); /* the next is this word, and is taken */
bool sentence_comma(struct sentence *s);
const char *sentence_word(struct sentence *s); /* the next word; NULL: there is none */

/** The next word; false with an error that says @what is missing. */
bool sentence_need(struct sentence *s, const char *what, const char **out);

/** The next is a number from 1, and is taken. */
bool sentence_number(struct sentence *s, const char *what, int32_t *out);

/** The next is a text in quotes, and is taken. */
bool sentence_text(struct sentence *s, const char **out);

/** The next is a JSON value; with @out VALUE_NULL when there is none. */
bool sentence_json(struct sentence *s, struct value *out);

/** Reads "2026-03-02 09:22:30"; date and seconds may be missing.  @d is the date so far. */
bool sentence_time(struct sentence *s, day *d, instant *at, bool *has_time);

/** Reads what follows the time: who does what, or what the hall or time itself does. */
bool sentence_deed(struct sentence *s, struct scenario_line *line);

/** Reads what follows "then": expectations, separated by commas. */
bool sentence_expectations(struct sentence *s, struct scenario_line *line);

/** document "…", reason "…", explanation "…" and happened MOMENT, in this order. */
bool sentence_papers(struct sentence *s, struct scenario_line *l);

/* scenario_people.c */
/** Who acts: a role with department, district and name, the applicant, the public, a system … */
bool sentence_actor(struct sentence *s, struct scenario_actor *who);
/** mandates agent "NAME"|helper ["NAME"] [for WORD …] [from DAY] [until DAY] [document "…"] */
bool sentence_mandate(struct sentence *s, struct scenario_line *l);
/** opens [with mandate of agent "NAME"|helper ["NAME"] … as above] [JSON] */
bool sentence_opening(struct sentence *s, struct scenario_line *l);
/** entrusts ROLE ["NAME"] reason "…" */
bool sentence_entrust(struct sentence *s, struct scenario_line *l);
/** first-handler ROLE ["NAME"] */
bool sentence_first_handler(struct sentence *s, struct expectation *x);

#endif
