/* SPDX-License-Identifier: Apache-2.0 */
/* Reads scenarios: the file's head and lines. */
#include "definition/scenario.h"

#include <string.h>

#include "definition/scenario_reader.h"

struct reader {
    struct sentence s;
    struct scenario *out;
    day day; /* of the line above; 0: none yet */
};

struct value
scenario_form(struct arena *a, const struct value *form, const struct value *change)
{
    struct value v = *form;

    for (uint32_t i = 0; change->kind == VALUE_OBJECT && i < change->n; i++)
        v = value_with(a, &v, change->member[i].name, change->member[i].value);
    return v;
}

/* TIME WHO DOES WHAT [, refused CODE] */
static bool
read_line(struct reader *r, struct scenario_line *l)
{
    struct sentence *s = &r->s;
    bool has_time;

    if (!sentence_time(s, &r->day, &l->at, &has_time) || !has_time || !r->day)
        return sentence_wrong(s, "a line begins with date and time, as in \"2026-03-02 09:00\"");
    if (r->out->n_line && l->at < r->out->line[r->out->n_line - 1].at)
        return sentence_wrong(s, "time runs back");
    if (!sentence_deed(s, l))
        return false;
    if (sentence_comma(s)) {
        if (scenario_by_the_hall(l->verb) || l->verb == VERB_ELSEWHERE)
            return sentence_wrong(s, "what the hall itself says is never refused");
        if (!sentence_take(s, "refused"))
            return sentence_wrong(s, "after the comma \"refused\" and the code are missing");
        if (!sentence_need(s, "the code", &l->refused))
            return false;
    }
    return sentence_end(s);
}

static bool
read_command(struct reader *r)
{
    struct scenario *o = r->out;
    struct scenario_line l = {.line = r->s.line};

    if (!o->workflow || !o->district || o->form.kind != VALUE_OBJECT)
        return sentence_wrong(&r->s, "workflow, district and form stand before the first line");
    if (!read_line(r, &l))
        return false;
    o->line = arena_grow(r->s.arena, o->line, o->n_line, sizeof(*o->line));
    o->line[o->n_line++] = l;
    return true;
}

static bool
read_head(struct reader *r, const char **into, const char *what)
{
    if (*into)
        return sentence_wrong(&r->s, "%s stands there twice", what);
    if (!sentence_need(&r->s, what, into))
        return false;
    return sentence_end(&r->s);
}

static bool
read_form(struct reader *r)
{
    if (!sentence_json(&r->s, &r->out->form))
        return false;
    if (r->out->form.kind != VALUE_OBJECT)
        return sentence_wrong(&r->s, "after \"form\" a JSON object is missing");
    return sentence_end(&r->s);
}

/* Over HTTP another scenario, played beside this one, must have come to it. */
static bool
read_held(struct reader *r)
{
    struct scenario *o = r->out;
    const char *kind;

    if (!sentence_need(&r->s, "the kind of certificate", &kind))
        return false;
    o->held = arena_grow(r->s.arena, o->held, o->n_held, sizeof(*o->held));
    o->held[o->n_held++] = kind;
    return sentence_end(&r->s);
}

static bool
read_sentence(struct reader *r)
{
    static const char *const known[] = {"workflow", "district", "applicant", "party",
                                        "holds",    "form",     "then",      NULL};
    struct sentence *s = &r->s;
    const char *word;

    if (*s->at >= '0' && *s->at <= '9')
        return read_command(r);
    if (!sentence_need(s, "a line", &word))
        return false;
    if (!strcmp(word, "workflow"))
        return read_head(r, &r->out->workflow, "the workflow's id");
    if (!strcmp(word, "district"))
        return read_head(r, &r->out->district, "the district's code");
    if (!strcmp(word, "applicant"))
        return read_head(r, &r->out->applicant, "the kind of applicant");
    if (!strcmp(word, "party"))
        return read_head(r, &r->out->party, "the applicant's credit code");
    if (!strcmp(word, "holds"))
        return read_held(r);
    if (!strcmp(word, "form"))
        return read_form(r);
    if (strcmp(word, "then") != 0)
        return sentence_unknown(s, "line", word, known);
    if (!r->out->n_line)
        return sentence_wrong(s, "\"then\" stands behind the line it speaks of");
    return sentence_expectations(s, &r->out->line[r->out->n_line - 1]);
}

/* Brackets left open at the end of [@from, @to); those within quotes are text. */
static int
open_brackets(const char *from, const char *to)
{
    bool quoted = false;
    int depth = 0;

    for (; from < to; from++) {
        if (quoted && *from == '\\')
            from++;
        else if (*from == '"')
            quoted = !quoted;
        else if (!quoted)
            depth += (*from == '{' || *from == '[') - (*from == '}' || *from == ']');
    }
    return depth;
}

bool
scenario_read(struct arena *a, const char *file, const char *text, struct scenario *out,
              struct error *e)
{
    struct scenario o = {.file = file, .form = value_null()};
    struct reader r = {.s = {.arena = a, .file = file, .e = e}, .out = &o};
    uint32_t line = 1;

    for (const char *at = text; *at;) {
        const char *end = at + strcspn(at, "\n");

        r.s.line = line;
        while (*end && at[strspn(at, " \t")] != '#' && open_brackets(at, end) > 0) {
            end += 1 + strcspn(end + 1, "\n");
            line++;
        }
        r.s.at = at;
        r.s.end = end;
        if (!sentence_done(&r.s) && *r.s.at != '#' && !read_sentence(&r))
            return false;
        at = *end ? end + 1 : end;
        line++;
    }
    r.s.line = line;
    if (!o.n_line)
        return sentence_wrong(&r.s, "nothing happens in this scenario");
    *out = o;
    return true;
}
