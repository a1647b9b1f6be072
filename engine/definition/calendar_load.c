/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a calendar's files from a directory; apart from calendar.c, which the core calls. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "definition/calendar.h"
#include "definition/json.h"

/* NAME-YYYY.json */
static int
is_year_file(const struct dirent *d)
{
    const size_t len = strlen(d->d_name);
    const char *tail = d->d_name + (len > 10 ? len - 10 : 0);

    if (len <= 10 || tail[0] != '-' || strcmp(tail + 5, ".json") != 0)
        return 0;
    return strspn(tail + 1, "0123456789") == 4;
}

/* Reads the @n files of @dir into one array; their order is calendar_build()'s business. */
static bool
read_years(struct arena *a, const char *dir, struct dirent *const *file, size_t n,
           struct value *out, struct error *e)
{
    struct value *item = arena_array(a, n, struct value);

    for (size_t i = 0; i < n; i++)
        if (!json_read_named_file(a, arena_printf(a, "%s/%s", dir, file[i]->d_name), &item[i], e))
            return false;
    *out = value_array(item, n);
    return true;
}

static bool
read_directory(struct arena *a, const char *dir, struct value *out, struct error *e)
{
    struct dirent **file;
    const int n = scandir(dir, &file, is_year_file, alphasort);
    bool read;

    if (n < 0)
        return error_set(e, ERROR_BAD_FILE, "the folder %s cannot be read: %m", dir);
    read = n > 0 ? read_years(a, dir, file, (size_t)n, out, e)
                 : error_set(e, ERROR_BAD_FILE, "no calendar file like cn-2026.json in %s", dir);
    for (int i = 0; i < n; i++)
        free(file[i]);
    free(file);
    return read;
}

bool
calendar_load(struct arena *a, const char *dir, const char *hours_file, const struct calendar **out,
              struct error *e)
{
    struct value years = value_null(), hours = value_null();
    const char *id;

    if (!read_directory(a, dir, &years, e))
        return false;
    if (hours_file && !json_read_named_file(a, hours_file, &hours, e))
        return false;
    id = value_get_string(&years.item[0], "calendar");
    if (!id)
        return error_set(e, ERROR_BAD_FILE, "%s: a file does not name its calendar", dir);
    return calendar_build(a, id, &years, hours_file ? &hours : NULL, out, e);
}
