/* SPDX-License-Identifier: Apache-2.0 */
/* Files in a directory, by their ids. */
#include "store/shelf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_TEXT = 4200 };

static bool
failed(const char *what, const char *path, struct error *e)
{
    return error_set(e, ERROR_STORE_FAILED, "%s %s: %s", what, path, strerror(errno));
}

void
file_id_new(char id[FILE_ID_TEXT])
{
    uint32_t word[4];

    arc4random_buf(word, sizeof(word));
    (void)snprintf(id, FILE_ID_TEXT, "%08x%08x%08x%08x", word[0], word[1], word[2], word[3]);
}

static void
folder_of(const char *folder, const char *id, char path[PATH_TEXT])
{
    (void)snprintf(path, PATH_TEXT, "%s/%.2s", folder, id);
}

static void
path_of(const char *folder, const char *id, const char *more, char path[PATH_TEXT])
{
    (void)snprintf(path, PATH_TEXT, "%s/%.2s/%s%s", folder, id, id, more);
}

bool
shelf_open(const char *folder, struct error *e)
{
    if (mkdir(folder, 0700) < 0 && errno != EEXIST)
        return error_set(e, ERROR_BAD_SETTING, "files.folder %s: %s", folder, strerror(errno));
    if (access(folder, R_OK | W_OK | X_OK) < 0)
        return error_set(e, ERROR_BAD_SETTING, "files.folder %s: %s", folder, strerror(errno));
    return true;
}

/* Makes what was done in @path safe: names are a folder's content. */
static bool
settle(const char *path, struct error *e)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const bool ok = fd >= 0 && fsync(fd) == 0;

    if (!ok)
        (void)failed("cannot save", path, e);
    if (fd >= 0)
        (void)close(fd);
    return ok;
}

static int
open_part(const char *folder, const char *id, char path[PATH_TEXT])
{
    const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
    int fd;

    path_of(folder, id, ".part", path);
    fd = open(path, flags, 0600);
    if (fd < 0 && errno == ENOENT) {
        char part[PATH_TEXT];

        folder_of(folder, id, part);
        if (mkdir(part, 0700) == 0 || errno == EEXIST)
            fd = open(path, flags, 0600);
    }
    return fd;
}

bool
shelf_put(const char *folder, const char *id, uint64_t at, const void *bytes, size_t len,
          struct error *e)
{
    char path[PATH_TEXT];
    const int fd = open_part(folder, id, path);
    bool ok = fd >= 0;

    for (size_t done = 0; ok && done < len;) {
        const ssize_t n = pwrite(fd, (const char *)bytes + done, len - done, (off_t)(at + done));

        ok = n > 0 || (n < 0 && errno == EINTR);
        done += n > 0 ? (size_t)n : 0;
    }
    if (!ok)
        (void)failed("cannot write", path, e);
    if (fd >= 0 && close(fd) < 0 && ok)
        ok = failed("cannot write", path, e);
    return ok;
}

bool
shelf_keep(const char *folder, const char *id, struct error *e)
{
    char part[PATH_TEXT], path[PATH_TEXT], around[PATH_TEXT];

    path_of(folder, id, ".part", part);
    path_of(folder, id, "", path);
    folder_of(folder, id, around);
    if (!settle(part, e))
        return false;
    if (rename(part, path) < 0)
        return failed("cannot rename", part, e);
    return settle(around, e) && settle(folder, e);
}

bool
shelf_get(const char *folder, const char *id, uint64_t at, void *bytes, size_t len, struct error *e)
{
    char path[PATH_TEXT];
    int fd;
    size_t done = 0;
    bool ok;

    path_of(folder, id, "", path);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ok = fd >= 0;
    while (ok && done < len) {
        const ssize_t n = pread(fd, (char *)bytes + done, len - done, (off_t)(at + done));

        if (n == 0)
            errno = ENODATA; /* shorter than its row says */
        ok = n > 0 || (n < 0 && errno == EINTR);
        done += n > 0 ? (size_t)n : 0;
    }
    if (!ok)
        (void)failed("cannot read", path, e);
    if (fd >= 0)
        (void)close(fd);
    return ok;
}

bool
shelf_drop(const char *folder, const char *id, struct error *e)
{
    char path[PATH_TEXT];

    path_of(folder, id, ".part", path);
    if (unlink(path) < 0 && errno != ENOENT)
        return failed("cannot remove", path, e);
    path_of(folder, id, "", path);
    return unlink(path) == 0 || errno == ENOENT || failed("cannot remove", path, e);
}
