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
    PARTY_VOTER,     /* `name`, as he stands on a roll, with his voting code */
    PARTY_AGENT      /* acts for the applicant under a mandate, with a code of his own; `name` */
};

struct scenario_actor {
    enum scenario_party party;
    const char *role;
    const char *department; /* "reviewer of 市税务局"; NULL: of the hall */
    const char *district;   /* "window in 371503"; NULL: of the one that has the case */
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
    VERB_REVOKES,  /* certificate `number` */
    VERB_REPLACES, /* likewise */
    VERB_VOTES,
    VERB_HOLDS,
    VERB_CONTINUES,
    VERB_RECONCILES,
    VERB_STARTS,
    VERB_SAYS,    /* an outside system sends a message */
    VERB_SETTLES, /* what becomes of letter `number` */
    VERB_RETRIES, /* child case `number` is opened anew */
    VERB_REOPENS,
    VERB_MATERIAL, /* `action` with `material`; "allow-notice" with none */
    VERB_LABELS,   /* puts `label` on, or with `action` "remove" takes it off */
    VERB_MOVES,    /* into `lane`; NULL: out of the one it is in */
    VERB_HANDS_OVER,
    VERB_TAKES_OVER,
    VERB_HANDS_BACK,
    VERB_PREPARES, /* `action` of `step` */
    VERB_UNPREPARES,
    VERB_MANDATES,        /* `about` acts for the applicant */
    VERB_REVOKES_MANDATE, /* `number` */
    VERB_IDENTIFIES,      /* `document` shows who asks */
    VERB_ENTRUSTS,        /* `about` is first handler from now on */
    VERB_RECORDS,         /* an outage of the hall, from `began` until `ended` */
    VERB_ANNULS_OUTAGE,   /* `number`th of those the case was told of */
    VERB_IS_BORN,  /* child case `number` is there; nobody is the actor here and in what follows */
    VERB_ENDS,     /* it has ended with outcome `action` */
    VERB_STANDS,   /* it stands */
    VERB_GOES_ON,  /* it does not any more */
    VERB_PASSES,   /* nobody does anything: "time passes" */
    VERB_ELSEWHERE /* nor here: of the party's promises in other cases `number` stand as broken */
};

enum expectation_kind {
    EXPECT_STEPS,         /* `word`: the paths of all that is active, in any order */
    EXPECT_STATUS,        /* name: what the applicant is told */
    EXPECT_OUTCOME,       /* name: the case is closed with it */
    EXPECT_CLOCK_DUE,     /* name; day, and at unless INSTANT_NONE */
    EXPECT_CLOCK,         /* name; state; is: the ground on which it stands, NULL: any */
    EXPECT_MESSAGE,       /* name: a message to that system left since the line before */
    EXPECT_MARK,          /* name: set */
    EXPECT_FORM,          /* name: dotted path in the form; value */
    EXPECT_CASE,          /* name: what was set under case.*; value */
    EXPECT_LETTER,        /* number; name: what became of it */
    EXPECT_CHILD,         /* number; name: its outcome, "asked" (not known to be there), "runs" or
                             "stands" */
    EXPECT_LABEL,         /* name: the case has it */
    EXPECT_LANE,          /* name: the case is in it; absent: in none, and there is no name */
    EXPECT_DISTRICT,      /* name: the case is that district's */
    EXPECT_MATERIAL,      /* name; is: its state */
    EXPECT_CERTIFICATE,   /* number; name: its state */
    EXPECT_CLAIM,         /* name: path of a step that somebody has claimed */
    EXPECT_HOLD,          /* name: path of a step that waits for a reason */
    EXPECT_MANDATE,       /* number; name: its state */
    EXPECT_FIRST_HANDLER, /* who */
    EXPECT_PREPARED,      /* something is prepared for step `name` */
    EXPECT_CONTRADICTION, /* a move made by silence is contradicted */
    EXPECT_VOID, /* name: a certificate of that kind, of another case, holds no more by it */
    EXPECT_STUCK /* name: what was due could not be done for that error; absent: nothing, and there
                    is no name */
};
enum { EXPECT_KINDS = EXPECT_STUCK + 1 };

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
    CLOCK_WORD_RED,
    CLOCK_WORD_WARNED /* a blue card was issued for it */
};

