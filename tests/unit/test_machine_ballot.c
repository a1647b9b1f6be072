/* SPDX-License-Identifier: Apache-2.0 */
/* Ballots: a roll that stands, one counted vote each, exact shares, nothing told too early. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "machine/ballot.h"
#include "tests/support/desk.h"

#define ARMS                                                                                       \
    "[{'when': {'and': [{'>': [{'*': [2, {'var': 'tally.yes.count'}]}, {'var': 'tally.voted'}]},"  \
    " {'>=': [{'*': [3, {'var': 'tally.yes.weight'}]}, {'*': [2, {'var': 'tally.weight'}]}]}]},"   \
    " 'to': 'won'}, {'to': 'lost'}]"

/* By default a vote of all members by weight, open for two days from 2026-03-02 09:00. */
static void
meeting_with(const char *more, const char *form)
{
    desk_define(arena_printf(
        &desk.arena,
        "'form': {'required': ['members'], 'properties': {'members': {'type': 'array', 'items':"
        " {'type': 'object', 'required': ['who', 'share', 'class'], 'properties': {'who': {'type':"
        " 'string'}, 'share': {'type': 'integer'}, 'class': {'type': 'string', 'enum': ['a',"
        " 'b']}}}}}}, 'start': 'talk', 'steps': {'talk': {'by': 'window', 'actions': {'go': "
        "'vote'}},"
        " 'vote': {'by': 'window', 'ballot': {'roll': 'members', 'voter': 'who', 'weight': 'share',"
        " 'closes': '2 days', 'choices': {'yes': {'title': {'zh': '同意', 'en': 'Yes'}}, 'no':"
        " {'title': {'zh': '反对', 'en': 'No'}}}, 'result': " ARMS "%s}, 'actions': {'stop':"
        " 'lost'}}, 'won': {'end': 'won'}, 'lost': {'end': 'lost'}}",
        more));
    desk_at("2026-03-02 09:00");
    desk_open(form);
}

static const char three[] = "{'members': [{'who': 'x', 'share': 2, 'class': 'a'}, {'who': 'y',"
                            " 'share': 2, 'class': 'a'}, {'who': 'z', 'share': 2, 'class': 'b'}]}";

static struct command
vote_of(const char *who, const char *voter, const char *choice)
{
    struct command cmd = desk_command(COMMAND_VOTE, who);

    cmd.voter = voter;
    cmd.action = choice;
    return cmd;
}

static void
vote(const char *voter, const char *choice)
{
    assert_true(desk_give(vote_of("window", voter, choice)));
}

static const struct visit *
ballot(void)
{
    for (uint32_t i = 0; i < desk.c->n_visit; i++)
        if (desk.c->visit[i].votes)
            return &desk.c->visit[i];
    fail_msg("no ballot is open");
    return NULL;
}

static void
the_votes_are_counted_at_the_closing_instant(void **state)
{
    (void)state;
    meeting_with("", three);
    desk_act("window", "go");
    vote("x", "yes");
    vote("y", "yes");
    desk_at("2026-03-05 00:00");
    vote("z", "no");
    assert_string_equal(ballot()->votes, "bba");
    desk_look("2026-03-05 00:00:01");
    assert_string_equal(desk_steps(), "won");
    assert_int_equal(desk_facts(FACT_TALLIED), 1);
}

static void
a_ballot_in_a_branch_of_a_list_is_called_by_its_element(void **state)
{
    struct command cmd;

    (void)state;
    desk_define("'form': {'required': ['members', 'plans'], 'properties': {'plans': {'type':"
                " 'array', 'uniqueItems': true, 'maxItems': 9, 'items': {'type': 'string'}},"
                " 'members': {'type': 'array', 'items': {'type': 'object', 'required': ['who'],"
                " 'properties': {'who': {'type': 'string'}}}}}}, 'start': 'p', 'steps': {'p':"
                " {'foreach': {'var': 'form.plans'}, 'join': 'all', 'to': 'end', 'branch':"
                " {'title': {'zh': '题', 'en': 'B'}, 'start': 'vote', 'steps': {'vote': {'by':"
                " 'window', 'ballot': {'roll': 'members', 'voter': 'who', 'closes': '2 days',"
                " 'choices': {'yes': {'title': {'zh': '同意', 'en': 'Yes'}}, 'no': {'title':"
                " {'zh': '反对', 'en': 'No'}}}, 'result': [{'to': '$done'}]}}}}},"
                " 'end': {'end': 'over'}}");
    desk_at("2026-03-02 09:00");
    desk_open("{'members': [{'who': 'x'}], 'plans': ['A', 'B']}");
    cmd = vote_of("window", "x", "yes");
    desk_refused(cmd, ERROR_STEP_AMBIGUOUS);
    cmd.step = "p.B.vote";
    assert_true(desk_give(cmd));
    assert_string_equal(desk.c->visit[1].votes, "-");
    assert_string_equal(desk.c->visit[2].votes, "b");
    cmd.step = "p.C.vote";
    desk_refused(cmd, ERROR_STEP_NOT_OPEN);
}

