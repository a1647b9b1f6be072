/* SPDX-License-Identifier: Apache-2.0 */
/* Holds what a scenario expects against what the interface shows. */
#include <assert.h>
#include <string.h>

#include "daemon/play_http.h"

static void
complain_is(struct play_visit *v, const struct expectation *x, const char *is)
{
    play_http_complain(v, x->line, "expected %s, but %s", x->text, is);
}

static const char *
or_nothing(const char *text)
{
    return text ? text : "nothing";
}

static bool
is_word(const char *text, const char *word)
{
    return text && !strcmp(text, word);
}

static void
expect_steps(struct play_visit *v, const struct expectation *x)
{
    const struct value *steps = value_get(&v->c, "steps");
    struct text is = text_new(v->arena);
    size_t found = 0;

    for (uint32_t i = 0; steps && i < steps->n; i++) {
        const char *step = value_get_string(&steps->item[i], "step");

        text_printf(&is, "%s%s", i ? " " : "", step);
        for (size_t j = 0; j < x->n_word; j++)
            found += !strcmp(x->word[j], step);
    }
    if (!steps || found != x->n_word || steps->n != x->n_word)
        complain_is(v, x, arena_printf(v->arena, "%s is active", is.len ? is.at : "nothing"));
}

/* --- facts --- */

/* Was the record taken back by a later one? */
static bool
is_annulled(const struct play_visit *v, int64_t number)
{
    for (size_t i = 0; i < v->n_record; i++) {
        const struct value *facts = value_get(&v->record[i], "facts");

        for (uint32_t j = 0; facts && j < facts->n; j++)
            if (is_word(value_get_string(&facts->item[j], "fact"), "annulled") &&
                value_get(&facts->item[j], "number") &&
                value_get(&facts->item[j], "number")->integer == number)
                return true;
    }
    return false;
}

/*
 * The last fact called @kind whose member @name says @is, of the records after
 * @since that still count.
 */
static const struct value *
last_fact(const struct play_visit *v, int64_t since, const char *kind, const char *name,
          const char *is)
{
    const struct value *last = NULL;

    for (size_t i = 0; i < v->n_record; i++) {
        const int64_t number = value_get(&v->record[i], "number")->integer;
        const struct value *facts = value_get(&v->record[i], "facts");

        if (number <= since || is_annulled(v, number))
            continue;
        for (uint32_t j = 0; j < facts->n; j++)
            if (is_word(value_get_string(&facts->item[j], "fact"), kind) &&
                is_word(value_get_string(&facts->item[j], name), is))
                last = &facts->item[j];
    }
    return last;
}

static void
expect_mark(struct play_visit *v, const struct expectation *x)
{
    const bool set = last_fact(v, 0, "marked", "mark", x->name) != NULL;

    if (set == x->absent)
        complain_is(v, x, set ? "it is set" : "it is not set");
}

static void
expect_message(struct play_visit *v, const struct expectation *x)
{
    const bool sent = last_fact(v, v->before, "sent", "name", x->name) != NULL;

    if (sent == x->absent)
        complain_is(v, x, sent ? "there is one" : "there is none");
}

/* --- clocks --- */

/* The last one of the name that the case still shows; NULL. */
/* @name is @clock's, or that with "@" and the @department whose it is. */
static bool
names_clock(const char *name, const char *clock, const char *department)
{
    const size_t len = clock ? strlen(clock) : 0;

    if (!clock || strncmp(name, clock, len) != 0)
        return false;
    return !name[len] || (name[len] == '@' && is_word(department, name + len + 1));
}

static const struct value *
shown_clock(const struct play_visit *v, const char *name)
{
    const struct value *clocks = value_get(&v->c, "clocks"), *found = NULL;

    for (uint32_t i = 0; clocks && i < clocks->n; i++)
        if (names_clock(name, value_get_string(&clocks->item[i], "name"),
                        value_get_string(&clocks->item[i], "department")))
            found = &clocks->item[i];
    return found;
}

