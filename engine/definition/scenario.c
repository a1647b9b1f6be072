/* SPDX-License-Identifier: Apache-2.0 */
/* Reads scenarios: the file's lines, and who does what in each. */
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

static bool
read_object(struct sentence *s, struct value *out)
{
    if (!sentence_json(s, out))
        return false;
    return out->kind == VALUE_NULL || out->kind == VALUE_OBJECT ||
           sentence_wrong(s, "a JSON object is expected");
}

bool
sentence_papers(struct sentence *s, struct scenario_line *l)
{
    day d = instant_day(l->at);
    bool has_time;

    if (sentence_take(s, "document") && !sentence_text(s, &l->document))
        return false;
    if (sentence_take(s, "reason") && !sentence_text(s, &l->reason))
        return false;
    if (sentence_take(s, "explanation") && !sentence_text(s, &l->explanation))
        return false;
    if (!sentence_take(s, "happened"))
        return true;
    return (sentence_time(s, &d, &l->happened, &has_time) && has_time) ||
           sentence_wrong(s,
                          "after \"happened\" the moment is missing, as in \"2026-03-02 10:00\"");
}

static bool
read_does(struct sentence *s, struct scenario_line *l)
{
    if (!sentence_need(s, "the action", &l->action))
        return false;
    if (sentence_take(s, "in") && !sentence_need(s, "the path of a step", &l->step))
        return false;
    return sentence_papers(s, l) && read_object(s, &l->input);
}

static bool
read_stops(struct sentence *s, struct scenario_line *l)
{
    if (!sentence_need(s, "the path of a step", &l->step))
        return false;
    if (!sentence_take(s, "on"))
        return sentence_wrong(s, "after the step \"on\" and the ground are missing");
    return sentence_need(s, "the ground", &l->ground) && sentence_papers(s, l);
}

static bool
read_resumes(struct sentence *s, struct scenario_line *l)
{
    if (!sentence_take(s, "stop"))
        return sentence_wrong(s, "write \"resumes stop 1\"");
    return sentence_number(s, "the number of the stop", &l->number) && sentence_papers(s, l);
}

static bool
read_annuls(struct sentence *s, struct scenario_line *l)
{
    if (!sentence_take(s, "record"))
        return sentence_wrong(s, "write \"annuls record 2\"");
    return sentence_number(s, "the number of the record", &l->number) && sentence_papers(s, l);
}

static bool
read_step(struct sentence *s, struct scenario_line *l)
{
    return sentence_need(s, "the path of a step", &l->step);
}

static bool
read_holds(struct sentence *s, struct scenario_line *l)
{
    return read_step(s, l) && sentence_papers(s, l);
}

static bool
read_reconciles(struct sentence *s, struct scenario_line *l)
{
    return sentence_papers(s, l);
}

/* reopens [on GROUND] [document "…"] reason "…" */
static bool
read_reopens(struct sentence *s, struct scenario_line *l)
{
    return (!sentence_take(s, "on") || sentence_need(s, "the ground", &l->ground)) &&
           sentence_papers(s, l);
}

static bool
read_extends(struct sentence *s, struct scenario_line *l)
{
    return sentence_need(s, "the name of a clock", &l->clock) && sentence_papers(s, l);
}

/* votes CHOICE for "VOTER" [in STEP] */
static bool
read_votes(struct sentence *s, struct scenario_line *l)
{
    if (!sentence_need(s, "the choice", &l->action))
        return false;
    if (!sentence_take(s, "for"))
        return sentence_wrong(s, "write \"votes agree for \"VOTER\"\"");
    return sentence_text(s, &l->voter) &&
           (!sentence_take(s, "in") || sentence_need(s, "the path of a step", &l->step)) &&
           sentence_papers(s, l);
}

/* says NAME [as "ID"] [in STEP] [JSON] */
static bool
read_says(struct sentence *s, struct scenario_line *l)
{
    if (l->actor.party != PARTY_SYSTEM)
        return sentence_wrong(s, "only a system says something, as in \"system tax says report\"");
    if (!sentence_need(s, "the name of the message", &l->action))
        return false;
    if (sentence_take(s, "as") && !sentence_text(s, &l->message))
        return false;
    if (sentence_take(s, "in") && !sentence_need(s, "the path of a step", &l->step))
        return false;
    return read_object(s, &l->input);
}

/* settles letter N [in STEP] */
static bool
read_settles(struct sentence *s, struct scenario_line *l)
{
    if (!sentence_take(s, "letter"))
        return sentence_wrong(s, "write \"settles letter 1 reason \"…\"\"");
    return sentence_number(s, "the number of the letter", &l->number) &&
           (!sentence_take(s, "in") || sentence_need(s, "the path of a step", &l->step)) &&
           sentence_papers(s, l);
}

static bool
read_retries(struct sentence *s, struct scenario_line *l)
{
    if (!sentence_take(s, "child"))
        return sentence_wrong(s, "write \"retries child 2 reason \"…\"\"");
    return sentence_number(s, "the number of the child case", &l->number) && sentence_papers(s, l);
}

