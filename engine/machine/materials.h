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

/** At the opening: what is not needed, and what the party, when it is known, holds already. */
void open_materials(struct run *r);

/** The certificate that stands for @material and that the party, when it is known, holds; NULL. */
const char *material_held(const struct run *r, uint16_t material);

/** It is there from shared data, as @document shows, when it is missing or tolerated. */
void fetch_material(struct run *r, uint16_t material, const char *document);

/** What is missing or tolerated and the party holds is fetched. */
void fetch_held(struct run *r);

/** That its tolerance ends soon is said once more; or it ends, or its promise is to be checked. */
void remind_of_material(struct run *r, uint16_t material);
void material_due(struct run *r, uint16_t material);

/**
 * Whether the gate before a promise for @material is open to this party now; why not:
 * ERROR_NOT_IDENTIFIED, ERROR_PROMISE_REFUSED or what asking fails with, as the command would be.
 */
MUST_CHECK bool material_promisable(const struct setting *s, const struct case_state *c,
                                    uint16_t material, struct arena *a, struct error *e);

/** Whether the kind of fact is one about materials. */
bool material_is_told(enum fact_kind kind);
void apply_material(const struct workflow *w, struct case_state *c, const struct fact *f,
                    instant at);

bool materials_fit(const struct workflow *w, const struct case_state *c);
bool material_fits(const struct case_state *c, const struct fact *f);

struct value note_materials(struct arena *a, const struct workflow *w, const struct case_state *c);
/**
 * As they were before the record that led from one to the other changed them; what lapsed by it, as
 * it is now.
 */
struct value note_materials_before(struct arena *a, const struct workflow *w,
                                   const struct case_state *before, const struct case_state *after,
                                   const struct case_state *now);
/** Puts those that @n notes in their places in @all; NULL: none. */
bool read_materials_into(const struct workflow *w, const struct value *n, struct material *all);

bool read_materials_note(struct arena *a, const struct workflow *w, const struct value *n,
                         struct case_state *c);

#endif
