/* SPDX-License-Identifier: Apache-2.0 */
/* Random lives of cases, each lived twice. */
#include "tests/support/walk.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "definition/json.h"

static const struct command look = {
    .kind = COMMAND_ALARM, .actor = {.id = "engine"}, .revision = -1};

void
walk_wrong(struct walk *k, const char *what, ...)
{
    char line[1000];
    va_list ap;

    if (k->wrong)
        return;
    va_start(ap, what);
    (void)vsnprintf(line, sizeof(line), what, ap);
    va_end(ap);
    k->wrong = arena_strdup(k->a, line);
}

static const char *
state_text(struct walk *k, const struct case_state *c)
{
    struct text t = text_new(k->a);

    case_write(&t, k->w, c);
    value_write(&t, &c->form);
    return t.at;
}

static const char *
record_text(struct walk *k, const struct record *r)
{
    struct text t = text_new(k->a);

    record_write(&t, k->w, r);
    return t.at;
}

/* Where the texts part. */
static void
expect_same(struct walk *k, const char *what, const char *is, const char *other)
{
    size_t n = 0;

    while (is[n] && is[n] == other[n])
        n++;
    if (is[n] || other[n])
        walk_wrong(k, "%s: …%.150s… is not …%.150s…", what, is + (n < 60 ? 0 : n - 60),
                   other + (n < 60 ? 0 : n - 60));
}

static void
expect_same_outcome(struct walk *k, const struct outcome *o, const struct outcome *p)
{
    expect_same(k, "decided twice", k->timely.text, state_text(k, p->next));
    if (o->n_record != p->n_record || o->n_timing != p->n_timing || o->n_message != p->n_message)
        walk_wrong(k, "decided twice, another outcome");
    for (uint32_t i = 0; i < o->n_record && !k->wrong; i++)
        expect_same(k, "decided twice", record_text(k, &o->record[i]),
                    record_text(k, &p->record[i]));
}

static void
check_read_back(struct walk *k, const struct case_state *c)
{
    struct text t = text_new(k->a);
    struct case_state back = {.id = c->id, .number = c->number};
    struct value v;
    struct error e;

    case_write(&t, k->w, c);
    if (!json_read(k->a, t.at, t.len, false, &v, &e) ||
        !case_read(k->a, k->w, &v, &c->form, &back, &e))
        walk_wrong(k, "the state cannot be read back: %s", e.detail);
    else
        expect_same(k, "read back", k->timely.text, state_text(k, &back));
}

static void
replay(struct walk *k, struct case_state *c, const struct value *record)
{
    const struct setting s = {
        .workflow = k->w, .calendar = k->house, .now = k->now, .seed = "walk"};
    struct error e;

    if (!k->wrong && !machine_replay(&s, c, record, k->a, &e))
        walk_wrong(k, "a record cannot be replayed: %s", e.detail);
}

static void
absorb(struct walk *k, struct walk_life *life, const struct outcome *o)
{
    life->c = o->next;
    life->text = state_text(k, o->next);
    for (uint32_t i = 0; i < o->n_record; i++) {
        const char *text = record_text(k, &o->record[i]);
        struct value v = {.kind = VALUE_NULL};
        struct error e;

        if (!json_read(k->a, text, strlen(text), false, &v, &e))
            walk_wrong(k, "a record cannot be read: %s", e.detail);
        life->record = arena_grow(k->a, life->record, life->n_record, sizeof(*life->record));
        life->value = arena_grow(k->a, life->value, life->n_record, sizeof(*life->value));
        life->value[life->n_record] = v;
        life->record[life->n_record++] = text;
        if (life == &k->timely)
            replay(k, k->again, &v);
    }
    if (life->n_record != (size_t)life->c->recorded)
        walk_wrong(k, "%zu records, the case says %lld", life->n_record,
                   (long long)life->c->recorded);
}

static void
give_history(const struct walk_life *life, struct command *cmd)
{
    cmd->history = life->value;
    cmd->n_history = life->n_record;
}

static bool
may_and_decides(struct walk *k, const struct case_state *c, const struct command *cmd,
                struct outcome *o, struct error *e)
{
    const struct setting s = {
        .workflow = k->w, .calendar = k->house, .now = k->now, .seed = "walk"};
    struct violations v;

