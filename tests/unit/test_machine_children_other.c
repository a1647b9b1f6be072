/* SPDX-License-Identifier: Apache-2.0 */
/* Cases opened for other applicants than this one's: named, not known, and not given up here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

#define WHO                                                                                        \
    "'applicant': {'kind': 'enterprise', 'name': {'var': 'each.name'}, 'code': {'var': "           \
    "'each.code'}}"
#define FORM                                                                                       \
    "'form': {'required': ['shops', 'one'], 'properties': {'one': {'type': 'string'}, 'shops':"    \
    " {'type': 'array', 'items': {'type': 'object', 'required': ['name', 'code'], 'properties':"   \
    " {'name': {'type': 'string'}, 'code': {'type': 'string', 'format': 'cn-uscc'}}}}}},"

static const char shops[] = "{'one': '丙', 'shops': [{'name': '甲', 'code': '91371500MA3C00003Q'},"
                            " {'name': '乙', 'code': '91371500MA3EXA010E'}]}";

/* A campaign; each shop gets a case of its own. */
static void
campaign(const char *more)
{
    desk_define(arena_printf(
        &desk.arena,
        FORM "'openBy': ['window', 'applicant'], 'withdraw': {'to': 'gone'}, 'grounds': {'pause':"
             " {'command': true}}, 'start': 'open', 'steps': {'open': {'by': 'registrar', 'to':"
             " 'end', 'cases': {'workflow': 'shop', 'each': 'form.shops', 'form': {'of': {'var':"
             " 'each.code'}}, " WHO ", 'cascade': 'stop'}, 'join': 'all'%s}, 'end': {'end':"
             " 'over'}, 'gone': {'end': 'gone'}}",
        more));
}

static void
hear(const char *what, int32_t child, const char *input)
{
    assert_true(desk_give(desk_relay(what, child, input)));
}

static const char *
text_of(const struct value *v)
{
    struct text t = text_new(&desk.arena);

    value_write(&t, v);
    return t.at;
}

/* What the @i-th relay says, and of whom. */
static const char *
said(uint32_t i)
{
    const struct relay *x = &desk.out.relay[i];

    return arena_printf(&desk.arena, "%lld %s %d %s for %s", (long long)x->case_id, x->what,
                        x->child, text_of(&x->value), text_of(&x->applicant));
}

/* The fact of that kind in the last outcome. */
static const struct fact *
fact_of(enum fact_kind kind)
{
    for (uint32_t i = 0; i < desk.out.n_record; i++)
        for (uint32_t k = 0; k < desk.out.record[i].n_fact; k++)
            if (desk.out.record[i].fact[k].kind == kind)
                return &desk.out.record[i].fact[k];
    fail();
    return NULL;
}

static void
each_element_says_whose_case_it_is(void **state)
{
    (void)state;
    campaign("");
    desk_open(shops);
    assert_int_equal(desk.out.n_relay, 2);
    assert_string_equal(said(0),
                        "0 open 1 {\"code\":\"91371500MA3C00003Q\",\"name\":\"甲\",\"of\":"
                        "\"91371500MA3C00003Q\"} for {\"code\":\"91371500MA3C00003Q\",\"kind\":"
                        "\"enterprise\",\"name\":\"甲\"}");
    assert_non_null(strstr(said(1), "\"kind\":\"enterprise\",\"name\":\"乙\"}"));
    assert_true(desk.c->child[0].other && desk.c->child[1].other);
    /* The fact keeps who it was; the state, that it is another. */
    assert_true(fact_of(FACT_ASKED)->declared);
    assert_string_equal(
        value_get_string(value_get(&fact_of(FACT_ASKED)->value, "applicant"), "name"), "甲");
    assert_null(strstr(desk_state(), "\"kind\":\"enterprise\",\"name\""));
}

static void
an_element_that_is_a_text_is_called_as_the_member_it_becomes(void **state)
{
    (void)state;
    desk_define("'form': {'required': ['codes'], 'properties': {'codes': {'type': 'array', 'items':"
                " {'type': 'string', 'format': 'cn-uscc'}}}}, 'start': 'open', 'steps': {'open':"
                " {'by': 'registrar', 'to': 'end', 'cases': {'workflow': 'shop', 'each':"
                " 'form.codes', 'as': 'who', 'applicant': {'kind': 'enterprise', 'name': {'var':"
                " 'each.who'}, 'code': {'var': 'each.who'}}}, 'join': 'all'}, 'end': {'end':"
                " 'over'}}");
    desk_open("{'codes': ['91371500MA3C00003Q']}");
    assert_string_equal(said(0), "0 open 1 {\"who\":\"91371500MA3C00003Q\"} for {\"code\":"
                                 "\"91371500MA3C00003Q\",\"kind\":\"enterprise\",\"name\":"
                                 "\"91371500MA3C00003Q\"}");
}

