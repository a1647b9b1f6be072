/* SPDX-License-Identifier: Apache-2.0 */
/* What `onestop doctor` examines, apart from the database. */
#include "daemon/doctor.h"

#include <dirent.h>
#include <errno.h>
#include <event2/event.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "definition/calendar.h"

static void
add(struct findings *f, enum finding_weight weight, const char *mend, const char *format,
    va_list ap)
{
    char text[400];

    (void)vsnprintf(text, sizeof(text), format, ap);
    f->item = arena_grow(f->arena, f->item, f->n, sizeof(*f->item));
    f->item[f->n++] = (struct finding){weight, arena_strdup(f->arena, text), mend};
    f->n_problem += weight == FINDING_PROBLEM;
}

void
finding_good(struct findings *f, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    add(f, FINDING_GOOD, NULL, format, ap);
    va_end(ap);
}

void
finding_bad(struct findings *f, enum finding_weight weight, const char *mend, const char *format,
            ...)
{
    va_list ap;

    va_start(ap, format);
    add(f, weight, mend, format, ap);
    va_end(ap);
}

int64_t
workers_of(const struct settings *s)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);

    return s->server_workers ? s->server_workers : processors > 0 ? processors : 1;
}

static void
examine_descriptors(struct findings *f, const struct settings *s)
{
    const int64_t wanted = workers_of(s) * s->limits_connections + 64;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    if (limit.rlim_max == RLIM_INFINITY || (int64_t)limit.rlim_max >= wanted)
        finding_good(f, "%lld file descriptors suffice for limits.connections", (long long)wanted);
    else
        finding_bad(f, FINDING_ADVICE,
                    "Set LimitNOFILE= in the unit (ulimit -Hn), or lower limits.connections.",
                    "%lld file descriptors may be needed, %lld are allowed", (long long)wanted,
                    (long long)limit.rlim_max);
}

static void
examine_backlog(struct findings *f)
{
    FILE *file = fopen("/proc/sys/net/core/somaxconn", "re");
    char line[32] = "";
    long n;

    if (!file)
        return;
    n = fgets(line, sizeof(line), file) ? strtol(line, NULL, 10) : 0;
    (void)fclose(file);
    if (n >= 4096)
        finding_good(f, "%ld connections may wait to be accepted", n);
    else
        finding_bad(f, FINDING_ADVICE, "sysctl net.core.somaxconn=4096",
                    "%ld connections may wait to be accepted; 4096 ride out a rush", n);
}

void
examine_machine(struct findings *f, const struct settings *s)
{
    if (event_get_version_number() >= 0x02010c00)
        finding_good(f, "libevent %s", event_get_version());
    else
        finding_bad(f, FINDING_PROBLEM, "Install libevent 2.1.12 or later.",
                    "libevent %s lacks mends this program needs", event_get_version());
    if (geteuid() == 0 && !*s->server_user)
        finding_bad(f, FINDING_PROBLEM, "Set server.user to an account without rights.",
                    "started as root the daemon would stay root");
    examine_descriptors(f, s);
    examine_backlog(f);
}

static void
examine_calendar(struct findings *f, const char *dir)
{
    const day today = instant_day((instant)time(NULL) * SPAN_SECOND);
    const struct calendar *c;
    struct error e;
    char last[DAY_TEXT];

    if (!calendar_load(f->arena, dir, NULL, &c, &e)) {
        finding_bad(f, FINDING_PROBLEM, "Restore the folder from the release.", "calendar: %s",
                    e.detail);
        return;
    }
    day_write(c->last, last);
    if (today > c->last)
        finding_bad(f, FINDING_PROBLEM,
                    "Add the year's file to the calendar folder; until then due dates are "
                    "provisional.",
                    "the calendar ends on %s", last);
    else if (c->last - today < 30)
        finding_bad(f, FINDING_ADVICE, "Add the next year's file once it is published.",
                    "the calendar ends on %s", last);
    else
        finding_good(f, "the calendar %s %s reaches to %s", c->id, c->version, last);
}

/* Counts the .json files below @dir; -1 when a folder cannot be read. */
static int
count_json(struct arena *a, const char *dir, int depth)
{
    DIR *d = opendir(dir);
    const struct dirent *entry;
    int n = 0;

    if (!d)
        return -1;
    while (n >= 0 && (entry = readdir(d)) != NULL) { /* NOLINT(concurrency-mt-unsafe): own DIR */
        const char *name = entry->d_name, *path = arena_printf(a, "%s/%s", dir, name);
        const size_t len = strlen(name);
        int below;

        if (*name == '.')
            continue;
        if (entry->d_type == DT_DIR) {
            below = depth > 0 ? count_json(a, path, depth - 1) : 0;
            n = below < 0 ? -1 : n + below;
        } else if (len > 5 && strcmp(name + len - 5, ".json") == 0) {
            n = access(path, R_OK) < 0 ? -1 : n + 1;
        }
    }
    closedir(d);
    return n;
}

static void
examine_disk(struct findings *f, const char *dir)
{
    struct statvfs disk;
    double free_gb;

    if (statvfs(dir, &disk) < 0) {
        finding_bad(f, FINDING_ADVICE, "Create it, writable by the daemon's user only.", "%s: %s",
                    dir, strerrordesc_np(errno));
        return;
    }
    free_gb = (double)disk.f_bavail * (double)disk.f_frsize / 1e9;
    if (access(dir, W_OK) < 0)
        finding_bad(f, FINDING_ADVICE, "Let the daemon's user write there.",
                    "%s cannot be written by this user", dir);
    if (free_gb >= 1)
        finding_good(f, "%.1f GB are free below %s", free_gb, dir);
    else
        finding_bad(f, FINDING_PROBLEM, "Make room: exports and the database's log need it.",
                    "%.2f GB are free below %s", free_gb, dir);
}

void
examine_files(struct findings *f, const struct settings *s)
{
    const int n = count_json(f->arena, s->server_workflows, 3);

    if (n > 0)
        finding_good(f, "%d files in %s can be read (onestop lint checks them)", n,
                     s->server_workflows);
    else
        finding_bad(f, FINDING_PROBLEM, "Set server.workflows, and let the daemon's user read it.",
                    "%s %s", s->server_workflows,
                    n < 0 ? "or something in it cannot be read" : "holds no workflow");
    examine_calendar(f, arena_printf(f->arena, "%s/calendar", s->server_workflows));
    examine_disk(f, s->server_var);
}
