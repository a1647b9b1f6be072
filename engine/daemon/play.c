/* SPDX-License-Identifier: Apache-2.0 */
/* Plays a scenario on the core, in virtual time. */
#include "daemon/play.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/play_run.h"
#include "definition/json.h"
#include "machine/names.h"

void
play_complain(struct play_run *r, uint32_t line, const char *what, ...)
{
    char text[1000];
    va_list ap;

    va_start(ap, what);
    (void)vsnprintf(text, sizeof(text), what, ap);
    va_end(ap);
    text_printf(r->report, "%s:%u: %s\n", r->s->file, line, text);
    r->failed = true;
}

static struct setting
setting_of(const struct play_run *r, instant now)
{
    return (struct setting){.workflow = r->w,
                            .calendar = r->house->calendar,
                            .now = now,
                            .seed = "scenario",
                            .broken = r->broken,
                            .n_broken = r->n_broken};
}

/* What the party's other cases say now; those that stood longest are made good first. */
static void
learn_elsewhere(struct play_run *r, const struct scenario_line *l)
{
    const uint32_t n = (uint32_t)l->number, kept = r->n_broken < n ? r->n_broken : n;
    instant *broken = arena_array(r->arena, n, instant);

    for (uint32_t i = 0; i < n; i++)
        broken[i] = i < kept ? r->broken[r->n_broken - kept + i] : l->at;
    r->broken = broken;
    r->n_broken = n;
    for (size_t i = 0; i < r->n_child; i++)
        if (r->child[i].run) {
            r->child[i].run->broken = broken;
            r->child[i].run->n_broken = n;
        }
}

static void
add_text(struct arena *a, const char ***list, size_t *n, const char *text)
{
    *list = arena_grow(a, *list, *n, sizeof(**list));
    (*list)[(*n)++] = text;
}

static void
note_ended(struct play_run *r, const struct timing *t)
{
    const char *name = rule_name(r->arena, r->w, t->rule, t->element);

    r->ended = arena_grow(r->arena, r->ended, r->n_ended, sizeof(*r->ended));
    r->ended[r->n_ended++] =
        (struct play_ended){.clock = t->rule != NONE && r->w->clock[t->rule].per_department
                                         ? arena_printf(r->arena, "%s@%s", name, t->department)
                                         : name,
                            .verdict = t->verdict};
}

static void
absorb(struct play_run *r, const struct outcome *o)
{
    r->c = o->next;
    for (uint32_t i = 0; i < o->n_record; i++) {
        struct text t = text_new(r->arena);

        record_write(&t, r->w, &o->record[i]);
        add_text(r->arena, &r->record, &r->n_record, t.at);
    }
    for (uint32_t i = 0; i < o->n_message; i++)
        add_text(r->arena, &r->message, &r->n_message, o->message[i].system);
    for (uint32_t i = 0; i < o->n_timing; i++)
        if (o->timing[i].rule != NONE)
            note_ended(r, &o->timing[i]);
    play_relays(r, o);
}

/* The state after the first @n records; NULL and a complaint when they do not fit. */
static struct case_state *
rebuild(struct play_run *r, size_t n, uint32_t line)
{
    const struct setting s = setting_of(r, r->now);
    struct case_state *c = case_new(r->arena, r->w);
    struct error e;

    for (size_t i = 0; i < n; i++) {
        struct value v;

        if (!json_read_stored(r->arena, r->record[i], strlen(r->record[i]), &v, &e) ||
            !machine_replay(&s, c, &v, r->arena, &e)) {
            play_complain(r, line, "record %zu cannot be replayed: %s", i + 1, e.detail);
            return NULL;
        }
    }
    return c;
}

static const char *
state_text(struct play_run *r, const struct case_state *c)
{
    struct text t = text_new(r->arena);

    case_write(&t, r->w, c);
    value_write(&t, &c->form);
    return t.at;
}

/* Reports where two texts part, with what stands around it. */
static void
complain_differ(struct play_run *r, uint32_t line, const char *what, const char *is,
                const char *other)
{
    size_t same = 0, from;

    while (is[same] && is[same] == other[same])
        same++;
    from = same < 120 ? 0 : same - 120;
    play_complain(r, line, "%s:\n  is    …%.240s…\n  other …%.240s…", what, is + from,
                  other + from);
}

