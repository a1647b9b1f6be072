/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_SIGNER_H
#define RUNTIME_SIGNER_H

#include "base/instant.h"
#include "store/signature.h"

struct worker;

/**
 * Signs what cases have issued.  A certificate's row is written with its case;
 * here those without a document are found, signed in a thread of their own
 * (a card or a signature server may be slow) and given it, by a statement that
 * changes only rows that still have none.  So nothing is lost when a daemon is
 * killed in between, and a certificate has one signature, however many daemons
 * look: the row keeps the first, what a second made is thrown away unseen.
 */
struct signer;

struct signer_options {
    int64_t cell;
    const char *folder; /* of the keys: see keys.h */
    const char *key;    /* URI of another key; "" or NULL: the current one of the folder */
    span interval;      /* between looks; 0: 200 ms */
};

/**
 * How long after a pass the next one is: @interval, but twice the @last pause when it failed, half
 * a minute at most.  A key that cannot be opened makes its token's library be loaded each time.
 */
span signer_pause(span interval, span last, bool failed);

/** Belongs to @w and its thread; what @o points to must outlive it. */
struct signer *signer_new(struct worker *w, const struct signer_options *o);
void signer_stop(struct signer *s);
void signer_free(struct signer *s); /* NULL is fine; the connections must be closed before */

#endif
