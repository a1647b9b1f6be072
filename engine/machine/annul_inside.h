/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_ANNUL_INSIDE_H
#define MACHINE_ANNUL_INSIDE_H

#include "machine/annul.h"

/* What the files that plan an annulment share. */

/** A list of notes that grows. */
struct notes {
    struct value *item;
    size_t n;
};

void annul_note(struct arena *a, struct notes *l, struct value v);

/** ERROR_ANNUL_IMPOSSIBLE. */
bool annul_impossible(struct error *e, const char *why);

/** Where a plan is made. */
struct planning {
    const struct workflow *w;
    const struct case_state *c;
    const struct history *h; /* without what is taken back */
    instant at;
    bool counts; /* votes that came in time are counted */
    struct arena *a;
};

/* annul_clocks.c */

/** Clocks that come @back and those that go (@gone, by number). */
MUST_CHECK bool annul_plan_clocks(const struct planning *p, const struct case_state *before,
                                  const struct case_state *after, struct notes *back,
                                  struct notes *gone, struct error *e);

/** Clocks that ran on while the step was left: they stood, or ran, by what was never to be. */
void annul_plan_courses(const struct planning *p, const struct notes *gone, struct notes *courses);

#endif
