/* SPDX-License-Identifier: Apache-2.0 */
/* Random draws: committed to before, revealed after. */
#include "machine/draw.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "definition/digest.h"
#include "machine/notes.h"

struct candidate {
    const char *name;
    int64_t weight;
};

static const struct commitment *
committed(const struct case_state *c, const char *name)
{
    for (uint32_t i = 0; i < c->n_commitment; i++)
        if (!strcmp(c->commitment[i].name, name))
            return &c->commitment[i];
    return NULL;
}

static const char *
digest_of(struct arena *a, const char *text)
{
    char hex[DIGEST_TEXT];

    digest_text(text, strlen(text), hex);
    return arena_strdup(a, hex);
}

void
run_commit(struct run *r, const char *name)
{
    const char *seed;

    if (r->failed || committed(r->c, name))
        return;
    if (!r->s->seed) {
        run_unseeded(r, "a draw");
        return;
    }
    /* One command may commit to several draws, and what came due to others: no seed twice. */
    seed = digest_of(r->a, arena_printf(r->a, "%s:%s:%s:%d", r->s->seed,
                                        r->c->number ? r->c->number : "", name, r->c->last_draw));
    emit(r, (struct fact){.kind = FACT_COMMITTED,
                          .name = name,
                          .detail = digest_of(r->a, seed),
                          .value = value_borrow(seed)});
}

static void PRINTF(2, 3) refuse(struct run *r, const char *what, ...)
{
    char text[200];
    va_list ap;

    va_start(ap, what);
    (void)vsnprintf(text, sizeof(text), what, ap);
    va_end(ap);
    if (!r->failed)
        error_set(r->e, ERROR_GUARD_FAILED, "%s", text);
    r->failed = true;
}

/* An array of texts; empty when @x is NULL. */
static struct value
run_names(struct run *r, struct place where, const char *draw, const char *what,
          const struct expression *x)
{
    struct value v = x ? run_value(r, where, x) : value_array(NULL, 0);

    for (uint32_t i = 0; !r->failed && i < v.n; i++)
        if (v.kind != VALUE_ARRAY || v.item[i].kind != VALUE_STRING)
            refuse(r, "draw %s: %s are texts", draw, what);
    if (v.n > DRAW_CANDIDATES)
        refuse(r, "draw %s: more than %d %s", draw, DRAW_CANDIDATES, what);
    return v;
}

static bool
is_among(const struct value *names, const char *name)
{
    for (uint32_t i = 0; i < names->n; i++)
        if (!strcmp(names->item[i].string, name))
            return true;
    return false;
}

static int
by_name(const void *x, const void *y)
{
    return strcmp(((const struct candidate *)x)->name, ((const struct candidate *)y)->name);
}

/* Those who may be drawn, in the order of their names. */
static struct candidate *
candidates_of(struct run *r, const char *draw, const struct value *from,
              const struct value *weights, const struct value *exclude, uint32_t *n)
{
    struct candidate *all = arena_array(r->a, from->n, struct candidate);
    int64_t sum = 0;

    if (weights && weights->n != from->n)
        refuse(r, "draw %s: %u candidates and %u weights", draw, from->n, weights->n);
    for (uint32_t i = 0; !r->failed && i < from->n; i++) {
        const int64_t w = weights ? weights->item[i].integer : 1;

        if (weights && (weights->item[i].kind != VALUE_INT || w < 0))
            refuse(r, "draw %s: a weight is a number from 0", draw);
        else if (is_among(exclude, from->item[i].string) || w == 0)
            continue;
        else if (__builtin_add_overflow(sum, w, &sum))
            refuse(r, "draw %s: the weights are too large", draw);
        all[(*n)++] = (struct candidate){from->item[i].string, w};
    }
    qsort(all, *n, sizeof(*all), by_name);
    for (uint32_t i = 1; !r->failed && i < *n; i++)
        if (!strcmp(all[i].name, all[i - 1].name))
            refuse(r, "draw %s: %s stands there twice", draw, all[i].name);
    return all;
}

static uint64_t
number_at(struct arena *a, const char *key, uint32_t i)
{
    const char *hex = digest_of(a, arena_printf(a, "%s:%u", key, i));
    uint64_t n = 0;

    for (int k = 0; k < 16; k++)
        n = n << 4 | (uint64_t)(hex[k] <= '9' ? hex[k] - '0' : hex[k] - 'a' + 10);
    return n;
}

