/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_OUTAGES_H
#define DAEMON_OUTAGES_H

#include "base/settings.h"
#include "definition/registry.h"

/**
 * Takes what supervisors record as outages of a hall (DESIGN K13) to every open
 * case of it, one outage after the other, in a thread and on connections of its
 * own; one daemon of a database at a time.  Each case is one command through the
 * group commit.  Killed anywhere it is gone over again by whichever daemon
 * leads then, and a case that has it is left alone.
 *
 * A case that is closed when its turn comes keeps its verdicts, one that has
 * been handed to another district meanwhile is that one's, and one that was
 * opened when the outage was over has nothing of it.
 */
struct outages;

/** What is passed must outlive it. */
struct outages *outages_start(const struct settings *settings, const struct calendar *calendar);

/** From the next outage on it decides by this one. */
void outages_set_calendar(struct outages *o, const struct calendar *calendar);

/** Ends what is under way, at the next case, and waits for the thread.  @o may be NULL. */
void outages_stop(struct outages *o);

#endif