/* Whether the clock that @fact started is called @name: in a list's branch by the element's. */
static bool
is_called(const struct play_visit *v, const struct value *fact, const char *name)
{
    const char *rule = value_get_string(fact, "rule"), *element = value_get_string(fact, "element");

    for (const char *at = rule; element && at; at = strchr(at, '.')) {
        at += *at == '.';
        if (is_word(arena_printf(v->arena, "%.*s%s%s", (int)(at - rule), rule, element,
                                 at + strcspn(at, ".:")),
                    name))
            return true;
    }
    return !element && names_clock(name, rule, value_get_string(fact, "name"));
}

static const struct value *
started_clock(const struct play_visit *v, const char *name)
{
    const struct value *last = NULL;

    for (size_t i = 0; i < v->n_record; i++) {
        const struct value *facts = value_get(&v->record[i], "facts");

        for (uint32_t j = 0; facts && j < facts->n; j++)
            if (is_word(value_get_string(&facts->item[j], "fact"), "clock-started") &&
                is_called(v, &facts->item[j], name) &&
                !is_annulled(v, value_get(&v->record[i], "number")->integer))
                last = &facts->item[j];
    }
    return last;
}

/* The last fact @what of the last clock of the name; NULL: there is none. */
static const struct value *
told_of_clock(const struct play_visit *v, const char *name, const char *what)
{
    const struct value *number = value_get(started_clock(v, name), "number"), *last = NULL;

    for (size_t i = 0; number && i < v->n_record; i++) {
        const struct value *facts = value_get(&v->record[i], "facts");

        for (uint32_t j = 0; j < facts->n; j++)
            if (is_word(value_get_string(&facts->item[j], "fact"), what) &&
                value_get(&facts->item[j], "number") &&
                value_get(&facts->item[j], "number")->integer == number->integer &&
                !is_annulled(v, value_get(&v->record[i], "number")->integer))
                last = &facts->item[j];
    }
    return last;
}

/* How the last clock of the name ended, as the facts tell; "open" while it did not. */
static const char *
told_verdict(const struct play_visit *v, const char *name)
{
    static const char *const word[] = {"open", "on-time", "late", "cancelled"};
    const struct value *ended = value_get(told_of_clock(v, name, "clock-ended"), "verdict");

    if (!started_clock(v, name))
        return NULL;
    return ended && ended->integer >= 0 && ended->integer <= 3 ? word[ended->integer] : "open";
}

static bool
stands(const struct value *clock)
{
    const struct value *s = value_get(clock, "stands");

    return s && s->kind == VALUE_BOOL && s->boolean;
}

static bool
clock_is(const struct play_visit *v, const struct expectation *x)
{
    const struct value *k = shown_clock(v, x->name);
    const char *verdict = k ? value_get_string(k, "verdict") : told_verdict(v, x->name);
    const char *colour = value_get_string(k, "colour");
    const bool open = k && is_word(verdict, "open");

    switch (x->state) {
    case CLOCK_WORD_RUNS:
        return open && !stands(k);
    case CLOCK_WORD_STANDS:
        return open && stands(k) && (!x->is || is_word(value_get_string(k, "ground"), x->is));
    case CLOCK_WORD_ON_TIME:
        return is_word(verdict, "on-time");
    case CLOCK_WORD_LATE:
        return is_word(verdict, "late") ||
               (open && (is_word(colour, "yellow") || is_word(colour, "red")));
    case CLOCK_WORD_CANCELLED:
        return is_word(verdict, "cancelled");
    case CLOCK_WORD_NOT_STARTED:
        return !verdict;
    case CLOCK_WORD_GREEN:
    case CLOCK_WORD_BLUE:
    case CLOCK_WORD_YELLOW:
    case CLOCK_WORD_RED:
        return is_word(colour, clock_word_text(x->state));
    case CLOCK_WORD_WARNED:
        return k && told_of_clock(v, x->name, "warned");
    }
    return false;
}

static const char *
clock_text(const struct play_visit *v, const char *name)
{
    const struct value *k = shown_clock(v, name);
    const char *told = told_verdict(v, name);

    if (!k)
        return arena_printf(v->arena, "it %s", told ? told : "was not started");
    return arena_printf(v->arena, "it is %s%s, due %s, %s", value_get_string(k, "verdict"),
                        stands(k) ? " and stands" : "", or_nothing(value_get_string(k, "due")),
                        or_nothing(value_get_string(k, "colour")));
}

