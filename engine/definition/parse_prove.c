/* SPDX-License-Identifier: Apache-2.0 */
/* Forms and expressions: compiled where they stand, proved when everything has been read. */
#include <string.h>

#include "definition/parse.h"

static struct duty *
add_duty(struct parse *p, const struct duty *d)
{
    p->duty = arena_grow(p->scratch, p->duty, p->n_duty, sizeof(*p->duty));
    p->duty[p->n_duty] = *d;
    return &p->duty[p->n_duty++];
}

const struct expression *
read_expression(struct parse *p, const struct place *at, enum value_kind expected,
                struct speaker who)
{
    const struct expression *x;
    struct error e;

    if (!at)
        return NULL;
    if (!expression_compile(p->arena, at->v, &x, &e)) {
        complain_within(p, at, e.pointer, PROBLEM_BAD_EXPRESSION, e.detail);
        return NULL;
    }
    (void)add_duty(p, &(struct duty){.x = x, .at = at, .expected = expected, .speaker = who});
    return x;
}

/* No kind says "date", but an operator that takes one does: that is what is proved. */
static const char wrapper[] = "/not-after/0";

const struct expression *
read_date(struct parse *p, const struct place *at, uint16_t region)
{
    const struct expression *x =
        read_expression(p, at, VALUE_STRING, (struct speaker){.region = region});
    const struct value now[] = {value_borrow("now")};
    struct member var = {"var", 3, value_array(now, 1)}, not_after = {"not-after", 9, value_null()};
    struct value operand[2], wrapped;
    struct error e;

    if (!x)
        return NULL;
    operand[0] = *at->v;
    operand[1] = value_object(p->scratch, &var, 1);
    not_after.value = value_array(operand, 2);
    wrapped = value_object(p->scratch, &not_after, 1);
    /* Too deep to be wrapped is too deep. */
    if (!expression_compile(p->scratch, &wrapped, &p->duty[p->n_duty - 1].x, &e)) {
        complain_within(p, at, "", PROBLEM_BAD_EXPRESSION, e.detail);
        return NULL;
    }
    p->duty[p->n_duty - 1].expected = VALUE_BOOL;
    p->duty[p->n_duty - 1].date = true;
    return x;
}

const struct form *
read_form(struct parse *p, const struct place *at, const struct value **schema)
{
    const struct form *form;
    struct error e;

    if (!expect(p, at, VALUE_OBJECT))
        return NULL;
    if (!form_compile(p->arena, at->v, FORM_FORMATS_ASSERT, &form, &e)) {
        complain_within(p, at, e.pointer, PROBLEM_BAD_FORM, e.detail);
        return NULL;
    }
    *schema = at->v;
    return form;
}

/* {"required": ["reason"]} alone says: an object of exactly these, all of them texts. */
const struct form *
read_input(struct parse *p, const struct place *at, const struct value **schema)
{
    const struct value *required = at ? value_get(at->v, "required") : NULL;
    struct value *full, text, properties = value_object(p->arena, NULL, 0);
    struct member member[2] = {{"minLength", 9, value_int(1)}, {"type", 4, value_borrow("string")}};
    struct place expanded;

    if (!required || required->kind != VALUE_ARRAY || value_get(at->v, "properties"))
        return read_form(p, at, schema);
    text = value_object(p->arena, arena_copy(p->arena, member, sizeof(member)), 2);
    for (uint32_t i = 0; i < required->n; i++)
        if (required->item[i].kind == VALUE_STRING)
            properties = value_with(p->arena, &properties, required->item[i].string, text);
    full = arena_new(p->arena, struct value);
    *full = value_with(p->arena, at->v, "properties", properties);
    full->line = at->v->line;
    if (!value_get(full, "type"))
        *full = value_with(p->arena, full, "type", value_borrow("object"));
    if (!value_get(full, "additionalProperties"))
        *full = value_with(p->arena, full, "additionalProperties", value_bool(false));
    expanded = (struct place){.up = at->up, .key = at->key, .index = at->index, .v = full};
    return read_form(p, arena_copy(p->scratch, &expanded, sizeof(expanded)), schema);
}

