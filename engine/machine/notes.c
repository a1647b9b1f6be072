/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a case as JSON values, and back. */
#include "machine/notes.h"

#include <string.h>

#include "base/require.h"
#include "machine/periods.h"
#include "machine/sign.h"

void
note_add(struct note *o, const char *name, struct value v)
{
    require(o->n < sizeof(o->member) / sizeof(o->member[0]));
    o->member[o->n++] =
        (struct member){.name = name, .name_len = (uint32_t)strlen(name), .value = v};
}

void
note_int(struct note *o, const char *name, int64_t n, int64_t usual)
{
    if (n != usual)
        note_add(o, name, value_int(n));
}

void
note_string(struct note *o, const char *name, const char *s)
{
    if (s)
        note_add(o, name, value_borrow(s));
}

void
note_instant(struct note *o, const char *name, instant t)
{
    note_int(o, name, t, INSTANT_NONE);
}

struct value
note_done(struct arena *a, const struct note *o)
{
    return value_object(a, arena_copy(a, o->member, o->n * sizeof(o->member[0])), o->n);
}

int64_t
read_int(const struct value *n, const char *name, int64_t usual, bool *ok)
{
    const struct value *v = value_get(n, name);

    if (!v)
        return usual;
    if (v->kind != VALUE_INT)
        *ok = false;
    return v->kind == VALUE_INT ? v->integer : usual;
}

int32_t
read_small(const struct value *n, const char *name, int32_t usual, bool *ok)
{
    const int64_t i = read_int(n, name, usual, ok);

    if (i < INT32_MIN || i > INT32_MAX)
        *ok = false;
    return *ok ? (int32_t)i : usual;
}

instant
read_instant(const struct value *n, const char *name, instant usual, bool *ok)
{
    const instant t = read_int(n, name, usual, ok);

    if (t != usual && (t < INSTANT_MIN || t > INSTANT_MAX))
        *ok = false;
    return t;
}

/* A moment that must be there. */
static instant
read_moment(const struct value *n, const char *name, bool *ok)
{
    const instant t = read_instant(n, name, INSTANT_NONE, ok);

    if (t == INSTANT_NONE)
        *ok = false;
    return t;
}

/* An integer that must be there and fit a positive int32. */
static int32_t
read_number(const struct value *n, const char *name, bool *ok)
{
    const int64_t i = read_int(n, name, -1, ok);

    if (i < 0 || i > INT32_MAX)
        *ok = false;
    return *ok ? (int32_t)i : 0;
}

/* The index of what member @name names. */
uint16_t
read_index(const struct workflow *w, uint16_t (*find)(const struct workflow *, const char *),
           const struct value *n, const char *name, bool *ok)
{
    const char *id = value_get_string(n, name);
    const uint16_t i = id ? find(w, id) : NONE;

    if (i == NONE)
        *ok = false;
    return i;
}

struct value
note_limit(struct arena *a, struct limit l)
{
    struct text t;

    if (l.unit == UNIT_DATE)
        return value_int(l.date);
    t = text_new(a);
    limit_write(&t, l, LANGUAGE_EN);
    return value_borrow(t.at);
}

bool
read_noted_limit(const struct value *v, struct limit *l)
{
    struct error e;

    *l = (struct limit){0};
    if (!v)
        return true;
    if (v->kind == VALUE_INT) {
        if (v->integer < INSTANT_MIN || v->integer > INSTANT_MAX)
            return false;
        *l = (struct limit){.unit = UNIT_DATE, .date = v->integer};
        return true;
    }
    return v->kind == VALUE_STRING && limit_read(v->string, l, &e);
}

struct value
note_moments(struct arena *a, const instant *moment, uint16_t n)
{
    struct value *item = arena_array(a, n, struct value);

    for (uint16_t i = 0; i < n; i++)
        item[i] = moment[i] == INSTANT_NONE ? value_null() : value_int(moment[i]);
    return value_array(item, n);
}

/* The moments of a step's timers, as many as it has. */
const instant *
read_moments(struct arena *a, const struct value *v, uint16_t n, bool *ok)
{
    instant *moment = arena_array(a, n, instant);

    if (v ? v->kind != VALUE_ARRAY || v->n != n : n != 0) {
        *ok = false;
        return moment;
    }
    for (uint16_t i = 0; i < n; i++) {
        const struct value *one = &v->item[i];

        moment[i] = one->kind == VALUE_INT ? one->integer : INSTANT_NONE;
        if (one->kind != VALUE_NULL && (moment[i] < INSTANT_MIN || moment[i] > INSTANT_MAX))
            *ok = false;
    }
    return moment;
}

