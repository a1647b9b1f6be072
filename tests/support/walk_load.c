/* SPDX-License-Identifier: Apache-2.0 */
/* The definitions that are walked. */
#include <stdio.h>

#include "definition/registry.h"
#include "tests/support/city.h"
#include "tests/support/walk.h"

static void
tell_problems(const struct problems *problems)
{
    for (size_t i = 0; i < problems->n; i++)
        if (!problems->item[i].warning)
            (void)fprintf(stderr, "%s:%u: %s\n", problems->item[i].file, problems->item[i].line,
                          problems->item[i].text);
}

static bool
load_folder(struct arena *a, const char *folder, const struct house *house, struct walk_ground *out)
{
    struct problems problems = {.arena = a};
    struct definition_files files;
    struct error e;

    if (!definition_find_files(a, folder, &files, &e)) {
        (void)fprintf(stderr, "%s: %s\n", folder, e.detail);
        return false;
    }
    for (uint32_t i = 0; i < files.n; i++) {
        out->workflow = arena_grow(a, out->workflow, out->n, sizeof(*out->workflow));
        if (!definition_read_file(a, files.path[i], house, &out->workflow[out->n], &problems)) {
            tell_problems(&problems);
            return false;
        }
        out->n++;
    }
    return true;
}

bool
walk_load(struct arena *a, struct walk_ground *out)
{
    struct problems problems = {.arena = a};
    struct house city = {.calendar = NULL}, lab;

    const struct calendar *version[] = {
        city_calendar(a),
        city_calendar_of(a, "{\"seasons\":[{\"from\":\"01-01\",\"to\":\"12-31\",\"spans\":["
                            "\"08:30-16:00\"]}],\"days\":[{\"date\":\"2026-03-18\",\"working\":"
                            "false,\"title\":{\"zh\":\"搬迁\",\"en\":\"moving house\"}}]}")};

    *out = (struct walk_ground){
        .calendar = version[0] && version[1] ? almanac_build(a, version, 2, NULL, 0) : NULL};
    if (!out->calendar || !house_load(a, "workflows", &city, &problems)) {
        tell_problems(&problems);
        return false;
    }
    lab = (struct house){.calendar = out->calendar};
    return load_folder(a, "workflows", &city, out) && load_folder(a, "tests/machine", &lab, out) &&
           out->n > 0;
}
