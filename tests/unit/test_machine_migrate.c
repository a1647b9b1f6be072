/* SPDX-License-Identifier: Apache-2.0 */
/* Cases moved to another version of their workflow (T7): populations, and each rule of a plan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "definition/json.h"
#include "machine/history.h"
#include "machine/migrate.h"
#include "machine/notes.h"
#include "machine/stands.h"
#include "tests/support/ground.h"
#include "tests/support/sanitized.h"
#include "tests/support/versions.h"

enum { CASES = SANITIZED ? 300 : 3000, AFTERWARDS = 8 };

static int
forget(void **state)
{
    (void)state;
    arena_reset(&scratch);
    return 0;
}

enum change { CHANGE_LIMIT, CHANGE_NOTE, CHANGE_JOIN, CHANGE_NAME, CHANGES };

/* Another version: limits, an action more, a join changed, a step renamed. */
static const struct workflow *
changed(const struct workflow *w, struct chance *c, enum change change, struct text *steps)
{
    const struct step *s = &w->step[chance_below(c, w->n_step)];
    const char *fresh = arena_printf(&scratch, "%s-x", s->id);
    const char *text = w->text, *next;
    const struct workflow *to;

    switch (change) {
    case CHANGE_LIMIT:
        next = text_replaced(&scratch, text, "\"limit\":\"2", "\"limit\":\"3");
        break;
    case CHANGE_NOTE:
        return version_noting(&scratch, w);
    case CHANGE_JOIN:
        next = text_replaced(&scratch, text, "\"join\":\"all\"", "\"join\":\"any\"");
        break;
    default:
        next = text_replaced(&scratch, text, arena_printf(&scratch, "\"%s\"", s->id),
                             arena_printf(&scratch, "\"%s\"", fresh));
        to = version_of(&scratch, next);
        /* Steps that bear the same name are renamed with it. */
        for (uint16_t i = 0; to && to->n_step == w->n_step && i < w->n_step; i++)
            for (uint16_t k = 0; k < to->n_step; k++)
                if (to->step[k].line == w->step[i].line &&
                    strcmp(to->step[k].path, w->step[i].path) &&
                    to->step[k].kind == w->step[i].kind &&
                    text_replaced(&scratch, w->step[i].path, s->id, fresh) &&
                    !strcmp(to->step[k].path,
                            text_replaced(&scratch, w->step[i].path, s->id, fresh)))
                    put_member_string(steps, w->step[i].path, to->step[k].path);
        return to;
    }
    return version_of(&scratch, next);
}

static const char *
state_of(const struct workflow *w, const struct case_state *c)
{
    struct text t = text_new(&scratch);

    case_write(&t, w, c);
    value_write(&t, &c->form);
    return t.at;
}

/*
 * Somebody or something can go on in every place the case is at.  A wait that came back by the
 * annulment of its end waits for the withdrawal that contradicted that.
 */
static bool
can_go_on(const struct workflow *w, const struct case_state *c)
{
    for (uint32_t i = 0; i < c->n_visit; i++) {
        const struct visit *v = &c->visit[i];
        const struct step *s = &w->step[v->step];
        bool on = s->n_action > 0 || s->n_on > 0 || s->children || v->wait_until != INSTANT_NONE ||
                  (w->withdraw && c->n_annulled);

        for (uint16_t t = 0; t < s->n_timer; t++)
            on = on || v->timer[t] != INSTANT_NONE;
        for (uint32_t k = 0; k < c->n_visit; k++)
            on = on || c->visit[k].parent == v->id;
        if (!on)
            return false;
    }
    return c->n_visit > 0;
}

static struct command
migrate(const struct migration *m)
{
    static const char *const role[] = {"administrator"};

    return (struct command){.kind = COMMAND_MIGRATE,
                            .actor = {.id = "zhao", .role = role, .n_role = 1, .district = "*"},
                            .revision = -1,
                            .migration = m};
}

/* The records from the first on give the same state, across the versions. */
static void
check_replay(const struct walk *k, const struct migration *m, const struct outcome *out)
{
    struct setting s = {.workflow = m->from, .calendar = ground.calendar};
    struct case_state *c = case_new(&scratch, m->from), *begun = case_new(&scratch, m->to);
    struct value record;
    struct error e;

    c->number = k->timely.c->number;
    for (size_t i = 0; i < k->timely.n_record + out->n_record; i++) {
        const char *text = i < k->timely.n_record ? k->timely.record[i] : NULL;
        struct text t = text_new(&scratch);

        if (!text) {
            record_write(&t, m->from, &out->record[i - k->timely.n_record]);
            text = t.at;
        }
        assert_true(json_read(&scratch, text, strlen(text), false, &record, &e));
        assert_int_equal(record_into(&record) != NULL, i + 1 == k->timely.n_record + out->n_record);
        s.into = record_into(&record) ? m->to : NULL;
        if (!machine_replay(&s, c, &record, &scratch, &e))
            fail_msg("%s: %s\n%s", m->from->id, e.detail, k->story.at);
    }
    assert_string_equal(state_of(m->to, c), state_of(m->to, out->next));
    s = (struct setting){.workflow = m->to, .calendar = ground.calendar};
    begun->number = c->number;
    assert_true(migrate_begin(&s, begun, &record, &scratch, &e));
    begun->commitment = c->commitment;
    begun->n_commitment = c->n_commitment;
    assert_string_equal(state_of(m->to, begun), state_of(m->to, c));
}

