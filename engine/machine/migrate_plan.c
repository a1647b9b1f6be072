/* SPDX-License-Identifier: Apache-2.0 */
/* A migration's plan: which step, region and clock of the old version is which of the new one. */
#include <string.h>

#include "machine/migrate.h"

/* The plan while it is read. */
struct planning {
    struct arena *a;
    const struct workflow *from, *to;
    const struct value *steps, *clocks;
    uint16_t *step, *region, *clock;
    enum clock_fate *fate;
    struct error *e;
};

static bool
bad(struct planning *p, const char *pointer, const char *what, const char *name)
{
    return error_at(p->e, ERROR_BAD_FILE, pointer, "%s: %.100s", what, name);
}

/* What the plan calls @path now; itself where the plan is silent. */
static const char *
new_name(const struct planning *p, const char *path)
{
    const char *name = p->steps ? value_get_string(p->steps, path) : NULL;

    return name ? name : path;
}

static bool
check_steps(struct planning *p)
{
    for (uint32_t i = 0; p->steps && i < p->steps->n; i++) {
        const struct member *m = &p->steps->member[i];
        const char *pointer = arena_printf(p->a, "/steps/%s", m->name);
        uint16_t was, is;

        if (m->value.kind != VALUE_STRING)
            return bad(p, pointer, "the new path is a text", m->name);
        was = workflow_step(p->from, m->name);
        is = workflow_step(p->to, m->value.string);
        if (was == NONE)
            return bad(p, pointer, "the old version has no such step", m->name);
        if (is == NONE)
            return bad(p, pointer, "the new version has no such step", m->value.string);
        if (p->from->step[was].kind != p->to->step[is].kind)
            return bad(p, pointer, "the steps are of different kinds", m->name);
    }
    return true;
}

/* Steps by their paths; a region is that of the same id in its owner's counterpart. */
static void
map_structure(struct planning *p)
{
    for (uint16_t i = 0; i < p->from->n_step; i++) {
        const struct step *s = &p->from->step[i];
        const uint16_t to = workflow_step(p->to, new_name(p, s->path));

        p->step[i] = to != NONE && p->to->step[to].kind == s->kind ? to : NONE;
    }
    p->region[0] = 0;
    for (uint16_t i = 1; i < p->from->n_region; i++) {
        const struct region *r = &p->from->region[i];
        const uint16_t owner = p->step[r->owner];

        p->region[i] = NONE;
        for (uint16_t k = 0; owner != NONE && k < p->to->step[owner].n_region; k++) {
            const uint16_t to = (uint16_t)(p->to->step[owner].first_region + k);

            if (p->to->step[owner].kind == STEP_STAGE || !strcmp(p->to->region[to].id, r->id))
                p->region[i] = to;
        }
    }
}

/* A clock of a step is known by what its step calls it. */
static const char *
own_name(const struct workflow *w, const struct clock_rule *rule)
{
    const size_t len = rule->scope == NONE ? 0 : strlen(w->step[rule->scope].path);

    if (rule->is_limit)
        return "";
    return rule->scope != NONE && !strncmp(rule->id, w->step[rule->scope].path, len) &&
                   rule->id[len] == ':'
               ? rule->id + len + 1
               : rule->id;
}

static uint16_t
counterpart(const struct planning *p, const struct clock_rule *rule)
{
    const uint16_t scope = rule->scope == NONE ? NONE : p->step[rule->scope];

    if (rule->scope != NONE && scope == NONE)
        return NONE;
    for (uint16_t i = 0; i < p->to->n_clock; i++) {
        const struct clock_rule *r = &p->to->clock[i];

        if (r->scope == scope && r->is_limit == rule->is_limit &&
            r->per_department == rule->per_department &&
            !strcmp(own_name(p->to, r), own_name(p->from, rule)))
            return i;
    }
    return NONE;
}

static bool
read_fate(struct planning *p, uint16_t clock, const char *word)
{
    const char *id = p->from->clock[clock].id;
    const char *pointer = arena_printf(p->a, "/clocks/%s", id);

    if (!strcmp(word, "keep"))
        p->fate[clock] = FATE_KEEP;
    else if (!strcmp(word, "restart"))
        p->fate[clock] = FATE_RESTART;
    else if (!strcmp(word, "drop"))
        p->fate[clock] = FATE_DROP;
    else
        return bad(p, pointer, "a clock's rule is keep, restart or drop, not", word);
    if (p->clock[clock] == NONE && p->fate[clock] != FATE_DROP)
        return bad(p, pointer, "the new version has no such clock; drop it", id);
    return true;
}

static bool
map_clocks(struct planning *p)
{
    for (uint16_t i = 0; i < p->from->n_clock; i++) {
        p->clock[i] = counterpart(p, &p->from->clock[i]);
        p->fate[i] = p->clock[i] == NONE ? FATE_DROP : FATE_KEEP;
    }
    for (uint32_t i = 0; p->clocks && i < p->clocks->n; i++) {
        const struct member *m = &p->clocks->member[i];
        const uint16_t clock = workflow_clock(p->from, m->name);

        if (m->value.kind != VALUE_STRING)
            return bad(p, arena_printf(p->a, "/clocks/%s", m->name), "a clock's rule is a text",
                       m->name);
        if (clock == NONE)
            return bad(p, arena_printf(p->a, "/clocks/%s", m->name),
                       "the old version has no such clock", m->name);
        if (!read_fate(p, clock, m->value.string))
            return false;
    }
    return true;
}

