/* SPDX-License-Identifier: Apache-2.0 */
/* onestop bench: what this machine and its database can do, part by part. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/password.h"
#include "base/settings.h"
#include "daemon/ask.h"
#include "daemon/command.h"
#include "daemon/commands.h"
#include "daemon/where.h"
#include "definition/registry.h"
#include "machine/machine.h"

enum { DATES = 20000, COMMITS = 300, STATES = 20000 };

struct figure {
    const char *name, *unit;
    double value;
    const char *zh, *en;
};

struct figures {
    struct figure item[8];
    size_t n;
};

static double
now_us(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
note(struct figures *f, const char *name, double us, const char *zh, const char *en)
{
    f->item[f->n++] = (struct figure){.name = name, .unit = "us", .value = us, .zh = zh, .en = en};
}

/* From each day of the calendar in turn, so that no answer is the one before. */
static void
measure_dates(struct figures *f, const struct calendar *calendar)
{
    const struct counting counting = {.calendar = calendar,
                                      .limit = {.unit = UNIT_WORKING_DAYS, .n = 20}};
    struct arena a = {0};
    const double began = now_us();
    day last = 0;

    for (int i = 0; i < DATES; i++) {
        const day d = calendar->first + i % (calendar->last - calendar->first + 1);
        const struct course course = {.start = day_start(d) + 10 * SPAN_HOUR};

        last = clock_due(&a, &counting, &course, course.start).last_day;
        arena_reset(&a);
    }
    note(f, "dueDate", (now_us() - began) / DATES, "计算一个 20 个工作日的期限",
         last ? "one due date of 20 working days" : "");
    arena_release(&a);
}

/* A case of the workflow as it stands before anything happened, out and in. */
static void
measure_states(struct figures *f, const struct workflow *w)
{
    struct arena scratch = {0}, a = {0};
    const struct case_state *c = case_new(&a, w);
    const double began = now_us();
    bool whole = true;

    for (int i = 0; i < STATES && whole; i++) {
        struct case_state again = *c;
        struct text t = text_new(&scratch);
        struct value v;
        struct error e;

        case_write(&t, w, c);
        whole =
            value_read(&scratch, t.at, t.len, &v) && case_read(&scratch, w, &v, NULL, &again, &e);
        arena_reset(&scratch);
    }
    if (whole)
        note(f, "state", (now_us() - began) / STATES, "写出并读回一个办件状态",
             "writing and reading the state of a case");
    arena_release(&scratch);
    arena_release(&a);
}

static void
measure_password(struct figures *f)
{
    char text[PASSWORD_TEXT];
    const double began = now_us();

    password_hash("a password to be measured", text);
    note(f, "password", now_us() - began, "校验一次口令", "checking a password");
}

static int
compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* The median over many, each waited for. */
static bool
measure_asking(struct figures *f, struct asker *asker, enum statement_id s, struct figure what,
               struct error *e)
{
    double took[COMMITS];

    for (int i = 0; i < COMMITS; i++) {
        const double began = now_us();

        if (!asker_ask(asker, s, NULL, NULL, NULL, e))
            return false;
        took[i] = now_us() - began;
    }
    qsort(took, COMMITS, sizeof(took[0]), compare);
    note(f, what.name, took[COMMITS / 2], what.zh, what.en);
    return true;
}

static int
measure_database(struct figures *f, const struct settings *s)
{
    struct error e;
    struct asker *asker = asker_open(s->database_conninfo, "onestop bench", &e);
    bool ok;

    if (!asker)
        return command_failed(&e);
    ok = measure_asking(f, asker, SQL_clock_read,
                        (struct figure){.name = "roundTrip",
                                        .zh = "与数据库往返一次（中位数）",
                                        .en = "a round trip to the database (median)"},
                        &e) &&
         measure_asking(f, asker, SQL_bench_commit,
                        (struct figure){.name = "commit",
                                        .zh = "一次落盘提交（中位数）",
                                        .en = "a durable commit (median)"},
                        &e);
    asker_close(asker);
    return ok ? EXIT_SUCCESS : command_failed(&e);
}

static void
print(const struct figures *f, bool json)
{
    const bool zh = command_language() == LANGUAGE_ZH;
    struct arena a = {0};
    struct text t = text_new(&a);

    put_open(&t, '{');
    for (size_t i = 0; i < f->n; i++) {
        const struct figure *one = &f->item[i];

        if (!json)
            printf("%12.2f us  %s\n", one->value, zh ? one->zh : one->en);
        put_key(&t, arena_printf(&a, "%sUs", one->name));
        text_printf(&t, "%.3f", one->value);
    }
    put_close(&t, '}');
    if (json)
        puts(t.at);
    arena_release(&a);
}

static int
measure(struct arena *a, const struct settings *s, bool json, bool database)
{
    struct problems problems = {.arena = a};
    const struct registry *registry;
    struct figures f = {.n = 0};
    struct house house;
    int code = EXIT_SUCCESS;

    if (!house_load(a, s->server_workflows, &house, &problems) ||
        !registry_load(a, s->server_workflows, &house, &registry, &problems) || !registry->n)
        return command_misused("%s: the workflows cannot be loaded; onestop lint says why",
                               s->server_workflows);
    measure_dates(&f, house.calendar);
    measure_states(&f, registry->workflow[0]);
    measure_password(&f);
    if (database)
        code = measure_database(&f, s);
    print(&f, json);
    return code;
}

int
cmd_bench(int argc, char **argv)
{
    struct where at = {0};
    bool json = false, without = false;
    const struct command_option option[] = {
        WHERE_OPTIONS(at),
        OPTION_FLAG("no-database", &without, "不测数据库", "Leave the database out"),
        OPTION_FLAG("json", &json, "以 JSON 输出", "Print JSON"),
    };
    struct arena a = {0};
    struct settings s;
    struct error e;
    int operands;
    int code = options_read(option, sizeof(option) / sizeof(option[0]), argc, argv, &operands);

    if (code != OPTIONS_READ)
        return code;
    if (operands)
        return command_misused("bench takes no operands");
    if (!where_settings(&a, &at, &s, &e))
        code = command_failed(&e);
    else
        code = measure(&a, &s, json, !without);
    arena_release(&a);
    return code;
}
