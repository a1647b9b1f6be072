/* SPDX-License-Identifier: Apache-2.0 */
/* Steps: what each kind carries. */
#include <string.h>

#include "definition/parse.h"

static const enum shape_id shape_by_kind[] = {
    [STEP_TASK] = SHAPE_TASK,         [STEP_STAGE] = SHAPE_STAGE, [STEP_DECISION] = SHAPE_DECISION,
    [STEP_PARALLEL] = SHAPE_PARALLEL, [STEP_WAIT] = SHAPE_WAIT,   [STEP_END] = SHAPE_END,
    [STEP_BALLOT] = SHAPE_BALLOT,
};

/* Child cases are waited for: for the core the step is a wait. */
static enum shape_id
shape_for(const struct place *at, const struct step *s)
{
    if (value_get(at->v, "cases"))
        return SHAPE_CASES;
    return value_get(at->v, "foreach") ? SHAPE_FOREACH : shape_by_kind[s->kind];
}

/* "window", "applicant", "public", "system:tax" */
static void
read_by(struct parse *p, const struct place *at, struct step *s)
{
    const struct place *by = place_get(p, at, "by");
    const char *who = read_text(p, at, "by", s->kind == STEP_TASK || s->kind == STEP_BALLOT);

    s->by = s->kind == STEP_WAIT ? ACTOR_PUBLIC : ACTOR_ROLE;
    if (!who)
        return;
    if (!strcmp(who, "applicant")) {
        s->by = ACTOR_APPLICANT;
    } else if (!strcmp(who, "public")) {
        s->by = ACTOR_PUBLIC;
    } else if (!strncmp(who, "system:", 7)) {
        s->by = ACTOR_SYSTEM;
        s->role = who + 7;
        check_system(p, by, s->role);
    } else {
        s->by = ACTOR_ROLE;
        s->role = who;
        check_role(p, by, who);
    }
}

static void
read_distinct(struct parse *p, const struct place *at, struct step *s)
{
    uint16_t n;
    const char *const *id = read_texts(p, at, "distinctFrom", &n);
    uint16_t *step = arena_array(p->arena, n, uint16_t);

    for (uint16_t i = 0; i < n; i++) {
        const struct place *one = texts_item(p, at, "distinctFrom", i);

        step[i] = find_path(p, one, s->region, id[i]);
        if (step[i] != NONE && (step[i] == s->index || !step_is_leaf(&p->step[step[i]])))
            complain(p, one, PROBLEM_DISTINCT_IDLE, "nobody can have acted before in \"%s\"",
                     id[i]);
    }
    s->distinct_from = step;
    s->n_distinct_from = n;
}

uint16_t
read_ground(struct parse *p, const struct place *at)
{
    const char *ground = read_text(p, at, "ground", true);

    for (uint16_t i = 0; ground && i < p->w->n_ground; i++)
        if (!strcmp(p->ground[i].id, ground))
            return i;
    if (ground)
        complain(p, place_get(p, at, "ground"), PROBLEM_UNKNOWN_GROUND, "there is no ground \"%s\"",
                 ground);
    return NONE;
}

static void
read_stops(struct parse *p, const struct place *at, struct step *s)
{
    const struct place *stops = place_get(p, at, "stops");

    if (stops && shape_check(p, stops, SHAPE_STOPS))
        s->stops = read_ground(p, stops);
}

void
read_acting(struct parse *p, const struct place *at, struct step *s)
{
    read_by(p, at, s);
    read_actions(p, at, s);
    read_distinct(p, at, s);
    s->open_ended = read_text(p, at, "openEnded", false);
}

static void
read_wait(struct parse *p, const struct place *at, struct step *s)
{
    const struct place *wait = place_get(p, at, "wait");

    if (wait->v->kind != VALUE_OBJECT)
        (void)read_limit(p, wait, &s->wait);
    else if (shape_check(p, wait, SHAPE_UNTIL))
        s->wait_until = read_date(p, place_get(p, wait, "until"), s->region);
    s->to = read_way(p, at, "to", s);
    s->deem = read_deem(p, place_get(p, at, "deem"));
    read_acting(p, at, s);
}

