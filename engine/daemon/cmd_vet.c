/* SPDX-License-Identifier: Apache-2.0 */
/* onestop vet: would the daemon publish what the folder of the workflows holds now? */
#include <stdlib.h>

#include "daemon/command.h"
#include "daemon/commands.h"
#include "daemon/publish.h"
#include "daemon/reload.h"
#include "daemon/report.h"
#include "daemon/where.h"

/* How many were asked, for the sum. */
static void
on_vetting(void *arg, const struct workflow *w)
{
    (void)w;
    ++*(unsigned *)arg;
}

static int
vet(struct arena *a, const struct where *at)
{
    struct problems problems = {.arena = a};
    struct settings settings;
    unsigned asked = 0;
    struct world *w;
    bool read, known = true;
    struct error e;

    if (!where_settings(a, at, &settings, &e))
        return command_failed(&e);
    w = world_read(&settings, &problems);
    read = w->registry != NULL;
    if (read)
        known = publish_check(&(struct publishing){.settings = &settings,
                                                   .house = &w->house,
                                                   .registry = w->registry,
                                                   .rehearsal = true,
                                                   .vetting = on_vetting,
                                                   .arg = &asked},
                              &problems, &e);
    report_print(stdout, &problems);
    if (read && known)
        (void)fprintf(stderr,
                      command_language() == LANGUAGE_ZH
                          ? "%u 个版本，其中 %u 个新检查：%zu 个问题，%zu 个提醒\n"
                          : "%u versions, %u of them asked now: %zu problems, %zu warnings\n",
                      w->registry->n, asked, problems.n_error, problems.n - problems.n_error);
    world_free(w);
    if (!known)
        return command_failed(&e);
    return read && !problems.n_error ? EXIT_SUCCESS : EXIT_PROBLEMS;
}

int
cmd_vet(int argc, char **argv)
{
    struct where at = {0};
    const struct command_option option[] = {WHERE_OPTIONS(at)};
    struct arena a = {0};
    int n, code = options_read(option, sizeof(option) / sizeof(option[0]), argc, argv, &n);

    if (code != OPTIONS_READ)
        return code;
    if (n != 0)
        return command_misused("vet takes no names: it asks all of the folder");
    code = vet(&a, &at);
    arena_release(&a);
    return code;
}
