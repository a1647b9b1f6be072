/* SPDX-License-Identifier: Apache-2.0 */
/* How the tree moves: what is left, entered, written, and when a join is met. */
#include <string.h>

#include "tests/model/model_inside.h"

static void through(struct model *m, struct room *room, const char *outcome);

const char *
model_path(struct model *m, const struct room *room, const char *id)
{
    return *room->path ? arena_printf(m->a, "%s.%s", room->path, id) : id;
}

const char *
model_region_of(struct model *m, const struct stay *s)
{
    const char *around = s->room->region;

    return *around ? arena_printf(m->a, "%s.%s", around, s->id) : s->id;
}

static bool
has(const struct stay *s, const char *key)
{
    return value_get(s->def, key) != NULL;
}

/* Leaving. */

static void
leave_one(struct model *m, struct stay *s, bool cancelled)
{
    if (m->failed || (cancelled && model_is_awaited(m, s)))
        return;
    if (m->now < s->entered) {
        model_too_early(m);
        return;
    }
    while (s->n_own) { /* one whose own end was not reached ends with the stay, in no rate */
        const char *to = s->own[s->n_own - 1]->to;

        model_end(m, s->own[--s->n_own], cancelled || (to && strcmp(to, "closed") != 0));
    }
    if (s->n_hold) {
        s->n_hold = 0;
        model_tell_kin(m, s);
    }
    for (uint32_t i = 0; i < s->n_inner; i++)
        if (value_get(s->def, "join") && !s->inner[i]->outcome) {
            model_note(m, s->inner[i]->path)->outcome = "cancelled";
            model_doom(m, s->number, s->inner[i]->path);
        }
    if (cancelled)
        model_doom(m, s->number, NULL);
    if (has(s, "cases"))
        model_leave_kin(m, s);
    model_is_past(m, s);
    model_vacate(s);
    model_restand(m);
}

/* Whoever came last goes first. */
void
model_leave(struct model *m, struct stay *s, bool cancelled)
{
    struct stay *list[STAYS];
    uint32_t n = model_stays(m, s, list);

    while (n-- > 0)
        leave_one(m, list[n], list[n] == s ? cancelled : true);
}

/* Entering. */

const struct value *
model_find(const struct room *room, const char *id)
{
    return value_get(value_get(room->def, "steps"), id);
}

static bool
reminds(const struct value *timer)
{
    return !value_get(timer, "to");
}

const struct value *
model_timer(const struct stay *s, uint32_t at, const char **length)
{
    const struct value *after = value_get(s->def, "after");
    uint32_t n = 0;

    for (int kind = 0; kind < 2; kind++)
        for (uint32_t i = 0; i < after->n; i++)
            if (reminds(&after->member[i].value) == kind && n++ == at) {
                *length = after->member[i].name;
                return &after->member[i].value;
            }
    return NULL;
}

static void
set_wait(struct model *m, struct stay *s)
{
    const struct value *closes = value_get(value_get(s->def, "ballot"), "closes");
    const struct value *wait = closes ? closes : value_get(s->def, "wait");
    const struct value *until = value_get(wait, "until");
    struct value v;
    day d;

    s->wait = INSTANT_NONE;
    if (!wait)
        return;
    if (wait->kind == VALUE_STRING) {
        s->wait = model_period(m, wait->string, true, m->now);
    } else if (until) {
        v = model_value(m, until);
        if (!m->failed && day_read(v.string, v.n, &d))
            s->wait = day_start(d + 1);
        else if (!m->failed)
            m->failed = !instant_read(v.string, v.n, &s->wait);
    }
}

static void
enter_rooms(struct model *m, struct stay *s)
{
    const bool branches = value_get(s->def, "join") != NULL;
    struct room *room = s->room;

    if (has(s, "steps")) {
        s->inner[s->n_inner++] = arena_copy(
            m->a,
            &(struct room){
                .def = s->def, .path = s->path, .region = model_region_of(m, s), .around = s},
            sizeof(struct room));
        model_enter(m, s->inner[0], value_get_string(s->def, "start"));
        return;
    }
    if (has(s, "ballot"))
        model_open_ballot(m, s);
    if (has(s, "cases")) {
        model_ask_kin(m, s);
        if (!m->failed && !model_has_kin(m, s))
            model_leave_by(m, s, value_get_string(s->def, "to"));
        return;
    }
    if (branches)
        model_make_branches(m, s);
    for (uint32_t i = 0; i < s->n_inner; i++)
        model_note(m, s->inner[i]->path)->outcome = NULL;
    for (uint32_t i = 0; branches && i < s->n_inner && room->in == s && !m->failed; i++)
        model_enter(m, s->inner[i], value_get_string(s->inner[i]->def, "start"));
    if (branches && !s->n_inner && !m->failed)
        model_leave_by(m, s, value_get_string(s->def, "to"));
}

/* The question to an outside system whose step it is. */
static void
ask(struct model *m, const struct stay *s)
{
    const char *system = value_get_string(s->def, "by") + 7;

    model_send(m, system, value_null(), s, 0);
    model_may_regret(m, s, value_get(s->def, "undo"), system, (int32_t)m->n_sent);
}

/* A step in which nobody stays. */
static struct stay
passing(struct model *m, struct room *room, const char *id)
{
    return (struct stay){.path = model_path(m, room, id), .room = room};
}

/* A step that stops the clocks, as its ground says by a written notice. */
static void
stop_clocks(struct model *m, struct stay *s)
{
    const char *id = value_get_string(value_get(s->def, "stops"), "ground");

    if (value_get(value_get(value_get(m->def, "grounds"), id), "notice"))
        model_ask_paper(m);
    model_halted(m, s->number, s->declared = ++m->last_stop, true);
}

