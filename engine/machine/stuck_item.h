/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_STUCK_ITEM_H
#define MACHINE_STUCK_ITEM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"

/** What can fail when its time comes, or when another case says that it has ended. */
enum stuck_kind {
    STUCK_TIMER,
    STUCK_WAIT,      /* a wait's end, or a ballot's closing */
    STUCK_JOIN,      /* what follows when child cases have ended */
    STUCK_REMINDER,  /* that a tolerance ends soon */
    STUCK_LAPSE,     /* that it has ended */
    STUCK_WITHDRAWAL /* the parent does not want the case any more */
};

/** "timer", "wait", "children", "reminder", "lapse", "withdraw" */
const char *stuck_name(enum stuck_kind kind);

/** Of what: the parts that do not apply are 0, the material NONE. */
struct stuck_item {
    enum stuck_kind kind;
    int32_t visit;
    int32_t timer;
    uint16_t material;
};

/** Something that was due and could not be done: it waits for the case to change. */
struct stuck {
    struct stuck_item item;
    int32_t number; /* the record that said so first */
    instant since;
    const char *code, *why; /* the error, as it was last */
    bool again;             /* the version has changed: it is to be tried at once */
    int64_t tried;          /* records there were when it was tried last; never stored */
};

struct case_state;

/** Whether that has failed when it was due, and has not been done since. */
bool case_is_stuck(const struct case_state *c, enum stuck_kind kind, int32_t visit, int32_t timer);

/** What comes of material @i at which moment, the reminder first; INSTANT_NONE: that has failed. */
instant case_material_next(const struct case_state *c, uint16_t i);

#endif
