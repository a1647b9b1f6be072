/* SPDX-License-Identifier: Apache-2.0 */
/* What can be seen of the engine's case. */
#include "tests/model/engine.h"

#include <string.h>

#include "machine/certificates.h"
#include "machine/materials.h"
#include "machine/names.h"
#include "tests/model/line.h"

static const char *
text_of(const struct value *v, struct arena *a)
{
    struct text t = text_new(a);

    value_write(&t, v);
    return t.at;
}

/* The arm of a decision, or the rows of a table; what silence meant. */
static void
add_chosen(struct text *t, const struct fact *f)
{
    if (f->kind == FACT_DEEMED)
        text_printf(t, " %s since %lld", f->name, (long long)f->until);
    if (f->kind != FACT_DECIDED)
        return;
    if (f->value.kind != VALUE_ARRAY)
        text_printf(t, " %d", f->number);
    for (uint32_t i = 0; f->value.kind == VALUE_ARRAY && i < f->value.n; i++)
        text_printf(t, " +%lld", (long long)f->value.item[i].integer);
}

/* What was issued, told to other cases and sent. */
static void
show_outcome(const struct workflow *w, const struct outcome *o, struct text *t, struct arena *a)
{
    for (uint32_t i = 0; i < o->n_issue; i++) {
        const struct issue *x = &o->issue[i];

        text_printf(t, "\nissued %d %s %s parts", x->number, w->certificate[x->kind].id,
                    text_of(&x->content, a));
        for (uint32_t k = 0; k < x->n_part; k++)
            text_printf(t, " %d", x->part[k]);
        text_printf(t, " replaces %d", x->replaces);
    }
}

static void
show_materials(const struct workflow *w, const struct case_state *c, struct text *t)
{
    for (uint16_t i = 0; i < w->n_material; i++)
        text_printf(
            t, "\nmaterial %s %s %lld %lld%s%s%s%s%s", w->material[i].id,
            material_state_name(c->material[i].state), (long long)c->material[i].until,
            (long long)c->material[i].grace, c->material[i].lapsed ? " fell" : "",
            c->material[i].asked ? " asked" : "", c->material[i].overlooked ? " overlooked" : "",
            c->material[i].sought ? " sought" : "", c->material[i].unchecked ? " unchecked" : "");
    if (c->n_notice)
        text_printf(t, "\nnotices %d late %d%s", c->n_notice, c->n_late_notice,
                    c->notice_allowed ? " allowed" : "");
}

static void
show_told(const struct outcome *o, struct text *t, struct arena *a)
{
    for (uint32_t i = 0; i < o->n_relay; i++) {
        struct value v = o->relay[i].value;

        if (value_get(&v, "record")) /* the model does not count them */
            v = value_with(a, &v, "record", value_null());
        text_printf(t, "\ntold %lld %s %d %s", (long long)o->relay[i].case_id, o->relay[i].what,
                    o->relay[i].child, text_of(&v, a));
        if (o->relay[i].applicant.kind == VALUE_OBJECT)
            text_printf(t, " for %s", text_of(&o->relay[i].applicant, a));
    }
    for (uint32_t i = 0; i < o->n_message; i++)
        text_printf(t, "\nsent %d %s %s undoes %d", o->message[i].number, o->message[i].system,
                    text_of(&o->message[i].data, a), o->message[i].undoes);
}

/* Which place it fills says something only where they are of different roles. */
static int32_t
place_of(const struct workflow *w, const struct visit *v, const struct signature *s)
{
    return step_action(&w->step[v->step], s->action)->signers.role ? s->place : 0;
}

/* Signatures, votes, draws, certificates, child cases. */
static void
show_more(const struct workflow *w, const struct case_state *c, const struct outcome *o,
          struct text *t, struct arena *a)
{
    const char **line = arena_array(a, c->n_undoing + 1, const char *);

    for (uint32_t i = 0; i < c->n_visit; i++) {
        const struct visit *v = &c->visit[i];

        text_printf(t, "\nof %s %s", visit_path(a, w, v), visit_department(w, v));
        for (uint32_t k = 0; k < v->n_signature; k++)
            text_printf(t, "\nsigned %s %s %d %s", visit_path(a, w, v), v->signature[k].action,
                        place_of(w, v, &v->signature[k]), v->signature[k].by);
        if (v->holder)
            text_printf(t, "\nclaimed %s %s %lld", visit_path(a, w, v), v->holder,
                        (long long)v->held_until);
        if (v->hold)
            text_printf(t, "\nrests %s %s %lld", visit_path(a, w, v), v->hold,
                        (long long)v->hold_since);
        if (v->votes)
            text_printf(t, "\nvotes %s", v->votes);
    }
    text_str(t, c->n_commitment ? "\ncommitted" : "");
    for (uint32_t i = 0; i < c->n_certificate; i++)
        text_printf(t, "\npaper %s %s %lld %lld", w->certificate[c->certificate[i].kind].id,
                    certificate_state_name(c->certificate[i].state),
                    (long long)c->certificate[i].issued, (long long)c->certificate[i].until);
    for (uint32_t i = 0; i < c->n_withheld; i++)
        text_printf(t, "\nwithheld %s", w->certificate[c->withheld[i]].id);
    show_materials(w, c, t);
    show_outcome(w, o, t, a);
    for (uint32_t i = 0; i < c->n_child; i++)
        text_printf(t, "\nchild %d %d %lld %s %d", c->child[i].number, c->child[i].index,
                    (long long)c->child[i].case_id, c->child[i].outcome ? c->child[i].outcome : "-",
                    c->child[i].recalled);
    for (uint32_t i = 0; i < c->n_undoing; i++)
        line[i] = line_of(a, "\nundoing", &(const int64_t){c->undoing[i].message}, 1);
    lines_sorted(t, line, c->n_undoing, "");
    show_told(o, t, a);
}

