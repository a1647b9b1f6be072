/* SPDX-License-Identifier: Apache-2.0 */
/* What a case has done so far, from its records. */
#include "api/picture/trace.h"

#include <string.h>

#include "machine/notes.h"

struct trail {
    struct arena *a;
    const struct workflow *w;
    const struct case_state *c;
    struct step_trace *step; /* [n_step] */
    uint16_t *of_visit;      /* [last_visit + 1]: its step */
    struct way *gone;
    uint32_t n_gone;
    bool *went; /* by kind, step and index: already in `gone` */
};

struct trail *
trail_new(struct arena *a, const struct workflow *w, const struct case_state *c)
{
    struct trail *t = arena_new(a, struct trail);

    *t = (struct trail){.a = a, .w = w, .c = c};
    t->step = arena_array(a, w->n_step, struct step_trace);
    t->of_visit = arena_array(a, c->last_visit + 1, uint16_t);
    for (int32_t i = 0; i <= c->last_visit; i++)
        t->of_visit[i] = NONE;
    return t;
}

static void
go(struct trail *t, enum way_kind kind, uint16_t step, uint16_t index)
{
    for (uint32_t i = t->n_gone; i-- > 0;)
        if (t->gone[i].kind == kind && t->gone[i].step == step && t->gone[i].index == index)
            return;
    t->gone = arena_grow(t->a, t->gone, t->n_gone, sizeof(*t->gone));
    t->gone[t->n_gone++] = (struct way){.kind = kind, .step = step, .index = index};
}

static void
pass(struct trail *t, uint16_t step)
{
    t->step[step].state = TRACE_PASSED;
    t->step[step].visits++;
}

/* Decisions and ends are no stays; that a way led to them says they were passed. */
static void
go_to(struct trail *t, enum way_kind kind, uint16_t step, uint16_t index, struct target to)
{
    go(t, kind, step, index);
    if (to.kind == TARGET_STEP &&
        (t->w->step[to.step].kind == STEP_END || t->w->step[to.step].kind == STEP_DECISION))
        pass(t, to.step);
}

static uint16_t
step_of(const struct trail *t, int32_t visit)
{
    return visit > 0 && visit <= t->c->last_visit ? t->of_visit[visit] : NONE;
}

static void
entered(struct trail *t, const struct fact *f)
{
    const struct step *s = &t->w->step[f->step];

    if (f->visit > 0 && f->visit <= t->c->last_visit)
        t->of_visit[f->visit] = f->step;
    pass(t, f->step);
    if (s->optional)
        go(t, WAY_STARTED, NONE, f->step);
    if (s->kind == STEP_STAGE)
        go_to(t, WAY_START, NONE, s->first_region,
              (struct target){TARGET_STEP, t->w->region[s->first_region].start});
}

static void
acted(struct trail *t, const struct step *s, const char *action)
{
    for (uint16_t i = 0; action && i < s->n_action; i++)
        if (!strcmp(s->action[i].id, action))
            go_to(t, WAY_ACTION, s->index, i, s->action[i].to);
}

/* Where a parallel went on is told by what the same record enters next. */
static struct target
went_on(const struct trail *t, const struct step *s, const struct value *facts, uint32_t after)
{
    for (uint32_t i = after; s->has_else && i < facts->n; i++) {
        struct fact f;

        if (!read_fact(t->a, t->w, &facts->item[i], &f))
            continue;
        if (f.kind == FACT_ENTERED || f.kind == FACT_CLOSED || f.kind == FACT_DECIDED)
            return s->otherwise.kind == TARGET_STEP && f.step == s->otherwise.step ? s->otherwise
                                                                                   : s->to;
        if (f.kind == FACT_BRANCH_ENDED)
            break;
    }
    return s->to;
}