static bool
is_due(const struct value *k, const struct expectation *x)
{
    const char *last_day = value_get_string(k, "lastDay"), *due = value_get_string(k, "due");
    char day_text[DAY_TEXT], at_text[INSTANT_TEXT];

    return due && is_word(last_day, day_write(x->last_day, day_text)) &&
           (x->at == INSTANT_NONE || is_word(due, instant_write(x->at, at_text)));
}

static void
expect_clock(struct play_visit *v, const struct expectation *x)
{
    if (x->kind == EXPECT_CLOCK_DUE ? !is_due(shown_clock(v, x->name), x) : !clock_is(v, x))
        complain_is(v, x, clock_text(v, x->name));
}

/* --- the rest --- */

static void
expect_status(struct play_visit *v, const struct expectation *x)
{
    const char *is = value_get_string(value_get(&v->c, "status"), "code");

    if (!is_word(is, x->name))
        complain_is(v, x, arena_printf(v->arena, "it is %s", or_nothing(is)));
}

static void
expect_outcome(struct play_visit *v, const struct expectation *x)
{
    const char *is = value_get_string(&v->c, "outcome");

    if (!is_word(is, x->name) || !is_word(value_get_string(&v->c, "phase"), "closed"))
        complain_is(v, x, is ? arena_printf(v->arena, "it is %s", is) : "the case is open");
}

static void
hold_value(struct play_visit *v, const struct expectation *x, const struct value *is)
{
    struct text t = text_new(v->arena);

    if (is && value_equal(is, &x->value))
        return;
    if (is)
        value_write(&t, is);
    complain_is(v, x, is ? arena_printf(v->arena, "it is %s", t.at) : "it is missing");
}

/* What is set beside the form is told by the facts alone. */
static void
expect_case(struct play_visit *v, const struct expectation *x)
{
    const char *name = arena_printf(v->arena, "case.%s", x->name);

    hold_value(v, x, value_get(last_fact(v, 0, "set", "name", name), "value"));
}

static void
expect_form(struct play_visit *v, const struct expectation *x)
{
    const struct value *is = value_get(&v->c, "form");

    for (const char *name = x->name; is && *name;) {
        const size_t n = strcspn(name, ".");

        is = value_get(is, arena_strndup(v->arena, name, n));
        name += n + (name[n] == '.');
    }
    hold_value(v, x, is);
}

/* --- what stands in lists of the case --- */

/* The entry of list @name whose member @key says @is; NULL. */
static const struct value *
entry(const struct play_visit *v, const char *name, const char *key, const char *is)
{
    const struct value *list = value_get(&v->c, name);

    for (uint32_t i = 0; list && i < list->n; i++)
        if (is_word(value_get_string(&list->item[i], key), is))
            return &list->item[i];
    return NULL;
}

static const struct value *
numbered(const struct play_visit *v, const char *name, const char *key, int32_t number)
{
    const struct value *list = value_get(&v->c, name);

    for (uint32_t i = 0; list && i < list->n; i++)
        if (value_get(&list->item[i], key)->integer == number)
            return &list->item[i];
    return NULL;
}

/* What is expected of it is what @is says; NULL: it is not there. */
static void
hold_word(struct play_visit *v, const struct expectation *x, const char *is, const char *wanted)
{
    if (!is_word(is, wanted))
        complain_is(v, x, is ? arena_printf(v->arena, "it is %s", is) : "it is not there");
}

static void
hold_presence(struct play_visit *v, const struct expectation *x, bool there)
{
    if (there == x->absent)
        complain_is(v, x, there ? "there is one" : "there is none");
}

static void
expect_letter(struct play_visit *v, const struct expectation *x)
{
    hold_word(v, x, value_get_string(numbered(v, "messages", "number", x->number), "fate"),
              x->name);
}

/* What was asked for at this moment the hall may have opened already. */
static void
expect_child(struct play_visit *v, const struct expectation *x)
{
    const char *is = play_http_child(v, x->number);

    if (strcmp(x->name, "asked") != 0 || !is)
        hold_word(v, x, is, x->name);
}

