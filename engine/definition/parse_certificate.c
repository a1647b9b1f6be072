/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of certificates, and the effect that issues one. */
#include <string.h>

#include "definition/parse.h"

enum { PREFIX_MOST = 8 };

static bool
is_prefix(const char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    const size_t len = strlen(text);

    return len >= 1 && len <= PREFIX_MOST && strspn(text, letters) == len;
}

static bool
is_field(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    return (*name < '0' || *name > '9') && *name && !name[strspn(name, letters)];
}

/* Only what the case itself says: a replacement is made from it when nobody acts in a step. */
static void
read_content(struct parse *p, const struct place *at, struct certificate_kind *k)
{
    const struct place *content = place_get(p, at, "content");
    struct named *field;

    if (!content)
        complain(p, at, PROBLEM_MISSING_KEY, "\"content\" is missing");
    if (!content || !expect(p, content, VALUE_OBJECT))
        return;
    if (!content->v->n)
        complain(p, content, PROBLEM_EMPTY, "the certificate says nothing");
    if (content->v->n >= NONE) {
        complain(p, content, PROBLEM_TOO_MANY, "too many fields");
        return;
    }
    field = arena_array(p->arena, content->v->n, struct named);
    for (uint32_t i = 0; i < content->v->n; i++) {
        const struct place *one = place_member(p, content, i);

        if (!is_field(one->key))
            complain(p, one, PROBLEM_BAD_FIELD, "\"%.60s\" is no name of a field", one->key);
        field[k->n_field++] = (struct named){
            .name = one->key,
            .value = read_expression(p, one, VALUE_NULL, (struct speaker){.input = NULL})};
    }
    k->field = field;
}

/* "5 years", or {"until": date}. */
static void
read_validity(struct parse *p, const struct place *at, struct certificate_kind *k)
{
    const struct place *until;

    if (!at)
        return;
    if (at->v->kind == VALUE_OBJECT) {
        if (!shape_check(p, at, SHAPE_UNTIL))
            return;
        until = place_get(p, at, "until");
        if (until)
            k->until = read_date(p, until, 0);
        else
            complain(p, at, PROBLEM_MISSING_KEY, "\"until\" is missing");
        return;
    }
    if (!read_limit(p, at, &k->valid))
        return;
    if (unit_is_time(k->valid.unit) || k->valid.unit == UNIT_WORKING_DAYS)
        complain(p, at, PROBLEM_VALIDITY_UNIT, "a certificate is not valid for \"%s\"",
                 at->v->string);
}

static void
read_kind(struct parse *p, const struct place *at, struct certificate_kind *k)
{
    const struct place *number = place_get(p, at, "number");

    check_id(p, at, at->key);
    *k = (struct certificate_kind){
        .id = at->key, .part_of = NONE, .revoked_by = "supervisor", .line = at->v->line};
    if (!shape_check(p, at, SHAPE_CERTIFICATE))
        return;
    k->title = read_title(p, at, true);
    k->prefix = read_text(p, at, "number", true);
    if (k->prefix && !is_prefix(k->prefix))
        complain(p, number, PROBLEM_BAD_PREFIX, "no number begins with \"%.40s\"", k->prefix);
    k->issuer = read_text(p, at, "issuer", false);
    if (k->issuer)
        check_department(p, place_get(p, at, "issuer"), k->issuer);
    read_content(p, at, k);
    read_validity(p, place_get(p, at, "valid"), k);
    if (read_text(p, at, "revokedBy", false)) {
        k->revoked_by = read_text(p, at, "revokedBy", false);
        check_role(p, place_get(p, at, "revokedBy"), k->revoked_by);
    }
    k->basis = read_text(p, at, "basis", false);
}

static uint16_t
find_kind(struct parse *p, const struct place *at, const char *id)
{
    const uint16_t n = p->w->n_certificate;
    const char **ids = arena_array(p->scratch, n + 1, const char *);
    const char *meant;

    for (uint16_t i = 0; i < n; i++) {
        ids[i] = p->certificate[i].id;
        if (!strcmp(id, ids[i]))
            return i;
    }
    meant = nearest(id, ids);
    if (meant)
        complain(p, at, PROBLEM_UNKNOWN_CERTIFICATE,
                 "there is no kind of certificate \"%.60s\"; did you mean \"%s\"?", id, meant);
    else
        complain(p, at, PROBLEM_UNKNOWN_CERTIFICATE, "there is no kind of certificate \"%.60s\"",
                 id);
    return NONE;
}

