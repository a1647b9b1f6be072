/* SPDX-License-Identifier: Apache-2.0 */
/* onestop account: who may sign in, and as what. */
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/password.h"
#include "base/settings.h"
#include "daemon/ask.h"
#include "daemon/command.h"
#include "daemon/commands.h"
#include "daemon/where.h"
#include "definition/registry.h"
#include "store/rows.h"

struct wish {
    struct where at;
    const char *roles, *department, *district, *system, *title;
    bool password_stdin, json;
};

/* What is to be asked, and of what wish. */
struct question {
    struct asker *asker;
    struct arena *a;
    const struct wish *wish;
    struct parameters parameters;
    int code;
};

static int
ask(struct question *q, enum statement_id statement, void (*answer)(void *, const PGresult *))
{
    struct error e;

    if (!asker_ask(q->asker, statement, &q->parameters, answer, q, &e))
        return command_failed(&e);
    return q->code;
}

/* --- add --- */

static void
told_saved(void *arg, const PGresult *res)
{
    (void)arg;
    (void)res;
    (void)fputs("onestop: saved\n", stderr);
}

/* Sixteen characters nobody mistakes for one another: 93 bits. */
static void
random_password(char text[PASSWORD_BYTES + 1])
{
    static const char digit[] = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    size_t len;

    for (len = 0; len < 16; len++)
        text[len] = digit[arc4random_uniform(sizeof(digit) - 1)];
    text[len] = 0;
}

/* From standard input, or a random one, which is then printed once. */
static bool
choose_password(const struct wish *w, char text[PASSWORD_BYTES + 1], struct error *e)
{
    size_t len = 0;
    int c = 0;

    if (!w->password_stdin) {
        random_password(text);
        puts(text);
        return true;
    }
    /* Byte by byte: a NUL would cut it short without a word. */
    while (len < PASSWORD_BYTES && (c = getchar()) != EOF && c != '\n' && c != '\r' && c != 0)
        text[len++] = (char)c;
    text[len] = 0;
    if (len == 0 && c == EOF)
        return error_set(e, ERROR_USAGE, "there is no password on standard input");
    if (c == 0)
        return error_set(e, ERROR_USAGE, "a password has no NUL byte");
    if (len == PASSWORD_BYTES)
        return error_set(e, ERROR_USAGE, "a password has at most %d bytes", PASSWORD_BYTES - 1);
    return len >= 8 || error_set(e, ERROR_USAGE, "a password has at least 8 bytes");
}

static bool
read_roles(struct question *q, const char *list)
{
    struct column roles = column_new(q->a, COLUMN_TEXT);
    bool any = false;

    while (list && *list) {
        const size_t len = strcspn(list, ",");

        if (len) {
            column_text(&roles, arena_strndup(q->a, list, len));
            any = true;
        }
        list += len + (list[len] == ',');
    }
    if (any)
        parameter_column(&q->parameters, &roles);
    return any;
}

static int
add(struct question *q, const char *name)
{
    const struct wish *w = q->wish;
    char password[PASSWORD_BYTES + 1], hash[PASSWORD_TEXT];
    struct error e;

    if (!w->roles || !*w->roles || strlen(name) > 64)
        return command_misused("account add NAME needs --role ROLE[,ROLE…], and a name of at most "
                               "64 bytes");
    if (!choose_password(w, password, &e))
        return command_failed(&e);
    password_hash(password, hash);
    OPENSSL_cleanse(password, sizeof(password));
    parameter_text(&q->parameters, name);
    parameter_text(&q->parameters, w->title ? w->title : name);
    parameter_text(&q->parameters, hash);
    if (!read_roles(q, w->roles))
        return command_misused("--role names no role");
    parameter_text(&q->parameters, w->department);
    parameter_text(&q->parameters, w->district ? w->district : "*");
    parameter_text(&q->parameters, w->system);
    return ask(q, SQL_account_save, told_saved);
}

/* --- samples --- */

/* The line for people goes to @f. */
static int
add_sample(const struct question *of, FILE *f, const char *name, const char *role,
           const char *system)
{
    struct question q = {.asker = of->asker, .a = of->a, .parameters = parameters_new(of->a)};
    char password[PASSWORD_BYTES + 1], hash[PASSWORD_TEXT];

    random_password(password);
    password_hash(password, hash);
    (void)fprintf(f, "%-28s %s\n", name, password);
    parameter_text(&q.parameters, name);
    parameter_text(&q.parameters, name);
    parameter_text(&q.parameters, hash);
    (void)read_roles(&q, role);
    parameter_text(&q.parameters, NULL);
    parameter_text(&q.parameters, "*");
    parameter_text(&q.parameters, system);
    return ask(&q, SQL_account_save, NULL);
}

/* One for each role and each outside system the organisation names. */
static int
add_samples(const struct question *q, const struct settings *s, FILE *f)
{
    struct problems problems = {.arena = q->a};
    const struct value *roles, *systems;
    struct house house;
    int code = EXIT_SUCCESS;

    if (!house_load(q->a, s->server_workflows, &house, &problems))
        return command_misused("%s: the organisation cannot be read; onestop lint says why",
                               s->server_workflows);
    roles = value_get(house.organisation.data, "roles");
    systems = value_get(house.organisation.data, "systems");
    for (uint32_t i = 0; i < roles->n && !code; i++) {
        const char *role = value_get_string(&roles->item[i], "id");

        if (strcmp(role, "system") != 0)
            code = add_sample(q, f, role, role, NULL);
    }
    for (uint32_t i = 0; i < systems->n && !code; i++) {
        const char *system = value_get_string(&systems->item[i], "id");

        code = add_sample(q, f, arena_printf(q->a, "system-%s", system), "system", system);
    }
    return code;
}

