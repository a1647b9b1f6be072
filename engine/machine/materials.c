/* SPDX-License-Identifier: Apache-2.0 */
/* Materials: handed in, tolerated, promised, fetched. */
#include "machine/materials.h"

#include <string.h>

#include "definition/file_kind.h"
#include "machine/certificates.h"
#include "machine/credit.h"
#include "machine/deed.h"
#include "machine/identity.h"
#include "machine/materials_late.h"
#include "machine/may.h"
#include "machine/notice.h"
#include "machine/periods.h"
#include "machine/stuck.h"

/* Who may do it: a clerk who takes cases in, who leads, the applicant too. */
enum { BY_WINDOW = 1, BY_LEADER = 2, BY_APPLICANT = 4 };

/* What may be done with a material: from which states, to which. */
static const struct verb {
    const char *name;
    unsigned from; /* bits of states */
    enum material_state to;
    unsigned by;
    bool reason;
} verbs[] = {
#define FROM(s) (1U << MATERIAL_##s)
#define ANY     (~0U)
    {"receive", FROM(MISSING) | FROM(TOLERATED) | FROM(PROMISED) | FROM(LAPSED) | FROM(BROKEN),
     MATERIAL_PRESENT, BY_WINDOW | BY_LEADER | BY_APPLICANT, false},
    {"reject", FROM(PRESENT), MATERIAL_MISSING, BY_WINDOW | BY_LEADER, true},
    {"tolerate", FROM(MISSING), MATERIAL_TOLERATED, BY_WINDOW | BY_LEADER, false},
    {"promise", FROM(MISSING), MATERIAL_PROMISED, BY_WINDOW | BY_LEADER, false},
    {"fetch", FROM(MISSING) | FROM(TOLERATED), MATERIAL_FETCHED, BY_WINDOW | BY_LEADER, false},
    {"seek", FROM(MISSING), MATERIAL_MISSING, BY_WINDOW | BY_LEADER, true},
    {"confirm", FROM(PROMISED), MATERIAL_PRESENT, BY_LEADER, false},
    {"break", FROM(PROMISED), MATERIAL_BROKEN, BY_LEADER, true},
    {"restore", ANY, MATERIAL_MISSING, BY_LEADER, true},
#undef FROM
#undef ANY
};

enum { N_VERB = sizeof(verbs) / sizeof(verbs[0]) };

/*
 * What came due before the command is recorded under it, and has no part in its file.  @period is
 * the applicant's: to 24:00 of its last day.
 */
static void
emit_material(struct run *r, uint16_t material, enum material_state to, const char *detail,
              struct limit period)
{
    const bool tolerated = to == MATERIAL_TOLERATED;
    const struct calendar *hall = run_calendar(r, NULL);

    emit(r,
         (struct fact){
             .kind = FACT_MATERIAL,
             .material = material,
             .name = material_state_name(to),
             .detail = detail,
             .until = period.n ? period_due(r->a, hall, period, true, r->at).at : INSTANT_NONE,
             .declared = r->c->material[material].unchecked,
             .id = tolerated ? tolerance_reminder(r->a, &r->w->material[material], hall, r->at) : 0,
             .ref = period.n ? hall->version : NULL,
             .value = to == MATERIAL_PRESENT || to == MATERIAL_PROMISED ? r->cmd->handed
                                                                        : value_null()});
}

const char *
material_held(const struct run *r, uint16_t material)
{
    const char *kind = r->w->material[material].certificate;
    const struct value *v;

    /* Of a stranger who names somebody it is not known what he holds. */
    if (!kind || !r->cmd->held || r->c->identity.claimed)
        return NULL;
    v = value_get(r->cmd->held, kind);
    if (v && v->kind == VALUE_ARRAY)
        v = v->n ? &v->item[0] : NULL;
    return v && v->kind == VALUE_STRING ? v->string : NULL;
}

void
fetch_material(struct run *r, uint16_t material, const char *document)
{
    const enum material_state s = r->c->material[material].state;
    struct error over;

    if (s == MATERIAL_MISSING ||
        (s == MATERIAL_TOLERATED && check_tolerance(r, material, r->at, &over)))
        emit_material(r, material, MATERIAL_FETCHED, document, (struct limit){0});
}

void
fetch_held(struct run *r)
{
    for (uint16_t i = 0; i < r->w->n_material && r->c->phase == PHASE_OPEN && !r->failed; i++) {
        const char *number = material_held(r, i);

        if (number)
            fetch_material(r, i, number);
    }
}

void
open_materials(struct run *r)
{
    for (uint16_t i = 0; i < r->w->n_material && !r->failed; i++)
        if (r->w->material[i].when && !run_test(r, place_of_case(), r->w->material[i].when))
            emit_material(r, i, MATERIAL_NOT_NEEDED, NULL, (struct limit){0});
    fetch_held(r);
}

