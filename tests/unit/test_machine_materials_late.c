/* SPDX-License-Identifier: Apache-2.0 */
/* A material that was handed in before it is recorded (K3). */
#include "machine/credit.h"
#include "tests/unit/materials_help.h"

static struct command
came(const char *who, const char *material, const char *happened)
{
    struct command cmd = with(who, "receive", material);

    desk_history(&cmd);
    cmd.document = "补交章程";
    cmd.happened = desk_moment(happened);
    return cmd;
}

/* Of "articles" the lapse moves the case to `late`, where a clerk closes it. */
static void
hall(const char *more)
{
    desk_define(arena_printf(
        &desk.arena,
        "%s'materials': [{'id': 'articles', " T ", 'tolerance': '5 working days', 'lapse':"
        " 'late'}, {'id': 'lease', " T ", 'tolerance': '3 days', 'promise': {'check':"
        " '3 days'}}], 'certificates': {'permit': {'number': 'P', 'content': {'n': 'x'}}},"
        " 'start': 't', 'steps': {'t': {'by': 'window', 'limit': '20 working days', 'actions':"
        " {'give': {'do': [{'issue': 'permit'}]}, 'done': 'over'}, 'after': {'8 working days':"
        " {'to': 'gone'}}}, 'call': {'by': 'window', 'optional': {'by': ['window']}, 'actions': "
        "{'called': '$done'}},"
        " 'late': {'by': 'window', 'actions': {'close': 'refused', 'more': 'later'}}, 'later':"
        " {'by': 'window', 'actions': {'close': 'refused'}}, 'over': {'end': 'granted'}, 'gone':"
        " {'end': 'lapsed'}, 'refused': {'end': 'refused'}}",
        more));
    desk_open("{}");
}

static void
what_came_in_time_had_not_lapsed(void **state)
{
    (void)state;
    hall("");
    assert_true(desk_give(with("window", "tolerate", "lease")));
    /* Three days from Monday end on Thursday, at 24:00. */
    desk_look("2026-03-09 10:00");
    assert_int_equal(state_of("lease"), MATERIAL_LAPSED);
    assert_int_equal(materials_owed(desk.w, desk.c), 2);
    assert_true(desk_give(came("head", "lease", "2026-03-06 00:00")));
    assert_int_equal(state_of("lease"), MATERIAL_PRESENT);
    assert_int_equal(materials_owed(desk.w, desk.c), 1);
    assert_int_equal(desk.out.record[0].fact[0].happened, desk_moment("2026-03-06 00:00"));
    assert_non_null(strstr(desk.record[desk.n_record - 1], "\"reason\":"));
    assert_int_equal(desk_facts(FACT_CONTRADICTED), 0);
    assert_int_equal(desk.c->contradicted, 0);
    assert_int_equal(desk.out.n_card, 0);
}

static void
what_came_after_its_time_contradicts_nothing(void **state)
{
    (void)state;
    hall("");
    assert_true(desk_give(with("window", "tolerate", "articles")));
    desk_look("2026-03-12 10:00");
    assert_string_equal(desk_steps(), "late");
    assert_true(desk_give(came("head", "articles", "2026-03-10 00:00:01")));
    assert_int_equal(state_of("articles"), MATERIAL_PRESENT);
    assert_int_equal(desk.c->contradicted, 0);
    assert_true(desk_give(with("window", "reject", "articles")));
    assert_int_equal(state_of("articles"), MATERIAL_LAPSED);
    assert_string_equal(desk_steps(), "late");
}

