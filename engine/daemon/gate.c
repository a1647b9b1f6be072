/* SPDX-License-Identifier: Apache-2.0 */
/* What a version must stand before it is published. */
#include "daemon/gate.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/play.h"
#include "definition/overlay.h"

/* --- exploration --- */

struct watch {
    const struct gate_bounds *bounds;
    struct timespec until; /* on the clock of this thread's work */
};

static bool
may_go_on(const struct gate_bounds *b)
{
    return !b->go_on || b->go_on(b->arg);
}

static bool
goes_on(void *arg)
{
    const struct watch *w = arg;
    struct timespec now;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    if (now.tv_sec > w->until.tv_sec ||
        (now.tv_sec == w->until.tv_sec && now.tv_nsec >= w->until.tv_nsec))
        return false;
    return may_go_on(w->bounds);
}

/* Districts of the hall are those an example can be played in. */
static const char *
some_district(const struct house *house)
{
    const struct value *list =
        house->organisation.data ? value_get(house->organisation.data, "districts") : NULL;
    const char *code = list && list->kind == VALUE_ARRAY && list->n
                           ? value_get_string(&list->item[0], "code")
                           : NULL;

    return code ? code : "000000";
}

void
gate_explore(const struct workflow *w, const struct house *house, const struct gate_bounds *b,
             struct arena *scratch, struct problems *problems, struct explored *found)
{
    struct watch watch = {.bounds = b};
    const struct exploring bounds = {.most_states = b->states,
                                     .go_on = goes_on,
                                     .arg = &watch,
                                     .district = some_district(house)};

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &watch.until);
    watch.until.tv_sec += b->seconds;
    (void)!explore_check(w, house->calendar, &bounds, scratch, problems, found);
    if (b->to_the_end && !found->whole && !w->unexplored && may_go_on(b))
        problem_add(problems, PROBLEM_UNEXPLORED,
                    (struct spot){w->overlay ? w->overlay->file : w->file, 1, ""},
                    "after %u states there are more that nobody has looked at", found->n_state);
}

const char *
gate_left_open(struct arena *a, const struct workflow *w, const struct explored *found,
               enum language language)
{
    struct text t = text_new(a);

    text_str(&t, "");
    if (!found->whole)
        text_printf(
            &t,
            language == LANGUAGE_ZH
                ? "%s：查看了 %u 个状态，未查完；可用 --states、--seconds 放宽\n"
                : "%s: looked at %u states, there are more; --states and --seconds allow it\n",
            w->file, found->n_state);
    if (found->unsampled)
        text_printf(&t,
                    language == LANGUAGE_ZH
                        ? "%s：造不出有效的输入（%s），其后未查；可在其模式中写 \"examples\"\n"
                        : "%s: no valid input could be made for %s, what follows it was not looked "
                          "at; give \"examples\" in its schema\n",
                    w->file, found->unsampled);
    return t.at;
}

/* --- scenarios --- */

/* The file of a version, and the parts of its name. */
struct beside {
    const char *file, *folder, *stem; /* "DIR/pp.2.json": "DIR", "pp.2" */
};

static struct beside
beside(struct arena *a, const struct workflow *w)
{
    struct beside b = {.file = w->overlay ? w->overlay->file : w->file};
    const char *slash = strrchr(b.file, '/'), *name = slash ? slash + 1 : b.file;

    b.folder = slash ? arena_strndup(a, b.file, (size_t)(slash - b.file)) : ".";
    b.stem = arena_strndup(a, name, strlen(name) - strlen(".json"));
    return b;
}

/* STEM.case or STEM-….case */
static bool
is_called(const char *name, const char *stem)
{
    const size_t len = strlen(stem), n = strlen(name);

    return !strncmp(name, stem, len) && n >= len + 5 && (name[len] == '-' || n == len + 5) &&
           !strcmp(name + n - 5, ".case");
}

/* What the player says of @file, "FILE:LINE: …" in lines, as one problem there. */
static void
add_failure(struct problems *problems, struct arena *a, const char *file, const char *report)
{
    const size_t len = strlen(file);
    char *text = arena_strdup(a, report), *end;
    unsigned long line = 1;

    if (!strncmp(text, file, len) && text[len] == ':') {
        text += len + 1;
        line = strtoul(text, &end, 10);
        text = end + (*end == ':') + (end[*end == ':'] == ' ');
    }
    for (char *c = strchr(text, '\n'); c; c = strchr(c, '\n'))
        *c = c[1] ? ' ' : 0;
    problems->n_origin = 0;
    problem_add(problems, PROBLEM_SCENARIO_FAILS,
                (struct spot){arena_strdup(problems->arena, file), line ? (uint32_t)line : 1, ""},
                "%s", text);
}

/* False: the scenario is of another definition, whose name begins likewise. */
static bool
play_one(const struct beside *b, const struct house *house, const char *name, struct arena *a,
         struct problems *problems)
{
    const char *file = arena_printf(a, "%s/%s", b->folder, name);
    struct text report = text_new(a);
    struct scenario s;

    if (play_read(a, file, &s, &report)) {
        if (strcmp(s.workflow, b->stem) != 0)
            return false;
        if (play_scenario(a, house, file, &report))
            return true;
    }
    add_failure(problems, a, file, report.at);
    return true;
}

/* In the order of their names, so that a report does not depend on the file system. */
static int
by_name(const struct dirent **x, const struct dirent **y)
{
    return strcmp((*x)->d_name, (*y)->d_name);
}

uint32_t
gate_play(const struct workflow *w, const struct house *house, const struct gate_bounds *bounds,
          struct arena *scratch, struct problems *problems)
{
    const struct beside b = beside(scratch, w);
    struct dirent **entry;
    const int n = scandir(b.folder, &entry, NULL, by_name);
    uint32_t played = 0;
    bool on = true;

    problems->n_origin = 0;
    if (n < 0) {
        problem_add(problems, PROBLEM_SCENARIO_FAILS, (struct spot){b.file, 1, ""},
                    "%s cannot be read: %s", b.folder, strerror(errno));
        return 0;
    }
    for (int i = 0; i < n; i++) {
        if (is_called(entry[i]->d_name, b.stem) && (on = on && may_go_on(bounds)))
            played += play_one(&b, house, entry[i]->d_name, scratch, problems);
        free(entry[i]);
    }
    free(entry);
    if (!played && on)
        problem_add(problems, PROBLEM_NO_SCENARIO, (struct spot){b.file, 1, ""},
                    "no scenario says \"workflow %s\" in a file %s-….case", b.stem, b.stem);
    return played;
}
