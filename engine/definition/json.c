/* SPDX-License-Identifier: Apache-2.0 */
/* JSON text to values: jansson reads, we keep lines and depth. */
#include "definition/json.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/require.h"

enum { FILE_BYTES = 16 * 1024 * 1024 };

/* jansson's own depth limit is 2048, too deep for our recursion. */
static bool
depth_is_sane(const char *bytes, size_t len, struct error *e)
{
    int depth = 0;
    bool quoted = false;

    for (size_t i = 0; i < len; i++) {
        const char c = bytes[i];

        if (quoted) {
            if (c == '\\')
                i++;
            else if (c == '"')
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            if (++depth > JSON_DEPTH)
                return error_set(e, ERROR_BAD_JSON, "nested deeper than %d", JSON_DEPTH);
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return true;
}

static struct value
from_real(double d)
{
    /* 2^63 itself does not fit; below it every whole double does. */
    if (d >= -9223372036854775808.0 && d < 9223372036854775808.0 && (double)(int64_t)d == d)
        return value_int((int64_t)d);
    return (struct value){.kind = VALUE_REAL, .real = d};
}

static struct value
convert(struct arena *a, json_t *j)
{
    switch (json_typeof(j)) {
    case JSON_NULL:
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        return value_bool(json_is_true(j));
    case JSON_INTEGER:
        return value_int(json_integer_value(j));
    case JSON_REAL:
        return from_real(json_real_value(j));
    case JSON_STRING:
        return (struct value){.kind = VALUE_STRING,
                              .n = (uint32_t)json_string_length(j),
                              .string =
                                  arena_strndup(a, json_string_value(j), json_string_length(j))};
    case JSON_ARRAY: {
        const size_t n = json_array_size(j);
        struct value *item = arena_array(a, n, struct value);

        for (size_t i = 0; i < n; i++)
            item[i] = convert(a, json_array_get(j, i));
        return value_array(item, n);
    }
    case JSON_OBJECT: {
        struct member *m = arena_array(a, json_object_size(j), struct member);
        const char *name;
        json_t *child;
        size_t n = 0;

        json_object_foreach (j, name, child) {
            m[n].name_len = (uint32_t)strlen(name);
            m[n].name = arena_strndup(a, name, m[n].name_len);
            m[n++].value = convert(a, child);
        }
        return value_object(a, m, n);
    }
    }
    return value_null();
}

/* Walks the text beside the tree it was read into, counting lines. */
struct walk {
    const char *at, *end;
    uint32_t line;
};

static void
skip_space(struct walk *w)
{
    for (; w->at < w->end && strchr(" \t\r\n", *w->at) && *w->at; w->at++)
        w->line += *w->at == '\n';
}

static void
skip_string(struct walk *w)
{
    for (w->at++; w->at < w->end && *w->at != '"'; w->at++)
        if (*w->at == '\\')
            w->at++;
    w->at++;
}

/* The member whose name is the string at @from; escaped names are read by jansson again. */
static struct value *
named(struct value *object, const char *from, const char *to)
{
    for (uint32_t i = 0; i < object->n; i++) {
        const struct member *m = &object->member[i];

        if (m->name_len == (size_t)(to - from) && memcmp(m->name, from, m->name_len) == 0)
            return (struct value *)(uintptr_t)&m->value;
    }
    return NULL;
}

static void
mark_lines(struct walk *w, struct value *v)
{
    const bool object = w->at < w->end && *w->at == '{';
    uint32_t i = 0;

    if (v)
        v->line = w->line;
    if (*w->at == '"') {
        skip_string(w);
        return;
    }
    if (!object && *w->at != '[') {
        while (w->at < w->end && !strchr(",]} \t\r\n", *w->at))
            w->at++;
        return;
    }
    for (w->at++, skip_space(w); w->at < w->end && *w->at != '}' && *w->at != ']'; skip_space(w)) {
        struct value *child = NULL;

        if (*w->at == ',') {
            w->at++;
            continue;
        }
        if (object) {
            const char *from = w->at + 1;

            skip_string(w);
            child = v ? named(v, from, w->at - 1) : NULL;
            skip_space(w);
            w->at++; /* the colon */
            skip_space(w);
        } else if (v) {
            child = (struct value *)(uintptr_t)&v->item[i++];
        }
        mark_lines(w, child);
    }
    w->at++;
}

bool
json_read(struct arena *a, const char *bytes, size_t len, bool lines, struct value *out,
          struct error *e)
{
    json_error_t je;
    json_t *root;

    if (!depth_is_sane(bytes, len, e))
        return false;
    root = json_loadb(bytes, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &je);
    if (!root)
        return error_set(e, ERROR_BAD_JSON, "line %d, column %d: %s", je.line, je.column, je.text);
    *out = convert(a, root);
    json_decref(root);
    if (lines) {
        struct walk w = {.at = bytes, .end = bytes + len, .line = 1};

        skip_space(&w);
        mark_lines(&w, out);
    }
    return true;
}

bool
json_read_stored(struct arena *a, const char *bytes, size_t len, struct value *out, struct error *e)
{
    return value_read(a, bytes, len, out) || json_read(a, bytes, len, false, out, e);
}

uint32_t
json_error_line(const struct error *e)
{
    return strncmp(e->detail, "line ", 5) ? 1 : (uint32_t)strtoul(e->detail + 5, NULL, 10);
}

bool
json_read_file(struct arena *a, const char *path, struct value *out, struct error *e)
{
    FILE *f = fopen(path, "re");
    size_t len = 0, room = 64 * 1024, got;
    char *bytes = NULL;
    bool ok;

    if (!f)
        return error_set(e, ERROR_BAD_FILE, "%s: %m", path);
    do {
        char *larger = realloc(bytes, room *= 2);

        require(larger);
        bytes = larger;
        got = fread(bytes + len, 1, room - len, f);
        len += got;
    } while (len == room && len <= FILE_BYTES);
    ok = !ferror(f) || error_set(e, ERROR_BAD_FILE, "%s: %m", path);
    (void)fclose(f);
    if (ok && len > FILE_BYTES)
        ok = error_set(e, ERROR_BAD_FILE, "%s: larger than %d bytes", path, FILE_BYTES);
    ok = ok && json_read(a, bytes, len, true, out, e);
    free(bytes);
    return ok;
}

bool
json_read_named_file(struct arena *a, const char *path, struct value *out, struct error *e)
{
    struct error why;

    if (json_read_file(a, path, out, &why))
        return true;
    if (why.code == ERROR_BAD_JSON)
        return error_set(e, ERROR_BAD_FILE, "%.150s: %s", path, why.detail);
    *e = why;
    return false;
}
