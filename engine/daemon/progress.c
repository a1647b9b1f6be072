/* SPDX-License-Identifier: Apache-2.0 */
/* How far a long command is. */
#include "daemon/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BAR = 24 };

bool
terminal_has_colour(int fd)
{
    const char *term = getenv("TERM"), *no = getenv("NO_COLOR");

    return isatty(fd) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

static instant
ticks(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (instant)now.tv_sec * SPAN_SECOND + now.tv_nsec / 1000;
}

static void
show(struct progress *p, instant now)
{
    const double seconds = (double)(now - p->began) / SPAN_SECOND;
    const double rate = seconds > 0 ? (double)p->done / seconds : 0;
    const double left = rate > 0 ? (double)(p->total - p->done) / rate : 0;
    const int filled = p->total > 0 ? (int)(p->done * BAR / p->total) : 0;
    char bar[] = "[                        ] "; /* BAR blanks */

    p->shown = now;
    memset(bar + 1, '#', (size_t)filled);
    fprintf(stderr, "%s%s: %s%lld", p->terminal ? "\r" : "", p->what,
            p->terminal && p->total > 0 ? bar : "", (long long)p->done);
    if (p->total > 0)
        fprintf(stderr, " of %lld", (long long)p->total);
    fprintf(stderr, ", %.0f/s", rate);
    if (p->total > p->done)
        fprintf(stderr, ", %.0f s left", left);
    fputs(p->terminal ? "   " : "\n", stderr);
}

void
progress_begin(struct progress *p, const char *what, int64_t total)
{
    const instant now = ticks();

    *p = (struct progress){.what = what,
                           .total = total,
                           .began = now,
                           .shown = now,
                           .terminal = terminal_has_colour(STDERR_FILENO)};
}

void
progress_step(struct progress *p, int64_t done)
{
    const instant now = ticks();

    p->done = p->total > 0 && done > p->total ? p->total : done;
    if (now - p->shown >= (p->terminal ? SPAN_SECOND / 10 : 10 * SPAN_SECOND))
        show(p, now);
}

void
progress_end(struct progress *p)
{
    show(p, ticks());
    if (p->terminal)
        fputc('\n', stderr);
}
