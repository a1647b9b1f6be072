/* SPDX-License-Identifier: Apache-2.0 */
/* Limits and clocks as JSON for people and systems. */
#include "api/view.h"
#include "machine/names.h"
#include "machine/titles.h"

static void
put_span(struct text *t, const char *key, const char *key_seconds, span s)
{
    char at[INSTANT_TEXT];

    put_member_string(t, key, span_write(s, at));
    put_member_int(t, key_seconds, s / SPAN_SECOND);
}

void
view_limit(struct text *t, const char *key, struct limit l)
{
    struct text in_words = text_new(t->arena);

    if (!limit_is_set(l))
        return;
    limit_write(&in_words, l, LANGUAGE_EN);
    put_member_string(t, key, in_words.at);
}

void
view_last_day(struct text *t, const char *key, instant due)
{
    if (due == INSTANT_NONE)
        return;
    put_key(t, key);
    put_day(t, instant_day(due - 1));
}

static void
put_due(struct text *t, const struct sight *s, const struct case_clock *k)
{
    const struct due due = case_due(s->workflow, k, s->calendar,
                                    k->verdict == VERDICT_OPEN ? s->now : k->ended, t->arena);

    put_member_instant(t, "due", due.at);
    view_last_day(t, "lastDay", due.at);
    if (due.if_resumed != INSTANT_NONE)
        put_member_instant(t, "ifResumedNow", due.if_resumed);
    view_last_day(t, "lastDayIfResumedNow", due.if_resumed);
    put_member_bool(t, "provisional", due.provisional);
}

static void
put_measure(struct text *t, const struct sight *s, const struct case_clock *k)
{
    const instant end = k->verdict == VERDICT_OPEN ? s->now : k->ended;
    const struct measure m = case_measure(s->workflow, k, s->calendar, end, t->arena);

    put_span(t, "elapsed", "elapsedSeconds", m.elapsed);
    put_span(t, "counted", "countedSeconds", m.counted);
    put_span(t, "stopped", "stoppedSeconds", m.stopped);
    if (m.counted_days)
        put_member_int(t, "countedDays", m.counted_days);
    if (k->verdict == VERDICT_OPEN && limit_is_set(k->limit)) {
        put_span(t, "remaining", "remainingSeconds", m.remaining);
        if (k->limit.unit != UNIT_MINUTES && k->limit.unit != UNIT_HOURS)
            put_member_int(t, "remainingDays", m.remaining_days);
    }
}

/* What it stands by: an outage and another's turn have no ground in the workflow, but a title. */
static void
put_ground(struct text *t, const struct workflow *w, const char *ground)
{
    put_member_string(t, "ground", ground);
    view_title(t, "groundTitle", ground_title(w, ground));
}

void
view_clock(struct text *t, const struct sight *s, const struct case_clock *k)
{
    const struct clock_rule *rule = &s->workflow->clock[k->rule];
    const struct visit *v = case_visit(s->state, k->visit);

    put_open(t, '{');
    put_member_string(t, "name", clock_name(t->arena, s->workflow, s->state, k));
    view_title(t, "title", rule->title);
    put_member_string(t, "kind", rule->kind == CLOCK_STATUTORY ? "statutory" : "promised");
    if (v) {
        put_member_string(t, "step", visit_path(t->arena, s->workflow, v));
        put_member_string(t, "element", element_text(t->arena, v->element));
    }
    put_member_string(t, "department", k->department);
    view_limit(t, "limit", k->limit);
    view_limit(t, "extension", k->extension);
    if (case_counting(s->workflow, k, s->calendar, t->arena).void_extension.n)
        put_member_bool(t, "extensionVoid", true);
    put_member_instant(t, "started", k->started);
    put_member_string(t, "verdict", verdict_name(k->verdict));
    put_member_string(
        t, "colour", colour_name(case_clock_colour(s->workflow, k, s->calendar, s->now, t->arena)));
    if (k->verdict != VERDICT_OPEN)
        put_member_instant(t, "ended", k->ended);
    put_member_bool(t, "stands", case_clock_stands(k));
    if (case_clock_stands(k))
        put_ground(t, s->workflow, k->stand[k->n_stand - 1].ground);
    if (limit_is_set(k->limit))
        put_due(t, s, k);
    put_measure(t, s, k);
    put_close(t, '}');
}
