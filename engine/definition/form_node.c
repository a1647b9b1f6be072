/* SPDX-License-Identifier: Apache-2.0 */
/* What all parts of a form share: the table of keywords, children by name, pointers. */
#include "definition/form_node.h"

#include <string.h>

static const struct {
    const char *name;
    enum form_shape shape;
} keyword_table[FORM_KEYWORD_COUNT] = {
#define KEYWORD(name, text, shape) [FORM_##name] = {text, SHAPE_##shape},
    FORM_KEYWORDS(KEYWORD)
#undef KEYWORD
};

const char *
form_keyword_name(enum form_keyword k)
{
    return keyword_table[k].name;
}

enum form_shape
form_keyword_shape(enum form_keyword k)
{
    return keyword_table[k].shape;
}

bool
form_keyword_find(const char *name, size_t len, enum form_keyword *out)
{
    for (int k = 0; k < FORM_KEYWORD_COUNT; k++) {
        if (strlen(keyword_table[k].name) == len && memcmp(keyword_table[k].name, name, len) == 0) {
            *out = (enum form_keyword)k;
            return true;
        }
    }
    return false;
}

const struct form_child *
form_child_find(const struct form_rule *r, const char *name, size_t len)
{
    size_t low = 0, high = r ? r->n : 0;

    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        const struct form_child *child = &r->child[mid];
        const int c = value_name_compare(name, len, child->name, child->name_len);

        if (c == 0)
            return child;
        if (c < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

unsigned
form_type_of(const struct value *v, enum form_formats formats)
{
    switch (v->kind) {
    case VALUE_NULL:
        return FORM_NULL;
    case VALUE_BOOL:
        return FORM_BOOLEAN;
    case VALUE_INT:
        return FORM_INTEGER;
    case VALUE_REAL:
        /* Whole reals are those beyond int64: from 2^53 on every double is whole. */
        if (formats == FORM_FORMATS_ANNOTATE && (v->real > 9e15 || v->real < -9e15))
            return FORM_INTEGER;
        return FORM_FRACTION;
    case VALUE_STRING:
        return FORM_STRING;
    case VALUE_ARRAY:
        return FORM_ARRAY;
    case VALUE_OBJECT:
        return FORM_OBJECT;
    }
    return 0;
}

static void
write_pointer(struct text *t, const struct form_path *p)
{
    if (!p->up)
        return;
    write_pointer(t, p->up);
    text_char(t, '/');
    if (!p->name)
        text_int(t, p->index);
    for (size_t i = 0; p->name && i < p->len; i++) {
        if (p->name[i] == '~')
            text_str(t, "~0");
        else if (p->name[i] == '/')
            text_str(t, "~1");
        else
            text_char(t, p->name[i]);
    }
}

const char *
form_pointer(struct arena *a, const struct form_path *p)
{
    struct text t = text_new(a);

    write_pointer(&t, p);
    return t.at;
}
