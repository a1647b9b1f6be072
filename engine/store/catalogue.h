/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_CATALOGUE_H
#define STORE_CATALOGUE_H

#include "machine/case.h"
#include "store/calendars.h"

/**
 * One version of a workflow as the database knows it.  Immutable once given
 * out; lives as long as its catalogue.
 */
struct edition {
    int32_t id; /* definitions.id */
    const struct workflow *w;
    const int32_t *const *desk; /* [w->n_step]: of a step people of the house act in, desks.id of
                                   each department that may do it; else NULL */
};

/** The desk of open step @v; 0: nobody of the house acts in it. */
int32_t edition_desk(const struct edition *e, const struct visit *v);

/**
 * The versions one worker works with: those of this release, published at the
 * start, and older ones, loaded when a case of theirs comes along.  Belongs to
 * one thread; asks on the read connection.
 */
struct catalogue;

/** @changed is called from the loop whenever an edition was found, or could not be. */
struct catalogue *catalogue_new(struct pipeline *read, void (*changed)(void *arg), void *arg);
void catalogue_free(struct catalogue *c);

/**
 * The edition with that number, or of that workflow.  NULL when it is not here
 * yet: it is being fetched (published, where it is new), and `changed` tells
 * when to ask again; or, when @e is set, it cannot be had.
 */
const struct edition *catalogue_edition(struct catalogue *c, int32_t id, struct error *e);
const struct edition *catalogue_publish(struct catalogue *c, const struct workflow *w,
                                        struct error *e);

/** The calendars on the same connection, told of by the same `changed`. */
struct calendars *catalogue_calendars(const struct catalogue *c);

/** Nothing is being fetched. */
bool catalogue_settled(const struct catalogue *c);

#endif
