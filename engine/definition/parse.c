/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a definition: its head, its version, and in which order the parts are read. */
#include <stdio.h>
#include <string.h>

#include "definition/check.h"
#include "definition/digest.h"
#include "definition/json.h"
#include "definition/parse.h"

/*
 * A copy without what is only said to people and editors: "$comment" wherever
 * it stands, "$schema" at the top.  The version is the digest of the rest.
 */
struct value
strip_comments(struct arena *a, const struct value *v, bool top)
{
    struct value out = *v;

    if (v->kind == VALUE_STRING) {
        out.string = arena_strndup(a, v->string, v->n);
    } else if (v->kind == VALUE_ARRAY) {
        struct value *item = arena_array(a, v->n, struct value);

        for (uint32_t i = 0; i < v->n; i++)
            item[i] = strip_comments(a, &v->item[i], false);
        out.item = item;
    } else if (v->kind == VALUE_OBJECT) {
        struct member *member = arena_array(a, v->n, struct member);

        out.n = 0;
        for (uint32_t i = 0; i < v->n; i++) {
            const struct member *m = &v->member[i];

            if (!strcmp(m->name, "$comment") || (top && !strcmp(m->name, "$schema")))
                continue;
            member[out.n++] = (struct member){.name = arena_strndup(a, m->name, m->name_len),
                                              .name_len = m->name_len,
                                              .value = strip_comments(a, &m->value, false)};
        }
        out.member = member;
    }
    return out;
}

static void
read_version(struct workflow *w, struct arena *a, const struct value *v)
{
    struct text t = text_new(a);

    value_write(&t, v);
    digest_text(t.at, t.len, w->hash);
    w->text = t.at;
    w->text_len = t.len;
}

static void
read_source(struct parse *p, const struct place *at)
{
    struct workflow *w = p->w;

    if (!at || !shape_check(p, at, SHAPE_SOURCE))
        return;
    w->plan = read_texts(p, at, "plan", &w->n_plan);
    w->law = read_texts(p, at, "law", &w->n_law);
    for (uint16_t i = 0; p->org && p->org->plan && i < w->n_plan; i++)
        if (!organisation_plan_item(p->org, w->plan[i]))
            complain(p, texts_item(p, at, "plan", i), PROBLEM_UNKNOWN_PLAN,
                     "the plan has no item \"%s\"", w->plan[i]);
}

static void
read_effective(struct parse *p, const struct place *top)
{
    const struct place *at = place_get(p, top, "effective");
    const struct place *from = place_get(p, at, "from"), *until = place_get(p, at, "until");
    struct workflow *w = p->w;

    if (!at) {
        complain(p, top, PROBLEM_MISSING_KEY, "\"effective\" is missing");
        return;
    }
    if (!shape_check(p, at, SHAPE_EFFECTIVE))
        return;
    if (!from)
        complain(p, at, PROBLEM_MISSING_KEY, "\"from\" is missing");
    else if (!read_day(p, from, &w->from))
        return;
    if (until && read_day(p, until, &w->until) && w->until <= w->from)
        complain(p, until, PROBLEM_BAD_DATE,
                 "it ends before it begins; \"until\" is the first "
                 "day on which it no longer holds");
}

static void
read_people(struct parse *p, const struct place *top)
{
    static const char *const window[] = {"window"}, *const leads[] = {"head", "supervisor"};
    struct workflow *w = p->w;

    w->lead = read_text(p, top, "lead", true);
    if (w->lead)
        check_department(p, place_get(p, top, "lead"), w->lead);
    w->applicant = read_texts(p, top, "applicant", &w->n_applicant);
    if (!value_get(top->v, "applicant"))
        complain(p, top, PROBLEM_MISSING_KEY, "\"applicant\" is missing");
    for (uint16_t i = 0; i < w->n_applicant; i++)
        check_id(p, texts_item(p, top, "applicant", i), w->applicant[i]);
    w->open_by = read_texts(p, top, "openBy", &w->n_open_by);
    for (uint16_t i = 0; i < w->n_open_by; i++)
        if (strcmp(w->open_by[i], "applicant") != 0)
            check_role(p, texts_item(p, top, "openBy", i), w->open_by[i]);
    if (!w->n_open_by) {
        w->open_by = arena_copy(p->arena, window, sizeof(window));
        w->n_open_by = 1;
    }
    w->backdate_by = read_texts(p, top, "backdateBy", &w->n_backdate_by);
    for (uint16_t i = 0; i < w->n_backdate_by; i++)
        check_role(p, texts_item(p, top, "backdateBy", i), w->backdate_by[i]);
    if (!w->n_backdate_by) {
        w->backdate_by = arena_copy(p->arena, leads, sizeof(leads));
        w->n_backdate_by = 2;
    }
    w->explain_late = read_flag(p, top, "explainLate");
    w->unexplored = read_text(p, top, "unexplored", false);
}