/* Draws @count of @all, which are at least as many. */
static struct value
draw_them(struct arena *a, const char *key, const struct candidate *all, uint32_t n, uint32_t count)
{
    struct candidate *left = arena_copy(a, all, n * sizeof(*all));
    struct value *drawn = arena_array(a, count, struct value);
    uint64_t sum = 0;
    uint32_t i = 0;

    for (uint32_t k = 0; k < n; k++)
        sum += (uint64_t)left[k].weight;
    for (uint32_t d = 0; d < count; d++) {
        const uint64_t rest = (UINT64_MAX % sum + 1) % sum; /* 2^64 mod sum */
        uint64_t x = number_at(a, key, i++);
        uint32_t k = 0;

        while (x > UINT64_MAX - rest)
            x = number_at(a, key, i++);
        for (x %= sum; x >= (uint64_t)left[k].weight; k++)
            x -= (uint64_t)left[k].weight;
        drawn[d] = value_borrow(left[k].name);
        sum -= (uint64_t)left[k].weight;
        memmove(&left[k], &left[k + 1], (n - d - k - 1) * sizeof(*left));
    }
    return value_array(drawn, count);
}

/* What was drawn from, so that it can be computed again from this fact alone. */
static struct value
report(struct arena *a, const struct candidate *all, uint32_t n, bool weighted,
       const struct value *exclude, const char *mix, const char *hash, struct value drawn)
{
    struct value *names = arena_array(a, n, struct value);
    struct value *weights = arena_array(a, n, struct value);
    struct note o = {.n = 0};

    for (uint32_t i = 0; i < n; i++) {
        names[i] = value_borrow(all[i].name);
        weights[i] = value_int(all[i].weight);
    }
    note_add(&o, "candidates", value_array(names, n));
    note_add(&o, "drawn", drawn);
    if (exclude->n)
        note_add(&o, "exclude", *exclude);
    note_string(&o, "hash", hash);
    note_string(&o, "mix", mix);
    if (weighted)
        note_add(&o, "weights", value_array(weights, n));
    return note_done(a, &o);
}

void
run_draw(struct run *r, struct place where, const char *name, const struct drawing *g)
{
    const struct commitment *m = committed(r->c, name);
    struct value from, exclude, weights = value_null(), count, mix = value_null(), drawn;
    struct candidate *all;
    const char *key;
    uint32_t n = 0;

    if (r->failed)
        return;
    if (!m) {
        refuse(r, "draw %s: nobody has committed to its seed before", name);
        return;
    }
    from = run_names(r, where, name, "candidates", g->from);
    exclude = run_names(r, where, name, "those excluded", g->exclude);
    if (g->weights)
        weights = run_value(r, where, g->weights);
    if (g->mix)
        mix = run_value(r, where, g->mix);
    count = run_value(r, where, g->count);
    if (r->failed)
        return;
    all = candidates_of(r, name, &from, g->weights ? &weights : NULL, &exclude, &n);
    if (!r->failed && (count.integer < 1 || count.integer > n))
        refuse(r, "draw %s: %lld of %u cannot be drawn", name, (long long)count.integer, n);
    if (r->failed)
        return;
    key = digest_of(r->a, arena_printf(r->a, "%s:%s", m->seed, g->mix ? mix.string : ""));
    drawn = draw_them(r->a, key, all, n, (uint32_t)count.integer);
    emit(r, (struct fact){.kind = FACT_DRAWN,
                          .name = name,
                          .detail = m->seed,
                          .value = report(r->a, all, n, g->weights != NULL, &exclude,
                                          g->mix ? mix.string : NULL, m->hash, drawn)});
    emit(r, (struct fact){.kind = FACT_SET, .name = g->into, .value = drawn});
}

void
apply_draw(struct case_state *c, const struct fact *f, struct arena *a)
{
    struct commitment *all = arena_array(a, c->n_commitment + 1, struct commitment);
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->n_commitment; i++)
        if (strcmp(c->commitment[i].name, f->name) != 0)
            all[n++] = c->commitment[i];
    if (f->kind == FACT_COMMITTED)
        all[n++] = (struct commitment){f->name, f->value.string, f->detail};
    c->commitment = all;
    c->n_commitment = n;
    c->last_draw++;
}

bool
draw_fits(const struct case_state *c, const struct fact *f)
{
    if (!f->name || !f->detail)
        return false;
    if (f->kind == FACT_COMMITTED)
        return f->value.kind == VALUE_STRING && !committed(c, f->name);
    return f->value.kind == VALUE_OBJECT && committed(c, f->name);
}

struct value
note_commitment(struct arena *a, const struct workflow *w, const struct commitment *m)
{
    struct note o = {.n = 0};

    (void)w;
    note_string(&o, "hash", m->hash);
    note_string(&o, "name", m->name);
    note_string(&o, "seed", m->seed);
    return note_done(a, &o);
}

bool
read_commitments(struct arena *a, const struct value *list, struct case_state *c)
{
    const uint32_t n = list && list->kind == VALUE_ARRAY ? list->n : 0;
    struct commitment *all = arena_array(a, n, struct commitment);

    for (uint32_t i = 0; i < n; i++) {
        all[i] = (struct commitment){value_get_string(&list->item[i], "name"),
                                     value_get_string(&list->item[i], "seed"),
                                     value_get_string(&list->item[i], "hash")};
        if (!all[i].name || !all[i].seed || !all[i].hash)
            return false;
    }
    c->commitment = all;
    c->n_commitment = n;
    return true;
}
