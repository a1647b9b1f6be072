/* SPDX-License-Identifier: Apache-2.0 */
/* onestop completion: shell completion, made from the table of commands.  The
 * options of a command are asked of its own --help, so they are never behind. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/command.h"
#include "daemon/commands.h"

static const char options_of[] =
    "onestop \"$%s\" --help 2>/dev/null | sed -n 's/^  \\(--[a-z-]*\\).*/\\1/p'";

static void
bash(void)
{
    const struct subcommand *c;

    puts("_onestop() {\n"
         "    local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}\n"
         "    if [ \"$COMP_CWORD\" = 1 ]; then");
    fputs("        COMPREPLY=($(compgen -W '", stdout);
    for (size_t i = 0; (c = command_at(i)) != NULL; i++)
        printf("%s%s", i ? " " : "", c->name);
    puts("' -- \"$word\"))\n"
         "    elif [ \"${word#-}\" != \"$word\" ]; then");
    fputs("        COMPREPLY=($(compgen -W \"$(", stdout);
    printf(options_of, "command");
    puts(")\" -- \"$word\"))\n"
         "    else\n"
         "        COMPREPLY=($(compgen -f -- \"$word\"))\n"
         "    fi\n"
         "}\n"
         "complete -o filenames -F _onestop onestop");
}

static void
zsh(void)
{
    const struct subcommand *c;

    puts("#compdef onestop\n"
         "if (( CURRENT == 2 )); then\n"
         "    local -a commands=(");
    for (size_t i = 0; (c = command_at(i)) != NULL; i++)
        printf("        '%s:%s'\n", c->name, c->doc[command_language()]);
    puts("    )\n"
         "    _describe command commands\n"
         "elif [[ $words[CURRENT] == -* ]]; then\n"
         "    local command=$words[2]");
    fputs("    compadd -- ${(f)\"$(", stdout);
    printf(options_of, "command");
    puts(")\"}\n"
         "else\n"
         "    _files\n"
         "fi");
}

static void
fish(void)
{
    const struct subcommand *c;

    for (size_t i = 0; (c = command_at(i)) != NULL; i++)
        printf("complete -c onestop -n __fish_use_subcommand -f -a %s -d '%s'\n", c->name,
               c->doc[command_language()]);
}

int
cmd_completion(int argc, char **argv)
{
    int n, ended = options_read(NULL, 0, argc, argv, &n);

    if (ended != OPTIONS_READ)
        return ended;
    if (n == 1 && strcmp(argv[0], "bash") == 0)
        bash();
    else if (n == 1 && strcmp(argv[0], "zsh") == 0)
        zsh();
    else if (n == 1 && strcmp(argv[0], "fish") == 0)
        fish();
    else
        return command_misused("completion for bash, zsh or fish?");
    return EXIT_SUCCESS;
}