/* Child cases have joined: nothing else of this record made the step be left. */
static bool
children_joined(const struct trail *t, const struct step *s, int32_t visit,
                const struct value *facts, uint32_t before)
{
    for (uint32_t i = 0; s->children && i < before; i++) {
        struct fact f;

        if (read_fact(t->a, t->w, &facts->item[i], &f) && f.visit == visit &&
            (f.kind == FACT_ACTED || f.kind == FACT_TAKEN || f.kind == FACT_TIMED))
            return false;
    }
    return s->children != NULL;
}

static void
left(struct trail *t, const struct step *s, const struct fact *f, const struct value *facts,
     uint32_t after)
{
    struct target to;

    if (f->name && !strcmp(f->name, "cancelled")) {
        t->step[s->index].state = TRACE_CANCELLED;
        return;
    }
    if (s->kind != STEP_STAGE && s->kind != STEP_PARALLEL &&
        !children_joined(t, s, f->visit, facts, after))
        return;
    to = went_on(t, s, facts, after);
    go_to(t,
          s->has_else && to.kind == TARGET_STEP && to.step == s->otherwise.step ? WAY_ELSE
                                                                                : WAY_THROUGH,
          s->index, 0, to);
}

/* A message was taken: as the step says under `on`, or as one of its actions. */
static void
took(struct trail *t, const struct step *s, const struct letter *l)
{
    const struct hearing *on = l ? step_hearing(s, l->source, l->name) : NULL;

    if (on)
        go_to(t, WAY_MESSAGE, s->index, (uint16_t)(on - s->on), on->to);
    else if (l)
        acted(t, s, l->name);
}

static void
follow_visit(struct trail *t, const struct value *record, const struct fact *f,
             const struct value *facts, uint32_t after)
{
    const uint16_t at = step_of(t, f->visit);
    const struct step *s = at == NONE ? NULL : &t->w->step[at];

    if (!s)
        return;
    if (f->kind == FACT_ACTED)
        acted(t, s, value_get_string(record, "action"));
    else if (f->kind == FACT_TAKEN)
        took(t, s, case_letter(t->c, f->number));
    else if (f->kind == FACT_LEFT)
        left(t, s, f, facts, after);
    else if (f->name && !strcmp(f->name, "passed"))
        return;
    else if (f->number >= 0 && f->number < s->n_timer)
        go_to(t, WAY_TIMER, at, (uint16_t)f->number, s->timer[f->number].to);
    else
        go_to(t, WAY_THROUGH, at, 0, s->to);
}

static void
follow(struct trail *t, const struct value *record, const struct fact *f, const struct value *facts,
       uint32_t after)
{
    const struct workflow *w = t->w;

    if (f->kind == FACT_OPENED) {
        go_to(t, WAY_START, NONE, 0, (struct target){TARGET_STEP, w->region[0].start});
    } else if (f->kind == FACT_ENTERED) {
        entered(t, f);
    } else if (f->kind == FACT_DECIDED) {
        const struct step *s = &w->step[f->step];

        if (f->number >= 0 && f->number < s->n_arm)
            go_to(t, WAY_ARM, f->step, (uint16_t)f->number, s->arm[f->number].to);
    } else if (f->kind == FACT_BRANCHED) {
        if (f->number > 0 && f->number < w->n_region)
            go_to(t, WAY_START, NONE, (uint16_t)f->number,
                  (struct target){TARGET_STEP, w->region[f->number].start});
    } else if (f->kind == FACT_REOPENED) {
        for (uint16_t i = 0; f->name && i < w->n_reopen; i++)
            if (!strcmp(w->reopen[i].id, f->name))
                go_to(t, WAY_REOPENED, NONE, i, (struct target){TARGET_STEP, w->reopen[i].to});
    } else if (f->kind == FACT_CLOSED && w->withdraw) {
        const char *command = value_get_string(record, "command");

        if (command && !strcmp(command, command_name(COMMAND_WITHDRAW)))
            go_to(t, WAY_WITHDRAW, NONE, 0, w->withdraw->to);
    } else if (f->kind == FACT_ACTED || f->kind == FACT_TAKEN || f->kind == FACT_LEFT ||
               f->kind == FACT_TIMED) {
        follow_visit(t, record, f, facts, after);
    }
}

