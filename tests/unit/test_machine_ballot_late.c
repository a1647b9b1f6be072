/* SPDX-License-Identifier: Apache-2.0 */
/* Votes on paper that came before they are recorded (K3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "machine/ballot.h"
#include "tests/support/desk.h"

/* Open from Monday 2026-03-02 09:00 to Wednesday's end; yes wins by more than half of the votes. */
static void
meeting(const char *more)
{
    desk_define(arena_printf(
        &desk.arena,
        "'backdateBy': ['window'], 'form': {'required': ['members'], 'properties': {'members':"
        " {'type': 'array', 'items': {'type': 'object', 'required': ['who'], 'properties': {'who':"
        " {'type': 'string'}}}}}}, 'start': 'vote', 'steps': {'vote': {'by': 'window', 'ballot':"
        " {'roll': 'members', 'voter': 'who', 'closes': '2 days'%s, 'choices': {'yes': {'title':"
        " {'zh': '同意', 'en': 'Yes'}}, 'no': {'title': {'zh': '反对', 'en': 'No'}}}, 'result':"
        " [{'when': {'>': [{'*': [2, {'var': 'tally.yes.count'}]}, {'var': 'tally.voted'}]}, 'to':"
        " 'won'}, {'to': 'lost'}]}, 'actions': {'stop': 'over'}}, 'lost': {'by': 'window',"
        " 'actions': {'end': 'over'}}, 'won': {'end': 'won'}, 'over': {'end': 'lost'}}",
        more));
    desk_at("2026-03-02 09:00");
    desk_open("{'members': [{'who': 'x'}, {'who': 'y'}, {'who': 'z'}]}");
}

static struct command
paper(const char *voter, const char *choice, const char *happened)
{
    struct command cmd = desk_command(COMMAND_VOTE, "window");

    cmd.voter = voter;
    cmd.action = choice;
    if (!happened)
        return cmd;
    cmd.happened = desk_moment(happened);
    desk_history(&cmd);
    return cmd;
}

static void
it_counts_when_it_came_while_the_ballot_is_open(void **state)
{
    struct command cmd;

    (void)state;
    meeting("");
    desk_at("2026-03-03 10:00");
    desk_refused(paper("x", "yes", "2026-03-02 08:59"), ERROR_HAPPENED_OUTSIDE);
    desk_refused(paper("x", "yes", "2026-03-03 10:01"), ERROR_HAPPENED_OUTSIDE);
    cmd = paper("x", "yes", "2026-03-02 10:00");
    cmd.reason = NULL;
    desk_refused(cmd, ERROR_REASON_MISSING);
    desk_refused(paper("w", "yes", "2026-03-02 10:00"), ERROR_VOTER_UNKNOWN);
    desk_refused(paper("x", "maybe", "2026-03-02 10:00"), ERROR_ACTION_NOT_ALLOWED);
    cmd = paper("x", "yes", "2026-03-02 10:00");
    cmd.code = ballot_code(&desk.arena, desk.c->visit[0].ballot_key, "x");
    cmd.actor = (struct actor){.id = "voter", .public = true};
    desk_refused(cmd, ERROR_FORBIDDEN);
    assert_true(desk_give(paper("x", "yes", "2026-03-02 10:00")));
    assert_string_equal(desk.c->visit[0].votes, "b--");
    assert_int_equal(desk.out.record[0].fact[0].happened, desk_moment("2026-03-02 10:00"));
    assert_null(strstr(desk.record[desk.n_record - 1], "\"action\""));
}

static void
of_two_votes_the_first_that_came_counts(void **state)
{
    (void)state;
    meeting("");
    desk_at("2026-03-03 10:00");
    assert_true(desk_give(paper("x", "yes", NULL)));
    desk_at("2026-03-04 10:00");
    desk_refused(paper("x", "no", "2026-03-03 10:00"), ERROR_VOTED);
    desk_refused(paper("x", "no", "2026-03-03 11:00"), ERROR_VOTED);
    assert_true(desk_give(paper("x", "no", "2026-03-03 09:00")));
    assert_string_equal(desk.c->visit[0].votes, "a--");
    desk_refused(paper("x", "yes", "2026-03-03 09:30"), ERROR_VOTED);
    desk_refused(paper("x", "yes", NULL), ERROR_VOTED);
}

static void
where_he_may_vote_again_the_last_that_came_counts(void **state)
{
    (void)state;
    meeting(", 'replace': true");
    desk_at("2026-03-03 10:00");
    assert_true(desk_give(paper("x", "yes", NULL)));
    desk_at("2026-03-04 10:00");
    desk_refused(paper("x", "no", "2026-03-03 09:59"), ERROR_VOTED);
    assert_true(desk_give(paper("x", "no", "2026-03-03 10:00")));
    assert_string_equal(desk.c->visit[0].votes, "a--");
    assert_true(desk_give(paper("y", "no", "2026-03-02 10:00")));
    assert_true(desk_give(paper("y", "yes", "2026-03-02 11:00")));
    desk_refused(paper("y", "no", "2026-03-02 10:30"), ERROR_VOTED);
    assert_string_equal(desk.c->visit[0].votes, "ab-");
}

