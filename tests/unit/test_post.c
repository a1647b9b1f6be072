/* SPDX-License-Identifier: Apache-2.0 */
/* POSTs on an event loop: to whom they go, and what is made of what comes back. */
#include "runtime/post.h"

#include <arpa/inet.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/require.h"

/* A peer that says @answer to whatever comes, on the same loop. */
static struct {
    struct event_base *base;
    struct event *listening, *late;
    int fd, port, calls;
    const char *answer; /* NULL: closes at once */
    char heard[4096];
    size_t len;
} peer;

static struct {
    struct post_answer answer;
    int calls;
} told;

static void
on_bytes(evutil_socket_t fd, short what, void *arg)
{
    struct event **self = arg;
    ssize_t n;

    (void)what;
    n = read(fd, peer.heard + peer.len, sizeof(peer.heard) - 1 - peer.len);
    if (n > 0) {
        peer.len += (size_t)n;
        peer.heard[peer.len] = 0;
        if (!strstr(peer.heard, "\r\n\r\n{}"))
            return;
        if (peer.answer)
            require(write(fd, peer.answer, strlen(peer.answer)) == (ssize_t)strlen(peer.answer));
    }
    event_free(*self);
    free(self);
    close(fd);
}

static void
on_peer(evutil_socket_t fd, short what, void *arg)
{
    const int one = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct event **self = malloc(sizeof(*self));

    (void)what;
    (void)arg;
    require(one >= 0 && self);
    peer.calls++;
    *self = event_new(peer.base, one, EV_READ | EV_PERSIST, on_bytes, self);
    require(event_add(*self, NULL) == 0);
}

static void
on_late(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
    fail_msg("nobody was told for a minute");
}

static int
setup(void **state)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof(at);
    const struct timeval minute = {.tv_sec = 60};

    (void)state;
    post_set_up();
    memset(&peer, 0, sizeof(peer));
    peer.base = event_base_new();
    peer.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    require(bind(peer.fd, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(peer.fd, 8) == 0 &&
            getsockname(peer.fd, (struct sockaddr *)&at, &len) == 0);
    peer.port = ntohs(at.sin_port);
    peer.listening = event_new(peer.base, peer.fd, EV_READ | EV_PERSIST, on_peer, NULL);
    peer.late = event_new(peer.base, -1, 0, on_late, NULL);
    require(event_add(peer.listening, NULL) == 0 && event_add(peer.late, &minute) == 0);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    event_free(peer.listening);
    event_free(peer.late);
    event_base_free(peer.base);
    close(peer.fd);
    return 0;
}

static void
on_done(void *arg, const struct post_answer *answer)
{
    (void)arg;
    told.answer = *answer;
    told.calls++;
    event_base_loopbreak(peer.base);
}

/* Posts "{}" to @host, with @network allowed (NULL: none), and waits for what becomes of it. */
static void
post_to(const char *host, const char *network, const char *answer)
{
    static const char *const header[] = {"webhook-id: m1", "Content-Type: application/json"};
    char url[200];
    struct network allowed;
    struct delivery d = {.system = "tax", .url = url};
    struct post *p;

    memset(&told, 0, sizeof(told));
    peer.answer = answer;
    peer.len = 0;
    (void)snprintf(url, sizeof(url), "http://%s:%d/in?x=1", host, peer.port);
    if (network) {
        assert_true(network_read(network, &allowed));
        d.network = &allowed;
        d.n_network = 1;
    }
    p = post_new(peer.base, &(struct post_options){.delivery = &d,
                                                   .ca_file = "",
                                                   .connect_timeout = 30 * SPAN_SECOND,
                                                   .timeout = 30 * SPAN_SECOND});
    post_send(p, &(struct post_letter){
                     .header = header, .n_header = 2, .body = "{}", .len = 2, .done = on_done});
    assert_int_equal(told.calls, 0); /* never from inside */
    assert_int_equal(post_flying(p), 1);
    while (!told.calls)
        (void)event_base_dispatch(peer.base);
    assert_int_equal(post_flying(p), 0);
    post_free(p);
}

static void
what_is_sent_is_what_was_given(void **state)
{
    (void)state;
    post_to("127.0.0.1", "127.0.0.0/8", "HTTP/1.1 204 No\r\n\r\n");
    assert_int_equal(told.answer.status, 204);
    assert_string_equal(told.answer.trouble, "");
    assert_memory_equal(peer.heard, "POST /in?x=1 HTTP/1.1\r\n", 23);
    assert_non_null(strstr(peer.heard, "\r\nwebhook-id: m1\r\n"));
    assert_non_null(strstr(peer.heard, "\r\n\r\n{}"));
}