static const char *const given[] = {"number", "district", "applicantKind", "opened", "today",
                                    "owed",   NULL};

struct variable *
parse_variable(const struct parse *p, const char *name)
{
    for (uint32_t i = 0; i < p->n_variable; i++)
        if (!strcmp(p->variable[i].name, name))
            return &p->variable[i];
    return NULL;
}

/* "case.x": x, when it is a name of the author's; NULL otherwise. */
static const char *
own_name(const struct parse *p, const char *name)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

    if (strncmp(name, "case.", 5) != 0 || !name[5] || name[5 + strspn(name + 5, letters)])
        return NULL;
    for (size_t i = 0; given[i]; i++)
        if (!strcmp(given[i], name + 5))
            return NULL;
    return p->w->n_lane && !strcmp(name + 5, "lane") ? NULL : name + 5;
}

const struct expression *
read_set(struct parse *p, const struct place *at, const char *name, struct speaker who)
{
    const char *own = own_name(p, name);
    enum value_kind expected = VALUE_NULL;
    const struct expression *x;

    if (!strncmp(name, "form.", 5) && p->w->form) {
        const struct form_field f = form_field(p->w->form, name + 5);

        if (!f.declared)
            complain(p, at, PROBLEM_BAD_SET, "the form has no field \"%s\"", name + 5);
        expected = f.kind;
    } else if (!own) {
        complain(p, at, PROBLEM_BAD_SET, "\"%s\" cannot be set", name);
    } else if (!parse_variable(p, own)) {
        p->variable = arena_grow(p->scratch, p->variable, p->n_variable, sizeof(*p->variable));
        p->variable[p->n_variable++] = (struct variable){.name = own};
    }
    x = read_expression(p, at, expected, who);
    if (x)
        p->duty[p->n_duty - 1].variable = own;
    return x;
}

static struct known
text_known(bool required)
{
    return (struct known){.declared = true, .required = required, .kind = VALUE_STRING};
}

static struct known
date_known(void)
{
    return (struct known){.declared = true, .required = true, .kind = VALUE_STRING, .date = true};
}

static struct known
know_case(const struct parse *p, const char *path)
{
    /* What was given later than the first versions is still an author's name where he sets it. */
    const struct variable *own = parse_variable(p, path);

    if (!strcmp(path, "opened") || !strcmp(path, "today"))
        return date_known();
    if (!strcmp(path, "owed"))
        return (struct known){.declared = true, .required = true, .kind = VALUE_INT};
    if (p->w->n_lane && !strcmp(path, "lane"))
        return text_known(true);
    for (size_t i = 0; given[i]; i++)
        if (!strcmp(path, given[i]))
            return text_known(true);
    if (own)
        return (struct known){.declared = true, .kind = own->kind, .date = own->date};
    if (!strcmp(path, "brokenPromises"))
        return (struct known){.declared = true, .required = true, .kind = VALUE_INT};
    if (!strcmp(path, "identified"))
        return (struct known){.declared = true, .required = true, .kind = VALUE_BOOL};
    return (struct known){.declared = false};
}

/* "services.seal.outcome", "review.visits": the last word after the path of a step or branch. */
/* Whether @inside is @step or within it: who is there has entered it. */
static bool
has_entered(const struct parse *p, const struct step *inside, uint16_t step)
{
    uint16_t i = inside ? inside->index : NONE;

    while (i != NONE && i != step)
        i = p->region[p->step[i].region].owner;
    return i == step && inside;
}

/* Whether @name is what a branch of the list is called, seen from @region: "consult.fire". */
static bool
names_branch(const struct parse *p, uint16_t each, const char *name, uint16_t region)
{
    const size_t head = strlen(p->step[p->region[each].owner].path);

    if (!strcmp(name, p->region[each].path))
        return p->region[region].each == each;
    return !strncmp(name, p->step[p->region[each].owner].path, head) && name[head] == '.' &&
           name[head + 1] && !strchr(name + head + 1, '.');
}

/*
 * Within a branch of a list its own steps are called by their paths, those of
 * another branch by the name of its element.
 */
