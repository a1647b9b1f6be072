/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_GATE_H
#define DAEMON_GATE_H

#include "definition/registry.h"
#include "machine/explore.h"

/*
 * What a version must stand before it is published, beyond what reading it
 * proves: from every state an end can be reached, and the scenarios beside it
 * hold on this hall's calendar.
 */

/** How far the exploration of one definition goes. */
struct gate_bounds {
    uint32_t states;
    long seconds;             /* of the processor */
    bool (*go_on)(void *arg); /* asked before each state and scenario; NULL: always */
    void *arg;
    bool to_the_end; /* what is not looked at then is a problem that the definition acknowledges */
};

/** As far as `onestop lint` goes when nobody says otherwise, and as the daemon does. */
enum { GATE_STATES = 200000, GATE_SECONDS = 120 };

/** Explores @w; what it finds is in @problems, each with its example.  @scratch is not kept. */
void gate_explore(const struct workflow *w, const struct house *house, const struct gate_bounds *b,
                  struct arena *scratch, struct problems *problems, struct explored *found);

/** What @found leaves open, a line each for people; "": nothing. */
const char *gate_left_open(struct arena *a, const struct workflow *w, const struct explored *found,
                           enum language language);

/**
 * Plays the scenarios of @w: those beside its file whose name begins with that
 * file's, NAME-….case or NAME.case of NAME.json, and whose head says `workflow
 * NAME`.  One that fails is a problem, none at all a doubt.  @b's go_on() is
 * asked before each; when it says no, the others are not played, and what is
 * found then says nothing.
 * @return how many there were.
 */
uint32_t gate_play(const struct workflow *w, const struct house *house, const struct gate_bounds *b,
                   struct arena *scratch, struct problems *problems);

#endif