/* What a branch of a list calls its element is that element, whatever the other list has. */
static void
within_a_branch_its_own_element_keeps_its_name(void **state)
{
    (void)state;
    desk_define(
        "'form': {'required': ['who', 'shops'], 'properties': {'who': {'type': 'array',"
        " 'uniqueItems': true, 'maxItems': 9, 'items': {'type': 'string'}}, 'shops': {'type':"
        " 'array', 'items': {'type': 'object', 'required': ['name', 'who'], 'properties': {'name':"
        " {'type': 'string'}, 'who': {'type': 'string', 'format': 'cn-uscc'}}}}}}, 'start': 'p',"
        " 'steps': {'p': {'foreach': {'var': 'form.who'}, 'as': 'who', 'join': 'all', 'to': 'end',"
        " 'branch': {'title': {'zh': 'b', 'en': 'b'}, 'start': 'open', 'steps': {'open': {'by': "
        "'registrar', 'to': '$done', 'cases':"
        " {'workflow': 'shop', 'each': 'form.shops', 'form': {'w': {'var': 'each.who'}},"
        " 'applicant': {'kind': 'enterprise', 'name': {'var': 'each.name'}}}, 'join': 'all'}}}},"
        " 'end': {'end': 'over'}}");
    desk_open("{'who': ['x'], 'shops': [{'name': '甲', 'who': '91371500MA3C00003Q'}]}");
    assert_string_equal(said(0),
                        "0 open 1 {\"name\":\"甲\",\"w\":\"x\",\"who\":\"91371500MA3C00003Q\"} for"
                        " {\"kind\":\"enterprise\",\"name\":\"甲\"}");
}

static void
what_is_known_of_one_says_nothing_of_the_other(void **state)
{
    const struct opening o = {
        .number = "TEST-1", .district = "371502", .applicant_kind = "enterprise", .claimed = true};
    struct command cmd = desk_command(COMMAND_OPEN, "window");

    (void)state;
    campaign("");
    cmd.opening = &o;
    cmd.input = *desk_json(shops);
    assert_true(desk_give(cmd));
    hear("born", 1, "{'id': 101, 'number': 'C-1'}");
    cmd = desk_command(COMMAND_IDENTIFY, "window");
    cmd.document = "营业执照";
    assert_true(desk_give(cmd));
    assert_int_equal(desk.out.n_relay, 0);
    hear("born", 2, "{'id': 102, 'number': 'C-2'}");
    assert_int_equal(desk.out.n_relay, 0);
}

static void
what_becomes_of_it_is_marked_as_anothers(void **state)
{
    (void)state;
    campaign("");
    desk_open(shops);
    hear("born", 1, "{'id': 101, 'number': 'C-1'}");
    assert_true(fact_of(FACT_BORN)->declared);
    hear("concluded", 1, "{'outcome': 'done'}");
    assert_true(fact_of(FACT_FINISHED)->declared);
    hear("concluded", 2, "{'outcome': 'failed', 'why': 'form_invalid'}");
    assert_true(fact_of(FACT_FINISHED)->declared);
    assert_string_equal(desk_steps(), "over");
}

static void
a_stop_reaches_it_and_a_withdrawal_does_not(void **state)
{
    (void)state;
    campaign("");
    desk_open(shops);
    hear("born", 1, "{'id': 101, 'number': 'C-1'}");
    desk_stop("open", "pause");
    assert_int_equal(desk.out.n_relay, 1);
    assert_string_equal(desk.out.relay[0].what, "stop");
    desk_resume(1);
    assert_true(desk_give(desk_command(COMMAND_WITHDRAW, "applicant")));
    assert_string_equal(desk_steps(), "gone");
    assert_int_equal(desk.out.n_relay, 0);
    assert_false(desk.c->child[0].recalled);
    hear("born", 2, "{'id': 102, 'number': 'C-2'}");
    assert_int_equal(desk.out.n_relay, 0);
}

static void
tried_again_it_is_for_whom_the_list_has_then(void **state)
{
    struct command retry = desk_command(COMMAND_RETRY, "registrar");
    struct command amend = desk_command(COMMAND_AMEND, "window");

    (void)state;
    campaign(", 'actions': {'close': 'end'}");
    desk_open(shops);
    hear("concluded", 2, "{'outcome': 'failed'}");
    amend.input = *desk_json("{'one': '丙', 'shops': [{'name': '甲', 'code': '91371500MA3C00003Q'},"
                             " {'name': '乙店', 'code': '91371500MA3EXA010E'}]}");
    assert_true(desk_give(amend));
    retry.number = 2;
    assert_true(desk_give(retry));
    assert_non_null(strstr(said(0), "0 open 3 "));
    assert_non_null(strstr(said(0), "\"kind\":\"enterprise\",\"name\":\"乙店\"}"));
    assert_true(desk.c->child[1].other);
}