struct value
note_visit(struct arena *a, const struct workflow *w, const struct visit *v)
{
    const struct step *s = &w->step[v->step];
    struct note o = {.n = 0};

    note_int(&o, "at", v->entered, INSTANT_NONE);
    if (visit_counts(w, v))
        note_string(&o, "calendar", v->calendar);
    note_string(&o, "department", v->department);
    note_string(&o, "element", v->element);
    note_instant(&o, "held", v->held_until);
    note_string(&o, "hold", v->hold);
    note_string(&o, "holder", v->holder);
    note_int(&o, "in", v->parent, 0);
    if (v->wait_kept)
        note_add(&o, "kept", value_bool(true));
    note_string(&o, "key", v->ballot_key);
    note_add(&o, "rev", value_int(v->revision));
    note_string(&o, "roll", v->roll);
    if (v->n_signature)
        note_add(&o, "signatures", note_signatures(a, v));
    if (v->hold)
        note_add(&o, "since", value_int(v->hold_since));
    note_add(&o, "step", value_borrow(s->path));
    if (s->n_timer)
        note_add(&o, "timers", note_moments(a, v->timer, s->n_timer));
    note_instant(&o, "until", v->wait_until);
    note_add(&o, "visit", value_int(v->id));
    note_string(&o, "votes", v->votes);
    return note_done(a, &o);
}

bool
read_visit(struct arena *a, const struct workflow *w, const struct value *n, struct visit *v)
{
    bool ok = true;

    *v = (struct visit){.id = read_number(n, "visit", &ok),
                        .parent = read_small(n, "in", 0, &ok),
                        .step = read_index(w, workflow_step, n, "step", &ok),
                        .element = value_get_string(n, "element"),
                        .department = value_get_string(n, "department"),
                        .entered = read_moment(n, "at", &ok),
                        .revision = read_int(n, "rev", 0, &ok),
                        .holder = value_get_string(n, "holder"),
                        .held_until = read_instant(n, "held", INSTANT_NONE, &ok),
                        .hold = value_get_string(n, "hold"),
                        .hold_since = read_instant(n, "since", INSTANT_NONE, &ok),
                        .wait_until = read_instant(n, "until", INSTANT_NONE, &ok),
                        .wait_kept = value_get(n, "kept") != NULL,
                        .calendar = value_get_string(n, "calendar"),
                        .votes = value_get_string(n, "votes"),
                        .roll = value_get_string(n, "roll"),
                        .ballot_key = value_get_string(n, "key")};
    if (ok)
        v->timer = read_moments(a, value_get(n, "timers"), w->step[v->step].n_timer, &ok);
    return ok && read_signatures(a, value_get(n, "signatures"), v);
}

struct value
note_branch(struct arena *a, const struct workflow *w, const struct branch *b)
{
    struct note o = {.n = 0};

    note_add(&o, "branch", value_borrow(w->region[b->region].path));
    note_string(&o, "element", b->element);
    note_add(&o, "in", value_int(b->parent));
    if (b->item.kind != VALUE_NULL)
        note_add(&o, "item", b->item);
    note_string(&o, "outcome", b->outcome);
    return note_done(a, &o);
}

bool
read_branch(const struct workflow *w, const struct value *n, struct branch *b)
{
    const struct value *item = value_get(n, "item");
    bool ok = true;

    *b = (struct branch){.parent = read_number(n, "in", &ok),
                         .region = read_index(w, workflow_region, n, "branch", &ok),
                         .element = value_get_string(n, "element"),
                         .item = item ? *item : value_null(),
                         .outcome = value_get_string(n, "outcome")};
    return ok;
}

struct value
note_stop(struct arena *a, const struct workflow *w, const struct stop *s)
{
    struct note o = {.n = 0};

    if (s->declared)
        note_add(&o, "declared", value_bool(true));
    note_add(&o, "from", value_int(s->from));
    note_add(&o, "ground", value_borrow(w->ground[s->ground].id));
    note_add(&o, "stop", value_int(s->number));
    note_instant(&o, "to", s->to);
    note_add(&o, "visit", value_int(s->visit));
    return note_done(a, &o);
}

bool
read_stop(const struct workflow *w, const struct value *n, struct stop *s)
{
    bool ok = true;

    *s = (struct stop){.number = read_number(n, "stop", &ok),
                       .visit = read_number(n, "visit", &ok),
                       .ground = read_index(w, workflow_ground, n, "ground", &ok),
                       .declared = value_get(n, "declared") != NULL,
                       .from = read_moment(n, "from", &ok),
                       .to = read_instant(n, "to", INSTANT_NONE, &ok)};
    return ok;
}

struct value
note_certificate(struct arena *a, const struct workflow *w, const struct certificate *x)
{
    struct note o = {.n = 0};

    note_add(&o, "issued", value_int(x->issued));
    note_add(&o, "kind", value_borrow(w->certificate[x->kind].id));
    note_string(&o, "ofAnother", x->of_another);
    note_int(&o, "state", x->state, CERTIFICATE_IN_FORCE);
    note_string(&o, "successor", x->successor);
    if (x->successor)
        note_instant(&o, "successorUntil", x->ends);
    note_instant(&o, "until", x->until);
    return note_done(a, &o);
}

bool
read_certificate(const struct workflow *w, const struct value *n, struct certificate *x)
{
    bool ok = true;

    *x = (struct certificate){
        .kind = read_index(w, workflow_certificate, n, "kind", &ok),
        .of_another = value_get_string(n, "ofAnother"),
        .successor = value_get_string(n, "successor"),
        .ends = read_instant(n, "successorUntil", INSTANT_NONE, &ok),
        .state = (enum certificate_state)read_small(n, "state", CERTIFICATE_IN_FORCE, &ok),
        .issued = read_moment(n, "issued", &ok),
        .until = read_instant(n, "until", INSTANT_NONE, &ok)};
    return ok;
}

