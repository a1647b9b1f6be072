/* SPDX-License-Identifier: Apache-2.0 */
/* Reads settings from file, environment and options; the table is settings.def. */
#include "base/settings.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/nearest.h"
#include "base/require.h"
#include "base/settings_table.h"

extern char **environ;

enum { FILE_MAX_BYTES = 64 * 1024 };

struct unit_of {
    const char *name;
    int64_t times;
};

static const struct unit_of span_unit[] = {
    {"ms", SPAN_SECOND / 1000}, {"s", SPAN_SECOND}, {"min", SPAN_MINUTE},
    {"h", SPAN_HOUR},           {"d", SPAN_DAY},    {NULL, 0},
};
static const struct unit_of byte_unit[] = {
    {"", 1}, {"B", 1}, {"KB", 1024}, {"MB", INT64_C(1) << 20}, {"GB", INT64_C(1) << 30}, {NULL, 0},
};
static const struct unit_of no_unit[] = {{"", 1}, {NULL, 0}};

static const struct unit_of *
units_of(enum setting_kind kind)
{
    return kind == SETTING_SPAN ? span_unit : kind == SETTING_BYTES ? byte_unit : no_unit;
}

/* Reads "30s": digits, then a unit that the kind knows. */
static bool
read_number(const char *text, const struct unit_of *unit, int64_t *n)
{
    int64_t value = 0;

    if (!isdigit((unsigned char)*text))
        return false;
    for (; isdigit((unsigned char)*text); text++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, *text - '0', &value))
            return false;
    while (*text == ' ')
        text++;
    for (; unit->name; unit++)
        if (strcmp(text, unit->name) == 0 || (value == 0 && !*text))
            return !__builtin_mul_overflow(value, unit->times, n);
    return false;
}

/* The word must stand in the brackets of the row's English text. */
static bool
is_choice(const struct setting_row *row, const char *word)
{
    const char *at = strchr(row->doc[LANGUAGE_EN], '[');
    const size_t len = strlen(word);

    for (; at && *at && *at != ']'; at += 1 + strcspn(at + 1, " ]"))
        if (len && strncmp(at + 1, word, len) == 0 && (at[1 + len] == ' ' || at[1 + len] == ']'))
            return true;
    return false;
}

static bool
refuse(const struct setting_row *row, const char *where, const char *value, struct error *e)
{
    struct arena a = {0};
    struct text t = text_new(&a);

    setting_range(&t, row);
    error_set(e, ERROR_BAD_SETTING, "%s%s.%s = %s: must be %s", where, row->section, row->key,
              value, t.at);
    arena_release(&a);
    return false;
}

static bool
assign(struct arena *a, const struct setting_row *row, const char *value, struct settings *s)
{
    void *field = (char *)s + row->offset;
    int64_t n = (int64_t)strlen(value);

    switch (row->kind) {
    case SETTING_TEXT:
        if (n < row->min || n > row->max)
            return false;
        *(const char **)field = a ? arena_strdup(a, value) : value;
        return true;
    case SETTING_CHOICE:
        if (!is_choice(row, value))
            return false;
        *(const char **)field = a ? arena_strdup(a, value) : value;
        return true;
    case SETTING_COUNT:
    case SETTING_BYTES:
    case SETTING_SPAN:
        if (!read_number(value, units_of(row->kind), &n) || n < row->min || n > row->max)
            return false;
        *(int64_t *)field = n;
        return true;
    }
    return false;
}

/* What is being read, for the words of an error. */
struct origin {
    const char *where; /* "onestop.ini:3: ", "" */
    enum setting_source source;
};

static bool
set(struct arena *a, enum setting_id i, const char *value, struct settings *s, struct origin from,
    struct error *e)
{
    if (!assign(a, setting_table(i), value, s))
        return refuse(setting_table(i), from.where, value, e);
    s->source[i] = from.source;
    return true;
}

static bool
find(const char *section, const char *key, enum setting_id *which)
{
    for (enum setting_id i = 0; i < N_SETTING; i++)
        if (strcmp(setting_table(i)->section, section) == 0 &&
            strcmp(setting_table(i)->key, key) == 0) {
            *which = i;
            return true;
        }
    return false;
}

/* What earlier releases had a use for: who has it in a file need not mend that before an update. */
static const char *const gone[] = {"certificates.provider"};

/* Whether it is such a one; @where as errors have it, "onestop.ini:3: ". */
static bool
is_gone(struct arena *a, const char *section, const char *key, const char *where)
{
    const char *name = arena_printf(a, "%s.%s", section, key);

    for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++)
        if (!strcmp(gone[i], name)) {
            log_warn("setting without effect", log_str("setting", name),
                     log_str("at", arena_strndup(a, where, strlen(where) - 2)),
                     log_str("mend", "no release reads it any more; it can be deleted"));
            return true;
        }
    return false;
}

/* The nearest key, in the same section first. */
static bool
unknown(const char *section, const char *key, const char *where, struct error *e)
{
    struct nearest n = nearest_to(key);
    const char *near_section = section;

    for (enum setting_id i = 0; i < N_SETTING; i++)
        if (strcmp(setting_table(i)->section, section) == 0)
            nearest_offer(&n, setting_table(i)->key);
    for (enum setting_id i = 0; !n.best && i < N_SETTING; i++) {
        nearest_offer(&n, setting_table(i)->key);
        near_section = setting_table(i)->section;
    }
    if (n.best)
        return error_set(e, ERROR_BAD_SETTING, "%sno setting %s.%s; did you mean %s.%s?", where,
                         section, key, near_section, n.best);
    return error_set(e, ERROR_BAD_SETTING, "%sno setting %s.%s", where, section, key);
}