static void
read_grounds(struct parse *p, const struct place *top)
{
    const struct place *list = place_get(p, top, "grounds");

    if (!expect(p, list, VALUE_OBJECT))
        return;
    if (!list->v->n)
        complain(p, list, PROBLEM_EMPTY, "there are no grounds");
    if (list->v->n >= NONE) {
        complain(p, list, PROBLEM_TOO_MANY, "too many grounds");
        return;
    }
    p->ground = arena_array(p->arena, list->v->n, struct ground);
    for (uint32_t i = 0; i < list->v->n; i++) {
        const struct place *at = place_member(p, list, i);
        struct ground *g = &p->ground[p->w->n_ground++];

        check_id(p, at, at->key);
        if (!strcmp(at->key, "elsewhere"))
            complain(p, at, PROBLEM_RESERVED,
                     "\"elsewhere\" is what a department's clock stands by");
        *g = (struct ground){.id = at->key, .line = at->v->line};
        if (!shape_check(p, at, SHAPE_GROUND))
            continue;
        g->title = read_title(p, at, true);
        g->notice = read_flag(p, at, "notice");
        g->command = read_flag(p, at, "command");
        g->basis = read_text(p, at, "basis", false);
    }
}

/* The business key: a field that is always there, so that every case has one. */
static void
read_key(struct parse *p, const struct place *top)
{
    struct workflow *w = p->w;
    struct form_field f;

    w->key = read_text(p, top, "key", false);
    if (!w->key || !w->form)
        return;
    f = form_field(w->form, w->key);
    if (!f.declared || !f.required || f.kind != VALUE_STRING)
        complain(p, place_get(p, top, "key"), PROBLEM_BAD_KEY,
                 "\"%s\" is no text that every form has", w->key);
}

/* The name in which the credit code of a new enterprise is written: prove_all() looks who does. */
static void
read_founds(struct parse *p, const struct place *top)
{
    const char *name = read_text(p, top, "founds", false);

    p->founds = place_get(p, top, "founds");
    if (name && !strncmp(name, "case.", 5))
        p->w->founds = name + 5;
    else if (name)
        complain(p, p->founds, PROBLEM_BAD_FOUNDS, "\"%s\" is no name under \"case.\"", name);
}

/* Days of a calendar are known for some years, not for ten. */
static void
read_retain(struct parse *p, const struct place *at)
{
    struct limit *l = &p->w->retain;

    if (read_limit(p, at, l) && l->unit != UNIT_DAYS && l->unit != UNIT_MONTHS &&
        l->unit != UNIT_YEARS)
        complain(p, at, PROBLEM_VALIDITY_UNIT, "a case is not kept for \"%s\"", at->v->string);
}

static void
read_head(struct parse *p, const struct place *top)
{
    static const struct value empty = {.kind = VALUE_OBJECT};
    struct workflow *w = p->w;
    const struct place *form = place_get(p, top, "form"), *retain = place_get(p, top, "retain");
    const struct place none = {.up = top, .key = "form", .v = &empty};

    w->id = read_text(p, top, "id", true);
    if (w->id)
        check_id(p, place_get(p, top, "id"), w->id);
    w->title = read_title(p, top, true);
    read_source(p, place_get(p, top, "source"));
    read_effective(p, top);
    read_people(p, top);
    w->form = read_form(p, form ? form : &none, &w->form_schema);
    read_key(p, top);
    read_founds(p, top);
    if (retain)
        read_retain(p, retain);
    read_grounds(p, top);
}

