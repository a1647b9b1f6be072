/* SPDX-License-Identifier: Apache-2.0 */
/* One case at a desk, for tests of the core. */
#include "tests/support/desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "definition/json.h"
#include "machine/names.h"
#include "machine/paths.h"
#include "tests/support/city.h"

struct desk desk;

int
desk_setup(void **state)
{
    (void)state;
    desk = (struct desk){.n_record = 0};
    desk.calendar = city_calendar(&desk.arena);
    return desk.calendar ? 0 : -1;
}

int
desk_teardown(void **state)
{
    (void)state;
    arena_release(&desk.arena);
    return 0;
}

const struct value *
desk_json(const char *text)
{
    struct value *v = arena_new(&desk.arena, struct value);
    char *copy = arena_strdup(&desk.arena, text);
    struct error e;

    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    if (!json_read(&desk.arena, copy, strlen(copy), false, v, &e))
        fail_msg("%s: %s", text, e.detail);
    return v;
}

/* Whether the members of what is called @key have titles. */
static bool
titled(const char *key)
{
    static const char *const known[] = {"steps",   "actions",      "branches", "reopen",
                                        "grounds", "certificates", "labels"};

    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (!strcmp(key, known[i]))
            return true;
    return false;
}

static struct value
complete(const char *key, const struct value *v)
{
    struct member *m;

    if (v->kind != VALUE_OBJECT)
        return *v;
    m = arena_array(&desk.arena, v->n, struct member);
    for (uint32_t i = 0; i < v->n; i++) {
        const struct value *was = &v->member[i].value;
        struct value to = value_null();

        m[i] = v->member[i];
        if (titled(key) && was->kind == VALUE_STRING) {
            to = value_with(&desk.arena, NULL, "to", *was);
            was = &to;
        }
        m[i].value = complete(m[i].name, was);
        if (titled(key) && !value_get(was, "title"))
            m[i].value = value_with(&desk.arena, &m[i].value, "title",
                                    *desk_json("{'zh': '题', 'en': 'Title'}"));
    }
    return value_object(&desk.arena, m, v->n);
}

/* A case keeps only those words of `step` that somebody asks: a step nobody enters asks all. */
static struct value
asking_all(const struct value *definition)
{
    struct value steps = *value_get(definition, "steps");
    const char *start = value_get_string(definition, "start");

    steps = value_with(&desk.arena, &steps, "zz-asks",
                       *desk_json(arena_printf(&desk.arena,
                                               "{'decide': [{'when': {'===': [{'missing':"
                                               " ['step']}, []]}, 'to': '%s'}, {'to': '%s'}]}",
                                               start, start)));
    return value_with(&desk.arena, definition, "steps", steps);
}

void
desk_define(const char *members)
{
    const struct value *v =
        desk_json(arena_printf(&desk.arena,
                               "{'id': 'test', 'title': {'zh': '题', 'en': 'Test'}, 'lead': 'lead',"
                               " 'source': {'law': ['law']}, 'effective': {'from': '2022-01-01'},"
                               " 'applicant': ['enterprise'], %s}",
                               members));
    const struct value asking = asking_all(v), whole = complete("", &asking);
    struct text t = text_new(&desk.arena);

    value_write(&t, &whole);
    if (!definition_restore(&desk.arena, t.at, t.len, &desk.w, &desk.e))
        fail_msg("%s: %s", desk.e.pointer, desk.e.detail);
    desk.c = case_new(&desk.arena, desk.w);
    desk.n_record = 0;
    desk_at("2026-03-02 09:00");
}

instant
desk_moment(const char *text)
{
    const char *rfc = arena_printf(&desk.arena, "%.10sT%s%s+08:00", text, text + 11,
                                   strlen(text) == 16 ? ":00" : "");
    instant t;

    if (!instant_read(rfc, strlen(rfc), &t))
        fail_msg("%s is no moment", text);
    return t;
}

void
desk_at(const char *text)
{
    desk.now = desk_moment(text);
}

static struct actor
actor(const char *who)
{
    const size_t role = strcspn(who, "#@");
    const char **roles = arena_new(&desk.arena, const char *);
    struct actor a = {.id = who};

    if (!strncmp(who, "system:", 7))
        return (struct actor){.id = who + 7, .system = who + 7};
    a.applicant = !strcmp(who, "applicant");
    a.public = !strcmp(who, "public");
    if (a.applicant || a.public)
        return a;
    *roles = arena_strndup(&desk.arena, who, role);
    a.role = roles;
    a.n_role = 1;
    a.district = "371502";
    if (who[role] == '#')
        a.id = who + role + 1;
    if (who[role] == '@')
        a.department = who + role + 1;
    return a;
}

