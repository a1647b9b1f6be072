/* SPDX-License-Identifier: Apache-2.0 */
/* What commands on a hall begin with: its settings and its workflows. */
#include "daemon/where.h"

bool
where_settings(struct arena *a, const struct where *at, struct settings *s, struct error *e)
{
    return settings_load(a, at->config, s, e) &&
           (!at->database || settings_set(a, "database.conninfo", at->database, s, e)) &&
           (!at->workflows || settings_set(a, "server.workflows", at->workflows, s, e));
}

bool
where_world(struct arena *a, const struct settings *s, struct house *house,
            const struct registry **registry, struct error *e)
{
    struct problems problems = {.arena = a};

    if (house_load(a, s->server_workflows, house, &problems) &&
        registry_load(a, s->server_workflows, house, registry, &problems))
        return true;
    return error_set(e, ERROR_DEFINITION_INVALID, "%s: onestop lint lists the problems",
                     s->server_workflows);
}