static uint16_t
old_of(const uint16_t *map, uint16_t n, uint16_t to)
{
    for (uint16_t i = 0; i < n; i++)
        if (map[i] == to)
            return i;
    return NONE;
}

/*
 * What the new version asks about the past must have been kept; of what is new
 * there is no past.
 */
static bool
check_history(struct planning *p)
{
    for (uint16_t i = 0; i < p->to->n_step; i++) {
        const uint16_t old = old_of(p->step, p->from->n_step, i);

        if (p->to->step[i].noted && old != NONE && !p->from->step[old].noted)
            return bad(p, "/to",
                       "the new version asks what happened in a step of which the old "
                       "one kept no history",
                       p->to->step[i].path);
    }
    for (uint16_t i = 0; i < p->to->n_region; i++) {
        const uint16_t old = old_of(p->region, p->from->n_region, i);

        if (p->to->region[i].noted && old != NONE && !p->from->region[old].noted)
            return bad(p, "/to",
                       "the new version asks the outcome of a branch that the old one "
                       "did not keep",
                       p->to->region[i].path);
    }
    return true;
}

/* Two steps may not become one: of each region one step at a time is active. */
static bool
check_unique(struct planning *p)
{
    for (uint16_t i = 0; i < p->from->n_step; i++) {
        const uint16_t first =
            p->step[i] == NONE ? NONE : old_of(p->step, p->from->n_step, p->step[i]);

        if (first != NONE && first != i)
            return bad(p, arena_printf(p->a, "/steps/%s", p->from->step[i].path),
                       "two steps become this one", p->to->step[p->step[i]].path);
    }
    return true;
}

static struct planning
planning_new(struct arena *a, const struct workflow *from, const struct workflow *to,
             struct error *e)
{
    return (struct planning){.a = a,
                             .from = from,
                             .to = to,
                             .step = arena_array(a, from->n_step, uint16_t),
                             .region = arena_array(a, from->n_region, uint16_t),
                             .clock = arena_array(a, from->n_clock, uint16_t),
                             .fate = arena_array(a, from->n_clock, enum clock_fate),
                             .e = e};
}

static void
planned(const struct planning *p, const char *reason, struct migration *out)
{
    *out = (struct migration){.from = p->from,
                              .to = p->to,
                              .step = p->step,
                              .region = p->region,
                              .clock = p->clock,
                              .fate = p->fate,
                              .reason = reason};
}

static bool
check_members(struct planning *p, const struct value *plan)
{
    static const char *const known[] = {"workflow", "from",   "to", "reason",
                                        "steps",    "clocks", NULL};

    if (plan->kind != VALUE_OBJECT)
        return bad(p, "", "a plan is an object, not", value_kind_name(plan->kind));
    for (uint32_t i = 0; i < plan->n; i++) {
        const char *name = plan->member[i].name;
        const bool map = !strcmp(name, "steps") || !strcmp(name, "clocks");
        bool is_known = false;

        for (int k = 0; known[k]; k++)
            is_known = is_known || !strcmp(known[k], name);
        if (!is_known)
            return bad(p, arena_printf(p->a, "/%s", name), "unknown member", name);
        if (plan->member[i].value.kind != (map ? VALUE_OBJECT : VALUE_STRING))
            return bad(p, arena_printf(p->a, "/%s", name), map ? "not an object" : "not a text",
                       name);
    }
    for (int k = 0; k < 4; k++)
        if (!value_get(plan, known[k]) || !*value_get_string(plan, known[k]))
            return bad(p, "", "a plan needs the member", known[k]);
    return true;
}

bool
migration_read(struct arena *a, const struct workflow *from, const struct workflow *to,
               const struct value *plan, struct migration *out, struct error *e)
{
    struct planning p = planning_new(a, from, to, e);

    if (!check_members(&p, plan))
        return false;
    p.steps = value_get(plan, "steps");
    p.clocks = value_get(plan, "clocks");
    if (strcmp(value_get_string(plan, "workflow"), from->id) != 0)
        return bad(&p, "/workflow", "the version it comes from is of another workflow", from->id);
    if (strcmp(from->id, to->id) != 0)
        return bad(&p, "/to", "it is a version of another workflow", to->id);
    if (!strcmp(from->hash, to->hash))
        return bad(&p, "/to", "both are the same version", to->hash);
    if (!check_steps(&p))
        return false;
    map_structure(&p);
    if (!map_clocks(&p) || !check_unique(&p) || !check_history(&p))
        return false;
    planned(&p, value_get_string(plan, "reason"), out);
    return true;
}

void
migration_plain(struct arena *a, const struct workflow *from, const struct workflow *to,
                struct migration *out)
{
    struct error unread;
    struct planning p = planning_new(a, from, to, &unread);

    map_structure(&p);
    (void)!map_clocks(&p);
    planned(&p, "", out);
}
