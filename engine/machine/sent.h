/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_SENT_H
#define MACHINE_SENT_H

#include "machine/case.h"

/* What an outcome (machine.h) says to systems outside and to other cases. */

/** A message to an outside system (FACT_SENT). */
struct message {
    int32_t undoes;        /* message that it takes back; 0: none */
    const int32_t *around; /* [n_around]: stays in which it was sent, from the inside */
    uint32_t n_around;
    const char *region; /* in which it was sent: path of the branch or stage, with its element's
                           name; "": the case; NULL: it takes something back */
    int32_t number;
    const char *system;
    int32_t visit;
    const char *step;
    struct value data;
};

/** What was left from outside: messages sent there that have not gone are dropped. */
struct cancelled {
    int64_t record;     /* by which */
    int32_t visit;      /* a stay; 0: the case */
    const char *branch; /* of parallel stay @visit, by its path; NULL: all of it */
    int32_t last;       /* number of the last message that this is about */
};

/** What one case says to another (COMMAND_RELAY), or that one is to be opened. */
struct relay {
    int64_t case_id;        /* to whom; 0: a case that is to be opened */
    const char *what;       /* "open", "born", "stands", "concluded", "stop", "withdraw",
                               "identified", "voided" */
    int32_t child;          /* its number in the parent case */
    const char *workflow;   /* open */
    bool listens;           /* open: the parent wants to know when it stands */
    int32_t generation;     /* open: of the case that is to be opened */
    struct value applicant; /* open: another's than this case's, {"code", "kind", "name"}; null */
    struct value value;     /* open: the form; else the input of the command; an object */
};

#endif