static void
it_takes_a_role_a_reason_and_a_possible_moment(void **state)
{
    struct command cmd;

    (void)state;
    hall("");
    desk_at("2026-03-03 10:00");
    assert_true(desk_give(with("window", "tolerate", "lease")));
    desk_at("2026-03-05 10:00");
    desk_refused(came("window", "lease", "2026-03-04 10:00"), ERROR_FORBIDDEN);
    desk_refused(came("applicant", "lease", "2026-03-04 10:00"), ERROR_FORBIDDEN);
    /* Who tolerated it saw that it was not there; so did who opened the case. */
    desk_refused(came("head", "lease", "2026-03-03 09:59"), ERROR_HAPPENED_OUTSIDE);
    desk_refused(came("head", "articles", "2026-03-02 08:59"), ERROR_HAPPENED_OUTSIDE);
    desk_refused(came("head", "lease", "2026-03-05 10:01"), ERROR_HAPPENED_OUTSIDE);
    cmd = came("head", "lease", "2026-03-04 10:00");
    cmd.reason = NULL;
    desk_refused(cmd, ERROR_REASON_MISSING);
    cmd = came("head", "articles", "2026-03-04 10:00");
    cmd.action = "tolerate";
    desk_refused(cmd, ERROR_FORM_INVALID);
    cmd = came("supervisor", "articles", "2026-03-04 10:00");
    cmd.action = "allow-notice";
    desk_refused(cmd, ERROR_FORM_INVALID);
    assert_true(desk_give(came("window", "lease", "2026-03-05 10:00")));
    assert_true(desk_give(came("head", "articles", "2026-03-02 09:00")));
    assert_int_equal(state_of("articles"), MATERIAL_PRESENT);
    desk_refused(came("head", "articles", "2026-03-04 10:00"), ERROR_ACTION_NOT_ALLOWED);
    assert_true(desk_give(with("window", "reject", "articles")));
    desk_at("2026-03-06 10:00");
    desk_refused(came("head", "articles", "2026-03-05 09:59"), ERROR_HAPPENED_OUTSIDE);
    assert_true(desk_give(came("head", "articles", "2026-03-05 10:00")));
}

/* In time, and known a day after the lapse has moved the case. */
static int32_t
overtaken(const char *more)
{
    int32_t lapse;

    hall(more);
    assert_true(desk_give(with("window", "tolerate", "articles")));
    desk_look("2026-03-10 09:00");
    lapse = (int32_t)desk.c->recorded;
    assert_string_equal(desk_steps(), "late");
    desk_look("2026-03-11 09:00");
    assert_true(desk_give(came("head", "articles", "2026-03-10 00:00")));
    assert_int_equal(desk_facts(FACT_CONTRADICTED), 1);
    assert_string_equal(desk.out.record[0].fact[1].ref, "articles");
    assert_int_equal(desk.out.n_card, 1);
    assert_int_equal(desk.out.card[0].kind, CARD_CONTRADICTED);
    assert_int_equal(desk.c->contradicted, 1);
    assert_int_equal(state_of("articles"), MATERIAL_PRESENT);
    assert_string_equal(desk_steps(), "late");
    return lapse;
}

static void
the_move_of_a_lapse_is_contradicted_until_a_supervisor_takes_it_back(void **state)
{
    int32_t lapse;

    (void)state;
    lapse = overtaken("");
    desk_annul(lapse);
    assert_int_equal(desk.c->contradicted, 0);
    assert_string_equal(desk_steps(), "t");
    assert_int_equal(state_of("articles"), MATERIAL_PRESENT);
    assert_string_equal(desk_due("t"), "2026-03-30 17:00");
    desk_look("2026-03-12 09:00");
    assert_string_equal(desk_steps(), "t");
    /* It was taken back as if it had never been: sent back, the tolerance is over, and moves it. */
    assert_true(desk_give(with("window", "reject", "articles")));
    assert_int_equal(state_of("articles"), MATERIAL_LAPSED);
    assert_string_equal(desk_steps(), "late");
    /* That is what it does at last: what was handed in then is not heard of twice. */
    desk_at("2026-03-12 10:00");
    desk_refused(came("head", "articles", "2026-03-10 00:00"), ERROR_HAPPENED_OUTSIDE);
}

static void
the_move_of_a_lapse_may_be_dealt_with_otherwise(void **state)
{
    struct command cmd;

    (void)state;
    (void)overtaken("");
    assert_true(desk_give(desk_command(COMMAND_RECONCILE, "supervisor")));
    assert_int_equal(desk.c->contradicted, 0);
    assert_string_equal(desk_steps(), "late");
    assert_int_equal(state_of("articles"), MATERIAL_PRESENT);
    /* Nothing follows twice. */
    assert_true(desk_give(with("window", "reject", "articles")));
    assert_int_equal(state_of("articles"), MATERIAL_LAPSED);
    assert_string_equal(desk_steps(), "late");

    (void)overtaken("");
    cmd = desk_command(COMMAND_REOPEN, "supervisor");
    desk_history(&cmd);
    assert_true(desk_give(cmd));
    assert_int_equal(desk.c->contradicted, 0);
    assert_string_equal(desk_steps(), "t");
    assert_int_equal(state_of("articles"), MATERIAL_PRESENT);
}

