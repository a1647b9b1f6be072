/* SPDX-License-Identifier: Apache-2.0 */
/* Whose a case is, as far as it is known who asks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/hall.h"

/* A case of somebody who is not known; it is the child of one of his, for nobody else may open it.
 */
static int64_t
opened_unknown(void)
{
    struct opening o = {.district = "370102", .applicant_kind = "enterprise", .claimed = true};
    struct errand e;

    errand_open(&e, &hall, NULL);
    e.order.command.opening = &o;
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    return e.case_id;
}

/* "claimed, cases it has in the files of enterprises" */
static const char *
known(int64_t id)
{
    return sql("SELECT claimed || ' ' || (SELECT count(*) FROM party_cases WHERE case_id = c.id)"
               " FROM cases c WHERE id = %lld",
               (long long)id);
}

static struct errand
identifying(int64_t id)
{
    struct errand e;

    errand_act(&e, id, NULL, NULL);
    e.order.command.kind = COMMAND_IDENTIFY;
    e.order.command.document = "营业执照";
    return e;
}

static void
a_case_is_the_enterprises_when_somebody_has_looked(void **state)
{
    const int64_t id = opened_unknown(), house = hall_case(&hall);
    struct errand e = identifying(id), f = identifying(house);

    (void)state;
    assert_string_equal(known(id), "true 0");
    assert_string_equal(known(house), "false 1");
    e.order.arg = &e;
    f.order.arg = &f;
    hall_do(&hall, &e);
    hall_do(&hall, &f);
    assert_int_equal(e.error.code, ERROR_NONE);
    assert_int_equal(f.error.code, ERROR_NONE);
    assert_string_equal(known(id), "false 1");
    assert_string_equal(known(house), "false 1");
}

/* What schema/0022_identity.sql does to what was there before it. */
static void
migrate(void)
{
    static char text[4000];
    FILE *f = fopen("schema/0022_identity.sql", "r");
    char *begin;
    size_t n;

    assert_non_null(f);
    n = fread(text, 1, sizeof(text) - 1, f);
    (void)fclose(f);
    text[n] = '\0';
    begin = strstr(text, "DELETE FROM party_cases");
    assert_non_null(begin);
    assert_string_equal(sql("%s", begin), "");
}

static void
what_strangers_opened_before_is_the_enterprises_where_the_house_has_worked_on_it(void **state)
{
    const int64_t house = hall_case(&hall), untouched = hall_case(&hall), worked = hall_case(&hall);
    struct errand e;

    (void)state;
    assert_string_equal(sql("UPDATE facts SET actor = 'applicant' WHERE number = 1 AND case_id IN"
                            " (%lld, %lld)",
                            (long long)untouched, (long long)worked),
                        "");
    errand_act(&e, worked, "accept", NULL);
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    migrate();
    assert_string_equal(known(house), "false 1");
    assert_string_equal(known(untouched), "false 0");
    assert_string_equal(known(worked), "false 1");
    /* It is put there when somebody has looked. */
    e = identifying(untouched);
    e.order.arg = &e;
    hall_do(&hall, &e);
    assert_int_equal(e.error.code, ERROR_NONE);
    assert_string_equal(known(untouched), "false 1");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_is_the_enterprises_when_somebody_has_looked),
        cmocka_unit_test(
            what_strangers_opened_before_is_the_enterprises_where_the_house_has_worked_on_it),
    };

    return cmocka_run_group_tests_name("identity", tests, hall_set_up, hall_tear_down);
}
