/* SPDX-License-Identifier: Apache-2.0 */
/* What a plan says becomes of clocks, and where no case may go (T7). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "definition/json.h"
#include "machine/migrate.h"
#include "tests/support/city.h"
#include "tests/support/desk.h"
#include "tests/support/versions.h"

/* A law's and a promised limit, and in the second step two of its own. */
static const char members[] =
    "'clocks': {'law': {'kind': 'statutory', 'limit': '20 working days', 'from': 'opened', 'to':"
    " 'closed'}, 'promise': {'kind': 'promised', 'limit': '%s', 'from': 'opened', 'to': 'closed'}},"
    " 'start': 'a', 'steps': {'a': {'by': 'window', 'limit': '1 working day', 'actions': {'go':"
    " 'b'}}, 'b': {'by': 'window', 'limit': '4 working days', 'clocks': {'look': {'kind':"
    " 'promised', 'limit': '3 working days', 'from': 'opened', 'to': 'closed'}}, 'actions': {'end':"
    " %s}}, 'over': {'end': 'over'}}";

static const struct workflow *from;
static struct case_state *before;

/* A case in step b since Wednesday, opened on Monday; it is Thursday, and there is a new version.
 */
static void
open_and_change(const char *promise, const char *end)
{
    desk.calendar = city_calendar(&desk.arena);
    desk_define(arena_printf(&desk.arena, members, "10 working days", "'over'"));
    from = desk.w;
    desk_at("2026-03-02 09:00");
    desk_open("{}");
    desk_at("2026-03-04 09:00");
    desk_act("window", "go");
    before = desk.c;
    desk_define(arena_printf(&desk.arena, members, promise, end));
    desk_at("2026-03-05 09:00");
}

static bool
read_plan(const char *workflow, const char *clocks, struct migration *m)
{
    const char *text = arena_printf(&desk.arena,
                                    "{\"workflow\":\"%s\",\"from\":\"%s\",\"to\":\"%s\",\"reason\":"
                                    "\"r\",\"clocks\":{%s}}",
                                    workflow, from->hash, desk.w->hash, clocks);
    struct value plan;

    assert_true(json_read(&desk.arena, text, strlen(text), false, &plan, &desk.e));
    return migration_read(&desk.arena, from, desk.w, &plan, m, &desk.e);
}

/* What a migration by @m makes of the case; NULL: it is refused, with desk.e. */
static struct case_state *
moved(struct migration *m)
{
    const struct setting s = {.workflow = from, .calendar = desk.calendar, .now = desk.now};
    struct command cmd = desk_command(COMMAND_MIGRATE, "administrator");

    cmd.migration = m;
    return machine_decide(&s, before, &cmd, &desk.arena, &desk.out, NULL, &desk.e) ? desk.out.next
                                                                                   : NULL;
}

enum fates { KEEP, RESTART, DROP, FATES };

struct fated {
    const char *clock;
    const char *due[FATES]; /* NULL: it is gone */
};

/* Of all clocks the @which-th way of saying what becomes of each. */
static void
fates_of(int which, int n, enum fates *fate)
{
    for (int i = 0; i < n; i++, which /= FATES)
        fate[i] = (enum fates)(which % FATES);
}

static const struct case_clock *
find_clock(const struct case_state *c, const char *rule)
{
    const struct case_clock *found = NULL;

    for (uint32_t i = 0; i < c->n_clock; i++) {
        assert_true(!i || c->clock[i].id > c->clock[i - 1].id);
        if (c->clock[i].verdict == VERDICT_OPEN &&
            !strcmp(desk.w->clock[c->clock[i].rule].id, rule)) {
            assert_null(found);
            found = &c->clock[i];
        }
    }
    return found;
}

/* It is found again in what is stored, and the case ends as it would have. */
static void
lives_on(const struct case_state *c)
{
    const struct setting s = {.workflow = desk.w, .calendar = desk.calendar, .now = desk.now};
    const struct command cmd = desk_action("window", "end", NULL);
    struct case_state *again = case_new(&desk.arena, desk.w);
    struct text t = text_new(&desk.arena);
    struct value state;

    case_write(&t, desk.w, c);
    assert_true(json_read(&desk.arena, t.at, t.len, false, &state, &desk.e));
    again->number = c->number;
    if (!case_read(&desk.arena, desk.w, &state, &c->form, again, &desk.e) ||
        !machine_decide(&s, again, &cmd, &desk.arena, &desk.out, NULL, &desk.e))
        fail_msg("%s", desk.e.detail);
    assert_int_equal(desk.out.next->phase, PHASE_CLOSED);
}

