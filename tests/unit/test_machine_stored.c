/* SPDX-License-Identifier: Apache-2.0 */
/* States and records as they are stored: read back whole, refused when damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/desk.h"

/* A case in which everything has happened once: branches, stops, clocks, timers, marks, a claim. */
static void
rich_case(void)
{
    struct command cmd;

    desk_define(
        "'form': {'properties': {'n': {'type': 'integer'}}}, 'materials': [{'id': 'm', 'title':"
        " {'zh': 'a', 'en': 'b'}, 'tolerance': '90 days'}], 'certificates': {'r': {'number': 'R',"
        " 'valid': '1 year', 'content': {'n': {'var': ['form.n', 0]}}}}, 'grounds': {'test':"
        " {'command': true}, 'wait': {}}, 'clocks': {'c': {'kind': 'promised', 'from': 'began', "
        "'limit':"
        " '3 working days', 'extension': {'limit': '2 working days', 'by': 'head'}}, 'd': {'kind':"
        " 'statutory', 'from': 'opened', 'to': 'began', 'limit': {'date': '2026-03-31'}}}, 'start':"
        " 't', 'steps': {'t': {'by': 'window', 'limit': '2 working days', 'actions': {'go': {'to':"
        " 'p', 'marks': ['began'], 'do': [{'set': {'case.k': 'v', 'form.n': 2}}, {'issue': 'r'}, "
        "{'issue': 'r'}]}, 'close':"
        " 'end'}}, 'p': {'join': 'all', 'to': 'd', 'limit': '9 working days', 'branches': {"
        "'a': {'start': 't', 'steps': {'t': {'by': 'window', 'after': {'1 day': {'marks':"
        " ['told']}, '9 days': {'to': '$done'}}, 'actions': {'done': '$done', 'ask': 'w'}}, 'w':"
        " {'by': 'applicant', 'stops': {'ground': 'wait'}, 'actions': {'back': 't'}, 'after':"
        " {'1 day': {'do': [{'set': {'case.q': {'+': [{'var': ['form.n', 0]}, 1]}}}]}}}}},"
        "'b': {'start': 'w', 'steps': {'w': {'wait': '5 days', 'to': '$done'}}}, 'c': {'start':"
        " 't', 'steps': {'t': {'by': 'system:tax', 'actions': {'done': '$done'}}}}}}, 'd':"
        " {'decide': [{'to': 'end'}]}, 'end': {'end': 'over'}}");
    desk_open("{'n': 1}");
    desk_act("window", "close");
    desk_annul(2);
    desk_act("window", "go");
    desk_stop("p.a.t", "test");
    desk_at("2026-03-03 10:00");
    desk_resume(1);
    desk_act("system:tax", "done");
    cmd = desk_command(COMMAND_EXTEND, "head");
    cmd.clock = "c";
    cmd.document = "聊告字1号";
    assert_true(desk_give(cmd));
    desk_look("2026-03-05 10:00");
    desk_act("window", "ask");
    cmd = desk_command(COMMAND_CLAIM, "window");
    cmd.step = "p.a.w";
    cmd.until = desk.now + SPAN_HOUR;
    assert_true(desk_give(cmd));
    cmd = desk_command(COMMAND_MATERIAL, "window");
    cmd.action = "tolerate";
    cmd.material = "m";
    assert_true(desk_give(cmd));
    cmd = desk_command(COMMAND_AMEND, "window");
    cmd.input = *desk_json("{'n': 9223372036854775807}");
    assert_true(desk_give(cmd));
    desk_at("2026-03-05 11:00");
    cmd = desk_command(COMMAND_MATERIAL, "head");
    cmd.action = "receive";
    cmd.material = "m";
    cmd.happened = desk_moment("2026-03-05 10:30");
    desk_history(&cmd);
    assert_true(desk_give(cmd));
    desk_look("2026-03-07 10:00");
    assert_int_equal(desk.c->n_stuck, 1);
}

/* Values a damaged row might hold, besides those that are gone. */
static const char *const damage[] = {
    "null",
    "-1",
    "0",
    "3",
    "2147483648",
    "-9223372036854775808",
    "9223372036854775807",
    "'x'",
    "'p'",
    "[]",
    "{}",
    "[null]",
    "true",
    "'p.a.t'",
};

enum { GONE = sizeof(damage) / sizeof(damage[0]), DAMAGES };

