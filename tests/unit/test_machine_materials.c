/* SPDX-License-Identifier: Apache-2.0 */
/* Intake duties: materials, tolerance, promises. */
#include "tests/unit/materials_help.h"

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
    desk_refused(with("window", "shred", "lease"), ERROR_ACTION_NOT_ALLOWED);
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
reminding(const char *remind)
{
    desk_define(arena_printf(
        &desk.arena,
        "'materials': [{'id': 'articles', " T ", 'tolerance': '5 working days', 'lapse': 'late',"
        " 'remind': %s}], 'start': 't', 'steps': {'t': {'by': 'window', 'actions': {'end': 'end'}},"
        " 'end': {'end': 'over'}, 'late': {'end': 'late'}}",
        remind));
    desk_open("{}");
    assert_true(desk_give(with("window", "tolerate", "articles")));
}

static void
that_a_tolerance_ends_soon_is_said_once_more(void **state)
{
    (void)state;
    reminding("{'before': '2 working days', 'do': [{'send': 'tax', 'data': {'who': {'var':"
              " 'case.number'}}}]}");
    /* From Monday 2 March five working days end on the 9th; two before that is Thursday's end. */
    assert_int_equal(desk.c->material[0].until, desk_moment("2026-03-10 00:00"));
    assert_int_equal(desk.c->material[0].remind, desk_moment("2026-03-06 00:00"));
    desk_look("2026-03-06 00:00:00");
    assert_int_equal(desk.out.n_message, 0);
    desk_look("2026-03-06 00:00:01");
    assert_int_equal(desk_facts(FACT_REMINDED), 1);
    assert_int_equal(desk.out.n_message, 1);
    assert_string_equal(desk.out.message[0].system, "tax");
    assert_int_equal(desk.c->material[0].reminded, desk_moment("2026-03-06 00:00"));
    assert_int_equal(desk.c->material[0].state, MATERIAL_TOLERATED);
    assert_int_equal(desk.c->alarm, desk_moment("2026-03-10 00:00"));
    desk_look("2026-03-10 00:00:01");
    assert_string_equal(desk_steps(), "late");
    /* However late somebody looks, each comes at its own moment. */
    reminding("{'before': '2 working days'}");
    desk_look("2026-04-10 00:00:01");
    assert_int_equal(desk.out.n_record, 2);
    assert_int_equal(desk.out.record[0].at, desk_moment("2026-03-06 00:00"));
}

