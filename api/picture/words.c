/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of a picture. */
#include <string.h>

#include "api/picture/plan.h"

enum { NODE_TEXT = 172, LABEL_TEXT = 150, BOX_TEXT = 420, HEAD_TEXT = 900 };

static const char *
say(const struct picture *p, const char *zh, const char *en)
{
    return p->lang == LANGUAGE_ZH ? zh : en;
}

const char *
title_in(const struct picture *p, struct title t)
{
    const char *text = p->lang == LANGUAGE_ZH ? t.zh : t.en;

    return text ? text : "";
}

static void
say_expression(struct picture *p, struct text *t, const struct expression *x)
{
    const struct wording wording = {p->lang, title_of_operand, p};

    expression_say(x, &wording, t);
}

static const char *
condition(struct picture *p, const struct expression *x)
{
    struct text t = text_new(p->a);

    if (!x)
        return say(p, "其他情形", "otherwise");
    text_str(&t, say(p, "", "if "));
    say_expression(p, &t, x);
    return t.at;
}

static void
add(struct picture *p, struct lines *l, int width, enum text_style style, const char *text)
{
    lines_wrap(p->a, l, text, style, width, -1);
}

/* "2 working days", "until the date …", for each arm. */
static void
words_of_limit(struct picture *p, struct lines *l, int width, const char *name,
               const struct clock_rule *rule)
{
    for (uint16_t i = 0; i < rule->n_arm; i++) {
        const struct limit_arm *arm = &rule->arm[i];
        struct text t = text_new(p->a);

        text_printf(&t, "%s ", name);
        if (arm->date) {
            text_str(&t, say(p, "至 ", "until "));
            say_expression(p, &t, arm->date);
        } else if (arm->limit.n == 0) {
            text_str(&t, say(p, "不限", "none"));
        } else {
            limit_write(&t, arm->limit, p->lang);
        }
        if (rule->n_arm > 1)
            text_printf(&t, "%s%s", say(p, "：", " "), condition(p, arm->when));
        add(p, l, width, STYLE_PLAIN, t.at);
    }
}

static void
words_of_clocks(struct picture *p, struct lines *l, int width, const struct step *s)
{
    for (uint16_t i = 0; i < s->n_clock; i++) {
        const struct clock_rule *rule = &p->w->clock[s->clock[i]];
        const char *name = title_in(p, rule->title);

        if (rule->is_limit)
            name = say(p, "时限", "limit");
        else if (!*name)
            name = rule->id;
        words_of_limit(p, l, width, name, rule);
    }
    if (s->stops != NONE)
        add(p, l, width, STYLE_PLAIN,
            arena_printf(p->a, "%s%s", say(p, "中止计时：", "clocks stand: "),
                         title_in(p, p->w->ground[s->stops].title)));
}

/* As the organisation titles @known; a name of its own where it knows none. */
static const char *
title_or(const struct picture *p, const struct value *known, const char *name)
{
    const char *title =
        value_get_string(value_get(known, "title"), p->lang == LANGUAGE_ZH ? "zh" : "en");

    return title ? title : name;
}

static const char *
title_of_department(const struct picture *p, const char *id)
{
    return id && p->o ? title_or(p, organisation_department(p->o, id), id) : id;
}

/* The department that does it, or all that may be chosen; NULL: the lead. */
static const char *
words_of_department(struct picture *p, const struct step *s)
{
    const char *said = say(p, "选定部门：", "the one chosen of ");

    for (uint16_t i = 0; s->choice && i < s->choice->n; i++)
        said = arena_printf(p->a, "%s%s%s", said, i ? say(p, "、", ", ") : "",
                            title_of_department(p, s->choice->may_be[i]));
    return s->choice ? said : title_of_department(p, s->department);
}

