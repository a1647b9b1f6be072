/* SPDX-License-Identifier: Apache-2.0 */
/* What a region does faster: overlays, what they may say, and whose cases take them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "definition/json.h"
#include "definition/overlay.h"
#include "machine/promise.h"
#include "tests/support/city.h"

#define REGIONS "tests/definitions/regions"

#define EFFECTIVE(members) "\n\"effective\":{" members "},\"limits\":{\"decide\":\"1 working day\"}"
#define HEAD               "\"workflow\":\"region\",\"district\":\"371500\",\"basis\":\"x\","

static struct arena arena;
static struct house house;
static struct problems problems;
static char folder[] = "/tmp/overlay.XXXXXX";

/* @organisation in which a province, a city and a district of it are known. */
static const struct value *
nested(const struct value *organisation)
{
    static const char text[] =
        "[{\"code\":\"370000\"},{\"code\":\"371500\"},{\"code\":\"371502\"}]";
    struct value list, *v = arena_new(&arena, struct value);
    struct error e;

    if (!json_read(&arena, text, sizeof(text) - 1, true, &list, &e))
        fail_msg("%s", e.detail);
    *v = value_with(&arena, organisation, "districts", list);
    return v;
}

static int
set_up(void **state)
{
    struct value *v = arena_new(&arena, struct value);
    struct error e;

    (void)state;
    house.calendar = city_calendar(&arena);
    if (!json_read_file(&arena, "tests/definitions/house/organisation.json", v, &e))
        return -1;
    house.organisation.data = nested(v);
    return house.calendar && mkdtemp(folder) ? 0 : -1;
}

static int
tear_down(void **state)
{
    (void)state;
    (void)!unlink(arena_printf(&arena, "%s/region.json", folder));
    (void)!unlink(arena_printf(&arena, "%s/region@371500.json", folder));
    (void)!rmdir(folder);
    arena_release(&arena);
    return 0;
}

static const struct workflow *
read_checked(const char *path)
{
    const struct workflow *w = NULL;

    problems = (struct problems){.arena = &arena};
    if (!definition_read_file(&arena, path, &house, &w, &problems) ||
        !promise_check(w, house.calendar, &arena, &problems))
        return NULL;
    return w;
}

static void
copy(const char *from, const char *to)
{
    struct text t = text_new(&arena);
    char part[4096];
    FILE *in = fopen(from, "re"), *out = fopen(to, "we");
    size_t n;

    assert_true(in && out);
    while ((n = fread(part, 1, sizeof(part), in)) > 0)
        text_add(&t, part, n);
    assert_int_equal(fwrite(t.at, 1, t.len, out), t.len);
    (void)fclose(in);
    assert_int_equal(fclose(out), 0);
}

/* The first problem of an overlay whose members are @members, as "line pointer text". */
static const char *
problem_of(const char *members)
{
    const char *path = arena_printf(&arena, "%s/region@371500.json", folder);
    FILE *f = fopen(path, "we");
    const struct problem *p;

    assert_non_null(f);
    fprintf(f, "{%s}\n", members);
    assert_int_equal(fclose(f), 0);
    copy(REGIONS "/region.json", arena_printf(&arena, "%s/region.json", folder));
    if (read_checked(path))
        return "none";
    p = &problems.item[0];
    assert_string_equal(p->file, path);
    return arena_printf(&arena, "%d %u %s %s", p->number, p->line, p->pointer, p->text);
}

static const struct limit_arm *
arm(const struct workflow *w, const char *clock, uint16_t i)
{
    return &w->clock[workflow_clock(w, clock)].arm[i];
}

