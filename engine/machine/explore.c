/* SPDX-License-Identifier: Apache-2.0 */
/* Every state a case can come to, and whether an end can be reached from it. */
#include "machine/explore.h"

#include <string.h>

#include "machine/explore_search.h"
#include "machine/names.h"
#include "machine/voids.h"

/* What is drawn does not matter, only that it can be. */
static const char drawing_seed[] =
    "0000000000000000000000000000000000000000000000000000000000000000";

/* So many of the states that may be looked at are in any case those nearest to the opening. */
enum { NEAR_PART = 16 };

enum { OPENINGS = 96, EXAMPLES = 8, SILENCES = 1000, KINDS = 4 };

static uint32_t *
find_slot(const struct search *s, struct exploring_key k)
{
    uint32_t i = (uint32_t)(k.a & (s->n_slot - 1));

    while (s->slot[i] && (s->key[s->slot[i] - 1].a != k.a || s->key[s->slot[i] - 1].b != k.b))
        i = (i + 1) & (s->n_slot - 1);
    return &s->slot[i];
}

static void
grow_slots(struct search *s)
{
    if (s->n_slot > s->n_node * 2)
        return;
    s->n_slot = s->n_slot ? s->n_slot * 2 : 1024;
    s->slot = arena_array(s->a, s->n_slot, uint32_t);
    for (uint32_t i = 0; i < s->n_node; i++)
        *find_slot(s, s->key[i]) = i + 1;
}

static const char *
keep_text(struct search *s, const struct text *t)
{
    return arena_strndup(s->a, t->at, t->len);
}

uint32_t
explored_node(struct search *s, const struct case_state *c, instant now,
              const struct exploring_move *m)
{
    struct text state = text_new(&s->scratch), form = text_new(&s->scratch);
    const struct exploring_key k = exploring_key(s->w, &s->topics, c, s->elsewhere, &s->scratch);
    struct exploring_move move = *m;
    uint32_t *slot;

    grow_slots(s);
    slot = find_slot(s, k);
    if (*slot)
        return *slot - 1;
    case_write(&state, s->w, c);
    value_write(&form, &c->form);
    if (m->input && s->topics.asks_time) { /* else it is one of the samples, which stay */
        struct value *kept = arena_new(s->a, struct value);

        *kept = value_copy(s->a, m->input);
        move.input = kept;
    }
    s->node = arena_grow(s->a, s->node, s->n_node, sizeof(*s->node));
    s->key = arena_grow(s->a, s->key, s->n_node, sizeof(*s->key));
    s->key[s->n_node] = k;
    s->node[s->n_node] = (struct node){.parent = m->kind == COMMAND_OPEN ? NO_NODE : s->now,
                                       .move = move,
                                       .state = keep_text(s, &state),
                                       .state_len = state.len,
                                       .form = keep_text(s, &form),
                                       .form_len = form.len,
                                       .now = now,
                                       .elsewhere = s->elsewhere,
                                       .ended = c->phase == PHASE_CLOSED};
    *slot = s->n_node + 1;
    return s->n_node++;
}

void
explored_way(struct search *s, uint32_t to)
{
    s->way = arena_grow(s->a, s->way, s->n_way, sizeof(*s->way));
    s->way[s->n_way++] = (struct way){s->now, to};
    s->node[s->now].n_way++;
}

static bool
told_before(const struct search *s, enum explored_kind kind, uint16_t step)
{
    for (uint32_t i = 0; i < s->out->n; i++)
        if (s->example[i].kind == kind && s->example[i].step == step)
            return true;
    return s->out->n == EXAMPLES;
}

/* Notes what was found after the moves to node @at, and @more behind them. */
static void
found(struct search *s, enum explored_kind kind, uint16_t step, uint32_t at,
      const struct exploring_move *more, const char *what, const char *last)
{
    const struct exploring_move **move = NULL;
    uint32_t n = 0, depth = more != NULL;

    if (told_before(s, kind, step))
        return;
    for (uint32_t i = at; i != NO_NODE; i = s->node[i].parent)
        depth++;
    move = arena_array(s->a, depth, const struct exploring_move *);
    if (more)
        move[depth - 1 - n++] = more;
    for (uint32_t i = at; i != NO_NODE; i = s->node[i].parent)
        move[depth - 1 - n++] = &s->node[i].move;
    s->example = arena_grow(s->a, s->example, s->out->n, sizeof(*s->example));
    s->example[s->out->n++] = (struct counterexample){
        .kind = kind,
        .step = step,
        .what = arena_strdup(s->a, what),
        .scenario = exploring_scenario(s->w, s->bounds, move, depth, last, s->a)};
}

