/* SPDX-License-Identifier: Apache-2.0 */
/* What can be seen of the model's case. */
#include <string.h>

#include "tests/model/line.h"
#include "tests/model/model_inside.h"

static const char *const status[] = {"received", "accepted", "in-review",
                                     "special",  "decided",  "delivered"};

static int
rank_of(const struct stay *s)
{
    for (; s; s = s->room->around) {
        const char *public = value_get_string(s->def, "public");

        for (int i = 0; public && i < 6; i++)
            if (!strcmp(public, status[i]))
                return i;
        if (model_is_optional(s))
            return 6;
    }
    return 2;
}

const struct watch *
model_leading(const struct model *m)
{
    const struct watch *first = NULL;

    for (uint32_t i = 0; i < m->n_watch; i++) {
        const struct watch *w = m->watch[i];

        if (!w->ended && !w->applicant && (!first || (w->statutory && !first->statutory)))
            first = w;
    }
    return first;
}

bool
model_has_rooms_by(const struct value *def)
{
    return value_get(def, "branches") || value_get(def, "foreach") || value_get(def, "steps");
}

bool
model_has_rooms(const struct stay *s)
{
    return model_has_rooms_by(s->def);
}

static const char *
status_of(const struct model *m, struct stay *const *list, uint32_t n)
{
    const struct watch *lead = model_leading(m);
    int least = 6;

    if (m->closed)
        return m->status_at_end;
    if (lead && model_stands(lead))
        return "special";
    for (uint32_t i = 0; i < n; i++) {
        const int rank = rank_of(list[i]);

        if (!model_has_rooms(list[i]) && rank < least)
            least = rank;
    }
    return least == 6 ? "received" : status[least];
}

static const char *
text_of(const struct value *v, struct arena *a)
{
    struct text t = text_new(a);

    value_write(&t, v);
    return t.at;
}

static void
show_thing(const struct thing *g, struct text *t)
{
    text_printf(t, "\nmaterial %s %s %lld %lld%s%s%s%s%s", value_get_string(g->def, "id"), g->state,
                (long long)g->until, (long long)g->grace, g->fell ? " fell" : "",
                g->asked ? " asked" : "",
                g->passed && !strcmp(g->state, "missing") ? " overlooked" : "",
                g->sought ? " sought" : "", g->unchecked ? " unchecked" : "");
}

static const char *const paper_state[] = {"in-force", "revoked", "replaced", "part-revoked"};

/* Which place it fills says something only where they are of different roles. */
static int32_t
place_of(const struct stay *s, const struct signing *one)
{
    const struct value *action = value_get(value_get(s->def, "actions"), one->action);

    return value_get(value_get(action, "signers"), "roles") ? one->place : 0;
}

/* Signatures, votes, draws, certificates, child cases, what was sent. */
static void
show_more(const struct model *m, struct text *t, struct stay *const *list, uint32_t n)
{
    const char **line = arena_array(m->a, m->n_undoing + 1, const char *);

    for (uint32_t i = 0; i < n; i++) {
        text_printf(t, "\nof %s %s", list[i]->path, model_department(m, list[i]));
        for (uint32_t k = 0; k < list[i]->n_sign; k++)
            text_printf(t, "\nsigned %s %s %d %s", list[i]->path, list[i]->sign[k].action,
                        place_of(list[i], &list[i]->sign[k]), list[i]->sign[k].by);
        if (list[i]->holder)
            text_printf(t, "\nclaimed %s %s %lld", list[i]->path, list[i]->holder,
                        (long long)list[i]->held_until);
        if (list[i]->rests)
            text_printf(t, "\nrests %s %s %lld", list[i]->path, list[i]->rests,
                        (long long)list[i]->rests_since);
        if (value_get(list[i]->def, "ballot"))
            text_printf(t, "\nvotes %s", list[i]->votes);
    }
    text_str(t, m->committed ? "\ncommitted" : "");
    for (uint32_t i = 0; i < m->n_paper; i++)
        text_printf(t, "\npaper %s %s %lld %lld", m->paper[i].kind, paper_state[m->paper[i].state],
                    (long long)m->paper[i].at, (long long)m->paper[i].until);
    for (uint32_t i = 0; i < m->n_withheld; i++)
        text_printf(t, "\nwithheld %s", m->withheld[i]);
    for (uint32_t i = 0; i < m->n_thing; i++)
        show_thing(&m->thing[i], t);
    if (m->n_notice)
        text_printf(t, "\nnotices %d late %d%s", m->n_notice, m->n_late_notice,
                    m->notice_allowed ? " allowed" : "");
    text_str(t, m->issued.len ? m->issued.at : "");
    for (uint32_t i = 0; i < m->n_kid; i++)
        text_printf(t, "\nchild %d %d %lld %s %d", m->kid[i].number, m->kid[i].index,
                    (long long)m->kid[i].id, m->kid[i].outcome ? m->kid[i].outcome : "-",
                    m->kid[i].recalled);
    for (uint32_t i = 0; i < m->n_undoing; i++)
        line[i] = line_of(m->a, "\nundoing", &(const int64_t){m->undoing[i].number}, 1);
    lines_sorted(t, line, m->n_undoing, "");
    text_str(t, m->told.len ? m->told.at : "");
    for (uint32_t i = 0; i < m->n_out; i++)
        text_printf(t, "\nsent %d %s %s undoes %d", m->sent[i].number, m->sent[i].system,
                    text_of(&m->sent[i].data, m->a), m->sent[i].undoes);
}

