/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions as people read them. */
#include "tests/unit/expression_help.h"

static const char *
title(const void *arg, enum root root, const char *path, enum language lang)
{
    static const char *const field[][3] = {{"area", "面积", "the area"},
                                           {"use", "用途", "the use"},
                                           {"born", "出生日期", "the date of birth"},
                                           {"items.*.price", "单价", "the price"},
                                           {"items", "明细", "the items"}};

    (void)arg;
    for (size_t i = 0; root == ROOT_FORM && i < sizeof(field) / sizeof(*field); i++)
        if (!strcmp(field[i][0], path))
            return field[i][lang == LANGUAGE_ZH ? 1 : 2];
    return NULL;
}

static void
says(const char *text, const char *zh, const char *en)
{
    const struct expression *x = compile(text);
    const struct wording chinese = {LANGUAGE_ZH, title, NULL}, english = {LANGUAGE_EN, title, NULL};
    struct text out = text_new(&arena);

    expression_say(x, &chinese, &out);
    assert_string_equal(out.at, zh);
    out = text_new(&arena);
    expression_say(x, &english, &out);
    assert_string_equal(out.at, en);
}

static void
a_comparison_reads_as_a_sentence(void **state)
{
    (void)state;
    says("{'<': [{'var': 'form.area'}, 300]}", "面积小于 300", "the area is less than 300");
    says("{'<=': [100, {'var': 'form.area'}, 300]}", "100 不超过面积，且面积不超过 300",
         "100 is at most the area, and the area is at most 300");
    says("{'===': [{'var': 'form.use'}, '住宅']}", "用途为“住宅”", "the use is “住宅”");
    says("{'!==': [{'var': 'form.area'}, 5]}", "面积不为 5", "the area is not 5");
    says("{'in': [{'var': 'form.use'}, ['住宅', '商业']]}", "用途为“住宅”、“商业”之一",
         "the use is one of “住宅”, “商业”");
}

static void
brackets_stand_where_they_are_needed(void **state)
{
    (void)state;
    says("{'and': [{'>': [{'var': 'form.area'}, 1]}, {'or': [{'var': 'form.old'}, true]}]}",
         "面积大于 1，且（form.old，或是）", "the area is more than 1, and (form.old, or yes)");
    says("{'or': [{'and': [{'var': 'form.old'}, true]}, false]}", "form.old，且是，或否",
         "form.old, and yes, or no");
    says("{'!': {'>': [{'var': 'form.area'}, 1]}}", "并非（面积大于 1）",
         "not (the area is more than 1)");
    says("{'>': [{'*': [{'+': [{'var': 'form.area'}, 1]}, 2]}, {'-': [{'var': 'form.area'}]}]}",
         "（面积 + 1） × 2 大于 -面积", "(the area + 1) × 2 is more than -the area");
    says("{'-': [9, {'-': [3, 1]}]}", "9 - （3 - 1）", "9 - (3 - 1)");
}

static void
a_guard_is_said_as_filled_in(void **state)
{
    (void)state;
    says("{'===': [{'missing': ['form.area']}, []]}", "已填写面积", "the area is given");
    says("{'!==': [{'missing': ['form.area']}, []]}", "未填写面积", "the area is not given");
    says("{'===': [{'missing': ['form.area', 'form.use']}, []]}", "已填写面积、用途",
         "the area and the use are given");
    says("{'!==': [{'missing': ['form.area', 'form.use']}, []]}", "未填齐面积、用途",
         "the area and the use are not all given");
    says("{'<': [{'var': ['form.area', 0]}, 3]}", "面积（未填时为 0）小于 3",
         "the area (when absent: 0) is less than 3");
}

static void
dates_are_said_as_distances(void **state)
{
    (void)state;
    says("{'not-after': [{'plusTime': [{'var': 'form.born'}, 18, 'year']}, {'var': 'now'}]}",
         "出生日期之后 18 年不晚于当前时间", "18 years after the date of birth is not after now");
    says("{'before': [{'var': 'form.born'}, {'plusTime': [{'var': 'now'}, -1, 'month']}]}",
         "出生日期早于当前时间之前 1 个月", "the date of birth is before 1 month before now");
    says("{'after': [{'plusTime': [{'var': 'form.born'}, 0, 'day']}, '2026-01-01']}",
         "出生日期晚于“2026-01-01”", "the date of birth is after “2026-01-01”");
    says("{'<': [{'workingDaysBetween': [{'var': 'form.born'}, {'var': 'now'}]}, 5]}",
         "自出生日期至当前时间的工作日数小于 5",
         "the working days from the date of birth to now is less than 5");
}

static void
lists_and_choices_are_said(void **state)
{
    (void)state;
    says("{'all': [{'var': 'form.items'}, {'>': [{'var': 'price'}, 0]}]}",
         "明细的每一项满足：单价大于 0",
         "every one of the items satisfies: the price is more than 0");
    says("{'none': [{'var': 'form.sizes'}, {'===': [{'var': ''}, 3]}]}",
         "form.sizes 中没有一项满足：该项为 3", "none of form.sizes satisfies: the item is 3");
    says("{'if': [{'var': 'form.old'}, 1, {'var': 'form.new'}, 2, 3]}",
         "若 form.old，则 1；若 form.new，则 2；否则 3",
         "if form.old, then 1; if form.new, then 2; otherwise 3");
    says("{'missing': ['form.area']}", "未填写的项（面积）", "what is not given of (the area)");
    says("[1, {'+': [1, 2]}]", "1、（1 + 2）", "1, (1 + 2)");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_comparison_reads_as_a_sentence),
        cmocka_unit_test(brackets_stand_where_they_are_needed),
        cmocka_unit_test(a_guard_is_said_as_filled_in),
        cmocka_unit_test(dates_are_said_as_distances),
        cmocka_unit_test(lists_and_choices_are_said),
    };

    return cmocka_run_group_tests(tests, NULL, release);
}