static void
expect_label(struct play_visit *v, const struct expectation *x)
{
    hold_presence(v, x, entry(v, "labels", "id", x->name) != NULL);
}

static void
expect_void(struct play_visit *v, const struct expectation *x)
{
    hold_presence(v, x, entry(v, "voided", "kind", x->name) != NULL);
}

static void
expect_lane(struct play_visit *v, const struct expectation *x)
{
    const char *is = value_get_string(value_get(&v->c, "lane"), "id");

    if (x->absent ? is != NULL : !is_word(is, x->name))
        complain_is(v, x, arena_printf(v->arena, "it is in %s", is ? is : "none"));
}

static void
expect_district(struct play_visit *v, const struct expectation *x)
{
    hold_word(v, x, value_get_string(&v->c, "district"), x->name);
}

static void
expect_material(struct play_visit *v, const struct expectation *x)
{
    hold_word(v, x, value_get_string(entry(v, "materials", "id", x->name), "state"), x->is);
}

static void
expect_certificate(struct play_visit *v, const struct expectation *x)
{
    hold_word(v, x, value_get_string(numbered(v, "certificates", "nth", x->number), "state"),
              x->name);
}

static void
expect_claim(struct play_visit *v, const struct expectation *x)
{
    hold_presence(v, x, value_get(entry(v, "steps", "step", x->name), "holder") != NULL);
}

static void
expect_hold(struct play_visit *v, const struct expectation *x)
{
    hold_presence(v, x, value_get(entry(v, "steps", "step", x->name), "onHold") != NULL);
}

static void
expect_contradiction(struct play_visit *v, const struct expectation *x)
{
    hold_presence(v, x, value_get(&v->c, "contradicted") != NULL);
}

static void
expect_mandate(struct play_visit *v, const struct expectation *x)
{
    hold_word(v, x, value_get_string(numbered(v, "mandates", "number", x->number), "state"),
              x->name);
}

static void
expect_first_handler(struct play_visit *v, const struct expectation *x)
{
    hold_word(v, x, value_get_string(value_get(&v->c, "firstHandler"), "account"),
              play_account_name(v->arena, &x->who));
}

static void
expect_prepared(struct play_visit *v, const struct expectation *x)
{
    hold_presence(v, x, entry(v, "prepared", "step", x->name) != NULL);
}

static void
expect_stuck(struct play_visit *v, const struct expectation *x)
{
    hold_presence(v, x,
                  x->absent ? value_get(&v->c, "stuck") != NULL
                            : entry(v, "stuck", "code", x->name) != NULL);
}

static void (*const holds[])(struct play_visit *v, const struct expectation *x) = {
    [EXPECT_STEPS] = expect_steps,       [EXPECT_STATUS] = expect_status,
    [EXPECT_OUTCOME] = expect_outcome,   [EXPECT_CLOCK_DUE] = expect_clock,
    [EXPECT_CLOCK] = expect_clock,       [EXPECT_MESSAGE] = expect_message,
    [EXPECT_MARK] = expect_mark,         [EXPECT_FORM] = expect_form,
    [EXPECT_CASE] = expect_case,         [EXPECT_LETTER] = expect_letter,
    [EXPECT_CHILD] = expect_child,       [EXPECT_LABEL] = expect_label,
    [EXPECT_LANE] = expect_lane,         [EXPECT_DISTRICT] = expect_district,
    [EXPECT_MATERIAL] = expect_material, [EXPECT_CERTIFICATE] = expect_certificate,
    [EXPECT_CLAIM] = expect_claim,       [EXPECT_HOLD] = expect_hold,
    [EXPECT_MANDATE] = expect_mandate,   [EXPECT_FIRST_HANDLER] = expect_first_handler,
    [EXPECT_PREPARED] = expect_prepared, [EXPECT_CONTRADICTION] = expect_contradiction,
    [EXPECT_VOID] = expect_void,         [EXPECT_STUCK] = expect_stuck};
static_assert(sizeof(holds) / sizeof(holds[0]) == EXPECT_KINDS, "every kind has its line");

void
play_http_expect(struct play_visit *v, const struct scenario_line *l)
{
    for (size_t i = 0; i < l->n_expect; i++)
        holds[l->expect[i].kind](v, &l->expect[i]);
}