static void
what_has_come_is_not_reminded_of(void **state)
{
    (void)state;
    reminding("{'before': '1 working day'}");
    assert_true(desk_give(with("applicant", "receive", "articles")));
    assert_int_equal(desk.c->material[0].remind, INSTANT_NONE);
    assert_int_equal(desk.c->alarm, INSTANT_NONE);
    desk_look("2026-03-10 00:00:01");
    assert_int_equal(desk.c->material[0].reminded, INSTANT_NONE);
    /* Sent back, it is reminded of as before; where that time is over, the refusal says enough. */
    reminding("{'before': '1 working day'}");
    assert_true(desk_give(with("applicant", "receive", "articles")));
    assert_true(desk_give(with("window", "reject", "articles")));
    assert_int_equal(desk.c->material[0].remind, desk_moment("2026-03-07 00:00"));
    desk_at("2026-03-09 09:00");
    assert_int_equal(desk_facts(FACT_REMINDED), 0);
    assert_true(desk_give(with("applicant", "receive", "articles")));
    assert_true(desk_give(with("window", "reject", "articles")));
    assert_int_equal(desk.c->material[0].remind, INSTANT_NONE);
    assert_int_equal(desk.c->material[0].until, desk_moment("2026-03-10 00:00"));
    desk_act("window", "end");
    desk_look("2026-04-10 00:00:01");
    assert_int_equal(desk.c->material[0].reminded, INSTANT_NONE);
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

/* The one card of the last outcome. */
static void
card_is(bool withdrawn)
{
    const struct card *x = &desk.out.card[0];

    assert_int_equal(desk.out.n_card, 1);
    assert_int_equal(x->kind, CARD_UNCHECKED);
    assert_int_equal(x->withdrawn, withdrawn);
    assert_int_equal(x->material, workflow_material(desk.w, "lease"));
    if (!withdrawn) {
        assert_string_equal(x->department, desk.w->lead);
        assert_int_equal(x->due, desk.c->material[x->material].until);
    }
}

static void
the_check_of_a_promise_falls_due(void **state)
{
    (void)state;
    office();
    assert_true(desk_give(with("window", "promise", "lease")));
    desk_look("2026-05-07 00:00:00");
    assert_int_equal(desk.out.n_record, 0);
    desk_look("2026-05-07 00:00:01"); /* two months end in the holiday of May */
    assert_true(desk.c->material[workflow_material(desk.w, "lease")].unchecked);
    card_is(false);
    assert_int_equal(desk.c->alarm, INSTANT_NONE);
    desk_look("2026-06-01 09:00");
    assert_int_equal(desk.out.n_record, 0);
    assert_true(desk_give(with("head", "confirm", "lease")));
    assert_false(desk.c->material[workflow_material(desk.w, "lease")].unchecked);
    card_is(true);
    /* Promised anew it is checked anew; looked at in time, there is no card. */
    assert_true(desk_give(with("window", "reject", "lease")));
    assert_true(desk_give(with("window", "promise", "lease")));
    assert_true(desk_give(with("head", "break", "lease")));
    desk_look("2027-01-04 09:00");
    assert_int_equal(desk.out.n_card, 0);
}

static void
the_check_of_a_promise_falls_due_after_the_case_is_closed(void **state)
{
    (void)state;
    office();
    assert_true(desk_give(with("window", "receive", "articles")));
    assert_true(desk_give(with("window", "fetch", "licence")));
    assert_true(desk_give(with("window", "promise", "lease")));
    desk_act("window", "hand-out");
    assert_int_equal(desk.c->phase, PHASE_CLOSED);
    assert_int_equal(desk.c->alarm, desk.c->material[workflow_material(desk.w, "lease")].until);
    desk_look("2026-05-07 00:00:01");
    card_is(false);
    assert_int_equal(desk.c->alarm, INSTANT_NONE);
    assert_true(desk_give(with("supervisor", "break", "lease")));
    assert_int_equal(desk.out.n_card, 1);
    card_is(true);
    assert_int_equal(desk.c->certificate[0].state, CERTIFICATE_REVOKED);
}

/* Whoever acts first finds what came due, as if it had been looked at in time. */
static void
an_overdue_check_is_found_by_the_next_command(void **state)
{
    (void)state;
    office();
    assert_true(desk_give(with("window", "receive", "articles")));
    assert_true(desk_give(with("window", "fetch", "licence")));
    assert_true(desk_give(with("window", "promise", "lease")));
    desk_act("window", "hand-out");
    desk_at("2026-07-01 09:00");
    assert_true(desk_give(with("supervisor", "confirm", "lease")));
    assert_int_equal(desk.out.n_record, 2);
    assert_int_equal(desk.out.record[0].kind, COMMAND_ALARM);
    assert_int_equal(desk.out.n_card, 2);
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
    desk_refused(with("window", "promise", "lease"), ERROR_PROMISE_REFUSED);
}

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

static struct command
found(const char *id, const char *data)
{
    struct command cmd = desk_command(COMMAND_MESSAGE, "system:fire");

    cmd.action = "found";
    cmd.message = id;
    cmd.input = *desk_json(data);
    return cmd;
}

/* The system that has it says so. */
static void
a_message_brings_what_is_shared(void **state)
{
    (void)state;
    desk_define("'materials': [{'id': 'licence', " T ", 'from': 'shared-data'}], 'start': 't',"
                " 'steps': {'t': {'by': 'window', 'actions': {'end': {'to': 'end', 'when': {'===':"
                " [{'var': 'case.owed'}, 0]}}}, 'on': {'found': {'from': 'fire', 'input': {'type':"
                " 'object', 'required': ['number'], 'properties': {'number': {'type': 'string'}}},"
                " 'do': [{'material': 'licence', 'from': {'var': 'input.number'}, 'when': {'!==':"
                " [{'var': 'input.number'}, '-']}}]}}}, 'end': {'end': 'granted'}}");
    desk_open("{}");
    desk_refused(desk_action("window", "end", NULL), ERROR_GUARD_FAILED);
    assert_true(desk_give(found("m-1", "{'number': '-'}")));
    assert_int_equal(state_of("licence"), MATERIAL_MISSING);
    assert_true(desk_give(found("m-2", "{'number': 'YYZZ-1'}")));
    assert_int_equal(state_of("licence"), MATERIAL_FETCHED);
    assert_string_equal(desk.c->material[0].document, "YYZZ-1");
    assert_true(desk_give(found("m-3", "{'number': 'YYZZ-2'}")));
    assert_string_equal(desk.c->material[0].document, "YYZZ-1");
    desk_act("window", "end");
}

/* Where clicking finds the licence. */
static void
clicking(void)
{
    desk_define(
        "'materials': [{'id': 'licence', " T ", 'from': 'shared-data', 'tolerance':"
        " '5 working days'}, {'id': 'lease', " T "}], 'start': 't', 'steps': {'t': {'by':"
        " 'window', 'actions': {'find': {'to': 'p', 'do': [{'material': 'licence', 'from':"
        " 'EBL-7'}]}}}, 'p': {'by': 'window', 'actions': {'notice': {'notice': true, 'input'"
        ": {'type': 'object', 'required': ['missing'], 'properties': {'missing': {'type':"
        " 'array', 'items': {'type': 'string'}}}}}, 'go': {'to': 'end'}}}, 'end': {'end':"
        " 'done'}}");
    desk_open("{}");
}

static void
what_an_annulled_act_had_fetched_is_as_it_was(void **state)
{
    const struct material *m;
    instant until;

    (void)state;
    clicking();
    assert_true(desk_give(with("window", "seek", "licence")));
    desk_act("window", "find");
    assert_int_equal(state_of("licence"), MATERIAL_FETCHED);
    desk_annul(3);
    m = &desk.c->material[workflow_material(desk.w, "licence")];
    assert_int_equal(m->state, MATERIAL_MISSING);
    assert_null(m->document);
    assert_true(m->sought);
    assert_true(desk_give(with("window", "tolerate", "licence")));
    until = desk.c->material[workflow_material(desk.w, "licence")].until;
    desk_act("window", "find");
    assert_true(desk_give(with("window", "receive", "lease"))); /* is not its, and stays */
    desk_annul(6);
    m = &desk.c->material[workflow_material(desk.w, "licence")];
    assert_int_equal(m->state, MATERIAL_TOLERATED);
    assert_int_equal(m->until, until);
    assert_int_equal(state_of("lease"), MATERIAL_PRESENT);
    desk_look("2026-03-30 09:00");
    assert_int_equal(state_of("licence"), MATERIAL_LAPSED);
}

/* It could not name what the act had fetched. */
static void
an_act_that_fetched_what_a_notice_then_did_not_name_is_not_annulled(void **state)
{
    (void)state;
    clicking();
    desk_act("window", "find");
    assert_true(desk_give(notice("'lease'")));
    desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE);
    assert_int_equal(state_of("licence"), MATERIAL_FETCHED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_result_is_withheld_until_nothing_is_owed),
        TEST(each_deed_has_its_states_its_people_and_its_conditions),
        TEST(what_is_tolerated_lapses_when_its_time_is_over),
        TEST(that_a_tolerance_ends_soon_is_said_once_more),
        TEST(what_has_come_is_not_reminded_of),
        TEST(what_came_in_time_does_not_lapse),
        TEST(a_promise_stands_for_a_material_and_a_false_one_takes_back_what_it_got),
        TEST(the_check_of_a_promise_falls_due),
        TEST(the_check_of_a_promise_falls_due_after_the_case_is_closed),
        TEST(an_overdue_check_is_found_by_the_next_command),
        TEST(whose_credit_is_bad_may_not_promise),
        TEST(a_message_brings_what_is_shared),
        TEST(a_file_is_recorded_with_its_hash_and_is_what_the_material_takes),
        TEST(what_an_annulled_act_had_fetched_is_as_it_was),
        TEST(an_act_that_fetched_what_a_notice_then_did_not_name_is_not_annulled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
