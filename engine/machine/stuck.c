/* SPDX-License-Identifier: Apache-2.0 */
/* What was due and could not be done. */
#include "machine/stuck.h"

#include <string.h>

#include "base/word.h"
#include "machine/names.h"
#include "machine/notes.h"
#include "machine/periods.h"

static const char *const kind_name[] = {
    [STUCK_TIMER] = "timer",       [STUCK_WAIT] = "wait",   [STUCK_JOIN] = "children",
    [STUCK_REMINDER] = "reminder", [STUCK_LAPSE] = "lapse", [STUCK_WITHDRAWAL] = "withdraw"};

void
attempt_begin(struct run *r, struct attempt *t)
{
    *t = (struct attempt){.before = *r};
    r->c = case_clone(r->a, r->w, r->c);
    r->e = &t->why;
}

/* A record that cannot be read is none of the case's own doing: it would stand there for ever. */
static bool
is_own_mistake(enum error_code code)
{
    return code == ERROR_INTERNAL;
}

bool
attempt_end(struct run *r, struct attempt *t)
{
    if (!r->failed) {
        r->e = t->before.e;
        return true;
    }
    *r = t->before;
    if (is_own_mistake(t->why.code)) {
        *r->e = t->why;
        r->failed = true;
    }
    return false;
}

const char *
stuck_name(enum stuck_kind kind)
{
    return WORD_AT(kind_name, kind);
}

static bool
kind_named(const char *name, enum stuck_kind *kind)
{
    for (int i = STUCK_TIMER; name && i <= STUCK_WITHDRAWAL; i++)
        if (!strcmp(name, kind_name[i])) {
            *kind = (enum stuck_kind)i;
            return true;
        }
    return false;
}

static bool
is_same(const struct stuck_item *x, const struct stuck_item *y)
{
    return x->kind == y->kind && x->visit == y->visit && x->timer == y->timer &&
           x->material == y->material;
}

static const struct stuck *
find(const struct case_state *c, const struct stuck_item *item)
{
    for (uint32_t i = 0; i < c->n_stuck; i++)
        if (is_same(&c->stuck[i].item, item))
            return &c->stuck[i];
    return NULL;
}

static bool
material_waits(const struct workflow *w, const struct case_state *c, const struct stuck_item *item)
{
    const uint16_t i = item->material;

    return i < w->n_material && c->material && c->material[i].state == MATERIAL_TOLERATED &&
           (item->kind == STUCK_LAPSE || material_reminds(&c->material[i]));
}

/* Whether what failed at @since is still to come, and was due by then. */
static bool
still_waits(const struct workflow *w, const struct case_state *c, const struct stuck_item *item,
            instant since)
{
    const struct visit *v = case_visit(c, item->visit);
    const struct step *s = v ? &w->step[v->step] : NULL;

    if (c->phase != PHASE_OPEN)
        return false;
    switch (item->kind) {
    case STUCK_TIMER:
        return s && item->timer >= 0 && item->timer < s->n_timer &&
               v->timer[item->timer] != INSTANT_NONE && v->timer[item->timer] <= since;
    case STUCK_WAIT:
        return s && v->wait_until != INSTANT_NONE && v->wait_until <= since;
    case STUCK_JOIN:
        return s && s->children;
    case STUCK_REMINDER:
        return material_waits(w, c, item) && c->material[item->material].remind <= since;
    case STUCK_LAPSE:
        return material_waits(w, c, item) && c->material[item->material].until <= since;
    case STUCK_WITHDRAWAL:
        return c->parent.case_id && w->withdraw;
    }
    return false;
}

static void
tell(struct run *r, const struct stuck_item *item, int32_t number, const struct error *why)
{
    const struct visit *v = case_visit(r->c, item->visit);

    emit(r, (struct fact){.kind = FACT_STUCK,
                          .ref = stuck_name(item->kind),
                          .visit = item->visit,
                          .step = v ? v->step : NONE,
                          .element = v ? v->element : NULL,
                          .number = item->timer,
                          .material = item->material,
                          .epoch = number,
                          .name = why ? error_name(why->code) : NULL,
                          .detail = why ? arena_printf(r->a, "%s%s%s", why->pointer,
                                                       *why->pointer ? ": " : "", why->detail)
                                        : NULL,
                          .declared = !why});
}

