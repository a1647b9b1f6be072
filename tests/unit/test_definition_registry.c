/* SPDX-License-Identifier: Apache-2.0 */
/* Which version of a workflow holds on which day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "definition/registry.h"

static struct arena arena;

static int
stop(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static const struct workflow *
version(const char *id, const char *hash, day from, day until)
{
    struct workflow *w = arena_new(&arena, struct workflow);

    w->id = id;
    (void)snprintf(w->hash, sizeof(w->hash), "%s", hash);
    w->from = from;
    w->until = until;
    return w;
}

static const char *
in_force(const struct registry *r, const char *id, day d)
{
    const struct workflow *w = registry_find(r, id, d);

    return w ? w->hash : "none";
}

static const struct registry *
example(void)
{
    const struct workflow *const list[] = {version("b", "b2", 200, 0), version("a", "a1", 100, 150),
                                           version("b", "b1", 100, 0), version("c", "c1", 300, 0),
                                           version("b", "b1", 100, 0)};

    return registry_build(&arena, list, 5);
}

static void
the_version_of_the_day_of_receipt_is_found(void **state)
{
    const struct registry *r = example();

    (void)state;
    assert_int_equal(r->n, 4);
    assert_string_equal(in_force(r, "b", 99), "none");
    assert_string_equal(in_force(r, "b", 100), "b1");
    assert_string_equal(in_force(r, "b", 199), "b1");
    assert_string_equal(in_force(r, "b", 200), "b2");
    assert_string_equal(in_force(r, "a", 149), "a1");
    assert_string_equal(in_force(r, "a", 150), "none");
    assert_string_equal(in_force(r, "z", 150), "none");
}

static void
every_version_is_found_by_its_hash(void **state)
{
    static const char *const hash[] = {"a1", "b1", "b2", "c1"};
    const struct registry *r = example();

    (void)state;
    for (size_t i = 0; i < sizeof(hash) / sizeof(*hash); i++)
        assert_string_equal(registry_by_hash(r, hash[i])->hash, hash[i]);
    assert_null(registry_by_hash(r, "b3"));
}

static void
the_catalogue_of_a_day_names_each_workflow_once(void **state)
{
    const struct registry *r = example();
    uint32_t at = 0;

    (void)state;
    assert_string_equal(registry_next(r, 120, &at)->hash, "a1");
    assert_string_equal(registry_next(r, 120, &at)->hash, "b1");
    assert_null(registry_next(r, 120, &at));
    at = 0;
    assert_string_equal(registry_next(r, 400, &at)->hash, "b2");
    assert_string_equal(registry_next(r, 400, &at)->hash, "c1");
    assert_null(registry_next(r, 400, &at));
}

static void
a_mended_version_of_the_same_day_takes_the_place_of_the_old(void **state)
{
    const struct registry *old = example();
    const struct registry *r = registry_with(&arena, old, version("b", "b3", 200, 0));

    (void)state;
    assert_string_equal(in_force(r, "b", 250), "b3");
    assert_string_equal(in_force(old, "b", 250), "b2");
    assert_non_null(registry_by_hash(r, "b2"));
    assert_int_equal(registry_with(&arena, NULL, version("x", "x1", 1, 0))->n, 1);
}

static void
an_empty_registry_knows_nothing(void **state)
{
    const struct registry *r = registry_build(&arena, NULL, 0);
    uint32_t at = 0;

    (void)state;
    assert_null(registry_find(r, "a", 100));
    assert_null(registry_by_hash(r, "a1"));
    assert_null(registry_next(r, 100, &at));
}

static void
all_workflows_of_the_hall_load(void **state)
{
    struct problems problems = {.arena = &arena};
    const struct registry *r;
    struct house house;

    (void)state;
    assert_true(house_load(&arena, "workflows", &house, &problems));
    if (!registry_load(&arena, "workflows", &house, &r, &problems))
        fail_msg("%s:%u: %s", problems.item[0].file, problems.item[0].line, problems.item[0].text);
    assert_true(r->n > 0);
    for (uint32_t i = 0; i < r->n; i++)
        assert_ptr_equal(registry_by_hash(r, r->workflow[i]->hash), r->workflow[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_version_of_the_day_of_receipt_is_found),
        cmocka_unit_test(every_version_is_found_by_its_hash),
        cmocka_unit_test(the_catalogue_of_a_day_names_each_workflow_once),
        cmocka_unit_test(a_mended_version_of_the_same_day_takes_the_place_of_the_old),
        cmocka_unit_test(an_empty_registry_knows_nothing),
        cmocka_unit_test(all_workflows_of_the_hall_load),
    };

    return cmocka_run_group_tests(tests, NULL, stop);
}
