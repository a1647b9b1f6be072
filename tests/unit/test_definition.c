/* SPDX-License-Identifier: Apache-2.0 */
/* What a definition is compiled to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "definition/definition.h"
#include "definition/digest.h"
#include "definition/json.h"

static struct arena arena;
static const struct workflow *w;

static const struct workflow *
compile(const char *text)
{
    struct problems problems = {.arena = &arena};
    const struct organisation nothing = {.data = NULL};
    const struct workflow *out;
    struct value source;
    struct error e;

    assert_true(json_read(&arena, text, strlen(text), true, &source, &e));
    if (definition_read(&arena, &source, NULL, &nothing, NULL, &out, &problems))
        return out;
    for (size_t i = 0; i < problems.n; i++)
        print_message("%u: %d %s\n", problems.item[i].line, problems.item[i].number,
                      problems.item[i].text);
    return NULL;
}

static int
start(void **state)
{
    struct problems problems = {.arena = &arena};
    const struct organisation nothing = {.data = NULL};
    struct value source;
    struct error e;

    (void)state;
    if (!json_read_file(&arena, "tests/definitions/sound.json", &source, &e))
        return -1;
    return definition_read(&arena, &source, "sound.json", &nothing, NULL, &w, &problems) ? 0 : -1;
}

static int
stop(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static const struct step *
step(const char *path)
{
    const uint16_t i = workflow_step(w, path);

    assert_int_not_equal(i, NONE);
    return &w->step[i];
}

static const struct clock_rule *
rule(const char *id)
{
    const uint16_t i = workflow_clock(w, id);

    assert_int_not_equal(i, NONE);
    return &w->clock[i];
}

static void
regions_come_after_the_one_around_them_and_branches_side_by_side(void **state)
{
    static const char *const path[] = {"", "checks.fire", "checks.site", "checks.tax", "review"};

    (void)state;
    assert_int_equal(w->n_region, 5);
    for (uint16_t i = 0; i < w->n_region; i++) {
        assert_string_equal(w->region[i].path, path[i]);
        assert_true(i == 0 || w->region[i].parent < i);
    }
    assert_int_equal(step("checks")->first_region, 1);
    assert_int_equal(step("checks")->n_region, 3);
    assert_true(region_within(w, 2, 0));
    assert_false(region_within(w, 0, 2));
    assert_false(region_within(w, 1, 2));
}

static void
steps_of_a_region_stand_together_in_the_order_of_their_ids(void **state)
{
    (void)state;
    for (uint16_t i = 0; i < w->n_step; i++) {
        assert_int_equal(w->step[i].index, i);
        if (i && w->step[i].region == w->step[i - 1].region)
            assert_true(strcmp(w->step[i - 1].id, w->step[i].id) < 0);
        else if (i)
            assert_true(w->step[i - 1].region < w->step[i].region);
    }
}

static void
a_move_goes_to_the_nearest_step_of_that_name_outward(void **state)
{
    const struct action *fail_first = step_action(step("review.first"), "fail");
    const struct action *pass = step_action(step("checks.fire.check"), "pass");

    (void)state;
    assert_int_equal(fail_first->to.kind, TARGET_STEP);
    assert_string_equal(w->step[fail_first->to.step].path, "refused");
    assert_string_equal(w->step[pass->to.step].path, "checks.fire.passed");
    assert_int_equal(step_action(step("review.second"), "pass")->to.kind, TARGET_DONE);
    assert_int_equal(step_action(step("accept"), "note")->to.kind, TARGET_NONE);
    assert_null(step_action(step("accept"), "nothing"));
}

static void
actors_are_roles_the_applicant_the_public_and_systems(void **state)
{
    (void)state;
    assert_int_equal(step("accept")->by, ACTOR_ROLE);
    assert_string_equal(step("accept")->role, "window");
    assert_int_equal(step("correction")->by, ACTOR_APPLICANT);
    assert_int_equal(step("checks.tax.ask")->by, ACTOR_SYSTEM);
    assert_string_equal(step("checks.tax.ask")->role, "tax");
    assert_int_equal(step("publicity")->by, ACTOR_PUBLIC);
    assert_int_equal(step("review.second")->n_distinct_from, 1);
    assert_ptr_equal(&w->step[step("review.second")->distinct_from[0]], step("review.first"));
}

static void
moves_come_before_reminders_among_the_timers(void **state)
{
    const struct step *s = step("correction");

    (void)state;
    assert_int_equal(s->n_timer, 2);
    assert_int_equal(s->timer[0].limit.n, 5);
    assert_string_equal(w->step[s->timer[0].to.step].id, "lapsed");
    assert_int_equal(s->timer[1].limit.n, 3);
    assert_int_equal(s->timer[1].to.kind, TARGET_NONE);
    assert_int_equal(s->timer[1].effects.item[0].kind, EFFECT_SEND);
}

static void
a_steps_limit_is_a_clock_named_by_its_path(void **state)
{
    const struct clock_rule *c = rule("review.first");

    (void)state;
    assert_true(c->is_limit);
    assert_int_equal(c->kind, CLOCK_PROMISED);
    assert_int_equal(c->scope, step("review.first")->index);
    assert_int_equal(c->from, MARK_OPENED);
    assert_int_equal(c->to, MARK_CLOSED);
    assert_int_equal(c->arm[0].limit.n, 3);
    assert_string_equal(c->title.zh, "初审");
    assert_string_equal(rule("checks.site.visit:report")->title.zh, "承诺时限");
    assert_ptr_equal(&w->clock[step("checks.site.visit")->clock[1]],
                     rule("checks.site.visit:report"));
}

static void
a_clock_keeps_what_was_said_of_it(void **state)
{
    const struct clock_rule *promised = rule("promised"), *statutory = rule("statutory");

    (void)state;
    assert_int_equal(promised->scope, NONE);
    assert_int_equal(promised->n_arm, 2);
    assert_non_null(promised->arm[0].when);
    assert_null(promised->arm[1].when);
    assert_int_equal(promised->n_over, 3);
    assert_string_equal(w->region[promised->over[0]].path, "review");
    assert_string_equal(w->mark[promised->from], "accepted");
    assert_int_equal(statutory->stops_when, STOPS_WHEN_ANY);
    assert_int_equal(statutory->extension.n, 10);
    assert_string_equal(statutory->extension_by, "head");
    assert_true(rule("opening")->applicant && rule("opening")->continuous);
    assert_non_null(rule("opening")->arm[0].date);
}

static void
several_names_in_one_set_are_effects_in_order(void **state)
{
    const struct action *a = step_action(step("accept"), "accept");

    (void)state;
    assert_int_equal(a->effects.n, 2);
    assert_string_equal(a->effects.item[0].name, "case.large");
    assert_string_equal(a->effects.item[1].name, "form.remark");
    assert_string_equal(w->mark[a->marks.item[0]], "accepted");
}

static void
the_short_form_of_an_input_asks_for_texts_and_nothing_else(void **state)
{
    const struct action *a = step_action(step("accept"), "correct");
    const struct form_field f = form_field(a->input, "missing");
    struct member m[2] = {{"missing", 7, value_borrow("章程")}, {"other", 5, value_int(1)}};
    const struct value good = value_object(&arena, m, 1), more = value_object(&arena, m, 2);

    (void)state;
    assert_true(f.declared && f.required);
    assert_int_equal(f.kind, VALUE_STRING);
    assert_int_equal(form_check(a->input, &good, &arena).n, 0);
    assert_int_equal(form_check(a->input, &more, &arena).n, 1);
    assert_string_equal(a->why_en, "Say what is missing");
}

static void
the_version_ignores_comments_and_the_order_of_keys(void **state)
{
    static const char one[] =
        "{\"$schema\":\"x\",\"id\":\"a\",\"title\":{\"zh\":\"一\",\"en\":\"One\"},"
        "\"lead\":\"x\",\"applicant\":\"enterprise\",\"effective\":{\"from\":\"2022-01-01\"},"
        "\"start\":\"e\",\"steps\":{\"e\":{\"title\":{\"zh\":\"终\",\"en\":\"End\"},\"end\":"
        "\"granted\"}}}";
    static const char two[] =
        "{\"$comment\":[1],\"steps\":{\"$comment\":\"y\",\"e\":{\"end\":\"granted\",\"$comment\":2,"
        "\"title\":{\"en\":\"End\",\"zh\":\"终\"}}},\"start\":\"e\",\"effective\":{\"from\":"
        "\"2022-01-01\"},\"applicant\":\"enterprise\",\"lead\":\"x\",\"title\":{\"en\":\"One\","
        "\"zh\":\"\\u4e00\"},\"id\":\"a\"}";
    const struct workflow *a = compile(one), *b = compile(two);
    char hash[DIGEST_TEXT];

    (void)state;
    assert_true(a && b);
    assert_string_equal(a->hash, b->hash);
    assert_string_equal(a->text, b->text);
    assert_null(strstr(a->text, "$"));
    digest_text(a->text, a->text_len, hash);
    assert_string_equal(a->hash, hash);
    assert_string_equal(a->open_by[0], "window");
}

static void
a_stored_version_is_restored_as_it_was(void **state)
{
    const struct workflow *again;
    struct error e;

    (void)state;
    assert_true(definition_restore(&arena, w->text, w->text_len, &again, &e));
    assert_string_equal(again->hash, w->hash);
    assert_int_equal(again->n_step, w->n_step);
    assert_int_equal(again->n_clock, w->n_clock);
    for (uint16_t i = 0; i < w->n_step; i++)
        assert_string_equal(again->step[i].path, w->step[i].path);
    for (uint16_t i = 0; i < w->n_mark; i++)
        assert_string_equal(again->mark[i], w->mark[i]);
}

static void
what_is_no_definition_is_not_restored(void **state)
{
    static const char *const text[] = {"", "{", "[]", "{\"id\":\"a\"}"};
    const struct workflow *out = NULL;
    struct error e;

    (void)state;
    for (size_t i = 0; i < sizeof(text) / sizeof(*text); i++) {
        assert_false(definition_restore(&arena, text[i], strlen(text[i]), &out, &e));
        assert_int_equal(e.code, ERROR_DEFINITION_INVALID);
        assert_null(out);
    }
}

static void
pointers_lead_to_where_a_part_stands(void **state)
{
    (void)state;
    assert_string_equal(step_pointer(&arena, w, step("checks.fire.check")->index),
                        "/steps/checks/branches/fire/steps/check");
    assert_string_equal(region_pointer(&arena, w, 4), "/steps/review");
    assert_string_equal(clock_pointer(&arena, w, workflow_clock(w, "review")),
                        "/steps/review/limit");
    assert_string_equal(clock_pointer(&arena, w, workflow_clock(w, "checks.site.visit:report")),
                        "/steps/checks/branches/site/steps/visit/clocks/report");
}

/* Whether @text is a definition without errors; of a house that has nothing. */
static bool
is_sound(const char *text, struct problems *problems)
{
    const struct organisation nothing = {.data = NULL};
    const struct workflow *out;
    struct value source;
    struct error e;

    assert_true(json_read(&arena, text, strlen(text), true, &source, &e));
    return definition_read(&arena, &source, NULL, &nothing, NULL, &out, problems);
}

