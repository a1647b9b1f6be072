/* SPDX-License-Identifier: Apache-2.0 */
/* Inputs that make conditions true and false: values the expressions compare with, and neighbours.
 */
#include <string.h>

#include "machine/explore_inside.h"
#include "machine/paths.h"

enum { FIELD_VALUES = 14, WHOLE_VALUES = 100, FIELDS_MOST = 24, DEEP = 12 };

/* One schema while samples are made of it. */
struct sampling {
    const struct topics *t;
    struct arena *a;
    const struct value *top;
    instant start;
};

static const struct value *
resolve(const struct sampling *s, const struct value *schema)
{
    for (int hop = 0; hop < DEEP; hop++) {
        const char *ref = schema ? value_get_string(schema, "$ref") : NULL;
        const struct value *defs = value_get(s->top, "$defs");

        if (!ref || strncmp(ref, "#/$defs/", 8) != 0)
            return schema;
        schema = value_get(defs, ref + 8);
    }
    return schema;
}

static const char *
type_of(const struct value *schema)
{
    const struct value *type = value_get(schema, "type");

    if (type && type->kind == VALUE_ARRAY && type->n)
        type = &type->item[0];
    if (type && type->kind == VALUE_STRING)
        return type->string;
    return value_get(schema, "properties") ? "object" : "string";
}

static int64_t
whole(const struct value *schema, const char *key, int64_t usual)
{
    const struct value *v = value_get(schema, key);

    return v && v->kind == VALUE_INT ? v->integer : usual;
}

static struct value
sample_text(const struct sampling *s, const struct value *schema)
{
    /* Samples: check digits hold, and nobody has them. */
    static const char known[][2][40] = {
        {"email", "sample@example.com"},
        {"uri", "https://example.com/"},
        {"uuid", "00000000-0000-4000-8000-000000000000"},
        {"cn-uscc", "91371502MA3D123470"},
        {"cn-id", "371502199003070019"},
        {"cn-mobile", "13800000000"},
        {"cn-region", "371502"},
        {"cn-project", "2601-371502-04-01-123456"},
        {"cn-real-estate", "371502001001GB00001F00010001"},
    };
    const char *format = value_get_string(schema, "format");
    char date[DAY_TEXT], at[INSTANT_TEXT];
    int64_t least = whole(schema, "minLength", 1);
    struct text t = text_new(s->a);

    for (size_t i = 0; format && i < sizeof(known) / sizeof(*known); i++)
        if (!strcmp(format, known[i][0]))
            return value_string(s->a, known[i][1]);
    if (format && !strcmp(format, "date"))
        return value_string(s->a, day_write(instant_day(s->start), date));
    if (format && !strcmp(format, "date-time"))
        return value_string(s->a, instant_write(s->start, at));
    for (int64_t i = 0; i < least && i < 4000; i++)
        text_char(&t, 'x');
    return value_borrow(t.at);
}

static struct value sample(const struct sampling *s, const struct value *schema, int depth);

/* The @i-th text beside @first, for a field that tells people apart. */
static struct value
another(const struct sampling *s, const struct value *schema, const char *first, uint32_t i)
{
    static const char code[][20] = {"91371502MA3D123470", "91371500MA3EXB0054",
                                    "91371500MA3EXB013Y"};
    const char *format = value_get_string(resolve(s, schema), "format");

    if (format && !strcmp(format, "cn-uscc"))
        return value_borrow(code[i % 3]);
    return value_borrow(arena_printf(s->a, "%s%u", first, i));
}

static struct value
sample_array(const struct sampling *s, const struct value *schema, int depth)
{
    const struct value *items = resolve(s, value_get(schema, "items"));
    const struct value *words = items ? value_get(items, "enum") : NULL;
    const int64_t least = whole(schema, "minItems", 0);
    struct value *item = arena_array(s->a, least < 100 ? least : 100, struct value);
    uint32_t n = 0;

    while (n < least && n < 100) {
        if (words && words->kind == VALUE_ARRAY && n < words->n)
            item[n] = words->item[n];
        else
            item[n] = items ? sample(s, items, depth + 1) : value_int(n);
        if (n && item[n].kind == VALUE_INT) /* perhaps none may be there twice */
            item[n].integer += n;
        if (n && item[n].kind == VALUE_STRING && !words && !value_get(items, "format"))
            item[n] = value_borrow(arena_printf(s->a, "%s%u", item[n].string, n));
        n++;
    }
    return value_array(item, n);
}

static struct value
sample_object(const struct sampling *s, const struct value *schema, int depth)
{
    const struct value *required = value_get(schema, "required");
    const struct value *properties = value_get(schema, "properties");
    struct value out = value_object(s->a, NULL, 0);

    for (uint32_t i = 0; required && required->kind == VALUE_ARRAY && i < required->n; i++) {
        const struct value *one = &required->item[i];
        const struct value *of =
            one->kind == VALUE_STRING ? value_get(properties, one->string) : NULL;

        if (one->kind == VALUE_STRING)
            out = value_with(s->a, &out, one->string,
                             of ? sample(s, of, depth + 1) : value_borrow("x"));
    }
    return out;
}

