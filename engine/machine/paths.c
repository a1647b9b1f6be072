/* SPDX-License-Identifier: Apache-2.0 */
/* Members of nested objects by dotted path. */
#include "machine/paths.h"

#include <string.h>

const struct value *
path_get(const struct value *object, const char *path)
{
    while (object && object->kind == VALUE_OBJECT) {
        const char *dot = strchr(path, '.');
        const size_t len = dot ? (size_t)(dot - path) : strlen(path);
        const struct value *child = NULL;

        for (uint32_t i = 0; i < object->n && !child; i++)
            if (object->member[i].name_len == len && !memcmp(object->member[i].name, path, len))
                child = &object->member[i].value;
        if (!dot)
            return child;
        object = child;
        path = dot + 1;
    }
    return NULL;
}

struct value
path_with(struct arena *a, const struct value *object, const char *path, struct value v)
{
    const char *dot = strchr(path, '.');
    const char *name;

    if (!dot)
        return value_with(a, object, path, v);
    name = arena_strndup(a, path, (size_t)(dot - path));
    return value_with(a, object, name, path_with(a, value_get(object, name), dot + 1, v));
}
