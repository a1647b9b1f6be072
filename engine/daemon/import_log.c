/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a log into cases. */
#include "daemon/import_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/import_csv.h"

/* What a row may say of its case besides the form. */
enum own { OWN_OPENED, OWN_CLOSED, OWN_PARTY, OWN_NAME, OWN_FIELDS };

enum { ABSENT = -1 };

/* Where in a record each thing stands. */
struct columns {
    int case_id, activity, time, resource;
    int *own, *filter; /* [OWN_FIELDS + map->n_field], [map->n_filter] */
    uint32_t n;        /* of the header */
};

struct reading {
    struct import_log *log;
    const struct import_map *map;
    struct columns at;
    struct import_row *row;
    size_t n_row;
    const char **bad; /* ids of cases of which a row was wrong */
    size_t n_bad;
};

void
import_complain(struct import_log *log, uint32_t line, const char *what, ...)
{
    va_list ap;

    va_start(ap, what);
    (void)fprintf(stderr, "%s:%u: ", log->path, line);
    (void)vfprintf(stderr, what, ap);
    (void)fputc('\n', stderr);
    va_end(ap);
    log->bad_rows++;
}

static bool
find_column(const struct csv_record *head, const char *name, int *at, struct error *e)
{
    *at = ABSENT;
    for (uint32_t i = 0; name && i < head->n; i++)
        if (!strcmp(head->field[i], name))
            *at = (int)i;
    return !name || *at != ABSENT ||
           error_set(e, ERROR_BAD_FILE, "the log has no column \"%.100s\"", name);
}

static bool
find_columns(struct reading *r, const struct csv_record *head, struct error *e)
{
    const struct import_map *m = r->map;
    struct columns *at = &r->at;
    bool ok;

    at->own = arena_array(r->log->arena, OWN_FIELDS + m->n_field, int);
    at->filter = arena_array(r->log->arena, m->n_filter, int);
    at->n = head->n;
    ok = find_column(head, m->case_id, &at->case_id, e) &&
         find_column(head, m->activity, &at->activity, e) &&
         find_column(head, m->time, &at->time, e) &&
         find_column(head, m->resource, &at->resource, e) &&
         find_column(head, m->opened, &at->own[OWN_OPENED], e) &&
         find_column(head, m->closed, &at->own[OWN_CLOSED], e) &&
         find_column(head, m->party, &at->own[OWN_PARTY], e) &&
         find_column(head, m->name, &at->own[OWN_NAME], e);
    for (uint32_t i = 0; ok && i < m->n_field; i++)
        ok = find_column(head, m->field[i].column, &at->own[OWN_FIELDS + i], e);
    for (uint32_t i = 0; ok && i < m->n_filter; i++)
        ok = find_column(head, m->filter[i].column, &at->filter[i], e);
    return ok;
}

static const char *
cell(const struct csv_record *record, int at)
{
    return at == ABSENT ? "" : record->field[at];
}

static bool
is_history(const struct reading *r, const struct csv_record *record)
{
    for (uint32_t i = 0; i < r->map->n_filter; i++)
        if (strcmp(cell(record, r->at.filter[i]), r->map->filter[i].value) != 0)
            return false;
    return true;
}

/* Copies @text unless the row before says the same of the same case. */
static const char *
keep(const struct reading *r, const char *text, const char *before)
{
    return before && !strcmp(text, before) ? before : arena_strdup(r->log->arena, text);
}

static void
add_row(struct reading *r, const struct csv_record *record, const char *action, instant at)
{
    struct arena *a = r->log->arena;
    const uint32_t n = OWN_FIELDS + r->map->n_field;
    const struct import_row *before = r->n_row ? &r->row[r->n_row - 1] : NULL;
    const char *resource = cell(record, r->at.resource);
    const char **own = arena_array(a, n, const char *);
    struct import_row row = {.line = record->line, .at = at, .action = action, .own = own};

    for (uint32_t i = 0; i < n; i++)
        own[i] = keep(r, cell(record, r->at.own[i]), before ? before->own[i] : NULL);
    row.case_id = keep(r, cell(record, r->at.case_id), before ? before->case_id : NULL);
    row.resource = *resource ? keep(r, resource, before ? before->resource : NULL) : NULL;
    r->row = arena_grow(a, r->row, r->n_row, sizeof(*r->row));
    r->row[r->n_row++] = row;
}