void
read_arms_of(struct parse *p, const struct place *list, struct speaker who, struct step *s)
{
    struct decision_arm *arm;

    if (list->v->kind == VALUE_OBJECT) {
        read_table(p, list, s);
        return;
    }
    if (!expect(p, list, VALUE_ARRAY))
        return;
    check_choice(p, list);
    if (list->v->n >= NONE) {
        complain(p, list, PROBLEM_TOO_MANY, "too many arms");
        return;
    }
    arm = arena_array(p->arena, list->v->n, struct decision_arm);
    for (uint32_t i = 0; i < list->v->n; i++) {
        const struct place *one = place_item(p, list, i);

        arm[i].line = one->v->line;
        if (!shape_check(p, one, SHAPE_ARM))
            continue;
        arm[i].when = read_expression(p, place_get(p, one, "when"), VALUE_BOOL, who);
        arm[i].condition = value_get(one->v, "when");
        if (!value_get(one->v, "to"))
            complain(p, one, PROBLEM_MOVE_MISSING, "the arm leads nowhere");
        arm[i].to = read_way(p, one, "to", s);
        arm[i].basis = read_text(p, one, "basis", false);
    }
    s->arm = arm;
    s->n_arm = (uint16_t)list->v->n;
}

/* {"count": n, "of": outcome}; of @most that can be counted. */
static void
read_count(struct parse *p, const struct place *at, struct step *s, int32_t most)
{
    const struct place *count = place_get(p, at, "count");

    s->join = JOIN_COUNT;
    s->join_count = 1;
    s->join_of = read_text(p, at, "of", false);
    if (!count)
        complain(p, at, PROBLEM_MISSING_KEY, "\"count\" is missing");
    if (!expect(p, count, VALUE_INT))
        return;
    if (count->v->integer < 1 || count->v->integer > most)
        complain(p, count, PROBLEM_JOIN_IMPOSSIBLE, "%lld of %d branches cannot be counted",
                 (long long)count->v->integer, most);
    else
        s->join_count = (int32_t)count->v->integer;
}

/* {"when": over the tally, "of": outcome}, or a count. */
static void
read_quorum(struct parse *p, const struct place *at, struct step *s, int32_t most)
{
    const struct place *when = place_get(p, at, "when"), *count = place_get(p, at, "count");

    if (!when) {
        read_count(p, at, s, most);
        return;
    }
    if (count)
        complain(p, count, PROBLEM_KEY_NOT_HERE, "a join has either \"count\" or \"when\"");
    s->join = JOIN_WHEN;
    s->join_of = read_text(p, at, "of", false);
    s->join_when =
        read_expression(p, when, VALUE_BOOL, (struct speaker){.tally = true, .region = s->region});
}

/* {"var": "form.x"}, also with a default: what follows "form."; NULL: it is something else. */
static const char *
list_field(const struct value *v)
{
    const struct value *var = v->kind == VALUE_OBJECT ? value_get(v, "var") : NULL;

    if (var && var->kind == VALUE_ARRAY && var->n)
        var = &var->item[0];
    return var && var->kind == VALUE_STRING && !strncmp(var->string, "form.", 5) ? var->string + 5
                                                                                 : NULL;
}

const struct value *
field_schema(const struct parse *p, const char *path)
{
    const struct value *v = p->w->form_schema;

    while (v && *path) {
        const size_t n = strcspn(path, ".");

        v = value_get(value_get(v, "properties"), arena_strndup(p->scratch, path, n));
        path += n + (path[n] == '.');
    }
    return v;
}

/* The branches must be tellable apart, and be so few that one command can open them. */
static void
read_list(struct parse *p, const struct place *at, struct step *s)
{
    const struct place *list = place_get(p, at, "foreach");
    const struct value *schema, *unique, *most;
    struct form_field f;

    s->foreach = read_expression(p, list, VALUE_ARRAY, (struct speaker){.region = s->region});
    s->foreach_field = list_field(list->v);
    if (!s->foreach || !p->w->form)
        return;
    if (!s->foreach_field) {
        complain(p, list, PROBLEM_FOREACH_LIST, "the list is no field of the form");
        return;
    }
    f = form_field(p->w->form, s->foreach_field);
    schema = field_schema(p, s->foreach_field);
    unique = value_get(schema, "uniqueItems");
    most = value_get(schema, "maxItems");
    if (f.kind != VALUE_ARRAY || (f.item_kind != VALUE_STRING && f.item_kind != VALUE_INT))
        complain(p, list, PROBLEM_FOREACH_LIST, "\"%s\" is no list of texts or of integers",
                 s->foreach_field);
    else if (!unique || unique->kind != VALUE_BOOL || !unique->boolean)
        complain(p, list, PROBLEM_FOREACH_LIST, "\"%s\" may name one element twice",
                 s->foreach_field);
    else if (!most || most->kind != VALUE_INT || most->integer > FOREACH_MOST)
        complain(p, list, PROBLEM_FOREACH_LIST, "\"%s\" may have more than %d elements",
                 s->foreach_field, FOREACH_MOST);
}

