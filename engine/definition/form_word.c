/* SPDX-License-Identifier: Apache-2.0 */
/* What a person is told about a violated keyword: one sentence in each language, how to mend it. */
#include <string.h>

#include "definition/form_node.h"

/* The value of the keyword stands between the two parts; parts without it stand alone. */
struct wording {
    const char *zh, *zh_end;
    const char *en, *en_end;
};

static const struct wording *
wording_of(enum form_keyword k)
{
    static const struct wording other = {"此项不应填写，请删去", NULL,
                                         "This is not allowed here: remove it", NULL};
    static const struct wording table[FORM_KEYWORD_COUNT] = {
        [FORM_TYPE] = {"类型不符，应为", "", "Give ", ""},
        [FORM_ENUM] = {"请从下列各项中选择：", "", "Choose one of: ", ""},
        [FORM_CONST] = {"只能填写", "", "This can only be ", ""},
        [FORM_MULTIPLE_OF] = {"请填写", "的整数倍", "Give a multiple of ", ""},
        [FORM_MAXIMUM] = {"请填写不大于", "的数", "Give a number of at most ", ""},
        [FORM_EXCLUSIVE_MAXIMUM] = {"请填写小于", "的数", "Give a number below ", ""},
        [FORM_MINIMUM] = {"请填写不小于", "的数", "Give a number of at least ", ""},
        [FORM_EXCLUSIVE_MINIMUM] = {"请填写大于", "的数", "Give a number above ", ""},
        [FORM_MAX_LENGTH] = {"请缩短到", "个字以内", "Shorten this to at most ", " characters"},
        [FORM_MIN_LENGTH] = {"请至少填写", "个字", "Give at least ", " characters"},
        [FORM_PATTERN] = {"格式不符，请按此格式填写：", "", "Give a text of this pattern: ", ""},
        [FORM_MAX_ITEMS] = {"请删减到", "项以内", "Keep at most ", " items"},
        [FORM_MIN_ITEMS] = {"请至少填写", "项", "Give at least ", " items"},
        [FORM_UNIQUE_ITEMS] = {"此项与前面的重复，请删去", NULL,
                               "This repeats an earlier item: remove it", NULL},
        [FORM_PREFIX_ITEMS] = {"此处不应有这一项，请删去", NULL,
                               "No item is allowed here: remove it", NULL},
        [FORM_ITEMS] = {"此处不应再有项目，请删去", NULL, "No more items are allowed: remove it",
                        NULL},
        [FORM_CONTAINS] = {"至少须有一项符合要求，请补充", NULL,
                           "At least one item must meet the requirement: add it", NULL},
        [FORM_MAX_CONTAINS] = {"符合要求的项目最多", "项，请删去多余的", "At most ",
                               " items may meet the requirement: remove the rest"},
        [FORM_MIN_CONTAINS] = {"符合要求的项目至少", "项，请补充", "At least ",
                               " items must meet the requirement: add what is missing"},
        [FORM_MAX_PROPERTIES] = {"最多填写", "个字段，请删去多余的", "Give at most ", " members"},
        [FORM_MIN_PROPERTIES] = {"请至少填写", "个字段", "Give at least ", " members"},
        [FORM_REQUIRED] = {"此项必填，请补填", NULL, "This is required: fill it in", NULL},
        [FORM_PROPERTY_NAMES] = {"字段名称不合要求，请改正", NULL,
                                 "The name of this member is not allowed: correct it", NULL},
        [FORM_ADDITIONAL_PROPERTIES] = {"没有这个字段，请删去或改正名称", NULL,
                                        "There is no such member: remove it or correct its name",
                                        NULL},
        [FORM_NOT] = {"所填内容属于不允许的情形，请修改", NULL,
                      "This is exactly what is not allowed: change it", NULL},
        [FORM_ONE_OF] = {"同时符合多种情形，请只保留一种", NULL,
                         "This meets several alternatives at once: keep to one", NULL},
    };

    return table[k].zh ? &table[k] : &other;
}

static void
put_plain(struct text *t, const struct value *v)
{
    if (v->kind == VALUE_STRING) {
        text_add(t, v->string, v->n);
    } else {
        struct text json = text_new(t->arena);

        value_write(&json, v);
        text_add(t, json.at, json.len);
    }
}

/* The name of a type as a noun. */
static void
put_type(struct text *t, const char *type, enum language lang)
{
    static const char *const noun[][3] = {
        {"null", "空值", "nothing (null)"},    {"boolean", "是或否", "true or false"},
        {"integer", "整数", "a whole number"}, {"number", "数字", "a number"},
        {"string", "文本", "a text"},          {"array", "列表", "a list"},
        {"object", "一组字段", "an object"}};

    for (size_t i = 0; i < sizeof(noun) / sizeof(noun[0]); i++)
        if (strcmp(noun[i][0], type) == 0)
            text_str(t, noun[i][lang == LANGUAGE_ZH ? 1 : 2]);
}

/* The value of keyword @k, for people: lists are cut after ten, single things after 200 bytes. */
static void
put_limit(struct text *t, enum form_keyword k, const struct value *v, enum language lang)
{
    enum { SHOWN = 10, BYTES = 200 };
    const bool list = v->kind == VALUE_ARRAY && (k == FORM_ENUM || k == FORM_TYPE);
    const uint32_t n = list ? v->n : 1;

    for (uint32_t i = 0; i < n && i < SHOWN; i++) {
        const struct value *one = list ? &v->item[i] : v;
        struct text plain = text_new(t->arena);
        size_t len;

        if (i && k == FORM_TYPE)
            text_str(t, lang == LANGUAGE_ZH ? "或" : " or ");
        else if (i)
            text_str(t, lang == LANGUAGE_ZH ? "、" : ", ");
        if (k == FORM_TYPE)
            put_type(&plain, one->string, lang);
        else
            put_plain(&plain, one);
        len = plain.len;
        while (len > BYTES && (len > BYTES + 3 || ((unsigned char)plain.at[len] & 0xC0) == 0x80))
            len--;
        text_add(t, plain.at, len);
        if (len < plain.len)
            text_str(t, "…");
    }
    if (n > SHOWN)
        text_str(t, " …");
}

static const char *
sentence(struct arena *a, enum form_keyword k, const struct value *limit, enum language lang)
{
    const struct wording *w = wording_of(k);
    const char *begin = lang == LANGUAGE_ZH ? w->zh : w->en;
    const char *end = lang == LANGUAGE_ZH ? w->zh_end : w->en_end;
    struct text t, middle;

    if (!end || !limit)
        return begin;
    t = text_new(a);
    text_str(&t, begin);
    middle = text_new(a);
    put_limit(&middle, k, limit, lang);
    /* A space parts Chinese from letters and digits, but does not follow a colon. */
    if (lang == LANGUAGE_ZH && (unsigned char)middle.at[0] < 0x80 && !strstr(begin, "："))
        text_char(&t, ' ');
    text_str(&t, middle.at);
    if (lang == LANGUAGE_ZH && *end)
        text_char(&t, ' ');
    text_str(&t, end);
    return t.at;
}

void
form_word(struct arena *a, enum form_keyword k, const struct value *limit, struct violation *out)
{
    out->keyword = form_keyword_name(k);
    out->zh = sentence(a, k, limit, LANGUAGE_ZH);
    out->en = sentence(a, k, limit, LANGUAGE_EN);
}