struct command
desk_command(enum command_kind kind, const char *who)
{
    return (struct command){
        .kind = kind, .actor = actor(who), .revision = -1, .reason = "理由", .document = "告知书"};
}

const char *
desk_state(void)
{
    struct text t = text_new(&desk.arena);

    case_write(&t, desk.w, desk.c);
    value_write(&t, &desk.c->form);
    return t.at;
}

/* The state after the first @n records. */
static struct case_state *
replay(size_t n)
{
    const struct setting s = {
        .workflow = desk.w, .calendar = desk.calendar, .now = desk.now, .seed = "desk"};
    struct case_state *c = case_new(&desk.arena, desk.w);

    for (size_t i = 0; i < n; i++)
        if (!machine_replay(&s, c, desk_json(desk.record[i]), &desk.arena, &desk.e))
            fail_msg("record %zu: %s", i + 1, desk.e.detail);
    return c;
}

static void
expect_same_from(struct case_state *other)
{
    struct case_state *is = desk.c;
    const char *text = desk_state();

    desk.c = other;
    assert_string_equal(text, desk_state());
    desk.c = is;
}

static void
check_stored(void)
{
    struct case_state back = {.id = desk.c->id, .number = desk.c->number};
    struct text t = text_new(&desk.arena);

    case_write(&t, desk.w, desk.c);
    if (!case_read(&desk.arena, desk.w, desk_json(t.at), &desk.c->form, &back, &desk.e))
        fail_msg("%s", desk.e.detail);
    expect_same_from(&back);
    expect_same_from(replay(desk.n_record));
}

bool
desk_give(struct command cmd)
{
    const struct setting s = {.workflow = desk.w,
                              .calendar = desk.calendar,
                              .now = desk.now,
                              .seed = "desk",
                              .broken = desk.broken,
                              .n_broken = desk.n_broken};
    struct command *kept = arena_copy(&desk.arena, &cmd, sizeof(cmd));
    struct violations v;

    bool done = machine_may(desk.w, desk.c, kept, &desk.e) &&
                machine_decide(&s, desk.c, kept, &desk.arena, &desk.out, &v, &desk.e);

    if (desk.out.blind) {
        desk_history(kept);
        done = machine_decide(&s, desk.c, kept, &desk.arena, &desk.out, &v, &desk.e);
        assert_false(desk.out.blind);
    }
    if (!done)
        return false;
    desk.c = desk.out.next;
    for (uint32_t i = 0; i < desk.out.n_record; i++) {
        struct text t = text_new(&desk.arena);

        record_write(&t, desk.w, &desk.out.record[i]);
        desk.record = arena_grow(&desk.arena, desk.record, desk.n_record, sizeof(*desk.record));
        desk.record[desk.n_record++] = t.at;
    }
    check_stored();
    return true;
}

static void
expect_done(struct command cmd)
{
    if (!desk_give(cmd))
        fail_msg("%s %s: %s", command_name(cmd.kind), cmd.action ? cmd.action : "", desk.e.detail);
}

void
desk_refused(struct command cmd, enum error_code code)
{
    const char *was = desk_state();

    if (desk_give(cmd))
        fail_msg("%s was done", command_name(cmd.kind));
    assert_string_equal(error_name(desk.e.code), error_name(code));
    assert_string_equal(desk_state(), was);
}

void
desk_open(const char *form)
{
    struct command cmd = desk_command(COMMAND_OPEN, "window");
    struct opening *o = arena_new(&desk.arena, struct opening);

    *o = (struct opening){.number = "TEST-1", .district = "371502", .applicant_kind = "enterprise"};
    cmd.opening = o;
    cmd.input = *desk_json(form);
    expect_done(cmd);
}

struct command
desk_action(const char *who, const char *action, const char *step)
{
    struct command cmd = desk_command(COMMAND_ACT, who);

    cmd.action = action;
    cmd.step = step;
    return cmd;
}

void
desk_act(const char *who, const char *action)
{
    expect_done(desk_action(who, action, NULL));
}

void
desk_act_in(const char *who, const char *action, const char *step)
{
    expect_done(desk_action(who, action, step));
}

struct command
desk_message(const char *from, const char *name, const char *id, const char *data)
{
    struct command cmd = desk_command(COMMAND_MESSAGE, from);

    cmd.action = name;
    cmd.message = id;
    cmd.reason = cmd.document = NULL;
    if (data)
        cmd.input = *desk_json(data);
    return cmd;
}

