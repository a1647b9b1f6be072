/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_JSON_H
#define DEFINITION_JSON_H

#include "base/error.h"
#include "base/value.h"

enum {
    JSON_DEPTH = 32 /* nesting a text may have */
};

/**
 * Reads one JSON text (RFC 8259, UTF-8) into arena @a.  The only place of the
 * engine that calls jansson.  Refused with ERROR_BAD_JSON, line and column in
 * the detail: duplicate member names, nesting deeper than JSON_DEPTH, U+0000,
 * invalid UTF-8, integers beyond int64, numbers beyond double, anything after
 * the value, a byte order mark.  A scalar at the top is allowed.
 *
 * With @lines each value knows the line it begins on (for reports on files).
 */
MUST_CHECK bool json_read(struct arena *a, const char *bytes, size_t len, bool lines,
                          struct value *out, struct error *e);

/** As json_read() for text of our own, as value_write() writes it: quicker where it is. */
MUST_CHECK bool json_read_stored(struct arena *a, const char *bytes, size_t len, struct value *out,
                                 struct error *e);

/** The line that json_read() told in @e; 1 when it told none. */
uint32_t json_error_line(const struct error *e);

/** Reads the file at @path; ERROR_BAD_FILE when it cannot be read or is larger than 16 MiB. */
MUST_CHECK bool json_read_file(struct arena *a, const char *path, struct value *out,
                               struct error *e);

/** The same, with the path before what is wrong, for files that have no report of their own. */
MUST_CHECK bool json_read_named_file(struct arena *a, const char *path, struct value *out,
                                     struct error *e);

#endif
