/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses as numbers: reading, and which of them are nobody's business outside. */
#include "base/network.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum { V4_BEFORE = 96 }; /* bits of a mapped address before the IPv4 one */

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

struct address
address_v4(const uint8_t byte[4])
{
    struct address a;

    memcpy(a.byte, mapped, sizeof(mapped));
    memcpy(a.byte + sizeof(mapped), byte, 4);
    return a;
}

struct address
address_v6(const uint8_t byte[16])
{
    struct address a;

    memcpy(a.byte, byte, sizeof(a.byte));
    return a;
}

static bool
is_v4(const struct address *a)
{
    return !memcmp(a->byte, mapped, sizeof(mapped));
}

bool
address_read(const char *text, size_t len, struct address *out)
{
    char copy[ADDRESS_TEXT];
    uint8_t byte[16];

    if (len == 0 || len >= sizeof(copy))
        return false;
    memcpy(copy, text, len);
    copy[len] = 0;
    if (inet_pton(AF_INET, copy, byte) == 1)
        *out = address_v4(byte);
    else if (inet_pton(AF_INET6, copy, byte) == 1)
        *out = address_v6(byte);
    else
        return false;
    return true;
}

char *
address_write(const struct address *a, char text[ADDRESS_TEXT])
{
    const bool v4 = is_v4(a);

    text[0] = 0; /* cannot fail: there is room for the longest */
    (void)inet_ntop(v4 ? AF_INET : AF_INET6, a->byte + (v4 ? sizeof(mapped) : 0), text,
                    ADDRESS_TEXT);
    return text;
}

static bool
has_bits(const struct address *a, const struct address *b, unsigned bits)
{
    const unsigned whole = bits / 8, rest = bits % 8;
    const uint8_t mask = (uint8_t)(0xff00u >> rest);

    return !memcmp(a->byte, b->byte, whole) &&
           (rest == 0 || ((a->byte[whole] ^ b->byte[whole]) & mask) == 0);
}

/* Nothing but zeroes behind the first @bits. */
static bool
ends_there(const struct address *a, unsigned bits)
{
    for (unsigned i = bits; i < 128; i++)
        if (a->byte[i / 8] & (0x80u >> (i % 8)))
            return false;
    return true;
}

bool
network_read(const char *text, struct network *out)
{
    const size_t len = strcspn(text, "/");
    const char *digits = text + len + 1;
    unsigned long bits, most;
    struct network n;
    char *end;

    if (!address_read(text, len, &n.address))
        return false;
    most = is_v4(&n.address) ? 32 : 128;
    bits = most;
    if (text[len]) {
        if (*digits < '0' || *digits > '9')
            return false;
        bits = strtoul(digits, &end, 10);
        if (*end || end - digits > 3 || bits > most)
            return false;
    }
    n.bits = (uint8_t)(bits + 128 - most);
    if (!ends_there(&n.address, n.bits))
        return false;
    *out = n;
    return true;
}

bool
network_has(const struct network *n, const struct address *a)
{
    return has_bits(&n->address, a, n->bits);
}

/* An IPv4 range: bits counted from the mapped address's beginning. */
#define V4(a, b, c, d, bits_)                                                                      \
    {                                                                                              \
        {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d}}, V4_BEFORE + (bits_)              \
    }
#define V6(a, b, c, d, bits_)                                                                      \
    {                                                                                              \
        {{a, b, c, d}}, bits_                                                                      \
    }

static const struct network special_v4[] = {
    V4(0, 0, 0, 0, 8),       /* this network */
    V4(10, 0, 0, 0, 8),      /* private */
    V4(100, 64, 0, 0, 10),   /* shared by a provider's customers */
    V4(127, 0, 0, 0, 8),     /* this host */
    V4(169, 254, 0, 0, 16),  /* link-local, and the metadata of clouds */
    V4(172, 16, 0, 0, 12),   /* private */
    V4(192, 0, 0, 0, 24),    /* protocol assignments */
    V4(192, 0, 2, 0, 24),    /* documentation */
    V4(192, 88, 99, 0, 24),  /* former 6to4 relays */
    V4(192, 168, 0, 0, 16),  /* private */
    V4(198, 18, 0, 0, 15),   /* benchmarking */
    V4(198, 51, 100, 0, 24), /* documentation */
    V4(203, 0, 113, 0, 24),  /* documentation */
    V4(224, 0, 0, 0, 4),     /* multicast */
    V4(240, 0, 0, 0, 4),     /* reserved, and broadcast */
};

/* Of IPv6 only 2000::/3 has been handed out; the rest is special. */
static const struct network global_v6 = V6(0x20, 0, 0, 0, 3);

static const struct network special_v6[] = {
    V6(0x20, 0x01, 0x00, 0x00, 23), /* protocol assignments, Teredo among them */
    V6(0x20, 0x01, 0x0d, 0xb8, 32), /* documentation */
    V6(0x3f, 0xff, 0x00, 0x00, 20), /* documentation */
};

static const struct network six_to_four = V6(0x20, 0x02, 0, 0, 16);
static const struct network nat64 = V6(0x00, 0x64, 0xff, 0x9b, 96);

static bool
is_among(const struct network *list, size_t n, const struct address *a)
{
    for (size_t i = 0; i < n; i++)
        if (network_has(&list[i], a))
            return true;
    return false;
}

bool
address_is_public(const struct address *a)
{
    struct address inside = *a;

    if (network_has(&six_to_four, a))
        inside = address_v4(a->byte + 2);
    else if (network_has(&nat64, a))
        inside = address_v4(a->byte + 12);
    if (is_v4(&inside))
        return !is_among(special_v4, sizeof(special_v4) / sizeof(special_v4[0]), &inside);
    return network_has(&global_v6, a) &&
           !is_among(special_v6, sizeof(special_v6) / sizeof(special_v6[0]), a);
}
