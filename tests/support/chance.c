/* SPDX-License-Identifier: Apache-2.0 */
/* Random choices, and random values that satisfy a schema. */
#include "tests/support/chance.h"

#include <string.h>

static uint32_t
next(struct chance *c)
{
    uint32_t word = 0;
    uint64_t z;

    if (c->bytes) {
        for (int i = 0; i < 2 && c->n > 0; i++, c->n--)
            word = word << 8 | *c->bytes++;
        return word;
    }
    z = c->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)(z >> 32);
}

uint32_t
chance_below(struct chance *c, uint32_t n)
{
    return next(c) % n;
}

bool
chance_one_in(struct chance *c, uint32_t n)
{
    return chance_below(c, n) == n - 1;
}

int64_t
chance_between(struct chance *c, int64_t from, int64_t to)
{
    const uint64_t wide = (uint64_t)next(c) << 32 | next(c);

    return from + (int64_t)(wide % (uint64_t)(to - from + 1));
}

static const struct value *
member(const struct value *schema, const char *name)
{
    return value_get(schema, name);
}

static int64_t
bound(const struct value *schema, const char *name, int64_t usual)
{
    const struct value *v = member(schema, name);

    return v && v->kind == VALUE_INT ? v->integer : usual;
}

static struct value
draw_string(struct chance *c, const struct value *schema, struct arena *a)
{
    static const struct {
        const char *format, *sample[2];
    } known[] = {
        {"date", {"2026-03-02", "2026-07-15"}},
        {"date-time", {"2026-03-02T10:00:00+08:00", "2026-07-15T00:00:00+08:00"}},
        {"cn-id", {"371502199003070019", "371502199003070019"}},
        {"cn-mobile", {"13806350000", "13900000000"}},
        {"cn-uscc", {"91371502MA3D123470", "91371502MA3D123470"}},
        {"cn-project", {"2601-371502-04-01-123456", "2601-371502-04-01-123456"}},
    };
    const char *format = value_get_string(schema, "format");
    const int64_t least = bound(schema, "minLength", 0);
    struct text t;

    for (size_t i = 0; format && i < sizeof(known) / sizeof(*known); i++)
        if (!strcmp(format, known[i].format))
            return value_borrow(known[i].sample[chance_below(c, 2)]);
    t = text_new(a);
    for (int64_t n = least + (chance_one_in(c, 3) && bound(schema, "maxLength", 99) > least); n > 0;
         n--)
        text_str(&t, "字");
    return value_borrow(t.at);
}

static struct value
draw_object(struct chance *c, const struct value *schema, struct arena *a)
{
    const struct value *properties = member(schema, "properties");
    const struct value *required = member(schema, "required");
    const uint32_t n_required = required ? required->n : 0;
    const uint32_t n_property = properties ? properties->n : 0;
    struct member *m = arena_array(a, n_required + n_property, struct member);
    size_t n = 0;

    for (uint32_t i = 0; i < n_required; i++) {
        const char *name = required->item[i].string;
        const struct value *of = value_get(properties, name);

        m[n++] = (struct member){.name = name,
                                 .name_len = required->item[i].n,
                                 .value = of ? chance_value(c, of, a) : value_borrow("有")};
    }
    for (uint32_t i = 0; i < n_property; i++) {
        const struct member *p = &properties->member[i];
        bool there = false;

        for (uint32_t j = 0; j < n_required; j++)
            there = there || !strcmp(required->item[j].string, p->name);
        if (!there && chance_one_in(c, 2))
            m[n++] = (struct member){
                .name = p->name, .name_len = p->name_len, .value = chance_value(c, &p->value, a)};
    }
    return value_object(a, m, n);
}

static struct value
draw_array(struct chance *c, const struct value *schema, struct arena *a)
{
    const int64_t least = bound(schema, "minItems", 0);
    const int64_t room = bound(schema, "maxItems", least + 1) - least;
    const bool unique = member(schema, "uniqueItems");
    const uint32_t most = (uint32_t)least + chance_below(c, room > 3 ? 4 : (uint32_t)room + 1);
    struct value *item = arena_array(a, most, struct value);
    uint32_t n = 0;

    for (uint32_t i = 0; i < most; i++) {
        bool twice = false;

        item[n] = chance_value(c, member(schema, "items"), a);
        for (uint32_t j = 0; unique && j < n; j++)
            twice = twice || value_equal(&item[j], &item[n]);
        n += !twice;
    }
    return value_array(item, n);
}

struct value
chance_value(struct chance *c, const struct value *schema, struct arena *a)
{
    const struct value *choice =
        member(schema, "enum") ? member(schema, "enum") : member(schema, "examples");
    const char *type = value_get_string(schema, "type");
    int64_t least;

    if (choice)
        return choice->item[chance_below(c, choice->n)];
    if (!type || !strcmp(type, "object"))
        return draw_object(c, schema, a);
    if (!strcmp(type, "string"))
        return draw_string(c, schema, a);
    if (!strcmp(type, "boolean"))
        return value_bool(chance_below(c, 2) == 0);
    if (!strcmp(type, "array"))
        return draw_array(c, schema, a);
    least = bound(schema, "minimum", 0);
    return value_int(chance_between(c, least, bound(schema, "maximum", least + 1000)));
}