/* The smallest value of a schema, as far as its plain words go; the author may give an example. */
static struct value
sample(const struct sampling *s, const struct value *schema, int depth)
{
    static const char *const given[] = {"examples", "enum"};
    const char *type;
    int64_t n;

    schema = resolve(s, schema);
    if (!schema || schema->kind != VALUE_OBJECT || depth > DEEP)
        return value_borrow("x");
    if (value_get(schema, "const"))
        return *value_get(schema, "const");
    for (size_t i = 0; i < sizeof(given) / sizeof(*given); i++) {
        const struct value *list = value_get(schema, given[i]);

        if (list && list->kind == VALUE_ARRAY && list->n)
            return list->item[0];
    }
    type = type_of(schema);
    if (!strcmp(type, "object"))
        return sample_object(s, schema, depth);
    if (!strcmp(type, "array"))
        return sample_array(s, schema, depth);
    if (!strcmp(type, "boolean"))
        return value_bool(true);
    if (strcmp(type, "integer") != 0 && strcmp(type, "number") != 0)
        return sample_text(s, schema);
    n = whole(schema, "minimum", 1);
    if (whole(schema, "exclusiveMinimum", INT64_MIN) >= n)
        n = whole(schema, "exclusiveMinimum", 0) + 1;
    return value_int(n > whole(schema, "maximum", n) ? whole(schema, "maximum", n) : n);
}

/* A field that somebody asks for, and the values it is given; a NULL value: it is left out. */
struct field {
    const char *path; /* below the root */
    struct value item[WHOLE_VALUES];
    uint32_t n;
    bool whole; /* each of its values is looked at */
};

static void
field_add(struct field *f, struct value v)
{
    for (uint32_t i = 0; i < f->n; i++)
        if (value_equal(&f->item[i], &v))
            return;
    if (f->n < (f->whole ? WHOLE_VALUES : FIELD_VALUES))
        f->item[f->n++] = v;
}

static const struct value *
schema_at(const struct sampling *s, const char *path)
{
    const struct value *at = resolve(s, s->top);

    while (at && *path) {
        const size_t len = strcspn(path, ".");
        char name[64];

        if (len >= sizeof(name))
            return NULL;
        memcpy(name, path, len);
        name[len] = 0;
        at = resolve(s, value_get(value_get(at, "properties"), name));
        path += len + (path[len] == '.');
    }
    return at;
}

/* A list of several, each another; of a roll with voters of each group. */
static struct value
several(const struct sampling *s, const struct pool *p, const struct value *schema)
{
    const struct value longer = value_with(s->a, schema, "minItems", value_int(p->wide));
    const struct value list = sample_array(s, &longer, 0);
    struct value *item = arena_copy(s->a, list.item, list.n * sizeof(*item));

    for (uint32_t i = 0; p->roll && i < list.n; i++) {
        const char *who = value_get_string(&item[i], p->roll->voter);
        const struct value *items = resolve(s, value_get(schema, "items"));
        const struct value *form = value_get(value_get(items, "properties"), p->roll->voter);

        if (who && i)
            item[i] = value_with(s->a, &item[i], p->roll->voter, another(s, form, who, i));
        if (p->roll->n_group)
            item[i] = value_with(s->a, &item[i], p->roll->group,
                                 value_borrow(p->roll->groups[i % p->roll->n_group]));
    }
    return value_array(item, list.n);
}

static void
add_days(const struct sampling *s, struct field *f, const struct value *base)
{
    static const int shift[] = {-400, -1, 1, 30, 400};
    day d = instant_day(s->start);
    char text[DAY_TEXT], at[INSTANT_TEXT];
    const bool time = base->n > 10;

    for (size_t i = 0; i < sizeof(shift) / sizeof(*shift); i++)
        field_add(f, value_string(s->a, time ? instant_write(s->start + shift[i] * SPAN_DAY, at)
                                             : day_write(d + shift[i], text)));
}

/* The values of one field: what it is compared with comes first. */
static void
field_values(const struct sampling *s, const struct pool *p, const struct value *schema,
             struct field *f)
{
    const struct value *words = value_get(schema, "enum");
    const struct value base = sample(s, schema, 0);
    const char *format = value_get_string(schema, "format");

