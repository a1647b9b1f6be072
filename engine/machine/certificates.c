/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates: issued by steps, revoked and replaced by a role. */
#include "machine/certificates.h"

#include <string.h>

#include "base/word.h"
#include "machine/clock_walk.h"
#include "machine/deed.h"
#include "machine/may.h"
#include "machine/notes.h"
#include "machine/voids.h"
#include "machine/wholes.h"

static const char *const state_name[] = {[CERTIFICATE_IN_FORCE] = "in-force",
                                         [CERTIFICATE_REVOKED] = "revoked",
                                         [CERTIFICATE_REPLACED] = "replaced",
                                         [CERTIFICATE_PART_REVOKED] = "part-revoked"};

const char *
certificate_state_name(enum certificate_state s)
{
    return WORD_AT(state_name, s);
}

enum certificate_state
discarded_as(const char *name)
{
    for (int s = CERTIFICATE_REVOKED; name && s <= CERTIFICATE_PART_REVOKED; s++)
        if (!strcmp(name, state_name[s]))
            return (enum certificate_state)s;
    return CERTIFICATE_IN_FORCE;
}

bool
certificate_expired(const struct certificate *x, instant now)
{
    return x->until != INSTANT_NONE && now >= x->until;
}

bool
certificate_is_discarded(const struct certificate *x)
{
    return x->state == CERTIFICATE_REVOKED || x->state == CERTIFICATE_REPLACED;
}

/* "5 years" from 2 March 2026 end with 1 March 2031. */
static instant
period_until(struct limit valid, instant from)
{
    const day first = instant_day(from);

    if (valid.unit == UNIT_DAYS)
        return day_end(first + valid.n - 1);
    return day_end(day_corresponding(first, valid.unit == UNIT_YEARS ? valid.n * 12 : valid.n) - 1);
}

/* The end of the day @v says, a date or a moment; INSTANT_NONE: it says none. */
static instant
end_of_day(const struct value *v)
{
    instant t;
    day d;

    if (v->kind == VALUE_STRING && day_read(v->string, v->n, &d))
        return day_end(d);
    if (v->kind == VALUE_STRING && instant_read(v->string, v->n, &t))
        return day_end(instant_day(t));
    return INSTANT_NONE;
}

/* Somebody gives the command, and can do something else first. */
static bool
is_by_person(const struct command *cmd)
{
    return cmd && (cmd->kind == COMMAND_ACT || cmd->kind == COMMAND_START ||
                   cmd->kind == COMMAND_REOPEN || cmd->kind == COMMAND_RETRY);
}

static instant
own_until(struct run *r, const struct certificate_kind *kind)
{
    struct value v;
    instant until;

    if (kind->valid.n)
        return period_until(kind->valid, r->at);
    if (!kind->until)
        return INSTANT_NONE;
    v = run_value(r, place_of_case(), kind->until);
    until = end_of_day(&v);
    /* What time, a message or another case does nobody can do otherwise. */
    if (until > r->at || (until != INSTANT_NONE && !is_by_person(r->cmd)))
        return until;
    if (!r->failed && until == INSTANT_NONE)
        error_set(r->e, ERROR_GUARD_ERROR,
                  "certificate %s is valid until something that is no date", kind->id);
    else if (!r->failed)
        error_set(r->e, ERROR_CERTIFICATE_ENDED, "certificate %s would end on %.40s", kind->id,
                  v.string);
    r->failed = true;
    return INSTANT_NONE;
}

/* What the fact says: what is in the certificate, its parts, and what it takes the place of. */
static struct value
say_issue(struct arena *a, const struct issue *x)
{
    struct value *part = arena_array(a, x->n_part, struct value);
    struct member *m = arena_array(a, 3, struct member);
    size_t n = 0;

    for (uint32_t i = 0; i < x->n_part; i++)
        part[i] = value_int(x->part[i]);
    m[n++] = (struct member){"content", 7, x->content};
    if (x->n_part)
        m[n++] = (struct member){"parts", 5, value_array(part, x->n_part)};
    if (x->replaces || x->of_another)
        m[n++] = (struct member){
            "replaces", 8, x->replaces ? value_int(x->replaces) : value_borrow(x->of_another)};
    return value_object(a, m, n);
}

