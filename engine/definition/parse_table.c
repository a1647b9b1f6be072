/* SPDX-License-Identifier: Apache-2.0 */
/* Decision tables: rows of cells become conditions, so that all else knows arms only. */
#include <string.h>

#include "definition/parse.h"

static const char *const kinds[] = {"integer", "boolean", "date", "text", NULL};
static const char *const hits[] = {"unique", "first", "any", "collect", NULL};
static const char *const gathers[] = {"list", "sum", "count", NULL};

/* A table while it is read. */
struct tabling {
    struct parse *p;
    struct step *step;
    struct decision_table *table;
    struct table_input *input;
    struct table_cell *cell; /* [n_row * n_input] */
    struct decision_arm *arm;
    const struct value **give; /* [n_row] */
};

int64_t
table_least(enum table_kind kind)
{
    return kind == TABLE_INTEGER ? INT64_MIN : kind == TABLE_DATE ? instant_day(INSTANT_MIN) : 0;
}

int64_t
table_most(enum table_kind kind)
{
    return kind == TABLE_INTEGER ? INT64_MAX : kind == TABLE_DATE ? instant_day(INSTANT_MAX) : 1;
}

/* {name: [a, b]}; b NULL: {name: [a]}. */
static struct value
operation(struct parse *p, const char *name, struct value a, const struct value *b)
{
    struct value *item = arena_array(p->arena, 2, struct value);
    struct member m = {.name = name, .name_len = (uint32_t)strlen(name)};

    item[0] = a;
    if (b)
        item[1] = *b;
    m.value = value_array(item, b ? 2 : 1);
    return value_object(p->arena, arena_copy(p->arena, &m, sizeof(m)), 1);
}

/* The conditions that are to hold together (`and`) or of which one is to (`or`). */
struct conditions {
    struct value *item;
    uint32_t n;
};

static void
add_condition(struct parse *p, struct conditions *c, struct value v)
{
    c->item = arena_grow(p->arena, c->item, c->n, sizeof(*c->item));
    c->item[c->n++] = v;
}

static struct value
joined(struct parse *p, const char *name, const struct conditions *c)
{
    struct member m = {.name = name, .name_len = (uint32_t)strlen(name)};

    if (c->n == 1)
        return c->item[0];
    m.value = value_array(c->item, c->n);
    return value_object(p->arena, arena_copy(p->arena, &m, sizeof(m)), 1);
}

static struct value
day_value(struct parse *p, int64_t d)
{
    char text[DAY_TEXT];

    return value_string(p->arena, day_write((day)d, text));
}

/* Of a date only the day counts, whatever the hour: up to the 5th is before the 6th. */
static struct value
span_condition(struct parse *p, const struct table_input *in, struct table_span s)
{
    struct conditions all = {.n = 0};
    struct value bound;

    if (in->kind == TABLE_INTEGER && s.from == s.to) {
        bound = value_int(s.from);
        return operation(p, "===", *in->source, &bound);
    }
    if (s.from > table_least(in->kind)) {
        bound = in->kind == TABLE_DATE ? day_value(p, s.from) : value_int(s.from);
        add_condition(
            p, &all,
            operation(p, in->kind == TABLE_DATE ? "not-before" : ">=", *in->source, &bound));
    }
    if (s.to < table_most(in->kind)) {
        bound = in->kind == TABLE_DATE ? day_value(p, s.to + 1) : value_int(s.to);
        add_condition(p, &all,
                      operation(p, in->kind == TABLE_DATE ? "before" : "<=", *in->source, &bound));
    }
    return joined(p, "and", &all);
}

static struct value
text_condition(struct parse *p, const struct table_input *in, const struct table_cell *cell)
{
    struct value *item = arena_array(p->arena, cell->n_text, struct value), list, yes;

    for (uint16_t i = 0; i < cell->n_text; i++)
        item[i] = value_borrow(cell->text[i]);
    list = value_array(item, cell->n_text);
    yes = cell->n_text == 1 ? operation(p, "===", *in->source, &item[0])
                            : operation(p, "in", *in->source, &list);
    return cell->others ? operation(p, "!", yes, NULL) : yes;
}

/* What must hold for the cell; false: whatever. */
static bool
cell_condition(struct parse *p, const struct table_input *in, const struct table_cell *cell,
               struct value *out)
{
    struct conditions any = {.n = 0};

    if (cell->any)
        return false;
    if (in->kind == TABLE_TEXT) {
        *out = text_condition(p, in, cell);
        return true;
    }
    if (in->kind == TABLE_BOOLEAN) {
        *out = cell->span[0].from ? *in->source : operation(p, "!", *in->source, NULL);
        return true;
    }
    for (uint16_t i = 0; i < cell->n_span; i++)
        add_condition(p, &any, span_condition(p, in, cell->span[i]));
    *out = joined(p, "or", &any);
    return true;
}

