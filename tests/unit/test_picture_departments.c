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

static void
departments_have_their_title_in_the_language_of_the_picture(void **state)
{
    static const char *const said[][2] = {{"消防支队", "消防救援支队"}, {"Fire Brigade", "fire"}};
    const struct organisation house = {
        .data = desk_json("{'departments': [{'id': 'fire', 'title': {'zh': '消防支队', 'en':"
                          " 'Fire Brigade'}}, {'id': 'lead', 'title': {'zh': '牵头局', 'en':"
                          " 'Leading Bureau'}}], 'roles': [], 'systems': []}")};
    const struct picture *p;
    struct text t;

    (void)state;
    define();
    for (int en = 0; en < 2; en++) {
        t = text_new(&desk.arena);
        assert_true(picture_lay(&desk.arena, desk.w, &house, en ? LANGUAGE_EN : LANGUAGE_ZH, NULL,
                                &p, &desk.e));
        picture_svg(&t, p);
        assert_non_null(strstr(t.at, said[en][0]));
        assert_null(strstr(t.at, said[en][1]));
        assert_non_null(strstr(t.at, en ? "Leading Bureau" : "牵头局"));
    }
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_picture_names_each_that_may_be_chosen, desk_setup,
                                        desk_teardown),
        cmocka_unit_test_setup_teardown(so_does_the_process_in_xml, desk_setup, desk_teardown),
        cmocka_unit_test_setup_teardown(departments_have_their_title_in_the_language_of_the_picture,
                                        desk_setup, desk_teardown)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