/* Appends what was decided under @w to the case's history. */
static void
remember(struct walk_life *life, const struct workflow *w, const struct outcome *out)
{
    for (uint32_t i = 0; i < out->n_record; i++) {
        struct text t = text_new(&scratch);
        struct error e;

        record_write(&t, w, &out->record[i]);
        life->value = arena_grow(&scratch, life->value, life->n_record, sizeof(*life->value));
        assert_true(
            json_read(&scratch, t.at, strlen(t.at), false, &life->value[life->n_record++], &e));
    }
}

/* The history since the move, and the clocks' own before it, give when they stood. */
static void
check_courses(const struct walk *k, const struct workflow *w, const struct case_state *c)
{
    struct history h;
    struct error e;

    if (!history_read(&scratch, w, k->timely.value, k->timely.n_record, &h, &e))
        fail_msg("%s: %s", w->id, e.detail);
    assert_true(h.since != 0);
    for (uint32_t i = 0; i < c->n_clock; i++) {
        struct case_clock again = c->clock[i];

        if (again.verdict != VERDICT_OPEN)
            continue;
        history_course(&scratch, w, &h, &again, c->moment, NULL);
        if (!clock_same_course(&c->clock[i], &again))
            fail_msg("%s: clock %d stood at other times\n%s", w->id, again.id, k->story.at);
    }
}

/* @v without the empty objects that what was taken back leaves. */
static struct value
pruned(const struct value *v)
{
    struct value out = value_object(&scratch, NULL, 0);

    if (v->kind != VALUE_OBJECT)
        return *v;
    for (uint32_t i = 0; i < v->n; i++) {
        const struct value one = pruned(&v->member[i].value);

        if (one.kind != VALUE_OBJECT || one.n)
            out = value_with(&scratch, &out, v->member[i].name, one);
    }
    return out;
}

/* Nothing of what is half done, nor of what is remembered, is lost on the way. */
static void
check_kept(const struct workflow *from, const struct case_state *was, const struct workflow *to,
           const struct case_state *is)
{
    static const char *const part[] = {"branches",  "children", "letters", "materials",
                                       "reversals", "steps",    "stops",   "visits",
                                       "annulled",  "marks",    "vars"};
    const struct value note[] = {note_case(&scratch, from, was), note_case(&scratch, to, is)};

    for (size_t i = 0; i < sizeof(part) / sizeof(*part); i++) {
        const char *text[2];

        for (int k = 0; k < 2; k++) {
            const struct value *whole = value_get(&note[k], "wholeCase");
            const struct value *v =
                value_get(value_get(&note[k], part[i]) ? &note[k] : whole, part[i]);
            struct text t = text_new(&scratch);

            if (v) {
                const struct value w = pruned(v);

                if (w.kind != VALUE_OBJECT || w.n)
                    value_write(&t, &w);
            }
            text[k] = t.len ? t.at : "";
        }
        if (strcmp(text[0], text[1]) != 0)
            fail_msg("%s: %s were\n%s\nand are\n%s", from->id, part[i], text[0], text[1]);
    }
}

static uint32_t n_restarted; /* clocks, of which another has a higher number */

/* Of each clock that ran the plan says what becomes of it: nothing had come due before. */
static void
check_fates(const struct walk *k, const struct migration *m, const struct case_state *was,
            const struct case_state *is)
{
    for (uint32_t i = 0; i < was->n_clock; i++) {
        const struct case_clock *old = &was->clock[i], *same = case_clock(is, old->id);
        uint32_t n_begun = 0;

        if (old->verdict != VERDICT_OPEN)
            continue;
        for (uint32_t j = 0; j < is->n_clock; j++)
            n_begun += is->clock[j].rule == m->clock[old->rule] &&
                       is->clock[j].visit == old->visit && is->clock[j].id > was->last_clock &&
                       (!old->department || !strcmp(is->clock[j].department, old->department));
        if ((same != NULL) != (m->fate[old->rule] == FATE_KEEP) ||
            n_begun != (m->fate[old->rule] == FATE_RESTART))
            fail_msg("%s: clock %d of %s\n%s", m->from->id, old->id, m->from->clock[old->rule].id,
                     k->story.at);
        if (same && same->started != old->started)
            fail_msg("%s: clock %d has another start", m->from->id, old->id);
        n_restarted += n_begun && i + 1 < was->n_clock;
    }
}

static uint32_t n_told_late; /* after the case was moved */