static const char *
named(struct arena *a, const char *id, const char *department)
{
    return department ? arena_printf(a, "%s of %s", id, department) : id;
}

static const char *
timing_name(struct arena *a, const struct workflow *w, const struct timing *t)
{
    return named(a, rule_name(a, w, t->rule, t->element),
                 w->clock[t->rule].per_department ? t->department : NULL);
}

/* The course of each clock, and how those ended that did. */
static void
show_clocks(const struct workflow *w, const struct case_state *c, const struct outcome *o,
            bool cards, struct text *t, struct arena *a)
{
    const char **line = arena_array(a, c->n_clock + o->n_timing + 1, const char *);
    size_t n = 0;

    for (uint32_t i = 0; i < c->n_clock; i++) {
        const struct case_clock *k = &c->clock[i];
        const int64_t is[] = {k->verdict, k->started, k->verdict == VERDICT_OPEN ? k->due : 0};

        line[n++] = arena_printf(a, "%s%s%s",
                                 line_of(a, named(a, clock_name(a, w, c, k), k->department), is, 3),
                                 !cards || k->verdict != VERDICT_OPEN || !k->late ? "" : " late",
                                 !cards || k->verdict != VERDICT_OPEN || !k->warned ? "" : " blue");
    }
    text_str(t, "\nclocks");
    lines_sorted(t, line, n, "\n ");
    n = 0;
    for (uint32_t i = 0; i < o->n_timing; i++)
        if (o->timing[i].clock)
            line[n++] = line_of(a, timing_name(a, w, &o->timing[i]),
                                &(const int64_t){o->timing[i].verdict}, 1);
    text_str(t, "\nended");
    lines_sorted(t, line, n, "\n ");
}

static void
show_stuck(const struct workflow *w, const struct case_state *c, struct text *t, struct arena *a)
{
    const char **line = arena_array(a, c->n_stuck + 1, const char *);

    for (uint32_t i = 0; i < c->n_stuck; i++) {
        const struct stuck *x = &c->stuck[i];

        line[i] = arena_printf(
            a, "\nstuck %s %d %d %s %lld", stuck_name(x->item.kind), x->item.visit, x->item.timer,
            x->item.material == NONE ? "-" : w->material[x->item.material].id, (long long)x->since);
    }
    lines_sorted(t, line, c->n_stuck, "");
}

const char *
engine_show(const struct workflow *w, const struct case_state *c, const struct outcome *o,
            bool cards, struct arena *a)
{
    struct text t = text_new(a);
    const char *line[40];
    size_t n = 0;

    text_str(&t, "open");
    for (uint32_t i = 0; i < c->n_visit; i++) {
        text_char(&t, ' ');
        text_str(&t, visit_path(a, w, &c->visit[i]));
    }
    text_str(&t, "\nchosen");
    for (uint32_t i = 0; i < o->n_record; i++)
        for (uint32_t k = 0; k < o->record[i].n_fact; k++)
            add_chosen(&t, &o->record[i].fact[k]);
    text_str(&t, "\nstatus ");
    text_str(&t, public_status_name(case_public_status(w, c)));
    text_str(&t, " outcome ");
    text_str(&t, line_of(a, c->outcome ? c->outcome : "-", &(const int64_t){c->last_message}, 1));
    if (c->contradicted)
        text_printf(&t, "\ncontradicted %d", c->contradicted);
    if (c->identity.claimed || c->identity.by)
        text_printf(&t, "\nasked by %s", c->identity.by ? c->identity.by : "himself");
    for (uint32_t i = 0; i < c->n_label; i++)
        text_printf(&t, "\nlabel %s", w->label[c->label[i]].id);
    if (c->lane != NONE)
        text_printf(&t, "\nlane %s", w->lane[c->lane].id);
    text_str(&t, "\nmarks");
    for (uint16_t i = 0; i < w->n_mark; i++)
        if (c->mark[i] != INSTANT_NONE)
            line[n++] = line_of(a, w->mark[i], &c->mark[i], 1);
    lines_sorted(&t, line, n, " ");
    show_clocks(w, c, o, cards, &t, a);
    show_more(w, c, o, &t, a);
    show_stuck(w, c, &t, a);
    for (uint32_t i = 0; i < c->n_letter; i++)
        text_printf(&t, "\nletter %d %s %s", c->letter[i].number, c->letter[i].name,
                    letter_fate_name(c->letter[i].fate));
    text_str(&t, "\nnames ");
    text_str(&t, text_of(&c->vars, a));
    text_str(&t, "\nform ");
    text_str(&t, text_of(&c->form, a));
    text_char(&t, '\n');
    return t.at;
}
