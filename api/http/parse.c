/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a request: where it ends and what it says. */
#include "api/http/parse.h"

#include <string.h>
#include <strings.h>

enum {
    /* Longer than any method and the version; a first line longer than the
     * target may be and this is too long for its target, whatever it says. */
    LINE_SLACK = 32,
    /* Below this a decimal length cannot overflow. */
    LENGTH_DIGITS = 19
};

static const char *const method_name[HTTP_METHODS] = {
    [HTTP_GET] = "GET",     [HTTP_HEAD] = "HEAD",     [HTTP_POST] = "POST",      [HTTP_PUT] = "PUT",
    [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE", [HTTP_OPTIONS] = "OPTIONS"};

const char *
http_method_name(enum http_method m)
{
    return method_name[m];
}

struct http_limits
http_limits_default(void)
{
    return (struct http_limits){.head_bytes = 16 * 1024,
                                .target_bytes = 4 * 1024,
                                .fields = 64,
                                .body_bytes = 64 * 1024,
                                .chunk_ext = 256,
                                .trailer_bytes = 4 * 1024,
                                .buffer_bytes = 64 * 1024,
                                .refill_bytes = 16 * 1024,
                                .linger_bytes = 256 * 1024,
                                .requests = 10000,
                                .idle_ms = 75000,
                                .handshake_ms = 10000,
                                .head_ms = 10000,
                                .body_ms = 30000,
                                .handler_ms = 10000,
                                .write_ms = 30000,
                                .linger_ms = 2000,
                                .heartbeat_ms = 20000,
                                .connections = 10000,
                                .per_address = 0,
                                .streams = 5000,
                                .body_budget = 64 * 1024 * 1024,
                                .descriptors_left = 64,
                                .accept_ms = 100,
                                .sweep_ms = 1000};
}

static bool
is_token_char(unsigned char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return true;
    return c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

static bool
is_token(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!is_token_char((unsigned char)s[i]))
            return false;
    }
    return len > 0;
}

/* A line ended.  Sets complete at the empty one, refuses what is too many. */
static bool
end_line(struct http_scan *s, const struct http_limits *limits, struct error *e)
{
    if (s->line == 0 && s->lines == 0) {
        /* Some clients send a stray line end behind a body; one is forgiven. */
        if (s->start != 0)
            return error_set(e, ERROR_BAD_REQUEST, "empty lines before the request line");
        s->start = s->at;
        return true;
    }
    if (s->line == 0) {
        s->complete = true;
        return true;
    }
    s->line = 0;
    if (++s->lines > limits->fields + 1)
        return error_set(e, ERROR_HEADER_TOO_LARGE, "more than %zu header fields", limits->fields);
    return true;
}

static bool
scan_byte(struct http_scan *s, unsigned char c, const struct http_limits *limits, struct error *e)
{
    if (s->at++ >= limits->head_bytes)
        return s->lines == 0 ? error_set(e, ERROR_TARGET_TOO_LONG, "the request line is too long")
                             : error_set(e, ERROR_HEADER_TOO_LARGE, "the header is over %zu bytes",
                                         limits->head_bytes);
    if (s->cr) {
        s->cr = false;
        if (c != '\n')
            return error_set(e, ERROR_BAD_REQUEST, "a CR without LF in the header");
        return end_line(s, limits, e);
    }
    if (c == '\r') {
        s->cr = true;
        return true;
    }
    if (c == '\n')
        return error_set(e, ERROR_BAD_REQUEST, "a line of the header ends with LF alone");
    if ((c < 0x20 && c != '\t') || c == 0x7f)
        return error_set(e, ERROR_BAD_REQUEST, "a control character in the header");
    s->line++;
    if (s->lines > 0)
        return true;
    if (c == '\t' || c >= 0x80)
        return error_set(e, ERROR_BAD_REQUEST, "a byte that no request line may have");
    if (s->line > limits->target_bytes + LINE_SLACK)
        return error_set(e, ERROR_TARGET_TOO_LONG, "the request line is too long");
    return true;
}

/* Most of a head is text within a field, of which nothing is asked: half the cost of reading it. */
static void
skip_plain(struct http_scan *s, const unsigned char *bytes, size_t end)
{
    const size_t from = s->at;

    if (s->lines == 0 || s->cr)
        return;
    while (s->at < end && bytes[s->at] >= 0x20 && bytes[s->at] != 0x7f)
        s->at++;
    s->line += s->at - from;
}

bool
http_scan_head(struct http_scan *s, const char *bytes, size_t len, const struct http_limits *limits,
               struct error *e)
{
    while (s->at < len && !s->complete) {
        skip_plain(s, (const unsigned char *)bytes,
                   len < limits->head_bytes ? len : limits->head_bytes);
        if (s->at == len)
            break;
        if (!scan_byte(s, (unsigned char)bytes[s->at], limits, e))
            return false;
    }
    return true;
}

static bool
read_version(const char *version, size_t len, int *minor, struct error *e)
{
    if (len != 8 || memcmp(version, "HTTP/", 5) != 0 || version[5] < '0' || version[5] > '9' ||
        version[6] != '.' || version[7] < '0' || version[7] > '9')
        return error_set(e, ERROR_BAD_REQUEST, "the request line does not end with a version");
    if (version[5] != '1')
        return error_set(e, ERROR_VERSION_NOT_SUPPORTED, "version %.3s", version + 5);
    *minor = version[7] == '0' ? 0 : 1;
    return true;
}

static bool
read_method(const char *name, size_t len, enum http_method *method, struct error *e)
{
    for (int m = 0; m < HTTP_METHODS; m++) {
        if (strlen(method_name[m]) == len && memcmp(method_name[m], name, len) == 0) {
            *method = (enum http_method)m;
            return true;
        }
    }
    if (!is_token(name, len))
        return error_set(e, ERROR_BAD_REQUEST, "the request line does not begin with a method");
    return error_set(e, ERROR_NOT_IMPLEMENTED, "method %.*s", len < 32 ? (int)len : 32, name);
}

/* Reads and cuts "METHOD SP target SP HTTP/1.1". */
static bool
read_request_line(struct arena *a, char *line, const struct http_limits *limits,
                  struct http_head *head, struct error *e)
{
    char *const target = strchr(line, ' ');
    char *const version = target ? strchr(target + 1, ' ') : NULL;

    if (!version)
        return error_set(e, ERROR_BAD_REQUEST, "the request line has not three parts");
    if (!read_version(version + 1, strlen(version + 1), &head->minor, e) ||
        !read_method(line, (size_t)(target - line), &head->method, e))
        return false;
    if ((size_t)(version - target) - 1 > limits->target_bytes)
        return error_set(e, ERROR_TARGET_TOO_LONG, "the target is over %zu bytes",
                         limits->target_bytes);
    *version = '\0';
    return http_parse_target(a, target + 1, head, e);
}

/* Cuts one line into name (made lower case) and value (without the blanks around it). */
static bool
read_field(char *line, size_t len, struct http_field *field, struct error *e)
{
    char *const colon = memchr(line, ':', len);
    char *value, *end = line + len;

    /* A blank at the start (obs-fold) or before the colon is no token either. */
    if (!colon || !is_token(line, (size_t)(colon - line)))
        return error_set(e, ERROR_BAD_REQUEST, "a header field without a valid name");
    for (char *c = line; c < colon; c++) {
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c | 0x20);
    }
    *colon = '\0';
    for (value = colon + 1; *value == ' ' || *value == '\t';)
        value++;
    while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *end = '\0';
    *field = (struct http_field){line, value};
    return true;
}

