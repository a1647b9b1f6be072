/* SPDX-License-Identifier: Apache-2.0 */
/* How organisation.json says where an outside system is reached. */
#include "definition/delivery.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "definition/json.h"
#include "definition/organisation.h"

static struct arena arena;

static int
teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* JSON with single quotes. */
static const struct value *
json(const char *text)
{
    char *copy = arena_strdup(&arena, text);
    struct value *v = arena_new(&arena, struct value);
    struct error e;

    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    if (!json_read(&arena, copy, strlen(copy), true, v, &e))
        fail_msg("%s", e.detail);
    return v;
}

static void
a_system_without_delivery_is_told_nothing(void **state)
{
    struct delivery d;
    struct error e;

    (void)state;
    assert_true(delivery_read(&arena, json("{'id': 'tax', 'title': {}}"), &d, &e));
    assert_string_equal(d.system, "tax");
    assert_null(d.url);
    assert_int_equal(d.algorithms, DELIVERY_SHA256);
}

static void
everything_it_says_is_read(void **state)
{
    struct delivery d;
    struct error e;

    (void)state;
    assert_true(delivery_read(
        &arena,
        json("{'id': 'tax', 'algorithms': ['hmac-sm3', 'hmac-sha256'], 'delivery': {'url': "
             "'https://tax.example:8443/in?x=1', 'networks': ['10.3.0.0/16', '::1'], "
             "'inFlight': 64, 'perMinute': 1}}"),
        &d, &e));
    assert_string_equal(d.url, "https://tax.example:8443/in?x=1");
    assert_int_equal(d.n_network, 2);
    assert_int_equal(d.network[0].bits, 96 + 16);
    assert_int_equal(d.algorithms, DELIVERY_SHA256 | DELIVERY_SM3);
    assert_int_equal(d.in_flight, 64);
    assert_int_equal(d.per_minute, 1);
}

static void
what_cannot_be_right_is_refused_at_its_place(void **state)
{
    static const struct {
        const char *text, *pointer, *detail;
    } row[] = {
        {"'delivery': []", "/delivery", "object"},
        {"'delivery': {}", "/delivery", "url"},
        {"'delivery': {'url': 'ftp://a/'}", "/delivery/url", "begins with"},
        {"'delivery': {'url': 'HTTPS://a/'}", "/delivery/url", "begins with"},
        {"'delivery': {'url': 'https://'}", "/delivery/url", "no host"},
        {"'delivery': {'url': 'https://:80/'}", "/delivery/url", "no host"},
        {"'delivery': {'url': 'https:///x'}", "/delivery/url", "no host"},
        {"'delivery': {'url': 'https://u:p@a/'}", "/delivery/url", "user"},
        {"'delivery': {'url': 'https://a/#b'}", "/delivery/url", "fragment"},
        {"'delivery': {'url': 'https://a b/'}", "/delivery/url", "ASCII"},
        {"'delivery': {'url': 'https://a\\\\b/'}", "/delivery/url", "ASCII"},
        {"'delivery': {'url': 'https://税/'}", "/delivery/url", "ASCII"},
        {"'delivery': {'url': 'https://a/', 'networks': 'x'}", "/delivery/networks", "list"},
        {"'delivery': {'url': 'https://a/', 'networks': ['10.0.0.1/8']}", "/delivery/networks",
         "10.0.0.1/8"},
        {"'delivery': {'url': 'https://a/', 'networks': [1]}", "/delivery/networks", "that"},
        {"'delivery': {'url': 'https://a/', 'inFlight': 0}", "/delivery", "inFlight"},
        {"'delivery': {'url': 'https://a/', 'inFlight': 65}", "/delivery", "inFlight"},
        {"'delivery': {'url': 'https://a/', 'perMinute': '9'}", "/delivery", "perMinute"},
        {"'delivery': {'url': 'https://a/', 'redirects': true}", "/delivery", "redirects"},
        {"'algorithms': []", "/algorithms", "hmac-sm3"},
        {"'algorithms': ['md5']", "/algorithms", "hmac-sm3"},
        {"'algorithms': ['hmac-sm3', 'hmac-sm3']", "/algorithms", "once"},
        {"'algorithms': 'hmac-sm3'", "/algorithms", "lists"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        const char *text = arena_printf(&arena, "{'id': 'tax', %s}", row[i].text);
        struct delivery d;
        struct error e = {0};

        if (delivery_read(&arena, json(text), &d, &e))
            fail_msg("%s was read", text);
        assert_int_equal(e.code, ERROR_BAD_FILE);
        assert_string_equal(e.pointer, row[i].pointer);
        if (!strstr(e.detail, row[i].detail))
            fail_msg("%s: \"%s\" does not say \"%s\"", text, e.detail, row[i].detail);
    }
}

static void
a_faulty_delivery_is_a_problem_of_the_organisation(void **state)
{
    static const char title[] = "'title': {'zh': '某', 'en': 'x'}";
    const struct organisation o = {
        .data = json(arena_printf(&arena,
                                  "{'departments': [{'id': 'a', %s}], 'districts': [{'code': "
                                  "'371500', %s}], 'roles': [{'id': 'a', %s}], 'systems': "
                                  "[{'id': 'a', %s}, {'id': 'b', %s, 'delivery': {'url': 'x'}}]}",
                                  title, title, title, title, title))};
    struct problems problems = {.arena = &arena};

    (void)state;
    organisation_check(&o, "organisation.json", NULL, &problems);
    assert_int_equal(problems.n, 1);
    assert_string_equal(problems.item[0].pointer, "/systems/1/delivery/url");
}

static void
a_system_is_found_by_its_name(void **state)
{
    const struct deliveries d =
        deliveries_read(&arena, json("{'systems': [{'id': 'tax'}, {'id': 'seal'}]}"));

    (void)state;
    assert_int_equal(d.n, 2);
    assert_ptr_equal(deliveries_find(&d, "seal"), &d.item[1]);
    assert_null(deliveries_find(&d, "bank"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_system_without_delivery_is_told_nothing, teardown),
        cmocka_unit_test_teardown(everything_it_says_is_read, teardown),
        cmocka_unit_test_teardown(what_cannot_be_right_is_refused_at_its_place, teardown),
        cmocka_unit_test_teardown(a_faulty_delivery_is_a_problem_of_the_organisation, teardown),
        cmocka_unit_test_teardown(a_system_is_found_by_its_name, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