static void
an_effect_opens_one_for_another_and_keeps_for_whom(void **state)
{
    struct command retry = desk_command(COMMAND_RETRY, "head");
    struct command go = desk_action("window", "go", NULL);

    (void)state;
    desk_define(FORM
                "'start': 'a', 'steps': {'a': {'by': 'window', 'actions': {'go': {'input':"
                " {'type': 'object', 'required': ['code'], 'properties': {'code': {'type':"
                " 'string', 'format': 'cn-uscc'}}}, 'to': 'end', 'do': [{'open': 'thanks', 'form':"
                " {'n': 1}, 'applicant': {'kind': 'enterprise', 'name': {'var': 'form.one'},"
                " 'code': {'var': 'input.code'}}}]}}}, 'end': {'end': 'over'}}");
    desk_open(shops);
    retry.number = 1;
    go.input = *desk_json("{'code': '91371500MA3C00003Q'}");
    assert_true(desk_give(go));
    assert_string_equal(said(0), "0 open 1 {\"n\":1} for {\"code\":\"91371500MA3C00003Q\","
                                 "\"kind\":\"enterprise\",\"name\":\"丙\"}");
    hear("concluded", 1, "{'outcome': 'failed', 'why': 'form_invalid'}");
    retry.input = *desk_json("{'n': 2}");
    assert_true(desk_give(retry));
    assert_string_equal(said(0), "0 open 2 {\"n\":2} for {\"code\":\"91371500MA3C00003Q\","
                                 "\"kind\":\"enterprise\",\"name\":\"丙\"}");
    assert_true(desk.c->child[0].other);
    hear("born", 2, "{'id': 9, 'number': 'T-1'}");
    assert_int_equal(desk.c->child[0].applicant.kind, VALUE_NULL);
    assert_true(desk.c->child[0].other);
}

/* --- in the case that was opened --- */

static void
opened_for_another(void)
{
    const struct opening o = {.number = "C-7",
                              .district = "371502",
                              .applicant_kind = "enterprise",
                              .named = true,
                              .parent = {.case_id = 42, .case_number = "P-1", .child = 7}};
    struct command open = desk_command(COMMAND_OPEN, "window");

    desk_define("'certificates': {'permit': {'number': 'P', 'content': {'n': 1}}}, 'withdraw':"
                " {'to': 'gone'}, 'start': 'a', 'steps': {'a': {'by': 'window', 'actions': {'go':"
                " {'to': 'end', 'do': [{'issue': 'permit'}]}}}, 'end': {'end': 'over'}, 'gone':"
                " {'end': 'gone'}}");
    open.opening = &o;
    open.input = *desk_json("{}");
    assert_true(desk_give(open));
}

static void
who_was_named_is_known_when_somebody_looks_there(void **state)
{
    struct command cmd = desk_command(COMMAND_IDENTIFY, "window#li");

    (void)state;
    opened_for_another();
    assert_true(desk.c->identity.claimed && desk.c->identity.named);
    assert_true(fact_of(FACT_IDENTITY_CLAIMED)->declared);
    desk_refused(desk_action("window", "go", NULL), ERROR_NOT_IDENTIFIED);
    desk_refused(desk_relay("identified", 7, "{'by': 'li', 'document': 'x'}"),
                 ERROR_ACTION_NOT_ALLOWED);
    assert_true(desk.c->identity.claimed);
    cmd.document = "营业执照";
    assert_true(desk_give(cmd));
    assert_false(desk.c->identity.claimed);
    assert_true(desk.c->identity.named); /* it is another's for ever */
    assert_string_equal(desk.c->identity.by, "li");
    desk_act("window", "go");
    assert_int_equal(desk.c->n_certificate, 1);
}

static void
it_is_withdrawn_by_its_own_applicant_only(void **state)
{
    (void)state;
    opened_for_another();
    desk_refused(desk_relay("withdraw", 7, "{}"), ERROR_ACTION_NOT_ALLOWED);
    assert_string_equal(desk_steps(), "a");
    assert_true(desk_give(desk_command(COMMAND_WITHDRAW, "applicant")));
    assert_string_equal(desk_steps(), "gone");
}

#define TEST(x) cmocka_unit_test_setup_teardown(x, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_element_says_whose_case_it_is),
        TEST(an_element_that_is_a_text_is_called_as_the_member_it_becomes),
        TEST(within_a_branch_its_own_element_keeps_its_name),
        TEST(what_is_known_of_one_says_nothing_of_the_other),
        TEST(what_becomes_of_it_is_marked_as_anothers),
        TEST(a_stop_reaches_it_and_a_withdrawal_does_not),
        TEST(tried_again_it_is_for_whom_the_list_has_then),
        TEST(an_effect_opens_one_for_another_and_keeps_for_whom),
        TEST(who_was_named_is_known_when_somebody_looks_there),
        TEST(it_is_withdrawn_by_its_own_applicant_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
