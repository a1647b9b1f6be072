/* SPDX-License-Identifier: Apache-2.0 */
/* The one notice of all that is missing: what it may ask for, and what no later one may. */
#include "machine/notes.h"
#include "tests/unit/materials_help.h"

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
    cmd.opening = &o;
    cmd.held = desk_json("{'permit': 'YYZZ-1'}");
    cmd.input = *desk_json("{'big': false, 'good': true}");
    assert_true(desk_give(cmd));
    assert_int_equal(state_of("licence"), MATERIAL_FETCHED);
    desk_refused(notice("'licence'"), ERROR_GUARD_FAILED);
}

/* Since the opening the party may have got what is asked for. */
static void
what_the_party_holds_by_now_is_not_asked_for(void **state)
{
    struct command cmd;

    (void)state;
    office();
    assert_true(desk_give(with("window", "seek", "licence")));
    cmd = notice("'articles', 'licence'");
    cmd.held = desk_json("{'permit': 'YYZZ-1', 'other': 'X-1'}");
    desk_refused(cmd, ERROR_GUARD_FAILED);
    assert_int_equal(state_of("licence"), MATERIAL_MISSING);
    cmd = notice("'articles'");
    cmd.held = desk_json("{'permit': 'YYZZ-1'}");
    assert_true(desk_give(cmd));
    assert_int_equal(state_of("licence"), MATERIAL_FETCHED);
    assert_string_equal(desk.c->material[workflow_material(desk.w, "licence")].document, "YYZZ-1");
    assert_int_equal(state_of("lease"), MATERIAL_MISSING);
}

static void
what_is_shared_is_looked_for_before_it_is_asked_for(void **state)
{
    struct command cmd;

    (void)state;
    office();
    desk_refused(notice("'licence'"), ERROR_GUARD_FAILED);
    desk_refused(with("applicant", "seek", "licence"), ERROR_FORBIDDEN);
    desk_refused(with("window", "seek", "lease"), ERROR_GUARD_FAILED);
    cmd = with("window", "seek", "licence");
    cmd.reason = NULL;
    desk_refused(cmd, ERROR_REASON_MISSING);
    cmd.reason = "电子证照库查无";
    assert_true(desk_give(cmd));
    assert_int_equal(desk.out.record[0].fact[0].kind, FACT_SOUGHT);
    assert_int_equal(state_of("licence"), MATERIAL_MISSING);
    assert_true(desk_give(notice("'licence'")));
}

