/* SPDX-License-Identifier: Apache-2.0 */
/* From method and path to a handler, and the problem documents on the way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <event2/event.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/http/server.h"
#include "api/reply.h"
#include "api/router.h"
#include "definition/json.h"

#define HOST "Host: a\r\n"

/* A server in this process, and the other end of one connection to it. */
struct hall {
    struct event_base *base;
    struct http_server *server;
    struct arena arena;
    struct router *router;
    char answer[16 * 1024];
};

static struct hall hall;

static void
say(struct http_request *r, const char *text)
{
    http_reply(r, 200, "text/plain", text, strlen(text));
}

static void
list_tasks(void *arg, struct http_request *r)
{
    (void)arg;
    say(r, "list");
}

static void
next_task(void *arg, struct http_request *r)
{
    (void)arg;
    say(r, "next");
}

static void
one_task(void *arg, struct http_request *r)
{
    (void)arg;
    say(r, arena_printf(&r->arena, "task %s", router_param(r, "id")));
}

static void
explain(void *arg, struct http_request *r)
{
    (void)arg;
    say(r, arena_printf(&r->arena, "explain %s of %s", router_param(r, "clock"),
                        router_param(r, "number")));
}

static void
read_body(void *arg, struct http_request *r)
{
    (void)arg;
    say(r, r->body);
}

static void
filtered(void *arg, struct http_request *r)
{
    static const char *const known[] = {"limit", "cursor", NULL};
    const char *const stranger = http_query_stranger(r, known);

    (void)arg;
    say(r, stranger ? stranger : "all known");
}

static void
add_actions(struct text *t, void *arg)
{
    put_key(t, "allowedActions");
    put_open(t, '[');
    put_string(t, arg);
    put_close(t, ']');
}

static void
refused(void *arg, struct http_request *r)
{
    const struct problem_item item[] = {
        {.pointer = "/form/name", .code = "minLength", .detail = "too short"},
        {.parameter = "limit", .code = "bad_parameter", .detail = "no number"},
    };
    struct error e;

    (void)arg;
    error_set(&e, ERROR_FORM_INVALID, "2 things are wrong");
    reply_problem(r, &(struct problem_document){.error = &e,
                                                .item = item,
                                                .n_item = 2,
                                                .extra = add_actions,
                                                .arg = (void *)(uintptr_t) "accept"});
}

static void
pointed(void *arg, struct http_request *r)
{
    struct error e;

    (void)arg;
    error_at(&e, ERROR_UNKNOWN_MEMBER, "/nmae", "there is no member nmae");
    reply_error(r, &e);
}

static void
busy(void *arg, struct http_request *r)
{
    struct error e;

    (void)arg;
    error_set(&e, ERROR_TOO_MANY_REQUESTS, "slowly");
    if (http_query(r, "wait"))
        http_reply_header(r, "Retry-After", http_query(r, "wait"));
    reply_error(r, &e);
}

static const struct route routes[] = {
    {HTTP_GET, "/", list_tasks, 0, 0, NULL},
    {HTTP_GET, "/v1/tasks", list_tasks, 0, 0, NULL},
    {HTTP_POST, "/v1/tasks", read_body, 0, 8, NULL},
    {HTTP_GET, "/v1/tasks/{id}", one_task, 0, 0, NULL},
    {HTTP_DELETE, "/v1/tasks/{id}", one_task, 0, 0, NULL},
    {HTTP_POST, "/v1/tasks/next", next_task, 0, 0, NULL},
    {HTTP_GET, "/v1/cases/{number}/clocks/{clock}/explain", explain, 0, 0, NULL},
    {HTTP_PUT, "/v1/import", read_body, 0, 0, "application/xml"},
    {HTTP_GET, "/v1/filtered", filtered, 0, 0, NULL},
    {HTTP_GET, "/refused", refused, 0, 0, NULL},
    {HTTP_GET, "/pointed", pointed, 0, 0, NULL},
    {HTTP_GET, "/busy", busy, 0, 0, NULL},
    {HTTP_GET, "/secret", list_tasks, 1, 0, NULL},
};

