/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with definitions, told to people and to the log. */
#include "daemon/report.h"

#include "base/log.h"

void
report_print(FILE *to, const struct problems *problems)
{
    for (size_t i = 0; i < problems->n; i++) {
        const struct problem *p = &problems->item[i];

        (void)fprintf(to, "%s:%u: %d %s%s\n", p->file, p->line, p->number,
                      p->warning ? "warning: " : "", p->text);
        if (p->example)
            (void)fprintf(to, "\n%s\n", p->example);
    }
}

void
report_log(const struct problems *problems)
{
    for (size_t i = 0; i < problems->n; i++) {
        const struct problem *p = &problems->item[i];

        if (p->warning)
            log_warn("definition", log_str("file", p->file), log_int("line", p->line),
                     log_int("number", p->number), log_str("problem", p->text));
        else
            log_error("definition", log_str("file", p->file), log_int("line", p->line),
                      log_int("number", p->number), log_str("problem", p->text));
    }
}
