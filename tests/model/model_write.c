/* SPDX-License-Identifier: Apache-2.0 */
/* What a step writes: marks, clocks that start with them, effects. */
#include <string.h>

#include "tests/model/model_inside.h"

static bool
has(const struct stay *s, const char *key)
{
    return value_get(s->def, key) != NULL;
}

bool
model_outsiders_time(const struct stay *s)
{
    const char *by = value_get_string(s->def, "by");

    return has(s, "wait") || has(s, "ballot") ||
           (by && (!strcmp(by, "applicant") || !strcmp(by, "public")));
}

/* Writing: marks and effects. */

static bool
stops_when(const struct value *def, const char *word)
{
    const char *is = def ? value_get_string(def, "stopsWhen") : NULL;

    return is && !strcmp(is, word);
}

void
model_start_watch(struct model *m, const char *id, const struct value *def,
                  const struct value *limit, struct stay *scope)
{
    struct watch w = {.id = id,
                      .limit = limit,
                      .extension = def ? value_get(def, "extension") : NULL,
                      .to = def ? value_get_string(def, "to") : NULL,
                      .statutory = def && !strcmp(value_get_string(def, "kind"), "statutory"),
                      .applicant = def ? value_get(def, "party") != NULL
                                       : has(scope, "actions") && !has(scope, "ballot") &&
                                             model_outsiders_time(scope),
                      .any = stops_when(def, "any"),
                      .lead = stops_when(def, "lead"),
                      .department = m->turn_of,
                      .over = def ? value_get(def, "over") : NULL,
                      .warns = def && value_get(def, "warns"),
                      .number = ++m->last_watch,
                      .known = INSTANT_NONE,
                      .carded = INSTANT_NONE,
                      .warned_for = INSTANT_NONE,
                      .continuous = def && value_get(def, "counts"),
                      .scope = scope,
                      .started = m->now};

    if (w.over)
        model_saw(m, SEEN_OVER);
    model_choose(m, &w);
    if (scope)
        scope->own[scope->n_own++] = arena_copy(m->a, &w, sizeof(w));
    else
        m->watch[m->n_watch++] = arena_copy(m->a, &w, sizeof(w));
    model_restand(m);
}

static bool
runs(const struct stay *s, const char *clock)
{
    for (uint32_t i = 0; i < s->n_own; i++)
        if (!strcmp(s->own[i]->id, clock))
            return true;
    return false;
}

/* Those of the stay that begin with the mark; "opened" is its entry. */
void
model_start_clocks(struct model *m, struct stay *s, const char *mark)
{
    const struct value *clocks = value_get(s->def, "clocks");

    for (uint32_t i = 0; clocks && i < clocks->n && !m->failed; i++) {
        const struct value *def = &clocks->member[i].value;
        const char *id = model_clock_of(m, s, clocks->member[i].name);

        if (strcmp(value_get_string(def, "from"), mark) != 0 || value_get(def, "per") ||
            runs(s, id))
            continue;
        model_start_watch(m, id, def, value_get(def, "limit"), s);
        model_saw(m, SEEN_STAY_CLOCK);
    }
}

const char *
model_clock_of(struct model *m, const struct stay *s, const char *id)
{
    return arena_printf(m->a, "%s:%s", s->path, id);
}

/* Clocks of stays: a mark that is set while they do not run begins them, each time. */
static void
mark_in_stays(struct model *m, const char *id)
{
    struct stay *list[STAYS];
    const uint32_t n = model_stays(m, NULL, list);

    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < list[i]->n_own; k++) {
            struct stay *s = list[i];

            if (!s->own[k]->to || strcmp(s->own[k]->to, id) != 0)
                continue;
            model_end(m, s->own[k], false);
            model_saw(m, SEEN_STAY_CLOCK_ENDED);
            for (uint32_t j = k--; j + 1 < s->n_own; j++)
                s->own[j] = s->own[j + 1];
            s->n_own--;
        }
    for (uint32_t i = 0; i < n && !m->failed; i++)
        model_start_clocks(m, list[i], id);
}

static bool
is_mark(const char *name, const char *usual, const char *id)
{
    return !strcmp(name ? name : usual, id);
}

static instant
known_at(const struct model *m)
{
    return m->silent && m->recorded != INSTANT_NONE ? m->recorded : m->now;
}

