/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_SCENARIO_H
#define DEFINITION_SCENARIO_H

#include "base/error.h"
#include "base/instant.h"
#include "base/value.h"

/*
 * A scenario: one case told line by line, with what is expected after each, in
 * sentences a clerk can read (grammar: workflows/README.md).  Read once, played
 * by `onestop play` on the core in virtual time and by the tests over HTTP; so
 * it is data only and knows nothing of either.
 */

enum scenario_party {
    PARTY_ROLE,      /* who holds `role` */
    PARTY_APPLICANT, /* with case number and query code */
    PARTY_PUBLIC,    /* anybody */
    PARTY_SYSTEM,    /* the outside system `role` */
    PARTY_AGENT      /* acts for the applicant under a mandate, with a code of his own; `name` */
};

struct scenario_actor {
    enum scenario_party party;
    const char *role;
    const char *department; /* "reviewer of 市税务局"; NULL: of the hall */
    const char *name;       /* "张三": tells two of one role apart; NULL */
};

enum scenario_verb {
    VERB_OPENS,
    VERB_DOES,
    VERB_STOPS,
    VERB_RESUMES,
    VERB_EXTENDS,
    VERB_CLAIMS,
    VERB_RELEASES,
    VERB_WITHDRAWS,
    VERB_AMENDS,
    VERB_ANNULS,
    VERB_VOTES,
    VERB_HOLDS,
    VERB_CONTINUES,
    VERB_RECONCILES,
    VERB_STARTS,
    VERB_SAYS,    /* an outside system sends a message */
    VERB_SETTLES, /* what becomes of letter `number` */
    VERB_RETRIES, /* child case `number` is opened anew */
    VERB_IS_BORN, /* child case `number` is there; nobody is the actor */
    VERB_ENDS,    /* it has ended with outcome `action`; likewise */
    VERB_REOPENS,
    VERB_PASSES,   /* nobody does anything: "time passes" */
    VERB_MANDATES, /* `about` acts for the applicant */
    VERB_REVOKES,  /* mandate `number` */
    VERB_ENTRUSTS  /* `about` is first handler from now on */
};

enum expectation_kind {
    EXPECT_STEPS,        /* `word`: the paths of all that is active, in any order */
    EXPECT_STATUS,       /* name: what the applicant is told */
    EXPECT_OUTCOME,      /* name: the case is closed with it */
    EXPECT_CLOCK_DUE,    /* name; day, and at unless INSTANT_NONE */
    EXPECT_CLOCK,        /* name; state */
    EXPECT_MESSAGE,      /* name: a message to that system left since the line before */
    EXPECT_NO_MESSAGE,   /* name: none did */
    EXPECT_MARK,         /* name: set */
    EXPECT_NO_MARK,      /* name: not set */
    EXPECT_FORM,         /* name: dotted path in the form; value */
    EXPECT_LETTER,       /* number; name: what became of it */
    EXPECT_CHILD,        /* number; name: its outcome, "asked" (not known to be there) or "runs" */
    EXPECT_MANDATE,      /* number; name: its state */
    EXPECT_FIRST_HANDLER /* who */
};

/** What a clock can be; the colours are those people see. */
enum clock_word {
    CLOCK_WORD_RUNS,
    CLOCK_WORD_STANDS,
    CLOCK_WORD_ON_TIME,
    CLOCK_WORD_LATE, /* running or ended */
    CLOCK_WORD_CANCELLED,
    CLOCK_WORD_NOT_STARTED,
    CLOCK_WORD_GREEN,
    CLOCK_WORD_BLUE,
    CLOCK_WORD_YELLOW,
    CLOCK_WORD_RED
};

struct expectation {
    enum expectation_kind kind;
    uint32_t line;
    const char *text; /* as it is written */
    const char *name;
    const char *const *word; /* EXPECT_STEPS */
    size_t n_word;
    int32_t number;            /* EXPECT_LETTER, EXPECT_CHILD, EXPECT_MANDATE */
    struct scenario_actor who; /* EXPECT_FIRST_HANDLER */
    enum clock_word state;
    day last_day;
    instant at;
    struct value value;
};

/** Somebody does something at a moment, and what then is expected. */
struct scenario_line {
    uint32_t line; /* in the file */
    instant at;    /* not before the line above */
    struct scenario_actor actor;
    enum scenario_verb verb;
    const char *action, *step;     /* DOES; STOPS CLAIMS RELEASES STARTS: step */
    const char *clock;             /* EXTENDS */
    const char *voter;             /* VOTES, for `action` */
    const char *message;           /* SAYS `action`: the sender's id for it; NULL: one of its own */
    const char *ground;            /* STOPS REOPENS */
    const char *document, *reason; /* STOPS EXTENDS AMENDS ANNULS HOLDS RECONCILES DOES */
    const char *explanation;       /* DOES; NULL */
    instant happened;              /* DOES STOPS RESUMES: when it did, said later; 0: now */
    int32_t number;                /* RESUMES: stop; ANNULS: record; SETTLES: letter; RETRIES
                                      IS_BORN ENDS: child; REVOKES: mandate */
    struct scenario_actor about;   /* MANDATES, ENTRUSTS */
    const char *const *scope;      /* [n_scope] MANDATES: how far; none: all */
    size_t n_scope;
    day from, until;     /* MANDATES: first and last day; 0: not said */
    struct value input;  /* DOES: the input; OPENS AMENDS: members that take the place
                            of the form's; VALUE_NULL: none */
    const char *refused; /* the error code it is refused with; NULL: accepted */
    struct expectation *expect;
    size_t n_expect;
};

struct scenario {
    const char *file;
    const char *workflow;
    const char *district;  /* GB/T 2260 */
    const char *applicant; /* kind of applicant; NULL */
    struct value form;     /* object */
    struct scenario_line *line;
    size_t n_line;
};

/**
 * Reads the scenario @text, which was found in @file; both must live as long
 * as @a.  @return false with ERROR_BAD_FILE, "FILE:LINE: " and what is wrong.
 */
MUST_CHECK bool scenario_read(struct arena *a, const char *file, const char *text,
                              struct scenario *out, struct error *e);

/** Whether @v can be told to the core only: over HTTP the hall itself says it. */
bool scenario_of_the_core(enum scenario_verb v);

/** @form with the members of @change in the place of its own; @change may be null. */
struct value scenario_form(struct arena *a, const struct value *form, const struct value *change);

/** "on time", "late" … */
const char *clock_word_text(enum clock_word w);

#endif
