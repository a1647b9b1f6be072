/* SPDX-License-Identifier: Apache-2.0 */
/* The one notice of all that is missing: what it has overlooked is not asked for later. */
#include "machine/notice.h"

#include <string.h>

#include "machine/materials.h"
#include "machine/may.h"

/*
 * Received since, it stays seen: else whoever takes it in and sends it back again
 * would have a way round the supervisor.  A promise that was false is something new.
 */
bool
is_too_late(const struct material *m)
{
    return m->overlooked || (m->seen && m->state != MATERIAL_BROKEN);
}

bool
can_be_named(const struct workflow *w, const struct case_state *c, uint16_t i)
{
    const struct material *m = &c->material[i];

    return material_is_owed(m) && (!w->material[i].shared || m->sought) &&
           (!is_too_late(m) || c->notice_allowed);
}

static bool
check_named(struct run *r, uint16_t i, const char *at, struct error *e)
{
    const struct material *m = &r->c->material[i];
    const char *id = r->w->material[i].id;

    if (!material_is_owed(m))
        return error_at(e, ERROR_GUARD_FAILED, at, "material %s is %s", id,
                        material_state_name(m->state));
    if (material_held(r, i))
        return error_at(e, ERROR_GUARD_FAILED, at,
                        "the party holds material %s already, as %s: fetch it", id,
                        material_held(r, i));
    if (r->w->material[i].shared && !m->sought)
        return error_at(e, ERROR_GUARD_FAILED, at,
                        "material %s is from shared data: fetch it, or say where it was sought in "
                        "vain (seek)",
                        id);
    return can_be_named(r->w, r->c, i) ||
           error_at(e, ERROR_NOTICE_LATE, at,
                    "material %s was to be seen when the first notice went out", id);
}

bool
check_notice(struct run *r, const struct value *missing, struct error *e)
{
    for (uint32_t k = 0; missing && k < missing->n; k++) {
        const char *id = missing->item[k].string, *at = arena_printf(r->a, "/input/missing/%u", k);
        const uint16_t i = workflow_material(r->w, id);

        if (i == NONE)
            return error_at(e, ERROR_MATERIAL_UNKNOWN, at, "workflow %s lists no material %.60s",
                            r->w->id, id);
        if (!check_named(r, i, at, e))
            return false;
    }
    return true;
}

static bool
named(const struct value *list, const char *id)
{
    for (uint32_t i = 0; i < list->n; i++)
        if (list->item[i].kind == VALUE_STRING && !strcmp(list->item[i].string, id))
            return true;
    return false;
}

/* What it could have asked for, and what has not been asked for by an earlier one. */
static const char *
others(struct run *r, const struct action *action, const struct value *missing)
{
    struct text t = text_new(r->a);

    for (uint16_t i = 0; i < r->w->n_material; i++) {
        const struct material *m = &r->c->material[i];

        if ((!action->about || action->about[i]) && !m->asked &&
            (m->state == MATERIAL_MISSING || m->state == MATERIAL_PRESENT) &&
            !named(missing, r->w->material[i].id))
            text_printf(&t, "%s%s", t.len ? " " : "", r->w->material[i].id);
    }
    return t.len ? t.at : NULL;
}

/* A log that is brought in names no documents. */
bool
check_paper(const struct command *cmd, const char *what, const char *id, struct error *e)
{
    return (cmd->document && *cmd->document) || actor_is(&cmd->actor, "import", "*") ||
           error_at(e, ERROR_DOCUMENT_MISSING, "/document", "%s %s", what, id);
}

const char *
notice_named(struct run *r, const struct step *s)
{
    const bool acts = r->acts || (r->cmd && r->cmd->kind == COMMAND_REOPEN);

    if (!acts || r->failed || !r->w->ground[s->stops].notice)
        return NULL;
    r->failed = !check_paper(r->cmd, "ground", r->w->ground[s->stops].id, r->e);
    return r->cmd->document;
}

void
give_notice(struct run *r, const struct action *action, const struct value *missing)
{
    bool late = false;

    fetch_held(r);
    for (uint32_t k = 0; k < missing->n; k++)
        late =
            late || is_too_late(&r->c->material[workflow_material(r->w, missing->item[k].string)]);
    emit(r, (struct fact){.kind = FACT_NOTICED,
                          .name = late ? "late" : NULL,
                          .detail = others(r, action, missing),
                          .ref = r->cmd->document,
                          .value = *missing,
                          .declared = true});
}

bool
decide_allow_notice(struct deed *d, struct error *e)
{
    if (!check_reason(d->cmd, e))
        return false;
    if (!d->r->c->n_notice)
        return error_set(e, ERROR_ACTION_NOT_ALLOWED, "no notice was given yet");
    d->r->c->revision++;
    emit(d->r, (struct fact){.kind = FACT_NOTICE_ALLOWED, .detail = d->cmd->reason});
    return !d->r->failed;
}

/* Whether @id is one of the words of @list. */
static bool
among(const char *list, const char *id)
{
    const size_t len = strlen(id);

    for (; list && *list; list += strcspn(list, " "), list += *list == ' ')
        if (strcspn(list, " ") == len && !strncmp(list, id, len))
            return true;
    return false;
}

/* Before rules 5 a notice told of what was missing only. */
static void
apply_old_notice(struct material *m, bool in_it)
{
    m->overlooked = !in_it && (m->overlooked || m->state == MATERIAL_MISSING);
}

void
note_spoilt(struct material *m)
{
    m->overlooked = (m->overlooked || m->seen) && m->state == MATERIAL_MISSING;
}

void
apply_notice(const struct workflow *w, struct case_state *c, const struct fact *f)
{
    for (uint16_t i = 0; i < w->n_material; i++) {
        const bool in_it = named(&f->value, w->material[i].id);
        struct material *m = &c->material[i];

        if (!f->declared) {
            apply_old_notice(m, in_it);
            continue;
        }
        m->asked = m->asked || in_it;
        m->overlooked = m->overlooked && !in_it;
        m->seen = !in_it && (m->seen || among(f->detail, w->material[i].id));
        note_spoilt(m);
    }
    c->n_notice++;
    c->n_late_notice += f->name != NULL;
    c->notice_allowed = false;
}
