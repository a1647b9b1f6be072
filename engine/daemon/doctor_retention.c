/* SPDX-License-Identifier: Apache-2.0 */
/* What `onestop doctor` examines of cases whose retention is over. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "daemon/ask.h"
#include "daemon/doctor.h"
#include "store/rows.h"

static void
told_kept(void *arg, const PGresult *res)
{
    *(int64_t *)arg = row_int(res, 0, 0);
}

void
examine_retention(struct findings *f, const struct settings *s)
{
    struct parameters p = parameters_new(f->arena);
    struct asker *asker;
    struct error e;
    int64_t kept = 0;
    bool ok;

    if (*s->retention_folder) {
        if (access(s->retention_folder, W_OK | X_OK) == 0)
            finding_good(f, "closed cases are exported to %s when their retention is over",
                         s->retention_folder);
        else
            finding_bad(f, FINDING_PROBLEM, "Make it, and give it to the user of the daemon.",
                        "retention.folder %s: %s", s->retention_folder, strerrordesc_np(errno));
        return;
    }
    asker = asker_open(s->database_conninfo, "onestop doctor", &e);
    parameter_int(&p, s->database_cell);
    ok = asker && asker_ask(asker, SQL_purge_kept, &p, told_kept, &kept, &e);
    if (asker)
        asker_close(asker);
    if (!ok)
        finding_bad(f, FINDING_PROBLEM, "Mend the database first.", "retention: %s", e.detail);
    else if (kept)
        finding_bad(f, FINDING_ADVICE,
                    "Name a folder in retention.folder, to which they are exported first.",
                    "%lld%s closed cases are past their retention and stay", (long long)kept,
                    kept == 1000 ? " or more" : "");
    else
        finding_good(f, "no case is past its retention");
}
