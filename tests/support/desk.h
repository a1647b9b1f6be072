/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_DESK_H
#define TESTS_SUPPORT_DESK_H

#include "machine/machine.h"

/*
 * One case at a desk: a small definition, commands in words, and what became
 * of them.  After every accepted command the state must be the same when
 * written and read back and when made anew from the records.  Whatever is not
 * expected ends the test.  JSON is written with single quotes.
 */
struct desk {
    struct arena arena;
    const struct calendar *calendar; /* of 2022 to 2026 */
    const struct workflow *w;
    struct case_state *c;
    struct outcome out; /* of the last accepted command */
    struct error e;     /* of the last refused one */
    instant now;
    instant broken[4]; /* [n_broken]: when the party's promises in other cases were found broken */
    uint32_t n_broken;
    const char **record;
    size_t n_record;
};
extern struct desk desk;

/* cmocka setup and teardown of each test */
int desk_setup(void **state);
int desk_teardown(void **state);

/**
 * Takes up a definition, given by its members behind id, lead ("lead") and the
 * like: "'start': …, 'steps': …".  Titles are filled in, and an action may be
 * the name of the step it leads to.
 */
void desk_define(const char *members);

/** "2026-03-02 09:00", or with seconds, in UTC+8. */
instant desk_moment(const char *text);
void desk_at(const char *text);

/**
 * A command of @who: "window", "reviewer#wang" (named), "reviewer@fire" (of a
 * department), "applicant", "public", "system:tax".  Its revision is -1 and
 * its reason given.
 */
struct command desk_command(enum command_kind kind, const char *who);

bool desk_give(struct command cmd);

/* The commonest, which must be accepted */
void desk_open(const char *form); /* by window, at the desk's moment */
void desk_act(const char *who, const char *action);
void desk_act_in(const char *who, const char *action, const char *step);
void desk_look(const char *when); /* the alarm of that moment */
void desk_stop(const char *step, const char *ground);
void desk_resume(int32_t number);
void desk_annul(int32_t record);

/** It must be refused with @code. */
void desk_refused(struct command cmd, enum error_code code);
struct command desk_action(const char *who, const char *action, const char *step);
struct command desk_annulment(int32_t record);

/** An act that @who records now, and that happened then ("2026-03-02 09:00"). */
struct command desk_late_act(const char *who, const char *action, const char *happened);
void desk_history(struct command *cmd); /* gives it all records so far */

/** A message of a system, with the system's own id for it; @data NULL: none comes with it. */
struct command desk_message(const char *from, const char *name, const char *id, const char *data);
void desk_say(const char *name, const char *id, const char *data); /* by system:fire */
const char *desk_fate(int32_t letter);

/** What case @child says to this, its parent, or the parent where @child is 0. */
struct command desk_relay(const char *what, int32_t child, const char *input);
void desk_born(int32_t child); /* it has been opened: case 100 and so many */

const struct value *desk_json(const char *text);

/** Paths of the active steps that are no stages or parallel ones, or the outcome: "a, b.c". */
const char *desk_steps(void);

/** The state as it is stored, and the form. */
const char *desk_state(void);

/** The newest clock of that rule; it must be there. */
const struct case_clock *desk_clock(const char *rule);

/** Its due instant as "2026-03-04 17:00", "none" while it has none. */
const char *desk_due(const char *rule);

/** The last outcome's row of clock rule @id, or of the step @id where that has no limit. */
const struct timing *desk_timing(const char *id);

/** How often the kind of fact is in the last outcome. */
uint32_t desk_facts(enum fact_kind kind);

/** The JSON at "a.b.c" of what `step` says, "none" when there is nothing. */
const char *desk_word(const char *path);

#endif
