/* SPDX-License-Identifier: Apache-2.0 */
/* How the tree moves: what is left, entered, written, and when a join is met. */
#include <string.h>

#include "tests/model/model.h"

static void through(struct model *m, struct room *room, const char *outcome);

const char *
model_path(struct model *m, const struct room *room, const char *id)
{
    return *room->path ? arena_printf(m->a, "%s.%s", room->path, id) : id;
}

static bool
has(const struct stay *s, const char *key)
{
    return value_get(s->def, key) != NULL;
}

static bool
outsiders_time(const struct stay *s)
{
    const char *by = value_get_string(s->def, "by");

    return has(s, "wait") || (by && (!strcmp(by, "applicant") || !strcmp(by, "public")));
}

/* Writing: marks and effects. */

static void
start_watch(struct model *m, const char *id, const struct value *def, const struct value *limit,
            struct stay *scope)
{
    struct watch w = {.id = id,
                      .limit = limit,
                      .extension = def ? value_get(def, "extension") : NULL,
                      .to = def ? value_get_string(def, "to") : NULL,
                      .statutory = def && !strcmp(value_get_string(def, "kind"), "statutory"),
                      .applicant = def ? value_get(def, "party") != NULL
                                       : has(scope, "actions") && outsiders_time(scope),
                      .any = def && value_get(def, "stopsWhen") &&
                             !strcmp(value_get_string(def, "stopsWhen"), "any"),
                      .continuous = def && value_get(def, "counts"),
                      .scope = scope,
                      .started = m->now};

    model_choose(m, &w);
    if (scope)
        scope->own = arena_copy(m->a, &w, sizeof(w));
    else
        m->watch[m->n_watch++] = arena_copy(m->a, &w, sizeof(w));
    model_restand(m);
}

static bool
is_mark(const char *name, const char *usual, const char *id)
{
    return !strcmp(name ? name : usual, id);
}

void
model_mark(struct model *m, const char *id)
{
    const struct value *clocks = value_get(m->def, "clocks");
    bool first = true;

    for (uint32_t i = 0; i < m->n_mark; i++)
        first = first && strcmp(m->mark[i].id, id) != 0;
    if (first)
        m->mark[m->n_mark++] = (struct mark){id, m->now};
    for (uint32_t i = 0; i < m->n_watch; i++)
        if (!m->watch[i]->over && is_mark(m->watch[i]->to, "closed", id))
            model_end(m, m->watch[i], false);
    for (uint32_t i = 0; first && clocks && i < clocks->n; i++) {
        const struct value *def = &clocks->member[i].value;

        if (is_mark(value_get_string(def, "from"), "", id))
            start_watch(m, clocks->member[i].name, def, value_get(def, "limit"), NULL);
    }
}

void
model_marks(struct model *m, const struct value *of)
{
    const struct value *v = value_get(of, "marks");

    if (v && v->kind == VALUE_STRING)
        model_mark(m, v->string);
    for (uint32_t i = 0; v && v->kind == VALUE_ARRAY && i < v->n; i++)
        model_mark(m, v->item[i].string);
}

static void
write_set(struct model *m, const struct value *set)
{
    for (uint32_t i = 0; i < set->n && !m->failed; i++) {
        const char *name = set->member[i].name;
        const struct value v = model_value(m, &set->member[i].value);

        if (m->failed)
            return;
        if (!strncmp(name, "form.", 5))
            m->form = value_with(m->a, &m->form, name + 5, v);
        else
            m->vars = value_with(m->a, &m->vars, name + 5, v);
    }
}

void
model_effects(struct model *m, const struct value *of)
{
    const struct value *list = value_get(of, "do");

    for (uint32_t i = 0; list && i < list->n && !m->failed; i++) {
        const struct value *one = &list->item[i];

        if (!model_holds(m, value_get(one, "when")))
            continue;
        if (value_get(one, "set"))
            write_set(m, value_get(one, "set"));
        else
            m->n_sent++;
    }
}

/* Leaving. */

static void
leave_one(struct model *m, struct stay *s, bool cancelled)
{
    if (s->own && !s->own->over)
        model_end(m, s->own, cancelled);
    for (uint32_t i = 0; i < s->n_inner; i++)
        if (value_get(s->def, "join") && !s->inner[i]->outcome)
            model_note(m, s->inner[i]->path)->outcome = "cancelled";
    s->room->in = NULL;
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
    const struct value *wait = value_get(s->def, "wait"), *until = value_get(wait, "until");
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
    }
}