const char *
http_head_field(const struct http_head *head, const char *name)
{
    for (size_t i = 0; i < head->n_field; i++) {
        if (strcmp(head->field[i].name, name) == 0)
            return head->field[i].value;
    }
    return NULL;
}

bool
http_list_has(const char *value, const char *token)
{
    const size_t len = strlen(token);

    for (;;) {
        size_t item;

        value += strspn(value, " \t,");
        if (*value == '\0')
            return false;
        item = strcspn(value, " \t,");
        if (item == len && strncasecmp(value, token, len) == 0)
            return true;
        value += item;
    }
}

/* The one field called @name; more than one is refused. */
static bool
only_field(const struct http_head *head, const char *name, const char **value, struct error *e)
{
    *value = NULL;
    for (size_t i = 0; i < head->n_field; i++) {
        if (strcmp(head->field[i].name, name) != 0)
            continue;
        if (*value)
            return error_set(e, ERROR_BAD_REQUEST, "more than one %s", name);
        *value = head->field[i].value;
    }
    return true;
}

static bool
read_length(const char *text, uint64_t *length, struct error *e)
{
    const size_t digits = strspn(text, "0123456789");
    uint64_t n = 0;

    if (digits == 0 || text[digits] != '\0')
        return error_set(e, ERROR_BAD_REQUEST, "Content-Length is no number");
    text += strspn(text, "0");
    if (strlen(text) > LENGTH_DIGITS) {
        *length = UINT64_MAX;
        return true;
    }
    for (; *text; text++)
        n = n * 10 + (uint64_t)(*text - '0');
    *length = n;
    return true;
}