static bool
gate(void *arg, struct http_request *r, const struct route *route, struct error *e)
{
    (void)arg;
    return route->flags == 0 || http_header(r, "authorization") ||
           error_set(e, ERROR_UNAUTHENTICATED, "no Authorization");
}

static void
admit(void *arg, struct http_request *r)
{
    struct hall *const h = arg;

    router_admit(h->router, gate, h, r);
}

/* Sends @request on a connection of its own and returns all that comes back. */
static const char *
ask(const char *request)
{
    size_t len = 0;
    ssize_t n = 1;
    int pair[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_true(http_server_adopt(hall.server, pair[0]));
    assert_true(write(pair[1], request, strlen(request)) == (ssize_t)strlen(request));
    assert_int_equal(shutdown(pair[1], SHUT_WR), 0);
    while (http_server_counts(hall.server).connections > 0)
        event_base_loop(hall.base, EVLOOP_ONCE);
    while (n > 0) {
        n = read(pair[1], hall.answer + len, sizeof(hall.answer) - 1 - len);
        if (n > 0)
            len += (size_t)n;
    }
    hall.answer[len] = '\0';
    (void)close(pair[1]);
    return hall.answer;
}

static const char *
body_of(const char *answer)
{
    const char *const body = strstr(answer, "\r\n\r\n");

    assert_non_null(body);
    return body + 4;
}

static void
assert_answer(const char *request, const char *status, const char *part)
{
    const char *const answer = ask(request);

    if (strncmp(answer + 9, status, 3) != 0 || !strstr(answer, part))
        print_error("%s\n%s\n", request, answer);
    assert_memory_equal(answer + 9, status, 3);
    assert_non_null(strstr(answer, part));
}

static void
a_path_finds_its_handler(void **state)
{
    (void)state;
    assert_answer("GET / HTTP/1.1\r\n" HOST "\r\n", "200", "list");
    assert_answer("GET /v1/tasks HTTP/1.1\r\n" HOST "\r\n", "200", "list");
    assert_answer("GET /v1/tasks/42 HTTP/1.1\r\n" HOST "\r\n", "200", "task 42");
    assert_answer("GET /v1/tasks/a%20b HTTP/1.1\r\n" HOST "\r\n", "200", "task a b");
    assert_answer("GET /v1/cases/2022-7/clocks/promised/explain HTTP/1.1\r\n" HOST "\r\n", "200",
                  "explain promised of 2022-7");
}

static void
a_literal_beats_a_parameter(void **state)
{
    (void)state;
    assert_answer("POST /v1/tasks/next HTTP/1.1\r\n" HOST "\r\n", "200", "next");
    assert_answer("GET /v1/tasks/next HTTP/1.1\r\n" HOST "\r\n", "405",
                  "\r\nAllow: POST, OPTIONS\r\n");
}

static void
what_is_not_there_is_404(void **state)
{
    static const char *const path[] = {"/v1",
                                       "/v1/",
                                       "/v1/tasks/",
                                       "/v1/Tasks",
                                       "/v1/tasks/1/2",
                                       "/v1/tasks//",
                                       "/1/2/3/4/5/6/7/8/9/10/11/12/13/14"};

    (void)state;
    for (size_t i = 0; i < sizeof(path) / sizeof(path[0]); i++) {
        char request[256];

        (void)snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n" HOST "\r\n", path[i]);
        assert_answer(request, "404", "\"code\":\"not_found\"");
    }
}

static void
a_method_that_is_not_there_is_405(void **state)
{
    (void)state;
    assert_answer("PATCH /v1/tasks HTTP/1.1\r\n" HOST "\r\n", "405",
                  "\r\nAllow: GET, HEAD, POST, OPTIONS\r\n");
    assert_answer("OPTIONS /v1/tasks/1 HTTP/1.1\r\n" HOST "\r\n", "200",
                  "\r\nAllow: GET, HEAD, DELETE, OPTIONS\r\n");
}

static void
head_is_get_without_the_body(void **state)
{
    const char *const answer = ask("HEAD /v1/tasks HTTP/1.1\r\n" HOST "\r\n");

    (void)state;
    assert_non_null(strstr(answer, "\r\nContent-Length: 4\r\n"));
    assert_string_equal(body_of(answer), "");
}

static void
bodies_have_the_type_and_the_size_of_their_route(void **state)
{
    (void)state;
    assert_answer("POST /v1/tasks HTTP/1.1\r\n" HOST
                  "Content-Type: Application/JSON ; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}",
                  "200", "\r\n\r\n{}");
    assert_answer("POST /v1/tasks HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n{}", "415",
                  "application/json");
    assert_answer("POST /v1/tasks HTTP/1.1\r\n" HOST
                  "Content-Type: application/jsonx\r\nContent-Length: 2\r\n\r\n{}",
                  "415", "unsupported_media_type");
    assert_answer("POST /v1/tasks HTTP/1.1\r\n" HOST
                  "Content-Type: application/json\r\nContent-Length: 9\r\n\r\n123456789",
                  "413", "too_large");
    assert_answer("POST /v1/tasks HTTP/1.1\r\n" HOST
                  "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "8\r\n12345678\r\n1\r\n9\r\n0\r\n\r\n",
                  "413", "too_large");
    assert_answer("PUT /v1/import HTTP/1.1\r\n" HOST
                  "Content-Type: application/xml\r\nContent-Length: 4\r\n\r\n<a/>",
                  "200", "<a/>");
    assert_answer("POST /v1/tasks HTTP/1.1\r\n" HOST "\r\n", "200", "\r\n\r\n");
}

static void
the_gate_is_asked_before_the_body(void **state)
{
    (void)state;
    assert_answer("GET /secret HTTP/1.1\r\n" HOST "\r\n", "401",
                  "\r\nWWW-Authenticate: Bearer\r\n");
    assert_answer("GET /secret HTTP/1.1\r\n" HOST "Authorization: x\r\n\r\n", "200", "list");
}

static void
unknown_and_repeated_parameters_are_seen(void **state)
{
    (void)state;
    assert_answer("GET /v1/filtered?limit=5&cursor=a%2Bb HTTP/1.1\r\n" HOST "\r\n", "200",
                  "all known");
    assert_answer("GET /v1/filtered?limit=5&limt=6 HTTP/1.1\r\n" HOST "\r\n", "200",
                  "\r\n\r\nlimt");
    assert_answer("GET /v1/filtered?limit=5&limit=6 HTTP/1.1\r\n" HOST "\r\n", "200",
                  "\r\n\r\nlimit");
}

static const char *
member(const struct value *v, const char *name)
{
    const char *const s = value_get_string(v, name);

    assert_non_null(s);
    return s;
}

static void
a_problem_says_what_and_where(void **state)
{
    const char *const answer =
        ask("GET /refused?x=1 HTTP/1.1\r\n" HOST "Accept-Language: en\r\nX-Request-Id: q7\r\n\r\n");
    const struct value *errors;
    struct arena a = {0};
    struct value v;
    struct error e;

    (void)state;
    assert_non_null(strstr(answer, "\r\nContent-Type: application/problem+json\r\n"));
    assert_non_null(strstr(answer, "\r\nContent-Language: en\r\n"));
    assert_true(json_read(&a, body_of(answer), strlen(body_of(answer)), false, &v, &e));
    assert_string_equal(member(&v, "type"), "/docs/problems#form_invalid");
    assert_string_equal(member(&v, "title"), error_title(ERROR_FORM_INVALID, LANGUAGE_EN));
    assert_string_equal(member(&v, "code"), "form_invalid");
    assert_string_equal(member(&v, "instance"), "/refused");
    assert_string_equal(member(&v, "requestId"), "q7");
    assert_int_equal(strlen(member(&v, "traceId")), 32);
    assert_int_equal(value_get(&v, "status")->integer, 422);
    assert_non_null(strstr(member(&v, "detail"), "2 things are wrong"));
    errors = value_get(&v, "errors");
    assert_non_null(errors);
    assert_int_equal(errors->n, 2);
    assert_string_equal(member(&errors->item[0], "pointer"), "#/form/name");
    assert_string_equal(member(&errors->item[0], "code"), "minLength");
    assert_string_equal(member(&errors->item[1], "parameter"), "limit");
    assert_null(value_get(&errors->item[1], "pointer"));
    assert_string_equal(value_get(&v, "allowedActions")->item[0].string, "accept");
    arena_release(&a);
}

static void
an_error_that_points_is_an_item(void **state)
{
    (void)state;
    assert_answer("GET /pointed HTTP/1.1\r\n" HOST "\r\n", "422",
                  "\"errors\":[{\"pointer\":\"#/nmae\",\"code\":\"unknown_member\"");
}

static void
who_is_to_come_back_is_told_when(void **state)
{
    (void)state;
    assert_answer("GET /busy HTTP/1.1\r\n" HOST "\r\n", "429", "\r\nRetry-After: 1\r\n");
    assert_answer("GET /busy?wait=30 HTTP/1.1\r\n" HOST "\r\n", "429", "\r\nRetry-After: 30\r\n");
}

static void
the_language_is_the_readers(void **state)
{
    static const struct {
        const char *accept;
        const char *language;
    } row[] = {
        {"", "zh-CN"},
        {"Accept-Language: en\r\n", "en"},
        {"Accept-Language: en-GB,en;q=0.9\r\n", "en"},
        {"Accept-Language: zh-CN,zh;q=0.9,en;q=0.8\r\n", "zh-CN"},
        {"Accept-Language: en;q=0.8, zh-CN;q=0.9\r\n", "zh-CN"},
        {"Accept-Language: zh;q=0.1, en;q=0.15\r\n", "en"},
        {"Accept-Language: en, zh\r\n", "en"},
        {"Accept-Language: fr\r\n", "zh-CN"},
        {"Accept-Language: *\r\n", "zh-CN"},
        {"Accept-Language: english\r\n", "zh-CN"},
        {"Accept-Language: ,;q=,en;q=0\r\n", "zh-CN"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        char request[256], field[64];

        (void)snprintf(request, sizeof(request), "GET /none HTTP/1.1\r\n" HOST "%s\r\n",
                       row[i].accept);
        (void)snprintf(field, sizeof(field), "\r\nContent-Language: %s\r\n", row[i].language);
        assert_answer(request, "404", field);
    }
}

static void
a_detail_that_is_cut_ends_with_a_whole_character(void **state)
{
    char much[400];
    struct error e;

    (void)state;
    for (size_t shift = 0; shift < 3; shift++) {
        size_t at;

        memset(much, 'a', shift);
        for (at = shift; at + 3 < sizeof(much); at += 3)
            memcpy(much + at, "\xe5\x8a\x9e", 3);
        much[at] = '\0';
        error_set(&e, ERROR_NOT_FOUND, "%s", much);
        at = strlen(e.detail);
        assert_true(at >= sizeof(e.detail) - 3);
        assert_int_equal((at - shift) % 3, 0);
    }
}

static int
open_hall(void **state)
{
    struct http_config config = {.limits = http_limits_default()};

    (void)state;
    hall.base = event_base_new();
    assert_non_null(hall.base);
    hall.router = router_new(&hall.arena, routes, sizeof(routes) / sizeof(routes[0]));
    config.hooks = (struct http_hooks){&hall, admit, router_handle, reply_refused, NULL};
    hall.server = http_server_new(hall.base, &config);
    return 0;
}

static int
close_hall(void **state)
{
    (void)state;
    http_server_free(hall.server);
    event_base_free(hall.base);
    arena_release(&hall.arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_finds_its_handler),
        cmocka_unit_test(a_literal_beats_a_parameter),
        cmocka_unit_test(what_is_not_there_is_404),
        cmocka_unit_test(a_method_that_is_not_there_is_405),
        cmocka_unit_test(head_is_get_without_the_body),
        cmocka_unit_test(bodies_have_the_type_and_the_size_of_their_route),
        cmocka_unit_test(the_gate_is_asked_before_the_body),
        cmocka_unit_test(unknown_and_repeated_parameters_are_seen),
        cmocka_unit_test(a_problem_says_what_and_where),
        cmocka_unit_test(an_error_that_points_is_an_item),
        cmocka_unit_test(who_is_to_come_back_is_told_when),
        cmocka_unit_test(the_language_is_the_readers),
        cmocka_unit_test(a_detail_that_is_cut_ends_with_a_whole_character),
    };

    return cmocka_run_group_tests(tests, open_hall, close_hall);
}
