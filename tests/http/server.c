/* SPDX-License-Identifier: Apache-2.0 */
/* The front door of the tests by hand: server ADDRESS, until SIGTERM.  For wrk and curl. */
#include <stdio.h>

#include "tests/support/door_server.h"

int
main(int argc, char **argv)
{
    const struct http_config config = {.limits = http_limits_default()};
    struct error e;
    int fd;

    if (argc != 2) {
        (void)fprintf(stderr, "usage: server ADDRESS:PORT|unix:PATH|fd:NUMBER\n");
        return 2;
    }
    if (!http_listen(argv[1], &fd, &e)) {
        (void)fprintf(stderr, "%s\n", e.detail);
        return 1;
    }
    door_run(fd, &config);
    return 0;
}
