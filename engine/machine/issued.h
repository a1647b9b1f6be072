/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_ISSUED_H
#define MACHINE_ISSUED_H

#include "machine/case.h"

/* What an outcome (machine.h) says of certificates; what each is, certificates.h and voids.h. */

/** A certificate to be made and signed (FACT_ISSUED). */
struct issue {
    int32_t number;
    uint16_t kind;
    instant at, until;
    struct value content; /* object */
    const int32_t *part;  /* numbers of the parts it comprises */
    uint32_t n_part;
    int32_t replaces;       /* number; 0: none */
    const char *of_another; /* it takes the place of that of another case; NULL */
};

/** A certificate that holds no more (FACT_DISCARDED). */
struct discard {
    int32_t number;
    enum certificate_state state;
    instant at;
    const char *by, *reason; /* NULL: none was given, by issuing the next */
    const char *successor;   /* number of another case's that came in its place; NULL */
    bool asked; /* somebody has commanded it: he is told when another has been before him */
};

/** A certificate of another case that holds no more (FACT_VOIDED). */
struct voiding {
    const char *number;
    enum certificate_state state;
    int32_t by; /* number of this case's that replaces it; 0: it is revoked */
    instant at;
    const char *reason; /* NULL */
    bool later; /* it was replaced before, and what came in its place is revoked now: whoever issued
                   it is told, for it may be a part of something */
    bool moved; /* it was replaced before, and now something else stands in its place: `by` of this
                   case, or `successor` of another, which ends at `until` */
    const char *successor;
    instant until;
};

/** A comprehensive certificate that ends sooner than it says (FACT_SHORTENED). */
struct shortening {
    int32_t number;
    instant until;
};

#endif
