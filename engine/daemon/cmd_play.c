/* SPDX-License-Identifier: Apache-2.0 */
/* onestop play: plays scenarios and says what is not as they expect. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/settings.h"
#include "daemon/command.h"
#include "daemon/commands.h"
#include "daemon/play.h"

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
run(struct arena *a, const char *dir, int n, char **operand)
{
    struct files f = {.arena = a};
    struct house house;
    struct error e;

    for (int i = 0; i < n; i++)
        if (!find_files(&f, operand[i], true)) {
            (void)fprintf(stderr, "onestop: %s: %s\n", operand[i], strerror(errno));
            return EXIT_NOT_FOUND;
        }
    if (!f.n) {
        (void)fprintf(stderr, "onestop: there is no scenario (NAME.case)\n");
        return EXIT_NOT_FOUND;
    }
    qsort(f.path, f.n, sizeof(*f.path), compare_paths);
    if (!read_house(a, dir, &house, &e))
        return command_failed(&e);
    return play(&house, &f);
}

int
cmd_play(int argc, char **argv)
{
    const char *dir = NULL;
    const struct command_option option[] = {
        OPTION_TEXT("workflows", "DIR", &dir, "事项流程所在目录", "Folder of the workflows"),
    };
    struct arena a = {0};
    int n, code;

    code = options_read(option, sizeof(option) / sizeof(option[0]), argc, argv, &n);
    if (code != OPTIONS_READ)
        return code;
    if (!n)
        return command_misused("name the scenarios, or a folder of them");
    code = run(&a, dir, n, argv);
    arena_release(&a);
    return code;
}
