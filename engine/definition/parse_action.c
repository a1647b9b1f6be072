/* SPDX-License-Identifier: Apache-2.0 */
/* Moves: targets, marks, effects, actions, timers, and the applicant's withdrawal. */
#include <string.h>

#include "definition/parse.h"

uint16_t
find_step(const struct parse *p, uint16_t region, const char *id)
{
    for (uint16_t r = region; r != NONE; r = p->region[r].parent)
        for (uint16_t i = 0; i < p->w->n_step; i++)
            if (p->step[i].region == r && !strcmp(p->step[i].id, id))
                return i;
    return NONE;
}

uint16_t
find_path(struct parse *p, const struct place *one, uint16_t region, const char *id)
{
    uint16_t step = NONE;

    for (uint16_t i = 0; strchr(id, '.') && i < p->w->n_step; i++)
        if (!strcmp(p->step[i].path, id))
            step = i;
    if (step == NONE)
        step = find_step(p, region, id);
    if (step == NONE)
        complain(p, one, PROBLEM_UNKNOWN_STEP,
                 "there is no step \"%s\" here; name one of another region by its path", id);
    return step;
}

static void
no_such_step(struct parse *p, const struct place *at, const char *id)
{
    const char **ids = arena_array(p->scratch, p->w->n_step + 1, const char *);
    const char *meant;

    for (uint16_t i = 0; i < p->w->n_step; i++) {
        ids[i] = p->step[i].id;
        if (strcmp(id, ids[i]) == 0 || strcmp(id, p->step[i].path) == 0) {
            complain(p, at, PROBLEM_FOREIGN_STEP,
                     "step \"%s\" is neither in this region nor in one around it", p->step[i].path);
            return;
        }
    }
    meant = nearest(id, ids);
    if (meant)
        complain(p, at, PROBLEM_UNKNOWN_STEP, "there is no step \"%s\"; did you mean \"%s\"?", id,
                 meant);
    else
        complain(p, at, PROBLEM_UNKNOWN_STEP, "there is no step \"%s\"", id);
}

static struct target
target_seen(struct parse *p, const struct place *at, const char *key, uint16_t region, bool beside)
{
    const char *id = read_text(p, at, key, false);
    struct target t = {.kind = TARGET_NONE, .step = NONE};

    if (!id)
        return t;
    if (!strcmp(id, "$done")) {
        t.kind = TARGET_DONE;
        if (region == 0 && !beside)
            complain(p, place_get(p, at, key), PROBLEM_DONE_OUTSIDE,
                     "\"$done\" leaves a stage or a branch, and this step is in none");
        return t;
    }
    t.step = find_step(p, region, id);
    if (t.step == NONE)
        no_such_step(p, place_get(p, at, key), id);
    else if (p->step[t.step].optional)
        complain(p, place_get(p, at, key), PROBLEM_BAD_OPTIONAL,
                 "\"%s\" is optional: somebody starts it, and no move leads to it", id);
    else
        t.kind = TARGET_STEP;
    return t;
}

struct target
read_target(struct parse *p, const struct place *at, const char *key, uint16_t region)
{
    return target_seen(p, at, key, region, false);
}

struct target
read_way(struct parse *p, const struct place *at, const char *key, const struct step *s)
{
    return target_seen(p, at, key, s->region, s->optional != NULL);
}

struct marks
read_marks(struct parse *p, const struct place *at)
{
    struct marks marks = {0};
    const char *const *name = read_texts(p, at, "marks", &marks.n);
    uint16_t *index = arena_array(p->arena, marks.n, uint16_t);

    for (uint16_t i = 0; i < marks.n; i++) {
        const struct place *mark = texts_item(p, at, "marks", i);

        check_id(p, mark, name[i]);
        index[i] = mark_index(p, name[i]);
        if (index[i] < MARK_GIVEN)
            complain(p, mark, PROBLEM_RESERVED, "the mark \"%s\" is set by the engine", name[i]);
    }
    marks.item = index;
    return marks;
}