static bool
speaks_of(const struct parse *p, const struct step *s, const char *name, uint16_t region)
{
    const uint16_t each = p->region[s->region].each;

    if (each != NONE && each == p->region[region].each && !strcmp(s->path, name))
        return true;
    return step_called(p->w, s, name) && (each == NONE || strcmp(s->path, name) != 0);
}

/* step.PATH.entered, .ended, .counted of a step that opens child cases. */
static bool
counts_children(const struct parse *p, const char *name, const char *last)
{
    if (strcmp(last, ".entered") != 0 && strcmp(last, ".ended") != 0 &&
        strcmp(last, ".counted") != 0)
        return false;
    for (uint16_t i = 0; i < p->w->n_step; i++)
        if (step_called(p->w, &p->step[i], name))
            return p->step[i].children != NULL;
    return false;
}

static struct known
know_step(const struct parse *p, const char *path, const struct speaker *who)
{
    const char *last = strrchr(path, '.');
    const char *name = arena_strndup(p->scratch, path, last ? (size_t)(last - path) : 0);
    struct known k = {.declared = false};

    if (last && !strcmp(last, ".outcome"))
        k.instead = "only a branch of a parallel step has an outcome";
    for (uint16_t i = 0; last && strcmp(last, ".outcome") != 0 && i < p->w->n_step; i++)
        if (speaks_of(p, &p->step[i], name, who->region)) {
            k.declared = true;
            k.required = has_entered(p, who->step, i) && !strcmp(p->step[i].path, name) &&
                         (!strcmp(last, ".visits") || counts_children(p, name, last));
        }
    for (uint16_t i = 1; last && !k.declared && i < p->w->n_region; i++)
        if (p->step[p->region[i].owner].kind != STEP_PARALLEL)
            continue; /* only branches end in one way or another */
        else if (p->region[i].each == i ? names_branch(p, i, name, who->region)
                                        : !strcmp(p->region[i].path, name))
            k.declared = !strcmp(last, ".outcome");
    if (!k.declared)
        return k;
    if (!strcmp(last, ".visits"))
        k.kind = VALUE_INT;
    else if (counts_children(p, name, last))
        k = (struct known){.declared = true, .required = k.required, .kind = VALUE_INT};
    else if (!strcmp(last, ".outcome") || !strcmp(last, ".by"))
        k.kind = VALUE_STRING;
    else
        k.declared = false;
    return k;
}

static struct known
know_actor(const char *path)
{
    if (!strcmp(path, "id"))
        return text_known(true);
    if (!strcmp(path, "department") || !strcmp(path, "district"))
        return text_known(false);
    return (struct known){.declared = false};
}

/* Numbers of branches, for a join. */
static struct known
know_tally(const char *path)
{
    static const char *const word[] = {"entered", "ended", "running", "counted", NULL};

    for (size_t i = 0; word[i]; i++)
        if (!strcmp(word[i], path))
            return (struct known){.declared = true, .required = true, .kind = VALUE_INT};
    return (struct known){.declared = false};
}

static struct known
know_field(struct form_field f)
{
    return (struct known){.declared = f.declared,
                          .required = f.required,
                          .kind = f.kind,
                          .item_kind = f.item_kind,
                          .date = f.date};
}

static struct known
know_form(const struct form *form, const char *path)
{
    return know_field(form_field(form, path));
}

/* An element of a list of the form, which is a text or a number. */
static struct known
know_item(const struct form *form, const char *list)
{
    const struct known k = know_form(form, list);

    return (struct known){.declared = true, .required = true, .kind = k.item_kind, .date = k.date};
}

/* The element of the list as the form has it; that of a branch first, then that of a child case. */
static struct known
know_each(const struct parse *p, const char *path, const struct speaker *who)
{
    const uint16_t each = p->region[who->region].each;
    const struct children *x = who->children;

    if (!p->w->form)
        return (struct known){.declared = false};
    if (each != NONE && !strcmp(p->region[each].id, path))
        return know_item(p->w->form, p->step[p->region[each].owner].foreach_field);
    if (!x || !x->each)
        return (struct known){.declared = false};
    if (x->as && !strcmp(x->as, path) && form_field(p->w->form, x->each).item_kind != VALUE_OBJECT)
        return know_item(p->w->form, x->each);
    return know_field(form_item_field(p->w->form, x->each, path));
}

