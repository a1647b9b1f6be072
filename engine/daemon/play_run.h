/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_PLAY_RUN_H
#define DAEMON_PLAY_RUN_H

#include "daemon/play.h"
#include "definition/scenario.h"

/* How a clock ended that the case may no longer have. */
struct play_ended {
    const char *clock; /* its name; where each department has one with "@" and the department */
    enum verdict verdict;
};

struct play_run;

/* A child case that was asked for. */
struct play_child {
    struct relay asked;   /* .what NULL: it was not */
    struct play_run *run; /* NULL: it is not born */
};

/* Inside the player: one run through a scenario, or through a child case of one. */
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
    const char **answer;      /* [s->n_line]: "accepted", or the code of the refusal */
    struct play_child *child; /* [n_child]: child i has number i + 1 */
    size_t n_child;
    const char **agent; /* [n_agent]: of each mandate, by name; NULL: a helper, by his account */
    size_t n_agent;
    instant *broken; /* [n_broken]: when the party's promises in other cases were found broken */
    uint32_t n_broken;
    bool is_child;
    const struct relay *said; /* by the child, and not heard by its parent yet; NULL */
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

/** Gives @cmd all records so far, as they are stored. */
bool play_history(struct play_run *r, struct command *cmd, struct error *e);

/** Gives the command, whoever may.  The same, where he may. */
bool play_decide(struct play_run *r, const struct command *cmd, instant now, struct error *e);
bool play_give(struct play_run *r, const struct command *cmd, instant now, struct error *e);
/** Lets the core look again: what came due is applied. */
bool play_look(struct play_run *r, instant now, struct error *e);

/** The definition @id that stands beside the scenario; NULL and a line in @report. */
const struct workflow *play_workflow(struct arena *a, const struct house *house,
                                     const struct scenario *s, const char *id, struct text *report);

/* play_children.c */
struct play_run *play_child(const struct play_run *r, int32_t number); /* NULL: it is not born */
const char *play_child_number(struct arena *a, int32_t number);        /* case number */

/** What @r says to other cases by @o. */
void play_relays(struct play_run *r, const struct outcome *o);

/** The hall tells what became of a child: is it so?  Before the command, and after it. */
bool play_hear(struct play_run *r, const struct scenario_line *l);
void play_heard(struct play_run *r, const struct scenario_line *l);

/** Whether the scenario told all that children had to say before @line; else a complaint. */
bool play_all_heard(struct play_run *r, uint32_t line);

#endif
