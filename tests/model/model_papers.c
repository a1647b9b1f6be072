/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates. */
#include <stdlib.h>
#include <string.h>

#include "tests/model/model_inside.h"

static const struct value *
kind_of(const struct model *m, const char *kind)
{
    return value_get(value_get(m->def, "certificates"), kind);
}

/* The first moment it holds no more. */
static instant
end_of(struct model *m, const struct value *def)
{
    const struct value *valid = value_get(def, "valid"), *until = value_get(valid, "until");
    const day today = instant_day(m->now);
    char text[DAY_TEXT];
    struct value v;
    long n;
    day d;

    if (!valid)
        return INSTANT_NONE;
    if (until) {
        v = model_value(m, until);
        if (m->failed || !day_read(v.string, v.n, &d))
            return INSTANT_NONE;
        if (d < today && m->person && !m->nobody) { /* else nobody can do otherwise */
            m->failed = true;
            m->failed_as = ERROR_CERTIFICATE_ENDED;
        }
        return day_start(d + 1);
    }
    n = strtol(valid->string, NULL, 10);
    if (strstr(valid->string, "days"))
        return day_start(today + (day)n);
    day_write(today, text);
    v = value_string(m->a, arena_printf(m->a, "%04ld%s", strtol(text, NULL, 10) + n, text + 4));
    return day_read(v.string, v.n, &d) ? day_start(d) : INSTANT_NONE;
}

static bool
holds(const struct model *m, const struct paper *p)
{
    return !p->state && (p->until == INSTANT_NONE || p->until > m->now);
}

static struct value
content_of(struct model *m, const struct value *def)
{
    const struct value *fields = value_get(def, "content");
    struct value out = value_object(m->a, NULL, 0);

    for (uint32_t i = 0; i < fields->n && !m->failed; i++)
        out = value_with(m->a, &out, fields->member[i].name,
                         model_value(m, &fields->member[i].value));
    return out;
}

static uint64_t
bit(uint32_t paper)
{
    return paper < 64 ? UINT64_C(1) << paper : 0;
}

/* Whether it would be a whole of nothing: kinds say they are parts of it, and no such paper holds.
 */
static bool
is_hollow(const struct model *m, const char *kind)
{
    const struct value *kinds = value_get(m->def, "certificates");
    bool whole = false;

    for (uint32_t i = 0; i < kinds->n; i++) {
        const char *of = value_get_string(&kinds->member[i].value, "partOf");

        if (!of || strcmp(of, kind) != 0)
            continue;
        whole = true;
        for (uint32_t k = 0; k < m->n_paper; k++)
            if (!strcmp(m->paper[k].kind, kinds->member[i].name) && holds(m, &m->paper[k]))
                return false;
    }
    return whole;
}

/* The wholes that had paper @old have @m's next one in its place, and end no later. */
static void
stand_in(struct model *m, uint32_t old, instant until)
{
    for (uint32_t i = 0; i < m->n_paper; i++) {
        struct paper *p = &m->paper[i];

        if (!(p->parts & bit(old)))
            continue;
        p->parts |= bit(m->n_paper);
        if (p->state % 3 == 0 && (p->until == INSTANT_NONE || p->until > m->now) &&
            until != INSTANT_NONE && (p->until == INSTANT_NONE || until < p->until)) {
            p->until = until;
            model_saw(m, SEEN_SHORTENED);
        }
    }
}

