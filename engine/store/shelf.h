/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_SHELF_H
#define STORE_SHELF_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * Files kept in a directory: FOLDER/ab/abcdef…, by their id, never by the name
 * somebody gave them; while one comes it is called abcdef….part.  Each has a row
 * in the table `files` before it has a byte here, so nothing is here that no row
 * speaks of.  All of it blocks: never on an event loop.
 */

enum {
    FILE_PIECE = 128 * 1024, /* bytes of a piece: of a write, a read, and a row of file_pieces */
    FILE_ID_TEXT = 33,       /* 32 hexadecimal digits and NUL */
    SHELF_DATABASE = 0,
    SHELF_FOLDER = 1 /* files.shelf */
};

/** 128 random bits: nobody guesses the id of another's file. */
void file_id_new(char id[FILE_ID_TEXT]);

/** Makes the folder where it is missing, and says whether it may be written.  ERROR_BAD_SETTING. */
MUST_CHECK bool shelf_open(const char *folder, struct error *e);

/** Writes @len bytes at @at into what is coming.  ERROR_STORE_FAILED. */
MUST_CHECK bool shelf_put(const char *folder, const char *id, uint64_t at, const void *bytes,
                          size_t len, struct error *e);

/** All of it came: on return a power cut does not lose it.  ERROR_STORE_FAILED. */
MUST_CHECK bool shelf_keep(const char *folder, const char *id, struct error *e);

/** Reads exactly @len bytes at @at.  ERROR_STORE_FAILED. */
MUST_CHECK bool shelf_get(const char *folder, const char *id, uint64_t at, void *bytes, size_t len,
                          struct error *e);

/** Removes it, whole or not; that it is not there is no error.  ERROR_STORE_FAILED. */
MUST_CHECK bool shelf_drop(const char *folder, const char *id, struct error *e);

#endif
