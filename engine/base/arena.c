/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is released all at once. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define POISONED_ARENAS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISONED_ARENAS 1
#endif
#endif
#ifdef POISONED_ARENAS
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size)   ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif

enum { BLOCK_BYTES = 16 * 1024, BLOCK_MOST = 1024 * 1024 };

struct arena_block {
    struct arena_block *below;
    size_t size;
    size_t fill;
    alignas(max_align_t) unsigned char bytes[];
};

static void
out_of_memory(void)
{
    fputs("onestop: out of memory\n", stderr);
    abort();
}

static struct arena_block *
block_new(size_t size, struct arena_block *below)
{
    struct arena_block *b = malloc(sizeof(*b) + size);

    if (!b) {
        out_of_memory();
        __builtin_unreachable();
    }
    b->below = below;
    b->size = size;
    b->fill = 0;
    ASAN_POISON_MEMORY_REGION(b->bytes, size);
    return b;
}

void *
arena_bytes(struct arena *a, size_t size)
{
    const size_t mask = alignof(max_align_t) - 1;
    void *p;

    if (size > SIZE_MAX / 4)
        out_of_memory();
    size = (size + mask) & ~mask;
    if (!a->top || size > a->top->size - a->top->fill) {
        /* Blocks double, so that a large arena has few of them. */
        size_t want = a->top ? a->top->size * 2 : BLOCK_BYTES;

        if (want > BLOCK_MOST)
            want = BLOCK_MOST;
        a->top = block_new(size > want ? size : want, a->top);
    }
    p = a->top->bytes + a->top->fill;
    ASAN_UNPOISON_MEMORY_REGION(p, size);
    a->top->fill += size;
    a->used += size;
    return p;
}

void *
arena_alloc(struct arena *a, size_t size)
{
    return memset(arena_bytes(a, size), 0, size);
}

char *
arena_strndup(struct arena *a, const char *text, size_t len)
{
    char *copy = arena_bytes(a, len + 1);

    if (len)
        memcpy(copy, text, len);
    copy[len] = 0;
    return copy;
}

char *
arena_strdup(struct arena *a, const char *text)
{
    return arena_strndup(a, text, strlen(text));
}

void *
arena_copy(struct arena *a, const void *from, size_t size)
{
    void *copy = arena_bytes(a, size);

    if (size)
        memcpy(copy, from, size);
    return copy;
}

char *
arena_printf(struct arena *a, const char *format, ...)
{
    va_list ap, again;
    char *text;
    int len;

    va_start(ap, format);
    va_copy(again, ap);
    len = vsnprintf(NULL, 0, format, ap);
    va_end(ap);
    if (len < 0)
        out_of_memory();
    text = arena_bytes(a, (size_t)len + 1);
    (void)vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return text;
}

void *
arena_grow(struct arena *a, void *array, size_t n, size_t size)
{
    void *larger;

    if (n != 0 && (n & (n - 1)) != 0)
        return array;
    larger = arena_alloc(a, (n ? 2 * n : 1) * size);
    if (n)
        memcpy(larger, array, n * size);
    return larger;
}

/* Keeps the largest block of usual size: an arena that is used again needs as much again. */
void
arena_reset(struct arena *a)
{
    struct arena_block *kept = NULL;

    while (a->top) {
        struct arena_block *b = a->top;

        a->top = b->below;
        if (b->size <= BLOCK_MOST && (!kept || b->size > kept->size)) {
            free(kept);
            kept = b;
        } else
            free(b);
    }
    if (kept) {
        kept->below = NULL;
        kept->fill = 0;
        ASAN_POISON_MEMORY_REGION(kept->bytes, kept->size);
    }
    a->top = kept;
    a->used = 0;
}

void
arena_release(struct arena *a)
{
    arena_reset(a);
    free(a->top);
    a->top = NULL;
}
