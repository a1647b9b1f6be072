/* SPDX-License-Identifier: Apache-2.0 */
/* One line per thing worth knowing, safe whatever stands in it. */
#include "base/log.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 8192, VALUE_MAX_BYTES = 1024, REQUEST_BYTES = 64 };

/* A line being written; what does not fit is left out, and the line says so. */
struct line {
    char at[LINE_MAX_BYTES];
    size_t len;
    size_t start; /* where the first field begins */
    bool cut;
};

static struct log_options out = {.fd = STDERR_FILENO};
static _Atomic int threshold = LEVEL_INFO;
static _Thread_local char request[REQUEST_BYTES];

static const char *const level_name[] = {"error", "warn", "info", "debug"};

struct log_options
log_defaults(void)
{
    struct log_options o = {.format = FORMAT_LOGFMT, .fd = STDERR_FILENO};
    const char *journal = getenv("JOURNAL_STREAM");
    char mine[64];
    struct stat st;

    /* The variable is inherited; it speaks of us when it names our stderr. */
    if (journal && fstat(STDERR_FILENO, &st) == 0) {
        (void)snprintf(mine, sizeof(mine), "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
        o.priority = strcmp(journal, mine) == 0;
    }
    return o;
}

void
log_open(const struct log_options *options)
{
    out = *options;
}

void
log_set_level(enum log_level level)
{
    atomic_store_explicit(&threshold, (int)level, memory_order_relaxed);
}

bool
log_enabled(enum log_level level)
{
    return (int)level <= atomic_load_explicit(&threshold, memory_order_relaxed);
}

bool
log_level_read(const char *text, enum log_level *level)
{
    for (size_t i = 0; i < sizeof(level_name) / sizeof(level_name[0]); i++)
        if (strcmp(text, level_name[i]) == 0) {
            *level = (enum log_level)i;
            return true;
        }
    return false;
}

void
log_request(const char *id)
{
    const size_t len = id ? strnlen(id, REQUEST_BYTES - 1) : 0;

    if (len)
        memcpy(request, id, len);
    request[len] = 0;
}

/* Room is kept for the end of a line that was cut. */
static bool
add(struct line *l, const char *bytes, size_t len)
{
    if (l->cut || l->len + len > sizeof(l->at) - 32) {
        l->cut = true;
        return false;
    }
    memcpy(l->at + l->len, bytes, len);
    l->len += len;
    return true;
}

static void
add_str(struct line *l, const char *s)
{
    add(l, s, strlen(s));
}

static void
add_int(struct line *l, int64_t n)
{
    char digit[24];
    char *at = digit + sizeof(digit);
    uint64_t u = n < 0 ? (uint64_t)0 - (uint64_t)n : (uint64_t)n;

    do
        *--at = (char)('0' + u % 10);
    while (u /= 10);
    if (n < 0)
        *--at = '-';
    add(l, at, (size_t)(digit + sizeof(digit) - at));
}

/* Milliseconds with one decimal. */
static void
add_ms(struct line *l, int64_t us)
{
    const int64_t tenths = us / 100;
    char decimal[2] = {'.', (char)('0' + (tenths < 0 ? -(tenths % 10) : tenths % 10))};

    if (tenths < 0 && tenths > -10)
        add_str(l, "-");
    add_int(l, tenths / 10);
    add(l, decimal, 2);
}

/* Reads one character of UTF-8 at @s; returns its length, 0 when it is none. */
static size_t
decode(const unsigned char *s, size_t len, uint32_t *c)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const size_t n = s[0] < 0x80   ? 1
                     : s[0] < 0xc2 ? 0
                     : s[0] < 0xe0 ? 2
                     : s[0] < 0xf0 ? 3
                     : s[0] < 0xf5 ? 4
                                   : 0;

    if (n == 0 || n > len)
        return 0;
    *c = n == 1 ? s[0] : s[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        *c = *c << 6 | (s[i] & 0x3fu);
    }
    return *c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000) ? 0 : n;
}

