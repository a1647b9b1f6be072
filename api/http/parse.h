/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_HTTP_PARSE_H
#define API_HTTP_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/http/limits.h"
#include "base/arena.h"
#include "base/error.h"

/*
 * HTTP/1.1 as bytes (RFC 9110, 9112), strict: what two readers could
 * understand differently is refused, never repaired.  Pure: no sockets, no
 * clock; the same bytes give the same result in whatever pieces they arrive.
 *
 * A refusal is an error whose http status is the answer: ERROR_BAD_REQUEST,
 * ERROR_TOO_LARGE, ERROR_TARGET_TOO_LONG, ERROR_EXPECTATION_FAILED,
 * ERROR_HEADER_TOO_LARGE, ERROR_NOT_IMPLEMENTED or ERROR_VERSION_NOT_SUPPORTED.
 * After any of them the connection must be closed: where the next request
 * begins is not known.
 */

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_METHODS /* how many there are */
};

const char *http_method_name(enum http_method m); /* "GET" */

/** A name and a value, NUL-terminated, without NUL inside. */
struct http_field {
    const char *name;
    const char *value;
};

/** The head of a request.  All text lives in the arena it was parsed into. */
struct http_head {
    enum http_method method;
    int minor;                          /* HTTP/1.minor; 1.2 and above count as 1.1 */
    const char *path;                   /* decoded UTF-8, begins with '/'; "*" for OPTIONS * */
    const char *query;                  /* as sent, without '?'; "" when there is none */
    const char *host;                   /* name or address with port, as sent; "" in HTTP/1.0 */
    const struct http_field *field;     /* names in lower case, in the order sent */
    const struct http_field *parameter; /* of the query, decoded */
    size_t n_field;
    size_t n_parameter;
    uint64_t length; /* of the body, from Content-Length; UINT64_MAX when above that */
    bool chunked;    /* the body is chunked and its length not yet known */
    bool close;      /* the peer wants no further request on this connection */
    bool expects_continue;
};

/** Where in an unfinished head we are.  `= {0}` before its first byte. */
struct http_scan {
    size_t at;     /* bytes looked at */
    size_t start;  /* where the request line begins (an empty line before it is ignored) */
    size_t line;   /* bytes of the current line so far */
    size_t lines;  /* whole lines seen */
    bool cr;       /* the last byte was CR */
    bool complete; /* the head is the bytes from start up to at */
};

/**
 * Looks for the end of a head in the first @len bytes of @bytes, going on
 * where it stopped the last time; the bytes must still begin at the same one.
 * Refuses what no head may contain as soon as it is seen.
 */
MUST_CHECK bool http_scan_head(struct http_scan *s, const char *bytes, size_t len,
                               const struct http_limits *limits, struct error *e);

/** Reads the complete head of @len bytes, line ends included, into @a. */
MUST_CHECK bool http_parse_head(struct arena *a, const char *bytes, size_t len,
                                const struct http_limits *limits, struct http_head *head,
                                struct error *e);

/** The value of the first field called @name (lower case), or NULL. */
const char *http_head_field(const struct http_head *head, const char *name);

/** Is @token (lower case) in the comma-separated list @value? */
bool http_list_has(const char *value, const char *token);

/*
 * A chunked body.  `= {0}` before its first byte.
 */
enum http_chunk_state {
    CHUNK_SIZE,      /* hexadecimal digits of a size */
    CHUNK_EXTENSION, /* what follows ';' up to the line end */
    CHUNK_SIZE_LF,   /* the LF behind the size line */
    CHUNK_DATA,      /* left bytes of data */
    CHUNK_DATA_CR,   /* CR behind the data */
    CHUNK_DATA_LF,   /* LF behind the data */
    CHUNK_TRAILER,   /* trailer lines, discarded */
    CHUNK_DONE       /* the last byte of the body was taken */
};

struct http_chunks {
    enum http_chunk_state state;
    uint64_t size;  /* of the current chunk */
    uint64_t left;  /* of its data */
    uint64_t total; /* sizes of all chunks so far, this one included */
    size_t digits;  /* of the size */
    size_t extra;   /* bytes of extension or trailer so far */
    size_t line;    /* bytes of the current trailer line */
    bool cr;
};

/** A piece of data within the bytes that were handed in. */
struct http_span {
    const char *at;
    size_t len;
};

/**
 * Takes framing from @bytes up to and including the next piece of data, which
 * it puts in @data (empty when there is none yet), and returns in @taken how
 * many bytes it took.  Call again with the rest until it takes all or the
 * state is CHUNK_DONE; bytes behind the end are not taken.
 */
MUST_CHECK bool http_chunks_next(struct http_chunks *c, struct http_span bytes,
                                 const struct http_limits *limits, struct http_span *data,
                                 size_t *taken, struct error *e);

/**
 * Reads a request target (between the blanks of the request line): path and
 * query decoded into @a.  Refused: what is no URI by RFC 3986, percent signs
 * without two digits, and in the path NUL, controls, encoded '/' and '\', "."
 * and ".." segments, what is not UTF-8.  In the query '+' is a space.
 */
MUST_CHECK bool http_parse_target(struct arena *a, char *target, struct http_head *head,
                                  struct error *e);

/** Is @host a name, IPv4 or bracketed IPv6 address, with or without a port? */
bool http_host_valid(const char *host, size_t len);

#endif
