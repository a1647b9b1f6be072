/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_IMPORT_CSV_H
#define DAEMON_IMPORT_CSV_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

/**
 * Comma-separated values (RFC 4180) in UTF-8, with or without a byte order
 * mark, lines ended by CRLF or LF.  Empty lines are passed over.
 *
 *     struct csv c = csv_new(bytes, len);
 *     while ((kind = csv_next(&c, &arena, &record, &e)) != CSV_END) ...
 */
struct csv {
    const char *at, *end; /* borrowed */
    uint32_t line;        /* of the byte at `at`, from 1 */
};

struct csv_record {
    uint32_t line; /* on which it begins */
    uint32_t n;
    const char **field; /* [n], NUL-terminated, in the arena */
};

enum csv_kind {
    CSV_RECORD,
    CSV_BAD, /* what is wrong is in the error; the next call goes on with the next line */
    CSV_END
};

struct csv csv_new(const char *bytes, size_t len);

/** The next record.  CSV_BAD sets @out->line and @e (ERROR_BAD_FILE). */
enum csv_kind csv_next(struct csv *c, struct arena *a, struct csv_record *out, struct error *e);

#endif