/* An integer or a day; false and a problem when it is neither. */
static bool
read_point(struct parse *p, const struct place *at, enum table_kind kind, int64_t *out)
{
    day d;

    if (kind == TABLE_INTEGER && at->v->kind == VALUE_INT) {
        *out = at->v->integer;
        return true;
    }
    if (kind == TABLE_DATE && at->v->kind == VALUE_STRING &&
        day_read(at->v->string, at->v->n, &d)) {
        *out = d;
        return true;
    }
    complain(p, at, PROBLEM_BAD_CELL, "expected %s",
             kind == TABLE_DATE ? "a date or a range of dates"
                                : "an integer or a range of integers");
    return false;
}

/* {"from", "to"}: both included; {"above", "below"}: neither. */
static bool
read_range(struct parse *p, const struct place *at, enum table_kind kind, struct table_span *out)
{
    const struct place *from = place_get(p, at, "from"), *above = place_get(p, at, "above");
    const struct place *to = place_get(p, at, "to"), *below = place_get(p, at, "below");

    *out = (struct table_span){table_least(kind), table_most(kind)};
    if (!shape_check(p, at, SHAPE_RANGE))
        return false;
    if ((from && above) || (to && below) || !at->v->n) {
        complain(p, at, PROBLEM_BAD_CELL,
                 "a range begins \"from\" or \"above\" and ends \"to\" or \"below\"");
        return false;
    }
    if ((from && !read_point(p, from, kind, &out->from)) ||
        (above && !read_point(p, above, kind, &out->from)) ||
        (to && !read_point(p, to, kind, &out->to)) ||
        (below && !read_point(p, below, kind, &out->to)))
        return false;
    if ((above && out->from == table_most(kind)) || (below && out->to == table_least(kind)) ||
        out->from + (above != NULL) > out->to - (below != NULL)) {
        complain(p, at, PROBLEM_BAD_CELL, "nothing lies in this range");
        return false;
    }
    out->from += above != NULL;
    out->to -= below != NULL;
    return true;
}

static void
read_span(struct tabling *t, const struct place *at, enum table_kind kind, struct table_cell *cell)
{
    struct table_span s, *list = (struct table_span *)(uintptr_t)cell->span;

    if (kind == TABLE_BOOLEAN) {
        if (at->v->kind != VALUE_BOOL) {
            complain(t->p, at, PROBLEM_BAD_CELL, "expected true or false");
            return;
        }
        s.from = s.to = at->v->boolean;
    } else if (at->v->kind == VALUE_OBJECT) {
        if (!read_range(t->p, at, kind, &s))
            return;
    } else {
        if (!read_point(t->p, at, kind, &s.from))
            return;
        s.to = s.from;
    }
    list = arena_grow(t->p->arena, list, cell->n_span, sizeof(*list));
    list[cell->n_span++] = s;
    cell->span = list;
}

static void
read_word_cell(struct tabling *t, const struct place *at, struct table_cell *cell)
{
    const char **text = (const char **)(uintptr_t)cell->text;

    if (at->v->kind != VALUE_STRING) {
        complain(t->p, at, PROBLEM_BAD_CELL, "expected a text");
        return;
    }
    text = arena_grow(t->p->arena, text, cell->n_text, sizeof(*text));
    text[cell->n_text++] = at->v->string;
    cell->text = text;
}

static void
read_one(struct tabling *t, const struct place *at, enum table_kind kind, struct table_cell *cell)
{
    if (kind == TABLE_TEXT)
        read_word_cell(t, at, cell);
    else
        read_span(t, at, kind, cell);
}

/* "-", one value or range, a list of them, or {"not": texts}. */
static void
read_cell(struct tabling *t, const struct place *at, enum table_kind kind, struct table_cell *cell)
{
    const struct place *list = at;

    if (at->v->kind == VALUE_STRING && !strcmp(at->v->string, "-")) {
        cell->any = true;
        return;
    }
    if (kind == TABLE_TEXT && at->v->kind == VALUE_OBJECT) {
        list = place_get(t->p, at, "not");
        if (!shape_check(t->p, at, SHAPE_NOT) || !list) {
            complain(t->p, at, PROBLEM_BAD_CELL, "expected a text, a list of texts or \"not\"");
            return;
        }
        cell->others = true;
    }
    if (list->v->kind != VALUE_ARRAY) {
        read_one(t, list, kind, cell);
        return;
    }
    if (!list->v->n)
        complain(t->p, list, PROBLEM_EMPTY, "the cell lists nothing");
    for (uint32_t i = 0; i < list->v->n && i < TABLE_LIST; i++)
        read_one(t, place_item(t->p, list, i), kind, cell);
    if (list->v->n > TABLE_LIST)
        complain(t->p, list, PROBLEM_TOO_MANY, "more than %d values in a cell", TABLE_LIST);
    if (kind == TABLE_BOOLEAN && cell->n_span > 1)
        complain(t->p, list, PROBLEM_BAD_CELL, "for true and false alike write \"-\"");
}