/* Stored facts give the stored state, and the stored state can be read back. */
static void
check_replay(struct play_run *r, uint32_t line)
{
    const struct case_state *again = rebuild(r, r->n_record, line);
    const char *is = state_text(r, r->c);
    struct text t = text_new(r->arena);
    struct case_state stored;
    struct value v;
    struct error e;

    if (!again || r->c->phase == PHASE_NONE)
        return;
    if (strcmp(state_text(r, again), is) != 0)
        complain_differ(r, line, "the records give another state", is, state_text(r, again));
    case_write(&t, r->w, r->c);
    if (!json_read_stored(r->arena, t.at, t.len, &v, &e) ||
        !case_read(r->arena, r->w, &v, &r->c->form, &stored, &e))
        play_complain(r, line, "the state cannot be read back: %s", e.detail);
    else if (strcmp(state_text(r, &stored), is) != 0)
        complain_differ(r, line, "the state is another when read back", is, state_text(r, &stored));
}

bool
play_decide(struct play_run *r, const struct command *cmd, instant now, struct error *e)
{
    const struct setting s = setting_of(r, now);
    struct command again = *cmd;
    struct outcome o;
    bool done = machine_decide(&s, r->c, cmd, r->arena, &o, NULL, e);

    if (o.blind)
        done =
            play_history(r, &again, e) && machine_decide(&s, r->c, &again, r->arena, &o, NULL, e);
    if (!done)
        return false;
    absorb(r, &o);
    return true;
}

bool
play_give(struct play_run *r, const struct command *cmd, instant now, struct error *e)
{
    return machine_may(r->w, r->c, cmd, e) && play_decide(r, cmd, now, e);
}

bool
play_look(struct play_run *r, instant now, struct error *e)
{
    const struct command look = {.kind = COMMAND_ALARM, .actor = {.id = "engine"}};

    return play_give(r, &look, now, e);
}

/* Looks at the case at every moment that comes due before the line. */
static bool
fire_alarms(struct play_run *r, const struct scenario_line *l)
{
    while (r->c->phase != PHASE_NONE && r->c->alarm != INSTANT_NONE && r->c->alarm < l->at) {
        const instant due = r->c->alarm;
        char text[INSTANT_TEXT];
        struct error e;

        /* Something is late only once its moment has passed. */
        if (!play_look(r, due + 1, &e)) {
            play_complain(r, l->line, "the alarm of %s failed: %s", instant_write(due, text),
                          e.detail);
            return false;
        }
        if (r->c->alarm == due) {
            play_complain(r, l->line, "the alarm of %s rings again", instant_write(due, text));
            return false;
        }
    }
    return true;
}

static void
check_refusal(struct play_run *r, const struct scenario_line *l, const struct error *e)
{
    if (e && !l->refused)
        play_complain(r, l->line, "expected to be accepted, but refused: %s (%s)",
                      error_name(e->code), e->detail);
    else if (!e && l->refused)
        play_complain(r, l->line, "expected to be refused %s, but accepted", l->refused);
    else if (e && strcmp(error_name(e->code), l->refused) != 0)
        play_complain(r, l->line, "expected to be refused %s, but refused %s (%s)", l->refused,
                      error_name(e->code), e->detail);
}

static bool
known_code(const char *code)
{
    for (int i = 1; i < ERROR_COUNT; i++)
        if (!strcmp(error_name((enum error_code)i), code))
            return true;
    return false;
}