/* Who acts: his role and, where it is not the lead, his department. */
static const char *
words_of_actor(struct picture *p, const struct step *s)
{
    const struct value *known = NULL;
    const char *name = s->role ? s->role : "", *title;

    if (s->by == ACTOR_APPLICANT)
        return say(p, "申请人", "applicant");
    if (s->by == ACTOR_PUBLIC)
        return say(p, "任何人", "anybody");
    if (p->o)
        known =
            s->by == ACTOR_SYSTEM ? organisation_system(p->o, name) : organisation_role(p->o, name);
    name = title_or(p, known, name);
    if (s->by == ACTOR_SYSTEM)
        return arena_printf(p->a, "%s%s", say(p, "系统：", "system: "), name);
    title = words_of_department(p, s);
    return title ? arena_printf(p->a, "%s · %s", name, title) : name;
}

static void
words_of_stay(struct picture *p, struct node *n, const struct step *s)
{
    struct text t = text_new(p->a);

    if (s->wait_until) {
        text_str(&t, s->ballot ? say(p, "表决截止：", "the vote closes: ")
                               : say(p, "等到：", "waits until: "));
        say_expression(p, &t, s->wait_until);
        add(p, &n->lines, NODE_TEXT, STYLE_PLAIN, t.at);
    } else if (s->wait.n) {
        text_str(&t, s->ballot ? say(p, "表决期 ", "votes for ") : say(p, "等待 ", "waits "));
        limit_write(&t, s->wait, p->lang);
        add(p, &n->lines, NODE_TEXT, STYLE_PLAIN, t.at);
    }
    if (s->children)
        add(p, &n->lines, NODE_TEXT, STYLE_PLAIN,
            arena_printf(p->a, "%s%s%s%s", say(p, "子办件：", "opens cases: "),
                         s->children->workflow,
                         s->children->each ? say(p, "，逐项：", ", for each of ") : "",
                         s->children->each ? s->children->each : ""));
    if (s->kind == STEP_TASK || s->ballot || (s->kind == STEP_WAIT && s->n_action))
        add(p, &n->lines, NODE_TEXT, STYLE_PLAIN, words_of_actor(p, s));
    words_of_clocks(p, &n->lines, NODE_TEXT, s);
    for (uint16_t i = 0; i < s->n_distinct_from; i++)
        add(p, &n->lines, NODE_TEXT, STYLE_FAINT,
            arena_printf(p->a, "%s%s", say(p, "经办人不同于：", "another person than: "),
                         title_in(p, p->w->step[s->distinct_from[i]].title)));
    for (uint16_t i = 0; s->prepare && i < s->prepare->n_during; i++)
        add(p, &n->lines, NODE_TEXT, STYLE_FAINT,
            arena_printf(p->a, "%s%s", say(p, "可预办，期间：", "may be prepared during: "),
                         title_in(p, p->w->step[s->prepare->during[i]].title)));
}

/* "5 working days", and its condition. */
static void
say_timer(struct picture *p, struct text *t, const struct timer *timer)
{
    limit_write(t, timer->limit, p->lang);
    if (timer->when)
        text_printf(t, "%s%s", say(p, "：", " "), condition(p, timer->when));
}

static const char *
verb_of(const struct picture *p, const struct effect *e)
{
    if (e->kind == EFFECT_ISSUE)
        return e->held ? say(p, "换发：", "issues, in place of the one held, ")
                       : say(p, "发证：", "issues ");
    return e->kind == EFFECT_DRAW ? say(p, "抽取：", "draws ")
                                  : say(p, "注销所持证照：", "revokes the held ");
}

/* The certificates that are issued or hold no more, and what is drawn by lot. */
static void
say_effects(struct picture *p, struct text *t, const struct effects *effects)
{
    for (uint16_t i = 0; i < effects->n; i++) {
        const struct effect *e = &effects->item[i];
        const struct certificate_kind *kind =
            e->kind == EFFECT_ISSUE ? &p->w->certificate[e->certificate] : NULL;

        if (!kind && e->kind != EFFECT_DRAW && e->kind != EFFECT_REVOKE)
            continue;
        text_printf(t, "%s%s", t->len ? say(p, "；", "; ") : "", verb_of(p, e));
        text_str(t, !kind                       ? e->name
                    : *title_in(p, kind->title) ? title_in(p, kind->title)
                                                : kind->id);
    }
}