struct expectation {
    enum expectation_kind kind;
    uint32_t line;
    const char *text; /* as it is written */
    bool absent;      /* "no …": it is not so */
    const char *name;
    const char *is;          /* EXPECT_MATERIAL, EXPECT_CLOCK */
    const char *const *word; /* EXPECT_STEPS */
    size_t n_word;
    int32_t number;            /* EXPECT_LETTER, EXPECT_CHILD, EXPECT_CERTIFICATE, EXPECT_MANDATE */
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
    int32_t child; /* it is about this child case, not the scenario's own; 0 */
    struct scenario_actor actor;
    enum scenario_verb verb;
    const char *action, *step; /* DOES PREPARES; STOPS CLAIMS RELEASES STARTS UNPREPARES: step */
    bool prepared;             /* DOES what was prepared */
    const char *material, *label, *lane;
    const char *district;          /* HANDS_OVER: to which */
    const char *clock;             /* EXTENDS */
    const char *voter;             /* VOTES, for `action` */
    const char *message;           /* SAYS `action`: the sender's id for it; NULL: one of its own */
    const char *ground;            /* STOPS REOPENS */
    const char *document, *reason; /* STOPS EXTENDS AMENDS ANNULS HOLDS RECONCILES DOES
                                      PREPARES */
    const char *identified;        /* DOES: the document by which he has looked who asks; NULL */
    const char *explanation;       /* DOES; NULL */
    instant happened;              /* OPENS DOES STOPS RESUMES WITHDRAWS: said later; 0: now */
    instant began, ended;          /* RECORDS */
    int32_t number;                /* RESUMES: stop; ANNULS: record; REVOKES REPLACES: certificate;
                                      SETTLES: letter; ELSEWHERE: promises; RETRIES IS_BORN ENDS STANDS GOES_ON:
                                      child;                REVOKES_MANDATE: mandate */
    struct scenario_actor about;   /* MANDATES ENTRUSTS; OPENS where its role is not NULL */
    const char *const *scope;      /* [n_scope] scenario_mandates(): how far; none: all */
    size_t n_scope;
    day from, until;     /* the same: first and last day; 0: not said */
    struct value input;  /* DOES PREPARES: the input; OPENS AMENDS: members that take the place
                            of the form's; VALUE_NULL: none */
    const char *refused; /* the error code it is refused with; NULL: accepted */
    struct expectation *expect;
    size_t n_expect;
};

/** Whether the line says who acts for the applicant from then on: `about`, scope, from, until. */
static inline bool
scenario_mandates(const struct scenario_line *l)
{
    return l->verb == VERB_MANDATES || (l->verb == VERB_OPENS && l->about.role != NULL);
}

struct scenario {
    const char *file;
    const char *workflow;
    const char *district;  /* GB/T 2260 */
    const char *applicant; /* kind of applicant; NULL */
    const char *party;     /* his credit code; NULL */
    const char **held;     /* [n_held] kinds of certificates that he holds of other cases */
    size_t n_held;
    struct value form; /* object */
    struct scenario_line *line;
    size_t n_line;
};

/**
 * Reads the scenario @text, which was found in @file; both must live as long
 * as @a.  @return false with ERROR_BAD_FILE, "FILE:LINE: " and what is wrong.
 */
MUST_CHECK bool scenario_read(struct arena *a, const char *file, const char *text,
                              struct scenario *out, struct error *e);

/** Whether nobody does @v: the hall itself tells a case what became of its child cases. */
bool scenario_by_the_hall(enum scenario_verb v);

/** @form with the members of @change in the place of its own; @change may be null. */
struct value scenario_form(struct arena *a, const struct value *form, const struct value *change);

/** "on time", "late" … */
const char *clock_word_text(enum clock_word w);

#endif
