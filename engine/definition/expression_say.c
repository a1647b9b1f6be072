/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions as sentences, in Chinese and English. */
#include "definition/expression_node.h"

struct speaker {
    const struct expression *x;
    const struct wording *w;
    struct text *out;
    size_t start; /* where the sentence begins in @out */
};

static void say(struct speaker *s, uint32_t at);

/* U+4E00 to U+9FFF, three bytes each; punctuation is none. */
static bool
is_han(const char *at)
{
    const unsigned char lead = (unsigned char)at[0];

    return lead >= 0xE5 ? lead <= 0xE9 : lead == 0xE4 && (unsigned char)at[1] >= 0xB8;
}

static bool
is_latin(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* In Chinese a space parts characters from letters and figures; @next is what will follow. */
static void
gap(struct speaker *s, const char *next)
{
    const struct text *t = s->out;

    if (s->w->lang == LANGUAGE_ZH && *next && t->len >= s->start + 3 &&
        (((is_latin(*next) || *next == '-') && is_han(t->at + t->len - 3)) ||
         (is_latin(t->at[t->len - 1]) && is_han(next))))
        text_char(s->out, ' ');
}

static void
put_words(struct speaker *s, const char *words)
{
    gap(s, words);
    text_str(s->out, words);
}

static void
word(struct speaker *s, const char *zh, const char *en)
{
    put_words(s, s->w->lang == LANGUAGE_ZH ? zh : en);
}

static void
put_number(struct speaker *s, int64_t n)
{
    gap(s, n < 0 ? "-" : "0");
    text_int(s->out, n);
}

static void
say_path(struct speaker *s, const struct path *path)
{
    const char *title = NULL;

    if (path->element && path->n == 0) {
        word(s, "该项", "the item");
        return;
    }
    if (path->root == ROOT_NOW && path->n == 0 && !path->element) {
        word(s, "当前时间", "now");
        return;
    }
    if (s->w->title && path->root != ROOT_COUNT)
        title = s->w->title(s->w->arg, path->root, path->full, s->w->lang);
    put_words(s, title ? title : path->text);
}

static void
say_value(struct speaker *s, const struct value *v)
{
    switch (v->kind) {
    case VALUE_BOOL:
        word(s, v->boolean ? "是" : "否", v->boolean ? "yes" : "no");
        break;
    case VALUE_STRING:
        put_words(s, "“");
        text_add(s->out, v->string, v->n);
        put_words(s, "”");
        break;
    case VALUE_ARRAY:
        if (v->n == 0)
            word(s, "空", "nothing");
        for (uint32_t i = 0; i < v->n; i++) {
            if (i)
                word(s, "、", ", ");
            say_value(s, &v->item[i]);
        }
        break;
    case VALUE_INT:
        put_number(s, v->integer);
        break;
    case VALUE_NULL:
    case VALUE_REAL:
    case VALUE_OBJECT: /* no literals */
        break;
    }
}

static void
say_paths(struct speaker *s, const struct node *missing)
{
    for (uint16_t i = 0; i < missing->n; i++) {
        if (i)
            word(s, "、", i + 1 == missing->n ? " and " : ", ");
        say_path(s, &missing->path[i]);
    }
}

static void
say_var(struct speaker *s, const struct node *node)
{
    say_path(s, node->path);
    if (node->value.kind == VALUE_NULL)
        return;
    word(s, "（未填时为", " (when absent: ");
    say_value(s, &node->value);
    word(s, "）", ")");
}

static void
say_guard(struct speaker *s, const struct node *node, const struct node *missing)
{
    const bool there = node->op == OP_SAME, one = missing->n == 1;

    if (s->w->lang == LANGUAGE_ZH)
        put_words(s, there ? "已填写" : one ? "未填写" : "未填齐");
    say_paths(s, missing);
    if (s->w->lang == LANGUAGE_EN && there)
        put_words(s, one ? " is given" : " are given");
    else if (s->w->lang == LANGUAGE_EN)
        put_words(s, one ? " is not given" : " are not all given");
}

/* How tightly an operator binds; an operand that binds less stands in brackets. */
static int
strength(const struct node *node)
{
    switch ((enum op)node->op) {
    case OP_IF:
        return 0;
    case OP_OR:
        return 1;
    case OP_AND:
        return 2;
    case OP_ALL:
    case OP_SOME:
    case OP_NONE:
        return 3;
    case OP_SAME:
    case OP_DIFFERENT:
    case OP_LESS:
    case OP_AT_MOST:
    case OP_MORE:
    case OP_AT_LEAST:
    case OP_IN:
    case OP_AFTER:
    case OP_BEFORE:
    case OP_NOT_AFTER:
    case OP_NOT_BEFORE:
        return 4;
    case OP_PLUS:
    case OP_MINUS:
        return 5;
    case OP_TIMES:
        return 6;
    case OP_LITERAL:
    case OP_ARRAY:
    case OP_VAR:
    case OP_MISSING:
    case OP_NOT:
    case OP_PLUS_TIME:
    case OP_WORKING_DAYS:
    case OP_COUNT:
        break;
    }
    return 7;
}

static void
say_within(struct speaker *s, uint32_t at, int least)
{
    const bool brackets = strength(&s->x->node[at]) < least;

    if (brackets)
        word(s, "（", "(");
    say(s, at);
    if (brackets)
        word(s, "）", ")");
}

/* Operands with words between them: a, b, c; or the negative of one. */
static void
say_joined(struct speaker *s, const struct node *node)
{
    static const char between[OP_COUNT][2][8] = {
        [OP_ARRAY] = {"、", ", "},  [OP_AND] = {"，且", ", and "}, [OP_OR] = {"，或", ", or "},
        [OP_PLUS] = {" + ", " + "}, [OP_MINUS] = {" - ", " - "},   [OP_TIMES] = {" × ", " × "},
    };
    const bool negative = node->op == OP_MINUS && node->n == 1;
    const int own = strength(node);

    if (negative)
        put_words(s, "-");
    for (uint16_t i = 0; i < node->n; i++) {
        if (i)
            word(s, between[node->op][0], between[node->op][1]);
        say_within(s, node->first + i, i || negative ? own + 1 : own);
    }
}

static void
say_relation(struct speaker *s, const struct node *node)
{
    static const char relation[OP_COUNT][2][24] = {
        [OP_LESS] = {"小于", " is less than "},
        [OP_AT_MOST] = {"不超过", " is at most "},
        [OP_MORE] = {"大于", " is more than "},
        [OP_AT_LEAST] = {"不少于", " is at least "},
        [OP_AFTER] = {"晚于", " is after "},
        [OP_BEFORE] = {"早于", " is before "},
        [OP_NOT_AFTER] = {"不晚于", " is not after "},
        [OP_NOT_BEFORE] = {"不早于", " is not before "},
    };

    /* a < b < c is said as it is meant: a < b, and b < c */
    for (uint32_t i = 0; i + 1 < node->n; i++) {
        if (i)
            word(s, "，且", ", and ");
        say_within(s, node->first + i, 5);
        word(s, relation[node->op][0], relation[node->op][1]);
        say_within(s, node->first + i + 1, 5);
    }
}

static void
say_same(struct speaker *s, const struct node *node)
{
    const struct node *missing = guard_paths(s->x, node);
    const bool same = node->op == OP_SAME;

    if (missing) {
        say_guard(s, node, missing);
        return;
    }
    say_within(s, node->first, 5);
    word(s, same ? "为" : "不为", same ? " is " : " is not ");
    say_within(s, node->first + 1, 5);
}

static void
say_if(struct speaker *s, const struct node *node)
{
    for (uint32_t i = 0; i + 1 < node->n; i += 2) {
        if (i == 0)
            word(s, "若", "if ");
        else
            word(s, "；若", "; if ");
        say_within(s, node->first + i, 1);
        word(s, "，则", ", then ");
        say_within(s, node->first + i + 1, 1);
    }
    word(s, "；否则", "; otherwise ");
    say_within(s, node->first + node->n - 1, 1);
}

static void
say_in(struct speaker *s, const struct node *node)
{
    say_within(s, node->first, 5);
    word(s, "为", " is one of ");
    say_within(s, node->first + 1, 5);
    word(s, "之一", "");
}

static void
say_quantifier(struct speaker *s, const struct node *node)
{
    static const char before[3][12] = {"every one", "some", "none"};
    static const char after[3][28] = {"的每一项", "中有一项", "中没有一项"};
    const int which = node->op - OP_ALL;

    if (s->w->lang == LANGUAGE_EN) {
        put_words(s, before[which]);
        put_words(s, " of ");
    }
    say_within(s, node->first, 5);
    word(s, after[which], "");
    word(s, "满足：", " satisfies: ");
    say_within(s, node->first + 1, 3);
}

static void
say_plus_time(struct speaker *s, const struct node *node)
{
    static const char unit[OFFSET_COUNT][8] = {"年", "个月", "日", "小时", "分钟"};
    const struct node *n = &s->x->node[node->first + 1];
    const bool literal = n->op == OP_LITERAL;
    const bool back = literal && n->value.integer < 0 && n->value.integer != INT64_MIN;
    const struct value amount = value_int(back ? -n->value.integer : n->value.integer);

    if (literal && n->value.kind == VALUE_INT && n->value.integer == 0) {
        say(s, node->first);
        return;
    }
    if (s->w->lang == LANGUAGE_ZH) {
        say_within(s, node->first, 7);
        put_words(s, back ? "之前" : "之后");
    }
    if (literal)
        say_value(s, n->value.kind == VALUE_INT ? &amount : &n->value);
    else
        say_within(s, node->first + 1, 7);
    word(s, "", " ");
    word(s, unit[node->offset], offset_name[node->offset]);
    if (s->w->lang == LANGUAGE_EN) {
        if (!literal || amount.integer != 1)
            put_words(s, "s");
        put_words(s, back ? " before " : " after ");
        say_within(s, node->first, 7);
    }
}

static void
say_working_days(struct speaker *s, const struct node *node)
{
    word(s, "自", "the working days from ");
    say_within(s, node->first, 7);
    word(s, "至", " to ");
    say_within(s, node->first + 1, 7);
    word(s, "的工作日数", "");
}

static void
say_missing(struct speaker *s, const struct node *node)
{
    word(s, "未填写的项（", "what is not given of (");
    say_paths(s, node);
    word(s, "）", ")");
}

static void
say(struct speaker *s, uint32_t at)
{
    const struct node *node = &s->x->node[at];

    switch ((enum op)node->op) {
    case OP_LITERAL:
        say_value(s, &node->value);
        break;
    case OP_ARRAY:
    case OP_AND:
    case OP_OR:
    case OP_PLUS:
    case OP_MINUS:
    case OP_TIMES:
        say_joined(s, node);
        break;
    case OP_VAR:
        say_var(s, node);
        break;
    case OP_MISSING:
        say_missing(s, node);
        break;
    case OP_SAME:
    case OP_DIFFERENT:
        say_same(s, node);
        break;
    case OP_LESS:
    case OP_AT_MOST:
    case OP_MORE:
    case OP_AT_LEAST:
    case OP_AFTER:
    case OP_BEFORE:
    case OP_NOT_AFTER:
    case OP_NOT_BEFORE:
        say_relation(s, node);
        break;
    case OP_NOT:
        word(s, "并非（", "not (");
        say(s, node->first);
        word(s, "）", ")");
        break;
    case OP_IF:
        say_if(s, node);
        break;
    case OP_IN:
        say_in(s, node);
        break;
    case OP_ALL:
    case OP_SOME:
    case OP_NONE:
        say_quantifier(s, node);
        break;
    case OP_PLUS_TIME:
        say_plus_time(s, node);
        break;
    case OP_WORKING_DAYS:
        say_working_days(s, node);
        break;
    case OP_COUNT:
        break;
    }
}

void
expression_say(const struct expression *x, const struct wording *w, struct text *out)
{
    struct speaker s = {x, w, out, out->len};

    say(&s, 0);
}