struct value
note_stands(struct arena *a, const struct case_clock *k)
{
    struct value *item = arena_array(a, k->n_stand, struct value);

    for (uint32_t i = 0; i < k->n_stand; i++) {
        struct note o = {.n = 0};

        note_add(&o, "from", value_int(k->stand[i].from));
        note_string(&o, "ground", k->stand[i].ground);
        note_instant(&o, "to", k->stand[i].to);
        item[i] = note_done(a, &o);
    }
    return value_array(item, k->n_stand);
}

bool
read_stands(struct arena *a, const struct value *v, struct case_clock *k)
{
    struct stand *stand;
    bool ok = true;

    if (!v)
        return true;
    if (v->kind != VALUE_ARRAY)
        return false;
    stand = arena_array(a, v->n, struct stand);
    for (uint32_t i = 0; i < v->n; i++) {
        stand[i].from = read_moment(&v->item[i], "from", &ok);
        stand[i].to = read_instant(&v->item[i], "to", INSTANT_NONE, &ok);
        stand[i].ground = value_get_string(&v->item[i], "ground");
        ok = ok && stand[i].ground;
    }
    k->stand = stand;
    k->n_stand = v->n;
    return ok;
}

struct value
note_clock(struct arena *a, const struct workflow *w, const struct case_clock *k, instant began,
           const char *calendar)
{
    const char *own = k->calendar ? k->calendar : "";

    struct note o = {.n = 0};

    note_instant(&o, "blue", k->blue);
    if (strcmp(own, calendar ? calendar : "") != 0)
        note_string(&o, "calendar", own);
    note_add(&o, "clock", value_int(k->id));
    note_string(&o, "department", k->department);
    note_instant(&o, "due", k->due);
    note_instant(&o, "ended", k->ended);
    note_int(&o, "epoch", k->epoch, 0);
    if (limit_is_set(k->extension))
        note_add(&o, "extension", note_limit(a, k->extension));
    note_int(&o, "extended", k->extended, 0);
    note_int(&o, "fired", k->fired, -1);
    if (k->known_due != k->due)
        note_instant(&o, "known", k->known_due);
    note_int(&o, "last", k->last_day, 0);
    if (k->late)
        note_add(&o, "late", value_bool(true));
    if (limit_is_set(k->limit))
        note_add(&o, "limit", note_limit(a, k->limit));
    if (k->provisional)
        note_add(&o, "provisional", value_bool(true));
    note_add(&o, "rule", value_borrow(w->clock[k->rule].id));
    if (k->n_stand)
        note_add(&o, "stood", note_stands(a, k));
    note_int(&o, "start", k->started, began);
    note_int(&o, "verdict", k->verdict, VERDICT_OPEN);
    note_int(&o, "visit", k->visit, 0);
    if (k->warned)
        note_add(&o, "warned", value_bool(true));
    note_int(&o, "warnedIn", k->warned_in, 0);
    return note_done(a, &o);
}

bool
read_clock(struct arena *a, const struct workflow *w, const struct value *n, instant began,
           const char *calendar, struct case_clock *k)
{
    const char *own = value_get_string(n, "calendar");
    bool ok = true;
    int64_t verdict = read_int(n, "verdict", VERDICT_OPEN, &ok);

    *k = (struct case_clock){.id = read_number(n, "clock", &ok),
                             .rule = read_index(w, workflow_clock, n, "rule", &ok),
                             .visit = read_small(n, "visit", 0, &ok),
                             .department = value_get_string(n, "department"),
                             .calendar = !own   ? calendar
                                         : *own ? own
                                                : NULL,
                             .started = read_instant(n, "start", began, &ok),
                             .epoch = read_small(n, "epoch", 0, &ok),
                             .extended = read_instant(n, "extended", 0, &ok),
                             .fired = read_small(n, "fired", -1, &ok),
                             .late = value_get(n, "late") != NULL,
                             .warned = value_get(n, "warned") != NULL,
                             .warned_in = read_small(n, "warnedIn", 0, &ok),
                             .blue = read_instant(n, "blue", INSTANT_NONE, &ok),
                             .verdict = (enum verdict)verdict,
                             .ended = read_instant(n, "ended", INSTANT_NONE, &ok),
                             .due = read_instant(n, "due", INSTANT_NONE, &ok),
                             .last_day = read_small(n, "last", 0, &ok),
                             .provisional = value_get(n, "provisional") != NULL};
    k->known_due = read_instant(n, "known", k->due, &ok);
    return ok && k->started != INSTANT_NONE && verdict >= VERDICT_OPEN &&
           verdict <= VERDICT_CANCELLED && read_noted_limit(value_get(n, "limit"), &k->limit) &&
           read_noted_limit(value_get(n, "extension"), &k->extension) &&
           read_stands(a, value_get(n, "stood"), k);
}
