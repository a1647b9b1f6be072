/* SPDX-License-Identifier: Apache-2.0 */
/* Regular expressions of forms: the only file that calls PCRE2. */
#include "definition/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/require.h"

struct pattern {
    const pcre2_code *code;
};

struct pattern_work {
    pcre2_match_data *data;
    pcre2_match_context *context;
    int64_t left; /* steps of the budget */
};

/*
 * PCRE2 takes all memory, for compiled patterns too, from the arena at hand:
 * a pattern then lives exactly as long as the definition it belongs to, and
 * nobody has to remember to free it.
 */
static void *
from_arena(size_t size, void *arena)
{
    return arena_alloc(arena, size);
}

static void
leave_to_arena(void *memory, void *arena)
{
    (void)memory;
    (void)arena;
}

static pcre2_general_context *
memory_of(struct arena *a)
{
    pcre2_general_context *g = pcre2_general_context_create(from_arena, leave_to_arena, a);

    require(g);
    return g;
}

bool
pattern_compile(struct arena *a, const char *text, size_t len, const struct pattern **out,
                struct error *e)
{
    /* Callouts are how matching counts its steps. */
    const uint32_t options = PCRE2_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C |
                             PCRE2_DOLLAR_ENDONLY | PCRE2_ALLOW_EMPTY_CLASS |
                             PCRE2_MATCH_UNSET_BACKREF | PCRE2_AUTO_CALLOUT;
    struct text t = text_new(a);
    struct pattern *p = arena_new(a, struct pattern);
    pcre2_compile_context *context;
    PCRE2_SIZE at;
    int problem;

    if (len > PATTERN_BYTES)
        return error_set(e, ERROR_DEFINITION_INVALID,
                         "a pattern has at most %d bytes: shorten it or use a format",
                         PATTERN_BYTES);
    if (!pattern_translate(text, len, &t, e))
        return false;
    context = pcre2_compile_context_create(memory_of(a));
    require(context);
    p->code = pcre2_compile((PCRE2_SPTR)t.at, t.len, options, &problem, &at, context);
    if (!p->code) {
        PCRE2_UCHAR why[160];

        (void)pcre2_get_error_message(problem, why, sizeof(why));
        return error_set(e, ERROR_DEFINITION_INVALID, "pattern: %s", (const char *)why);
    }
    *out = p;
    return true;
}

/*
 * Called before each item that is tried.  PCRE2's own match limit begins anew
 * at every start position and does not see how far a repetition runs, so the
 * budget counts both: one step, and the bytes the item may run over.
 */
static int
on_item(pcre2_callout_block *b, void *work)
{
    struct pattern_work *w = work;

    w->left -= 1 + (int64_t)((b->subject_length - b->current_position) / PATTERN_STRIDE);
    return w->left < 0 ? PCRE2_ERROR_CALLOUT : 0;
}

struct pattern_work *
pattern_work_new(struct arena *a)
{
    struct pattern_work *w = arena_new(a, struct pattern_work);
    pcre2_general_context *memory = memory_of(a);

    w->data = pcre2_match_data_create(1, memory);
    w->context = pcre2_match_context_create(memory);
    require(w->data && w->context);
    pcre2_set_match_limit(w->context, PATTERN_MATCH_LIMIT);
    pcre2_set_depth_limit(w->context, PATTERN_DEPTH_LIMIT);
    pcre2_set_heap_limit(w->context, PATTERN_HEAP_KIB);
    pcre2_set_callout(w->context, on_item, w);
    w->left = PATTERN_BUDGET;
    return w;
}

enum pattern_answer
pattern_match(const struct pattern *p, struct pattern_work *w, const char *text, size_t len)
{
    int found;

    w->left -= 1 + (int64_t)(len / PATTERN_STRIDE);
    if (w->left < 0)
        return PATTERN_TOO_COSTLY;
    found = pcre2_match(p->code, (PCRE2_SPTR)text, len, 0, 0, w->data, w->context);
    if (found >= 0)
        return PATTERN_MATCHES;
    return found == PCRE2_ERROR_NOMATCH ? PATTERN_DIFFERS : PATTERN_TOO_COSTLY;
}
