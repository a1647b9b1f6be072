/* SPDX-License-Identifier: Apache-2.0 */
/* Files of evidence: whole and on disk, or not there. */
#include "daemon/outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

bool
outlet_open(struct outlet *o, const char *path, struct error *e)
{
    int fd;

    *o = (struct outlet){.path = path};
    if (!path)
        return true;
    if (snprintf(o->part, sizeof(o->part), "%s.part", path) >= OUTLET_PATH)
        return error_set(e, ERROR_BAD_FILE, "%.60s…: the name is too long", path);
    /* What persons said stands in it. */
    fd = open(o->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    o->f = fd < 0 ? NULL : fdopen(fd, "w");
    if (o->f)
        return true;
    error_set(e, ERROR_BAD_FILE, "%s: %s", o->part, strerrordesc_np(errno));
    if (fd >= 0)
        (void)close(fd);
    return false;
}

void
outlet_put(struct outlet *o, struct arena *a, const struct evidence *line)
{
    struct text t = text_new(a);

    if (!o->f)
        return;
    evidence_write(&t, line);
    if (fwrite(t.at, 1, t.len, o->f) != t.len && !o->error.code)
        error_set(&o->error, ERROR_BAD_FILE, "%s: %s", o->part, strerrordesc_np(errno));
}

/* A name is on disk when its folder is. */
static bool
sync_folder(const char *path)
{
    char folder[OUTLET_PATH];
    const char *slash = strrchr(path, '/');
    bool ok;
    int fd;

    (void)snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) + 1 : 1,
                   slash ? path : ".");
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        (void)close(fd);
    return ok;
}

bool
outlet_close(struct outlet *o, struct error *e)
{
    bool ok;

    if (!o->f)
        return true;
    if (o->error.code) {
        *e = o->error;
        return false;
    }
    ok = fflush(o->f) == 0 && fsync(fileno(o->f)) == 0;
    ok = fclose(o->f) == 0 && ok;
    o->f = NULL;
    return (ok && rename(o->part, o->path) == 0 && sync_folder(o->path)) ||
           error_set(e, ERROR_BAD_FILE, "%s: %s", o->path, strerrordesc_np(errno));
}

void
outlet_drop(struct outlet *o)
{
    if (!o->f)
        return;
    (void)fclose(o->f);
    (void)unlink(o->part);
    o->f = NULL;
}
