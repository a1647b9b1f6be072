/* SPDX-License-Identifier: Apache-2.0 */
/* Signed messages: the standard's vector, and every way in which one does not fit. */
#include "runtime/signature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "definition/delivery.h"

/* The vector published with Standard Webhooks 1.0.0. */
static const char vector_secret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
static const char vector_id[] = "msg_p5jXN8AQM9LWM0D4loKWxJek";
static const char vector_body[] = "{\"test\": 2432232314}";
static const char vector_signature[] = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
enum { VECTOR_TIME = 1614265330 };

static struct arena arena;
static struct secret secret[2];

static int
setup(void **state)
{
    struct error e;

    (void)state;
    if (!secret_read(vector_secret, &secret[0], &e))
        return 1;
    secret[0].number = 7;
    secret_new(&secret[1]);
    secret[1].number = 9;
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static struct signed_message
vector(void)
{
    return (struct signed_message){.id = vector_id,
                                   .timestamp = VECTOR_TIME,
                                   .body = vector_body,
                                   .len = strlen(vector_body),
                                   .secret = secret,
                                   .n_secret = 1,
                                   .algorithms = DELIVERY_SHA256};
}

static void
the_vector_of_the_standard_is_signed_as_it_says(void **state)
{
    const struct signed_message m = vector();
    struct text t = text_new(&arena);

    (void)state;
    signature_write(&t, &m);
    assert_string_equal(t.at, vector_signature);
    assert_int_equal(signature_check(vector_signature, &m), 7);
}

/* The digest is what `openssl dgst -sm3 -mac HMAC` says of key 00 01 02 … 1f. */
static void
sm3_signs_under_a_version_of_its_own(void **state)
{
    struct signed_message m = {.id = "msg_1",
                               .timestamp = 1700000000,
                               .body = "{\"a\":1}",
                               .len = 7,
                               .secret = secret,
                               .n_secret = 1,
                               .algorithms = DELIVERY_SHA256 | DELIVERY_SM3};
    struct text t = text_new(&arena);

    (void)state;
    secret[0].len = 32;
    for (uint8_t i = 0; i < 32; i++)
        secret[0].byte[i] = i;
    signature_write(&t, &m);
    assert_string_equal(t.at, "v1,AMaOha7DUT/0J0JMycRuYOBSvbx3WtwLd2khXXbaVj4= "
                              "v1sm3,aHg2cfwEmac+QtkpNEvKu65SabYET0RDlAQqJ8R7PUQ=");
    m.algorithms = DELIVERY_SM3;
    assert_int_equal(signature_check(t.at, &m), 7);
    assert_int_equal(signature_check("v1,AMaOha7DUT/0J0JMycRuYOBSvbx3WtwLd2khXXbaVj4=", &m), 0);
}

static void
while_a_secret_changes_both_sign_and_either_fits(void **state)
{
    struct signed_message both = vector(), one = vector();
    struct text t = text_new(&arena);

    (void)state;
    both.n_secret = 2;
    signature_write(&t, &both);
    assert_int_equal(signature_check(t.at, &one), 7);
    one.secret = &secret[1];
    assert_int_equal(signature_check(t.at, &one), 9);
    assert_int_equal(signature_check(vector_signature, &both), 7);
    assert_int_equal(signature_check(vector_signature, &one), 0);
}

static void
a_signature_of_anything_else_does_not_fit(void **state)
{
    struct signed_message m = vector();

    (void)state;
    m.id = "msg_p5jXN8AQM9LWM0D4loKWxJeK";
    assert_int_equal(signature_check(vector_signature, &m), 0);
    m = vector();
    m.timestamp++;
    assert_int_equal(signature_check(vector_signature, &m), 0);
    m = vector();
    m.len--;
    assert_int_equal(signature_check(vector_signature, &m), 0);
    m = vector();
    m.n_secret = 0;
    assert_int_equal(signature_check(vector_signature, &m), 0);
}

static void
a_header_that_is_none_does_not_fit(void **state)
{
    static const char *const header[] = {
        "",
        "v1",
        "v1,",
        ",g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE",
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1A==",
        "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "v,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "V1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=AAAA",
        "v1,====",
        "v1,\tg0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "v1,____________________________________________",
    };
    const struct signed_message m = vector();
    struct text t = text_new(&arena);

    (void)state;
    for (size_t i = 0; i < sizeof(header) / sizeof(header[0]); i++)
        if (signature_check(header[i], &m))
            fail_msg("\"%s\" fits", header[i]);
    for (int i = 0; i < SIGNATURES_MOST; i++)
        text_str(&t, "v1,x ");
    text_str(&t, vector_signature); /* one too many */
    assert_int_equal(signature_check(t.at, &m), 0);
    assert_int_equal(signature_check(t.at + strlen("v1,x "), &m), 7);
}

static void
a_secret_is_read_as_it_was_written(void **state)
{
    char text[SECRET_TEXT];
    struct secret again;
    struct error e;

    (void)state;
    secret_write(&secret[1], text);
    assert_int_equal(strlen(text), 6 + 44);
    assert_true(secret_read(text, &again, &e));
    assert_int_equal(again.len, 32);
    assert_memory_equal(again.byte, secret[1].byte, 32);
    assert_true(secret_read(text + 6, &again, &e));
}

static void
what_is_no_secret_is_refused(void **state)
{
    static const char *const text[] = {
        "",
        "whsec_",
        "whsec_AAAA",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!",
        "whsec_"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa w"};
    struct error e;
    struct secret s;

    (void)state;
    for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++)
        if (secret_read(text[i], &s, &e))
            fail_msg("\"%s\" was read", text[i]);
}

static void
a_message_is_taken_five_minutes_either_way(void **state)
{
    static const struct {
        const char *header;
        bool taken;
    } row[] = {
        {"1000000", true},   {"1000300", true},        {"999700", true},
        {"1000301", false},  {"999699", false},        {"", false},
        {"-5", false},       {"1000000.0", false},     {" 1000000", false},
        {"1000000x", false}, {"9999999999999", false},
    };
    struct error e;
    int64_t t;

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
        if (timestamp_check(row[i].header, 1000000, &t, &e) != row[i].taken)
            fail_msg("\"%s\"", row[i].header);
}

static void
an_id_has_no_full_stop_that_could_shift_the_signed_text(void **state)
{
    char longest[MESSAGE_ID_MOST + 2];
    struct error e;

    (void)state;
    memset(longest, 'a', sizeof(longest));
    longest[MESSAGE_ID_MOST + 1] = 0;
    assert_false(message_id_check(longest, &e));
    longest[MESSAGE_ID_MOST] = 0;
    assert_true(message_id_check(longest, &e));
    assert_false(message_id_check("", &e));
    assert_false(message_id_check("a.1", &e));
    assert_false(message_id_check("a b", &e));
    assert_false(message_id_check("税", &e));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_vector_of_the_standard_is_signed_as_it_says, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(sm3_signs_under_a_version_of_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(while_a_secret_changes_both_sign_and_either_fits, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_signature_of_anything_else_does_not_fit, setup, teardown),
        cmocka_unit_test_setup_teardown(a_header_that_is_none_does_not_fit, setup, teardown),
        cmocka_unit_test_setup_teardown(a_secret_is_read_as_it_was_written, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_secret_is_refused, setup, teardown),
        cmocka_unit_test(a_message_is_taken_five_minutes_either_way),
        cmocka_unit_test(an_id_has_no_full_stop_that_could_shift_the_signed_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
