/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_FILES_INSIDE_H
#define API_FILES_INSIDE_H

#include <openssl/evp.h>

#include "api/files.h"
#include "definition/file_kind.h"

/* Private to files_take.c (the request, the bytes as they come) and files_keep.c (where they go).
 */

/* What a request wants to send; in its arena. */
struct wish {
    const char *name, *material, *sha256; /* of the query; the latter two may be NULL */
    int kind;                             /* -1: none that is known */
    const char *key;                      /* Idempotency-Key */
};

/* One upload.  Not in the request's arena: the disk may still write when the peer has gone. */
struct upload {
    struct errand errand; /* first: one is the other */
    struct app *app;
    struct http_request *r;      /* NULL once it is answered */
    const struct lookup *lookup; /* in the request's arena, as is: */
    const struct wish *wish;
    int64_t case_id;
    char id[FILE_ID_TEXT];
    int kind;
    uint64_t most;
    uint8_t digest[KEY_SIZE];
    EVP_MD_CTX *sha256;
    uint8_t hash[HASH_SIZE];
    char hex[2 * HASH_SIZE + 1];
    char head[FILE_HEAD];
    size_t n_head;
    char *piece; /* n bytes that are not kept yet, of cap */
    size_t n, cap;
    uint64_t bytes; /* that came */
    uint64_t kept;
    struct arena scratch;
    struct error error; /* of an errand */
    bool begun;         /* there is a row of it */
    bool again;         /* the key stands for a file already: this one is only compared */
    bool busy;          /* something is being asked or written */
    bool ended;         /* the last byte has come */
    bool over;          /* nothing more is to be kept: `busy` ends it */
    void (*ready)(struct upload *u);
};

/** Answers with @e, and gives back what was taken; @u may be gone on return. */
void upload_refuse(struct upload *u, const struct error *e);

/** It will not be kept, or it is here: what is not answered yet is waited for, then @u goes. */
void upload_give_up(struct upload *u);

/** Asks for a row and for room in the case; @done then has u->begun or u->again, or it is refused.
 */
void upload_begin(struct upload *u, void (*done)(struct upload *u));

/** A whole piece is there. */
void upload_keep_piece(struct upload *u);

/** All of it came: what is left is kept, and the request answered. */
void upload_end(struct upload *u);

#endif
