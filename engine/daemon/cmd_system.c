/* SPDX-License-Identifier: Apache-2.0 */
/* onestop system: secrets shared with outside systems, and whether they are told anything. */
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings.h"
#include "daemon/ask.h"
#include "daemon/command.h"
#include "daemon/commands.h"
#include "daemon/where.h"
#include "definition/delivery.h"
#include "definition/registry.h"
#include "runtime/breaker.h"
#include "runtime/signature.h"
#include "store/rows.h"

enum { HOURS_MOST = 24 * 366 };

struct wish {
    struct where at;
    const char *hours, *reason;
    bool secret_stdin, json;
};

/* What is to be asked, and of what wish. */
struct question {
    struct asker *asker;
    struct arena *a;
    const struct wish *wish;
    const struct settings *settings;
    struct deliveries systems;
    const PGresult *keys; /* list: while it is told */
    struct text t;
    int64_t number; /* of the key made */
    int code;
};

static int
ask(struct question *q, enum statement_id statement, struct parameters *p,
    void (*answer)(void *, const PGresult *))
{
    struct error e;

    if (!asker_ask(q->asker, statement, p, answer, q, &e))
        return command_failed(&e);
    return q->code;
}

/* A name that organisation.json does not have would be a secret of nobody. */
static bool
is_known(const struct question *q, const char *name)
{
    if (deliveries_find(&q->systems, name))
        return true;
    (void)fprintf(stderr, "onestop: organisation.json of %s names no system %s\n",
                  q->settings->server_workflows, name);
    return false;
}

static bool
read_hours(const struct wish *w, long *hours)
{
    *hours = 0;
    return !w->hours || option_number(w->hours, 0, HOURS_MOST, hours);
}

/* --- key --- */

static bool
read_given(struct secret *s, struct error *e)
{
    char line[SECRET_TEXT + 2];
    bool ok;

    if (!fgets(line, sizeof(line), stdin))
        return error_set(e, ERROR_USAGE, "there is no secret on standard input");
    line[strcspn(line, "\r\n")] = 0;
    ok = secret_read(line, s, e);
    OPENSSL_cleanse(line, sizeof(line));
    return ok;
}

static void
told_key(void *arg, const PGresult *res)
{
    ((struct question *)arg)->number = row_int(res, 0, 0);
}

static int
end_earlier(struct question *q, const char *name, long hours)
{
    struct parameters p = parameters_new(q->a);

    parameter_text(&p, name);
    parameter_int(&p, q->number);
    parameter_int(&p, hours * 3600);
    return ask(q, SQL_system_key_end_earlier, &p, NULL);
}

static int
make_key(struct question *q, const char *name)
{
    const struct wish *w = q->wish;
    struct parameters p = parameters_new(q->a);
    char text[SECRET_TEXT];
    struct secret s;
    struct error e;
    long hours;
    int code;

    if (!read_hours(w, &hours))
        return command_misused("--hours is a whole number up to %d", HOURS_MOST);
    if (w->secret_stdin && !read_given(&s, &e))
        return command_failed(&e);
    if (!w->secret_stdin)
        secret_new(&s);
    parameter_text(&p, name);
    parameter_bytes(&p, s.byte, s.len);
    code = ask(q, SQL_system_key_add, &p, told_key);
    if (!code && w->hours)
        code = end_earlier(q, name, hours);
    if (!code) {
        secret_write(&s, text);
        if (!w->secret_stdin)
            puts(text);
        (void)fprintf(stderr, "onestop: key %lld of %s%s\n", (long long)q->number, name,
                      w->secret_stdin ? "" : "; the secret is shown this once");
        OPENSSL_cleanse(text, sizeof(text));
    }
    OPENSSL_cleanse(&s, sizeof(s));
    return code;
}

/* --- retire --- */

static void
told_end(void *arg, const PGresult *res)
{
    struct question *q = arg;
    char text[INSTANT_TEXT];

    if (PQntuples(res) == 0) {
        (void)fputs("onestop: there is no such key\n", stderr);
        q->code = EXIT_NOT_FOUND;
        return;
    }
    (void)fprintf(stderr, "onestop: it holds until %s\n",
                  instant_write(row_instant(res, 0, 0), text));
}

static int
retire(struct question *q, const char *name, const char *number)
{
    struct parameters p = parameters_new(q->a);
    long n, hours;

    if (!option_number(number, 1, INT32_MAX, &n) || !read_hours(q->wish, &hours))
        return command_misused("system retire NAME NUMBER, and --hours is a whole number up to %d",
                               HOURS_MOST);
    parameter_text(&p, name);
    parameter_int(&p, n);
    parameter_int(&p, hours * 3600);
    return ask(q, SQL_system_key_end, &p, told_end);
}

/* --- enable, disable --- */

static void
told_switch(void *arg, const PGresult *res)
{
    (void)arg;
    (void)fputs(PQntuples(res) ? "onestop: done\n" : "onestop: it was so already\n", stderr);
}

static int
switch_to(struct question *q, const char *name, bool disabled)
{
    struct parameters p = parameters_new(q->a);
    const char *reason = q->wish->reason;

    if (disabled && (!reason || !*reason))
        return command_misused("system disable NAME needs --reason TEXT");
    parameter_int(&p, q->settings->database_cell);
    parameter_text(&p, name);
    parameter_int(&p, disabled);
    parameter_text(&p, "operator");
    parameter_text(&p, reason ? reason : "");
    return ask(q, SQL_destination_switch, &p, told_switch);
}

