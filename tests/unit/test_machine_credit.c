/* SPDX-License-Identifier: Apache-2.0 */
/* Promises that were found broken: who gave them may not promise again until that is made good. */
#include "machine/credit.h"
#include "machine/explore.h"
#include "tests/unit/materials_help.h"

static void
gate(const char *more)
{
    desk_define(arena_printf(&desk.arena,
                             "%s'openBy': ['window', 'applicant'], 'materials': [{'id': 'lease', " T
                             ", 'promise': {'when':"
                             " {'===': [{'var': 'case.brokenPromises'}, 0]}, 'why': {'zh': "
                             "'已失信', 'en': 'a promise was"
                             " broken'}}}, {'id': 'plan', " T
                             ", 'promise': {}}], 'start': 't', 'steps': {'t': {'by':"
                             " 'window', 'actions': {'count': {'do': [{'set': {'case.n': {'var': "
                             "'case.brokenPromises'}}}]},"
                             " 'end': 'end'}}, 'end': {'end': 'over'}}",
                             more));
    desk_open("{}");
}

/* How many an expression sees. */
static int64_t
counted(void)
{
    desk_act("window", "count");
    return value_get(&desk.c->vars, "n")->integer;
}

static void
elsewhere(const char *when)
{
    desk.broken[desk.n_broken++] = desk_moment(when);
}

/* The last record as it is stored. */
static const char *
last_record(void)
{
    return desk.record[desk.n_record - 1];
}

static void
who_broke_a_promise_elsewhere_hands_the_material_in(void **state)
{
    (void)state;
    gate("");
    assert_true(desk.w->asks_credit);
    assert_int_equal(counted(), 0);
    assert_null(strstr(last_record(), "brokenElsewhere"));
    elsewhere("2026-01-05 10:00");
    elsewhere("2020-01-05 10:00");
    assert_int_equal(counted(), 2);
    assert_non_null(strstr(last_record(), "\"brokenElsewhere\":2"));
    desk_refused(with("window", "promise", "lease"), ERROR_PROMISE_REFUSED);
    assert_non_null(strstr(desk.e.detail, "a promise was broken"));
    assert_non_null(strstr(desk.e.detail, "in other cases: 2"));
    assert_true(desk_give(with("window", "promise", "plan"))); /* it has no gate */
    assert_true(desk_give(with("window", "receive", "lease")));
    desk.n_broken = 0;
    assert_true(desk_give(with("window", "reject", "lease")));
    assert_true(desk_give(with("window", "promise", "lease")));
    assert_null(strstr(last_record(), "brokenElsewhere"));
}

static void
one_of_this_case_counts_until_it_is_made_good(void **state)
{
    struct command cmd;

    (void)state;
    gate("");
    assert_true(desk_give(with("window", "promise", "plan")));
    assert_true(desk_give(with("head", "break", "plan")));
    assert_int_equal(desk.c->material[1].broken, desk.now);
    assert_int_equal(counted(), 1);
    desk_refused(with("window", "promise", "lease"), ERROR_PROMISE_REFUSED);
    /* That the material comes mends the case, not the credit; who gave it cannot say it is. */
    assert_true(desk_give(with("window", "receive", "plan")));
    assert_int_equal(materials_owed(desk.w, desk.c), 1);
    assert_int_equal(counted(), 1);
    desk_refused(with("window", "restore", "plan"), ERROR_FORBIDDEN);
    desk_refused(with("head", "restore", "lease"), ERROR_ACTION_NOT_ALLOWED);
    cmd = with("head", "restore", "plan");
    cmd.reason = NULL;
    desk_refused(cmd, ERROR_REASON_MISSING);
    assert_true(desk_give(with("head", "restore", "plan")));
    assert_int_equal(desk_facts(FACT_RESTORED), 1);
    assert_int_equal(desk.c->material[1].state, MATERIAL_PRESENT);
    assert_true(desk.c->material[1].restored);
    assert_int_equal(counted(), 0);
    desk_refused(with("head", "restore", "plan"), ERROR_ACTION_NOT_ALLOWED);
    assert_true(desk_give(with("window", "promise", "lease")));
    /* A promise that is broken again is not the one that was made good. */
    assert_true(desk_give(with("window", "reject", "plan")));
    assert_true(desk_give(with("window", "promise", "plan")));
    assert_true(desk_give(with("head", "break", "plan")));
    assert_int_equal(counted(), 1);
}

static void
of_a_closed_case_it_is_made_good_too(void **state)
{
    (void)state;
    gate("");
    assert_true(desk_give(with("window", "promise", "lease")));
    desk_act("window", "end");
    assert_true(desk_give(with("head", "break", "lease")));
    assert_true(credit_is_broken(&desk.c->material[0]));
    assert_true(desk_give(with("supervisor", "restore", "lease")));
    assert_false(credit_is_broken(&desk.c->material[0]));
    assert_int_equal(desk.c->material[0].state, MATERIAL_BROKEN);
}

