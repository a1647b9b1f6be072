/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks: marks, limits by condition, rules of the case and of steps. */
#include <string.h>

#include "definition/parse.h"

uint16_t
mark_index(struct parse *p, const char *name)
{
    struct workflow *w = p->w;

    for (uint16_t i = 0; i < w->n_mark; i++)
        if (!strcmp(p->mark[i], name))
            return i;
    if (w->n_mark == NONE - 1)
        return MARK_CLOSED; /* a file of 16 MiB cannot name so many and be a workflow too */
    p->mark = arena_grow(p->arena, p->mark, w->n_mark, sizeof(*p->mark));
    p->mark[w->n_mark] = name;
    return w->n_mark++;
}

/* "20 working days", {"date": expression}, and in a list of arms "none". */
static void
read_amount(struct parse *p, const struct place *at, uint16_t region, bool may_be_none,
            struct limit_arm *arm)
{
    arm->line = at->v->line;
    if (may_be_none && at->v->kind == VALUE_STRING && !strcmp(at->v->string, "none"))
        return;
    if (at->v->kind == VALUE_OBJECT && shape_check(p, at, SHAPE_DATE)) {
        const struct place *date = place_get(p, at, "date");

        if (!date)
            complain(p, at, PROBLEM_MISSING_KEY, "\"date\" is missing");
        arm->date = read_date(p, date, region);
        return;
    }
    if (at->v->kind != VALUE_OBJECT)
        (void)read_limit(p, at, &arm->limit);
}

const struct limit_arm *
read_arms(struct parse *p, const struct place *at, uint16_t region, uint16_t *n)
{
    struct limit_arm *arm;

    *n = 0;
    if (at->v->kind != VALUE_ARRAY) {
        arm = arena_new(p->arena, struct limit_arm);
        read_amount(p, at, region, false, arm);
        *n = 1;
        return arm;
    }
    check_choice(p, at);
    if (at->v->n >= NONE) {
        complain(p, at, PROBLEM_TOO_MANY, "too many conditions");
        return NULL;
    }
    arm = arena_array(p->arena, at->v->n, struct limit_arm);
    for (uint32_t i = 0; i < at->v->n; i++) {
        const struct place *one = place_item(p, at, i);
        const struct place *limit = place_get(p, one, "limit");

        if (!shape_check(p, one, SHAPE_LIMIT_ARM))
            continue;
        arm[i].when = read_expression(p, place_get(p, one, "when"), VALUE_BOOL,
                                      (struct speaker){.region = region});
        arm[i].condition = value_get(one->v, "when");
        if (limit)
            read_amount(p, limit, region, true, &arm[i]);
        else
            complain(p, one, PROBLEM_MISSING_KEY, "\"limit\" is missing");
    }
    *n = (uint16_t)at->v->n;
    return arm;
}

static void
read_extension(struct parse *p, const struct place *at, struct clock_rule *c)
{
    const struct place *limit = place_get(p, at, "limit");

    if (!at || !shape_check(p, at, SHAPE_EXTENSION))
        return;
    if (limit)
        (void)read_limit(p, limit, &c->extension);
    else
        complain(p, at, PROBLEM_MISSING_KEY, "\"limit\" is missing");
    c->extension_by = read_text(p, at, "by", true);
    if (c->extension_by)
        check_role(p, place_get(p, at, "by"), c->extension_by);
}

/* Whether @region lies inside step @scope; everything lies inside the case. */
static bool
inside(const struct parse *p, uint16_t region, uint16_t scope)
{
    while (scope != NONE && region != NONE && p->region[region].owner != scope)
        region = p->region[region].parent;
    return region != NONE;
}

/* A parallel step means its branches. */
static bool
is_meant(const struct parse *p, uint16_t region, const char *path)
{
    const uint16_t owner = p->region[region].owner;

    return !strcmp(p->region[region].path, path) ||
           (owner != NONE && p->step[owner].kind == STEP_PARALLEL &&
            !strcmp(p->step[owner].path, path));
}

static void
read_over(struct parse *p, const struct place *at, struct clock_rule *c)
{
    uint16_t n;
    const char *const *path = read_texts(p, at, "over", &n);
    uint16_t *region = NULL;

    for (uint16_t i = 0; i < n; i++) {
        bool any = false;

        for (uint16_t k = 1; k < p->w->n_region; k++)
            if (is_meant(p, k, path[i]) && inside(p, k, c->scope)) {
                region = arena_grow(p->arena, region, c->n_over, sizeof(*region));
                region[c->n_over++] = k;
                any = true;
            }
        if (!any)
            complain(p, texts_item(p, at, "over", i), PROBLEM_UNKNOWN_REGION,
                     "there is no stage, parallel step or branch \"%s\" inside this clock",
                     path[i]);
    }
    c->over = region;
}

