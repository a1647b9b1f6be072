/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_VIEW_EVENTS_H
#define API_VIEW_EVENTS_H

#include "machine/machine.h"

/*
 * The records of a case told to people (schema CaseEvent): who did what, what he
 * said, and what followed that concerns the reader.  Pure.
 */

enum audience {
    AUDIENCE_HOUSE,    /* people of the house who may read the case */
    AUDIENCE_APPLICANT /* the applicant and his agents: no accounts, no steps of the house */
};

/** A stored record. */
struct event {
    int64_t number;
    instant at;
    const char *step; /* in which it was acted; NULL: it is no act */
    int32_t mandate;  /* of the agent who looks: what others did he reads no inputs of; 0 */
    const struct value *record; /* as record_write() wrote it */
};

/**
 * Appends @ev to a list; nothing where it says nothing to this audience.  What the house says with
 * the action by which a case comes to its applicant or to its end it says to him: he reads the
 * action's input then.  Titles are those of @w, the version the case has now.
 */
void view_event(struct text *t, const struct workflow *w, enum audience audience,
                const struct event *ev);

/**
 * Appends the draws of @ev to a list, in the form of facts: what deploy/check-draw reads.  While @c
 * is open, only the hashes of the seeds: nobody is to learn from it that he will be inspected.
 */
void view_draws(struct text *t, const struct case_state *c, const struct event *ev);

#endif
