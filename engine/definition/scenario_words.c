/* SPDX-License-Identifier: Apache-2.0 */
/* The words of one sentence of a scenario. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "definition/json.h"
#include "definition/scenario_reader.h"

bool
sentence_wrong(struct sentence *s, const char *what, ...)
{
    char text[200];
    va_list ap;

    va_start(ap, what);
    (void)vsnprintf(text, sizeof(text), what, ap);
    va_end(ap);
    return error_set(s->e, ERROR_BAD_FILE, "%s:%u: %s", s->file, s->line, text);
}

int
sentence_rest(const struct sentence *s)
{
    int n = 0;

    while (n < 60 && s->at + n < s->end && s->at[n] != '\n')
        n++;
    while (n > 0 && s->at + n < s->end && ((unsigned char)s->at[n] & 0xC0) == 0x80)
        n--; /* never half a character */
    return n;
}

bool
sentence_end(struct sentence *s)
{
    return sentence_done(s) ||
           sentence_wrong(s, "\"%.*s\" is not understood", sentence_rest(s), s->at);
}

bool
sentence_unknown(struct sentence *s, const char *kind, const char *word, const char *const *known)
{
    struct nearest n = nearest_to(word);

    for (; *known; known++)
        nearest_offer(&n, *known);
    if (n.best)
        return sentence_wrong(s, "unknown %s \"%s\"; did you mean \"%s\"?", kind, word, n.best);
    return sentence_wrong(s, "unknown %s \"%s\"", kind, word);
}

static void
skip_space(struct sentence *s)
{
    while (s->at < s->end && strchr(" \t\r\n", *s->at))
        s->at++;
}

bool
sentence_done(struct sentence *s)
{
    skip_space(s);
    return s->at == s->end;
}

/* Bytes of the word that comes next; 0: none. */
static size_t
word_length(struct sentence *s)
{
    size_t n = 0;

    skip_space(s);
    while (s->at + n < s->end && !strchr(" \t\r\n,{[\"", s->at[n]))
        n++;
    return n;
}

bool
sentence_take(struct sentence *s, const char *word)
{
    const size_t n = word_length(s);

    if (n != strlen(word) || memcmp(s->at, word, n) != 0)
        return false;
    s->at += n;
    return true;
}

bool
sentence_comma(struct sentence *s)
{
    skip_space(s);
    if (s->at == s->end || *s->at != ',')
        return false;
    s->at++;
    return true;
}

const char *
sentence_word(struct sentence *s)
{
    const size_t n = word_length(s);
    const char *word = n ? arena_strndup(s->arena, s->at, n) : NULL;

    s->at += n;
    return word;
}

bool
sentence_need(struct sentence *s, const char *what, const char **out)
{
    *out = sentence_word(s);
    return *out || sentence_wrong(s, "%s is missing", what);
}

bool
sentence_number(struct sentence *s, const char *what, int32_t *out)
{
    const char *word;
    char *end;
    long n;

    if (!sentence_need(s, what, &word))
        return false;
    n = strtol(word, &end, 10);
    if (*end || n < 1 || n > INT32_MAX)
        return sentence_wrong(s, "%s is a number from 1, not \"%s\"", what, word);
    *out = (int32_t)n;
    return true;
}

/* Bytes of the JSON value that begins here: up to its closing bracket or quote. */
static size_t
json_length(const struct sentence *s)
{
    bool quoted = false;
    int depth = 0;

    for (const char *c = s->at; c < s->end; c++) {
        if (quoted && *c == '\\') {
            c++;
        } else if (*c == '"') {
            quoted = !quoted;
        } else if (!quoted) {
            depth += *c == '{' || *c == '[';
            depth -= *c == '}' || *c == ']';
        }
        if (!quoted && depth == 0)
            return (size_t)(c + 1 - s->at);
    }
    return (size_t)(s->end - s->at);
}

bool
sentence_json(struct sentence *s, struct value *out)
{
    struct error why;
    size_t n;

    *out = value_null();
    skip_space(s);
    if (s->at == s->end || *s->at == ',')
        return true;
    n = strchr("{[\"", *s->at) ? json_length(s) : word_length(s);
    if (!json_read(s->arena, s->at, n, false, out, &why))
        return sentence_wrong(s, "\"%.*s\" is no JSON: %s", (int)(n < 40 ? n : 40), s->at,
                              why.detail);
    s->at += n;
    return true;
}

bool
sentence_text(struct sentence *s, const char **out)
{
    struct value v;

    skip_space(s);
    if (s->at == s->end || *s->at != '"')
        return sentence_wrong(s, "a text in quotes is missing");
    if (!sentence_json(s, &v))
        return false;
    *out = v.string;
    return true;
}

static bool
two_digits(const char *c, int below, int *out)
{
    if (c[0] < '0' || c[0] > '9' || c[1] < '0' || c[1] > '9')
        return false;
    *out = (c[0] - '0') * 10 + (c[1] - '0');
    return *out < below;
}

/* "09:22" or "09:22:30" as the time since midnight. */
static bool
read_time_of_day(const char *c, size_t n, span *out)
{
    int hour, minute, second = 0;

    if ((n != 5 && n != 8) || c[2] != ':' || !two_digits(c, 24, &hour) ||
        !two_digits(c + 3, 60, &minute))
        return false;
    if (n == 8 && (c[5] != ':' || !two_digits(c + 6, 60, &second)))
        return false;
    *out = hour * SPAN_HOUR + minute * SPAN_MINUTE + second * SPAN_SECOND;
    return true;
}

bool
sentence_time(struct sentence *s, day *d, instant *at, bool *has_time)
{
    size_t n = word_length(s);
    bool has_day = false;
    span time;

    if (day_read(s->at, n, d)) {
        has_day = true;
        s->at += n;
        n = word_length(s);
    }
    *has_time = read_time_of_day(s->at, n, &time);
    if (*has_time) {
        s->at += n;
        *at = day_start(*d) + time;
    }
    return has_day || *has_time;
}
