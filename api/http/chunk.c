/* SPDX-License-Identifier: Apache-2.0 */
/* A chunked body, taken apart byte by byte. */
#include "api/http/parse.h"

enum {
    SIZE_DIGITS = 8 /* 4 GiB, far above any limit: the size cannot overflow */
};

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool
is_control(char c)
{
    return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

static bool
take_size(struct http_chunks *c, char byte, struct error *e)
{
    const int digit = hex_value(byte);

    if (digit >= 0 && c->digits < SIZE_DIGITS) {
        c->digits++;
        c->size = c->size << 4 | (uint64_t)digit;
        return true;
    }
    if (c->digits == 0 || (byte != ';' && byte != '\r'))
        return error_set(e, ERROR_BAD_REQUEST, "a chunk without a valid size");
    c->state = byte == ';' ? CHUNK_EXTENSION : CHUNK_SIZE_LF;
    return true;
}

static bool
take_extension(struct http_chunks *c, char byte, const struct http_limits *limits, struct error *e)
{
    if (byte == '\r') {
        c->state = CHUNK_SIZE_LF;
        return true;
    }
    if (is_control(byte) || ++c->extra > limits->chunk_ext)
        return error_set(e, ERROR_BAD_REQUEST, "a chunk extension that is too long or not valid");
    return true;
}

/* The size line is whole: data follows, or, behind the chunk of size 0, the trailer. */
static bool
take_size_end(struct http_chunks *c, char byte, struct error *e)
{
    if (byte != '\n')
        return error_set(e, ERROR_BAD_REQUEST, "a chunk size that does not end with CR LF");
    c->left = c->size;
    c->total += c->size;
    c->state = c->size > 0 ? CHUNK_DATA : CHUNK_TRAILER;
    c->size = 0;
    c->digits = 0;
    c->extra = 0;
    return true;
}

static bool
take_data_end(struct http_chunks *c, char byte, struct error *e)
{
    if (byte != (c->state == CHUNK_DATA_CR ? '\r' : '\n'))
        return error_set(e, ERROR_BAD_REQUEST, "a chunk that is longer than its size");
    c->state = c->state == CHUNK_DATA_CR ? CHUNK_DATA_LF : CHUNK_SIZE;
    return true;
}

static bool
take_trailer(struct http_chunks *c, char byte, const struct http_limits *limits, struct error *e)
{
    if (++c->extra > limits->trailer_bytes)
        return error_set(e, ERROR_BAD_REQUEST, "a trailer that is too long");
    if (c->cr) {
        if (byte != '\n')
            return error_set(e, ERROR_BAD_REQUEST, "a CR without LF in the trailer");
        c->cr = false;
        if (c->line == 0)
            c->state = CHUNK_DONE;
        c->line = 0;
        return true;
    }
    if (byte == '\r') {
        c->cr = true;
        return true;
    }
    if (is_control(byte))
        return error_set(e, ERROR_BAD_REQUEST, "a control character in the trailer");
    c->line++;
    return true;
}

static bool
take_byte(struct http_chunks *c, char byte, const struct http_limits *limits, struct error *e)
{
    switch (c->state) {
    case CHUNK_SIZE:
        return take_size(c, byte, e);
    case CHUNK_EXTENSION:
        return take_extension(c, byte, limits, e);
    case CHUNK_SIZE_LF:
        return take_size_end(c, byte, e);
    case CHUNK_DATA_CR:
    case CHUNK_DATA_LF:
        return take_data_end(c, byte, e);
    case CHUNK_TRAILER:
        return take_trailer(c, byte, limits, e);
    case CHUNK_DATA: /* taken in one piece by http_chunks_next() */
    case CHUNK_DONE:
        break;
    }
    return true;
}

bool
http_chunks_next(struct http_chunks *c, struct http_span bytes, const struct http_limits *limits,
                 struct http_span *data, size_t *taken, struct error *e)
{
    size_t at = 0;

    *data = (struct http_span){bytes.at, 0};
    *taken = 0;
    while (at < bytes.len && c->state != CHUNK_DONE && c->state != CHUNK_DATA) {
        if (!take_byte(c, bytes.at[at++], limits, e))
            return false;
    }
    if (c->state == CHUNK_DATA) {
        data->at = bytes.at + at;
        data->len = bytes.len - at < c->left ? bytes.len - at : (size_t)c->left;
        at += data->len;
        c->left -= data->len;
        if (c->left == 0)
            c->state = CHUNK_DATA_CR;
    }
    *taken = at;
    return true;
}
