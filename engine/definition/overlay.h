/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_OVERLAY_H
#define DEFINITION_OVERLAY_H

#include "definition/registry.h"

/*
 * What a region does faster than its city.  STEM@CODE.json beside STEM.json
 *
 *   {"workflow": "company-opening", "district": "371502", "basis": "…",
 *    "limits": {"promised": "15 minutes", "licence": "4 minutes"}}
 *
 * names clocks as everybody calls them: a clock of the case by its name, a
 * step's limit by the step's path, a step's further clock by path:name.  A
 * text takes the place of each limit the clock may have by condition, a list
 * that of each in its place (null: as it is).  Limits may only become shorter:
 * promise_check() of machine/promise.h proves it.
 *
 * "effective": {"from", "until"}, either or both, says when they hold, within
 * the time of the definition; without it they hold as long as that.  Further
 * limits of the same district stand in STEM@CODE.ANYTHING.json, from a later
 * day on: of several the one that begins last holds.
 *
 * Overlays lie on overlays: that of district 371502 on that of city 371500 or,
 * where it has none, of province 370000, as that is in force on the day the
 * district's begins; it is held against it, and shortens further.  When another
 * of the city's takes its place later, promise_check_layers() asks whether the
 * district's is still never longer.
 *
 * The definition with its overlay is a version like any other, with a hash of
 * its own; cases opened in that district, or in one inside it that has no
 * overlay of its own, are pinned to it.  A scenario says `workflow STEM@CODE`.
 */

/** Where a limit was shortened. */
struct overlay_limit {
    const char *clock; /* id of the rule */
    uint32_t line;     /* of the overlay's file */
    const char *pointer;
};

struct overlay {
    const char *file;
    const struct workflow *base; /* what it lies on: the overlay of a region around it, else what it
                                    stands beside */
    const struct overlay_limit *limit;
    uint32_t n_limit;
    bool ends; /* it says itself until when; else it holds as long as the base, or until the next */
};

/** Whether @path is called like an overlay. */
bool overlay_is(const char *path);

/**
 * The overlay that one of @district, beside STEM.json (@base), lies on on day @d: its path in @a.
 * NULL: no region around it has one then.
 */
const char *overlay_layer(struct arena *a, const char *stem, const char *district,
                          const struct workflow *base, day d);

/** Reads overlay @path and what it stands beside; as definition_read_file() does. */
MUST_CHECK bool overlay_read(struct arena *a, const char *path, const struct house *house,
                             const struct workflow **out, struct problems *problems);

/**
 * Where arm @arm of the limit of @rule is written: at the clock or, where the overlay of a
 * region has shortened it, there.  @p knows the origins of @w.
 */
struct spot limit_spot(struct arena *a, const struct problems *p, const struct workflow *w,
                       uint16_t rule, uint16_t arm);
/** Whether that was an overlay. */
bool limit_is_laid(const struct problems *p, const struct workflow *w, uint16_t rule, uint16_t arm);

#endif
