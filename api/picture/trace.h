/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_PICTURE_TRACE_H
#define API_PICTURE_TRACE_H

#include "api/picture/picture.h"
#include "machine/machine.h"

/**
 * Gathers from a case's records what it has done, for its picture.  Pure.
 *
 *     trail = trail_new(a, w, state);
 *     for each stored record, in order: trail_add(trail, record);
 *     trace = trail_end(trail, …);
 *
 * What was annulled is left out: the case never went there.
 */
struct trail;

struct trail *trail_new(struct arena *a, const struct workflow *w, const struct case_state *c);

/** @record is a record's body (record_write()).  What does not fit the definition is passed over:
 * it was written under an earlier version. */
void trail_add(struct trail *t, const struct value *record);

/** The trace as of @now, in @lang; it lives in the trail's arena. */
const struct picture_trace *trail_end(struct trail *t, const struct calendar *calendar, instant now,
                                      enum language lang);

#endif
