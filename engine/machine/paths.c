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

struct value
path_appended(struct arena *a, const struct value *object, const char *path, struct value v)
{
    const struct value *list = path_get(object, path);
    const uint32_t n = list ? list->n : 0;
    struct value *item = arena_array(a, n + 1, struct value);

    for (uint32_t i = 0; i < n; i++)
        item[i] = list->item[i];
    item[n] = v;
    return path_with(a, object, path, value_array(item, n + 1));
}

struct value
path_without(struct arena *a, const struct value *object, const char *path)
{
    const char *dot = strrchr(path, '.');
    const char *last = dot ? dot + 1 : path;
    const char *above = dot ? arena_strndup(a, path, (size_t)(dot - path)) : NULL;
    const struct value *from = dot ? path_get(object, above) : object;
    struct member *m;
    size_t n = 0;
    struct value v;

    if (!value_get(from, last))
        return *object;
    m = arena_array(a, from->n, struct member);
    for (uint32_t i = 0; i < from->n; i++)
        if (strcmp(from->member[i].name, last) != 0)
            m[n++] = from->member[i];
    v = value_object(a, m, n);
    return dot ? path_with(a, object, above, v) : v;
}

bool
path_touches(const char *one, const char *other)
{
    const size_t n = strlen(one), m = strlen(other), least = n < m ? n : m;

    return !strncmp(one, other, least) && (n == m || (n < m ? other : one)[least] == '.');
}
