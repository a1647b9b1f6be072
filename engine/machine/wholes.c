/* SPDX-License-Identifier: Apache-2.0 */
/* Comprehensive certificates, and what stands for their parts. */
#include "machine/wholes.h"

#include "machine/certificates.h"
#include "machine/voids.h"

static bool
is_whole(const struct workflow *w, uint16_t kind)
{
    for (uint16_t i = 0; i < w->n_certificate; i++)
        if (w->certificate[i].part_of == kind)
            return true;
    return false;
}

static bool
is_sooner(instant a, instant b)
{
    return a != INSTANT_NONE && (b == INSTANT_NONE || a < b);
}

/* The last of @kind the case has issued before number @before; 0: none. */
static int32_t
last_before(const struct case_state *c, uint16_t kind, int32_t before)
{
    while (--before > 0 && c->certificate[before - 1].kind != kind)
        ;
    return before > 0 ? before : 0;
}

/* When what stands for @x ends: itself, or what took its place in another case. */
static instant
end_of_line(const struct certificate *x)
{
    return x->state == CERTIFICATE_REPLACED && x->successor ? x->ends : x->until;
}

static bool
stands(const struct case_state *c, int32_t number, instant now)
{
    const struct certificate *x = &c->certificate[number - 1];
    const instant end = end_of_line(x);

    if (end != INSTANT_NONE && now >= end)
        return false;
    return x->state == CERTIFICATE_IN_FORCE ||
           (x->state == CERTIFICATE_REPLACED && x->successor &&
            last_before(c, x->kind, (int32_t)c->n_certificate + 1) == number);
}

int32_t *
gather_parts(const struct run *r, uint16_t kind, uint32_t *n, instant *until)
{
    const struct case_state *c = r->c;
    int32_t *part = arena_array(r->a, c->n_certificate, int32_t);

    *n = 0;
    for (int32_t i = 1; i <= (int32_t)c->n_certificate; i++) {
        const struct certificate *x = &c->certificate[i - 1];

        if (r->w->certificate[x->kind].part_of != kind || !stands(c, i, r->at))
            continue;
        part[(*n)++] = i;
        if (is_sooner(end_of_line(x), *until))
            *until = end_of_line(x);
    }
    return part;
}

bool
lacks_parts(const struct run *r, uint16_t kind)
{
    instant until = INSTANT_NONE;
    uint32_t n;

    (void)gather_parts(r, kind, &n, &until);
    return !n && is_whole(r->w, kind);
}

/*
 * Whether @whole comprises @number: it was there when the whole was issued, or has since taken the
 * place of one that was.
 */
static bool
comprises(const struct run *r, int32_t whole, int32_t number)
{
    const struct certificate *all = r->c->certificate, *w = &all[whole - 1], *then;
    const uint16_t kind = all[number - 1].kind;
    const int32_t first = last_before(r->c, kind, whole);
    instant end;

    if (r->w->certificate[kind].part_of != w->kind || certificate_is_discarded(w) ||
        certificate_expired(w, r->at) || !first)
        return false;
    then = &all[first - 1];
    end = end_of_line(then);
    if (end != INSTANT_NONE && w->issued >= end)
        return false;
    return first == number ||
           (first < number && then->state == CERTIFICATE_REPLACED && !then->successor);
}

int32_t
find_whole(const struct run *r, int32_t number)
{
    int32_t whole = 0;

    for (int32_t i = 1; i <= (int32_t)r->c->n_certificate; i++)
        if (comprises(r, i, number))
            whole = i;
    return whole;
}

void
shorten_whole(struct run *r, int32_t whole, instant until, const char *reason)
{
    const char *predecessor;

    if (r->failed || !is_sooner(until, r->c->certificate[whole - 1].until))
        return;
    r->shortening = arena_grow(r->a, r->shortening, r->n_shortening, sizeof(*r->shortening));
    r->shortening[r->n_shortening++] = (struct shortening){.number = whole, .until = until};
    emit(r, (struct fact){.kind = FACT_SHORTENED, .number = whole, .until = until});
    predecessor = r->c->certificate[whole - 1].of_another;
    if (predecessor)
        tell_predecessor(r, (struct voiding){.number = predecessor,
                                             .state = CERTIFICATE_REPLACED,
                                             .by = whole,
                                             .reason = reason,
                                             .moved = true});
}

void
say_successor(struct run *r, int32_t number, const char *successor, instant until)
{
    if (!r->failed)
        emit(r, (struct fact){
                    .kind = FACT_SUCCEEDED, .number = number, .ref = successor, .until = until});
}

void
apply_whole_fact(struct case_state *c, const struct fact *f)
{
    struct certificate *x = &c->certificate[f->number - 1];

    if (f->kind == FACT_SHORTENED) {
        x->until = f->until;
        return;
    }
    x->successor = f->ref;
    x->ends = f->until;
}

bool
whole_fact_fits(const struct case_state *c, const struct fact *f)
{
    const struct certificate *x;

    if (f->number < 1 || (uint32_t)f->number > c->n_certificate)
        return false;
    x = &c->certificate[f->number - 1];
    if (f->kind == FACT_SUCCEEDED)
        return x->state == CERTIFICATE_REPLACED && f->ref;
    return !certificate_is_discarded(x) && is_sooner(f->until, x->until);
}