static void
discard(struct run *r, int32_t number, enum certificate_state as, const char *successor,
        const char *reason)
{
    if (r->failed)
        return;
    r->discard = arena_grow(r->a, r->discard, r->n_discard, sizeof(*r->discard));
    r->discard[r->n_discard++] = (struct discard){
        .number = number,
        .state = as,
        .at = r->at,
        .by = r->cmd ? r->cmd->actor.id : "engine",
        .reason = reason,
        .successor = successor,
        .asked = r->cmd && r->cmd->number == number &&
                 (r->cmd->kind == COMMAND_REVOKE || r->cmd->kind == COMMAND_REPLACE)};
    emit(r, (struct fact){.kind = FACT_DISCARDED,
                          .number = number,
                          .name = certificate_state_name(as),
                          .ref = successor,
                          .detail = reason});
}

/* What is issued in the place of certificate @x->replaces: @whole and the predecessor end with it.
 */
static void
follow(struct run *r, const struct issue *x, int32_t whole, const char *reason)
{
    const char *predecessor = r->failed ? NULL : r->c->certificate[x->replaces - 1].of_another;

    if (whole)
        shorten_whole(r, whole, x->until, reason);
    if (predecessor)
        tell_predecessor(r, (struct voiding){.number = predecessor,
                                             .state = CERTIFICATE_REPLACED,
                                             .by = x->number,
                                             .reason = reason,
                                             .moved = true});
}

static void
issue(struct run *r, struct issue x, const char *reason)
{
    const int32_t whole = x.replaces ? find_whole(r, x.replaces) : 0;
    const uint16_t kind = x.kind;

    x.number = (int32_t)r->c->n_certificate + 1;
    x.at = r->at;
    x.content = run_object(r, place_of_case(), r->w->certificate[kind].field,
                           r->w->certificate[kind].n_field);
    x.part = gather_parts(r, kind, &x.n_part, &x.until);
    if (x.number > CERTIFICATES_MOST)
        run_fail(r, "it issues more than 900 certificates in a case");
    if (!r->failed && lacks_parts(r, kind)) {
        error_set(r->e, ERROR_CERTIFICATE_WITHOUT_PARTS,
                  "no certificate that %s comprises is in force", r->w->certificate[kind].id);
        r->failed = true;
    }
    if (r->failed)
        return;
    if (x.replaces)
        discard(r, x.replaces, CERTIFICATE_REPLACED, NULL, reason);
    r->issue = arena_grow(r->a, r->issue, r->n_issue, sizeof(*r->issue));
    r->issue[r->n_issue++] = x;
    emit(r, (struct fact){.kind = FACT_ISSUED,
                          .number = x.number,
                          .certificate = kind,
                          .until = x.until,
                          .value = say_issue(r->a, &x)});
    if (x.replaces)
        follow(r, &x, whole, reason);
}

/* Of what it was a part, and whom it succeeded. */
static void
tell_of_revoked(struct run *r, int32_t number, int32_t whole, const char *reason)
{
    const char *predecessor = r->c->certificate[number - 1].of_another;

    if (whole && r->c->certificate[whole - 1].state == CERTIFICATE_IN_FORCE)
        discard(r, whole, CERTIFICATE_PART_REVOKED, NULL, reason);
    if (predecessor)
        tell_predecessor(r, (struct voiding){.number = predecessor,
                                             .state = CERTIFICATE_REVOKED,
                                             .reason = reason,
                                             .later = true});
}

static bool
is_withheld(const struct case_state *c, uint16_t kind)
{
    for (uint32_t i = 0; i < c->n_withheld; i++)
        if (c->withheld[i] == kind)
            return true;
    return false;
}

static bool
not_identified(struct error *e, const struct certificate_kind *kind)
{
    return error_set(e, ERROR_NOT_IDENTIFIED,
                     "certificate %s is not issued to an applicant who only says who he is",
                     kind->id);
}

static void
withhold(struct run *r, uint16_t kind)
{
    if (!is_by_person(r->cmd)) {
        if (!is_withheld(r->c, kind))
            emit(r, (struct fact){.kind = FACT_WITHHELD, .certificate = kind});
        return;
    }
    if (!r->failed)
        not_identified(r->e, &r->w->certificate[kind]);
    r->failed = true;
}

