/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of certificates in a folder. */
#include "store/keys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SMALL = 16 * 1024 };

static bool
failed(struct error *e, const char *path)
{
    return error_set(e, ERROR_BAD_FILE, "%s: %s", path, strerrordesc_np(errno));
}

/* The whole of a small file; *@text NULL when it is not there. */
static bool
read_small_file(struct arena *a, const char *path, const char **text, struct error *e)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *bytes;
    ssize_t n;

    *text = NULL;
    if (fd < 0)
        return errno == ENOENT || failed(e, path);
    bytes = arena_alloc(a, SMALL + 1);
    n = read(fd, bytes, SMALL);
    close(fd);
    if (n < 0)
        return failed(e, path);
    bytes[n] = 0;
    *text = bytes;
    return true;
}

/* An id is part of a path: nothing but what signing_key_id() writes. */
static bool
is_key_id(const char *id)
{
    return *id && strlen(id) < 64 && id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-")] == 0;
}

bool
keys_current(struct arena *a, const char *folder, const char **id, struct error *e)
{
    const char *path = arena_printf(a, "%s/current", folder), *text;

    *id = NULL;
    if (!read_small_file(a, path, &text, e))
        return false;
    if (!text)
        return true;
    *id = arena_strndup(a, text, strcspn(text, "\r\n"));
    return is_key_id(*id) || error_set(e, ERROR_BAD_FILE, "%s names no key", path);
}

bool
keys_open(struct arena *a, const char *folder, const char *id, struct signing_key **out,
          struct error *e)
{
    if (!is_key_id(id))
        return error_set(e, ERROR_BAD_FILE, "%.40s is no id of a key", id);
    if (!signing_key_open(arena_printf(a, "%s/%s.pem", folder, id), out, e))
        return false;
    if (strcmp(signing_key_id(*out), id) == 0)
        return true;
    error_set(e, ERROR_BAD_FILE, "%s/%s.pem holds key %s", folder, id, signing_key_id(*out));
    signing_key_free(*out);
    return false;
}

/* Made by root for the daemon, who is another: the owner of the folder it lies in. */
static bool
give(int fd, const char *folder, struct error *e)
{
    struct stat around;

    if (geteuid() != 0 || stat(folder, &around) < 0 ||
        fchown(fd, around.st_uid, around.st_gid) == 0)
        return true;
    return failed(e, folder);
}

/* Complete or not there: what is written half is never called by its name. */
static bool
write_file(struct arena *a, const char *folder, const char *name, const char *text, mode_t mode,
           struct error *e)
{
    const char *path = arena_printf(a, "%s/%s", folder, name);
    const char *unfinished = arena_printf(a, "%s.new", path);
    const size_t len = strlen(text);
    const int fd = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (fd < 0)
        return failed(e, unfinished);
    if (write(fd, text, len) != (ssize_t)len || fchmod(fd, mode) < 0 || fsync(fd) < 0) {
        close(fd);
        return failed(e, unfinished);
    }
    if (!give(fd, folder, e)) {
        close(fd);
        return false;
    }
    close(fd);
    return rename(unfinished, path) == 0 || failed(e, path);
}

/* One that is there keeps its owner and mode. */
static bool
make_folder(struct arena *a, const char *folder, struct error *e)
{
    int fd;
    bool ok;

    if (mkdir(folder, 0700) < 0)
        return errno == EEXIST || failed(e, folder);
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return failed(e, folder);
    ok = give(fd, arena_printf(a, "%s/..", folder), e);
    close(fd);
    return ok;
}

bool
keys_add(struct arena *a, const char *folder, const struct signing_key *k, struct error *e)
{
    const char *id = signing_key_id(k);
    char *secret = signing_key_private_pem(k, a);
    const bool ok = make_folder(a, folder, e) &&
                    write_file(a, folder, arena_printf(a, "%s.pem", id), secret, 0600, e) &&
                    write_file(a, folder, arena_printf(a, "%s.pub.pem", id),
                               signing_key_public_pem(k, a), 0644, e) &&
                    write_file(a, folder, "current", arena_printf(a, "%s\n", id), 0600, e);

    explicit_bzero(secret, strlen(secret));
    return ok;
}

static int
compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool
keys_list(struct arena *a, const char *folder, const char ***id, size_t *n, struct error *e)
{
    static const char tail[] = ".pub.pem";
    DIR *d = opendir(folder);
    const struct dirent *entry;

    *id = NULL;
    *n = 0;
    if (!d)
        return errno == ENOENT || failed(e, folder);
    while ((entry = readdir(d)) != NULL) { /* NOLINT(concurrency-mt-unsafe): own DIR */
        const size_t len = strlen(entry->d_name);

        if (len < sizeof(tail) || strcmp(entry->d_name + len - sizeof(tail) + 1, tail) != 0)
            continue;
        *id = arena_grow(a, *id, *n, sizeof(**id));
        (*id)[(*n)++] = arena_strndup(a, entry->d_name, len - sizeof(tail) + 1);
    }
    closedir(d);
    if (*n)
        qsort(*id, *n, sizeof(**id), compare);
    return true;
}

bool
keys_public(struct arena *a, const char *folder, const char *id, const char **pem, struct error *e)
{
    if (is_key_id(id) && !read_small_file(a, arena_printf(a, "%s/%s.pub.pem", folder, id), pem, e))
        return false;
    return (is_key_id(id) && *pem) ||
           error_set(e, ERROR_NOT_FOUND, "%s has no key %.40s", folder, id);
}