static void
say_message(struct picture *p, struct text *t, const struct hearing *on)
{
    text_str(t, *title_in(p, on->title) ? title_in(p, on->title) : on->id);
}

/* What somebody may do in a step without leaving it, and what it reminds of. */
static void
words_of_idle(struct picture *p, struct node *n, const struct step *s, int width)
{
    for (uint16_t i = 0; i < s->n_action; i++)
        if (s->action[i].to.kind == TARGET_NONE)
            add(p, &n->lines, width, STYLE_FAINT,
                arena_printf(p->a, "· %s", title_in(p, s->action[i].title)));
    for (uint16_t i = 0; i < s->n_on; i++)
        if (s->on[i].to.kind == TARGET_NONE) {
            struct text t = text_new(p->a);

            text_str(&t, say(p, "· 消息：", "· message: "));
            say_message(p, &t, &s->on[i]);
            add(p, &n->lines, width, STYLE_FAINT, t.at);
        }
    for (uint16_t i = 0; i < s->n_timer; i++)
        if (s->timer[i].to.kind == TARGET_NONE) {
            struct text t = text_new(p->a);

            text_str(&t, say(p, "· 提醒：满", "· reminder after "));
            say_timer(p, &t, &s->timer[i]);
            add(p, &n->lines, width, STYLE_FAINT, t.at);
        }
}

/* How the case of the picture stands in a step. */
static void
words_of_trace(struct picture *p, struct node *n, int width)
{
    const struct step_trace *s = p->trace ? &p->trace->step[n->step] : NULL;
    const char *state = "";

    if (s && s->prepared)
        add(p, &n->lines, width, STYLE_STATE, say(p, "已预办", "prepared"));
    if (!s || s->state == TRACE_NOT_YET)
        return;
    switch (s->state) {
    case TRACE_NOT_YET:
        break;
    case TRACE_PASSED:
        state = say(p, "已办", "done");
        break;
    case TRACE_CANCELLED:
        state = say(p, "已取消", "cancelled");
        break;
    case TRACE_ACTIVE:
        state = say(p, "在办", "active");
        break;
    }
    if (s->visits > 1)
        state = arena_printf(p->a, "%s ×%u", state, s->visits);
    add(p, &n->lines, width, STYLE_STATE,
        arena_printf(p->a, "%s%s%s", state, s->note ? " · " : "", s->note ? s->note : ""));
}

void
words_of_step(struct picture *p, struct node *n)
{
    const struct step *s = &p->w->step[n->step];
    const char *title = title_in(p, s->title);
    const int width = n->kind == NODE_BOX ? BOX_TEXT : NODE_TEXT;
    struct text issued = text_new(p->a);

    if (*title || s->kind != STEP_DECISION)
        add(p, &n->lines, width, STYLE_TITLE, *title ? title : s->id);
    else
        add(p, &n->lines, width, STYLE_PLAIN, s->id);
    if (s->kind == STEP_END)
        add(p, &n->lines, width, STYLE_FAINT,
            arena_printf(p->a, "%s%s", say(p, "结果：", "outcome: "), s->outcome));
    if (n->kind == NODE_BOX && (s->choice || s->department))
        add(p, &n->lines, width, STYLE_PLAIN, words_of_department(p, s));
    if (n->kind == NODE_BOX)
        words_of_clocks(p, &n->lines, width, s);
    else
        words_of_stay(p, n, s);
    say_effects(p, &issued, &s->effects);
    if (issued.len)
        add(p, &n->lines, width, STYLE_PLAIN, issued.at);
    words_of_idle(p, n, s, width);
    words_of_trace(p, n, width);
}

void
words_of_plane(struct picture *p, uint16_t region)
{
    const struct region *r = &p->w->region[region];
    struct plane *plane = &p->plane[region];

    if (r->owner == NONE || p->w->step[r->owner].kind == STEP_STAGE)
        return;
    add(p, &plane->lines, NODE_TEXT + LABEL_TEXT / 2, STYLE_TITLE,
        *title_in(p, r->title) ? title_in(p, r->title) : r->id);
    if (r->when)
        add(p, &plane->lines, NODE_TEXT + LABEL_TEXT / 2, STYLE_FAINT, condition(p, r->when));
}