/* A copy of @v whose node number *@at (counted down) is damaged; which values change is counted. */
static struct value
damaged(const struct value *v, int *at, int how)
{
    struct value *item;
    struct member *m;
    size_t n = 0;

    if ((*at)-- == 0)
        return *desk_json(damage[how < GONE ? how : 0]);
    if (v->kind == VALUE_ARRAY) {
        item = arena_array(&desk.arena, v->n, struct value);
        for (uint32_t i = 0; i < v->n; i++) {
            if (*at == 0 && how == GONE)
                (*at)--;
            else
                item[n++] = damaged(&v->item[i], at, how);
        }
        return value_array(item, n);
    }
    if (v->kind != VALUE_OBJECT)
        return *v;
    m = arena_array(&desk.arena, v->n, struct member);
    for (uint32_t i = 0; i < v->n; i++) {
        if (*at == 0 && how == GONE) {
            (*at)--;
            continue;
        }
        m[n] = v->member[i];
        m[n++].value = damaged(&v->member[i].value, at, how);
    }
    return value_object(&desk.arena, m, n);
}

/* What is accepted is used: nothing of it may bring the core down. */
static void
use(struct case_state *c)
{
    const struct setting s = {.workflow = desk.w,
                              .calendar = desk.calendar,
                              .now = c->moment == INSTANT_NONE ? desk.now : c->moment + SPAN_DAY};
    struct command cmd[4] = {
        desk_command(COMMAND_ALARM, "engine"), desk_action("applicant", "back", NULL),
        desk_command(COMMAND_WITHDRAW, "applicant"), desk_command(COMMAND_EXTEND, "head")};
    struct text t = text_new(&desk.arena);
    struct violations v;
    struct outcome o;
    struct error e;

    cmd[3].clock = "c";
    case_write(&t, desk.w, c);
    (void)case_public_status(desk.w, c);
    for (size_t i = 0; i < 4; i++)
        if (machine_may(desk.w, c, &cmd[i], &e) &&
            machine_decide(&s, c, &cmd[i], &desk.arena, &o, &v, &e)) {
            t = text_new(&desk.arena);
            case_write(&t, desk.w, o.next);
        }
}

static int
nodes(const struct value *v)
{
    int n = 1;

    for (uint32_t i = 0; v->kind == VALUE_ARRAY && i < v->n; i++)
        n += nodes(&v->item[i]);
    for (uint32_t i = 0; v->kind == VALUE_OBJECT && i < v->n; i++)
        n += nodes(&v->member[i].value);
    return n;
}

static void
a_damaged_state_is_refused_or_harmless(void **state)
{
    const struct value *sound;
    struct text t;
    int n_refused = 0, n_node;

    (void)state;
    rich_case();
    t = text_new(&desk.arena);
    case_write(&t, desk.w, desk.c);
    sound = desk_json(t.at);
    n_node = nodes(sound);
    for (int i = 0; i < n_node * DAMAGES; i++) {
        struct case_state c = {.number = "TEST-1"};
        int at = i / DAMAGES;
        const struct value bad = damaged(sound, &at, i % DAMAGES);
        struct error e;

        if (case_read(&desk.arena, desk.w, &bad, &desk.c->form, &c, &e)) {
            use(&c);
        } else {
            assert_int_equal(e.code, ERROR_INTERNAL);
            n_refused++;
        }
    }
    assert_true(n_refused > n_node * DAMAGES / 2);
}

static void
damaged_records_are_refused_or_harmless(void **state)
{
    const struct setting s = {.calendar = NULL};
    struct setting with = s;
    int n_refused = 0, n_tried = 0;

    (void)state;
    rich_case();
    with.workflow = desk.w;
    with.calendar = desk.calendar;
    with.now = desk.now;
    for (size_t r = 0; r < desk.n_record; r++) {
        const struct value *sound = desk_json(desk.record[r]);
        struct case_state *before = case_new(&desk.arena, desk.w);
        const int n_node = nodes(sound);
        struct error e;

        for (size_t i = 0; i < r; i++)
            assert_true(machine_replay(&with, before, desk_json(desk.record[i]), &desk.arena, &e));
        for (int i = 0; i < n_node * DAMAGES; i++) {
            struct case_state *c = case_clone(&desk.arena, desk.w, before);
            int at = i / DAMAGES;
            const struct value bad = damaged(sound, &at, i % DAMAGES);

            n_tried++;
            if (machine_replay(&with, c, &bad, &desk.arena, &e))
                use(c);
            else
                n_refused++;
        }
    }
    assert_true(n_refused > n_tried / 4);
}

