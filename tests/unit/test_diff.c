/* SPDX-License-Identifier: Apache-2.0 */
/* What one version of a workflow changes against another, as GET …/diff tells it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "api/diff.h"
#include "definition/json.h"
#include "tests/support/ground.h"

#define NOTHING "{\"added\":[],\"changed\":[],\"removed\":[]}"

/* The difference to the version of workflow @id in which the first @what is @by, as JSON. */
static struct value
diff_of(const char *id, const char *what, const char *by)
{
    const struct workflow *from = NULL, *to;
    struct text t = text_new(&scratch), d = text_new(&scratch);
    struct value v;
    const char *at;
    struct error e;

    for (size_t i = 0; i < ground.n; i++)
        if (!strcmp(ground.workflow[i]->id, id))
            from = ground.workflow[i];
    assert_non_null(from);
    at = strstr(from->text, what);
    assert_non_null(at);
    text_add(&t, from->text, (size_t)(at - from->text));
    text_str(&t, by);
    text_str(&t, at + strlen(what));
    if (!definition_restore(&scratch, t.at, t.len, &to, &e))
        fail_msg("%s: %s", e.pointer, e.detail);
    assert_true(diff_write(&d, from, to, &e));
    assert_true(json_read(&scratch, d.at, d.len, true, &v, &e));
    return v;
}

static struct value
diff(const char *what, const char *by)
{
    return diff_of("company-opening", what, by);
}

static const char *
text_of(const struct value *v)
{
    struct text t = text_new(&scratch);

    assert_non_null(v);
    value_write(&t, v);
    return t.at;
}

static const struct value *
member(const struct value *v, const char *one, const char *two)
{
    return value_get(value_get(v, one), two);
}

/* What changed of a set: "ID FROM -> TO", one a line. */
static const char *
changes(const struct value *set)
{
    const struct value *changed = value_get(set, "changed");
    struct text t = text_new(&scratch);

    assert_non_null(changed);
    for (uint32_t i = 0; i < changed->n; i++) {
        const struct value *c = &changed->item[i];

        text_printf(&t, "%s%s %s -> %s", i ? "\n" : "", value_get_string(c, "id"),
                    text_of(value_get(c, "from")), text_of(value_get(c, "to")));
    }
    return t.at;
}

/* The one step that changed, whose path is @path. */
static const struct value *
only_step(const struct value *v, const char *path)
{
    const struct value *changed = member(v, "steps", "changed");

    assert_int_equal(changed->n, 1);
    assert_string_equal(value_get_string(&changed->item[0], "path"), path);
    return &changed->item[0];
}

static void
the_same_version_differs_in_nothing(void **state)
{
    const struct value v = diff("company-opening", "company-opening");
    static const char *const part[] = {"members",   "steps",        "clocks", "grounds",
                                       "materials", "certificates", "labels", "lanes"};

    (void)state;
    for (size_t i = 0; i < sizeof(part) / sizeof(*part); i++)
        assert_string_equal(text_of(value_get(&v, part[i])), NOTHING);
    assert_string_equal(text_of(member(&v, "migration", "stepsWithoutCounterpart")), "[]");
}

static void
a_limit_that_changed_is_told_with_both_texts(void **state)
{
    const struct value v = diff("\"limit\":\"6 minutes\"", "\"limit\":\"7 minutes\"");

    (void)state;
    assert_string_equal(changes(value_get(only_step(&v, "licence"), "members")),
                        "limit \"6 minutes\" -> \"7 minutes\"");
    assert_string_equal(text_of(value_get(only_step(&v, "licence"), "actions")), NOTHING);
    assert_true(member(&v, "migration", "possible")->boolean);
}

static void
an_action_that_is_new_is_told_with_its_step(void **state)
{
    const struct value v =
        diff("\"actions\":{", "\"actions\":{\"zz\":{\"title\":{\"en\":\"n\",\"zh\":\"n\"}},");
    const struct value *step = only_step(&v, "accept");

    (void)state;
    assert_string_equal(text_of(member(step, "actions", "added")), "[\"zz\"]");
    assert_string_equal(text_of(member(step, "actions", "removed")), "[]");
    assert_string_equal(text_of(value_get(step, "members")), NOTHING);
}