void
remind_of_material(struct run *r, uint16_t material)
{
    r->action = "remind";
    emit(r, (struct fact){.kind = FACT_REMINDED,
                          .material = material,
                          .until = r->c->material[material].until});
    run_effects(r, &r->w->material[material].reminder, place_of_case(), 0);
}

void
material_due(struct run *r, uint16_t material)
{
    const struct material_kind *m = &r->w->material[material];

    if (r->c->material[material].state == MATERIAL_PROMISED) {
        emit(r, (struct fact){.kind = FACT_UNCHECKED, .material = material});
        return;
    }
    emit_material(r, material, MATERIAL_LAPSED, m->basis, (struct limit){0});
    if (m->lapse.kind != TARGET_STEP)
        return;
    r->action = "lapse";
    while (r->c->n_visit && !r->failed)
        leave(r, r->c->visit[0].id, true);
    enter(r, m->lapse.step, place_of_case());
}

static const struct verb *
find_verb(const char *name)
{
    for (size_t i = 0; name && i < N_VERB; i++)
        if (!strcmp(name, verbs[i].name))
            return &verbs[i];
    return NULL;
}

bool
material_action(const char *action)
{
    return find_verb(action) || (action && !strcmp(action, "allow-notice"));
}

const char *
material_role(const struct workflow *w, const struct command *cmd, const char *district)
{
    const struct actor *who = &cmd->actor;
    const struct verb *v = find_verb(cmd->action);

    if (!v) /* the decision says what is wrong; allow-notice is a supervisor's */
        return serves_as(w, NULL, district, who, "supervisor") ? "supervisor" : NULL;
    if (v->by & BY_APPLICANT && who->applicant)
        return "applicant";
    if (v->by & BY_APPLICANT && who->under)
        return "agent";
    if (v->by & BY_WINDOW && serves_as(w, NULL, district, who, "window"))
        return "window";
    return v->by & BY_LEADER ? leader_role(w, NULL, district, who) : NULL;
}

/* Whether it names a paper, or a file that was sent. */
static bool
is_shown(const struct command *cmd)
{
    return cmd->file || (cmd->document && *cmd->document);
}

/*
 * What shows it.  The window says of what lies before it that it is there; nobody takes the bare
 * word of who owes it for that, nor ends a promise with nothing in its place.
 */
static bool
check_handed(struct deed *d, const struct material_kind *m, enum material_state s, struct error *e)
{
    const bool own = d->role && (!strcmp(d->role, "applicant") || !strcmp(d->role, "agent"));
    const bool promise = s == MATERIAL_PROMISED || s == MATERIAL_BROKEN;

    if (strcmp(d->cmd->action, "receive") != 0)
        return true;
    if (own && promise) {
        (void)error_set(e, ERROR_FORBIDDEN,
                        "the promise for material %s is not ended by who gave it: a window or a "
                        "head takes in what replaces it",
                        m->id);
        return error_zh(e, "材料 %s 已作承诺，须由窗口或负责人收取替代材料", m->id);
    }
    if ((!own && !promise) || is_shown(d->cmd))
        return true;
    (void)error_at(e, ERROR_DOCUMENT_MISSING, "/document",
                   "say what shows material %s: send a file and name its id as file, or name the "
                   "document",
                   m->id);
    return error_zh(e, "请说明材料 %s：先上传文件并以 file 写明其编号，或以 document 写明文书",
                    m->id);
}

/* It was tolerated once: that is not granted again. */
static bool
check_tolerated(const struct material_kind *m, const struct material *now, struct error *e)
{
    const instant until = now->state == MATERIAL_TOLERATED ? now->until : now->grace;
    char text[INSTANT_TEXT];

    if (until == INSTANT_NONE || now->state == MATERIAL_MISSING)
        return true;
    (void)error_set(e, ERROR_ACTION_NOT_ALLOWED,
                    "material %s is %s; it was tolerated once, until %s, and is not again", m->id,
                    material_state_name(now->state), instant_write(until, text));
    return error_zh(e, "材料 %s 已容缺受理一次，期限至 %s，不得再次容缺", m->id, text);
}

