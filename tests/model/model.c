/* SPDX-License-Identifier: Apache-2.0 */
/* The tree, and the commands it takes. */
#include "tests/model/model_inside.h"
#include "tests/model/model_then.h"

#include <stdlib.h>
#include <string.h>

/* Copying: the tree is small, and what is refused must leave no trace. */

static struct room *copy_room(const struct model *from, struct model *to, const struct room *r,
                              struct stay *around);

static struct watch *
copy_watch(struct model *to, const struct watch *w, struct stay *scope)
{
    struct watch *out = arena_copy(to->a, w, sizeof(*w));

    out->scope = scope;
    out->spell = arena_copy(to->a, w->spell, w->n_spell * sizeof(*w->spell));
    return out;
}

static struct stay *
copy_stay(const struct model *from, struct model *to, const struct stay *s, struct room *room)
{
    struct stay *out = arena_copy(to->a, s, sizeof(*s));

    out->room = room;
    for (uint32_t i = 0; i < s->n_own; i++)
        out->own[i] = copy_watch(to, s->own[i], out);
    for (uint32_t i = 0; i < s->n_inner; i++)
        out->inner[i] = copy_room(from, to, s->inner[i], out);
    return out;
}

static struct room *
copy_room(const struct model *from, struct model *to, const struct room *r, struct stay *around)
{
    struct room *out = arena_copy(to->a, r, sizeof(*r));

    out->around = around;
    if (r->in)
        out->in = copy_stay(from, to, r->in, out);
    for (uint32_t i = 0; i < r->n_beside; i++)
        out->beside[i] = copy_stay(from, to, r->beside[i], out);
    return out;
}

void *
model_list_copy(struct arena *a, const void *list, uint32_t n, size_t size)
{
    uint32_t room = 1;
    void *out;

    while (room < n)
        room *= 2;
    out = arena_bytes(a, room * size);
    if (n)
        memcpy(out, list, n * size);
    return out;
}

struct model *
model_copy(const struct model *m, struct arena *a)
{
    struct model *out = arena_copy(a, m, sizeof(*m));

    out->a = a;
    out->regret = model_list_copy(a, m->regret, m->n_regret, sizeof(*m->regret));
    out->undoing = model_list_copy(a, m->undoing, m->n_undoing, sizeof(*m->undoing));
    out->posted = model_list_copy(a, m->posted, m->n_posted, sizeof(*m->posted));
    out->paper = model_list_copy(a, m->paper, m->n_paper, sizeof(*m->paper));
    out->kid = model_list_copy(a, m->kid, m->n_kid, sizeof(*m->kid));
    out->letter = model_list_copy(a, m->letter, m->n_letter, sizeof(*m->letter));
    out->past = model_list_copy(a, m->past, m->n_past, sizeof(*m->past));
    out->cast = model_list_copy(a, m->cast, m->n_cast, sizeof(*m->cast));
    out->outage = model_list_copy(a, m->outage, m->n_outage, sizeof(*m->outage));
    out->halt = model_list_copy(a, m->halt, m->n_halt, sizeof(*m->halt));
    out->note = model_list_copy(a, m->note, m->n_note, sizeof(*m->note));
    out->room = copy_room(m, out, m->room, NULL);
    for (uint32_t i = 0; i < m->n_watch; i++)
        out->watch[i] = copy_watch(out, m->watch[i], NULL);
    return out;
}

/* Looking. */

static void collect(const struct room *r, struct stay **out, uint32_t *n);

static void
collect_inside(struct stay *s, struct stay **out, uint32_t *n)
{
    out[(*n)++] = s;
    for (uint32_t i = 0; i < s->n_inner; i++)
        collect(s->inner[i], out, n);
}

static void
collect(const struct room *r, struct stay **out, uint32_t *n)
{
    if (r->in)
        collect_inside(r->in, out, n);
    for (uint32_t i = 0; i < r->n_beside; i++)
        collect_inside(r->beside[i], out, n);
}

static int
by_number(const void *a, const void *b)
{
    return (*(struct stay *const *)a)->number - (*(struct stay *const *)b)->number;
}

uint32_t
model_stays(const struct model *m, const struct stay *inside, struct stay **out)
{
    uint32_t n = 0;

    if (inside)
        collect_inside((struct stay *)(uintptr_t)inside, out, &n);
    else
        collect(m->room, out, &n);
    if (n)
        qsort(out, n, sizeof(struct stay *), by_number);
    return n;
}

uint32_t
model_watches(const struct model *m, struct watch **out)
{
    struct stay *list[STAYS];
    const uint32_t n_stay = m->closed ? 0 : model_stays(m, NULL, list);
    uint32_t n = 0;

    for (uint32_t i = 0; i < m->n_watch; i++)
        if (!m->watch[i]->ended)
            out[n++] = m->watch[i];
    for (uint32_t i = 0; i < n_stay; i++)
        for (uint32_t k = 0; k < list[i]->n_own; k++)
            out[n++] = list[i]->own[k];
    return n;
}