static void
a_second_notice_names_nothing_the_first_has_overlooked(void **state)
{
    struct command cmd;

    (void)state;
    office();
    desk_refused(notice("'nonsense'"), ERROR_MATERIAL_UNKNOWN);
    assert_true(desk_give(with("window", "seek", "licence")));
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
what_lay_there_at_the_notice_is_not_complained_of_later(void **state)
{
    (void)state;
    office();
    assert_true(desk_give(with("applicant", "receive", "lease")));
    assert_true(desk_give(notice("'articles'")));
    assert_true(desk_give(with("window", "reject", "lease")));
    desk_refused(notice("'lease'"), ERROR_NOTICE_LATE);
    /* Nor by taking it in again, or by tolerating what was overlooked. */
    assert_true(desk_give(with("window", "receive", "lease")));
    assert_true(desk_give(with("window", "reject", "lease")));
    desk_refused(notice("'lease'"), ERROR_NOTICE_LATE);
    assert_true(desk_give(with("window", "tolerate", "lease")));
    desk_refused(notice("'lease'"), ERROR_NOTICE_LATE);
    desk_look("2026-03-06 00:00:01");
    assert_int_equal(state_of("lease"), MATERIAL_LAPSED);
    desk_refused(notice("'lease'"), ERROR_NOTICE_LATE);
    /* What was asked for and has been spoilt since may be asked for again. */
    assert_true(desk_give(with("applicant", "receive", "articles")));
    assert_true(desk_give(with("window", "reject", "articles")));
    assert_true(desk_give(notice("'articles'")));
    assert_int_equal(desk.c->n_late_notice, 0);
    assert_true(desk_give(with("supervisor", "allow-notice", NULL)));
    assert_true(desk_give(notice("'lease'")));
    assert_int_equal(desk.c->n_late_notice, 1);
    assert_true(desk_give(notice("'lease'"))); /* once asked for, it is no new demand */
    assert_int_equal(desk.c->n_late_notice, 1);
}

static void
what_a_notice_named_is_not_overlooked_by_the_next(void **state)
{
    (void)state;
    office();
    assert_true(desk_give(with("window", "seek", "licence")));
    assert_true(desk_give(notice("'articles', 'licence', 'lease'")));
    assert_true(desk_give(notice("'articles'")));
    assert_true(desk_give(notice("'lease'")));
    assert_int_equal(desk.c->n_late_notice, 0);
}

/* Each desk asks for its own papers only. */
static void
a_notice_is_about_what_it_could_ask_for(void **state)
{
    struct command cmd;

    (void)state;
    desk_define("'materials': [{'id': 'ma', " T "}, {'id': 'mb', " T "}, {'id': 'mc', " T "}],"
                " 'start': 't', 'steps': {'t': {'by': 'window', 'actions': {'first': {'notice':"
                " true, 'input': {'required': ['missing'], 'properties': {'missing': {'type':"
                " 'array', 'items': {'type': 'string', 'enum': ['ma', 'mb']}}}}}, 'notice':"
                " {'notice': true, 'input': {'required': ['missing'], 'properties': {'missing':"
                " {'type': 'array', 'items': {'type': 'string'}}}}}, 'end': {'to': 'end'}}},"
                " 'end': {'end': 'granted'}}");
    desk_open("{}");
    cmd = notice("'ma'");
    cmd.action = "first";
    assert_true(desk_give(cmd));
    assert_string_equal(desk.out.record[0].fact[1].detail, "mb");
    desk_refused(notice("'mb'"), ERROR_NOTICE_LATE);
    assert_true(desk_give(notice("'mc'")));
}

static bool
overlooked_after(const char *material, const char *state)
{
    const struct fact f = {.kind = FACT_MATERIAL,
                           .material = workflow_material(desk.w, material),
                           .name = state,
                           .until = INSTANT_NONE};

    machine_apply(desk.w, desk.c, &f, desk.c->moment, &desk.arena);
    return desk.c->material[f.material].overlooked;
}

/* As it was decided before rules 5, and is stored. */
static void
an_old_notice_is_applied_as_it_was(void **state)
{
    struct fact f = {.kind = FACT_NOTICED};

    (void)state;
    office();
    f.value = *desk_json("['licence']");
    assert_false(overlooked_after("articles", "present"));
    machine_apply(desk.w, desk.c, &f, desk.c->moment, &desk.arena);
    assert_false(overlooked_after("articles", "missing"));
    assert_true(desk.c->material[workflow_material(desk.w, "lease")].overlooked);
    assert_false(overlooked_after("lease", "present"));
    assert_false(overlooked_after("lease", "missing"));
}

static void
a_notice_that_went_out_is_not_annulled(void **state)
{
    (void)state;
    office();
    assert_true(desk_give(notice("'articles'")));
    desk_refused(desk_annulment(2), ERROR_ANNUL_IMPOSSIBLE);
}

/* The fact of @kind in the last outcome, as its record tells it to who reads it again. */
static struct fact
fact_told(enum fact_kind kind)
{
    const struct record *r = &desk.out.record[desk.out.n_record - 1];
    struct fact f = {.kind = kind};

    for (uint32_t i = 0; i < r->n_fact; i++)
        if (r->fact[i].kind == kind) {
            const struct value n = note_fact(&desk.arena, desk.w, &r->fact[i]);

            assert_true(read_fact(&desk.arena, desk.w, &n, &f));
        }
    return f;
}

static void
a_notice_names_its_document_which_its_fact_keeps(void **state)
{
    struct command cmd;

    (void)state;
    office();
    cmd = notice("'articles'");
    cmd.document = NULL;
    desk_refused(cmd, ERROR_DOCUMENT_MISSING);
    assert_string_equal(desk.e.pointer, "/document");
    cmd.document = "";
    desk_refused(cmd, ERROR_DOCUMENT_MISSING);
    cmd.document = "补1号";
    assert_true(desk_give(cmd));
    assert_string_equal(fact_told(FACT_NOTICED).ref, "补1号");
}

/* Ways into a step that stops the clocks by a written notice, and one that needs none. */
static void
hall(void)
{
    desk_define(
        "'grounds': {'written': {'title': {'zh': '听证', 'en': 'Hearing'}, 'notice': true}, "
        "'plain':"
        " {'title': {'zh': '公示', 'en': 'Publicity'}}}, 'reopen': {'again': {'title': {'zh': "
        "'再审',"
        " 'en': 'Again'}, 'by': 'head', 'to': 'hear', 'within': '30 days'}}, 'start': 't', 'steps':"
        " {'t': {'by': 'window', 'limit': '3 days', 'after': {'2 days': {'to': 'hear'}}, 'on':"
        " {'told': {'title': {'zh': '报', 'en': 'Told'}, 'from': 'fire', 'to': 'hear'}}, 'actions':"
        " {'go': 'hear', 'choose': 'choice', 'deep': 'st', 'rest': 'wait', 'end': 'end', 'sign':"
        " {'to': 'hear', 'signers': {'count': 2}}}}, 'choice': {'decide': [{'when': {'!==': "
        "[{'var':"
        " 'case.number'}, '']}, 'to': 'hear'}, {'to': 'end'}]}, 'st': {'start': 'in', 'steps': "
        "{'in':"
        " {'by': 'window', 'limit': '1 day', 'stops': {'ground': 'written'}, 'actions': {'back':"
        " '$done'}}}, 'to': 'wait'}, 'hear': {'by': 'reviewer', 'limit': '1 day', 'stops': "
        "{'ground':"
        " 'written'}, 'actions': {'back': 't'}}, 'wait': {'by': 'window', 'limit': '1 day', "
        "'stops':"
        " {'ground': 'plain'}, 'actions': {'back': 't'}}, 'end': {'end': 'granted'}}");
    desk_open("{}");
}

static struct command
unnamed(const char *who, const char *action)
{
    struct command cmd = desk_action(who, action, NULL);

    cmd.document = NULL;
    return cmd;
}

static void
who_leads_into_a_stop_by_notice_names_its_document(void **state)
{
    static const char *const action[] = {"go", "choose", "deep"};

    (void)state;
    for (size_t i = 0; i < sizeof(action) / sizeof(*action); i++) {
        hall();
        assert_true(step_action(&desk.w->step[step_named(desk.w, "t")], action[i])->asks_paper);
        desk_refused(unnamed("window", action[i]), ERROR_DOCUMENT_MISSING);
        assert_string_equal(desk_steps(), "t");
        desk_act("window", action[i]);
        assert_string_equal(fact_told(FACT_STOPPED).name, "告知书");
    }
    hall();
    assert_false(step_action(&desk.w->step[step_named(desk.w, "t")], "rest")->asks_paper);
    assert_true(desk_give(unnamed("window", "rest")));
    assert_null(fact_told(FACT_STOPPED).name);
}

static void
the_last_who_signs_names_it(void **state)
{
    (void)state;
    hall();
    assert_true(desk_give(unnamed("window#a", "sign")));
    desk_refused(unnamed("window#b", "sign"), ERROR_DOCUMENT_MISSING);
    desk_act("window#b", "sign");
    assert_string_equal(desk_steps(), "hear");
}

static void
who_reopens_a_case_into_one_names_it(void **state)
{
    struct command cmd = desk_command(COMMAND_REOPEN, "head");

    (void)state;
    hall();
    desk_act("window", "end");
    cmd.ground = "again";
    cmd.document = NULL;
    desk_refused(cmd, ERROR_DOCUMENT_MISSING);
    cmd.document = "再1号";
    assert_true(desk_give(cmd));
    assert_string_equal(fact_told(FACT_STOPPED).name, "再1号");
}

static void
time_and_messages_name_none(void **state)
{
    (void)state;
    hall();
    desk_say("told", "1", NULL);
    assert_string_equal(desk_steps(), "hear");
    assert_null(fact_told(FACT_STOPPED).name);
    hall();
    desk_look("2026-03-05 09:00");
    assert_string_equal(desk_steps(), "hear");
    assert_null(fact_told(FACT_STOPPED).name);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_the_party_holds_is_never_asked_for),
        TEST(what_the_party_holds_by_now_is_not_asked_for),
        TEST(what_is_shared_is_looked_for_before_it_is_asked_for),
        TEST(a_second_notice_names_nothing_the_first_has_overlooked),
        TEST(what_lay_there_at_the_notice_is_not_complained_of_later),
        TEST(what_a_notice_named_is_not_overlooked_by_the_next),
        TEST(a_notice_is_about_what_it_could_ask_for),
        TEST(an_old_notice_is_applied_as_it_was),
        TEST(a_notice_that_went_out_is_not_annulled),
        TEST(a_notice_names_its_document_which_its_fact_keeps),
        TEST(who_leads_into_a_stop_by_notice_names_its_document),
        TEST(the_last_who_signs_names_it),
        TEST(who_reopens_a_case_into_one_names_it),
        TEST(time_and_messages_name_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
