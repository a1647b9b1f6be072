/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of an export of facts and of its anchor. */
#include "store/evidence.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "definition/json.h"

static void
put_hash(struct text *t, const char *key, const uint8_t hash[HASH_SIZE])
{
    static const char digit[] = "0123456789abcdef";
    char hex[2 * HASH_SIZE + 1];

    for (int i = 0; i < HASH_SIZE; i++) {
        hex[2 * i] = digit[hash[i] >> 4];
        hex[2 * i + 1] = digit[hash[i] & 15];
    }
    hex[2 * HASH_SIZE] = 0;
    put_member_string(t, key, hex);
}

/* Ids and places are strings: a JSON reader may keep no more than 53 bits. */
static void
put_id(struct text *t, const char *key, int64_t n)
{
    char digits[24];

    (void)snprintf(digits, sizeof(digits), "%" PRId64, n);
    put_member_string(t, key, digits);
}

static void
put_head(struct text *t, const struct evidence *line)
{
    put_member_string(t, "onestop", line->kind == EVIDENCE_FACTS ? "facts" : "anchor");
    put_member_int(t, "format", 1);
    put_member_int(t, "cell", line->cell);
    put_id(t, "horizon", line->horizon);
}

void
evidence_write(struct text *t, const struct evidence *line)
{
    put_open(t, '{');
    switch (line->kind) {
    case EVIDENCE_FACTS:
    case EVIDENCE_ANCHOR:
        put_head(t, line);
        break;
    case EVIDENCE_FACT:
        put_member_string(t, "case", line->number);
        put_id(t, "id", line->id);
        put_member_int(t, "fact", line->fact);
        put_id(t, "journal", line->journal);
        put_hash(t, "hash", line->hash);
        put_key(t, "record");
        put_bytes(t, line->record, line->record_len);
        break;
    case EVIDENCE_CASE:
        put_member_string(t, "case", line->number);
        put_id(t, "id", line->id);
        put_member_int(t, "facts", line->fact);
        put_id(t, "journal", line->journal);
        put_hash(t, "head", line->hash);
        break;
    case EVIDENCE_PURGED:
        put_member_string(t, "case", line->number);
        put_id(t, "id", line->id);
        put_member_int(t, "facts", line->fact);
        put_id(t, "journal", line->journal);
        put_hash(t, "head", line->hash);
        put_member_instant(t, "purged", line->purged);
        put_member_string(t, "archive", line->archive);
        break;
    case EVIDENCE_ROW:
        put_member_string(t, "case", line->number);
        put_id(t, "id", line->id);
        put_member_string(t, "of", line->archive);
        put_key(t, "row");
        text_add(t, line->record, line->record_len);
        break;
    case EVIDENCE_END:
        put_member_int(t, "cases", line->cases);
        put_member_int(t, "facts", line->facts);
        break;
    }
    put_close(t, '}');
    text_char(t, '\n');
}

/* --- reading --- */

static bool
get_int(const struct value *v, const char *name, int64_t *out)
{
    const struct value *m = value_get(v, name);

    if (!m || m->kind != VALUE_INT || m->integer < 0)
        return false;
    *out = m->integer;
    return true;
}

static bool
get_id(const struct value *v, const char *name, int64_t *out)
{
    const char *text = value_get_string(v, name);
    char again[24];

    if (!text)
        return false;
    *out = strtoll(text, NULL, 10);
    (void)snprintf(again, sizeof(again), "%" PRId64, *out);
    return *out >= 0 && !strcmp(text, again);
}

static int
nibble(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
get_hash(const struct value *v, const char *name, uint8_t hash[HASH_SIZE])
{
    const char *hex = value_get_string(v, name);

    if (!hex || strlen(hex) != 2 * (size_t)HASH_SIZE)
        return false;
    for (int i = 0; i < HASH_SIZE; i++) {
        const int high = nibble(hex[2 * i]), low = nibble(hex[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        hash[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool
read_head(const struct value *v, const char *what, struct evidence *out)
{
    int64_t format;

    out->kind = !strcmp(what, "facts") ? EVIDENCE_FACTS : EVIDENCE_ANCHOR;
    return (out->kind == EVIDENCE_FACTS || !strcmp(what, "anchor")) &&
           get_int(v, "format", &format) && format == 1 && get_int(v, "cell", &out->cell) &&
           get_id(v, "horizon", &out->horizon);
}

/* Of a case that is gone, or something else of one. */
static bool
read_more(const struct value *v, struct evidence *out)
{
    const char *at = value_get_string(v, "purged");

    out->archive = value_get_string(v, "of");
    if (out->archive) {
        out->kind = EVIDENCE_ROW;
        return value_get(v, "row") != NULL;
    }
    out->kind = EVIDENCE_CASE;
    if (at) {
        out->kind = EVIDENCE_PURGED;
        out->archive = value_get_string(v, "archive");
        if (!out->archive || !instant_read(at, strlen(at), &out->purged))
            return false;
    }
    return get_id(v, "journal", &out->journal) && get_int(v, "facts", &out->fact) &&
           get_hash(v, "head", out->hash);
}

static bool
read_line(const struct value *v, struct evidence *out)
{
    const struct value *record = value_get(v, "record");
    const char *what = value_get_string(v, "onestop");

    if (what)
        return read_head(v, what, out);
    out->number = value_get_string(v, "case");
    if (!out->number) {
        out->kind = EVIDENCE_END;
        return get_int(v, "cases", &out->cases) && get_int(v, "facts", &out->facts);
    }
    if (!get_id(v, "id", &out->id))
        return false;
    if (!record)
        return read_more(v, out);
    out->kind = EVIDENCE_FACT;
    if (record->kind != VALUE_STRING)
        return false;
    out->record = record->string;
    out->record_len = record->n;
    return get_id(v, "journal", &out->journal) && get_int(v, "fact", &out->fact) &&
           get_hash(v, "hash", out->hash);
}

bool
evidence_read(struct arena *a, const char *bytes, size_t len, struct evidence *out, struct error *e)
{
    struct value v;

    *out = (struct evidence){0};
    if (!json_read(a, bytes, len, false, &v, e))
        return false;
    return read_line(&v, out) ||
           error_set(e, ERROR_BAD_FILE, "it is no line of an export of onestop or of its anchor");
}
