/* SPDX-License-Identifier: Apache-2.0 */
/* The stored facts of every case, applied to nothing, against what is stored. */
#include <event2/event.h>

#include "base/require.h"
#include "daemon/audit.h"

static void
on_editions(void *arg)
{
    (void)arg; /* the replay looks for itself */
}

bool
audit_all(const struct settings *s, const struct calendar *calendar, struct audit_report *report,
          struct error *e)
{
    struct event_base *base = event_base_new();
    struct pipeline *read;
    struct catalogue *catalogue;
    bool answered;

    require(base);
    read = pipeline_open(base, &(struct pipeline_options){.conninfo = s->database_conninfo,
                                                          .name = "onestop audit",
                                                          .use = PIPELINE_READ});
    catalogue = catalogue_new(read, on_editions, NULL);
    answered = audit_replay(
        base,
        &(struct audit_options){
            .cell = s->database_cell, .read = read, .catalogue = catalogue, .calendar = calendar},
        report, e);
    pipeline_close(read);
    catalogue_free(catalogue);
    event_base_free(base);
    return answered;
}
