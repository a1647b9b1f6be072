/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the small things: texts, words, titles, ids, limits, days. */
#include <string.h>

#include "definition/parse.h"

const char *
read_text(struct parse *p, const struct place *at, const char *key, bool needed)
{
    const struct place *text = place_get(p, at, key);

    if (!text) {
        if (needed)
            complain(p, at, PROBLEM_MISSING_KEY, "\"%s\" is missing", key);
        return NULL;
    }
    if (!expect(p, text, VALUE_STRING))
        return NULL;
    if (!text->v->n) {
        complain(p, text, PROBLEM_EMPTY, "\"%s\" is empty", key);
        return NULL;
    }
    return text->v->string;
}

bool
read_flag(struct parse *p, const struct place *at, const char *key)
{
    const struct place *flag = place_get(p, at, key);

    return flag && expect(p, flag, VALUE_BOOL) && flag->v->boolean;
}

const struct place *
texts_item(struct parse *p, const struct place *at, const char *key, uint16_t i)
{
    const struct place *texts = place_get(p, at, key);

    return texts->v->kind == VALUE_STRING ? texts : place_item(p, texts, i);
}

const char *const *
read_texts(struct parse *p, const struct place *at, const char *key, uint16_t *n)
{
    const struct place *texts = place_get(p, at, key);
    const char **list;

    *n = 0;
    if (!texts)
        return NULL;
    if (texts->v->kind == VALUE_STRING) {
        list = arena_array(p->arena, 1, const char *);
        list[(*n)++] = texts->v->string;
        return list;
    }
    if (!expect(p, texts, VALUE_ARRAY))
        return NULL;
    if (!texts->v->n)
        complain(p, texts, PROBLEM_EMPTY, "\"%s\" lists nothing", key);
    for (uint32_t i = 0; i < texts->v->n; i++)
        if (!expect(p, place_item(p, texts, i), VALUE_STRING))
            return NULL;
    list = arena_array(p->arena, texts->v->n, const char *);
    for (uint32_t i = 0; i < texts->v->n && i < NONE; i++) {
        list[i] = texts->v->item[i].string;
        for (uint32_t j = 0; j < i; j++)
            if (!strcmp(list[i], list[j])) {
                complain(p, place_item(p, texts, i), PROBLEM_TWICE, "\"%s\" is listed twice",
                         list[i]);
                break;
            }
        *n = (uint16_t)(i + 1);
    }
    return list;
}

/* "a", "b" or "c" */
static const char *
spell(struct parse *p, const char *const *words)
{
    struct text t = text_new(p->scratch);

    for (size_t i = 0; words[i]; i++)
        text_printf(&t, "%s\"%s\"", !i ? "" : words[i + 1] ? ", " : " or ", words[i]);
    return t.at;
}

int
read_word(struct parse *p, const struct place *at, const char *key, const char *const *words,
          int otherwise)
{
    const struct place *word = place_get(p, at, key);

    if (!word || !expect(p, word, VALUE_STRING))
        return otherwise;
    for (int i = 0; words[i]; i++)
        if (!strcmp(words[i], word->v->string))
            return i;
    complain(p, word, PROBLEM_BAD_WORD, "\"%s\" is none of %s", word->v->string, spell(p, words));
    return otherwise;
}

bool
is_id(const char *text)
{
    char before = '-';

    if (*text < 'a' || *text > 'z')
        return false;
    for (; *text; before = *text++) {
        const bool letter = *text >= 'a' && *text <= 'z', digit = *text >= '0' && *text <= '9';

        if (!letter && !digit && !(*text == '-' && before != '-'))
            return false;
    }
    return before != '-';
}

bool
check_id(struct parse *p, const struct place *at, const char *id)
{
    if (is_id(id) && strlen(id) <= 60)
        return true;
    complain(p, at, PROBLEM_BAD_ID, "\"%.80s\" is no id", id);
    return false;
}

struct title
read_title(struct parse *p, const struct place *at, bool needed)
{
    const struct place *title = place_get(p, at, "title");
    struct title t = {0};

    if (!title) {
        if (needed)
            complain(p, at, PROBLEM_TITLE_MISSING, "there is no \"title\"");
        return t;
    }
    if (!shape_check(p, title, SHAPE_TITLE))
        return t;
    t.zh = value_get_string(title->v, "zh");
    t.en = value_get_string(title->v, "en");
    if (!t.zh || !*t.zh || !t.en || !*t.en)
        complain(p, title, PROBLEM_TITLE_MISSING, "the title has no %s text",
                 t.zh && *t.zh ? "\"en\"" : "\"zh\"");
    return t;
}

bool
read_limit(struct parse *p, const struct place *at, struct limit *out)
{
    struct error e;

    if (!expect(p, at, VALUE_STRING))
        return false;
    if (limit_read(at->v->string, out, &e))
        return true;
    complain(p, at, PROBLEM_BAD_LIMIT, "\"%.60s\" is no limit", at->v->string);
    return false;
}

bool
read_day(struct parse *p, const struct place *at, day *out)
{
    if (!expect(p, at, VALUE_STRING))
        return false;
    if (day_read(at->v->string, at->v->n, out))
        return true;
    complain(p, at, PROBLEM_BAD_DATE, "\"%.40s\" is no date", at->v->string);
    return false;
}

void
check_role(struct parse *p, const struct place *at, const char *role)
{
    if (p->org && p->org->data && !organisation_role(p->org, role))
        complain(p, at, PROBLEM_UNKNOWN_ROLE, "no one has the role \"%s\"", role);
}

void
check_department(struct parse *p, const struct place *at, const char *department)
{
    if (p->org && p->org->data && !organisation_department(p->org, department))
        complain(p, at, PROBLEM_UNKNOWN_DEPARTMENT, "there is no department \"%s\"", department);
}

void
check_system(struct parse *p, const struct place *at, const char *system)
{
    if (p->org && p->org->data && !organisation_system(p->org, system))
        complain(p, at, PROBLEM_UNKNOWN_SYSTEM, "there is no outside system \"%s\"", system);
}
