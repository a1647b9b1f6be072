/* SPDX-License-Identifier: Apache-2.0 */
/* Where the program begins.  What it can do stands in commands.def. */
#include "daemon/command.h"

int
main(int argc, char **argv)
{
    return commands_run(argc, argv);
}
