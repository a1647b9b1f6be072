/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_DRAW_H
#define MACHINE_DRAW_H

#include "machine/flow.h"

/*
 * Random draws 随机抽取 that anybody can compute again (双随机、一公开: plan and
 * 优化营商环境条例 54).
 *
 * Before it is known who may be drawn, `commit` takes a seed and publishes its
 * hash; `draw` publishes the seed, everybody who could be drawn, and who was.
 * Everything is SHA-256 of texts, so that a shell can repeat it:
 *
 *   hash = SHA-256(seed)
 *   key  = SHA-256("SEED:MIX"); MIX is what the public added, empty if nothing
 *   x(i) = the first 16 hex digits of SHA-256("KEY:i") as a number, i = 0, 1 …
 *
 * Candidates stand in the order of their bytes.  Until `count` are drawn: the
 * next x below the largest multiple of W, the sum of the weights of those who
 * are left; others are passed over, so that nobody is favoured.  x mod W falls
 * on one of them, counted through by weight; he is drawn and left out.
 * tests/draw/recompute does it independently.
 */

enum { DRAW_CANDIDATES = 10000 };

/** Takes a seed for the draw @name and publishes its hash, unless one waits already. */
void run_commit(struct run *r, const char *name);

/** Makes the draw @name; fails the run when nothing was committed or too few can be drawn. */
void run_draw(struct run *r, struct place where, const char *name, const struct drawing *g);

/** Applies FACT_COMMITTED and FACT_DRAWN. */
void apply_draw(struct case_state *c, const struct fact *f, struct arena *a);
bool draw_fits(const struct case_state *c, const struct fact *f);

/** A commitment as it is stored with the case, and back. */
struct value note_commitment(struct arena *a, const struct workflow *w, const struct commitment *m);
bool read_commitments(struct arena *a, const struct value *list, struct case_state *c);

#endif