void
add_effect(struct parse *p, struct effects *out, struct effect x)
{
    struct effect *item = (struct effect *)(uintptr_t)out->item;

    if (out->n == NONE)
        return;
    item = arena_grow(p->arena, item, out->n, sizeof(*item));
    item[out->n++] = x;
    out->item = item;
}

/* {"set": {name: expression, …}, "when": …}: one effect a name. */
static void
read_sets(struct parse *p, const struct place *at, struct speaker who, struct effects *out)
{
    const struct expression *when;
    const struct place *set = place_get(p, at, "set");

    if (!shape_check(p, at, SHAPE_SET) || !expect(p, set, VALUE_OBJECT))
        return;
    if (!set->v->n)
        complain(p, set, PROBLEM_EMPTY, "\"set\" sets nothing");
    when = read_expression(p, place_get(p, at, "when"), VALUE_BOOL, who);
    for (uint32_t i = 0; i < set->v->n; i++) {
        const struct place *one = place_member(p, set, i);

        add_effect(p, out,
                   (struct effect){.kind = EFFECT_SET,
                                   .when = when,
                                   .name = one->key,
                                   .value = read_set(p, one, one->key, who)});
    }
}

const struct named *
read_named(struct parse *p, const struct place *at, struct speaker who, uint16_t *n)
{
    struct named *member = arena_array(p->arena, at->v->n, struct named);

    for (uint32_t i = 0; i < at->v->n && i < NONE; i++) {
        const struct place *one = place_member(p, at, i);

        if (expression_operator(one->key))
            complain(p, one, PROBLEM_RESERVED,
                     "\"%s\" is an operator of expressions, and beside it stand other names",
                     one->key);
        member[(*n)++] = (struct named){one->key, read_expression(p, one, VALUE_NULL, who)};
    }
    return member;
}

/* One expression, or an object of named ones: what has an operator's name is an expression. */
void
read_data(struct parse *p, const struct place *at, struct speaker who, struct effect *x)
{
    if (!at || at->v->kind != VALUE_OBJECT ||
        (at->v->n == 1 && expression_operator(at->v->member[0].name))) {
        x->value = read_expression(p, at, VALUE_NULL, who);
        return;
    }
    if (!at->v->n)
        complain(p, at, PROBLEM_EMPTY, "the message has no data");
    x->member = read_named(p, at, who, &x->n_member);
}

static void
read_send(struct parse *p, const struct place *at, struct speaker who, struct effects *out)
{
    const size_t before = p->problems->n;
    struct effect x = {.kind = EFFECT_SEND};
    const char *system;

    if (!shape_check(p, at, SHAPE_SEND))
        return;
    system = read_text(p, at, "send", p->problems->n == before);
    if (!system)
        return;
    check_system(p, place_get(p, at, "send"), system);
    x.name = system;
    x.when = read_expression(p, place_get(p, at, "when"), VALUE_BOOL, who);
    read_data(p, place_get(p, at, "data"), who, &x);
    x.undo = read_undo(p, at, system, who);
    add_effect(p, out, x);
}

struct effects
read_effects(struct parse *p, const struct place *at, struct speaker who)
{
    const struct place *list = place_get(p, at, "do");
    struct effects out = {0};

    if (!expect(p, list, VALUE_ARRAY))
        return out;
    if (!list->v->n)
        complain(p, list, PROBLEM_EMPTY, "\"do\" does nothing");
    for (uint32_t i = 0; i < list->v->n && out.n < NONE; i++) {
        const struct place *one = place_item(p, list, i);

        if (value_get(one->v, "set"))
            read_sets(p, one, who, &out);
        else if (value_get(one->v, "append"))
            read_append(p, one, who, &out);
        else if (value_get(one->v, "issue"))
            read_issue(p, one, who, &out);
        else if (value_get(one->v, "revoke"))
            read_revoke(p, one, who, &out);
        else if (value_get(one->v, "label"))
            read_label(p, one, who, &out);
        else if (value_get(one->v, "material"))
            read_fetch(p, one, who, &out);
        else if (value_get(one->v, "open"))
            read_open(p, one, who, &out);
        else if (value_get(one->v, "commit"))
            read_commit(p, one, who, &out);
        else if (value_get(one->v, "draw"))
            read_draw(p, one, who, &out);
        else
            read_send(p, one, who, &out);
    }
    return out;
}

