/* SPDX-License-Identifier: Apache-2.0 */
/* The structure of a workflow: which regions and steps there are, before any is read. */
#include <string.h>

#include "definition/parse.h"

/* More would be a programme, not a procedure a person can survey. */
enum { STEPS_MOST = 1000, REGIONS_MOST = 1000 };

/* These words follow a step's path in expressions: step.review.visits. */
static const char *const reserved[] = {"visits", "outcome", "by", "hands", NULL};

static void
check_step_id(struct parse *p, const struct place *at, const char *what)
{
    check_id(p, at, at->key);
    for (size_t i = 0; reserved[i]; i++)
        if (!strcmp(at->key, reserved[i]))
            complain(p, at, PROBLEM_RESERVED, "no %s may be called \"%s\"", what, at->key);
}

static const char *
join_path(struct parse *p, const char *path, const char *id)
{
    return *path ? arena_printf(p->arena, "%s.%s", path, id) : arena_strdup(p->arena, id);
}

static uint16_t
add_region(struct parse *p, const struct place *at, struct region r)
{
    struct workflow *w = p->w;

    if (w->n_region == REGIONS_MOST) {
        complain(p, at, PROBLEM_TOO_MANY, "more than %d stages and branches", REGIONS_MOST);
        return NONE;
    }
    p->region = arena_grow(p->arena, p->region, w->n_region, sizeof(*p->region));
    p->region_at = arena_grow(p->scratch, p->region_at, w->n_region, sizeof(struct place *));
    r.line = at->v->line;
    r.start = NONE;
    if (r.each == NONE && r.parent != NONE)
        r.each = p->region[r.parent].each;
    p->region[w->n_region] = r;
    p->region_at[w->n_region] = at;
    return w->n_region++;
}

static void
add_branches(struct parse *p, const struct place *at, struct step *s)
{
    const struct place *branches = place_get(p, at, "branches");

    if (!expect(p, branches, VALUE_OBJECT))
        return;
    if (!branches->v->n)
        complain(p, branches, PROBLEM_EMPTY, "there are no branches");
    s->first_region = p->w->n_region;
    for (uint32_t i = 0; i < branches->v->n; i++) {
        const struct place *branch = place_member(p, branches, i);
        const struct region r = {.id = branch->key,
                                 .path = join_path(p, s->path, branch->key),
                                 .owner = s->index,
                                 .parent = s->region,
                                 .each = NONE};

        check_step_id(p, branch, "branch");
        if (add_region(p, branch, r) != NONE)
            s->n_region++;
    }
}

/* {"foreach": list, "as": name, "branch": {…}}: one region, lived in once for each element. */
static void
add_foreach(struct parse *p, const struct place *at, struct step *s)
{
    const struct place *branch = place_get(p, at, "branch"), *as = place_get(p, at, "as");
    const char *id = as ? read_text(p, at, "as", false) : "item";

    if (as && id) {
        check_id(p, as, id);
        for (size_t i = 0; reserved[i]; i++)
            if (!strcmp(id, reserved[i]))
                complain(p, as, PROBLEM_RESERVED, "no element may be called \"%s\"", id);
    }
    if (!branch)
        complain(p, at, PROBLEM_MISSING_KEY, "\"branch\" is missing");
    if (!id || !branch)
        return;
    if (p->region[s->region].each != NONE) {
        complain(p, at, PROBLEM_FOREACH_NESTED, "\"%s\" lies within the branches of another list",
                 s->path);
        return;
    }
    s->first_region = add_region(p, branch,
                                 (struct region){.id = id,
                                                 .path = join_path(p, s->path, id),
                                                 .owner = s->index,
                                                 .parent = s->region,
                                                 .each = p->w->n_region});
    s->n_region = s->first_region != NONE;
}

/* The kind of step is told by the one key only it has. */
static bool
read_kind(struct parse *p, const struct place *at, enum step_kind *out)
{
    static const struct {
        const char *key;
        enum step_kind kind;
    } mark[] = {{"cases", STEP_WAIT},      {"wait", STEP_WAIT},         {"ballot", STEP_BALLOT},
                {"decide", STEP_DECISION}, {"branches", STEP_PARALLEL}, {"foreach", STEP_PARALLEL},
                {"steps", STEP_STAGE},     {"end", STEP_END},           {"actions", STEP_TASK}};
    const size_t before = p->problems->n;
    const char *first = NULL;
    enum step_kind kind = STEP_TASK;

    for (size_t i = 0; i < sizeof(mark) / sizeof(*mark); i++) {
        if (!value_get(at->v, mark[i].key) ||
            (mark[i].kind == STEP_TASK && (kind == STEP_WAIT || kind == STEP_BALLOT)))
            continue;
        if (first)
            complain(p, at, PROBLEM_STEP_KIND, "a step has either \"%s\" or \"%s\"", first,
                     mark[i].key);
        else
            kind = mark[i].kind;
        first = mark[i].key;
    }
    *out = kind;
    if (!first)
        complain(p, at, PROBLEM_STEP_KIND,
                 "a step has one of \"actions\", \"steps\", \"decide\", \"branches\", "
                 "\"foreach\", \"wait\", \"ballot\", \"cases\" and \"end\"");
    return p->problems->n == before;
}

