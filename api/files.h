/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_FILES_H
#define API_FILES_H

#include "api/lookup.h"
#include "api/pool.h"
#include "store/shelf.h"

/*
 * Uploaded files, shared by files*.c: taken (files_take.c) and given
 * (files_give.c) piece by piece, so that no file is ever whole in memory, and
 * swept when no command names them (files_sweep.c).
 */

/** Columns of file_list and file_end. */
enum file_column {
    FILE_ID,
    FILE_NAME,
    FILE_TYPE,
    FILE_BYTES,
    FILE_SHA256,
    FILE_MATERIAL,
    FILE_ACCOUNT,
    FILE_SENT,
    FILE_ATTACHED,
    FILE_SHELF,
    FILE_KEPT_UNTIL
};

/** Appends a row of file_list as an object. */
void view_file(struct text *t, const PGresult *res, int row);

/** The arguments of file_list for the case of @l: an applicant sees his own and his agents'. */
struct parameters file_list_parameters(const struct lookup *l, const char *id,
                                       const uint8_t *digest);

/** May a file be called so?  ERROR_BAD_PARAMETER: empty, too long, a path, control characters. */
MUST_CHECK bool file_name_check(const char *name, struct error *e);

/** Appends the value of Content-Disposition under which a browser saves a file of that name. */
void file_disposition(struct text *t, const char *name);

/** First and last byte of the one range that @text (of the field Range) asks of @size bytes. */
enum file_range { FILE_WHOLE, FILE_PART, FILE_OUTSIDE };
enum file_range file_range_read(const char *text, uint64_t size, uint64_t *from, uint64_t *to);

/** Removes files that nothing has named in time, and what crashes have left. */
struct sweeper;
struct sweeper *sweeper_new(struct app *app);
void sweeper_free(struct sweeper *s); /* NULL is fine */

/** For pool_free(): an errand of files that is not done any more. */
void files_forget(struct errand *w);

#endif