void
desk_say(const char *name, const char *id, const char *data)
{
    expect_done(desk_message("system:fire", name, id, data));
}

struct command
desk_relay(const char *what, int32_t child, const char *input)
{
    struct command cmd = desk_command(COMMAND_RELAY, "engine");

    cmd.action = what;
    cmd.number = child;
    cmd.reason = cmd.document = NULL;
    cmd.input = *desk_json(input);
    return cmd;
}

void
desk_born(int32_t child)
{
    assert_true(desk_give(
        desk_relay("born", child,
                   arena_printf(&desk.arena, "{'id': %d, 'number': 'C-%d'}", 100 + child, child))));
}

const char *
desk_fate(int32_t number)
{
    const struct letter *l = case_letter(desk.c, number);

    return l ? letter_fate_name(l->fate) : "none";
}

void
desk_look(const char *when)
{
    desk_at(when);
    expect_done(desk_command(COMMAND_ALARM, "engine"));
}

void
desk_stop(const char *step, const char *ground)
{
    struct command cmd = desk_command(COMMAND_STOP, "head");

    cmd.step = step;
    cmd.ground = ground;
    expect_done(cmd);
}

void
desk_resume(int32_t number)
{
    struct command cmd = desk_command(COMMAND_RESUME, "head");

    cmd.number = number;
    expect_done(cmd);
}

void
desk_history(struct command *cmd)
{
    struct value *record = arena_array(&desk.arena, desk.n_record, struct value);

    for (size_t i = 0; i < desk.n_record; i++)
        record[i] = *desk_json(desk.record[i]);
    cmd->history = record;
    cmd->n_history = desk.n_record;
}

struct command
desk_annulment(int32_t record)
{
    struct command cmd = desk_command(COMMAND_ANNUL, "supervisor");

    cmd.number = record;
    desk_history(&cmd);
    return cmd;
}

void
desk_annul(int32_t record)
{
    expect_done(desk_annulment(record));
}

const char *
desk_steps(void)
{
    struct text t = text_new(&desk.arena);

    if (desk.c->phase == PHASE_CLOSED)
        return desk.c->outcome;
    for (uint32_t i = 0; i < desk.c->n_visit; i++) {
        const struct step *s = &desk.w->step[desk.c->visit[i].step];

        if (s->kind == STEP_STAGE || s->kind == STEP_PARALLEL)
            continue;
        text_str(&t, t.len ? ", " : "");
        text_str(&t, visit_path(&desk.arena, desk.w, &desk.c->visit[i]));
    }
    return t.at;
}

const struct case_clock *
desk_clock(const char *rule)
{
    const uint16_t r = workflow_clock(desk.w, rule);

    for (uint32_t i = desk.c->n_clock; i-- > 0;)
        if (desk.c->clock[i].rule == r)
            return &desk.c->clock[i];
    fail_msg("there is no clock %s", rule);
    abort();
}

const char *
desk_due(const char *rule)
{
    const instant due = desk_clock(rule)->due;
    char text[INSTANT_TEXT];

    if (due == INSTANT_NONE)
        return "none";
    instant_write(due, text);
    return arena_printf(&desk.arena, "%.10s %.5s", text, text + 11);
}

const struct timing *
desk_timing(const char *id)
{
    for (uint32_t i = 0; i < desk.out.n_timing; i++) {
        const struct timing *t = &desk.out.timing[i];

        if (t->rule != NONE ? !strcmp(desk.w->clock[t->rule].id, id)
                            : !strcmp(desk.w->step[t->step].path, id))
            return t;
    }
    fail_msg("there is no row of %s", id);
    abort();
}

uint32_t
desk_facts(enum fact_kind kind)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < desk.out.n_record; i++)
        for (uint32_t j = 0; j < desk.out.record[i].n_fact; j++)
            n += desk.out.record[i].fact[j].kind == kind;
    return n;
}

const char *
desk_word(const char *path)
{
    const struct value *v = path_get(&desk.c->steps, path);
    struct text t = text_new(&desk.arena);

    if (!v)
        return "none";
    value_write(&t, v);
    return t.at;
}

struct command
desk_late_act(const char *who, const char *action, const char *happened)
{
    struct command cmd = desk_action(who, action, NULL);

    desk_history(&cmd);
    cmd.happened = desk_moment(happened);
    return cmd;
}