static const char *
named(const struct model *m, const char *id, const char *department)
{
    return department ? arena_printf(m->a, "%s of %s", id, department) : id;
}

static const char *
watch_text(const struct model *m, const struct watch *w, bool cards)
{
    const int64_t is[] = {w->verdict, w->started, w->ended ? 0 : model_due(m, w)};

    return arena_printf(m->a, "%s%s%s", line_of(m->a, named(m, w->id, w->department), is, 3),
                        !cards || w->ended || !w->late ? "" : " late",
                        !cards || w->ended || !w->warned ? "" : " blue");
}

static void
show_watches(const struct model *m, bool cards, struct text *t, struct stay *const *list,
             uint32_t n)
{
    const char **line = arena_array(m->a, ALL_WATCHES + m->n_ended + 1, const char *);
    size_t n_line = 0;

    for (uint32_t i = 0; i < m->n_watch; i++)
        line[n_line++] = watch_text(m, m->watch[i], cards);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < list[i]->n_own; k++)
            line[n_line++] = watch_text(m, list[i]->own[k], cards);
    text_str(t, "\nclocks");
    lines_sorted(t, line, n_line, "\n ");
    n_line = 0;
    for (uint32_t i = 0; i < m->n_ended; i++)
        line[n_line++] = line_of(m->a, named(m, m->ended[i].id, m->ended[i].department),
                                 &(const int64_t){m->ended[i].verdict}, 1);
    text_str(t, "\nended");
    lines_sorted(t, line, n_line, "\n ");
}

void
model_show(const struct model *m, bool cards, struct text *t)
{
    struct stay *list[STAYS];
    const uint32_t n = m->closed ? 0 : model_stays(m, NULL, list);
    const char *mark[MARKS];

    text_str(t, "open");
    for (uint32_t i = 0; i < n; i++) {
        text_char(t, ' ');
        text_str(t, list[i]->path);
    }
    text_str(t, "\nchosen");
    text_str(t, m->chosen.at ? m->chosen.at : "");
    text_str(t, "\nstatus ");
    text_str(t, status_of(m, list, n));
    text_str(t, " outcome ");
    text_str(t, line_of(m->a, m->outcome ? m->outcome : "-", &(const int64_t){m->n_sent}, 1));
    if (m->contradicted)
        text_printf(t, "\ncontradicted %d", m->contradicted);
    if (m->claimed || m->looked)
        text_printf(t, "\nasked by %s", m->looked ? m->looked : "himself");
    for (uint32_t i = 0; i < LABELS; i++)
        if (m->label[i])
            text_printf(t, "\nlabel %s", value_get(m->def, "labels")->member[i].name);
    if (*m->lane)
        text_printf(t, "\nlane %s", m->lane);
    text_str(t, "\nmarks");
    for (uint32_t i = 0; i < m->n_mark; i++)
        mark[i] = line_of(m->a, m->mark[i].id, &m->mark[i].at, 1);
    lines_sorted(t, mark, m->n_mark, " ");
    show_watches(m, cards, t, list, n);
    show_more(m, t, list, n);
    model_show_jams(m, t);
    for (uint32_t i = 0; i < m->n_letter; i++)
        text_printf(t, "\nletter %d %s %s", m->letter[i].number, m->letter[i].name,
                    m->letter[i].fate);
    text_str(t, "\nnames ");
    text_str(t, text_of(&m->vars, m->a));
    text_str(t, "\nform ");
    text_str(t, text_of(&m->form, m->a));
    text_str(t, "\ndropped");
    for (uint32_t i = 0; i < m->n_posted; i++)
        if (m->posted[i].now)
            text_printf(t, " %d", m->posted[i].number);
    text_char(t, '\n');
}
