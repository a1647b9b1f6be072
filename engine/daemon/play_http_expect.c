/* SPDX-License-Identifier: Apache-2.0 */
/* Holds what a scenario expects against what the interface shows. */
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

    if (set != (x->kind == EXPECT_MARK))
        complain_is(v, x, set ? "it is set" : "it is not set");
}

static void
expect_message(struct play_visit *v, const struct expectation *x)
{
    const bool sent = last_fact(v, v->before, "sent", "name", x->name) != NULL;

    if (sent != (x->kind == EXPECT_MESSAGE))
        complain_is(v, x, sent ? "there is one" : "there is none");
}

/* --- clocks --- */

/* The last one of the name that the case still shows; NULL. */
static const struct value *
shown_clock(const struct play_visit *v, const char *name)
{
    const struct value *clocks = value_get(&v->c, "clocks"), *found = NULL;

    for (uint32_t i = 0; clocks && i < clocks->n; i++)
        if (is_word(value_get_string(&clocks->item[i], "name"), name))
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
    return !element && is_word(rule, name);
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

/* How the last clock of the name ended, as the facts tell; "open" while it did not. */
static const char *
told_verdict(const struct play_visit *v, const char *name)
{
    static const char *const word[] = {"open", "on-time", "late", "cancelled"};
    const struct value *started = started_clock(v, name);
    const struct value *number = value_get(started, "number"), *ended = NULL;

    for (size_t i = 0; number && i < v->n_record; i++) {
        const struct value *facts = value_get(&v->record[i], "facts");

        for (uint32_t j = 0; j < facts->n; j++)
            if (is_word(value_get_string(&facts->item[j], "fact"), "clock-ended") &&
                value_get(&facts->item[j], "number") &&
                value_get(&facts->item[j], "number")->integer == number->integer &&
                !is_annulled(v, value_get(&v->record[i], "number")->integer))
                ended = value_get(&facts->item[j], "verdict");
    }
    if (!started)
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
clock_is(const struct play_visit *v, const char *name, enum clock_word word)
{
    const struct value *k = shown_clock(v, name);
    const char *verdict = k ? value_get_string(k, "verdict") : told_verdict(v, name);
    const char *colour = value_get_string(k, "colour");
    const bool open = k && is_word(verdict, "open");

    switch (word) {
    case CLOCK_WORD_RUNS:
        return open && !stands(k);
    case CLOCK_WORD_STANDS:
        return open && stands(k);
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
        return is_word(colour, clock_word_text(word));
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
    if (x->kind == EXPECT_CLOCK_DUE ? !is_due(shown_clock(v, x->name), x)
                                    : !clock_is(v, x->name, x->state))
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
expect_form(struct play_visit *v, const struct expectation *x)
{
    const struct value *is = value_get(&v->c, "form");
    struct text t = text_new(v->arena);

    for (const char *name = x->name; is && *name;) {
        const size_t n = strcspn(name, ".");

        is = value_get(is, arena_strndup(v->arena, name, n));
        name += n + (name[n] == '.');
    }
    if (is && value_equal(is, &x->value))
        return;
    if (is)
        value_write(&t, is);
    complain_is(v, x, is ? arena_printf(v->arena, "it is %s", t.at) : "it is missing");
}

static void
expect_mandate(struct play_visit *v, const struct expectation *x)
{
    const struct value *all = value_get(&v->c, "mandates");
    const char *is = NULL;

    for (uint32_t i = 0; all && i < all->n; i++)
        if (value_get(&all->item[i], "number")->integer == x->number)
            is = value_get_string(&all->item[i], "state");
    if (!is_word(is, x->name))
        complain_is(v, x, arena_printf(v->arena, "it is %s", or_nothing(is)));
}

static void
expect_first_handler(struct play_visit *v, const struct expectation *x)
{
    const char *is = value_get_string(value_get(&v->c, "firstHandler"), "account");

    if (!is_word(is, play_account_name(v->arena, &x->who)))
        complain_is(v, x, arena_printf(v->arena, "it is %s", or_nothing(is)));
}

void
play_http_expect(struct play_visit *v, const struct scenario_line *l)
{
    for (size_t i = 0; i < l->n_expect; i++) {
        const struct expectation *x = &l->expect[i];

        switch (x->kind) {
        case EXPECT_STEPS:
            expect_steps(v, x);
            break;
        case EXPECT_STATUS:
            expect_status(v, x);
            break;
        case EXPECT_OUTCOME:
            expect_outcome(v, x);
            break;
        case EXPECT_CLOCK_DUE:
        case EXPECT_CLOCK:
            expect_clock(v, x);
            break;
        case EXPECT_MESSAGE:
        case EXPECT_NO_MESSAGE:
            expect_message(v, x);
            break;
        case EXPECT_MARK:
        case EXPECT_NO_MARK:
            expect_mark(v, x);
            break;
        case EXPECT_FORM:
            expect_form(v, x);
            break;
        case EXPECT_MANDATE:
            expect_mandate(v, x);
            break;
        case EXPECT_FIRST_HANDLER:
            expect_first_handler(v, x);
            break;
        case EXPECT_LETTER: /* such files are left out */
        case EXPECT_CHILD:
            break;
        }
    }
}