void
drop_withheld(struct run *r, uint16_t kind)
{
    if (is_withheld(r->c, kind))
        emit(r, (struct fact){.kind = FACT_WITHHELD, .certificate = kind, .declared = true});
}

void
revoke_successor(struct run *r, int32_t number, const char *reason)
{
    const char *successor = r->c->certificate[number - 1].successor;
    const int32_t whole = find_whole(r, number);

    if (successor)
        say_successor(r, number, successor, r->at);
    tell_of_revoked(r, number, whole, reason);
}

void
move_successor(struct run *r, int32_t number, const char *successor, instant until,
               const char *reason)
{
    const char *predecessor = r->c->certificate[number - 1].of_another;
    const int32_t whole = find_whole(r, number);

    say_successor(r, number, successor, until);
    if (whole)
        shorten_whole(r, whole, until, reason);
    if (predecessor)
        tell_predecessor(r, (struct voiding){.number = predecessor,
                                             .state = CERTIFICATE_REPLACED,
                                             .successor = successor,
                                             .until = until,
                                             .reason = reason,
                                             .moved = true});
}

void
discard_certificate(struct run *r, int32_t number, const char *reason)
{
    const int32_t whole = find_whole(r, number);

    discard(r, number, CERTIFICATE_REVOKED, NULL, reason);
    tell_of_revoked(r, number, whole, reason);
}

void
replace_certificate(struct run *r, int32_t number, const char *successor, instant until,
                    const char *reason)
{
    discard(r, number, CERTIFICATE_REPLACED, successor, reason);
    if (successor)
        move_successor(r, number, successor, until, reason);
}

void
issue_certificate(struct run *r, const struct effect *x, struct value number)
{
    const uint16_t kind = x->certificate;
    struct issue new = {.kind = kind};

    if (r->c->identity.claimed) {
        withhold(r, kind);
        return;
    }
    for (uint32_t i = 0; i < r->c->n_certificate; i++)
        if (r->c->certificate[i].kind == kind && !certificate_is_discarded(&r->c->certificate[i]))
            new.replaces = (int32_t)i + 1;
    if (x->held && !new.replaces)
        new.of_another =
            void_held(r, x, number, CERTIFICATE_REPLACED, (int32_t)r->c->n_certificate + 1);
    new.until = own_until(r, &r->w->certificate[kind]);
    issue(r, new, NULL);
}

/* The certificate the command speaks of, which must hold yet. */
static bool
find_certificate(struct deed *d, const struct certificate **out, struct error *e)
{
    const struct command *cmd = d->cmd;
    const struct case_state *c = d->r->c;
    const struct certificate_kind *kind;

    if (!check_revision(cmd, c->revision, e) || !check_reason(cmd, e))
        return false;
    if (cmd->number < 1 || (uint32_t)cmd->number > c->n_certificate)
        return error_at(e, ERROR_CERTIFICATE_UNKNOWN, "/number",
                        "the case has issued %u certificates", c->n_certificate);
    *out = &c->certificate[cmd->number - 1];
    kind = &d->r->w->certificate[(*out)->kind];
    if (!may_discard(d->r->w, kind, c->district, &cmd->actor))
        return error_set(e, ERROR_FORBIDDEN, "%s may not %s certificates of kind %s", cmd->actor.id,
                         command_name(cmd->kind), kind->id);
    if (certificate_is_discarded(*out))
        return error_set(e, ERROR_CERTIFICATE_DISCARDED, "certificate %d was %s", cmd->number,
                         certificate_state_name((*out)->state));
    d->role = kind->revoked_by;
    return true;
}

bool
decide_revoke(struct deed *d, struct error *e)
{
    const struct certificate *x;

    if (!find_certificate(d, &x, e))
        return false;
    d->r->c->revision++;
    discard_certificate(d->r, d->cmd->number, d->cmd->reason);
    return !d->r->failed;
}

/* A replacement says what the case says now, and holds no longer than what it replaces. */
bool
decide_replace(struct deed *d, struct error *e)
{
    const struct certificate *x;

    if (!find_certificate(d, &x, e))
        return false;
    if (certificate_expired(x, d->r->at))
        return error_set(e, ERROR_CERTIFICATE_DISCARDED, "certificate %d has expired",
                         d->cmd->number);
    if (d->r->c->identity.claimed) /* it was issued before that was asked */
        return not_identified(e, &d->r->w->certificate[x->kind]);
    d->r->c->revision++;
    issue(d->r, (struct issue){.kind = x->kind, .until = x->until, .replaces = d->cmd->number},
          d->cmd->reason);
    return !d->r->failed;
}