static void
where_others_have_moved_the_case_on_it_is_not_annulled(void **state)
{
    struct command cmd;
    int32_t lapse;

    (void)state;
    lapse = overtaken("");
    desk_act("window", "more");
    desk_refused(desk_annulment(lapse), ERROR_ANNUL_IMPOSSIBLE);
    assert_int_equal(desk.c->contradicted, 1);
    cmd = desk_command(COMMAND_REOPEN, "supervisor");
    desk_history(&cmd);
    assert_true(desk_give(cmd));
    assert_string_equal(desk_steps(), "t");
}

static void
who_acted_in_time_contradicts_a_lapse_too(void **state)
{
    struct command cmd;
    int32_t lapse;

    (void)state;
    hall("'backdateBy': ['window'], ");
    assert_true(desk_give(with("window", "tolerate", "articles")));
    desk_look("2026-03-10 09:00");
    lapse = (int32_t)desk.c->recorded;
    cmd = desk_action("window", "done", NULL);
    desk_history(&cmd);
    cmd.happened = desk_moment("2026-03-10 00:00:01");
    desk_refused(cmd, ERROR_ACTION_NOT_ALLOWED);
    cmd.happened = desk_moment("2026-03-09 16:00");
    assert_true(desk_give(cmd));
    assert_int_equal(desk.c->contradicted, 1);
    desk_annul(lapse);
    assert_string_equal(desk_steps(), "t");
    assert_int_equal(state_of("articles"), MATERIAL_LAPSED); /* that it is: it has not come */
    cmd = desk_action("window", "done", NULL);
    desk_history(&cmd);
    cmd.happened = desk_moment("2026-03-09 16:00");
    assert_true(desk_give(cmd));
    assert_string_equal(desk_steps(), "granted");
}

static void
a_case_that_its_lapse_has_closed_is_contradicted_too(void **state)
{
    (void)state;
    office();
    assert_true(desk_give(with("window", "tolerate", "articles")));
    desk_look("2026-03-11 09:00");
    assert_string_equal(desk_steps(), "refused");
    desk_refused(with("head", "receive", "articles"), ERROR_CASE_CLOSED);
    desk_refused(came("head", "articles", "2026-03-10 00:00:01"), ERROR_CASE_CLOSED);
    assert_true(desk_give(came("head", "articles", "2026-03-09 16:00")));
    assert_int_equal(desk.c->contradicted, 1);
    assert_string_equal(desk_steps(), "refused");
    desk_annul(3);
    assert_string_equal(desk_steps(), "t");
    assert_int_equal(state_of("articles"), MATERIAL_PRESENT);
    assert_int_equal(desk.c->contradicted, 0);
}

static void
what_came_before_the_case_was_closed_was_there(void **state)
{
    (void)state;
    hall("");
    desk_at("2026-03-04 10:00");
    desk_act("window", "done");
    desk_at("2026-03-05 10:00");
    desk_refused(came("head", "lease", "2026-03-04 10:01"), ERROR_CASE_CLOSED);
    assert_true(desk_give(came("head", "lease", "2026-03-04 09:00")));
    assert_int_equal(state_of("lease"), MATERIAL_PRESENT);
    assert_string_equal(desk_steps(), "granted");
    assert_int_equal(desk.c->contradicted, 0);
}

static void
what_is_beside_the_flow_is_not_what_the_case_goes_back_to(void **state)
{
    struct command cmd;

    (void)state;
    hall("");
    cmd = desk_command(COMMAND_START, "window");
    cmd.step = "call";
    assert_true(desk_give(cmd)); /* stay 2, beside 1 */
    assert_true(desk_give(with("window", "tolerate", "articles")));
    /* The lapse comes due just before the command that contradicts it. */
    desk_at("2026-03-11 09:00");
    assert_true(desk_give(came("head", "articles", "2026-03-09 16:00")));
    assert_int_equal(desk.out.n_record, 2);
    assert_int_equal(desk.c->contradicted, 1);
    desk_annul((int32_t)desk.c->recorded - 1);
    assert_string_equal(desk_steps(), "t, call");
}

