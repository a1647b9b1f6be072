/* SPDX-License-Identifier: Apache-2.0 */
/* Finding equal items of an array by sorting, so that large arrays cost no square of their size. */
#include <string.h>

#include "definition/form_node.h"

static int
compare_bytes(const char *a, uint32_t n, const char *b, uint32_t m)
{
    const int c = memcmp(a, b, n < m ? n : m);

    return c ? c : n < m ? -1 : n > m;
}

/* A total order in which two values are equal exactly when value_equal() says so. */
static int
compare(const struct value *a, const struct value *b)
{
    int c = 0;

    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    switch (a->kind) {
    case VALUE_NULL:
        return 0;
    case VALUE_BOOL:
        return a->boolean - b->boolean;
    case VALUE_INT:
    case VALUE_REAL:
        return form_number_compare(a, b);
    case VALUE_STRING:
        return compare_bytes(a->string, a->n, b->string, b->n);
    case VALUE_ARRAY:
    case VALUE_OBJECT:
        break;
    }
    if (a->n != b->n)
        return a->n < b->n ? -1 : 1;
    for (uint32_t i = 0; i < a->n && c == 0; i++) {
        if (a->kind == VALUE_ARRAY) {
            c = compare(&a->item[i], &b->item[i]);
            continue;
        }
        c = compare_bytes(a->member[i].name, a->member[i].name_len, b->member[i].name,
                          b->member[i].name_len);
        if (c == 0)
            c = compare(&a->member[i].value, &b->member[i].value);
    }
    return c;
}

/* Merge sort of item numbers, so that equal items stay in their order. */
static void
sort(const struct value *item, uint32_t *order, uint32_t n, uint32_t *spare)
{
    const uint32_t half = n / 2;
    uint32_t i = 0, j = half, to = 0;

    if (n < 2)
        return;
    sort(item, order, half, spare);
    sort(item, order + half, n - half, spare);
    memcpy(spare, order, half * sizeof(*order));
    while (i < half && j < n)
        order[to++] = compare(&item[spare[i]], &item[order[j]]) <= 0 ? spare[i++] : order[j++];
    while (i < half)
        order[to++] = spare[i++];
}

bool
form_repeats(struct arena *a, const struct value *array, uint32_t *first, uint32_t *second)
{
    uint32_t *order;
    bool found = false;

    if (array->n < 2)
        return false;
    order = arena_array(a, 2 * (size_t)array->n, uint32_t);
    for (uint32_t i = 0; i < array->n; i++)
        order[i] = i;
    sort(array->item, order, array->n, order + array->n);
    for (uint32_t i = 1; i < array->n; i++) {
        if ((found && order[i] >= *second) ||
            compare(&array->item[order[i - 1]], &array->item[order[i]]) != 0)
            continue;
        found = true;
        *first = order[i - 1];
        *second = order[i];
    }
    return found;
}
