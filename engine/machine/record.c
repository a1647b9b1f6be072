/* SPDX-License-Identifier: Apache-2.0 */
/* A command's trace as JSON, and the way back from it to the state. */
#include <string.h>

#include "base/word.h"
#include "machine/fits.h"
#include "machine/intake.h"
#include "machine/mandates.h"
#include "machine/notes.h"
#include "machine/periods.h"

static const char *const command_code[] = {
    [COMMAND_OPEN] = "open",
    [COMMAND_ACT] = "act",
    [COMMAND_ALARM] = "alarm",
    [COMMAND_STOP] = "stop",
    [COMMAND_RESUME] = "resume",
    [COMMAND_EXTEND] = "extend",
    [COMMAND_CLAIM] = "claim",
    [COMMAND_RELEASE] = "release",
    [COMMAND_WITHDRAW] = "withdraw",
    [COMMAND_AMEND] = "amend",
    [COMMAND_ANNUL] = "annul",
    [COMMAND_REVOKE] = "revoke",
    [COMMAND_REPLACE] = "replace",
    [COMMAND_MESSAGE] = "message",
    [COMMAND_SETTLE] = "settle",
    [COMMAND_VOTE] = "vote",
    [COMMAND_RELAY] = "relay",
    [COMMAND_RETRY] = "retry",
    [COMMAND_MATERIAL] = "material",
    [COMMAND_MIGRATE] = "migrate",
    [COMMAND_HOLD] = "hold",
    [COMMAND_CONTINUE] = "continue",
    [COMMAND_RECONCILE] = "reconcile",
    [COMMAND_RECOUNT] = "recount",
    [COMMAND_START] = "start",
    [COMMAND_LABEL] = "label",
    [COMMAND_LANE] = "lane",
    [COMMAND_HAND_OVER] = "hand-over",
    [COMMAND_TAKE_OVER] = "take-over",
    [COMMAND_HAND_BACK] = "hand-back",
    [COMMAND_REOPEN] = "reopen",
    [COMMAND_PREPARE] = "prepare",
    [COMMAND_UNPREPARE] = "unprepare",
    [COMMAND_ENTRUST] = "entrust",
    [COMMAND_MANDATE] = "mandate",
    [COMMAND_REVOKE_MANDATE] = "revoke-mandate",
    [COMMAND_IDENTIFY] = "identify",
    [COMMAND_OUTAGE] = "outage",
    [COMMAND_ANNUL_OUTAGE] = "annul-outage",
};

bool
command_needs_history(const struct command *cmd)
{
    return cmd->kind == COMMAND_ANNUL || cmd->kind == COMMAND_ANNUL_OUTAGE ||
           (cmd->happened != 0 && cmd->kind != COMMAND_OPEN) ||
           (cmd->kind == COMMAND_RELAY &&
            (value_get(&cmd->input, "happened") || value_get(&cmd->input, "since"))) ||
           (cmd->kind == COMMAND_REOPEN && !cmd->ground);
}

const char *
command_name(enum command_kind kind)
{
    return WORD_AT(command_code, kind);
}

static void
note_inputs(struct note *o, const struct command *cmd)
{
    if (cmd->kind != COMMAND_VOTE) /* how he voted stands in the fact alone */
        note_string(o, "action", cmd->action);
    note_string(o, "clock", cmd->clock);
    note_string(o, "district", cmd->district);
    note_string(o, "document", cmd->document);
    note_string(o, "explanation", cmd->explanation);
    note_string(o, "file", cmd->file);
    if (cmd->kind == COMMAND_REOPEN)
        note_string(o, "ground", cmd->ground);
    note_int(o, "happened", cmd->happened, 0);
    note_string(o, "identified", cmd->identified);
    if (cmd->input.kind != VALUE_NULL &&
        (cmd->kind == COMMAND_ACT || cmd->kind == COMMAND_MESSAGE || cmd->kind == COMMAND_RELAY ||
         cmd->kind == COMMAND_PREPARE))
        note_add(o, "input", cmd->input);
    note_string(o, "label", cmd->label);
    note_string(o, "lane", cmd->lane);
    note_string(o, "message", cmd->message);
    note_string(o, "material", cmd->material);
    if (cmd->prepared)
        note_add(o, "prepared", value_bool(true));
    note_string(o, "reason", cmd->reason);
    note_string(o, "step", cmd->step);
}

