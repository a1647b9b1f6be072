/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a calendar's files from a directory; apart from calendar.c, which the core calls. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "definition/calendar.h"
#include "definition/json.h"

/* Whether the file is called ID-YYYY.json. */
static bool
is_year_of(const char *name, const char *id)
{
    const size_t len = strlen(id);

    return !strncmp(name, id, len) && name[len] == '-' && strlen(name + len) == 10 &&
           strspn(name + len + 1, "0123456789") == 4 && !strcmp(name + len + 5, ".json");
}

/* Reads the files of @dir that are of @id into one array; their order is calendar_build()'s
 * business. */
static bool
read_years(struct arena *a, const char *dir, const char *id, struct dirent *const *file, int n,
           struct value *out, struct error *e)
{
    struct value *item = arena_array(a, n, struct value);
    uint32_t of_it = 0;

    for (int i = 0; i < n; i++)
        if (is_year_of(file[i]->d_name, id) &&
            !json_read_named_file(a, arena_printf(a, "%s/%s", dir, file[i]->d_name), &item[of_it++],
                                  e))
            return false;
    *out = value_array(item, of_it);
    return of_it ||
           error_set(e, ERROR_BAD_FILE, "no calendar file like %.40s-2026.json in %s", id, dir);
}

static bool
read_directory(struct arena *a, const char *dir, const char *id, struct value *out, struct error *e)
{
    struct dirent **file;
    const int n = scandir(dir, &file, NULL, alphasort);
    bool read;

    if (n < 0)
        return error_set(e, ERROR_BAD_FILE, "the folder %s cannot be read: %m", dir);
    read = read_years(a, dir, id, file, n, out, e);
    for (int i = 0; i < n; i++)
        free(file[i]);
    free(file);
    return read;
}

bool
calendar_load_named(struct arena *a, const char *dir, const char *id, const char *hours_file,
                    const struct calendar **out, struct error *e)
{
    struct value years = value_null(), hours = value_null();

    if (!read_directory(a, dir, id, &years, e))
        return false;
    if (hours_file && !json_read_named_file(a, hours_file, &hours, e))
        return false;
    return calendar_build(a, id, &years, hours_file ? &hours : NULL, out, e);
}

bool
calendar_load(struct arena *a, const char *dir, const char *hours_file, const struct calendar **out,
              struct error *e)
{
    return calendar_load_named(a, dir, CALENDAR_USUAL, hours_file, out, e);
}
