/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_DIGEST_H
#define STORE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum { HASH_SIZE = 32 };

/** SHA-256 of @bytes. */
void digest(const void *bytes, size_t len, uint8_t hash[HASH_SIZE]);

/** The next link of a chain: @hash becomes SHA-256(@hash ‖ @bytes). */
void digest_chain(uint8_t hash[HASH_SIZE], const void *bytes, size_t len);

/** Frees what this thread keeps for digests; it may go on digesting. */
void digest_release(void);

#endif
