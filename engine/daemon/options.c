/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the options of a subcommand and explains them. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/require.h"
#include "daemon/command.h"
#include "daemon/version.h"

enum { OPTIONS_MAX = 32, HELP = 1000, VERSION = 1001 };

static void
explain(const struct subcommand *c, const struct command_option *option, size_t n_option)
{
    const enum language lang = command_language();

    printf("onestop %s%s%s\n\n  %s\n", c->name, *c->arguments ? " " : "", c->arguments,
           c->doc[lang]);
    if (n_option)
        puts("");
    for (size_t i = 0; i < n_option; i++) {
        const struct command_option *o = &option[i];
        const bool maybe = o->text && o->flag;
        char left[64];

        (void)snprintf(left, sizeof(left), "--%s%s%s%s", o->name,
                       maybe      ? "[="
                       : o->value ? " "
                                  : "",
                       o->value ? o->value : "", maybe ? "]" : "");
        printf("  %-26s %s\n", left, o->doc[lang]);
    }
}

static int
unknown(const char *given, const struct command_option *option, size_t n_option)
{
    char word[64];
    struct nearest n;

    if (strncmp(given, "--", 2) != 0)
        return command_misused("no option %s", given);
    (void)snprintf(word, sizeof(word), "%.*s", (int)strcspn(given + 2, "="), given + 2);
    n = nearest_to(word);
    for (size_t i = 0; i < n_option; i++)
        nearest_offer(&n, option[i].name);
    nearest_offer(&n, "help");
    nearest_offer(&n, "version");
    if (n.best)
        return command_misused("no option --%s; did you mean --%s?", word, n.best);
    return command_misused("no option --%s", word);
}

static size_t
describe(struct option *o, const struct command_option *option, size_t n_option)
{
    size_t n = 0;

    require(n_option + 3 <= OPTIONS_MAX);
    for (; n < n_option; n++)
        o[n] = (struct option){option[n].name,
                               !option[n].text  ? no_argument
                               : option[n].flag ? optional_argument
                                                : required_argument,
                               NULL, (int)n};
    o[n++] = (struct option){"help", no_argument, NULL, HELP};
    o[n++] = (struct option){"version", no_argument, NULL, VERSION};
    o[n] = (struct option){0};
    return n;
}

int
options_read(const struct command_option *option, size_t n_option, int argc, char **argv,
             int *n_operand)
{
    const struct subcommand *c = command_find(argv[0]);
    struct option known[OPTIONS_MAX];
    int found;

    require(c);
    describe(known, option, n_option);
    optind = 0; /* glibc: begin anew */
    opterr = 0;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): there are no threads yet */
    while ((found = getopt_long(argc, argv, ":h", known, NULL)) != -1) {
        if (found == HELP || found == 'h') {
            explain(c, option, n_option);
            return EXIT_SUCCESS;
        }
        if (found == VERSION) {
            puts("onestop " ONESTOP_VERSION);
            return EXIT_SUCCESS;
        }
        if (found == ':')
            return command_misused("%s needs a value", argv[optind - 1]);
        if (found == '?')
            return unknown(argv[optind - 1], option, n_option);
        if (option[found].text)
            *option[found].text = optarg;
        if (option[found].flag)
            *option[found].flag = true;
    }
    *n_operand = argc - optind;
    memmove(argv, argv + optind, (size_t)*n_operand * sizeof(*argv));
    return OPTIONS_READ;
}

bool
option_number(const char *text, long min, long max, long *n)
{
    char *end;
    long value;

    errno = 0;
    value = strtol(text, &end, 10);
    if (errno || end == text || *end || value < min || value > max)
        return false;
    *n = value;
    return true;
}
