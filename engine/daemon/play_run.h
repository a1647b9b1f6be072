/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_PLAY_RUN_H
#define DAEMON_PLAY_RUN_H

#include "daemon/play.h"
#include "definition/scenario.h"
#include "machine/machine.h"

/* How a clock ended that the case may no longer have. */
struct play_ended {
    const char *clock; /* its name */
    enum verdict verdict;
};

/* Inside the player: one run through a scenario. */
struct play_run {
    struct arena *arena;
    const struct house *house;
    const struct workflow *w;
    const struct scenario *s;
    struct text *report;
    bool alarms; /* fired at their moments; otherwise nothing looks but the commands */

    struct case_state *c;
    instant now;
    const char **record; /* what machine_replay() reads */
    size_t n_record;
    const char **message; /* systems that were told something since the line before */
    size_t n_message;
    struct play_ended *ended;
    size_t n_ended;
    const char **agent; /* [n_agent]: of each mandate, by name; NULL: a helper, by his account */
    size_t n_agent;
    const char **answer; /* [s->n_line]: "accepted", or the code of the refusal */
    bool failed;
};

/** Reports "FILE:LINE: …" and notes that the scenario failed. */
void play_complain(struct play_run *r, uint32_t line, const char *what, ...) PRINTF(3, 4);

/** Holds everything that is expected after @l against the state. */
void play_expect(struct play_run *r, const struct scenario_line *l);

/** What he is called as an account of the house. */
const char *play_account(struct arena *a, const struct scenario_actor *who);

/** What a line commands; a complaint when it cannot be said. */
struct command *play_command(struct play_run *r, const struct scenario_line *l);

#endif
