/* SPDX-License-Identifier: Apache-2.0 */
/* onestop import: the history of an older system, through the same core, with its own times. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/require.h"
#include "base/settings.h"
#include "daemon/command.h"
#include "daemon/commands.h"
#include "daemon/import_run.h"
#include "daemon/where.h"

struct wish {
    struct where at;
    const char *map;
    bool dry_run, json;
};

/* Everything the history is held against. */
struct world {
    struct settings settings;
    struct house house;
    const struct registry *registry;
    struct import_map map;
};

static bool
read_world(struct arena *a, const struct wish *w, struct world *out, struct error *e)
{
    struct settings *s = &out->settings;
    bool known = false;

    if (!where_settings(a, &w->at, s, e) || !import_map_read(a, w->map, &out->map, e))
        return false;
    if (!where_world(a, s, &out->house, &out->registry, e))
        return false;
    for (uint32_t i = 0; i < out->registry->n; i++)
        if (!strcmp(out->registry->workflow[i]->id, out->map.workflow)) {
            known = true;
            if (!import_map_fits(&out->map, out->registry->workflow[i], e))
                return false;
        }
    if (!known)
        return error_set(e, ERROR_WORKFLOW_UNKNOWN, "there is no workflow %s", out->map.workflow);
    return organisation_district(&out->house.organisation, out->map.district) ||
           error_set(e, ERROR_BAD_FILE, "there is no district %s", out->map.district);
}

static double
seconds(void)
{
    struct timespec now;

    require(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
report(struct arena *a, const struct import_log *log, const struct import_counts *c, double took,
       bool json)
{
    const uint64_t done = c->recorded + c->known;
    const int64_t cases = (int64_t)(log->n - log->bad_cases);
    struct text t = text_new(a);

    put_open(&t, '{');
    put_member_int(&t, "cases", cases);
    put_member_int(&t, "rows", (int64_t)log->rows);
    put_member_int(&t, "rowsPassedOver", (int64_t)log->passed);
    put_member_int(&t, "recorded", (int64_t)c->recorded);
    put_member_int(&t, "known", (int64_t)c->known);
    put_member_int(&t, "refused", (int64_t)c->refused);
    put_member_int(&t, "casesLeftOut", (int64_t)log->bad_cases);
    put_member_int(&t, "complaints", (int64_t)log->bad_rows);
    put_member_int(&t, "milliseconds", (int64_t)(took * 1000));
    put_close(&t, '}');
    if (json) {
        puts(t.at);
        return;
    }
    printf("%lld cases: %llu steps recorded, %llu known before, in %.1f s, %.0f steps/s\n",
           (long long)cases, (unsigned long long)c->recorded, (unsigned long long)c->known, took,
           took > 0 ? (double)done / took : 0);
    if (log->bad_cases || c->refused)
        printf("%llu cases left out, %llu steps refused\n", (unsigned long long)log->bad_cases,
               (unsigned long long)c->refused);
}

static int
import(struct arena *a, const struct wish *w, const char *path)
{
    struct world world;
    struct import_log log;
    struct import_counts counts = {0};
    const double began = seconds();
    struct error e;

    if (!read_world(a, w, &world, &e) || !import_log_read(a, path, &world.map, &log, &e))
        return command_failed(&e);
    import_rehearse(&log, world.registry, world.house.calendar);
    if (log.lost) {
        (void)fprintf(stderr,
                      "onestop: of %llu rows not even the case is known, so that no case is known "
                      "to be whole: nothing was imported\n",
                      (unsigned long long)log.lost);
        return EXIT_PROBLEMS;
    }
    if (!w->dry_run &&
        !import_run(&log, &world.settings, &world.house, world.registry, &counts, &e))
        return command_failed(&e);
    report(a, &log, &counts, seconds() - began, w->json);
    return log.bad_rows ? EXIT_PROBLEMS : EXIT_SUCCESS;
}

int
cmd_import(int argc, char **argv)
{
    struct wish w = {0};
    const struct command_option option[] = {
        OPTION_TEXT("map", "FILE", &w.map, "说明各列含义的文件", "What the columns mean"),
        WHERE_OPTIONS(w.at),
        OPTION_FLAG("dry-run", &w.dry_run, "只检查，不写入", "Check all, write nothing"),
        OPTION_FLAG("json", &w.json, "以 JSON 输出", "Print JSON"),
    };
    struct arena a = {0};
    int n, code;

    code = options_read(option, sizeof(option) / sizeof(option[0]), argc, argv, &n);
    if (code != OPTIONS_READ)
        return code;
    if (n != 1 || !w.map)
        return command_misused("import takes a log and --map FILE");
    code = import(&a, &w, argv[0]);
    arena_release(&a);
    return code;
}
