/* SPDX-License-Identifier: Apache-2.0 */
/* What a scenario expects after a line. */
#include <string.h>

#include "definition/scenario_reader.h"

static const struct {
    const char *first, *second; /* second NULL: one word */
    enum clock_word word;
} clock_words[] = {
    {"runs", NULL, CLOCK_WORD_RUNS},           {"stands", NULL, CLOCK_WORD_STANDS},
    {"on", "time", CLOCK_WORD_ON_TIME},        {"late", NULL, CLOCK_WORD_LATE},
    {"cancelled", NULL, CLOCK_WORD_CANCELLED}, {"not", "started", CLOCK_WORD_NOT_STARTED},
    {"green", NULL, CLOCK_WORD_GREEN},         {"blue", NULL, CLOCK_WORD_BLUE},
    {"yellow", NULL, CLOCK_WORD_YELLOW},       {"red", NULL, CLOCK_WORD_RED},
    {"warned", NULL, CLOCK_WORD_WARNED},
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
    case CLOCK_WORD_WARNED:
        return "warned";
    }
    return NULL;
}

static bool
read_steps(struct sentence *s, struct expectation *x)
{
    const char *word;

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
    static const char *const known[] = {"due",         "runs",   "stands", "on time", "late",
                                        "cancelled",   "green",  "blue",   "yellow",  "red",
                                        "not started", "warned", NULL};
    const char *word;

    if (!sentence_need(s, "what the clock should be", &word))
        return false;
    if (!strcmp(word, "due"))
        return read_clock_due(s, x);
    for (size_t i = 0; i < CLOCK_WORDS; i++)
        if (!strcmp(word, clock_words[i].first)) {
            x->state = clock_words[i].word;
            if (x->state == CLOCK_WORD_STANDS && sentence_take(s, "on"))
                return sentence_need(s, "the ground", &x->is);
            return !clock_words[i].second || sentence_take(s, clock_words[i].second) ||
                   sentence_wrong(s, "after \"%s\" the word \"%s\" is missing", word,
                                  clock_words[i].second);
        }
    return sentence_unknown(s, "state of a clock", word, known);
}

/* message to SYSTEM */
static bool
read_message(struct sentence *s, struct expectation *x)
{
    if (!sentence_take(s, "to"))
        return sentence_wrong(s, "after \"message\" the word \"to\" is missing");
    return sentence_need(s, "the name of a system", &x->name);
}

static bool
read_field(struct sentence *s, struct expectation *x)
{
    if (!sentence_need(s, "the path of a field", &x->name) || !sentence_json(s, &x->value))
        return false;
    return x->value.kind != VALUE_NULL || sentence_wrong(s, "the value of %s is missing", x->name);
}

/* letter N FATE, child N OUTCOME, certificate N STATE */
static bool
read_numbered(struct sentence *s, struct expectation *x)
{
    return sentence_number(s, arena_printf(s->arena, "what follows \"%s\"", x->text), &x->number) &&
           sentence_need(s, "what became of it", &x->name);
}

static bool
read_clock(struct sentence *s, struct expectation *x)
{
    return sentence_need(s, "the name of a clock", &x->name) && read_clock_word(s, x);
}

static bool
read_material(struct sentence *s, struct expectation *x)
{
    return sentence_need(s, "the material", &x->name) &&
           sentence_need(s, "the state of the material", &x->is);
}

static bool
read_name(struct sentence *s, struct expectation *x)
{
    return sentence_need(s, arena_printf(s->arena, "what follows \"%s\"", x->text), &x->name);
}

/* "lane green", "no lane"; "stuck guard_error", "no stuck" */
static bool
read_any(struct sentence *s, struct expectation *x)
{
    return x->absent || read_name(s, x);
}

static bool
read_nothing(struct sentence *s, struct expectation *x)
{
    (void)s;
    (void)x;
    return true;
}

static const struct {
    const char *word;
    enum expectation_kind kind;
    bool (*rest)(struct sentence *s, struct expectation *x);
    bool may_be_absent; /* "no WORD" is understood too */
} kinds[] = {
    {"step", EXPECT_STEPS, read_steps, false},
    {"steps", EXPECT_STEPS, read_steps, false},
    {"status", EXPECT_STATUS, read_name, false},
    {"outcome", EXPECT_OUTCOME, read_name, false},
    {"clock", EXPECT_CLOCK, read_clock, false},
    {"message", EXPECT_MESSAGE, read_message, true},
    {"mark", EXPECT_MARK, read_name, true},
    {"form", EXPECT_FORM, read_field, false},
    {"case", EXPECT_CASE, read_field, false},
    {"letter", EXPECT_LETTER, read_numbered, false},
    {"child", EXPECT_CHILD, read_numbered, false},
    {"label", EXPECT_LABEL, read_name, true},
    {"lane", EXPECT_LANE, read_any, true},
    {"district", EXPECT_DISTRICT, read_name, false},
    {"material", EXPECT_MATERIAL, read_material, false},
    {"certificate", EXPECT_CERTIFICATE, read_numbered, false},
    {"claim", EXPECT_CLAIM, read_name, true},
    {"hold", EXPECT_HOLD, read_name, true},
    {"mandate", EXPECT_MANDATE, read_numbered, false},
    {"first-handler", EXPECT_FIRST_HANDLER, sentence_first_handler, false},
    {"prepared", EXPECT_PREPARED, read_name, true},
    {"contradiction", EXPECT_CONTRADICTION, read_nothing, true},
    {"voids", EXPECT_VOID, read_name, true},
    {"stuck", EXPECT_STUCK, read_any, true},
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static bool
read_expectation(struct sentence *s, struct expectation *x)
{
    const char *known[KINDS + 1] = {NULL};
    const char *word;
    size_t n = 0;

    x->absent = sentence_take(s, "no");
    if (!sentence_need(s, x->absent ? "what there should not be" : "an expectation", &word))
        return false;
    for (size_t i = 0; i < KINDS; i++) {
        if (x->absent && !kinds[i].may_be_absent)
            continue;
        known[n++] = kinds[i].word;
        if (!strcmp(word, kinds[i].word)) {
            x->kind = kinds[i].kind;
            x->text = kinds[i].word; /* for what is said of the rest */
            return kinds[i].rest(s, x);
        }
    }
    return sentence_unknown(s, "expectation", word, known);
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
    return sentence_done(s) ||
           sentence_wrong(s, "a comma is missing before \"%.*s\"", sentence_rest(s), s->at);
}
