/* SPDX-License-Identifier: Apache-2.0 */
/* onestop migrate-cases: open cases go on under another version of their workflow. */
#include <stdio.h>
#include <stdlib.h>

#include "daemon/command.h"
#include "daemon/commands.h"
#include "daemon/migrate_cases.h"
#include "daemon/report.h"
#include "daemon/where.h"
#include "definition/json.h"

struct wish {
    struct where at;
    const char *plan;
    bool dry_run, json;
};

static void
put_figures(struct text *t, const struct migration_figures *f)
{
    put_member_int(t, "newlyLate", (int64_t)f->newly_late);
    put_member_int(t, "dueEarlier", (int64_t)f->earlier);
    put_member_int(t, "dueLater", (int64_t)f->later);
}

static void
put_share(struct text *t, const struct migration_share *s)
{
    put_open(t, '{');
    put_member_string(t, "department", s->department);
    put_member_int(t, "moved", (int64_t)s->of.moved);
    put_member_int(t, "refused", (int64_t)s->refused);
    put_figures(t, &s->of);
    put_close(t, '}');
}

static void
put_reasons(struct text *t, const struct migration_report *r)
{
    put_key(t, "reasons");
    put_open(t, '[');
    for (size_t i = 0; i < r->n_reason; i++) {
        put_open(t, '{');
        put_member_string(t, "reason", r->reason[i].text);
        put_member_int(t, "cases", (int64_t)r->reason[i].n);
        put_member_string(t, "example", r->reason[i].example);
        put_close(t, '}');
    }
    put_close(t, ']');
    put_member_int(t, "casesOfOtherReasons", (int64_t)r->other_reasons);
}

/* Of the same plan, by the runs before. */
static void
put_before(struct text *t, const struct migration_figures *f)
{
    put_key(t, "before");
    put_open(t, '{');
    put_member_int(t, "moved", (int64_t)f->moved);
    put_figures(t, f);
    put_close(t, '}');
}

static void
put_target(struct text *t, const struct migration_target *x)
{
    put_key(t, "target");
    put_open(t, '{');
    put_member_string(t, "version", x->m.to->hash);
    put_member_bool(t, "published", x->published);
    put_member_bool(t, "inForce", x->in_force);
    put_member_string(t, "waits", x->waits);
    put_close(t, '}');
}

static void
print_json(struct arena *a, const struct migration_report *r, bool dry_run)
{
    struct text t = text_new(a);

    put_open(&t, '{');
    put_member_bool(&t, "dryRun", dry_run);
    put_member_int(&t, "looked", (int64_t)r->looked);
    put_member_int(&t, "moved", (int64_t)r->all.moved);
    put_member_int(&t, "refused", (int64_t)r->refused);
    put_figures(&t, &r->all);
    put_key(&t, "departments");
    put_open(&t, '[');
    for (size_t i = 0; i < r->n_share; i++)
        put_share(&t, &r->share[i]);
    put_close(&t, ']');
    put_reasons(&t, r);
    put_before(&t, &r->before);
    put_target(&t, &r->target);
    put_close(&t, '}');
    puts(t.at);
}

static void
print_before(const struct migration_report *r, bool dry_run)
{
    const struct migration_figures *f = &r->before;

    if (f->moved)
        printf("%s %llu, %llu of them newly late; due earlier %llu, later %llu\n",
               dry_run ? "earlier runs of this plan have moved besides"
                       : "of these, earlier runs of this plan had moved",
               (unsigned long long)f->moved, (unsigned long long)f->newly_late,
               (unsigned long long)f->earlier, (unsigned long long)f->later);
}

static void
print_text(const struct migration_report *r, bool dry_run)
{
    if (r->target.waits)
        printf("nothing can be moved yet: %s\n", r->target.waits);
    printf(
        "%llu open cases: %llu %s, %llu refused, %llu newly late; due earlier %llu, later %llu\n",
        (unsigned long long)r->looked, (unsigned long long)r->all.moved,
        dry_run ? "would be moved" : "moved", (unsigned long long)r->refused,
        (unsigned long long)r->all.newly_late, (unsigned long long)r->all.earlier,
        (unsigned long long)r->all.later);
    print_before(r, dry_run);
    for (size_t i = 0; i < r->n_share; i++)
        printf(
            "%s: %llu moved, %llu refused, %llu newly late; due earlier %llu, later %llu\n",
            r->share[i].department, (unsigned long long)r->share[i].of.moved,
            (unsigned long long)r->share[i].refused, (unsigned long long)r->share[i].of.newly_late,
            (unsigned long long)r->share[i].of.earlier, (unsigned long long)r->share[i].of.later);
    for (size_t i = 0; i < r->n_reason; i++)
        printf("refused, %llu as %s: %s\n", (unsigned long long)r->reason[i].n,
               r->reason[i].example, r->reason[i].text);
    if (r->other_reasons)
        printf("refused, %llu for other reasons\n", (unsigned long long)r->other_reasons);
}

/* The version does not pass the gate, or waits for its day: nothing was looked at. */
static bool
is_kept_out(const struct migration_report *r, bool dry_run, int *code)
{
    report_print(stderr, &r->problems);
    if (r->problems.n_error) {
        fprintf(stderr, "onestop: version %.12s does not pass the gate: no case moves there\n",
                r->target.m.to->hash);
        *code = EXIT_PROBLEMS;
        return true;
    }
    if (!r->target.waits || dry_run)
        return false;
    fprintf(stderr, "onestop: nothing was moved: %s\n", r->target.waits);
    *code = EXIT_CONFLICT;
    return true;
}

static int
run(struct arena *a, const struct wish *w)
{
    struct settings settings;
    struct house house;
    const struct registry *registry;
    struct migration_report report = {.a = a, .problems = {.arena = a}};
    struct value plan;
    struct error e;
    bool done;
    int code;

    if (!where_settings(a, &w->at, &settings, &e) || !json_read_file(a, w->plan, &plan, &e) ||
        !where_world(a, &settings, &house, &registry, &e))
        return command_failed(&e);
    done = migrate_cases(&(struct migration_wish){.settings = &settings,
                                                  .house = &house,
                                                  .registry = registry,
                                                  .plan = &plan,
                                                  .dry_run = w->dry_run},
                         &report, &e);
    if (!done && !report.looked)
        return command_failed(&e);
    if (is_kept_out(&report, w->dry_run, &code))
        return code;
    if (w->json)
        print_json(a, &report, w->dry_run);
    else
        print_text(&report, w->dry_run);
    if (!done)
        return command_failed(&e);
    return report.refused || report.target.waits ? EXIT_PROBLEMS : EXIT_SUCCESS;
}

int
cmd_migrate_cases(int argc, char **argv)
{
    struct wish w = {0};
    const struct command_option option[] = {
        OPTION_TEXT("plan", "FILE", &w.plan, "迁移方案", "What becomes what"),
        WHERE_OPTIONS(w.at),
        OPTION_FLAG("dry-run", &w.dry_run, "只报告，不改动", "Report, change nothing"),
        OPTION_FLAG("json", &w.json, "以 JSON 输出", "Print JSON"),
    };
    struct arena a = {0};
    int n, code = options_read(option, sizeof(option) / sizeof(option[0]), argc, argv, &n);

    if (code != OPTIONS_READ)
        return code;
    if (n != 0 || !w.plan)
        return command_misused("migrate-cases takes --plan FILE");
    code = run(&a, &w);
    arena_release(&a);
    return code;
}
