/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates as documents: their numbers, signatures, and what becomes of a file that was
 * touched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/certificate.h"
#include "store/keys.h"
#include "tests/support/desk.h"

static struct signing_key *key[2];

static int
setup(void **state)
{
    struct error e;

    return desk_setup(state) == 0 && signing_key_new(SIGNATURE_SM2, &key[0], &e) &&
                   signing_key_new(SIGNATURE_ED25519, &key[1], &e)
               ? 0
               : -1;
}

static int
teardown(void **state)
{
    signing_key_free(key[0]);
    signing_key_free(key[1]);
    return desk_teardown(state);
}

/* A body as a case with a certificate and a part makes it. */
static const char *
body(void)
{
    struct text t = text_new(&desk.arena);
    struct certificate_case of;

    desk_define(
        "'form': {'required': ['name'], 'properties': {'name': {'type': 'string'}}},"
        " 'certificates': {'food': {'number': 'F', 'partOf': 'whole', 'valid': '2 months',"
        " 'content': {'name': {'var': 'form.name'}}}, 'whole': {'number': 'W', 'basis': 'law',"
        " 'content': {'n': 7, 'name': {'var': 'form.name'}}}}, 'start': 't', 'steps': {'t':"
        " {'by': 'window', 'actions': {'go': {'to': 'end', 'do': [{'issue': 'food'},"
        " {'issue': 'whole'}]}}}, 'end': {'end': 'over'}}");
    desk_open("{'name': '聊城示例甲“有限”公司\\n'}");
    desk_act("window", "go");
    desk.c->number = "370202-8KQ1-20260213-00001X-7";
    of = (struct certificate_case){.workflow = desk.w,
                                   .c = desk.c,
                                   .holder_code = "91371500MA3C00003Q",
                                   .holder_name = "聊城示例甲有限公司"};
    certificate_body(&t, &of, &desk.out.issue[1]);
    return t.at;
}