/* Complete or not there: a run that was killed half way starts anew. */
static int
samples(const struct question *q, const struct settings *s, const char *path)
{
    const char *unfinished = arena_printf(q->a, "%s.new", path);
    const int fd = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    struct error e;
    int code;

    if (!f) {
        error_set(&e, ERROR_BAD_FILE, "%s: %m", unfinished);
        return command_failed(&e);
    }
    code = add_samples(q, s, f);
    if ((fclose(f) != 0 || rename(unfinished, path) < 0) && !code) {
        error_set(&e, ERROR_BAD_FILE, "%s: %m", path);
        code = command_failed(&e);
    }
    return code;
}

/* --- disable, enable, list --- */

static void
told_disabled(void *arg, const PGresult *res)
{
    struct question *q = arg;

    if (PQntuples(res) == 0) {
        (void)fputs("onestop: there is no such account\n", stderr);
        q->code = EXIT_NOT_FOUND;
    }
}

static int
disable(struct question *q, const char *name, bool disabled)
{
    parameter_text(&q->parameters, name);
    parameter_int(&q->parameters, disabled);
    return ask(q, SQL_account_disable, told_disabled);
}

static const char *
or_dash(const char *s)
{
    return s && *s ? s : "-";
}

static void
told_list(void *arg, const PGresult *res)
{
    const struct question *q = arg;
    struct text t = text_new(q->a);

    put_open(&t, '[');
    for (int row = 0; row < PQntuples(res); row++) {
        if (!q->wish->json) {
            printf("%-24s %-9s %-8s %-20s %s\n", row_text(res, row, 0),
                   row_int(res, row, 6) ? "disabled" : "enabled", row_text(res, row, 4),
                   or_dash(row_text(res, row, 3)), row_text(res, row, 2));
            continue;
        }
        put_open(&t, '{');
        put_member_string(&t, "name", row_text(res, row, 0));
        put_member_string(&t, "title", row_text(res, row, 1));
        put_key(&t, "roles");
        text_str(&t, row_text(res, row, 2));
        put_member_string(&t, "department", row_text(res, row, 3));
        put_member_string(&t, "district", row_text(res, row, 4));
        put_member_string(&t, "system", row_text(res, row, 5));
        put_member_bool(&t, "disabled", row_int(res, row, 6) != 0);
        put_close(&t, '}');
    }
    put_close(&t, ']');
    if (q->wish->json)
        puts(t.at);
}

static int
obey(struct question *q, const struct settings *s, int argc, char **argv)
{
    const char *verb = argc > 0 ? argv[0] : "";

    if (argc == 1 && !strcmp(verb, "list"))
        return ask(q, SQL_account_list, told_list);
    if (argc == 2 && !strcmp(verb, "add"))
        return add(q, argv[1]);
    if (argc == 2 && (!strcmp(verb, "disable") || !strcmp(verb, "enable")))
        return disable(q, argv[1], verb[0] == 'd');
    if (argc == 2 && !strcmp(verb, "samples"))
        return samples(q, s, argv[1]);
    return command_misused(
        "account takes add NAME, disable NAME, enable NAME, list or samples FILE");
}

static int
run(struct arena *a, const struct wish *w, const struct settings *s, int argc, char **argv)
{
    struct question q = {.a = a, .wish = w, .parameters = parameters_new(a)};
    struct error e;
    int code;

    q.asker = asker_open(s->database_conninfo, "onestop account", &e);
    if (!q.asker)
        return command_failed(&e);
    code = obey(&q, s, argc, argv);
    asker_close(q.asker);
    return code;
}

int
cmd_account(int argc, char **argv)
{
    struct wish w = {0};
    const struct command_option option[] = {
        WHERE_OPTIONS(w.at),
        OPTION_TEXT("role", "ROLE[,ROLE...]", &w.roles, "角色", "What he may act as"),
        OPTION_TEXT("department", "NAME", &w.department, "部门；不填则属于大厅",
                    "His department; without one he is of the hall"),
        OPTION_TEXT("district", "CODE", &w.district, "区划代码；不填为全市",
                    "GB/T 2260 code; without one the whole city"),
        OPTION_TEXT("system", "NAME", &w.system, "外部系统名", "The outside system it acts as"),
        OPTION_TEXT("title", "TEXT", &w.title, "显示名称", "What people call it"),
        OPTION_FLAG("password-stdin", &w.password_stdin, "从标准输入读口令；否则生成并显示一次",
                    "Read the password from standard input, else one is made and printed once"),
        OPTION_FLAG("json", &w.json, "以 JSON 输出", "Print JSON"),
    };
    struct arena a = {0};
    struct settings s;
    struct error e;
    int operands;
    int code = options_read(option, sizeof(option) / sizeof(option[0]), argc, argv, &operands);

    if (code != OPTIONS_READ)
        return code;
    if (!where_settings(&a, &w.at, &s, &e))
        code = command_failed(&e);
    else
        code = run(&a, &w, &s, operands, argv);
    arena_release(&a);
    return code;
}