static void
what_a_wait_or_a_limit_ends_at_is_proved_to_be_a_date(void **state)
{
    static const char *const format[] = {"", ",\"format\":\"date\""};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const char *text = arena_printf(
            &arena,
            "{\"id\":\"a\",\"title\":{\"zh\":\"a\",\"en\":\"a\"},\"lead\":\"x\","
            "\"applicant\":\"enterprise\",\"effective\":{\"from\":\"2022-01-01\"},"
            "\"form\":{\"type\":\"object\",\"required\":[\"day\"],\"properties\":"
            "{\"day\":{\"type\":\"string\"%s}}},\"start\":\"w\",\"steps\":{"
            "\"w\":{\"title\":{\"zh\":\"a\",\"en\":\"a\"},\"wait\":{\"until\":"
            "{\"var\":\"form.day\"}},\"to\":\"e\",\"limit\":{\"date\":{\"var\":"
            "\"form.day\"}}},\"e\":{\"title\":{\"zh\":\"a\",\"en\":\"a\"},\"end\":\"lapsed\"}}}",
            format[i]);
        struct problems problems = {.arena = &arena};

        assert_int_equal(is_sound(text, &problems), i == 1);
        assert_int_equal(problems.n, i == 1 ? 0 : 2);
        if (i == 0)
            assert_string_equal(problems.item[0].pointer, "/steps/w/limit/date");
    }
}

