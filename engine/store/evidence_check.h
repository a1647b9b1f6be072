/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_EVIDENCE_CHECK_H
#define STORE_EVIDENCE_CHECK_H

#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

/** What was found when facts were held against an anchor. */
struct evidence_report {
    uint64_t cases, facts; /* looked at */
    uint64_t later;        /* facts, of them, that are younger than the anchor */
    uint64_t purged;       /* cases that are told to be gone: their archives have them */
    uint64_t wrong;        /* what was found */

    /** Called for each thing found; @number is the case's, NULL where it is the file's. */
    void (*found)(void *arg, const char *number, const char *why);
    void *arg;
};

/**
 * Are @facts (an export) what @anchor says was there?  Both are read once, line
 * by line; needs neither database nor keys.  An export younger than the anchor
 * may go on where the anchor ends, and nowhere else: what is told of a journal's
 * place at or before the anchor's horizon must have been there when it was made.
 *
 * @part: the export has only some of the cases, as an archive has; those it lacks
 * are not missing, and the anchor may be the younger of the two.
 *
 * Of a case the first thing that does not fit is told, and if the number of its
 * facts is another than the anchor's, that too.
 *
 * @return false when a file cannot be read or they do not belong together; true
 * says nothing of what was found, the report does.
 */
MUST_CHECK bool evidence_check(FILE *facts, FILE *anchor, bool part, struct evidence_report *report,
                               struct error *e);

#endif