void
trail_add(struct trail *t, const struct value *record)
{
    const struct value *facts = value_get(record, "facts"), *number = value_get(record, "number");

    for (uint32_t i = 0; number && i < t->c->n_annulled; i++)
        if (number->kind == VALUE_INT && number->integer == t->c->annulled[i])
            return;
    for (uint32_t i = 0; facts && facts->kind == VALUE_ARRAY && i < facts->n; i++) {
        struct fact f;

        if (read_fact(t->a, t->w, &facts->item[i], &f))
            follow(t, record, &f, facts, i + 1);
    }
}

static const char *
words_of_clock(struct trail *t, const struct case_clock *k, const struct calendar *calendar,
               instant now, enum language lang)
{
    static const char *const shade[][2] = {
        [COLOUR_NONE] = {"", ""},
        [COLOUR_GREEN] = {"", ""},
        [COLOUR_BLUE] = {"预警", "soon due"},
        [COLOUR_YELLOW] = {"黄牌：超过承诺", "yellow: late"},
        [COLOUR_RED] = {"红牌：超过法定", "red: against the law"}};
    const enum colour colour = case_clock_colour(t->w, k, calendar, now, t->a);
    const char *state = shade[colour][lang == LANGUAGE_EN];
    char last[DAY_TEXT];

    if (k->verdict != VERDICT_OPEN)
        return k->verdict == VERDICT_LATE ? (lang == LANGUAGE_ZH ? "超时办结" : "ended late")
                                          : (lang == LANGUAGE_ZH ? "按时办结" : "ended on time");
    if (k->due == INSTANT_NONE)
        return case_clock_stands(k) ? (lang == LANGUAGE_ZH ? "中止计时" : "stands") : state;
    return arena_printf(t->a, "%s%s%s%s", day_write(k->last_day, last),
                        lang == LANGUAGE_ZH ? " 到期" : " due", *state ? " · " : "", state);
}

/* Of an open step: the gravest colour of its clocks, and what that clock says. */
static void
colour_step(struct trail *t, const struct visit *v, const struct calendar *calendar, instant now,
            enum language lang)
{
    struct step_trace *s = &t->step[v->step];

    s->state = TRACE_ACTIVE;
    for (uint32_t i = 0; i < t->c->n_clock; i++) {
        const struct case_clock *k = &t->c->clock[i];

        if (k->visit != v->id || k->verdict != VERDICT_OPEN)
            continue;
        if (!s->note || case_clock_colour(t->w, k, calendar, now, t->a) > s->colour) {
            s->colour = case_clock_colour(t->w, k, calendar, now, t->a);
            s->note = words_of_clock(t, k, calendar, now, lang);
        }
    }
}

const struct picture_trace *
trail_end(struct trail *t, const struct calendar *calendar, instant now, enum language lang)
{
    struct picture_trace *trace = arena_new(t->a, struct picture_trace);
    const char **note = arena_array(t->a, t->c->n_clock, const char *);

    for (uint32_t i = 0; i < t->c->n_prepared; i++)
        t->step[t->c->prepared[i].step].prepared = true;
    for (uint32_t i = 0; i < t->c->n_visit; i++)
        colour_step(t, &t->c->visit[i], calendar, now, lang);
    *trace = (struct picture_trace){.number = t->c->number,
                                    .step = t->step,
                                    .gone = t->gone,
                                    .n_gone = t->n_gone,
                                    .note = note};
    for (uint32_t i = 0; i < t->c->n_clock; i++) {
        const struct case_clock *k = &t->c->clock[i];
        const struct clock_rule *rule = &t->w->clock[k->rule];
        const char *title = lang == LANGUAGE_ZH ? rule->title.zh : rule->title.en;

        if (rule->scope == NONE)
            note[trace->n_note++] = arena_printf(t->a, "%s%s%s", title && *title ? title : rule->id,
                                                 lang == LANGUAGE_ZH ? "：" : ": ",
                                                 words_of_clock(t, k, calendar, now, lang));
    }
    return trace;
}