void
settings_default(struct settings *s)
{
    *s = (struct settings){0};
    for (enum setting_id i = 0; i < N_SETTING; i++)
        require(assign(NULL, setting_table(i), setting_table(i)->preset, s));
}

bool
settings_set(struct arena *a, const char *key, const char *value, struct settings *s,
             struct error *e)
{
    const char *dot = strchr(key, '.');
    const char *section = dot ? arena_strndup(a, key, (size_t)(dot - key)) : "";
    enum setting_id i;

    if (!find(section, dot ? dot + 1 : key, &i))
        return unknown(section, dot ? dot + 1 : key, "", e);
    return set(a, i, value, s, (struct origin){"", SOURCE_OPTION}, e);
}

static char *
trimmed(char *from, char *to)
{
    while (from < to && isspace((unsigned char)*from))
        from++;
    while (to > from && isspace((unsigned char)to[-1]))
        to--;
    *to = 0;
    return from;
}

static bool
known_section(const char *section, const char *where, struct error *e)
{
    struct nearest n = nearest_to(section);

    for (enum setting_id i = 0; i < N_SETTING; i++) {
        if (strcmp(setting_table(i)->section, section) == 0)
            return true;
        nearest_offer(&n, setting_table(i)->section);
    }
    return error_set(e, ERROR_BAD_SETTING, "%sno section [%s]%s%s%s", where, section,
                     n.best ? "; did you mean [" : "", n.best ? n.best : "", n.best ? "]?" : "");
}

/* One line of ini: empty, a comment, [section], or key = value. */
static bool
read_line(struct arena *a, char *line, const char **section, struct settings *s, const char *where,
          struct error *e)
{
    char *equals, *key, *value;
    enum setting_id i;

    if (!*line || *line == '#' || *line == ';')
        return true;
    if (*line == '[') {
        if (line[strlen(line) - 1] != ']')
            return error_set(e, ERROR_BAD_SETTING, "%s\"%s\" lacks its ]", where, line);
        *section = trimmed(line + 1, line + strlen(line) - 1);
        return known_section(*section, where, e);
    }
    equals = strchr(line, '=');
    if (!equals)
        return error_set(e, ERROR_BAD_SETTING, "%s\"%s\" is neither [section] nor key = value",
                         where, line);
    value = trimmed(equals + 1, equals + strlen(equals));
    key = trimmed(line, equals);
    if (!*section)
        return error_set(e, ERROR_BAD_SETTING, "%s%s stands before any [section]", where, key);
    if (!find(*section, key, &i))
        return is_gone(a, *section, key, where) || unknown(*section, key, where, e);
    if (s->source[i] == SOURCE_FILE)
        return error_set(e, ERROR_BAD_SETTING, "%s%s.%s stands there twice", where, *section, key);
    return set(a, i, value, s, (struct origin){where, SOURCE_FILE}, e);
}

bool
settings_read(struct arena *a, const char *name, const char *ini, struct settings *s,
              struct error *e)
{
    const char *section = NULL;
    int number = 0;

    while (*ini) {
        const size_t len = strcspn(ini, "\n");
        char *line = arena_strndup(a, ini, len);
        const char *where = arena_printf(a, "%s:%d: ", name, ++number);

        if (!read_line(a, trimmed(line, line + len), &section, s, where, e))
            return false;
        ini += len + (ini[len] == '\n');
    }
    return true;
}

/* The text of the file, or NULL with @e filled. */
static const char *
read_file(struct arena *a, const char *path, struct error *e)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *ini = arena_alloc(a, FILE_MAX_BYTES + 1);
    ssize_t n = fd < 0 ? -1 : 1;
    size_t len = 0;

    while (n > 0 && len < FILE_MAX_BYTES) {
        n = read(fd, ini + len, FILE_MAX_BYTES - len);
        len += n > 0 ? (size_t)n : 0;
    }
    if (n < 0)
        error_set(e, ERROR_BAD_FILE, "%s: %s", path, strerrordesc_np(errno));
    else if (len == FILE_MAX_BYTES || strlen(ini) != len)
        error_set(e, ERROR_BAD_FILE, "%s: no text of less than 64 KB", path);
    if (fd >= 0)
        close(fd);
    return n < 0 || len == FILE_MAX_BYTES || strlen(ini) != len ? NULL : ini;
}

/* ONESTOP_SERVER_PORT=9000.  Other ONESTOP_ variables belong to others, but a
 * variable that begins like a section must be one of its keys. */
static bool
read_variable(struct arena *a, const char *variable, struct settings *s, struct error *e)
{
    const char *equals = strchr(variable, '=');
    char *name;

    if (strncmp(variable, "ONESTOP_", 8) != 0 || !equals)
        return true;
    name = arena_strndup(a, variable + 8, (size_t)(equals - variable - 8));
    for (char *c = name; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    for (enum setting_id i = 0, which; i < N_SETTING; i++) {
        const char *section = setting_table(i)->section;
        const size_t len = strlen(section);

        if (strncmp(name, section, len) != 0 || name[len] != '_')
            continue;
        if (!find(section, name + len + 1, &which))
            return is_gone(a, section, name + len + 1, "environment: ") ||
                   unknown(section, name + len + 1, "environment: ", e);
        return set(a, which, equals + 1, s, (struct origin){"environment: ", SOURCE_ENVIRONMENT},
                   e);
    }
    return true;
}

bool
settings_load(struct arena *a, const char *path, struct settings *s, struct error *e)
{
    const char *ini = path ? read_file(a, path, e) : "";

    settings_default(s);
    if (!ini || !settings_read(a, path, ini, s, e))
        return false;
    for (char **variable = environ; *variable; variable++)
        if (!read_variable(a, *variable, s, e))
            return false;
    return true;
}
