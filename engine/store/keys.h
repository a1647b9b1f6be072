/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_KEYS_H
#define STORE_KEYS_H

#include "base/arena.h"
#include "store/signature.h"

/*
 * Keys of certificates in a folder: ID.pem (PKCS #8, mode 0600) and ID.pub.pem for
 * each, and `current`, which names the one that signs.  A new one becomes
 * current by a rename, so a daemon that looks finds the old one or the new one.
 */

/** The id in `current`; NULL, and no error, when there is no folder or no current key. */
MUST_CHECK bool keys_current(struct arena *a, const char *folder, const char **id, struct error *e);

/** Opens private key @id of the folder.  ERROR_BAD_FILE. */
MUST_CHECK bool keys_open(struct arena *a, const char *folder, const char *id,
                          struct signing_key **out, struct error *e);

/**
 * Writes @k and makes it current.  The folder is made, mode 0700, when it is missing;
 * what root makes belongs to the owner of the folder it lies in.  ERROR_BAD_FILE.
 */
MUST_CHECK bool keys_add(struct arena *a, const char *folder, const struct signing_key *k,
                         struct error *e);

/** The ids of the folder's keys, sorted. */
MUST_CHECK bool keys_list(struct arena *a, const char *folder, const char ***id, size_t *n,
                          struct error *e);

/** The text of public key @id.  ERROR_NOT_FOUND. */
MUST_CHECK bool keys_public(struct arena *a, const char *folder, const char *id, const char **pem,
                            struct error *e);

#endif
