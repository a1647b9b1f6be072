/* SPDX-License-Identifier: Apache-2.0 */
/* A life that was found, as a scenario that `onestop play` plays. */
#include <string.h>

#include "machine/explore_inside.h"
#include "machine/names.h"
#include "machine/voids.h"

static struct actor
starter(const struct exploring_move *m, struct actor who, const char **role, struct arena *a)
{
    if (!strcmp(m->step->optional->by[0], "applicant"))
        return (struct actor){.id = "applicant", .applicant = true};
    *role = m->step->optional->by[0];
    who.department = m->department;
    who.id = arena_printf(a, "%s of %s", *role, who.department);
    return who;
}

const char *
exploring_opener(const struct workflow *w)
{
    for (uint16_t i = 0; i < w->n_open_by; i++)
        if (strcmp(w->open_by[i], "applicant") != 0)
            return w->open_by[i];
    return NULL;
}

bool
exploring_opens(const struct workflow *w)
{
    for (uint16_t i = 0; i < w->n_open_by; i++)
        if (!strcmp(w->open_by[i], "applicant"))
            return true;
    return false;
}

/* Who does it with a material. */
static const char *
handler(const struct exploring_deed *d)
{
    return strcmp(d->verb, "break") != 0 && strcmp(d->verb, "restore") != 0 ? "window" : "head";
}

struct actor
exploring_actor(const struct workflow *w, const struct exploring_move *m, const char *district,
                struct arena *a)
{
    const struct step *s = m->step;
    const char **role = arena_new(a, const char *);
    struct actor who = {.role = role, .n_role = 1, .district = district};

    if (m->kind == COMMAND_REOPEN || m->kind == COMMAND_LANE) {
        *role = who.id = m->kind == COMMAND_LANE ? m->role : m->ground->by[0];
        return who;
    }
    if (m->kind == COMMAND_MATERIAL || m->kind == COMMAND_IDENTIFY) {
        *role = who.id = m->kind == COMMAND_MATERIAL ? handler(&m->deed[m->n_deed - 1]) : "head";
        return who;
    }
    if (s && m->kind == COMMAND_START)
        return starter(m, who, role, a);
    if (!s) { /* opens */
        *role = exploring_opener(w);
        if (!m->claimed) {
            who.id = *role;
            return who;
        }
        return (struct actor){.id = "applicant", .applicant = true, .public = true};
    }
    switch (s->by) {
    case ACTOR_ROLE:
        break;
    case ACTOR_APPLICANT:
        return (struct actor){.id = "applicant", .applicant = true};
    case ACTOR_PUBLIC:
        return (struct actor){.id = "public", .public = true};
    case ACTOR_SYSTEM:
        return (struct actor){.id = s->role, .system = s->role};
    }
    *role = m->role ? m->role : s->role;
    who.department = m->department;
    who.id = m->person ? m->person : arena_printf(a, "%s of %s", *role, who.department);
    return who;
}

/* JSON in the middle of other text: the writer would put a comma before it. */
static const char *
json_of(const struct value *v, struct arena *a)
{
    struct text t = text_new(a);

    value_write(&t, v);
    return t.at;
}

static void
write_who(struct text *t, const struct workflow *w, const struct exploring_move *m)
{
    const struct step *s = m->step;

    if (!s) {
        text_str(t, m->claimed ? "public" : exploring_opener(w));
        return;
    }
    switch (s->by) {
    case ACTOR_ROLE:
        text_printf(t, "%s of %s", m->role ? m->role : s->role, m->department);
        break;
    case ACTOR_APPLICANT:
        text_str(t, "applicant");
        break;
    case ACTOR_PUBLIC:
        text_str(t, "public");
        break;
    case ACTOR_SYSTEM:
        text_printf(t, "system %s", s->role);
        break;
    }
    if (m->person && s->by == ACTOR_ROLE)
        text_printf(t, " \"%s\"", m->person);
}

static void
write_moment(struct text *t, const struct exploring_move *m)
{
    char at[INSTANT_TEXT];

    instant_write(m->at, at);
    text_printf(t, "%.10s %.8s  ", at, at + 11);
}

/* A line for each deed. */
static void
write_deeds(struct text *t, const struct exploring_move *m)
{
    static const char *const words[][3] = {{"receive", "receives", ""},
                                           {"reject", "rejects", " reason \"explored\""},
                                           {"tolerate", "tolerates", ""},
                                           {"promise", "promises", " document \"explored\""},
                                           {"fetch", "fetches", " document \"explored\""},
                                           {"break", "breaks", " reason \"explored\""},
                                           {"restore", "restores", " reason \"explored\""}};

    for (uint32_t i = 0; i < m->n_deed; i++)
        for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++)
            if (!strcmp(words[k][0], m->deed[i].verb)) {
                if (i) {
                    text_char(t, '\n');
                    write_moment(t, m);
                }
                text_printf(t, "%s %s material %s%s", handler(&m->deed[i]), words[k][1],
                            m->deed[i].material, words[k][2]);
            }
}

/* Of a written notice, wherever one may be asked for. */
static const char paper[] = " document \"explored\"";