/* One row of history is wrong, so the case cannot be told whole. */
static void
spoil(struct reading *r, const char *case_id)
{
    if (!*case_id) {
        r->log->lost++;
        return;
    }
    r->bad = arena_grow(r->log->arena, r->bad, r->n_bad, sizeof(*r->bad));
    r->bad[r->n_bad++] = arena_strdup(r->log->arena, case_id);
}

static void
read_row(struct reading *r, const struct csv_record *record)
{
    struct import_log *log = r->log;
    const char *case_id = cell(record, r->at.case_id);
    const char *activity = cell(record, r->at.activity), *time = cell(record, r->at.time);
    const struct value *action = value_get(&r->map->activities, activity);
    instant at;

    if ((action && action->kind == VALUE_NULL) || !is_history(r, record)) {
        log->passed++;
        return;
    }
    if (!*case_id)
        import_complain(log, record->line, "the case is not named");
    else if (!action)
        import_complain(log, record->line, "the map knows no activity \"%s\"", activity);
    else if (!import_read_moment(r->map, time, &at))
        import_complain(log, record->line, "\"%s\" is no date and time", time);
    else {
        add_row(r, record, action->string, at);
        return;
    }
    spoil(r, case_id);
}

static bool
read_rows(struct reading *r, const char *bytes, size_t len, struct error *e)
{
    struct csv csv = csv_new(bytes, len);
    struct csv_record record;
    struct arena scratch = {0};
    enum csv_kind kind = csv_next(&csv, r->log->arena, &record, e);

    if (kind != CSV_RECORD)
        return kind == CSV_BAD || error_set(e, ERROR_BAD_FILE, "%s is empty", r->log->path);
    if (!find_columns(r, &record, e))
        return false;
    while ((kind = csv_next(&csv, &scratch, &record, e)) != CSV_END) {
        if (kind == CSV_BAD) {
            import_complain(r->log, record.line, "%s", e->detail);
            spoil(r, "");
        } else if (record.n != r->at.n) {
            import_complain(r->log, record.line, "there are %u fields and %u columns", record.n,
                            r->at.n);
            spoil(r, (uint32_t)r->at.case_id < record.n ? cell(&record, r->at.case_id) : "");
        } else {
            read_row(r, &record);
        }
        arena_reset(&scratch);
    }
    arena_release(&scratch);
    return true;
}

/* --- from rows to cases --- */

static int
compare_rows(const void *a, const void *b)
{
    const struct import_row *x = a, *y = b;
    const int order = strcmp(x->case_id, y->case_id);

    if (order)
        return order;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->line < y->line ? -1 : 1;
}

static int
compare_cases(const void *a, const void *b)
{
    const struct import_case *x = a, *y = b;

    if (x->row[0].at != y->row[0].at)
        return x->row[0].at < y->row[0].at ? -1 : 1;
    return x->row[0].line < y->row[0].line ? -1 : 1;
}

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
read_integer(const char *text, int64_t *n)
{
    char *end;

    errno = 0;
    *n = strtoll(text, &end, 10);
    return !errno && end != text && !*end;
}

/* A field of the form as JSON; false when the text is none of its kind. */
static bool
field_value(const struct import_log *log, const struct import_field *f, const char *text,
            struct value *out)
{
    char written[INSTANT_TEXT];
    instant at;
    day d;
    int64_t n;

    switch (f->kind) {
    case IMPORT_TEXT:
        *out = value_borrow(text);
        return true;
    case IMPORT_INTEGER:
        if (!read_integer(text, &n))
            return false;
        *out = value_int(n);
        return true;
    case IMPORT_BOOLEAN:
        *out = value_bool(!strcmp(text, "true"));
        return out->boolean || !strcmp(text, "false");
    case IMPORT_DATE:
        *out = value_borrow(arena_strndup(log->arena, text, 10));
        return strlen(text) >= 10 && day_read(text, 10, &d);
    case IMPORT_MOMENT:
        if (!import_read_moment(log->map, text, &at))
            return false;
        *out = value_string(log->arena, instant_write(at, written));
        return true;
    }
    return false;
}