/* Words only the hall knows, and the workflow of @in. */
static bool
check_words(struct play_run *r, const struct play_run *in, const struct scenario_line *l)
{
    const struct organisation *org = &r->house->organisation;
    const struct scenario_actor *who = &l->actor;
    const char *about = l->about.party == PARTY_ROLE ? l->about.role : NULL;

    if (about && !organisation_role(org, about))
        play_complain(r, l->line, "no role is called %s", about);
    if (l->refused && !known_code(l->refused))
        play_complain(r, l->line, "no error is called %s", l->refused);
    if (who->role && who->party == PARTY_ROLE && !organisation_role(org, who->role))
        play_complain(r, l->line, "no role is called %s", who->role);
    if (who->party == PARTY_SYSTEM && !organisation_system(org, who->role))
        play_complain(r, l->line, "no system is called %s", who->role);
    if (who->department && !organisation_department(org, who->department))
        play_complain(r, l->line, "no department is called %s", who->department);
    if (who->district && !organisation_district(org, who->district))
        play_complain(r, l->line, "no district is called %s", who->district);
    if (l->district && !organisation_district(org, l->district))
        play_complain(r, l->line, "no district is called %s", l->district);
    if (l->step && step_named(in->w, l->step) == NONE)
        play_complain(r, l->line, "no step is called %s", l->step);
    if (l->clock && rule_called(in->w, l->clock) == NONE)
        play_complain(r, l->line, "no clock is called %s", l->clock);
    if (l->material && workflow_material(in->w, l->material) == NONE)
        play_complain(r, l->line, "no material is called %s", l->material);
    if (l->label && workflow_label(in->w, l->label) == NONE)
        play_complain(r, l->line, "no label is called %s", l->label);
    if (l->lane && workflow_lane(in->w, l->lane) == NONE)
        play_complain(r, l->line, "no lane is called %s", l->lane);
    return !r->failed;
}

/* What came due before the line, of the case and of its children. */
static bool
fire_all(struct play_run *r, const struct scenario_line *l)
{
    if (!fire_alarms(r, l))
        return false;
    for (size_t i = 0; i < r->n_child; i++)
        if (r->child[i].run && !fire_alarms(r->child[i].run, l))
            return false;
    return scenario_by_the_hall(l->verb) || play_all_heard(r, l->line);
}

/* The case the line is about; NULL and a complaint when nothing can be done in it. */
static struct play_run *
case_of(struct play_run *r, const struct scenario_line *l)
{
    struct play_run *in = l->child ? play_child(r, l->child) : r;

    if (!in)
        play_complain(r, l->line, "child %d is not born yet", l->child);
    else if (l->verb != VERB_OPENS && in->c->phase == PHASE_NONE)
        play_complain(r, l->line, "the case is not opened yet");
    else if (l->verb == VERB_OPENS && in->c->phase != PHASE_NONE)
        play_complain(r, l->line, "the case is open already");
    return r->failed ? NULL : in;
}

/* A case is of the version in force on the day it is received. */
static bool
check_day(struct play_run *r, const struct scenario_line *l)
{
    const struct workflow *w = r->w;
    const day received = instant_day(l->happened ? l->happened : l->at);
    char on[DAY_TEXT], from[DAY_TEXT], until[DAY_TEXT];

    if (received >= w->from && (!w->until || received < w->until))
        return true;
    play_complain(r, l->line, "nothing is received on %s by %s.json, in force from %s%s%s",
                  day_write(received, on), r->s->workflow, day_write(w->from, from),
                  w->until ? " until " : "", w->until ? day_write(w->until, until) : "");
    return false;
}

static void
play_line(struct play_run *r, size_t i)
{
    const struct scenario_line *l = &r->s->line[i];
    const bool hall = scenario_by_the_hall(l->verb);
    struct play_run *in = case_of(r, l);
    struct error e;
    bool done;

    if (!in || !check_words(r, in, l) || (l->verb == VERB_OPENS && !check_day(r, l)))
        return;
    in->n_message = 0;
    r->now = in->now = l->at;
    if ((r->alarms && !fire_all(r, l)) || (hall && !play_hear(r, l))) {
        r->failed = true;
        return;
    }
    done = play_give(in, play_command(in, l), l->at, &e);
    if (hall && done)
        play_heard(r, l);
    r->answer[i] = done ? "accepted" : error_name(e.code);
    if (done && l->verb == VERB_ELSEWHERE) /* what came due before found it as it was */
        learn_elsewhere(r, l);
    if (done && scenario_mandates(l)) {
        in->agent = arena_grow(in->arena, in->agent, in->n_agent, sizeof(*in->agent));
        in->agent[in->n_agent++] = l->about.party == PARTY_AGENT ? l->about.name : NULL;
    }
    if (!r->alarms)
        return;
    check_refusal(r, l, done ? NULL : &e);
    play_expect(in, l);
    check_replay(in, l->line);
    r->failed = r->failed || in->failed;
}