void
read_why(struct parse *p, const struct place *at, const char **zh, const char **en)
{
    const struct place *why = place_get(p, at, "why");

    if (!why || !shape_check(p, why, SHAPE_TITLE))
        return;
    *zh = read_text(p, why, "zh", true);
    *en = read_text(p, why, "en", true);
}

enum { SIGNERS_MOST = 20 };

/* {"count": 3}, or {"roles": ["reviewer", "head"], "order": "given"} */
static struct signers
read_signers(struct parse *p, const struct place *at, const struct step *s)
{
    static const char *const orders[] = {"free", "given", NULL};
    const struct place *count = place_get(p, at, "count");
    struct signers out = {.n = 0};

    if (!at || !shape_check(p, at, SHAPE_SIGNERS))
        return out;
    out.role = read_texts(p, at, "roles", &out.n);
    for (uint16_t i = 0; i < out.n; i++)
        check_role(p, texts_item(p, at, "roles", i), out.role[i]);
    out.ordered = read_word(p, at, "order", orders, 0) == 1;
    if (count && expect(p, count, VALUE_INT) && !out.n && count->v->integer > 0 &&
        count->v->integer <= SIGNERS_MOST)
        out.n = (uint16_t)count->v->integer;
    else if (count)
        out.n = 0;
    if (s->by != ACTOR_ROLE || s->kind != STEP_TASK)
        complain(p, at, PROBLEM_SIGNERS, "nobody in \"%s\" holds a role to sign in", s->path);
    else if (out.n < 2 || out.n > SIGNERS_MOST)
        complain(p, at, PROBLEM_SIGNERS, "it takes at least two to sign, and at most %d",
                 SIGNERS_MOST);
    else if (out.ordered && !out.role)
        complain(p, at, PROBLEM_SIGNERS, "only roles have an order");
    return out;
}

static struct action
read_action(struct parse *p, const struct place *at, const struct step *s)
{
    struct action a = {.id = at->key, .line = at->v->line};
    struct speaker who = {.actor = true, .by_hand = true, .region = s->region, .step = s};

    check_id(p, at, at->key);
    if (!shape_check(p, at, SHAPE_ACTION))
        return a;
    a.title = read_title(p, at, true);
    a.to = read_way(p, at, "to", s);
    a.input = who.input = read_input(p, place_get(p, at, "input"), &a.input_schema);
    a.when = read_expression(p, place_get(p, at, "when"), VALUE_BOOL, who);
    read_why(p, at, &a.why_zh, &a.why_en);
    a.signers = read_signers(p, place_get(p, at, "signers"), s);
    a.marks = read_marks(p, at);
    a.effects = read_effects(p, at, who);
    read_notice(p, at, &a);
    return a;
}

void
read_actions(struct parse *p, const struct place *at, struct step *s)
{
    const struct place *list = place_get(p, at, "actions");
    struct action *action;

    if (!expect(p, list, VALUE_OBJECT))
        return;
    if (!list->v->n)
        complain(p, list, PROBLEM_EMPTY, "there are no actions");
    if (list->v->n >= NONE) {
        complain(p, list, PROBLEM_TOO_MANY, "too many actions");
        return;
    }
    action = arena_array(p->arena, list->v->n, struct action);
    for (uint32_t i = 0; i < list->v->n; i++)
        action[s->n_action++] = read_action(p, place_member(p, list, i), s);
    s->action = action;
}

