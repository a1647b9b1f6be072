/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_DOOR_SERVER_H
#define TESTS_SUPPORT_DOOR_SERVER_H

#include "api/http/server.h"

/** Serves on @fd until SIGTERM or POST /drain, with the limits, TLS and proxies of @config. */
void door_run(int fd, const struct http_config *config);

#endif
