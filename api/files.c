/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a case: what there is, how they may be called, which part is asked for. */
#include "api/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 255 };

void
view_file(struct text *t, const PGresult *res, int row)
{
    const bool attached = row_int(res, row, FILE_ATTACHED) != 0;

    put_open(t, '{');
    put_member_string(t, "id", row_text(res, row, FILE_ID));
    put_member_string(t, "name", row_text(res, row, FILE_NAME));
    put_member_string(t, "type", row_text(res, row, FILE_TYPE));
    put_member_int(t, "bytes", row_int(res, row, FILE_BYTES));
    put_member_string(t, "sha256", row_text(res, row, FILE_SHA256));
    put_member_string(t, "material", row_text(res, row, FILE_MATERIAL));
    put_member_string(t, "by", row_text(res, row, FILE_ACCOUNT));
    put_member_instant(t, "sent", row_instant(res, row, FILE_SENT));
    put_member_bool(t, "attached", attached);
    if (!attached)
        put_member_instant(t, "keptUntil", row_instant(res, row, FILE_KEPT_UNTIL));
    put_close(t, '}');
}

struct parameters
file_list_parameters(const struct lookup *l, const char *id, const uint8_t *digest)
{
    const struct settings *s = l->app->shared->settings;
    struct parameters p = parameters_new(&l->request->arena);

    parameter_int(&p, s->database_cell);
    parameter_int(&p, l->id);
    parameter_text(&p, l->code ? lookup_principal(l) : NULL);
    parameter_int(&p, s->files_unattached / SPAN_SECOND);
    parameter_text(&p, id);
    if (digest)
        parameter_bytes(&p, digest, KEY_SIZE);
    else
        parameter_text(&p, NULL);
    return p;
}

static void
on_list(void *arg, const PGresult *res, const struct error *e)
{
    struct lookup *l = arg;
    struct text t = text_new(&l->request->arena);

    if (e) {
        reply_error(l->request, e);
        return;
    }
    put_open(&t, '{');
    put_key(&t, "items");
    put_open(&t, '[');
    for (int row = 0; row < PQntuples(res); row++)
        view_file(&t, res, row);
    put_close(&t, ']');
    put_close(&t, '}');
    reply_json(l->request, 200, &t);
}

static void
list(struct lookup *l)
{
    const struct parameters p = file_list_parameters(l, NULL, NULL);

    pipeline_ask(l->app->read, SQL_file_list, &p, on_list, l);
}

void
files_list(void *arg, struct http_request *r)
{
    lookup_case_for(arg, r, NULL, "materials", list, NULL);
}

void
progress_files_list(void *arg, struct http_request *r)
{
    const char *code = lookup_code(r);

    if (code)
        lookup_case_for(arg, r, code, "materials", list, NULL);
}

/* Characters that turn the writing round: "gpj.exe" would be read as "exe.jpg". */
static bool
turns_writing(const unsigned char *c)
{
    return c[0] == 0xe2 && ((c[1] == 0x80 && c[2] >= 0xaa && c[2] <= 0xae) ||
                            (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9) ||
                            (c[1] == 0x80 && (c[2] == 0x8e || c[2] == 0x8f)));
}

bool
file_name_check(const char *name, struct error *e)
{
    const size_t len = name ? strlen(name) : 0;

    if (len < 1 || len > NAME_BYTES)
        return error_at(e, ERROR_BAD_PARAMETER, "name",
                        "say the file's name, of up to %d bytes of UTF-8, in the parameter name",
                        NAME_BYTES);
    for (const unsigned char *c = (const unsigned char *)name; *c; c++) {
        if (*c < 0x20 || *c == 0x7f || (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0) ||
            turns_writing(c))
            return error_at(e, ERROR_BAD_PARAMETER, "name",
                            "a file's name has no control characters");
        if (*c == '/' || *c == '\\' || *c == ':')
            return error_at(e, ERROR_BAD_PARAMETER, "name",
                            "the file's name alone, without the folders it lies in");
    }
    return (strcmp(name, ".") != 0 && strcmp(name, "..") != 0) ||
           error_at(e, ERROR_BAD_PARAMETER, "name", "%s is no name of a file", name);
}

/* RFC 6266: a plain name for old clients, and the true one as RFC 8187 writes it. */
void
file_disposition(struct text *t, const char *name)
{
    text_str(t, "attachment; filename=\"");
    for (const unsigned char *c = (const unsigned char *)name; *c; c++) {
        if ((*c & 0xc0) == 0x80)
            continue; /* one sign for a character, not for each of its bytes */
        text_char(t, *c >= 0x20 && *c < 0x7f && !strchr("\"\\%", *c) ? (char)*c : '_');
    }
    text_str(t, "\"; filename*=UTF-8''");
    text_encoded(t, name, "!#$&+^`|");
}

static bool
read_digits(const char **at, uint64_t *n)
{
    const size_t len = strspn(*at, "0123456789");

    if (len < 1 || len > 18)
        return false;
    *n = strtoull(*at, NULL, 10);
    *at += len;
    return true;
}

/* What is no single range in bytes is not looked at: the whole is answered, as RFC 9110 has it. */
enum file_range
file_range_read(const char *text, uint64_t size, uint64_t *from, uint64_t *to)
{
    static const char unit[] = "bytes=";
    uint64_t first = 0, last = 0;
    bool has_first, has_last;

    *from = 0;
    *to = size - 1;
    if (!text || strncmp(text, unit, sizeof(unit) - 1) != 0)
        return FILE_WHOLE;
    text += sizeof(unit) - 1;
    has_first = read_digits(&text, &first);
    if (*text++ != '-')
        return FILE_WHOLE;
    has_last = read_digits(&text, &last);
    if (*text || (!has_first && !has_last) || (has_first && has_last && last < first))
        return FILE_WHOLE;
    if (has_first ? first >= size : last == 0)
        return FILE_OUTSIDE;
    *from = has_first ? first : last < size ? size - last : 0;
    if (has_first && has_last && last < size)
        *to = last;
    return FILE_PART;
}
