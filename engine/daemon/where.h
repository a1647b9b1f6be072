/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_WHERE_H
#define DAEMON_WHERE_H

#include "base/settings.h"
#include "daemon/command.h"
#include "definition/registry.h"

/**
 * Where a command finds its settings, its database and its workflows: the
 * options --config, --database and --workflows, each NULL when it was not given.
 */
struct where {
    const char *config, *database, *workflows;
};

/* clang-format off */
#define WHERE_OPTIONS(at)                                                                          \
    OPTION_TEXT("config", "FILE", &(at).config, "设置文件", "The settings file"),                  \
    OPTION_TEXT("database", "CONNINFO", &(at).database, "libpq 连接串", "libpq connection string"), \
    OPTION_TEXT("workflows", "DIR", &(at).workflows, "事项流程所在目录", "Folder of the workflows")
/* clang-format on */

/** The settings, and over them what the options say.  Errors as settings_load(). */
MUST_CHECK bool where_settings(struct arena *a, const struct where *at, struct settings *s,
                               struct error *e);

/**
 * All that the folder `server.workflows` of @s holds: the hall and every version.
 * Lives as long as @a.  ERROR_DEFINITION_INVALID: `onestop lint` says what is wrong.
 */
MUST_CHECK bool where_world(struct arena *a, const struct settings *s, struct house *house,
                            const struct registry **registry, struct error *e);

#endif