/* --- list --- */

/* The row of @name in the answer of destination_list; -1: none yet. */
static int
destination_row(const PGresult *res, const char *name)
{
    for (int row = 0; row < PQntuples(res); row++)
        if (!strcmp(row_text(res, row, 0), name))
            return row;
    return -1;
}

/* "1 2", those that hold. */
static const char *
keys_of(struct question *q, const char *name)
{
    struct text t = text_new(q->a);

    for (int row = 0; row < PQntuples(q->keys); row++)
        if (!strcmp(row_text(q->keys, row, 0), name) && row_int(q->keys, row, 4))
            text_printf(&t, "%s%lld", t.len ? " " : "", (long long)row_int(q->keys, row, 1));
    return t.len ? t.at : "-";
}

static void
put_system(struct question *q, const struct delivery *d, const PGresult *res)
{
    const int row = destination_row(res, d->system);
    const bool known = row >= 0, disabled = known && row_instant(res, row, 7) != INSTANT_NONE;
    const char *state = !d->url    ? "-"
                        : disabled ? "disabled"
                        : known    ? breaker_name((enum breaker_state)row_int(res, row, 1))
                                   : "new";

    if (!q->wish->json) {
        printf("%-24s %-8s %-9s %5lld %5lld %s\n", d->system, keys_of(q, d->system), state,
               known ? (long long)row_int(res, row, 11) : 0,
               known ? (long long)row_int(res, row, 12) : 0, d->url ? d->url : "-");
        return;
    }
    put_open(&q->t, '{');
    put_member_string(&q->t, "system", d->system);
    put_member_string(&q->t, "url", d->url);
    put_member_string(&q->t, "keys", keys_of(q, d->system));
    put_member_string(&q->t, "state", state);
    put_member_int(&q->t, "waiting", known ? row_int(res, row, 11) : 0);
    put_member_int(&q->t, "dead", known ? row_int(res, row, 12) : 0);
    put_close(&q->t, '}');
}

static void
told_destinations(void *arg, const PGresult *res)
{
    struct question *q = arg;

    q->t = text_new(q->a);
    put_open(&q->t, '[');
    for (uint32_t i = 0; i < q->systems.n; i++)
        put_system(q, &q->systems.item[i], res);
    put_close(&q->t, ']');
    if (q->wish->json)
        puts(q->t.at);
}

/* Both answers together: the second is asked for while the first is at hand. */
static void
told_keys(void *arg, const PGresult *res)
{
    ((struct question *)arg)->keys = PQcopyResult(res, PG_COPYRES_ATTRS | PG_COPYRES_TUPLES);
}

static int
list(struct question *q)
{
    struct parameters p = parameters_new(q->a);
    int code = ask(q, SQL_system_key_list, NULL, told_keys);

    parameter_int(&p, q->settings->database_cell);
    if (!code)
        code = ask(q, SQL_destination_list, &p, told_destinations);
    PQclear((PGresult *)(uintptr_t)q->keys);
    return code;
}

static int
obey(struct question *q, int argc, char **argv)
{
    const char *verb = argc > 0 ? argv[0] : "";

    if (argc == 1 && !strcmp(verb, "list"))
        return list(q);
    if (argc < 2 || (argc == 3) != !strcmp(verb, "retire") || argc > 3)
        return command_misused("system takes list, key NAME, retire NAME NUMBER, enable NAME or "
                               "disable NAME");
    if (!is_known(q, argv[1]))
        return EXIT_NOT_FOUND;
    if (!strcmp(verb, "key"))
        return make_key(q, argv[1]);
    if (!strcmp(verb, "retire"))
        return retire(q, argv[1], argv[2]);
    if (!strcmp(verb, "enable") || !strcmp(verb, "disable"))
        return switch_to(q, argv[1], verb[0] == 'd');
    return command_misused("system knows no %s", verb);
}

static int
run(struct arena *a, const struct wish *w, const struct settings *s, int argc, char **argv)
{
    struct question q = {.a = a, .wish = w, .settings = s};
    struct problems problems = {.arena = a};
    struct house house;
    struct error e;
    int code;

    if (!house_load(a, s->server_workflows, &house, &problems))
        return command_misused("%s: the organisation cannot be read; onestop lint says why",
                               s->server_workflows);
    q.systems = deliveries_read(a, house.organisation.data);
    q.asker = asker_open(s->database_conninfo, "onestop system", &e);
    if (!q.asker)
        return command_failed(&e);
    code = obey(&q, argc, argv);
    asker_close(q.asker);
    return code;
}

int
cmd_system(int argc, char **argv)
{
    struct wish w = {0};
    const struct command_option option[] = {
        WHERE_OPTIONS(w.at),
        OPTION_TEXT(
            "hours", "N", &w.hours, "旧密钥还有效多少小时",
            "How many hours the earlier keys (of key), or that key (of retire), still hold"),
        OPTION_TEXT("reason", "TEXT", &w.reason, "理由，记入审计", "Why; it is recorded"),
        OPTION_FLAG("secret-stdin", &w.secret_stdin, "从标准输入读密钥；否则生成并显示一次",
                    "Read the secret from standard input, else one is made and printed once"),
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