/* @until: when it ends, where it takes the place of one that ended then. */
static void
issue(struct model *m, const char *kind, const instant *until)
{
    const struct value *def = kind_of(m, kind);
    struct room *here = m->here;
    struct paper p = {.kind = kind, .at = m->now};
    struct text parts = text_new(m->a), content = text_new(m->a);
    uint32_t replaces = 0;

    if (m->n_paper >= PAPERS) {
        m->failed = true;
        return;
    }
    if (!m->failed && is_hollow(m, kind)) {
        m->failed = true;
        m->failed_as = ERROR_CERTIFICATE_WITHOUT_PARTS;
        return;
    }
    m->here = m->room;
    p.until = until ? *until : end_of(m, def);
    if (m->failed)
        return;
    for (uint32_t i = 0; i < m->n_paper; i++) {
        const char *of = value_get_string(kind_of(m, m->paper[i].kind), "partOf");

        if (of && !strcmp(of, kind) && holds(m, &m->paper[i])) {
            text_printf(&parts, " %u", i + 1);
            if (m->paper[i].until != INSTANT_NONE &&
                (p.until == INSTANT_NONE || m->paper[i].until < p.until))
                p.until = m->paper[i].until;
        }
        if (of && !strcmp(of, kind) && holds(m, &m->paper[i]))
            p.parts |= bit(i);
        if (m->paper[i].state % 3 == 0 && !strcmp(m->paper[i].kind, kind)) {
            replaces = i + 1;
            m->paper[i].state = 2;
        }
    }
    if (replaces)
        stand_in(m, replaces - 1, p.until);
    p.said = content_of(m, def);
    m->here = here;
    value_write(&content, &p.said);
    m->paper = arena_grow(m->a, m->paper, m->n_paper, sizeof(*m->paper));
    m->paper[m->n_paper++] = p;
    text_printf(&m->issued, "\nissued %u %s %s parts%s replaces %u", m->n_paper, kind, content.at,
                parts.at ? parts.at : "", replaces);
    model_saw(m, parts.len ? SEEN_WHOLE : SEEN_ISSUED);
}

static bool
is_withheld(const struct model *m, const char *kind)
{
    for (uint32_t i = 0; i < m->n_withheld; i++)
        if (!strcmp(m->withheld[i], kind))
            return true;
    return false;
}

/* A person is told to look first; what follows without one goes on. */
static void
withhold(struct model *m, const char *kind)
{
    if (m->person) {
        m->failed = true;
        m->failed_as = ERROR_NOT_IDENTIFIED;
    } else if (!is_withheld(m, kind)) {
        m->withheld[m->n_withheld++] = kind;
        model_saw(m, SEEN_WITHHELD);
    }
}

void
model_issue(struct model *m, const char *kind)
{
    if (m->claimed)
        withhold(m, kind);
    else
        issue(m, kind, NULL);
}

void
model_give_withheld(struct model *m)
{
    const bool nobody = m->nobody;

    m->nobody = true;
    for (uint32_t i = 0; i < m->n_withheld && !m->failed; i++) {
        if (is_hollow(m, m->withheld[i]))
            continue;
        issue(m, m->withheld[i], NULL);
        model_saw(m, SEEN_GIVEN);
    }
    m->nobody = nobody;
    m->n_withheld = 0;
}

void
model_drop_withheld(struct model *m, const char *kind)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < m->n_withheld; i++)
        if (strcmp(m->withheld[i], kind) != 0)
            m->withheld[kept++] = m->withheld[i];
    m->n_withheld = kept;
}

static struct paper *
paper_for(struct model *m, int32_t number, enum error_code *why)
{
    struct paper *p = &m->paper[number - 1];

    if (m->failed)
        *why = ERROR_GUARD_ERROR;
    else if (number < 1 || number > (int32_t)m->n_paper)
        *why = ERROR_CERTIFICATE_UNKNOWN;
    else if (p->state % 3)
        *why = ERROR_CERTIFICATE_DISCARDED;
    else
        return p;
    return NULL;
}

void
model_lose_paper(struct model *m, uint32_t paper)
{
    if (m->paper[paper].state % 3)
        return;
    m->paper[paper].state = 1;
    for (uint32_t i = 0; i < m->n_paper; i++)
        if (holds(m, &m->paper[i]) && m->paper[i].parts & bit(paper)) {
            m->paper[i].state = 3;
            model_saw(m, SEEN_PART_REVOKED);
        }
}

struct model *
model_revoke(const struct model *m, struct arena *a, int32_t number, instant now,
             enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);

    if (!paper_for(out, number, why))
        return NULL;
    model_lose_paper(out, (uint32_t)number - 1);
    out->moment = out->now;
    model_saw(out, SEEN_REVOKED);
    model_look_at_letters(out);
    return out;
}

struct model *
model_replace(const struct model *m, struct arena *a, int32_t number, instant now,
              enum error_code *why)
{
    struct model *out = model_catch_up(m, a, now);
    struct paper *p = paper_for(out, number, why);
    instant until;

    if (!p)
        return NULL;
    if (p->until != INSTANT_NONE && p->until <= out->now)
        return model_refuse(why, ERROR_CERTIFICATE_DISCARDED);
    out->moment = out->now;
    until = p->until;
    issue(out, p->kind, &until);
    model_saw(out, SEEN_REPLACED);
    model_look_at_letters(out);
    return model_or_why(out, why);
}
