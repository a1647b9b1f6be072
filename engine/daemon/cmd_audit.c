/* SPDX-License-Identifier: Apache-2.0 */
/* onestop audit: what happened, taken out of the house, held against what was said then, and
 * applied again. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings.h"
#include "daemon/audit.h"
#include "daemon/command.h"
#include "daemon/commands.h"
#include "definition/registry.h"
#include "store/evidence_check.h"

struct wish {
    const char *config, *database, *workflows, *facts, *anchor;
    bool part, json;
};

static int export(struct arena *a, const struct wish *w)
{
    struct settings s;
    struct audit_export out;
    struct asker *asker;
    struct error e;
    bool ok;

    if (!w->facts && !w->anchor)
        return command_misused("audit export needs --facts FILE, --anchor FILE or both");
    if (!settings_load(a, w->config, &s, &e) ||
        (w->database && !settings_set(a, "database.conninfo", w->database, &s, &e)))
        return command_failed(&e);
    asker = asker_open(s.database_conninfo, "onestop audit", &e);
    if (!asker)
        return command_failed(&e);
    ok = audit_export(asker, s.database_cell, w->facts, w->anchor, &out, &e);
    asker_close(asker);
    if (!ok)
        return command_failed(&e);
    (void)fprintf(stderr,
                  "onestop: %" PRId64 " facts of %" PRId64 " cases, up to place %" PRId64
                  " of the journal\n",
                  out.facts, out.cases, out.horizon);
    return EXIT_SUCCESS;
}

static void tell(void *arg, const char *number, const char *why);

static void
tell_replayed(void *arg, int64_t case_id, const char *number, const char *why)
{
    (void)case_id;
    tell(arg, number, why);
}

/* Do the stored facts give what is stored? */
static int
replay(struct arena *a, struct wish *w)
{
    struct problems problems = {.arena = a};
    struct audit_report report = {.found = tell_replayed, .arg = w};
    struct text t = text_new(a);
    struct settings s;
    struct house house;
    struct error e;

    if (!settings_load(a, w->config, &s, &e) ||
        (w->database && !settings_set(a, "database.conninfo", w->database, &s, &e)) ||
        (w->workflows && !settings_set(a, "server.workflows", w->workflows, &s, &e)))
        return command_failed(&e);
    if (!house_load(a, s.server_workflows, &house, &problems))
        return command_misused("%s: the calendar cannot be read; onestop lint says why",
                               s.server_workflows);
    if (!audit_all(&s, house.calendar, &report, &e))
        return command_failed(&e);
    put_open(&t, '{');
    put_member_int(&t, "cases", (int64_t)report.cases);
    put_member_int(&t, "facts", (int64_t)report.facts);
    put_member_int(&t, "wrong", (int64_t)report.wrong);
    put_close(&t, '}');
    if (w->json)
        puts(t.at);
    else
        printf("%" PRIu64 " facts of %" PRIu64 " cases applied: %" PRIu64
               " cases are not as they are stored\n",
               report.facts, report.cases, report.wrong);
    return report.wrong ? EXIT_PROBLEMS : EXIT_SUCCESS;
}

static void
tell(void *arg, const char *number, const char *why)
{
    const struct wish *w = arg;
    struct arena a = {0};
    struct text t = text_new(&a);

    if (w->json) {
        put_open(&t, '{');
        put_member_string(&t, "case", number);
        put_member_string(&t, "why", why);
        put_close(&t, '}');
        puts(t.at);
    } else {
        printf("%s%s%s\n", number ? number : "", number ? ": " : "", why);
    }
    arena_release(&a);
}

static int
conclude(const struct wish *w, const struct evidence_report *r)
{
    struct arena a = {0};
    struct text t = text_new(&a);

    put_open(&t, '{');
    put_member_int(&t, "cases", (int64_t)r->cases);
    put_member_int(&t, "facts", (int64_t)r->facts);
    put_member_int(&t, "later", (int64_t)r->later);
    put_member_int(&t, "purged", (int64_t)r->purged);
    put_member_int(&t, "wrong", (int64_t)r->wrong);
    put_close(&t, '}');
    if (w->json)
        puts(t.at);
    else if (r->purged)
        printf("%" PRIu64 " cases were purged: their archives have the facts\n", r->purged);
    if (!w->json)
        printf("%" PRIu64 " facts of %" PRIu64 " cases, %" PRIu64 " younger than the anchor: %s\n",
               r->facts, r->cases, r->later,
               r->wrong ? "they are not what was there" : "nothing is missing, changed or new");
    arena_release(&a);
    return r->wrong ? EXIT_PROBLEMS : EXIT_SUCCESS;
}

static FILE *
open_file(const char *path)
{
    FILE *f = fopen(path, "re");

    if (!f)
        (void)fprintf(stderr, "onestop: %s: %s\n", path, strerrordesc_np(errno));
    return f;
}

/* Neither database nor settings: the two files alone. */
static int
verify(struct wish *w)
{
    struct evidence_report report = {.found = tell, .arg = w};
    FILE *facts, *anchor;
    struct error e;
    int code;

    if (!w->facts || !w->anchor)
        return command_misused("audit verify needs --facts FILE and --anchor FILE");
    facts = open_file(w->facts);
    anchor = open_file(w->anchor);
    if (facts && anchor) {
        const bool read = evidence_check(facts, anchor, w->part, &report, &e);

        /* A line that cannot be read is something found, too. */
        if (!read) {
            report.wrong++;
            tell(w, NULL, e.detail);
        }
        code = conclude(w, &report);
    } else {
        code = EXIT_NOT_FOUND;
    }
    if (facts)
        (void)fclose(facts);
    if (anchor)
        (void)fclose(anchor);
    return code;
}

int
cmd_audit(int argc, char **argv)
{
    struct wish w = {0};
    const struct command_option option[] = {
        OPTION_TEXT("facts", "FILE", &w.facts, "事实文件（JSON 行）", "The facts, as JSON lines"),
        OPTION_TEXT("anchor", "FILE", &w.anchor, "锚文件：每件办件当时到哪一条",
                    "The anchor: where each case stood"),
        OPTION_FLAG("part", &w.part, "只含部分办件（如到期清理的存档）",
                    "They are of some of the cases only, as an archive's are"),
        OPTION_TEXT("workflows", "DIR", &w.workflows, "事项流程所在目录",
                    "Folder of the workflows"),
        OPTION_TEXT("config", "FILE", &w.config, "设置文件", "The settings file"),
        OPTION_TEXT("database", "CONNINFO", &w.database, "libpq 连接串", "libpq connection string"),
        OPTION_FLAG("json", &w.json, "以 JSON 输出", "Print JSON"),
    };
    struct arena a = {0};
    int n, code = options_read(option, sizeof(option) / sizeof(option[0]), argc, argv, &n);

    if (code != OPTIONS_READ)
        return code;
    if (n == 1 && !strcmp(argv[0], "export"))
        code = export(&a, &w);
    else if (n == 1 && !strcmp(argv[0], "verify"))
        code = verify(&w);
    else if (n == 1 && !strcmp(argv[0], "replay"))
        code = replay(&a, &w);
    else
        code = command_misused("audit takes export, verify or replay");
    arena_release(&a);
    return code;
}
