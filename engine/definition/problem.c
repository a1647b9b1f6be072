/* SPDX-License-Identifier: Apache-2.0 */
/* Collecting what is wrong with definitions. */
#include "definition/problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const struct problem_kind kinds[] = {
#define PROBLEM(name, number, warning, short_name, mend) {number, warning, short_name, mend},
#include "definition/problems.def"
#undef PROBLEM
};

enum { N_KIND = sizeof(kinds) / sizeof(*kinds) };

const struct problem_kind *
problem_kind(size_t i)
{
    return i < N_KIND ? &kinds[i] : NULL;
}

const struct problem_kind *
problem_kind_of(int number)
{
    for (size_t i = 0; i < N_KIND; i++)
        if (kinds[i].number == number)
            return &kinds[i];
    return NULL;
}

/* The file and line that @spot means, and in words by which uses they came to be read. */
static struct spot
trace(const struct problems *p, struct spot spot, struct text *uses)
{
    const char *file = spot.file;
    uint32_t line = spot.line, i = p->n_origin ? line / ORIGIN_LINES : 0;

    spot.line = i ? line % ORIGIN_LINES : line;
    for (bool first = true; i && i <= p->n_origin; first = false) {
        const struct origin *o = &p->origin[i - 1];

        if (first)
            spot.file = o->file;
        if (!o->use) /* a file of its own: it was laid over, not used */
            break;
        line = o->use;
        i = line / ORIGIN_LINES;
        text_printf(uses, "%s%s, used at %s:%u", first ? " (fragment " : ", ",
                    first ? o->id : "and it", i && i <= p->n_origin ? p->origin[i - 1].file : file,
                    line % ORIGIN_LINES);
    }
    if (uses->len)
        text_char(uses, ')');
    return spot;
}

void
problem_add(struct problems *p, enum problem_number number, struct spot spot, const char *what, ...)
{
    const struct problem_kind *kind = problem_kind_of(number);
    struct text uses = text_new(p->arena);
    char text[800];
    va_list ap;

    va_start(ap, what);
    (void)vsnprintf(text, sizeof(text), what, ap);
    va_end(ap);
    spot = trace(p, spot, &uses);
    p->item = arena_grow(p->arena, p->item, p->n, sizeof(*p->item));
    p->item[p->n++] = (struct problem){
        .number = number,
        .warning = kind->warning,
        .file = spot.file,
        .line = spot.line,
        .pointer = arena_strdup(p->arena, spot.pointer ? spot.pointer : ""),
        .text = arena_printf(p->arena, "%s%s%s%s", text, uses.len ? uses.at : "",
                             *kind->mend ? "; " : "", kind->mend),
    };
    p->n_error += !kind->warning;
}

static int
compare(const void *a, const void *b)
{
    const struct problem *x = a, *y = b;
    int order = strcmp(x->file ? x->file : "", y->file ? y->file : "");

    if (!order)
        order = (x->line > y->line) - (x->line < y->line);
    if (!order)
        order = strcmp(x->pointer, y->pointer);
    if (!order)
        order = (x->number > y->number) - (x->number < y->number);
    return order ? order : strcmp(x->text, y->text);
}

void
problems_sort(struct problems *p)
{
    if (p->n)
        qsort(p->item, p->n, sizeof(*p->item), compare);
}
