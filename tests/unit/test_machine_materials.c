/* SPDX-License-Identifier: Apache-2.0 */
/* Intake duties: materials, tolerance, promises, and the one notice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "machine/materials.h"
#include "tests/support/desk.h"

#define T "'title': {'zh': '材', 'en': 'M'}"

static void
office(void)
{
    desk_define(
        "'form': {'required': ['big', 'good'], 'properties': {'big': {'type': 'boolean'}, 'good':"
        " {'type': 'boolean'}}}, 'materials': [{'id': 'articles', " T ", 'tolerance':"
        " '5 working days', 'lapse': 'refused'}, {'id': 'lease', " T ", 'tolerance': '3 days',"
        " 'promise': {'when': {'var': 'form.good'}, 'check': '2 months'}}, {'id': 'plan', " T ","
        " 'when': {'var': 'form.big'}}, {'id': 'licence', " T
        ", 'from': 'shared-data', 'certificate': 'business-licence'}],"
        " 'certificates': {'permit': {'number': 'P', 'content': {'n': 'x'}}},"
        " 'start': 't', 'steps': {'t': {'by': 'window', 'actions': {'notice': {'notice': true,"
        " 'input': {'type': 'object', 'required': ['missing'], 'properties': {'missing': {'type':"
        " 'array', 'minItems': 1, 'items': {'type': 'string'}}}}}, 'hand-out': {'to': 'end', "
        "'when':"
        " {'===': [{'var': 'case.owed'}, 0]}, 'do': [{'issue': 'permit'}]}}}, 'end': {'end':"
        " 'granted'}, 'refused': {'end': 'refused'}}");
    desk_open("{'big': false, 'good': true}");
}

static struct command
with(const char *who, const char *verb, const char *material)
{
    struct command cmd = desk_command(COMMAND_MATERIAL, who);

    cmd.action = verb;
    cmd.material = material;
    return cmd;
}

static struct command
notice(const char *missing)
{
    struct command cmd = desk_action("window", "notice", NULL);

    cmd.input = *desk_json(arena_printf(&desk.arena, "{'missing': [%s]}", missing));
    return cmd;
}

static enum material_state
state_of(const char *id)
{
    return desk.c->material[workflow_material(desk.w, id)].state;
}

static void
the_result_is_withheld_until_nothing_is_owed(void **state)
{
    (void)state;
    office();
    assert_int_equal(state_of("plan"), MATERIAL_NOT_NEEDED);
    assert_int_equal(materials_owed(desk.w, desk.c), 3);
    assert_true(desk_give(with("applicant", "receive", "articles")));
    assert_true(desk_give(with("window", "fetch", "licence")));
    desk_refused(desk_action("window", "hand-out", NULL), ERROR_GUARD_FAILED);
    assert_true(desk_give(with("window", "receive", "lease")));
    desk_act("window", "hand-out");
    assert_string_equal(desk_steps(), "granted");
}

static void
each_deed_has_its_states_its_people_and_its_conditions(void **state)
{
    struct command cmd;

    (void)state;
    office();
    desk_refused(with("window", "receive", "nonsense"), ERROR_MATERIAL_UNKNOWN);
    desk_refused(with("window", "shred", "lease"), ERROR_FORBIDDEN);
    desk_refused(with("supervisor", "shred", "lease"), ERROR_ACTION_NOT_ALLOWED);
    desk_refused(with("applicant", "tolerate", "lease"), ERROR_FORBIDDEN);
    desk_refused(with("window", "break", "lease"), ERROR_FORBIDDEN);
    desk_refused(with("head", "break", "lease"), ERROR_ACTION_NOT_ALLOWED);
    desk_refused(with("window", "tolerate", "licence"), ERROR_GUARD_FAILED);
    desk_refused(with("window", "promise", "articles"), ERROR_GUARD_FAILED);
    desk_refused(with("window", "fetch", "lease"), ERROR_GUARD_FAILED);
    cmd = with("window", "promise", "lease");
    cmd.document = NULL;
    desk_refused(cmd, ERROR_DOCUMENT_MISSING);
    cmd = with("window", "receive", "lease");
    cmd.revision = desk.c->revision + 1;
    desk_refused(cmd, ERROR_STALE);
    assert_true(desk_give(with("window", "receive", "lease")));
    desk_refused(with("window", "receive", "lease"), ERROR_ACTION_NOT_ALLOWED);
    cmd = with("window", "reject", "lease");
    cmd.reason = NULL;
    desk_refused(cmd, ERROR_REASON_MISSING);
    assert_true(desk_give(with("window", "reject", "lease")));
    assert_int_equal(state_of("lease"), MATERIAL_MISSING);
}

static void
what_is_tolerated_lapses_when_its_time_is_over(void **state)
{
    (void)state;
    office();
    assert_true(desk_give(with("window", "tolerate", "articles")));
    assert_true(desk_give(with("window", "tolerate", "lease")));
    /* 3 days from Monday end on Thursday, 5 working days on the next Monday, at 24:00. */
    desk_look("2026-03-06 00:00:01");
    assert_int_equal(state_of("lease"), MATERIAL_LAPSED);
    assert_string_equal(desk_steps(), "t");
    assert_true(desk_give(with("window", "receive", "lease")));
    desk_look("2026-03-10 00:00:00");
    assert_string_equal(desk_steps(), "t");
    desk_look("2026-03-10 00:00:01");
    assert_string_equal(desk_steps(), "refused");
}

