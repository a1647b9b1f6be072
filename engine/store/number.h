/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_NUMBER_H
#define STORE_NUMBER_H

#include "base/error.h"
#include "base/instant.h"

/**
 * The number of a case 办件编号, as people read it aloud:
 *
 *     RRRRRR-TTTT-YYYYMMDD-NNNNNN-C          370202-8KQ1-20260213-00001X-7
 *     district, kind of case, day of receipt in UTC+8, which one, check character
 *
 * written in the 31 characters of GB 32100 (digits and letters without I O S V
 * Z).  TTTT is taken from the SHA-256 of the workflow's id.  NNNNNN is the case's
 * id modulo 31^6 (887,503,681), so that a number is unique as long as no day
 * sees that many cases, and leads to its case without an index.  C is the check
 * character of GB 32100 over the 24 before it: it finds every single wrong
 * character and every two exchanged.
 */
enum { NUMBER_TEXT = 30, QUERY_CODE_TEXT = 11 };

/** Whether the case of @number was received in @district. */
bool number_received_in(const char *number, const char *district);

/** @district of other than six of those characters is written 000000. */
void number_write(char number[NUMBER_TEXT], const char *district, const char *workflow,
                  day received, int64_t id);

/**
 * Reads what a person typed: lower case and missing hyphens are understood.
 * @number receives it as number_write() writes it, @least the least id it can mean
 * (others are 31^6 apart).
 * @return false with ERROR_NOT_FOUND when it is no number of a case.
 */
MUST_CHECK bool number_read(const char *typed, char number[NUMBER_TEXT], int64_t *least,
                            struct error *e);

/**
 * The number of a certificate: its kind's prefix, the case's number without the
 * check character, which of the case's in two of the 31 characters, and a check
 * character over all but the prefix:
 *
 *     JY-370202-8KQ1-20260213-00001X-01M
 *
 * It leads to its case, and so needs no index.
 */
enum { CERTIFICATE_TEXT = 41, CERTIFICATE_CODE = 17 };

/** @prefix of one to eight letters, @number of the case, @nth of 1 to 960. */
void certificate_number_write(char text[CERTIFICATE_TEXT], const char *prefix, const char *number,
                              int32_t nth);

/** Reads what a person typed, as number_read() does.  ERROR_NOT_FOUND. */
MUST_CHECK bool certificate_number_read(const char *typed, char text[CERTIFICATE_TEXT],
                                        int64_t *least, int32_t *nth, struct error *e);

/**
 * What the code on a certificate says besides its number: 80 bits that only who has
 * the certificate knows, for they are made from its signature.
 */
void certificate_code_write(char code[CERTIFICATE_CODE], const void *signature, size_t len);

/** A query code: ten of Crockford's 32 characters, 50 bits nobody can foretell. */
void query_code_new(char code[QUERY_CODE_TEXT]);

/** SHA-256 of number and code: what is stored.  Lower case, I, L and O are understood. */
void query_code_hash(const char *number, const char *code, unsigned char hash[32]);

#endif
