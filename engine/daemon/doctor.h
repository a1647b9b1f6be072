/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_DOCTOR_H
#define DAEMON_DOCTOR_H

#include "base/arena.h"
#include "base/error.h"
#include "base/settings.h"

/** How much a finding weighs. */
enum finding_weight {
    FINDING_GOOD,   /* as it should be */
    FINDING_ADVICE, /* works, could be better */
    FINDING_PROBLEM /* will lose data, refuse work or compute wrongly */
};

struct finding {
    enum finding_weight weight;
    const char *text; /* what was found */
    const char *mend; /* what to do; NULL when good */
};

struct findings {
    struct arena *arena; /* of everything here */
    struct finding *item;
    size_t n;
    size_t n_problem;
};

void finding_good(struct findings *f, const char *format, ...) PRINTF(2, 3);

/** @mend is a whole sentence that says what to type or change; borrowed. */
void finding_bad(struct findings *f, enum finding_weight weight, const char *mend,
                 const char *format, ...) PRINTF(4, 5);

/** How many workers the settings mean on this machine. */
int64_t workers_of(const struct settings *s);

/* What is examined; each appends at least one finding. */
void examine_machine(struct findings *f, const struct settings *s);
void examine_files(struct findings *f, const struct settings *s);
bool examine_database(struct findings *f, const struct settings *s); /* false: there is none */
void examine_published(struct findings *f, const struct settings *s);
void examine_due(struct findings *f, const struct settings *s);
void examine_outages(struct findings *f, const struct settings *s);
void examine_retention(struct findings *f, const struct settings *s);
void examine_clocks(struct findings *f, const struct settings *s);
void examine_world(struct findings *f, const struct settings *s);

#endif
