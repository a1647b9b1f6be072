/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_FILE_KIND_H
#define DEFINITION_FILE_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Kinds of files that may be handed in.  A file is what its first bytes say,
 * whatever its name says: only kinds whose beginning is known are here, and
 * none that a browser would run (HTML, SVG, scripts).
 */

enum {
    FILE_HEAD = 16,      /* first bytes that are looked at */
    FILE_KINDS_MOST = 32 /* sets of kinds are bits of an integer */
};

/** The kind whose media type is @type (parameters and case as RFC 9110 has them), or -1. */
int file_kind_find(const char *type);

/** The media type of kind @kind; NULL behind the last: 0, 1, 2 … lists them. */
const char *file_kind_type(int kind);

/** Whether a file of @kind may begin with @head; @len is FILE_HEAD unless the file is shorter. */
bool file_kind_begins(int kind, const void *head, size_t len);

/**
 * Reads media types separated by spaces or commas into a set.  @return the first
 * that is not known (in @text), or NULL when all are.
 */
const char *file_kinds_read(const char *text, uint32_t *set);

#endif
