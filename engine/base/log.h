/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/instant.h"

/**
 * One line on stderr per thing worth knowing, as logfmt or JSON:
 *
 *     log_info("advanced", log_int("case", 42), log_str("step", "licence"));
 *     ts=2026-02-13T10:00:00.123+08:00 level=info msg=advanced case=42 step=licence
 *
 * The message is a fixed phrase; what varies stands in fields.  Keys are
 * lower_snake_case literals.  Personal data is never logged: numbers of cases
 * are, names and identity numbers are not.
 *
 * Any value may come from outside: control characters, line ends, text
 * direction marks and bytes that are not UTF-8 are written as escapes, so that
 * a line is always one line and reads as what it is.  Long values are cut.
 *
 * Any thread may log; a line is one write(2).  Nothing is logged twice: who
 * handles an error logs it.
 */
enum log_level { LEVEL_ERROR, LEVEL_WARN, LEVEL_INFO, LEVEL_DEBUG };

enum log_format {
    FORMAT_LOGFMT,
    FORMAT_JSON /* one object a line */
};

enum log_kind { FIELD_NONE, FIELD_STRING, FIELD_INT, FIELD_MS, FIELD_BOOL };

/** A typed key and value.  Borrows both for the call. */
struct log_field {
    const char *key;
    enum log_kind kind;
    union {
        const char *string;
        int64_t integer; /* FIELD_MS: microseconds, written as milliseconds */
    };
};

static inline struct log_field
log_str(const char *key, const char *value)
{
    return (struct log_field){.key = key, .kind = FIELD_STRING, .string = value ? value : ""};
}

static inline struct log_field
log_int(const char *key, int64_t value)
{
    return (struct log_field){.key = key, .kind = FIELD_INT, .integer = value};
}

/** A length of time; the key should end in _ms. */
static inline struct log_field
log_ms(const char *key, span value)
{
    return (struct log_field){.key = key, .kind = FIELD_MS, .integer = value};
}

static inline struct log_field
log_bool(const char *key, bool value)
{
    return (struct log_field){.key = key, .kind = FIELD_BOOL, .integer = value};
}

/** Two fields of an error, to be followed by others: code and detail. */
#define log_error_fields(e) log_str("code", error_name((e)->code)), log_str("detail", (e)->detail)

#define log_error(...) LOG_AT(LEVEL_ERROR, __VA_ARGS__, (struct log_field){0})
#define log_warn(...)  LOG_AT(LEVEL_WARN, __VA_ARGS__, (struct log_field){0})
#define log_info(...)  LOG_AT(LEVEL_INFO, __VA_ARGS__, (struct log_field){0})
#define log_debug(...) LOG_AT(LEVEL_DEBUG, __VA_ARGS__, (struct log_field){0})

/* An empty field ends the list; the fields are not evaluated when the level is off. */
#define LOG_AT(level, message, ...)                                                                \
    (log_enabled(level) ? log_write(level, message, (const struct log_field[]){__VA_ARGS__})       \
                        : (void)0)

bool log_enabled(enum log_level level);
void log_write(enum log_level level, const char *message, const struct log_field *field);

/**
 * Names the request this thread works on: each of its lines carries req=@id
 * until log_request(NULL).  Copies up to 63 bytes.
 */
void log_request(const char *id);

/** How lines are written.  Set once at start, before there are threads. */
struct log_options {
    enum log_format format;
    int fd;               /* where to; 2 at start */
    bool priority;        /* begin each line with <N> for the journal, and leave out the time */
    instant (*now)(void); /* NULL: the machine's clock */
};

/** logfmt on stderr, with @priority when JOURNAL_STREAM names our stderr. */
struct log_options log_defaults(void);

/** Until it is called lines go to stderr as logfmt, from level info up. */
void log_open(const struct log_options *options);

/** May be called at any time, by any thread. */
void log_set_level(enum log_level level);

bool log_level_read(const char *text, enum log_level *level); /* "error" "warn" "info" "debug" */

#endif
