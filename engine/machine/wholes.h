/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_WHOLES_H
#define MACHINE_WHOLES_H

#include "machine/deed.h"

/*
 * Comprehensive certificates 综合许可 and what they comprise.  A whole ends with
 * the first of its parts, not only as they were when it was issued: what takes
 * the place of a part, in this case or another, and ends earlier shortens it
 * (FACT_SHORTENED).  Which certificate of another case stands in the place of
 * one of this case's, and until when, is a fact of this case (FACT_SUCCEEDED),
 * so that a new whole takes it in.  Without any part there is no whole.
 */

/**
 * The parts that a certificate of @kind issued now comprises: numbers of this case's that are in
 * force, or in whose place one of another case is.  *@until becomes no later than the first to end.
 */
int32_t *gather_parts(const struct run *r, uint16_t kind, uint32_t *n, instant *until);

/** Whether certificates of @kind comprise others, and none of these is in force. */
bool lacks_parts(const struct run *r, uint16_t kind);

/** The whole that holds and comprises @number, or what @number took the place of; 0: none. */
int32_t find_whole(const struct run *r, int32_t number);

/**
 * What takes the place of a part of @whole ends at @until, and the whole no later.  Where the whole
 * stands in the place of another case's certificate, that case hears it.
 */
void shorten_whole(struct run *r, int32_t whole, instant until, const char *reason);

/** In the place of @number, which another case has replaced, stands @successor, until @until. */
void say_successor(struct run *r, int32_t number, const char *successor, instant until);

/** Of FACT_SUCCEEDED and FACT_SHORTENED. */
void apply_whole_fact(struct case_state *c, const struct fact *f);
bool whole_fact_fits(const struct case_state *c, const struct fact *f);

#endif
