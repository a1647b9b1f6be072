/* SPDX-License-Identifier: Apache-2.0 */
/* Names of steps, branches and clocks in a case. */
#include "machine/names.h"

#include <string.h>

/* Words that follow a path in expressions, and the branch's own name there. */
static bool
means_something(const struct workflow *w, uint16_t region, const char *name)
{
    return !strcmp(name, "visits") || !strcmp(name, "by") || !strcmp(name, "outcome") ||
           !strcmp(name, "hands") || !strcmp(name, w->region[region].id);
}

static void
escape(struct text *t, unsigned char byte)
{
    static const char digit[] = "0123456789ABCDEF";

    text_char(t, '%');
    text_char(t, digit[byte >> 4]);
    text_char(t, digit[byte & 15]);
}

const char *
element_name(struct arena *a, const struct workflow *w, uint16_t region, const struct value *item)
{
    struct text t = text_new(a);
    const char *name;

    if (item->kind == VALUE_INT) {
        text_int(&t, item->integer);
        return t.at;
    }
    for (uint32_t i = 0; i < item->n; i++) {
        const unsigned char byte = (unsigned char)item->string[i];

        if (byte <= ' ' || byte == 0x7F || strchr("%.,:{}[]\"\\/", byte))
            escape(&t, byte);
        else
            text_char(&t, (char)byte);
    }
    if (t.len == 0)
        return "%";
    name = t.at;
    if (!means_something(w, region, name))
        return name;
    t = text_new(a);
    escape(&t, (unsigned char)*name);
    text_str(&t, name + 1);
    return t.at;
}

bool
same_element(const char *x, const char *y)
{
    return x == y || (x && y && !strcmp(x, y));
}

const char *
path_of_element(struct arena *a, const struct workflow *w, uint16_t each, const char *path,
                const char *element)
{
    const struct region *r = &w->region[each];

    return arena_printf(a, "%s.%s%s", w->step[r->owner].path, element, path + strlen(r->path));
}

const char *
step_name(struct arena *a, const struct workflow *w, uint16_t step, const char *element)
{
    const struct step *s = &w->step[step];

    return element ? path_of_element(a, w, w->region[s->region].each, s->path, element) : s->path;
}

const char *
element_named(struct arena *a, const struct workflow *w, uint16_t step, const char *name)
{
    const uint16_t each = w->region[w->step[step].region].each;
    const char *at;

    if (each == NONE)
        return NULL;
    at = name + strlen(w->step[w->region[each].owner].path) + 1;
    return arena_strndup(a, at, strcspn(at, "."));
}

const char *
visit_path(struct arena *a, const struct workflow *w, const struct visit *v)
{
    return step_name(a, w, v->step, v->element);
}

static int
digit_of(char c)
{
    return c <= '9' ? c - '0' : c - 'A' + 10;
}

/* The reverse of element_name(): what was escaped there are two digits behind a "%". */
const char *
element_text(struct arena *a, const char *name)
{
    struct text t = text_new(a);

    if (!name)
        return NULL;
    for (; *name; name++) {
        if (name[0] != '%') {
            text_char(&t, *name);
        } else if (name[1] && name[2]) {
            text_char(&t, (char)(digit_of(name[1]) << 4 | digit_of(name[2])));
            name += 2;
        } /* "%" alone is the empty text's name */
    }
    return t.at;
}

const char *
region_name(struct arena *a, const struct workflow *w, uint16_t region, const char *element)
{
    const char *path = w->region[region].path;

    return element ? path_of_element(a, w, w->region[region].each, path, element) : path;
}

const char *
branch_path(struct arena *a, const struct workflow *w, const struct branch *b)
{
    return region_name(a, w, b->region, b->element);
}

const char *
rule_name(struct arena *a, const struct workflow *w, uint16_t rule, const char *element)
{
    const struct clock_rule *r = &w->clock[rule];

    return element ? path_of_element(a, w, w->region[w->step[r->scope].region].each, r->id, element)
                   : r->id;
}

const char *
clock_name(struct arena *a, const struct workflow *w, const struct case_state *c,
           const struct case_clock *k)
{
    const struct visit *v = k->visit ? case_visit(c, k->visit) : NULL;

    return rule_name(a, w, k->rule, v ? v->element : NULL);
}

const char *
clock_whole_name(struct arena *a, const struct workflow *w, const struct case_state *c,
                 const struct case_clock *k)
{
    const char *name = clock_name(a, w, c, k);

    return k->department ? arena_printf(a, "%s@%s", name, k->department) : name;
}

bool
clock_called(struct arena *a, const struct workflow *w, const struct case_state *c,
             const struct case_clock *k, const char *name)
{
    const char *id = clock_name(a, w, c, k);
    const size_t len = strlen(id);

    if (strncmp(name, id, len) != 0)
        return false;
    return !name[len] ||
           (k->department && name[len] == '@' && !strcmp(name + len + 1, k->department));
}

struct branch *
case_branch(const struct case_state *c, int32_t parent, uint16_t region, const char *element)
{
    for (uint32_t i = 0; i < c->n_branch; i++)
        if (c->branch[i].parent == parent && c->branch[i].region == region &&
            same_element(c->branch[i].element, element))
            return &c->branch[i];
    return NULL;
}
