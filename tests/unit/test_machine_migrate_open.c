/* SPDX-License-Identifier: Apache-2.0 */
/* What is half done moves to another version where that means the same by it (T7). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "machine/migrate.h"
#include "tests/support/ground.h"
#include "tests/support/versions.h"

static const struct visit *
any_visit(const struct case_state *c, bool (*is)(const struct visit *))
{
    for (uint32_t i = 0; i < c->n_visit; i++)
        if (is(&c->visit[i]))
            return &c->visit[i];
    return NULL;
}

static bool
has_votes(const struct visit *v)
{
    return v->votes != NULL;
}

static bool
has_signature(const struct visit *v)
{
    return v->n_signature > 0 && !strcmp(v->signature[0].action, "pass");
}

static bool
has_element(const struct visit *v)
{
    return v->element != NULL;
}

static bool
votes(const struct workflow *w, const struct case_state *c)
{
    (void)w;
    return any_visit(c, has_votes);
}

static bool
signs(const struct workflow *w, const struct case_state *c)
{
    (void)w;
    return any_visit(c, has_signature);
}

/* Of the list whose join asks its tally. */
static bool
lists(const struct workflow *w, const struct case_state *c)
{
    const struct visit *v = any_visit(c, has_element);

    return v && case_visit(c, v->parent) &&
           w->step[case_visit(c, v->parent)->step].join == JOIN_WHEN;
}

static bool
has_children(const struct workflow *w, const struct case_state *c)
{
    for (uint32_t i = 0; i < c->n_visit; i++)
        if (!strcmp(w->step[c->visit[i].step].path, "first") && c->n_child)
            return true;
    return false;
}

/* How a migration to @to ends for the case @c: the refusal's detail; NULL: it moves. */
static const char *
refusal(const struct workflow *from, const struct workflow *to, const struct case_state *c,
        instant now)
{
    const struct setting s = {.workflow = from, .calendar = ground.calendar, .now = now};
    static const char *const role[] = {"administrator"};
    struct migration m;
    const struct command cmd = {.kind = COMMAND_MIGRATE,
                                .actor = {.id = "zhao", .role = role, .n_role = 1, .district = "*"},
                                .revision = -1,
                                .migration = &m};
    struct outcome out;
    struct error e;

    migration_plain(&scratch, from, to, &m);
    return machine_decide(&s, c, &cmd, &scratch, &out, NULL, &e) ? NULL
                                                                 : arena_strdup(&scratch, e.detail);
}

/* Something comes due before whatever is commanded next: a vote until a day that is past. */
static bool
comes_due(const struct case_state *c, instant now)
{
    return c->alarm != INSTANT_NONE && c->alarm < now;
}

static void
t07_half_done_things_move_only_where_they_mean_the_same(void **state)
{
    static const struct {
        const char *workflow;
        bool (*half_done)(const struct workflow *, const struct case_state *);
        const char *was, *is, *why;
    } row[] = {
        {"creditors-meeting", votes, "\"replace\":true", "\"replace\":false", "another one"},
        {"creditors-meeting", votes, "{\"*\":[3,", "{\"*\":[4,", "another one"},
        {"creditors-meeting", votes, "\"abstain\":{", "\"absent\":{", "another one"},
        {"lists", signs, "[\"reviewer\",\"head\"]", "[\"head\",\"reviewer\"]", "other signers"},
        {"lists", lists, "{\"var\":\"tally.counted\"},2]", "{\"var\":\"tally.counted\"},3]",
         "in another way"},
        {"children", has_children, "\"workflow\":\"shop\"", "\"workflow\":\"stall\"",
         "other child"},
        {"children", has_children, "[\"cancel\",\"stop\",\"withdraw\"]",
         "[\"cancel\",\"withdraw\"]", "in another way"},
        {"children", has_children,
         "{\"as\":\"name\",\"cascade\":[\"cancel\",\"stop\",\"withdraw\"]",
         "{\"applicant\":{\"kind\":\"enterprise\",\"name\":{\"var\":\"each.name\"}},\"as\":"
         "\"name\",\"cascade\":[\"stop\"]",
         "of another applicant"},
    };
    struct chance c = {.state = 31};

    (void)state;
    for (size_t r = 0; r < sizeof(row) / sizeof(*row); r++) {
        uint32_t n = 0;

        for (int tries = 0; n < 5 && tries < 3000; tries++) {
            struct walk k = {.calendar = ground.calendar, .chance = &c, .a = &scratch};
            const struct workflow *to;
            const char *why;

            arena_reset(&scratch);
            for (size_t i = 0; i < ground.n; i++)
                if (!strcmp(ground.workflow[i]->id, row[r].workflow))
                    k.w = ground.workflow[i];
            walk_some(&k, 2 + chance_below(&c, 8));
            /* Before a ballot whose end has passed is moved it is closed. */
            if (!k.timely.c || k.timely.c->phase != PHASE_OPEN ||
                !row[r].half_done(k.w, k.timely.c) || comes_due(k.timely.c, k.now))
                continue;
            why = refusal(k.w, version_noting(&scratch, k.w), k.timely.c, k.now);
            if (why)
                fail_msg("%s: %s\n%s", k.w->id, why, k.story.at);
            to = version_of(&scratch, text_replaced(&scratch, k.w->text, row[r].was, row[r].is));
            assert_non_null(to);
            why = refusal(k.w, to, k.timely.c, k.now);
            if (!why || !strstr(why, row[r].why))
                fail_msg("%s without %s: %s\n%s", k.w->id, row[r].was, why ? why : "moved",
                         k.story.at);
            n++;
        }
        if (n < 5)
            fail_msg("%u of %s", n, row[r].workflow);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t07_half_done_things_move_only_where_they_mean_the_same),
    };

    return cmocka_run_group_tests(tests, ground_set_up, ground_tear_down);
}
