/* SPDX-License-Identifier: Apache-2.0 */
/* Materials: who says what is there, and what stands again when it is sent back. */
#include "tests/unit/materials_help.h"

/* Handing in and sending back is no way round its end, and none to another time. */
static void
what_is_sent_back_is_tolerated_as_before(void **state)
{
    (void)state;
    office();
    assert_true(desk_give(with("window", "tolerate", "articles")));
    desk_at("2026-03-05 10:00");
    assert_true(desk_give(with("applicant", "receive", "articles")));
    assert_int_equal(desk.c->alarm, INSTANT_NONE);
    assert_true(desk_give(with("window", "reject", "articles")));
    assert_int_equal(state_of("articles"), MATERIAL_TOLERATED);
    assert_int_equal(desk.c->material[0].until, desk_moment("2026-03-10 00:00"));
    assert_int_equal(desk.c->alarm, desk_moment("2026-03-10 00:00"));
    desk_refused(with("window", "tolerate", "articles"), ERROR_ACTION_NOT_ALLOWED);
    assert_non_null(strstr(desk.e.detail, "tolerated once, until 2026-03-10T00:00:00+08:00"));
    desk_look("2026-03-10 00:00:01");
    assert_string_equal(desk_steps(), "refused");
}

static void
what_is_sent_back_after_its_time_lapses_at_once(void **state)
{
    (void)state;
    office();
    assert_true(desk_give(with("window", "tolerate", "articles")));
    assert_true(desk_give(with("window", "tolerate", "lease")));
    desk_at("2026-03-05 10:00");
    assert_true(desk_give(with("applicant", "receive", "articles")));
    desk_look("2026-03-06 00:00:01");
    assert_int_equal(state_of("lease"), MATERIAL_LAPSED);
    desk_at("2026-03-12 10:00");
    assert_true(desk_give(with("applicant", "receive", "lease")));
    assert_true(desk_give(with("window", "reject", "lease")));
    assert_int_equal(state_of("lease"), MATERIAL_LAPSED);
    desk_refused(with("window", "tolerate", "lease"), ERROR_ACTION_NOT_ALLOWED);
    assert_string_equal(desk_steps(), "t");
    assert_true(desk_give(with("window", "reject", "articles")));
    assert_int_equal(state_of("articles"), MATERIAL_LAPSED);
    assert_string_equal(desk_steps(), "refused");
    assert_int_equal(desk.out.n_record, 2);
    assert_int_equal(desk.out.record[1].kind, COMMAND_ALARM);
}

/* What followed of it has followed; it does not follow again. */
static void
what_had_lapsed_and_is_sent_back_goes_nowhere_again(void **state)
{
    (void)state;
    desk_define("'materials': [{'id': 'articles', " T ", 'tolerance': '5 working days', 'lapse':"
                " 'late'}], 'start': 't', 'steps': {'t': {'by': 'window', 'actions': {'end':"
                " 'end'}}, 'end': {'end': 'over'}, 'late': {'by': 'window', 'actions': {'on':"
                " 't'}}}");
    desk_open("{}");
    assert_true(desk_give(with("window", "tolerate", "articles")));
    desk_look("2026-03-10 00:00:01");
    assert_string_equal(desk_steps(), "late");
    assert_true(desk_give(with("applicant", "receive", "articles")));
    desk_act("window", "on");
    assert_true(desk_give(with("window", "reject", "articles")));
    assert_int_equal(state_of("articles"), MATERIAL_LAPSED);
    assert_string_equal(desk_steps(), "t");
    assert_int_equal(desk.out.n_record, 1);
}

static struct command
without_document(const char *who, const char *verb, const char *material)
{
    struct command cmd = with(who, verb, material);

    cmd.document = NULL;
    return cmd;
}