static void
what_was_found_long_ago_counts_no_more(void **state)
{
    (void)state;
    gate("'credit': {'within': '2 years'}, ");
    elsewhere("2024-03-02 10:00");
    assert_int_equal(counted(), 1);
    desk_at("2026-03-02 23:59");
    assert_int_equal(counted(), 1);
    desk_at("2026-03-03 00:01");
    assert_int_equal(counted(), 0);
    assert_true(desk_give(with("window", "promise", "lease")));
}

/* Of whom nobody knows who he is it is not known what he promised, and he learns nothing of it. */
static void
somebody_who_only_says_who_he_is_promises_nothing(void **state)
{
    struct opening o = {.number = "TEST-1", .district = "371502", .applicant_kind = "enterprise"};
    struct command cmd;

    (void)state;
    gate("");
    elsewhere("2026-01-05 10:00");
    desk.c = case_new(&desk.arena, desk.w);
    desk.n_record = 0;
    cmd = desk_command(COMMAND_OPEN, "public");
    cmd.opening = &o;
    cmd.input = *desk_json("{}");
    assert_true(desk_give(cmd));
    assert_int_equal(counted(), 0);
    desk_refused(with("window", "promise", "lease"), ERROR_NOT_IDENTIFIED);
    cmd = desk_command(COMMAND_IDENTIFY, "window");
    cmd.document = "营业执照";
    assert_true(desk_give(cmd));
    assert_int_equal(counted(), 1);
    desk_refused(with("window", "promise", "lease"), ERROR_PROMISE_REFUSED);
}

/* States of before it was kept when: found broken at the latest with the last record. */
static void
what_was_broken_before_it_was_kept_counts(void **state)
{
    struct case_state old = {.number = "TEST-1"};
    struct text t = text_new(&desk.arena);
    char *text, *at;

    (void)state;
    gate("");
    assert_true(desk_give(with("window", "promise", "plan")));
    assert_true(desk_give(with("head", "break", "plan")));
    case_write(&t, desk.w, desk.c);
    text = arena_strdup(&desk.arena, t.at);
    at = strstr(text, "\"broken\":");
    assert_non_null(at);
    memcpy(at, "\"beaten\":", strlen("\"broken\":"));
    assert_true(case_read(&desk.arena, desk.w, desk_json(text), &desk.c->form, &old, &desk.e));
    assert_int_equal(old.material[1].broken, desk.c->moment);
}

static void
lives_with_and_without_broken_promises_are_explored(void **state)
{
    const struct exploring bounds = {.most_states = 20000, .district = "371502"};
    struct explored x;

    (void)state;
    desk_define(
        "'materials': [{'id': 'lease', " T ", 'promise': {'when': {'<': [{'var':"
        " 'case.brokenPromises'}, 2]}}}], 'start': 't', 'steps': {'t': {'by': 'window',"
        " 'actions': {'go': {'to': 'd'}}}, 'd': {'decide': [{'when': {'>': [{'var':"
        " 'case.brokenPromises'}, 1]}, 'to': 'pit'}, {'to': 'end'}]}, 'pit': {'by': 'window',"
        " 'actions': {'up': {'to': 'end', 'when': {'===': [{'var': ['case.never', false]},"
        " true]}}}}, 'end': {'end': 'over'}}");
    machine_explore(desk.w, desk.calendar, &bounds, &desk.arena, &x);
    assert_true(x.whole);
    assert_int_equal(x.n, 1);
    assert_non_null(strstr(x.item[0].scenario, "elsewhere 2 promises are broken\n"));
    /* Who waits for them to be made good does not wait in vain. */
    desk_define("'materials': [{'id': 'lease', " T ", 'promise': {}}], 'start': 't', 'steps': {'t':"
                " {'by': 'window', 'actions': {'go': {'to': 'end', 'when': {'===': [{'var':"
                " 'case.brokenPromises'}, 0]}}}}, 'end': {'end': 'over'}}");
    machine_explore(desk.w, desk.calendar, &bounds, &desk.arena, &x);
    assert_true(x.whole);
    assert_int_equal(x.n, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_broke_a_promise_elsewhere_hands_the_material_in),
        TEST(one_of_this_case_counts_until_it_is_made_good),
        TEST(of_a_closed_case_it_is_made_good_too),
        TEST(what_was_found_long_ago_counts_no_more),
        TEST(somebody_who_only_says_who_he_is_promises_nothing),
        TEST(what_was_broken_before_it_was_kept_counts),
        TEST(lives_with_and_without_broken_promises_are_explored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
