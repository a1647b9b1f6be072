/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_FAILING_H
#define RUNTIME_FAILING_H

#include "base/error.h"
#include "base/metrics.h"
#include "store/parameter.h"

/**
 * What failed for a reason that does not pass by itself, a damaged row say: it
 * is told in the log and by metrics, and put off for longer and longer, so that
 * it keeps no other from its turn.  It stays where it is, in the database, and
 * who looks for what is to be done asks for as many more as are put off here.
 *
 * Kept in memory: a daemon that starts again, or another one, just tries.
 * Belongs to one thread.
 */
struct failing;

struct failing_options {
    const char *noun;                /* what the ids are of, as the log's key: "case" */
    const char *message;             /* of the log */
    enum metric n_failed, n_put_off; /* a counter and a gauge */
    instant (*monotonic)(void);      /* NULL: loop_monotonic() */
};

/** What was said, to whom and about what: what else is so comes behind it.  All 0: nothing does. */
struct failing_topic {
    int64_t case_id, source, child;
};

struct failing *failing_new(const struct failing_options *options);
void failing_free(struct failing *f);

/** So many more are to be asked for. */
uint32_t failing_n(const struct failing *f);

/** @id is to be done still.  @return true while it is put off. */
bool failing_waits(struct failing *f, int64_t id);

/**
 * @id failed, for @e.
 * @return whether it is put off; else it is to be done again at once, and who looks had better wait
 *         a little before: the reason passes, or too many are put off already.
 */
bool failing_put_off(struct failing *f, int64_t id, const struct failing_topic *topic,
                     const struct error *e);

/** @id has been done. */
void failing_over(struct failing *f, int64_t id);

/** An answer is through, with @all that is to be done: what did not come in it was mended. */
void failing_looked(struct failing *f, bool all);

/** The ids, and the topics of each, as four columns. */
void failing_parameters(const struct failing *f, struct parameters *v);

#endif
