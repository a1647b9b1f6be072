/* SPDX-License-Identifier: Apache-2.0 */
/* The table of subcommands, how one is chosen and how it reports a failure. */
#include "daemon/commands.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "daemon/command.h"
#include "daemon/version.h"

static const struct subcommand table[] = {
#define COMMAND(name, arguments, zh, en)          {#name, arguments, {zh, en}, cmd_##name},
#define COMMAND_AS(name, text, arguments, zh, en) {text, arguments, {zh, en}, cmd_##name},
#include "daemon/commands.def"
#undef COMMAND_AS
#undef COMMAND
};

enum { N_COMMAND = sizeof(table) / sizeof(table[0]) };

const struct subcommand *
command_at(size_t i)
{
    return i < N_COMMAND ? &table[i] : NULL;
}

const struct subcommand *
command_find(const char *name)
{
    for (size_t i = 0; i < N_COMMAND; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

enum language
command_language(void)
{
    static const char *const variable[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < sizeof(variable) / sizeof(variable[0]); i++) {
        const char *locale = getenv(variable[i]);

        if (locale && *locale)
            return strncmp(locale, "zh", 2) == 0 ? LANGUAGE_ZH : LANGUAGE_EN;
    }
    return LANGUAGE_EN;
}

int
command_misused(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    fputs("onestop: ", stderr);
    (void)vfprintf(stderr, format, ap);
    fputc('\n', stderr);
    va_end(ap);
    return EXIT_USAGE;
}

static int
exit_code_of(const struct error *e)
{
    switch (error_http_status(e->code)) {
    case 400:
        return EXIT_USAGE;
    case 401:
    case 403:
        return EXIT_DENIED;
    case 404:
    case 410:
        return EXIT_NOT_FOUND;
    case 409:
    case 412:
        return EXIT_CONFLICT;
    case 503:
        return EXIT_UNAVAILABLE;
    default:
        return EXIT_FAILURE;
    }
}

/* Nobody at a terminal has an Idempotency-Key. */
static const char *
mend_of(enum error_code code, enum language lang)
{
    if (code != ERROR_STORE_BUSY)
        return error_mend(code, lang);
    return lang == LANGUAGE_ZH
               ? "请检查 database.conninfo（或 PGHOST、PGUSER、PGDATABASE）以及数据库是否在运行"
               : "Check database.conninfo (or PGHOST, PGUSER, PGDATABASE) and that "
                 "the database runs";
}

int
command_failed(const struct error *e)
{
    const enum language lang = command_language();
    const char *mend = mend_of(e->code, lang);

    fprintf(stderr, "onestop: %s: %s\n", error_title(e->code, lang), e->detail);
    if (*mend)
        fprintf(stderr, "onestop: %s\n", mend);
    return exit_code_of(e);
}

static int
unknown(const char *name)
{
    struct nearest n = nearest_to(name);

    for (size_t i = 0; i < N_COMMAND; i++)
        nearest_offer(&n, table[i].name);
    if (n.best)
        return command_misused("no command \"%s\"; did you mean \"%s\"?", name, n.best);
    return command_misused("no command \"%s\"; see onestop help", name);
}

int
commands_run(int argc, char **argv)
{
    char help[] = "help";
    char *alone[] = {help, NULL};
    const char *name = argc > 1 ? argv[1] : "--help";
    const struct subcommand *c;

    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        puts("onestop " ONESTOP_VERSION);
        return EXIT_SUCCESS;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return cmd_help(1, alone);
    c = command_find(name);
    return c ? c->run(argc - 1, argv + 1) : unknown(name);
}
