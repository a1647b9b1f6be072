/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_NETWORK_H
#define BASE_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Addresses and networks of the internet protocol, as numbers: nothing here
 * asks a name server or opens a socket.
 *
 * An address is 16 bytes in the order of IPv6; an IPv4 address is the mapped
 * one, ::ffff:a.b.c.d.
 */
struct address {
    uint8_t byte[16];
};

/** All addresses whose first @bits bits are those of @address. */
struct network {
    struct address address;
    uint8_t bits; /* 0 .. 128; an IPv4 network counts the 96 before it, too */
};

/** From 4 or 16 bytes in network order. */
struct address address_v4(const uint8_t byte[4]);
struct address address_v6(const uint8_t byte[16]);

/** Reads "10.3.0.9" or "fd00::9"; @len bytes.  @return false when it is no address. */
bool address_read(const char *text, size_t len, struct address *out);

enum { ADDRESS_TEXT = 46 };

/** Writes it as people do; returns @text. */
char *address_write(const struct address *a, char text[ADDRESS_TEXT]);

/**
 * Reads "10.3.0.0/16", "fd00::/8", or a single address.  @return false when it
 * is none, or has bits behind its prefix: 10.3.0.1/16 is somebody's mistake.
 */
bool network_read(const char *text, struct network *out);

bool network_has(const struct network *n, const struct address *a);

/**
 * Is it an address of the public internet?  Not so are this host, private,
 * shared, link-local, documentation and benchmarking ranges, multicast and what
 * is reserved; of an address that carries an IPv4 one inside (mapped, 6to4,
 * NAT64), that one is asked.
 * @source the special-purpose registries of RFC 6890
 */
bool address_is_public(const struct address *a);

#endif