static void
an_overlay_shortens_what_it_names_and_makes_a_version_of_its_own(void **state)
{
    const struct workflow *base = read_checked(REGIONS "/region.json");
    const struct workflow *w = read_checked(REGIONS "/region@371500.json"), *back;
    struct error e;

    (void)state;
    assert_non_null(base);
    assert_non_null(w);
    assert_string_not_equal(w->hash, base->hash);
    assert_null(base->district);
    assert_string_equal(w->district, "371500");
    assert_string_equal(w->id, "region");
    assert_int_equal(arm(w, "promised", 0)->limit.n, 8);
    assert_int_equal(arm(w, "stage.both.fire.look", 0)->limit.n, 1);
    assert_int_equal(arm(w, "decide", 0)->limit.n, 5);
    assert_int_equal(arm(w, "decide", 1)->limit.unit, UNIT_HOURS);
    assert_true(definition_restore(&arena, w->text, w->text_len, &back, &e));
    assert_string_equal(back->hash, w->hash);
    assert_string_equal(back->district, "371500");
}

static void
cases_take_the_version_of_the_nearest_region(void **state)
{
    const struct workflow *list[] = {read_checked(REGIONS "/region.json"),
                                     read_checked(REGIONS "/region@371500.json")};
    const struct registry *r;
    const day d = day_from_civil(2026, 3, 2);
    uint32_t at = 0;

    (void)state;
    assert_true(list[0] && list[1]);
    r = registry_build(&arena, list, 2);
    assert_ptr_equal(registry_find(r, "region", d), list[0]);
    assert_ptr_equal(registry_find_in(r, "region", "371502", d), list[1]);
    assert_ptr_equal(registry_find_in(r, "region", "371500", d), list[1]);
    assert_ptr_equal(registry_find_in(r, "region", "370102", d), list[0]);
    assert_null(registry_find_in(r, "region", "371500", day_from_civil(2022, 1, 1)));
    assert_null(registry_find_in(r, "other", "371500", d));
    assert_ptr_equal(registry_next(r, d, &at), list[0]);
    assert_null(registry_next(r, d, &at));
    at = 0;
    assert_ptr_equal(registry_next_region(r, "region", d, &at), list[1]);
    assert_null(registry_next_region(r, "region", d, &at));
    problems = (struct problems){.arena = &arena};
    registry_check(r, &problems);
    assert_int_equal(problems.n, 0);
}

/* What the overlay of @members makes of the definition; NULL: it is refused. */
static const struct workflow *
overlay(const char *name, const char *members)
{
    const char *path = arena_printf(&arena, "%s/%s", folder, name);
    FILE *f = fopen(path, "we");
    const struct workflow *w;

    assert_non_null(f);
    fprintf(f, "{" HEAD "%s,\"limits\":{\"promised\":\"8 working days\"}}\n", members);
    assert_int_equal(fclose(f), 0);
    copy(REGIONS "/region.json", arena_printf(&arena, "%s/region.json", folder));
    w = read_checked(path);
    (void)unlink(path);
    return w;
}

static void
limits_change_on_a_day_of_their_own(void **state)
{
    const struct workflow *list[3];
    const struct registry *r;
    const day june = day_from_civil(2026, 6, 30), july = day_from_civil(2026, 7, 1);

    (void)state;
    list[0] = read_checked(REGIONS "/region.json");
    list[1] = overlay("region@371500.json", "\"effective\":{\"from\":\"2026-01-01\"}");
    list[2] = overlay("region@371500.2.json", "\"effective\":{\"from\":\"2026-07-01\"}");
    assert_true(list[0] && list[1] && list[2]);
    assert_string_not_equal(list[1]->hash, list[2]->hash);
    r = registry_build(&arena, list, 3);
    assert_ptr_equal(registry_find_in(r, "region", "371502", day_from_civil(2025, 12, 31)),
                     list[0]);
    assert_ptr_equal(registry_find_in(r, "region", "371502", june), list[1]);
    assert_ptr_equal(registry_find_in(r, "region", "371502", july), list[2]);
    problems = (struct problems){.arena = &arena};
    registry_check(r, &problems);
    assert_int_equal(problems.n, 0);

    list[1] = overlay("region@371500.json", "\"effective\":{\"until\":\"2026-07-01\"}");
    r = registry_build(&arena, list, 2);
    assert_int_equal(list[1]->from, list[0]->from);
    assert_ptr_equal(registry_find_in(r, "region", "371502", june), list[1]);
    assert_ptr_equal(registry_find_in(r, "region", "371502", july), list[0]);
    list[1] = overlay("region@371500.json", "\"effective\":{\"until\":\"2026-08-01\"}");
    registry_check(registry_build(&arena, list, 3), &problems);
    assert_int_equal(problems.item[0].number, PROBLEM_OVERLAP); /* it said until when */
}