    *o = (struct outcome){.blind = false};
    return machine_may(k->w, c, cmd, e) && machine_decide(&s, c, cmd, k->a, o, &v, e);
}

/* Errors that only a faulty definition, or a faulty engine, can give. */
static void
check_error(struct walk *k, const struct error *e)
{
    if (e->code == ERROR_DEFINITION_FAULT || e->code == ERROR_GUARD_ERROR ||
        e->code == ERROR_INTERNAL || e->code == ERROR_NONE)
        walk_wrong(k, "%s: %s", error_name(e->code), e->detail);
}

/* What looks back and cannot see is decided on all records. */
static bool
decides(struct walk *k, const struct walk_life *life, const struct command **cmd, struct outcome *o,
        struct error *e)
{
    const bool done = may_and_decides(k, life->c, *cmd, o, e);
    struct command *seeing;

    if (!o->blind)
        return done;
    seeing = arena_copy(k->a, *cmd, sizeof(**cmd));
    give_history(life, seeing);
    *cmd = seeing;
    return may_and_decides(k, life->c, seeing, o, e);
}

static bool
give(struct walk *k, struct walk_life *life, const struct command *cmd, struct error *e)
{
    const struct case_state *before = life->c;
    const char *was = life->text;
    struct outcome o, twice;
    struct error same;

    if (!decides(k, life, &cmd, &o, e)) {
        check_error(k, e);
        if (life == &k->timely)
            expect_same(k, "refused", was, state_text(k, before));
        return false;
    }
    absorb(k, life, &o);
    if (life == &k->timely) {
        if (may_and_decides(k, before, cmd, &twice, &same))
            expect_same_outcome(k, &o, &twice);
        else
            walk_wrong(k, "decided twice, once refused: %s", same.detail);
        walk_check_outcome(k, before, &o);
        walk_check_stranger(k, before, cmd);
        expect_same(k, "the state decided on has changed", was, state_text(k, before));
    }
    return true;
}

static void
fire_alarms(struct walk *k)
{
    const instant now = k->now;
    struct error e;

    while (!k->wrong && k->timely.c->alarm != INSTANT_NONE && k->timely.c->alarm < now) {
        const instant due = k->timely.c->alarm;

        k->now = due + 1 > k->timely.c->moment ? due + 1 : k->timely.c->moment;
        k->n_alarm++;
        if (!give(k, &k->timely, &look, &e))
            walk_wrong(k, "an alarm is refused: %s", e.detail);
        else if (k->timely.c->alarm == due)
            walk_wrong(k, "an alarm rings again");
        else
            walk_check_state(k, k->timely.c);
    }
    k->now = now;
}

static void
tell(struct walk *k, const struct command *cmd, const char *answer)
{
    char at[INSTANT_TEXT];

    text_printf(&k->story, "%s %s %s %s%s%s by %s: %s\n", instant_write(k->now, at),
                command_name(cmd->kind), cmd->action ? cmd->action : "", cmd->step ? cmd->step : "",
                cmd->ground ? cmd->ground : "", cmd->clock ? cmd->clock : "", cmd->actor.id,
                answer);
}

/* The same command in both lives. */
static void
give_both(struct walk *k, struct command *cmd)
{
    struct command again = *cmd;
    struct error e = {0}, f = {0};
    bool done, also;

    if (command_needs_history(cmd)) {
        give_history(&k->timely, cmd);
        give_history(&k->late, &again);
    }
    k->backdated = k->backdated || cmd->happened;
    done = give(k, &k->timely, cmd, &e);
    also = give(k, &k->late, &again, &f);
    tell(k, cmd, done ? "done" : error_name(e.code));
    *(done ? &k->n_accepted : &k->n_refused) += 1;
    if (done != also || (!done && e.code != f.code))
        walk_wrong(k, "in time it is %s, late %s", done ? "done" : error_name(e.code),
                   also ? "done" : error_name(f.code));
    if (!done || k->wrong)
        return;
    if (cmd->kind != COMMAND_ALARM || k->late.n_record == k->timely.n_record)
        expect_same(k, "late", k->timely.text, k->late.text);
    expect_same(k, "made from the records", k->timely.text, state_text(k, k->again));
    check_read_back(k, k->timely.c);
    walk_check_state(k, k->timely.c);
}