const struct deem *
read_deem(struct parse *p, const struct place *at)
{
    static const char *const from[] = {"entered", "opened", NULL};
    struct deem *d = arena_new(p->arena, struct deem);

    if (!at || !shape_check(p, at, SHAPE_DEEM))
        return NULL;
    d->kind = read_text(p, at, "kind", true);
    if (d->kind)
        check_id(p, place_get(p, at, "kind"), d->kind);
    d->basis = read_text(p, at, "basis", false);
    d->from = read_word(p, at, "effective", from, -1) + 1;
    return d;
}

static struct timer
read_timer(struct parse *p, const struct place *at, const struct step *s)
{
    struct timer t = {.line = at->v->line};
    struct error e;

    if (!limit_read(at->key, &t.limit, &e))
        complain(p, at, PROBLEM_BAD_LIMIT, "\"%.60s\" is no limit", at->key);
    if (!shape_check(p, at, SHAPE_TIMER))
        return t;
    t.to = read_way(p, at, "to", s);
    t.when = read_expression(p, place_get(p, at, "when"), VALUE_BOOL,
                             (struct speaker){.region = s->region, .step = s});
    t.marks = read_marks(p, at);
    t.effects = read_effects(p, at, (struct speaker){.region = s->region, .step = s});
    t.basis = read_text(p, at, "basis", false);
    t.deem = read_deem(p, place_get(p, at, "deem"));
    return t;
}

void
read_timers(struct parse *p, const struct place *at, struct step *s)
{
    const struct place *list = place_get(p, at, "after");
    struct timer *all, *sorted;
    uint16_t n = 0;

    if (!expect(p, list, VALUE_OBJECT))
        return;
    if (!list->v->n)
        complain(p, list, PROBLEM_EMPTY, "there are no timers");
    if (list->v->n >= NONE) {
        complain(p, list, PROBLEM_TOO_MANY, "too many timers");
        return;
    }
    all = arena_array(p->scratch, list->v->n, struct timer);
    sorted = arena_array(p->arena, list->v->n, struct timer);
    for (uint32_t i = 0; i < list->v->n; i++)
        all[i] = read_timer(p, place_member(p, list, i), s);
    for (int reminder = 0; reminder < 2; reminder++)
        for (uint32_t i = 0; i < list->v->n; i++)
            if ((all[i].to.kind == TARGET_NONE) == reminder)
                sorted[n++] = all[i];
    s->timer = sorted;
    s->n_timer = n;
}

void
check_choice(struct parse *p, const struct place *list)
{
    if (!list->v->n) {
        complain(p, list, PROBLEM_EMPTY, "there is nothing to choose from");
        return;
    }
    for (uint32_t i = 0; i < list->v->n; i++) {
        const struct place *arm = place_item(p, list, i);
        const bool last = i + 1 == list->v->n, open = !value_get(arm->v, "when");

        if (arm->v->kind != VALUE_OBJECT)
            continue;
        if (last && !open)
            complain(p, arm, PROBLEM_CHOICE_OPEN, "nothing is chosen when no condition holds");
        if (!last && open)
            complain(p, arm, PROBLEM_CHOICE_IDLE, "what follows is never chosen");
    }
}

const struct action *
read_withdraw(struct parse *p, const struct place *at)
{
    struct action *a;

    if (!at || !shape_check(p, at, SHAPE_WITHDRAW))
        return NULL;
    a = arena_new(p->arena, struct action);
    a->id = "withdraw";
    a->title = (struct title){"撤回申请", "Withdraw"};
    a->line = at->v->line;
    if (!value_get(at->v, "to"))
        complain(p, at, PROBLEM_MISSING_KEY, "\"to\" is missing");
    a->to = read_target(p, at, "to", 0);
    a->when =
        read_expression(p, place_get(p, at, "when"), VALUE_BOOL, (struct speaker){.actor = true});
    read_why(p, at, &a->why_zh, &a->why_en);
    return a;
}