static void
enter_stay(struct model *m, struct room *room, const char *id, const struct value *def)
{
    struct stay *s = arena_new(m->a, struct stay);
    const struct value *after = value_get(def, "after"), *limit = value_get(def, "limit");
    const char *length;

    *s = (struct stay){.def = def,
                       .id = id,
                       .path = model_path(m, room, id),
                       .room = room,
                       .number = ++m->last_stay,
                       .entered = m->now};
    for (uint32_t i = 0; after && i < after->n; i++) {
        (void)model_timer(s, i, &length);
        s->timer[s->n_timer++] = model_period(m, length, model_outsiders_time(s), m->now);
    }
    set_wait(m, s);
    model_choose_department(m, s);
    if (has(s, "optional"))
        room->beside[room->n_beside++] = s;
    else
        room->in = s;
    model_remember(m, s);
    model_note(m, s->path)->visits++;
    model_note(m, s->path)->def = def;
    model_restand(m);
    model_marks(m, def);
    if (limit && !m->failed)
        model_start_watch(m, s->path, NULL, limit, s);
    model_start_clocks(m, s, "opened");
    model_start_turns(m);
    if (has(s, "stops"))
        stop_clocks(m, s);
    if (value_get_string(def, "by") && !strncmp(value_get_string(def, "by"), "system:", 7))
        ask(m, s);
    else
        model_may_regret(m, s, value_get(def, "undo"), NULL, 0);
    model_restand(m);
    model_effects(m, def, s);
    if (!m->failed)
        enter_rooms(m, s);
}

static void
close_case(struct model *m, const struct value *end)
{
    const char *public = value_get_string(end, "public");

    model_mark(m, "closed");
    model_close_letters(m);
    for (uint32_t i = 0; i < m->n_watch; i++)
        if (!m->watch[i]->ended)
            model_end(m, m->watch[i], true);
    m->closed = true;
    m->outcome = value_get_string(end, "end");
    if (!m->was_closed)
        model_tell_parent(m, "concluded", m->outcome);
    m->status_at_end = public && !strcmp(public, "delivered") ? "delivered" : "decided";
}

/* An end goes out through stages until it meets a branch, or the case. */
static void
reach_end(struct model *m, struct room *room, const char *id, const struct value *end)
{
    struct stay s = passing(m, room, id);

    model_marks(m, end);
    model_effects(m, end, &s);
    while (room->around && !m->failed) {
        struct stay *around = room->around;

        if (has(around, "join")) {
            through(m, room, value_get_string(end, "end"));
            return;
        }
        room = around->room;
        model_leave(m, around, false);
    }
    model_clear(m, room);
    model_take_back(m);
    if (!m->failed)
        close_case(m, end);
}

static void go(struct model *m, struct room *room, const char *to, bool beside);

static void
decide(struct model *m, struct room *room, const char *id, const struct value *def)
{
    struct stay s = passing(m, room, id);
    const char *to;

    model_marks(m, def);
    model_effects(m, def, &s);
    if (m->failed)
        return;
    to = model_decide(m, value_get(def, "decide"));
    go(m, room, to, false);
}

void
model_enter(struct model *m, struct room *room, const char *id)
{
    const struct value *def = model_find(room, id);

    model_take_back(m);
    for (uint32_t i = 0; i < room->n_beside && !value_get(def, "optional"); i++)
        (void)model_is_awaited(m, room->beside[i]);
    if (m->failed)
        return;
    if (++m->moves > MOVES) {
        m->failed = true;
        return;
    }
    m->here = room;
    if (value_get(def, "decide"))
        decide(m, room, id, def);
    else if (value_get(def, "end"))
        reach_end(m, room, id, def);
    else
        enter_stay(m, room, id, def);
}

/*
 * From @room, whose stay has been left, to step @to of it or of a room around.  What was left may
 * have run @beside the stay of that room.
 */
static void
go(struct model *m, struct room *room, const char *to, bool beside)
{
    if (m->failed || !to)
        return;
    if (!strcmp(to, "$done")) {
        if (beside)
            return;
        if (has(room->around, "join"))
            through(m, room, "done");
        else
            model_leave_by(m, room->around, value_get_string(room->around->def, "to"));
        return;
    }
    while (!model_find(room, to) && !m->failed) {
        struct stay *around = room->around;

        beside = has(around, "optional");
        room = around->room;
        model_leave(m, around, true);
    }
    if (beside) {
        model_saw(m, SEEN_TAKEN_OVER);
        model_clear(m, room);
    }
    model_enter(m, room, to);
}

void
model_leave_by(struct model *m, struct stay *s, const char *to)
{
    struct room *room = s->room;
    const bool beside = has(s, "optional");

    model_leave(m, s, false);
    go(m, room, to, beside);
}

/* A branch is through: has the join what it waits for? */
static void
through(struct model *m, struct room *room, const char *outcome)
{
    struct stay *s = room->around;
    int stands;

    model_clear(m, room);
    room->outcome = outcome;
    model_note(m, room->path)->outcome = outcome;
    stands = model_join(m, s);
    if (m->failed || !stands)
        return;
    model_saw(m, stands > 0 ? SEEN_JOINED : SEEN_ELSE);
    model_not_before(m, s);
    if (stands > 0)
        model_leave_by(m, s, value_get_string(s->def, "to"));
    else if (value_get(s->def, "else"))
        model_leave_by(m, s, value_get_string(s->def, "else"));
    else
        m->failed = true;
}