/* 64 bits tell the versions of one workflow apart; the case's row names the whole hash. */
enum { HASH_SHOWN = 16 };

/* Whether a clock or a period starts by it. */
static bool
starts_to_count(const struct workflow *w, const struct fact *f)
{
    return f->kind == FACT_CLOCK_STARTED ||
           (f->kind == FACT_ENTERED && step_counts(&w->step[f->step])) ||
           (f->kind == FACT_MATERIAL && f->until != INSTANT_NONE);
}

/* What starts to count by the calendar of the record does not name it. */
static struct value
note_of(struct arena *a, const struct workflow *w, const struct record *r, struct fact f)
{
    if (starts_to_count(w, &f) && f.ref && !strcmp(f.ref, r->hall ? r->hall : r->calendar))
        f.ref = NULL;
    return note_fact(a, w, &f);
}

void
record_write(struct text *t, const struct workflow *w, const struct record *r)
{
    struct value *fact = arena_array(t->arena, r->n_fact, struct value);
    struct note o = {.n = 0};
    struct value v;

    for (uint32_t i = 0; i < r->n_fact; i++)
        fact[i] = note_of(t->arena, w, r, r->fact[i]);
    note_add(&o, "at", value_int(r->at));
    note_int(&o, "brokenElsewhere", r->elsewhere, 0);
    note_string(&o, "by", r->actor);
    note_add(&o, "calendar", value_borrow(r->calendar));
    note_add(&o, "command", value_borrow(command_code[r->kind]));
    note_int(&o, "decided", r->decided, 0);
    note_add(&o, "definition", value_borrow(arena_strndup(t->arena, w->hash, HASH_SHOWN)));
    note_add(&o, "facts", value_array(fact, r->n_fact));
    note_string(&o, "hallCalendar", r->hall);
    if (r->handling != HANDLING_UNSAID)
        note_add(&o, "handled", value_bool(r->handling == HANDLING_BEGUN));
    note_int(&o, "mandate", r->mandate, 0);
    note_add(&o, "number", value_int(r->number));
    note_add(&o, "revision", value_int(r->revision));
    note_string(&o, "role", r->role);
    note_add(&o, "rules", value_int(MACHINE_RULES));
    if (r->command)
        note_inputs(&o, r->command);
    v = note_done(t->arena, &o);
    value_write(t, &v);
}

static enum handling
handling_read(const struct value *record)
{
    const struct value *handled = value_get(record, "handled");

    if (!handled || handled->kind != VALUE_BOOL)
        return HANDLING_UNSAID;
    return handled->boolean ? HANDLING_BEGUN : HANDLING_AWAITED;
}

static bool
not_fitting(uint32_t i, int64_t number, struct error *e)
{
    return error_set(e, ERROR_INTERNAL, "fact %u of record %lld does not fit", i,
                     (long long)number);
}

/* The record of a message says what came. */
static void
tell_received(const struct value *record, struct fact *f)
{
    f->name = value_get_string(record, "action");
    f->detail = value_get_string(record, "by");
    f->ref = value_get_string(record, "message");
}

/* Records of rules before these named one calendar, and their clocks none; their periods none. */
enum { RULES_OF_HALLS = 4, RULES_OF_PERIODS = 5 };

/* The calendar the record was decided with; an old one that was never kept is that of today. */
static const struct calendar *
calendar_of(const struct setting *s, const struct value *record, int64_t rules)
{
    const char *version = value_get_string(record, "calendar");
    const struct calendar *c = almanac_version(s->calendar, version);

    return c || rules >= RULES_OF_HALLS ? c : s->calendar;
}

