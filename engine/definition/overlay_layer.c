/* SPDX-License-Identifier: Apache-2.0 */
/* Which overlay of a region around it an overlay lies on. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "definition/json.h"
#include "definition/overlay.h"

/* The days that @path says its limits hold; those of @base where it does not say. */
static bool
read_days(const char *path, const struct workflow *base, day *from, day *until)
{
    struct arena scratch = {0};
    const struct value *days;
    struct value v;
    struct error e;
    bool read = json_read_file(&scratch, path, &v, &e);

    *from = base->from;
    *until = base->until;
    days = read && v.kind == VALUE_OBJECT ? value_get(&v, "effective") : NULL;
    for (uint32_t i = 0; days && days->kind == VALUE_OBJECT && i < days->n; i++) {
        const struct value *d = &days->member[i].value;
        day *to = !strcmp(days->member[i].name, "from")    ? from
                  : !strcmp(days->member[i].name, "until") ? until
                                                           : NULL;

        if (to && d->kind == VALUE_STRING)
            read = day_read(d->string, d->n, to) && read;
    }
    arena_release(&scratch);
    return read;
}

/* That of exactly @district in force on day @d: of several the one that begins last. */
static const char *
layer_of(struct arena *a, const char *stem, const char *district, const struct workflow *base,
         day d)
{
    const char *slash = strrchr(stem, '/'), *found = NULL;
    const char *folder = slash ? arena_strndup(a, stem, (size_t)(slash - stem)) : ".";
    const char *head = arena_printf(a, "%s@%s.", slash ? slash + 1 : stem, district);
    struct dirent **entry;
    const int n = scandir(*folder ? folder : "/", &entry, NULL, alphasort);
    day best = 0;

    for (int i = 0; i < n; i++) {
        const char *path = arena_printf(a, "%s/%s", folder, entry[i]->d_name);
        day from, until;

        if (!strncmp(entry[i]->d_name, head, strlen(head)) && overlay_is(path) &&
            read_days(path, base, &from, &until) && from <= d && (!until || d < until) &&
            (!found || from >= best)) {
            found = path;
            best = from;
        }
        free(entry[i]);
    }
    if (n >= 0)
        free(entry);
    return found;
}

const char *
overlay_layer(struct arena *a, const char *stem, const char *district, const struct workflow *base,
              day d)
{
    const char *found = NULL;
    char around[7] = "";

    for (; !found && district_around(district, around); district = around)
        found = layer_of(a, stem, around, base, d);
    return found;
}