/* Characters that end a line, hide, or turn the direction of what follows. */
static bool
deceives(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c || c == 0x180e ||
           (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
           (c >= 0xe0000 && c <= 0xe007f);
}

/* \u0000 as JSON has it; above U+FFFF as two. */
static void
add_escape(struct line *l, uint32_t c)
{
    static const char hex[] = "0123456789abcdef";
    char text[6] = {'\\', 'u'};

    if (c > 0xffff) {
        add_escape(l, 0xd800 + ((c - 0x10000) >> 10));
        add_escape(l, 0xdc00 + ((c - 0x10000) & 0x3ff));
        return;
    }
    for (int i = 0; i < 4; i++)
        text[2 + i] = hex[c >> (12 - 4 * i) & 15];
    add(l, text, sizeof(text));
}

/* The inside of a quoted string.  A byte that is no UTF-8 becomes U+FFFD and its number. */
static void
add_safe(struct line *l, const char *value)
{
    const size_t whole = strlen(value), len = whole < VALUE_MAX_BYTES ? whole : VALUE_MAX_BYTES;
    const unsigned char *s = (const unsigned char *)value;

    for (size_t i = 0, n; i < len; i += n) {
        uint32_t c;

        n = decode(s + i, whole - i, &c);
        if (n == 0) {
            n = 1;
            add_escape(l, 0xfffd);
            add_str(l, "(");
            add_int(l, s[i]);
            add_str(l, ")");
        } else if (c == '"' || c == '\\') {
            char escaped[2] = {'\\', (char)c};

            add(l, escaped, 2);
        } else if (c == '\n') {
            add_str(l, "\\n");
        } else if (deceives(c)) {
            add_escape(l, c);
        } else {
            add(l, value + i, n);
        }
    }
    if (whole > len) {
        add_str(l, "...(");
        add_int(l, (int64_t)whole);
        add_str(l, " bytes)");
    }
}

/* logfmt leaves the quotes away where nothing needs them. */
static bool
is_plain(const char *value)
{
    if (!*value)
        return false;
    for (const char *c = value; *c; c++)
        if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f || strchr("\"\\=", *c))
            return false;
    return strlen(value) <= VALUE_MAX_BYTES;
}

static void
add_value(struct line *l, const struct log_field *f)
{
    switch (f->kind) {
    case FIELD_NONE:
        break;
    case FIELD_STRING:
        if (out.format == FORMAT_LOGFMT && is_plain(f->string)) {
            add_str(l, f->string);
            break;
        }
        add_str(l, "\"");
        add_safe(l, f->string);
        add_str(l, "\"");
        break;
    case FIELD_INT:
        add_int(l, f->integer);
        break;
    case FIELD_MS:
        add_ms(l, f->integer);
        break;
    case FIELD_BOOL:
        add_str(l, f->integer ? "true" : "false");
        break;
    }
}

/* A field is written whole or not at all. */
static void
add_field(struct line *l, const struct log_field *f)
{
    const size_t before = l->len;

    if (out.format == FORMAT_JSON) {
        add_str(l, l->len == l->start ? "\"" : ",\"");
        add_str(l, f->key);
        add_str(l, "\":");
    } else {
        if (l->len > l->start)
            add_str(l, " ");
        add_str(l, f->key);
        add_str(l, "=");
    }
    add_value(l, f);
    if (l->cut)
        l->len = before;
}

static instant
clock_now(void)
{
    struct timespec now;

    if (out.now)
        return out.now();
    clock_gettime(CLOCK_REALTIME, &now);
    return (instant)now.tv_sec * SPAN_SECOND + now.tv_nsec / 1000000 * 1000;
}

static void
begin(struct line *l, enum log_level level)
{
    static const char priority[][4] = {"<3>", "<4>", "<6>", "<7>"};
    char when[INSTANT_TEXT];

    l->len = 0;
    l->start = 0;
    l->cut = false;
    if (out.priority)
        add_str(l, priority[level]);
    if (out.format == FORMAT_JSON)
        add_str(l, "{");
    l->start = l->len;
    if (!out.priority) {
        struct log_field ts = log_str("ts", instant_write(clock_now(), when));

        add_field(l, &ts);
    }
}

void
log_write(enum log_level level, const char *message, const struct log_field *field)
{
    const struct log_field head[] = {log_str("level", level_name[level]), log_str("msg", message),
                                     log_str("req", request)};
    struct line l;
    ssize_t written;

    begin(&l, level);
    for (size_t i = 0; i < 3; i++)
        if (i < 2 || request[0])
            add_field(&l, &head[i]);
    for (; field->kind != FIELD_NONE; field++)
        add_field(&l, field);
    if (l.cut) {
        const struct log_field cut = log_bool("cut", true);

        l.cut = false;
        add_field(&l, &cut);
    }
    if (out.format == FORMAT_JSON)
        l.at[l.len++] = '}';
    l.at[l.len++] = '\n';
    /* There is nobody to tell when the log itself cannot be written. */
    do
        written = write(out.fd, l.at, l.len);
    while (written < 0 && errno == EINTR);
}
