/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and networks, and which of them are of the public internet. */
#include "base/network.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static bool
is_public(const char *text)
{
    struct address a;

    assert_true(address_read(text, strlen(text), &a));
    return address_is_public(&a);
}

static void
an_address_is_written_as_it_was_read(void **state)
{
    static const char *const text[] = {"10.3.0.9", "fd00::9", "::", "255.255.255.255",
                                       "2001:db8::1"};
    char out[ADDRESS_TEXT];
    struct address a;

    (void)state;
    for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
        assert_true(address_read(text[i], strlen(text[i]), &a));
        assert_string_equal(address_write(&a, out), text[i]);
    }
}

static void
what_is_no_address_is_refused(void **state)
{
    static const char *const text[] = {"",          "10.3.0",    "10.3.0.256", "10.3.0.9 ",
                                       "localhost", "010.0.0.1", "0x7f.1",     "::1%lo",
                                       "[::1]",     "1:2:3",     "2130706433"};
    struct address a;

    (void)state;
    for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++)
        if (address_read(text[i], strlen(text[i]), &a))
            fail_msg("\"%s\" was read", text[i]);
}

static void
a_network_has_the_addresses_of_its_prefix(void **state)
{
    static const struct {
        const char *network, *address;
        bool has;
    } row[] = {
        {"10.3.0.0/16", "10.3.255.255", true},   {"10.3.0.0/16", "10.4.0.0", false},
        {"172.16.0.0/12", "172.31.9.9", true},   {"172.16.0.0/12", "172.32.0.0", false},
        {"127.0.0.1", "127.0.0.1", true},        {"127.0.0.1", "127.0.0.2", false},
        {"0.0.0.0/0", "203.0.113.9", true},      {"0.0.0.0/0", "2001:db8::1", false},
        {"fd00::/8", "fdff::1", true},           {"fd00::/8", "fe80::1", false},
        {"10.0.0.0/8", "::ffff:10.1.1.1", true}, {"::/0", "10.1.1.1", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        struct network n;
        struct address a;

        assert_true(network_read(row[i].network, &n));
        assert_true(address_read(row[i].address, strlen(row[i].address), &a));
        assert_int_equal(network_has(&n, &a), row[i].has);
    }
}

static void
what_is_no_network_is_refused(void **state)
{
    static const char *const text[] = {"10.3.0.1/16", "10.0.0.0/33", "10.0.0.0/",
                                       "10.0.0.0/-1", "10.0.0.0/8x", "fd00::/129",
                                       "/8",          "fd00::1/8",   "10.0.0.0/08888"};
    struct network n;

    (void)state;
    for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++)
        if (network_read(text[i], &n))
            fail_msg("\"%s\" was read", text[i]);
}

static void
addresses_that_lead_inside_are_not_public(void **state)
{
    static const char *const text[] = {"0.0.0.0",
                                       "10.0.0.1",
                                       "100.64.0.1",
                                       "127.0.0.1",
                                       "127.9.9.9",
                                       "169.254.1.1",
                                       "169.254.169.254",
                                       "172.16.0.1",
                                       "172.31.255.255",
                                       "192.168.1.1",
                                       "198.19.0.1",
                                       "224.0.0.1",
                                       "255.255.255.255",
                                       "::",
                                       "::1",
                                       "fe80::1",
                                       "fc00::1",
                                       "fd12:3456::1",
                                       "ff02::1",
                                       "::ffff:127.0.0.1",
                                       "2001:db8::1",
                                       "2002:7f00:1::",
                                       "64:ff9b::a00:1",
                                       "2001::1",
                                       "::ffff:192.168.0.9",
                                       "::127.0.0.1",
                                       "fec0::1",
                                       "64:ff9b:1::a00:1",
                                       "2002:c0a8:101::c0a8"};

    (void)state;
    for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++)
        if (is_public(text[i]))
            fail_msg("%s counts as public", text[i]);
}

static void
addresses_of_the_public_internet_are(void **state)
{
    static const char *const text[] = {"1.1.1.1",     "9.255.255.255",  "100.63.255.255",
                                       "100.128.0.1", "172.15.0.1",     "172.32.0.1",
                                       "192.169.0.1", "223.255.255.1",  "2400:3200::1",
                                       "2606:4700::", "2002:101:101::", "64:ff9b::101:101"};

    (void)state;
    for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++)
        if (!is_public(text[i]))
            fail_msg("%s does not count as public", text[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_written_as_it_was_read),
        cmocka_unit_test(what_is_no_address_is_refused),
        cmocka_unit_test(a_network_has_the_addresses_of_its_prefix),
        cmocka_unit_test(what_is_no_network_is_refused),
        cmocka_unit_test(addresses_that_lead_inside_are_not_public),
        cmocka_unit_test(addresses_of_the_public_internet_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