void
words_of_case(struct picture *p)
{
    const struct workflow *w = p->w;
    char from[DAY_TEXT];

    add(p, &p->head, HEAD_TEXT, STYLE_TITLE, title_in(p, w->title));
    add(p, &p->head, HEAD_TEXT, STYLE_FAINT,
        arena_printf(p->a, "%s · %.12s · %s%s · %s%s", w->id, w->hash, say(p, "自 ", "from "),
                     day_write(w->from, from), say(p, "牵头 ", "lead "),
                     title_of_department(p, w->lead)));
    if (p->trace)
        add(p, &p->head, HEAD_TEXT, STYLE_STATE, p->trace->number);
    for (uint32_t i = 0; p->trace && i < p->trace->n_note; i++)
        add(p, &p->head, HEAD_TEXT, STYLE_PLAIN, p->trace->note[i]);
    for (uint16_t i = 0; i < w->n_clock; i++) {
        const struct clock_rule *rule = &w->clock[i];
        const char *name = title_in(p, rule->title);

        if (rule->scope == NONE)
            words_of_limit(p, &p->head, HEAD_TEXT,
                           *name                          ? name
                           : rule->kind == CLOCK_PROMISED ? say(p, "承诺时限", "promised")
                                                          : say(p, "法定时限", "statutory"),
                           rule);
    }
}

void
words_of_start(struct picture *p, struct lines *l, const struct discretion *d, int width)
{
    struct text t = text_new(p->a);

    text_str(&t, say(p, "可选，启动人：", "optional, started by "));
    for (uint16_t i = 0; i < d->n_by; i++)
        text_printf(&t, "%s%s", i ? say(p, "、", ", ") : "", d->by[i]);
    if (d->most > 1)
        text_printf(&t, p->lang == LANGUAGE_ZH ? "，至多 %d 次" : ", at most %d times", d->most);
    add(p, l, width, STYLE_PLAIN, t.at);
    if (d->when)
        add(p, l, width, STYLE_FAINT, condition(p, d->when));
}

static const char *
words_of_join(struct picture *p, const struct step *s)
{
    switch (s->join) {
    case JOIN_ALL:
        return say(p, "全部完成", "all are through");
    case JOIN_ANY:
        return say(p, "任一完成", "one is through");
    case JOIN_COUNT:
        return arena_printf(p->a, "%d %s%s", s->join_count,
                            s->join_of ? say(p, "个结果为 ", "end as ")
                                       : say(p, "个完成", "are through"),
                            s->join_of ? s->join_of : "");
    case JOIN_WHEN:
        return condition(p, s->join_when);
    }
    return "";
}

const char *
words_of_way(struct picture *p, const struct way *way)
{
    const struct step *s = way->step == NONE ? NULL : &p->w->step[way->step];
    struct text t = text_new(p->a);

    switch (way->kind) {
    case WAY_ACTION:
        text_str(&t, title_in(p, s->action[way->index].title));
        say_effects(p, &t, &s->action[way->index].effects);
        return t.at;
    case WAY_MESSAGE:
        text_str(&t, say(p, "消息：", "message: "));
        say_message(p, &t, &s->on[way->index]);
        say_effects(p, &t, &s->on[way->index].effects);
        return t.at;
    case WAY_TIMER:
        text_str(&t, say(p, "满", "after "));
        say_timer(p, &t, &s->timer[way->index]);
        return t.at;
    case WAY_ARM: /* where there is but one, it is no choice */
        return s->n_arm == 1 ? "" : condition(p, s->arm[way->index].when);
    case WAY_THROUGH:
        if (s->kind == STEP_PARALLEL || s->children)
            return words_of_join(p, s);
        return s->kind == STEP_WAIT ? say(p, "时间到", "time is up") : "";
    case WAY_ELSE:
        return say(p, "不能再满足时", "when it cannot be met");
    case WAY_START:
    case WAY_WITHDRAW:
    case WAY_STARTED:
    case WAY_REOPENED:
    case WAY_KINDS:
        break;
    }
    return "";
}