/* The definition is at fault, and not whoever acts. */
static bool
is_fault(enum error_code code)
{
    return code == ERROR_GUARD_ERROR || code == ERROR_DEFINITION_FAULT;
}

/* What could not be done of what came due, or of what followed when a child case had ended. */
static const struct fact *
first_stuck(const struct outcome *out)
{
    for (uint32_t i = 0; i < out->n_record; i++)
        for (uint32_t k = 0; k < out->record[i].n_fact; k++)
            if (out->record[i].fact[k].kind == FACT_STUCK && !out->record[i].fact[k].declared)
                return &out->record[i].fact[k];
    return NULL;
}

static bool
is_fault_named(const char *code)
{
    return !strcmp(code, error_name(ERROR_GUARD_ERROR)) ||
           !strcmp(code, error_name(ERROR_DEFINITION_FAULT));
}

/* No case goes on from there; a fault of the definition is told as after any other move. */
static bool
explored_stuck(struct search *s, const struct fact *stuck, const struct exploring_move *m)
{
    if (is_fault_named(stuck->name))
        found(s, EXPLORED_ERROR, m->step ? m->step->index : NONE, s->now, m, stuck->detail, "");
    return false;
}

bool
explored_give(struct search *s, const struct case_state *c, struct command *cmd,
              const struct exploring_move *m, struct outcome *out)
{
    const struct setting setting = {.workflow = s->w,
                                    .calendar = s->calendar,
                                    .now = m->at,
                                    .broken = s->broken,
                                    .n_broken = (uint32_t)s->elsewhere,
                                    .seed = s->w->takes_seed ? drawing_seed : NULL};
    struct error e = {0};

    cmd->revision = -1;
    if (cmd->kind == COMMAND_ACT && !cmd->held)
        cmd->held = &s->held;
    cmd->explanation = "explored"; /* of what is late, where somebody must say why */
    if (machine_may(s->w, c, cmd, &e) &&
        machine_decide(&setting, c, cmd, &s->scratch, out, NULL, &e)) {
        const struct fact *stuck = first_stuck(out);

        return !stuck || explored_stuck(s, stuck, m);
    }
    if (is_fault(e.code)) {
        const char *last = m->kind == COMMAND_ALARM
                               ? ""
                               : arena_printf(&s->scratch, ", refused %s", error_name(e.code));

        found(s, EXPLORED_ERROR, m->step ? m->step->index : NONE,
              m->kind == COMMAND_OPEN ? NO_NODE : s->now, m, e.detail, last);
    }
    return false;
}

/* A state with its arrays in the scratch arena. */
static const struct case_state *
read_node(struct search *s, const struct node *n)
{
    struct case_state *c = arena_new(&s->scratch, struct case_state);
    struct value state, form;
    struct error e;

    c->number = "EXPLORED-1";
    if (!value_read(&s->scratch, n->state, n->state_len, &state) ||
        !value_read(&s->scratch, n->form, n->form_len, &form) ||
        !case_read(&s->scratch, s->w, &state, &form, c, &e))
        return NULL;
    return c;
}

/* Lets time pass until something comes of it: a card of being late alone is nothing new. */
static void
wait_on(struct search *s, const struct case_state *c)
{
    struct command cmd = {.kind = COMMAND_ALARM, .actor = {.id = "engine"}};
    struct outcome out;

    for (int i = 0; i < SILENCES && c->phase == PHASE_OPEN && c->alarm != INSTANT_NONE; i++) {
        const instant due = c->alarm > s->node[s->now].now ? c->alarm : s->node[s->now].now;
        const struct exploring_move m = {.kind = COMMAND_ALARM,
                                         .at = (due / SPAN_SECOND + 1) * SPAN_SECOND};
        uint32_t to;

        if (m.at > INSTANT_MAX || !explored_give(s, c, &cmd, &m, &out))
            return;
        c = out.next;
        to = explored_node(s, c, m.at, &m);
        if (to != s->now) {
            explored_way(s, to);
            return;
        }
    }
}

