/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_NAMES_H
#define MACHINE_NAMES_H

#include "machine/case.h"

/*
 * What things are called in one case.  Where a `foreach` makes a branch of each
 * element of a list, many visits are of one step; in the place of the branch's
 * id stands then the name of the element: "consult.市税务局.review".  No list lies
 * within another, so a path has one such name at most, and so have facts, rows
 * and statistics.
 */

/**
 * The name of element @item, a string or integer, in branch region @region:
 * the same for equal elements only.  What would not be one segment of a path or
 * one word of a scenario is written as in URLs ("%20"), and so is the first
 * byte of a name that means something else there.
 */
const char *element_name(struct arena *a, const struct workflow *w, uint16_t region,
                         const struct value *item);

/** @path, of something in branch region @each, as it is called in the branch of @element. */
const char *path_of_element(struct arena *a, const struct workflow *w, uint16_t each,
                            const char *path, const char *element);

/** What @step is called in the branch of @element (NULL: it is in none, or in any). */
const char *step_name(struct arena *a, const struct workflow *w, uint16_t step,
                      const char *element);

/** The element in @name, which is what @step is called; NULL: it is in no list's branch. */
const char *element_named(struct arena *a, const struct workflow *w, uint16_t step,
                          const char *name);

/** What the step of @v is called: its path, with the element's name. */
const char *visit_path(struct arena *a, const struct workflow *w, const struct visit *v);

/** The element called @name, as it stands in the list; NULL: it is none. */
const char *element_text(struct arena *a, const char *name);

/** What the branch is called: the region's path, with the element's name. */
const char *branch_path(struct arena *a, const struct workflow *w, const struct branch *b);

/** The same of any region: inside a list's branch, of @element; "" of the case. */
const char *region_name(struct arena *a, const struct workflow *w, uint16_t region,
                        const char *element);

/** What a clock of @rule is called where @element is its visit's (NULL: none). */
const char *rule_name(struct arena *a, const struct workflow *w, uint16_t rule,
                      const char *element);

/** What clock @k is called: its rule's id, with the element's name. */
const char *clock_name(struct arena *a, const struct workflow *w, const struct case_state *c,
                       const struct case_clock *k);

/**
 * The same with "@department" where each has one: nothing else of the case is called so, but what
 * it was when the step was entered before.
 */
const char *clock_whole_name(struct arena *a, const struct workflow *w, const struct case_state *c,
                             const struct case_clock *k);

/** Whether clock @k is called @name; "own@fire" is the clock "own" of the department "fire". */
bool clock_called(struct arena *a, const struct workflow *w, const struct case_state *c,
                  const struct case_clock *k, const char *name);

/** The branch entered in @parent, a list's with its element's name; NULL. */
struct branch *case_branch(const struct case_state *c, int32_t parent, uint16_t region,
                           const char *element);

/** Whether two names of elements are the same; NULL is no name. */
bool same_element(const char *x, const char *y);

#endif
