/* SPDX-License-Identifier: Apache-2.0 */
/* What was published last, from the database. */
#include "daemon/published.h"

#include <string.h>

#include "base/log.h"
#include "daemon/ask.h"
#include "store/rows.h"

/* Columns of definition_standing. */
enum { S_ID, S_HASH, S_WORKFLOW, S_DISTRICT, S_FROM, S_UNTIL, S_TODAY };

struct published {
    struct arena *a;
    const struct definition_files *files;
    int64_t *id; /* of the versions that are wanted, and their hashes */
    const char **hash;
    uint32_t n;
    const struct workflow **version; /* those of them that could be restored */
    uint32_t n_version;
    uint32_t next;
};

static const char *
base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* ID.json, ID.ANYTHING.json; of a district ID@CODE.json, ID.ANYTHING@CODE.json. */
static bool
has_file(const struct published *p, const char *workflow, const char *district)
{
    const size_t len = strlen(workflow);
    bool found = false;

    for (uint32_t i = 0; i < p->files->n && !found; i++) {
        const char *name = base_name(p->files->path[i]), *at = strchr(name, '@');
        const size_t n = strlen(district);

        if (strncmp(name, workflow, len) != 0 || (name[len] != '.' && name[len] != '@'))
            continue;
        found = *district ? at && !strncmp(at + 1, district, n) && at[1 + n] == '.' : !at;
    }
    return found;
}

/* Of the texts for one period the first speaks for it, as in publish.c; one that is over is past.
 */
static bool
speaks(const PGresult *res, int row)
{
    const int64_t until = row_int(res, row, S_UNTIL);

    for (int i = 0; i < row; i++)
        if (row_int(res, i, S_FROM) == row_int(res, row, S_FROM) &&
            !strcmp(row_text(res, i, S_WORKFLOW), row_text(res, row, S_WORKFLOW)) &&
            !strcmp(row_text(res, i, S_DISTRICT), row_text(res, row, S_DISTRICT)))
            return false;
    return !until || until > row_int(res, row, S_TODAY);
}

static void
on_standing(void *arg, const PGresult *res)
{
    struct published *p = arg;

    p->n = 0;
    p->id = arena_array(p->a, PQntuples(res), int64_t);
    p->hash = arena_array(p->a, PQntuples(res), const char *);
    for (int row = 0; row < PQntuples(res); row++) {
        if (!speaks(res, row) ||
            !has_file(p, row_text(res, row, S_WORKFLOW), row_text(res, row, S_DISTRICT)))
            continue;
        p->hash[p->n] = row_copy(res, row, S_HASH, p->a);
        p->id[p->n++] = row_int(res, row, S_ID);
    }
}

static void
on_body(void *arg, const PGresult *res)
{
    struct published *p = arg;
    struct error e;

    if (PQntuples(res) == 1 &&
        definition_restore(p->a, PQgetvalue(res, 0, 0), (size_t)PQgetlength(res, 0, 0),
                           &p->version[p->n_version], &e))
        p->n_version++;
    else
        log_error("a version in the database cannot be restored",
                  log_str("version", p->hash[p->next]));
}

static bool
read_all(struct published *p, struct asker *asker, struct error *e)
{
    bool done = asker_ask(asker, SQL_definition_standing, NULL, on_standing, p, e);

    p->version = arena_array(p->a, p->n, const struct workflow *);
    for (p->next = 0; done && p->next < p->n; p->next++) {
        struct parameters v = parameters_new(p->a);

        parameter_int(&v, p->id[p->next]);
        done = asker_ask(asker, SQL_definition_body, &v, on_body, p, e);
    }
    return done;
}

bool
published_read(const struct settings *s, const struct definition_files *files, struct arena *a,
               const struct registry **out, struct error *e)
{
    struct published p = {.a = a, .files = files};
    struct asker *asker = asker_open(s->database_conninfo, "onestop published", e);
    const bool done = asker && read_all(&p, asker, e);

    if (asker)
        asker_close(asker);
    if (done)
        *out = registry_build(a, p.version, p.n_version);
    return done;
}