/* Whatever it is called: what counts is the address that would be connected to. */
static void
an_address_that_is_not_listed_is_not_connected_to(void **state)
{
    static const char *const host[] = {"127.0.0.1",          "localhost", "2130706433", "0x7f.1",
                                       "[::ffff:127.0.0.1]", "127.1",     "0.0.0.0",    "[::]"};

    (void)state;
    for (size_t i = 0; i < sizeof(host) / sizeof(host[0]); i++) {
        post_to(host[i], "10.0.0.0/8", "HTTP/1.1 204 No\r\n\r\n");
        assert_int_equal(told.answer.status, 0);
        if (!strstr(told.answer.trouble, "neither public nor in the networks listed"))
            fail_msg("%s: %s", host[i], told.answer.trouble);
    }
    assert_int_equal(peer.calls, 0);
}

static void
a_proxy_of_the_environment_is_not_used(void **state)
{
    (void)state;
    assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1/", 1), 0);
    assert_int_equal(setenv("ALL_PROXY", "http://127.0.0.1:1/", 1), 0);
    post_to("127.0.0.1", "127.0.0.1", "HTTP/1.1 204 No\r\n\r\n");
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
    assert_int_equal(told.answer.status, 204);
}

static void
a_redirect_is_an_answer_and_is_not_followed(void **state)
{
    char answer[200];

    (void)state;
    (void)snprintf(answer, sizeof(answer),
                   "HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:%d/else\r\nContent-Length: "
                   "0\r\n\r\n",
                   peer.port);
    post_to("127.0.0.1", "127.0.0.1", answer);
    assert_int_equal(told.answer.status, 307);
    assert_string_equal(told.answer.trouble, "a redirect, which is not followed");
    assert_int_equal(peer.calls, 1);
}

static void
what_a_refusal_says_is_kept_in_harmless_characters(void **state)
{
    (void)state;
    post_to("127.0.0.1", "127.0.0.1",
            "HTTP/1.1 503 Later\r\nRetry-After: 77\r\nContent-Length: 8\r\n\r\nno\x1b[2J\xff!");
    assert_int_equal(told.answer.status, 503);
    assert_int_equal(told.answer.retry_after, 77 * SPAN_SECOND);
    assert_string_equal(told.answer.trouble, "no?[2J?!");
}

static void
an_answer_that_is_cut_or_none_is_no_answer(void **state)
{
    static const char *const answer[] = {NULL, "HTTP/1.1 200 Fine\r\nContent-Length: 9\r\n\r\nhalf",
                                         "HTTP/1.1 200 Fine\r\nConte", "hello\r\n\r\n"};

    (void)state;
    for (size_t i = 0; i < sizeof(answer) / sizeof(answer[0]); i++) {
        post_to("127.0.0.1", "127.0.0.1", answer[i]);
        assert_int_equal(told.answer.status, 0);
        assert_string_not_equal(told.answer.trouble, "");
    }
}

static void
an_answer_without_end_is_read_up_to_its_bound(void **state)
{
    enum { LONG = 200 * 1024 };
    char *answer = malloc(LONG + 100);
    int n;

    (void)state;
    require(answer);
    n = snprintf(answer, 100, "HTTP/1.1 200 Fine\r\nContent-Length: %d\r\n\r\n", LONG);
    memset(answer + n, 'x', 60 * 1024);
    answer[n + 60 * 1024] = 0;
    post_to("127.0.0.1", "127.0.0.1", answer);
    assert_int_equal(told.answer.status, 0); /* cut before the bound: it was not whole */
    n = snprintf(answer, 100, "HTTP/1.1 200 Fine\r\nX-Long: ");
    memset(answer + n, 'x', 60 * 1024);
    memcpy(answer + n + 60 * 1024, "\r\n\r\n", 5);
    post_to("127.0.0.1", "127.0.0.1", answer);
    assert_int_equal(told.answer.status, 0);
    assert_string_equal(told.answer.trouble, "the answer's head is too long");
    free(answer);
}

static void
who_goes_leaves_nothing_behind(void **state)
{
    char url[100];
    struct network allowed;
    struct delivery d = {.system = "tax", .url = url, .network = &allowed, .n_network = 1};
    struct post *p;

    (void)state;
    memset(&told, 0, sizeof(told));
    assert_true(network_read("127.0.0.1", &allowed));
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%d/", peer.port);
    p = post_new(peer.base, &(struct post_options){.delivery = &d,
                                                   .ca_file = "",
                                                   .connect_timeout = SPAN_MINUTE,
                                                   .timeout = SPAN_MINUTE});
    for (int i = 0; i < 3; i++)
        post_send(p, &(struct post_letter){.body = "{", .len = 1, .done = on_done});
    (void)event_base_loop(peer.base, EVLOOP_ONCE);
    post_free(p);
    assert_int_equal(told.calls, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_sent_is_what_was_given, setup, teardown),
        cmocka_unit_test_setup_teardown(an_address_that_is_not_listed_is_not_connected_to, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_proxy_of_the_environment_is_not_used, setup, teardown),
        cmocka_unit_test_setup_teardown(a_redirect_is_an_answer_and_is_not_followed, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_a_refusal_says_is_kept_in_harmless_characters, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_answer_that_is_cut_or_none_is_no_answer, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_answer_without_end_is_read_up_to_its_bound, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(who_goes_leaves_nothing_behind, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