/* The name of an element in a path. */
static const char *
element_name(struct model *m, const char *element, const char *as)
{
    static const char *const taken[] = {"visits", "by", "outcome"};
    struct text t = text_new(m->a);
    bool is_taken = !strcmp(element, as);

    for (int i = 0; i < 3; i++)
        is_taken = is_taken || !strcmp(element, taken[i]);
    for (const char *c = element; *c; c++)
        if (strchr(". ,:/%\"\\{}[]", *c) || (is_taken && c == element))
            text_printf(&t, "%%%02X", (unsigned)(unsigned char)*c);
        else
            text_char(&t, *c);
    return t.at;
}

/* A branch of @s, if its condition holds. */
static void
add_branch(struct model *m, struct stay *s, struct room r)
{
    struct room *made;

    r.around = s;
    made = arena_copy(m->a, &r, sizeof(r));
    m->here = made;
    if (!m->failed && model_holds(m, value_get(r.def, "when")))
        s->inner[s->n_inner++] = made;
}

static void
make_branches(struct model *m, struct stay *s)
{
    const struct value *branches = value_get(s->def, "branches");
    const char *var = value_get_string(value_get(s->def, "foreach"), "var");
    const char *as = value_get_string(s->def, "as");
    const struct value *list = var ? value_get(&m->form, var + 5) : NULL;

    for (uint32_t i = 0; branches && i < branches->n; i++)
        add_branch(
            m, s,
            (struct room){.def = &branches->member[i].value,
                          .path = arena_printf(m->a, "%s.%s", s->path, branches->member[i].name)});
    as = as ? as : "item";
    for (uint32_t i = 0; list && i < list->n; i++) {
        add_branch(m, s,
                   (struct room){.def = value_get(s->def, "branch"),
                                 .path = arena_printf(m->a, "%s.%s", s->path,
                                                      element_name(m, list->item[i].string, as)),
                                 .written = arena_printf(m->a, "%s.%s", s->path, as),
                                 .each = &list->item[i],
                                 .as = as});
        model_saw(m, SEEN_LIST);
    }
}

static void
enter_rooms(struct model *m, struct stay *s)
{
    const bool branches = value_get(s->def, "join") != NULL;
    struct room *room = s->room;

    if (has(s, "steps")) {
        s->inner[s->n_inner++] = arena_copy(
            m->a, &(struct room){.def = s->def, .path = s->path, .around = s}, sizeof(struct room));
        model_enter(m, s->inner[0], value_get_string(s->def, "start"));
        return;
    }
    if (branches)
        make_branches(m, s);
    for (uint32_t i = 0; i < s->n_inner; i++)
        model_note(m, s->inner[i]->path)->outcome = NULL;
    for (uint32_t i = 0; branches && i < s->n_inner && room->in == s && !m->failed; i++)
        model_enter(m, s->inner[i], value_get_string(s->inner[i]->def, "start"));
    if (branches && !s->n_inner && !m->failed)
        model_leave_by(m, s, value_get_string(s->def, "to"));
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
        s->timer[s->n_timer++] = model_period(m, length, outsiders_time(s), m->now);
    }
    set_wait(m, s);
    room->in = s;
    model_note(m, s->path)->visits++;
    model_note(m, s->path)->def = def;
    model_restand(m);
    model_marks(m, def);
    if (limit && !m->failed)
        start_watch(m, s->path, NULL, limit, s);
    if (value_get_string(def, "by") && !strncmp(value_get_string(def, "by"), "system:", 7))
        m->n_sent++;
    if (has(s, "stops"))
        s->declared = ++m->last_stop;
    model_restand(m);
    model_effects(m, def);
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
        if (!m->watch[i]->over)
            model_end(m, m->watch[i], true);
    m->closed = true;
    m->outcome = value_get_string(end, "end");
    m->status_at_end = public && !strcmp(public, "delivered") ? "delivered" : "decided";
}

