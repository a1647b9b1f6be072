/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_CALENDARS_H
#define STORE_CALENDARS_H

#include "machine/case.h"
#include "store/pipeline.h"

/**
 * The calendars one worker works with: those of its house, which are kept in
 * the database before anything is counted by them, and versions that others
 * kept there, fetched when a case of theirs comes along.  Belongs to one
 * thread; asks on the read connection.
 */
struct calendars;

/** @changed is called from the loop whenever a version was kept or found, or could not be. */
struct calendars *calendars_new(struct pipeline *read, void (*changed)(void *arg), void *arg);
void calendars_free(struct calendars *c);

/** From now on @house is the house's, as soon as it and all it leads to is kept.  It outlives @c.
 */
void calendars_use(struct calendars *c, const struct calendar *house);

/**
 * Sends what is to be kept, unless it is under way.
 * @return true when all is kept: calendars_house() is what was said last.
 */
bool calendars_keep(struct calendars *c);

/** The house's, which leads to all versions known here; NULL: it is not kept yet. */
const struct calendar *calendars_house(const struct calendars *c);

/**
 * Whether every version by which @state counts is known here.  Else they are
 * being fetched, and `changed` tells when to ask again; or, when @e is set,
 * one cannot be had.
 */
bool calendars_know(struct calendars *c, const struct workflow *w, const struct case_state *state,
                    struct error *e);

/** Fetches all versions that are kept, for who will need them; true when they are here. */
bool calendars_fetch(struct calendars *c, struct error *e);

#endif
