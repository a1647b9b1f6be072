/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdalign.h>
#include <stddef.h>

/**
 * A bump allocator: many small allocations, one release.
 *
 * Lifetime is the whole contract.  Everything taken from an arena lives until
 * arena_reset() or arena_release() on that arena, and nothing taken from it is
 * ever freed alone.  The daemon has three kinds:
 *
 *   definition arena   one per loaded workflow version, shared, read-only
 *   batch arena        one per worker, reset after each database transaction
 *   request arena      one per HTTP request, released with the request
 *
 * A pointer may be stored in an object only if the object's arena dies no
 * later than the pointer's.
 *
 * An arena is bounded by what is read into it (every input has a size limit),
 * so taking memory cannot fail: when the machine has none left the process
 * ends, systemd restarts it, and the database holds the truth.
 *
 * `struct arena a = {0};` is an empty arena.  Not thread-safe.
 */
struct arena {
    struct arena_block *top; /* newest block, NULL when empty */
    size_t used;             /* bytes handed out since the last reset */
};

/** Returns @size zeroed bytes aligned for any type; never NULL. */
void *arena_alloc(struct arena *a, size_t size) __attribute__((malloc, returns_nonnull));

/** The same, not zeroed: for text and copies, which fill it at once. */
void *arena_bytes(struct arena *a, size_t size) __attribute__((malloc, returns_nonnull));

/** Copies @len bytes of @text and adds a terminating NUL. */
char *arena_strndup(struct arena *a, const char *text, size_t len) __attribute__((returns_nonnull));

/** Copies a C string. */
char *arena_strdup(struct arena *a, const char *text) __attribute__((returns_nonnull));

/** Formats into the arena, like asprintf(). */
char *arena_printf(struct arena *a, const char *format, ...)
    __attribute__((returns_nonnull, format(printf, 2, 3)));

/** Copies @size bytes. */
void *arena_copy(struct arena *a, const void *from, size_t size) __attribute__((returns_nonnull));

/** Forgets everything but keeps one block for reuse. */
void arena_reset(struct arena *a);

/** Frees everything.  The arena may be used again. */
void arena_release(struct arena *a);

#define arena_new(a, type)      ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, n, type) ((type *)arena_alloc((a), (size_t)(n) * sizeof(type)))

/**
 * Makes room for one more item behind the @n items of @array, doubling at
 * powers of two, and returns the array, moved if it had to grow.  Use:
 *     list->item = arena_grow(a, list->item, list->n, sizeof(*list->item));
 *     list->item[list->n++] = x;
 */
void *arena_grow(struct arena *a, void *array, size_t n, size_t size)
    __attribute__((returns_nonnull));

#endif