void
model_mark(struct model *m, const char *id)
{
    const struct value *clocks = value_get(m->def, "clocks");
    bool first = true;

    m->marked = arena_grow(m->a, m->marked, m->n_marked, sizeof(*m->marked));
    m->marked[m->n_marked++] = value_borrow(id);
    for (uint32_t i = 0; i < m->n_mark; i++)
        first = first && strcmp(m->mark[i].id, id) != 0;
    if (first)
        m->mark[m->n_mark++] = (struct mark){id, m->now, known_at(m)};
    for (uint32_t i = 0; i < m->n_watch; i++)
        if (!m->watch[i]->ended && is_mark(m->watch[i]->to, "closed", id))
            model_end(m, m->watch[i], false);
    for (uint32_t i = 0; first && clocks && i < clocks->n; i++) {
        const struct value *def = &clocks->member[i].value;

        if (is_mark(value_get_string(def, "from"), "", id) && !value_get(def, "per"))
            model_start_watch(m, clocks->member[i].name, def, value_get(def, "limit"), NULL);
    }
    if (strcmp(id, "opened") != 0 && strcmp(id, "closed") != 0)
        mark_in_stays(m, id);
    model_start_turns(m);
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

void
model_wrote(struct model *m, const char *name)
{
    m->wrote = arena_grow(m->a, m->wrote, m->n_wrote, sizeof(*m->wrote));
    m->wrote[m->n_wrote++] = value_borrow(name);
}

static void
write_set(struct model *m, const struct value *set)
{
    for (uint32_t i = 0; i < set->n && !m->failed; i++) {
        const char *name = set->member[i].name;
        const struct value v = model_value(m, &set->member[i].value);

        if (m->failed)
            return;
        model_wrote(m, name);
        if (!strncmp(name, "form.", 5))
            m->form = value_with(m->a, &m->form, name + 5, v);
        else
            m->vars = value_with(m->a, &m->vars, name + 5, v);
    }
}

enum { LIST_MOST = 5 };

/* At the end of the form's list, whose elements are texts, perhaps certain ones, all different. */
static void
write_append(struct model *m, const struct value *append)
{
    const struct value *list = value_get(&m->form, "list");
    const struct value v = model_value(m, value_get(append, "form.list"));
    struct value *item = arena_array(m->a, list->n + 1, struct value);

    const struct value *one_of = value_get(
        value_get(value_get(value_get(value_get(m->def, "form"), "properties"), "list"), "items"),
        "enum");
    bool known = !one_of;

    if (m->failed)
        return;
    for (uint32_t i = 0; one_of && i < one_of->n; i++)
        known = known || value_equal(&one_of->item[i], &v);
    m->overfull = m->overfull || !known;
    for (uint32_t i = 0; i < list->n; i++) {
        item[i] = list->item[i];
        m->overfull = m->overfull || value_equal(&item[i], &v);
    }
    item[list->n] = v;
    m->overfull = m->overfull || list->n + 1 > LIST_MOST;
    model_wrote(m, "form.list");
    m->form = value_with(m->a, &m->form, "list", value_array(item, list->n + 1));
    model_saw(m, SEEN_APPENDED);
}

static void
send(struct model *m, const struct value *def, const struct stay *s)
{
    const struct value *data = value_get(def, "data");
    const char *system = value_get_string(def, "send");
    struct value v = value_null();

    if (data && value_get(data, "m")) {
        v = model_value(m, value_get(data, "m"));
        v = value_with(m->a, NULL, "m", v);
    } else if (data) {
        v = model_value(m, data);
    }
    if (m->failed)
        return;
    model_send(m, system, v, s, 0);
    if (s)
        model_may_regret(m, s, value_get(def, "undo"), system, (int32_t)m->n_sent);
}

static void
effect(struct model *m, const struct value *one, const struct stay *s)
{
    if (value_get(one, "set")) {
        write_set(m, value_get(one, "set"));
    } else if (value_get(one, "append")) {
        write_append(m, value_get(one, "append"));
    } else if (value_get(one, "open")) {
        model_open_apart(m, one);
    } else if (value_get(one, "material")) {
        model_found(m, one);
    } else if (value_get(one, "commit")) {
        m->n_lot += !m->committed;
        m->committed = true;
        model_saw(m, SEEN_COMMITTED);
    } else if (value_get(one, "draw")) {
        model_draw(m, one);
    } else if (value_get(one, "label")) {
        model_put_label(m, one);
    } else if (value_get(one, "issue")) {
        model_issue(m, value_get_string(one, "issue"));
    } else {
        send(m, one, s);
    }
}

/* @s: the stay they are of; NULL: of none. */
void
model_effects(struct model *m, const struct value *of, const struct stay *s)
{
    const struct value *list = value_get(of, "do");

    for (uint32_t i = 0; list && i < list->n && !m->failed; i++) {
        const struct value *one = &list->item[i];

        if (!model_holds(m, value_get(one, "when")))
            continue;
        m->here = s ? s->room : m->here;
        effect(m, one, s);
    }
}
