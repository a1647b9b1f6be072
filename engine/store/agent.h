/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_AGENT_H
#define STORE_AGENT_H

#include "store/digest.h"

/** Who the agent of a new mandate is (schema/0020_agents.sql). */
struct agent_change {
    const char *account;         /* of the house; NULL: from outside, and then: */
    const char *who;             /* JSON */
    const uint8_t *salt, *query; /* HASH_SIZE each */
};

#endif
