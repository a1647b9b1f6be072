/* SPDX-License-Identifier: Apache-2.0 */
/* Decision tables without holes and without rows in one another's way: exactly, with an example. */
#include <stdlib.h>
#include <string.h>

#include "definition/check_graph.h"

/* So many parts of the table are looked at; a larger one needs an `else`. */
enum { PARTS_MOST = 400000, SET_WORDS = (TABLE_ROWS + 63) / 64 };

struct rows {
    uint64_t bit[SET_WORDS];
};

/* The values one input can have, as spans in order; of texts, their places in `text`. */
struct domain {
    struct table_span *span;
    uint32_t n_span;
    const char **text; /* those the table or the form names; one place more is "any other" */
    uint32_t n_text;
};

struct tabled {
    const struct check *c;
    const struct step *step;
    const struct decision_table *t;
    struct domain domain[TABLE_INPUTS];
    struct table_cell *cell; /* as the table's, texts as spans */
    uint32_t n_part;
    int64_t example[TABLE_INPUTS];
};

static bool
has(const struct rows *s, uint16_t row)
{
    return s->bit[row / 64] >> (row % 64) & 1;
}

static void
add(struct rows *s, uint16_t row)
{
    s->bit[row / 64] |= UINT64_C(1) << (row % 64);
}

static bool
is_empty(const struct rows *s)
{
    uint64_t all = 0;

    for (int i = 0; i < SET_WORDS; i++)
        all |= s->bit[i];
    return !all;
}

static const struct table_cell *
cell_of(const struct tabled *t, uint16_t row, uint16_t input)
{
    return &t->cell[row * t->t->n_input + input];
}

static bool
contains(const struct table_cell *cell, int64_t v)
{
    for (uint16_t i = 0; i < cell->n_span && !cell->any; i++)
        if (v >= cell->span[i].from && v <= cell->span[i].to)
            return true;
    return cell->any;
}

static void
add_span(struct tabled *t, struct domain *d, int64_t from, int64_t to)
{
    d->span = arena_grow(t->c->scratch, d->span, d->n_span, sizeof(*d->span));
    d->span[d->n_span++] = (struct table_span){from, to};
}

static int64_t
text_place(struct tabled *t, struct domain *d, const char *text)
{
    for (uint32_t i = 0; i < d->n_text; i++)
        if (!strcmp(d->text[i], text))
            return i;
    d->text = arena_grow(t->c->scratch, d->text, d->n_text, sizeof(*d->text));
    d->text[d->n_text] = text;
    return d->n_text++;
}

/* The schema of the form's field that {"var": …} speaks of; NULL when it is something else. */
static const struct value *
field_schema(const struct workflow *w, const struct value *source, const struct value **otherwise)
{
    const struct value *var = value_get(source, "var"), *at = w->form_schema;
    const char *path;

    *otherwise = NULL;
    if (var && var->kind == VALUE_ARRAY && var->n) {
        *otherwise = var->n > 1 ? &var->item[1] : NULL;
        var = &var->item[0];
    }
    if (!var || var->kind != VALUE_STRING || strncmp(var->string, "form.", 5) != 0)
        return NULL;
    for (path = var->string + 5; at && *path;) {
        const size_t len = strcspn(path, ".");
        const struct value *properties = value_get(at, "properties");
        const struct value *next = NULL;

        for (uint32_t i = 0; properties && properties->kind == VALUE_OBJECT && i < properties->n;
             i++)
            if (properties->member[i].name_len == len &&
                !memcmp(properties->member[i].name, path, len))
                next = &properties->member[i].value;
        at = next;
        path += len + (path[len] == '.');
    }
    return at;
}

static int64_t
bound(const struct value *schema, const char *key, int64_t usual)
{
    const struct value *v = schema ? value_get(schema, key) : NULL;

    return v && v->kind == VALUE_INT ? v->integer : usual;
}

