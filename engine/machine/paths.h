/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_PATHS_H
#define MACHINE_PATHS_H

#include "base/value.h"

/** The value at dotted @path ("services.seal.outcome") in @object, or NULL. */
const struct value *path_get(const struct value *object, const char *path);

/** A copy of @object in which the member at dotted @path is @v; objects on the way are made. */
struct value path_with(struct arena *a, const struct value *object, const char *path,
                       struct value v);

/** A copy of @object in which the list at @path has @v at its end; it is made where there is none.
 */
struct value path_appended(struct arena *a, const struct value *object, const char *path,
                           struct value v);

/** A copy of @object in which nothing stands at @path. */
struct value path_without(struct arena *a, const struct value *object, const char *path);

/** Whether one of the dotted paths is the other, or leads to it. */
bool path_touches(const char *one, const char *other);

#endif