/* What makes a promise or a tolerance possible at all. */
static bool
check_kind(struct deed *d, const struct verb *v, const struct material_kind *m, struct error *e)
{
    if (v->to == MATERIAL_TOLERATED && !m->tolerance.n)
        return error_set(e, ERROR_GUARD_FAILED, "material %s cannot be tolerated", m->id);
    if (v->to == MATERIAL_PROMISED && !m->promise)
        return error_set(e, ERROR_GUARD_FAILED, "no promise stands for material %s", m->id);
    if (!strcmp(v->name, "seek") && !m->shared)
        return error_set(e, ERROR_GUARD_FAILED, "material %s is not from shared data", m->id);
    if (v->to == MATERIAL_FETCHED && !m->shared && !m->certificate)
        return error_set(e, ERROR_GUARD_FAILED, "material %s is not from shared data", m->id);
    if ((v->to == MATERIAL_PROMISED || v->to == MATERIAL_FETCHED) && !d->cmd->document &&
        !(d->cmd->file && v->to == MATERIAL_PROMISED))
        return error_at(e, ERROR_DOCUMENT_MISSING, "/document",
                        "name the signed promise, or where it was fetched");
    return true;
}

/* What stands in the way, in both languages. */
static bool
promise_refused(const struct run *r, const struct material_kind *m, struct error *e)
{
    const char *en = m->why_en ? m->why_en : "its condition does not hold";
    const char *zh = m->why_zh ? m->why_zh : "不满足承诺条件";
    const int32_t n = r->w->asks_credit ? credit_broken(r) : 0;

    if (!n) {
        (void)error_set(e, ERROR_PROMISE_REFUSED, "material %s: %s", m->id, en);
        return error_zh(e, "材料 %s：%s", m->id, zh);
    }
    (void)error_set(e, ERROR_PROMISE_REFUSED,
                    "material %s: %s; promises of the party that were found broken and are not "
                    "made good: %d, in other cases: %d",
                    m->id, en, n, credit_elsewhere(r));
    return error_zh(e, "材料 %s：%s；不实且未修复的承诺 %d 件，其中其他办件 %d 件", m->id, zh, n,
                    credit_elsewhere(r));
}

/* 信用准入: whose promise is taken at all. */
static bool
check_gate(struct deed *d, const struct material_kind *m, struct error *e)
{
    struct run *r = d->r;

    if (!m->promise_when)
        return true;
    if (r->w->asks_credit && !identity_is_known(r))
        return error_set(e, ERROR_NOT_IDENTIFIED,
                         "material %s: who promises it is not known, nor what he promised before",
                         m->id);
    return run_test(r, place_of_case(), m->promise_when) ||
           (!r->failed && promise_refused(r, m, e));
}

bool
material_promisable(const struct setting *s, const struct case_state *c, uint16_t material,
                    struct arena *a, struct error *e)
{
    const struct command nobodys = {.kind = COMMAND_MATERIAL};
    struct run r = {.s = s,
                    .w = s->workflow,
                    .cmd = &nobodys,
                    .c = (struct case_state *)(uintptr_t)c,
                    .a = a,
                    .e = e,
                    .at = s->now};
    struct deed d = {.r = &r, .cmd = &nobodys};

    return check_gate(&d, &s->workflow->material[material], e);
}

/* The file is there, what is done takes one, and it is of a kind and size this material takes. */
static bool
check_file(const struct command *cmd, const struct verb *v, const struct material_kind *m,
           struct error *e)
{
    const struct value *bytes = value_get(&cmd->handed, "bytes");
    const char *type = value_get_string(&cmd->handed, "type");
    const int kind = type ? file_kind_find(type) : -1;

    if (!cmd->file)
        return true;
    if (v->reason || (v->to != MATERIAL_PRESENT && v->to != MATERIAL_PROMISED))
        return error_at(e, ERROR_FORM_INVALID, "/file", "%s takes no file", v->name);
    if (kind < 0 || !bytes || bytes->kind != VALUE_INT)
        return error_at(e, ERROR_FILE_UNKNOWN, "/file", "no file %.60s was sent to this case",
                        cmd->file);
    if (m->file_kinds && !(m->file_kinds & 1U << kind))
        return error_at(e, ERROR_FILE_REFUSED, "/file", "material %s is not taken as %s", m->id,
                        type);
    return !m->file_most || bytes->integer <= m->file_most ||
           error_at(e, ERROR_FILE_REFUSED, "/file", "material %s takes files of up to %lld bytes",
                    m->id, (long long)m->file_most);
}

/* A false promise takes back what was given on it. */
static void
take_back(struct run *r, const char *reason)
{
    for (uint32_t i = 0; i < r->c->n_certificate; i++)
        if (!certificate_is_discarded(&r->c->certificate[i]))
            discard_certificate(r, (int32_t)i + 1, reason);
}