/*
 * Another version of the calendar begins to hold, and most often what counts by the one before is
 * recounted.  What has come due by then has come due by that.
 */
static void
change_calendar(struct walk *k)
{
    static const char *const role = "administrator";
    struct command cmd = {.kind = COMMAND_RECOUNT,
                          .actor = {.id = "turing", .role = &role, .n_role = 1, .district = "*"},
                          .revision = -1};
    const struct almanac *all = k->calendar->almanac;
    struct error e;

    if (!give(k, &k->late, &look, &e))
        walk_wrong(k, "a look is refused: %s", e.detail);
    k->house = all->version[chance_below(k->chance, all->n)];
    if (!k->wrong && !chance_one_in(k->chance, 4))
        give_both(k, &cmd);
}

/* Often exactly a moment at which something turns. */
static void
pass_time(struct walk *k)
{
    const instant due = k->timely.c->alarm;
    instant to = k->now;

    switch (chance_below(k->chance, 10)) {
    case 0:
        to = due;
        break;
    case 1:
        to = due == INSTANT_NONE ? due : due + 1;
        break;
    case 2:
        to = day_start(instant_day(k->now) + 1);
        break;
    case 3:
        to += chance_between(k->chance, 0, 12) * SPAN_DAY;
        break;
    case 4:
    case 5:
        to += chance_between(k->chance, 0, 9) * SPAN_HOUR;
        break;
    case 6:
    case 7:
        to += chance_between(k->chance, 0, 12) * SPAN_MINUTE;
        break;
    case 8: /* the database's clock may run behind */
        if (k->timely.n_record == k->late.n_record)
            k->now -= SPAN_SECOND;
        break;
    default:
        break;
    }
    if (to != INSTANT_NONE && to > k->now)
        k->now = to;
}

static void
compare_records(struct walk *k)
{
    if (k->timely.n_record != k->late.n_record)
        walk_wrong(k, "%zu records in time, %zu late", k->timely.n_record, k->late.n_record);
    for (size_t i = 0; i < k->timely.n_record && !k->wrong; i++)
        expect_same(k, "a late record", k->timely.record[i], k->late.record[i]);
    expect_same(k, "late in the end", k->timely.text, k->late.text);
}

void
walk_some(struct walk *k, uint32_t most)
{
    const day first = day_from_civil(2026, 2, 1);

    k->story = text_new(k->a);
    k->backdated = false;
    k->house = k->calendar;
    k->card = NULL;
    k->n_card = 0;
    k->timely = (struct walk_life){.c = case_new(k->a, k->w)};
    k->timely.text = state_text(k, k->timely.c);
    k->late = k->timely;
    k->n_certificate = 0;
    k->again = case_new(k->a, k->w);
    k->now = day_start(first + (day)chance_below(k->chance, 120)) +
             chance_between(k->chance, 0, 24 * 60) * SPAN_MINUTE;
    for (uint32_t i = 0; i < most && !k->wrong; i++) {
        /* A closed case is tried a little more, then left alone. */
        if (k->timely.c->phase == PHASE_CLOSED && chance_one_in(k->chance, 3))
            break;
        pass_time(k);
        fire_alarms(k);
        if (!k->wrong && k->timely.c->phase == PHASE_OPEN && k->calendar->almanac &&
            chance_one_in(k->chance, 30)) {
            change_calendar(k);
            fire_alarms(k);
        }
        if (!k->wrong)
            give_both(k, walk_draw(k, k->timely.c));
    }
}

void
walk_case(struct walk *k, uint32_t most)
{
    struct error e;

    walk_some(k, most);
    k->now += 400 * SPAN_DAY;
    fire_alarms(k);
    if (!k->wrong && k->late.c->phase != PHASE_NONE && !give(k, &k->late, &look, &e))
        walk_wrong(k, "the last look is refused: %s", e.detail);
    if (!k->wrong)
        compare_records(k);
    if (!k->wrong)
        walk_check_holdings(k);
    k->n_closed += k->timely.c->phase == PHASE_CLOSED;
}