/* child N is born | ends OUTCOME | fails ["…"] */
static bool
read_child(struct sentence *s, struct scenario_line *l)
{
    static const char *const known[] = {"is", "ends", "fails", NULL};
    const char *word;

    if (!sentence_number(s, "the number of the child case", &l->number) ||
        !sentence_need(s, "what became of it", &word))
        return false;
    l->verb = VERB_ENDS;
    if (!strcmp(word, "ends"))
        return sentence_need(s, "the outcome", &l->action);
    if (!strcmp(word, "is")) {
        l->verb = VERB_IS_BORN;
        return sentence_take(s, "born") || sentence_wrong(s, "write \"child 1 is born\"");
    }
    if (strcmp(word, "fails") != 0)
        return sentence_unknown(s, "deed of a child case", word, known);
    l->action = "failed";
    return sentence_done(s) || *s->at != '"' || sentence_text(s, &l->reason);
}

bool
scenario_of_the_core(enum scenario_verb v)
{
    return v == VERB_SAYS || v == VERB_SETTLES || v == VERB_RETRIES || v == VERB_IS_BORN ||
           v == VERB_ENDS;
}

static bool
read_opens(struct sentence *s, struct scenario_line *l)
{
    return read_object(s, &l->input);
}

static bool
read_amends(struct sentence *s, struct scenario_line *l)
{
    return read_object(s, &l->input) && sentence_papers(s, l);
}

static bool
read_nothing(struct sentence *s, struct scenario_line *l)
{
    (void)s;
    (void)l;
    return true;
}

static const struct {
    const char *word;
    enum scenario_verb verb;
    bool (*rest)(struct sentence *s, struct scenario_line *l);
} verbs[] = {
    {"opens", VERB_OPENS, read_opens},
    {"does", VERB_DOES, read_does},
    {"stops", VERB_STOPS, read_stops},
    {"resumes", VERB_RESUMES, read_resumes},
    {"extends", VERB_EXTENDS, read_extends},
    {"claims", VERB_CLAIMS, read_step},
    {"releases", VERB_RELEASES, read_step},
    {"withdraws", VERB_WITHDRAWS, read_nothing},
    {"amends", VERB_AMENDS, read_amends},
    {"annuls", VERB_ANNULS, read_annuls},
    {"votes", VERB_VOTES, read_votes},
    {"holds", VERB_HOLDS, read_holds},
    {"continues", VERB_CONTINUES, read_step},
    {"reconciles", VERB_RECONCILES, read_reconciles},
    {"says", VERB_SAYS, read_says},
    {"settles", VERB_SETTLES, read_settles},
    {"retries", VERB_RETRIES, read_retries},
    {"starts", VERB_STARTS, read_holds},
    {"reopens", VERB_REOPENS, read_reopens},
    {"mandates", VERB_MANDATES, sentence_mandate},
    {"revokes", VERB_REVOKES, sentence_revoke},
    {"entrusts", VERB_ENTRUSTS, sentence_entrust},
};
enum { VERBS = sizeof(verbs) / sizeof(verbs[0]) };

static bool
read_deed(struct sentence *s, struct scenario_line *l)
{
    const char *known[VERBS + 1] = {NULL};
    const char *word;

    if (sentence_take(s, "child"))
        return read_child(s, l);
    if (!sentence_actor(s, &l->actor) || !sentence_need(s, "what he does", &word))
        return false;
    for (size_t i = 0; i < VERBS; i++) {
        known[i] = verbs[i].word;
        if (!strcmp(word, verbs[i].word)) {
            l->verb = verbs[i].verb;
            return verbs[i].rest(s, l);
        }
    }
    return sentence_unknown(s, "deed", word, known);
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
    l->verb = VERB_PASSES;
    if (sentence_take(s, "time")) {
        if (!sentence_take(s, "passes"))
            return sentence_wrong(s, "write \"time passes\"");
    } else if (!read_deed(s, l)) {
        return false;
    }
    if (sentence_comma(s)) {
        if (!sentence_take(s, "refused"))
            return sentence_wrong(s, "after the comma \"refused\" and the code are missing");
        if (!sentence_need(s, "the code", &l->refused))
            return false;
    }
    return sentence_done(s) || sentence_wrong(s, "\"%.40s\" is not understood", s->at);
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
    return sentence_done(&r->s) || sentence_wrong(&r->s, "\"%.40s\" is not understood", r->s.at);
}

static bool
read_form(struct reader *r)
{
    if (!sentence_json(&r->s, &r->out->form))
        return false;
    if (r->out->form.kind != VALUE_OBJECT)
        return sentence_wrong(&r->s, "after \"form\" a JSON object is missing");
    return sentence_done(&r->s) || sentence_wrong(&r->s, "\"%.40s\" is not understood", r->s.at);
}

static bool
read_sentence(struct reader *r)
{
    static const char *const known[] = {"workflow", "district", "applicant", "form", "then", NULL};
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
