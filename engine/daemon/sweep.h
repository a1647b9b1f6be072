/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_SWEEP_H
#define DAEMON_SWEEP_H

#include "base/settings.h"
#include "definition/registry.h"
#include "runtime/worker.h"
#include "store/rows.h"

/*
 * One job over all open cases: a command of somebody who looks after all of
 * them, on each that needs it.  Cases go one by one through the group commit, few at a time and
 * with pauses as long as the work, so that clerks come first.  A job that was
 * ended half way is started again: what is done does not need it any more.  It publishes
 * nothing: what a folder holds may not have passed the gate.
 */
struct sweep;

/** A case on its way through the batch. */
struct sweep_case {
    struct order order;
    struct sweep *of;
    struct case_row row;  /* as it was read: row.c is its state */
    const char *district; /* by the row, not by the state */
    const struct edition *edition;
};

struct sweep {
    const char *name; /* of the subcommand, and of who commands: "migrate-cases" */
    const struct settings *settings;
    const struct house *house;
    const struct actor *actor; /* who commands; NULL: an administrator, called `name` */
    bool dry_run;
    void *arg;

    /** Asked before each case whether to end now; NULL: it ends on its own, and a terminal is
     * told how far it is. */
    bool (*stopped)(struct sweep *s);

    /** In the worker's thread, first: asks what it needs, then calls sweep_go() or sweep_end(). */
    void (*prepare)(struct sweep *s);

    /**
     * Looks at a case as of @now.  @return true when a command is to be given:
     * it is in c->order.command, but for the actor.  Never true of a dry run,
     * which counts here.
     */
    bool (*look)(struct sweep *s, struct sweep_case *c, instant now);

    /** The command was done, durably, or refused with c->order.error. */
    void (*told)(struct sweep *s, struct sweep_case *c);

    /** What the row says, or its version or calendar, cannot be read: c->row.c is NULL.  The
     * others go on. */
    void (*unread)(struct sweep *s, struct sweep_case *c, const struct error *e);

    /* for look(), told() and unread() */
    struct worker *worker;
    struct arena keep, page; /* of the whole sweep; of some cases */
    uint64_t looked;         /* counted by them */

    /* inside */
    int32_t definition;         /* definitions.id; 0: all */
    int64_t after, upper, last; /* ids: looked at up to, of this page, and the greatest there is */
    struct sweep_case *flight;  /* of the page */
    uint32_t n_flight, next, n_flying;
    instant began, answered; /* monotonic */
    struct event *pause;
    void (*resume)(struct sweep *s);
    _Atomic uint64_t shown;
    _Atomic bool through;
    struct error gave_up;
};

/** Runs it to its end.  @return false with what the database said, or sweep_end() was told. */
MUST_CHECK bool sweep_run(struct sweep *s, struct error *e);

/** From prepare: over the open cases of version @definition, 0: of all. */
void sweep_go(struct sweep *s, int32_t definition);

/** From prepare: no further; NULL @e: there is nothing to do. */
void sweep_end(struct sweep *s, const struct error *e);

/** Calls @resume a moment later: what is being fetched may be here then. */
void sweep_wait(struct sweep *s, void (*resume)(struct sweep *s));

/** What follows from @cmd on @c now, as the core decides it; NULL: it refuses, see @e. */
struct case_state *sweep_rehearse(struct sweep *s, const struct sweep_case *c,
                                  const struct command *cmd, instant now, struct error *e);

/** Whoever commands, in its place. */
struct actor sweep_actor(const struct sweep *s);

#endif