/* x was for it, y against; z's paper lay in the post room. */
static int32_t
lost(void)
{
    int32_t count;

    meeting("");
    assert_true(desk_give(paper("x", "yes", NULL)));
    assert_true(desk_give(paper("y", "no", NULL)));
    desk_look("2026-03-05 09:00");
    count = (int32_t)desk.c->recorded;
    assert_string_equal(desk_steps(), "lost");
    desk_refused(paper("z", "yes", NULL), ERROR_STEP_NOT_OPEN);
    desk_refused(paper("z", "yes", "2026-03-05 00:00:01"), ERROR_STEP_NOT_OPEN);
    desk_refused(paper("w", "yes", "2026-03-04 10:00"), ERROR_VOTER_UNKNOWN);
    desk_refused(paper("z", "maybe", "2026-03-04 10:00"), ERROR_ACTION_NOT_ALLOWED);
    desk_refused(paper("x", "no", "2026-03-04 10:00"), ERROR_VOTED);
    return count;
}

static void
one_that_came_before_the_end_contradicts_the_count(void **state)
{
    int32_t count;

    (void)state;
    count = lost();
    assert_true(desk_give(paper("z", "yes", "2026-03-05 00:00")));
    assert_int_equal(desk_facts(FACT_CONTRADICTED), 1);
    assert_int_equal(desk.c->contradicted, 1);
    assert_string_equal(desk_steps(), "lost");
    assert_int_equal(desk.out.card[0].kind, CARD_CONTRADICTED);
    desk_refused(paper("z", "no", "2026-03-05 00:00"), ERROR_VOTED);
    /* It is taken back, and counted again with that vote. */
    desk_annul(count);
    assert_int_equal(desk.c->contradicted, 0);
    assert_string_equal(desk_steps(), "vote");
    assert_string_equal(desk.c->visit[0].votes, "bab");
    assert_int_equal(desk.c->alarm, desk_moment("2026-03-05 00:00"));
    desk_look("2026-03-05 09:01");
    assert_string_equal(desk_steps(), "won");
}

static void
a_closed_case_is_contradicted_by_a_vote_too(void **state)
{
    (void)state;
    meeting("");
    assert_true(desk_give(paper("x", "yes", NULL)));
    desk_look("2026-03-05 09:00");
    assert_string_equal(desk_steps(), "won");
    desk_refused(paper("z", "no", NULL), ERROR_CASE_CLOSED);
    desk_refused(paper("z", "no", "2026-03-05 00:00:01"), ERROR_CASE_CLOSED);
    assert_true(desk_give(paper("z", "no", "2026-03-04 10:00")));
    assert_int_equal(desk.c->contradicted, 1);
    assert_true(desk_give(desk_command(COMMAND_RECONCILE, "supervisor")));
    assert_string_equal(desk_steps(), "won");
}

static void
a_ballot_that_somebody_has_ended_is_not_contradicted(void **state)
{
    (void)state;
    meeting("");
    desk_at("2026-03-03 10:00");
    desk_act("window", "stop");
    desk_at("2026-03-04 10:00");
    desk_refused(paper("z", "no", "2026-03-03 09:00"), ERROR_CASE_CLOSED);
}

static void
amend(const char *form)
{
    struct command cmd = desk_command(COMMAND_AMEND, "window");

    cmd.input = *desk_json(form);
    assert_true(desk_give(cmd));
}

/* z stood third; since then w has come onto the roll, and x, who voted yes, is off it. */
static void
who_stood_on_the_roll_is_told_by_the_one_it_was_held_over(void **state)
{
    int32_t count;

    (void)state;
    count = lost();
    amend("{'members': [{'who': 'z'}, {'who': 'y'}, {'who': 'w'}]}");
    desk_refused(paper("w", "yes", "2026-03-04 10:00"), ERROR_VOTER_UNKNOWN);
    desk_refused(paper("x", "no", "2026-03-04 10:00"), ERROR_VOTED);
    assert_true(desk_give(paper("z", "yes", "2026-03-04 10:00")));
    assert_int_equal(desk.out.record[0].fact[0].number, 3);
    /* It can be counted again over that roll only. */
    desk_refused(desk_annulment(count), ERROR_ANNUL_IMPOSSIBLE);
    assert_non_null(strstr(desk.e.detail, "amend it back"));
    amend("{'members': [{'who': 'x'}, {'who': 'y'}, {'who': 'z'}]}");
    desk_annul(count);
    assert_string_equal(desk.c->visit[0].votes, "bab");
    desk_look("2026-03-05 09:01");
    assert_string_equal(desk_steps(), "won");
}

