/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_EFFECT_H
#define DEFINITION_EFFECT_H

#include "definition/expression.h"

/* What a move does besides moving; part of a compiled workflow (definition.h). */

/** An expression and what its result is called. */
struct named {
    const char *name;
    const struct expression *value;
};

/** For whom a case is opened that is not this one's applicant. */
struct other_party {
    const char *kind;              /* of applicant */
    const struct expression *name; /* a string */
    const struct expression *code; /* a string, his credit code; NULL: he has none */
};

/** The message by which what was sent is taken back: {"undo": {"send": …, "data": …}}. */
struct reversal_rule {
    const char *system;
    const struct expression *value; /* its data, as it is when the message goes; NULL: */
    const struct named *member;     /* [n_member]; none of both: no data */
    uint16_t n_member;
};

/** What a move does besides moving, in the order written. */
enum effect_kind {
    EFFECT_SET,    /* {"set": {"form.x" or "case.x": expression}} */
    EFFECT_SEND,   /* {"send": system, "data": expression}: recorded, delivered by the outbox */
    EFFECT_COMMIT, /* {"commit": draw}: the hash of its seed is published */
    EFFECT_DRAW,   /* {"draw": …}: the seed is revealed, and it is drawn */
    EFFECT_ISSUE,  /* {"issue": kind of certificate}: recorded, signed by the shell */
    EFFECT_LABEL,  /* {"label": label, "remove": true}: put on or taken off */
    EFFECT_OPEN,   /* {"open": workflow, "form": {…}}: a case nobody here waits for */
    EFFECT_FETCH,  /* {"material": material, "from": expression}: it is there, from shared data */
    EFFECT_REVOKE, /* {"revoke": kind of certificate the party holds}: it holds no more */
    EFFECT_APPEND  /* {"append": {"form.x": element}}: at the end of a list of the form */
};

/** What {"draw": NAME, …} draws from (engine/machine/draw.h). */
struct drawing {
    const struct expression *from;    /* strings: the candidates */
    const struct expression *weights; /* integers, one for each; NULL: all alike */
    const struct expression *exclude; /* strings: who may not be drawn; NULL: nobody */
    const struct expression *count;   /* integer: how many are drawn, none twice */
    const struct expression *mix;     /* string: what the public adds to the seed; NULL: nothing */
    const char *into;                 /* "case.x": where those drawn are written */
};

struct effect {
    enum effect_kind kind;
    const struct expression *when; /* NULL: always */
    const char *name;              /* SET: "form.x" or "case.x"; APPEND: "form.x"; SEND: the system;
                                      COMMIT DRAW: the draw; OPEN: the workflow */
    const struct expression *value; /* SET: what; APPEND: the element, or NULL; SEND: the message's
                                       data, or NULL; FETCH: what shows it, a string; ISSUE REVOKE:
                                       the number of the one that is held, a string, or NULL */
    const struct named *member;     /* SEND: the data is an object of these; NULL: it is `value`;
                                       APPEND: the element is; OPEN: the form */
    uint16_t n_member;
    uint16_t certificate;             /* ISSUE: its kind */
    const char *held;                 /* ISSUE REVOKE: kind of what the party holds of another
                                         case, which is replaced or revoked by it; NULL: nothing */
    bool optional;                    /* … if it holds one */
    const char *basis;                /* REVOKE: what the one who issued it is told; NULL */
    uint16_t label;                   /* LABEL: which */
    uint16_t material;                /* FETCH: which */
    bool remove;                      /* LABEL: it is taken off */
    const struct drawing *drawing;    /* DRAW */
    const struct other_party *other;  /* OPEN: for whom; NULL: this case's applicant */
    const struct reversal_rule *undo; /* SEND: how it is taken back; NULL: it is not */
};
struct effects {
    const struct effect *item;
    uint16_t n;
};

#endif