static void
look_at(struct search *s, uint32_t i)
{
    const struct visit *one;
    const struct case_state *c;
    bool waits = true;

    s->now = i;
    s->elsewhere = s->node[i].elsewhere;
    s->node[i].tried = s->node[i].looked_at = true;
    if (s->node[i].ended && !s->w->n_reopen)
        return;
    c = read_node(s, &s->node[i]);
    s->node[i].looked_at = c != NULL;
    if (c && s->node[i].ended) {
        explored_reopenings(s, c);
        return;
    }
    one = c ? order_choose(s->w, c, s->orderless, &waits) : NULL;
    for (uint32_t v = 0; c && v < c->n_visit; v++)
        if (!one || one == &c->visit[v])
            explored_acts(s, c, &c->visit[v]);
    if (c && !one)
        explored_starts(s, c);
    if (c) {
        explored_lanes(s, c);
        explored_materials(s, c, one != NULL);
        explored_identity(s, c);
        explored_credit(s, c);
    }
    if (c && (waits || materials_pend(s->w, c)))
        wait_on(s, c);
}

static void
open_one(struct search *s, const struct exploring_move *m)
{
    const struct opening opening = {.number = "EXPLORED-1",
                                    .district = s->bounds->district,
                                    .applicant_kind = m->applicant_kind};
    struct command cmd = {.kind = COMMAND_OPEN,
                          .actor = exploring_actor(s->w, m, s->bounds->district, &s->scratch),
                          .input = *m->input,
                          .opening = &opening};
    struct outcome out;

    if (explored_give(s, case_new(&s->scratch, s->w), &cmd, m, &out))
        (void)explored_node(s, out.next, m->at, m);
}

/*
 * By the house, and where somebody asks whether it is known who asks, by the applicant, too; that
 * a certificate waits for that alone holds nobody up, since somebody can always look.
 */
static void
open_all(struct search *s, instant start)
{
    const struct samples forms =
        samples_of(&s->topics, s->w->form, s->w->form_schema, "form", start, OPENINGS);
    const bool kinds = topics_pool(&s->topics, "case.applicantKind") != NULL;
    const bool house = exploring_opener(s->w) != NULL;

    if (!forms.n)
        s->out->unsampled = "the form";
    for (uint16_t k = 0; k < s->w->n_applicant && (!k || (kinds && k < KINDS)); k++)
        for (uint32_t i = 0; i < forms.n; i++) {
            struct exploring_move m = {.kind = COMMAND_OPEN,
                                       .at = start,
                                       .input = &forms.item[i],
                                       .applicant_kind = s->w->applicant[k],
                                       .claimed = !house};

            open_one(s, &m);
            m.claimed = true;
            if (house && s->w->asks_identified && exploring_opens(s->w))
                open_one(s, &m);
        }
}

/* What was not looked at may lead anywhere; from all that leads there, there is a way out. */
static void
find_ways_out(struct search *s)
{
    bool moved = true;

    for (uint32_t i = 0; i < s->n_node; i++)
        s->node[i].way_out = s->node[i].ended || !s->node[i].looked_at || s->node[i].unsampled;
    while (moved) {
        moved = false;
        for (uint32_t i = s->n_way; i-- > 0;)
            if (s->node[s->way[i].to].way_out && !s->node[s->way[i].from].way_out) {
                s->node[s->way[i].from].way_out = true;
                moved = true;
            }
    }
}

/* Marks what can be reached from @x in @there, or, @back, from where it can be reached. */
static void
spread(const struct search *s, uint32_t x, const bool *within, bool back, bool *there)
{
    bool moved = true;

    there[x] = true;
    while (moved) {
        moved = false;
        for (uint32_t i = 0; i < s->n_way; i++) {
            const uint32_t from = back ? s->way[i].to : s->way[i].from;
            const uint32_t to = back ? s->way[i].from : s->way[i].to;

            if (!there[from] || there[to] || (within && !within[to]))
                continue;
            there[to] = moved = true;
        }
    }
}