/* After form or names have changed, limits by condition are chosen again.  Before that, what is
 * doomed is taken back where no step was entered. */
void
model_choose_again(struct model *m, const struct model *before)
{
    model_take_back(m);
    if (!value_equal(&m->form, &before->form) || !value_equal(&m->vars, &before->vars))
        model_choose_all(m);
}

void
model_choose_all(struct model *m)
{
    struct watch *w[ALL_WATCHES];
    const uint32_t n = model_watches(m, w);

    for (uint32_t i = 0; i < n; i++)
        model_choose(m, w[i]);
}

/* Commands. */

struct model *
model_open(struct arena *a, const struct value *def, const struct calendar *calendar,
           const struct value *form, const char *district, const char *kind,
           const struct opener *parent, bool himself, bool holds, const char *role,
           instant happened, instant now, enum error_code *why)
{
    struct model *m = arena_new(a, struct model);
    struct room *room = arena_new(a, struct room);
    const bool late = happened != INSTANT_NONE && happened < now;
    const instant began = late ? happened : now;

    *room = (struct room){.def = def, .path = "", .region = ""};
    *m = (struct model){.a = a,
                        .def = def,
                        .chosen = text_new(a),
                        .issued = text_new(a),
                        .told = text_new(a),
                        .calendar = calendar,
                        .room = room,
                        .form = *form,
                        .vars = value_object(a, NULL, 0),
                        .district = district,
                        .kind = kind,
                        .lane = "",
                        .holds = holds,
                        .claimed = himself || parent->named,
                        .parent = *parent,
                        .opened = began,
                        .moment = began,
                        .reopened = INSTANT_NONE,
                        .recorded = INSTANT_NONE,
                        .now = now};
    if (happened != INSTANT_NONE && !model_may_tell(m, happened, INSTANT_MIN, role, why))
        return NULL;
    m->now = began;
    if (himself)
        model_saw(m, SEEN_SAYS_HIMSELF);
    if (parent->named)
        model_saw(m, SEEN_NAMED);
    model_tell_parent(m, "born", NULL);
    model_open_things(m);
    model_choose_lane(m);
    model_mark(m, "opened");
    model_enter(m, room, value_get_string(def, "start"));
    model_choose_again(m, &(struct model){.form = *form, .vars = value_object(a, NULL, 0)});
    model_settle_clocks(m);
    model_tell_standing(m);
    if (late) {
        model_saw(m, SEEN_OPENED_LATE);
        m->as_learned = model_copy(m, a);
        if (model_is_due(m, now))
            model_saw(m, SEEN_OPENED_OVERDUE);
        model_fall_due(m, now);
    }
    return model_or_why(m, why);
}

struct model *
model_wait(const struct model *m, struct arena *a, instant now)
{
    struct model *out = model_catch_up(m, a, now);

    return out->failed ? NULL : out;
}

struct stay *
model_stay(struct model *m, const char *path)
{
    struct stay *list[STAYS];
    const uint32_t n = m->closed ? 0 : model_stays(m, NULL, list);

    for (uint32_t i = 0; i < n; i++)
        if (!strcmp(list[i]->path, path))
            return list[i];
    return NULL;
}

struct model *
model_refuse(enum error_code *why, enum error_code is)
{
    *why = is;
    return NULL;
}

struct model *
model_done(struct model *m, const struct model *before, enum error_code *why)
{
    model_choose_again(m, before);
    m->person = false;
    if (m->overfull && !m->failed)
        return model_refuse(why, ERROR_FORM_INVALID);
    model_look_at_letters(m);
    return model_or_why(m, why);
}

struct model *
model_or_why(struct model *m, enum error_code *why)
{
    if (!m->failed)
        return m;
    return model_refuse(why, m->failed_as ? m->failed_as : ERROR_GUARD_ERROR);
}

void
model_saw(struct model *m, enum construct c)
{
    m->seen[c] = true;
}

const char *
model_construct_name(enum construct c)
{
    static const char *const name[] = {
#define X(id, text) text,
        CONSTRUCT_LIST(X)
#undef X
    };

    return name[c];
}