static void
what_came_in_time_does_not_lapse(void **state)
{
    (void)state;
    office();
    assert_true(desk_give(with("window", "tolerate", "articles")));
    desk_at("2026-03-09 23:59");
    assert_true(desk_give(with("applicant", "receive", "articles")));
    desk_look("2026-04-01 00:00");
    assert_string_equal(desk_steps(), "t");
    assert_int_equal(state_of("articles"), MATERIAL_PRESENT);
}

static void
a_promise_stands_for_a_material_and_a_false_one_takes_back_what_it_got(void **state)
{
    (void)state;
    office();
    assert_true(desk_give(with("window", "receive", "articles")));
    assert_true(desk_give(with("window", "fetch", "licence")));
    assert_true(desk_give(with("window", "promise", "lease")));
    desk_act("window", "hand-out");
    assert_string_equal(desk_steps(), "granted");
    desk_at("2026-04-01 09:00");
    desk_refused(with("window", "reject", "articles"), ERROR_CASE_CLOSED);
    assert_true(desk_give(with("supervisor", "break", "lease")));
    assert_int_equal(state_of("lease"), MATERIAL_BROKEN);
    assert_int_equal(desk.c->certificate[0].state, CERTIFICATE_REVOKED);
    assert_int_equal(desk.out.n_discard, 1);
}

static void
whose_credit_is_bad_may_not_promise(void **state)
{
    (void)state;
    office();
    desk.c = case_new(&desk.arena, desk.w);
    desk.n_record = 0;
    desk_open("{'big': true, 'good': false}");
    assert_int_equal(state_of("plan"), MATERIAL_MISSING);
    desk_refused(with("window", "promise", "lease"), ERROR_GUARD_FAILED);
}

static void
what_the_party_holds_is_never_asked_for(void **state)
{
    struct command cmd;
    struct opening o = {.number = "TEST-1", .district = "371502", .applicant_kind = "enterprise"};

    (void)state;
    office();
    desk.c = case_new(&desk.arena, desk.w);
    desk.n_record = 0;
    cmd = desk_command(COMMAND_OPEN, "window");
    cmd.held = desk_json("{'business-licence': 'YYZZ-1'}");
    cmd.opening = &o;
    cmd.input = *desk_json("{'big': false, 'good': true}");
    assert_true(desk_give(cmd));
    assert_int_equal(state_of("licence"), MATERIAL_FETCHED);
    desk_refused(notice("'licence'"), ERROR_GUARD_FAILED);
}

