/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_DELIVERY_H
#define DEFINITION_DELIVERY_H

#include "base/error.h"
#include "base/network.h"
#include "base/value.h"

/** How messages are signed; a system may ask for several. */
enum delivery_algorithm { DELIVERY_SHA256 = 1, DELIVERY_SM3 = 2 };

enum { DELIVERY_URL_MOST = 2000, DELIVERY_IN_FLIGHT_MOST = 64, DELIVERY_PER_MINUTE_MOST = 100000 };

/**
 * What organisation.json says of an outside system beside its name: where its
 * messages go, and how many at a time.  The secrets are elsewhere (`onestop
 * system key`), for this file is read by many.
 *
 *   {"id": "tax", "title": {…},
 *    "algorithms": ["hmac-sha256", "hmac-sm3"],          [hmac-sha256]
 *    "delivery": {"url": "https://tax.example/onestop",
 *                 "networks": ["10.3.0.0/16"],           [none]
 *                 "inFlight": 4, "perMinute": 600}}      [4, 600]
 *
 * "networks" lists the private addresses that its host may have; a public one
 * may always be connected to.  Without "delivery" the system is told nothing;
 * it may still send.
 */
struct delivery {
    const char *system;
    const char *url; /* http or https; NULL: nothing is delivered */
    const struct network *network;
    uint32_t n_network;
    unsigned algorithms; /* enum delivery_algorithm, at least one */
    uint32_t in_flight;  /* messages under way at one time */
    uint32_t per_minute; /* attempts */
};

/**
 * Reads an entry of "systems"; texts borrow from @system, the rest lives in @a.
 * @return false with ERROR_BAD_FILE; the pointer is below the entry.
 */
MUST_CHECK bool delivery_read(struct arena *a, const struct value *system, struct delivery *out,
                              struct error *e);

/** All systems of a checked organisation; NULL data gives none. */
struct deliveries {
    const struct delivery *item;
    uint32_t n;
};
struct deliveries deliveries_read(struct arena *a, const struct value *organisation);

/** NULL when there is none of that name. */
const struct delivery *deliveries_find(const struct deliveries *d, const char *system);

#endif