static void
text_domain(struct tabled *t, struct domain *d, const struct value *schema,
            const struct value *otherwise)
{
    const struct value *words = schema ? value_get(schema, "enum") : NULL;

    if (!words || words->kind != VALUE_ARRAY) {
        add_span(t, d, 0, INT64_MAX - 1); /* its end is known when all texts are */
        return;
    }
    for (uint32_t i = 0; i < words->n; i++)
        if (words->item[i].kind == VALUE_STRING)
            (void)text_place(t, d, words->item[i].string);
    if (otherwise && otherwise->kind == VALUE_STRING)
        (void)text_place(t, d, otherwise->string);
    add_span(t, d, 0, (int64_t)d->n_text - 1);
}

static void
number_domain(struct tabled *t, struct domain *d, enum table_kind kind, const struct value *schema,
              const struct value *otherwise)
{
    int64_t least = table_least(kind), most = table_most(kind), above, below;

    if (kind == TABLE_INTEGER && schema) {
        above = bound(schema, "exclusiveMinimum", INT64_MIN);
        below = bound(schema, "exclusiveMaximum", INT64_MAX);
        least = bound(schema, "minimum", least);
        most = bound(schema, "maximum", most);
        if (above != INT64_MIN && above >= least)
            least = above + (above < INT64_MAX);
        if (below != INT64_MAX && below <= most)
            most = below - (below > INT64_MIN);
    }
    if (otherwise && otherwise->kind == VALUE_INT && otherwise->integer < least)
        add_span(t, d, otherwise->integer, otherwise->integer);
    add_span(t, d, least, most);
    if (otherwise && otherwise->kind == VALUE_INT && otherwise->integer > most)
        add_span(t, d, otherwise->integer, otherwise->integer);
}

/* Texts become their places, so that all cells are spans. */
static void
place_texts(struct tabled *t, struct domain *d, struct table_cell *cell)
{
    struct table_span *list = arena_array(t->c->scratch, cell->n_text * 2 + 1, struct table_span);
    bool *named;

    for (uint16_t i = 0; i < cell->n_text; i++) {
        list[i].from = list[i].to = text_place(t, d, cell->text[i]);
        cell->n_span = (uint16_t)(i + 1);
    }
    cell->span = list;
    if (!cell->others)
        return;
    /* Everything between and behind those named. */
    named = arena_array(t->c->scratch, d->n_text, bool);
    for (uint16_t i = 0; i < cell->n_text; i++)
        named[list[i].from] = true;
    list = NULL;
    cell->n_span = 0;
    for (uint32_t i = 0; i <= d->n_text; i++) {
        if (i < d->n_text && named[i])
            continue;
        list = arena_grow(t->c->scratch, list, cell->n_span, sizeof(*list));
        list[cell->n_span++] = (struct table_span){i, i < d->n_text ? (int64_t)i : INT64_MAX - 1};
    }
    cell->span = list;
}

static void
find_domains(struct tabled *t)
{
    const struct decision_table *table = t->t;
    const size_t n = (size_t)table->n_row * table->n_input;

    t->cell = arena_copy(t->c->scratch, table->cell, n * sizeof(*t->cell));
    for (uint16_t i = 0; i < table->n_input; i++) {
        const enum table_kind kind = table->input[i].kind;
        struct domain *d = &t->domain[i];
        const struct value *otherwise;
        const struct value *schema = field_schema(t->c->w, table->input[i].source, &otherwise);

        if (kind != TABLE_TEXT) {
            number_domain(t, d, kind, schema, otherwise);
            continue;
        }
        text_domain(t, d, schema, otherwise);
        /* A cell that names all others must know all texts there are: first the names. */
        for (int others = 0; others < 2; others++)
            for (uint16_t r = 0; r < table->n_row; r++) {
                struct table_cell *cell = &t->cell[r * table->n_input + i];

                for (uint16_t k = 0; !others && k < cell->n_text; k++)
                    (void)text_place(t, d, cell->text[k]);
                if (others)
                    place_texts(t, d, cell);
            }
        if (d->span[0].to == INT64_MAX - 1)
            d->span[0].to = d->n_text;
    }
}