static void
records_must_follow_one_another(void **state)
{
    struct setting s;
    struct case_state *c;
    struct error e;

    (void)state;
    rich_case();
    s = (struct setting){.workflow = desk.w, .calendar = desk.calendar, .now = desk.now};
    c = case_new(&desk.arena, desk.w);
    assert_false(machine_replay(&s, c, desk_json(desk.record[1]), &desk.arena, &e));
    assert_true(machine_replay(&s, c, desk_json(desk.record[0]), &desk.arena, &e));
    assert_false(machine_replay(&s, c, desk_json(desk.record[0]), &desk.arena, &e));
    assert_int_equal(e.code, ERROR_INTERNAL);
}

static void
a_state_of_another_definition_is_refused(void **state)
{
    struct case_state c = {.number = "TEST-1"};
    const struct value *stored;
    struct text t;
    struct error e;

    (void)state;
    rich_case();
    t = text_new(&desk.arena);
    case_write(&t, desk.w, desk.c);
    stored = desk_json(t.at);
    desk_define("'start': 't', 'steps': {'t': {'by': 'window', 'actions': {'done': 'end'}}, 'end':"
                " {'end': 'over'}}");
    assert_false(case_read(&desk.arena, desk.w, stored, NULL, &c, &e));
}

/* A case as it went when states had no `wholeCase`, and how it was stored then. */
static void
case_of_before(void)
{
    struct command cmd;

    desk_define(
        "'form': {'properties': {'n': {'type': 'integer'}}}, 'grounds': {'test': {'command': true},"
        " 'wait': {}}, 'clocks': {'c': {'kind': 'promised', 'from': 'began', 'limit':"
        " '3 working days', 'extension': {'limit': '2 working days', 'by': 'head'}}, 'd': {'kind':"
        " 'statutory', 'from': 'opened', 'to': 'began', 'limit': {'date': '2026-03-31'}}}, 'start':"
        " 't', 'steps': {'t': {'by': 'window', 'limit': '2 working days', 'actions': {'go': {'to':"
        " 'p', 'marks': ['began'], 'do': [{'set': {'case.k': 'v', 'form.n': 2}}]}, 'close':"
        " 'end'}}, 'p': {'join': 'all', 'to': 'd', 'limit': '9 working days', 'branches': {"
        "'a': {'start': 't', 'steps': {'t': {'by': 'window', 'after': {'1 day': {'marks':"
        " ['told']}, '9 days': {'to': '$done'}}, 'actions': {'done': '$done', 'ask': 'w'}}, 'w':"
        " {'by': 'applicant', 'stops': {'ground': 'wait'}, 'actions': {'back': 't'}}}},"
        "'b': {'start': 'w', 'steps': {'w': {'wait': '5 days', 'to': '$done'}}}, 'c': {'start':"
        " 't', 'steps': {'t': {'by': 'system:tax', 'actions': {'done': '$done'}}}}}}, 'd':"
        " {'decide': [{'to': 'end'}]}, 'end': {'end': 'over'}}");
    desk_open("{'n': 1}");
    desk_act("window", "close");
    desk_annul(2);
    desk_act("window", "go");
    desk_stop("p.a.t", "test");
    desk_at("2026-03-03 10:00");
    desk_resume(1);
    desk_act("system:tax", "done");
    cmd = desk_command(COMMAND_EXTEND, "head");
    cmd.clock = "c";
    assert_true(desk_give(cmd));
    desk_look("2026-03-05 10:00");
    desk_act("window", "ask");
    cmd = desk_command(COMMAND_CLAIM, "window");
    cmd.step = "p.a.w";
    cmd.until = desk.now + SPAN_HOUR;
    assert_true(desk_give(cmd));
    cmd = desk_command(COMMAND_AMEND, "window");
    cmd.input = *desk_json("{'n': 3}");
    assert_true(desk_give(cmd));
}