struct model *
model_stop(const struct model *m, struct arena *a, const char *step, const char *ground,
           instant happened, instant now, enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);
    struct stay *s = model_stay(out, step);

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (out->closed)
        return model_refuse(why, ERROR_CASE_CLOSED);
    if (!s)
        return model_refuse(why, ERROR_STEP_NOT_OPEN);
    for (uint32_t i = 0; i < s->n_hold; i++)
        if (!strcmp(s->hold[i].ground, ground))
            return model_refuse(why, ERROR_CASE_SUSPENDED);
    if (!model_happened(out, happened, s->entered, "chief", why))
        return NULL;
    out->moment = out->recorded == INSTANT_NONE ? out->now : out->recorded;
    model_saw(out, SEEN_STOPPED);
    out->acted_in = s->number;
    s->hold[s->n_hold++] = (struct hold){++out->last_stop, ground};
    model_halted(out, s->number, out->last_stop, false);
    model_tell_kin(out, s);
    model_restand(out);
    model_learned(out);
    model_look_at_letters(out);
    return out;
}

static instant
began(const struct model *m, int32_t stop)
{
    for (uint32_t i = 0; i < m->n_halt; i++)
        if (m->halt[i].number == stop)
            return m->halt[i].from;
    return INSTANT_NONE;
}

struct model *
model_resume(const struct model *m, struct arena *a, int32_t number, instant happened, instant now,
             enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);
    struct stay *list[STAYS];
    const uint32_t n = out->closed ? 0 : model_stays(out, NULL, list);

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (out->closed)
        return model_refuse(why, ERROR_CASE_CLOSED);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < list[i]->n_hold; k++)
            if (list[i]->hold[k].number == number) {
                if (!model_happened(out, happened, began(out, number), "chief", why))
                    return NULL;
                out->acted_in = list[i]->number;
                list[i]->hold[k] = list[i]->hold[--list[i]->n_hold];
                out->moment = out->recorded == INSTANT_NONE ? out->now : out->recorded;
                model_resumed(out, number);
                model_tell_kin(out, list[i]);
                model_restand(out);
                model_learned(out);
                model_look_at_letters(out);
                return out;
            }
    return model_refuse(why, ERROR_NOT_STOPPED);
}

/* As the definition says under `withdraw`. */
void
model_give_up(struct model *m)
{
    m->actor = "applicant";
    m->here = m->room;
    m->withdraws = true;
    model_clear(m, m->room);
    model_doom(m, 0, NULL);
    model_enter(m, m->room, value_get_string(value_get(m->def, "withdraw"), "to"));
    m->withdraws = false;
}

struct model *
model_withdraw(const struct model *m, struct arena *a, bool by_parent, instant happened,
               const char *role, const struct lookback *back, instant now, enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);
    const struct model before = {.form = out->form, .vars = out->vars};
    const struct value *def = value_get(out->def, "withdraw");
    const bool told = happened != INSTANT_NONE;
    const instant began = out->reopened != INSTANT_NONE ? out->reopened : out->opened;
    const struct past *silent = NULL;
    bool moved;

    if (out->failed)
        return model_refuse(why, ERROR_GUARD_ERROR);
    if (out->closed && !told)
        return model_refuse(why, ERROR_CASE_CLOSED);
    if (!def || (by_parent && (!out->parent.id || out->parent.named)))
        return model_refuse(why, ERROR_STEP_NOT_OPEN);
    if (told && !model_may_tell(out, happened, began, role, why))
        return NULL;
    moved = told && model_has_moved(out, happened, &silent);
    if (silent) {
        if (!model_held(out, value_get(def, "when"), happened, back, why) &&
            *why != ERROR_HAPPENED_OUTSIDE) /* where none can tell somebody has to look */
            return NULL;
        model_saw(out, SEEN_WITHDRAWN_IN_VAIN);
        return model_contradict(out, silent, role, happened, why);
    }
    if (out->closed)
        return model_refuse(why, ERROR_CASE_CLOSED);
    if (moved)
        return model_refuse(why, ERROR_HAPPENED_OUTSIDE);
    out->actor = "applicant";
    out->here = out->room;
    model_saw(out, SEEN_WITHDRAWN);
    if (told && happened < now && !model_held(out, value_get(def, "when"), happened, back, why))
        return NULL;
    if (!by_parent && !(told && happened < now) && !model_holds(out, value_get(def, "when")))
        return model_refuse(why, out->failed ? ERROR_GUARD_ERROR : ERROR_GUARD_FAILED);
    if (!model_happened(out, happened, began, role, why))
        return NULL;
    if (told && happened < now)
        model_saw(out, SEEN_WITHDRAWN_LATE);
    out->moment = out->recorded == INSTANT_NONE ? out->now : out->recorded;
    if (by_parent) {
        struct model *try = model_try(out);

        model_give_up(try);
        model_choose_again(try, &before);
        if (try->failed)
            model_jam(out, (struct jam){.kind = JAM_WITHDRAWAL});
        else
            *out = *try;
        return model_done(out, out, why);
    }
    model_give_up(out);
    model_choose_again(out, &before);
    model_learned(out);
    return model_done(out, out, why);
}
