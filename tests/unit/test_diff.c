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
#include "tests/support/walk.h"

static struct arena keep, a;
static struct walk_ground ground;
static const struct workflow *opening; /* any workflow with what the tests change */

static int
start(void **state)
{
    (void)state;
    if (!walk_load(&keep, &ground))
        return -1;
    for (size_t i = 0; i < ground.n; i++)
        if (!strcmp(ground.workflow[i]->id, "company-opening"))
            opening = ground.workflow[i];
    return opening ? 0 : -1;
}

static int
stop(void **state)
{
    (void)state;
    arena_release(&keep);
    arena_release(&a);
    return 0;
}

/* The difference to the version in which the first @what is @by, as JSON. */
static struct value
diff(const char *what, const char *by)
{
    const char *at = strstr(opening->text, what);
    const struct workflow *to;
    struct text t = text_new(&a), d = text_new(&a);
    struct value v;
    struct error e;

    assert_non_null(at);
    text_add(&t, opening->text, (size_t)(at - opening->text));
    text_str(&t, by);
    text_str(&t, at + strlen(what));
    if (!definition_restore(&a, t.at, t.len, &to, &e))
        fail_msg("%s: %s", e.pointer, e.detail);
    assert_true(diff_write(&d, opening, to, &e));
    assert_true(json_read(&a, d.at, d.len, true, &v, &e));
    return v;
}

static const char *
text_of(const struct value *v)
{
    struct text t = text_new(&a);

    assert_non_null(v);
    value_write(&t, v);
    return t.at;
}

static const struct value *
member(const struct value *v, const char *one, const char *two)
{
    return value_get(value_get(v, one), two);
}

static void
the_same_version_differs_in_nothing(void **state)
{
    const struct value v = diff("company-opening", "company-opening");

    (void)state;
    assert_string_equal(text_of(value_get(&v, "members")), "[]");
    assert_string_equal(text_of(value_get(&v, "steps")),
                        "{\"added\":[],\"changed\":[],\"removed\":[]}");
    assert_string_equal(text_of(value_get(&v, "clocks")),
                        "{\"added\":[],\"changed\":[],\"removed\":[]}");
    assert_string_equal(text_of(member(&v, "migration", "stepsWithoutCounterpart")), "[]");
}

static void
a_limit_that_changed_is_told_with_both_texts(void **state)
{
    const struct value v = diff("\"limit\":\"6 minutes\"", "\"limit\":\"7 minutes\"");
    const struct value *changed = member(&v, "steps", "changed");

    (void)state;
    assert_int_equal(changed->n, 1);
    assert_string_equal(text_of(value_get(&changed->item[0], "members")), "[\"limit\"]");
    assert_string_equal(text_of(value_get(&changed->item[0], "limit")),
                        "{\"from\":\"6 minutes\",\"to\":\"7 minutes\"}");
    assert_true(member(&v, "migration", "possible")->boolean);
}

static void
an_action_that_is_new_is_told_with_its_step(void **state)
{
    const struct value v =
        diff("\"actions\":{", "\"actions\":{\"zz\":{\"title\":{\"en\":\"n\",\"zh\":\"n\"}},");
    const struct value *changed = member(&v, "steps", "changed");

    (void)state;
    assert_int_equal(changed->n, 1);
    assert_string_equal(text_of(member(&changed->item[0], "actions", "added")), "[\"zz\"]");
    assert_string_equal(text_of(member(&changed->item[0], "actions", "removed")), "[]");
}

static void
a_clock_that_changed_is_told_by_its_id(void **state)
{
    const struct value v = diff("\"limit\":\"20 minutes\"", "\"limit\":\"25 minutes\"");

    (void)state;
    assert_int_equal(member(&v, "clocks", "changed")->n, 1);
    assert_string_equal(text_of(value_get(&member(&v, "clocks", "changed")->item[0], "id")),
                        "\"promised\"");
    assert_string_equal(text_of(value_get(&v, "members")), "[]");
}

static void
the_head_is_told_by_its_members(void **state)
{
    const struct value v = diff("\"from\":\"2022-06-01\"", "\"from\":\"2027-06-01\"");

    (void)state;
    assert_string_equal(text_of(value_get(&v, "members")), "[\"effective\"]");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_version_differs_in_nothing),
        cmocka_unit_test(a_limit_that_changed_is_told_with_both_texts),
        cmocka_unit_test(an_action_that_is_new_is_told_with_its_step),
        cmocka_unit_test(a_clock_that_changed_is_told_by_its_id),
        cmocka_unit_test(the_head_is_told_by_its_members),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