static const char stored_before[] =
    "{'alarm':1773046800000000,'annulled':[2],'applicantKind':'enterprise',"
    "'branches':[{'branch':'p.a','in':2},{'branch':'p.b','in':2},{'branch':'p.c','in':2,"
    "'outcome':'done'}],'clocks':[{'clock':1,'due':1774947600000000,"
    "'ended':1772413200000000,'epoch':1,'last':20543,'limit':1774972800000000,'rule':'d',"
    "'start':1772413200000000,'verdict':1},{'clock':3,'due':1773046800000000,'epoch':2,"
    "'extension':'2 working days','last':20521,'limit':'3 working days','rule':'c',"
    "'start':1772413200000000},{'clock':4,'due':1773392400000000,'epoch':1,'last':20525,"
    "'limit':'9 working days','rule':'p','start':1772413200000000,'visit':2}],"
    "'district':'371502','lastClock':4,'lastMessage':1,'lastStop':2,'lastVisit':6,"
    "'marks':{'began':1772413200000000,'opened':1772413200000000,"
    "'told':1772528400000000},'moment':1772676000000000,'opened':1772413200000000,"
    "'phase':1,'recorded':12,'revision':10,'steps':{'p':{'a':{'t':{'by':'window',"
    "'visits':1},'w':{'visits':1}},'b':{'w':{'visits':1}},'c':{'outcome':'done',"
    "'t':{'by':'tax','visits':1}},'visits':1},'t':{'by':'window','visits':1}},"
    "'stops':[{'declared':true,'from':1772676000000000,'ground':'wait','stop':2,"
    "'visit':6}],'vars':{'k':'v'},'visits':[{'at':1772413200000000,'rev':4,'step':'p',"
    "'visit':2},{'at':1772413200000000,'in':2,'rev':4,'step':'p.b.w',"
    "'until':1773072000000000,'visit':4},{'at':1772676000000000,'held':1772679600000000,"
    "'holder':'window','in':2,'rev':9,'step':'p.a.w','visit':6}]}";

static void
a_state_in_the_words_of_before_reads_the_same(void **state)
{
    struct case_state *c, *closed;
    struct text is, reads;
    struct error e;

    (void)state;
    case_of_before();
    c = case_new(&desk.arena, desk.w);
    closed = case_new(&desk.arena, desk.w);
    is = text_new(&desk.arena);
    reads = text_new(&desk.arena);
    for (uint32_t i = 0; i < desk.c->n_clock; i++)
        desk.c->clock[i].calendar = NULL; /* then clocks named none, and periods neither */
    for (uint32_t i = 0; i < desk.c->n_clock; i++)
        desk.c->clock[i].extended = 0; /* nor when they were extended */
    for (uint32_t i = 0; i < desk.c->n_visit; i++)
        desk.c->visit[i].calendar = NULL;
    desk.c->first = (struct first_handler){.since = INSTANT_NONE}; /* and this was not recorded */
    case_write(&is, desk.w, desk.c);
    assert_true(case_is_old(desk_json(stored_before)));
    assert_false(case_is_old(desk_json(is.at)));
    assert_true(case_read(&desk.arena, desk.w, desk_json(stored_before), &desk.c->form, c, &e));
    case_write(&reads, desk.w, c);
    assert_string_equal(reads.at, is.at);
    assert_true(case_read(&desk.arena, desk.w,
                          desk_json("{'applicantKind':'enterprise','branches':[],'clocks':[],"
                                    "'closedAs':4,'district':'371502','marks':{'closed':"
                                    "1772413200000000,'opened':1772413200000000},'moment':"
                                    "1772413200000000,'opened':1772413200000000,'outcome':'over',"
                                    "'phase':2,'recorded':2,'revision':2,'steps':{},'stops':[],"
                                    "'visits':[]}"),
                          &desk.c->form, closed, &e));
    assert_int_equal(closed->phase, PHASE_CLOSED);
    assert_int_equal(closed->n_clock, 0);
}

static void
a_record_names_its_inputs(void **state)
{
    const struct value *r;

    (void)state;
    rich_case();
    r = desk_json(desk.record[3]);
    assert_string_equal(value_get_string(r, "command"), "act");
    assert_string_equal(value_get_string(r, "action"), "go");
    assert_string_equal(value_get_string(r, "by"), "window");
    assert_string_equal(value_get_string(r, "role"), "window");
    assert_string_equal(value_get_string(r, "calendar"), desk.calendar->version);
    assert_memory_equal(value_get_string(r, "definition"), desk.w->hash, 16);
    assert_int_equal(value_get(r, "rules")->integer, MACHINE_RULES);
    assert_int_equal(value_get(r, "number")->integer, 4);
    assert_int_equal(value_get(r, "revision")->integer, 4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_damaged_state_is_refused_or_harmless),
        TEST(damaged_records_are_refused_or_harmless),
        TEST(records_must_follow_one_another),
        TEST(a_state_of_another_definition_is_refused),
        TEST(a_state_in_the_words_of_before_reads_the_same),
        TEST(a_record_names_its_inputs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
