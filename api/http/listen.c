/* SPDX-License-Identifier: Apache-2.0 */
/* Listening sockets. */
#include <errno.h>
#include <event2/util.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "api/http/server.h"

enum {
    BACKLOG = 4096, /* the kernel cuts it to net.core.somaxconn */
    UNIX_MODE = 0660
};

static bool
refused(const char *what, const char *address, struct error *e)
{
    return error_set(e, ERROR_BAD_SETTING, "%s %s: %s", what, address, strerror(errno));
}

/* Does nobody listen on the socket file any more? */
static bool
is_stale(const struct sockaddr_un *name)
{
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const bool refused_us = fd >= 0 &&
                            connect(fd, (const struct sockaddr *)name, sizeof(*name)) != 0 &&
                            errno == ECONNREFUSED;

    if (fd >= 0)
        (void)close(fd);
    return refused_us;
}

static bool
bind_unix(int fd, const char *path, struct error *e)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof(name.sun_path))
        return error_set(e, ERROR_BAD_SETTING, "unix:%s: the name is too long", path);
    memcpy(name.sun_path, path, strlen(path));
    if (is_stale(&name))
        (void)unlink(path);
    if (bind(fd, (const struct sockaddr *)&name, sizeof(name)) != 0 || chmod(path, UNIX_MODE) != 0)
        return refused("cannot listen on", path, e);
    return true;
}

static bool
bind_tcp(int fd, const struct sockaddr *sa, socklen_t len, const char *address, struct error *e)
{
    const int on = 1;

    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0 || bind(fd, sa, len) != 0)
        return refused("cannot listen on", address, e);
    return true;
}

/* A copy of a descriptor we were started with. */
static bool
inherit(const char *number, int *fd, struct error *e)
{
    char *end;
    const long n = strtol(number, &end, 10);
    int listening = 0;
    socklen_t len = sizeof(listening);

    if (end == number || *end != '\0' || n < 0 || n > INT32_MAX)
        return error_set(e, ERROR_BAD_SETTING, "fd:%s is no descriptor", number);
    if (getsockopt((int)n, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) != 0 || !listening)
        return error_set(e, ERROR_BAD_SETTING, "fd:%s is no listening socket", number);
    *fd = dup((int)n);
    if (*fd < 0)
        return refused("cannot copy descriptor", number, e);
    (void)evutil_make_socket_closeonexec(*fd);
    (void)evutil_make_socket_nonblocking(*fd);
    return true;
}

/* As evutil_parse_sockaddr_port(), which wants a port: 0 is any that is free. */
static bool
read_tcp(const char *address, struct sockaddr_storage *sa, int *len)
{
    const size_t n = strlen(address);
    char any[64];

    if (n < 2 || n >= sizeof(any) || strcmp(address + n - 2, ":0") != 0)
        return evutil_parse_sockaddr_port(address, (struct sockaddr *)sa, len) == 0;
    memcpy(any, address, n + 1);
    any[n - 1] = '1';
    if (evutil_parse_sockaddr_port(any, (struct sockaddr *)sa, len) != 0)
        return false;
    if (sa->ss_family == AF_INET)
        ((struct sockaddr_in *)(void *)sa)->sin_port = 0;
    else
        ((struct sockaddr_in6 *)(void *)sa)->sin6_port = 0;
    return true;
}

bool
http_listen(const char *address, int *fd, struct error *e)
{
    const bool local = strncmp(address, "unix:", 5) == 0;
    struct sockaddr_storage sa;
    int len = sizeof(sa);

    if (strncmp(address, "fd:", 3) == 0)
        return inherit(address + 3, fd, e);
    if (local)
        sa.ss_family = AF_UNIX;
    else if (!read_tcp(address, &sa, &len))
        return error_set(e, ERROR_BAD_SETTING,
                         "%s is neither ADDRESS:PORT nor unix:PATH nor fd:NUMBER", address);
    *fd = socket(sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd < 0)
        return refused("cannot open a socket for", address, e);
    if (local ? bind_unix(*fd, address + 5, e)
              : bind_tcp(*fd, (struct sockaddr *)&sa, (socklen_t)len, address, e)) {
        if (listen(*fd, BACKLOG) == 0)
            return true;
        refused("cannot listen on", address, e);
    }
    (void)close(*fd);
    *fd = -1;
    return false;
}

int
http_listen_port(int fd)
{
    struct sockaddr_storage name;
    socklen_t len = sizeof(name);

    if (getsockname(fd, (struct sockaddr *)&name, &len) < 0)
        return 0;
    return name.ss_family == AF_INET    ? ntohs(((struct sockaddr_in *)&name)->sin_port)
           : name.ss_family == AF_INET6 ? ntohs(((struct sockaddr_in6 *)&name)->sin6_port)
                                        : 0;
}
