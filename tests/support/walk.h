/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_WALK_H
#define TESTS_SUPPORT_WALK_H

#include "machine/machine.h"
#include "tests/support/chance.h"

/*
 * Random lives of cases.  One case is lived twice: once its alarms are fired
 * in time, once what came due is applied only by the next command.  After
 * every command everything that must hold of the core is checked:
 *
 *   the same arguments give the same outcome; a refusal leaves no trace;
 *   the state is the same when written and read back, and when made anew from
 *   the records; both lives have the same answers, records and states;
 *   the parts of the state belong together (walk_check.c); every step that was
 *   left has one row of measurement, every ended clock too; at the end, who held a
 *   clock adds up to its time;
 *   a sound definition is never at fault; what is counted by a calendar ends when that says.
 */

struct walk_life {
    struct case_state *c;
    const char *text;    /* the state's, form and all */
    const char **record; /* JSON, [c->recorded] */
    struct value *value; /* the same, read back */
    size_t n_record;
};

struct walk_card {
    struct card card;
    bool withdrawn;
};

struct walk {
    const struct workflow *w;
    const struct calendar *calendar; /* with all versions that may come to hold */
    const struct calendar *house;    /* of these the one that does: each life changes it */
    struct chance *chance;
    struct arena *a;
    struct walk_life timely, late;
    struct case_state *again; /* made from the records of the timely one */
    instant now;
    const char *wrong;      /* what did not hold; NULL as long as everything does */
    struct text story;      /* what was done, a line each */
    uint32_t n_certificate; /* issued so far in the timely life */
    struct walk_card *card; /* the register, as the timely life wrote it */
    uint32_t n_card;
    bool backdated; /* something was learned late: clocks that had ended keep their course */
    uint32_t n_accepted, n_refused, n_alarm, n_closed, n_agent;
};

/** Lives one case with at most @most commands; what is wrong is in `wrong`. */
void walk_case(struct walk *k, uint32_t most);

/** The same up to the last command: what would come due later has not. */
void walk_some(struct walk *k, uint32_t most);

/** Notes what did not hold, the first time. */
void walk_wrong(struct walk *k, const char *what, ...) PRINTF(2, 3);

/* walk_check.c */
void walk_check_state(struct walk *k, const struct case_state *c);
void walk_check_outcome(struct walk *k, const struct case_state *before, const struct outcome *o);
void walk_check_holdings(struct walk *k); /* of all clocks of the timely life, up to now */

/* walk_draw.c: a random command that often makes sense on @c */
struct command *walk_draw(struct walk *k, const struct case_state *c);

/* walk_form.c: a random form that mostly is valid */
struct value walk_form(struct walk *k);
/** A department that may do @s. */
const char *walk_department(struct walk *k, const struct step *s);
/** The party holds a certificate of one kind that some material may be, now and then. */
void walk_give_held(struct walk *k, struct command *cmd);
/* walk_people.c */
/** Somebody has looked who asks, or the hall could not work; now and then told by who may not. */
void walk_draw_house(struct walk *k, const struct case_state *c, struct command *cmd);
/** The party holds something, perhaps; and what it asks was handed in on paper, now and then. */
void walk_draw_paper(struct walk *k, struct command *cmd);
/** Somebody withdraws, or had withdrawn before the case went on, or it is only looked at. */
void walk_draw_withdrawal(struct walk *k, const struct case_state *c, struct command *cmd);
/** Somebody is to act for the applicant, or does no more; or another is to answer for the case. */
void walk_draw_people(struct walk *k, const struct case_state *c, struct command *cmd);
/** Now and then the applicant opens it; and it says who files it: a window, he, or that agent. */
void walk_draw_filing(struct walk *k, struct command *cmd);
/** Who acts for the applicant did so under a mandate that was in force then, and each account has
 * one.
 */
void walk_check_people(struct walk *k, const struct case_state *before, const struct outcome *o);
/** That nobody of a department the case is nothing to may give @cmd, which somebody may. */
void walk_check_stranger(struct walk *k, const struct case_state *c, const struct command *cmd);
/** What is the applicant's, an agent of his does now and then. */
void walk_as_agent(struct walk *k, const struct case_state *c, struct command *cmd);

/** The definitions that are walked: those of the project and some made for it. */
struct walk_ground {
    const struct workflow **workflow;
    size_t n;
    const struct calendar *calendar;
};

/** Loads them from the root of the project; false and a word on stderr when one is not sound. */
bool walk_load(struct arena *a, struct walk_ground *out);

#endif
