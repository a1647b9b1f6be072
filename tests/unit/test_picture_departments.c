/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures say of a step whose department is chosen which it may be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/picture/bpmn.h"
#include "tests/support/desk.h"

static void
define(void)
{
    desk_define("'form': {'required': ['bureau'], 'properties': {'bureau': {'type': 'string', "
                "'enum': ['fire', 'land', 'water']}}}, 'start': 'room', 'steps': {"
                "'room': {'start': 'review', 'to': 'end', 'department': {'var': 'form.bureau'}, "
                "'steps': {'review': {'by': 'reviewer', 'actions': {'pass': '$done'}}}}, "
                "'end': {'end': 'over'}}");
}

static void
expect_all(const char *text)
{
    static const char *const said[] = {"reviewer · the one", "fire", "land", "water"};

    for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++)
        if (!strstr(text, said[i]))
            fail_msg("\"%s\" is not in %s", said[i], text);
}

static void
a_picture_names_each_that_may_be_chosen(void **state)
{
    const struct picture *p;
    struct text t;

    (void)state;
    define();
    t = text_new(&desk.arena);
    assert_true(picture_lay(&desk.arena, desk.w, NULL, LANGUAGE_EN, NULL, &p, &desk.e));
    picture_svg(&t, p);
    expect_all(t.at);
}

static void
so_does_the_process_in_xml(void **state)
{
    struct text t;

    (void)state;
    define();
    t = text_new(&desk.arena);
    assert_true(picture_bpmn(&t, desk.w, NULL, LANGUAGE_EN, &desk.e));
    expect_all(t.at);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_picture_names_each_that_may_be_chosen, desk_setup,
                                        desk_teardown),
        cmocka_unit_test_setup_teardown(so_does_the_process_in_xml, desk_setup, desk_teardown)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