static void
one_lapse_is_not_another(void **state)
{
    (void)state;
    hall("");
    assert_true(desk_give(with("window", "tolerate", "articles")));
    assert_true(desk_give(with("window", "tolerate", "lease")));
    desk_look("2026-03-11 09:00");
    assert_string_equal(desk_steps(), "late");
    assert_true(desk_give(came("head", "lease", "2026-03-05 16:00")));
    assert_int_equal(state_of("lease"), MATERIAL_PRESENT);
    assert_int_equal(state_of("articles"), MATERIAL_LAPSED);
    assert_int_equal(desk.c->contradicted, 0);
}

static void
a_promise_that_was_replaced_before_it_was_found_broken_was_none(void **state)
{
    (void)state;
    hall("'backdateBy': ['window', 'head'], ");
    desk_act("window", "give");
    assert_true(desk_give(with("window", "promise", "lease")));
    desk_at("2026-03-04 10:00");
    assert_true(desk_give(with("head", "break", "lease")));
    assert_true(credit_is_broken(&desk.c->material[1]));
    desk_at("2026-03-05 10:00");
    /* A window may say when it came; that no promise was broken, who could restore it. */
    desk_refused(came("window", "lease", "2026-03-03 10:00"), ERROR_FORBIDDEN);
    desk_refused(came("head", "lease", "2026-03-02 08:59"), ERROR_HAPPENED_OUTSIDE);
    assert_true(desk_give(came("head", "lease", "2026-03-03 10:00")));
    assert_int_equal(state_of("lease"), MATERIAL_PRESENT);
    assert_int_equal(desk_facts(FACT_RESTORED), 1);
    assert_false(credit_is_broken(&desk.c->material[1]));
    /* What was revoked with it stays so: people issue it again. */
    assert_int_equal(desk.c->certificate[0].state, CERTIFICATE_REVOKED);

    hall("'backdateBy': ['window', 'head'], ");
    assert_true(desk_give(with("window", "promise", "lease")));
    desk_at("2026-03-06 10:00");
    assert_true(desk_give(with("head", "break", "lease")));
    desk_at("2026-03-09 10:00");
    assert_true(desk_give(came("window", "lease", "2026-03-06 10:00")));
    assert_int_equal(desk_facts(FACT_RESTORED), 0);
    assert_true(credit_is_broken(&desk.c->material[1]));
}

static void
a_promise_that_was_replaced_in_time_needed_no_check(void **state)
{
    (void)state;
    hall("");
    assert_true(desk_give(with("window", "promise", "lease")));
    desk_look("2026-03-06 09:00");
    assert_true(desk.c->material[1].unchecked);
    assert_int_equal(desk.out.n_card, 1);
    assert_true(desk_give(came("head", "lease", "2026-03-05 16:00")));
    assert_false(desk.c->material[1].unchecked);
    assert_int_equal(desk.out.n_card, 1);
    assert_int_equal(desk.out.card[0].kind, CARD_UNCHECKED);
    assert_true(desk.out.card[0].withdrawn);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_came_in_time_had_not_lapsed),
        TEST(what_came_after_its_time_contradicts_nothing),
        TEST(it_takes_a_role_a_reason_and_a_possible_moment),
        TEST(the_move_of_a_lapse_is_contradicted_until_a_supervisor_takes_it_back),
        TEST(the_move_of_a_lapse_may_be_dealt_with_otherwise),
        TEST(where_others_have_moved_the_case_on_it_is_not_annulled),
        TEST(who_acted_in_time_contradicts_a_lapse_too),
        TEST(a_case_that_its_lapse_has_closed_is_contradicted_too),
        TEST(what_came_before_the_case_was_closed_was_there),
        TEST(what_is_beside_the_flow_is_not_what_the_case_goes_back_to),
        TEST(one_lapse_is_not_another),
        TEST(a_promise_that_was_replaced_before_it_was_found_broken_was_none),
        TEST(a_promise_that_was_replaced_in_time_needed_no_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