/* The cells of a row, and from them its condition; no condition at all: it always fits. */
static void
read_cells(struct tabling *t, const struct place *row, uint16_t r)
{
    const size_t before = t->p->problems->n;
    const struct place *list = place_get(t->p, row, "if");
    struct table_cell *cell = &t->cell[r * t->table->n_input];
    struct conditions all = {.n = 0};
    struct value v, *whole;
    struct error e;

    if (!list)
        complain(t->p, row, PROBLEM_MISSING_KEY, "\"if\" is missing");
    if (!expect(t->p, list, VALUE_ARRAY))
        return;
    if (list->v->n != t->table->n_input) {
        complain(t->p, list, PROBLEM_BAD_CELL, "%u cells for %u inputs", list->v->n,
                 t->table->n_input);
        return;
    }
    for (uint16_t i = 0; i < t->table->n_input; i++)
        read_cell(t, place_item(t->p, list, i), t->input[i].kind, &cell[i]);
    if (t->p->problems->n != before)
        return;
    for (uint16_t i = 0; i < t->table->n_input; i++)
        if (cell_condition(t->p, &t->input[i], &cell[i], &v))
            add_condition(t->p, &all, v);
    if (!all.n)
        return;
    whole = arena_new(t->p->arena, struct value);
    *whole = joined(t->p, "and", &all);
    t->arm[r].condition = whole;
    if (!expression_compile(t->p->arena, whole, &t->arm[r].when, &e))
        complain(t->p, list, PROBLEM_BAD_EXPRESSION, "the row: %s", e.detail);
}

static void
read_row(struct tabling *t, const struct place *row, uint16_t r)
{
    const bool collects = t->table->hit == HIT_COLLECT;
    const struct place *give = place_get(t->p, row, "give");
    struct decision_arm *arm = &t->arm[r];

    arm->line = row->v->line;
    if (!shape_check(t->p, row, SHAPE_ROW))
        return;
    arm->basis = read_text(t->p, row, "basis", false);
    read_cells(t, row, r);
    if (!collects) {
        if (give)
            complain(t->p, give, PROBLEM_BAD_TABLE, "only a table that collects gives something");
        if (!value_get(row->v, "to"))
            complain(t->p, row, PROBLEM_MOVE_MISSING, "the row leads nowhere");
        arm->to = read_target(t->p, row, "to", t->step->region);
        return;
    }
    if (value_get(row->v, "to"))
        complain(t->p, row, PROBLEM_BAD_TABLE, "where a table that collects leads, it says itself");
    if (!give && t->table->as != GATHER_COUNT)
        complain(t->p, row, PROBLEM_MISSING_KEY, "\"give\" is missing");
    arm->give = read_expression(t->p, give, t->table->as == GATHER_SUM ? VALUE_INT : VALUE_NULL,
                                (struct speaker){.region = t->step->region});
    t->give[r] = give ? give->v : NULL;
}

static void
read_inputs(struct tabling *t, const struct place *at)
{
    struct parse *p = t->p;
    const struct place *list = place_get(p, at, "inputs");

    if (!list)
        complain(p, at, PROBLEM_MISSING_KEY, "\"inputs\" is missing");
    if (!expect(p, list, VALUE_ARRAY))
        return;
    if (!list->v->n || list->v->n > TABLE_INPUTS)
        complain(p, list, list->v->n ? PROBLEM_TOO_MANY : PROBLEM_EMPTY,
                 "a table has 1 to %d inputs", TABLE_INPUTS);
    for (uint32_t i = 0; i < list->v->n && i < TABLE_INPUTS; i++) {
        const struct place *one = place_item(p, list, i);
        struct table_input *in = &t->input[t->table->n_input++];
        const struct place *value = place_get(p, one, "value");

        *in = (struct table_input){.source = value ? value->v : one->v};
        if (!shape_check(p, one, SHAPE_INPUT))
            continue;
        (void)read_title(p, one, false);
        if (!value || !value_get(one->v, "kind"))
            complain(p, one, PROBLEM_MISSING_KEY, "\"%s\" is missing", value ? "kind" : "value");
        in->kind = (enum table_kind)read_word(p, one, "kind", kinds, TABLE_TEXT);
        if (value && in->kind == TABLE_DATE)
            (void)read_date(p, value, t->step->region);
        else if (value)
            (void)read_expression(p, value,
                                  in->kind == TABLE_INTEGER   ? VALUE_INT
                                  : in->kind == TABLE_BOOLEAN ? VALUE_BOOL
                                                              : VALUE_STRING,
                                  (struct speaker){.region = t->step->region});
    }
}