bool
certificates_fit(const struct case_state *c)
{
    if (c->n_certificate > CERTIFICATES_MOST)
        return false;
    for (uint32_t i = 0; i < c->n_certificate; i++)
        if (c->certificate[i].state < CERTIFICATE_IN_FORCE ||
            c->certificate[i].state > CERTIFICATE_PART_REVOKED)
            return false;
    return true;
}

static bool
issued_fits(const struct case_state *c, const struct fact *f)
{
    const struct value *content = value_get(&f->value, "content");

    const struct value *replaces = value_get(&f->value, "replaces");

    return f->number == (int32_t)c->n_certificate + 1 && f->number <= CERTIFICATES_MOST &&
           content && content->kind == VALUE_OBJECT &&
           (!replaces || replaces->kind == VALUE_STRING ||
            (replaces->kind == VALUE_INT && replaces->integer >= 1 &&
             replaces->integer < f->number));
}

static bool
discarded_fits(const struct case_state *c, const struct fact *f)
{
    const enum certificate_state as = discarded_as(f->name);

    return f->number >= 1 && (uint32_t)f->number <= c->n_certificate &&
           !certificate_is_discarded(&c->certificate[f->number - 1]) &&
           as != CERTIFICATE_IN_FORCE && as != c->certificate[f->number - 1].state;
}

bool
certificate_fits(const struct case_state *c, const struct fact *f)
{
    return f->kind == FACT_ISSUED ? issued_fits(c, f) : discarded_fits(c, f);
}

/* One kind more, or one less. */
void
apply_withheld(struct case_state *c, const struct fact *f, struct arena *a)
{
    uint16_t *list = arena_array(a, c->n_withheld + 1, uint16_t);
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->n_withheld; i++)
        if (c->withheld[i] != f->certificate)
            list[n++] = c->withheld[i];
    if (!f->declared)
        list[n++] = f->certificate;
    c->withheld = list;
    c->n_withheld = n;
}

bool
withheld_fits(const struct case_state *c, const struct fact *f)
{
    return is_withheld(c, f->certificate) == f->declared && (f->declared || c->identity.claimed);
}

struct value
note_withheld(struct arena *a, const struct workflow *w, const struct case_state *c)
{
    struct value *item = arena_array(a, c->n_withheld, struct value);

    for (uint32_t i = 0; i < c->n_withheld; i++)
        item[i] = value_borrow(w->certificate[c->withheld[i]].id);
    return value_array(item, c->n_withheld);
}

bool
read_withheld(struct arena *a, const struct workflow *w, const struct value *n,
              struct case_state *c)
{
    const uint32_t most = n && n->kind == VALUE_ARRAY ? n->n : 0;
    uint16_t *list = arena_array(a, most, uint16_t);

    c->withheld = list;
    for (c->n_withheld = 0; c->n_withheld < most; c->n_withheld++) {
        const struct value *id = &n->item[c->n_withheld];
        const uint16_t kind = id->kind == VALUE_STRING ? workflow_certificate(w, id->string) : NONE;

        if (kind == NONE || is_withheld(c, kind))
            return false;
        list[c->n_withheld] = kind;
    }
    return !most || c->identity.claimed;
}

void
apply_certificate(struct case_state *c, const struct fact *f, instant at, struct arena *a)
{
    struct certificate *all;

    if (f->kind >= FACT_SUCCEEDED) {
        apply_whole_fact(c, f);
        return;
    }
    if (f->kind == FACT_DISCARDED) {
        c->certificate[f->number - 1].state = discarded_as(f->name);
        return;
    }
    all = arena_array(a, c->n_certificate + 1, struct certificate);
    if (c->n_certificate)
        memcpy(all, c->certificate, c->n_certificate * sizeof(*all));
    all[c->n_certificate++] = (struct certificate){.kind = f->certificate,
                                                   .state = CERTIFICATE_IN_FORCE,
                                                   .issued = at,
                                                   .until = f->until,
                                                   .ends = INSTANT_NONE,
                                                   .of_another = issued_in_place_of(c, f)};
    c->certificate = all;
}
