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

/* A version whose first step opens cases of @other, or waits for one; NULL: none. */
static struct workflow *
opening(const char *id, const char *hash, day from, day until, const char *other, bool waits)
{
    struct workflow *w = arena_new(&arena, struct workflow);
    struct step *s = arena_new(&arena, struct step);
    struct effect *x = arena_new(&arena, struct effect);
    struct region *whole = arena_new(&arena, struct region);
    struct children *c = arena_new(&arena, struct children);

    *w = *version(id, hash, from, until);
    w->file = arena_printf(&arena, "%s.json", hash);
    *x = (struct effect){.kind = EFFECT_OPEN, .name = other};
    *c = (struct children){.workflow = other};
    *s = (struct step){.id = "s", .path = "s", .line = 7};
    if (other && waits)
        s->children = c;
    else if (other)
        s->effects = (struct effects){x, 1};
    *whole = (struct region){.owner = NONE};
    w->region = whole;
    w->n_region = 1;
    w->step = s;
    w->n_step = 1;
    return w;
}

/* The same, where a reminder of a material's tolerance does. */
static struct workflow *
reminding(const char *id, const char *hash, const char *other)
{
    struct workflow *w = opening(id, hash, 100, 0, NULL, false);
    struct material_kind *m = arena_new(&arena, struct material_kind);
    struct effect *x = arena_new(&arena, struct effect);

    *x = (struct effect){.kind = EFFECT_OPEN, .name = other};
    *m = (struct material_kind){.id = "m", .line = 5, .remind_line = 7, .reminder = {x, 1}};
    w->material = m;
    w->n_material = 1;
    return w;
}

/* What is told of those @n as one house, each as "FILE TEXT; ", without how to mend it. */
static const char *
loops(const struct workflow *const *list, uint32_t n, const struct workflow *const *asked,
      uint32_t n_asked)
{
    struct problems problems = {.arena = &arena};
    struct text t = text_new(&arena);

    text_str(&t, "");
    registry_check_loops(registry_build(&arena, list, n), asked, n_asked, &problems);
    for (size_t i = 0; i < problems.n; i++) {
        const struct problem *p = &problems.item[i];

        assert_int_equal(p->number, PROBLEM_OPENS_ITSELF);
        assert_int_equal(p->line, 7);
        text_printf(&t, "%s %.*s; ", p->file, (int)strcspn(p->text, ";"), p->text);
    }
    return t.at;
}

static void
cases_that_open_one_another_without_end_are_told(void **state)
{
    const struct workflow *const self[] = {opening("s", "s1", 100, 0, "s", false)};
    const struct workflow *const waits[] = {opening("s", "s1", 100, 0, "s", true)};
    const struct workflow *const pair[] = {opening("ping", "p1", 100, 0, "pong", false),
                                           opening("pong", "q1", 100, 0, "ping", true),
                                           opening("other", "o1", 100, 0, "ping", false)};
    const struct workflow *const chain[] = {opening("a", "a1", 100, 0, "b", false),
                                            opening("b", "b1", 100, 0, "c", false),
                                            opening("c", "c1", 100, 0, NULL, false)};

    (void)state;
    assert_non_null(strstr(loops(self, 1, self, 1), "without end: s, s"));
    assert_non_null(strstr(loops(waits, 1, waits, 1), "without end: s, s"));
    /* Each of a ring is told, at its place; who only opens one of them is not at fault. */
    assert_non_null(strstr(loops(pair, 3, pair, 3), "p1.json on "));
    assert_non_null(strstr(loops(pair, 3, pair, 3), "without end: ping, pong, ping"));
    assert_non_null(strstr(loops(pair, 3, pair, 3), "q1.json on "));
    assert_null(strstr(loops(pair, 3, pair, 3), "o1.json"));
    assert_null(strstr(loops(pair, 3, pair, 1), "q1.json")); /* which is not asked about */
    assert_string_equal(loops(chain, 3, chain, 3), "");
}

/* What a reminder opens counts as what a step opens does. */
static void
a_reminder_that_opens_cases_is_looked_at_too(void **state)
{
    const struct workflow *const pair[] = {reminding("ping", "p1", "pong"),
                                           opening("pong", "q1", 100, 0, "ping", true)};
    const struct workflow *const unknown[] = {reminding("ping", "p1", "nobody")};
    struct problems problems = {.arena = &arena};

    (void)state;
    assert_non_null(strstr(loops(pair, 2, pair, 2), "p1.json on "));
    assert_non_null(strstr(loops(pair, 2, pair, 2), "without end: ping, pong, ping"));
    assert_non_null(strstr(loops(pair, 2, pair, 2), "q1.json on "));
    registry_check_kin(registry_build(&arena, pair, 2), pair, 2, &problems);
    assert_int_equal(problems.n, 0);
    registry_check_kin(registry_build(&arena, unknown, 1), unknown, 1, &problems);
    assert_int_equal(problems.n, 1);
    assert_int_equal(problems.item[0].number, PROBLEM_UNKNOWN_WORKFLOW);
    assert_int_equal(problems.item[0].line, 7);
    assert_string_equal(problems.item[0].pointer, "/materials/0/remind");
    assert_non_null(strstr(problems.item[0].text, "\"nobody\""));
}

static void
a_ring_is_one_only_where_its_versions_are_in_force_together(void **state)
{
    const struct workflow *const apart[] = {
        opening("ping", "p1", 100, 200, "pong", false), opening("ping", "p2", 200, 0, NULL, false),
        opening("pong", "q1", 100, 200, NULL, false), opening("pong", "q2", 200, 0, "ping", false)};
    const struct workflow *const late[] = {opening("ping", "p1", 100, 0, "pong", false),
                                           opening("pong", "q1", 100, 250, NULL, false),
                                           opening("pong", "q2", 250, 0, "ping", false)};
    char text[DAY_TEXT];

    (void)state;
    assert_string_equal(loops(apart, 4, apart, 4), "");
    assert_non_null(strstr(loops(late, 3, late, 3), "p1.json on "));
    assert_non_null(
        strstr(loops(late, 3, late, 3), arena_printf(&arena, "on %s its", day_write(250, text))));
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
        cmocka_unit_test(cases_that_open_one_another_without_end_are_told),
        cmocka_unit_test(a_reminder_that_opens_cases_is_looked_at_too),
        cmocka_unit_test(a_ring_is_one_only_where_its_versions_are_in_force_together),
        cmocka_unit_test(all_workflows_of_the_hall_load),
    };

    return cmocka_run_group_tests(tests, NULL, stop);
}