static void
a_second_notice_names_nothing_the_first_has_overlooked(void **state)
{
    struct command cmd;

    (void)state;
    office();
    desk_refused(notice("'nonsense'"), ERROR_MATERIAL_UNKNOWN);
    assert_true(desk_give(notice("'articles', 'licence'")));
    desk_refused(notice("'lease'"), ERROR_NOTICE_LATE);
    /* Asked for again, what is still missing is no new demand; nor is what was spoilt since. */
    assert_true(desk_give(notice("'articles'")));
    assert_true(desk_give(with("window", "receive", "licence")));
    assert_true(desk_give(with("window", "reject", "licence")));
    assert_true(desk_give(notice("'licence'")));
    assert_int_equal(desk.c->n_notice, 3);
    cmd = with("supervisor", "allow-notice", NULL);
    cmd.reason = NULL;
    desk_refused(cmd, ERROR_REASON_MISSING);
    desk_refused(with("head", "allow-notice", NULL), ERROR_FORBIDDEN);
    assert_true(desk_give(with("supervisor", "allow-notice", NULL)));
    assert_true(desk_give(notice("'lease'")));
    assert_int_equal(desk.c->n_notice, 4);
    assert_int_equal(desk.c->n_late_notice, 1);
    assert_false(desk.c->notice_allowed);
}

static void
a_notice_that_went_out_is_not_annulled(void **state)
{
    (void)state;
    office();
    assert_true(desk_give(notice("'articles'")));
    desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

/* What the shell knows of a file. */
static struct command
handing(const char *verb, const char *material, const char *file)
{
    struct command cmd = with("window", verb, material);

    cmd.file = "0123456789abcdef0123456789abcdef";
    if (file)
        cmd.handed = *desk_json(arena_strdup(&desk.arena, file));
    return cmd;
}

static void
a_file_is_recorded_with_its_hash_and_is_what_the_material_takes(void **state)
{
    static const char pdf[] = "{'bytes': 100, 'id': 'f', 'name': 'a.pdf', 'sha256': 'cafe', 'type':"
                              " 'application/pdf'}";
    const struct material *m;

    (void)state;
    desk_define("'materials': [{'id': 'articles', " T ", 'file': {'types': ['application/pdf'],"
                " 'bytes': 1000}}, {'id': 'lease', " T ", 'promise': {}}], 'start': 't', 'steps':"
                " {'t': {'by': 'window', 'actions': {'end': {'to': 'end'}}}, 'end': {'end':"
                " 'granted'}}");
    desk_open("{}");
    desk_refused(handing("receive", "articles", NULL), ERROR_FILE_UNKNOWN);
    desk_refused(handing("tolerate", "articles", pdf), ERROR_GUARD_FAILED);
    desk_refused(handing("receive", "articles",
                         "{'bytes': 100, 'id': 'f', 'name': 'a', 'sha256': '', 'type': "
                         "'image/png'}"),
                 ERROR_FILE_REFUSED);
    desk_refused(handing("receive", "articles",
                         "{'bytes': 1001, 'id': 'f', 'name': 'a', 'sha256': '', 'type': "
                         "'application/pdf'}"),
                 ERROR_FILE_REFUSED);
    assert_true(desk_give(handing("receive", "articles", pdf)));
    m = &desk.c->material[workflow_material(desk.w, "articles")];
    assert_string_equal(value_get_string(&m->file, "sha256"), "cafe");
    assert_string_equal(value_get_string(&m->file, "id"), "f");
    desk_refused(handing("reject", "articles", pdf), ERROR_FORM_INVALID);
    assert_true(desk_give(handing("promise", "lease", pdf))); /* the file is the document */
    assert_true(desk_give(with("window", "reject", "articles")));
    m = &desk.c->material[workflow_material(desk.w, "articles")];
    assert_int_equal(m->file.kind, VALUE_NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_result_is_withheld_until_nothing_is_owed),
        TEST(each_deed_has_its_states_its_people_and_its_conditions),
        TEST(what_is_tolerated_lapses_when_its_time_is_over),
        TEST(what_came_in_time_does_not_lapse),
        TEST(a_promise_stands_for_a_material_and_a_false_one_takes_back_what_it_got),
        TEST(whose_credit_is_bad_may_not_promise),
        TEST(what_the_party_holds_is_never_asked_for),
        TEST(a_second_notice_names_nothing_the_first_has_overlooked),
        TEST(a_notice_that_went_out_is_not_annulled),
        TEST(a_file_is_recorded_with_its_hash_and_is_what_the_material_takes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
