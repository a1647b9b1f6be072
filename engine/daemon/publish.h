/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_PUBLISH_H
#define DAEMON_PUBLISH_H

#include "base/settings.h"
#include "definition/registry.h"

/*
 * Before the versions of a folder are published they are held against what
 * the database has:
 *
 *  - no text takes the place of another for a period that has begun, unless it
 *    only says when the period ends, and that is still to come;
 *  - each was explored and its scenarios passed (gate.h) under the rules of
 *    this release.  What passed is remembered and not asked again.
 */
struct publishing {
    const struct settings *settings;
    const struct house *house;
    const struct registry *registry;
    bool rehearsal; /* nothing is published after it */
    bool unvetted;  /* only what has begun is asked: nothing is explored or played */
    void (*vetting)(void *arg, const struct workflow *w); /* this one is asked now; NULL */
    bool (*go_on)(void *arg);                             /* NULL: always */
    void *arg;
};

/**
 * Asks all of it; what is wrong is in @problems.  @return false with @e when the
 * database could not be asked, or go_on() said no: nothing is known then.  The
 * versions may be published when it is true and no problem is more than a warning.
 */
MUST_CHECK bool publish_check(const struct publishing *p, struct problems *problems,
                              struct error *e);

#endif
