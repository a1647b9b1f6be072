/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_DEPARTMENT_H
#define DEFINITION_DEPARTMENT_H

#include <stdint.h>

/* Who does a step, where no one department is written; part of a compiled workflow. */

struct expression;
struct step;
struct workflow;

/** A department that is chosen when its step is entered: {"department": {"var": "form.bureau"}}. */
struct department_choice {
    const struct expression *x; /* which it is */
    const char *var;            /* what that asks for: "form.bureau", "each.bureau" */
    const char *const *may_be;  /* [n]: what the field's schema lists, then the default */
    uint16_t n;
    uint16_t step; /* which decides it; steps inside that say nothing else are of the same */
};

/** The departments that may do @s: one, or all that may be chosen. */
const char *const *step_departments(const struct workflow *w, const struct step *s, uint16_t *n);

/** The one of them that is called @department; NULL: it is none of them. */
const char *step_department_called(const struct workflow *w, const struct step *s,
                                   const char *department);

#endif