/* One expression while it is proved. */
struct proving {
    struct parse *p;
    const struct duty *duty;
};

static struct known
look_up(const void *arg, enum root root, const char *path)
{
    const struct proving *now = arg;
    const struct speaker *who = &now->duty->speaker;

    switch (root) {
    case ROOT_FORM:
        if (now->p->w->form)
            return know_form(now->p->w->form, path);
        break;
    case ROOT_INPUT:
        if (who->input)
            return know_form(who->input, path);
        break;
    case ROOT_CASE:
        return know_case(now->p, path);
    case ROOT_STEP:
        return know_step(now->p, path, who);
    case ROOT_ACTOR:
        if (who->actor)
            return know_actor(path);
        break;
    case ROOT_TALLY:
        if (who->ballot)
            return know_ballot(who->ballot, path);
        if (who->tally)
            return know_tally(path);
        break;
    case ROOT_EACH:
        return know_each(now->p, path, who);
    case ROOT_NOW:
        return date_known();
    case ROOT_COUNT:
        break;
    }
    return (struct known){.declared = false};
}

static void
on_problem(void *arg, const char *pointer, const char *what)
{
    const struct proving *now = arg;

    if (now->duty->date)
        pointer = strncmp(pointer, wrapper, sizeof(wrapper) - 1) == 0
                      ? pointer + sizeof(wrapper) - 1
                      : "";
    complain_within(now->p, now->duty->at, pointer, PROBLEM_UNPROVED, what);
}

static int
prove(struct proving *now, enum value_kind expected, expression_problem_fn *problem)
{
    const struct proof proof = {look_up, now};

    return expression_prove(now->duty->x, &proof, expected, problem, now);
}

/* The one kind the expression can have, found by trying; VALUE_NULL: not certain. */
static enum value_kind
kind_of(struct proving *now)
{
    static const enum value_kind kinds[] = {VALUE_BOOL, VALUE_INT, VALUE_STRING, VALUE_ARRAY};
    const int least = prove(now, VALUE_NULL, NULL);
    enum value_kind fits = VALUE_NULL;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (prove(now, kinds[i], NULL) == least) {
            if (fits != VALUE_NULL)
                return VALUE_NULL;
            fits = kinds[i];
        }
    return fits;
}

/* What kind is written to each name of the case; a name may be set from another one. */
static void
infer_variables(struct parse *p)
{
    for (uint32_t round = 0; round < p->n_variable; round++) {
        bool moved = false;

        for (uint32_t v = 0; v < p->n_variable; v++) {
            enum value_kind kind = VALUE_NULL;
            bool agree = true, first = true, date = true;

            for (uint32_t d = 0; d < p->n_duty; d++) {
                struct proving now = {p, &p->duty[d]};
                enum value_kind one;

                if (!p->duty[d].variable || strcmp(p->duty[d].variable, p->variable[v].name) != 0)
                    continue;
                one = kind_of(&now);
                agree = agree && (first || one == kind);
                kind = one;
                date = date && expression_gives_date(now.duty->x, &(struct proof){look_up, &now});
                first = false;
            }
            kind = agree ? kind : VALUE_NULL;
            date = date && kind == VALUE_STRING;
            moved = moved || kind != p->variable[v].kind || date != p->variable[v].date;
            p->variable[v].kind = kind;
            p->variable[v].date = date;
        }
        if (!moved)
            return;
    }
}

static void
check_founds(struct parse *p)
{
    const struct variable *v = p->w->founds ? parse_variable(p, p->w->founds) : NULL;

    if (p->w->founds && (!v || v->kind != VALUE_STRING))
        complain(p, p->founds, PROBLEM_BAD_FOUNDS,
                 v ? "\"case.%s\" is no text" : "nothing sets \"case.%s\"", p->w->founds);
}

void
prove_all(struct parse *p)
{
    infer_variables(p);
    check_founds(p);
    for (uint32_t d = 0; d < p->n_duty; d++) {
        struct proving now = {p, &p->duty[d]};

        (void)prove(&now, p->duty[d].expected, on_problem);
    }
}
