/* SPDX-License-Identifier: Apache-2.0 */
/* Named formats: what is right passes, each slip of one character is seen where a check can see it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "definition/format.h"

static bool
holds(const char *format, const char *text)
{
    enum format f;

    assert_true(format_find(format, &f));
    return format_holds(f, text, strlen(text));
}

#define ALL_HOLD(format, ...)   expect(format, true, (const char *const[]){__VA_ARGS__, NULL})
#define NONE_HOLDS(format, ...) expect(format, false, (const char *const[]){__VA_ARGS__, NULL})

static void
expect(const char *format, bool valid, const char *const text[])
{
    for (int i = 0; text[i]; i++)
        if (holds(format, text[i]) != valid)
            fail_msg("%s: %s is %s", format, text[i], valid ? "refused" : "accepted");
}

/* Changes each character of @text to each other one of @alphabet; returns how many still pass. */
static int
slips_unseen(const char *format, const char *text, const char *alphabet)
{
    char copy[64];
    int unseen = 0;

    for (size_t i = 0; i < strlen(text); i++) {
        for (const char *c = alphabet; *c; c++) {
            (void)snprintf(copy, sizeof(copy), "%s", text);
            copy[i] = *c;
            unseen += *c != text[i] && holds(format, copy);
        }
    }
    return unseen;
}

static const char *const uscc[] = {
    "91371500MA3C00003Q", "91371503MA3E56789X", "92371521MA3F90128P",
    "93371581MA3G345654", "11371500004321004N", "91110000600037341L",
    "91371502MA3D123470", "91371500MA3H000160", "91371500MA3H002510"};

static const char *const id[] = {"11010519491231002X", "371502199003070019", "371503198512310027",
                                 "371581200002290037", "371522197901010110", "371526199611300050"};

static void
credit_codes_of_the_standard_pass_and_every_slip_is_seen(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(uscc) / sizeof(uscc[0]); i++) {
        assert_true(holds("cn-uscc", uscc[i]));
        assert_int_equal(slips_unseen("cn-uscc", uscc[i], "0123456789ABCDEFGHJKLMNPQRTUWXY"), 0);
    }
}

static void
a_credit_code_has_18_capital_symbols(void **state)
{
    (void)state;
    NONE_HOLDS("cn-uscc", "", "91371500MA3C00003", "91371500MA3C00003QQ", "91371500ma3c00003q",
               "91371500MA3C0000IQ", " 1371500MA3C00003Q", "9137150AMA3C00003Q");
}

static void
a_credit_code_is_refused_for_its_organisation_code_alone(void **state)
{
    (void)state;
    /* MA3E5678 gives the check character 9, not 7; the last character fits the whole. */
    NONE_HOLDS("cn-uscc", "91371503MA3E56787P");
}

static void
resident_ids_pass_and_every_slip_is_seen(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(id) / sizeof(id[0]); i++) {
        assert_true(holds("cn-id", id[i]));
        assert_int_equal(slips_unseen("cn-id", id[i], "0123456789X"), 0);
    }
}

static void
a_resident_id_needs_a_date_that_exists_and_a_province(void **state)
{
    (void)state;
    /* The check characters fit: 29 February 2001, month 13, province 99. */
    NONE_HOLDS("cn-id", "371502200102290012", "371502199013070012", "991502199003070014",
               "11010519491231002x", "11010519491231002", "");
}

static void
mobile_numbers(void **state)
{
    (void)state;
    ALL_HOLD("cn-mobile", "13800138000", "19912345678", "15006350635");
    NONE_HOLDS("cn-mobile", "12800138000", "1380013800", "138001380000", "+8613800138000",
               "138 0013 8000", "23800138000", "1380013800a", "");
}

static void
region_codes(void **state)
{
    (void)state;
    ALL_HOLD("cn-region", "371500", "371502", "371503", "371523", "371521", "371522", "371524",
             "371525", "371526", "371581", "371570", "110105");
    NONE_HOLDS("cn-region", "37150", "3715020", "991500", "001502", "37150a", "");
}

static void
project_codes_of_both_forms(void **state)
{
    (void)state;
    ALL_HOLD("cn-project", "2204-371502-04-01-123456", "2012-371502-04-01-123456",
             "2016-371500-47-03-001234");
    NONE_HOLDS("cn-project", "2213-371502-04-01-123456", "2200-371502-04-01-123456",
               "2021-371502-04-01", "2204-991502-04-01-123456", "2204371502040112345600",
               "2204-371502-04-01-12345C", "2204-371502-04-01-1234567", "2204-371502-4-001-123456",
               "");
}

static void
real_estate_units(void **state)
{
    (void)state;
    ALL_HOLD("cn-real-estate", "371502003005GB00023F00010001", "371502003005JC00023L00010001",
             "371502003005ZX99999Q12345678", "371502003005GB00023W00000000");
    NONE_HOLDS("cn-real-estate", "371502003005GB00023W00010001", "371502003005AB00023F00010001",
               "371502003005Gb00023F00010001", "371502 003005 GB00023 F00010001",
               "371502003005GB00023X00010001", "371502003005GB00023F0001000",
               "991502003005GB00023F00010001", "371502003005GB0002AF00010001", "");
}

static void
dates_exist(void **state)
{
    (void)state;
    ALL_HOLD("date", "2022-06-01", "2024-02-29", "1900-01-01", "9999-12-31");
    NONE_HOLDS("date", "2023-02-29", "2022-6-1", "2022-13-01", "2022-00-10", "2022-06-31",
               "20220601", "2022-06-01T", "1899-12-31", "", "2022-06-0a");
}

