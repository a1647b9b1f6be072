/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_VERSIONS_H
#define TESTS_SUPPORT_VERSIONS_H

#include "definition/definition.h"

/** @text with every @what replaced by @by; NULL when there is none. */
char *text_replaced(struct arena *a, const char *text, const char *what, const char *by);

/** The definition with canonical text @text; NULL when that is NULL or no sound one. */
const struct workflow *version_of(struct arena *a, const char *text);

/** @w with an action more in each step, which changes nothing. */
const struct workflow *version_noting(struct arena *a, const struct workflow *w);

#endif
