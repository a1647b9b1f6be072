/* SPDX-License-Identifier: Apache-2.0 */
/* What `onestop doctor` examines of the procedures: does a daemon publish what their folder holds?
 */
#include "daemon/doctor.h"
#include "daemon/publish.h"
#include "daemon/reload.h"

void
examine_published(struct findings *f, const struct settings *s)
{
    struct problems problems = {.arena = f->arena};
    struct world *w = world_read(s, &problems);
    const struct publishing p = {.settings = s,
                                 .house = &w->house,
                                 .registry = w->registry,
                                 .rehearsal = true,
                                 .unvetted = true};
    struct error e = {0};
    const bool asked = !w->registry || publish_check(&p, &problems, &e);
    const struct problem *first = NULL;

    for (size_t i = problems.n; i-- > 0;)
        if (!problems.item[i].warning)
            first = &problems.item[i];
    if (!asked)
        finding_bad(f, FINDING_PROBLEM, "Mend the database first.", "procedures: %s", e.detail);
    else if (first)
        finding_bad(f, FINDING_ADVICE,
                    "Run: onestop vet; mend what it names, then reload the daemon.",
                    "%s is refused, and a daemon goes on with what was published last: %zu "
                    "problems, as %s line %u: %s",
                    s->server_workflows, problems.n_error, first->file, first->line, first->text);
    else if (w->registry)
        finding_good(f,
                     "%u versions of procedures stand beside what was published (onestop vet "
                     "asks more)",
                     w->registry->n);
    world_free(w);
}