static int
compare(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* Where along input @i something begins or ends for one of @rows, in order; no value twice. */
static int64_t *
cuts(struct tabled *t, uint16_t i, const struct rows *rows, uint16_t within, uint32_t *n)
{
    const struct domain *d = &t->domain[i];
    int64_t *cut = NULL;
    uint32_t kept = 0;

    *n = 0;
    for (uint32_t k = 0; k < d->n_span; k++) {
        cut = arena_grow(t->c->scratch, cut, *n, sizeof(*cut));
        cut[(*n)++] = d->span[k].from;
    }
    for (uint16_t r = 0; r < t->t->n_row; r++) {
        const struct table_cell *cell = cell_of(t, r, i);

        for (uint16_t k = 0; (r == within || has(rows, r)) && !cell->any && k < cell->n_span; k++) {
            cut = arena_grow(t->c->scratch, cut, *n, sizeof(*cut));
            cut[(*n)++] = cell->span[k].from;
            if (cell->span[k].to == INT64_MAX)
                continue;
            cut = arena_grow(t->c->scratch, cut, *n, sizeof(*cut));
            cut[(*n)++] = cell->span[k].to + 1;
        }
    }
    qsort(cut, *n, sizeof(*cut), compare);
    for (uint32_t k = 0; k < *n; k++)
        if (!k || cut[k] != cut[kept - 1])
            cut[kept++] = cut[k];
    *n = kept;
    return cut;
}

static bool
in_domain(const struct domain *d, int64_t v)
{
    for (uint32_t i = 0; i < d->n_span; i++)
        if (v >= d->span[i].from && v <= d->span[i].to)
            return true;
    return false;
}

static struct rows
those_with(const struct tabled *t, uint16_t i, const struct rows *rows, int64_t v)
{
    struct rows out = {{0}};

    for (uint16_t r = 0; r < t->t->n_row; r++)
        if (has(rows, r) && contains(cell_of(t, r, i), v))
            add(&out, r);
    return out;
}

/*
 * Whether some input, from number @i on, is in none of @rows; then it stands
 * in `example`.  @within: only inputs of that row; NONE: all that there are.
 * Values between the same cuts are alike, and those with the same rows left too.
 */
static bool
finds_hole(struct tabled *t, uint16_t i, const struct rows *rows, uint16_t within)
{
    struct rows *seen;
    uint32_t n_cut, n_seen = 0;
    int64_t *cut;

    if (i == t->t->n_input)
        return is_empty(rows);
    cut = cuts(t, i, rows, within, &n_cut);
    seen = arena_array(t->c->scratch, n_cut, struct rows);
    for (uint32_t k = 0; k < n_cut && t->n_part < PARTS_MOST; k++) {
        bool known = false;

        if (!in_domain(&t->domain[i], cut[k]) ||
            (within != NONE && !contains(cell_of(t, within, i), cut[k])))
            continue;
        seen[n_seen] = those_with(t, i, rows, cut[k]);
        for (uint32_t s = 0; s < n_seen; s++)
            known = known || !memcmp(&seen[s], &seen[n_seen], sizeof(*seen));
        if (known)
            continue;
        t->n_part++;
        t->example[i] = cut[k];
        if (finds_hole(t, (uint16_t)(i + 1), &seen[n_seen++], within))
            return true;
    }
    return false;
}

/* Whether both rows fit one input, which then stands in `example`. */
static bool
meet(struct tabled *t, uint16_t a, uint16_t b)
{
    const struct rows both = {{0}};

    for (uint16_t i = 0; i < t->t->n_input; i++) {
        bool found = false;
        uint32_t n;
        struct rows pair = both;
        int64_t *cut;

        add(&pair, a);
        add(&pair, b);
        cut = cuts(t, i, &pair, NONE, &n);
        for (uint32_t k = 0; k < n && !found; k++) {
            found = in_domain(&t->domain[i], cut[k]) && contains(cell_of(t, a, i), cut[k]) &&
                    contains(cell_of(t, b, i), cut[k]);
            if (found)
                t->example[i] = cut[k];
        }
        if (!found)
            return false;
    }
    return true;
}

/* form.area = 300, form.use = "shop" */
static const char *
say_example(const struct tabled *t)
{
    struct text out = text_new(t->c->scratch);
    char d[DAY_TEXT];

    for (uint16_t i = 0; i < t->t->n_input; i++) {
        const struct table_input *in = &t->t->input[i];
        const struct value *var = value_get(in->source, "var");
        const int64_t v = t->example[i];

        if (var && var->kind == VALUE_ARRAY && var->n)
            var = &var->item[0];
        text_str(&out, i ? ", " : "");
        if (var && var->kind == VALUE_STRING)
            text_str(&out, var->string);
        else
            text_printf(&out, "input %u", i + 1U);
        text_str(&out, " = ");
        if (in->kind == TABLE_INTEGER)
            text_int(&out, v);
        else if (in->kind == TABLE_BOOLEAN)
            text_str(&out, v ? "true" : "false");
        else if (in->kind == TABLE_DATE)
            text_str(&out, day_write((day)v, d));
        else if (v < t->domain[i].n_text)
            text_printf(&out, "\"%s\"", t->domain[i].text[v]);
        else
            text_str(&out, "any other text");
    }
    return out.at;
}

static void
blame_row(const struct tabled *t, enum problem_number number, uint16_t row, const char *what)
{
    const struct workflow *w = t->c->w;
    const struct spot spot = {w->file, t->step->arm[row].line,
                              arena_printf(t->c->scratch, "%s/decide/rows/%u",
                                           step_pointer(t->c->scratch, w, t->step->index), row)};

    problem_add(t->c->problems, number, spot, "%s", what);
}

static bool
same_way(const struct decision_arm *a, const struct decision_arm *b)
{
    return a->to.kind == b->to.kind && a->to.step == b->to.step;
}

static void
check_overlaps(struct tabled *t)
{
    const struct decision_arm *arm = t->step->arm;

    for (uint16_t b = 1; b < t->t->n_row; b++)
        for (uint16_t a = 0; a < b; a++) {
            if ((t->t->hit == HIT_ANY && same_way(&arm[a], &arm[b])) || !meet(t, a, b))
                continue;
            blame_row(t, PROBLEM_TABLE_OVERLAP, b,
                      arena_printf(t->c->scratch, "rows %u and %u both fit %s", a + 1U, b + 1U,
                                   say_example(t)));
            break;
        }
}

/* Rows that nothing comes to: the form has no such value, or what stands before takes it all. */
static void
check_idle(struct tabled *t)
{
    for (uint16_t r = 0; r < t->t->n_row; r++) {
        struct rows before = {{0}};

        for (uint16_t k = 0; k < r && t->t->hit == HIT_FIRST; k++)
            add(&before, k);
        if (!finds_hole(t, 0, &before, r) && t->n_part < PARTS_MOST)
            blame_row(t, PROBLEM_TABLE_IDLE, r,
                      arena_printf(t->c->scratch, "nothing ever comes to row %u", r + 1U));
    }
}

static void
check_table(struct tabled *t)
{
    const bool has_else = t->step->n_arm > t->t->n_row;
    struct rows all = {{0}};

    find_domains(t);
    if (t->t->hit == HIT_UNIQUE || t->t->hit == HIT_ANY)
        check_overlaps(t);
    check_idle(t);
    for (uint16_t r = 0; r < t->t->n_row; r++)
        add(&all, r);
    if (!has_else && finds_hole(t, 0, &all, NONE))
        blame_step(t->c, PROBLEM_TABLE_HOLE, t->step->index, "no row of \"%s\" fits %s",
                   t->step->path, say_example(t));
    if (t->n_part >= PARTS_MOST)
        blame_step(t->c, PROBLEM_TOO_MANY, t->step->index,
                   "the table of \"%s\" has too many parts to be looked at one by one",
                   t->step->path);
}

void
check_tables(struct check *c)
{
    for (uint16_t i = 0; i < c->w->n_step; i++) {
        struct tabled t = {.c = c, .step = &c->w->step[i], .t = c->w->step[i].table};

        if (t.t)
            check_table(&t);
    }
}