/* What had been tolerated has not come: its deadline stands as it stood before, or is over. */
static void
send_back(struct run *r, uint16_t i)
{
    const struct material *m = &r->c->material[i];
    const struct material_kind *kind = &r->w->material[i];
    const struct calendar *hall = run_calendar(r, NULL);
    const bool counts = m->granted != INSTANT_NONE; /* else the deadline is moved by nothing */
    const instant remind = counts ? tolerance_reminder(r->a, kind, hall, m->granted) : 0;

    if (m->lapsed || m->grace == INSTANT_NONE) {
        emit_material(r, i, m->lapsed ? MATERIAL_LAPSED : MATERIAL_MISSING, r->cmd->reason,
                      (struct limit){0});
        return;
    }
    emit(r, (struct fact){.kind = FACT_MATERIAL,
                          .material = i,
                          .name = material_state_name(MATERIAL_TOLERATED),
                          .detail = r->cmd->reason,
                          .until =
                              counts ? period_due(r->a, hall, kind->tolerance, true, m->granted).at
                                     : m->grace,
                          .id = remind > r->at ? remind : 0,
                          .ref = counts ? hall->version : NULL});
}

/* Of a closed case promises are judged, and what was handed in before that may be recorded. */
static bool
check_time(const struct deed *d, const struct verb *v, struct error *e)
{
    const struct case_state *c = d->r->c;
    const bool late = d->cmd->happened && v && !strcmp(v->name, "receive");
    const bool after = v && (v->to == MATERIAL_BROKEN || !strcmp(v->name, "confirm") ||
                             !strcmp(v->name, "restore"));

    if (d->cmd->happened && !late)
        return error_at(e, ERROR_FORM_INVALID, "/happened",
                        "only the receipt of a material may have happened earlier");
    return c->phase != PHASE_CLOSED || after || late ||
           error_set(e, ERROR_CASE_CLOSED, "closed with outcome %s", c->outcome);
}

/* It does not come as if the end of its tolerance, of which nothing could follow yet, were ahead.
 */
static bool
comes_in_time(const struct deed *d, const struct verb *v, uint16_t i, struct error *e)
{
    const instant at = d->cmd->happened ? d->cmd->happened : d->r->at;

    return (v->to != MATERIAL_PRESENT && v->to != MATERIAL_FETCHED) ||
           check_tolerance(d->r, i, at, e);
}

bool
decide_material(struct deed *d, struct error *e)
{
    const struct command *cmd = d->cmd;
    struct run *r = d->r;
    const struct verb *v = find_verb(cmd->action);
    const uint16_t i = cmd->material ? workflow_material(r->w, cmd->material) : NONE;
    const struct material_kind *m;
    struct material_past past;

    d->role = material_role(r->w, cmd, r->c->district);
    if (!check_revision(cmd, r->c->revision, e) || !check_time(d, v, e))
        return false;
    if (cmd->action && !strcmp(cmd->action, "allow-notice"))
        return decide_allow_notice(d, e);
    if (!v)
        return error_at(e, ERROR_ACTION_NOT_ALLOWED, "/action",
                        "a material is received, rejected, tolerated, promised, fetched, sought in "
                        "vain, its promise confirmed or broken, a broken one restored; or a "
                        "late notice allowed");
    if (i == NONE)
        return error_at(e, ERROR_MATERIAL_UNKNOWN, "/material",
                        "workflow %s lists no material %.60s", r->w->id,
                        cmd->material ? cmd->material : "");
    m = &r->w->material[i];
    if (v->to == MATERIAL_TOLERATED && !check_tolerated(m, &r->c->material[i], e))
        return false;
    if (!(v->from & 1U << r->c->material[i].state))
        return error_set(e, ERROR_ACTION_NOT_ALLOWED, "material %s is %s", m->id,
                         material_state_name(r->c->material[i].state));
    if ((v->reason && !check_reason(cmd, e)) || !check_kind(d, v, m, e) ||
        !check_handed(d, m, r->c->material[i].state, e) || !check_file(cmd, v, m, e) ||
        (v->to == MATERIAL_PROMISED && !check_gate(d, m, e)))
        return false;
    if (!strcmp(v->name, "restore") && !credit_is_broken(&r->c->material[i]))
        return error_set(e, ERROR_ACTION_NOT_ALLOWED, "no promise for material %s stands as broken",
                         m->id);
    if (!comes_in_time(d, v, i, e) || !material_late_begin(d, i, &past, e))
        return false;
    r->c->revision++;
    if (!strcmp(v->name, "seek") || !strcmp(v->name, "restore")) {
        emit(r, (struct fact){.kind = *v->name == 's' ? FACT_SOUGHT : FACT_RESTORED,
                              .material = i,
                              .detail = cmd->reason});
        return !r->failed;
    }
    if (!strcmp(v->name, "reject")) {
        send_back(r, i);
        return !r->failed;
    }
    emit_material(r, i, v->to, v->reason ? cmd->reason : cmd->document,
                  v->to == MATERIAL_TOLERATED  ? m->tolerance
                  : v->to == MATERIAL_PROMISED ? m->check
                                               : (struct limit){0});
    if (v->to == MATERIAL_BROKEN)
        take_back(r, cmd->reason);
    return material_late_end(d, i, &past, e);
}