void
read_join(struct parse *p, const struct place *at, struct step *s, int32_t most)
{
    static const char *const joins[] = {"all", "any", NULL};
    const struct place *join = place_get(p, at, "join");

    if (value_get(at->v, "foreach"))
        read_list(p, at, s);
    if (!join)
        complain(p, at, PROBLEM_MISSING_KEY, "\"join\" is missing");
    else if (join->v->kind == VALUE_OBJECT && shape_check(p, join, SHAPE_JOIN))
        read_quorum(p, join, s, most);
    else if (join->v->kind != VALUE_OBJECT)
        s->join = read_word(p, at, "join", joins, 0) ? JOIN_ANY : JOIN_ALL;
    s->to = read_way(p, at, "to", s);
    s->has_else = value_get(at->v, "else") != NULL;
    s->otherwise = read_way(p, at, "else", s);
}

static void
read_end(struct parse *p, const struct place *at, struct step *s)
{
    s->outcome = read_text(p, at, "end", true);
    if (s->outcome)
        check_id(p, place_get(p, at, "end"), s->outcome);
}

static void
read_step(struct parse *p, uint16_t i)
{
    static const char *const status[] = {"received", "accepted",  "in-review", "special",
                                         "decided",  "delivered", NULL};
    struct step *s = &p->step[i];
    const struct place *at = p->step_at[i];

    if (!at || !shape_check(p, at, shape_for(at, s)))
        return;
    s->title = read_title(p, at, s->kind != STEP_DECISION);
    s->public = (enum public_status)read_word(p, at, "public", status, PUBLIC_INHERIT);
    read_department(p, at, s);
    s->marks = read_marks(p, at);
    s->effects = read_effects(p, at, (struct speaker){.region = s->region});
    if (s->kind == STEP_STAGE && s->n_region)
        p->region[s->first_region].title = s->title;
    switch (s->kind) {
    case STEP_TASK:
        read_acting(p, at, s);
        break;
    case STEP_STAGE:
        s->to = read_way(p, at, "to", s);
        break;
    case STEP_DECISION:
        read_arms_of(p, place_get(p, at, "decide"), (struct speaker){.region = s->region}, s);
        break;
    case STEP_PARALLEL:
        read_join(p, at, s, value_get(at->v, "foreach") ? FOREACH_MOST : s->n_region);
        break;
    case STEP_WAIT:
        if (value_get(at->v, "cases"))
            read_cases(p, at, s);
        else
            read_wait(p, at, s);
        break;
    case STEP_BALLOT:
        read_acting(p, at, s);
        read_ballot(p, place_get(p, at, "ballot"), s);
        break;
    case STEP_END:
        read_end(p, at, s);
        break;
    }
    read_stops(p, at, s);
    read_timers(p, at, s);
    read_hearings(p, at, s);
    read_step_undo(p, at, s);
    read_optional(p, at, s);
    read_prepare(p, at, s);
}

/* The rules whose scope is the step: its limit first, then its clocks by name. */
static void
read_step_clocks(struct parse *p, uint16_t i)
{
    const uint16_t first = p->w->n_clock;
    struct step *s = &p->step[i];

    if (!p->step_at[i] || s->kind == STEP_DECISION || s->kind == STEP_END)
        return;
    read_step_limit(p, p->step_at[i], i);
    read_clocks(p, p->step_at[i], i);
    s->n_clock = (uint16_t)(p->w->n_clock - first);
    s->clock = arena_array(p->arena, s->n_clock, uint16_t);
    for (uint16_t c = 0; c < s->n_clock; c++)
        s->clock[c] = (uint16_t)(first + c);
}

void
read_steps(struct parse *p)
{
    for (uint16_t i = 0; i < p->w->n_step; i++)
        read_step(p, i);
    for (uint16_t i = 0; i < p->w->n_step; i++)
        read_step_clocks(p, i);
}