static void
date_times_have_an_offset(void **state)
{
    (void)state;
    ALL_HOLD("date-time", "2022-06-01T09:00:00+08:00", "2022-06-01T09:00:00Z",
             "2022-06-01t09:00:00.123456z", "2022-06-01T23:59:59-12:30");
    NONE_HOLDS("date-time", "2022-06-01T09:00:00", "2022-06-01 09:00:00+08:00",
               "2022-06-01T24:00:00Z", "2022-06-01T09:60:00Z", "2022-06-01T09:00:60Z",
               "2022-02-30T09:00:00Z", "2022-06-01T09:00Z", "2022-06-01T09:00:00.Z",
               "2022-06-01T09:00:00+0800", "2022-06-01", "");
}

static void
email_addresses(void **state)
{
    (void)state;
    ALL_HOLD("email", "a@b.cn", "zhang.san+hall@mail.example.com", "x_y-z!#$%&'*/=?^`{|}~@a-b.com",
             "1@2.cn");
    NONE_HOLDS("email", "", "@", "a@", "@b.cn", "a@b", "a.b.cn", "a@@b.cn", "a@b@c.cn", ".a@b.cn",
               "a.@b.cn", "a..b@c.cn", "a@-b.cn", "a@b-.cn", "a@b..cn", "a@b.cn.", "a b@c.cn",
               "a@b.123", "a@[127.0.0.1]", "\"a\"@b.cn", "张@b.cn", "a@b.cn\n");
    /* 64 before the sign at most. */
    ALL_HOLD("email", "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg@b.cn");
    NONE_HOLDS("email", "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggggg@b.cn");
}

static void
uris_have_a_scheme_and_no_stray_characters(void **state)
{
    (void)state;
    ALL_HOLD("uri", "http://foo.bar/?baz=qux#quuz", "https://user:pw@example.cn:8080/a/b;c=1?d#e",
             "mailto:a@b.cn", "urn:uuid:123e4567-e89b-12d3-a456-426614174000", "file:///etc/hosts",
             "http://[2001:db8::7]/c", "http://[::ffff:127.0.0.1]:80/", "http://[v1.a:b]/",
             "tel:+8613800138000", "x:", "http://foo.bar/%E5%8E%85", "http://[::]/",
             "http://[1:2:3:4:5:6:7:8]/", "http://[1:2:3:4:5:6:1.2.3.4]/", "http://[1::]/");
    NONE_HOLDS("uri", "", "//foo.bar/", "/abc", "abc", ":a", "1a:b", "http://a b/", "http://a/%zz",
               "http://a/%2", "http://a/<b>", "http://a/厅", "http://a:b/", "http://[::1/",
               "http://[1:2:3]/", "http://[1::2::3]/", "http://[12345::]/", "http://[:1]/",
               "http://[::1]x/", "http://[1.2.3.4]/", "http://[::1.2.3.256]/", "http://[v.a]/",
               "http://a/#b#c", "http://a/\\b", "http://a/[b]", "a{b}:c");
}

static void
uuids_have_32_hex_digits_and_four_hyphens(void **state)
{
    (void)state;
    ALL_HOLD("uuid", "2eb8aa08-aa98-11ea-b4aa-73b441d16380",
             "2EB8AA08-AA98-11EA-B4AA-73B441D16380");
    NONE_HOLDS("uuid", "2eb8aa08-aa98-11ea-b4aa-73b441d1638", "2eb8aa08aa9811eab4aa73b441d16380",
               "2eb8aa08-aa98-11ea-b4ga-73b441d16380", "2eb8-aa08-aa98-11ea-b4aa73b44-1d16380", "");
}

static void
every_format_is_found_by_its_name_and_tells_how_to_mend(void **state)
{
    static const char *const name[] = {"date",      "date-time",  "email",         "uri",
                                       "uuid",      "cn-uscc",    "cn-id",         "cn-mobile",
                                       "cn-region", "cn-project", "cn-real-estate"};
    enum format f;

    (void)state;
    assert_int_equal(sizeof(name) / sizeof(name[0]), FORMAT_COUNT);
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        assert_true(format_find(name[i], &f));
        assert_int_equal(f, i);
        assert_true(strlen(format_mend(f, LANGUAGE_ZH)) > 10);
        assert_true(strlen(format_mend(f, LANGUAGE_EN)) > 10);
    }
    assert_false(format_find("ipv4", &f));
    assert_false(format_find("", &f));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(credit_codes_of_the_standard_pass_and_every_slip_is_seen),
        cmocka_unit_test(a_credit_code_has_18_capital_symbols),
        cmocka_unit_test(a_credit_code_is_refused_for_its_organisation_code_alone),
        cmocka_unit_test(resident_ids_pass_and_every_slip_is_seen),
        cmocka_unit_test(a_resident_id_needs_a_date_that_exists_and_a_province),
        cmocka_unit_test(mobile_numbers),
        cmocka_unit_test(region_codes),
        cmocka_unit_test(project_codes_of_both_forms),
        cmocka_unit_test(real_estate_units),
        cmocka_unit_test(dates_exist),
        cmocka_unit_test(date_times_have_an_offset),
        cmocka_unit_test(email_addresses),
        cmocka_unit_test(uris_have_a_scheme_and_no_stray_characters),
        cmocka_unit_test(uuids_have_32_hex_digits_and_four_hyphens),
        cmocka_unit_test(every_format_is_found_by_its_name_and_tells_how_to_mend),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
