/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection's bytes, read as requests one after the other: whole, byte by
 * byte, and in pieces as long as the first byte says.  All three must see the
 * same requests with the same bodies and end with the same refusal.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "api/http/parse.h"
#include "base/require.h"

/* What was understood of the bytes, as one number; order and content count. */
struct understood {
    uint64_t hash;
    enum error_code end; /* ERROR_NONE: the bytes ran out */
};

static void
mix(struct understood *u, const void *bytes, size_t len)
{
    const unsigned char *const b = bytes;

    for (size_t i = 0; i < len; i++)
        u->hash = (u->hash ^ b[i]) * 1099511628211U;
}

/* Texts with their NUL, so that where one ends counts too. */
static void
mix_text(struct understood *u, const char *text)
{
    mix(u, text, strlen(text) + 1);
}

static void
mix_head(struct understood *u, const struct http_head *h)
{
    mix(u, &h->method, sizeof(h->method));
    mix(u, &h->length, sizeof(h->length));
    mix(u, &(int){h->chunked + 2 * h->close + 4 * h->expects_continue + 8 * h->minor}, sizeof(int));
    mix_text(u, h->path);
    mix_text(u, h->query);
    mix_text(u, h->host);
    for (size_t i = 0; i < h->n_field; i++) {
        mix_text(u, h->field[i].name);
        mix_text(u, h->field[i].value);
    }
    for (size_t i = 0; i < h->n_parameter; i++) {
        mix_text(u, h->parameter[i].name);
        mix_text(u, h->parameter[i].value);
    }
}

/* What must hold of every head that is accepted. */
static void
check_head(const struct http_head *h, const struct http_limits *l)
{
    require(h->path[0] == '/' || strcmp(h->path, "*") == 0);
    require(!strstr(h->path, "/../") && !strchr(h->path, '\\'));
    require(!(h->chunked && h->length > 0));
    require(h->minor == 0 || h->host[0] != '\0');
    require(h->n_field <= l->fields);
    for (size_t i = 0; i < h->n_field; i++)
        require(h->field[i].name[0] != '\0' && !strpbrk(h->field[i].value, "\r\n"));
}

/* Takes a head from @bytes, which arrive @step at a time.  @return its length, 0 at the end. */
static size_t
take_head(struct arena *a, struct http_span bytes, size_t step, struct http_head *h,
          struct understood *u)
{
    const struct http_limits l = http_limits_default();
    struct http_scan scan = {0};
    struct error e = {0};

    for (size_t have = 0; have < bytes.len && !scan.complete;) {
        have = bytes.len - have < step ? bytes.len : have + step;
        if (!http_scan_head(&scan, bytes.at, have, &l, &e)) {
            u->end = e.code;
            return 0;
        }
    }
    if (!scan.complete)
        return 0;
    if (!http_parse_head(a, bytes.at + scan.start, scan.at - scan.start, &l, h, &e)) {
        require(e.code != ERROR_NONE);
        u->end = e.code;
        return 0;
    }
    check_head(h, &l);
    mix_head(u, h);
    return scan.at;
}

/* @return the bytes taken, 0 when they ran out or were refused. */
static size_t
take_chunks(struct http_span bytes, size_t step, struct understood *u)
{
    const struct http_limits l = http_limits_default();
    struct http_chunks c = {0};
    struct error e = {0};
    size_t at = 0;

    while (at < bytes.len && c.state != CHUNK_DONE) {
        const size_t have = bytes.len - at < step ? bytes.len - at : step;
        struct http_span data;
        size_t taken;

        if (!http_chunks_next(&c, (struct http_span){bytes.at + at, have}, &l, &data, &taken, &e)) {
            u->end = e.code;
            return 0;
        }
        require(taken > 0 && taken <= have && data.len <= taken);
        mix(u, data.at, data.len);
        at += taken;
    }
    return c.state == CHUNK_DONE ? at : 0;
}

static struct understood
understand(const char *bytes, size_t len, size_t step)
{
    struct understood u = {.hash = 14695981039346656037U};
    struct arena a = {0};
    size_t taken = 1;

    while (len > 0 && taken > 0) {
        struct http_head h;

        taken = take_head(&a, (struct http_span){bytes, len}, step, &h, &u);
        bytes += taken;
        len -= taken;
        if (taken == 0)
            break;
        taken = 1;
        if (h.chunked) {
            taken = take_chunks((struct http_span){bytes, len}, step, &u);
        } else if (h.length > 0) {
            taken = h.length < len ? (size_t)h.length : 0;
            mix(&u, bytes, taken);
        }
        if (h.chunked || h.length > 0) {
            bytes += taken;
            len -= taken;
        }
        arena_reset(&a);
    }
    arena_release(&a);
    return u;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *const bytes = (const char *)data + 1;
    struct understood whole, single, pieces;

    if (size < 2)
        return 0;
    whole = understand(bytes, size - 1, size);
    single = understand(bytes, size - 1, 1);
    pieces = understand(bytes, size - 1, (size_t)data[0] + 1);
    require(whole.hash == single.hash && whole.end == single.end);
    require(whole.hash == pieces.hash && whole.end == pieces.end);
    return 0;
}
