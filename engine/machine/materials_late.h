/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_MATERIALS_LATE_H
#define MACHINE_MATERIALS_LATE_H

#include "machine/deed.h"
#include "machine/materials.h"

/** What the records say of a material that is said to have come earlier. */
struct material_past {
    instant since; /* when somebody said last how it was with it: not before that */
    int32_t left;  /* the stay from which its lapse moved the case wrongly, and that stands; 0 */
    bool present;  /* as it was said last */
    bool unbroken; /* its promise stood no more when it was found broken */
};

/** Takes the moment at which the command says it came; without one nothing. */
bool material_late_begin(struct deed *d, uint16_t material, struct material_past *p,
                         struct error *e);
/** After the fact that it is there: what that contradicts and takes back. */
bool material_late_end(struct deed *d, uint16_t material, const struct material_past *p,
                       struct error *e);

#endif
