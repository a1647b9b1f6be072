/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into a daemon by same_life.pl: the machine's clock is wrong by SKEW
 * seconds.  Monotonic clocks go as they do.
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static time_t
skew(void)
{
    const char *seconds = getenv("SKEW");

    return seconds ? (time_t)strtol(seconds, NULL, 10) : 0;
}

int
clock_gettime(clockid_t id, struct timespec *t)
{
    const int failed = (int)syscall(SYS_clock_gettime, id, t);

    if (!failed && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
        t->tv_sec += skew();
    return failed;
}

time_t
time(time_t *out)
{
    struct timespec t = {0};

    (void)clock_gettime(CLOCK_REALTIME, &t);
    if (out)
        *out = t.tv_sec;
    return t.tv_sec;
}

int
gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    struct timespec t = {0};

    (void)zone;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    out->tv_sec = t.tv_sec;
    out->tv_usec = t.tv_nsec / 1000;
    return 0;
}