/* One level: what is a part has none, so that the earliest of the parts is found at a glance. */
static void
read_parts(struct parse *p, const struct place *list)
{
    for (uint16_t i = 0; i < p->w->n_certificate; i++) {
        const struct place *at = place_member(p, list, i);
        const char *whole = value_get_string(at->v, "partOf");

        if (whole)
            p->certificate[i].part_of = find_kind(p, place_get(p, at, "partOf"), whole);
        else if (value_get(at->v, "partOf"))
            (void)read_text(p, at, "partOf", false);
    }
    for (uint16_t i = 0; i < p->w->n_certificate; i++) {
        const uint16_t whole = p->certificate[i].part_of;

        if (whole != NONE && p->certificate[whole].part_of != NONE)
            complain(p, place_get(p, place_member(p, list, i), "partOf"), PROBLEM_PART_NESTED,
                     "\"%s\" is a part of something itself", p->certificate[whole].id);
    }
}

void
read_certificates(struct parse *p, const struct place *top)
{
    const struct place *list = place_get(p, top, "certificates");

    if (!list || !expect(p, list, VALUE_OBJECT))
        return;
    if (!list->v->n)
        complain(p, list, PROBLEM_EMPTY, "there are no certificates");
    if (list->v->n >= NONE) {
        complain(p, list, PROBLEM_TOO_MANY, "too many certificates");
        return;
    }
    p->certificate = arena_array(p->arena, list->v->n, struct certificate_kind);
    p->issued = arena_array(p->scratch, list->v->n, bool);
    for (uint32_t i = 0; i < list->v->n; i++)
        read_kind(p, place_member(p, list, i), &p->certificate[p->w->n_certificate++]);
    read_parts(p, list);
}

/* Somebody of the house must be there to be told that the party holds none. */
static void
check_by_hand(struct parse *p, const struct place *at, struct speaker who)
{
    if (!who.by_hand || !who.step || who.step->by != ACTOR_ROLE)
        complain(p, at, PROBLEM_HELD_UNASKED,
                 "what the party holds is replaced or revoked where nobody of the house acts");
}

/* `number` and `required`, beside the kind of what the party holds. */
static void
read_held(struct parse *p, const struct place *at, const char *key, struct speaker who,
          struct effect *x)
{
    x->held = read_text(p, at, key, true);
    if (!x->held)
        return;
    check_id(p, place_get(p, at, key), x->held);
    check_by_hand(p, place_get(p, at, key), who);
    x->value = read_expression(p, place_get(p, at, "number"), VALUE_STRING, who);
    x->optional = value_get(at->v, "required") && !read_flag(p, at, "required");
}

void
read_revoke(struct parse *p, const struct place *at, struct speaker who, struct effects *out)
{
    struct effect x = {.kind = EFFECT_REVOKE};

    if (!shape_check(p, at, SHAPE_REVOKE))
        return;
    read_held(p, at, "revoke", who, &x);
    x.name = x.held;
    x.basis = read_text(p, at, "basis", false);
    x.when = read_expression(p, place_get(p, at, "when"), VALUE_BOOL, who);
    add_effect(p, out, x);
}

void
read_issue(struct parse *p, const struct place *at, struct speaker who, struct effects *out)
{
    struct effect x = {.kind = EFFECT_ISSUE};
    const char *id;
    uint16_t kind;

    if (!shape_check(p, at, SHAPE_ISSUE))
        return;
    id = read_text(p, at, "issue", true);
    if (!id)
        return;
    kind = find_kind(p, place_get(p, at, "issue"), id);
    if (kind != NONE)
        p->issued[kind] = true;
    x.name = id;
    x.certificate = kind;
    x.when = read_expression(p, place_get(p, at, "when"), VALUE_BOOL, who);
    if (value_get(at->v, "replaces"))
        read_held(p, at, "replaces", who, &x);
    else if (value_get(at->v, "number") || value_get(at->v, "required"))
        complain(p, at, PROBLEM_MISSING_KEY, "\"replaces\" is missing");
    add_effect(p, out, x);
}

void
check_issued(struct parse *p, const struct place *top)
{
    for (uint16_t i = 0; i < p->w->n_certificate; i++)
        if (!p->issued[i])
            complain(p, place_member(p, place_get(p, top, "certificates"), i),
                     PROBLEM_CERTIFICATE_UNISSUED, "nothing issues \"%s\"", p->certificate[i].id);
}