/* An end goes out through stages until it meets a branch, or the case. */
static void
reach_end(struct model *m, struct room *room, const struct value *end)
{
    model_marks(m, end);
    model_effects(m, end);
    while (room->around && !m->failed) {
        struct stay *around = room->around;

        if (has(around, "join")) {
            through(m, room, value_get_string(end, "end"));
            return;
        }
        room = around->room;
        model_leave(m, around, false);
    }
    if (!m->failed)
        close_case(m, end);
}

static void go(struct model *m, struct room *room, const char *to);

static void
decide(struct model *m, struct room *room, const struct value *def)
{
    const char *to;

    model_marks(m, def);
    model_effects(m, def);
    if (m->failed)
        return;
    to = model_decide(m, value_get(def, "decide"));
    go(m, room, to);
}

void
model_enter(struct model *m, struct room *room, const char *id)
{
    const struct value *def = model_find(room, id);

    if (m->failed)
        return;
    m->here = room;
    if (value_get(def, "decide"))
        decide(m, room, def);
    else if (value_get(def, "end"))
        reach_end(m, room, def);
    else
        enter_stay(m, room, id, def);
}

/* From @room, whose stay has been left, to step @to of it or of a room around. */
static void
go(struct model *m, struct room *room, const char *to)
{
    if (m->failed || !to)
        return;
    if (!strcmp(to, "$done")) {
        if (has(room->around, "join"))
            through(m, room, "done");
        else
            model_leave_by(m, room->around, value_get_string(room->around->def, "to"));
        return;
    }
    while (!model_find(room, to)) {
        struct stay *around = room->around;

        room = around->room;
        model_leave(m, around, true);
    }
    model_enter(m, room, to);
}

void
model_leave_by(struct model *m, struct stay *s, const char *to)
{
    struct room *room = s->room;

    model_leave(m, s, false);
    go(m, room, to);
}

/* How the branches of @s stand, as a quorum sees it. */
static struct value
tally_of(struct model *m, const struct stay *s, const char *of)
{
    struct member *list = arena_array(m->a, 4, struct member);
    int64_t ended = 0, counted = 0;

    for (uint32_t i = 0; i < s->n_inner; i++) {
        const char *is = s->inner[i]->outcome;

        ended += is != NULL;
        counted += is && (!of || !strcmp(is, of));
    }
    list[0] = (struct member){"counted", 7, value_int(counted)};
    list[1] = (struct member){"ended", 5, value_int(ended)};
    list[2] = (struct member){"entered", 7, value_int(s->n_inner)};
    list[3] = (struct member){"running", 7, value_int(s->n_inner - ended)};
    return value_object(m->a, list, 4);
}

static int64_t
number_in(const struct value *tally, const char *name)
{
    return value_get(tally, name)->integer;
}

/* Whether the join is met (1), can be no more (-1), or waits. */
static int
join_stands(struct model *m, struct stay *s)
{
    const struct value *join = value_get(s->def, "join");
    const struct value *of = value_get(join, "of");
    const struct value tally = tally_of(m, s, of ? of->string : NULL);
    const int64_t counted = number_in(&tally, "counted"), running = number_in(&tally, "running");
    int64_t need = s->n_inner;

    if (value_get(join, "when")) {
        bool met;

        m->tally = &tally;
        m->here = s->room;
        met = model_holds(m, value_get(join, "when"));
        m->tally = NULL;
        model_saw(m, SEEN_QUORUM);
        return met ? 1 : running ? 0 : -1;
    }
    if (join->kind == VALUE_OBJECT)
        need = number_in(join, "count");
    else if (!strcmp(join->string, "any"))
        need = 1;
    if (need > s->n_inner)
        need = s->n_inner;
    return counted >= need ? 1 : counted + running >= need ? 0 : -1;
}

/* A branch is through: has the join what it waits for? */
static void
through(struct model *m, struct room *room, const char *outcome)
{
    struct stay *s = room->around;
    int stands;

    if (room->in)
        model_leave(m, room->in, true);
    room->outcome = outcome;
    model_note(m, room->path)->outcome = outcome;
    stands = join_stands(m, s);
    if (m->failed || !stands)
        return;
    model_saw(m, stands > 0 ? SEEN_JOINED : SEEN_ELSE);
    if (stands > 0)
        model_leave_by(m, s, value_get_string(s->def, "to"));
    else if (value_get(s->def, "else"))
        model_leave_by(m, s, value_get_string(s->def, "else"));
    else
        m->failed = true;
}
