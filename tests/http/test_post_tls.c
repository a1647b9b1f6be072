/* SPDX-License-Identifier: Apache-2.0 */
/* Messages over TLS: a destination is believed by its certificate, or nothing is told to it. */
#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/post.h"
#include "tests/support/door.h"

static struct door door;
static struct event_base *base;

static struct {
    struct post_answer answer;
    int calls;
} told;

static int
setup(void **state)
{
    (void)state;
    post_set_up();
    door = door_open(&(struct door_options){.limits = http_limits_default(), .tls = true});
    base = event_base_new();
    return base ? 0 : 1;
}

static int
teardown(void **state)
{
    (void)state;
    event_base_free(base);
    return door_close(&door);
}

static void
on_done(void *arg, const struct post_answer *answer)
{
    (void)arg;
    told.answer = *answer;
    told.calls++;
    event_base_loopbreak(base);
}

static void
post_to(const char *scheme, const char *host, const char *ca_file)
{
    static const char *const header[] = {"Content-Type: application/json"};
    char url[100];
    struct network allowed;
    const struct delivery d = {.system = "tax", .url = url, .network = &allowed, .n_network = 1};
    struct post *p;

    memset(&told, 0, sizeof(told));
    assert_true(network_read("127.0.0.0/8", &allowed));
    (void)snprintf(url, sizeof(url), "%s://%s:%d/echo", scheme, host, door.port);
    p = post_new(base, &(struct post_options){.delivery = &d,
                                              .ca_file = ca_file,
                                              .connect_timeout = 30 * SPAN_SECOND,
                                              .timeout = 30 * SPAN_SECOND});
    post_send(p, &(struct post_letter){
                     .header = header, .n_header = 1, .body = "{}", .len = 2, .done = on_done});
    while (!told.calls)
        (void)event_base_dispatch(base);
    post_free(p);
}

static void
a_certificate_nobody_vouches_for_is_not_believed(void **state)
{
    (void)state;
    post_to("https", "localhost", "");
    assert_int_equal(told.answer.status, 0);
    assert_non_null(strstr(told.answer.trouble, "certificate"));
}

static void
one_that_is_listed_is_believed(void **state)
{
    char path[100];

    (void)state;
    (void)snprintf(path, sizeof(path), "%s/certificate.pem", door.folder);
    post_to("https", "localhost", path);
    assert_string_equal(told.answer.trouble, "");
    assert_int_equal(told.answer.status, 200);
}

static void
but_only_for_the_name_it_is_of(void **state)
{
    char path[100];

    (void)state;
    (void)snprintf(path, sizeof(path), "%s/certificate.pem", door.folder);
    post_to("https", "127.0.0.1", path);
    assert_int_equal(told.answer.status, 0);
    assert_string_not_equal(told.answer.trouble, "");
}

static void
who_speaks_tls_is_not_told_anything_in_the_clear(void **state)
{
    (void)state;
    post_to("http", "127.0.0.1", "");
    assert_int_not_equal(told.answer.status, 200);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_nobody_vouches_for_is_not_believed),
        cmocka_unit_test(one_that_is_listed_is_believed),
        cmocka_unit_test(but_only_for_the_name_it_is_of),
        cmocka_unit_test(who_speaks_tls_is_not_told_anything_in_the_clear),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