/* It is known already, and why. */
static bool
is_no_news(const struct run *r, const struct stuck *was, const struct error *why)
{
    return !was->again && !strcmp(was->code, error_name(why->code)) &&
           !strcmp(was->why, arena_printf(r->a, "%s%s%s", why->pointer, *why->pointer ? ": " : "",
                                          why->detail));
}

/* Nothing is said, so that nobody reads it twice; it has been tried all the same. */
static void
note_tried(struct run *r, const struct stuck *was)
{
    struct stuck *list = arena_copy(r->a, r->c->stuck, r->c->n_stuck * sizeof(*list));

    list[was - r->c->stuck].tried = r->c->recorded;
    r->c->stuck = list;
}

void
say_stuck(struct run *r, const struct stuck_item *item, const struct error *why)
{
    const struct stuck *was = find(r->c, item);

    if (was && is_no_news(r, was, why))
        note_tried(r, was);
    else
        tell(r, item, was ? was->number : (int32_t)(r->c->recorded + 1), why);
}

void
say_freed(struct run *r, const struct stuck_item *item)
{
    const struct stuck *was = find(r->c, item);

    if (was)
        tell(r, item, was->number, NULL);
}

bool
stuck_is_due(const struct run *r, const struct stuck *x)
{
    return x->again || r->changed > x->tried;
}

bool
record_changes(const struct run *r, const struct command *cmd)
{
    for (uint32_t i = 0; i < r->n_fact; i++)
        switch (r->fact[i].kind) {
        case FACT_LATE:
        case FACT_WARNED:
        case FACT_EXPIRED:
        case FACT_STUCK:
            break;
        default:
            return true;
        }
    return cmd != NULL;
}

/* Of silence with an effect in law, when it was due; INSTANT_NONE: it is something else. */
static instant
silence_due(const struct workflow *w, const struct case_state *c, const struct stuck_item *item)
{
    const struct visit *v = case_visit(c, item->visit);
    const struct step *s = v ? &w->step[v->step] : NULL;

    if (s && item->kind == STUCK_TIMER && s->timer[item->timer].deem)
        return v->timer[item->timer];
    return s && item->kind == STUCK_WAIT && s->deem ? v->wait_until : INSTANT_NONE;
}

bool
check_silence(const struct run *r, int32_t visit, instant t, struct error *e)
{
    const struct case_state *c = r->c;
    char text[INSTANT_TEXT];

    for (uint32_t i = 0; i < c->n_stuck; i++) {
        const struct stuck *x = &c->stuck[i];
        const instant due = silence_due(r->w, c, &x->item);
        const struct visit *silent = case_visit(c, x->item.visit);

        if (due == INSTANT_NONE || due >= t ||
            !case_visit_inside(c, case_visit(c, visit), x->item.visit))
            continue;
        (void)error_set(e, ERROR_SILENCE_STUCK,
                        "step %.60s: silence has had its effect since %s, and that could not be "
                        "done yet: %.120s",
                        visit_path(r->a, r->w, silent), instant_write(due, text), x->why);
        return error_zh(e, "环节 %.60s：沉默自 %s 起已依法生效，尚未能落实：%.120s",
                        visit_path(r->a, r->w, silent), text, x->why);
    }
    return true;
}

bool
check_tolerance(const struct run *r, uint16_t i, instant t, struct error *e)
{
    const struct stuck_item lapse = {.kind = STUCK_LAPSE, .material = i};
    const struct stuck *x = find(r->c, &lapse);
    char text[INSTANT_TEXT];

    if (!x || t <= r->c->material[i].until)
        return true;
    (void)error_set(e, ERROR_SILENCE_STUCK,
                    "material %.60s: its tolerance ended at %s, and what follows could not be done "
                    "yet: %.120s",
                    r->w->material[i].id, instant_write(r->c->material[i].until, text), x->why);
    return error_zh(e, "材料 %.60s：容缺期限已于 %s 届满，其后果尚未能落实：%.120s",
                    r->w->material[i].id, text, x->why);
}

bool
stuck_moved(const struct workflow *w, struct case_state *c, struct arena *a)
{
    struct stuck *list = arena_array(a, c->n_stuck, struct stuck);
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->n_stuck; i++) {
        const struct stuck *x = &c->stuck[i];

        if ((x->item.kind != STUCK_WITHDRAWAL && x->item.kind != STUCK_JOIN) ||
            !still_waits(w, c, &x->item, x->since))
            continue;
        list[n] = *x;
        list[n++].again = true;
    }
    c->stuck = list;
    c->n_stuck = n;
    return true;
}