static void
a_number_spells_its_case_and_finds_a_slip_of_the_pen(void **state)
{
    static const char letters[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    char text[CERTIFICATE_TEXT], again[CERTIFICATE_TEXT];
    int64_t least;
    int32_t nth;
    struct error e;

    (void)state;
    certificate_number_write(text, "JY", "370202-8KQ1-20260213-00001X-7", 900);
    assert_true(certificate_number_read(text, again, &least, &nth, &e));
    assert_string_equal(again, text);
    assert_int_equal(nth, 900);
    assert_int_equal(least, 1 * 31 + 29);
    assert_true(certificate_number_read("jy370202 8kq1202602130000 1x", again, &least, &nth, &e) ==
                false);
    for (size_t i = 3; text[i]; i++)
        for (size_t k = 0; k < sizeof(letters) - 1 && text[i] != '-'; k++) {
            char slip[CERTIFICATE_TEXT];

            memcpy(slip, text, sizeof(slip));
            slip[i] = letters[k];
            assert_int_equal(certificate_number_read(slip, again, &least, &nth, &e),
                             slip[i] == text[i]);
        }
    for (size_t n = 0; n < strlen(text); n++) {
        const char *cut = arena_strndup(&desk.arena, text, n);

        assert_false(certificate_number_read(cut, again, &least, &nth, &e));
    }
    assert_false(certificate_number_read("ABCDEFGHJKLMNPQRTUWXYABCDEFGHJKLMNPQRTUWXY12", again,
                                         &least, &nth, &e));
    assert_false(certificate_number_read("证照", again, &least, &nth, &e));
}

static void
what_is_signed_is_canonical_and_says_everything(void **state)
{
    const char *text = body();
    struct text again = text_new(&desk.arena);

    (void)state;
    value_write(&again, desk_json(text));
    assert_string_equal(text, again.at);
    assert_non_null(strstr(text, "\"parts\":[{\"kind\":\"food\",\"number\":\"F-370202-"));
    assert_non_null(strstr(text, "\"validUntil\":\"2026-05-01\""));
    assert_non_null(strstr(text, "\"holder\":{\"code\":\"91371500MA3C00003Q\",\"name\":"));
    assert_non_null(strstr(text, "\"number\":\"W-370202-8KQ1-20260213-00001X-02"));
}

static void
a_signed_file_verifies_and_no_other_does(void **state)
{
    const char *text = body(), *file, *code;
    struct value v;
    struct error e;

    (void)state;
    for (int k = 0; k < 2; k++) {
        assert_true(certificate_sign(&desk.arena, text, key[k], &file, &code, &e));
        assert_int_equal(strlen(code), 16);
        assert_true(certificate_verify(&desk.arena, file, strlen(file), key[k], &v, &e));
        assert_string_equal(value_get_string(&v, "key"), signing_key_id(key[k]));
        assert_string_equal(certificate_key(&desk.arena, file, strlen(file)),
                            signing_key_id(key[k]));
        assert_false(certificate_verify(&desk.arena, file, strlen(file), key[!k], &v, &e));
        assert_int_equal(e.code, ERROR_SIGNATURE_INVALID);
    }
}

/* Every byte of it, turned into others. */
static void
a_file_that_was_touched_anywhere_is_refused(void **state)
{
    const char *text = body(), *file, *code;
    struct error e;

    (void)state;
    for (int k = 0; k < 2; k++) {
        size_t len;

        assert_true(certificate_sign(&desk.arena, text, key[k], &file, &code, &e));
        len = strlen(file);
        for (size_t i = 0; i < len; i++) {
            static const char turn[] = {1, 2, 0x20};

            for (size_t n = 0; n < sizeof(turn); n++) {
                struct arena a = {0};
                char *bad = arena_strndup(&a, file, len);
                struct value v;

                bad[i] = (char)(bad[i] ^ turn[n]);
                if (certificate_verify(&a, bad, len, key[k], &v, &e))
                    fail_msg("byte %zu of %s", i, file);
                assert_true(e.code == ERROR_SIGNATURE_INVALID || e.code == ERROR_BAD_JSON);
                arena_release(&a);
            }
        }
        for (size_t n = 0; n < len; n++) {
            struct arena a = {0};
            struct value v;

            assert_false(certificate_verify(&a, file, n, key[k], &v, &e));
            arena_release(&a);
        }
    }
}

static void
written_in_another_way_it_is_another_file(void **state)
{
    const char *text = body(), *file, *code;
    struct value v;
    struct error e;
    char *spaced, *twice;

    (void)state;
    assert_true(certificate_sign(&desk.arena, text, key[0], &file, &code, &e));
    spaced = arena_printf(&desk.arena, "{ %s", file + 1);
    assert_false(certificate_verify(&desk.arena, spaced, strlen(spaced), key[0], &v, &e));
    twice = arena_printf(&desk.arena, "{\"certificate\":{},%s", file + 1);
    assert_false(certificate_verify(&desk.arena, twice, strlen(twice), key[0], &v, &e));
    /* But an editor may end its line. */
    twice = arena_printf(&desk.arena, "%s\n", file);
    assert_true(certificate_verify(&desk.arena, twice, strlen(twice), key[0], &v, &e));
}

static unsigned
mode_of(const char *folder, const char *name)
{
    struct stat s;

    assert_int_equal(stat(arena_printf(&desk.arena, "%s/%s", folder, name), &s), 0);
    return s.st_mode & 07777U;
}

static void
keys_are_kept_for_their_owner_alone_and_the_newest_signs(void **state)
{
    char folder[] = "/tmp/onestop-keys.XXXXXX";
    const char *inner, **id, *current, *pem;
    struct signing_key *back, *public;
    struct error e;
    size_t n;

    (void)state;
    assert_non_null(mkdtemp(folder));
    inner = arena_printf(&desk.arena, "%s/keys", folder);
    assert_true(keys_current(&desk.arena, inner, &current, &e) && !current);
    assert_true(keys_list(&desk.arena, inner, &id, &n, &e) && n == 0);
    for (int k = 0; k < 2; k++) {
        const char *text;

        assert_true(keys_add(&desk.arena, inner, key[k], &e));
        assert_true(keys_current(&desk.arena, inner, &current, &e));
        assert_string_equal(current, signing_key_id(key[k]));
        assert_true(keys_open(&desk.arena, inner, current, &back, &e));
        assert_true(signing_key_sign(back, "abc", 3, &desk.arena, &text, &e));
        assert_true(signing_key_verify(key[k], "abc", 3, text, &e));
        assert_true(keys_public(&desk.arena, inner, current, &pem, &e));
        assert_true(signing_key_public(pem, strlen(pem), &public, &e));
        assert_string_equal(signing_key_id(public), current);
        assert_true(signing_key_verify(public, "abc", 3, text, &e));
        assert_false(signing_key_verify(public, "abd", 3, text, &e));
        assert_false(signing_key_sign(public, "abc", 3, &desk.arena, &text, &e));
        signing_key_free(back);
        signing_key_free(public);
    }
    assert_true(keys_list(&desk.arena, inner, &id, &n, &e) && n == 2);
    assert_false(keys_open(&desk.arena, inner, "../keys/current", &back, &e));
    assert_false(keys_open(&desk.arena, inner, "sm2-0000000000000000", &back, &e));
    assert_int_equal(e.code, ERROR_BAD_FILE);
    for (int k = 0; k < 2; k++) {
        assert_int_equal(mode_of(inner, arena_printf(&desk.arena, "%s.pem", id[k])), 0600);
        assert_int_equal(mode_of(inner, arena_printf(&desk.arena, "%s.pub.pem", id[k])), 0644);
        assert_int_equal(unlink(arena_printf(&desk.arena, "%s/%s.pem", inner, id[k])), 0);
        assert_int_equal(unlink(arena_printf(&desk.arena, "%s/%s.pub.pem", inner, id[k])), 0);
    }
    assert_int_equal(mode_of(inner, "current"), 0600);
    assert_int_equal(unlink(arena_printf(&desk.arena, "%s/current", inner)), 0);
    assert_int_equal(mode_of(folder, "keys"), 0700);
    assert_int_equal(rmdir(inner), 0);
    assert_int_equal(rmdir(folder), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_number_spells_its_case_and_finds_a_slip_of_the_pen),
        TEST(what_is_signed_is_canonical_and_says_everything),
        TEST(a_signed_file_verifies_and_no_other_does),
        TEST(a_file_that_was_touched_anywhere_is_refused),
        TEST(written_in_another_way_it_is_another_file),
        TEST(keys_are_kept_for_their_owner_alone_and_the_newest_signs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