static void
add_clock(struct parse *p, const struct clock_rule *c)
{
    p->clock = arena_grow(p->arena, p->clock, p->w->n_clock, sizeof(*p->clock));
    p->clock[p->w->n_clock++] = *c;
}

static struct title
clock_title(enum clock_kind kind)
{
    return kind == CLOCK_STATUTORY ? (struct title){"法定时限", "Statutory limit"}
                                   : (struct title){"承诺时限", "Promised limit"};
}

static void
read_clock(struct parse *p, const struct place *at, uint16_t scope)
{
    static const char *const kinds[] = {"promised", "statutory", NULL};
    static const char *const counts[] = {"continuous", NULL};
    static const char *const parties[] = {"applicant", NULL};
    static const char *const stops[] = {"all", "any", "lead", NULL};
    static const char *const per[] = {"department", NULL};
    const struct place *limit = place_get(p, at, "limit");
    struct clock_rule c = {.scope = scope, .line = at->v->line};
    const char *from, *to;

    check_id(p, at, at->key);
    if (!shape_check(p, at, SHAPE_CLOCK))
        return;
    c.id = scope == NONE ? at->key : arena_printf(p->arena, "%s:%s", p->step[scope].path, at->key);
    if (!place_get(p, at, "kind"))
        complain(p, at, PROBLEM_MISSING_KEY, "\"kind\" is missing");
    c.kind = (enum clock_kind)read_word(p, at, "kind", kinds, CLOCK_PROMISED);
    c.title = read_title(p, at, false);
    if (!c.title.zh)
        c.title = clock_title(c.kind);
    from = read_text(p, at, "from", true);
    to = read_text(p, at, "to", false);
    c.from = from ? mark_index(p, from) : MARK_OPENED;
    c.to = to ? mark_index(p, to) : MARK_CLOSED;
    if (limit)
        c.arm = read_arms(p, limit, scope == NONE ? 0 : p->step[scope].region, &c.n_arm);
    else
        complain(p, at, PROBLEM_MISSING_KEY, "\"limit\" is missing");
    c.continuous = read_word(p, at, "counts", counts, -1) == 0;
    c.applicant = read_word(p, at, "party", parties, -1) == 0;
    c.stops_when = (enum stops_when)read_word(p, at, "stopsWhen", stops, STOPS_WHEN_ALL);
    c.per_department = read_word(p, at, "per", per, -1) == 0;
    if (c.per_department && scope != NONE && c.from != MARK_OPENED)
        complain(p, place_get(p, at, "per"), PROBLEM_BAD_WORD,
                 "inside a step a clock per department runs from \"opened\"");
    read_over(p, at, &c);
    read_extension(p, place_get(p, at, "extension"), &c);
    c.warns = read_flag(p, at, "warns");
    c.exceeds = read_text(p, at, "exceeds", false);
    c.basis = read_text(p, at, "basis", false);
    add_clock(p, &c);
}

void
read_clocks(struct parse *p, const struct place *at, uint16_t scope)
{
    const struct place *list = place_get(p, at, "clocks");

    if (!expect(p, list, VALUE_OBJECT))
        return;
    if (!list->v->n)
        complain(p, list, PROBLEM_EMPTY, "there are no clocks");
    for (uint32_t i = 0; i < list->v->n; i++) {
        if (p->w->n_clock == NONE - 1) {
            complain(p, list, PROBLEM_TOO_MANY, "too many clocks");
            return;
        }
        read_clock(p, place_member(p, list, i), scope);
    }
}

void
read_step_limit(struct parse *p, const struct place *at, uint16_t step)
{
    const struct step *s = &p->step[step];
    const struct place *limit = place_get(p, at, "limit");
    struct clock_rule c = {.id = s->path,
                           .title = s->title,
                           .kind = CLOCK_PROMISED,
                           .scope = step,
                           .is_limit = true,
                           .from = MARK_OPENED,
                           .to = MARK_CLOSED,
                           .line = s->line};

    if (!limit || p->w->n_clock == NONE - 1)
        return;
    for (uint16_t i = 0; i < p->w->n_clock; i++)
        if (!strcmp(p->clock[i].id, s->path))
            complain(p, limit, PROBLEM_TWICE,
                     "the limit of this step is called \"%s\", and so is a clock", s->path);
    c.applicant = (s->kind == STEP_TASK || (s->kind == STEP_WAIT && s->n_action)) &&
                  (s->by == ACTOR_APPLICANT || s->by == ACTOR_PUBLIC);
    c.line = limit->v->line;
    c.arm = read_arms(p, limit, s->region, &c.n_arm);
    add_clock(p, &c);
}