static void
add_step(struct parse *p, const struct place *at, uint16_t region)
{
    struct workflow *w = p->w;
    struct step s = {.id = at->key,
                     .path = join_path(p, p->region[region].path, at->key),
                     .index = w->n_step,
                     .region = region,
                     .public = PUBLIC_INHERIT,
                     .stops = NONE,
                     .line = at->v->line};
    bool whole;

    if (!expect(p, at, VALUE_OBJECT))
        return;
    if (value_get(at->v, "optional"))
        s.optional = arena_new(p->arena, struct discretion);
    check_step_id(p, at, "step");
    whole = read_kind(p, at, &s.kind);
    if (s.kind == STEP_PARALLEL && value_get(at->v, "foreach"))
        add_foreach(p, at, &s);
    else if (s.kind == STEP_PARALLEL)
        add_branches(p, at, &s);
    if (s.kind == STEP_STAGE) {
        s.first_region = add_region(
            p, at,
            (struct region){
                .id = s.id, .path = s.path, .owner = s.index, .parent = region, .each = NONE});
        s.n_region = s.first_region != NONE;
    }
    p->step = arena_grow(p->arena, p->step, w->n_step, sizeof(*p->step));
    p->step_at = arena_grow(p->scratch, p->step_at, w->n_step, sizeof(struct place *));
    p->step_at[w->n_step] = whole ? at : NULL;
    p->step[w->n_step++] = s;
}

/* Adds the steps of one region; the regions they open are behind it in the list. */
static void
open_region(struct parse *p, uint16_t region)
{
    const struct place *at = p->region_at[region];
    const struct place *steps;

    if (at->v->kind != VALUE_OBJECT) {
        (void)expect(p, at, VALUE_OBJECT);
        return;
    }
    steps = place_get(p, at, "steps");
    if (!steps) {
        complain(p, at, PROBLEM_MISSING_KEY, "\"steps\" is missing");
        return;
    }
    if (!expect(p, steps, VALUE_OBJECT))
        return;
    if (!steps->v->n)
        complain(p, steps, PROBLEM_EMPTY, "there are no steps");
    for (uint32_t i = 0; i < steps->v->n; i++) {
        if (p->w->n_step == STEPS_MOST) {
            complain(p, steps, PROBLEM_TOO_MANY, "more than %d steps", STEPS_MOST);
            return;
        }
        add_step(p, place_member(p, steps, i), region);
    }
}

static void
read_start(struct parse *p, uint16_t region)
{
    const struct place *at = p->region_at[region];
    const char *start;

    if (at->v->kind != VALUE_OBJECT)
        return;
    start = read_text(p, at, "start", true);
    for (uint16_t i = 0; start && i < p->w->n_step; i++)
        if (p->step[i].region == region && !strcmp(p->step[i].id, start)) {
            p->region[region].start = i;
            if (p->step[i].optional)
                complain(p, place_get(p, at, "start"), PROBLEM_BAD_OPTIONAL,
                         "\"%s\" is optional: the region cannot begin with it", start);
            return;
        }
    if (start)
        complain(p, place_get(p, at, "start"), PROBLEM_UNKNOWN_STEP,
                 "there is no step \"%s\" in this region to start with", start);
}

/* Titles and conditions of branches; stages and the case have those of their step. */
static void
read_branch(struct parse *p, uint16_t region)
{
    struct region *r = &p->region[region];
    const struct place *at = p->region_at[region];

    if (p->step[r->owner].kind != STEP_PARALLEL || !shape_check(p, at, SHAPE_BRANCH))
        return;
    r->title = read_title(p, at, true);
    r->condition = value_get(at->v, "when");
    r->when = read_expression(p, place_get(p, at, "when"), VALUE_BOOL,
                              (struct speaker){.region = region});
}

void
read_structure(struct parse *p, const struct place *top)
{
    add_region(p, top,
               (struct region){.id = "", .path = "", .owner = NONE, .parent = NONE, .each = NONE});
    for (uint16_t r = 0; r < p->w->n_region; r++)
        open_region(p, r);
    for (uint16_t r = 0; r < p->w->n_region; r++) {
        read_start(p, r);
        if (r > 0)
            read_branch(p, r);
    }
}