/* How long is the body?  Two answers, or an unclear one, are refused. */
static bool
read_framing(struct http_head *head, struct error *e)
{
    const char *length, *coding;

    if (!only_field(head, "content-length", &length, e))
        return false;
    coding = http_head_field(head, "transfer-encoding");
    if (coding && length)
        return error_set(e, ERROR_BAD_REQUEST, "both Content-Length and Transfer-Encoding");
    if (coding && head->minor == 0)
        return error_set(e, ERROR_BAD_REQUEST, "Transfer-Encoding in HTTP/1.0");
    if (coding && strcasecmp(coding, "chunked") != 0)
        return error_set(e, ERROR_NOT_IMPLEMENTED, "a transfer coding other than chunked");
    if (coding && !only_field(head, "transfer-encoding", &coding, e))
        return false;
    head->chunked = coding != NULL;
    return !length || read_length(length, &head->length, e);
}

static bool
read_host(struct http_head *head, struct error *e)
{
    const char *host;

    if (!only_field(head, "host", &host, e))
        return false;
    if (!host && head->minor > 0)
        return error_set(e, ERROR_BAD_REQUEST, "Host is missing");
    if (host && !http_host_valid(host, strlen(host)))
        return error_set(e, ERROR_BAD_REQUEST, "Host is not valid");
    if (!head->host) /* an absolute target names the host itself, and counts */
        head->host = host ? host : "";
    return true;
}

static bool
read_connection(struct http_head *head, struct error *e)
{
    const char *expect;

    head->close = head->minor == 0;
    for (size_t i = 0; i < head->n_field; i++) {
        if (strcmp(head->field[i].name, "connection") == 0 &&
            http_list_has(head->field[i].value, "close"))
            head->close = true;
    }
    if (!only_field(head, "expect", &expect, e))
        return false;
    if (expect && strcasecmp(expect, "100-continue") != 0)
        return error_set(e, ERROR_EXPECTATION_FAILED, "an expectation other than 100-continue");
    head->expects_continue = expect && head->minor > 0;
    return true;
}

bool
http_parse_head(struct arena *a, const char *bytes, size_t len, const struct http_limits *limits,
                struct http_head *head, struct error *e)
{
    char *line = arena_strndup(a, bytes, len);
    struct http_field *field = NULL;
    size_t n = 0;
    char *end = strstr(line, "\r\n");

    *head = (struct http_head){.query = ""};
    if (!end)
        return error_set(e, ERROR_BAD_REQUEST, "the request line has no end");
    *end = '\0';
    if (!read_request_line(a, line, limits, head, e))
        return false;
    for (line = end + 2; (end = strstr(line, "\r\n")) != NULL && end != line; line = end + 2) {
        if (n == limits->fields)
            return error_set(e, ERROR_HEADER_TOO_LARGE, "more than %zu header fields", n);
        field = arena_grow(a, field, n, sizeof(*field));
        if (!read_field(line, (size_t)(end - line), &field[n++], e))
            return false;
    }
    head->field = field;
    head->n_field = n;
    return read_host(head, e) && read_framing(head, e) && read_connection(head, e);
}
