/* SPDX-License-Identifier: Apache-2.0 */
/* What a scenario expects after a line. */
#include <string.h>

#include "definition/scenario_reader.h"

static const char *const kinds[] = {
    "step", "steps", "no",     "status", "outcome", "clock",         "message",
    "mark", "form",  "letter", "child",  "mandate", "first-handler", NULL};

static const struct {
    const char *first, *second; /* second NULL: one word */
    enum clock_word word;
} clock_words[] = {
    {"runs", NULL, CLOCK_WORD_RUNS},           {"stands", NULL, CLOCK_WORD_STANDS},
    {"on", "time", CLOCK_WORD_ON_TIME},        {"late", NULL, CLOCK_WORD_LATE},
    {"cancelled", NULL, CLOCK_WORD_CANCELLED}, {"not", "started", CLOCK_WORD_NOT_STARTED},
    {"green", NULL, CLOCK_WORD_GREEN},         {"blue", NULL, CLOCK_WORD_BLUE},
    {"yellow", NULL, CLOCK_WORD_YELLOW},       {"red", NULL, CLOCK_WORD_RED},
};
enum { CLOCK_WORDS = sizeof(clock_words) / sizeof(clock_words[0]) };

const char *
clock_word_text(enum clock_word w)
{
    switch (w) {
    case CLOCK_WORD_RUNS:
        return "runs";
    case CLOCK_WORD_STANDS:
        return "stands";
    case CLOCK_WORD_ON_TIME:
        return "on time";
    case CLOCK_WORD_LATE:
        return "late";
    case CLOCK_WORD_CANCELLED:
        return "cancelled";
    case CLOCK_WORD_NOT_STARTED:
        return "not started";
    case CLOCK_WORD_GREEN:
        return "green";
    case CLOCK_WORD_BLUE:
        return "blue";
    case CLOCK_WORD_YELLOW:
        return "yellow";
    case CLOCK_WORD_RED:
        return "red";
    }
    return NULL;
}

static bool
read_steps(struct sentence *s, struct expectation *x)
{
    const char *word;

    x->kind = EXPECT_STEPS;
    while ((word = sentence_word(s)) != NULL) {
        x->word = arena_grow(s->arena, (void *)x->word, x->n_word, sizeof(*x->word));
        ((const char **)x->word)[x->n_word++] = word;
    }
    return x->n_word || sentence_wrong(s, "the path of a step is missing");
}

static bool
read_clock_due(struct sentence *s, struct expectation *x)
{
    bool has_time;

    x->kind = EXPECT_CLOCK_DUE;
    if (!sentence_time(s, &x->last_day, &x->at, &has_time) || !x->last_day)
        return sentence_wrong(s, "the date is missing, as in \"due 2026-03-02 09:22\"");
    if (!has_time)
        x->at = INSTANT_NONE;
    return true;
}

static bool
read_clock_word(struct sentence *s, struct expectation *x)
{
    static const char *const known[] = {"due",    "runs",      "stands",      "on time",
                                        "late",   "cancelled", "green",       "blue",
                                        "yellow", "red",       "not started", NULL};
    const char *word;

    x->kind = EXPECT_CLOCK;
    if (!sentence_need(s, "what the clock should be", &word))
        return false;
    if (!strcmp(word, "due"))
        return read_clock_due(s, x);
    for (size_t i = 0; i < CLOCK_WORDS; i++)
        if (!strcmp(word, clock_words[i].first)) {
            x->state = clock_words[i].word;
            return !clock_words[i].second || sentence_take(s, clock_words[i].second) ||
                   sentence_wrong(s, "after \"%s\" the word \"%s\" is missing", word,
                                  clock_words[i].second);
        }
    return sentence_unknown(s, "state of a clock", word, known);
}

static bool
read_message(struct sentence *s, struct expectation *x, bool none)
{
    x->kind = none ? EXPECT_NO_MESSAGE : EXPECT_MESSAGE;
    if (!sentence_take(s, "to"))
        return sentence_wrong(s, "after \"message\" the word \"to\" is missing");
    return sentence_need(s, "the name of a system", &x->name);
}

static bool
read_absence(struct sentence *s, struct expectation *x)
{
    static const char *const known[] = {"message", "mark", NULL};
    const char *word;

    if (!sentence_need(s, "what there should not be", &word))
        return false;
    if (!strcmp(word, "message"))
        return read_message(s, x, true);
    x->kind = EXPECT_NO_MARK;
    if (!strcmp(word, "mark"))
        return sentence_need(s, "the name of a mark", &x->name);
    return sentence_unknown(s, "expectation", word, known);
}

static bool
read_field(struct sentence *s, struct expectation *x)
{
    x->kind = EXPECT_FORM;
    if (!sentence_need(s, "the path of a field", &x->name) || !sentence_json(s, &x->value))
        return false;
    return x->value.kind != VALUE_NULL || sentence_wrong(s, "the value of %s is missing", x->name);
}

/* letter N FATE, child N OUTCOME, mandate N STATE */
static bool
read_numbered(struct sentence *s, struct expectation *x, const char *kind)
{
    x->kind = !strcmp(kind, "letter")  ? EXPECT_LETTER
              : !strcmp(kind, "child") ? EXPECT_CHILD
                                       : EXPECT_MANDATE;
    return sentence_number(s, arena_printf(s->arena, "the number of a %s", kind), &x->number) &&
           sentence_need(s, "what became of it", &x->name);
}

static bool
read_named(struct sentence *s, struct expectation *x, const char *kind)
{
    if (!strcmp(kind, "letter") || !strcmp(kind, "child") || !strcmp(kind, "mandate"))
        return read_numbered(s, x, kind);
    if (!strcmp(kind, "first-handler"))
        return sentence_first_handler(s, x);
    if (!strcmp(kind, "form"))
        return read_field(s, x);
    if (!strcmp(kind, "message"))
        return read_message(s, x, false);
    if (!strcmp(kind, "clock"))
        return sentence_need(s, "the name of a clock", &x->name) && read_clock_word(s, x);
    x->kind = !strcmp(kind, "status")    ? EXPECT_STATUS
              : !strcmp(kind, "outcome") ? EXPECT_OUTCOME
                                         : EXPECT_MARK;
    return sentence_need(s, kind, &x->name);
}

static bool
read_expectation(struct sentence *s, struct expectation *x)
{
    const char *kind;

    if (!sentence_need(s, "an expectation", &kind))
        return false;
    if (!strcmp(kind, "step") || !strcmp(kind, "steps"))
        return read_steps(s, x);
    if (!strcmp(kind, "no"))
        return read_absence(s, x);
    for (const char *const *k = kinds; *k; k++)
        if (!strcmp(*k, kind))
            return read_named(s, x, kind);
    return sentence_unknown(s, "expectation", kind, kinds);
}

bool
sentence_expectations(struct sentence *s, struct scenario_line *line)
{
    do {
        struct expectation x = {.line = s->line, .at = INSTANT_NONE};
        const char *from;

        (void)sentence_done(s); /* to the first word */
        from = s->at;
        if (!read_expectation(s, &x))
            return false;
        x.text = arena_strndup(s->arena, from, (size_t)(s->at - from));
        line->expect = arena_grow(s->arena, line->expect, line->n_expect, sizeof(*line->expect));
        line->expect[line->n_expect++] = x;
    } while (sentence_comma(s));
    return sentence_done(s) || sentence_wrong(s, "a comma is missing before \"%.40s\"", s->at);
}