static void
what_a_branch_says_itself_is_told_with_its_step(void **state)
{
    struct value v = diff_of("construction-project", "\"when\":{\"var\":\"form.specialFire\"}",
                             "\"when\":{\"!\":[{\"var\":\"form.specialFire\"}]}");
    const struct value *changed = member(&v, "steps", "changed");

    (void)state;
    assert_int_equal(changed->n, 1);
    assert_string_equal(text_of(value_get(&changed->item[0], "members")), NOTHING);
    assert_non_null(strstr(changes(value_get(&changed->item[0], "branches")),
                           "\"when\":{\"!\":[{\"var\":\"form.specialFire\"}]}"));
    v = diff("\"start\":\"register\"", "\"start\":\"by-hand\"");
    assert_string_equal(changes(value_get(only_step(&v, "services"), "branches")),
                        "housing-fund {\"start\":\"register\",\"title\":{\"en\":\"Housing fund\","
                        "\"zh\":\"住房公积金缴存登记\"}} -> {\"start\":\"by-hand\",\"title\":{"
                        "\"en\":\"Housing fund\",\"zh\":\"住房公积金缴存登记\"}}");
}

static void
what_changes_within_a_branch_is_told_once(void **state)
{
    struct value v =
        diff_of("expert-review", "\"limit\":\"10 working days\"", "\"limit\":\"9 working days\"");

    (void)state;
    assert_string_equal(changes(value_get(only_step(&v, "panel.expert.opinion"), "members")),
                        "limit \"10 working days\" -> \"9 working days\"");
    v = diff_of("expert-review", "\"en\":\"Opinion of one expert\"", "\"en\":\"One opinion\"");
    assert_non_null(
        strstr(changes(value_get(only_step(&v, "panel"), "members")), "\"One opinion\""));
    v = diff("\"limit\":\"4 minutes\"", "\"limit\":\"3 minutes\"");
    assert_string_equal(
        changes(value_get(only_step(&v, "services.housing-fund.by-hand"), "members")),
        "limit \"4 minutes\" -> \"3 minutes\"");
}

static void
sets_of_the_head_are_told_by_their_ids(void **state)
{
    struct value v = diff("\"limit\":\"20 minutes\"", "\"limit\":\"25 minutes\"");

    (void)state;
    assert_non_null(strstr(changes(value_get(&v, "clocks")), "promised {"));
    assert_string_equal(text_of(value_get(&v, "members")), NOTHING);
    v = diff("\"check\":\"2 months\"", "\"check\":\"3 months\"");
    assert_non_null(strstr(changes(value_get(&v, "materials")), "domicile {"));
    assert_non_null(strstr(changes(value_get(&v, "materials")), "\"check\":\"3 months\""));
    assert_string_equal(text_of(value_get(&v, "members")), NOTHING);
    v = diff("\"number\":\"YYZZ\"", "\"number\":\"YZ\"");
    assert_non_null(strstr(changes(value_get(&v, "certificates")), "business-licence {"));
}

static void
the_head_is_told_by_its_members(void **state)
{
    const struct value v = diff("\"from\":\"2022-06-01\"", "\"from\":\"2027-06-01\"");

    (void)state;
    assert_string_equal(changes(value_get(&v, "members")),
                        "effective {\"from\":\"2022-06-01\"} -> {\"from\":\"2027-06-01\"}");
}

static void
steps_whose_cases_would_all_be_refused_are_told_with_the_reason(void **state)
{
    struct value v = diff_of("children", "\"workflow\":\"shop\"", "\"workflow\":\"stall\"");
    const struct value *refused = member(&v, "migration", "stepsRefused");

    (void)state;
    assert_int_equal(refused->n, 1);
    assert_string_equal(value_get_string(&refused->item[0], "why"),
                        "it waits for other child cases");
    v = diff_of("creditors-meeting", "\"abstain\":{", "\"absent\":{");
    refused = member(&v, "migration", "stepsRefused");
    assert_true(refused->n > 0);
    assert_string_equal(value_get_string(&refused->item[0], "why"),
                        "a ballot is open, and the new version has another one");
    v = diff("\"limit\":\"6 minutes\"", "\"limit\":\"7 minutes\"");
    assert_string_equal(text_of(member(&v, "migration", "stepsRefused")), "[]");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_version_differs_in_nothing),
        cmocka_unit_test(a_limit_that_changed_is_told_with_both_texts),
        cmocka_unit_test(an_action_that_is_new_is_told_with_its_step),
        cmocka_unit_test(what_a_branch_says_itself_is_told_with_its_step),
        cmocka_unit_test(what_changes_within_a_branch_is_told_once),
        cmocka_unit_test(sets_of_the_head_are_told_by_their_ids),
        cmocka_unit_test(the_head_is_told_by_its_members),
        cmocka_unit_test(steps_whose_cases_would_all_be_refused_are_told_with_the_reason),
    };

    return cmocka_run_group_tests(tests, ground_set_up, ground_tear_down);
}