/* The case lives on under its new version. */
static void
live_on(struct walk *k, const struct workflow *w, const struct case_state *c)
{
    for (int i = 0; i < AFTERWARDS && c->phase == PHASE_OPEN; i++) {
        struct setting s = {.workflow = w,
                            .calendar = ground.calendar,
                            .now = k->now,
                            .seed =
                                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"};
        struct outcome out;
        struct command cmd;
        struct error e;

        k->w = w;
        k->timely.c = k->late.c = (struct case_state *)(uintptr_t)c;
        s.now = k->now += chance_between(k->chance, 0, 3 * SPAN_DAY);
        cmd = *walk_draw(k, c);
        cmd.history = k->timely.value;
        cmd.n_history = k->timely.n_record;
        if (machine_decide(&s, c, &cmd, &scratch, &out, NULL, &e)) {
            remember(&k->timely, w, &out);
            c = out.next;
            check_courses(k, w, c);
            n_told_late += cmd.happened != 0;
        } else if (e.code == ERROR_DEFINITION_FAULT || e.code == ERROR_INTERNAL)
            fail_msg("%s: %s\n%s", w->id, e.detail, k->story.at);
    }
}

/* What becomes of each clock is said of some, and at random. */
static void
say_fates(struct text *t, const struct workflow *from, struct chance *c)
{
    static const char *const word[] = {"keep", "restart", "drop"};
    const uint32_t rare = chance_below(c, 3);

    put_key(t, "clocks");
    put_open(t, '{');
    for (uint16_t i = 0; i < from->n_clock; i++)
        if (chance_below(c, 3) < rare)
            put_member_string(t, from->clock[i].id, word[chance_below(c, 3)]);
    put_close(t, '}');
}

/* Reads a random plan from @from to another version of it; false when there is none. */
static bool
random_plan(const struct workflow *from, struct chance *c, enum change change, struct migration *m)
{
    struct text steps = text_new(&scratch), clocks = text_new(&scratch);
    const struct workflow *to;
    struct value plan;
    struct error e;

    put_open(&steps, '{');
    to = changed(from, c, change, &steps);
    put_close(&steps, '}');
    if (!to || !strcmp(to->hash, from->hash))
        return false;
    put_open(&clocks, '{');
    say_fates(&clocks, from, c);
    steps.at = arena_printf(&scratch,
                            "%s,\"workflow\":\"%s\",\"from\":\"%s\",\"to\":\"%s\",\"reason\":"
                            "\"r\",\"steps\":%s}",
                            clocks.at, from->id, from->hash, to->hash, steps.at);
    assert_true(json_read(&scratch, steps.at, strlen(steps.at), false, &plan, &e));
    if (migration_read(&scratch, from, to, &plan, m, &e))
        return true;
    assert_int_equal(e.code, ERROR_BAD_FILE);
    return false;
}

static void
t07_random_populations_move_or_are_refused_with_a_reason(void **state)
{
    struct chance c = {.state = 29};
    uint32_t n_moved = 0, n_refused = 0;

    (void)state;
    for (int i = 0; i < CASES; i++) {
        const struct workflow *from = ground.workflow[chance_below(&c, (uint32_t)ground.n)];
        struct walk k = {.w = from, .calendar = ground.calendar, .chance = &c, .a = &scratch};
        const struct workflow *to;
        struct migration m;
        struct command cmd; /* the records of the outcome point to it */
        struct outcome out;
        struct error e;
        const enum change change = (enum change)chance_below(&c, CHANGES);

        arena_reset(&scratch);
        if (!random_plan(from, &c, change, &m))
            continue;
        to = m.to;
        walk_some(&k, 1 + chance_below(&c, 14));
        assert_null(k.wrong);
        if (!k.timely.c || k.timely.c->phase != PHASE_OPEN)
            continue;
        {
            const struct setting s = {.workflow = from, .calendar = ground.calendar, .now = k.now};

            cmd = migrate(&m);
            if (!machine_decide(&s, k.timely.c, &cmd, &scratch, &out, NULL, &e)) {
                assert_true(e.code == ERROR_MIGRATION_REFUSED || e.code == ERROR_CASE_CLOSED);
                assert_true(strlen(e.detail) > 8);
                if (change == CHANGE_NOTE && e.code != ERROR_CASE_CLOSED)
                    fail_msg("%s: %s\n%s", from->id, e.detail, k.story.at);
                n_refused++;
                continue;
            }
        }
        n_moved++;
        if (!can_go_on(to, out.next))
            fail_msg("%s: nobody can go on\n%s", from->id, k.story.at);
        if (out.n_record == 1) /* nothing had come due before */
            check_fates(&k, &m, k.timely.c, out.next);
        if (change == CHANGE_NOTE && out.n_record == 1)
            check_kept(from, k.timely.c, to, out.next);
        assert_int_equal(out.next->migrated, out.next->recorded);
        check_replay(&k, &m, &out);
        remember(&k.timely, from, &out);
        check_courses(&k, to, out.next);
        live_on(&k, to, out.next);
    }
    print_message("%u moved, %u refused, %u told late, %u clocks restarted before others\n",
                  n_moved, n_refused, n_told_late, n_restarted);
    assert_true(n_moved > CASES / 10 && n_refused > 0 && n_told_late > 0 && n_restarted > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(t07_random_populations_move_or_are_refused_with_a_reason, forget),
    };

    return cmocka_run_group_tests(tests, ground_set_up, ground_tear_down);
}