/* Nobody had looked when it closed: that is told by the same command. */
static void
a_ballot_that_has_closed_just_now_is_contradicted_too(void **state)
{
    (void)state;
    meeting("");
    assert_true(desk_give(paper("y", "no", NULL)));
    desk_at("2026-03-05 09:00");
    assert_true(desk_give(paper("z", "yes", "2026-03-04 10:00")));
    assert_string_equal(desk_steps(), "lost");
    assert_int_equal(desk.c->contradicted, 1);
    assert_int_equal(desk.out.record[1].fact[0].number, 3);
}

/* What the closing needs is there only days later; nobody voted in between. */
static void
what_came_after_a_closing_that_was_done_later_came_too_late(void **state)
{
    (void)state;
    desk_define(
        "'backdateBy': ['window'], 'form': {'required': ['n', 'roll'], 'properties': {'n': {'type':"
        " 'integer'}, 'roll': {'type': 'array', 'items': {'type': 'object', 'required': ['id'],"
        " 'properties': {'id': {'type': 'string'}}}}}}, 'start': 'vote', 'steps': {'vote': {'by':"
        " 'window', 'ballot': {'roll': 'roll', 'voter': 'id', 'choices': {'yes': {'title': {'zh':"
        " 'a', 'en': 'a'}}, 'no': {'title': {'zh': 'a', 'en': 'a'}}}, 'closes': '1 day', 'result':"
        " [{'to': 'sort'}]}}, 'sort': {'decide': [{'when': {'>': [{'+': [{'var': 'form.n'}, 1]},"
        " 5]}, 'to': 'end'}, {'to': 'end'}]}, 'end': {'end': 'over'}}");
    desk_open("{'n': 9223372036854775807, 'roll': [{'id': 'x'}, {'id': 'y'}]}");
    desk_look("2026-03-06 09:00");
    assert_string_equal(desk_steps(), "vote");
    amend("{'n': 7, 'roll': [{'id': 'x'}, {'id': 'y'}]}");
    assert_string_equal(desk_steps(), "over");
    desk_at("2026-03-06 10:00");
    desk_refused(paper("x", "yes", "2026-03-04 00:00:01"), ERROR_CASE_CLOSED);
    desk_refused(paper("x", "yes", "2026-03-06 08:00"), ERROR_CASE_CLOSED);
    assert_true(desk_give(paper("x", "yes", "2026-03-04 00:00")));
}

/* Time ended what lay around it before it closed: nothing was counted that could be wrong. */
static void
a_ballot_that_was_broken_off_is_not_contradicted(void **state)
{
    (void)state;
    desk_define(
        "'backdateBy': ['window'], 'form': {'required': ['roll'], 'properties': {'roll': {'type':"
        " 'array', 'items': {'type': 'object', 'required': ['id'], 'properties': {'id': {'type':"
        " 'string'}}}}}}, 'start': 's', 'steps': {'s': {'start': 'vote', 'to': 'end', 'after': {"
        "'2 days': {'to': 'late'}}, 'steps': {'vote': {'by': 'window', 'ballot': {'roll': 'roll', "
        "'voter':"
        " 'id', 'choices': {'yes': {'title': {'zh': 'a', 'en': 'a'}}, 'no': {'title': {'zh': 'a',"
        " 'en': 'a'}}}, 'closes': '9 days', 'result': [{'to': '$done'}]}}}}, 'late': {'by':"
        " 'window', 'actions': {'go': 'end'}}, 'end': {'end': 'over'}}");
    desk_open("{'roll': [{'id': 'x'}, {'id': 'y'}]}");
    desk_look("2026-03-06 09:00");
    assert_string_equal(desk_steps(), "late");
    desk_refused(paper("x", "yes", "2026-03-03 10:00"), ERROR_STEP_NOT_OPEN);
}

static void
what_is_secret_stays_so(void **state)
{
    const struct fact *f;

    (void)state;
    meeting(", 'secret': true");
    desk_look("2026-03-05 09:00");
    assert_true(desk_give(paper("z", "yes", "2026-03-04 10:00")));
    f = &desk.out.record[0].fact[0];
    assert_true(f->declared);
    assert_string_equal(f->name, "vote");
    assert_string_equal(f->detail, "z");
    assert_string_equal(f->value.string, "yes");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_counts_when_it_came_while_the_ballot_is_open),
        TEST(of_two_votes_the_first_that_came_counts),
        TEST(where_he_may_vote_again_the_last_that_came_counts),
        TEST(one_that_came_before_the_end_contradicts_the_count),
        TEST(a_closed_case_is_contradicted_by_a_vote_too),
        TEST(a_ballot_that_somebody_has_ended_is_not_contradicted),
        TEST(who_stood_on_the_roll_is_told_by_the_one_it_was_held_over),
        TEST(a_ballot_that_has_closed_just_now_is_contradicted_too),
        TEST(what_came_after_a_closing_that_was_done_later_came_too_late),
        TEST(a_ballot_that_was_broken_off_is_not_contradicted),
        TEST(what_is_secret_stays_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