static bool
read_form(struct import_log *log, struct import_case *c)
{
    const struct import_map *m = log->map;
    struct member *member = arena_array(log->arena, m->n_field, struct member);
    size_t n = 0;

    for (uint32_t i = 0; i < m->n_field; i++) {
        const char *text = c->row[0].own[OWN_FIELDS + i];

        if (!*text)
            continue;
        member[n].name = m->field[i].name;
        member[n].name_len = (uint32_t)strlen(m->field[i].name);
        if (!field_value(log, &m->field[i], text, &member[n].value)) {
            import_complain(log, c->row[0].line, "%s: \"%s\" is not of its kind",
                            m->field[i].column, text);
            return false;
        }
        n++;
    }
    c->form = value_object(log->arena, member, n);
    return true;
}

/* All rows of a case must say the same of it. */
static bool
agree(struct import_log *log, const struct import_case *c)
{
    for (uint32_t i = 1; i < c->n_row; i++)
        for (uint32_t j = 0; j < OWN_FIELDS + log->map->n_field; j++)
            if (strcmp(c->row[i].own[j], c->row[0].own[j]) != 0) {
                import_complain(log, c->row[i].line, "\"%s\" of case %s, but \"%s\" in line %u",
                                c->row[i].own[j], c->id, c->row[0].own[j], c->row[0].line);
                return false;
            }
    return true;
}

/* What happened before the opening moves it; what happened after the closing, that. */
static bool
read_span(struct import_log *log, struct import_case *c)
{
    const char *const *own = c->row[0].own;
    const instant first = c->row[0].at, last = c->row[c->n_row - 1].at;

    c->opened = first;
    c->closed = INSTANT_NONE;
    if ((*own[OWN_OPENED] && !import_read_moment(log->map, own[OWN_OPENED], &c->opened)) ||
        (*own[OWN_CLOSED] && !import_read_moment(log->map, own[OWN_CLOSED], &c->closed))) {
        import_complain(log, c->row[0].line,
                        "when case %s was opened or closed is no date and time", c->id);
        return false;
    }
    if (c->opened > first)
        c->opened = first;
    if (c->closed != INSTANT_NONE && c->closed < last)
        c->closed = last;
    return true;
}

static const char *
text_or_null(const char *text)
{
    return *text ? text : NULL;
}

static void
add_case(struct reading *r, const struct import_row *row, uint32_t n)
{
    struct import_log *log = r->log;
    struct import_case c = {.id = row[0].case_id, .row = row, .n_row = n};

    c.bad = (r->n_bad && bsearch(&c.id, r->bad, r->n_bad, sizeof(*r->bad), compare_texts)) ||
            !agree(log, &c) || !read_span(log, &c) || !read_form(log, &c);
    c.party = text_or_null(row[0].own[OWN_PARTY]);
    c.name = text_or_null(row[0].own[OWN_NAME]);
    log->rows += n;
    log->bad_cases += c.bad;
    log->item = arena_grow(log->arena, log->item, log->n, sizeof(*log->item));
    log->item[log->n++] = c;
}

static void
make_cases(struct reading *r)
{
    size_t from = 0;

    if (r->n_bad)
        qsort(r->bad, r->n_bad, sizeof(*r->bad), compare_texts);
    if (r->n_row)
        qsort(r->row, r->n_row, sizeof(*r->row), compare_rows);
    for (size_t i = 1; i <= r->n_row; i++)
        if (i == r->n_row || strcmp(r->row[i].case_id, r->row[from].case_id) != 0) {
            add_case(r, &r->row[from], (uint32_t)(i - from));
            from = i;
        }
    if (r->log->n)
        qsort(r->log->item, r->log->n, sizeof(*r->log->item), compare_cases);
}

bool
import_log_read(struct arena *a, const char *path, const struct import_map *m,
                struct import_log *out, struct error *e)
{
    struct reading r = {.log = out, .map = m};
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    void *bytes;
    bool ok;

    *out = (struct import_log){.arena = a, .path = path, .map = m};
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size == 0) {
        if (fd >= 0)
            (void)close(fd);
        return error_set(e, ERROR_BAD_FILE, "%.200s cannot be read, or is empty", path);
    }
    bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    (void)close(fd);
    if (bytes == MAP_FAILED)
        return error_set(e, ERROR_BAD_FILE, "%.200s cannot be read: %m", path);
    ok = read_rows(&r, bytes, (size_t)st.st_size, e);
    (void)munmap(bytes, (size_t)st.st_size);
    if (ok)
        make_cases(&r);
    return ok;
}
