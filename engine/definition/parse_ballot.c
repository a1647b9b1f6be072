/* SPDX-License-Identifier: Apache-2.0 */
/* Ballots: the roll, what may be chosen, when it closes, and what the result is. */
#include <string.h>

#include "definition/parse.h"

enum { CHOICES_MOST = 9 };

/* They stand beside the choices in a tally. */
static const char *const tally_word[] = {"voters", "voted", "weight", "votedWeight", "group", NULL};

static const struct value *
schema_at(const struct value *schema, const char *member)
{
    return value_get(value_get(schema, "properties"), member);
}

static bool requires(const struct value *schema, const char *member)
{
    const struct value *list = value_get(schema, "required");

    for (uint32_t i = 0; list && list->kind == VALUE_ARRAY && i < list->n; i++)
        if (list->item[i].kind == VALUE_STRING && !strcmp(list->item[i].string, member))
            return true;
    return false;
}

/* The member of a voter that key @key names: of that type, and there for every voter. */
static const char *
read_member(struct parse *p, const struct place *at, const char *key, bool needed,
            const struct value *voter, const char *type)
{
    const char *name = read_text(p, at, key, needed);
    const struct value *field = name ? schema_at(voter, name) : NULL;
    const char *is = field ? value_get_string(field, "type") : NULL;

    if (name && voter && (!is || strcmp(is, type) != 0 || !requires(voter, name)))
        complain(p, place_get(p, at, key), PROBLEM_BAD_BALLOT,
                 "voters of the form have no required member \"%s\" of type %s", name, type);
    return name;
}

/* The schema of one voter; NULL and a problem when the form has no such list. */
static const struct value *
read_roll(struct parse *p, const struct place *at, struct ballot *b)
{
    const char *field = read_text(p, at, "roll", true);
    const struct value *list, *voter;

    if (!field)
        return NULL;
    b->roll = field;
    list = p->w->form_schema ? schema_at(p->w->form_schema, field) : NULL;
    voter = value_get(list, "items");
    if (voter && value_get(voter, "properties"))
        return voter;
    complain(p, place_get(p, at, "roll"), PROBLEM_BAD_BALLOT,
             "the form has no field \"%s\" that is an array of objects", field);
    return NULL;
}

static void
read_groups(struct parse *p, const struct place *at, const struct value *voter, struct ballot *b)
{
    const struct value *list;
    const char **group;

    b->group = read_member(p, at, "group", false, voter, "string");
    list = b->group && voter ? value_get(schema_at(voter, b->group), "enum") : NULL;
    if (b->group && voter && (!list || list->kind != VALUE_ARRAY || list->n == 0)) {
        complain(p, place_get(p, at, "group"), PROBLEM_BAD_BALLOT,
                 "the form says by no \"enum\" which groups there are");
        return;
    }
    group = arena_array(p->arena, list ? list->n : 0, const char *);
    for (uint32_t i = 0; list && i < list->n && i < NONE; i++)
        if (list->item[i].kind == VALUE_STRING)
            group[b->n_group++] = list->item[i].string;
    b->groups = group;
}

static void
read_choices(struct parse *p, const struct place *at, struct ballot *b)
{
    const struct place *list = place_get(p, at, "choices");
    const char **choice;
    struct title *title;

    if (!list)
        complain(p, at, PROBLEM_MISSING_KEY, "\"choices\" is missing");
    if (!expect(p, list, VALUE_OBJECT))
        return;
    if (list->v->n < 2 || list->v->n > CHOICES_MOST) {
        complain(p, list, PROBLEM_BAD_BALLOT, "there are 2 to %d choices", CHOICES_MOST);
        return;
    }
    choice = arena_array(p->arena, list->v->n, const char *);
    title = arena_array(p->arena, list->v->n, struct title);
    for (uint32_t i = 0; i < list->v->n; i++) {
        const struct place *one = place_member(p, list, i);

        check_id(p, one, one->key);
        for (size_t k = 0; tally_word[k]; k++)
            if (!strcmp(tally_word[k], one->key))
                complain(p, one, PROBLEM_RESERVED, "no choice may be called \"%s\"", one->key);
        choice[b->n_choice] = one->key;
        if (shape_check(p, one, SHAPE_CHOICE))
            title[b->n_choice] = read_title(p, one, true);
        b->n_choice++;
    }
    b->choice = choice;
    b->choice_title = title;
}

/* Its end is that of a wait: a length, or a date. */
static void
read_closing(struct parse *p, const struct place *at, struct step *s)
{
    const struct place *closes = place_get(p, at, "closes");

    if (!closes)
        complain(p, at, PROBLEM_MISSING_KEY, "\"closes\" is missing");
    else if (closes->v->kind != VALUE_OBJECT)
        (void)read_limit(p, closes, &s->wait);
    else if (shape_check(p, closes, SHAPE_UNTIL))
        s->wait_until = read_date(p, place_get(p, closes, "until"), s->region);
}

void
read_ballot(struct parse *p, const struct place *at, struct step *s)
{
    struct ballot *b = arena_new(p->arena, struct ballot);
    const struct place *result = place_get(p, at, "result");
    const struct value *voter;

    if (!shape_check(p, at, SHAPE_VOTING))
        return;
    s->ballot = b;
    p->w->takes_seed = true;
    voter = read_roll(p, at, b);
    b->voter = read_member(p, at, "voter", true, voter, "string");
    b->weight = read_member(p, at, "weight", false, voter, "integer");
    read_groups(p, at, voter, b);
    read_choices(p, at, b);
    read_closing(p, at, s);
    b->replace = read_flag(p, at, "replace");
    b->secret = read_flag(p, at, "secret");
    if (!result)
        complain(p, at, PROBLEM_MISSING_KEY, "\"result\" is missing");
    read_arms_of(p, result, (struct speaker){.ballot = b, .region = s->region}, s);
}

static bool
among(const char *const *list, uint16_t n, const char *word, size_t len)
{
    for (uint16_t i = 0; i < n; i++)
        if (strlen(list[i]) == len && !memcmp(list[i], word, len))
            return true;
    return false;
}

struct known
know_ballot(const struct ballot *b, const char *path)
{
    struct known k = {.declared = true, .required = true, .kind = VALUE_INT};
    const char *dot;

    if (!strncmp(path, "group.", 6)) {
        dot = strchr(path + 6, '.');
        if (!dot || !among(b->groups, b->n_group, path + 6, (size_t)(dot - path - 6)))
            return (struct known){.declared = false};
        path = dot + 1;
    }
    for (size_t i = 0; i < 4; i++)
        if (!strcmp(path, tally_word[i]))
            return k;
    dot = strchr(path, '.');
    if (dot && among(b->choice, b->n_choice, path, (size_t)(dot - path)) &&
        (!strcmp(dot, ".count") || !strcmp(dot, ".weight")))
        return k;
    return (struct known){.declared = false};
}
