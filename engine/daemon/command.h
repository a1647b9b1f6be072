/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_COMMAND_H
#define DAEMON_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/**
 * What every subcommand keeps to: data goes to stdout, text for people to
 * stderr, and the exit code says what happened.  0 and 1 are EXIT_SUCCESS and
 * EXIT_FAILURE of stdlib.h.
 */
enum exit_code {
    EXIT_USAGE = 2,       /* the command line or a setting is wrong */
    EXIT_NOT_FOUND = 3,   /* no such case, workflow, file … */
    EXIT_CONFLICT = 4,    /* the state forbids it */
    EXIT_DENIED = 5,      /* the caller may not */
    EXIT_UNAVAILABLE = 6, /* the database or the daemon does not answer */
    EXIT_PROBLEMS = 7     /* a check ran and found problems */
};

/** Runs the subcommand that argv[1] names, and returns the exit code. */
int commands_run(int argc, char **argv);

/** Prints why @e happened and what to do next on stderr; returns the exit code that fits. */
int command_failed(const struct error *e);

/** Prints "onestop: …" and a newline on stderr; returns EXIT_USAGE. */
int command_misused(const char *format, ...) PRINTF(1, 2);

/** The language of the person at the terminal: Chinese when LC_ALL, LC_MESSAGES or LANG is. */
enum language command_language(void);

/** One row per subcommand, in the order of commands.def. */
struct subcommand {
    const char *name;
    const char *arguments;
    const char *doc[2]; /* by enum language */
    int (*run)(int argc, char **argv);
};

const struct subcommand *command_find(const char *name); /* NULL when there is none */
const struct subcommand *command_at(size_t i);           /* NULL behind the last */

/** An option of a subcommand: `--name` (a flag) or `--name VALUE`. */
struct command_option {
    const char *name;  /* without the dashes */
    const char *value; /* what the help calls its value; NULL for a flag */
    const char *doc[2];
    bool *flag;        /* set to true; NULL when there must be a value */
    const char **text; /* set to the value; NULL for a flag.  With both the value may be left out:
                          --name or --name=VALUE */
};

/* clang-format off */
#define OPTION_FLAG(name, into, zh, en)        {name, NULL, {zh, en}, into, NULL}
#define OPTION_TEXT(name, value, into, zh, en) {name, value, {zh, en}, NULL, into}
/* clang-format on */

#define OPTION_MAYBE(name, value, given, into, zh, en)                                             \
    {                                                                                              \
        name, value, {zh, en}, given, into                                                         \
    }

enum { OPTIONS_READ = -1 }; /* the command goes on */

/**
 * Reads the options of subcommand argv[0] and moves argv's operands to the
 * front of the array, counted by *@n_operand.  Knows --help and --version by
 * itself; an unknown option is answered with the nearest known one.
 * @return OPTIONS_READ, or the exit code with which the command ends here.
 */
int options_read(const struct command_option *option, size_t n_option, int argc, char **argv,
                 int *n_operand);

/** Reads a whole number; false when @text is anything else or outside @min..@max. */
bool option_number(const char *text, long min, long max, long *n);

#endif