static struct stuck_item
item_of(const struct fact *f)
{
    struct stuck_item item = {.visit = f->visit, .timer = f->number, .material = f->material};

    (void)kind_named(f->ref, &item.kind); /* stuck_fact_fits() */
    return item;
}

void
apply_stuck(struct case_state *c, const struct fact *f, instant at, struct arena *a)
{
    const struct stuck_item item = item_of(f);
    const struct stuck *was = find(c, &item);
    struct stuck *list = arena_array(a, c->n_stuck + 1, struct stuck);
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->n_stuck; i++)
        if (&c->stuck[i] != was)
            list[n++] = c->stuck[i];
    if (!f->declared)
        list[n++] = (struct stuck){.item = item,
                                   .number = f->epoch,
                                   .since = was ? was->since : at,
                                   .code = f->name,
                                   .why = f->detail,
                                   .tried = c->recorded + 1};
    c->stuck = list;
    c->n_stuck = n;
}

void
stuck_forget(const struct workflow *w, struct case_state *c, const struct fact *f, struct arena *a)
{
    struct stuck *list;
    uint32_t n = 0;

    if (!c->n_stuck || f->kind == FACT_MIGRATED) /* which carries what is left of it */
        return;
    list = arena_array(a, c->n_stuck, struct stuck);
    for (uint32_t i = 0; i < c->n_stuck; i++)
        if (still_waits(w, c, &c->stuck[i].item, c->stuck[i].since))
            list[n++] = c->stuck[i];
    c->stuck = list;
    c->n_stuck = n;
}

struct value
note_stuck(struct arena *a, const struct workflow *w, const struct stuck *x)
{
    struct note o = {.n = 0};

    if (x->again)
        note_add(&o, "again", value_bool(true));
    note_string(&o, "code", x->code);
    if (x->item.material != NONE)
        note_string(&o, "material", w->material[x->item.material].id);
    note_int(&o, "number", x->number, 0);
    note_instant(&o, "since", x->since);
    note_int(&o, "timer", x->item.timer, 0);
    note_int(&o, "visit", x->item.visit, 0);
    note_string(&o, "what", stuck_name(x->item.kind));
    note_string(&o, "why", x->why);
    return note_done(a, &o);
}

static bool
read_one(const struct workflow *w, const struct value *n, struct stuck *x)
{
    bool ok = true;

    *x = (struct stuck){.item = {.visit = read_small(n, "visit", 0, &ok),
                                 .timer = read_small(n, "timer", 0, &ok),
                                 .material = NONE},
                        .number = read_small(n, "number", 0, &ok),
                        .since = read_instant(n, "since", INSTANT_NONE, &ok),
                        .code = value_get_string(n, "code"),
                        .why = value_get_string(n, "why"),
                        .again = value_get(n, "again") != NULL};
    if (value_get(n, "material"))
        x->item.material = read_index(w, workflow_material, n, "material", &ok);
    return ok && x->code && x->why && x->since != INSTANT_NONE &&
           kind_named(value_get_string(n, "what"), &x->item.kind);
}

bool
read_stuck(struct arena *a, const struct workflow *w, const struct value *n, struct case_state *c)
{
    const uint32_t most = n && n->kind == VALUE_ARRAY ? n->n : 0;
    struct stuck *list = arena_array(a, most, struct stuck);

    c->stuck = list;
    for (c->n_stuck = 0; c->n_stuck < most; c->n_stuck++)
        if (!read_one(w, &n->item[c->n_stuck], &list[c->n_stuck]))
            return false;
    return !n || n->kind == VALUE_ARRAY;
}

bool
stuck_fits(const struct workflow *w, const struct case_state *c)
{
    for (uint32_t i = 0; i < c->n_stuck; i++) {
        const struct stuck *x = &c->stuck[i];

        if (!still_waits(w, c, &x->item, x->since) || x->number < 1 || x->number > c->recorded ||
            x->since > c->moment || find(c, &x->item) != x)
            return false;
    }
    return true;
}

bool
stuck_fact_fits(const struct workflow *w, const struct case_state *c, const struct fact *f)
{
    struct stuck_item item = item_of(f);
    const struct stuck *was;

    if (!kind_named(f->ref, &item.kind))
        return false;
    was = find(c, &item);
    if (f->declared)
        return was && was->number == f->epoch;
    return f->name && f->detail && f->epoch == (was ? was->number : (int32_t)(c->recorded + 1)) &&
           (was || still_waits(w, c, &item, INSTANT_MAX));
}