static void
its_file_is_called_by_the_district(void **state)
{
    (void)state;
    assert_true(overlay_is("a/b@371500.json"));
    assert_true(overlay_is("a/b.2@371500.json"));
    assert_true(overlay_is("a/b@371500.2.json"));
    assert_false(overlay_is("a/b@371500.2.3.json"));
    assert_false(overlay_is("a/@371500.json"));
    assert_false(overlay_is("a@371500/b.json"));
    assert_false(overlay_is("a/b@3715.json"));
    assert_false(overlay_is("a/b.json"));
}

static void
what_is_no_overlay_is_told_with_its_line(void **state)
{
    static const struct {
        const char *members, *problem;
    } row[] = {
        {HEAD "\n\"limits\":{\"promised\":\"9 working days\"}", "none"},
        {HEAD "\n\"limits\":{\"promised\":\"11 working days\"}", "232 2 /limits/promised "},
        {HEAD "\n\"limits\":{\"promised\":\n\"1 month\"}", "232 3 /limits/promised "},
        {HEAD "\"limits\":{\"decide\":[\"6 working days\",null]}", "232 1 /limits/decide "},
        {HEAD "\n\"limits\":{\"promised\":\"7 working days\"}", "406 2 /limits/promised "},
        {HEAD "\"limits\":{\"promised\":\n\"60 hours\"}", "410 2 /limits/promised "},
        {HEAD "\n\"limits\":{\"promised\":\"soon\"}", "110 2 "},
        {HEAD "\n\"limits\":{\"decide\":[\"1 day\"]}", "231 2 /limits/decide "},
        {HEAD "\n\"limits\":{\"promised\":[\"1 day\"]}", "231 2 /limits/promised "},
        {HEAD "\n\"limits\":{\"promised\":5}", "231 2 /limits/promised "},
        {HEAD "\n\"limits\":{\"stage\":\"1 day\"}", "231 2 /limits/stage "},
        {HEAD "\n\"limits\":{\"stage.both.water.look\":\"1 day\"}", "231 2 "},
        {HEAD "\n\"limits\":{\"granted\":\"1 day\"}", "231 2 "},
        {HEAD "\n\"limits\":{\"decide:x\":\"1 day\"}", "231 2 "},
        {HEAD "\n\"limits\":{}", "231 2 /limits "},
        {HEAD "\n\"steps\":{},\"limits\":{\"decide\":\"1 working day\"}",
         "231 2  unknown key steps"},
        {"\"workflow\":\"other\",\"district\":\"371500\",\"basis\":\"x\",\"limits\":{\"decide\":"
         "\"1 "
         "working day\"}",
         "231 1 /workflow "},
        {"\"workflow\":\"region\",\"district\":\"371502\",\"basis\":\"x\",\"limits\":{\"decide\":"
         "\"1 "
         "working day\"}",
         "231 1 /district "},
        {"\"workflow\":\"region\",\"district\":\"371500\",\"limits\":{\"decide\":\"1 working "
         "day\"}",
         "231 1 /basis "},
        {HEAD, "231 1 "},
        {HEAD EFFECTIVE("\"from\":\"2026-07-01\""), "none"},
        {HEAD EFFECTIVE("\"until\":\"2026-07-01\""), "none"},
        {HEAD EFFECTIVE("\"from\":\"1999-01-01\""), "231 2 /effective/from "},
        {HEAD EFFECTIVE("\"from\":\"2026-07-01\",\"until\":\"2026-07-01\""), "1"},
        {HEAD EFFECTIVE("\"from\":\"2026-02-30\""), "1"},
        {HEAD EFFECTIVE(""), "231 2 /effective "},
        {HEAD EFFECTIVE("\"since\":\"2026-07-01\""), "231 2 /effective "},
        {HEAD EFFECTIVE("\"from\":\"2026-07-01\",\"since\":1"), "231 2 /effective "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
        const char *is = problem_of(row[i].members);

        if (strncmp(is, row[i].problem, strlen(row[i].problem)) != 0)
            fail_msg("%s: %s", row[i].members, is);
    }
}

static void
nobody_writes_a_district_into_a_definition(void **state)
{
    const char *path = arena_printf(&arena, "%s/region.json", folder);
    FILE *f = fopen(path, "we");

    (void)state;
    assert_non_null(f);
    fputs("{\"id\":\"region\",\n\"district\":\"371500\"}", f);
    assert_int_equal(fclose(f), 0);
    assert_null(read_checked(path));
    assert_int_equal(problems.item[0].number, PROBLEM_BAD_OVERLAY);
    assert_int_equal(problems.item[0].line, 2);
}

/* An overlay of @district in the folder, which stays there until let_go(). */
static const char *
lay(const char *name, const char *district, const char *members)
{
    const char *path = arena_printf(&arena, "%s/%s", folder, name);
    FILE *f = fopen(path, "we");

    assert_non_null(f);
    fprintf(f, "{\"workflow\":\"region\",\"district\":\"%s\",\"basis\":\"x\",%s}\n", district,
            members);
    assert_int_equal(fclose(f), 0);
    copy(REGIONS "/region.json", arena_printf(&arena, "%s/region.json", folder));
    return path;
}

static void
let_go(const char *const *path, size_t n)
{
    for (size_t i = 0; i < n; i++)
        (void)unlink(path[i]);
}

static void
a_districts_lies_on_its_citys_and_that_on_its_provinces(void **state)
{
    const char *path[3];
    const struct workflow *city, *district;

    (void)state;
    path[0] = lay("region@370000.json", "370000", "\"limits\":{\"promised\":\"9 working days\"}");
    path[1] =
        lay("region@371502.json", "371502", "\"limits\":{\"decide\":[\"4 working days\",null]}");
    /* Where the city has none, on the province's. */
    district = read_checked(path[1]);
    assert_non_null(district);
    assert_int_equal(arm(district, "promised", 0)->limit.n, 9);
    path[2] = lay("region@371500.json", "371500",
                  "\"limits\":{\"promised\":\"8 working days\",\"decide\":[\"4 working days\",\"1 "
                  "working day\"]}");
    city = read_checked(path[2]);
    district = read_checked(path[1]);
    assert_true(city && district);
    assert_string_equal(district->district, "371502");
    assert_string_equal(district->overlay->base->hash, city->hash);
    assert_string_equal(city->overlay->base->district, "370000");
    /* What it does not name is as in the city, and what it leaves as it is, too. */
    assert_int_equal(arm(district, "promised", 0)->limit.n, 8);
    assert_int_equal(arm(district, "decide", 0)->limit.n, 4);
    assert_int_equal(arm(district, "decide", 1)->limit.n, 1);
    let_go(path, 3);
}

static void
a_district_promises_no_more_slowly_than_its_city(void **state)
{
    const char *path[2];

    (void)state;
    path[0] = lay("region@371500.json", "371500", "\"limits\":{\"promised\":\"8 working days\"}");
    path[1] = lay("region@371502.json", "371502", "\n\"limits\":{\"promised\":\"9 working days\"}");
    assert_null(read_checked(path[1]));
    assert_int_equal(problems.n, 1);
    assert_int_equal(problems.item[0].number, PROBLEM_OVERLAY_LONGER);
    assert_string_equal(problems.item[0].file, path[1]);
    assert_int_equal(problems.item[0].line, 2);
    lay("region@371502.json", "371502", "\"limits\":{\"promised\":\"8 working days\"}");
    assert_non_null(read_checked(path[1]));
    /* What is wrong with the city's is told there; here, that it is. */
    lay("region@371500.json", "371500", "\"limits\":{\"nothing\":\"6 working days\"}");
    assert_null(read_checked(path[1]));
    assert_int_equal(problems.n, 1);
    assert_int_equal(problems.item[0].number, PROBLEM_BAD_OVERLAY);
    assert_non_null(strstr(problems.item[0].text, "region@371500.json"));
    let_go(path, 2);
}

/* What is told of the overlays of the folder, all of them looked at together. */
static const char *
layers(const char *const *path, uint32_t n)
{
    const struct workflow *list[8];
    const struct registry *r;
    bool sound;

    list[0] = read_checked(REGIONS "/region.json");
    for (uint32_t i = 0; i < n; i++) {
        list[i + 1] = read_checked(path[i]);
        assert_non_null(list[i + 1]);
    }
    r = registry_build(&arena, list, n + 1);
    problems = (struct problems){.arena = &arena};
    registry_check(r, &problems);
    assert_int_equal(problems.n, 0);
    sound = promise_check_layers(r, list, n + 1, house.calendar, &arena, &problems);
    assert_int_equal(sound, problems.n == 0);
    if (sound)
        return "";
    assert_int_equal(problems.item[0].number, PROBLEM_OVERLAY_LONGER);
    return arena_printf(&arena, "%zu %s %s", problems.n, problems.item[0].file,
                        problems.item[0].text);
}

static void
when_the_city_becomes_faster_its_districts_must(void **state)
{
    const char *path[4], *told;

    (void)state;
    path[0] = lay("region@371500.json", "371500", "\"limits\":{\"promised\":\"9 working days\"}");
    path[1] = lay("region@371502.json", "371502", "\"limits\":{\"decide\":\"1 working day\"}");
    assert_string_equal(layers(path, 2), "");
    path[2] = lay("region@371500.2.json", "371500",
                  "\"effective\":{\"from\":\"2026-07-01\"},\"limits\":{\"promised\":\"8 working "
                  "days\"}");
    /* It keeps the limits of before, which it does not name: they would be longer from that day. */
    told = layers(path, 3);
    assert_memory_equal(told, "1 ", 2);
    assert_non_null(strstr(told, "region@371502.json started at "));
    assert_non_null(strstr(told, "\"promised\""));
    assert_non_null(strstr(told, "from 2026-07-01"));
    path[3] = lay("region@371502.2.json", "371502",
                  "\"effective\":{\"from\":\"2026-07-01\"},\"limits\":{\"decide\":\"1 working "
                  "day\"}");
    assert_string_equal(layers(path, 4), "");
    assert_int_equal(arm(read_checked(path[3]), "promised", 0)->limit.n, 8);
    assert_int_equal(arm(read_checked(path[1]), "promised", 0)->limit.n, 9);
    assert_int_equal(read_checked(path[1])->until, read_checked(path[0])->until);
    let_go(path, 4);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_overlay_shortens_what_it_names_and_makes_a_version_of_its_own),
        cmocka_unit_test(cases_take_the_version_of_the_nearest_region),
        cmocka_unit_test(limits_change_on_a_day_of_their_own),
        cmocka_unit_test(a_districts_lies_on_its_citys_and_that_on_its_provinces),
        cmocka_unit_test(a_district_promises_no_more_slowly_than_its_city),
        cmocka_unit_test(when_the_city_becomes_faster_its_districts_must),
        cmocka_unit_test(its_file_is_called_by_the_district),
        cmocka_unit_test(what_is_no_overlay_is_told_with_its_line),
        cmocka_unit_test(nobody_writes_a_district_into_a_definition),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