/* Whether a trap closes at @x that was not told: what leads to one behind it is not told again. */
static bool
closes(struct search *s, uint32_t x)
{
    bool yes;

    bool *ahead = arena_array(&s->scratch, s->n_node, bool);
    bool *back = arena_array(&s->scratch, s->n_node, bool);

    spread(s, x, NULL, false, ahead);
    spread(s, x, ahead, true, back);
    yes = !s->node[x].told && memcmp(ahead, back, s->n_node * sizeof(*ahead)) == 0;
    for (uint32_t i = 0; i < s->n_node && yes; i++)
        s->node[i].told = s->node[i].told || ahead[i];
    return yes;
}

static void
tell_traps(struct search *s)
{
    for (uint32_t i = 0; i < s->n_node; i++) {
        const struct case_state *c;
        const char *steps;
        uint16_t first;

        /* Of what was not seen to the end only where nothing goes on: who is led there are many. */
        if (s->node[i].way_out || (!s->out->whole && s->node[i].n_way))
            continue;
        arena_reset(&s->scratch);
        c = s->out->n < EXAMPLES && closes(s, i) ? read_node(s, &s->node[i]) : NULL;
        if (!c)
            continue;
        steps = exploring_waiting(s->w, c, &s->scratch, &first);
        found(s, s->node[i].n_way ? EXPLORED_TRAPPED : EXPLORED_STUCK, first, i, NULL,
              arena_printf(&s->scratch,
                           s->node[i].n_way ? "from%s no end can be reached any more"
                                            : "in%s nobody can act and no time helps",
                           steps),
              arena_printf(&s->scratch, "\n    then steps%s", steps));
    }
}

/* The nearest node that was not tried, from *@near on; NO_NODE: there is none. */
static uint32_t
next_near(const struct search *s, uint32_t *near)
{
    while (*near < s->n_node && s->node[*near].tried)
        ++*near;
    return *near < s->n_node ? *near : NO_NODE;
}

/* One of those found last on the way into the depths, which is the farthest; NO_NODE. */
static uint32_t
next_deep(struct search *s)
{
    while (s->n_deep)
        if (!s->node[s->deep[--s->n_deep]].tried)
            return s->deep[s->n_deep];
    return NO_NODE;
}

/* Nodes from @first on are those to go on with. */
static void
go_deeper(struct search *s, uint32_t first)
{
    for (; first < s->n_node; first++) {
        s->deep = arena_grow(s->a, s->deep, s->n_deep, sizeof(*s->deep));
        s->deep[s->n_deep++] = first;
    }
}

/*
 * Breadth first, so that examples are as short as can be; where that does not come to an end soon,
 * depth first at every other turn: an end, or that there is none, is found though the states
 * between are too many.
 */
static void
look_around(struct search *s)
{
    const struct exploring *b = s->bounds;
    const uint32_t few = b->most_states / NEAR_PART;
    uint32_t near = 0, n = 0;

    for (; n < b->most_states && (!b->go_on || b->go_on(b->arg)); n++) {
        const uint32_t before = s->n_node, deep = n > few && n % 2 ? next_deep(s) : NO_NODE;
        const uint32_t i = deep != NO_NODE ? deep : next_near(s, &near);

        if (i == NO_NODE)
            break;
        arena_reset(&s->scratch);
        look_at(s, i);
        if (n == few || deep != NO_NODE)
            go_deeper(s, n == few ? 0 : before);
    }
    s->out->n_state = n;
    s->out->whole = next_near(s, &near) == NO_NODE;
}

void
machine_explore(const struct workflow *w, const struct calendar *calendar,
                const struct exploring *bounds, struct arena *a, struct explored *out)
{
    struct search s = {.w = w, .calendar = calendar, .bounds = bounds, .a = a, .out = out};
    instant start;

    *out = (struct explored){.n = 0};
    s.topics.a = a;
    s.start = start = exploring_start(w, calendar);
    topics_read(w, &s.topics);
    s.held = held_by_anybody(a, w);
    s.orderless = orders_find(w, a);
    s.inputs = inputs_sample(w, &s.topics, start);
    out->unsampled = s.inputs.unsampled;
    s.topics.persons = s.inputs.persons;
    for (size_t i = 0; i < BROKEN_MOST; i++)
        s.broken[i] = start;
    open_all(&s, start);
    look_around(&s);
    find_ways_out(&s);
    tell_traps(&s);
    arena_release(&s.scratch);
    out->item = s.example;
}
