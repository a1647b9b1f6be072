/* SPDX-License-Identifier: Apache-2.0 */
/* All calendars of a house: which hall counts by which, and versions that come back from store. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "definition/json.h"
#include "definition/registry.h"
#include "tests/support/city.h"

static struct arena arena;
static const struct calendar *usual, *corrected;

static int
set_up(void **state)
{
    (void)state;
    usual = city_calendar(&arena);
    corrected = city_calendar_corrected(&arena);
    return usual && corrected ? 0 : -1;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void
a_hall_that_names_none_takes_that_of_the_region_around_it(void **state)
{
    const struct calendar *list[] = {usual, corrected};
    const struct hall_calendar hall[] = {{.district = "371500", .calendar = corrected},
                                         {.department = "tax", .calendar = usual}};
    const struct calendar *house = almanac_build(&arena, list, 2, hall, 2);

    (void)state;
    assert_string_equal(house->version, usual->version);
    assert_string_equal(almanac_hall(house, "371500", NULL)->version, corrected->version);
    assert_string_equal(almanac_hall(house, "371502", NULL)->version, corrected->version);
    assert_string_equal(almanac_hall(house, "371502", "tax")->version, usual->version);
    assert_string_equal(almanac_hall(house, "371502", "fire")->version, corrected->version);
    assert_string_equal(almanac_hall(house, "370102", NULL)->version, usual->version);
    assert_string_equal(almanac_hall(house, NULL, NULL)->version, usual->version);
    assert_string_equal(almanac_hall(house, "37150200", NULL)->version, usual->version);
    assert_ptr_equal(almanac_hall(usual, "371500", "tax"), usual); /* alone */
}

static void
every_calendar_leads_to_all_versions(void **state)
{
    const struct calendar *list[] = {usual, usual, corrected};
    const struct calendar *house = almanac_build(&arena, list, 3, NULL, 0), *other;

    (void)state;
    assert_int_equal(house->almanac->n, 2);
    other = almanac_version(house, corrected->version);
    assert_non_null(other);
    assert_ptr_equal(almanac_version(other, usual->version), house);
    assert_ptr_equal(almanac_version(house, NULL), house);
    assert_null(almanac_version(house, "000000000000"));
    assert_null(almanac_version(usual, corrected->version));
    house = almanac_with(&arena, usual, &corrected, 1);
    assert_int_equal(house->almanac->n, 2);
    assert_ptr_equal(almanac_version(house, usual->version), house);
}

static void
regions_nest_as_their_codes_say(void **state)
{
    char around[7];

    (void)state;
    assert_true(district_around("371502", around));
    assert_string_equal(around, "371500");
    assert_true(district_around(around, around));
    assert_string_equal(around, "370000");
    assert_false(district_around(around, around));
    assert_false(district_around("*", around));
    assert_false(district_around("371502001", around));
}

static void
what_is_kept_comes_back_as_it_was_or_not_at_all(void **state)
{
    const struct calendar *back;
    struct error e = {0};

    (void)state;
    assert_true(calendar_restore(&arena, corrected->version, corrected->text,
                                 strlen(corrected->text), &back, &e));
    assert_string_equal(back->text, corrected->text);
    assert_int_equal(back->first, corrected->first);
    assert_memory_equal(back->working, corrected->working,
                        (size_t)(corrected->last - corrected->first + 1));
    assert_false(calendar_restore(&arena, usual->version, corrected->text, strlen(corrected->text),
                                  &back, &e));
    assert_non_null(strstr(e.detail, "something else"));
    assert_false(calendar_restore(&arena, usual->version, "{}", 2, &back, &e));
    assert_int_equal(e.code, ERROR_INTERNAL);
}

/* The problems of a house whose organisation.json is @organisation, as "pointer text" lines. */
static const char *
problems_of(const char *organisation, const struct calendar **out)
{
    struct problems problems = {.arena = &arena};
    struct text t = text_new(&arena);
    struct value v;
    struct error e;

    assert_true(json_read(&arena, organisation, strlen(organisation), true, &v, &e));
    (void)!almanac_load(&arena, "tests/unit/halls", &v, out, &problems);
    text_str(&t, "");
    for (uint32_t i = 0; i < problems.n; i++)
        text_printf(&t, "%d %s %s\n", problems.item[i].number, problems.item[i].pointer,
                    problems.item[i].text);
    return t.at;
}

static void
districts_and_departments_name_calendar_and_hours(void **state)
{
    const struct calendar *house = NULL;

    (void)state;
    assert_string_equal(
        problems_of("{\"districts\":[{\"code\":\"371502\",\"hours\":\"hall-east.json\"},"
                    "{\"code\":\"371503\"}],\"departments\":[{\"id\":\"tax\",\"calendar\":"
                    "\"port\"}]}",
                    &house),
        "");
    assert_int_equal(almanac_hall(house, "371502", NULL)->season[0].span[0].from, 510);
    assert_string_equal(almanac_hall(house, "371502", NULL)->id, "cn");
    assert_ptr_equal(almanac_hall(house, "371503", NULL), house);
    assert_string_equal(almanac_hall(house, "371502", "tax")->id, "port");
    assert_int_equal(house->almanac->n, 3);
}

static void
what_is_no_calendar_or_no_file_beside_is_told(void **state)
{
    const struct calendar *house;

    (void)state;
    assert_non_null(strstr(
        problems_of("{\"districts\":[{\"code\":\"371502\",\"hours\":\"../hall-east.json\"}]}",
                    &house),
        "501 /districts/0/hours \"hours\" names a file"));
    assert_non_null(
        strstr(problems_of("{\"departments\":[{\"id\":\"tax\",\"calendar\":\"mars\"}]}", &house),
               "501 /departments/0 no calendar file like mars-2026.json"));
    assert_non_null(
        strstr(problems_of("{\"departments\":[{\"id\":\"tax\",\"calendar\":7}]}", &house),
               "501 /departments/0/calendar"));
    assert_non_null(strstr(
        problems_of("{\"districts\":[{\"code\":\"371502\",\"hours\":\"hall-gone.json\"}]}", &house),
        "hall-gone.json"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hall_that_names_none_takes_that_of_the_region_around_it),
        cmocka_unit_test(every_calendar_leads_to_all_versions),
        cmocka_unit_test(regions_nest_as_their_codes_say),
        cmocka_unit_test(what_is_kept_comes_back_as_it_was_or_not_at_all),
        cmocka_unit_test(districts_and_departments_name_calendar_and_hours),
        cmocka_unit_test(what_is_no_calendar_or_no_file_beside_is_told),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
