/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_MATERIALS_H
#define MACHINE_MATERIALS_H

#include "machine/machine.h"

struct run; /* flow.h */

/*
 * Intake duties (domain.md 3.1): what of the materials is there, what is
 * tolerated until when, promised, fetched, and what a notice has asked for.
 */

/** "missing", "not-needed", "present", "fetched", "tolerated", "promised", "lapsed", "broken" */
const char *material_state_name(enum material_state s);
bool material_state_read(const char *name, enum material_state *s);

/** Whether the case still waits for it: missing, tolerated, lapsed, or its promise was false. */
bool material_is_owed(const struct material *m);
uint32_t materials_owed(const struct workflow *w, const struct case_state *c);

/** At the opening: what is not needed, and what the party holds already. */
void open_materials(struct run *r);

/** Its tolerance has run out. */
void lapse_material(struct run *r, uint16_t material);

/** ERROR_NOTICE_LATE and the like: may this action's notice name what its input says? */
bool check_notice(struct run *r, const struct value *missing, struct error *e);
void give_notice(struct run *r, const struct value *missing);

void apply_material(const struct workflow *w, struct case_state *c, const struct fact *f,
                    instant at);

bool materials_fit(const struct workflow *w, const struct case_state *c);
bool material_fits(const struct workflow *w, const struct fact *f);

struct value note_materials(struct arena *a, const struct workflow *w, const struct case_state *c);
bool read_materials_note(struct arena *a, const struct workflow *w, const struct value *n,
                         struct case_state *c);

#endif