static void
play_all(struct play_run *r)
{
    r->c = case_new(r->arena, r->w);
    r->answer = arena_array(r->arena, r->s->n_line, const char *);
    for (size_t i = 0; i < r->s->n_line && !r->failed; i++)
        play_line(r, i);
    if (r->alarms && !r->failed)
        (void)play_all_heard(r, r->s->line[r->s->n_line - 1].line);
}

/* An alarm fired in time and one applied by the next command give the same facts (DESIGN 6). */
static void
check_same(struct play_run *timely, struct play_run *late)
{
    const struct scenario_line *last = &timely->s->line[timely->s->n_line - 1];
    struct error e;

    if (!play_look(timely, last->at, &e) || !play_look(late, last->at, &e)) {
        play_complain(late, last->line, "what came due cannot be applied: %s", e.detail);
        return;
    }
    for (size_t i = 0; i < timely->n_record && i < late->n_record; i++)
        if (strcmp(timely->record[i], late->record[i]) != 0) {
            complain_differ(late, last->line, "without alarms a record is another",
                            timely->record[i], late->record[i]);
            return;
        }
    if (timely->n_record != late->n_record ||
        strcmp(state_text(timely, timely->c), state_text(late, late->c)) != 0)
        complain_differ(late, last->line, "without alarms the state is another",
                        state_text(timely, timely->c), state_text(late, late->c));
}

/* The same of what was answered, and of the child cases. */
static void
check_all_same(struct play_run *timely, struct play_run *late)
{
    for (size_t i = 0; i < timely->s->n_line; i++)
        if (strcmp(timely->answer[i], late->answer[i]) != 0) {
            play_complain(late, timely->s->line[i].line,
                          "without alarms it is %s, with them it is %s", late->answer[i],
                          timely->answer[i]);
            return;
        }
    check_same(timely, late);
    for (size_t i = 0; i < timely->n_child && !late->failed; i++)
        if (timely->child[i].run) {
            check_same(timely->child[i].run, late->child[i].run);
            late->failed = late->child[i].run->failed;
        }
}

static bool
read_file(struct arena *a, const char *file, const char **text)
{
    char part[4096];
    struct text t = text_new(a);
    FILE *f = fopen(file, "r");
    size_t n;
    bool ok;

    if (!f)
        return false;
    while ((n = fread(part, 1, sizeof(part), f)) > 0)
        text_add(&t, part, n);
    ok = !ferror(f) && !memchr(t.at, '\0', t.len);
    (void)fclose(f);
    *text = t.at;
    return ok;
}

const struct workflow *
play_workflow(struct arena *a, const struct house *house, const struct scenario *s, const char *id,
              struct text *report)
{
    const char *slash = strrchr(s->file, '/');
    const int n = slash ? (int)(slash + 1 - s->file) : 0;
    const char *path = arena_printf(a, "%.*s%s.json", n, s->file, id);
    struct problems problems = {.arena = a};
    const struct workflow *w;

    if (definition_read_file(a, path, house, &w, &problems))
        return w;
    problems_sort(&problems);
    for (size_t i = 0; i < problems.n; i++)
        if (!problems.item[i].warning) {
            text_printf(report, "%s: %s:%u: %s (onestop lint tells more)\n", s->file, path,
                        problems.item[i].line, problems.item[i].text);
            break;
        }
    return NULL;
}

bool
play_read(struct arena *a, const char *file, struct scenario *out, struct text *report)
{
    const char *text;
    struct error e;

    if (!read_file(a, file, &text)) {
        text_printf(report, "%s: cannot be read\n", file);
        return false;
    }
    if (scenario_read(a, file, text, out, &e))
        return true;
    text_printf(report, "%s\n", e.detail);
    return false;
}

bool
play_scenario(struct arena *a, const struct house *house, const char *file, struct text *report)
{
    struct scenario s;
    struct play_run timely = {.arena = a, .house = house, .s = &s, .report = report};
    struct play_run late;

    if (!play_read(a, file, &s, report))
        return false;
    timely.w = play_workflow(a, house, &s, s.workflow, report);
    if (!timely.w)
        return false;
    late = timely;
    timely.alarms = true;
    play_all(&timely);
    if (timely.failed)
        return false;
    play_all(&late);
    if (!late.failed)
        check_all_same(&timely, &late);
    return !late.failed;
}
