/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a calendar's files from a directory; apart from calendar.c, which the core calls. */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "definition/calendar.h"
#include "definition/json.h"

enum { FILES_MOST = 200 };

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

/* Reads the year files into one array; their order is calendar_build()'s business. */
static bool
read_years(struct arena *a, const char *dir, DIR *open, struct value *out, struct error *e)
{
    struct value *item = arena_array(a, FILES_MOST, struct value);
    const struct dirent *d;
    size_t n = 0;

    while ((d = readdir(open)) != NULL) {
        if (!is_year_file(d))
            continue;
        if (n == FILES_MOST)
            return error_set(e, ERROR_BAD_FILE, "more than %d years of calendar", FILES_MOST);
        if (!json_read_file(a, arena_printf(a, "%s/%s", dir, d->d_name), &item[n++], e))
            return false;
    }
    if (n == 0)
        return error_set(e, ERROR_BAD_FILE, "no calendar file like cn-2026.json in %s", dir);
    *out = value_array(item, n);
    return true;
}

bool
calendar_load(struct arena *a, const char *dir, const char *hours_file, const struct calendar **out,
              struct error *e)
{
    struct value years, hours;
    const char *id;
    DIR *open = opendir(dir);
    bool read;

    if (!open)
        return error_set(e, ERROR_BAD_FILE, "%s: %s", dir, strerror(errno));
    read = read_years(a, dir, open, &years, e);
    (void)closedir(open);
    if (!read || (hours_file && !json_read_file(a, hours_file, &hours, e)))
        return false;
    id = value_get_string(&years.item[0], "calendar");
    if (!id)
        return error_set(e, ERROR_BAD_FILE, "%s: a file does not name its calendar", dir);
    return calendar_build(a, id, &years, hours_file ? &hours : NULL, out, e);
}