static void
nobody_owes_less_by_his_word(void **state)
{
    struct command cmd;

    (void)state;
    office();
    desk_refused(without_document("applicant", "receive", "lease"), ERROR_DOCUMENT_MISSING);
    assert_string_equal(desk.e.pointer, "/document");
    assert_non_null(strstr(desk.e.detail, "name its id as file"));
    cmd = with("applicant", "receive", "lease");
    cmd.document = "";
    desk_refused(cmd, ERROR_DOCUMENT_MISSING);
    assert_true(desk_give(with("window", "tolerate", "lease")));
    desk_refused(without_document("applicant", "receive", "lease"), ERROR_DOCUMENT_MISSING);
    assert_true(desk_give(with("applicant", "receive", "lease")));
    /* The window has it before it. */
    assert_true(desk_give(without_document("window", "receive", "articles")));
}

static void
who_promised_does_not_end_it(void **state)
{
    (void)state;
    office();
    assert_true(desk_give(with("window", "promise", "lease")));
    desk_refused(with("applicant", "receive", "lease"), ERROR_FORBIDDEN);
    desk_refused(without_document("window", "receive", "lease"), ERROR_DOCUMENT_MISSING);
    assert_int_not_equal(desk.c->material[1].until, INSTANT_NONE);
    assert_true(desk_give(with("window", "receive", "lease")));
    assert_int_equal(desk.c->material[1].until, INSTANT_NONE);
    assert_true(desk_give(with("window", "reject", "lease")));
    assert_true(desk_give(with("window", "promise", "lease")));
    assert_true(desk_give(with("head", "break", "lease")));
    desk_refused(with("applicant", "receive", "lease"), ERROR_FORBIDDEN);
    desk_refused(without_document("head", "receive", "lease"), ERROR_DOCUMENT_MISSING);
    assert_true(desk_give(with("head", "receive", "lease")));
    assert_int_equal(state_of("lease"), MATERIAL_PRESENT);
}

/* As a case is stored: what is kept of a tolerance is read back, and of before is not there. */
static void
what_is_kept_of_a_tolerance_is_stored(void **state)
{
    struct case_state *back;
    struct text t;
    struct value v;

    (void)state;
    office();
    assert_true(desk_give(with("window", "tolerate", "articles")));
    assert_true(desk_give(with("applicant", "receive", "articles")));
    t = text_new(&desk.arena);
    case_write(&t, desk.w, desk.c);
    assert_non_null(strstr(t.at, "\"grace\":"));
    assert_true(value_read(&desk.arena, t.at, t.len, &v));
    back = case_new(&desk.arena, desk.w);
    back->number = desk.c->number;
    assert_true(case_read(&desk.arena, desk.w, &v, &desk.c->form, back, &desk.e));
    assert_int_equal(back->material[0].grace, desk_moment("2026-03-10 00:00"));
    assert_int_equal(back->material[0].granted, desk.c->material[0].granted);
    desk.c = back;
    assert_true(desk_give(with("window", "reject", "articles")));
    assert_int_equal(state_of("articles"), MATERIAL_TOLERATED);
    assert_int_equal(desk.c->material[0].until, desk_moment("2026-03-10 00:00"));
}

/* A record as they were made when what was sent back was missing, with nothing left of it. */
static void
becomes(const char *name, const char *until)
{
    const struct fact f = {.kind = FACT_MATERIAL,
                           .material = 0,
                           .name = name,
                           .until = until ? desk_moment(until) : INSTANT_NONE,
                           .ref = until ? "2026" : NULL};

    apply_material(desk.w, desk.c, &f, desk.now);
}

static void
an_old_tolerance_was_granted_anew(void **state)
{
    (void)state;
    office();
    becomes("tolerated", "2026-03-10 00:00");
    becomes("present", NULL);
    becomes("missing", NULL);
    assert_int_equal(desk.c->material[0].grace, INSTANT_NONE);
    desk_at("2026-03-05 10:00");
    becomes("tolerated", "2026-03-13 00:00");
    assert_int_equal(desk.c->material[0].since, desk.now);
    assert_int_equal(desk.c->material[0].until, desk_moment("2026-03-13 00:00"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_sent_back_is_tolerated_as_before),
        TEST(what_is_sent_back_after_its_time_lapses_at_once),
        TEST(what_had_lapsed_and_is_sent_back_goes_nowhere_again),
        TEST(nobody_owes_less_by_his_word),
        TEST(who_promised_does_not_end_it),
        TEST(what_is_kept_of_a_tolerance_is_stored),
        TEST(an_old_tolerance_was_granted_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
