/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_DIGEST_H
#define STORE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum {
    HASH_SIZE = 32,
    KEY_SIZE = 16 /* 128 bits: no two keys, and no two requests, have the same by chance */
};

/** SHA-256 of @bytes. */
void digest(const void *bytes, size_t len, uint8_t hash[HASH_SIZE]);

/** The next link of a chain: @hash becomes SHA-256(@hash ‖ @bytes). */
void digest_chain(uint8_t hash[HASH_SIZE], const void *bytes, size_t len);

/** What stands for an idempotency key: the beginning of SHA-256(@principal ‖ 0 ‖ @key). */
void digest_key(const char *principal, const char *key, uint8_t out[KEY_SIZE]);

/** Frees what this thread keeps for digests; it may go on digesting. */
void digest_release(void);

#endif