/* What is collected is written like by `set`: its kind is that of all that may be given. */
static void
read_into(struct tabling *t, const struct place *at, uint16_t n_row)
{
    const struct place *into = place_get(t->p, at, "into");
    struct value *item = arena_array(t->p->arena, n_row + 1, struct value);
    struct value *made = arena_new(t->p->arena, struct value);
    struct place written;
    uint32_t n = 0;

    t->table->into = read_text(t->p, at, "into", true);
    if (!t->table->into)
        return;
    for (uint16_t r = 0; r < n_row; r++)
        if (t->give[r])
            item[n++] = *t->give[r];
    *made = t->table->as == GATHER_LIST ? value_array(item, n) : value_int(0);
    made->line = into->v->line;
    written = *into;
    written.v = made;
    (void)read_set(t->p, arena_copy(t->p->scratch, &written, sizeof(written)), t->table->into,
                   (struct speaker){.region = t->step->region});
}

/* The last arm, taken when no row fits; a table that collects always goes there. */
static bool
read_otherwise(struct tabling *t, const struct place *at, struct decision_arm *arm)
{
    const bool collects = t->table->hit == HIT_COLLECT;
    const struct place *rest = collects ? at : place_get(t->p, at, "else");

    if (!collects && value_get(at->v, "to"))
        complain(t->p, at, PROBLEM_BAD_TABLE, "each row says where it leads");
    if (collects && value_get(at->v, "else"))
        complain(t->p, at, PROBLEM_BAD_TABLE, "a table that collects goes \"to\", whatever fits");
    if (!rest || (!collects && !shape_check(t->p, rest, SHAPE_ELSE)))
        return false;
    if (!value_get(rest->v, "to"))
        complain(t->p, rest, PROBLEM_MOVE_MISSING, "it leads nowhere");
    arm->line = rest->v->line;
    arm->to = read_target(t->p, rest, "to", t->step->region);
    arm->basis = collects ? NULL : read_text(t->p, rest, "basis", false);
    return true;
}

void
read_table(struct parse *p, const struct place *at, struct step *s)
{
    const struct place *rows = place_get(p, at, "rows");
    struct tabling t = {.p = p, .step = s, .table = arena_new(p->arena, struct decision_table)};
    uint16_t n_row;

    if (!shape_check(p, at, SHAPE_TABLE))
        return;
    if (!value_get(at->v, "hit") || !rows)
        complain(p, at, PROBLEM_MISSING_KEY, "\"%s\" is missing", rows ? "hit" : "rows");
    t.table->hit = (enum hit)read_word(p, at, "hit", hits, HIT_UNIQUE);
    t.table->as = (enum gather)read_word(p, at, "as", gathers, GATHER_LIST);
    t.input = arena_array(p->arena, TABLE_INPUTS, struct table_input);
    read_inputs(&t, at);
    if (!expect(p, rows, VALUE_ARRAY))
        return;
    if (!rows->v->n || rows->v->n > TABLE_ROWS) {
        complain(p, rows, rows->v->n ? PROBLEM_TOO_MANY : PROBLEM_EMPTY, "a table has 1 to %d rows",
                 TABLE_ROWS);
        return;
    }
    n_row = (uint16_t)rows->v->n;
    t.cell = arena_array(p->arena, (size_t)n_row * TABLE_INPUTS, struct table_cell);
    t.arm = arena_array(p->arena, n_row + 1, struct decision_arm);
    t.give = arena_array(p->scratch, n_row, const struct value *);
    for (uint16_t r = 0; r < n_row; r++)
        read_row(&t, place_item(p, rows, r), r);
    if (t.table->hit == HIT_COLLECT)
        read_into(&t, at, n_row);
    else if (value_get(at->v, "into") || value_get(at->v, "as"))
        complain(p, at, PROBLEM_BAD_TABLE, "only a table that collects has \"into\" and \"as\"");
    s->n_arm = n_row;
    s->n_arm += read_otherwise(&t, at, &t.arm[n_row]);
    t.table->input = t.input;
    t.table->cell = t.cell;
    t.table->n_row = n_row;
    s->arm = t.arm;
    s->table = t.table;
}
