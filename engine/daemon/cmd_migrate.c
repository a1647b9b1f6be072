/* SPDX-License-Identifier: Apache-2.0 */
/* onestop migrate: the schema of the database, brought up to this release. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings.h"
#include "base/text.h"
#include "daemon/command.h"
#include "daemon/commands.h"
#include "daemon/where.h"
#include "store/migrate.h"
#include "store/test_clock.h"

static void
tell(void *owner, const struct migration *m, span took)
{
    (void)owner;
    if (took >= 0)
        printf("applied %s in %lld ms\n", m->name, (long long)(took / 1000));
}

/* Prints what is applied and what is not; for --status and --dry-run. */
static void
list(const struct migrations *m, bool json, bool pending_only)
{
    struct arena a = {0};
    struct text t = text_new(&a);

    put_open(&t, '[');
    for (size_t i = 0; i < m->n; i++) {
        const struct migration *one = &m->item[i];

        if (pending_only && one->applied)
            continue;
        put_open(&t, '{');
        put_member_int(&t, "number", one->number);
        put_member_string(&t, "name", one->name);
        put_member_bool(&t, "applied", one->applied);
        put_close(&t, '}');
        if (!json)
            printf("%-8s %s\n", one->applied ? "applied" : "pending", one->name);
    }
    put_close(&t, ']');
    if (json)
        puts(t.at);
    arena_release(&a);
}

struct wish {
    struct where at;
    const char *schema, *start;
    bool dry_run, status, json, test_clock;
};

/* A database for tests and demonstrations, whose time is moved by hand. */
static bool
make_test_clock(const struct wish *w, const char *conninfo, struct error *e)
{
    instant start = INSTANT_NONE;

    if (w->start && !instant_read(w->start, strlen(w->start), &start))
        return error_set(e, ERROR_USAGE,
                         "--test-clock takes an instant, as in "
                         "2026-03-02T08:00:00+08:00");
    return test_clock_make(conninfo, start, e);
}

static int
migrate(struct arena *a, const struct wish *w)
{
    struct migrations m;
    struct settings s;
    struct error e;

    if (!where_settings(a, &w->at, &s, &e) ||
        (w->schema && !settings_set(a, "database.schema", w->schema, &s, &e)) ||
        !migrations_read(a, s.database_schema, &m, &e))
        return command_failed(&e);
    if (w->dry_run || w->status) {
        if (!migrations_ask(s.database_conninfo, &m, &e))
            return command_failed(&e);
        list(&m, w->json, w->dry_run);
        return w->status && m.n_applied < m.n ? EXIT_PROBLEMS : EXIT_SUCCESS;
    }
    if (!migrations_apply(s.database_conninfo, &m, tell, NULL, &e) ||
        (w->test_clock && !make_test_clock(w, s.database_conninfo, &e)))
        return command_failed(&e);
    fprintf(stderr, "onestop: the schema is at version %zu\n", m.n);
    return EXIT_SUCCESS;
}

int
cmd_migrate(int argc, char **argv)
{
    struct wish w = {0};
    const struct command_option option[] = {
        OPTION_TEXT("config", "FILE", &w.at.config, "设置文件", "The settings file"),
        OPTION_TEXT("schema", "DIR", &w.schema, "结构脚本所在目录", "Folder of the numbered files"),
        OPTION_TEXT("database", "CONNINFO", &w.at.database, "libpq 连接串",
                    "libpq connection string"),
        OPTION_FLAG("dry-run", &w.dry_run, "只列出将要执行的脚本", "List what would be applied"),
        OPTION_FLAG("status", &w.status, "列出全部脚本；有未执行的则返回 7",
                    "List all; exit 7 when something is pending"),
        OPTION_FLAG("json", &w.json, "以 JSON 输出", "Print JSON"),
        OPTION_MAYBE("test-clock", "INSTANT", &w.test_clock, &w.start,
                     "使其永远成为测试库，时间由人拨动",
                     "Make it a test database for ever, whose time is moved by hand"),
    };
    struct arena a = {0};
    int n, ended = options_read(option, sizeof(option) / sizeof(option[0]), argc, argv, &n);

    if (ended != OPTIONS_READ)
        return ended;
    if (n != 0)
        return command_misused("migrate takes no operand");
    ended = migrate(&a, &w);
    arena_release(&a);
    return ended;
}
