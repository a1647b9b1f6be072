/* SPDX-License-Identifier: Apache-2.0 */
/* Collecting what is wrong with definitions. */
#include "definition/problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

void
problem_add(struct problems *p, enum problem_number number, struct spot spot, const char *what, ...)
{
    const struct problem_kind *kind = problem_kind_of(number);
    char text[800];
    va_list ap;

    va_start(ap, what);
    (void)vsnprintf(text, sizeof(text), what, ap);
    va_end(ap);
    p->item = arena_grow(p->arena, p->item, p->n, sizeof(*p->item));
    p->item[p->n++] = (struct problem){
        .number = number,
        .warning = kind->warning,
        .file = spot.file,
        .line = spot.line,
        .pointer = arena_strdup(p->arena, spot.pointer ? spot.pointer : ""),
        .text = arena_printf(p->arena, "%s%s%s", text, *kind->mend ? "; " : "", kind->mend),
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