/* Marks, regions and steps refer to one another: first what there is, then what it says. */
static void
read_body(struct parse *p, const struct place *top)
{
    struct workflow *w = p->w;

    (void)mark_index(p, "opened");
    (void)mark_index(p, "closed");
    read_structure(p, top);
    read_labels(p, top);
    read_lanes(p, top);
    read_certificates(p, top);
    read_materials(p, top);
    read_clocks(p, top, NONE);
    read_steps(p);
    check_issued(p, top);
    w->withdraw = read_withdraw(p, place_get(p, top, "withdraw"));
    read_reopen(p, top);
    check_draws(p);
    w->step = p->step;
    w->region = p->region;
    w->clock = p->clock;
    w->ground = p->ground;
    w->certificate = p->certificate;
    w->mark = p->mark;
}

/* What an overlay has added, and nobody writes; it is no word of the language. */
static void
take_district(struct workflow *w, struct value *top)
{
    struct member *member = (struct member *)top->member;

    w->district = value_get_string(top, "district");
    for (uint32_t i = 0; w->district && i < top->n; i++)
        if (!strcmp(member[i].name, "district")) {
            memmove(&member[i], &member[i + 1], (--top->n - i) * sizeof(*member));
            break;
        }
}

/* The parts of @p that a caller gives are filled in. */
static void
read_all(struct parse *p, const struct value *source)
{
    const struct place top = {.v = source};
    struct value *stripped = arena_new(p->arena, struct value);
    struct place *at;

    p->w = arena_new(p->arena, struct workflow);
    p->w->file = p->file;
    p->w->origin = p->problems->origin;
    p->w->n_origin = p->problems->n_origin;
    if (!expect(p, &top, VALUE_OBJECT))
        return;
    *stripped = strip_comments(p->arena, source, true);
    at = arena_copy(p->scratch, &(struct place){.v = stripped}, sizeof(*at));
    read_version(p->w, p->arena, stripped);
    take_district(p->w, stripped);
    (void)shape_check(p, at, SHAPE_DEFINITION);
    read_head(p, at);
    read_body(p, at);
}

bool
definition_read(struct arena *a, const struct value *source, const char *file,
                const struct organisation *org, const struct calendar *calendar,
                const struct workflow **out, struct problems *problems)
{
    const size_t before = problems->n_error;
    struct arena scratch = {0};
    struct parse p = {
        .arena = a, .scratch = &scratch, .file = file, .org = org, .problems = problems};

    read_all(&p, source);
    /* What follows walks over the compiled workflow, which must be whole for it. */
    if (problems->n_error == before)
        note_all(&p);
    if (problems->n_error == before)
        find_papers(&p);
    if (problems->n_error == before)
        prove_all(&p);
    if (problems->n_error == before)
        check_workflow(p.w, calendar, problems);
    arena_release(&scratch);
    problems_sort(problems);
    if (problems->n_error != before)
        return false;
    *out = p.w;
    return true;
}

bool
definition_restore(struct arena *a, const char *text, size_t len, const struct workflow **out,
                   struct error *e)
{
    struct arena scratch = {0};
    struct problems problems = {.arena = &scratch};
    struct parse p = {.arena = a, .scratch = &scratch, .problems = &problems};
    struct value source;
    bool done;

    if (!json_read(&scratch, text, len, false, &source, e)) {
        arena_release(&scratch);
        return error_set(e, ERROR_DEFINITION_INVALID, "a stored definition is no JSON");
    }
    read_all(&p, &source);
    done = problems.n_error == 0;
    if (done) {
        note_all(&p);
        find_papers(&p);
        *out = p.w;
    } else {
        error_at(e, ERROR_DEFINITION_INVALID, problems.item[0].pointer, "%s",
                 problems.item[0].text);
    }
    arena_release(&scratch);
    return done;
}
