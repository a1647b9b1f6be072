/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_COMMANDS_H
#define DAEMON_COMMANDS_H

/* One function per subcommand; argv[0] is its name, the result is the exit code. */
#define COMMAND(name, arguments, zh, en)          int cmd_##name(int argc, char **argv);
#define COMMAND_AS(name, text, arguments, zh, en) COMMAND(name, arguments, zh, en)
#include "daemon/commands.def"
#undef COMMAND_AS
#undef COMMAND

#endif
