/* SPDX-License-Identifier: Apache-2.0 */
/* onestop recount: running clocks and periods go on by the calendars that hold now. */
#include <stdio.h>
#include <stdlib.h>

#include "daemon/command.h"
#include "daemon/commands.h"
#include "daemon/recount.h"

struct wish {
    const char *config, *database, *workflows;
    bool dry_run, json;
};

static void
put_figures(struct text *t, const struct recount_figures *f)
{
    const struct clock_figures *k = &f->clocks;
    const struct period_figures *p = &f->periods;

    put_member_int(t, "clocks", (int64_t)k->n);
    put_member_int(t, "dueEarlier", (int64_t)k->earlier);
    put_member_int(t, "dueLater", (int64_t)k->later);
    put_member_int(t, "newlyLate", (int64_t)k->newly_late);
    put_member_int(t, "noLongerLate", (int64_t)k->no_longer_late);
    put_member_int(t, "becameFirm", (int64_t)k->became_firm);
    put_member_int(t, "periods", (int64_t)p->n);
    put_member_int(t, "periodsEarlier", (int64_t)p->earlier);
    put_member_int(t, "periodsLater", (int64_t)p->later);
    put_member_int(t, "periodsAtOnce", (int64_t)p->at_once);
    put_member_int(t, "periodsBecameFirm", (int64_t)p->became_firm);
}

static void
print_json(struct arena *a, const struct recount_report *r, const struct house *house, bool dry_run)
{
    struct text t = text_new(a);

    put_open(&t, '{');
    put_member_bool(&t, "dryRun", dry_run);
    put_member_string(&t, "calendar", house->calendar->version);
    put_member_int(&t, "looked", (int64_t)r->looked);
    put_member_int(&t, "cases", (int64_t)r->cases);
    put_figures(&t, &r->all);
    put_member_int(&t, "refused", (int64_t)r->refused);
    put_member_string(&t, "reason", r->why);
    put_member_string(&t, "example", r->example);
    put_key(&t, "departments");
    put_open(&t, '[');
    for (size_t i = 0; i < r->n_share; i++) {
        put_open(&t, '{');
        put_member_string(&t, "department", r->share[i].department);
        put_figures(&t, &r->share[i].of);
        put_close(&t, '}');
    }
    put_close(&t, ']');
    put_close(&t, '}');
    puts(t.at);
}

static void
print_figures(const struct recount_figures *f)
{
    const struct clock_figures *k = &f->clocks;
    const struct period_figures *p = &f->periods;

    printf("%llu clocks, due earlier %llu, later %llu, newly late %llu, no longer late %llu, no "
           "longer provisional %llu; %llu timers, waits and deadlines of materials, ending "
           "earlier %llu, later %llu, at once %llu, no longer provisional %llu\n",
           (unsigned long long)k->n, (unsigned long long)k->earlier, (unsigned long long)k->later,
           (unsigned long long)k->newly_late, (unsigned long long)k->no_longer_late,
           (unsigned long long)k->became_firm, (unsigned long long)p->n,
           (unsigned long long)p->earlier, (unsigned long long)p->later,
           (unsigned long long)p->at_once, (unsigned long long)p->became_firm);
}

static void
print_text(const struct recount_report *r, bool dry_run)
{
    printf("%llu open cases: %llu %s, %llu refused\n", (unsigned long long)r->looked,
           (unsigned long long)r->cases, dry_run ? "would be recounted" : "recounted",
           (unsigned long long)r->refused);
    print_figures(&r->all);
    for (size_t i = 0; i < r->n_share; i++) {
        printf("%s: ", r->share[i].department);
        print_figures(&r->share[i].of);
    }
    if (r->refused)
        printf("refused, as %s: %s\n", r->example, r->why);
}

static int
run(struct arena *a, const struct wish *w)
{
    struct settings settings;
    struct problems problems = {.arena = a};
    struct house house;
    struct recount_report report = {.a = a};
    struct error e;
    bool done;

    if (!settings_load(a, w->config, &settings, &e) ||
        (w->database && !settings_set(a, "database.conninfo", w->database, &settings, &e)) ||
        (w->workflows && !settings_set(a, "server.workflows", w->workflows, &settings, &e)))
        return command_failed(&e);
    if (!house_load(a, settings.server_workflows, &house, &problems)) {
        error_set(&e, ERROR_DEFINITION_INVALID, "%s: onestop lint lists the problems",
                  settings.server_workflows);
        return command_failed(&e);
    }
    done = recount_cases(&settings, &house, w->dry_run, &report, &e);
    if (!done && !report.looked)
        return command_failed(&e);
    if (w->json)
        print_json(a, &report, &house, w->dry_run);
    else
        print_text(&report, w->dry_run);
    if (!done)
        return command_failed(&e);
    return report.refused ? EXIT_PROBLEMS : EXIT_SUCCESS;
}

int
cmd_recount(int argc, char **argv)
{
    struct wish w = {0};
    const struct command_option option[] = {
        OPTION_TEXT("config", "FILE", &w.config, "设置文件", "The settings file"),
        OPTION_TEXT("database", "CONNINFO", &w.database, "libpq 连接串", "libpq connection string"),
        OPTION_TEXT("workflows", "DIR", &w.workflows, "事项流程和日历所在目录",
                    "Folder of the workflows and calendars"),
        OPTION_FLAG("dry-run", &w.dry_run, "只报告，不改动", "Report, change nothing"),
        OPTION_FLAG("json", &w.json, "以 JSON 输出", "Print JSON"),
    };
    struct arena a = {0};
    int n, code = options_read(option, sizeof(option) / sizeof(option[0]), argc, argv, &n);

    if (code != OPTIONS_READ)
        return code;
    if (n != 0)
        return command_misused("recount takes no names");
    code = run(&a, &w);
    arena_release(&a);
    return code;
}
