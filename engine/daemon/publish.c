/* SPDX-License-Identifier: Apache-2.0 */
/* A new version is published only when its scenarios pass on this hall's calendar. */
#include "daemon/publish.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "base/log.h"
#include "daemon/play.h"

/* One line of the log for each line of the report. */
static void
tell(struct arena *a, const char *report)
{
    while (*report) {
        const size_t len = strcspn(report, "\n");

        log_error("scenario", log_str("problem", arena_strndup(a, report, len)));
        report += len + (report[len] == '\n');
    }
}

/* Plays the scenarios beside @w; false too when the folder cannot be read. */
static bool
play_beside(struct arena *a, const struct house *house, const struct workflow *w)
{
    const char *slash = strrchr(w->file, '/');
    const char *folder = slash ? arena_strndup(a, w->file, (size_t)(slash - w->file)) : ".";
    const char *pattern = w->district ? arena_printf(a, "%s@%s*.case", w->id, w->district)
                                      : arena_printf(a, "%s*.case", w->id);
    struct text report = text_new(a);
    const struct dirent *entry;
    DIR *dir = opendir(folder);
    bool passed = true;

    if (!dir) {
        log_error("scenarios cannot be read", log_str("folder", folder),
                  log_str("why", strerror(errno)));
        return false;
    }
    while ((entry = readdir(dir)) != NULL)
        if (fnmatch(pattern, entry->d_name, 0) == 0)
            passed =
                play_scenario(a, house, arena_printf(a, "%s/%s", folder, entry->d_name), &report) &&
                passed;
    (void)closedir(dir);
    tell(a, report.at ? report.at : "");
    return passed;
}

bool
publish_check(const struct house *house, const struct registry *was, const struct registry *is)
{
    struct arena a = {0};
    bool passed = true;

    for (uint32_t i = 0; i < is->n; i++) {
        const struct workflow *w = is->workflow[i];
        const char *file = w->file ? strrchr(w->file, '/') : NULL;

        if (!file || registry_by_hash(was, w->hash))
            continue;
        /*
         * Scenarios speak of ID.json, those of a region of ID@CODE.json; a further version
         * ID.ANYTHING.json has none of its own.
         */
        if (strcmp(file + 1, arena_printf(&a, "%s.json", w->id)) == 0)
            passed = play_beside(&a, house, w) && passed;
        arena_reset(&a);
    }
    arena_release(&a);
    return passed;
}