static void
t07_each_clock_is_kept_restarted_or_dropped_whatever_becomes_of_the_others(void **state)
{
    static const struct fated clock[] = {
        {"law", {"2026-03-30 17:00", "2026-04-02 17:00", NULL}},
        {"promise", {"2026-03-18 17:00", "2026-03-23 17:00", NULL}},
        {"b", {"2026-03-10 17:00", "2026-03-11 17:00", NULL}},
        {"b:look", {"2026-03-09 17:00", "2026-03-10 17:00", NULL}},
    };
    static const char *const word[] = {"keep", "restart", "drop"};
    enum { N = sizeof(clock) / sizeof(*clock) };

    (void)state;
    for (int which = 0; which < FATES * FATES * FATES * FATES; which++) {
        struct text plan;
        enum fates fate[N];
        struct migration m;
        struct case_state *c = NULL;

        open_and_change("12 working days", "'over'");
        plan = text_new(&desk.arena);
        fates_of(which, N, fate);
        for (int i = 0; i < N; i++)
            text_printf(&plan, "%s\"%s\":\"%s\"", i ? "," : "", clock[i].clock, word[fate[i]]);
        if (!read_plan("test", plan.at, &m) || !(c = moved(&m)))
            fail_msg("%s: %s", plan.at, desk.e.detail);
        for (int i = 0; i < N; i++) {
            const struct case_clock *k = find_clock(c, clock[i].clock);
            const char *due = clock[i].due[fate[i]];

            assert_int_equal(k != NULL, due != NULL);
            if (k && k->due != desk_moment(due))
                fail_msg("%s: %s is not due at %s", plan.at, clock[i].clock, due);
        }
        lives_on(c);
    }
}

/* What a step calls its clock is that clock, whatever the step is called. */
static void
t07_a_step_with_another_name_keeps_its_clocks(void **state)
{
    struct migration m;
    struct case_state *c;
    struct value plan;
    const char *text;

    (void)state;
    open_and_change("12 working days", "'over'");
    desk_define(text_replaced(&desk.arena,
                              arena_printf(&desk.arena, members, "12 working days", "'over'"),
                              "'b'", "'c'"));
    desk_at("2026-03-05 09:00");
    text = arena_printf(&desk.arena,
                        "{\"workflow\":\"test\",\"from\":\"%s\",\"to\":\"%s\",\"reason\":\"r\","
                        "\"steps\":{\"b\":\"c\"}}",
                        from->hash, desk.w->hash);
    assert_true(json_read(&desk.arena, text, strlen(text), false, &plan, &desk.e));
    assert_true(migration_read(&desk.arena, from, desk.w, &plan, &m, &desk.e));
    c = moved(&m);
    assert_non_null(c);
    assert_int_equal(c->n_clock, before->n_clock);
    for (uint32_t i = 0; i < c->n_clock; i++) {
        assert_int_equal(c->clock[i].id, before->clock[i].id);
        assert_int_equal(c->clock[i].started, before->clock[i].started);
    }
    assert_int_equal(find_clock(c, "c")->due, desk_moment("2026-03-10 17:00"));
    assert_non_null(find_clock(c, "c:look"));
    lives_on(c);
}

static void
t07_a_plan_is_of_its_own_workflow(void **state)
{
    struct migration m;

    (void)state;
    open_and_change("12 working days", "'over'");
    assert_true(read_plan("test", "", &m));
    for (int i = 0; i < 2; i++) {
        assert_false(read_plan(i ? "tes" : "other", "", &m));
        assert_int_equal(desk.e.code, ERROR_BAD_FILE);
        assert_string_equal(desk.e.pointer, "/workflow");
    }
}

/* The form of this case says so for ever, and the new version has nothing else to offer. */
static void
t07_a_case_is_not_moved_to_where_nobody_can_act(void **state)
{
    static const struct {
        const char *end;
        bool moves;
    } row[] = {
        {"{'to': 'over', 'when': {'===': [{'var': 'case.district'}, '371599']}}", false},
        {"{'to': 'over', 'when': {'!==': [{'var': 'case.district'}, '371599']}}", true},
        {"{'to': 'over', 'when': {'===': [{'var': 'actor.id'}, 'li']}}", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
        struct migration m;

        open_and_change("10 working days", row[i].end);
        assert_true(read_plan("test", "", &m));
        assert_int_equal(moved(&m) != NULL, row[i].moves);
        if (!row[i].moves) {
            assert_int_equal(desk.e.code, ERROR_MIGRATION_REFUSED);
            assert_non_null(strstr(desk.e.detail, "nobody could act in it any more: b"));
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            t07_each_clock_is_kept_restarted_or_dropped_whatever_becomes_of_the_others, desk_setup,
            desk_teardown),
        cmocka_unit_test_setup_teardown(t07_a_step_with_another_name_keeps_its_clocks, desk_setup,
                                        desk_teardown),
        cmocka_unit_test_setup_teardown(t07_a_plan_is_of_its_own_workflow, desk_setup,
                                        desk_teardown),
        cmocka_unit_test_setup_teardown(t07_a_case_is_not_moved_to_where_nobody_can_act, desk_setup,
                                        desk_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
