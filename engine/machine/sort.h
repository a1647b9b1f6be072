/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_SORT_H
#define MACHINE_SORT_H

#include "machine/deed.h"

/*
 * What cases are sorted by in lists and worklists: labels, which mean nothing to
 * the engine, and the priority lane 绿色通道 a case is in.  Expressions ask for
 * the lane as `case.lane`, "" where it is in none; limits may be shorter by it.
 */

/** Puts label @label on the case, or takes it off; nothing where it is so already. */
void set_label(struct run *r, uint16_t label, bool remove);

/** At the opening: the first lane whose condition holds. */
void choose_lane(struct run *r);

/** Who may give command LABEL or LANE at all: in which role; NULL: he may not. */
const char *label_role(const struct workflow *w, const struct label_kind *l, const char *district,
                       const struct actor *who);
const char *lane_role(const struct workflow *w, const struct priority_lane *l, const char *district,
                      const struct actor *who);

bool decide_label(struct deed *d, struct error *e);
bool decide_lane(struct deed *d, struct error *e);

bool case_has_label(const struct case_state *c, uint16_t label);

void apply_sorted(const struct workflow *w, struct case_state *c, const struct fact *f,
                  struct arena *a);
bool sorted_fits(const struct workflow *w, const struct case_state *c, const struct fact *f);

/** The labels as a list of ids, and back: @n as note_labels() made it, NULL none. */
struct value note_labels(struct arena *a, const struct workflow *w, const struct case_state *c);
bool read_noted_labels(struct arena *a, const struct workflow *w, const struct value *n,
                       struct case_state *c);

#endif
