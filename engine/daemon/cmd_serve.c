/* SPDX-License-Identifier: Apache-2.0 */
/* onestop serve: the daemon in the foreground. */
#include <stdlib.h>

#include "base/log.h"
#include "daemon/command.h"
#include "daemon/commands.h"
#include "daemon/serve.h"
#include "daemon/where.h"

int
cmd_serve(int argc, char **argv)
{
    struct where at = {0};
    const char *listen = NULL, *port = NULL;
    const struct command_option option[] = {
        WHERE_OPTIONS(at),
        OPTION_TEXT("listen", "ADDRESS", &listen, "监听的地址，或 unix:路径",
                    "Address to listen on, or unix:PATH"),
        OPTION_TEXT("port", "PORT", &port, "监听的端口", "Port to listen on"),
    };
    struct log_options log = log_defaults();
    struct arena a = {0};
    struct settings s;
    enum log_level level;
    struct error e;
    int operands;
    int code = options_read(option, sizeof(option) / sizeof(option[0]), argc, argv, &operands);

    if (code != OPTIONS_READ)
        return code;
    if (operands)
        return command_misused("serve takes no operands");
    if (!where_settings(&a, &at, &s, &e) ||
        (listen && !settings_set(&a, "server.listen", listen, &s, &e)) ||
        (port && !settings_set(&a, "server.port", port, &s, &e))) {
        code = command_failed(&e);
        arena_release(&a);
        return code;
    }
    if (s.log_format[0] == 'j')
        log.format = FORMAT_JSON;
    log_open(&log);
    if (log_level_read(s.log_level, &level))
        log_set_level(level);
    code = serve(&a, &s);
    arena_release(&a);
    return code;
}