/* A name of the case that is only ever set to dates is one; what one other set gives, is not. */
static void
a_name_set_to_dates_is_known_to_be_one(void **state)
{
    static const char *const given[] = {"{\"var\":\"form.day\"}", "\"soon\""};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const char *text = arena_printf(
            &arena,
            "{\"id\":\"a\",\"title\":{\"zh\":\"a\",\"en\":\"a\"},\"lead\":\"x\","
            "\"applicant\":\"enterprise\",\"effective\":{\"from\":\"2022-01-01\"},"
            "\"form\":{\"type\":\"object\",\"required\":[\"day\"],\"properties\":"
            "{\"day\":{\"type\":\"string\",\"format\":\"date\"}}},\"start\":\"w\",\"steps\":{"
            "\"w\":{\"title\":{\"zh\":\"a\",\"en\":\"a\"},\"wait\":{\"until\":"
            "{\"var\":[\"case.b\",\"2026-03-02\"]}},\"to\":\"e\",\"actions\":{\"n\":{\"title\":"
            "{\"zh\":\"a\",\"en\":\"a\"},\"do\":[{\"set\":{\"case.a\":{\"plusTime\":[{\"var\":"
            "\"form.day\"},1,\"day\"]}}},{\"set\":{\"case.a\":%s}},{\"set\":{\"case.b\":{\"var\":"
            "[\"case.a\",\"2026-03-02\"]}}}]}}},\"e\":{\"title\":{\"zh\":\"a\",\"en\":\"a\"},"
            "\"end\":\"lapsed\"}}}",
            given[i]);
        struct problems problems = {.arena = &arena};

        assert_int_equal(is_sound(text, &problems), i == 0);
        assert_int_equal(problems.n, i);
        if (i == 1)
            assert_string_equal(problems.item[0].pointer, "/steps/w/wait/until");
    }
}

