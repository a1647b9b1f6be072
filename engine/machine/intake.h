/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_INTAKE_H
#define MACHINE_INTAKE_H

#include "machine/deed.h"
#include "machine/notes.h"

/*
 * Which district has the case: one hands it over to another 异地通办; and who of the house had to
 * do with it first 首问负责.  He hands the applicant on to whoever is to go on, and answers for the
 * case to its end: the duty stays his wherever it goes, until a supervisor entrusts another.
 */

/** A command of the house on a case that was handed over waits until that is accepted.
 * ERROR_NOT_TAKEN_OVER. */
bool check_taken_over(const struct case_state *c, const struct command *cmd, struct error *e);

/** To another district, with its number, clocks and materials; which accepts it, or gives it back.
 */
bool decide_handing(struct deed *d, struct error *e);

bool decide_entrust(struct deed *d, struct error *e);

/** What the command says of the first handler; after its facts, before it is recorded. */
enum handling handling_of(const struct case_state *c, const struct command *cmd, const char *role);
void apply_handling(struct case_state *c, enum handling h, const char *who, instant at);

void note_first_handler(struct note *o, const struct case_state *c);
bool read_first_handler(const struct value *who, struct case_state *c);

void apply_intake(struct case_state *c, const struct fact *f, instant at);
bool intake_fits(const struct case_state *c, const struct fact *f);

#endif
