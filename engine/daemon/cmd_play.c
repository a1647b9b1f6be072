/* SPDX-License-Identifier: Apache-2.0 */
/* onestop play: plays scenarios and says what is not as they expect. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/settings.h"
#include "daemon/command.h"
#include "daemon/commands.h"
#include "daemon/play.h"
#include "daemon/play_http.h"

struct files {
    struct arena *arena;
    const char **path;
    size_t n;
};

static void
add_file(struct files *f, const char *path)
{
    f->path = arena_grow(f->arena, f->path, f->n, sizeof(*f->path));
    f->path[f->n++] = path;
}

static bool
is_scenario(const char *name)
{
    const size_t n = strlen(name);

    return n > 5 && !strcmp(name + n - 5, ".case");
}

/* Adds the scenarios in @path, a file or a folder and the folders in it. */
static bool
find_files(struct files *f, const char *path, bool named)
{
    struct dirent *entry;
    struct stat st;
    DIR *dir;

    if (stat(path, &st) != 0)
        return false;
    if (!S_ISDIR(st.st_mode)) {
        if (named || is_scenario(path))
            add_file(f, path);
        return true;
    }
    dir = opendir(path);
    if (!dir)
        return false;
    while ((entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.' &&
            !find_files(f, arena_printf(f->arena, "%s/%s", path, entry->d_name), false))
            break;
    (void)closedir(dir);
    return entry == NULL;
}

static int
compare_paths(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
read_house(struct arena *a, const char *dir, struct house *house, struct error *e)
{
    struct problems problems = {.arena = a};
    struct settings s;

    if (!dir) {
        if (!settings_load(a, NULL, &s, e))
            return false;
        dir = s.server_workflows;
    }
    if (house_load(a, dir, house, &problems))
        return true;
    return error_set(e, ERROR_BAD_FILE, "%s: %s", problems.item[0].file, problems.item[0].text);
}

static int
play(const struct house *house, const struct files *f)
{
    size_t passed = 0;

    for (size_t i = 0; i < f->n; i++) {
        struct arena a = {0};
        struct text report = text_new(&a);

        if (play_scenario(&a, house, f->path[i], &report))
            passed++;
        else
            printf("%s", report.at);
        arena_release(&a);
    }
    printf("%zu passed, %zu failed\n", passed, f->n - passed);
    return passed == f->n ? EXIT_SUCCESS : EXIT_PROBLEMS;
}

static int
play_here(struct arena *a, const char *dir, const struct files *f)
{
    struct house house;
    struct error e;

    if (!read_house(a, dir, &house, &e))
        return command_failed(&e);
    return play(&house, f);
}

struct wish {
    const char *dir, *url, *accounts, *explain;
    bool actors;
};

static int
play_there(struct arena *a, const struct wish *w, const struct files *f)
{
    struct play_hall hall = {.arena = a, .explain = w->explain};
    struct text report = text_new(a);
    size_t passed;
    struct error e;
    bool played;

    hall.caller = caller_new(w->url, &e);
    if (!hall.caller)
        return command_failed(&e);
    played = play_accounts_read(&hall, w->accounts, &e) &&
             play_over_http(&hall, f->path, f->n, &report, &passed, &e);
    caller_free(hall.caller);
    printf("%s", report.at);
    if (!played)
        return command_failed(&e);
    printf("%zu passed, %zu failed\n", passed, f->n - passed);
    return passed == f->n ? EXIT_SUCCESS : EXIT_PROBLEMS;
}

static bool
has_line(const char *lines, const char *line)
{
    const char *found = strstr(lines, line);

    while (found && found != lines && found[-1] != '\n')
        found = strstr(found + 1, line);
    return found != NULL;
}

/* Adds a line to those that are @seen, once. */
static void
list_actor(struct text *seen, const char *line)
{
    if (!has_line(seen->at, line))
        text_str(seen, line);
}

/* The account of @who, if he has one. */
static void
list_person(struct arena *a, const struct scenario_actor *who, struct text *seen)
{
    const bool system = who->party == PARTY_SYSTEM;
    const char *name = who->role ? play_account_name(a, who) : NULL;

    if (name)
        list_actor(seen,
                   arena_printf(a, "%s\t%s\t%s\t%s\t%s\n", name, system ? "system" : who->role,
                                who->department ? who->department : "", system ? who->role : "",
                                who->district ? who->district : ""));
}

/*
 * The accounts the scenarios speak of, once each: name, role, department, system and district, by
 * tabs.  Role "key" is none: the system signs messages.
 */
static int
list_actors(struct arena *a, const struct files *f)
{
    struct text seen = text_new(a), report = text_new(a);

    for (size_t i = 0; i < f->n; i++) {
        struct scenario s;

        if (!play_read(a, f->path[i], &s, &report)) {
            (void)fputs(report.at, stderr);
            return EXIT_PROBLEMS;
        }
        for (size_t j = 0; j < s.n_line; j++) {
            const struct scenario_line *l = &s.line[j];

            if (l->verb == VERB_SAYS)
                list_actor(&seen, arena_printf(a, "%s\tkey\t\t%s\t\n",
                                               play_key_name(a, l->actor.role), l->actor.role));
            else
                list_person(a, &l->actor, &seen);
            list_person(a, &l->about, &seen);
        }
    }
    printf("%s", seen.at);
    return EXIT_SUCCESS;
}

static int
run(struct arena *a, const struct wish *w, int n, char **operand)
{
    struct files f = {.arena = a};

    for (int i = 0; i < n; i++)
        if (!find_files(&f, operand[i], true)) {
            (void)fprintf(stderr, "onestop: %s: %m\n", operand[i]);
            return EXIT_NOT_FOUND;
        }
    if (!f.n) {
        (void)fprintf(stderr, "onestop: there is no scenario (NAME.case)\n");
        return EXIT_NOT_FOUND;
    }
    qsort(f.path, f.n, sizeof(*f.path), compare_paths);
    if (w->actors)
        return list_actors(a, &f);
    return w->url ? play_there(a, w, &f) : play_here(a, w->dir, &f);
}

int
cmd_play(int argc, char **argv)
{
    struct wish w = {0};
    const struct command_option option[] = {
        OPTION_TEXT("workflows", "DIR", &w.dir, "事项流程所在目录", "Folder of the workflows"),
        OPTION_TEXT("url", "URL", &w.url, "在带测试时钟的服务上演练，如 http://127.0.0.1:8080",
                    "Play against a daemon with a test clock, as clerks over HTTP"),
        OPTION_TEXT("accounts", "FILE", &w.accounts, "账号与密码、外部系统密钥，每行一个",
                    "With --url: accounts and passwords, keys of systems, one a line"),
        OPTION_TEXT("explain", "WORKFLOW/CLOCK", &w.explain, "最后逐日说明该时限",
                    "With --url: explain that clock of each such case at the end"),
        OPTION_FLAG("actors", &w.actors, "只列出场景所需的账号",
                    "Only list the accounts the scenarios need"),
    };
    struct arena a = {0};
    int n, code;

    code = options_read(option, sizeof(option) / sizeof(option[0]), argc, argv, &n);
    if (code != OPTIONS_READ)
        return code;
    if (!n)
        return command_misused("name the scenarios, or a folder of them");
    if (!w.url != !w.accounts)
        return command_misused("--url and --accounts go together");
    code = run(&a, &w, n, argv);
    arena_release(&a);
    return code;
}