static void
shares_are_exact(void **state)
{
    static const struct {
        const char *x, *y, *z, *outcome;
    } row[] = {
        {"yes", "yes", NULL, "won"}, /* all who voted, exactly two thirds of the weight */
        {"yes", "no", NULL, "lost"}, /* half of those who voted is not more than half */
        {"yes", NULL, NULL, "lost"}, /* all who voted, a third of the weight */
        {"yes", "yes", "no", "won"}, /* two of three */
        {"no", "yes", "no", "lost"}, {NULL, NULL, NULL, "lost"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
        meeting_with("", three);
        desk_act("window", "go");
        if (row[i].x)
            vote("x", row[i].x);
        if (row[i].y)
            vote("y", row[i].y);
        if (row[i].z)
            vote("z", row[i].z);
        desk_look("2026-03-05 00:00:01");
        assert_string_equal(desk_steps(), row[i].outcome);
    }
}

static void
each_has_one_vote(void **state)
{
    (void)state;
    meeting_with("", three);
    desk_act("window", "go");
    vote("x", "yes");
    desk_refused(vote_of("window", "x", "no"), ERROR_VOTED);
    desk_refused(vote_of("window", "w", "yes"), ERROR_VOTER_UNKNOWN);
    desk_refused(vote_of("window", "y", "maybe"), ERROR_ACTION_NOT_ALLOWED);
    desk_refused(vote_of("reviewer", "y", "yes"), ERROR_FORBIDDEN);
    meeting_with(", 'replace': true", three);
    desk_act("window", "go");
    vote("x", "yes");
    vote("x", "no");
    vote("x", "yes");
    assert_string_equal(ballot()->votes, "b--");
}

static void
a_voter_votes_with_his_own_code_alone(void **state)
{
    struct command cmd;

    (void)state;
    meeting_with("", three);
    desk_act("window", "go");
    cmd = vote_of("public", "x", "yes");
    desk_refused(cmd, ERROR_FORBIDDEN);
    cmd.code = ballot_code(&desk.arena, ballot()->ballot_key, "y");
    desk_refused(cmd, ERROR_FORBIDDEN);
    cmd.code = "";
    desk_refused(cmd, ERROR_FORBIDDEN);
    cmd.voter = "nobody";
    cmd.code = ballot_code(&desk.arena, ballot()->ballot_key, "nobody");
    desk_refused(cmd, ERROR_FORBIDDEN);
    cmd = vote_of("public", "x", "yes");
    cmd.code = ballot_code(&desk.arena, ballot()->ballot_key, "x");
    assert_int_equal(strlen(cmd.code), 10);
    assert_true(desk_give(cmd));
    assert_string_equal(desk.out.record[0].role, "voter");
}

static void
a_vote_touches_no_tag_that_others_hold(void **state)
{
    int64_t revision, step;

    (void)state;
    meeting_with("", three);
    desk_act("window", "go");
    revision = desk.c->revision;
    step = ballot()->revision;
    vote("x", "yes");
    assert_int_equal(desk.c->revision, revision);
    assert_int_equal(ballot()->revision, step);
}

static void
a_roll_that_is_none_opens_no_ballot(void **state)
{
    static const char *const form[] = {
        "{'members': []}",
        "{'members': [{'who': 'x', 'share': 1, 'class': 'a'}, {'who': 'x', 'share': 2, 'class':"
        " 'a'}]}",
        "{'members': [{'who': 'x', 'share': -1, 'class': 'a'}]}",
        "{'members': [{'who': '', 'share': 1, 'class': 'a'}]}",
        "{'members': [{'who': 'x', 'share': 9223372036854775807, 'class': 'a'}, {'who': 'y',"
        " 'share': 1, 'class': 'a'}]}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(form) / sizeof(*form); i++) {
        meeting_with("", form[i]);
        desk_refused(desk_action("window", "go", NULL), ERROR_GUARD_FAILED);
    }
}

static void
the_roll_of_an_open_ballot_cannot_change(void **state)
{
    struct command cmd;

    (void)state;
    meeting_with("", three);
    desk_act("window", "go");
    cmd = desk_command(COMMAND_AMEND, "window");
    cmd.input = *desk_json("{'members': [{'who': 'x', 'share': 9, 'class': 'a'}]}");
    desk_refused(cmd, ERROR_GUARD_FAILED);
    desk_act("window", "stop");
}

static void
an_opening_is_taken_back_only_before_the_first_vote(void **state)
{
    (void)state;
    meeting_with("", three);
    desk_act("window", "go");
    desk_annul(2);
    assert_string_equal(desk_steps(), "talk");
    desk_act("window", "go");
    vote("x", "yes");
    desk_refused(desk_annulment(4), ERROR_ANNUL_IMPOSSIBLE);
}

static void
votes_survive_the_annulment_of_what_left_the_ballot(void **state)
{
    (void)state;
    meeting_with("", three);
    desk_act("window", "go");
    vote("x", "yes");
    desk_act("window", "stop");
    desk_annul(4);
    assert_string_equal(ballot()->votes, "b--");
    vote("y", "no");
    assert_string_equal(ballot()->votes, "ba-");
}

static void
groups_are_counted_apart(void **state)
{
    const struct fact *f = NULL;

    (void)state;
    meeting_with(", 'group': 'class'", three);
    desk_act("window", "go");
    vote("x", "yes");
    vote("z", "no");
    desk_look("2026-03-05 00:00:01");
    for (uint32_t i = 0; i < desk.out.record[0].n_fact; i++)
        if (desk.out.record[0].fact[i].kind == FACT_TALLIED)
            f = &desk.out.record[0].fact[i];
    assert_non_null(f);
    {
        struct text t = text_new(&desk.arena);

        value_write(&t, &f->value);
        assert_string_equal(
            t.at,
            "{\"group\":{\"a\":{\"no\":{\"count\":0,\"weight\":0},\"voted\":1,\"votedWeight\":2,"
            "\"voters\":2,\"weight\":4,\"yes\":{\"count\":1,\"weight\":2}},\"b\":{\"no\":"
            "{\"count\":1,\"weight\":2},\"voted\":1,\"votedWeight\":2,\"voters\":1,\"weight\":2,"
            "\"yes\":{\"count\":0,\"weight\":0}}},\"no\":{\"count\":1,\"weight\":2},\"voted\":2,"
            "\"votedWeight\":4,\"voters\":3,\"weight\":6,\"yes\":{\"count\":1,\"weight\":2}}");
    }
}

static void
the_record_of_a_vote_says_nothing_beside_the_fact(void **state)
{
    (void)state;
    meeting_with(", 'secret': true", three);
    desk_act("window", "go");
    vote("x", "yes");
    assert_null(strstr(desk.record[desk.n_record - 1], "\"action\""));
    assert_non_null(strstr(desk.record[desk.n_record - 1], "\"declared\":true"));
}

int
main(void)
{
#define ballot_test(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)
    const struct CMUnitTest tests[] = {
        ballot_test(the_votes_are_counted_at_the_closing_instant),
        ballot_test(a_ballot_in_a_branch_of_a_list_is_called_by_its_element),
        ballot_test(shares_are_exact),
        ballot_test(each_has_one_vote),
        ballot_test(a_voter_votes_with_his_own_code_alone),
        ballot_test(a_vote_touches_no_tag_that_others_hold),
        ballot_test(a_roll_that_is_none_opens_no_ballot),
        ballot_test(the_roll_of_an_open_ballot_cannot_change),
        ballot_test(an_opening_is_taken_back_only_before_the_first_vote),
        ballot_test(votes_survive_the_annulment_of_what_left_the_ballot),
        ballot_test(groups_are_counted_apart),
        ballot_test(the_record_of_a_vote_says_nothing_beside_the_fact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