/* What the fact leaves to its record. */
static void
tell_of_record(const struct setting *s, const struct value *record, int64_t rules, struct fact *f)
{
    const char *hall = value_get_string(record, "hallCalendar");

    if (f->kind == FACT_ACTED || f->kind == FACT_PREPARED) {
        f->name = value_get_string(record, "action");
        f->detail = value_get_string(record, "by");
    }
    if (f->kind == FACT_PREPARED)
        f->ref = value_get_string(record, "document");
    if (f->kind == FACT_RECEIVED)
        tell_received(record, f);
    if ((f->kind == FACT_RECEIVED || f->kind == FACT_PREPARED) && value_get(record, "input"))
        f->value = *value_get(record, "input");
    if (starts_to_count(s->workflow, f) && !f->ref &&
        rules >= (f->kind == FACT_CLOCK_STARTED ? RULES_OF_HALLS : RULES_OF_PERIODS))
        f->ref = hall ? hall : value_get_string(record, "calendar");
    f->into = f->kind == FACT_MIGRATED ? s->into : NULL;
}

/* Rules before these kept of a material neither its tolerance nor when its promise was broken. */
enum { RULES_OF_TOLERANCES = 6 };

/* An extension counted by rules before these whatever was learned of the clock afterwards. */
enum { RULES_OF_EXTENSIONS = 7 };

/* As its row had it then. */
static void
forget_unkept(struct case_state *c, const struct fact *f)
{
    struct material *m = &c->material[f->material];

    m->granted = m->grace = m->broken = INSTANT_NONE;
    m->lapsed = false;
}

/* Rules before these had mandates end with the reopening, not with the closing before it. */
enum { RULES_OF_MANDATES = 7 };

static void
end_as_told(struct case_state *c, const struct fact *f, instant at, int64_t rules)
{
    if (rules < RULES_OF_MANDATES && f->kind == FACT_REOPENED && c->phase == PHASE_CLOSED)
        end_mandates(c, at);
}

/* As that row is read now (read_materials_note()). */
static void
recall_broken(const struct workflow *w, struct case_state *c)
{
    for (uint16_t i = 0; i < w->n_material; i++)
        if (c->material[i].state == MATERIAL_BROKEN && c->material[i].broken == INSTANT_NONE)
            c->material[i].broken = c->moment;
}

bool
machine_replay(const struct setting *s, struct case_state *c, const struct value *record,
               struct arena *a, struct error *e)
{
    const struct value *facts = value_get(record, "facts");
    bool ok = facts && facts->kind == VALUE_ARRAY;
    const instant at = read_instant(record, "at", INSTANT_NONE, &ok);
    const int64_t number = read_int(record, "number", 0, &ok);
    const int64_t rules = read_int(record, "rules", 1, &ok);
    const struct calendar *calendar = calendar_of(s, record, rules);
    const struct workflow *w = s->workflow;
    const char *missing = value_get_string(record, "calendar");

    c->revision = read_int(record, "revision", 0, &ok);
    if (!ok || at == INSTANT_NONE || at < c->moment || number != c->recorded + 1)
        return error_set(e, ERROR_INTERNAL, "record %lld does not follow record %lld",
                         (long long)number, (long long)c->recorded);
    if (rules >= RULES_OF_TOLERANCES)
        recall_broken(w, c);
    for (uint32_t i = 0; i < facts->n; i++) {
        struct fact f;

        if (!read_fact(a, s->workflow, &facts->item[i], &f))
            return not_fitting(i, number, e);
        tell_of_record(s, record, rules, &f);
        if (!fact_fits(s->workflow, c, &f, a))
            return not_fitting(i, number, e);
        end_as_told(c, &f, at, rules);
        machine_apply(s->workflow, c, &f, at, a);
        if (rules < RULES_OF_TOLERANCES && f.kind == FACT_MATERIAL)
            forget_unkept(c, &f);
        if (rules < RULES_OF_EXTENSIONS && f.kind == FACT_EXTENDED)
            case_clock(c, f.number)->extended = 0;
    }
    apply_handling(c, handling_read(record), value_get_string(record, "by"), at);
    c->recorded = number;
    c->moment = at;
    if (s->into)
        w = s->into;
    if (!case_fits(w, c))
        return error_set(e, ERROR_INTERNAL, "the state after record %lld does not hang together",
                         (long long)number);
    if (!calendar || !case_calendars_known(w, c, calendar, &missing))
        return error_set(e, ERROR_INTERNAL, "calendar %.20s of record %lld is not known", missing,
                         (long long)number);
    case_index(w, c, calendar, at, a);
    return true;
}