/* What is not done in a step by who is meant to act there.  @return whether it was that. */
static bool
write_aside(struct text *t, const struct exploring_move *m)
{
    if (m->elsewhere) {
        text_printf(t, "elsewhere %s promises are broken",
                    m->number ? arena_printf(t->arena, "%d", m->number) : "no");
    } else if (m->kind == COMMAND_ALARM) {
        text_str(t, "time passes");
    } else if (m->kind == COMMAND_IDENTIFY) {
        text_str(t, "head identifies by \"explored\"");
    } else if (m->kind == COMMAND_RELAY) {
        text_printf(t, "child %d %s", m->number, m->word);
    } else if (m->kind == COMMAND_LANE) {
        text_printf(t, "%s moves %s lane%s%s reason \"r\"", m->role, m->word ? "into" : "out of",
                    m->word ? " " : "", m->word ? m->word : "");
    } else if (m->kind == COMMAND_MATERIAL) {
        write_deeds(t, m);
    } else if (m->kind == COMMAND_REOPEN) {
        text_printf(t, "%s reopens on %s document \"d\" reason \"r\"", m->ground->by[0],
                    m->ground->id);
    } else if (m->kind == COMMAND_START) {
        const char *by = m->step->optional->by[0];

        if (!strcmp(by, "applicant"))
            text_printf(t, "applicant starts %s", m->name);
        else
            text_printf(t, "%s of %s starts %s", by, m->department, m->name);
        text_str(t, m->step->asks_paper ? paper : "");
    } else {
        return false;
    }
    return true;
}

static void
write_message(struct text *t, const struct exploring_move *m)
{
    if (m->hearing)
        text_printf(t, "system %s says %s in %s", m->hearing->from, m->hearing->id, m->name);
    else
        text_printf(t, "system %s says undone", m->word);
}

static void
write_move(struct text *t, const struct workflow *w, const struct exploring_move *m)
{
    write_moment(t, m);
    if (write_aside(t, m))
        return;
    if (m->kind == COMMAND_MESSAGE)
        write_message(t, m);
    else
        write_who(t, w, m);
    if (m->kind == COMMAND_VOTE)
        text_printf(t, " votes %s for \"%s\" in %s", m->word, m->voter, m->name);
    if (m->kind == COMMAND_RETRY)
        text_printf(t, " retries child %d reason \"explored\"", m->number);
    if (m->kind == COMMAND_OPEN)
        text_str(t, " opens");
    if (m->kind == COMMAND_ACT)
        text_printf(t, " does %s in %s%s", m->action->id, m->name,
                    m->action->asks_paper ? paper : "");
    if (m->input && (m->kind == COMMAND_MESSAGE || (m->kind == COMMAND_ACT && m->input->n)))
        text_printf(t, " %s", json_of(m->input, t->arena));
}

const char *
exploring_scenario(const struct workflow *w, const struct exploring *bounds,
                   const struct exploring_move *const *move, uint32_t n, const char *last,
                   struct arena *a)
{
    struct text t = text_new(a);
    struct value held;

    text_printf(&t, "workflow %s\ndistrict %s\n", w->id, bounds->district);
    if (move[0]->applicant_kind)
        text_printf(&t, "applicant %s\n", move[0]->applicant_kind);
    held = held_by_anybody(a, w);
    for (uint32_t i = 0; i < held.n; i++)
        text_printf(&t, "holds %s\n", held.member[i].name);
    text_printf(&t, "form %s\n\n", json_of(move[0]->input, a));
    for (uint32_t i = 0; i < n; i++) {
        write_move(&t, w, move[i]);
        text_str(&t, i + 1 < n ? "\n" : last);
    }
    text_char(&t, '\n');
    return t.at;
}

const char *
exploring_waiting(const struct workflow *w, const struct case_state *c, struct arena *a,
                  uint16_t *first)
{
    struct text t = text_new(a);

    *first = NONE;
    for (uint32_t i = 0; i < c->n_visit; i++) {
        const struct step *step = &w->step[c->visit[i].step];

        if (step->kind == STEP_STAGE || step->kind == STEP_PARALLEL)
            continue;
        text_printf(&t, " %s", visit_path(a, w, &c->visit[i]));
        if (*first == NONE)
            *first = step->index;
    }
    return t.at;
}

static enum problem_number
number_of(enum explored_kind kind)
{
    switch (kind) {
    case EXPLORED_STUCK:
        return PROBLEM_NO_WAY_ON;
    case EXPLORED_TRAPPED:
        return PROBLEM_NO_WAY_OUT;
    case EXPLORED_ERROR:
        break;
    }
    return PROBLEM_FAILS;
}

bool
explore_check(const struct workflow *w, const struct calendar *calendar,
              const struct exploring *bounds, struct arena *scratch, struct problems *problems,
              struct explored *out)
{
    problems->origin = w->origin;
    problems->n_origin = w->n_origin;
    machine_explore(w, calendar, bounds, scratch, out);
    for (uint32_t i = 0; i < out->n; i++) {
        const struct counterexample *x = &out->item[i];
        const bool somewhere = x->step != NONE;
        const struct spot spot = {w->file, somewhere ? w->step[x->step].line : 1,
                                  somewhere ? step_pointer(scratch, w, x->step) : ""};

        problem_add(problems, number_of(x->kind), spot, "%s", x->what);
        problems->item[problems->n - 1].example = arena_strdup(problems->arena, x->scenario);
    }
    problems_sort(problems);
    return out->n == 0;
}