    field_add(f, base);
    field_add(f, value_null());
    if (base.kind == VALUE_BOOL)
        field_add(f, value_bool(!base.boolean));
    if (base.kind == VALUE_ARRAY) {
        const struct value *items = resolve(s, value_get(schema, "items"));

        if (p->wide)
            field_add(f, several(s, p, schema));
        field_add(f, value_array(NULL, 0));
        words = items ? value_get(items, "enum") : NULL;
        for (uint32_t i = 0; words && words->kind == VALUE_ARRAY && i < words->n; i++)
            field_add(f, value_array(&words->item[i], 1));
        for (uint32_t i = 0; i < p->n; i++)
            field_add(f, value_array(&p->item[i], 1));
        return;
    }
    for (uint32_t i = 0; i < p->n; i++)
        field_add(f, p->item[i]);
    for (int64_t i = -1; i <= 1 && p->beside && base.kind == VALUE_INT; i += 2)
        if (base.integer > INT32_MIN && base.integer < INT32_MAX)
            field_add(f, value_int(base.integer + i));
    for (uint32_t i = 1; i <= 2 && p->beside && base.kind == VALUE_STRING && !words; i++)
        field_add(f, another(s, schema, base.string, i));
    for (uint32_t i = 0; i < p->n && base.kind == VALUE_INT; i++)
        if (p->item[i].kind == VALUE_INT && p->item[i].integer < INT32_MAX &&
            p->item[i].integer > INT32_MIN) {
            field_add(f, value_int(p->item[i].integer - 1));
            field_add(f, value_int(p->item[i].integer + 1));
        }
    for (uint32_t i = 0; words && words->kind == VALUE_ARRAY && i < words->n; i++)
        field_add(f, words->item[i]);
    if (format && base.kind == VALUE_STRING && !strncmp(format, "date", 4))
        add_days(s, f, &base);
}

static struct value
with_field(const struct sampling *s, const struct value *object, const struct field *f, uint32_t i)
{
    return f->item[i].kind == VALUE_NULL ? path_without(s->a, object, f->path)
                                         : path_with(s->a, object, f->path, f->item[i]);
}

/* Samples while they are made. */
struct making {
    const struct sampling *s;
    const struct form *form;
    const struct field *field;
    uint32_t n_field;
    struct value *item;
    uint32_t n, most;
};

static void
keep(struct making *m, const struct value *v)
{
    for (uint32_t i = 0; i < m->n; i++)
        if (value_equal(&m->item[i], v))
            return;
    if (m->n < m->most && form_check(m->form, v, m->s->a).n == 0)
        m->item[m->n++] = *v;
}

static void
all_of(struct making *m, uint32_t i, const struct value *v)
{
    struct value one;

    if (i == m->n_field) {
        keep(m, v);
        return;
    }
    for (uint32_t k = 0; k < m->field[i].n && m->n < m->most; k++) {
        one = with_field(m->s, v, &m->field[i], k);
        all_of(m, i + 1, &one);
    }
}

/* Everything when that is little; else each field by itself, then each two. */
static void
vary(struct making *m, const struct value *base)
{
    uint64_t product = 1;
    struct value one, two;

    for (uint32_t i = 0; i < m->n_field && product <= 4096; i++)
        product *= m->field[i].n;
    keep(m, base);
    for (uint32_t i = 0; i < m->n_field; i++)
        for (uint32_t k = 0; m->field[i].whole && k < m->field[i].n; k++) {
            one = with_field(m->s, base, &m->field[i], k);
            keep(m, &one);
        }
    if (product <= 4096 && m->n_field <= 4) {
        all_of(m, 0, base);
        return;
    }
    for (uint32_t i = 0; i < m->n_field; i++)
        for (uint32_t k = 0; k < m->field[i].n; k++) {
            one = with_field(m->s, base, &m->field[i], k);
            keep(m, &one);
        }
    for (uint32_t i = 0; i < m->n_field; i++)
        for (uint32_t k = 0; k < m->field[i].n; k++)
            for (uint32_t j = i + 1; j < m->n_field && m->n < m->most; j++)
                for (uint32_t x = 0; x < m->field[j].n; x++) {
                    one = with_field(m->s, base, &m->field[i], k);
                    two = with_field(m->s, &one, &m->field[j], x);
                    keep(m, &two);
                }
}

struct samples
samples_of(const struct topics *t, const struct form *form, const struct value *schema,
           const char *root, instant start, uint32_t most)
{
    const struct sampling s = {.t = t, .a = t->a, .top = schema, .start = start};
    struct making m = {.s = &s, .form = form, .most = most};
    struct field *field = arena_array(t->a, FIELDS_MOST, struct field);
    const size_t len = strlen(root);
    struct value base;

    if (!form) {
        m.item = arena_array(t->a, 1, struct value);
        m.item[0] = value_object(t->a, NULL, 0);
        return (struct samples){m.item, 1};
    }
    base = sample(&s, schema, 0);
    if (base.kind != VALUE_OBJECT) /* nothing is said of it */
        base = value_object(t->a, NULL, 0);
    for (uint32_t i = 0; i < t->n_pool && m.n_field < FIELDS_MOST; i++) {
        const struct pool *p = &t->pool[i];
        const struct value *of;

        if (strncmp(p->path, root, len) != 0 || p->path[len] != '.')
            continue;
        of = schema_at(&s, p->path + len + 1);
        if (!of)
            continue;
        field[m.n_field].path = p->path + len + 1;
        field[m.n_field].whole = p->whole;
        field_values(&s, p, of, &field[m.n_field]);
        m.most += field[m.n_field].whole ? field[m.n_field].n : 0;
        m.n_field++;
    }
    m.field = field;
    m.item = arena_array(t->a, m.most, struct value);
    vary(&m, &base);
    return (struct samples){m.item, m.n};
}