/* A condition on what never is would always fail, and nobody would know why. */
static void
only_branches_have_outcomes(void **state)
{
    static const char *const asked[] = {"p.b", "p", "p.b.t", "g"};

    (void)state;
    for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
        const char *text = arena_printf(
            &arena,
            "{\"id\":\"a\",\"title\":{\"zh\":\"a\",\"en\":\"a\"},\"lead\":\"x\","
            "\"applicant\":\"enterprise\",\"effective\":{\"from\":\"2022-01-01\"},\"start\":\"g\","
            "\"steps\":{\"g\":{\"title\":{\"zh\":\"a\",\"en\":\"a\"},\"start\":\"t\",\"to\":\"p\","
            "\"steps\":{\"t\":{\"title\":{\"zh\":\"a\",\"en\":\"a\"},\"by\":\"window\",\"actions\":"
            "{\"d\":{\"title\":{\"zh\":\"a\",\"en\":\"a\"},\"to\":\"$done\"}}}}},"
            "\"p\":{\"title\":{\"zh\":\"a\",\"en\":\"a\"},\"join\":\"all\",\"to\":\"q\","
            "\"branches\":"
            "{\"b\":{\"title\":{\"zh\":\"a\",\"en\":\"a\"},\"start\":\"t\",\"steps\":{\"t\":{"
            "\"title\":"
            "{\"zh\":\"a\",\"en\":\"a\"},\"by\":\"window\",\"actions\":{\"d\":{\"title\":{\"zh\":"
            "\"a\","
            "\"en\":\"a\"},\"to\":\"$done\"}}}}}}},\"q\":{\"decide\":[{\"when\":{\"===\":[{\"var\":"
            "[\"step.%s.outcome\",\"\"]},\"done\"]},\"to\":\"e\"},{\"to\":\"e\"}]},"
            "\"e\":{\"title\":{\"zh\":\"a\",\"en\":\"a\"},\"end\":\"lapsed\"}}}",
            asked[i]);
        struct problems problems = {.arena = &arena};

        assert_int_equal(is_sound(text, &problems), i == 0);
        if (i)
            assert_string_equal(problems.item[0].text,
                                arena_printf(&arena,
                                             "step.%s.outcome is not declared; only a branch of a "
                                             "parallel step has an outcome",
                                             asked[i]));
    }
}

/* The first block of JSON in the language's manual. */
static const char *
manuals_example(void)
{
    char *text = arena_array(&arena, 100000, char);
    FILE *f = fopen("engine/definition/README.md", "re");
    char *from, *to;

    assert_non_null(f);
    assert_true(fread(text, 1, 99999, f) > 0);
    (void)fclose(f);
    from = strstr(text, "```json\n");
    assert_non_null(from);
    from += strlen("```json\n");
    to = strstr(from, "```");
    assert_non_null(to);
    *to = 0;
    return from;
}

static void
the_manuals_example_is_sound(void **state)
{
    (void)state;
    assert_non_null(compile(manuals_example()));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regions_come_after_the_one_around_them_and_branches_side_by_side),
        cmocka_unit_test(steps_of_a_region_stand_together_in_the_order_of_their_ids),
        cmocka_unit_test(a_move_goes_to_the_nearest_step_of_that_name_outward),
        cmocka_unit_test(actors_are_roles_the_applicant_the_public_and_systems),
        cmocka_unit_test(moves_come_before_reminders_among_the_timers),
        cmocka_unit_test(a_steps_limit_is_a_clock_named_by_its_path),
        cmocka_unit_test(a_clock_keeps_what_was_said_of_it),
        cmocka_unit_test(several_names_in_one_set_are_effects_in_order),
        cmocka_unit_test(the_short_form_of_an_input_asks_for_texts_and_nothing_else),
        cmocka_unit_test(the_version_ignores_comments_and_the_order_of_keys),
        cmocka_unit_test(a_stored_version_is_restored_as_it_was),
        cmocka_unit_test(what_is_no_definition_is_not_restored),
        cmocka_unit_test(pointers_lead_to_where_a_part_stands),
        cmocka_unit_test(what_a_wait_or_a_limit_ends_at_is_proved_to_be_a_date),
        cmocka_unit_test(a_name_set_to_dates_is_known_to_be_one),
        cmocka_unit_test(only_branches_have_outcomes),
        cmocka_unit_test(the_manuals_example_is_sound),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
