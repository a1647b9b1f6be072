/* SPDX-License-Identifier: Apache-2.0 */
/* What is noted about a value that is not valid. */
#include <string.h>

#include "definition/form_check.h"

enum { ALTERNATIVES_SHOWN = 4 };

/* True when a violation is to be written out and not only counted. */
static bool
noting(struct form_checker *c)
{
    c->bad = true;
    return !c->quiet && c->n < c->room && !c->spent;
}

/* Two ways through a schema often come to the same thing; people are told once. */
static void
add(struct form_checker *c, struct violation one)
{
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(c->item[i].pointer, one.pointer) == 0 &&
            strcmp(c->item[i].keyword, one.keyword) == 0 && strcmp(c->item[i].en, one.en) == 0)
            return;
    c->item[c->n++] = one;
}

void
form_note(struct form_checker *c, const struct form_path *at, enum form_keyword k,
          const struct value *limit)
{
    struct violation one;

    if (!noting(c))
        return;
    one.pointer = form_pointer(c->a, at);
    /* Missing is missing, whichever keyword asks for it. */
    form_word(c->a, k == FORM_DEPENDENT_REQUIRED ? FORM_REQUIRED : k, limit, &one);
    one.keyword = form_keyword_name(k);
    add(c, one);
}

void
form_note_pattern(struct form_checker *c, const struct form_path *at, const struct form_node *node)
{
    const struct form_rule *ui = node->rule[FORM_UI];
    const struct value *hint = ui ? value_get(ui->value, "hint") : NULL;
    const char *zh = value_get_string(hint, "zh"), *en = value_get_string(hint, "en");
    struct violation one;

    if (!noting(c))
        return;
    one.pointer = form_pointer(c->a, at);
    form_word(c->a, FORM_PATTERN, node->rule[FORM_PATTERN]->value, &one);
    one.zh = zh ? zh : one.zh;
    one.en = en ? en : one.en;
    add(c, one);
}

void
form_note_format(struct form_checker *c, const struct form_path *at, enum format f)
{
    if (noting(c))
        add(c, (struct violation){.pointer = form_pointer(c->a, at),
                                  .keyword = "format",
                                  .zh = format_mend(f, LANGUAGE_ZH),
                                  .en = format_mend(f, LANGUAGE_EN)});
}

/* The first thing that is wrong with @v by @node. */
static bool
first_of(struct form_checker *c, const struct form_node *node, const struct value *v,
         const struct form_path *at, struct violation *out)
{
    struct violation *const item = c->item;
    const size_t n = c->n, room = c->room;
    struct violation few[2];
    bool found;

    c->item = few;
    c->n = 0;
    c->room = 1;
    form_check_node(c, node, v, at);
    found = c->n > 0;
    if (found)
        *out = few[0];
    c->item = item;
    c->n = n;
    c->room = room;
    return found;
}

void
form_note_none(struct form_checker *c, const struct form_path *at, enum form_keyword k,
               const struct form_rule *r, const struct value *v)
{
    struct text zh, en;
    const char *here;

    if (!noting(c))
        return;
    here = form_pointer(c->a, at);
    zh = text_new(c->a);
    en = text_new(c->a);
    text_str(&zh, k == FORM_ANY_OF ? "请至少符合其中一种情形：" : "请符合且只符合其中一种情形：");
    text_str(&en,
             k == FORM_ANY_OF ? "Meet at least one of these: " : "Meet exactly one of these: ");
    for (size_t i = 0; i < r->n && i < ALTERNATIVES_SHOWN; i++) {
        struct violation one;
        const char *below;

        if (!first_of(c, r->child[i].node, v, at, &one))
            break;
        below = one.pointer + strlen(here);
        text_printf(&zh, "%s（%zu）%s%s%s", i ? "；" : "", i + 1, below, *below ? " " : "", one.zh);
        text_printf(&en, "%s(%zu) %s%s%s", i ? "; " : "", i + 1, below, *below ? ": " : "", one.en);
    }
    if (r->n > ALTERNATIVES_SHOWN) {
        text_str(&zh, "；…");
        text_str(&en, "; …");
    }
    add(c, (struct violation){
               .pointer = here, .keyword = form_keyword_name(k), .zh = zh.at, .en = en.at});
}

void
form_note_hard(struct form_checker *c, const struct form_path *at, const char *keyword)
{
    c->bad = true;
    if (c->n > c->room)
        return;
    add(c, (struct violation){.pointer = form_pointer(c->a, at),
                              .keyword = keyword,
                              .zh = "内容过长或过于复杂，无法在限度内核对，请缩短或简化",
                              .en = "This is too long or too complex to be checked: shorten or "
                                    "simplify it"});
}
